"""Containers, encodings, names and periods (QUIRKS 4.2 and 4.3): one test a quirk."""

from __future__ import annotations

import base64
import datetime as dt
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from custodiet.case import Case
from custodiet.resolve.organisations import update_organisations
from custodiet.resolve.searches import update_searches
from tests.intake.builders import HEADER, csv_text, write
from tests.intake.hostile_archives import zip_of
from tests.intake.hostile_workbooks import MAIN, xls, xlsb, xlsx_parts
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
from tests.intake.test_page_capture import CAPTURE
from tests.intake.test_page_html import first_layout

OWN = csv_text(without([HEADER, search(1)], "Org Name"))
SHARING = csv_text(
    [
        ["Organization Name", "Networks Shared With Me", "Networks I'm Sharing"],
        ["Otherville TX PD", "Otherville TX PD", ""],
        ["Thirdton NV SO", "", "Anytown OH PD"],
    ]
)


def test_quirk_035_byte_order_mark(tmp_path: Path) -> None:
    found = read(tmp_path, "\ufeff" + log([search(1), search(2)]))
    assert found.disclosure["header_raw"][0] == "ID"
    is_in_place(found.records[0], 1)


def test_quirk_036_first_windows_byte_after_megabytes_of_ascii(tmp_path: Path) -> None:
    head = log(search(n, reason="x" * 300) for n in range(1, 5_000)).encode()
    odd = csv_text([search(5_000, reason="driver?s licence")]).encode().replace(b"?", b"\x92")
    assert len(head) > 2_000_000
    found = read(tmp_path, head + odd)
    is_in_place(found.records[-1], 5_000, reason="driver\u2019s licence")
    assert "Windows-1252" in found.message("note")


def test_quirk_037_block_glyphs_dashes_and_narrow_spaces(tmp_path: Path) -> None:
    frame = "01/02/2025, 03:04:05\u202fPM UTC\n01/03/2025, 03:04:05\u202fPM UTC"
    row = search(
        1, user="█████", networks="\u2014\u2014", devices="\u2014\u2014", reason="\u2014\u2014", time_frame=frame
    )
    row[10] = "01/03/2025, 03:00:01\u202fPM UTC"
    found = read(tmp_path, log([row, search(2)]))
    hidden = {"user": "█████", "user_state": "masked", "reason": "\u2014\u2014", "reason_state": "masked"}
    is_in_place(found.records[0], 1, **hidden, networks=None, devices=None)
    assert not {"bad-time", "column-shift"} & set(found.codes)


def test_quirk_038_extensions_wrong_and_cut_off(tmp_path: Path) -> None:
    grid = [[*HEADER], search(4)]
    cells = [(row, column, text) for row, line in enumerate(grid, 1) for column, text in enumerate(line) if text]
    files: dict[str, Any] = {
        "a.xlsx": log([search(1)]),
        "b.csv": workbook({"s": [HEADER, search(2)]}),
        "Anytown_Network_Audi": log([search(3)]),
        "d.xlsb": xlsb(cells),
        "e.xls": csv_text([HEADER, search(5)], "\t").encode("utf-16"),
        "f.tsv": csv_text([HEADER, search(6)], "\t"),
        "g.xls": xls([(row, column, text.replace(search_id(4), search_id(7))) for row, column, text in cells]),
        "h.c": log([search(8)]),
    }
    found = read_all(tmp_path, files)
    assert sorted(found.column("search_id")) == [search_id(n) for n in range(1, 9)]
    for record in found.records:
        assert (record["networks"], record["reason"]) == (12, "stolen vehicle")
    noted = {p["message"].split(",")[0] for p in found.problems if p["code"] == "note"}
    assert noted == {"The name ends in .xlsx", "The name ends in .csv", "The name ends in .xls"}


def test_quirk_039_many_members_in_folders_named_after_staff(tmp_path: Path) -> None:
    members = {f"Export/J. Staffmember/{n:03d}.csv": log([search(n)]) for n in range(1, 7)}
    found = read(tmp_path, zipped(members), "records.zip")
    assert sorted(row["member_path"] for row in found.disclosures) == sorted(members)
    assert len(found.records) == 6
    assert {row["producer"] for row in found.disclosures} == set(ORGS)
    assert "Staffmember" not in str([row["message"] for row in found.problems])


NAMES = [
    "OneDrive_2026-09-21.zip", "Logs-20260921T072017Z-1-001.zip", "Logs_-0700.zip", "Logs_PDT.zip",
    "Records_Request_Download_26-101--22-17-20.zip",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_quirk_040_archive_in_archive_by_cloud_names(tmp_path: Path, name: str) -> None:
    found = read(tmp_path, zipped({"inner.zip": zipped({"a/Audit.csv": log([search(1), search(2)])})}), name)
    assert found.disclosure["member_path"] == "inner.zip!/a/Audit.csv"
    assert (found.disclosure["producer"], len(found.records), found.codes) == (None, 2, [])


def test_quirk_041_members_that_share_a_cut_off_name(tmp_path: Path) -> None:
    name = "1_1_2025-1_31_2025-Anytown_OH_PD-Network-Au"
    found = read(
        tmp_path, zipped({name: log([search(1)]), f"{name}d": log([search(2)]), f"x/{name}": log([search(3)])})
    )
    assert sorted(row["member_path"] for row in found.disclosures) == [name, f"{name}d", f"x/{name}"]
    assert len({row["disclosure_id"] for row in found.records}) == 3


def test_quirk_042_suffixes_second_uploads_and_other_bytes_under_one_name(tmp_path: Path) -> None:
    files: dict[str, Any] = {
        "batch 1/Anytown_OH_PD_Audit_OFfjQQv.csv": OWN,
        "batch 1/Anytown_OH_PD_Audit_OFfjQQv (1).csv": OWN,
        "batch 2/Anytown_OH_PD_Audit_OFfjQQv.csv": OWN + csv_text(without([search(2)], "Org Name")),
    }
    found = read_all(tmp_path, files)
    assert sorted(row["n_records"] for row in found.disclosures) == [1, 2]
    assert len({row["sha256"] for row in found.disclosures}) == 2
    assert {row["producer"] for row in found.disclosures} == {"Anytown OH PD"}
    assert found.codes == ["duplicate"]


def test_quirk_043_a_record_is_no_line(tmp_path: Path) -> None:
    text = 'line 1\nline "2"\n\n# line 4,\r\nTotal'
    found = read(tmp_path, log(search(n, reason=text) for n in (1, 2, 3)))
    assert found.column("source_row") == [2, 3, 4]
    assert found.column("reason") == [text] * 3
    assert found.column("window_end") == [datetime(2025, 1, 3, 15, 4, 5, tzinfo=UTC)] * 3


def test_quirk_044_counts_written_as_floats(tmp_path: Path) -> None:
    pairs = [("5109.0", "164.0"), ("5109.00", "5,109.0"), ("12.5", "1e3"), ("-1", "5109.000")]
    found = read(tmp_path, log(search(n, networks=a, devices=b) for n, (a, b) in enumerate(pairs, 1)))
    assert list(zip(found.column("networks"), found.column("devices"), strict=True)) == [
        (5109, 164), (5109, 5109), (None, 1000), (None, 5109),
    ]  # fmt: skip
    assert "2 cells of networks" in found.message("note")


def test_quirk_045_date_cells_serials_and_text(tmp_path: Path) -> None:
    def row(number: int, moment: object) -> list[object]:
        return [*search(number)[:10], moment, *search(number)[11:]]

    cells = [HEADER, row(1, dt.datetime(2025, 1, 3, 15, 0, 1)), row(2, dt.datetime(2025, 1, 3, 15, 0, 2))]
    found = read(tmp_path / "cells", workbook({"Log": cells}), "log.xlsx")
    assert found.column("searched_at") == [searched_at(1), searched_at(2)]
    assert {"serial-date", "zone-assumed"} <= set(found.codes)
    found = read(tmp_path / "text", log([search(n, searched_at="45660.62500") for n in (1, 2)]))
    assert found.column("searched_at") == [datetime(2025, 1, 3, 15, tzinfo=UTC)] * 2
    assert "serial-date" in found.codes
    mixed = [HEADER, row(1, dt.datetime(2025, 1, 3, 15, 0, 1)), search(2)]
    found = read(tmp_path / "mixed", workbook({"Log": mixed}), "log.xlsx")
    assert found.column("searched_at") == [searched_at(1), searched_at(2)]


@pytest.mark.slow
def test_quirk_046_as_many_rows_as_a_sheet_can_hold(tmp_path: Path) -> None:
    def save(path: Path) -> None:
        with path.open("w") as file:
            file.write("Org Name,Total Networks Searched,Search Time,Reason\n")
            for n in range(1_048_575):
                file.write(f"{ORGS[n % 3]},{n % 900},2025-01-03 15:{n // 60 % 60:02d}:{n % 60:02d},theft {n % 97}\n")

    path = tmp_path / "log.csv"
    save(path)
    with Case.open(tmp_path / "case", create=True) as case:
        from custodiet.intake.add import add_paths

        add_paths(case, [path])
        (disclosure,) = case.read("disclosures").to_pylist()
    assert (disclosure["n_records"], disclosure["problems"]) == (1_048_575, ["truncated", "zone-assumed"])


@pytest.mark.parametrize("n_rows", [10_000, 20_000])
def test_quirk_047_round_totals(tmp_path: Path, n_rows: int) -> None:
    rows = ([ORGS[n % 3], str(n % 900), "2025-01-03T15:00:00Z", f"theft {n % 97}"] for n in range(n_rows))
    header = ["Org Name", "Total Networks Searched", "Search Time", "Reason"]
    found = read(tmp_path, csv_text([header, *rows]))
    assert found.codes == ["truncated"]
    assert f"exactly {n_rows:,} rows" in found.message("truncated")


def test_quirk_048_many_monthly_files_make_one_case(tmp_path: Path) -> None:
    files: dict[str, Any] = {
        f"{month}_1_2025-Anytown_OH_PD-Network-Audit.csv": log(
            search(month * 100 + n, searched_at=f"{month:02d}/05/2025, 03:00:01 PM UTC") for n in range(50)
        )
        for month in (1, 2, 11)
    }
    found = read_all(tmp_path, {"logs.zip": zipped(files)})
    months = sorted((row["first_searched_at"].month, row["n_records"]) for row in found.disclosures)
    assert months == [(month, 50) for month in (1, 2, 11)]


def test_quirk_049_json_lines_that_leave_blanks_out(tmp_path: Path) -> None:
    rows = [dict(zip(LABELS, search(n, user="", case_number="25-1" if n == 1 else ""), strict=True)) for n in (1, 2, 3)]
    lines = "\n".join(json.dumps({key: text for key, text in row.items() if text}) for row in rows)
    found = read(tmp_path, lines, "log.jsonl")
    notes = sorted(row["message"][:24] for row in found.problems)
    assert notes == ["No row holds a blank cel", "Some rows lack some keys"]
    for number, record in enumerate(found.records, 1):
        is_in_place(record, number, user=None, case_number="25-1" if number == 1 else None)
        assert (record["source_row"], record["user_state"]) == (number, "not-exported")


def test_quirk_049_json_lines_that_all_lack_the_same_keys(tmp_path: Path) -> None:
    kept = ("ID", "Org Name", "Search Time", "Total Networks Searched", "Reason")
    lines = "\n".join(json.dumps({k: dict(zip(LABELS, search(n), strict=True))[k] for k in kept}) for n in (1, 2, 3))
    found = read(tmp_path / "omitted", lines, "log.jsonl")
    assert "Of case_number, user, plate, blank and not exported cannot be told apart" in found.message("note")
    assert set(found.column("case_number_state")) == {"not-exported"}
    full = "\n".join(json.dumps(dict(zip(LABELS, search(n), strict=True))) for n in (1, 2, 3))
    assert read(tmp_path / "full", full, "log.jsonl").codes == []


@pytest.mark.parametrize("line_end", ["", "\n", "\r\n"])
def test_quirk_050_download_that_ends_in_an_error(tmp_path: Path, line_end: str) -> None:
    found = read(tmp_path, log([search(1), search(2)]) + "# ERROR: download incomplete" + line_end)
    assert (len(found.records), found.disclosure["n_layout"], found.codes) == (2, 1, ["truncated"])


def test_quirk_051_all_quoted_and_as_an_address(tmp_path: Path) -> None:
    portal = [["id", "userId", "searchDate", "networkCount", "reason"],
              [search_id(1), "***", "2026-04-01T00:00:00.000Z", "3", 'said "so", twice\nover']]  # fmt: skip
    quoted = "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in portal)
    plain = read(tmp_path / "file", quoted)
    href = "data:text/csv;base64," + base64.b64encode(quoted.encode()).decode()
    page = first_layout({"Data retention (in days)": "30", "Public Search Audit": f'<a href="{href}">Download CSV</a>'})
    inside = read(tmp_path / "page", page, "page.html")
    for found in (plain, inside):
        (record,) = found.records
        assert (record["reason"], record["networks"], record["user_state"]) == (portal[1][4], 3, "masked")
        assert (record["kind"], record["searched_at"]) == ("portal-audit", datetime(2026, 4, 1, tzinfo=UTC))
    assert inside.records[0]["producer"] == "Anytown CA PD"


def test_quirk_052_capture_folder_with_empty_shells(tmp_path: Path) -> None:
    shell = dict.fromkeys(CAPTURE, None) | {"crawled_slug": "anytown-ca-pd", "archived_date": "2026-01-01"}
    found = read_all(
        tmp_path, {"a/2026-05-27.json": json.dumps(CAPTURE), "a/2026-01-01.pdf.0a1b2c3d.json": json.dumps(shell)}
    )
    assert sum(row["n_portal_values"] > 0 for row in found.disclosures) == 1
    assert [p["file_name"] for p in found.problems if p["code"] == "empty"] == ["2026-01-01.pdf.0a1b2c3d.json"]


def test_quirk_053_workbook_of_another_program(tmp_path: Path) -> None:
    """Formulas of its own without a stored result; a carriage return after the declaration."""
    header = ["Org Name", "Total Networks Searched", "Search Time", "Reason"]
    top = "".join(f'<c r="{"ABCD"[n]}1" t="str"><v>{text}</v></c>' for n, text in enumerate(header))
    formula = '<f>IFERROR(__xludf.DUMMYFUNCTION("IMPORTXML(1)"),"x")</f>'
    rows = (
        f'<row r="1">{top}</row><row r="2"><c r="A2" t="str"><f t="array" ref="A2">x()</f><v>Anytown OH PD</v></c>'
        f'<c r="B2"><v>12.0</v></c><c r="C2" t="str"><v>2025-01-03T15:00:01Z</v></c><c r="D2">{formula}</c></row>'
    )
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?>\r\n<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    )
    found = read(tmp_path, zip_of(xlsx_parts({"Log": body})), "log.xlsx")
    (record,) = found.records
    assert (record["org"], record["networks"], record["searched_at"]) == ("Anytown OH PD", 12, searched_at(1))
    assert record["reason"] is None
    notes = [p["message"] for p in found.problems if p["code"] == "note"]
    assert any("placeholders of another spreadsheet program" in note for note in notes)


@pytest.mark.parametrize(
    ("audit", "n_records", "said"),
    [
        ("absent", 0, "note"),
        ([], 0, "empty"),
        ([{"id": "1", "searchDate": "2026-04-01T00:00:00Z", "networkCount": 3}], 1, ""),
    ],
)
def test_quirk_054_audit_absent_empty_or_a_list(tmp_path: Path, audit: Any, n_records: int, said: str) -> None:
    document = dict(CAPTURE) if audit == "absent" else {**CAPTURE, "search_audit_csv": audit}
    found = read(tmp_path, json.dumps(document), "2026-05-27.json")
    assert len(found.records) == n_records
    assert not said or said in found.codes


FILES = {
    55: ["1_1_2025-1_31_2025-Anytown_OH_PD-Network-Audit.csv", "1_1_2025-1_31_2025-Anytown_OH_PD-Audit.csv"],
    56: [
        "1_1_2025-1_31_2025-Anytown OH PD-Audit (1).csv", "Anytown_OH_PD-Audit_(2)_4.csv",
        "Anytown_OH_PD-Audit__1_.csv",
        "Anytown OH PD Audit - Redacted.csv", "Anytown_OH_PD_Audit_REDACTED.csv", "REDACTED_Anytown_OH_PD_Audit.csv",
        "Anytown OH PD Redatced Batch 3 .csv",
    ],
    57: [
        "4-1-2025 to 5-1-2025-Anytown OH PD-Audit.csv", "Anytown_OH_PD_network_Dec_2025.csv",
        "Anytown_OH_PD_org_Apr_2025.csv",
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", [name for names in FILES.values() for name in names])
def test_quirk_055_056_057_names_of_files_tell_the_producer(tmp_path: Path, name: str) -> None:
    found = read(tmp_path, OWN, name)
    assert (found.disclosure["producer"], found.records[0]["org"]) == ("Anytown OH PD", "Anytown OH PD")


def test_quirk_057_sharing_list_with_its_day_in_the_name(tmp_path: Path) -> None:
    found = read(tmp_path, SHARING, "SharedNetworks_2025_August_5.csv")
    assert {(row["source"], row["recipient"], row["as_of"]) for row in found.shares} == {
        ("Otherville TX PD", "Anytown OH PD", date(2025, 8, 5)), ("Anytown OH PD", "Thirdton NV SO", date(2025, 8, 5)),
    }  # fmt: skip


def test_quirk_058_order_of_names_is_not_order_of_months(tmp_path: Path) -> None:
    files: dict[str, Any] = {
        f"Anytown_OH_PD_network_{word}_2025.csv": log([search(n, searched_at=f"{n:02d}/05/2025, 03:00:01 PM UTC")])
        for n, word in enumerate(("Jan", "Feb", "Apr"), 1)
    }
    found = read_all(tmp_path, files)
    told = {row["file_name"].split("_")[4]: row["first_searched_at"].month for row in found.disclosures}
    assert told == {"Jan": 1, "Feb": 2, "Apr": 3}


def test_quirk_059_wrong_date_in_the_name(tmp_path: Path) -> None:
    found = read(tmp_path, log([search(1), search(2)]), "9-1-2026-Anytown_OH_PD-Network-Audit.csv")
    assert (found.disclosure["first_searched_at"], found.disclosure["last_searched_at"]) == (
        searched_at(1),
        searched_at(2),
    )
    assert found.disclosure["producer"] == "Anytown OH PD"


def test_quirk_060_the_period_is_in_local_days(tmp_path: Path) -> None:
    """A month by the wall clock of the central zone runs from 06:02 to 05:59 of UTC."""
    rows = [search(1, searched_at="01/01/2025, 06:02:00 AM UTC"), search(2, searched_at="02/01/2025, 05:59:00 AM UTC")]
    found = read(tmp_path, log(rows), producer="Anytown TX PD")
    assert found.column("searched_local") == [datetime(2025, 1, 1, 0, 2), datetime(2025, 1, 31, 23, 59)]
    assert found.disclosure["time_zone"] == "America/Chicago"


def test_quirk_061_neighbours_share_a_day(tmp_path: Path) -> None:
    """Both files keep their rows; the searches of the day they share are counted once."""
    days = {n: f"{n // 32 + 1:02d}/{n % 32 or 1:02d}/2025, 03:00:01 PM UTC" for n in range(1, 60)}
    january = write(tmp_path / "jan.csv", log(search(n, searched_at=days[n]) for n in range(1, 33)))
    february = write(tmp_path / "feb.csv", log(search(n, searched_at=days[n]) for n in range(32, 60)))
    with Case.open(tmp_path / "case", create=True) as case:
        from custodiet.intake.add import add_paths

        add_paths(case, [january, february])
        update_organisations(case)
        update_searches(case)
        assert (case.count("records"), case.count("searches")) == (60, 59)


def test_quirk_062_partial_month_is_told_by_its_rows(tmp_path: Path) -> None:
    rows = [search(n, searched_at=f"12/{n:02d}/2025, 03:00:01 PM UTC") for n in range(1, 18)]
    found = read(tmp_path, log(rows), "12_1_2025-12_31_2025-Anytown_OH_PD-Network-Audit.csv")
    assert (found.disclosure["first_searched_at"].day, found.disclosure["last_searched_at"].day) == (1, 17)


def test_quirk_063_a_title_is_no_filter(tmp_path: Path) -> None:
    found = read(
        tmp_path, csv_text([["National Lookups"], HEADER, *(search(n) for n in (1, 2, 3))]), "National Lookups.csv"
    )
    assert sorted(found.column("org")) == sorted(ORGS)
    assert (found.disclosure["producer"], found.disclosure["kind"]) == (None, "network-audit")


def test_quirk_064_numbers_of_productions_are_no_months(tmp_path: Path) -> None:
    files: dict[str, Any] = {
        f"Production {n}/Anytown OH PD Audit.csv": log([search(n, searched_at=f"{month:02d}/09/2026, 03:00:01 PM UTC")])
        for n, month in ((1, 3), (2, 2), (5, 5))
    }
    found = read_all(tmp_path, files)
    assert sorted(row["first_searched_at"].month for row in found.disclosures) == [2, 3, 5]
    assert {row["producer"] for row in found.disclosures} == {ORGS[1], ORGS[2]}


def test_quirk_065_undated_copies_of_a_list_that_differ_by_one_line(tmp_path: Path) -> None:
    files: dict[str, Any] = {
        "Shared Networks.csv": SHARING,
        "Shared Networks copy.csv": SHARING + "Fourth OH SO,,Anytown OH PD\r\n",
        "Shared Networks copy 2.csv": SHARING,
    }
    found = read_all(tmp_path, files)
    assert sorted(row["n_shares"] for row in found.disclosures) == [2, 3]
    assert {row["as_of"] for row in found.shares} == {None}
    assert found.codes.count("duplicate") == 1
    assert sum("states a date" in row["message"] for row in found.problems) == 2


def test_a_saved_book_is_what_the_builders_say(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    filled_book({"s": [["a", "", "b"]]}, first=(5, 3)).save(path)
    sheet = openpyxl.load_workbook(path)["s"]
    assert (sheet["C5"].value, sheet["D5"].value, sheet["E5"].value) == ("a", None, "b")
