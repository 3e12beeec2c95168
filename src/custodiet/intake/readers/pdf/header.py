"""Rows of column labels: where they begin, over how many lines they run, where they come again."""

from __future__ import annotations

from custodiet.intake.readers.pdf.lines import Line, Piece
from custodiet.intake.readers.pdf.tokens import is_label


def is_header_line(line: Line) -> bool:
    """Tell whether a line can be a row of column labels."""
    return len(line.pieces) > 1 and all(is_label(piece.text) for piece in line.pieces)


def header_lines(lines: list[Line]) -> int:
    """Count the lines at the beginning of a table that hold its labels; 0 without labels.

    A label runs on in the next line only if its next word had no room beside it.
    """
    first = next((i for i, line in enumerate(lines[:4]) if len(line.pieces) > 1), None)
    if first is None or not is_header_line(lines[first]):
        return 0
    if any(not continues_above(lines[i], lines[first]) for i in range(first)):
        return 0
    last = first
    while last + 1 < len(lines) and last - first < 3 and _continues(lines[first : last + 1], lines[last + 1]):
        last += 1
    return last + 1


def continues_above(line: Line, labels: Line) -> bool:
    """Tell whether a line above a row of labels is the first part of one of them (and no title)."""
    if not all(is_label(piece.text) for piece in line.pieces):
        return False
    return all(
        any(_over(piece, label) and not _has_room(piece, label, labels.pieces) for label in labels.pieces)
        for piece in line.pieces
    )


def _continues(above: list[Line], line: Line) -> bool:
    if line.page != above[-1].page or not all(is_label(piece.text) for piece in line.pieces):
        return False
    linked = False
    for piece in line.pieces:
        over = [label for row in above for label in row.pieces if _over(label, piece)]
        if any(_has_room(label, piece, [p for row in above for p in row.pieces]) for label in over):
            return False
        linked |= bool(over)
    return linked


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
