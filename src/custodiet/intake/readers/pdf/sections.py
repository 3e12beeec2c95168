"""Parts of a document: which lines stand in which table, and which in none."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

import numpy as np
from numpy.typing import NDArray

from custodiet.intake.readers.pdf.columns import Columns, extents, rivers, straddling
from custodiet.intake.readers.pdf.header import continues_above, is_header_line
from custodiet.intake.readers.pdf.lines import Line
from custodiet.intake.readers.pdf.tokens import is_uuid_piece, kind_of

_APART = 1.8  # times the usual distance of lines: something new may begin
_MISFITS = 0.1  # share of lines that may reach over the columns of a table
_MAX_COLUMNS = 200  # more is no table but scattered text
_SAMPLE = 800  # pieces of a table that a new part is compared with


@dataclass(slots=True)
class Section:
    """Hold the lines of one table, over as many pages as it runs.

    Attributes:
        lines: Lines in reading order, header included.
        heading: Text that stands above the table.
        columns: Columns as known so far.
        sample: Edges of the pieces added last.
    """

    lines: list[Line] = field(default_factory=list)
    heading: list[Line] = field(default_factory=list)
    columns: Columns = field(default_factory=lambda: Columns(()))
    sample: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 2)))

    @property
    def header(self) -> Line | None:
        """The first line with several pieces, if all of them can be labels."""
        first = next((line for line in self.lines if len(line.pieces) > 1), None)
        return first if first is not None and is_header_line(first) else None


def split_sections(pages: list[list[Line]]) -> tuple[list[Section], list[Line]]:
    """Split the lines of a document into tables and lines that stand in none."""
    sections: list[Section] = []
    outside: list[Line] = []
    heading: list[Line] = []
    for page in pages:
        waiting = _chunks(page)
        while waiting:
            chunk = waiting.pop(0)
            current = sections[-1] if sections else None
            if current is not None:
                head, chunk, rest = _cut_foreign(chunk, current)
                if rest:
                    waiting.insert(0, rest)
                heading.extend(head)
                if not chunk:
                    continue
                if _belongs(chunk, current) and not (len(chunk) > 1 and _is_new_header(chunk[0], current)):
                    outside.extend(heading)
                    heading = []
                    _extend(current, chunk)
                    continue
            if not any(len(line.pieces) > 1 for line in chunk):
                heading.extend(chunk)
                continue
            section = Section()
            first = next(i for i, line in enumerate(chunk) if len(line.pieces) > 1)
            if is_header_line(chunk[first]):
                labels = first
                while first and continues_above(chunk, first - 1, labels):
                    first -= 1
                heading.extend(chunk[:first])
                chunk = chunk[first:]
            section.heading = heading
            heading = []
            _extend(section, chunk)
            sections.append(section)
    outside.extend(heading)
    return _tables_only(sections, outside)


def _tables_only(sections: list[Section], outside: list[Line]) -> tuple[list[Section], list[Line]]:
    tables = []
    for section in sections:
        if is_table(section):
            tables.append(section)
            outside.extend(section.heading[:-1])
        else:
            outside.extend(section.heading + section.lines)
    outside.sort(key=lambda line: (line.page, line.y))
    return tables, outside


def is_table(section: Section) -> bool:
    """Tell whether lines form a table: several columns, filled side by side again and again."""
    several = sum(1 for line in section.lines if len(line.pieces) > 1)
    if not 2 <= len(section.columns) <= _MAX_COLUMNS:
        return False
    if section.header is not None and several == 1:
        return len(section.lines) == 1 and len(section.columns) >= 3
    return several >= 2 and several >= 0.1 * len(section.lines)


def _chunks(page: list[Line]) -> list[list[Line]]:
    if not page:
        return []
    gaps = [b.y - a.y for a, b in pairwise(page)]
    usual = median(gaps) if gaps else 0.0
    chunks = [[page[0]]]
    for gap, line in zip(gaps, page[1:], strict=True):
        if gap > _APART * usual:
            chunks.append([])
        chunks[-1].append(line)
    return chunks


def _cut_foreign(chunk: list[Line], current: Section) -> tuple[list[Line], list[Line], list[Line]]:
    """Split off lines that run over the columns as one piece: headings and prose, not rows.

    Returns:
        Foreign lines at the beginning, lines that may belong, and the rest from the next foreign line on.
    """
    foreign = [_is_foreign(line, current.columns) for line in chunk]
    begin = next((i for i, flag in enumerate(foreign) if not flag), len(chunk))
    end = next((i for i in range(begin, len(chunk)) if foreign[i]), len(chunk))
    for i in range(begin + 1, end):
        if _is_new_header(chunk[i], current) and i + 1 < len(chunk):
            end = i
            break
    return chunk[:begin], chunk[begin:end], chunk[end:]


def _is_foreign(line: Line, columns: Columns) -> bool:
    if len(line.pieces) != 1 or len(columns) < 2:
        return False
    first, last = columns.touched(line.pieces[0].x0, line.pieces[0].x1)
    return first != last


def _belongs(chunk: list[Line], current: Section) -> bool:
    spans = extents(chunk)
    if straddling(spans, current.columns) > _MISFITS:
        return False
    several = sum(1 for line in chunk if len(line.pieces) > 1)
    if several < 2:
        return True
    return straddling(current.sample, _columns(chunk, spans)) <= _MISFITS


def _is_new_header(line: Line, current: Section) -> bool:
    """Tell whether a line holds labels, and not those of the current table."""
    if not is_header_line(line) or len(line.pieces) < max(2, 0.6 * len(current.columns)):
        return False
    header = current.header
    if header is not None and header.text == line.text:
        return False
    typed = _typed_columns(current)
    labels = [piece for piece in line.pieces if not is_uuid_piece(piece.text)]  # the end of a broken id
    here = {current.columns.touched(piece.x0, piece.x1)[0] for piece in labels}
    return len(typed & here) >= 1


def _typed_columns(section: Section) -> set[int]:
    """Give the columns whose cells are nearly all ids, numbers or times."""
    if not len(section.columns):
        return set()
    filled: dict[int, int] = {}
    typed: dict[int, int] = {}
    for line in section.lines[:60]:
        for piece in line.pieces:
            column = section.columns.touched(piece.x0, piece.x1)[0]
            filled[column] = filled.get(column, 0) + 1
            typed[column] = typed.get(column, 0) + (kind_of(piece.text) is not None)
    return {column for column, n in filled.items() if typed[column] >= max(1, 0.7 * (n - 1))}


def _columns(lines: list[Line], spans: NDArray[np.float64]) -> Columns:
    return rivers(spans, len(lines), median(line.em for line in lines))


def _extend(section: Section, chunk: list[Line]) -> None:
    section.lines.extend(chunk)
    section.sample = np.concatenate([section.sample, extents(chunk)])[-_SAMPLE:]
    if len(section.lines) <= _SAMPLE:
        section.columns = _columns(section.lines, extents(section.lines))
