"""Exact cells of synthetic PDF tables in the layouts that real releases have (QUIRKS 70, 130, 149-155)."""

from __future__ import annotations

import random
import uuid
from dataclasses import replace
from pathlib import Path

import pytest

from custodiet.intake.raw import RawRow, RawTable, Reading
from custodiet.intake.readers.pdf import read_pdf
from tests.intake.pdf_drawing import Layout, draw

HEADER = (
    "ID",
    "Org Name",
    "Total Networks Searched",
    "Total Devices Searched",
    "Time Frame",
    "Reason",
    "Search Time",
    "Search Type",
)
AUDIT = Layout(
    lefts=(40, 195, 275, 370, 458, 505, 615, 715),
    widths=(150, 75, 90, 86, 45, 100, 96, 50),
    size=7,
    pitch=9,
    right_aligned=frozenset({2, 3}),
)
REASONS = (
    "bolo",
    "",
    "stolen vehicle recovered near the north river bridge",
    "case 25-1187 follow up",
    "***",
)


def audit_rows(n: int, seed: int = 7) -> list[tuple[str, ...]]:
    """Give invented searches: ids, counts up to six digits, two-instant time frames, reasons of one to three lines."""
    rng = random.Random(seed)
    rows = []
    for i in range(n):
        hour, minute = rng.randrange(1, 12), rng.randrange(60)
        rows.append(
            (
                str(uuid.UUID(int=rng.getrandbits(128))),
                "Elm County SO",
                rng.choice(["1", "840", "6601"]),
                rng.choice(["104", "17652", "95211", "111111"]),
                f"11/{13 + i % 9}/2025, {hour:02d}:{minute:02d}:17 PM UTC "
                f"11/{14 + i % 9}/2025, {hour:02d}:{minute:02d}:17 AM UTC",
                rng.choice(REASONS),
                f"11/{14 + i % 9}/2025, {hour:02d}:{minute:02d}:36 AM UTC",
                rng.choice(["lookup", "search"]),
            )
        )
    return rows


def only_table(reading: Reading) -> tuple[RawTable, list[RawRow]]:
    assert len(reading.parts) == 1
    table = reading.parts[0]
    assert isinstance(table, RawTable)
    return table, list(table.rows)


def flat(row: RawRow) -> tuple[str, ...]:
    return tuple("" if cell is None else cell.replace("\n", " ") for cell in row.cells)


@pytest.mark.parametrize("valign", ["bottom", "top", "middle"])
@pytest.mark.parametrize("header_on", ["first", "each"])
@pytest.mark.parametrize("quarter", [0, 1])
@pytest.mark.parametrize("keep_together", [True, False])
def test_audit_print(tmp_path: Path, valign: str, header_on: str, quarter: int, keep_together: bool) -> None:
    """A record is found whole, its cells aligned anyhow, records broken over page ends or not (149, 150)."""
    if valign == "middle" and not keep_together:
        pytest.skip("programs that centre cells do not part them")
    rows = audit_rows(40)
    layout = replace(AUDIT, valign=valign, header_on=header_on, quarter=quarter, keep_together=keep_together)
    reading = read_pdf(draw(tmp_path / "a.pdf", [(HEADER, rows)], layout))
    _, found = only_table(reading)
    data = [row for row in found if flat(row) != HEADER]
    n_headers = len(found) - len(data)
    assert [flat(row) for row in data] == rows
    assert flat(found[0]) == HEADER
    n_pages = max(row.page or 0 for row in found)
    assert n_pages > 3
    assert n_headers == (n_pages if header_on == "each" else 1)
    assert [row.source_row for row in found] == list(range(1, len(found) + 1))
    assert reading.problems == []


def test_time_frame_has_one_instant_a_line(tmp_path: Path) -> None:
    """Timestamps broken over three lines come out one a line (149)."""
    _, found = only_table(read_pdf(draw(tmp_path / "a.pdf", [(HEADER, audit_rows(3))], AUDIT)))
    first, second = (found[1].cells[4] or "").split("\n")
    assert first.startswith("11/13/2025, ") and first.endswith("17 PM UTC")
    assert second.startswith("11/14/2025, ") and second.endswith("17 AM UTC")


def test_wrapped_reason_keeps_its_lines_apart(tmp_path: Path) -> None:
    layout = Layout(lefts=(40, 100, 200, 400), widths=(50, 80, 80, 90))
    rows = [(str(n), "Elm SO", "stolen vehicle recovered near bridge", "lookup") for n in range(5)]
    _, found = only_table(read_pdf(draw(tmp_path / "a.pdf", [(("No", "Org", "Reason", "Type"), rows)], layout)))
    assert found[3].cells == ("2", "Elm SO", "stolen vehicle\nrecovered near bridge", "lookup")


@pytest.mark.parametrize("seed", [1, 2])
def test_text_order_is_not_visual_order(tmp_path: Path, seed: int) -> None:
    """Pages edited in a PDF editor store their text in any order (152)."""
    rows = audit_rows(30, seed)
    reading = read_pdf(draw(tmp_path / "a.pdf", [(HEADER, rows)], replace(AUDIT, shuffle=seed)))
    _, found = only_table(reading)
    assert [flat(row) for row in found[1:]] == rows


def test_spaces_that_are_only_white(tmp_path: Path) -> None:
    """Some programs place every word by itself and write no spaces (154)."""
    rows = audit_rows(30)
    wider = (40, 200, 290, 390, 492, 552, 632, 740)
    layout = replace(AUDIT, word_by_word=True, lefts=wider, widths=(150, 75, 90, 86, 45, 70, 96, 40), page=(842, 595))
    reading = read_pdf(draw(tmp_path / "a.pdf", [(HEADER, rows)], layout))
    _, found = only_table(reading)
    assert [flat(row) for row in found] == [HEADER, *rows]


PORTAL_HEADER = ("userID", "networkCount", "Search Time", "Reason")
PORTAL = Layout(lefts=(40, 240, 285, 420), widths=(190, 42, 130, 200), size=9, pitch=12)


def portal_rows(n: int, user: str | None = "***") -> list[tuple[str, ...]]:
    rng = random.Random(3)
    return [
        (
            user or str(uuid.UUID(int=rng.getrandbits(128))),
            str(rng.choice([1, 12, 1095])),
            f"2025-11-{1 + i % 28:02d} 04:{i % 60:02d}:09",
            rng.choice(
                [
                    "",
                    "theft",
                    "assault 25-00817",
                    "missing person with a long description of the circumstances",
                ]
            ),
        )
        for i in range(n)
    ]


@pytest.mark.parametrize("user", ["***", None])
@pytest.mark.parametrize("header_on", ["first", "each", "none"])
@pytest.mark.parametrize("valign", ["top", "bottom", "middle"])
def test_portal_log(tmp_path: Path, user: str | None, header_on: str, valign: str) -> None:
    """Portal logs have other columns, labels cut by narrow columns, and parts without any header (70, 151)."""
    rows = portal_rows(120, user)
    layout = replace(PORTAL, header_on=header_on, valign=valign, keep_together=True)
    header = ("userID", "NetworkCo", "Search Time", "Reason")
    _, found = only_table(read_pdf(draw(tmp_path / "a.pdf", [(header, rows)], layout)))
    data = [flat(row) for row in found if flat(row) != header]
    assert data == rows
    assert len(found) - len(data) == {"first": 1, "none": 0, "each": max(r.page or 0 for r in found)}[header_on]


def test_label_broken_by_a_narrow_column(tmp_path: Path) -> None:
    """A label that the column cuts in two is one label (151)."""
    layout = replace(PORTAL, valign="top", keep_together=True)
    _, found = only_table(read_pdf(draw(tmp_path / "a.pdf", [(PORTAL_HEADER, portal_rows(20))], layout)))
    assert found[0].cells == PORTAL_HEADER


def test_ids_broken_by_a_narrow_column(tmp_path: Path) -> None:
    """An id over several lines is joined without anything."""
    rows = [(str(uuid.UUID(int=i * 7919**9)), "Elm SO", f"theft of {i} bicycles at night") for i in range(30)]
    for valign in ("top", "bottom"):
        layout = Layout(lefts=(40, 130, 260), widths=(70, 110, 90), valign=valign)
        path = draw(tmp_path / f"{valign}.pdf", [(("ID", "Agency", "Reason"), rows)], layout)
        _, found = only_table(read_pdf(path))
        assert [flat(row) for row in found[1:]] == rows


SHARING = Layout(lefts=(20, 280, 585), widths=(230, 295, 110), size=10, pitch=15)
SHARING_HEADER = ("Organization Name", "Networks Shared With Me", "Networks I'm Sharing")


def sharing_rows(n: int) -> list[tuple[str, ...]]:
    places = ("Ash", "Birch", "Cedar Falls", "Dogwood Springs Regional", "Elm", "Fir")
    rows = []
    for i in range(n):
        name = f"{places[i % 6]} {'ABCDEFGHIJ'[i % 10]}{'klmnop'[i % 6]} County FL SO"
        lists = [
            "",
            name,
            f"{name},{name} (LR),{name} - Axon",
            ",".join(f"{name} ({k})" for k in ("Flex", "Raven", "Tech", "Condor", "Wing")),
        ]
        mine = "Elm County FL SO" if i % 3 else ""
        rows.append((name, lists[i % 4] or ("" if mine else name), mine))
    return rows


@pytest.mark.parametrize("valign", ["top", "bottom"])
@pytest.mark.parametrize("header_on", ["first", "each", "none"])
@pytest.mark.parametrize("footer", [None, "Page {page} of 10", "{page}"])
def test_sharing_list(tmp_path: Path, valign: str, header_on: str, footer: str | None) -> None:
    """A printed sharing list: text only, lists of many lines, empty cells, page numbers beneath (155, 157)."""
    rows = sharing_rows(150)
    layout = replace(SHARING, valign=valign, header_on=header_on, footer=footer, keep_together=True)
    reading = read_pdf(draw(tmp_path / "s.pdf", [(SHARING_HEADER, rows)], layout))
    _, found = only_table(reading)
    data = [flat(row) for row in found if flat(row) != SHARING_HEADER]
    assert data == rows


@pytest.mark.parametrize("lines", ["ruled", "grid", "pad"])
@pytest.mark.parametrize("valign", ["top", "middle", "bottom"])
def test_rulings_and_padding_part_records(tmp_path: Path, lines: str, valign: str) -> None:
    """With rulings or padding a record is what stands between them, ids or not."""
    rows = [
        (
            f"Elm {'abcdefghijklmnopqrst'[i]}",
            "one two three four five six seven" if i % 3 else "",
            "alpha beta gamma delta" if i % 2 else "x",
        )
        for i in range(20)
    ]
    layout = Layout(
        lefts=(40, 140, 260),
        widths=(80, 70, 60),
        valign=valign,
        pad=3,
        ruled=lines == "ruled",
        grid=lines == "grid",
        keep_together=True,
        page=(400, 300),
    )
    _, found = only_table(read_pdf(draw(tmp_path / "r.pdf", [(("Name", "Notes", "Tags"), rows)], layout)))
    assert [flat(row) for row in found] == [("Name", "Notes", "Tags"), *rows]


def test_title_footer_and_running_head_are_no_rows(tmp_path: Path) -> None:
    layout = replace(
        PORTAL,
        title="Public Search Audit",
        footer="Page {page} of 4",
        running_head="Elm Police Department: transparency, November 2025",
        header_on="each",
    )
    reading = read_pdf(
        draw(
            tmp_path / "a.pdf",
            [(PORTAL_HEADER, portal_rows(120))],
            replace(layout, lefts=(40, 240, 310, 420), widths=(190, 62, 105, 200)),
        )
    )
    table, found = only_table(reading)
    assert table.title == "Public Search Audit"
    assert [flat(r) for r in found if flat(r) != PORTAL_HEADER] == portal_rows(120)
    assert [p.code for p in reading.problems] == ["note"]


def test_metadata_title_comes_first(tmp_path: Path) -> None:
    layout = replace(PORTAL, title="Public Search Audit", metadata_title="Elm-Audit.csv", header_on="first")
    table, _ = only_table(
        read_pdf(draw(tmp_path / "a.pdf", [(("User", "N", "Search Time", "Reason"), portal_rows(9))], layout))
    )
    assert table.title == "Elm-Audit.csv"


def test_labels_over_two_lines(tmp_path: Path) -> None:
    """Labels that are wrapped are one row of labels."""
    rows = [(str(1000 + i), f"2025-11-{1 + i:02d} 10:00:00", str(i), "theft") for i in range(20)]
    header = ("Audit Number", "Search Time", "Total Networks Searched", "Reason")
    for valign in ("top", "bottom"):
        layout = Layout(lefts=(40, 85, 195, 245), widths=(40, 100, 45, 100), valign=valign)
        _, found = only_table(read_pdf(draw(tmp_path / "a.pdf", [(header, rows)], layout)))
        assert [flat(row) for row in found] == [header, *rows]


def test_several_tables_of_other_shape(tmp_path: Path) -> None:
    path = tmp_path / "t.pdf"
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(path), pagesize=(612, 792), invariant=1)
    canvas.setFont("Helvetica", 9)
    y = 740

    def line(*cells: tuple[float, str]) -> None:
        nonlocal y
        for x, text in cells:
            canvas.drawString(x, y, text)
        y -= 12

    line((40, "Detections shared with these agencies, as the report of November states them"))
    line((40, "Agency"), (300, "Since"), (420, "Cameras"))
    for i in range(10):
        line((40, f"Elm {'abcdefghij'[i]} PD"), (300, f"2024-01-{i + 1:02d}"), (420, str(10 + i)))
    y -= 20
    line((40, "Hot lists received from these agencies, as the report of November states them"))
    line((40, "List"), (150, "Owner agency"), (330, "Kind"), (450, "Entries"))
    for i in range(8):
        line((40, f"List {'abcdefgh'[i]}"), (150, f"Oak {'abcdefgh'[i]} SO"), (330, "stolen"), (450, str(i)))
    canvas.save()
    reading = read_pdf(path)
    first, second = reading.parts
    assert isinstance(first, RawTable) and isinstance(second, RawTable)
    assert first.sheet == "Detections shared with these agencies, as the report of November states them"
    assert second.sheet == "Hot lists received from these agencies, as the report of November states them"
    rows = list(first.rows)
    assert rows[0].cells == ("Agency", "Since", "Cameras")
    assert [row.cells for row in rows[1:]] == [
        (f"Elm {'abcdefghij'[i]} PD", f"2024-01-{i + 1:02d}", str(10 + i)) for i in range(10)
    ]
    rows = list(second.rows)
    assert rows[0].cells == ("List", "Owner agency", "Kind", "Entries")
    assert [row.cells for row in rows[1:]] == [
        (f"List {'abcdefgh'[i]}", f"Oak {'abcdefgh'[i]} SO", "stolen", str(i)) for i in range(8)
    ]


WORDS = ("ash", "birch", "cedar", "dogwood", "elm", "fir", "gum", "hazel", "iris", "juniper", "larch", "maple")


def random_table(seed: int) -> tuple[tuple[str, ...], list[tuple[str, ...]], Layout]:
    """Invent a table of three to seven columns in any order; at least one holds a value in every row."""
    rng = random.Random(seed)
    kinds = [
        "uuid" if rng.random() < 0.5 else "time",
        *rng.choices(["number", "word", "text", "blankish"], k=rng.randrange(2, 6)),
    ]
    rng.shuffle(kinds)
    widths = {"uuid": 150, "time": 90, "number": 40, "word": 60, "text": rng.choice([70, 110]), "blankish": 50}
    labels = {
        "uuid": "Search ID",
        "time": "Searched At",
        "number": "Count",
        "word": "Type",
        "text": "Reason",
        "blankish": "Note",
    }

    def value(kind: str) -> str:
        if kind == "uuid":
            return str(uuid.UUID(int=rng.getrandbits(128)))
        if kind == "time":
            return f"2025-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d} {rng.randrange(24):02d}:00:07"
        if kind == "number":
            return str(rng.randrange(10 ** rng.randrange(1, 7)))
        if kind == "word":
            return rng.choice(WORDS)
        if kind == "text":
            return " ".join(rng.choices(WORDS, k=rng.randrange(1, 12)))
        return rng.choice(["", "", "", "seen"])

    gap = rng.choice([5, 9, 16])
    lefts = [30.0]
    for kind in kinds[:-1]:
        lefts.append(lefts[-1] + widths[kind] + gap)
    layout = Layout(
        lefts=tuple(lefts),
        widths=tuple(float(widths[kind]) for kind in kinds),
        valign=rng.choice(["top", "bottom"]),
        right_aligned=frozenset(i for i, kind in enumerate(kinds) if kind == "number" and rng.random() < 0.5),
        header_on=rng.choice(["first", "each"]),
        keep_together=rng.random() < 0.6,
        pad=rng.choice([0, 0, 3]),
        quarter=rng.randrange(4),
        shuffle=rng.choice([None, seed]),
        footer=rng.choice([None, "Page {page} of 9", "{page}"]),
        page=(842, 595),
    )
    rows = [tuple(value(kind) for kind in kinds) for _ in range(rng.randrange(5, 90))]
    return tuple(labels[kind] for kind in kinds), rows, layout


@pytest.mark.parametrize("seed", range(60))
def test_any_order_and_number_of_columns(tmp_path: Path, seed: int) -> None:
    header, rows, layout = random_table(seed)
    _, found = only_table(read_pdf(draw(tmp_path / "a.pdf", [(header, rows)], layout)))
    assert flat(found[0]) == header
    assert [flat(row) for row in found if flat(row) != header] == rows
