"""Which lines of a table make one record.

Rulings between lines say so, or white that is wider than inside a record. Where
neither does, one line of every record is known: the one with its id, number or
time. Whether the other lines of the record stand above or below that line (cells
set to the bottom, the top or the middle) is voted on over the whole table.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from custodiet.intake.readers.pdf.alignment import share_out, vote
from custodiet.intake.readers.pdf.anchors import Anchor, find_anchors, with_loners
from custodiet.intake.readers.pdf.grid import Grid, GridLine

_ONE_EACH = 0.95  # share of blocks that must hold exactly one anchor
_STEP = 1.12  # ratio of two distances of lines that can be told apart


@dataclass(slots=True)
class Record:
    """Hold the lines of one record: indexes into the body, and the one that carries its id."""

    lines: list[int]
    main: int


def split_records(grid: Grid) -> list[Record]:
    """Gather the body lines into records, in order of their first line; repeated headers left aside."""
    order = [i for i in range(len(grid.body)) if i not in grid.repeats]
    lines = [grid.body[i] for i in order]
    if not lines:
        return []
    anchors = find_anchors(lines, grid)
    cuts = _ruled_cuts(lines, anchors) or _gap_cuts(lines, anchors)
    if cuts is not None:
        groups = _join_over_pages(_blocks(lines, cuts), lines, anchors)
    else:
        anchors = with_loners(lines, anchors, grid)
        groups = share_out(lines, anchors, vote(lines, anchors, grid))
    main_of = {line: anchor.first for anchor in anchors for line in range(anchor.first, anchor.last + 1)}
    records = []
    for group in groups:
        main = next((i for i in group if i in main_of), group[0])
        records.append(Record([order[i] for i in group], order[main]))
    return records


def _ruled_cuts(lines: list[GridLine], anchors: list[Anchor]) -> set[int] | None:
    """Give the lines above which a ruling parts records, if rulings do so throughout the table."""
    cuts = {i for i, line in enumerate(lines) if line.ruled}
    starts = cuts | {i for i in range(1, len(lines)) if lines[i].page != lines[i - 1].page}
    if len(cuts) < 2 or len(starts) + 1 < 0.6 * len(anchors):
        return None
    return cuts if _one_each(_blocks(lines, cuts), anchors, 0.8) else None


def _gap_cuts(lines: list[GridLine], anchors: list[Anchor]) -> set[int] | None:
    """Give the lines above which white parts records, if it does so throughout the table."""
    gaps = {i: lines[i].y - lines[i - 1].y for i in range(1, len(lines)) if lines[i].page == lines[i - 1].page}
    distinct = sorted({round(gap * 4) / 4 for gap in gaps.values() if gap > 0})
    steps = [(b / a, (a + b) / 2) for a, b in pairwise(distinct) if b > _STEP * a]
    for _, limit in sorted(steps, reverse=True)[:6]:
        cuts = {i for i, gap in gaps.items() if gap > limit}
        if cuts and _one_each(_blocks(lines, cuts), anchors, _ONE_EACH):
            return cuts
    return None


def _blocks(lines: list[GridLine], cuts: set[int]) -> list[list[int]]:
    blocks: list[list[int]] = []
    for i, line in enumerate(lines):
        if not i or i in cuts or line.page != lines[i - 1].page:
            blocks.append([])
        blocks[-1].append(i)
    return blocks


def _one_each(blocks: list[list[int]], anchors: list[Anchor], share: float) -> bool:
    """Tell whether the blocks hold one anchor each; page ends may part a record from its anchor."""
    block_of = {i: n for n, block in enumerate(blocks) for i in block}
    held = [0] * len(blocks)
    for anchor in anchors:
        held[block_of[anchor.first]] += 1
    with_one = sum(1 for n in held if n == 1)
    with_more = sum(1 for n in held if n > 1)
    return with_one >= share * (with_one + with_more) and with_one >= 0.5 * len(blocks)


def _join_over_pages(blocks: list[list[int]], lines: list[GridLine], anchors: list[Anchor]) -> list[list[int]]:
    """Join two blocks at a page end if only one has the line that every record has, or each a part of it."""
    anchored = {i: n for n, anchor in enumerate(anchors) for i in range(anchor.first, anchor.last + 1)}
    joined: list[list[int]] = []
    for block in blocks:
        if joined and lines[block[0]].page != lines[joined[-1][-1]].page:
            before = {anchored[i] for i in joined[-1] if i in anchored}
            after = {anchored[i] for i in block if i in anchored}
            if bool(before) != bool(after) or before & after:
                joined[-1].extend(block)
                continue
        joined.append(block)
    return joined
