"""What a file is, told by its bytes; a name is only ever compared with the answer.

Releases arrive with wrong, cut-off and missing extensions: a page saved as
``.xls``, a table saved as ``.xlsx`` that is plain text, a workbook named
``.csv``. Nothing here reads more than the start of a file and, for archives and
compound documents, their directory.
"""

from __future__ import annotations

import json
import re
import struct
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final

from custodiet.intake.zips import RefusedError, open_zip
from custodiet.model.problems import Problem

_HEAD: Final = 1 << 16
_OLE_MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IMAGES: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\x00", b"MM\x00*")
_HTML: Final = re.compile(
    r"(?:<\?xml[^>]*\?>|<!--.*?-->|\s)*<(?:!doctype\s+html|html|head|body|meta|title|table|style|script|div)\b",
    re.IGNORECASE | re.DOTALL,
)
_MHTML: Final = re.compile(
    r"\s*(?:[A-Za-z-]+:[^\n]*\n(?:[ \t][^\n]*\n)*){0,30}?"
    r"Content-Type:\s*(?:multipart/(?:related|mixed|alternative)|text/html)\b",
    re.IGNORECASE,
)
_JSON_ARRAY: Final = re.compile(r'\s*\[\s*(?:[{\["\]]|-?\d+(?:\.\d+)?\s*[,\]]|(?:true|false|null)\s*[,\]])')
_JSON_OBJECT: Final = re.compile(r'\s*\{\s*(?:"|\}|$)')
_CONTROL: Final = re.compile(r"[\x01-\x08\x0b\x0e-\x19\x1b-\x1f]")
_OLE_SECTORS: Final = 4096
_NO_SECTOR: Final = 0xFFFFFFFA
_FILE_PASS: Final = 0x2F


class Kind(StrEnum):
    """Name what a file is."""

    CSV = "csv"
    XLSX = "workbook-xlsx"
    XLSB = "workbook-xlsb"
    XLS = "workbook-xls"
    ODS = "workbook-ods"
    ENCRYPTED_OFFICE = "encrypted-office"
    PDF = "pdf"
    HTML = "html"
    MHTML = "mhtml"
    JSON = "json"
    JSON_LINES = "jsonlines"
    ZIP = "zip"
    GZIP = "gzip"
    IMAGE = "image"
    WORD = "word"
    UNKNOWN = "unknown"
    EMPTY = "empty"


WORKBOOKS: Final = frozenset({Kind.XLSX, Kind.XLSB, Kind.XLS, Kind.ODS})

_EXTENSIONS: Final[dict[str, frozenset[Kind]]] = {
    ".csv": frozenset({Kind.CSV}),
    ".tsv": frozenset({Kind.CSV}),
    ".tab": frozenset({Kind.CSV}),
    ".xlsx": frozenset({Kind.XLSX, Kind.ENCRYPTED_OFFICE}),
    ".xlsm": frozenset({Kind.XLSX, Kind.ENCRYPTED_OFFICE}),
    ".xlsb": frozenset({Kind.XLSB, Kind.ENCRYPTED_OFFICE}),
    ".xls": frozenset({Kind.XLS, Kind.ENCRYPTED_OFFICE}),
    ".ods": frozenset({Kind.ODS}),
    ".pdf": frozenset({Kind.PDF}),
    ".html": frozenset({Kind.HTML}),
    ".htm": frozenset({Kind.HTML}),
    ".mht": frozenset({Kind.MHTML}),
    ".mhtml": frozenset({Kind.MHTML}),
    ".json": frozenset({Kind.JSON, Kind.JSON_LINES}),
    ".jsonl": frozenset({Kind.JSON_LINES}),
    ".ndjson": frozenset({Kind.JSON_LINES}),
    ".zip": frozenset({Kind.ZIP}),
    ".gz": frozenset({Kind.GZIP}),
    ".docx": frozenset({Kind.WORD, Kind.ENCRYPTED_OFFICE}),
    ".doc": frozenset({Kind.WORD}),
    ".png": frozenset({Kind.IMAGE}),
    ".jpg": frozenset({Kind.IMAGE}),
    ".jpeg": frozenset({Kind.IMAGE}),
    ".tif": frozenset({Kind.IMAGE}),
    ".tiff": frozenset({Kind.IMAGE}),
}

_UNREAD: Final[dict[Kind, tuple[str, str]]] = {
    Kind.EMPTY: ("empty", "The file holds no bytes."),
    Kind.ENCRYPTED_OFFICE: ("encrypted", "The office file asks for a password; nothing was read."),
    Kind.IMAGE: ("unsupported", "The file is a picture; nothing was read."),
    Kind.WORD: ("unsupported", "The file is a word-processor document; nothing was read."),
    Kind.UNKNOWN: ("unsupported", "The bytes of the file are of no kind that is known; nothing was read."),
}


def tell_kind(path: Path, name: str = "") -> Kind:
    """Tell what a file is by its bytes.

    Args:
        path: File on disk.
        name: Name of the file as released; looked at for nothing, so that a wrong
            extension cannot mislead.

    Raises:
        OSError: The file cannot be read.
    """
    del name
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        return Kind.EMPTY
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _zip_kind(path)
    if head.startswith(b"\x1f\x8b\x08"):
        return Kind.GZIP
    if head.startswith(_OLE_MAGIC):
        return _ole_kind(path)
    if head.startswith(_IMAGES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return Kind.IMAGE
    if b"%PDF-" in head[:1024]:
        return Kind.PDF
    return _text_kind(path, head)


def extension_disagrees(kind: Kind, name: str) -> bool:
    """Tell whether the extension of a name promises something else than the bytes are.

    An unknown, cut-off or missing extension promises nothing.
    """
    promised = _EXTENSIONS.get(PurePosixPath(name.strip()).suffix.strip().lower())
    return promised is not None and kind not in promised and kind is not Kind.EMPTY


def extension_note(kind: Kind, name: str) -> Problem | None:
    """Return a ``note`` if the extension of a name is wrong, else None."""
    if kind is Kind.UNKNOWN or not extension_disagrees(kind, name):
        return None
    suffix = PurePosixPath(name.strip()).suffix
    return Problem("note", f"The name ends in {suffix}, but the bytes are {kind.value}; read as what it is.", "", name)


def unread_kind(kind: Kind, file_name: str) -> Problem | None:
    """Return why a file of this kind gives nothing; None where a reader exists."""
    if kind not in _UNREAD:
        return None
    code, message = _UNREAD[kind]
    return Problem(code, message, file_name=file_name)


def _zip_kind(path: Path) -> Kind:
    try:
        with open_zip(path) as archive:
            names = {name.lower().replace("\\", "/").lstrip("/") for name in archive.namelist()}
            mimetype = archive.read("mimetype")[:80] if _is_small(archive, "mimetype") else b""
    except (RefusedError, OSError, ValueError, RuntimeError, NotImplementedError):
        return Kind.ZIP
    if mimetype.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        return Kind.ODS
    if mimetype.startswith(b"application/vnd.oasis.opendocument"):
        return Kind.WORD
    if "[content_types].xml" not in names and "_rels/.rels" not in names:
        return Kind.ZIP
    if any(name.startswith("xl/") for name in names):
        return Kind.XLSB if "xl/workbook.bin" in names else Kind.XLSX
    if any(name.startswith("word/") for name in names):
        return Kind.WORD
    return Kind.UNKNOWN if any(name.startswith(("ppt/", "visio/")) for name in names) else Kind.ZIP


def _is_small(archive: object, name: str) -> bool:
    info = getattr(archive, "NameToInfo", {}).get(name)
    return info is not None and info.file_size <= 1024 and not info.flag_bits & 1


def _ole_kind(path: Path) -> Kind:
    try:
        with path.open("rb") as file:
            document = _CompoundDocument(file)
            starts = document.starts()
            book = next((starts[name] for name in ("Workbook", "Book", "WORKBOOK", "BOOK") if name in starts), None)
            locked = book is not None and _asks_for_password(document.sector(book))
    except (OSError, struct.error, ValueError):
        return Kind.UNKNOWN
    if "EncryptedPackage" in starts or locked:
        return Kind.ENCRYPTED_OFFICE
    if book is not None:
        return Kind.XLS
    return Kind.WORD if "WordDocument" in starts else Kind.UNKNOWN


class _CompoundDocument:
    """Look into the directory of a compound document ([MS-CFB] 2.2, 2.6)."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        header = file.read(512)
        self._size = 1 << min(struct.unpack_from("<H", header, 30)[0], 16)
        self._directory = struct.unpack_from("<I", header, 48)[0]
        self._fat = struct.unpack_from("<109I", header, 76)

    def sector(self, number: int) -> bytes:
        self._file.seek((number + 1) * self._size)
        return self._file.read(self._size)

    def starts(self) -> dict[str, int]:
        """Return the first sector of each stream by its name."""
        starts: dict[str, int] = {}
        number = self._directory
        for _ in range(_OLE_SECTORS):
            if number >= _NO_SECTOR:
                break
            data = self.sector(number)
            for at in range(0, len(data) - 127, 128):
                length = struct.unpack_from("<H", data, at + 64)[0]
                name = data[at : at + max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace")
                starts.setdefault(name, struct.unpack_from("<I", data, at + 116)[0])
            place, rest = divmod(number, self._size // 4)
            if place >= len(self._fat) or self._fat[place] >= _NO_SECTOR:
                break
            number = struct.unpack_from("<I", self.sector(self._fat[place]), rest * 4)[0]
        return starts


def _asks_for_password(stream: bytes) -> bool:
    """Tell whether a FilePass record is among the first of a BIFF stream ([MS-XLS] 2.4.117)."""
    at = 0
    for _ in range(4):
        if at + 4 > len(stream):
            break
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind == _FILE_PASS:
            return True
        at += 4 + length
    return False


def _text_kind(path: Path, head: bytes) -> Kind:
    text = _as_text(head)
    if text is None:
        return Kind.UNKNOWN
    if _HTML.match(text[:8192]):
        return Kind.HTML
    if _looks_like_mhtml(text):
        return Kind.MHTML
    # Markup that is no page (a "2003 XML spreadsheet"), rich text: text, and no table of delimited cells.
    if re.match(r"\s*(?:<\?xml\b|\{\\rtf)", text):
        return Kind.UNKNOWN
    if _JSON_ARRAY.match(text):
        return Kind.JSON
    if _JSON_OBJECT.match(text):
        return _object_kind(text, whole=path.stat().st_size <= _HEAD)
    return Kind.CSV


def _looks_like_mhtml(text: str) -> bool:
    """Tell a web archive (RFC 2557): the head of a message that says it holds a page."""
    head = text[:4096].replace("\r", "")
    return "MIME-Version:" in head and bool(_MHTML.match(head))


def _object_kind(text: str, *, whole: bool) -> Kind:
    """Tell one object over several lines (JSON) from one object a line (JSON lines)."""
    first, newline, rest = text.lstrip().partition("\n")
    if not newline and not whole:
        return Kind.JSON_LINES
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        return Kind.JSON_LINES if rest.lstrip().startswith('{"') and first.rstrip()[-1:] == "}" else Kind.JSON
    return Kind.JSON_LINES


def _as_text(head: bytes) -> str | None:
    """Decode the start of a file, or return None if it is not text."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = head.decode("utf-16", "replace")
    elif _looks_like_utf16(head):
        text = head.decode("utf-16-le" if head[1] == 0 else "utf-16-be", "replace")
    else:
        text = head.removeprefix(b"\xef\xbb\xbf").decode("latin-1")
    # NUL bytes and a few stray control characters occur in real exports; a third of the bytes does not.
    if text.count("\0") * 3 > len(text) or len(_CONTROL.findall(text)) * 50 > len(text):
        return None
    return text


def _looks_like_utf16(head: bytes) -> bool:
    sample = head[:512]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = max(len(sample) // 2, 1)
    return len(sample) > 3 and (
        (odd * 10 > half * 8 and even * 10 < half) or (even * 10 > half * 8 and odd * 10 < half)
    )
