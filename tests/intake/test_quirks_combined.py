"""Several quirks in one file, as unseen releases have them; and what no shifted row may ever do."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custodiet.intake import mend
from custodiet.intake.formats import match_format
from custodiet.intake.layout import Layout, propose_repairs
from tests.intake.builders import HEADER, csv_text
from tests.intake.quirks import ORGS, is_in_place, log, read, search, search_id, without, workbook, zipped

LACKING = without([search(2, filters="white, suv")], "Case #")[0]
TANGLE = csv_text(
    [["Anytown network audit, March"], [], HEADER, search(1), LACKING, HEADER, search(3), ["Total", "3"]], ";"
)
ABSENT = {"case_number": None, "case_number_state": "not-exported", "filters": "white, suv"}


def test_title_shift_second_header_total_semicolons_and_utf16(tmp_path: Path) -> None:
    found = read(tmp_path, TANGLE.encode("utf-16"), "log.txt")
    assert (found.column("source_row"), found.disclosure["n_layout"]) == ([4, 5, 7], 3)
    is_in_place(found.records[0], 1)
    is_in_place(found.records[1], 2, **ABSENT)
    is_in_place(found.records[2], 3)
    assert found.codes == ["column-shift", "repeated-header"]


def test_the_same_in_an_archive_in_an_archive_all_with_wrong_names(tmp_path: Path) -> None:
    inner = zipped({"Log.xlsx": b"\xef\xbb\xbf" + TANGLE.encode()})
    found = read(tmp_path, zipped({"J. Staffmember/b.csv": inner}), "production.pdf")
    assert found.disclosure["member_path"] == "J. Staffmember/b.csv!/Log.xlsx"
    assert found.column("layout_corrected") == [False, True, False]
    is_in_place(found.records[1], 2, **ABSENT)
    assert sorted(found.codes) == ["column-shift", "note", "note", "note", "repeated-header"]


def test_semicolons_decimal_commas_and_days_first(tmp_path: Path) -> None:
    frame = "04/01/2025 10:00:00\n05/01/2025 10:00:00"
    rows = [
        search(n, searched_at=f"{day}/01/2025 15:04:05", networks=networks, devices="1.234", time_frame=frame)
        for n, day, networks in ((1, "25", "12,0"), (2, "03", "1.234,0"), (3, "04", "12,5"))
    ]
    found = read(tmp_path, csv_text([HEADER, *rows], ";").encode("cp1252"))
    assert [moment.day for moment in found.column("searched_at")] == [25, 3, 4]
    assert {moment.month for moment in found.column("searched_at")} == {1}
    assert set(found.column("window_start")) == {datetime(2025, 1, 4, 10, tzinfo=UTC)}
    assert (found.column("networks"), found.column("devices")) == ([12, 1234, None], [1234] * 3)
    notes = [problem["message"] for problem in found.problems if problem["code"] == "note"]
    assert sorted(notes) == [
        "1 cell of networks holds glyphs or words, no number; those rows have none.",
        "The dates of window_end, window_start fit two orders; read day first, as another column that is written "
        "alike shows.",
    ]


def test_sheet_at_c5_with_an_agency_line_floats_and_a_second_header(tmp_path: Path) -> None:
    first = [*search(1)[:3], 12.0, 345.0, *search(1)[5:]]
    sheet = [["Agency: Anytown OH PD"], [], HEADER, first, [], [*HEADER], search(2)]
    found = read(tmp_path, workbook({"APRIL ": sheet}, first=(5, 3)), "export.csv")
    assert (found.column("source_row"), found.disclosure["producer"]) == ([8, 11], "Anytown OH PD")
    for number, record in enumerate(found.records, 1):
        is_in_place(record, number)
    assert (found.disclosure["producer_basis"], found.disclosure["kind"]) == ("title of the document", "network-audit")


def test_masked_rows_shifted_rows_and_a_broken_download_behind_a_byte_order_mark(tmp_path: Path) -> None:
    shifted = [*search(2)[:9], "", "", *search(2)[9:]]
    text = "\ufeff" + log([["***"] * 14, ["***"] * 14, search(1), shifted]) + "# ERROR: download incomplete"
    found = read(tmp_path, text)
    assert found.column("source_row") == [2, 3, 4, 5]
    assert found.column("reason_state") == ["masked", "masked", "value", "value"]
    is_in_place(found.records[3], 2, layout_corrected=True)
    assert {"column-shift", "truncated"} <= set(found.codes)
    assert "bad-time" not in found.codes


def test_header_below_the_data_in_tabs_without_a_mark(tmp_path: Path) -> None:
    found = read(tmp_path, csv_text([search(1), search(2), HEADER, search(3)], "\t").encode("utf-16-le"))
    assert found.column("source_row") == [1, 2, 4]
    for number, record in enumerate(found.records, 1):
        is_in_place(record, number)


@pytest.mark.slow
def test_a_shifted_plate_is_nowhere_on_disk(tmp_path: Path) -> None:
    """Whatever the fault, a plate under a label of free text is left out of the case."""
    rows = [search(n, plate="QQ77ZZ9", reason=f"theft {n}") for n in range(1, 40)]
    faults = (
        [row[:1] + row[2:] for row in rows], [row[3:] + row[:3] for row in rows], [["x", *row] for row in rows],
        [[*row[:4], "", *row[4:]] for row in rows], without(rows, "Org Name", "Time Frame"),
        [[row[10], row[2], row[1], row[0], row[2], *row[3:10], row[11]] for row in rows],
    )  # fmt: skip
    for place, faulty in enumerate(faults):
        found = read(tmp_path / str(place), log([*(search(n) for n in range(100, 103)), *faulty]))
        assert {"column-shift", "phantom-header"} & set(found.codes), place
        assert len(found.records) == 42
        for file in (tmp_path / str(place) / "case").rglob("*"):
            assert not file.is_file() or b"QQ77ZZ9" not in file.read_bytes(), (place, file.name)


def test_a_list_of_names_is_one_of_organisations_only_where_it_shows_some(tmp_path: Path) -> None:
    lunch = csv_text([["id", "name", "notes"], ["1", "Lunch", "x"], ["2", "Dinner", "y"]])
    assert read(tmp_path / "lunch", lunch).codes == ["unrecognised"]
    agencies = csv_text([["id", "name", "notes"], ["1", ORGS[0], "x"], ["2", ORGS[1], "y"], ["3", "Walmart", "NA"]])
    assert read(tmp_path / "agencies", agencies).disclosure["kind"] == "organisation-list"
    told = csv_text([["id", "Agency Name", "notes"], ["1", "Alpha", "x"], ["2", "Beta", "y"]])
    assert read(tmp_path / "told", told).disclosure["kind"] == "organisation-list"


LAYOUT = Layout.from_labels(HEADER, match_format(HEADER))
CELLS = {
    1: ("A. Bar", "J. Smi", "***", "REDACTED", "Smith, J"),
    2: (*ORGS, "Walmart", "University of California, Berkeley"),
    3: ("12", "5109.0"),
    4: ("345", "0"),
    6: ("INV1234", "***", "Z*0028*", ""),
    7: ("stolen vehicle", "inv", "459", "25-1234", "***", "", "missing person, endangered", "REDACTED / 459 SUS"),
    8: ("25-00123", "", "***", "n/a", "SH25000089394"),
    9: ("", "sedan", "white, suv", "***", "suvgmcblack"),
    11: ("lookup", "search", "freeform", "search - Mobile"),
    12: ("", "red car"),
    13: ("", "allow", "block"),
}


@st.composite
def shifted_rows(draw: st.DrawFn) -> tuple[list[list[str]], list[list[str]]]:
    """Draw rows, and the same rows with one fault: a column gone, two gone, or blank cells put in."""
    whole = []
    for number in range(1, draw(st.integers(1, 30)) + 1):
        row = search(number)
        for place, options in CELLS.items():
            row[place] = draw(st.sampled_from(options))
        whole.append(row)
    place, count = draw(st.integers(0, 9)), draw(st.integers(1, 4))
    if draw(st.booleans()):
        return whole, [[*row[:place], *[""] * count, *row[place:]] for row in whole]
    return whole, [[*row[:place], *row[place + min(count, 2) :]] for row in whole]


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(shifted_rows())
def test_no_cell_of_a_shifted_row_lands_under_another_label(drawn: tuple[list[list[str]], list[list[str]]]) -> None:
    """A cell stands where it stood before the fault, or nowhere."""
    whole, faulty = drawn
    proposal = propose_repairs(LAYOUT, list(enumerate(faulty)), n_rows=len(faulty))
    moves = {row: repair for repair in (*proposal.repairs, *proposal.partial) for row in repair.source_rows}
    for number, (before, cells) in enumerate(zip(whole, faulty, strict=True)):
        after = list(moves[number].apply(cells) if number in moves else cells)[:14]
        misplaced = [
            HEADER[place] for place, cell in enumerate(after) if cell and cell.strip() != before[place].strip()
        ]
        assert not misplaced, (number in moves, cells)


def test_more_shifted_rows_than_are_held_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mend, "_ROW_LIMIT", 7)
    lacking = without((search(n, filters="white, suv") for n in range(1, 31)), "Case #")
    found = read(tmp_path, log([*lacking, HEADER, search(31), *[[""] * 14] * 9]))
    for number, record in enumerate(found.records[:30], 1):
        is_in_place(record, number, **ABSENT)
    is_in_place(found.records[30], 31)
    assert sum(row["n_rows"] for row in found.repairs) == 30
    assert (found.disclosure["n_records"], found.disclosure["n_layout"]) == (31, 10)


def test_a_comma_in_a_name_or_reason_of_a_row_that_fits_its_header(tmp_path: Path) -> None:
    """Quirks 25 and 145: what stands behind the comma begins with a space, and the row has a cell too many."""
    header = ["Organization Name", "Networks Shared With Me", "Networks I'm Sharing"]
    rows = [[ORGS[1], ORGS[1], ORGS[0]], ["University of California", " Berkeley", "", ORGS[0]]]
    found = read(tmp_path / "list", csv_text([header, *rows]))
    assert (ORGS[0], "University of California, Berkeley") in {
        (row["source"], row["recipient"]) for row in found.shares
    }
    assert len(found.shares) == 3
    portal = ["id", "userId", "searchDate", "networkCount", "reason"]
    row = [search_id(1), "***", "2025-01-03T15:04:05Z", "12", "theft"]
    found = read(tmp_path / "log", csv_text([portal, row, [*row, " robbery"], [*row, "robbery"]]))
    assert found.column("reason") == ["theft", "theft, robbery", "theft"]
    assert found.codes == ["column-shift", "ragged"]
