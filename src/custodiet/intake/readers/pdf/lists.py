"""Lists of one column: a page of names, one a line, is a table too; a letter is not."""

from __future__ import annotations

from itertools import pairwise

from custodiet.intake.readers.pdf.columns import Columns
from custodiet.intake.readers.pdf.lines import Line
from custodiet.intake.readers.pdf.sections import Section

_MINIMUM = 5
_ALIGNED = 0.9  # share of lines that begin at the left edge
_ENDED = 0.6  # share of lines that ended though the next word had room: prose runs on to the margin


def list_of(lines: list[Line]) -> Section | None:
    """Read lines as a list of one column, or give None if they are prose or too few."""
    if len(lines) < _MINIMUM or any(len(line.pieces) > 1 for line in lines):
        return None
    left = min(line.pieces[0].x0 for line in lines)
    right = max(line.pieces[0].x1 for line in lines)
    em = lines[0].em
    if sum(abs(line.pieces[0].x0 - left) < em for line in lines) < _ALIGNED * len(lines):
        return None
    ended = 0
    sentences = 0
    for line, following in pairwise(lines):
        word = following.words[0]
        ended += line.pieces[0].x1 + 0.3 * em + (word.x1 - word.x0) <= right
        sentences += line.text.endswith((".", ":", ",", ";"))
    if ended < _ENDED * (len(lines) - 1) or sentences > 0.2 * len(lines):
        return None
    return Section(lines=list(lines), columns=Columns(((left, right),)))
