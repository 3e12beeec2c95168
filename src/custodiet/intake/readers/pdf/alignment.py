"""Alignment of cells within their records, told from the table itself, and what follows from it."""

from __future__ import annotations

from collections import Counter
from enum import Enum
from itertools import pairwise
from statistics import median

from custodiet.intake.readers.pdf.anchors import Anchor
from custodiet.intake.readers.pdf.grid import Grid, GridLine


class Alignment(Enum):
    """Name where the one-line cells of a record stand beside its cells of many lines."""

    TOP = "top"
    MIDDLE = "middle"
    BOTTOM = "bottom"


def vote(lines: list[GridLine], anchors: list[Anchor], grid: Grid) -> Alignment:
    """Tell the alignment by majority of what the lines between anchors and at page ends show."""
    votes: Counter[Alignment] = Counter()
    for this, following in pairwise(anchors):
        if following.first - this.last > 1:
            for column in range(len(grid.rooms)):
                found = _vote_of_gap(lines, this.last, following.first, column, grid)
                if found is not None:
                    votes[found] += 1
    _vote_of_pages(lines, anchors, votes)
    if not votes:
        return Alignment.TOP
    # On a tie the commoner way of setting tables comes first.
    return max((Alignment.TOP, Alignment.BOTTOM, Alignment.MIDDLE), key=lambda a: votes[a])


def _vote_of_gap(lines: list[GridLine], upper: int, lower: int, column: int, grid: Grid) -> Alignment | None:
    between = [i for i in range(upper + 1, lower) if lines[i].cells[column] is not None]
    if not between:
        return None
    above, below = lines[upper].cells[column], lines[lower].cells[column]
    first, last = lines[between[0]].cells[column], lines[between[-1]].cells[column]
    assert first is not None and last is not None  # noqa: S101 - by the choice of `between`
    near_above = above is not None and between[0] == upper + 1
    near_below = below is not None and between[-1] == lower - 1
    if near_above != near_below:
        return Alignment.TOP if near_above else Alignment.BOTTOM
    if above is None or below is None or not near_above:
        return Alignment.MIDDLE if above is None and below is None else None
    runs_on = not grid.has_room(column, above, first)
    runs_into = not grid.has_room(column, last, below)
    if runs_on == runs_into:
        return None
    return Alignment.TOP if runs_on else Alignment.BOTTOM


def _vote_of_pages(lines: list[GridLine], anchors: list[Anchor], votes: Counter[Alignment]) -> None:
    """Count lines before the first and after the last anchor of each page."""
    first_line: dict[int, int] = {}
    last_line: dict[int, int] = {}
    for i, line in enumerate(lines):
        first_line.setdefault(line.page, i)
        last_line[line.page] = i
    first_anchor: dict[int, int] = {}
    last_anchor: dict[int, int] = {}
    for anchor in anchors:
        first_anchor.setdefault(lines[anchor.first].page, anchor.first)
        last_anchor[lines[anchor.last].page] = anchor.last
    pages = sorted(first_anchor)
    for page in pages:
        before = first_anchor[page] > first_line[page]
        after = last_anchor.get(page, last_line[page]) < last_line[page]
        if before and after:
            votes[Alignment.MIDDLE] += 1
        elif before or after:
            votes[Alignment.BOTTOM if before else Alignment.TOP] += 1


def share_out(lines: list[GridLine], anchors: list[Anchor], alignment: Alignment) -> list[list[int]]:
    """Give every line to the record of an anchor, as the alignment says."""
    if not anchors:
        return [[i] for i in range(len(lines))]
    groups = [list(range(anchor.first, anchor.last + 1)) for anchor in anchors]
    if alignment is Alignment.MIDDLE:
        return _by_middle(lines, anchors, groups)
    trailing: list[int] = []
    for n in range(len(anchors) + 1):
        begin = anchors[n - 1].last + 1 if n else 0
        end = anchors[n].first if n < len(anchors) else len(lines)
        between = list(range(begin, end))
        if alignment is Alignment.TOP and n:
            groups[n - 1].extend(between)
        elif n < len(anchors):
            groups[n] = between + groups[n]
        else:
            trailing = between
    return [*groups, trailing] if trailing else groups


def _by_middle(lines: list[GridLine], anchors: list[Anchor], groups: list[list[int]]) -> list[list[int]]:
    """Share the lines between two anchors: as much below an anchor as stands above it."""
    same_page = [b.y - a.y for a, b in pairwise(lines) if a.page == b.page]
    pitch = median(same_page) if same_page else 1.0
    begin = 0
    for n, anchor in enumerate(anchors):
        above = list(range(begin, anchor.first))
        groups[n] = above + groups[n]
        depth = _depth(lines, [*above, anchor.first], pitch)
        end = anchors[n + 1].first if n + 1 < len(anchors) else len(lines)
        begin = anchor.last + 1
        below = 0.0
        while begin < end:
            step = lines[begin].y - lines[begin - 1].y if lines[begin].page == lines[begin - 1].page else pitch
            below += step
            if below > depth + 0.3 * pitch:
                break
            groups[n].append(begin)
            begin += 1
        if n + 1 == len(anchors):
            groups[n].extend(range(begin, len(lines)))
    return groups


def _depth(lines: list[GridLine], indexes: list[int], pitch: float) -> float:
    steps = pairwise(indexes)
    return sum(lines[b].y - lines[a].y if lines[a].page == lines[b].page else pitch for a, b in steps)
