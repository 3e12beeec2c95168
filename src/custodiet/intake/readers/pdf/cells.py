"""Text of a cell from its lines: nothing fused, nothing torn."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from custodiet.intake.readers.pdf.lines import Word, text_of
from custodiet.intake.readers.pdf.tokens import is_time_piece, is_uuid, is_uuid_piece, starts_date


@dataclass(slots=True)
class CellLine:
    """Hold the part of one visual line that stands in one column; all lengths in points."""

    text: str
    x0: float
    x1: float
    first: float
    """Width of its first word."""
    last: float
    """Width of its last word."""
    letter: float
    """Mean width of a letter."""
    n_words: int

    @classmethod
    def of(cls, words: list[Word]) -> CellLine:
        """Build it from the words of a line."""
        text = text_of(words)
        first, last = words[0], words[-1]
        x0, x1 = min(w.x0 for w in words), max(w.x1 for w in words)
        return cls(text, x0, x1, first.x1 - first.x0, last.x1 - last.x0, (x1 - x0) / len(text), len(words))

    @property
    def width(self) -> float:
        """From its left to its right edge."""
        return self.x1 - self.x0


def join_cell(lines: list[CellLine], room: float) -> str | None:
    """Join the lines of a cell.

    Lines stay apart by a newline, with three exceptions: parts of one point in time
    are joined by a space, parts of an id and of a word that was broken because the
    column is narrower than the word are joined by nothing.

    Args:
        lines: The cell's lines, top to bottom.
        room: Width of the column, in points.
    """
    if not lines:
        return None
    if len(lines) == 1:
        return lines[0].text
    texts = [line.text for line in lines]
    joined = "".join(texts)
    if is_uuid(joined):
        return joined
    if all(is_time_piece(text) for text in texts):
        return _join_times(texts)
    parts = [texts[0]]
    for above, below in pairwise(lines):
        parts.append("" if is_torn(above, below, room) else "\n")
        parts.append(below.text)
    return "".join(parts)


def _join_times(texts: list[str]) -> str:
    parts = [texts[0]]
    for text in texts[1:]:
        parts.append("\n" if starts_date(text) else " ")
        parts.append(text)
    return "".join(parts)


def is_torn(above: CellLine, below: CellLine, room: float) -> bool:
    """Tell whether a word runs over from one line to the next without a place to break.

    It does if it could not have stood on one line and fills the first one to the
    last letter; a part of an id needs no more than the first.
    """
    if above.n_words > 1 or above.last + below.first <= room + 0.5:
        return False
    if is_uuid_piece(above.text) and is_uuid_piece(below.text) and any(c.isdigit() for c in above.text):
        return True
    if not above.text[-1].isalnum() or not (below.text[0].islower() or below.text[0].isdigit()):
        return False
    return above.width + 1.2 * below.letter > room
