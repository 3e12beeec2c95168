"""JSON lines and arrays of flat objects → one raw table whose header is the union of their keys.

The file is read twice, first for the keys and the problems, then for the rows, so
that memory stays bounded by one line or one element.
"""

from __future__ import annotations

import codecs
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from custodiet.intake.formats import match_format
from custodiet.intake.kinds import Kind, tell_kind
from custodiet.intake.raw import RawRow, RawTable, Reading
from custodiet.intake.readers.wrapped_json import read_wrapped
from custodiet.model.problems import Problem

MOST_COLUMNS: Final = 16_384
_LINE_LIMIT: Final = 1 << 24
_CHUNK: Final = 1 << 18
_SPACE: Final = re.compile(r"[ \t\r\n\x00]*")
_HALF_PAIR: Final = re.compile(r"[\ud800-\udfff]")
_BREAK_NOTE: Final = re.compile(r"#.*\b(?:error|incomplete|truncated|interrupted)\b", re.IGNORECASE)
_MOST_PROBLEMS: Final = 20
_MOST_SHAPES: Final = 10_000
_BROKEN_ARRAY: Final = "The array breaks off or is damaged from here on."
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class _Number(str):
    """Hold a number as it is written."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class _Item:
    """Hold one line or element: its place and its object, or what is wrong with it."""

    place: int
    value: dict[str, object] | None = None
    fault: str = ""
    message: str = ""


def read_json_lines(path: Path) -> Reading:
    """Read JSON lines, or a JSON array of objects, as one table.

    The first row is the header: all keys in the order in which they are first seen,
    with ``source_row`` 0 because no line of the file is one. Then one row per object
    with the number of its line (in an array, of its element, 1-based). A cell is text:
    strings verbatim, numbers as written, nested values as compact JSON, JSON ``null``
    an empty text, and None where the object lacks the key.

    Returns:
        One table, or none with a problem that says why.
    """
    reading = Reading()
    try:
        with _open_text(path) as file:
            is_array = _first_letter(file) == "["
        if not is_array and tell_kind(path) is Kind.JSON:
            reading.parts.extend(read_wrapped(path, _encoding_of(path)))
            if reading.parts:
                return reading
            message = "The file is one JSON object and no list of rows; nothing was read."
            reading.problems.append(Problem("unsupported", message))
            return reading
        survey = _survey(path, is_array=is_array)
    except (OSError, UnicodeError) as error:
        reading.problems.append(Problem("corrupt", f"The file cannot be read ({type(error).__name__})."))
        return reading
    # One object on one line may be a row, or the whole answer of a service.
    is_wrapped = not survey.n_rows if is_array else survey.n_rows == 1 and match_format(survey.keys) is None
    if is_wrapped and (tables := read_wrapped(path, _encoding_of(path))):
        reading.parts.extend(tables)
        return reading
    reading.problems.extend(survey.problems)
    if not survey.n_rows:
        reading.problems.append(Problem("no-table", "The file holds no JSON object that could be a row."))
        return reading
    table = RawTable(rows=(), omits_blanks=not survey.has_blank)
    table.rows = _rows(path, survey.keys, table.problems, is_array=is_array)
    reading.parts.append(table)
    return reading


@dataclass(frozen=True, slots=True)
class _Survey:
    keys: tuple[str, ...]
    n_rows: int
    problems: list[Problem]
    has_blank: bool


def _survey(path: Path, *, is_array: bool) -> _Survey:
    """Collect the keys and count what cannot be read."""
    keys: dict[str, None] = {}
    problems: list[Problem] = []
    shapes: set[tuple[str, ...]] = set()
    n_rows = n_keys_over = 0
    has_blank = False
    faults: Counter[str] = Counter()
    unit = "element" if is_array else "line"
    for item in _items(path, is_array=is_array):
        if item.value is None:
            faults[item.fault] += 1
            if faults[item.fault] <= _MOST_PROBLEMS:
                problems.append(Problem(item.fault, item.message, f"{unit} {item.place:,}"))
            continue
        n_rows += 1
        has_blank = has_blank or any(value is None or value == "" for value in item.value.values())
        shape = tuple(item.value)
        if shape not in shapes:
            for key in shape:
                if len(keys) < MOST_COLUMNS:
                    keys.setdefault(key)
                elif key not in keys:
                    n_keys_over += 1
            if len(shapes) < _MOST_SHAPES:
                shapes.add(shape)
    for fault, count in faults.items():
        if count > _MOST_PROBLEMS:
            problems.append(Problem(fault, f"The same of {count - _MOST_PROBLEMS:,} more {unit}s."))
    if any(len(shape) < len(keys) for shape in shapes):
        problems.append(Problem("note", "Some rows lack some keys: blank and not exported cannot be told apart there."))
    if n_keys_over:
        message = f"{n_keys_over:,} cells have keys beyond the first {MOST_COLUMNS:,}; not read."
        problems.append(Problem("too-large", message))
    return _Survey(tuple(keys), n_rows, problems, has_blank=has_blank)


def _rows(path: Path, keys: tuple[str, ...], problems: list[Problem], *, is_array: bool) -> Iterator[RawRow]:
    text = _CellText()
    yield RawRow(0, tuple(map(text.cleaned, keys)))
    for item in _items(path, is_array=is_array):
        if item.value is not None:
            cells = item.value
            yield RawRow(item.place, tuple([text.of(cells[key]) if key in cells else None for key in keys]))
    problems.extend(text.problems())


class _CellText:
    """Write values as text that can be stored, and count what that took."""

    def __init__(self) -> None:
        self._n_nul = 0
        self._n_odd = 0

    def of(self, value: object) -> str:
        if isinstance(value, str):
            text = str(value)
            return text if text.isascii() and "\0" not in text else self.cleaned(text)
        if value is None:
            return ""
        if isinstance(value, bool):
            return "true" if value else "false"
        return self.cleaned(_compact(value))

    def cleaned(self, text: str) -> str:
        if "\0" in text:
            self._n_nul += 1
            text = text.replace("\0", "")
        if text.isascii() or not _HALF_PAIR.search(text):
            return text
        self._n_odd += 1
        return _HALF_PAIR.sub(_repaired, text)

    def problems(self) -> Iterator[Problem]:
        if self._n_nul:
            yield Problem("nul-bytes", f"{self._n_nul:,} cells held NUL characters, which were taken out.")
        if self._n_odd:
            message = "cells held bytes that are no UTF-8; read as Windows-1252 or replaced."
            yield Problem("malformed", f"{self._n_odd:,} {message}")


def _items(path: Path, *, is_array: bool) -> Iterator[_Item]:
    with _open_text(path) as file:
        yield from _elements(file) if is_array else _lines(file)


def _lines(file: io.TextIOWrapper) -> Iterator[_Item]:
    place = 0
    while line := file.readline(_LINE_LIMIT):
        place += 1
        if len(line) >= _LINE_LIMIT and not line.endswith("\n"):
            while line and not line.endswith("\n"):
                line = file.readline(_LINE_LIMIT)
            yield _Item(place, fault="too-large", message="The line is over 16 MiB; it was not read.")
            continue
        text = line.strip(" \t\r\n\0\ufeff\x1e")
        if not text:
            continue
        if _BREAK_NOTE.match(text):
            message = "The line says that the export broke off; rows after it are missing."
            yield _Item(place, fault="truncated", message=message)
            continue
        item = _parsed(place, text)
        if item.fault and not line.endswith("\n"):
            message = "The last line breaks off in the middle; it was not read."
            item = _Item(place, fault="truncated", message=message)
        yield item


def _elements(file: io.TextIOWrapper) -> Iterator[_Item]:
    """Yield the elements of a top-level array without holding more than one."""
    text = _Window(file)
    text.skip_space()
    text.drop(1)
    place = 0
    while True:
        text.skip_space()
        if text.peek() == "]":
            text.drop(1)
            text.skip_space()
            if text.peek():
                yield _Item(place + 1, fault="malformed", message="Text after the array was not read.")
            return
        place += 1
        try:
            value = text.take_value()
        except RecursionError:
            yield _Item(place, fault="malformed", message="The element is nested too deep; the rest was not read.")
            return
        except ValueError:
            yield _Item(place, fault="truncated", message=_BROKEN_ARRAY)
            return
        if value is None:
            yield _Item(place, fault="too-large", message="An element is over 16 MiB; the rest was not read.")
            return
        yield _as_item(place, value[0])
        text.skip_space()
        if text.peek() == ",":
            text.drop(1)
        elif text.peek() != "]":
            yield _Item(place + 1, fault="truncated", message="The array breaks off or is damaged from here on.")
            return


class _Window:
    """Show the part of a text that is being parsed, reading on as needed."""

    def __init__(self, file: io.TextIOWrapper) -> None:
        self._file = file
        self._text = ""
        self._at = 0
        self._is_done = False

    def peek(self) -> str:
        if self._at >= len(self._text):
            self._read_on(_CHUNK)
        return self._text[self._at : self._at + 1]

    def drop(self, count: int) -> None:
        self._at += count

    def skip_space(self) -> None:
        while self.peek():
            space = _SPACE.match(self._text, self._at)
            self._at = space.end() if space else self._at
            if self._at < len(self._text):
                return

    def take_value(self) -> tuple[object] | None:
        """Return the next value; None if it is over the limit.

        Raises:
            ValueError: The text is no JSON, or ends within the value.
        """
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except ValueError:
                if self._is_done:
                    raise
            else:
                if end < len(self._text) or self._is_done:
                    self._at = end
                    return (value,)
            waiting = len(self._text) - self._at
            if waiting > _LINE_LIMIT:
                return None
            self._read_on(max(_CHUNK, waiting))

    def _read_on(self, size: int) -> None:
        piece = self._file.read(size)
        self._is_done = not piece
        self._text = self._text[self._at :] + piece
        self._at = 0


def _parsed(place: int, text: str) -> _Item:
    try:
        value = _DECODER.decode(text)
    except RecursionError:
        return _Item(place, fault="malformed", message="The line is nested too deep; it was not read.")
    except ValueError:
        return _Item(place, fault="malformed", message="The line is no JSON; it was not read.")
    return _as_item(place, value, is_flat="[" not in text and text.find("{", 1) < 0)


def _as_item(place: int, value: object, *, is_flat: bool = False) -> _Item:
    if isinstance(value, dict):
        try:
            if not is_flat:
                for cell in value.values():
                    if isinstance(cell, (dict, list)):
                        _compact(cell)
        except RecursionError:
            return _Item(place, fault="malformed", message="A value is nested too deep; it was not read.")
        return _Item(place, value)
    return _Item(place, fault="malformed", message="A JSON value that is no object; it was not read.")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Keep every value of an object, also where a key occurs twice."""
    value = dict(pairs)
    if len(value) == len(pairs):
        return value
    value = {}
    for key, cell in pairs:
        name, count = key, 1
        while name in value:
            count += 1
            name = f"{key} ({count})"
        value[name] = cell
    return value


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_Number, parse_int=_Number, parse_constant=_Number
)


def _compact(value: object) -> str:
    """Write a nested value as compact JSON, its numbers as they were written."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{_compact(key)}:{_compact(cell)}" for key, cell in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_compact(cell) for cell in value) + "]"
    return str(value) if isinstance(value, _Number) else json.dumps(value, ensure_ascii=False)


def _repaired(match: re.Match[str]) -> str:
    """Read a byte that is no UTF-8 as Windows-1252, the encoding it most often is."""
    code = ord(match[0])
    return bytes([code - 0xDC00]).decode("cp1252", "replace") if 0xDC80 <= code <= 0xDCFF else "\ufffd"


def _encoding_of(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(4)
    return next((name for bom, name in _BOMS if head.startswith(bom)), "utf-8")


def _open_text(path: Path) -> io.TextIOWrapper:
    encoding = _encoding_of(path)
    return path.open(encoding=encoding, errors="surrogateescape" if "8" in encoding else "replace", newline="\n")


def _first_letter(file: io.TextIOWrapper) -> str:
    window = _Window(file)
    window.skip_space()
    return window.peek()
