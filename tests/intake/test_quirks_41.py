"""Log families and sets of columns (QUIRKS 4.1): one test a quirk, each file as odd as the quirk says."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.intake.builders import HEADER, csv_text
from tests.intake.quirks import (
    LABELS,
    ORGS,
    filled_book,
    is_in_place,
    log,
    read,
    read_all,
    search,
    search_id,
    searched_at,
    without,
    workbook,
    zipped,
)

EVENT = ["Timestamp", "User", "Event Type", "Entity Type", "Entity Details"]


def test_quirk_001_three_logs_called_audit_are_told_by_columns_and_organisations(tmp_path: Path) -> None:
    """Every name says something else than the file is."""
    event = ["2025-01-02T03:04:05.678Z", "jdoe", "updated", "Hot List", "Name: x\nPlate: INV1"]
    found = read_all(
        tmp_path,
        {
            "Network-Audit.csv": log([search(n, org=ORGS[0]) for n in (1, 2)]),
            "Event-Audit.csv": log([search(n) for n in (3, 4, 5)]),
            "Own-Audit.csv": csv_text([EVENT, event]),
        },
        producer="Otherville TX PD",
    )
    told = {row["file_name"]: (row["kind"], row["n_records"], row["n_events"]) for row in found.disclosures}
    assert told == {
        "Network-Audit.csv": ("organisation-audit", 2, 0),
        "Event-Audit.csv": ("network-audit", 3, 0),
        "Own-Audit.csv": ("event-log", 0, 1),
    }
    # The producer's own searches stand in its network log beside those of outsiders.
    network = [row["org"] for row in found.records if row["kind"] == "network-audit"]
    assert sorted(network) == sorted(ORGS)


FORMS = {
    2: ("fourteen columns, modern", []),
    3: ("thirteen columns", ["Total Devices Searched"]),
    4: ("eleven columns, old", ["ID", "Text Prompt", "Moderation"]),
    5: ("ten columns, federal", ["Time Frame", "Total Devices Searched", "Text Prompt", "Moderation"]),
    6: ("nine columns, a print", ["Name", "License Plate", "Case #", "Filters", "Text Prompt"]),
}
ABSENT = {
    "ID": {"search_id": None},
    "Name": {"user": None, "user_state": "not-exported"},
    "License Plate": {"plate": None, "plate_state": "not-exported"},
    "Case #": {"case_number": None, "case_number_state": "not-exported"},
    "Filters": {"filters": None},
    "Time Frame": {"window_start": None, "window_end": None},
    "Total Devices Searched": {"devices": None},
    "Text Prompt": {"text_prompt": None},
    "Moderation": {"moderation": None},
}


def _form(tmp_path: Path, quirk: int) -> None:
    gone = FORMS[quirk][1]
    found = read(tmp_path, csv_text(without([HEADER, *(search(n, moderation="allow") for n in (1, 2, 3))], *gone)))
    changed = {"moderation": "allow"} | {name: value for label in gone for name, value in ABSENT[label].items()}
    assert len(found.disclosure["header"]) == 14 - len(gone)
    for number, record in enumerate(found.records, 1):
        is_in_place(record, number, **changed)
    assert (found.column("source_row"), found.codes) == ([2, 3, 4], [])


def test_quirk_002_fourteen_columns(tmp_path: Path) -> None:
    _form(tmp_path, 2)


def test_quirk_003_thirteen_columns_without_devices(tmp_path: Path) -> None:
    _form(tmp_path, 3)


def test_quirk_004_eleven_columns_of_the_old_form(tmp_path: Path) -> None:
    _form(tmp_path, 4)


def test_quirk_005_ten_columns_of_the_federal_extract(tmp_path: Path) -> None:
    _form(tmp_path, 5)


def test_quirk_006_nine_columns_of_a_print(tmp_path: Path) -> None:
    _form(tmp_path, 6)


def test_quirk_007_six_columns_without_a_time(tmp_path: Path) -> None:
    kept = ["Name", "Org Name", "Total Networks Searched", "License Plate", "Reason", "Case #"]
    rows = without([HEADER, search(1), search(2)], *(label for label in LABELS if label not in kept))
    found = read(tmp_path, csv_text(rows))
    nothing = dict.fromkeys(("search_id", "devices", "window_start", "window_end", "filters", "searched_at"))
    for number, record in enumerate(found.records, 1):
        is_in_place(record, number, **nothing, search_type=None)
    assert (found.disclosure["n_records"], found.disclosure["first_searched_at"]) == (2, None)


def test_quirk_008_five_columns_in_the_manner_of_a_portal(tmp_path: Path) -> None:
    rows = [
        ["ID", "userID", "networkCount", "Search Time", "Reason"],
        [search_id(1), search_id(9), "12", "01/03/2025, 03:04:05 PM UTC", "theft"],
    ]
    found = read(tmp_path, csv_text(rows))
    (record,) = found.records
    assert (record["search_id"], record["user"], record["networks"]) == (search_id(1), search_id(9), 12)
    assert (record["searched_at"], record["reason"]) == (datetime(2025, 1, 3, 15, 4, 5, tzinfo=UTC), "theft")
    assert (record["kind"], record["plate_state"]) == ("portal-audit", "not-exported")


PORTAL = ["id", "userId", "searchDate", "networkCount"]
LAYOUTS = [
    ["reason"], ["offenseType"], [], ["caseNumber"], ["reason", "caseNumber"], ["caseNumber", "offenseType"],
    ["reason", "caseNumber", "offenseType"],
]  # fmt: skip


@pytest.mark.parametrize("more", LAYOUTS, ids="+".join)
def test_quirk_009_seven_layouts_of_the_portal_log(tmp_path: Path, more: list[str]) -> None:
    cells = {"reason": "theft", "caseNumber": "25-1", "offenseType": "Larceny/Theft Offenses"}
    row = [search_id(1), "***", "2025-01-03T15:04:05.123Z", "12", *(cells[label] for label in more)]
    found = read(tmp_path, csv_text([[*PORTAL, *more], row]))
    (record,) = found.records
    told = {"reason": record["reason"], "caseNumber": record["case_number"], "offenseType": record["offense_type"]}
    assert told == {label: text if label in more else None for label, text in cells.items()}
    assert record["searched_at"] == datetime(2025, 1, 3, 15, 4, 5, 123000, tzinfo=UTC)
    assert (record["networks"], record["user_state"], record["kind"]) == (12, "masked", "portal-audit")
    assert record["case_number_state"] == ("value" if "caseNumber" in more else "not-exported")


def test_quirk_010_own_log_without_organisations_belongs_to_the_release(tmp_path: Path) -> None:
    content = csv_text(without([HEADER, search(1), search(2)], "Org Name"))
    found = read_all(tmp_path, {"Anytown OH PD/Audit.csv": content})
    assert {(row["org"], row["org_basis"], row["kind"]) for row in found.records} == {
        ("Anytown OH PD", "producer", "organisation-audit")
    }
    assert found.disclosure["producer_basis"] == "name of the file"


def test_quirk_011_later_labels(tmp_path: Path) -> None:
    rows = [
        ["Org Name", "Camera Count", "Reason", "Offense Type", "Search Date/Time"],
        ["Anytown OH PD", "345", "theft", "Larceny/Theft Offenses", "01/03/2025, 03:04:05 PM UTC"],
    ]
    (record,) = read(tmp_path, csv_text(rows)).records
    assert (record["devices"], record["networks"]) == (345, None)
    assert record["offense_type"] == "Larceny/Theft Offenses"
    assert record["searched_at"] == datetime(2025, 1, 3, 15, 4, 5, tzinfo=UTC)


def test_quirk_012_labels_that_begin_with_a_space(tmp_path: Path) -> None:
    found = read(tmp_path, log([search(1)]))
    assert found.disclosure["header_raw"][:3] == ["ID", " Name", " Org Name"]
    assert found.disclosure["header"] == LABELS
    is_in_place(found.records[0], 1)


def test_quirk_013_other_labels_of_the_same_columns(tmp_path: Path) -> None:
    header = ["ID", "userID", "Org Name", "networkCount", "cameraCount", "License Plates", "Reason_1", "Case Number",
              "Search Date", "Search Type", "Test Prompt"]  # fmt: skip
    row = [search_id(1), "A. Bar", ORGS[0], "12", "345", "INV1", "theft", "25-1", "01/03/2025, 03:00:01 PM UTC",
           "freeform", "red car"]  # fmt: skip
    (record,) = read(tmp_path, csv_text([header, row])).records
    assert [record[name] for name in ("user", "networks", "devices", "reason", "case_number", "text_prompt")] == [
        "A. Bar", 12, 345, "theft", "25-1", "red car",
    ]  # fmt: skip
    assert (record["searched_at"], record["plate_state"]) == (searched_at(1), "value")


def test_quirk_014_equal_labels_and_labels_of_our_own(tmp_path: Path) -> None:
    more = ["reason ", "REASON", "row_no", "source_row", "overflow", "c0", "staged", "layout_corrected"]
    found = read(
        tmp_path, log([[*search(n), *(f"x{n}{place}" for place in range(8))] for n in (1, 2)], [*HEADER, *more])
    )
    assert found.disclosure["header"][14:] == ["reason_2", "REASON_3", *more[2:]]
    assert found.disclosure["header_raw"][14:] == more
    is_in_place(found.records[0], 1)
    assert found.column("source_row") == [2, 3]
    assert found.column("layout_corrected") == [False, False]


def test_quirk_015_blank_labels_over_filled_columns(tmp_path: Path) -> None:
    header = [label if place not in (6, 8, 9, 12, 13) else "" for place, label in enumerate(HEADER)]
    found = read(tmp_path, log([search(n, moderation="allow", text_prompt="red car") for n in (1, 2)], header))
    for number, record in enumerate(found.records, 1):
        is_in_place(record, number, moderation="allow", text_prompt="red car")
    assert "columns 7, 9, 10, 13, 14 were named by a known order" in found.message("note")


def test_quirk_016_unlabelled_columns_of_masks(tmp_path: Path) -> None:
    """In a known order they are told by it; beyond the header they are kept apart, and said."""
    named = [label if place not in (1, 6) else "" for place, label in enumerate(HEADER)]
    rows = [search(n, user="REDACTED", plate="REDACTED") for n in (1, 2)]
    found = read(tmp_path / "named", log(rows, named))
    assert set(found.column("user_state") + found.column("plate_state")) == {"masked"}
    found = read(tmp_path / "beyond", log([[*search(n), "REDACTED", "REDACTED"] for n in (1, 2)], [*HEADER, "", ""]))
    for number, record in enumerate(found.records, 1):
        is_in_place(record, number)
    assert any("columns 15, 16 are kept unnamed" in row["message"] for row in found.problems)


@pytest.mark.parametrize("label", ["ID", "Name", "Time Frame", "License Plate", "Search Type", "Text Prompt"])
def test_quirk_017_label_whose_column_was_deleted(tmp_path: Path, label: str) -> None:
    """One way of moving the cells fits: they are moved, and the deleted column is not exported rather than blank."""
    rows = without([search(n, moderation="allow") for n in range(1, 30)], label)
    found = read(tmp_path, log(rows))
    gone = ABSENT.get(label, {"search_type": None})
    for number, record in enumerate(found.records, 1):
        is_in_place(record, number, **{"moderation": "allow"} | gone)
        assert record["layout_corrected"]
    assert "29 rows" in found.message("phantom-header")


@pytest.mark.parametrize(
    ("label", "unsure"),
    [
        ("Org Name", {"user": None, "org": None, "user_state": "not-exported"}),
        ("Total Networks Searched", {"networks": None, "devices": None}),
        ("Total Devices Searched", {"networks": None, "devices": None}),
        ("Case #", {"case_number": None, "filters": None, "case_number_state": "not-exported"}),
        ("Filters", {"case_number": None, "filters": None, "case_number_state": "not-exported"}),
    ],
)
def test_quirk_017_deleted_column_that_cannot_be_told(tmp_path: Path, label: str, unsure: dict[str, object]) -> None:
    """Two columns of one kind stand side by side: both stay without a cell, all others are in their places."""
    rows = without([search(n, moderation="allow") for n in range(1, 30)], label)
    found = read(tmp_path, log(rows))
    for number, record in enumerate(found.records, 1):
        is_in_place(record, number, **{"moderation": "allow"} | unsure)
    assert {"column-shift", "phantom-header"} <= set(found.codes)
    assert found.disclosure["producer"] is None


@pytest.mark.slow
def test_quirk_018_no_header_and_exactly_twenty_thousand_rows(tmp_path: Path) -> None:
    found = read(tmp_path, csv_text([search(n, moderation="allow") for n in range(1, 20_001)]))
    assert (found.disclosure["n_records"], found.codes) == (20_000, ["constant-column", "no-header", "truncated"])
    is_in_place(found.records[0], 1, moderation="allow")
    assert found.records[-1]["source_row"] == 20_000


def test_quirk_019_header_again_in_the_body(tmp_path: Path) -> None:
    rows = [search(n) for n in range(1, 401)]
    found = read(tmp_path, csv_text([*rows[:250], HEADER, *rows[250:]]))
    assert (found.disclosure["n_records"], found.disclosure["n_layout"]) == (400, 1)
    assert [record["source_row"] for record in found.records[248:252]] == [249, 250, 252, 253]
    assert {"no-header", "repeated-header"} <= set(found.codes)
    assert not any(record["layout_corrected"] for record in found.records)


def _pasted(number: int) -> list[str]:
    """Give the cells of a row in the order of the export below: the organisation twice, no moderation."""
    return [*search(number)[:1], ORGS[number % 3], *search(number)[1:13]]


def test_quirk_020_another_export_pasted_below(tmp_path: Path) -> None:
    found = read(tmp_path, log([*(search(n, moderation="allow") for n in range(1, 90)), *map(_pasted, range(90, 140))]))
    for number, record in enumerate(found.records, 1):
        is_in_place(record, number, moderation="allow" if number < 90 else None)
        assert record["layout_corrected"] == (number >= 90)
    assert "follow another order of columns" in found.message("column-shift")


def test_quirk_020_pasted_in_an_order_that_nobody_knows(tmp_path: Path) -> None:
    """What cannot be told is left out: no plate under the case number, no time under the id."""

    def scrambled(number: int) -> list[str]:
        row = dict(zip(LABELS, search(number), strict=True))
        order = ["Search Time", "Org Name", "Name", "ID", "Org Name", *LABELS[3:10], "Search Type", "Text Prompt"]
        return [row[label] for label in order]

    found = read(tmp_path, log([*(search(n) for n in range(1, 90)), *map(scrambled, range(90, 140))]))
    for number, record in enumerate(found.records[89:], 90):
        cells = dict.fromkeys(("search_id", "user", "org", "networks", "devices", "reason", "case_number", "filters"))
        states = {f"{name}_state": "not-exported" for name in ("user", "reason", "case_number", "plate")}
        is_in_place(record, number, **cells, **states, search_type=None)
        assert record["source_row"] == number + 1
    assert "50 rows" in found.message("column-shift")
    assert "INV" not in str(found.records)


def test_quirk_021_rows_that_do_not_carry_a_listed_column(tmp_path: Path) -> None:
    rows = [search(n, filters="white, suv", moderation="") for n in range(1, 8)]
    for place in (0, 2, 5):
        rows[place] = without([rows[place]], "Case #")[0]
    found = read(tmp_path, log(rows))
    for number, record in enumerate(found.records, 1):
        lacks = {"case_number": None, "case_number_state": "not-exported"} if number in (1, 3, 6) else {}
        is_in_place(record, number, filters="white, suv", **lacks)
    assert found.column("layout_corrected") == [True, False, True, False, False, True, False]
    assert [(row["n_rows"], row["first_row"], row["last_row"]) for row in found.repairs] == [(3, 2, 7)]


@pytest.mark.parametrize("extra", [1, 2, 3, 15])
@pytest.mark.parametrize("wide_header", [False, True])
def test_quirk_022_right_shift_from_filters_on(tmp_path: Path, extra: int, wide_header: bool) -> None:
    def shifted(number: int) -> list[str]:
        row = search(number)
        return [*row[:9], *[""] * extra, *row[9:]]

    header = [*HEADER, *[""] * extra] if wide_header else HEADER
    found = read(tmp_path, log([*(search(n) for n in (1, 2)), *map(shifted, range(3, 43))], header))
    for number, record in enumerate(found.records, 1):
        is_in_place(record, number)
        assert record["layout_corrected"] == (number > 2)
    assert found.message("column-shift").startswith(f"40 rows: cells from column 10 on stood {extra} too far right")


def test_quirk_022_one_shifted_row_that_may_be_a_split_reason(tmp_path: Path) -> None:
    row = search(2)
    found = read(tmp_path, log([search(1), [*row[:9], "", *row[9:]], search(3)]))
    unsure = {"reason": None, "case_number": None, "reason_state": "not-exported", "reason_key": None}
    is_in_place(found.records[1], 2, **unsure)
    assert "1 row" in found.message("column-shift")


def test_quirk_023_verdict_under_the_time_and_no_time(tmp_path: Path) -> None:
    rows = [search(n) for n in range(1, 40)]
    for row in rows[10:29]:
        row[10], row[13] = "allow", ""
    found = read(tmp_path, log(rows))
    for number, record in enumerate(found.records, 1):
        odd = {"searched_at": None, "moderation": "allow"} if 10 < number < 30 else {}
        is_in_place(record, number, **odd)
    assert found.message("column-shift").startswith("19 rows: a verdict stood under the time")
    assert "bad-time" not in found.codes


def test_quirk_024_stray_verdict_in_a_fifteenth_cell(tmp_path: Path) -> None:
    """Early in the file or late: it is said either way, and no cell moves under a wrong label."""
    rows = [search(n, moderation="allow") for n in range(1, 300)]
    for place in (5, 6, 280, 281):
        rows[place].append("allow")
    found = read(tmp_path, log(rows))
    for number, record in enumerate(found.records, 1):
        is_in_place(record, number, moderation="allow")
    assert "4 rows have filled cells beyond the 14 columns" in found.message("ragged")


def test_quirk_024_stray_verdict_where_the_row_has_none(tmp_path: Path) -> None:
    found = read(tmp_path, log([search(1), [*search(2), "allow"]]))
    is_in_place(found.records[1], 2, moderation="allow", layout_corrected=True)
    assert "a verdict stood beyond the last column" in found.message("column-shift")


def test_quirk_025_unquoted_commas_spill_into_two_cells(tmp_path: Path) -> None:
    row = search(2)
    row[7:8] = ["stolen", " white", " suv"]
    found = read(tmp_path, log([search(1), row, search(3)]))
    is_in_place(found.records[1], 2, reason="stolen, white, suv")
    assert found.column("layout_corrected") == [False, True, False]


@pytest.mark.parametrize("blank", [[], [""] * 14])
def test_quirk_026_title_and_empty_line_before_the_header(tmp_path: Path, blank: list[str]) -> None:
    found = read(tmp_path, csv_text([["Anytown network audit, March 2025"], blank, HEADER, search(1), search(2)]))
    assert (found.column("source_row"), found.disclosure["n_layout"]) == ([4, 5], 1)
    is_in_place(found.records[0], 1)


def test_quirk_027_used_range_begins_at_c5(tmp_path: Path) -> None:
    rows = [HEADER, search(1), search(2), [], search(3)]
    found = read(tmp_path, workbook({"Export": rows}, first=(5, 3)), "log.xlsx")
    assert found.column("source_row") == [6, 7, 9]
    for number, record in enumerate(found.records, 1):
        is_in_place(record, number)


def test_quirk_028_empty_rows_and_empty_columns(tmp_path: Path) -> None:
    wide = [[*row, "", "", ""] for row in ([*HEADER], search(1), [""] * 14, search(2), *[[""] * 14] * 3000)]
    found = read(tmp_path, csv_text(wide))
    assert (found.column("source_row"), found.disclosure["n_layout"]) == ([2, 4], 3001)
    for number, record in enumerate(found.records, 1):
        is_in_place(record, number)


def test_quirk_029_shorter_and_longer_rows(tmp_path: Path) -> None:
    short = search(1, search_type="lookup")[:12]
    found = read(tmp_path, log([short, [*search(2), "", ""], [*search(3), "note to self"]]))
    for number, record in enumerate(found.records, 1):
        is_in_place(record, number)
    assert found.column("layout_corrected") == [False] * 3
    assert [(p["code"], p["where"]) for p in found.problems] == [("ragged", "first row 4")]


def test_quirk_030_pivot_beside_the_data(tmp_path: Path) -> None:
    pivot = [["Row Labels", "Count of ID"], ["Anytown OH PD", 2], ["Otherville TX PD", 1], ["Grand Total", 3]]
    plain = [["Agency", "Searches"], ["Anytown OH PD", 2], ["Otherville TX PD", 1], ["Total", 3]]
    data = [HEADER, search(1), search(2)]
    found = read(tmp_path, workbook({"Pivot": pivot, "Log": data, "Sum": plain}), "log.xlsx")
    assert {row["sheet"]: (row["n_records"], row["n_layout"], row["kind"]) for row in found.disclosures} == {
        "Pivot": (0, 4, "unread"), "Log": (2, 0, "network-audit"), "Sum": (0, 4, "unread"),
    }  # fmt: skip
    assert sorted(found.codes) == ["note", "note"]


def test_quirk_031_rows_hidden_by_a_filter_are_read(tmp_path: Path) -> None:
    book = filled_book({"Log": [HEADER, *(search(n) for n in range(1, 6))]})
    sheet = book["Log"]
    sheet.auto_filter.ref = "A1:N6"
    sheet.auto_filter.add_filter_column(2, [ORGS[0]])
    for row in (2, 3, 5):
        sheet.row_dimensions[row].hidden = True
    found = read(tmp_path, book.save, "log.xlsx")
    assert found.column("source_row") == [2, 3, 4, 5, 6]
    assert found.message("hidden-sheet") == "3 hidden rows were read."


def test_quirk_032_numbers_of_deleted_sheets(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    filled_book({"March": [HEADER, search(1)], "June": [HEADER, search(2)]}).save(buffer)

    def save(path: Path) -> None:
        with zipfile.ZipFile(buffer) as old, zipfile.ZipFile(path, "w") as new:
            for name in old.namelist():
                new.writestr(name, old.read(name).replace(b'sheetId="2"', b'sheetId="7"'))

    found = read(tmp_path, save, "log.xlsx")
    assert len(found.records) == 2
    assert found.message("note") == "Sheets were deleted before release: 5 numbers of sheets are unused."


def test_quirk_033_a_sheet_a_month_with_odd_names(tmp_path: Path) -> None:
    long = "Anytown network audit of the month of June"
    names = ["APRIL ", "Anytown network audit of MAY 20", "JUNE"]
    book = filled_book({name: [HEADER, search(n)] for n, name in enumerate(names, 1)})
    buffer = io.BytesIO()
    book.save(buffer)

    def save(path: Path) -> None:
        with zipfile.ZipFile(buffer) as old, zipfile.ZipFile(path, "w") as new:
            for name in old.namelist():
                new.writestr(name, old.read(name).replace(b'name="JUNE"', f'name="{long}"'.encode()))

    found = read(tmp_path, save, "log.xlsx")
    assert sorted(row["sheet"] for row in found.disclosures) == sorted([*names[:2], long])
    assert sorted(found.column("search_id")) == [search_id(n) for n in (1, 2, 3)]


def test_quirk_034_one_search_in_two_logs_and_a_foreign_log_inside_a_production(tmp_path: Path) -> None:
    own = log([search(n, org="Denver CO PD") for n in (1, 2)])
    network = log([search(1, org="Denver CO PD"), search(2, org="Denver CO PD"), search(3, org="Pasadena CA PD")])
    found = read_all(
        tmp_path,
        {"production.zip": zipped({"logs/Own.csv": own, "logs/Network.csv": network})},
        producer="Pasadena CA PD",
    )
    told = {row["member_path"]: (row["kind"], row["producer"], row["n_records"]) for row in found.disclosures}
    assert told == {
        "logs/Own.csv": ("organisation-audit", "Pasadena CA PD", 2),
        "logs/Network.csv": ("network-audit", "Pasadena CA PD", 3),
    }
    assert {row["org"] for row in found.records if row["kind"] == "organisation-audit"} == {"Denver CO PD"}
