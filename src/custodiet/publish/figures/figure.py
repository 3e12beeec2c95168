"""One number of a chart or table as data, with SQL that counts it on the published tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from custodiet.publish.figures.steps import Step, whole_query

Count = Callable[[str], list[tuple[Any, ...]]]
TABLES: Final = (
    "searches", "organisations", "shares", "records", "disclosures", "portals", "sightings", "outcomes", "indicators",
    "purposes", "problems", "events",
)  # fmt: skip

# One row per name or canonical name of an organisation.
ORGS: Final = """
SELECT name, arg_min(org, rank) AS org, arg_min(state, rank) AS state, arg_min(level, rank) AS level,
       arg_min(status, rank) AS status
FROM (
    SELECT name, coalesce(canonical, name) AS org, state, coalesce(level, 'unknown') AS level,
           coalesce(status, 'active') AS status, 0 AS rank FROM {organisations}
    UNION ALL
    SELECT canonical, canonical, arg_min(state, name), coalesce(arg_min(level, (level = 'unknown', name)), 'unknown'),
           coalesce(arg_min(status, name), 'active'), 1
    FROM {organisations} WHERE canonical IS NOT NULL GROUP BY canonical
) GROUP BY name
"""

_PAGES: Final = (
    "Which lists are in force rests on pages that state an empty list too; the free fields in which they say so are"
    " masked, so that the number cannot be counted again from the published tables. The originals and the case give it."
)


@dataclass(frozen=True, slots=True)
class Figure:
    """Hold one number of a chart.

    Attributes:
        id: Stable name, beginning with ``figure.``.
        value: The number.
        unit: What is counted.
        statement: Plain sentence that holds the number.
        definition: What counts and what does not.
        denominator: Of how many.
        sql: SQL with ``{table}`` for each table; empty where the published tables do not hold what it needs.
        recounts: The same as data.
        note: Why there is no SQL.
        not_evaluable: How many could not be told; None where that has no meaning.
        steps: Working tables that the SQL begins with; made once for all figures that share them.
        select: What is asked of them; empty where the SQL is one query.
    """

    id: str
    value: int
    unit: str
    statement: str
    definition: str
    denominator: int | None
    sql: str
    recounts: tuple[Mapping[str, Any], ...] = ()
    note: str = ""
    not_evaluable: int | None = None
    steps: tuple[Step, ...] = ()
    select: str = ""


def sql_of(template: str, names: Mapping[str, str]) -> str:
    """Put the places of the tables into a text of SQL; other braces stay."""
    for name, place in names.items():
        template = template.replace("{" + name + "}", place)
    return " ".join(template.split())


def literal(value: str) -> str:
    """Write a text as it stands in SQL."""
    return "'" + value.replace("'", "''") + "'"


def asked(
    id_: str, value: int, unit: str, statement: str, definition: str, denominator: int | None,
    steps: tuple[Step, ...], select: str, *, recounts: tuple[Mapping[str, Any], ...] = (),
    not_evaluable: int | None = None,
) -> Figure:  # fmt: skip
    """Make a figure whose SQL asks a question of steps."""
    sql = whole_query(steps, select)
    note = _PAGES if any("{portals}" in step.sql for step in steps) else ""
    return Figure(
        id_, value, unit, statement, definition, denominator, sql, recounts, note,
        not_evaluable=not_evaluable, steps=steps, select=select,
    )  # fmt: skip
