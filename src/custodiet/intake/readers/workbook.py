"""Workbooks → one raw table per sheet: verbatim text, real row numbers, nothing hidden left out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

from custodiet.intake.kinds import WORKBOOKS, Kind, tell_kind, unread_kind
from custodiet.intake.raw import RawRow, RawTable, Reading
from custodiet.intake.readers.grids import Extent, grid_rows, measure_ods, measure_xlsb
from custodiet.intake.readers.xlsx import Sheet, XlsxBook
from custodiet.intake.readers.xlsx_rows import SheetNotes
from custodiet.intake.zips import Limits, RefusedError
from custodiet.model.problems import Problem

_LAST_ROWS: Final = {Kind.XLS: 65_536}
_LAST_ROW: Final = 1_048_576
_GRID_LIMITS: Final = Limits(member_bytes=1 << 30, total_bytes=3 << 29)


def read_workbook(path: Path, limits: Limits | None = None) -> Reading:
    """Read an XLSX, XLSB, XLS or ODS workbook, told by its bytes.

    Integers that were stored as floats come as integers, date cells as ISO text
    (``YYYY-MM-DD HH:MM:SS``, ``YYYY-MM-DD`` for whole days, ``HH:MM:SS`` for times of
    day, ``H:MM:SS`` for durations), all other text verbatim. Empty rows are left out,
    and ``source_row`` stays the row of the sheet.

    Args:
        path: The workbook; needed until the rows of the last table are used up.
        limits: What the parts of an XLSX may unpack to.

    Returns:
        One table per sheet that holds anything, hidden ones too, and the problems of the
        file; problems of a table are complete once its rows are used up. XLSX rows are
        streamed; XLS, XLSB and ODS sheets are held in memory one at a time.
    """
    reading = Reading()
    try:
        kind = tell_kind(path)
        if kind is Kind.XLSX:
            _read_xlsx(path, reading, limits or Limits())
        elif kind in WORKBOOKS:
            _read_grids(path, kind, reading)
        else:
            problem = unread_kind(kind, "")
            reading.problems.append(problem or Problem("corrupt", "The file is no workbook; nothing was read."))
    except RefusedError as refusal:
        reading.problems.append(Problem(refusal.code, refusal.message))
    except OSError as error:
        reading.problems.append(Problem("corrupt", f"The workbook cannot be read ({error.strerror})."))
    if not reading.parts and not reading.problems:
        reading.problems.append(Problem("empty", "No sheet of the workbook holds a cell."))
    return reading


def _read_xlsx(path: Path, reading: Reading, limits: Limits) -> None:
    book = XlsxBook(path, limits)
    for place, sheet in enumerate(book.sheets, 1):
        where = f"sheet {place}"
        if not sheet.has_cells:
            reading.problems.append(Problem("note", "The sheet is a chart or macro sheet without cells.", where))
            continue
        try:
            first = next(book.rows(sheet, SheetNotes()), None)
        except RefusedError as refusal:
            reading.problems.append(Problem(refusal.code, refusal.message, where))
            continue
        if first is None:
            reading.problems.append(Problem("note", "The sheet holds no cell.", where))
            continue
        table = _new_table(sheet.name, sheet.hidden, where)
        table.rows = _xlsx_rows(book, sheet, table, where)
        reading.parts.append(table)
    if book.n_nul_strings:
        message = f"{book.n_nul_strings:,} texts held NUL characters, which were taken out."
        reading.problems.append(Problem("nul-bytes", message))
    gaps = _missing_numbers([sheet.number for sheet in book.sheets])
    if gaps:
        reading.problems.append(
            Problem("note", f"Sheets were deleted before release: {gaps:,} numbers of sheets are unused.")
        )


def _xlsx_rows(book: XlsxBook, sheet: Sheet, table: RawTable, where: str) -> Iterator[RawRow]:
    notes = SheetNotes(date_cells=table.date_cells)
    n_hidden = last = 0
    try:
        for row in book.rows(sheet, notes):
            n_hidden += row.hidden
            last = row.source_row
            yield row
    except RefusedError as refusal:
        code = "truncated" if refusal.code == "malformed" else refusal.code
        message = f"{refusal.message} Rows up to {last:,} were read."
        table.problems.append(Problem(code, message, where))
    _note_rows(table, n_hidden, last, _LAST_ROW, where)
    counts = notes.counts
    for key, code, message in (
        ("placeholder", "note", "cells are placeholders of another spreadsheet program's formula."),
        ("uncached", "note", "formula cells hold no stored result and were read as blank."),
        ("lost-string", "malformed", "cells point at a text that is not in the workbook; read as blank."),
        ("nul", "nul-bytes", "cells held NUL characters, which were taken out."),
        ("columns", "too-large", "cells lie beyond the last possible column; they were not read."),
        ("hidden-columns", "hidden-sheet", "groups of columns are hidden; they were read."),
    ):
        if counts[key]:
            table.problems.append(Problem(code, f"{counts[key]:,} {message}", where))


def _read_grids(path: Path, kind: Kind, reading: Reading) -> None:
    extents: list[Extent] = []
    if kind is Kind.XLSB:
        extents = measure_xlsb(path, _GRID_LIMITS)
    elif kind is Kind.ODS:
        extents = measure_ods(path, _GRID_LIMITS)
    for extent in extents:
        extent.require_bearable()
    with _open_grids(path) as book:
        metadata = list(book.sheets_metadata)
    for place, sheet in enumerate(metadata):
        where = f"sheet {place + 1}"
        hidden_rows = extents[place].hidden if len(extents) == len(metadata) else set()
        table = _new_table(sheet.name, sheet.visible != SheetVisibleEnum.Visible, where)
        rows = _grid_rows(path, place, hidden_rows, table, where, _LAST_ROWS.get(kind, _LAST_ROW))
        table.rows = rows
        reading.parts.append(table)


def _open_grids(path: Path) -> CalamineWorkbook:
    """Open a workbook by its bytes: calamine would otherwise go by the extension.

    Raises:
        RefusedError: ``encrypted`` or ``corrupt``.
    """
    try:
        with path.open("rb") as file:
            return CalamineWorkbook.from_filelike(file)
    except PasswordError as error:
        raise RefusedError("encrypted", "The workbook asks for a password; nothing was read.") from error
    except (CalamineError, OSError, ValueError) as error:
        raise RefusedError("corrupt", "The workbook is damaged and could not be opened.") from error
    except BaseException as error:
        raise _from_panic(error) from error


def _grid_rows(
    path: Path, place: int, hidden_rows: set[int], table: RawTable, where: str, last_row: int
) -> Iterator[RawRow]:
    n_hidden = last = n_nul = 0
    try:
        with _open_grids(path) as book:
            for row in _guarded(book, place, hidden_rows, table):
                n_hidden += row.hidden
                last = row.source_row
                if any(cell and "\0" in cell for cell in row.cells):
                    n_nul += 1
                    cells = tuple(cell and cell.replace("\0", "") for cell in row.cells)
                    row = RawRow(row.source_row, cells, hidden=row.hidden)
                yield row
    except RefusedError as refusal:
        message = f"{refusal.message} Rows up to {last:,} were read."
        table.problems.append(Problem(refusal.code, message, where))
    if not last and not table.problems:
        table.problems.append(Problem("note", "The sheet holds no cell.", where))
    if n_nul:
        message = f"{n_nul:,} rows held NUL characters, which were taken out."
        table.problems.append(Problem("nul-bytes", message, where))
    _note_rows(table, n_hidden, last, last_row, where)


def _guarded(book: CalamineWorkbook, place: int, hidden: set[int], table: RawTable) -> Iterator[RawRow]:
    try:
        yield from grid_rows(book.get_sheet_by_index(place), hidden, table.date_cells)
    except (CalamineError, ValueError) as error:
        raise RefusedError("corrupt", "The sheet is damaged.") from error
    except BaseException as error:
        raise _from_panic(error) from error


def _from_panic(error: BaseException) -> BaseException:
    """Take a panic of the parser, which is no ``Exception``, for a damaged file."""
    if type(error).__name__ == "PanicException":
        return RefusedError("corrupt", "The workbook is damaged: its parser gave up.")
    return error


def _new_table(name: str, hidden: bool, where: str) -> RawTable:
    table = RawTable(rows=(), sheet=name, hidden=hidden)
    if hidden:
        table.problems.append(Problem("hidden-sheet", "The sheet is hidden; it was read.", where))
    return table


def _note_rows(table: RawTable, n_hidden: int, last: int, last_row: int, where: str) -> None:
    if n_hidden:
        table.problems.append(Problem("hidden-sheet", f"{n_hidden:,} hidden rows were read.", where))
    if last >= last_row:
        message = f"The sheet is full to its last possible row, {last_row:,}; rows after it are missing."
        table.problems.append(Problem("truncated", message, where))


def _missing_numbers(numbers: list[int]) -> int:
    """Count the sheet numbers below the highest that no sheet bears."""
    used = {number for number in numbers if 0 < number < 1 << 16}
    return max(used, default=0) - len(used)
