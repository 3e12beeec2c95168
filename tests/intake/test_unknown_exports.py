"""Exports that no format file describes: read where their labels say what they are, and else left alone by name."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.intake.builders import add, adds_up, csv_text, only_disclosure, write

AT = datetime(2025, 1, 25, 15, 4, 5, tzinfo=UTC)
MINUTE = AT.replace(second=0)

# Name, labels, cells of one row, what the record must hold.
SEARCHES: list[tuple[str, list[str], list[str], dict[str, object]]] = [
    ("day first", ["Query Time", "User Login", "Requesting Agency", "Reason Code", "Plate", "Incident"],
     ["25/01/2025 15:04", "jdoe", "Anytown OH PD", "theft", "INV1", "25-1"],
     {"searched_at": MINUTE, "user": "jdoe", "org": "Anytown OH PD", "reason": "theft", "case_number": "25-1"}),
    ("no seconds", ["Transaction Date", "Employee", "Agency", "Justification/Purpose", "DR #", "Plate"],
     ["1/25/2025 3:04 PM", "Doe, J", "Anytown OH PD", "theft", "25-1", "INV1"],
     {"searched_at": MINUTE, "user": "Doe, J", "reason": "theft", "case_number": "25-1"}),
    ("epoch", ["timestamp", "username", "agency", "purpose", "plate_number"],
     ["1737817445000", "jdoe", "Anytown OH PD", "theft", "INV1"],
     {"searched_at": AT, "user": "jdoe", "org": "Anytown OH PD", "reason": "theft"}),
    ("date and clock", ["Date of Inquiry", "Time of Inquiry", "Employee ID", "Vehicle Tag", "Purpose of Inquiry",
                        "Case/Report Number"],
     ["01/25/2025", "15:04", "1234", "INV1", "theft", "25-1"],
     {"searched_at": MINUTE, "user": "1234", "reason": "theft", "case_number": "25-1", "plate_state": "value"}),
    ("permissible purpose", ["User", "Agency", "Transaction Date/Time", "Transaction Type", "Plate",
                             "Permissible Purpose", "Reference #"],
     ["jdoe", "Anytown OH PD", "01/25/2025 15:04:05", "Plate Search", "INV1", "LE", "25-1"],
     {"searched_at": AT, "search_type": "Plate Search", "reason": "LE", "case_number": "25-1"}),
    ("period apart", ["Query Start", "Query End", "Operator Name", "Query Performed", "Plate Queried", "Query Reason"],
     ["2025-01-01 00:00:00", "2025-01-25 00:00:00", "A. Example", "2025-01-25 15:04:05", "INV1", "theft"],
     {"searched_at": AT, "window_start": datetime(2025, 1, 1, tzinfo=UTC), "user": "A. Example", "reason": "theft"}),
    ("snake case", ["search_timestamp", "user_email", "organization", "search_type", "search_reason", "case_id"],
     ["2025-01-25T15:04:05Z", "a@example.org", "Anytown OH PD", "plate", "theft", "25-1"],
     {"searched_at": AT, "user": "a@example.org", "search_type": "plate", "case_number": "25-1"}),
    ("month in letters", ["Audit Date", "Audit User", "ORI", "Purpose Code", "Tag #"],
     ["25-JAN-2025 15:04:05", "JDOE", "OH0010000", "C", "INV1"],
     {"searched_at": AT, "user": "JDOE", "reason": "C", "plate_state": "value"}),
    ("driver records", ["Accessed On", "Accessed By", "Agency Name", "Reason For Access", "Record Accessed"],
     ["01/25/2025 03:04 PM", "jdoe", "Anytown OH PD", "traffic stop", "D1"],
     {"searched_at": MINUTE, "user": "jdoe", "reason": "traffic stop", "plate_state": "not-exported"}),
    ("p.m.", ["Search Time", "Officer Name", "Plate", "Reason"],
     ["Jan. 25, 2025 3:04 p.m.", "Doe", "INV1", "theft"], {"searched_at": MINUTE, "user": "Doe"}),
    ("weekday", ["Search Time", "Officer Name", "Plate", "Reason"],
     ["Saturday, January 25, 2025 3:04:05 PM", "Doe", "INV1", "theft"], {"searched_at": AT}),
    ("joined words", ["DateTime", "UserName", "Department", "PlateNumber", "ReasonForSearch", "IncidentNumber"],
     ["2025-01-25 15:04", "jdoe", "Anytown OH PD", "INV1", "theft", "25-1"],
     {"searched_at": MINUTE, "user": "jdoe", "reason": "theft", "case_number": "25-1"}),
    ("offset", ["Search Date", "Search User", "Search Agency", "Search Plate", "Search Reason", "Search Case Number"],
     ["2025-01-25 10:04:05 -05:00", "jdoe", "Anytown OH PD", "INV1", "theft", "25-1"],
     {"searched_at": AT, "user": "jdoe", "case_number": "25-1"}),
    ("zone of the clock on the wall", ["Search Time", "User", "Plate", "Reason"],
     ["01/25/2025 10:04:05 AM ET", "jdoe", "INV1", "theft"], {"searched_at": AT}),
    ("a column more", ["Lookup Time", "Badge Number", "LP", "Inquiry Reason", "Terminal"],
     ["2025-01-25 15:04:05", "77", "INV1", "theft", "T1"], {"searched_at": AT, "user": "77", "reason": "theft"}),
]  # fmt: skip


@pytest.mark.parametrize(("labels", "cells", "expected"), [case[1:] for case in SEARCHES], ids=[c[0] for c in SEARCHES])
@pytest.mark.parametrize(("delimiter", "encoding"), [(",", "utf-8"), (";", "cp1252"), ("\t", "utf-16")])
def test_search_logs_of_other_systems_are_read(
    tmp_path: Path, labels: list[str], cells: list[str], expected: dict[str, object], delimiter: str, encoding: str
) -> None:
    path = write(tmp_path / "export.txt", csv_text([labels, cells, cells], delimiter), encoding)
    _, case = add(tmp_path / "case", path)
    with case:
        disclosure, records = only_disclosure(case), case.read("records").to_pylist()
    assert disclosure["format_id"] == "generic-search-log"
    assert (disclosure["n_rows_read"], disclosure["n_records"], len(records)) == (2, 2, 2)
    assert {name: records[0][name] for name in expected} == expected


NOT_SEARCHES: dict[str, list[str]] = {
    "budget": ["Fund", "Department", "Account", "Description", "FY24 Budget"],
    "staff": ["Employee", "Department", "Title", "Hire Date", "Salary"],
    "stops": ["Date", "Time", "Officer", "Agency", "Reason", "Race", "Result of Stop"],
    "stops with searches": ["Stop Date", "Officer", "Reason for Stop", "Search Conducted", "Reason for Search"],
    "calls": ["Date", "Time", "Incident #", "Agency", "Nature", "Location", "Comments"],
    "inventory": ["Asset Tag", "Description", "Location", "Department", "Purchase Date"],
    "training": ["Date", "Employee", "Course", "Hours", "Notes"],
    "overtime": ["Date", "Employee", "Department", "Reason", "Hours"],
    "purchases": ["Date", "Vendor", "Department", "Purpose", "Amount"],
    "leave": ["User", "Start Date", "End Date", "Reason"],
    "mail": ["From", "To", "Date", "Subject"],
    "travel": ["From", "To", "Date", "Miles"],
    "graph": ["Source", "Target", "Status"],
    "citations": ["Date", "Time", "Officer", "Plate", "Violation", "Fine"],
    "towing": ["Date", "Plate", "Agency", "Reason", "Tow Company"],
    "vehicles": ["Date", "Vehicle", "User", "Purpose", "Mileage"],
    "visitors": ["Date", "Time In", "Name", "Organization", "Purpose"],
    "tickets": ["Ticket ID", "Created At", "User", "Action", "Description"],
    "survey": ["Timestamp", "Name", "Department", "Comments"],
    "doors": ["Date/Time", "User", "Door", "Event"],
    "force": ["Date", "Officer", "Case Number", "Force Type", "Reason"],
}


@pytest.mark.parametrize("labels", NOT_SEARCHES.values(), ids=NOT_SEARCHES)
def test_ordinary_lists_stay_unrecognised(tmp_path: Path, labels: list[str]) -> None:
    cells = ["1/25/2025" if "Date" in label or "Time" in label else f"word {n}" for n, label in enumerate(labels)]
    summary, case = add(tmp_path / "case", write(tmp_path / "list.csv", csv_text([labels, cells, cells])))
    with case:
        disclosure, (problem,) = only_disclosure(case), case.read("problems").to_pylist()
        assert case.count("records") == case.count("events") == case.count("shares") == 0
    assert (problem["code"], summary.n_unread, disclosure["n_rejected"]) == ("unrecognised", 1, 2)
    assert "Expected at least" in problem["message"]
    assert adds_up(disclosure)


def test_title_block_and_footer_are_layout(tmp_path: Path) -> None:
    """Quirk 26 and its likes: six lines above the header, a line of the report program below the data."""
    lines = [
        "Plate Reader System", "Audit Report: Plate Searches", "Agency: Anytown Police Department",
        "From: 01/01/2025 To: 01/31/2025", "Run by: Records", "", "Date/Time,User,License Plate,Reason,Case Number",
        "01/25/2025 15:04:05,jdoe,INV1,theft,25-1", "01/25/2025 15:04:06,jdoe,INV2,theft,25-2", "",
        "Generated by jroe on 02/01/2025 08:00 AM", "Page 1 of 1", "2 records found",
    ]  # fmt: skip
    _, case = add(tmp_path / "case", write(tmp_path / "report.csv", "\r\n".join(lines)))
    with case:
        disclosure, records = only_disclosure(case), case.read("records").to_pylist()
    assert [row["source_row"] for row in records] == [8, 9]
    assert (disclosure["n_records"], disclosure["n_layout"], disclosure["problems"]) == (2, 9, ["zone-assumed"])
    assert adds_up(disclosure)
