"""The way from a PDF file to its tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from custodiet.intake.letters import not_held
from custodiet.intake.raw import RawRow, RawTable, Reading
from custodiet.intake.readers.pdf.cells import CellLine, join_cell
from custodiet.intake.readers.pdf.document import (
    PageHandle,
    Unreadable,
    open_pages,
    open_pdf,
    pages_text,
    title_of,
)
from custodiet.intake.readers.pdf.furniture import strip_furniture
from custodiet.intake.readers.pdf.glyphs import read_glyphs
from custodiet.intake.readers.pdf.grid import Grid, GridLine, build_grid
from custodiet.intake.readers.pdf.lines import Line, build_lines, cut_pieces, is_spaced
from custodiet.intake.readers.pdf.lists import list_of
from custodiet.intake.readers.pdf.records import split_records
from custodiet.intake.readers.pdf.redaction import mask_hidden
from custodiet.intake.readers.pdf.sections import Section, split_sections
from custodiet.intake.readers.pdf.shapes import read_shapes, rule_lines
from custodiet.model.problems import Problem


@dataclass(slots=True)
class _Document:
    """Gather what the pages of one file gave."""

    pages: list[list[Line]] = field(default_factory=list)
    without_text: list[int] = field(default_factory=list)
    hidden: dict[int, int] = field(default_factory=dict)
    outside: dict[int, int] = field(default_factory=dict)
    slanted: dict[int, int] = field(default_factory=dict)
    cut_short: list[int] = field(default_factory=list)
    nameless: dict[int, int] = field(default_factory=dict)
    n_letters: int = 0


def read_pdf(path: Path) -> Reading:
    """Read the tables of a PDF as verbatim rows, each with its page.

    A cell of several lines keeps them apart by newlines (``cells.join_cell`` says
    when not). A row that runs over a page end has the page on which its id, time or
    first line stands. Text beneath a redaction is never handed on.

    Returns:
        The tables in their order. ``title`` is the title that the file states, else the
        line above the table; ``sheet`` names the tables where there are several.
        Problems: ``encrypted``, ``corrupt``, ``no-text``, ``no-table``, ``too-large``,
        ``failed-redaction``, and notes on text that stands in no table.
    """
    reading = Reading()
    try:
        with open_pdf(path) as document:
            title = title_of(document)
            found = _Document()
            for handle in open_pages(document, reading.problems):
                _read_page(handle, found)
    except Unreadable as error:
        return Reading(problems=[error.problem])
    _report_pages(found, reading.problems)
    lines = [line for page in found.pages for line in page]
    if not lines:
        return reading
    spaced = is_spaced(lines)
    for line in lines:
        cut_pieces(line, spaced=spaced)
    n_furniture = strip_furniture(found.pages)
    sections, outside = split_sections(found.pages)
    if not sections and (section := list_of(outside)) is not None:
        sections, outside = [section], []
    _report_text(sections, outside, n_furniture, reading.problems)
    for number, section in enumerate(sections, start=1):
        heading = section.heading[-1].text if section.heading else None
        sheet = None if len(sections) == 1 else heading or f"table {number}"
        above = tuple(line.text for line in section.heading)
        rows, full = _rows(section)
        reading.parts.append(RawTable(rows=rows, sheet=sheet, title=title or heading, headings=above, full_cells=full))
    return reading


def _read_page(handle: PageHandle, found: _Document) -> None:
    glyphs = read_glyphs(handle)
    shapes = read_shapes(handle, glyphs.frame)
    glyphs, n_hidden = mask_hidden(handle, glyphs, shapes)
    number = handle.number
    for n, place in (
        (n_hidden, found.hidden),
        (glyphs.n_outside, found.outside),
        (glyphs.n_slanted, found.slanted),
        (int((glyphs.code == 0xFFFD).sum()), found.nameless),
    ):
        if n:
            place[number] = n
    if glyphs.n_unread or shapes.cut_short:
        found.cut_short.append(number)
    found.n_letters += len(glyphs.code)
    lines = build_lines(number, glyphs)
    if not lines and shapes.n_images:
        found.without_text.append(number)
    rule_lines(lines, shapes)
    found.pages.append(lines)


def _rows(section: Section) -> tuple[list[RawRow], set[tuple[int, int]]]:
    grid = build_grid(section.lines)
    n = len(grid.header)
    placed = [
        (record.lines[0], grid.body[record.main].page, [grid.body[i] for i in record.lines])
        for record in split_records(grid)
    ]
    repeats = sorted(grid.repeats)
    for i in range(0, len(repeats), max(1, n)):
        rows = [grid.body[k] for k in repeats[i : i + n]]
        placed.append((repeats[i], rows[0].page, rows))
    placed.sort(key=lambda item: item[0])
    if grid.header:
        placed.insert(0, (-1, grid.header[0].page, grid.header))
    found = []
    for source_row, (first, page, lines) in enumerate(placed, start=1):
        labels = first < 0 or first in grid.repeats
        found.append(RawRow(source_row, _cells(lines, grid.label_rooms if labels else grid.rooms), page))
    return found, _full_cells([lines for _, _, lines in placed], grid)


def _full_cells(rows: list[list[GridLine]], grid: Grid) -> set[tuple[int, int]]:
    """Give the cells that end where the first word of the cell right below would not have fitted beside them."""
    limits = [room for room in grid.label_rooms if room != float("inf")]
    if not limits:
        return set()
    rooms = [min(room, max(limits)) for room in grid.label_rooms]
    full: set[tuple[int, int]] = set()
    for number, (upper, lower) in enumerate(pairwise(rows), start=1):
        if upper[-1].page != lower[0].page:
            continue
        for column, (above, below) in enumerate(zip(upper[-1].cells, lower[0].cells, strict=True)):
            if above is None or below is None:
                continue
            if above.width + 0.5 * above.letter + below.first > rooms[column]:
                full.add((number, column))
    return full


def _cells(lines: list[GridLine], rooms: list[float]) -> tuple[str | None, ...]:
    def column(c: int) -> list[CellLine]:
        return [cell for line in lines if (cell := line.cells[c]) is not None]

    return tuple(join_cell(column(c), room) for c, room in enumerate(rooms))


def _report_pages(found: _Document, problems: list[Problem]) -> None:
    if not any(found.pages):
        if found.without_text or found.pages:
            problems.append(Problem("no-text", f"None of the {len(found.pages)} pages holds text; nothing was read."))
        return
    if found.without_text:
        n = len(found.without_text)
        message = f"{n} of {len(found.pages)} pages hold a picture and no text; they were not read."
        problems.append(Problem("no-text", message, pages_text(found.without_text)))
    for code, counts, what in (
        (
            "failed-redaction",
            found.hidden,
            "characters stand beneath boxes that should hide them; they were masked",
        ),
        ("note", found.outside, "characters lie outside the visible page; they were left out"),
        ("note", found.slanted, "characters run askew over the page (a watermark); they were left out"),
        ("malformed", found.nameless, "characters have no known letter (font without a map); shown as �"),
    ):
        if counts:
            where = pages_text(list(counts))
            problems.append(Problem(code, f"{sum(counts.values())} {what}.", where))
    if found.cut_short:
        message = f"{len(found.cut_short)} page(s) hold more than is read of one page; the rest was not read."
        problems.append(Problem("too-large", message, pages_text(found.cut_short)))


def _report_text(sections: list[Section], outside: list[Line], n_furniture: int, problems: list[Problem]) -> None:
    if not sections:
        n = len({line.page for line in outside})
        problems.append(Problem("no-table", f"{len(outside)} lines of text on {n} page(s), and no table among them."))
        problems.extend(not_held(line.text for line in outside))
    elif outside:
        where = pages_text([line.page for line in outside])
        problems.append(Problem("note", f"{len(outside)} lines of text stand in no table and were not read.", where))
    if n_furniture:
        problems.append(Problem("note", f"{n_furniture} running heads, feet and page numbers were left out."))
