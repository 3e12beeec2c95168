"""Numbers of the chapters about reach and about changes over time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from custodiet.case import Case
from custodiet.publish.figures.bridge import of_bridge
from custodiet.publish.figures.figure import TABLES, Figure, sql_of
from custodiet.publish.figures.lengths import lengths, of_lengths
from custodiet.publish.figures.periods import of_periods, told_periods
from custodiet.publish.figures.reach import of_reach, told_reach
from custodiet.publish.figures.spread import of_spread
from custodiet.publish.figures.working import clear, lay


def of_network(case: Case, remembered: dict[str, Any] | None) -> Iterator[Figure]:
    """Count on the case; what is remembered stays for the report, with the working tables."""
    kept = {} if remembered is None else remembered
    names = {name: name for name in TABLES}
    yield from of_bridge(case)
    yield from of_spread(case)
    yield from of_reach(told_reach(case, kept))
    yield from of_lengths(lengths(lambda template: case.rows(sql_of(template, names))))
    lay(case, kept)
    yield from of_periods(told_periods(case, kept))
    if remembered is None:
        clear(case, kept)
