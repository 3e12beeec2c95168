"""Rows of column labels: where they begin, over how many lines they run, where they come again."""

from __future__ import annotations

from custodiet.intake.readers.pdf.lines import Line, Piece
from custodiet.intake.readers.pdf.tokens import is_label, kind_of

_HALF = 0.85  # em: lines closer than this belong to one row, its cells set to the middle
_SAMPLE = 60  # lines of the body that are looked at


def is_header_line(line: Line) -> bool:
    """Tell whether a line can be a row of column labels."""
    return len(line.pieces) > 1 and all(is_label(piece.text) for piece in line.pieces)


def header_lines(lines: list[Line]) -> int:
    """Count the lines at the beginning of a table that hold its labels; 0 without labels.

    A label runs on in the next line if its next word had no room beside it, if it
    stands over numbers, times or ids and is none, or half a line away.
    """
    first = next((i for i, line in enumerate(lines[:4]) if len(line.pieces) > 1), None)
    if first is None or not is_header_line(lines[first]):
        return 0
    if any(not continues_above(lines, i, first) for i in range(first)):
        return 0
    last = first
    while last + 1 < len(lines) and last - first < 3 and _continues(lines, first, last + 1):
        last += 1
    return last + 1


def continues_above(lines: list[Line], i: int, first: int) -> bool:
    """Tell whether line ``i`` above the labels is the first part of one of them (and no title)."""
    line = lines[i]
    if not all(is_label(piece.text) for piece in line.pieces):
        return False
    if _half_a_line(line, lines[i + 1]):
        return True
    labels = [p for below in lines[first : first + 3] if is_header_line(below) for p in below.pieces]
    return all(
        any(_over(piece, label) and not _has_room(piece, label, labels) for label in labels) for piece in line.pieces
    )


def _half_a_line(above: Line, below: Line) -> bool:
    return above.page == below.page and below.y - above.y < _HALF * min(above.em, below.em)


def _continues(lines: list[Line], first: int, i: int) -> bool:
    above, line = lines[first:i], lines[i]
    if line.page != above[-1].page or not all(is_label(piece.text) for piece in line.pieces):
        return False
    if _half_a_line(above[-1], line):
        return True
    row = [piece for upper in above for piece in upper.pieces]
    sample = [piece for below in lines[i + 1 : i + _SAMPLE] for piece in below.pieces]
    linked = False
    for piece in line.pieces:
        over = [label for label in row if _over(label, piece)]
        if over and _over_values(piece, sample):
            return True
        if any(_has_room(label, piece, row) for label in over):
            return False
        linked |= bool(over)
    return linked


def _over_values(piece: Piece, sample: list[Piece]) -> bool:
    beneath = [other for other in sample if _over(other, piece)]
    values = sum(1 for other in beneath if kind_of(other.text) is not None)
    return len(beneath) >= 3 and values >= 0.8 * len(beneath)


def _over(a: Piece, b: Piece) -> bool:
    return min(a.x1, b.x1) - max(a.x0, b.x0) > 0.5


def _has_room(upper: Piece, lower: Piece, row: list[Piece]) -> bool:
    """Tell whether the first word of ``lower`` would have fitted beside ``upper``."""
    left = min(upper.x0, lower.x0)
    following = [piece.x0 for piece in row if piece.x0 > max(upper.x1, lower.x1)]
    if not following:
        return True
    room = min(following) - left
    space = (upper.x1 - upper.x0) / max(1, len(upper.text)) * 0.5
    word = lower.words[0]
    return (upper.x1 - upper.x0) + space + (word.x1 - word.x0) < room
