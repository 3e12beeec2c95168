"""Numbers of the report's charts and tables as data: what is counted, and SQL that counts it on the published tables.

A figure is counted twice from one text of SQL: on the tables of the case, for the claim sheet and for the report, and
on the tables as they are published, to learn whether a reader can count it again. Both texts differ in nothing but
where the tables lie.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from custodiet.case import Case
from custodiet.publish.figures.figure import TABLES, Count, Figure, sql_of
from custodiet.publish.figures.lists import of_lists
from custodiet.publish.figures.months import of_months
from custodiet.publish.figures.network import of_network
from custodiet.publish.figures.searches import SETS, of_searches
from custodiet.publish.figures.steps import answers, order

__all__ = ["TABLES", "Figure", "counted_again", "figures", "sql_of"]

_KEPT: Final = "figures"


def figures(case: Case, remembered: dict[str, Any] | None = None) -> list[Figure]:
    """Count the figures on the tables of the case.

    Args:
        case: The case.
        remembered: What was worked out for one publication: figures that are there are not counted again.
    """
    kept = {} if remembered is None else remembered
    if _KEPT not in kept:
        names = {name: name for name in TABLES}
        kept[_KEPT] = [
            *_on(case, names, linked=bool(case.count("searches")), months=True),
            *of_network(case, remembered),
        ]
    found: list[Figure] = kept[_KEPT]
    return found


def counted_again(case: Case, names: Mapping[str, str], found: Sequence[Figure]) -> set[str]:
    """Return the ids of the figures that other tables give the same number for.

    Args:
        case: The case, as the engine.
        names: Name of each table to the name under which SQL reads it as published.
        found: Figures as the case gives them.
    """
    again = {figure.id: figure.value for figure in _on(case, names, linked=True, months=False)}
    again |= answers(case, names, sorted((figure for figure in found if figure.select), key=order))
    return {figure.id for figure in found if again.get(figure.id) == figure.value}


def _on(case: Case, names: Mapping[str, str], *, linked: bool, months: bool) -> list[Figure]:
    case.execute(sql_of(SETS, names))
    try:
        return [*_figures(lambda template: case.rows(sql_of(template, names)), linked=linked, months=months)]
    finally:
        case.execute("DROP TABLE figure_sets")


def _figures(count: Count, *, linked: bool, months: bool) -> Iterator[Figure]:
    if linked:
        yield from of_searches(count)
    yield from of_lists(count)
    if months:
        yield from of_months(count)
