"""The quirks of counts, ids and repeats, of masks, and of reasons (81-135), each in a small file of invented rows."""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from custodiet.case import Case
from custodiet.intake.states import cell_state, doubtful_pattern
from custodiet.privacy import Publication, outward_table
from custodiet.resolve.organisations import update_organisations
from custodiet.resolve.purposes.classify import classify_texts
from custodiet.resolve.purposes.stored import update_purposes
from custodiet.resolve.searches import sessions, update_searches
from tests.intake.builders import HEADER, add, adds_up, csv_text, log_row, only_disclosure, write

PAGES = ("agency", "data_retention_in_days", "prohibited_uses")
PORTAL = ("id", "userId", "searchDate", "networkCount")
STATED = ("reason", "case_number", "user", "plate")


def read(folder: Path, *rows: list[str], header: Any = HEADER, name: str = "log.csv", **options: Any) -> Case:
    _, case = add(folder / "case", write(folder / name, csv_text([header, *rows])), **options)
    return case


def both(folder: Path, first: str | bytes, second: str | bytes, names: tuple[str, str] = ("a.csv", "b.csv")) -> Case:
    paths = [write(folder / name, content) for name, content in zip(names, (first, second), strict=True)]
    _, case = add(folder / "case", *paths)
    update_organisations(case)
    update_searches(case)
    return case


def column(case: Case, name: str, table: str = "records") -> list[Any]:
    return [row[name] for row in case.read(table).to_pylist()]


def states(case: Case, name: str) -> list[str]:
    return column(case, f"{name}_state")


def messages(case: Case, code: str = "note") -> list[str]:
    return [row["message"] for row in case.read("problems").to_pylist() if row["code"] == code]


def portal_row(number: int, *, network: str = "3", more: tuple[str, ...] = ()) -> list[str]:
    return [str(number), "***", f"2026-04-01T00:00:{number:02d}.000Z", network, *more]


def labels(text: str) -> set[str]:
    return {match.label for match in classify_texts([text])[0].matches}


# 4.5 Counts, ids, repeats


def test_quirk_081_zero_networks_throughout_are_no_searches_of_none(tmp_path: Path) -> None:
    with read(tmp_path, *(log_row(n, networks="0", reason=f"theft {n}") for n in range(1, 26))) as case:
        assert column(case, "networks") == [0] * 25
        assert messages(case) == ["25 of 25 rows give 0 networks: not exported, not a search of none."]


def test_quirk_082_devices_are_zero_in_nearly_all_rows(tmp_path: Path) -> None:
    rows = [log_row(n, devices="17" if n == 9 else "0", reason=f"theft {n}") for n in range(1, 31)]
    with read(tmp_path, *rows) as case:
        assert Counter(column(case, "devices")) == {0: 29, 17: 1}
        assert messages(case) == ["29 of 30 rows give 0 devices: not exported, not a search of none."]


def test_quirk_083_dashes_in_the_columns_of_counts(tmp_path: Path) -> None:
    rows = [log_row(1, networks="\u2014\u2014"), log_row(2, devices="\u2014\u2014"), log_row(3, networks="5109.0")]
    with read(tmp_path, *rows) as case:
        assert column(case, "networks") == [None, 12, 5109]
        assert column(case, "devices") == [345, None, 345]
        assert sorted(messages(case)) == [
            "1 cell of devices holds glyphs or words, no number; those rows have none.",
            "1 cell of networks holds glyphs or words, no number; those rows have none.",
        ]


def test_quirk_084_devices_one_apart_in_two_copies(tmp_path: Path) -> None:
    copies = [csv_text([HEADER, log_row(1, devices=devices)]) for devices in ("345", "346")]
    with both(tmp_path, *copies) as case:
        assert sorted(column(case, "devices")) == [345, 346]
        assert column(case, "n_sightings", "searches") == [2]


def test_quirk_085_cameras_and_networks_filled_in_turns(tmp_path: Path) -> None:
    rows = [portal_row(1, network="", more=("7",)), portal_row(2, more=("",)), portal_row(3, network="", more=("",))]
    with read(tmp_path, *rows, header=(*PORTAL, "cameraCount")) as case:
        assert column(case, "devices") == [7, None, None]
        assert column(case, "networks") == [None, 3, None]
        assert case.read("problems").num_rows == 0


@pytest.mark.parametrize("mask", ["***", "REDACTED", ""])
def test_quirk_086_a_masked_or_blank_id_joins_nothing(tmp_path: Path, mask: str) -> None:
    rows = [log_row(n, search_id=mask, reason=f"reason of the search {n}") for n in (1, 2, 3)]
    with both(tmp_path, csv_text([HEADER, *rows]), csv_text([HEADER, log_row(9)])) as case:
        assert case.count("records") == 4
        assert case.count("searches") == 4


def test_quirk_086_a_log_without_ids_is_a_log(tmp_path: Path) -> None:
    with read(tmp_path, log_row(1)[1:], log_row(2)[1:], header=HEADER[1:]) as case:
        assert column(case, "search_id") == [None, None]
        assert column(case, "networks") == [12, 12]
        assert only_disclosure(case)["problems"] == []


def test_quirk_087_one_id_over_five_rows_keeps_five_records(tmp_path: Path) -> None:
    rows = [log_row(1), log_row(1), log_row(1, networks="13"), log_row(1), log_row(1), log_row(2)]
    with read(tmp_path, *rows) as case:
        assert [row["source_row"] for row in case.read("records").to_pylist()] == [2, 3, 4, 5, 6, 7]
        assert len(set(column(case, "search_id"))) == 2
        assert adds_up(only_disclosure(case))


def test_quirk_088_the_same_id_with_other_networks_and_reason(tmp_path: Path) -> None:
    first, second = log_row(1), log_row(1, networks="99", reason="***")
    with both(tmp_path, csv_text([HEADER, first]), csv_text([HEADER, second])) as case:
        assert sorted(column(case, "networks")) == [12, 99]
        assert sorted(states(case, "reason")) == ["masked", "value"]
        assert column(case, "n_sightings", "searches") == [2]


def test_quirk_089_equal_rows_without_ids_are_all_kept(tmp_path: Path) -> None:
    with read(tmp_path, *[log_row(1)[1:]] * 4, header=HEADER[1:]) as case:
        assert case.count("records") == 4
        assert only_disclosure(case)["n_records"] == 4


def test_quirk_090_twin_searches_told_apart_by_time_frame(tmp_path: Path) -> None:
    other = "01/01/2025, 03:04:05 PM UTC\n01/03/2025, 03:04:05 PM UTC"
    rows = [log_row(1)[1:], log_row(1, time_frame=other)[1:]]
    with read(tmp_path, *rows, header=HEADER[1:]) as case:
        starts = column(case, "window_start")
        assert [start.day for start in starts] == [2, 1]
        assert len(set(column(case, "searched_at"))) == 1


def test_quirk_091_identical_bytes_are_counted_once(tmp_path: Path) -> None:
    text = csv_text([HEADER, log_row(1)])
    with both(tmp_path, text, text) as case:
        assert case.count("records") == 1
        assert messages(case, "duplicate") == ["The same bytes were added before as a.csv; they are counted once."]


def test_quirk_092_the_same_rows_in_another_order(tmp_path: Path) -> None:
    rows = [log_row(n) for n in range(1, 6)]
    with both(tmp_path, csv_text([HEADER, *rows]), csv_text([HEADER, *reversed(rows)])) as case:
        assert case.count("records") == 10
        assert column(case, "n_sightings", "searches") == [2] * 5


def test_quirk_093_a_month_as_csv_and_as_workbook(tmp_path: Path) -> None:
    """Floats, trailing spaces and other bytes: the typed cells are the same."""
    book = openpyxl.Workbook()
    book.active.append([label.strip() for label in HEADER])
    for n in (1, 2):
        row: list[Any] = log_row(n, reason="stolen vehicle ", org="Anytown OH PD ")
        row[3], row[4] = float(row[3]), float(row[4])
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    text = csv_text([HEADER, log_row(1), log_row(2)])
    with both(tmp_path, text, stream.getvalue(), ("m.csv", "m.xlsx")) as case:
        rows = case.read("records").to_pylist()
        names = ("search_id", "org", "networks", "devices", "reason", "searched_at", "window_start", "plate", "user")
        sides = [
            [tuple(r[n] for n in names) for r in rows if r["disclosure_id"] == d]
            for d in {r["disclosure_id"] for r in rows}
        ]
        assert sorted(sides[0]) == sorted(sides[1])
        assert column(case, "n_sightings", "searches") == [2, 2]


def test_quirk_094_names_shown_and_then_hidden(tmp_path: Path) -> None:
    first = csv_text([HEADER, log_row(1), log_row(2)])
    second = csv_text([HEADER, log_row(1, user="***", reason="7923.600 GC"), log_row(2, user="***")])
    with both(tmp_path, first, second) as case:
        assert Counter(states(case, "user")) == {"value": 2, "masked": 2}
        assert Counter(states(case, "reason")) == {"value": 3, "withheld": 1}
        assert column(case, "n_sightings", "searches") == [2, 2]


def test_quirk_095_two_productions_differ_by_one_row(tmp_path: Path) -> None:
    rows = [log_row(n) for n in range(1, 9)]
    with both(tmp_path, csv_text([HEADER, *rows]), csv_text([HEADER, *rows[:-1]])) as case:
        assert sorted(column(case, "n_sightings", "searches")) == [1, *[2] * 7]


def test_quirk_096_rolling_files_repeat_the_same_ids(tmp_path: Path) -> None:
    ids = [f"0000{n}-0000-4000-8000-00000000000{n}" for n in range(1, 5)]
    days = [
        [[i, "***", f"2026-04-0{n}T00:00:00.000Z", "3"] for n, i in enumerate(ids, 1)][a:b] for a, b in ((0, 3), (1, 4))
    ]
    with both(tmp_path, *(csv_text([PORTAL, *rows]) for rows in days)) as case:
        assert case.count("records") == 6
        assert case.count("searches") == 4


def test_quirk_097_one_id_under_two_organisations_stays_two(tmp_path: Path) -> None:
    header = ("ID", "Org Name", "Total Networks Searched", "Reason", "Search Time")
    rows = [
        ["1", org, "3", "theft", f"01/03/2025, 03:0{n}:00 PM UTC"] for n, org in enumerate(("Ash OH PD", "Elm TX PD"))
    ]
    with both(tmp_path, csv_text([header, rows[0]]), csv_text([header, rows[1]])) as case:
        assert sorted(column(case, "org", "searches")) == ["Ash OH PD", "Elm TX PD"]


@pytest.mark.parametrize("cut", ["stolen vehicle taken from the north parking lot"[:43], "stolen vehicle -"])
def test_quirk_098_a_reason_cut_in_one_log(tmp_path: Path, cut: str) -> None:
    whole = "stolen vehicle taken from the north parking lot"
    with both(
        tmp_path, csv_text([HEADER, log_row(1, reason=whole)]), csv_text([HEADER, log_row(1, reason=cut)])
    ) as case:
        assert sorted(column(case, "reason")) == sorted([whole, cut])
        assert states(case, "reason") == ["value", "value"]
        assert column(case, "n_sightings", "searches") == [2]


def test_quirk_099_one_organisation_spelled_two_ways(tmp_path: Path) -> None:
    names = ("University of Rivertown PD IA", "University of Rivertown (IA) PD")
    with both(tmp_path, *(csv_text([HEADER, log_row(1, org=name)]) for name in names)) as case:
        assert sorted(column(case, "org")) == sorted(names)
        assert column(case, "n_sightings", "searches") == [2]


def test_quirk_100_a_directory_repeats_its_header_and_lists_numbers(tmp_path: Path) -> None:
    header = ["Agency Name", "Transparency URL"]
    rows = [header, ["265", "https://t.example/265"], ["Anytown OH PD", "https://t.example/anytown"]]
    with read(tmp_path, *rows, header=header) as case:
        assert column(case, "name", "listed_names") == ["265", "Anytown OH PD"]
        disclosure = only_disclosure(case)
        assert (disclosure["n_layout"], disclosure["n_rejected"], adds_up(disclosure)) == (1, 2, True)
        assert "repeated-header" in disclosure["problems"]
        assert "1 of the names are bare numbers and name nobody; kept as listed." in messages(case)


def test_quirk_101_a_table_of_pages_repeats_pages(tmp_path: Path) -> None:
    same = ["Anytown OH PD", "https://t.example/a", "30", "None."]
    rows = [
        same,
        same,
        ["Anytown OH PD", "https://t.example/a", "60", "None."],
        ["Elm OH PD", "https://t.example/e", "30", ""],
    ]
    with read(tmp_path, *rows, header=("agency", "url", "data_retention_in_days", "prohibited_uses")) as case:
        assert [(p["producer"], p["retention_days"]) for p in case.read("portals").to_pylist()] == [
            ("Anytown OH PD", 30), ("Anytown OH PD", 60), ("Elm OH PD", 30),
        ]  # fmt: skip
        disclosure = only_disclosure(case)
        assert (disclosure["n_portal_values"], disclosure["n_rejected"], adds_up(disclosure)) == (3, 1, True)
        assert "1 row repeats another row word for word; each was kept once." in messages(case)
        assert "1 row states other values for a page and day that another row has; all were kept." in messages(case)


# 4.6 Redaction and sentinel states


def test_quirk_102_asterisks_in_every_column_with_a_state(tmp_path: Path) -> None:
    with read(tmp_path, log_row(1, user="***", plate="***", case_number="***", reason="***"), log_row(2)) as case:
        assert [states(case, name) for name in STATED] == [["masked", "value"]] * 4
        assert column(case, "plate")[0] is None


WORDS = ("REDACTED", " REDACTED", "REDACTED ", "[REDACTED]", "Redacted.", "(redacted)", "<Redacted>", "REDACTED - PII",
         "Redacted for privacy", "REDACTED BY AGENCY", "[Information withheld]",
         "Withheld - ongoing investigation")  # fmt: skip
GLYPHS = (
    "###",
    "####",
    "* * *",
    "\u2588\u2588",
    "\u2588\u2588 \u2588\u2588",
    "[***]",
    "\u25a0\u25a0\u25a0",
    "\u2014\u2014",
)


def test_quirk_103_words_of_redaction(tmp_path: Path) -> None:
    with read(tmp_path, *(log_row(n, **dict.fromkeys(STATED, cell)) for n, cell in enumerate(WORDS, 1))) as case:
        assert [states(case, name) for name in STATED] == [["masked"] * len(WORDS)] * 4
        assert set(column(case, "plate")) == {None}


def test_quirk_104_other_glyphs(tmp_path: Path) -> None:
    rows = [log_row(n, reason=cell, user=cell, case_number=cell) for n, cell in enumerate(GLYPHS, 1)]
    with read(tmp_path, *rows) as case:
        assert [states(case, name) for name in STATED[:3]] == [["masked"] * len(GLYPHS)] * 3


GROUNDS = (
    "7923.600 GC", "Gov. Code \u00a7 7923.600(a)", "California Government Code section 7923.600",
    "GC 7923.600, 7922.000", "Cal. Gov't Code \u00a7 7923.600", "Civ. Code 1798.90.55", "CA Civil Code 1798.90.55",
    "GC 6254(f)", "\u00a7 6254(f)", "EXEMPT - 7923.600", "Redacted - 7923.600", "[Withheld under GC 7923.600]",
    "(b)(7)(E)", "Exemption 7(E)", "b7E", "RCW 42.56.240(1)", "5 ILCS 140/7(1)(b)", "A.R.S. \u00a7 39-121",
    "K.S.A. 45-221(a)(10)", "KRS 61.878(1)(a)", "MCL 15.243", "M.G.L. c. 4, \u00a7 7(26)(f)", "N.C.G.S. \u00a7 132-1.4",
    "T.C.A. 10-7-504", "POL \u00a7 87(2)(e)", "\u00a7119.071, F.S.", "Exempt", "Evid. Code \u00a7 1040", "CPRA exempt",
    "Wis. Stat. \u00a7 19.36", "65 P.S. \u00a7 67.708(b)(16)",
)  # fmt: skip


def test_quirk_105_a_citation_in_place_of_the_value_is_withheld(tmp_path: Path) -> None:
    with read(tmp_path, *(log_row(n, reason=ground) for n, ground in enumerate(GROUNDS, 1))) as case:
        found = dict(zip(column(case, "reason"), states(case, "reason"), strict=True))
    assert {text: state for text, state in found.items() if state != "withheld"} == {}


@pytest.mark.parametrize("cell", ["459", "PC 459", "VC 10851", "Penal Code 832.7", "552", "B7", "unit 6254", "25-7923"])
def test_quirk_105_penal_sections_and_numbers_are_no_grounds(cell: str) -> None:
    assert cell_state(cell, "reason").value == "value"


PARTIAL = (
    "REDACTED / 459 SUS",
    "459 SUS ***",
    "stolen [PLATE] vehicle",
    "\u2588\u2588\u2588 theft",
    "name redacted, theft",
)


def test_quirk_106_partly_masked(tmp_path: Path) -> None:
    texts = [*PARTIAL, "masked robber"]
    with read(tmp_path, *(log_row(n, reason=text) for n, text in enumerate(texts, 1))) as case:
        assert states(case, "reason") == ["partial"] * len(PARTIAL) + ["value"]


def test_quirk_107_wild_cards_of_a_plate_are_search_input(tmp_path: Path) -> None:
    plates = ("Z*0028*", "****999", "8AB?12?", "ABC*")
    with read(tmp_path, *(log_row(n, plate=plate) for n, plate in enumerate(plates, 1))) as case:
        assert states(case, "plate") == ["value"] * 4
        assert len(set(column(case, "plate"))) == 4
        assert not any(plate in str(case.read("records").to_pylist()) for plate in plates)


def test_quirk_108_fragments_of_names_are_values(tmp_path: Path) -> None:
    fragments = ["B. Bar", "J.", ". Smi", "Smith, J", "a. Aaa", "O'B. D", "J. S*****"]
    with read(tmp_path, *(log_row(n, user=name) for n, name in enumerate(fragments, 1))) as case:
        assert states(case, "user") == ["value"] * 6 + ["partial"]
        assert column(case, "user") == fragments


def test_quirk_109_uuids_masks_and_words_as_accounts_in_one_archive(tmp_path: Path) -> None:
    users = ["550e8400-e29b-41d4-a716-446655440000", "***", "REDACTED"]
    rows = [[str(n), user, f"2025-11-0{n} 04:00:09", "3"] for n, user in enumerate(users, 1)]
    with read(tmp_path, *rows, header=PORTAL) as case:
        assert states(case, "user") == ["value", "masked", "masked"]
        assert only_disclosure(case)["kind"] == "portal-audit"


def test_quirk_110_every_account_of_a_portal_is_masked(tmp_path: Path) -> None:
    with read(tmp_path, *(portal_row(n) for n in range(1, 31)), header=PORTAL) as case:
        assert states(case, "user") == ["masked"] * 30
        assert "constant-column" not in (only_disclosure(case)["problems"])


@pytest.mark.parametrize("blanks", [0, 7])
def test_quirk_111_one_text_in_every_reason(tmp_path: Path, blanks: int) -> None:
    rows = [log_row(n, reason="" if n <= blanks else "Investigation") for n in range(1, 41)]
    with read(tmp_path, *rows) as case:
        (message,) = messages(case, "constant-column")
        assert message.startswith("All 40 rows" if not blanks else "All 33 of 40 rows that show a value")
        assert Counter(states(case, "reason")) == Counter(
            {"value": 40 - blanks, "blank": blanks} if blanks else {"value": 40}
        )


def test_quirk_112_masked_accounts_and_blank_reasons(tmp_path: Path) -> None:
    header = ("userID", "networkCount", "Search Time", "Reason")
    rows = [
        ["***" if n % 10 else f"user{n}", "3", f"2025-05-01 04:00:{n:02d}", "" if n % 4 else "theft"]
        for n in range(1, 41)
    ]
    with read(tmp_path, *rows, header=header) as case:
        assert Counter(states(case, "user")) == {"masked": 36, "value": 4}
        assert Counter(states(case, "reason")) == {"blank": 30, "value": 10}


@pytest.mark.parametrize("kept", [True, False])
def test_quirk_113_a_column_that_a_letter_withholds(tmp_path: Path, kept: bool) -> None:
    """The letter covers a column that is gone and a column that is there and empty."""
    write(tmp_path / "receipts.yaml", "receipts:\n- files: [log.csv]\n  withheld_columns: [reason]\n")
    rows = [log_row(n, reason="") for n in range(1, 26)]
    at = HEADER.index(" Reason")
    header = HEADER if kept else HEADER[:at] + HEADER[at + 1 :]
    with read(tmp_path, *(row if kept else row[:at] + row[at + 1 :] for row in rows), header=header) as case:
        assert set(states(case, "reason")) == {"withheld"}
        assert "The column reason was withheld by the letter named in the receipt." in messages(case)


def test_quirk_113_a_column_emptied_without_a_word(tmp_path: Path) -> None:
    with read(tmp_path, *(log_row(n, reason="") for n in range(1, 26))) as case:
        assert set(states(case, "reason")) == {"blank"}
        (message,) = messages(case)
        assert message.startswith("The column reason is blank in all 25 rows: emptied before release, or never filled")


def test_quirk_114_own_rows_readable_and_rows_of_others_masked(tmp_path: Path) -> None:
    rows = [log_row(1), log_row(2, org="Elm TX PD", user="***", reason="***", plate="***", case_number="***")]
    with read(tmp_path, *rows) as case:
        assert only_disclosure(case)["kind"] == "network-audit"
        assert [states(case, name) for name in STATED] == [["value", "masked"]] * 4


def test_quirk_115_a_table_made_anew_is_no_original(tmp_path: Path) -> None:
    rows = [log_row(n, plate=hashlib.sha256(b"%d" % n).hexdigest(), reason="stolen [PLATE] vehicle") for n in (1, 2, 3)]
    with read(tmp_path, *rows) as case:
        assert any(message.startswith("3 plates are digests") for message in messages(case))
        assert states(case, "reason") == ["partial"] * 3


TYPED = ("none", "n/a", "N / A", "na", "-", "--", "xxx", "x", "*", ".", "...", "0", "null", "NULL", "a", "#N/A",
         "x x x", "not provided")  # fmt: skip


def test_quirk_116_placeholders_that_people_type(tmp_path: Path) -> None:
    with read(tmp_path, *(log_row(n, reason=text, case_number=text) for n, text in enumerate(TYPED, 1))) as case:
        assert dict(zip(column(case, "reason"), states(case, "reason"), strict=True)) == dict.fromkeys(
            TYPED, "placeholder"
        )
        assert set(states(case, "case_number")) == {"placeholder"}


def test_quirk_116_test_is_a_case_number_of_nothing_and_a_purpose(tmp_path: Path) -> None:
    with read(tmp_path, log_row(1, reason="test", case_number="test")) as case:
        assert (states(case, "case_number"), states(case, "reason")) == (["placeholder"], ["value"])
    assert labels("test") == {"admin.test"}


def test_quirk_117_values_of_pages_that_are_none(tmp_path: Path) -> None:
    cells = ("null", "None", "NaN", "NA", "N/A", "Data Unavailable", "-Infinity days")
    rows = [[f"Town {n} OH PD", cell, cell] for n, cell in enumerate(cells)]
    with read(tmp_path, *rows, ["Elm OH PD", "30.0", "None of it."], header=PAGES) as case:
        pages = {p["producer"]: (p["retention_days"], p["prohibited_uses"]) for p in case.read("portals").to_pylist()}
    assert pages.pop("Elm OH PD") == (30, "None of it.")
    assert {days for days, _ in pages.values()} == {None}
    assert {text for name, (_, text) in pages.items() if name != "Town 6 OH PD"} == {None}


def test_quirk_118_the_identity_block_is_gone(tmp_path: Path) -> None:
    gone = {" Name", " License Plate", " Filters"}
    kept = [place for place, label in enumerate(HEADER) if label not in gone]
    with read(tmp_path, [log_row(1)[place] for place in kept], header=[HEADER[place] for place in kept]) as case:
        assert [states(case, name) for name in STATED] == [["value"], ["value"], ["not-exported"], ["not-exported"]]


def test_no_special_cell_escapes_the_pattern_of_the_engine(tmp_path: Path) -> None:
    """The engine looks closer at the texts that match; every cell that is no plain value must be among them."""
    samples = {
        *GROUNDS,
        *TYPED,
        "REDACTED - PII",
        "REDACTED / 459 SUS",
        "J. S*****",
        "[***]",
        "test",
        "J.",
        "  ",
        "no case #",
        "25-xxxxx",
    }
    samples |= {text.upper() for text in samples} | {f"[{text}]" for text in samples}
    special = sorted({text for text in samples for name in STATED if cell_state(text, name).value != "value"})
    with Case.open(tmp_path / "case", create=True) as case:
        missed = [
            text
            for text in special
            if text.strip() and not case.value("SELECT regexp_matches(?, ?)", [text, doubtful_pattern()])
        ]
    assert missed == []
    assert len(special) > 100


# 4.7 Reason, case number, filters, search type


@pytest.mark.parametrize(
    ("reason", "label"),
    [
        ("Wanted Person (Arrest Warrant/Fugitive) - Criminal Justice Purpose", "person.wanted"),
        ("Immigration (civil/administrative) - Criminal Justice Purpose", "immigration"),
    ],
)
def test_quirk_119_reasons_from_a_list(tmp_path: Path, reason: str, label: str) -> None:
    with read(tmp_path, log_row(1, reason=reason), log_row(2, reason="Other - Not Applicable")) as case:
        assert states(case, "reason") == ["value", "value"]
        assert column(case, "reason")[0] == reason
    assert any(label in found for found in labels(reason))


def test_quirk_120_the_word_of_the_list_comes_before_the_word(tmp_path: Path) -> None:
    civil, criminal = labels("Immigration (civil/administrative)"), labels("Immigration (criminal)")
    assert civil and criminal and civil != criminal
    assert all("immigration" in label for label in civil | criminal)


def test_quirk_121_a_plate_in_a_reason_leaves_masked(tmp_path: Path) -> None:
    reason = "Alert: plate 9INV042 seen 2026-01-03T04:05:06Z"
    with read(tmp_path, log_row(1, reason=reason), log_row(2, reason="Daytime search for best result")) as case:
        assert column(case, "reason")[0] == reason
        shown = outward_table(Publication(case, "report"), "records").column("reason").to_pylist()
    assert "9INV042" not in str(shown)


@pytest.mark.parametrize("reason", ["Daytime search for best result", "550e8400-e29b-41d4-a716-446655440000"])
def test_quirks_122_123_words_of_the_screen_and_ids_state_no_purpose(tmp_path: Path, reason: str) -> None:
    with read(tmp_path, log_row(1, reason=reason)) as case:
        assert (column(case, "reason"), states(case, "reason")) == ([reason], ["value"])
    assert all(label.startswith(("insufficient", "unknown", "admin")) for label in labels(reason))


def test_quirk_124_a_case_number_in_the_reason_and_none_in_its_column(tmp_path: Path) -> None:
    with read(tmp_path, log_row(1, reason="25-00817", case_number=""), log_row(2, case_number="9INV042")) as case:
        assert states(case, "case_number") == ["blank", "value"]
        assert column(case, "reason")[0] == "25-00817"
    assert labels("25-00817") == {"insufficient.case-number"}


NUMBERS = ("250103042", "20250103001", "25-0103-17", "25SM013446A", "SH25000089394", "25-00817", "sc25-31", "sc25-29")


def test_quirk_125_shapes_of_case_numbers(tmp_path: Path) -> None:
    with read(tmp_path, *(log_row(n, case_number=number) for n, number in enumerate(NUMBERS, 1))) as case:
        assert tuple(column(case, "case_number")) == NUMBERS
        assert set(states(case, "case_number")) == {"value"}


@pytest.mark.parametrize("reason", ["250103042", "25-0817", "25/0817", "#25.0817"])
def test_quirk_126_digits_and_signs_alone(reason: str) -> None:
    assert labels(reason) == {"insufficient.case-number"}


@pytest.mark.parametrize("reason", ["inv", "sus veh", "459 sus"])
def test_quirk_127_shorthand_is_more_than_a_key_stroke(tmp_path: Path, reason: str) -> None:
    with read(tmp_path, log_row(1, reason=reason), log_row(2, reason="x")) as case:
        assert states(case, "reason") == ["value", "placeholder"]
    assert "insufficient.placeholder" not in labels(reason)


@pytest.mark.parametrize(
    "reason",
    [
        "ice on roads collision",
        "theft from church",
        "press charges for assault",
        "stolen transport van",
        "bail jumping",
    ],
)
def test_quirk_128_traps_of_words(reason: str) -> None:
    assert not any("immigration" in label or "protected" in label for label in labels(reason))


def test_quirk_129_descriptions_of_people_leave_masked(tmp_path: Path) -> None:
    with read(tmp_path, log_row(1, reason="robbery susp W/M Jane Quillfeather DOB 01/02/1990")) as case:
        shown = outward_table(Publication(case, "report"), "records").column("reason").to_pylist()
    assert not {"Quillfeather", "01/02/1990"} & set(str(shown).replace("'", " ").split())


def test_quirk_130_trailing_spaces_are_no_difference(tmp_path: Path) -> None:
    with read(tmp_path, log_row(1, reason="stolen vehicle   "), log_row(2, reason="Stolen  vehicle")) as case:
        assert column(case, "reason") == ["stolen vehicle", "Stolen  vehicle"]
        assert len(set(column(case, "reason_key"))) == 1


def test_quirk_131_filters_stay_as_they_stand(tmp_path: Path) -> None:
    filters = ["suv, gmc, black", "suvgmcblack", "9INV042Ford,TX", "***", "texas"]
    with read(tmp_path, *(log_row(n, filters=text) for n, text in enumerate(filters, 1))) as case:
        assert column(case, "filters") == filters
        assert column(case, "searched_at") == sorted(column(case, "searched_at"))
        assert set(column(case, "layout_corrected")) == {False}


def test_quirk_132_prompts_and_verdicts(tmp_path: Path) -> None:
    verdicts = ["", "allow", "warn", "block", "###", "Moderation was not recorded because of an error of the system"]
    rows = [
        log_row(
            n,
            moderation=verdict,
            search_type="freeform" if verdict else "lookup",
            text_prompt="red truck" if verdict else "",
        )
        for n, verdict in enumerate(verdicts, 1)
    ]
    with read(tmp_path, *rows) as case:
        assert column(case, "moderation") == [None, *verdicts[1:]]
        assert column(case, "text_prompt") == [None] + ["red truck"] * 5
        assert set(column(case, "layout_corrected")) == {False}


KINDS = ("lookup", "search", "lookup - Mobile", "search - Mobile", "convoy", "visual", "freeform", "multiGeo",
         "apiLookup", "apiV1", "searchSummary", "searchSummary - Mobile", "mostSeenOcrValues")  # fmt: skip


def test_quirk_133_kinds_of_search(tmp_path: Path) -> None:
    with read(tmp_path, *(log_row(n, search_type=kind) for n, kind in enumerate(KINDS, 1))) as case:
        assert tuple(column(case, "search_type")) == KINDS
        assert set(column(case, "layout_corrected")) == {False}
        assert None not in column(case, "searched_at")


def test_quirk_134_an_alert_that_fills_rows_is_one_session(tmp_path: Path) -> None:
    rows = [log_row(n, search_id=f"{n:08x}-0000-4000-8000-000000000000") for n in range(1, 41)]
    with read(tmp_path, *rows) as case:
        update_organisations(case)
        update_searches(case)
        assert case.count("records") == 40
        assert sessions(case).num_rows < 40


def test_quirk_135_offences_of_the_list_have_a_column_of_their_own(tmp_path: Path) -> None:
    offences = ["Motor Vehicle Theft/Stolen", "Larceny/Theft Offenses", "Drugs/Narcotics"]
    rows = [portal_row(n, more=(offence,)) for n, offence in enumerate(offences, 1)]
    with read(tmp_path, *rows, header=(*PORTAL, "offenseType")) as case:
        assert column(case, "offense_type") == offences
        assert set(states(case, "reason")) == {"not-exported"}
        update_purposes(case)
        found = {row["key"]: row["label"] for row in case.read("purposes").to_pylist() if row["field"] == "offense"}
    assert len(found) == 3
    assert not any(label.startswith("insufficient") for label in found.values())
