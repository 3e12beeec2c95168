"""What a file is, by its bytes alone; names are only compared with the answer."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from odf.opendocument import OpenDocumentSpreadsheet, OpenDocumentText

from custodiet.intake.kinds import Kind, extension_disagrees, extension_note, tell_kind, unread_kind
from tests.intake.hostile_archives import compound_document, zip_of


def saved(document: object) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)  # type: ignore[attr-defined]
    return buffer.getvalue()


def odf(document: object) -> bytes:
    buffer = io.BytesIO()
    document.write(buffer)  # type: ignore[attr-defined]
    return buffer.getvalue()


CASES: list[tuple[str, bytes, Kind]] = [
    ("nothing", b"", Kind.EMPTY),
    ("comma", b"ID, Name\n1,x\n", Kind.CSV),
    ("byte order mark", b"\xef\xbb\xbfID,Name\n", Kind.CSV),
    ("utf-16 with mark", "ID\tName\r\n".encode("utf-16"), Kind.CSV),
    ("utf-16 little endian without mark", "ID\tName\r\n1\tx\r\n".encode("utf-16-le"), Kind.CSV),
    ("utf-16 big endian without mark", "ID\tName\r\n1\tx\r\n".encode("utf-16-be"), Kind.CSV),
    ("cp1252", "Señor’s log,1\n".encode("cp1252"), Kind.CSV),
    ("a few NUL bytes", b"ID,Name\n1,a\0b\n2,cd\n", Kind.CSV),
    ("one word", b"x", Kind.CSV),
    ("a list of organisations in brackets", b"[Inactive] Springfield PD,1\n", Kind.CSV),
    ("a set in braces that is no JSON", b"{a},b\n", Kind.CSV),
    ("block glyphs", "██,——\n".encode(), Kind.CSV),
    ("only NUL bytes", bytes(5000), Kind.UNKNOWN),
    ("noise", bytes(range(256)) * 20, Kind.UNKNOWN),
    ("program", b"\x7fELF\x02\x01\x01" + bytes(100), Kind.UNKNOWN),
    ("doctype", b"\n <!DOCTYPE html><html></html>", Kind.HTML),
    ("xhtml", b"<?xml version='1.0'?>\n<!-- x -->\n<html xmlns='x'>", Kind.HTML),
    ("a bare table", b"<TABLE border=1><tr><td>x", Kind.HTML),
    ("html in utf-16", "<html><body>".encode("utf-16"), Kind.HTML),
    ("html with mark", b"\xef\xbb\xbf<html>", Kind.HTML),
    ("csv with html inside", b"ID,Reason\n1,<html>\n", Kind.CSV),
    ("array", b' [ {"id": 1} ]', Kind.JSON),
    ("array of nothing", b"[]", Kind.JSON),
    ("object over lines", b'{\n  "a": 1\n}\n', Kind.JSON),
    ("lines", b'{"a": 1}\n{"a": 2}\n', Kind.JSON_LINES),
    ("one line", b'{"a": 1}', Kind.JSON_LINES),
    ("lines, the first broken", b'{"a": }\n{"a": 2}\n', Kind.JSON_LINES),
    ("long first line", b'{"a": "' + b"x" * 100_000 + b'"}\n{"a": 2}\n', Kind.JSON_LINES),
    ("pdf", b"%PDF-1.7\n", Kind.PDF),
    ("pdf after junk", b"\r\njunk\n" * 9 + b"%PDF-1.4\n", Kind.PDF),
    ("gzip", b"\x1f\x8b\x08\x00" + bytes(20), Kind.GZIP),
    ("png", b"\x89PNG\r\n\x1a\n" + bytes(20), Kind.IMAGE),
    ("jpeg", b"\xff\xd8\xff\xe0" + bytes(20), Kind.IMAGE),
    ("zip", zip_of({"a.csv": b"1"}), Kind.ZIP),
    ("zip of nothing", zip_of({}), Kind.ZIP),
    ("zip without its end", zip_of({"a.csv": b"1"})[:-25], Kind.ZIP),
    ("zip of a folder called xl", zip_of({"xl/workbook.xml": b"1"}), Kind.ZIP),
    ("xlsx", saved(openpyxl.Workbook()), Kind.XLSX),
    ("xlsb", zip_of({"[Content_Types].xml": b"", "xl/workbook.bin": b""}), Kind.XLSB),
    ("docx", zip_of({"[Content_Types].xml": b"", "word/document.xml": b""}), Kind.WORD),
    ("pptx", zip_of({"[Content_Types].xml": b"", "ppt/presentation.xml": b""}), Kind.UNKNOWN),
    ("ods", odf(OpenDocumentSpreadsheet()), Kind.ODS),
    ("odt", odf(OpenDocumentText()), Kind.WORD),
    ("xls", compound_document({"Workbook": b"x" * 5000}), Kind.XLS),
    ("old xls", compound_document({"Book": b"x" * 5000}), Kind.XLS),
    ("doc", compound_document({"WordDocument": b"x" * 5000}), Kind.WORD),
    (
        "locked xlsx",
        compound_document({"EncryptionInfo": b"x" * 5000, "EncryptedPackage": b"y" * 5000}),
        Kind.ENCRYPTED_OFFICE,
    ),
    ("other compound document", compound_document({"__substg1.0": b"x" * 5000}), Kind.UNKNOWN),
    ("cut compound document", compound_document({"Workbook": b"x"})[:40], Kind.UNKNOWN),
]


@pytest.mark.parametrize(("data", "kind"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_the_bytes_decide(tmp_path: Path, data: bytes, kind: Kind) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(data)
    assert tell_kind(path, "log.xlsx") is kind
    assert tell_kind(path, "no extension") is kind


@pytest.mark.parametrize(
    ("kind", "name", "wrong"),
    [
        (Kind.CSV, "log.csv", False),
        (Kind.CSV, "LOG.CSV ", False),
        (Kind.CSV, "log.xlsx", True),
        (Kind.HTML, "log.xls", True),
        (Kind.XLSX, "log.csv", True),
        (Kind.XLSX, "log.xls", True),
        (Kind.XLSX, "log", False),
        (Kind.CSV, "3-1-2025 to 4-1-2025-Springfield PD-Netw", False),  # cut off by the sender's system
        (Kind.CSV, "log.2024", False),
        (Kind.ENCRYPTED_OFFICE, "log.xlsx", False),
        (Kind.JSON_LINES, "log.json", False),
        (Kind.EMPTY, "log.xlsx", False),
    ],
)
def test_a_wrong_extension_is_told(kind: Kind, name: str, wrong: bool) -> None:
    assert extension_disagrees(kind, name) is wrong
    note = extension_note(kind, name)
    assert (note is not None and note.code == "note") is wrong


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (Kind.EMPTY, "empty"),
        (Kind.ENCRYPTED_OFFICE, "encrypted"),
        (Kind.WORD, "unsupported"),
        (Kind.IMAGE, "unsupported"),
        (Kind.UNKNOWN, "unsupported"),
        (Kind.CSV, None),
        (Kind.ZIP, None),
    ],
)
def test_what_gives_nothing_says_why(kind: Kind, code: str | None) -> None:
    problem = unread_kind(kind, "a.bin")
    assert (problem.code if problem else None) == code


def test_a_compound_document_that_leads_in_a_circle_ends(tmp_path: Path) -> None:
    raw = bytearray(compound_document({"Nothing": b"x" * 5000}))
    first = struct.unpack_from("<I", raw, 48)[0]
    fat = (struct.unpack_from("<I", raw, 76)[0] + 1) * 512
    struct.pack_into("<I", raw, fat + first * 4, first)
    path = tmp_path / "x"
    path.write_bytes(raw)
    assert tell_kind(path) is Kind.UNKNOWN


@given(st.binary(max_size=2000))
def test_any_bytes_are_of_some_kind(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any"
    for head in (b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x1f\x8b\x08", b"{", b"["):
        path.write_bytes(head + data)
        assert isinstance(tell_kind(path), Kind)


@given(st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=9), min_size=1), min_size=1, max_size=4))
def test_what_json_writes_is_told_as_json(tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, str]]) -> None:
    path = tmp_path_factory.getbasetemp() / "json"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert tell_kind(path) is Kind.JSON_LINES
    path.write_text(json.dumps(rows, indent=1))
    assert tell_kind(path) is Kind.JSON


def test_a_locked_mimetype_does_not_stop_the_telling(tmp_path: Path) -> None:
    path = tmp_path / "x"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", b"application/vnd.oasis.opendocument.spreadsheet" * 100)
    assert tell_kind(path) is Kind.ZIP
