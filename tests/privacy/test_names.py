"""Entries of sharing lists that may be names of persons: told, masked everywhere, joined as before, looked for."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from custodiet.case import Case
from custodiet.privacy import Publication, outward_names, outward_table
from custodiet.privacy.gate import check_publication
from custodiet.privacy.named import personal_names
from custodiet.privacy.names import personal_among
from custodiet.privacy.text import outward_json
from custodiet.publish.bundle import Options, write_bundle
from custodiet.resolve.organisations import update_organisations
from custodiet.resolve.organisations.measure import GOLD, read_labels
from custodiet.verify import verify_bundle

PERSON = "Ottilie Vandersmith"
CAMERA = "Barnaby O'Quill Demo Cam"


@pytest.mark.parametrize(
    "name",
    [
        PERSON, PERSON.upper(), CAMERA, "Vandersmith, Ottilie", "O. Vandersmith", "Ottilie LE Training",
        "Ottilie's Walkthrough Demo", "Ottilie Vandersmith (CA)", "Ottilie Vandersmith's Residence",
        "Ottilie Vandersmith Home Cam", "ovandersmith@anytown.gov", "Élodie Beauchêne", "Ottilie M Vandersmith CA",
        "Flock Safety - Ottilie Vandersmith", "Ottilie's LE Flock Training", "Sgt Ottilie Vandersmith - Anytown PD",
    ],
)  # fmt: skip
def test_a_name_of_a_person_is_told(name: str) -> None:
    assert personal_among([name]) == {name}


@pytest.mark.parametrize(
    "name",
    [
        "Anytown CA PD", "MS - Biloxi PD", "Law Enforcement Demo", "On Patrol Demo", "Flock Safety PD Test Org", "DNU",
        "Brookside Lane (CA)", "Malabar Ranch", "District #12 (CA)", "SEMRECC MA", "GPC", "SchoolSafety Demo Org",
        "Florida LE Flock Training", "Encino (CA)", "Chief Legal Counsel", "Deputy Constable Precinct 4 TX", "",
    ],
)  # fmt: skip
def test_a_name_of_an_agency_a_place_or_of_listed_words_stays(name: str) -> None:
    assert personal_among([name]) == frozenset()


def test_at_most_one_in_a_hundred_labelled_organisations_is_taken_for_a_person() -> None:
    names = [label.name for label in read_labels(GOLD)]
    assert len(personal_among(names)) <= len(names) // 100


@pytest.mark.real
def test_no_agency_of_a_known_kind_in_a_real_directory_is_taken_for_a_person(real_data: Path) -> None:
    paths = sorted(real_data.rglob("*.csv"))
    names = {cell for path in paths for cell in _cells(path) if cell.endswith((" PD", " SO", "Police Department"))}
    assert personal_among(names) == frozenset()


def _cells(path: Path) -> set[str]:
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        return {row[0].strip() for row, _ in zip(csv.reader(file), range(20_000), strict=False) if row}


def _case(case: Case) -> Publication:
    """Three lists, a page and an indicator that name a person, a camera, and an agency with a word in common."""
    case.append_rows(
        "disclosures",
        [
            {
                "disclosure_id": "d",
                "producer": "Anytown CA PD",
                "kind": "sharing-list",
                "file_name": "l.csv",
                "n_rows_read": 5,
                "n_records": 0,
                "n_events": 0,
                "n_shares": 5,
                "n_portal_values": 1,
                "n_layout": 0,
                "n_rejected": 0,
                "sha256": "0" * 64,
                "member_sha256": "0" * 64,
            }
        ],
    )
    entries = [PERSON, CAMERA, "Ottilie Vandersmith Elementary School District CA", "Riverton CA SO", PERSON]
    case.append_rows(
        "shares",
        [
            {"source": "Anytown CA PD", "recipient": name, "stated_by": "Anytown CA PD", "disclosure_id": "d",
             "source_row": row, "status": "active", "as_of": date(2026, 3, 1)}
            for row, name in enumerate(entries)
        ],
    )  # fmt: skip
    case.append_rows(
        "share_spans", [{"source": "Anytown CA PD", "recipient": name, "stated_by": "Anytown CA PD", "n_statements": 1}
                        for name in (PERSON, CAMERA)],
    )  # fmt: skip
    other = json.dumps({"shared with": f"Riverton CA SO, {PERSON}", "cameras": 12, "more": [CAMERA]})
    case.append_rows("portals", [{"producer": "Anytown CA PD", "disclosure_id": "d", "source_row": 1, "other": other}])
    case.append_rows(
        "indicators",
        [
            {
                "indicator_id": "i-1", "rule_id": "r", "severity": "quality", "denominator": 2,
                "level": "organisation", "subject": "Anytown CA PD",
                "counterpart": CAMERA,
                "statement": f"Anytown CA PD lets {PERSON} in, and {CAMERA}, and {entries[2]}.",
                "query": "SELECT count(*) FROM shares WHERE recipient = 'Barnaby O''Quill Demo Cam'",
                "sensitivity": json.dumps({"names": [CAMERA]}), "caveats": [f"{PERSON} may be a test."],
            }
        ],
    )  # fmt: skip
    update_organisations(case)
    return Publication(case, "p")


def _texts(publication: Publication) -> str:
    tables = ("shares", "share_spans", "organisations", "portals", "indicators")
    return "\n".join(str(outward_table(publication, name).to_pylist()) for name in tables)


def test_no_published_table_names_a_person_and_agencies_stay_readable(case: Case) -> None:
    publication = _case(case)
    told = _texts(publication)
    for part in ("Barnaby", "Quill", "Vandersmith in", f"'{PERSON}'", f"{PERSON} may"):
        assert part not in told
    assert "Ottilie Vandersmith Elementary School District CA" in told
    assert "Riverton CA SO" in told


def test_one_name_is_one_pseudonym_in_all_columns_and_queries_still_hold(case: Case) -> None:
    publication = _case(case)
    (token,) = publication.names([CAMERA])
    (row,) = outward_table(publication, "indicators").to_pylist()
    assert row["counterpart"] == token
    assert row["query"] == f"SELECT count(*) FROM shares WHERE recipient = '{token}'"
    assert json.loads(row["sensitivity"]) == {"names": [token]}
    with outward_names(publication):
        assert case.value(row["query"]) == 1
        assert case.value("SELECT count(DISTINCT recipient) FROM shares") == 4
        joined = "SELECT count(*) FROM shares s JOIN organisations o ON o.name = s.recipient"
        assert case.value(joined) == 5
    assert case.value(f"SELECT count(*) FROM shares WHERE recipient = '{PERSON}'") == 2


def test_another_publication_has_other_pseudonyms(case: Case) -> None:
    one, other = Publication(case, "one"), Publication(case, "other")
    assert one.names([PERSON]) != other.names([PERSON])
    assert one.names([PERSON]) != one.accounts([(None, PERSON)])


def test_a_second_connection_sees_what_was_released(case: Case) -> None:
    publication = _case(case)
    with outward_names(publication), case.beside() as second:
        asked = f"SELECT count(*) FROM shares WHERE recipient = '{PERSON}'"
        assert (case.value(asked), second.value(asked)) == (0, 2)


def test_who_released_records_is_not_masked(case: Case) -> None:
    case.append_rows("disclosures", [{"disclosure_id": "d", "producer": "Vandersmith Watch Post"}])
    case.append_rows("shares", [{"source": "Vandersmith Watch Post", "recipient": PERSON, "stated_by": "x"}])
    update_organisations(case)
    assert "Vandersmith Watch Post" not in personal_names(Publication(case, "p")).masked


def test_texts_of_a_page_that_have_no_column_leave_by_allowed_words_alone(case: Case) -> None:
    (row,) = outward_table(_case(case), "portals").to_pylist()
    assert json.loads(row["other"]) == {"shared with": "[…] CA SO, name-[…]", "cameras": 12, "more": ["name-[…]"]}


def test_headings_that_are_masked_alike_stay_two_and_what_is_no_json_is_text() -> None:
    assert [json.loads(outward_json(['{"Vandersmith": 1, "Beauchamp": "stolen"}'])[0])] == [
        {"[…]": 1, "[…] (1)": "stolen"}
    ]
    assert outward_json(["{Vandersmith stolen"]) == ["[…] stolen"]


def test_the_gate_finds_a_name_in_cells_and_in_running_text(case: Case) -> None:
    publication = _case(case)
    table = pa.table({"recipient": [PERSON, "Riverton CA SO"]})
    (cell,) = check_publication(publication, {"shares.parquet": table})
    (prose,) = check_publication(publication, {"report.txt": f"shared with {CAMERA.lower()}.".encode()})
    assert (cell.attack, cell.count, prose.attack, prose.count) == ("residue", 1, "residue", 1)
    assert PERSON not in f"{cell}{prose}"
    assert check_publication(publication, {"report.txt": b"Anytown CA PD shares with Riverton CA SO."}) == []


def test_the_gate_leaves_a_name_that_is_part_of_an_agency_that_stays(case: Case) -> None:
    case.append_rows("shares", [{"source": "a", "recipient": name} for name in ("Bexley", "Bexley County TX SO")])
    update_organisations(case)
    publication = Publication(case, "p")
    assert "Bexley" in personal_names(publication).masked
    table = pa.table({"place": ["Bexley County"], "name": ["Bexley County TX SO"]})
    assert check_publication(publication, {"organisations.parquet": table}) == []


@pytest.mark.slow
def test_a_bundle_that_masks_a_cited_share_is_published_and_verified(case: Case, tmp_path: Path) -> None:
    publication = _case(case)
    case.execute(
        "UPDATE indicators SET n_shares = 2, rule_version = '1.0.0', sensitivity = NULL,"
        " evidence = [{'disclosure_id': 'd', 'record_no': 1}, {'disclosure_id': 'd', 'record_no': 3}]"
    )
    case.append_rows(
        "files", [{"path": "/l.csv", "file_name": "l.csv", "sha256": "0" * 64, "size": 1, "complete": True}]
    )
    folder = tmp_path / "bundle"
    write_bundle(case, folder, Options(publication.name), report_writer=_no_report)
    texts = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    assert not [text for text in texts if b"Barnaby" in text]
    opened = pq.read_table(folder / "proofs" / "shares.parquet").select(["source_row", "opened"]).to_pylist()
    assert opened == [{"source_row": 1, "opened": False}, {"source_row": 3, "opened": True}]
    assert json.loads((folder / "manifest.json").read_text())["names_masked"] >= 2
    assert verify_bundle(folder).faults == []


def _no_report(_case: Case, folder: Path, **_options: object) -> Path:
    return folder
