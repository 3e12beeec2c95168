"""A table as lines by columns, before its lines are gathered into records."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from custodiet.intake.readers.pdf.cells import CellLine
from custodiet.intake.readers.pdf.columns import Columns, extents, place_words, rivers, with_labels
from custodiet.intake.readers.pdf.header import header_lines
from custodiet.intake.readers.pdf.lines import Line

_LABEL = 0.9  # of the way to the next column
_PADDING = 14.0  # letters: white beside a column that is wider is no padding
_LETTERS = 400  # lines whose letters are measured


@dataclass(slots=True)
class GridLine:
    """Hold one visual line of a table, cut at the columns."""

    page: int
    y: float
    ruled: bool
    cells: list[CellLine | None]

    def texts(self) -> tuple[str | None, ...]:
        """Give the text by column."""
        return tuple(None if cell is None else cell.text for cell in self.cells)


@dataclass(slots=True)
class Grid:
    """Hold a table cut at its columns.

    Attributes:
        header: Lines of the first row of labels.
        body: All other lines in order, repeated labels included.
        rooms: Width that text has in each column, in points.
        label_rooms: Width that labels have: most of the way to the next column.
        repeats: Indexes in ``body`` at which the whole header comes again.
    """

    header: list[GridLine]
    body: list[GridLine]
    rooms: list[float]
    label_rooms: list[float]
    repeats: set[int]

    def has_room(self, column: int, above: CellLine, below: CellLine) -> bool:
        """Tell whether the first word of ``below`` would have fitted on the line ``above``."""
        return above.width + 0.5 * above.letter + below.first <= self.rooms[column] + 0.5


def build_grid(lines: list[Line]) -> Grid:
    """Find the columns of a table's lines and cut the lines at them."""
    n_header = header_lines(lines)
    header, body = lines[:n_header], lines[n_header:]
    repeats = _repeats(header, body)
    values = [line for i, line in enumerate(body) if i not in repeats]
    em = float(np.median([line.em for line in lines]))
    spans = extents(values)
    columns = rivers(spans, len(values), em) if values else rivers(extents(header), 0, em)
    if header:
        columns = with_labels(columns, header, spans, em)
    cut_header = [_cut(line, columns, split=True) for line in header]
    cut_body = [_cut(line, columns, split=i in repeats) for i, line in enumerate(body)]
    rooms = _rooms(columns, [line for i, line in enumerate(cut_body) if i not in repeats])
    pitches = [*(b - a for a, b in pairwise(columns.lefts)), float("inf")]
    label_rooms = [max(room, _LABEL * pitch) for room, pitch in zip(rooms, pitches, strict=True)]
    return Grid(cut_header, cut_body, rooms, label_rooms, repeats)


def _repeats(header: list[Line], body: list[Line]) -> set[int]:
    found: set[int] = set()
    n = len(header)
    if not n:
        return found
    texts = [line.text for line in header]
    for i in range(len(body) - n + 1):
        if body[i].text == texts[0] and all(body[i + k].text == texts[k] for k in range(1, n)):
            found.update(range(i, i + n))
    return found


def _cut(line: Line, columns: Columns, *, split: bool) -> GridLine:
    placed = place_words(line, columns, split=split)
    return GridLine(line.page, line.y, line.ruled, [CellLine.of(words) if words else None for words in placed])


def _rooms(columns: Columns, values: list[GridLine]) -> list[float]:
    """Give the width that text has in each column.

    The white that even the fullest column keeps before the next one is the padding
    of all, if it is no wider than padding is: in a table whose texts are all short it
    says nothing. The last column is as wide as its widest line, and without bound if it
    never stands alone on a line: then its text is never wrapped.
    """
    widest = [
        max((cell.width for line in values if (cell := line.cells[c]) is not None), default=0.0)
        for c in range(len(columns))
    ]
    pitches = [b[0] - a[0] for a, b in zip(columns.spans, columns.spans[1:], strict=False)]
    padding = min((pitch - width for pitch, width in zip(pitches, widest, strict=False)), default=0.0)
    letters = [cell.letter for line in values[:_LETTERS] for cell in line.cells if cell is not None]
    padding = min(padding, _PADDING * float(np.median(letters))) if letters else padding
    alone = any(line.cells[-1] is not None and line.cells.count(None) == len(columns) - 1 for line in values)
    rooms = [max(w, p - max(0.0, padding)) for w, p in zip(widest, pitches, strict=False)]
    return [*rooms, widest[-1] if alone and len(columns) > 1 else float("inf")]
