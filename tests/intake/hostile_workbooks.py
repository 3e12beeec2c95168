"""Workbooks made byte by byte, for what no writing library would write."""

# ruff: noqa: E501  (XML reads better unbroken)

from __future__ import annotations

import struct
from xml.sax.saxutils import escape

from tests.intake.hostile_archives import compound_document, zip_of

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def xlsx_parts(sheets: dict[str, str], *, strings: str = "", styles: str = "", workbook: str = "") -> dict[str, bytes]:
    """Return the parts of a workbook whose sheets hold this XML inside ``worksheet``."""
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{place}" r:id="rId{place}"/>' for place, name in enumerate(sheets, 1)
    )
    links = "".join(
        f'<Relationship Id="rId{place}" Type="{LINKS}/worksheet" Target="worksheets/sheet{place}.xml"/>'
        for place in range(1, len(sheets) + 1)
    )
    links += f'<Relationship Id="rs" Type="{LINKS}/sharedStrings" Target="/xl/sharedStrings.xml"/>'
    links += f'<Relationship Id="ry" Type="{LINKS}/styles" Target="styles.xml"/>'
    root = (
        f'<Relationships><Relationship Id="r" Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    )
    book = workbook or f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>{listed}</sheets></workbook>'
    parts = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": root,
        "xl/workbook.xml": book,
        "xl/_rels/workbook.xml.rels": f"<Relationships>{links}</Relationships>",
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>',
    }
    for place, body in enumerate(sheets.values(), 1):
        whole = body if body.startswith("<?xml") else f'<worksheet xmlns="{MAIN}">{body}</worksheet>'
        parts[f"xl/worksheets/sheet{place}.xml"] = whole
    return {name: text.encode() for name, text in parts.items()}


def xlsx(rows: str, *, strings: str = "", styles: str = "") -> bytes:
    """Return a workbook of one sheet whose data is this XML."""
    return zip_of(xlsx_parts({"Log": f"<sheetData>{rows}</sheetData>"}, strings=strings, styles=styles))


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def xls(
    cells: list[tuple[int, int, str | float]],
    *,
    name: str = "APRIL ",
    hidden: bool = False,
    locked: bool = False,
) -> bytes:
    """Return a BIFF8 workbook of one sheet ([MS-XLS]); column 9 is formatted as a date and time."""
    xf = [_record(0xE0, struct.pack("<HH16x", 0, fmt)) for fmt in (0, 22)]
    bof = struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)
    label = struct.pack("<BB", len(name), 0) + name.encode("latin-1")
    head = _record(0x809, bof) + (_record(0x2F, struct.pack("<HHHH32x", 1, 1, 1, 1)) if locked else b"") + b"".join(xf)
    size = len(head) + 4 + 6 + len(label) + 4
    body = head + _record(0x85, struct.pack("<IBB", size, int(hidden), 0) + label) + _record(0x0A, b"")
    body += _record(0x809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    for row, column, value in cells:
        place = struct.pack("<HHH", row - 1, column, int(column == 9))
        if isinstance(value, str):
            text = struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")
            body += _record(0x204, place + text)
        else:
            body += _record(0x203, place + struct.pack("<d", value))
    return compound_document({"Workbook": body + _record(0x0A, b"")})


def _brt(kind: int, body: bytes = b"") -> bytes:
    number = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length, size = b"", len(body)
    while True:
        length += bytes([size & 0x7F | (0x80 if size > 0x7F else 0)])
        size >>= 7
        if not size:
            return number + length + body


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def xlsb(
    cells: list[tuple[int, int, str | float]],
    *,
    hidden_rows: frozenset[int] = frozenset(),
    hidden: bool = False,
) -> bytes:
    """Return an XLSB of one sheet ([MS-XLSB])."""
    book = _brt(131) + _brt(143) + _brt(156, struct.pack("<II", int(hidden), 1) + _wide("rId1") + _wide("Log"))
    book += _brt(144) + _brt(132)
    rows = [row for row, _, _ in cells]
    columns = [column for _, column, _ in cells]
    extent = struct.pack("<IIII", min(rows) - 1, max(rows) - 1, min(columns), max(columns))
    sheet = _brt(129) + _brt(148, extent) + _brt(145)
    current = 0
    for row, column, value in cells:
        if row != current:
            sheet += _brt(0, struct.pack("<IIHBBBI", row - 1, 0, 300, 0, 0x10 if row in hidden_rows else 0, 0, 0))
            current = row
        place = struct.pack("<II", column, 0)
        sheet += _brt(6, place + _wide(value)) if isinstance(value, str) else _brt(5, place + struct.pack("<d", value))
    sheet += _brt(146) + _brt(130)
    links = f'<Relationships><Relationship Id="rId1" Type="{LINKS}/worksheet" Target="worksheets/sheet1.bin"/></Relationships>'
    return zip_of(
        {
            "[Content_Types].xml": b"<Types/>",
            "xl/workbook.bin": book,
            "xl/_rels/workbook.bin.rels": links.encode(),
            "xl/worksheets/sheet1.bin": sheet,
        }
    )
