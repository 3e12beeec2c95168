"""Withhold counts about persons from which a single one could be told, and what would give them back.

Why the threshold is eleven: docs/adr/0008-small-cells.md. Counts of searches by an institution are
about the institution and are not withheld; counts of accounts, plates or people are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np
import pyarrow as pa
from scipy.optimize import linprog

from custodiet.model.errors import PublishingRefused

MIN_CELL: Final = 11
_LEAST_THRESHOLD: Final = 2
_Line = tuple[str, tuple[object, ...]]


def suppress_small_cells(table: pa.Table, count: str, groups: Sequence[str], min_cell: int = MIN_CELL) -> pa.Table:
    """Withhold every count from which a small group could be singled out.

    Counts from 1 to ``min_cell - 1`` are withheld (primary); then the smallest further counts
    without which a total over any one of the groups would give a withheld count back (secondary).
    Totals over each group are taken to be known to the reader. Zero stays.

    Args:
        table: One row per combination of ``groups``; ``count`` holds persons, null where unknown.
        count: Column of whole numbers, 0 or more.
        groups: Columns that say what is counted together.
        min_cell: Smallest positive count shown; at least 2.

    Returns:
        The same rows in the same order, ``count`` null where withheld, and a new text column
        ``withheld``: ``no``, ``primary`` or ``secondary``.

    Raises:
        PublishingRefused: No set of cells hides all small counts.
        ValueError: ``min_cell`` is below 2, or a combination of groups stands twice.

    Source:
        CMS Cell Size Suppression Policy (threshold 11); OECD Glossary of Statistical Terms,
        "secondary suppression".
    """
    if min_cell < _LEAST_THRESHOLD:
        raise ValueError(f"min_cell is {min_cell}; below {_LEAST_THRESHOLD} nothing is withheld")
    counts = table.column(count).to_pylist()
    lines = _lines(table, groups)
    primary = {place for place, n in enumerate(counts) if n is not None and 0 < n < min_cell}
    withheld = set(primary)
    while extra := _next_to_withhold(counts, lines, primary, withheld, min_cell):
        withheld |= extra
    left = recoverable_cells(counts, list(lines.values()), sorted(withheld), min_cell)
    if left:
        raise PublishingRefused(
            f"{len(left)} withheld counts of {count} could be worked out from the totals over {', '.join(groups)}.",
            hint="Group more coarsely, or publish no totals. Nothing was written.",
        )
    shown = [None if place in withheld else n for place, n in enumerate(counts)]
    words = [
        "primary" if place in primary else "secondary" if place in withheld else "no" for place in range(len(counts))
    ]
    at = table.column_names.index(count)
    return table.set_column(at, count, pa.array(shown, pa.int64())).append_column("withheld", pa.array(words))


def recoverable_cells(
    counts: Sequence[int | None], lines: Sequence[Sequence[int]], withheld: Sequence[int], min_cell: int
) -> list[int]:
    """Return the withheld cells that a reader can work out exactly from the totals of the lines.

    The reader is taken to know which withheld counts are small, so that these lie between 1 and
    ``min_cell - 1``, and that no other is negative.
    """
    if not withheld:
        return []
    place = {cell: column for column, cell in enumerate(withheld)}
    hidden_lines = [[cell for cell in line if cell in place] for line in lines]
    hidden_lines = [line for line in hidden_lines if line]
    matrix = np.zeros((len(hidden_lines), len(withheld)))
    totals = np.zeros(len(hidden_lines))
    for row, line in enumerate(hidden_lines):
        matrix[row, [place[cell] for cell in line]] = 1
        totals[row] = sum(counts[cell] or 0 for cell in line)
    small = [cell for cell in withheld if 0 < (counts[cell] or 0) < min_cell]
    limits = [(1, min_cell - 1) if cell in small else (0, None) for cell in withheld]
    known = []
    for cell in small:
        goal = np.zeros(len(withheld))
        goal[place[cell]] = 1
        ends = [
            linprog(sign * goal, A_eq=matrix, b_eq=totals, bounds=limits, method="highs").fun * sign for sign in (1, -1)
        ]
        if ends[1] - ends[0] < 1:
            known.append(cell)
    return known


def lines_of(table: pa.Table, groups: Sequence[str]) -> list[list[int]]:
    """Return the rows that one total adds up, for the totals over each of the groups."""
    return list(_lines(table, groups).values())


def _lines(table: pa.Table, groups: Sequence[str]) -> dict[_Line, list[int]]:
    keys = list(zip(*(table.column(name).to_pylist() for name in groups), strict=True))
    if len(set(keys)) != len(keys):
        raise ValueError("a combination of groups stands in more than one row")
    lines: dict[_Line, list[int]] = defaultdict(list)
    for place, key in enumerate(keys):
        for at, name in enumerate(groups):
            lines[name, key[:at] + key[at + 1 :]].append(place)
    return dict(lines)


def _next_to_withhold(
    counts: Sequence[int | None], lines: dict[_Line, list[int]], primary: set[int], withheld: set[int], min_cell: int
) -> set[int]:
    """Return what more to withhold: in every line that tells too much, its smallest shown positive count."""
    for line in lines.values():
        hidden = [place for place in line if place in withheld]
        if primary.isdisjoint(hidden):
            continue
        told = len(hidden) == 1 or sum(counts[place] or 0 for place in hidden) < min_cell
        if told and (extra := _smallest(counts, line, withheld)) is not None:
            return {extra}
    for cell in recoverable_cells(counts, list(lines.values()), sorted(withheld), min_cell):
        for line in lines.values():
            if cell in line and (extra := _smallest(counts, line, withheld)) is not None:
                return {extra}
    return set()


def _smallest(counts: Sequence[int | None], line: Sequence[int], withheld: set[int]) -> int | None:
    """Return the shown cell of a line to withhold next: the smallest positive count, else a zero."""
    open_cells = [place for place in line if place not in withheld and counts[place] is not None]
    return min(open_cells, key=lambda place: (counts[place] == 0, counts[place], place), default=None)
