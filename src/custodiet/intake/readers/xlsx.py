"""XLSX sheets, streamed: every row where the sheet has it, hidden or not, in bounded memory.

A full sheet of a million rows would take gigabytes as a grid, and a single cell
in the last corner more than any machine has; so the XML is read as it comes.
Documents that declare entities or a document type are refused.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final
from xml.parsers import expat

from custodiet.intake.raw import RawRow
from custodiet.intake.readers.cells import Format, built_in_format, number_text, serial_text, told_format
from custodiet.intake.zips import Budget, Limits, RefusedError, open_zip

MOST_COLUMNS: Final = 16_384
_CHUNK: Final = 1 << 18
_TEXT_LIMIT: Final = 1 << 26
_STRINGS_LIMIT: Final = 1 << 29
_ESCAPE: Final = re.compile("_x([0-9A-Fa-f]{4})_")
_PLACEHOLDER: Final = "__xludf.dummyfunction"
_DIGITS: Final = "0123456789"

Attributes = dict[str, str]
Start = Callable[[str, Attributes], None]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Describe one sheet of a workbook: its name, part of the archive, and how it is shown."""

    name: str
    part: str
    number: int
    hidden: bool
    has_cells: bool


@dataclass(slots=True)
class SheetNotes:
    """Count what was odd in one sheet while its rows were read.

    ``counts`` has the keys uncached, placeholder, lost-string, nul, columns, hidden-columns.
    """

    counts: Counter[str] = field(default_factory=Counter)
    date_cells: set[int] = field(default_factory=set)


class XlsxBook:
    """Give the sheets of a workbook and their rows; no file stays open between two calls.

    Raises:
        RefusedError: A part is damaged, over a limit, or holds forbidden declarations.
    """

    def __init__(self, path: Path, limits: Limits) -> None:
        self._path = path
        self._limits = limits
        with open_zip(path, limits) as archive:
            self._parts = {
                info.filename.replace("\\", "/").lstrip("/").lower(): info for info in archive.infolist()
            }
        self._from_1904 = False
        self._strings: list[str] | None = None
        self._formats: list[Format] = []
        self._strings_part = self._styles_part = ""
        self.sheets = self._read_sheets()

    def rows(self, sheet: Sheet, notes: SheetNotes) -> Iterator[RawRow]:
        """Yield the rows of a sheet that hold anything, by their real numbers."""
        if self._strings is None:
            self._strings = self._read_strings()
            self._formats = self._read_formats()
        reader = _SheetReader(self._strings, self._formats, notes, from_1904=self._from_1904)
        for _ in self._parse(sheet.part, reader.start, reader.end, reader.text):
            yield from reader.take()

    def _read_sheets(self) -> list[Sheet]:
        main = next(
            (target for kind, target in self._relations("").values() if kind == "officeDocument"),
            "xl/workbook.xml",
        )
        relations = self._relations(main)
        for kind, target in relations.values():
            if kind == "sharedStrings":
                self._strings_part = target
            elif kind == "styles":
                self._styles_part = target
        sheets: list[Sheet] = []

        def start(name: str, attributes: Attributes) -> None:
            if name == "workbookPr":
                self._from_1904 = attributes.get("date1904", "") in ("1", "true", "on")
            elif name == "sheet":
                link = next((value for key, value in attributes.items() if key.endswith(":id")), "")
                kind, target = relations.get(link, ("", ""))
                number = attributes.get("sheetId", "")
                sheets.append(
                    Sheet(
                        attributes.get("name", ""),
                        target,
                        int(number) if number.isdecimal() else 0,
                        attributes.get("state", "visible") != "visible",
                        kind == "worksheet" and target.lower() in self._parts,
                    )
                )

        self._parse_whole(main, _by_local_name(start))
        return sheets

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        folder, name = posixpath.split(part)
        relations: dict[str, tuple[str, str]] = {}

        def start(name: str, attributes: Attributes) -> None:
            if name == "Relationship" and attributes.get("TargetMode") != "External":
                target = attributes.get("Target", "").replace("\\", "/")
                whole = target if target.startswith("/") else posixpath.join(folder, target)
                kind = attributes.get("Type", "").rsplit("/", 1)[-1]
                relations[attributes.get("Id", "")] = (kind, posixpath.normpath(whole).lstrip("/"))

        where = posixpath.join(folder, "_rels", f"{name}.rels")
        if where.lower() in self._parts:
            self._parse_whole(where, _by_local_name(start))
        return relations

    def _read_formats(self) -> list[Format]:
        custom: dict[str, Format] = {}
        formats: list[Format] = []
        inside = False

        def start(name: str, attributes: Attributes) -> None:
            nonlocal inside
            if name == "numFmt":
                custom[attributes.get("numFmtId", "")] = told_format(attributes.get("formatCode", ""))
            elif name in ("cellXfs", "cellStyleXfs"):
                inside = name == "cellXfs"
            elif name == "xf" and inside:
                number = attributes.get("numFmtId", "0")
                built_in = built_in_format(int(number)) if number.isdecimal() else Format.NUMBER
                formats.append(custom.get(number, built_in))

        def end(name: str) -> None:
            nonlocal inside
            inside = inside and name != "cellXfs"

        if self._styles_part.lower() in self._parts:
            self._parse_whole(self._styles_part, _by_local_name(start), _end_by_local_name(end))
        return formats

    def _read_strings(self) -> list[str]:
        strings: list[str] = []
        pieces: list[str] = []
        collecting, phonetic = False, False

        def start(name: str, _: Attributes) -> None:
            nonlocal collecting, phonetic
            if name == "si":
                pieces.clear()
            elif name == "rPh":
                phonetic = True
            elif name == "t":
                collecting = not phonetic

        def end(name: str) -> None:
            nonlocal collecting, phonetic
            if name == "si":
                strings.append(unescaped("".join(pieces)))
            elif name == "rPh":
                phonetic = False
            elif name == "t":
                collecting = False

        def text(piece: str) -> None:
            if collecting:
                pieces.append(piece)

        part = self._strings_part.lower()
        if part in self._parts:
            for n_bytes in self._parse(part, _by_local_name(start), _end_by_local_name(end), text):
                if n_bytes > _STRINGS_LIMIT:
                    raise RefusedError("too-large", "The shared strings of the workbook are over 512 MiB.")
        return strings

    def _parse_whole(self, part: str, start: Start, end: Callable[[str], None] | None = None) -> None:
        for _ in self._parse(part, start, end or (lambda _: None), lambda _: None):
            pass

    def _parse(
        self, part: str, start: Start, end: Callable[[str], None], text: Callable[[str], None]
    ) -> Iterator[int]:
        """Parse one part, yielding the bytes read so far after each piece."""
        info = self._parts.get(part.lower())
        if info is None:
            raise RefusedError("corrupt", "A part of the workbook that its index names is missing.")
        if info.flag_bits & 1:
            raise RefusedError("encrypted", "The workbook asks for a password.")
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = text
        parser.StartDoctypeDeclHandler = _refuse_doctype
        try:
            with open_zip(self._path, self._limits) as archive, archive.open(info) as stream:
                yield from self._feed(parser, stream, info.compress_size)
        except expat.ExpatError as error:
            raise RefusedError(
                "malformed", f"The XML of a part breaks off at its line {error.lineno:,}."
            ) from error
        except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError) as error:
            raise RefusedError("corrupt", "A part of the workbook is damaged.") from error

    def _feed(self, parser: expat.XMLParserType, stream: IO[bytes], packed: int) -> Iterator[int]:
        spend, n_bytes = Budget(self._limits).member(packed), 0
        while piece := stream.read(_CHUNK):
            spend(len(piece))
            n_bytes += len(piece)
            # Some writers put a lone carriage return after the declaration; XML allows it.
            parser.Parse(piece, False)
            yield n_bytes
        parser.Parse(b"", True)
        yield n_bytes


class _SheetReader:
    """Turn the events of one sheet into rows."""

    def __init__(
        self, strings: list[str], formats: list[Format], notes: SheetNotes, *, from_1904: bool
    ) -> None:
        self._strings = strings
        self._shapes = {
            str(place): shape for place, shape in enumerate(formats) if shape is not Format.NUMBER
        }
        self._notes = notes
        self._from_1904 = from_1904
        self._columns: dict[str, int] = {}
        self._rows: list[RawRow] = []
        self._prefix: str | None = None
        self._row = 0
        self._hidden = False
        self._cells: dict[int, str] = {}
        self._column = -1
        self._type = self._style = ""
        self._pieces: list[str] = []
        self._length = 0
        self._collecting = False
        self._phonetic = False
        self._formula: list[str] | None = None
        self._in_formula = False
        self._n_values = 0

    def take(self) -> list[RawRow]:
        """Return the rows that are complete and forget them."""
        rows, self._rows = self._rows, []
        return rows

    def start(self, name: str, attributes: Attributes) -> None:
        if self._prefix is None:
            self._prefix = name[: name.find(":") + 1]
        if self._prefix:
            name = name.removeprefix(self._prefix)
        if name == "c":
            self._start_cell(attributes)
        elif name in ("v", "t"):
            self._collecting = not self._phonetic
            self._n_values += 1
        elif name == "row":
            number = attributes.get("r", "")
            self._row = int(number) if number.isdecimal() and len(number) < 8 else self._row + 1
            self._hidden = attributes.get("hidden", "0") in ("1", "true")
            self._cells = {}
            self._column = -1
        elif name == "f":
            self._formula = []
            self._in_formula = True
        elif name == "rPh":
            self._phonetic = True
        elif name == "col" and attributes.get("hidden", "0") in ("1", "true"):
            self._notes.counts["hidden-columns"] += 1

    def end(self, name: str) -> None:
        if self._prefix:
            name = name.removeprefix(self._prefix)
        if name in ("v", "t"):
            self._collecting = False
        elif name == "c":
            self._end_cell()
        elif name == "row":
            self._end_row()
        elif name == "f":
            self._in_formula = False
        elif name == "rPh":
            self._phonetic = False

    def text(self, piece: str) -> None:
        if self._collecting:
            self._pieces.append(piece)
            self._length += len(piece)
            if self._length > _TEXT_LIMIT:
                raise RefusedError("too-large", f"A cell in row {self._row:,} holds over 64 MiB of text.")
        elif self._in_formula and self._formula is not None and len(self._formula) < 64:
            self._formula.append(piece)

    def _start_cell(self, attributes: Attributes) -> None:
        reference = attributes.get("r")
        if reference is None:
            self._column += 1
        else:
            letters = reference.rstrip(_DIGITS)
            column = self._columns.get(letters)
            if column is None:
                column = self._columns[letters] = _column_number(letters)
            self._column = column
        self._type = attributes.get("t", "n")
        self._style = attributes.get("s", "")
        self._pieces = []
        self._length = 0
        self._n_values = 0

    def _end_cell(self) -> None:
        text = "".join(self._pieces)
        if self._formula is not None:
            self._note_formula("".join(self._formula), cached=self._n_values > 0)
            self._formula = None
        if not self._n_values or (not text and self._type == "n"):
            return
        value = self._value(text)
        if value is None:
            return
        if "\0" in value:
            self._notes.counts["nul"] += 1
            value = value.replace("\0", "")
        if 0 <= self._column < MOST_COLUMNS:
            self._cells[self._column] = value
        else:
            self._notes.counts["columns"] += 1

    def _end_row(self) -> None:
        if self._cells:
            cells = self._cells
            width = max(cells) + 1
            values = tuple(cells.values()) if len(cells) == width and _in_order(cells) else None
            self._rows.append(
                RawRow(self._row, values or tuple(map(cells.get, range(width))), hidden=self._hidden)
            )

    def _note_formula(self, formula: str, *, cached: bool) -> None:
        if _PLACEHOLDER in formula.lower():
            self._notes.counts["placeholder"] += 1
        if not cached:
            self._notes.counts["uncached"] += 1

    def _value(self, text: str) -> str | None:
        kind = self._type
        if kind == "s":
            place = int(text) if text.strip().isdecimal() and len(text) < 12 else -1
            if 0 <= place < len(self._strings):
                return self._strings[place]
            self._notes.counts["lost-string"] += 1
            return None
        if kind == "n":
            shape = self._shapes.get(self._style)
            dated = serial_text(text, shape, from_1904=self._from_1904) if shape else None
            if dated is None:
                return number_text(text)
            if shape is not Format.DURATION:
                self._notes.date_cells.add(self._column)
            return dated
        if kind == "b":
            return {"1": "TRUE", "0": "FALSE"}.get(text.strip(), text)
        if kind == "d":
            self._notes.date_cells.add(self._column)
            return text.strip().replace("T", " ", 1)
        return unescaped(text)


def unescaped(text: str) -> str:
    """Undo the ``_x000D_`` escapes of workbook strings (ECMA-376 part 1, 22.9.2.19)."""
    if "_x" not in text:
        return text
    return _ESCAPE.sub(lambda match: _letter(match[0], int(match[1], 16)), text)


def _letter(written: str, code: int) -> str:
    return written if 0xD800 <= code <= 0xDFFF else chr(code)


def _in_order(cells: dict[int, str]) -> bool:
    return all(place == column for place, column in enumerate(cells))


def _column_number(letters: str) -> int:
    """Return the 0-based number of a column; one past the last for what is none."""
    if not 1 <= len(letters) <= 3 or not (letters.isascii() and letters.isalpha()):
        return MOST_COLUMNS
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def _by_local_name(start: Start) -> Start:
    return lambda name, attributes: start(name.rpartition(":")[2], attributes)


def _end_by_local_name(end: Callable[[str], None]) -> Callable[[str], None]:
    return lambda name: end(name.rpartition(":")[2])


def _refuse_doctype(*_: object) -> None:
    raise RefusedError("unsafe-archive", "The XML of a part declares a document type; no workbook does.")
