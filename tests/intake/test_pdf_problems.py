"""PDFs that cannot be read, or only in part, and PDFs that mean harm (QUIRKS 38, 153)."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from PIL import Image
from reportlab.lib import pdfencrypt
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from custodiet.intake.raw import RawTable, Reading
from custodiet.intake.readers.pdf import document, glyphs, read_pdf

ROWS = [("Elm SO", "12", "theft"), ("Oak PD", "7", "arson"), ("Ash PD", "150", "fraud"), ("Fir SO", "3", "theft")]
HEADER = ("Agency", "Searches", "Reason")
LEFTS = (50, 200, 300)


def draw_rows(canvas: Canvas, rows: list[tuple[str, ...]], top: float = 740) -> None:
    canvas.setFont("Helvetica", 10)
    for n, row in enumerate(rows):
        for x, text in zip(LEFTS, row, strict=True):
            canvas.drawString(x, top - 14 * n, text)


def cells(reading: Reading, part: int = 0) -> list[tuple[str | None, ...]]:
    table = reading.parts[part]
    assert isinstance(table, RawTable)
    return [row.cells for row in table.rows]


def codes(reading: Reading) -> list[str]:
    return [problem.code for problem in reading.problems]


def image_page(canvas: Canvas) -> None:
    canvas.drawImage(ImageReader(Image.new("RGB", (40, 40), "grey")), 50, 50, 500, 700)
    canvas.showPage()


def test_password(tmp_path: Path) -> None:
    path = tmp_path / "p.pdf"
    canvas = Canvas(str(path), encrypt=pdfencrypt.StandardEncryption("secret", canPrint=0))
    draw_rows(canvas, [HEADER, *ROWS])
    canvas.save()
    reading = read_pdf(path)
    assert codes(reading) == ["encrypted"]
    assert reading.parts == []


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.7\n", b"not a pdf at all", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer<</Root 1 0 R>>"]
)
def test_damaged(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "d.pdf"
    path.write_bytes(content)
    reading = read_pdf(path)
    assert codes(reading) == ["corrupt"]
    assert reading.parts == []


def test_missing_file_is_a_problem(tmp_path: Path) -> None:
    assert codes(read_pdf(tmp_path / "gone.pdf")) == ["corrupt"]


def test_only_pictures(tmp_path: Path) -> None:
    path = tmp_path / "i.pdf"
    canvas = Canvas(str(path))
    image_page(canvas)
    image_page(canvas)
    canvas.save()
    assert codes(read_pdf(path)) == ["no-text"]


def test_pictures_among_text(tmp_path: Path) -> None:
    path = tmp_path / "i.pdf"
    canvas = Canvas(str(path))
    draw_rows(canvas, [HEADER, *ROWS])
    canvas.showPage()
    image_page(canvas)
    canvas.save()
    reading = read_pdf(path)
    assert cells(reading) == [HEADER, *ROWS]
    assert [(p.code, p.where) for p in reading.problems] == [("no-text", "page 2")]


PROSE = """To whom it may concern. In answer to your request of the third of November we have searched our files
and found that the agency holds no records of the kind you describe. The fee for the search was waived and the
request is closed. You may appeal this decision within thirty days by writing to the clerk of the county at the
address below. Please quote the number of your request in all letters so that they reach the right desk."""


def test_letter_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "l.pdf"
    canvas = Canvas(str(path))
    canvas.setFont("Helvetica", 10)
    for n, line in enumerate(PROSE.split("\n")):
        canvas.drawString(50, 700 - 14 * n, line)
    canvas.save()
    reading = read_pdf(path)
    assert codes(reading) == ["no-table", "note"]
    assert reading.parts == []


def test_letter_before_the_table_is_said(tmp_path: Path) -> None:
    path = tmp_path / "l.pdf"
    canvas = Canvas(str(path))
    canvas.setFont("Helvetica", 10)
    for n, line in enumerate(PROSE.split("\n")):
        canvas.drawString(50, 700 - 14 * n, line)
    canvas.showPage()
    draw_rows(canvas, [HEADER, *ROWS])
    canvas.save()
    reading = read_pdf(path)
    assert cells(reading) == [HEADER, *ROWS]
    assert [(p.code, p.where) for p in reading.problems] == [("note", "page 1")]


def test_list_of_one_column(tmp_path: Path) -> None:
    path = tmp_path / "o.pdf"
    names = [f"{name} County SO" for name in ("Ash", "Birch Hill", "Cedar", "Elm", "Fir", "Hazel Springs", "Oak")]
    canvas = Canvas(str(path))
    for n, name in enumerate(["Organization Name", *names]):
        canvas.drawString(50, 700 - 14 * n, name)
    canvas.save()
    assert cells(read_pdf(path)) == [("Organization Name",), *[(name,) for name in names]]


@pytest.mark.parametrize("late", [True, False])
def test_text_beneath_a_black_box_is_masked(tmp_path: Path, late: bool) -> None:
    """A box hides text from the eye only; the text must go no further, drawn before the box or after it in black."""
    path = tmp_path / "r.pdf"
    canvas = Canvas(str(path))
    if late:
        draw_rows(canvas, [HEADER, *ROWS])
    canvas.setFillColorRGB(0, 0, 0)
    canvas.rect(195, 740 - 28 - 3, 60, 12, fill=1, stroke=0)
    canvas.rect(298, 740 - 42 - 3, 15.2, 12, fill=1, stroke=0)
    if not late:
        draw_rows(canvas, [HEADER, *ROWS])
    canvas.save()
    reading = read_pdf(path)
    found = cells(reading)
    assert found[2] == ("Oak PD", "██", "arson")
    assert found[3][:2] == ("Ash PD", "150")
    assert "██" in (found[3][2] or "") and "fra" not in (found[3][2] or "")
    assert found[0] == HEADER and found[4] == ROWS[3]
    assert codes(reading) == ["failed-redaction"]
    assert reading.problems[0].where == "page 1"
    assert "7" not in reading.problems[0].message and "fraud" not in reading.problems[0].message


def test_redaction_done_well_is_masked_not_blank(tmp_path: Path) -> None:
    path = tmp_path / "r.pdf"
    canvas = Canvas(str(path))
    draw_rows(canvas, [HEADER, ROWS[0], ("Oak PD", "", "arson"), *ROWS[2:]])
    canvas.rect(198, 740 - 28 - 3, 30, 12, fill=1, stroke=0)
    canvas.save()
    reading = read_pdf(path)
    assert cells(reading)[2] == ("Oak PD", "██", "arson")
    assert codes(reading) == []


def test_white_labels_on_a_dark_band_are_read(tmp_path: Path) -> None:
    path = tmp_path / "b.pdf"
    canvas = Canvas(str(path))
    canvas.rect(45, 735, 400, 16, fill=1, stroke=0)
    canvas.setFillColorRGB(1, 1, 1)
    draw_rows(canvas, [HEADER])
    canvas.setFillColorRGB(0, 0, 0)
    draw_rows(canvas, ROWS, 726)
    canvas.save()
    reading = read_pdf(path)
    assert cells(reading) == [HEADER, *ROWS]
    assert codes(reading) == []


def test_see_through_highlight_hides_nothing(tmp_path: Path) -> None:
    path = tmp_path / "h.pdf"
    canvas = Canvas(str(path))
    draw_rows(canvas, [HEADER, *ROWS])
    canvas.setFillColorRGB(1, 1, 0, alpha=0.4)
    canvas.rect(45, 720, 400, 14, fill=1, stroke=0)
    canvas.save()
    reading = read_pdf(path)
    assert cells(reading) == [HEADER, *ROWS]
    assert codes(reading) == []


def test_watermark_and_text_off_the_page_are_left_out_and_said(tmp_path: Path) -> None:
    path = tmp_path / "w.pdf"
    canvas = Canvas(str(path))
    draw_rows(canvas, [HEADER, *ROWS])
    canvas.drawString(900, 700, "elsewhere")
    canvas.saveState()
    canvas.translate(100, 500)
    canvas.rotate(45)
    canvas.setFont("Helvetica", 60)
    canvas.drawString(0, 0, "CONFIDENTIAL")
    canvas.restoreState()
    canvas.save()
    reading = read_pdf(path)
    assert cells(reading) == [HEADER, *ROWS]
    assert codes(reading) == ["note", "note"]


def test_sideways_table_without_page_rotation(tmp_path: Path) -> None:
    path = tmp_path / "s.pdf"
    canvas = Canvas(str(path), pagesize=(792, 792))
    for angle, shift in ((90, (792, 0)), (180, (792, 792)), (270, (0, 792))):
        canvas.saveState()
        canvas.translate(*shift)
        canvas.rotate(angle)
        draw_rows(canvas, [HEADER, *ROWS])
        canvas.restoreState()
        canvas.showPage()
    canvas.save()
    assert cells(read_pdf(path)) == [HEADER, *ROWS] * 3


def test_page_with_too_many_characters_is_cut_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glyphs, "MAX_CHARACTERS", 60)
    path = tmp_path / "m.pdf"
    canvas = Canvas(str(path))
    draw_rows(canvas, [HEADER, *ROWS])
    canvas.save()
    reading = read_pdf(path)
    assert codes(reading) == ["too-large"]
    assert len(cells(reading)) < 5


def test_too_many_pages_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MAX_PAGES", 2)
    path = tmp_path / "m.pdf"
    canvas = Canvas(str(path))
    for _ in range(4):
        draw_rows(canvas, [HEADER, *ROWS])
        canvas.showPage()
    canvas.save()
    reading = read_pdf(path)
    assert [(p.code, p.where) for p in reading.problems] == [("too-large", "page 3")]
    assert len(cells(reading)) == 10


def page_tree(count: int, box: str) -> bytes:
    content = b"BT /F1 10 Tf 50 700 Td (Agency) Tj 150 0 Td (Count) Tj -150 -14 Td (Elm) Tj 150 0 Td (7) Tj ET"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[3 0 R]>>" % count,
        b"<</Type/Page/Parent 2 0 R/MediaBox%s/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>" % box.encode(),
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    body = b"%PDF-1.4\n"
    places = []
    for n, item in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (n, item)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(body)
    return body + b"xref\n0 6\n0000000000 65535 f \n%strailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        table,
        start,
    )


@pytest.mark.parametrize(
    "box", ["[0 0 612 792]", "[0 0 0 0]", "[0 0 1e9 1e9]", "[-1e9 -1e9 1e9 1e9]", "[5 5 1 1]", "[/A /B]"]
)
@pytest.mark.parametrize("count", [1, 2_000_000_000, -5])
def test_nonsense_boxes_and_counts_end(tmp_path: Path, box: str, count: int) -> None:
    path = tmp_path / "n.pdf"
    path.write_bytes(page_tree(count, box))
    reading = read_pdf(path)
    assert reading.parts or reading.problems


def test_broken_bytes_never_raise(tmp_path: Path) -> None:
    path = tmp_path / "b.pdf"
    canvas = Canvas(str(path), pageCompression=0, invariant=1)
    draw_rows(canvas, [HEADER, *ROWS])
    canvas.rect(195, 700, 60, 12, fill=1)
    canvas.save()
    whole = path.read_bytes()
    rng = random.Random(5)
    for _ in range(60):
        data = bytearray(whole[: rng.randrange(len(whole) // 2, len(whole) + 1)])
        for _ in range(rng.randrange(30)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        path.write_bytes(bytes(data))
        reading = read_pdf(path)
        assert reading.parts or reading.problems
