"""What other systems and offices do to times, rows and labels; each was read wrongly, or lost, without a word."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import duckdb
import pytest
from openpyxl import Workbook

from custodiet.intake.formats import label_key
from custodiet.intake.layout.rows import is_total
from custodiet.intake.states import cell_state, doubtful_pattern
from custodiet.intake.times import zone_in_label
from custodiet.model.terms import CellState
from tests.intake.builders import add, adds_up, csv_text, only_disclosure, write

HEADER = ["Search Time", "User", "Agency", "Plate", "Reason", "Case Number"]


def row(number: int, at: str = "", **changed: str) -> list[str]:
    values = {"at": at or f"03/1{number}/2026 10:00:00", "user": f"jdoe{number}", "org": "Anytown OH PD",
              "plate": f"INV{number}00", "reason": "theft", "case": f"26-{number}"} | changed  # fmt: skip
    return list(values.values())


def load(tmp_path: Path, content: str | Path) -> tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]:
    path = content if isinstance(content, Path) else write(tmp_path / "log.csv", content)
    _, case = add(tmp_path / "case", path)
    with case:
        disclosure = only_disclosure(case)
        assert adds_up(disclosure)
        return disclosure, case.read("records").to_pylist(), case.read("problems").to_pylist()


def test_the_half_of_the_day_in_a_column_of_its_own(tmp_path: Path) -> None:
    """Date, clock and AM/PM apart: 2:05 was read as the night, twelve hours off."""
    rows = [["Search Date", "Search Time", "AM/PM", "User", "Plate", "Reason"],
            ["3/13/2026", "2:05:00", "PM", "jdoe", "INV1", "theft"],
            ["3/14/2026", "12:15:00", "a.m.", "jdoe", "INV1", "theft"]]  # fmt: skip
    _, records, problems = load(tmp_path, csv_text(rows))
    assert [one["searched_at"] for one in records] == [
        datetime(2026, 3, 13, 14, 5, tzinfo=UTC), datetime(2026, 3, 14, 0, 15, tzinfo=UTC),
    ]  # fmt: skip
    assert any("AM and PM of column 3" in problem["message"] for problem in problems)


def test_halves_of_the_day_that_do_not_go_with_the_clock_are_said(tmp_path: Path) -> None:
    rows = [
        ["Search Time", "Shift", "User", "Plate", "Reason"],
        ["3/13/2026 14:05", "AM", "jdoe", "INV1", "theft"],
        ["3/14/2026 12:15", "PM", "jdoe", "INV1", "theft"],
    ]
    _, records, problems = load(tmp_path, csv_text(rows))
    assert [one["searched_at"].hour for one in records] == [14, 12]
    assert any("do not go with it" in problem["message"] for problem in problems)


def test_date_cells_and_time_cells_of_a_workbook(tmp_path: Path) -> None:
    """A date cell is a midnight, a time cell a clock: together they were no time. The header stands in groups."""
    book = Workbook()
    sheet = book.active
    sheet.append(["LPR Search Audit Report"])
    sheet.append(["User", None, "Search", None, None, "Justification", None])
    for cells in ("A1:G1", "A2:B2", "C2:E2", "F2:G2"):
        sheet.merge_cells(cells)
    sheet.append(["Name", "Agency", "Date", "Time", "Plate", "Reason", "Case #"])
    for n in range(1, 5):
        sheet.append(["jdoe", "Anytown OH PD", datetime(2026, 3, 12 + n), time(9, n, 30), "INV1", "theft", 2600 + n])
    book.save(tmp_path / "log.xlsx")
    disclosure, records, _ = load(tmp_path, tmp_path / "log.xlsx")
    assert [one["searched_at"] for one in records] == [
        datetime(2026, 3, 12 + n, 9, n, 30, tzinfo=UTC) for n in range(1, 5)
    ]
    assert [one["case_number"] for one in records] == ["2601", "2602", "2603", "2604"]
    assert disclosure["n_layout"] == 2


@pytest.mark.parametrize(
    ("date", "clock", "moment"),
    [
        ("3/13/2026 12:00:00 AM", "12/30/1899 2:05:00 PM", (14, 5)),  # a database's two halves
        ("2026-03-13T00:00:00", "14:05", (14, 5)),
        ("03/13/2026", "905", (9, 5)),  # a sheet took the zero from 0905
        ("03/13/2026", "1405", (14, 5)),
    ],
)
def test_halves_that_databases_and_sheets_write(tmp_path: Path, date: str, clock: str, moment: tuple[int, int]) -> None:
    rows = [["Query Date", "Query Time", "User", "Plate", "Reason"], *[[date, clock, "jdoe", "INV1", "theft"]] * 3]
    _, records, _ = load(tmp_path, csv_text(rows))
    assert {one["searched_at"] for one in records} == {datetime(2026, 3, 13, *moment, tzinfo=UTC)}


@pytest.mark.parametrize(
    ("label", "zone"),
    [
        ("Search Time (CST)", "Etc/GMT+6"), ("timestamp_utc", "UTC"), ("Time (America/Chicago)", "America/Chicago"),
        ("Search Time [ET]", "America/New_York"), ("Search Time (Pacific Time)", "America/Los_Angeles"),
        ("Search Time", None), ("Agency CT", None), ("Search Time (local)", None), ("Time (America/Nowhere)", None),
    ],
)  # fmt: skip
def test_zones_in_labels(label: str, zone: str | None) -> None:
    assert zone_in_label(label) == zone


def test_a_zone_in_the_label_holds_for_its_column(tmp_path: Path) -> None:
    rows = [
        ["Search Time (America/Chicago)", *HEADER[1:]],
        row(1, "03/13/2026 10:00:00"),
        row(2, "01/13/2026 10:00:00"),
    ]
    _, records, problems = load(tmp_path, csv_text(rows))
    assert [one["searched_at"].hour for one in records] == [15, 16]
    assert "zone-assumed" not in {problem["code"] for problem in problems}
    assert label_key("Search Time (America/Chicago)") == "searchtime"
    assert label_key("Agency CT") == "agencyct"


def test_a_log_whose_time_has_another_name_says_that_it_has_none(tmp_path: Path) -> None:
    rows = [["Moment", "User", "Agency", "Plate", "Search Reason", "Case Number"], row(1), row(2)]
    _, records, problems = load(tmp_path, csv_text(rows))
    assert [one["searched_at"] for one in records] == [None, None]
    assert any(problem["message"].startswith("No column was read as the time") for problem in problems)


FOOT: list[Sequence[str]] = [["Page 1 of 3"], ["Page total: 2"], ["Total queries: 4"], ["Grand Total", "4"],
                             ["Record Count: 4"], ["Number of searches", "4"], ["*** End of Report ***"]]  # fmt: skip


@pytest.mark.parametrize("foot", FOOT, ids=[str(line[0]) for line in FOOT])
@pytest.mark.parametrize("padded", [False, True])
def test_what_a_report_program_prints_between_and_below_is_no_search(
    tmp_path: Path, foot: Sequence[str], padded: bool
) -> None:
    line = [*foot, *[""] * (len(HEADER) - len(foot))] if padded else list(foot)
    disclosure, records, _ = load(tmp_path, csv_text([HEADER, row(3), row(4), line, HEADER, row(5), row(6), line]))
    assert [one["case_number"] for one in records] == ["26-3", "26-4", "26-5", "26-6"]
    assert disclosure["n_layout"] == 3


def test_a_search_with_total_in_its_reason_is_one() -> None:
    assert not is_total(row(3, reason="total"))
    assert not is_total(["total loss vehicle", "", "", "", "", ""])


def test_short_rows_that_may_lack_a_cell_are_counted(tmp_path: Path) -> None:
    """Row 3 lacks its agency, row 4 its case number at the end: no cell behind says which."""
    text = csv_text([HEADER, row(3), [*row(4)[:2], *row(4)[3:]], row(5)[:5], row(6)])
    _, records, problems = load(tmp_path, text)
    assert [(one["org"], one["reason"], one["case_number"]) for one in records] == [
        ("Anytown OH PD", "theft", "26-3"), (None, None, None), ("Anytown OH PD", "theft", None),
        ("Anytown OH PD", "theft", "26-6"),
    ]  # fmt: skip
    assert not any("INV400" in str(value) for one in records for value in one.values())
    told = {problem["code"]: (problem["where"], problem["message"]) for problem in problems}
    assert told["ragged"][0] == "first row 3"
    assert told["ragged"][1].startswith("2 rows have fewer cells than the header has labels")
    assert told["column-shift"][1].startswith("1 row with too few cells")


def test_short_rows_with_a_typed_cell_behind_are_sure(tmp_path: Path) -> None:
    """Quirk 29: the time stands last but one, so what is missing is what was dropped at the end."""
    rows = [["User", "Agency", "Plate", "Reason", "Search Time", "Comments"],
            ["jdoe", "Anytown OH PD", "INV1", "theft", "03/13/2026 10:00:00"],
            ["jdoe", "Anytown OH PD", "INV2", "theft", "03/14/2026 10:00:00", "x"]]  # fmt: skip
    _, records, problems = load(tmp_path, csv_text(rows))
    assert [one["org"] for one in records] == ["Anytown OH PD"] * 2
    assert "ragged" not in {problem["code"] for problem in problems}


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("Redacted per Gov Code", CellState.MASKED), ("Removed by agency", CellState.MASKED),
        ("Masked per policy", CellState.MASKED), ("Redacted pursuant to section 119", CellState.MASKED),
        ("not released per city attorney", CellState.MASKED), ("[b6]", CellState.WITHHELD),
        ("b6, b7C", CellState.WITHHELD), ("removed from vehicle", CellState.VALUE), ("plate removed", CellState.VALUE),
        ("removed by suspect", CellState.VALUE), ("REDACTED / 459 SUS", CellState.PARTIAL), ("b6", CellState.VALUE),
    ],
)  # fmt: skip
def test_other_words_for_what_was_hidden(text: str, state: CellState) -> None:
    """Custodians and redaction tools name who hid a cell, and why, in words of their own."""
    assert cell_state(text, "reason") is state
    pattern = doubtful_pattern().replace("'", "''")
    found = duckdb.execute(f"SELECT regexp_matches(?, '{pattern}')", [text]).fetchall()
    assert state is CellState.VALUE or found == [(True,)]


@pytest.mark.parametrize(("column", "state"), [("user", "masked"), ("plate", "masked"), ("reason", "placeholder")])
def test_a_row_of_crosses_hides_names_and_plates(column: str, state: str) -> None:
    """Quirk 116: three crosses are typed; a name or plate of seven was crossed out."""
    assert cell_state("XXXXXXX", column) == state
    assert cell_state("xxx", column) is CellState.PLACEHOLDER


def test_counts_with_the_word_for_what_they_count(tmp_path: Path) -> None:
    counts = {"1,204 networks": 1204, "12 Networks": 12, "All": None, "12 of 14": None, "~500": None, "N/A": None}
    rows = [
        ["Search Time", "User", "Agency", "Total Networks Searched", "Reason"],
        *([f"03/{13 + n}/2026 10:00", "jdoe", "Anytown OH PD", text, "theft"] for n, text in enumerate(counts)),
    ]
    _, records, problems = load(tmp_path, csv_text(rows))
    assert [one["networks"] for one in records] == list(counts.values())
    assert any(problem["message"].startswith("4 cells of networks hold") for problem in problems)


LIST = [["Agency", "Networks Shared With Me", "Networks I'm Sharing"], ["Sampleton OH PD", "yes", "yes"],
        ["Elsewhere OH PD", "", "yes"]]  # fmt: skip


def _tables_below_one_another(tmp_path: Path, kind: str) -> Path:
    rows = [HEADER, row(3), row(4), [], [], *LIST]
    if kind == "workbook":
        book = Workbook()
        for cells in rows:
            book.active.append(cells)
        book.save(tmp_path / "both.xlsx")
        return tmp_path / "both.xlsx"
    padded = [[*cells, *[""] * (len(HEADER) - len(cells))] for cells in rows] if kind == "padded" else rows
    return write(tmp_path / "both.csv", csv_text(padded))


@pytest.mark.parametrize("kind", ["workbook", "lines", "padded"])
def test_two_tables_below_one_another_are_two(tmp_path: Path, kind: str) -> None:
    """The agencies of a list below a log became searches without a time."""
    _, case = add(tmp_path / "case", _tables_below_one_another(tmp_path, kind))
    with case:
        disclosures = {one["kind"]: one for one in case.read("disclosures").to_pylist()}
        records, shares = case.read("records").to_pylist(), case.read("shares").to_pylist()
        places = case.read("problems").column("where").to_pylist()
    assert [one["case_number"] for one in records] == ["26-3", "26-4"]
    assert [one["source_row"] for one in shares] == [7, 7, 8]
    assert all(adds_up(one) for one in disclosures.values())
    assert "row 6" in places


def test_the_same_header_again_below_a_blank_row_goes_on(tmp_path: Path) -> None:
    disclosure, records, _ = load(tmp_path, csv_text([HEADER, row(3), [], HEADER, row(4), [], row(5)]))
    assert [one["case_number"] for one in records] == ["26-3", "26-4", "26-5"]
    assert disclosure["n_records"] == 3


def test_a_table_beside_another_is_refused_aloud(tmp_path: Path) -> None:
    """Two months side by side in one sheet: the right one was named as columns without a place."""
    rows = [[*HEADER, "", *HEADER], [*row(3), "", *row(4)], [*row(5), "", *row(6)]]
    disclosure, records, problems = load(tmp_path, csv_text(rows))
    assert [one["case_number"] for one in records] == ["26-3", "26-5"]
    (message,) = [problem["message"] for problem in problems if problem["code"] == "unsupported"]
    assert "A second table stands beside the first, under 6 of its labels" in message
    assert "unsupported" in disclosure["problems"]


def test_headings_of_groups_are_no_searches(tmp_path: Path) -> None:
    """A report in groups: the heading was moved to the agency's column and became a search without a time."""
    lines = [HEADER, ["Agency: Anytown OH PD"], row(3), row(4), ["Subtotal", "2"],
             ["Agency: Sampleton OH PD"], row(5), ["continued from the last page"]]  # fmt: skip
    disclosure, records, problems = load(tmp_path, csv_text(lines))
    assert [one["case_number"] for one in records] == ["26-3", "26-4", "26-5"]
    assert disclosure["n_layout"] == 4
    assert any(problem["message"].startswith("3 rows hold words in one cell") for problem in problems)


@pytest.mark.parametrize(
    "text",
    [
        "Search Time|User|Agency|Plate|Reason\n-----------|----|------|-----|------\n{}(2 rows affected)\n",
        "+-----+---+---+---+---+\n| Search Time | User | Agency | Plate | Reason |\n+-----+---+---+---+---+\n{}"
        "+-----+---+---+---+---+\n2 rows in set (0.01 sec)\n",
    ],
    ids=["one client", "another"],
)
def test_lines_that_a_database_client_draws_are_no_searches(tmp_path: Path, text: str) -> None:
    edge = "| " if text.startswith("+") else ""
    body = "".join(f"{edge}2026-03-1{n} 10:00:00|jdoe|Anytown OH PD|INV{n}|theft{edge.strip()}\n" for n in range(3, 7))
    _, records, _ = load(tmp_path, text.format(body))
    assert [(one["searched_at"].day, one["reason"]) for one in records] == [(n, "theft") for n in (13, 14, 15, 16)]


def test_the_time_in_utc_is_taken_before_the_local_one(tmp_path: Path) -> None:
    rows = [
        ["Search Time (Local)", "Search Time (UTC)", "User", "Plate", "Reason"],
        *([f"03/1{n}/2026 05:00", f"03/1{n}/2026 10:00", "jdoe", "INV1", "theft"] for n in (3, 4)),
    ]
    _, records, problems = load(tmp_path, csv_text(rows))
    assert [one["searched_at"].hour for one in records] == [10, 10]
    assert "zone-assumed" not in {problem["code"] for problem in problems}


def test_rows_that_a_quotation_mark_took_in_are_said(tmp_path: Path) -> None:
    """Two stray marks, rows apart: the marks are even, the file looks whole, and rows are gone."""
    lines = [",".join(HEADER), *(",".join(row(n)) for n in (3, 4, 5, 6, 7))]
    lines[2] = lines[2].replace("theft", '"bag')
    lines[4] = lines[4].replace("theft", 'bag"')
    _, records, problems = load(tmp_path, "\n".join(lines) + "\n")
    assert len(records) == 3
    (message,) = [problem["message"] for problem in problems if problem["code"] == "unclosed-quote"]
    assert message.startswith("1 cell holds what look like whole rows")


def test_a_reason_of_several_lines_is_no_row(tmp_path: Path) -> None:
    text = "seen at 10:30, north, south, east, west, up\nthen 10:45 gone, again"
    _, records, problems = load(tmp_path, csv_text([HEADER, row(3, reason=text)]))
    assert records[0]["reason"] == text
    assert "unclosed-quote" not in {problem["code"] for problem in problems}
