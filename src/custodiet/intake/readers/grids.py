"""XLS, XLSB and ODS sheets through calamine, which holds a sheet as one dense grid.

A grid with one cell in its last corner would take all memory, so the extent of
every sheet that can be that large is measured before calamine sees the file.
The same look finds the hidden rows that calamine does not tell.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final
from xml.parsers import expat

from python_calamine import CalamineSheet

from custodiet.intake.raw import RawRow
from custodiet.intake.readers.cells import duration_text, moment_text, number_text
from custodiet.intake.zips import Budget, Limits, RefusedError, open_zip

Cell = int | float | str | bool | time | date | datetime | timedelta

MOST_CELLS: Final = 20_000_000
_CHUNK: Final = 1 << 20
_ROW_HEADER: Final = 0
_LAST_CELL_RECORD: Final = 11
_ROW_IS_HIDDEN: Final = 0x10


@dataclass(slots=True)
class Extent:
    """Measure one sheet: its last row and column (1-based) and the rows that are hidden."""

    rows: int = 0
    columns: int = 0
    hidden: set[int] = field(default_factory=set)

    def require_bearable(self) -> None:
        """Refuse a grid that would not fit in memory.

        Raises:
            RefusedError: ``too-large``.
        """
        if self.rows * self.columns > MOST_CELLS:
            raise RefusedError(
                "too-large",
                f"A sheet reaches to row {self.rows:,} and column {self.columns:,}, "
                f"over the limit of {MOST_CELLS:,} cells; the workbook was not read.",
            )


def grid_rows(sheet: CalamineSheet, hidden: set[int], date_cells: set[int]) -> Iterator[RawRow]:
    """Yield the rows of a sheet that hold anything, by their real numbers and columns.

    Args:
        sheet: Sheet of an open workbook.
        hidden: 1-based rows that are hidden.
        date_cells: Gains the 0-based columns in which date cells were seen.
    """
    if sheet.start is None:
        return
    before: tuple[str | None, ...] = (None,) * sheet.start[1]
    timed: set[int] = set()
    for number, row in enumerate(sheet.iter_rows(), 1):
        cells = [*before, *(cell_text(value) for value in row)]
        for place, value in enumerate(row, len(before)):
            if isinstance(value, (date, time)):
                date_cells.add(place)
                if isinstance(value, datetime):
                    timed.add(place)
                elif place in timed and isinstance(value, date):  # Midnight in a column of moments.
                    cells[place] = f"{cells[place]} 00:00:00"
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            yield RawRow(number, tuple(cells), hidden=number in hidden)


def cell_text(value: Cell) -> str | None:
    """Write one cell as text; None for a cell that holds nothing."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return number_text(repr(value))
    if isinstance(value, timedelta):
        return duration_text(value)
    return moment_text(value)


def measure_xlsb(path: Path, limits: Limits) -> list[Extent]:
    """Measure the worksheets of an XLSB in the order of their parts' numbers.

    Raises:
        RefusedError: A part is damaged or unpacks without bound.
    """
    extents = []
    for info, data in _parts(path, limits, "xl/worksheets/", ".bin"):
        del info
        extents.append(_measure_records(data))
    return extents


def measure_ods(path: Path, limits: Limits) -> list[Extent]:
    """Measure the sheets of an ODS in their order.

    Raises:
        RefusedError: The content is damaged or unpacks without bound.
    """
    measure = _OdsMeasure()
    for _, data in _parts(path, limits, "content.xml", ".xml"):
        parser = expat.ParserCreate()
        parser.StartElementHandler = measure.start
        parser.EndElementHandler = measure.end
        parser.StartDoctypeDeclHandler = _refuse_doctype
        try:
            parser.Parse(data, True)
        except expat.ExpatError as error:
            raise RefusedError(
                "corrupt", f"The XML of the workbook breaks off at its line {error.lineno:,}."
            ) from error
    return measure.sheets


def _parts(path: Path, limits: Limits, prefix: str, suffix: str) -> Iterator[tuple[zipfile.ZipInfo, bytes]]:
    """Yield the parts of one kind; all other parts are unpacked too, to know that they are bounded."""
    budget = Budget(limits)
    with open_zip(path, limits) as archive:
        for info in sorted(archive.infolist(), key=lambda item: (len(item.filename), item.filename)):
            spend, wanted = budget.member(info.compress_size), info.filename.startswith(prefix)
            pieces: list[bytes] = []
            try:
                with archive.open(info) as stream:
                    while piece := stream.read(_CHUNK):
                        spend(len(piece))
                        if wanted:
                            pieces.append(piece)
            except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError) as error:
                code = "encrypted" if info.flag_bits & 1 else "corrupt"
                raise RefusedError(code, "A part of the workbook cannot be unpacked.") from error
            if wanted and info.filename.endswith(suffix):
                yield info, b"".join(pieces)


def _measure_records(data: bytes) -> Extent:
    """Walk the records of a binary sheet ([MS-XLSB] 2.1.4): row headers and cells."""
    extent, at, row = Extent(), 0, 0
    try:
        while at < len(data):
            kind, at = data[at], at + 1
            if kind & 0x80:
                kind, at = (kind & 0x7F) | (data[at] << 7), at + 1
            length = shift = 0
            while True:
                byte, at = data[at], at + 1
                length |= (byte & 0x7F) << shift
                shift += 7
                if not byte & 0x80 or shift > 21:
                    break
            if kind == _ROW_HEADER:
                row = struct.unpack_from("<I", data, at)[0] + 1
                if data[at + 11] & _ROW_IS_HIDDEN:
                    extent.hidden.add(row)
            elif kind <= _LAST_CELL_RECORD:
                extent.columns = max(extent.columns, struct.unpack_from("<I", data, at)[0] + 1)
                extent.rows = max(extent.rows, row)
            at += length
    except (IndexError, struct.error) as error:
        raise RefusedError("corrupt", "A sheet of the workbook breaks off within a record.") from error
    return extent


class _OdsMeasure:
    """Measure sheets from the events of ``content.xml`` (OpenDocument 1.3, 9.1)."""

    def __init__(self) -> None:
        self.sheets: list[Extent] = []
        self._row = 0
        self._column = 0
        self._repeat = 1

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table:table":
            self.sheets.append(Extent())
            self._row = 0
        elif not self.sheets:
            return
        elif name == "table:table-row":
            self._column = 0
            self._repeat = _repeats(attributes, "table:number-rows-repeated")
            if attributes.get("table:visibility", "visible") != "visible" and self._repeat <= MOST_CELLS:
                self.sheets[-1].hidden.update(range(self._row + 1, self._row + min(self._repeat, 1 << 20) + 1))
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self._column += _repeats(attributes, "table:number-columns-repeated")
            if "office:value-type" in attributes or "table:formula" in attributes:
                extent = self.sheets[-1]
                extent.columns = max(extent.columns, self._column)
                extent.rows = max(extent.rows, self._row + self._repeat)

    def end(self, name: str) -> None:
        if name == "table:table-row":
            self._row += self._repeat


def _repeats(attributes: dict[str, str], key: str) -> int:
    text = attributes.get(key, "1")
    return int(text) if text.isdecimal() and len(text) < 19 else 1


def _refuse_doctype(*_: object) -> None:
    raise RefusedError("unsafe-archive", "The XML of the workbook declares a document type; no workbook does.")
