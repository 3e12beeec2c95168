"""Read search audits that a page carries: CSV in a ``data:`` address, an HTML table, a JSON list."""

from __future__ import annotations

import base64
import binascii
import csv
import io
import re
import zlib
from collections.abc import Mapping, Sequence
from urllib.parse import unquote_to_bytes

from custodiet.intake.raw import Embedded, RawRow, RawTable
from custodiet.intake.readers.page.decoding import decode
from custodiet.intake.readers.page.markup import Link
from custodiet.intake.readers.page.vocabulary import plain, word_set
from custodiet.model.problems import Problem

_BINARY = (b"PK\x03\x04", b"%PDF", b"\x1f\x8b", b"\xd0\xcf\x11\xe0")
_GZIP = b"\x1f\x8b\x08"
_MAX_UNPACKED = 64 * 1024 * 1024
_CUT_ESCAPE = re.compile(r"%[0-9A-Fa-f]?$")


def is_data_address(link: Link) -> bool:
    """Tell whether a link carries its content itself."""
    return link.href[:5].lower() == "data:" and not link.href[5:11].lower().startswith("image/")


def read_data_address(link: Link, name: str, *, title: str | None) -> RawTable | Embedded:
    """Read the table inside a ``data:`` address.

    Args:
        link: The link; percent-encoded or base64 content.
        name: Name for the table (download name or heading).
        title: Heading above the link.

    Returns:
        The table, verbatim, header row included; empty with a problem where
        the address holds no table. Cut content gives the rows that are there. A
        workbook, an archive or a print is given as it is.
    """
    table = RawTable(rows=[], sheet=name, title=title)
    head, comma, payload = link.href[5:].partition(",")
    if not comma:
        return _faulty(table, "malformed", "The embedded file has no content part; it was not read.")
    if not payload.strip():
        return _faulty(table, "empty", "The embedded file holds nothing.")
    if head.lower().replace(" ", "").endswith(";base64"):
        data = _from_base64(payload, table)
    else:
        if _CUT_ESCAPE.search(payload):
            payload = _CUT_ESCAPE.sub("", payload)
            _note(table, "truncated", "The embedded file ends within a character; what is there was read.")
        data = unquote_to_bytes(payload)
    if not data:
        return table
    if data.startswith(_GZIP):
        data = _unpacked(data, table)
    if data.startswith(_BINARY):
        return Embedded(name, data)
    if not data:
        return table
    text, odd, nuls = decode(data)
    if odd:
        _note(table, "note", f"{odd} bytes of the embedded file were no UTF-8 and were read as cp1252.")
    if nuls:
        _note(table, "nul-bytes", "NUL bytes were taken out of the embedded file.")
    table.rows = _read_csv(text, table)
    _check(table)
    return table


def _unpacked(data: bytes, table: RawTable) -> bytes:
    """Unpack a compressed table as far as it goes; what would unfold beyond all measure is cut and said."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        text = unpacker.decompress(data, _MAX_UNPACKED)
    except zlib.error:
        _note(table, "corrupt", "The embedded file is no valid gzip; it was not read.")
        return b""
    if unpacker.unconsumed_tail:
        limit = f"{_MAX_UNPACKED // 2**20} MiB"
        _note(table, "too-large", f"The embedded file unpacks to over {limit}; the rest was not read.")
    elif not unpacker.eof:
        _note(table, "truncated", "The embedded file is cut; what is there was read.")
    return text


def _from_base64(payload: str, table: RawTable) -> bytes:
    text = unquote_to_bytes(payload).translate(None, b" \t\r\n").replace(b"-", b"+").replace(b"_", b"/").rstrip(b"=")
    if len(text) % 4 == 1:
        text = text[:-1]
        _note(table, "truncated", "The embedded file is cut; what is there was read.")
    try:
        return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        _note(table, "malformed", "The embedded file is no valid base64; it was not read.")
        return b""


def _read_csv(text: str, table: RawTable) -> list[RawRow]:
    text = text.removeprefix("\ufeff")
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t|", key=first.count)
    rows: list[RawRow] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for number, cells in enumerate(reader, start=1):
            if cells:
                rows.append(RawRow(number, tuple(cells)))
    except csv.Error:
        _note(
            table,
            "malformed",
            f"The embedded table could not be read after row {len(rows)}; a cell is too long.",
        )
    if text.count('"') % 2:
        _note(table, "unclosed-quote", "A quotation mark in the embedded table is never closed.")
    return rows


def _check(table: RawTable) -> None:
    rows = table.rows if isinstance(table.rows, list) else list(table.rows)
    if not rows:
        _note(table, "empty", "The embedded table holds no rows.")
        return
    if len(rows) == 1:
        _note(table, "empty", "The embedded table holds a header and no rows.")
        return
    width = len(rows[0].cells)
    if len(rows[-1].cells) < width and all(len(row.cells) == width for row in rows[:-1]):
        _note(table, "truncated", "The last row of the embedded table is cut.")
    elif odd := sum(1 for row in rows if len(row.cells) != width):
        _note(table, "ragged", f"{odd} rows of the embedded table have another number of cells than its header.")


def is_audit_header(cells: Sequence[str | None]) -> bool:
    """Tell whether a row of cells is the header of a search audit: a time and something of the search."""
    words = {plain(cell or "").lower() for cell in cells}
    return bool(words & word_set("audit_time_columns")) and len(words & word_set("audit_columns")) >= 2


def table_of_cells(rows: Sequence[Sequence[str]], name: str, *, title: str | None) -> RawTable:
    """Give an HTML table as a raw table; ``source_row`` counts its rows, the header as row 1."""
    table = RawTable(
        rows=[RawRow(number, tuple(row)) for number, row in enumerate(rows, start=1) if any(row)],
        sheet=name,
        title=title,
    )
    _check(table)
    return table


def table_of_objects(items: Sequence[object], name: str) -> RawTable:
    """Give a list of JSON objects as a raw table under the union of their keys, in order of appearance."""
    table = RawTable(rows=[], sheet=name)
    objects = [item for item in items if isinstance(item, Mapping)]
    if len(objects) < len(items):
        _note(
            table,
            "malformed",
            f"{len(items) - len(objects)} entries of the audit are no rows; they were left out.",
        )
    header = tuple(dict.fromkeys(str(key) for item in objects for key in item))
    if not objects:
        _note(table, "empty", "The audit is a list without rows.")
        return table
    rows = [RawRow(1, header)]
    for number, item in enumerate(items, start=2):
        if isinstance(item, Mapping):
            rows.append(RawRow(number, tuple(_as_text(item.get(key)) for key in header)))
    table.rows = rows
    return table


def _as_text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def _note(table: RawTable, code: str, message: str) -> None:
    table.problems.append(Problem(code, message, where=table.sheet or ""))


def _faulty(table: RawTable, code: str, message: str) -> RawTable:
    _note(table, code, message)
    return table
