"""Workbooks: verbatim cells, the rows a reader sees, nothing hidden left out, nothing hostile believed."""

# ruff: noqa: E501  (XML reads better unbroken)

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from python_calamine import CalamineWorkbook

from custodiet.intake.raw import RawTable
from custodiet.intake.readers.cells import Format, duration_text, number_text, serial_text, told_format
from custodiet.intake.readers.grids import cell_text
from custodiet.intake.readers.workbook import read_workbook
from custodiet.intake.zips import Limits
from tests.intake.hostile_archives import compound_document, zip_of
from tests.intake.hostile_workbooks import LINKS, MAIN, xls, xlsb, xlsx, xlsx_parts

Cells = dict[int, tuple[str | None, ...]]


def saved(folder: Path, workbook: openpyxl.Workbook | bytes) -> Path:
    path = folder / "given"
    if isinstance(workbook, bytes):
        path.write_bytes(workbook)
    else:
        workbook.save(path)
    return path


def tables(path: Path) -> list[RawTable]:
    return [part for part in read_workbook(path).parts if isinstance(part, RawTable)]


def only(path: Path) -> tuple[Cells, RawTable]:
    (table,) = tables(path)
    return {row.source_row: row.cells for row in table.rows}, table


def codes(table: RawTable) -> list[str]:
    return [problem.code for problem in table.problems]


def test_a_range_that_begins_at_c5_keeps_its_rows_and_columns(tmp_path: Path) -> None:
    """Quirk 27; empty rows in the middle are left out, and the numbers stay (quirk 28)."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "APRIL "
    sheet["C5"], sheet["D5"] = "ID", " Name"
    sheet["C7"], sheet["D7"] = 5109.0, "a\nb"
    cells, table = only(saved(tmp_path, book))
    assert cells == {5: (None, None, "ID", " Name"), 7: (None, None, "5109", "a\nb")}
    assert (table.sheet, table.hidden, table.problems, table.date_cells) == ("APRIL ", False, [], set())


def test_cells_become_the_text_that_a_reader_sees(tmp_path: Path) -> None:
    """Integers stored as floats (quirk 44), real date cells (quirk 45)."""
    book = openpyxl.Workbook()
    sheet = book.active
    values = [
        (164.0, "164"),
        (0.1 + 0.2, "0.3"),
        (-5, "-5"),
        (1e20, "100000000000000000000"),
        (True, "TRUE"),
        (False, "FALSE"),
        (dt.datetime(2025, 8, 5, 13, 5, 6), "2025-08-05 13:05:06"),
        (dt.datetime(2025, 8, 5), "2025-08-05 00:00:00"),
        (dt.datetime(2025, 8, 5, 1, 2, 3, 500_000), "2025-08-05 01:02:03.500"),
        (dt.date(2025, 8, 5), "2025-08-05"),
        (dt.time(13, 5, 6), "13:05:06"),
        (dt.timedelta(hours=30, minutes=1), "30:01:00"),
        ("  padded  ", "  padded  "),
        ("=1+1", None),
        ("line\r\nbreak", "line\r\nbreak"),
        ("█ ——", "█ ——"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
        ("7:30 PM\u202fUTC", "7:30 PM\u202fUTC"),
    ]
    for column, (value, _) in enumerate(values, 1):
        sheet.cell(1, column).value = value
    sheet.cell(1, 19).value = "#N/A"
    cells, table = only(saved(tmp_path, book))
    assert cells[1] == (*(text for _, text in values), "#N/A")
    assert table.date_cells == {6, 7, 8, 9, 10}
    assert [(p.code, p.message.split()[0]) for p in table.problems] == [("note", "1")]


def test_hidden_sheets_and_rows_are_read_and_said(tmp_path: Path) -> None:
    """Rows hidden by a saved filter are not deleted (quirk 31)."""
    book = openpyxl.Workbook()
    for number in range(1, 6):
        book.active.append([f"row {number}"])
    book.active.row_dimensions[2].hidden = True
    book.active.row_dimensions[4].hidden = True
    book.active.column_dimensions["B"].hidden = True
    for state in ("hidden", "veryHidden"):
        sheet = book.create_sheet(state)
        sheet.sheet_state = state
        sheet["A1"] = "x"
    shown, hidden, very = tables(saved(tmp_path, book))
    assert [(row.source_row, row.hidden) for row in shown.rows] == [
        (1, False),
        (2, True),
        (3, False),
        (4, True),
        (5, False),
    ]
    assert [problem.message for problem in shown.problems] == [
        "2 hidden rows were read.",
        "1 groups of columns are hidden; they were read.",
    ]
    assert [(t.sheet, t.hidden, codes(t)) for t in (hidden, very)] == [
        ("hidden", True, ["hidden-sheet"]),
        ("veryHidden", True, ["hidden-sheet"]),
    ]


def test_deleted_sheets_empty_sheets_and_charts_are_said(tmp_path: Path) -> None:
    """Gaps in the numbers of sheets (quirk 32)."""
    parts = xlsx_parts({"a": "<sheetData/>", "b": '<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>'})
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b'sheetId="2"', b'sheetId="5"')
    reading = read_workbook(saved(tmp_path, zip_of(parts)))
    assert [part.sheet for part in reading.parts if isinstance(part, RawTable)] == ["b"]
    assert [(p.where, p.message) for p in reading.problems] == [
        ("sheet 1", "The sheet holds no cell."),
        ("", "Sheets were deleted before release: 3 numbers of sheets are unused."),
    ]
    book = openpyxl.Workbook()
    book.active["A1"] = 1
    book.create_chartsheet("chart")
    reading = read_workbook(saved(tmp_path, book))
    assert (len(reading.parts), [p.code for p in reading.problems]) == (1, ["note"])


def test_a_sheet_that_is_full_is_truncated(tmp_path: Path) -> None:
    """2^20 - 1 rows beneath a header (quirk 46)."""
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="{}"><c r="A9"><v>2</v></c></row>'
    cells, table = only(saved(tmp_path, xlsx(rows.format(1_048_576))))
    assert (list(cells), codes(table)) == ([1, 1_048_576], ["truncated"])
    cells, table = only(saved(tmp_path, xlsx(rows.format(1_048_575))))
    assert (list(cells), codes(table)) == ([1, 1_048_575], [])


def test_formulas_without_a_stored_result_are_blank_and_said(tmp_path: Path) -> None:
    """Placeholders of another program; a carriage return after the declaration (quirk 53)."""
    body = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n<worksheet xmlns="{MAIN}"><sheetData><row r="1">'
        '<c r="A1"><f>IFERROR(__xludf.DUMMYFUNCTION("IMPORTXML(1)"),"kept")</f><v></v></c>'
        '<c r="B1" t="str"><f t="array" ref="B1">__XLUDF.DUMMYFUNCTION("x")</f><v>cached</v></c>'
        '<c r="C1" t="str"><f>""</f><v></v></c><c r="D1"><f>1+1</f></c><c r="E1"><f>1+1</f><v>2</v></c>'
        "</row></sheetData></worksheet>"
    )
    cells, table = only(saved(tmp_path, zip_of(xlsx_parts({"a": body}))))
    assert cells == {1: (None, "cached", "", None, "2")}
    assert [(p.code, p.message.split()[0]) for p in table.problems] == [("note", "2"), ("note", "2")]


def test_the_xml_of_other_writers_is_read(tmp_path: Path) -> None:
    """Prefixes, no references, rich text, phonetic hints, escapes, cells out of order, ISO dates, 1904."""
    body = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row><x:c t="s"><x:v>0</x:v></x:c><x:c><x:v>2</x:v></x:c></x:row>'
        '<x:row hidden="true"><x:c r="B2" t="inlineStr"><x:is><x:r><x:t>rich </x:t></x:r><x:r><x:t>text</x:t></x:r></x:is>'
        '</x:c><x:c r="A2" t="d"><x:v>2025-08-05T01:02:03</x:v></x:c><x:c r="D2" s="1"><x:v>1</x:v></x:c></x:row>'
        '<x:row r="9"><x:c r="a9" t="e"><x:v>#REF!</x:v></x:c><x:c t="b"><x:v>1</x:v></x:c><x:c t="s"><x:v>7</x:v></x:c>'
        "</x:row></x:sheetData></x:worksheet>"
    )
    parts = xlsx_parts(
        {"a": f"<?xml version='1.0'?>{body}"},
        strings="<si><r><t>a_x000D_</t></r><rPh><t>HINT</t></rPh><r><t>b &amp; c</t></r></si>",
        styles='<numFmts><numFmt numFmtId="164" formatCode="m/d/yyyy\\ h:mm;@"/></numFmts>'
        '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs>',
    )
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b"<sheets>", b'<workbookPr date1904="1"/><sheets>')
    (table,) = tables(saved(tmp_path, zip_of(parts)))
    assert [(row.source_row, row.cells, row.hidden) for row in table.rows] == [
        (1, ("a\rb & c", "2"), False),
        (2, ("2025-08-05 01:02:03", "rich text", None, "1904-01-02 00:00:00"), True),
        (9, ("#REF!", "TRUE"), False),
    ]
    assert sorted(codes(table)) == ["hidden-sheet", "malformed"]
    assert table.date_cells == {0, 3}


PLAIN = '<row r="{0}"><c r="A{0}"><v>{0}</v></c></row>'


@pytest.mark.parametrize(
    "trick", ["<!-- {} -->", '<row r="5"><c r="A5" t="str"><v><![CDATA[</v></c></row>{}]]></v></c></row>']
)
def test_text_that_looks_like_a_row_is_none(tmp_path: Path, trick: str) -> None:
    rows = PLAIN.format(1) + trick.format(PLAIN.format(66)) + PLAIN.format(7)
    cells, table = only(saved(tmp_path, xlsx(rows)))
    assert 66 not in cells and cells[1] == ("1",) and cells[7] == ("7",) and table.problems == []


def test_damage_in_the_middle_keeps_the_rows_before_it(tmp_path: Path) -> None:
    rows = PLAIN.format(1) + PLAIN.format(2) + "<row r='3'><c r='A3'></row>" + PLAIN.format(4)
    cells, table = only(saved(tmp_path, xlsx(rows)))
    assert (list(cells), codes(table)) == ([1, 2], ["truncated"])
    assert table.problems[0].message.endswith("Rows up to 2 were read.")
    cut = xlsx_parts({"a": f"<?xml version='1.0'?><worksheet><sheetData>{PLAIN.format(1)}<row r='2'><c"})
    cells, table = only(saved(tmp_path, zip_of(cut)))
    assert (list(cells), codes(table)) == ([1], ["truncated"])


def test_one_cell_in_the_last_corner_costs_nothing(tmp_path: Path) -> None:
    rows = PLAIN.format(1) + '<row r="1048576"><c r="XFD1048576"><v>1</v></c><c r="XFE1048576"><v>1</v></c></row>'
    cells, table = only(saved(tmp_path, xlsx(rows)))
    assert len(cells[1_048_576]) == 16_384 and cells[1_048_576][-1] == "1"
    assert codes(table) == ["truncated", "too-large"]


@pytest.mark.parametrize(
    ("declaration", "code"),
    [
        ('<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]>', "unsafe-archive"),
        ('<!DOCTYPE a SYSTEM "file:///etc/passwd">', "unsafe-archive"),
    ],
)
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"])
def test_entities_are_refused(tmp_path: Path, declaration: str, code: str, part: str) -> None:
    parts = xlsx_parts({"a": f"<sheetData>{PLAIN.format(1)}</sheetData>"})
    parts[part] = f"<?xml version='1.0'?>{declaration}".encode() + parts[part]
    reading = read_workbook(saved(tmp_path, zip_of(parts)))
    assert reading.parts == [] and [problem.code for problem in reading.problems] == [code]


def test_a_bomb_is_no_workbook(tmp_path: Path) -> None:
    rows = PLAIN.format(1) + " " * (1 << 21)
    path = saved(tmp_path, xlsx(rows))
    (table,) = read_workbook(path, Limits(ratio_floor=1 << 16)).parts
    assert isinstance(table, RawTable)
    assert [row.source_row for row in table.rows] in ([], [1])
    assert codes(table) == ["unsafe-archive"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"not,a,workbook\n", "corrupt"),
        (compound_document({"EncryptedPackage": b"x"}), "encrypted"),
        (compound_document({"Workbook": b"\xff" * 9000}), "corrupt"),
        (xlsx(PLAIN.format(1))[:-40], "corrupt"),
        (zip_of({"[Content_Types].xml": b"", "xl/workbook.xml": b"<workbook>"}), "malformed"),
        (zip_of({"[Content_Types].xml": b"", "xl/other.xml": b""}), "corrupt"),
        (zip_of({"[Content_Types].xml": b"", "xl/workbook.xml": b"<workbook/>"}), "empty"),
        (zip_of({"[Content_Types].xml": b"", "xl/workbook.bin": b"\xff\xff\xff"}), "corrupt"),
        (xls([(1, 0, "a")], locked=True), "encrypted"),
    ],
)
def test_what_cannot_be_opened_is_one_problem(tmp_path: Path, data: bytes, code: str) -> None:
    reading = read_workbook(saved(tmp_path, data))
    assert ([p.code for p in reading.problems], reading.parts) == ([code], [])


def test_the_old_binary_format_is_read_whatever_its_name(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(xls([(5, 2, "ID"), (7, 2, 5109.0), (7, 3, "a\nb"), (7, 9, 45000.5), (8, 9, 45001.0)]))
    cells, table = only(path)
    assert cells == {
        5: (None, None, "ID"),
        7: (None, None, "5109", "a\nb", *[None] * 5, "2023-03-15 12:00:00"),
        8: (*[None] * 9, "2023-03-16 00:00:00"),
    }
    assert (table.sheet, table.date_cells, table.problems) == ("APRIL ", {9}, [])
    path.write_bytes(xls([(65_536, 0, 1.0)], hidden=True))
    cells, table = only(path)
    assert (cells, codes(table)) == ({65_536: ("1",)}, ["hidden-sheet", "truncated"])


def test_the_binary_format_is_read_with_its_hidden_rows(tmp_path: Path) -> None:
    """Four of the releases are XLSB (quirk 38)."""
    data = xlsb([(5, 2, "ID"), (7, 2, 5109.0), (8, 3, "x")], hidden_rows=frozenset({7}))
    (table,) = tables(saved(tmp_path, data))
    assert [(row.source_row, row.cells, row.hidden) for row in table.rows] == [
        (5, (None, None, "ID"), False),
        (7, (None, None, "5109"), True),
        (8, (None, None, None, "x"), False),
    ]
    assert codes(table) == ["hidden-sheet"]
    far = read_workbook(saved(tmp_path, xlsb([(1, 0, "ID"), (1_048_576, 16_383, 1.0)])))
    assert ([p.code for p in far.problems], far.parts) == (["too-large"], [])


def open_document(rows: list[TableRow]) -> bytes:
    document, table = OpenDocumentSpreadsheet(), Table(name="Log")
    for row in rows:
        table.addElement(row)
    document.spreadsheet.addElement(table)
    buffer = io.BytesIO()
    document.write(buffer)
    return buffer.getvalue()


def open_cell(text: str, **attributes: object) -> TableCell:
    cell = TableCell(**{"valuetype": "string", **attributes})
    cell.addElement(P(text=text))
    return cell


def open_row(*cells: TableCell, **attributes: object) -> TableRow:
    row = TableRow(**attributes)
    for cell in cells:
        row.addElement(cell)
    return row


def test_open_documents_are_read_with_their_hidden_rows(tmp_path: Path) -> None:
    rows = [
        open_row(open_cell("ID"), open_cell("Name")),
        open_row(TableCell(), numberrowsrepeated=2),
        open_row(open_cell("5109", valuetype="float", value="5109"), visibility="filter"),
        open_row(open_cell("d", valuetype="date", datevalue="2025-08-05T01:02:03")),
    ]
    (table,) = tables(saved(tmp_path, open_document(rows)))
    assert [(row.source_row, row.cells, row.hidden) for row in table.rows] == [
        (1, ("ID", "Name"), False),
        (4, ("5109",), True),
        (5, ("2025-08-05 01:02:03",), False),
    ]
    assert (codes(table), table.date_cells) == (["hidden-sheet"], {0})


@pytest.mark.parametrize("where", ["numberrowsrepeated", "numbercolumnsrepeated"])
def test_an_open_document_of_endless_repetition_is_refused(tmp_path: Path, where: str) -> None:
    many = 2_000_000_000
    cell = open_cell("x", **({where: many} if "columns" in where else {}))
    row = open_row(cell, **({where: many} if "rows" in where else {}))
    reading = read_workbook(saved(tmp_path, open_document([row])))
    assert ([p.code for p in reading.problems], reading.parts) == (["too-large"], [])


VALUES = st.one_of(
    st.none(),
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.booleans(),
    st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"),
        min_size=1,
    ),
    st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2090, 1, 1)).map(lambda d: d.replace(microsecond=0)),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.lists(st.lists(VALUES, max_size=5), max_size=6), top=st.integers(1, 4), left=st.integers(1, 3))
def test_sheets_are_read_as_another_reader_reads_them(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[object]], top: int, left: int
) -> None:
    """Compare with calamine, which knows nothing of our parser."""
    book = openpyxl.Workbook()
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            cell = book.active.cell(top + number, left + column)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
    path = saved(tmp_path_factory.getbasetemp(), book)
    mine = {row.source_row: row.cells for table in tables(path) for row in table.rows}
    with path.open("rb") as file:
        sheet = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0)
    theirs: Cells = {}
    for number, grid in enumerate(sheet.iter_rows() if sheet.start else [], 1):
        texts = [None] * (sheet.start or (0, 0))[1] + [
            cell_text(value if type(value) is not dt.date else dt.datetime.combine(value, dt.time())) for value in grid
        ]
        while texts and texts[-1] is None:
            texts.pop()
        if texts:
            theirs[number] = tuple(texts)
    assert mine == theirs


@given(st.lists(st.tuples(st.integers(0, 200), st.text(st.sampled_from("ab<&>\"'é█_x\n"), max_size=8)), max_size=8))
def test_plain_rows_and_parsed_rows_are_the_same(
    tmp_path_factory: pytest.TempPathFactory, cells: list[tuple[int, str]]
) -> None:
    """A comment before the rows sends all of them through the parser."""
    from xml.sax.saxutils import escape

    path = tmp_path_factory.getbasetemp() / "twin.xlsx"
    rows = "".join(
        f'<row r="{number}" hidden="{number % 2}"><c r="B{number}" s="1"><v>{value}.25</v></c>'
        f'<c r="D{number}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c><c r="E{number}" s="0"/></row>'
        for number, (value, text) in enumerate(cells, 1)
    )
    styles = '<cellXfs><xf numFmtId="0"/><xf numFmtId="22"/></cellXfs>'
    seen = []
    for comment in ("", "<!-- -->"):
        path.write_bytes(xlsx(comment + rows, styles=styles))
        seen.append([(list(table.rows), table.date_cells, table.problems) for table in tables(path)])
    assert seen[0] == seen[1]
    assert sum(len(rows) for rows, _, _ in seen[0]) == len(cells)


def test_rows_come_right_over_the_edges_of_pieces(tmp_path: Path) -> None:
    rows = "".join(
        f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="B{n}" t="inlineStr"><is><t>é█ &amp; {n}</t></is></c></row>'
        if n % 3
        else f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="B{n}" t="inlineStr"><is><t>é█ {n}</t></is></c></row>'
        for n in range(1, 20_001)
    )
    cells, table = only(saved(tmp_path, xlsx(rows)))
    assert cells == {n: (str(n), f"é█ & {n}" if n % 3 else f"é█ {n}") for n in range(1, 20_001)}
    assert list(cells) == sorted(cells) and table.problems == []


@pytest.mark.parametrize(
    ("code", "shape"),
    [
        ("General", Format.NUMBER),
        ("0.00E+00", Format.NUMBER),
        ("#,##0;[Red]-#,##0", Format.NUMBER),
        ('0 "days"', Format.NUMBER),
        ("0\\d", Format.NUMBER),
        ("m/d/yyyy", Format.DATE),
        ("[$-409]mmmm\\ yyyy", Format.DATE),
        ("mmm", Format.DATE),
        ("m/d/yy h:mm AM/PM", Format.DATETIME),
        ("mm:ss", Format.TIME),
        ("h:mm AM/PM", Format.TIME),
        ("[h]:mm:ss", Format.DURATION),
        ("[mm]:ss", Format.DURATION),
    ],
)
def test_number_formats_are_told(code: str, shape: Format) -> None:
    assert told_format(code) is shape


@pytest.mark.parametrize(
    ("serial", "shape", "text"),
    [
        ("45000", Format.DATE, "2023-03-15"),
        ("45000.5", Format.DATE, "2023-03-15 12:00:00"),
        ("45000", Format.DATETIME, "2023-03-15 00:00:00"),
        ("45000.999999999", Format.DATETIME, "2023-03-16 00:00:00"),
        ("61", Format.DATE, "1900-03-01"),
        ("1", Format.DATE, "1900-01-01"),
        ("0.5", Format.TIME, "12:00:00"),
        ("1.5", Format.DURATION, "36:00:00"),
        ("-1", Format.DATE, None),
        ("1e300", Format.DATE, None),
        ("nan", Format.DATE, None),
        ("x", Format.DATE, None),
    ],
)
def test_serial_numbers_become_moments(serial: str, shape: Format, text: str | None) -> None:
    assert serial_text(serial, shape) == text


def test_numbers_and_durations_are_written_plainly() -> None:
    assert [number_text(t) for t in ("5109.0", " 7 ", "1.2345678901234568E+17", "-0.5", "1e400", "-0", "x")] == [
        "5109",
        "7",
        "123456789012345680",
        "-0.5",
        "inf",
        "0",
        "x",
    ]
    assert duration_text(dt.timedelta(seconds=-61)) == "-0:01:01"


def test_a_deleted_relation_is_no_sheet(tmp_path: Path) -> None:
    book = f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets><sheet name="a" sheetId="1" r:id="gone"/></sheets></workbook>'
    parts = xlsx_parts({"a": "<sheetData/>"}, workbook=book)
    reading = read_workbook(saved(tmp_path, zip_of(parts)))
    assert ([p.code for p in reading.problems], reading.parts) == (["note"], [])
