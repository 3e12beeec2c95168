"""Contract tables as anyone may see them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from custodiet.case import Case
from custodiet.model.errors import UsageError
from custodiet.model.tables import CONTRACT_TABLES
from custodiet.privacy import MASK, Publication, outward_table
from custodiet.privacy.tables import outward_parts
from tests.privacy.conftest import AT, add_disclosure, add_records, record

HOUR = AT.replace(minute=0, second=0)


def test_no_column_leaves_that_stays_in_the_case(case: Case) -> None:
    for name, table in CONTRACT_TABLES.items():
        expected = [column.name for column in table.columns if column.leaves != "never"]
        assert outward_table(Publication(case, "report"), name).column_names == expected


def test_a_record_leaves_with_pseudonym_words_and_hour(case: Case) -> None:
    add_records(case, record("d1", 1, reason="stolen vehicle of Jane Roe, 9AAA999"))
    (row,) = outward_table(Publication(case, "report"), "records").to_pylist()
    assert row["user"].startswith("account-")
    assert row["reason"] == f"stolen vehicle of {MASK}"
    assert row["searched_at"] == HOUR
    assert (row["networks"], row["devices"], row["search_id"]) == (40, 560, "id-1")
    assert {"plate", "case_number", "reason_key", "searched_local"}.isdisjoint(row)


def test_masked_and_blank_accounts_stay_as_they_are(case: Case) -> None:
    add_records(
        case,
        record("d1", 1, user="***", user_state="masked"),
        record("d1", 2, user=None, user_state="blank"),
        record("d1", 3, user="withheld for Jane Roe", user_state="withheld"),
    )
    assert outward_table(Publication(case, "report"), "records").column("user").to_pylist() == [
        "***", None, f"withheld for {MASK}"]  # fmt: skip


def test_the_same_name_gives_the_same_table_and_another_name_other_pseudonyms(case: Case) -> None:
    add_records(case, record("d1", 1), record("d1", 2, user="C. Other"))
    first, again = (outward_table(Publication(case, "report"), "records") for _ in range(2))
    other = outward_table(Publication(case, "other"), "records")
    assert first.equals(again)
    assert set(first.column("user").to_pylist()).isdisjoint(other.column("user").to_pylist())
    assert first.drop_columns("user").equals(other.drop_columns("user"))


def test_two_agencies_do_not_share_an_account(case: Case) -> None:
    add_records(
        case, record("d1", 1), record("d1", 2, org="Alder Cove CA PD"), record("d1", 3, user="b. quillfeather ")
    )
    users = outward_table(Publication(case, "report"), "records").column("user").to_pylist()
    assert users[0] != users[1]
    assert users[0] == users[2]


def test_a_row_that_hides_what_another_log_shows_loses_what_joins_them(case: Case) -> None:
    """Quirk 114: the vendor masks others' rows, and the others' own log shows them."""
    masked = {"user": "***", "user_state": "masked", "plate": None, "plate_state": "masked"}
    add_records(
        case,
        record("network", 1, kind="network-audit", **masked),
        record("own", 1),
        record("own", 2, user="C. Other", plate="1" * 32, searched_at=AT + timedelta(minutes=1)),
    )
    case.append_rows("sightings", [{"search_key": "s", "disclosure_id": d, "record_no": 1} for d in ("network", "own")])
    rows = outward_table(Publication(case, "report"), "records").to_pylist()
    exposed, own, _ = rows
    assert (exposed["search_id"], exposed["networks"], exposed["devices"]) == (None, None, None)
    assert exposed["searched_at"] == HOUR  # two accounts searched in that hour
    assert own["networks"] == 40
    sightings = outward_table(Publication(case, "report"), "sightings").to_pylist()
    assert sightings == [{"search_key": "s", "disclosure_id": "own", "record_no": 1}]


@pytest.mark.parametrize(
    ("other_at", "given"),
    [
        (AT - timedelta(hours=3), AT.replace(hour=0, minute=0, second=0)),
        (AT + timedelta(days=9), AT.replace(day=1, hour=0, minute=0, second=0)),
        (AT + timedelta(days=90), None),
    ],
)
def test_the_time_is_coarsened_until_two_accounts_are_left(
    case: Case, other_at: datetime, given: datetime | None
) -> None:
    add_records(
        case,
        record("network", 1, user="***", user_state="masked"),
        record("own", 1),
        record("own", 2, user="C. Other", plate="1" * 32, searched_at=other_at),
    )
    row = outward_table(Publication(case, "report"), "records").to_pylist()[0]
    assert row["searched_at"] == given


def test_rows_of_a_public_page_keep_their_second_when_no_other_log_has_them(case: Case) -> None:
    hidden = {"kind": "portal-audit", "user_state": "not-exported", "user": None, "plate_state": "not-exported"}
    later = AT + timedelta(hours=5)
    add_records(case, record("page", 1, **hidden), record("page", 2, **hidden, searched_at=later), record("own", 1))
    case.append_rows("sightings", [
        {"search_key": "s1", "disclosure_id": "page", "record_no": 1},
        {"search_key": "s1", "disclosure_id": "own", "record_no": 1},
        {"search_key": "s2", "disclosure_id": "page", "record_no": 2}])  # fmt: skip
    times = {(r["disclosure_id"], r["record_no"]): r["searched_at"]
             for r in outward_table(Publication(case, "report"), "records").to_pylist()}  # fmt: skip
    assert times["page", 2] == later
    assert times["page", 1] is None  # the own log shows one account, all year


def test_folders_named_after_staff_stay_inside(case: Case) -> None:
    """Quirk 39: folders of an archive named after staff."""
    add_disclosure(case, "d1", file_name="Release.zip", member_path="Quillfeather, Bo/own/audit.csv")
    place = "Quillfeather, Bo/own/audit.csv"
    message = "The same bytes as Quillfeather, Bo/own/old.csv."
    problem = {"code": "duplicate", "disclosure_id": "d1", "file_name": place, "where": place, "message": message}
    case.append_rows("problems", [problem])
    publication = Publication(case, "report")
    assert outward_table(publication, "disclosures").column("member_path").to_pylist() == ["audit.csv"]
    (shown,) = outward_table(publication, "problems").to_pylist()
    assert shown["where"] == "audit.csv"
    assert shown["message"] == "The same bytes as old.csv."


def _indicator(indicator_id: str, level: str) -> dict[str, object]:
    subject = "Marlow Bay CA PD, account 0123456789" if level == "account" else "Marlow Bay CA PD"
    return {
        "indicator_id": indicator_id, "rule_id": f"patterns.{level}", "rule_version": "1.0.0", "level": level,
        "subject": subject, "statement": f"3 searches in the log of {subject}.", "severity": "gap",
        "period_start": AT, "evidence": [{"disclosure_id": "d1", "record_no": 1}], "note": "talked to B. Quillfeather",
    }  # fmt: skip


def test_results_about_accounts_stay_inside_unless_added_with_a_reason(case: Case) -> None:
    case.append_rows("indicators", [_indicator("i1", "account"), _indicator("i2", "organisation")])
    kept = outward_table(Publication(case, "report"), "indicators")
    assert kept.column("indicator_id").to_pylist() == ["i2"]
    assert kept.column("evidence").to_pylist() == [[{"disclosure_id": "d1", "record_no": 1}]]
    assert "note" not in kept.column_names
    added = Publication(case, "report", account_results={"patterns.account": "the account is a shared one"})
    row = next(r for r in outward_table(added, "indicators").to_pylist() if r["indicator_id"] == "i1")
    assert "0123456789" not in row["subject"] + row["statement"]
    assert row["subject"].startswith("Marlow Bay CA PD, account account-")
    assert row["subject"] in row["statement"]


def test_adding_results_without_a_reason_is_refused(case: Case) -> None:
    with pytest.raises(UsageError, match="only with a reason"):
        Publication(case, "report", account_results={"patterns.account": " "})


def test_accounts_are_named_only_when_a_reason_is_stated(case: Case) -> None:
    add_records(case, record("d1", 1))
    named = outward_table(Publication(case, "report", accounts_named="ordered by the court"), "records")
    assert named.column("user").to_pylist() == ["B. Quillfeather"]


@pytest.mark.parametrize("name", ["", "../x", "a/b", " x", "x" * 101, "a\x00b"])
def test_a_name_that_is_no_name_is_refused(case: Case, name: str) -> None:
    with pytest.raises(UsageError, match="no name for a publication"):
        Publication(case, name)


def test_an_inner_table_does_not_leave(case: Case) -> None:
    for name in ("files", "decisions", "nonsense"):
        with pytest.raises(UsageError, match="no table that can be published"):
            outward_table(Publication(case, "report"), name)


def test_rows_that_stand_out_of_order_leave_in_order(case: Case) -> None:
    add_records(case, *(record(log, number) for log in ("two", "one") for number in (3, 1, 2)))
    (part,) = outward_parts(Publication(case, "report"), "records")
    keys = list(zip(part["disclosure_id"].to_pylist(), part["record_no"].to_pylist(), strict=True))
    assert keys == [(log, number) for log in ("one", "two") for number in (1, 2, 3)]
    assert part.equals(outward_table(Publication(case, "report"), "records"))


def test_types_are_those_of_the_contract(case: Case) -> None:
    add_records(case, record("d1", 1))
    schema = outward_table(Publication(case, "report"), "records").schema
    assert schema.field("searched_at").type == pa.timestamp("us", tz="UTC")
    assert schema.field("networks").type == pa.int64()
    assert AT.tzinfo is UTC


def test_a_receipt_leaves_without_sender_and_note(case: Case) -> None:
    receipts = {
        "a" * 64: {
            "request_number": "PRR-7",
            "sender": "Zyxwotta Clerkson",
            "note": "rang Quimby",
            "custodian": "Clerk",
        },
        "b" * 64: {"sender": "Zyxwotta Clerkson"},
    }
    for number, (sha256, receipt) in enumerate(receipts.items()):
        add_disclosure(case, f"d{number}", sha256=sha256, receipt=f"As disclosed: {receipt}")
        file = {"path": f"/{number}.csv", "file_name": f"{number}.csv", "sha256": sha256, "size": 1}
        case.append_rows("files", [file | {"receipt": json.dumps(receipt)}])
    add_disclosure(case, "d2", sha256="c" * 64)
    told = outward_table(Publication(case, "report"), "disclosures").column("receipt").to_pylist()
    assert told == ["Request PRR-7, to Clerk", "A receipt is kept in the case", None]
