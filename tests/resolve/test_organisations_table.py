"""Organisations: the table of a case holds every name once, however the case came by it."""

from __future__ import annotations

from pathlib import Path

from custodiet.case import Case
from custodiet.resolve.organisations import update_organisations


def _fill(case: Case) -> None:
    with case.transaction():
        case.append_rows("disclosures", [{"disclosure_id": "d", "producer": "Polk County FL SO"}])
        case.append_rows(
            "records",
            [
                {"disclosure_id": "d", "record_no": 1, "org": "Hayden AL PD", "producer": "Polk County FL SO"},
                {"disclosure_id": "d", "record_no": 2, "org": None, "producer": "Polk County FL SO"},
                {"disclosure_id": "d", "record_no": 3, "org": " ", "producer": "Polk County FL SO"},
            ],
        )
        case.append_rows(
            "shares",
            [{"source": "Venice FL PD", "recipient": "Hayden AL PD", "stated_by": "Tampa FL PD", "disclosure_id": "d"}],
        )
        case.append_rows("listed_names", [{"disclosure_id": "d", "source_row": 2, "name": "FBI"}])
        case.append_rows("portals", [{"producer": "Ocala FL PD"}])


def test_every_name_of_a_case_is_resolved_once(tmp_path: Path) -> None:
    with Case.open(tmp_path / "case", create=True) as case:
        _fill(case)
        update_organisations(case)
        first = case.read("organisations")
        assert first.column("name").to_pylist() == [
            "FBI", "Hayden AL PD", "Ocala FL PD", "Polk County FL SO", "Tampa FL PD", "Venice FL PD",
        ]  # fmt: skip
        assert first.column("state").to_pylist() == [None, "AL", "FL", "FL", "FL", "FL"]
        assert first.column("level").to_pylist() == ["federal", "local", "local", "local", "local", "local"]
        update_organisations(case)
        assert case.read("organisations").equals(first)


def test_a_name_that_left_the_case_leaves_the_table(tmp_path: Path) -> None:
    with Case.open(tmp_path / "case", create=True) as case:
        _fill(case)
        update_organisations(case)
        case.execute("DELETE FROM listed_names")
        update_organisations(case)
        assert case.value("SELECT count(*) FROM organisations WHERE name = 'FBI'") == 0


def test_an_empty_case_has_no_organisations(tmp_path: Path) -> None:
    with Case.open(tmp_path / "case", create=True) as case:
        update_organisations(case)
        assert case.count("organisations") == 0
