"""What every reader hands on: tables of verbatim cells with their places, before any meaning is given.

Two shapes exist, because two kinds of source do. A *raw table* is a grid of
cells (CSV, sheet, PDF table, JSON lines). A *raw page* is a transparency page:
headings with text, sharing lists and, at times, a raw table of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from custodiet.model.problems import Problem


@dataclass(frozen=True, slots=True)
class RawRow:
    """Hold one row as released.

    Attributes:
        source_row: The row a reader of the original sees, 1-based: CSV record
            with the header as row 1, spreadsheet row, PDF row in the table.
        cells: Text of the cells; None where the source has no cell at all.
        page: 1-based page of a PDF.
        hidden: The row is hidden in the original (a filter, a collapsed group).
    """

    source_row: int
    cells: tuple[str | None, ...]
    page: int | None = None
    hidden: bool = False


@dataclass(slots=True)
class RawTable:
    """Hold one table of verbatim cells.

    Attributes:
        sheet: Name of the sheet or table; None where a file is one table.
        rows: All rows in their order, header, titles and totals included; may be a
            one-shot iterator, so that memory stays bounded.
        title: Title the source states for itself (PDF title, heading above the table).
        headings: Lines of text that stand above the table, top to bottom.
        full_cells: Cells, by row number and position, that end where the first word of the cell below
            them had no room: in a list of names the one below may be the rest of a name.
        date_cells: Columns that held real date cells or serial numbers, by position.
        hidden: The whole sheet is hidden.
        problems: What was odd while reading; may grow until ``rows`` is used up.
        omits_blanks: No cell of it is blank, in a kind of file that can leave blank cells out:
            a column that is blank throughout would be absent.
    """

    rows: Iterable[RawRow]
    sheet: str | None = None
    title: str | None = None
    headings: tuple[str, ...] = ()
    full_cells: set[tuple[int, int]] = field(default_factory=set)
    hidden: bool = False
    date_cells: set[int] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    omits_blanks: bool = False


@dataclass(frozen=True, slots=True)
class CsvFile:
    """Describe a delimited text file on disk that the engine can read by itself.

    Attributes:
        path: UTF-8 file.
        delimiter: One character.
        n_rows: Records in the file, counted independently (newlines outside quotes).
        first_rows: The first records, to find the header in.
        has_outer_blanks: Cells may begin or end with tabs, line ends or no-break spaces.
    """

    path: Path
    delimiter: str
    n_rows: int
    first_rows: tuple[tuple[str, ...], ...]
    has_outer_blanks: bool


@dataclass(frozen=True, slots=True)
class PortalShare:
    """State one entry of a sharing list of a page.

    Attributes:
        direction: ``out``: the page's organisation lets ``organisation`` reach its
            data; ``in``: it can reach the data of ``organisation``.
        organisation: Name as released.
        place: 1-based place in the list; unique within the page.
        status: ``active``, ``inactive`` or ``pending`` where the list says so.
    """

    direction: str
    organisation: str
    place: int
    status: str = "active"


@dataclass(frozen=True, slots=True)
class Embedded:
    """Hold a file that a page carries within itself: a workbook, an archive, a print.

    Attributes:
        name: What the page calls it.
        data: Its bytes.
    """

    name: str
    data: bytes


@dataclass(slots=True)
class RawPage:
    """Hold one transparency page.

    Attributes:
        producer: Organisation named on the page, as released.
        as_of: Date of the page by its own words; None when it does not say.
        last_updated: The stated instant (UTC) if there is one.
        values: Canonical portal column to stated value (integers as int, text as str);
            keys are columns of the ``portals`` table.
        other: Heading to text of what has no column, in page order.
        shares: Entries of the sharing lists.
        list_counts: Lists that state only a number ("988"), by direction.
        audits: Search audits embedded in the page.
        embedded: Files in the page that are no text; they are read as members of an archive are.
        n_values: Statements read from the page that are no share and no audit row
            (``len(values) + len(other)`` and what was counted as layout beside).
        problems: What was odd while reading.
    """

    producer: str | None
    as_of: date | None = None
    last_updated: datetime | None = None
    values: dict[str, str | int] = field(default_factory=dict)
    other: dict[str, str] = field(default_factory=dict)
    shares: list[PortalShare] = field(default_factory=list)
    list_counts: dict[str, int] = field(default_factory=dict)
    audits: list[RawTable] = field(default_factory=list)
    embedded: list[Embedded] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class Reading:
    """Hold what one file gave: its tables and pages, and the problems of the file as a whole."""

    parts: list[RawTable | RawPage] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
