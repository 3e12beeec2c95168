"""The rows of one XLSX sheet, from the events of its XML or, for plain rows, by one expression a row.

Nearly all rows of an export hold nothing but plain cells; those are taken out of
the stream before the XML parser sees it, which is four times as fast. Every
other row goes through the parser; both ways end in the same conversion.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from custodiet.intake.raw import RawRow
from custodiet.intake.readers.cells import Format, number_text, serial_text
from custodiet.intake.zips import RefusedError

MOST_COLUMNS: Final = 16_384
_TEXT_LIMIT: Final = 1 << 26
_ESCAPE: Final = re.compile("_x([0-9A-Fa-f]{4})_")
_PLACEHOLDER: Final = "__xludf.dummyfunction"
_DIGITS: Final = "0123456789"
_END_OF_ROW: Final = b"</row>"
_START_OF_DATA: Final = re.compile(rb"<sheetData\s*>")
_PLAIN_TEXT: Final = r"[^<&\x00-\x08\x0b-\x1f\ufffe\uffff]++"
_CELL: Final = re.compile(
    r'<c r="([A-Z]{1,3})[0-9]++"(?: s="([0-9]++)")?(?: t="([A-Za-z]++)")?(?:/>|>'
    rf'(?:<v>({_PLAIN_TEXT})</v>|<is><t(?: xml:space="preserve")?>({_PLAIN_TEXT})</t></is>)</c>)'
)
_CELL_STEP: Final = 6  # Splitting by that gives what lies between two cells, then five groups.
_ROW_HEAD: Final = re.compile(r'\s*+<row((?: [\w:.]++="[^"<&]*+")*+) ?>')
_ROW_NUMBER: Final = re.compile(r' r="([0-9]{1,7})"')
_ROW_HIDDEN: Final = re.compile(r' hidden="(?:1|true)"')

_IS_UTF8: Final = re.compile(
    rb"""(?:\xef\xbb\xbf)?(?:<\?xml(?![^>]*encoding\s*=\s*["'](?!utf-8["']))[^>]*\?>|\s*<(?![?]))""",
    re.IGNORECASE,
)

Attributes = dict[str, str]


@dataclass(slots=True)
class SheetNotes:
    """Count what was odd in one sheet while its rows were read.

    ``counts`` has the keys uncached, placeholder, lost-string, nul, columns, hidden-columns.
    """

    counts: Counter[str] = field(default_factory=Counter)
    date_cells: set[int] = field(default_factory=set)


class SheetReader:
    """Turn the events of one sheet into rows."""

    def __init__(self, strings: list[str], formats: list[Format], notes: SheetNotes, *, from_1904: bool) -> None:
        self._strings = strings
        self._shapes = {str(place): shape for place, shape in enumerate(formats) if shape is not Format.NUMBER}
        self._notes = notes
        self._from_1904 = from_1904
        self._columns: dict[str, int] = {}
        self._rows: list[RawRow] = []
        self._prefix: str | None = None
        self._row = 0
        self._hidden = False
        self._cells: list[str | None] = []
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

    def row(self, attributes: str, body: str) -> bool:
        """Take one plain row: its attributes and its cells as they stand in the XML.

        Returns:
            False if there is anything but plain cells in it; then nothing was taken.
        """
        split = _CELL.split(body)
        if any(split[::_CELL_STEP]):
            return False
        number = _ROW_NUMBER.search(attributes)
        self._row = int(number[1]) if number else self._row + 1
        self._hidden = "hidden" in attributes and _ROW_HIDDEN.search(attributes) is not None
        cells: list[str | None] = []
        self._cells = cells
        columns, strings = self._columns, self._strings
        n_strings = len(strings)
        for letters, style, kind, stored, inline in zip(
            *(split[group::_CELL_STEP] for group in range(1, _CELL_STEP)), strict=True
        ):
            text = inline or stored
            if not text:
                continue
            column = columns[letters] if letters in columns else self._learn_column(letters)
            value: str | None = None
            if kind == "s":
                place = int(text) if text.isdecimal() else -1
                if 0 <= place < n_strings:
                    value = strings[place]
                else:
                    self._notes.counts["lost-string"] += 1
            elif kind == "inlineStr" and "_x" not in text:
                value = text
            else:
                self._type, self._style, self._column = kind or "n", style or "", column
                value = self._value(text)
            if column == len(cells):
                cells.append(value)
            else:
                self._place(column, value)
        self._end_row()
        return True

    def start(self, name: str, attributes: Attributes) -> None:
        """Take the start of an element from the parser."""
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
            self._cells = []
            self._column = -1
        elif name == "f":
            self._formula = []
            self._in_formula = True
        elif name == "rPh":
            self._phonetic = True
        elif name == "col" and attributes.get("hidden", "0") in ("1", "true"):
            self._notes.counts["hidden-columns"] += 1

    def end(self, name: str) -> None:
        """Take the end of an element from the parser."""
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
        """Take text from the parser."""
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
            known = letters in self._columns
            self._column = self._columns[letters] if known else self._learn_column(letters)
        self._type = attributes.get("t", "n")
        self._style = attributes.get("s", "")
        self._pieces = []
        self._length = 0
        self._n_values = 0

    def _end_cell(self) -> None:
        text = "".join(self._pieces)
        if self._formula is not None:
            cached = bool(text) or (self._n_values > 0 and self._type == "str")
            self._note_formula("".join(self._formula), cached=cached)
            self._formula = None
        if not self._n_values or (not text and self._type == "n"):
            return
        self._place(self._column, self._value(text))

    def _place(self, column: int, value: str | None) -> None:
        """Put a value where it belongs; cells mostly come in order, but need not."""
        if not 0 <= column < MOST_COLUMNS:
            self._notes.counts["columns"] += 1
            return
        missing = column + 1 - len(self._cells)
        if missing > 0:
            self._cells.extend([None] * missing)
        self._cells[column] = value

    def _learn_column(self, letters: str) -> int:
        number = self._columns[letters] = _column_number(letters)
        return number

    def _end_row(self) -> None:
        cells = self._cells
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            self._rows.append(RawRow(self._row, tuple(cells), hidden=self._hidden))

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
        value = unescaped(text)
        if "\0" in value:
            self._notes.counts["nul"] += 1
            value = value.replace("\0", "")
        return value


class RowSieve:
    """Take plain rows out of the XML of a sheet and leave the rest to its parser.

    A row is only taken where it directly follows the start of the data or another row;
    from the first comment or CDATA section on, everything is left to the parser, so
    that text that merely looks like a row is never taken for one.
    """

    def __init__(self, reader: SheetReader, parser: expat.XMLParserType) -> None:
        self._reader = reader
        self._parser = parser
        self._waiting = b""
        self._in_data = False
        self._is_open = True

    def feed(self, piece: bytes) -> None:
        """Take the next bytes of the sheet."""
        if not self._is_open:
            self._parser.Parse(piece, False)
            return
        self._waiting += piece
        if not self._in_data:
            self._find_data()
        if self._in_data and self._is_open:
            end = self._waiting.rfind(_END_OF_ROW) + len(_END_OF_ROW)
            if end >= len(_END_OF_ROW):
                rows, self._waiting = self._waiting[:end], self._waiting[end:]
                self._take_rows(rows)
        if len(self._waiting) > _TEXT_LIMIT:
            self._close()

    def finish(self) -> None:
        """Hand the rest to the parser and end the document."""
        self._close()
        self._parser.Parse(b"", True)

    def _find_data(self) -> None:
        start = _START_OF_DATA.search(self._waiting)
        if start is None:
            return
        head = self._waiting[: start.end()]
        if b"<!" in head or not _IS_UTF8.match(head):
            self._close()
            return
        self._parser.Parse(head, False)
        self._waiting = self._waiting[start.end() :]
        self._in_data = True

    def _take_rows(self, rows: bytes) -> None:
        try:
            text = rows.decode("utf-8")
        except UnicodeDecodeError:
            text = "<!"
        if "<!" in text:
            self._waiting = rows + self._waiting
            self._close()
            return
        at = 0
        while at < len(text):
            end = text.index("</row>", at)
            head = _ROW_HEAD.match(text, at, end)
            if not head or not self._reader.row(head[1], text[head.end() : end]):
                self._parser.Parse(text[at : end + len("</row>")], False)
            at = end + len("</row>")

    def _close(self) -> None:
        waiting, self._waiting, self._is_open = self._waiting, b"", False
        self._parser.Parse(waiting, False)


def unescaped(text: str) -> str:
    """Undo the ``_x000D_`` escapes of workbook strings (ECMA-376 part 1, 22.9.2.19)."""
    if "_x" not in text:
        return text
    return _ESCAPE.sub(lambda match: _letter(match[0], int(match[1], 16)), text)


def _letter(written: str, code: int) -> str:
    return written if 0xD800 <= code <= 0xDFFF else chr(code)


def _column_number(letters: str) -> int:
    """Return the 0-based number of a column; -1 for what is none."""
    if not 1 <= len(letters) <= 3 or not (letters.isascii() and letters.isalpha()):
        return -1
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1 if number <= MOST_COLUMNS else -1
