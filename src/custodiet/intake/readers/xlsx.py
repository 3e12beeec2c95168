"""XLSX sheets, streamed: every row where the sheet has it, hidden or not, in bounded memory.

A full sheet of a million rows would take gigabytes as a grid, and a single cell
in the last corner more than any machine has; so the XML is read as it comes.
Documents that declare entities or a document type are refused.
"""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.parsers import expat

from custodiet.intake.raw import RawRow
from custodiet.intake.readers.cells import Format, built_in_format, told_format
from custodiet.intake.readers.xlsx_rows import Attributes, RowSieve, SheetNotes, SheetReader, unescaped
from custodiet.intake.zips import Budget, Limits, RefusedError, open_zip

_CHUNK: Final = 1 << 18
_STRINGS_LIMIT: Final = 1 << 29

_BROKEN_XML: Final = "The XML of a part breaks off or is not well-formed."

Start = Callable[[str, Attributes], None]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Describe one sheet of a workbook: its name, part of the archive, and how it is shown."""

    name: str
    part: str
    number: int
    hidden: bool
    has_cells: bool


class XlsxBook:
    """Give the sheets of a workbook and their rows; no file stays open between two calls.

    Raises:
        RefusedError: A part is damaged, over a limit, or holds forbidden declarations.
    """

    def __init__(self, path: Path, limits: Limits) -> None:
        self._path = path
        self._limits = limits
        with open_zip(path, limits) as archive:
            self._parts = {info.filename.replace("\\", "/").lstrip("/").lower(): info for info in archive.infolist()}
        self.n_nul_strings = 0
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
        reader = SheetReader(self._strings, self._formats, notes, from_1904=self._from_1904)
        parser = _new_parser(reader.start, reader.end, reader.text)
        sieve = RowSieve(reader, parser)
        try:
            for piece in self._pieces(sheet.part):
                sieve.feed(piece)
                yield from reader.take()
            sieve.finish()
        except expat.ExpatError as error:
            yield from reader.take()
            raise RefusedError("malformed", _BROKEN_XML) from error
        except RefusedError:
            yield from reader.take()
            raise
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
                string = unescaped("".join(pieces))
                self.n_nul_strings += "\0" in string
                strings.append(string.replace("\0", ""))
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

    def _parse(self, part: str, start: Start, end: Callable[[str], None], text: Callable[[str], None]) -> Iterator[int]:
        """Parse one part, yielding the bytes read so far after each piece."""
        parser, n_bytes = _new_parser(start, end, text), 0
        try:
            for piece in self._pieces(part):
                n_bytes += len(piece)
                parser.Parse(piece, False)
                yield n_bytes
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise RefusedError("malformed", _BROKEN_XML) from error

    def _pieces(self, part: str) -> Iterator[bytes]:
        """Yield the bytes of one part, counted against its limits."""
        info = self._parts.get(part.lower())
        if info is None:
            raise RefusedError("corrupt", "A part of the workbook that its index names is missing.")
        if info.flag_bits & 1:
            raise RefusedError("encrypted", "The workbook asks for a password.")
        spend = Budget(self._limits).member(info.compress_size)
        try:
            with open_zip(self._path, self._limits) as archive, archive.open(info) as stream:
                while piece := stream.read(_CHUNK):
                    spend(len(piece))
                    yield piece
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
            raise RefusedError("corrupt", "A part of the workbook is damaged.") from error


def _new_parser(start: Start, end: Callable[[str], None], text: Callable[[str], None]) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def _by_local_name(start: Start) -> Start:
    return lambda name, attributes: start(name.rpartition(":")[2], attributes)


def _end_by_local_name(end: Callable[[str], None]) -> Callable[[str], None]:
    return lambda name: end(name.rpartition(":")[2])


def _refuse_doctype(*_: object) -> None:
    raise RefusedError("unsafe-archive", "The XML of a part declares a document type; no workbook does.")
