"""Whole files into a case: what the quirks of released logs become."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime
from pathlib import Path

import pytest

from custodiet.case import Case
from tests.intake.builders import HEADER, add, adds_up, csv_text, log_row, log_text, only_disclosure, write


@pytest.fixture
def case_dir(tmp_path: Path) -> Path:
    return tmp_path / "case"


def load(case_dir: Path, path: Path, **options: object) -> Case:
    _, case = add(case_dir, path, **options)
    return case


def records(case: Case) -> list[dict[str, object]]:
    return case.read("records").to_pylist()


def test_full_modern_set_is_typed_and_placed(tmp_path: Path, case_dir: Path) -> None:
    """Quirks 2, 12, 43, 66, 68: fourteen columns, labels with leading spaces, two-line time frames."""
    with load(case_dir, write(tmp_path / "log.csv", log_text(3))) as case:
        disclosure, rows = only_disclosure(case), records(case)
    assert adds_up(disclosure)
    assert (disclosure["n_rows_read"], disclosure["n_records"], disclosure["kind"]) == (3, 3, "organisation-audit")
    assert [row["source_row"] for row in rows] == [2, 3, 4]
    assert [row["record_no"] for row in rows] == [1, 2, 3]
    first = rows[0]
    assert first["searched_at"] == datetime(2025, 1, 3, 15, 0, 1, tzinfo=UTC)
    assert first["window_start"] == datetime(2025, 1, 2, 15, 4, 5, tzinfo=UTC)
    assert first["window_end"] == datetime(2025, 1, 3, 15, 4, 5, tzinfo=UTC)
    assert (first["networks"], first["devices"]) == (12, 345)
    assert (first["org"], first["org_basis"]) == ("Anytown OH PD", "released")
    assert first["searched_local"] == datetime(2025, 1, 3, 10, 0, 1)
    assert [first[f"{name}_state"] for name in ("reason", "case_number", "user", "plate")] == ["value"] * 4
    assert first["plate"] is not None
    assert "INV0001" not in str(first)


def test_plate_is_never_on_disk(tmp_path: Path, case_dir: Path) -> None:
    rows = csv_text([HEADER, *(log_row(n, plate=f"QQ{n:04d}ZZ") for n in range(1, 400))])
    load(case_dir, write(tmp_path / "log.csv", rows)).close()
    for file in case_dir.rglob("*"):
        if file.is_file():
            assert b"QQ0001ZZ" not in file.read_bytes(), file.name


def test_same_plate_has_one_pseudonym_whatever_its_spacing(tmp_path: Path, case_dir: Path) -> None:
    rows = [HEADER, log_row(1, plate="abc 123"), log_row(2, plate="ABC-123"), log_row(3, plate="ABC124")]
    with load(case_dir, write(tmp_path / "log.csv", csv_text(rows))) as case:
        plates = [row["plate"] for row in records(case)]
    assert plates[0] == plates[1] != plates[2]


def test_a_pseudonym_is_the_hmac_of_the_plate_however_it_is_written(tmp_path: Path, case_dir: Path) -> None:
    """Plain plates are hashed by the engine and odd ones here; the standard library says what both must be."""
    shown = ["abc 123", "4-XYZ.9", "Z*0028*", "ÄB 12", "ß9Q", "٣AB", "AB\u00a0123", "q"]
    rows = [HEADER, *(log_row(n, plate=plate) for n, plate in enumerate(shown, 1))]
    with load(case_dir, write(tmp_path / "log.csv", csv_text(rows))) as case:
        found = [row["plate"] for row in records(case)]
        secret = case.key.secret
    normal = ["ABC123", "4XYZ9", "Z*0028*", "ÄB12", "SS9Q", "٣AB", "AB123", None]
    digests = [plate and hmac.new(secret, plate.encode(), "sha256").hexdigest()[:16] for plate in normal]
    assert found == digests


def test_a_case_in_a_folder_with_a_quote_in_its_name(tmp_path: Path) -> None:
    with load(tmp_path / 'o\'brien "case"', write(tmp_path / "log.csv", log_text(2))) as case:
        assert case.count("records") == 2


STATES = [
    ("reason", "***", "masked"),
    ("reason", "REDACTED ", "masked"),
    ("reason", "7923.600 GC", "withheld"),
    ("reason", "REDACTED / 459 SUS", "partial"),
    ("reason", ".", "placeholder"),
    ("reason", "", "blank"),
    ("reason", "   ", "blank"),
    ("case_number", "n/a", "placeholder"),
    ("case_number", "###", "masked"),
    ("user", "J***", "partial"),
    ("plate", "Z*0028*", "value"),
    ("plate", "***", "masked"),
    ("plate", "[REDACTED]", "masked"),
    ("reason", "\u2014\u2014", "masked"),
    ("reason", "██", "masked"),
]


@pytest.mark.parametrize(("column", "text", "state"), STATES)
def test_cell_states_of_a_log(tmp_path: Path, case_dir: Path, column: str, text: str, state: str) -> None:
    """Quirks 102 to 117."""
    rows = [HEADER, log_row(1, **{column: text}), log_row(2)]
    with load(case_dir, write(tmp_path / "log.csv", csv_text(rows))) as case:
        assert [row[f"{column}_state"] for row in records(case)] == [state, "value"]


def test_absent_columns_are_not_exported(tmp_path: Path, case_dir: Path) -> None:
    """Quirk 6: a print without account, plate and case number."""
    keep = [0, 2, 3, 4, 5, 7, 10, 11, 13]
    rows = [[row[i] for i in keep] for row in ([*HEADER], log_row(1), log_row(2))]
    with load(case_dir, write(tmp_path / "log.csv", csv_text(rows))) as case:
        first = records(case)[0]
    assert [first[f"{name}_state"] for name in ("case_number", "user", "plate")] == ["not-exported"] * 3


def test_missing_org_column_is_the_producer(tmp_path: Path, case_dir: Path) -> None:
    """Quirk 10."""
    keep = [i for i in range(14) if i != 2]
    rows = [[row[i] for i in keep] for row in ([*HEADER], log_row(1))]
    path = write(tmp_path / "1_1_2025-1_31_2025-Anytown_OH_PD-Audit.csv", csv_text(rows))
    with load(case_dir, path) as case:
        row, disclosure = records(case)[0], only_disclosure(case)
    assert (row["org"], row["org_basis"], row["producer"]) == ("Anytown OH PD", "producer", "Anytown OH PD")
    assert disclosure["producer_basis"] == "name of the file"


def test_many_organisations_make_a_network_audit(tmp_path: Path, case_dir: Path) -> None:
    """Quirk 1."""
    rows = [HEADER, log_row(1), log_row(2, org="Otherville TX PD"), log_row(3, org="Thirdton NV SO")]
    path = write(tmp_path / "x.csv", csv_text(rows))
    with load(case_dir, path, producer="Anytown OH PD") as case:
        disclosure = only_disclosure(case)
    assert (disclosure["kind"], disclosure["producer"]) == ("network-audit", "Anytown OH PD")


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_encodings_give_the_same_records(tmp_path: Path, case_dir: Path, encoding: str) -> None:
    """Quirks 35 and 36."""
    path = write(tmp_path / "log.csv", log_text(300, reason="driver\u2019s theft"), encoding)
    with load(case_dir, path) as case:
        rows = records(case)
    assert len(rows) == 300
    assert {row["reason"] for row in rows} == {"driver\u2019s theft"}


def test_late_odd_byte_is_windows_1252(tmp_path: Path, case_dir: Path) -> None:
    """Quirk 36: the first byte that is no UTF-8 stands megabytes deep."""
    text = log_text(20_000).encode() + csv_text([log_row(20_001, reason="Z")]).encode().replace(b",Z,", b",don\x92t,")
    with load(case_dir, write(tmp_path / "log.csv", text)) as case:
        assert records(case)[-1]["reason"] == "don\u2019t"
        assert only_disclosure(case)["n_records"] == 20_001


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(tmp_path: Path, case_dir: Path, delimiter: str) -> None:
    path = write(tmp_path / "log.txt", csv_text([HEADER, log_row(1), log_row(2)], delimiter))
    with load(case_dir, path) as case:
        assert only_disclosure(case)["n_records"] == 2


TIMES = [
    ("1/3/2025, 3:04:05 PM", datetime(2025, 1, 3, 15, 4, 5, tzinfo=UTC)),
    ("2025-01-03T15:04:05.123Z", datetime(2025, 1, 3, 15, 4, 5, 123000, tzinfo=UTC)),
    ("2025-01-03 15:04:05", datetime(2025, 1, 3, 15, 4, 5, tzinfo=UTC)),
    ("2025-01-03T15:04:05+00:00", datetime(2025, 1, 3, 15, 4, 5, tzinfo=UTC)),
    ("2025-01-03T10:04:05-05:00", datetime(2025, 1, 3, 15, 4, 5, tzinfo=UTC)),
    ("01/03/2025, 03:04:05\u202fPM UTC", datetime(2025, 1, 3, 15, 4, 5, tzinfo=UTC)),
    ("01/03/2025 10:04:05 AM EST", datetime(2025, 1, 3, 15, 4, 5, tzinfo=UTC)),
]


@pytest.mark.parametrize(("text", "moment"), TIMES)
def test_time_shapes(tmp_path: Path, case_dir: Path, text: str, moment: datetime) -> None:
    """Quirks 37, 66, 67, 71, 72."""
    rows = [HEADER, log_row(1), log_row(2, searched_at=text)]
    with load(case_dir, write(tmp_path / "log.csv", csv_text(rows))) as case:
        assert records(case)[1]["searched_at"] == moment


def test_day_first_column(tmp_path: Path, case_dir: Path) -> None:
    rows = [HEADER, log_row(1, searched_at="03/01/2025 10:00:00"), log_row(2, searched_at="25/01/2025 10:00:00")]
    with load(case_dir, write(tmp_path / "log.csv", csv_text(rows))) as case:
        assert [row["searched_at"].day for row in records(case)] == [3, 25]


def test_date_and_clock_in_two_columns(tmp_path: Path, case_dir: Path) -> None:
    """Quirk 69."""
    rows = [
        ["Org Name", "Reason", "Search Date", "Search Time", "Search Type"],
        ["Anytown OH PD", "theft", "2025-01-03", "15:04:05", "lookup"],
        ["Otherville OH PD", "theft", "2025-01-04", "00:00:01", "lookup"],
    ]
    with load(case_dir, write(tmp_path / "log.csv", csv_text(rows))) as case:
        found, disclosure = records(case), only_disclosure(case)
    assert found[0]["searched_at"] == datetime(2025, 1, 3, 15, 4, 5, tzinfo=UTC)
    assert "zone-assumed" in disclosure["problems"]


def test_one_line_time_frame(tmp_path: Path, case_dir: Path) -> None:
    """Quirk 68, second form, mixed with the first."""
    one_line = "01/02/2025, 03:04:05 PM UTC to 01/03/2025, 03:04:05 PM UTC"
    rows = [HEADER, log_row(1), log_row(2, time_frame=one_line)]
    with load(case_dir, write(tmp_path / "log.csv", csv_text(rows))) as case:
        found = records(case)
    assert found[0]["window_start"] == found[1]["window_start"]
    assert found[0]["window_end"] == found[1]["window_end"]


def test_masked_rows_have_no_time_and_no_bad_time(tmp_path: Path, case_dir: Path) -> None:
    """Quirk 79."""
    masked = ["***"] * 14
    with load(case_dir, write(tmp_path / "log.csv", csv_text([HEADER, log_row(1), masked]))) as case:
        found, disclosure = records(case), only_disclosure(case)
    assert found[1]["searched_at"] is None
    assert "bad-time" not in disclosure["problems"]
    assert disclosure["n_records"] == 2


def test_unreadable_time_is_counted(tmp_path: Path, case_dir: Path) -> None:
    rows = [HEADER, log_row(1), log_row(2, searched_at="13/45/2025, 09:00:00 AM UTC")]
    with load(case_dir, write(tmp_path / "log.csv", csv_text(rows))) as case:
        assert "bad-time" in only_disclosure(case)["problems"]


def test_counts_with_glyphs_floats_and_commas(tmp_path: Path, case_dir: Path) -> None:
    """Quirks 44 and 83."""
    rows = [HEADER, log_row(1, networks="5109.0", devices="1,234"), log_row(2, networks="\u2014\u2014", devices="")]
    with load(case_dir, write(tmp_path / "log.csv", csv_text(rows))) as case:
        found = records(case)
    assert [(row["networks"], row["devices"]) for row in found] == [(5109, 1234), (None, None)]


def test_title_blank_repeated_header_total_and_error_line(tmp_path: Path, case_dir: Path) -> None:
    """Quirks 19, 26, 28, 50: what is no data is layout, and the rows keep their places."""
    rows = [
        ["Search audit of Anytown", *[""] * 13], [""] * 14, HEADER, log_row(1), HEADER, log_row(2), [""] * 14,
        ["Total", "2", *[""] * 12], ["# ERROR: download incomplete", *[""] * 13],
    ]  # fmt: skip
    with load(case_dir, write(tmp_path / "log.csv", csv_text(rows))) as case:
        disclosure, found = only_disclosure(case), records(case)
    assert adds_up(disclosure)
    assert [row["source_row"] for row in found] == [4, 6]
    assert [row["record_no"] for row in found] == [1, 2]
    assert disclosure["n_layout"] == 5
    assert {"repeated-header", "truncated"} <= set(disclosure["problems"])


def test_no_header(tmp_path: Path, case_dir: Path) -> None:
    """Quirk 18."""
    path = write(tmp_path / "log.csv", csv_text([log_row(n) for n in range(1, 6)]))
    with load(case_dir, path) as case:
        disclosure, found = only_disclosure(case), records(case)
    assert (disclosure["n_records"], found[0]["source_row"]) == (5, 1)
    assert "no-header" in disclosure["problems"]
    assert found[0]["reason"] == "stolen vehicle"


def test_left_shift_is_repaired_and_marked(tmp_path: Path, case_dir: Path) -> None:
    """Quirk 21: rows that lack Case #."""
    shifted = log_row(2)
    del shifted[8]
    rows = [HEADER, log_row(1), shifted, log_row(3)]
    with load(case_dir, write(tmp_path / "log.csv", csv_text(rows))) as case:
        found, disclosure = records(case), only_disclosure(case)
        repairs = case.read("repairs").to_pylist()
    assert found[1]["searched_at"] == datetime(2025, 1, 3, 15, 0, 2, tzinfo=UTC)
    assert [row["layout_corrected"] for row in found] == [False, True, False]
    assert found[1]["reason"] == "stolen vehicle"
    assert found[1]["case_number_state"] == "blank"
    assert "column-shift" in disclosure["problems"]
    assert len(repairs) == 1
    assert "stolen" not in str(repairs)


def test_ragged_rows_are_kept(tmp_path: Path, case_dir: Path) -> None:
    """Quirks 24 and 29."""
    rows = [HEADER, log_row(1)[:12], [*log_row(2), "", ""], [*log_row(3), "allow"]]
    with load(case_dir, write(tmp_path / "log.csv", csv_text(rows))) as case:
        disclosure = only_disclosure(case)
        assert len(records(case)) == 3
    assert adds_up(disclosure)


def test_open_quote_at_the_end(tmp_path: Path, case_dir: Path) -> None:
    text = log_text(3) + '"00000000-0000-4000-8000-000000000009,A. Example,Any'
    with load(case_dir, write(tmp_path / "log.csv", text)) as case:
        disclosure = only_disclosure(case)
    assert "unclosed-quote" in disclosure["problems"]
    assert adds_up(disclosure)
    assert disclosure["n_rows_read"] == 4


def test_nul_bytes(tmp_path: Path, case_dir: Path) -> None:
    text = log_text(2).encode().replace(b"stolen", b"sto\x00len")
    with load(case_dir, write(tmp_path / "log.csv", text)) as case:
        assert [row["reason"] for row in records(case)] == ["stolen vehicle"] * 2
        assert "nul-bytes" in only_disclosure(case)["problems"]


def test_megabyte_cells(tmp_path: Path, case_dir: Path) -> None:
    rows = [HEADER, log_row(1, reason="x" * 1_500_000), log_row(2)]
    with load(case_dir, write(tmp_path / "log.csv", csv_text(rows))) as case:
        assert [len(str(row["reason"])) for row in records(case)] == [1_500_000, 14]


def test_constant_reason_is_a_problem(tmp_path: Path, case_dir: Path) -> None:
    """Quirk 111."""
    with load(case_dir, write(tmp_path / "log.csv", log_text(25, reason="Investigation"))) as case:
        assert "constant-column" in only_disclosure(case)["problems"]
    assert True


def test_unknown_export_with_known_columns_is_read(tmp_path: Path, case_dir: Path) -> None:
    rows = [
        ["Query Date", "Officer", "Department", "Justification", "Plate Number"],
        ["2025-01-03 15:04:05", "A. Example", "Anytown OH PD", "theft", "INV0001"],
        ["2025-01-03 15:04:06", "A. Example", "Anytown OH PD", "theft", "INV0002"],
    ]
    with load(case_dir, write(tmp_path / "log.csv", csv_text(rows))) as case:
        found = records(case)
    assert len(found) == 2
    assert (found[0]["reason"], found[0]["user"], found[0]["org"]) == ("theft", "A. Example", "Anytown OH PD")


def test_unrecognised_table_is_a_named_problem(tmp_path: Path, case_dir: Path) -> None:
    rows = [["Fruit", "Colour", "Weight"], ["apple", "red", "1"], ["pear", "green", "2"]]
    summary, case = add(case_dir, write(tmp_path / "x.csv", csv_text(rows)))
    with case:
        disclosure = only_disclosure(case)
    assert disclosure["problems"] == ["unrecognised"]
    assert (disclosure["n_rows_read"], disclosure["n_rejected"]) == (2, 2)
    assert summary.n_unread == 1


def test_header_only(tmp_path: Path, case_dir: Path) -> None:
    with load(case_dir, write(tmp_path / "x.csv", csv_text([HEADER]))) as case:
        disclosure = only_disclosure(case)
    assert disclosure["problems"] == ["empty"]
    assert disclosure["n_rows_read"] == 0


def test_sharing_list_states_directions(tmp_path: Path, case_dir: Path) -> None:
    """Quirk 157."""
    rows = [
        ["Organization Name", "Networks Shared With Me", "Networks I'm Sharing"],
        ["Otherville TX PD", "Otherville TX PD,Otherville TX PD (LR)", "Anytown OH PD"],
        ["Thirdton NV SO", "Thirdton NV SO", ""],
        ["Fourthburg OH PD", "", "Anytown OH PD"],
    ]
    with load(case_dir, write(tmp_path / "SharedNetworks_2025_August_5.csv", csv_text(rows))) as case:
        shares = [(row["source"], row["recipient"], str(row["as_of"])) for row in case.read("shares").to_pylist()]
        disclosure = only_disclosure(case)
    assert adds_up(disclosure)
    assert disclosure["producer"] == "Anytown OH PD"
    assert sorted(shares) == [
        ("Anytown OH PD", "Fourthburg OH PD", "2025-08-05"),
        ("Anytown OH PD", "Otherville TX PD", "2025-08-05"),
        ("Otherville TX PD", "Anytown OH PD", "2025-08-05"),
        ("Thirdton NV SO", "Anytown OH PD", "2025-08-05"),
    ]


def test_edge_list(tmp_path: Path, case_dir: Path) -> None:
    rows = [["src_agency", "external_agency"], ["A OH PD", "B OH PD"], ["B OH PD", "C TX PD [Inactive]"]]
    rows.append(["C TX PD", ""])
    with load(case_dir, write(tmp_path / "e.csv", csv_text(rows))) as case:
        shares, disclosure = case.read("shares").to_pylist(), only_disclosure(case)
    assert [(s["source"], s["recipient"], s["stated_by"], s["status"]) for s in shares] == [
        ("A OH PD", "B OH PD", "A OH PD", "active"),
        ("B OH PD", "C TX PD [Inactive]", "B OH PD", "inactive"),
    ]
    assert adds_up(disclosure)
    assert disclosure["n_rejected"] == 1
