"""Numbers of the report's charts and tables as data: what is counted, and SQL that counts it on the published tables.

A figure is counted twice from one text of SQL: on the tables of the case, for the claim sheet and for the report, and
on the tables as they are published, to learn whether a reader can count it again. Both texts differ in nothing but
where the tables lie.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from custodiet.case import Case
from custodiet.publish.figures.audits import of_audits
from custodiet.publish.figures.cells import of_cells
from custodiet.publish.figures.figure import ORGS, TABLES, Count, Figure, sql_of
from custodiet.publish.figures.joining import of_copies, of_joining
from custodiet.publish.figures.lists import LISTS, of_lists
from custodiet.publish.figures.months import of_months
from custodiet.publish.figures.network import of_network
from custodiet.publish.figures.pages import of_hits, of_pages
from custodiet.publish.figures.reading import of_reading
from custodiet.publish.figures.rules import of_rules
from custodiet.publish.figures.searchers import SEARCHERS, of_searchers
from custodiet.publish.figures.searches import SETS, of_searches
from custodiet.publish.figures.steps import answers, order
from custodiet.publish.figures.told import of_measurements, of_names, of_texts

__all__ = ["TABLES", "Figure", "counted_again", "figures", "sql_of"]

_KEPT: Final = "figures"
# Made once for all figures that rest on them.
_WORKING: Final = {
    "figure_orgs": f"CREATE OR REPLACE TEMP TABLE figure_orgs AS {ORGS}",
    "figure_sets": SETS,
    "figure_searchers": SEARCHERS,
    "figure_lists": LISTS,
}


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
    # Published is which files a table was read from; the case knows the others too.
    places = {"files": "files" if months else f"(SELECT DISTINCT sha256 FROM {names['disclosures']})", **names}
    try:
        for statement in _WORKING.values():
            case.execute(sql_of(statement, places))
        return [*_figures(lambda template: case.rows(sql_of(template, places)), linked=linked, inside=months)]
    finally:
        for table in _WORKING:
            case.execute(f"DROP TABLE IF EXISTS {table}")


def _figures(count: Count, *, linked: bool, inside: bool) -> Iterator[Figure]:
    if linked:
        for of_linked in (of_searches, of_searchers, of_joining):
            yield from of_linked(count)
    for of_tables in (of_lists, of_rules, of_reading, of_cells, of_pages, of_hits, of_names):
        yield from of_tables(count)
    if inside:
        for of_case in (of_months, of_audits, of_copies, of_texts):
            yield from of_case(count)
        yield from of_measurements()
