# ruff: noqa: E501 - tables of words, sentences and SQL read better in one line
"""The time between audits, reports and deletion runs: from inputs, event logs and pages, within what a case covers."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from custodiet.case import Case
from custodiet.law.evaluate import evaluate_case, evaluate_packs
from custodiet.law.local_inputs import load_local_input
from custodiet.law.policy_form import new_policy
from custodiet.law.subjects import inputs_of, subject_sql
from custodiet.rules.load import find_rule, load_packs
from custodiet.rules.rule import Pack
from tests.law.builders import NOON, PD, fill, found, organisation, outcomes, search
from tests.law.test_evaluate import PACK

HEADER = "producer,kind,done_on,covers_from,covers_to,done_by,independence\n"
MINNESOTA = "us-mn.13-824-subd-6.audit-interval"


def add(case: Case, folder: Path, *lines: str, name: str = "audits", header: str = HEADER) -> None:
    path = folder / f"{name}.csv"
    path.write_text(header + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    load_local_input(case, path)


def spans(case: Case, act: str = "audit") -> list[tuple[Any, ...]]:
    """Give the intervals of one kind of act: from, to, how they begin and end, days."""
    return case.rows(
        f"SELECT begins_on::VARCHAR, ends_on::VARCHAR, begins_with, ends_with, days FROM ({subject_sql('interval', inputs_of(case))})"
        " WHERE act = ? ORDER BY begins_on", [act],
    )  # fmt: skip


def log(case: Case, *days: int, state: str = "MN", **more: Any) -> None:
    """Fill a case with a log of searches so many days after the first."""
    rows = [search(n, at=NOON + timedelta(days=day)) for n, day in enumerate(days, 1)]
    fill(case, rows, organisations=[organisation(PD, state)], **more)


def test_without_an_input_nothing_can_be_told(case: Case) -> None:
    log(case, 0, 900)
    assert spans(case) == [("2025-03-03", "2027-08-20", "record", "record", None)]
    evaluate_case(case, ["us-mn"])
    assert outcomes(case, MINNESOTA) == {PD: (0, 0, 1, 3)}


def test_an_interval_that_is_kept_is_clear_and_a_longer_one_is_told_with_its_days(case: Case, tmp_path: Path) -> None:
    log(case, 0, 900)
    add(case, tmp_path, f"{PD},audit,2023-03-01,,,A firm,independent", f"{PD},audit,2025-03-01,,,A firm,independent")
    evaluate_case(case, ["us-mn"])
    assert outcomes(case, MINNESOTA) == {PD: (1, 1, 0, 4)}
    (row,) = found(case, MINNESOTA)
    assert row["statement"] == (
        f"1 of 2 intervals between independent audits of {PD} on file is longer than 731 days (2025-03-01 to 2027-08-20)."
    )
    assert (row["denominator"], row["severity"]) == (2, "gap")
    assert (row["period_start"].date(), row["period_end"].date()) == (date(2025, 3, 1), date(2027, 8, 20))
    assert row["evidence"] == [{"disclosure_id": "log", "record_no": 2}]
    assert case.value(row["query"]) == 1
    panel = {item["label"]: item["count"] for item in json.loads(row["sensitivity"])["alternatives"]}
    assert panel["a month more"] == 1
    assert panel["two whole calendar years without one"] == 0
    assert panel["only intervals between two that are on file"] == 0


def test_an_internal_audit_is_no_independent_one(case: Case, tmp_path: Path) -> None:
    log(case, 0, 900)
    add(case, tmp_path, f"{PD},audit,2026-03-01,,,The chief,internal")
    assert [row[4] for row in spans(case, "independent-audit")] == [900]
    assert [row[4] for row in spans(case)] == [363, 537]


def test_an_act_without_a_day_says_that_there_was_none(case: Case, tmp_path: Path) -> None:
    log(case, 0, 40)
    add(case, tmp_path, f"{PD},report,,,,,")
    assert spans(case, "report") == [("2025-03-03", "2025-04-12", "record", "record", 40)]
    assert spans(case)[0][4] is None


def test_the_input_of_another_organisation_tells_nothing(case: Case, tmp_path: Path) -> None:
    log(case, 0, 900)
    add(case, tmp_path, "Elmwood MN PD,audit,2025-03-01,,,,")
    assert [(row[0], row[4]) for row in spans(case)] == [("2025-03-01", 0), ("2025-03-03", None)]


def test_days_before_the_first_day_in_force_do_not_count(case: Case, tmp_path: Path) -> None:
    rows = [search(n, at=datetime(year, 8, 1, 18, tzinfo=UTC)) for n, year in enumerate((2010, 2017), 1)]
    fill(case, rows, organisations=[organisation(PD, "MN")])
    add(case, tmp_path, f"{PD},audit,2011-01-01,,,,")
    evaluate_case(case, ["us-mn"])
    assert outcomes(case, MINNESOTA) == {PD: (0, 1, 0, 5)}
    case.execute("UPDATE records SET searched_local = searched_local + INTERVAL 1 DAY")
    evaluate_case(case, ["us-mn"])
    (row,) = found(case, MINNESOTA)
    assert "(2015-08-01 to 2017-08-02)" in row["statement"]


@pytest.mark.parametrize(
    ("event_type", "entity_type", "told"),
    [
        ("Audit Completed", None, True),
        ("AUDIT_REPORT_SIGNED", None, True),
        ("Completed", "Audit", True),
        ("Completed quarterly internal audit", None, True),
        ("Audit log downloaded", None, False),
        ("Performed export of audit log", None, False),
        ("Search audit viewed", None, False),
    ],
)
def test_an_event_that_finishes_an_audit_is_an_act(
    case: Case, event_type: str, entity_type: str | None, told: bool
) -> None:
    log(case, 0, 20)
    case.append_rows("disclosures", [{"disclosure_id": "events", "kind": "event-log", "producer": PD}])
    event = {"disclosure_id": "events", "record_no": 7, "event_at": NOON + timedelta(days=5)}
    case.append_rows("events", [event | {"event_type": event_type, "entity_type": entity_type}])
    assert [row[4] for row in spans(case)] == ([5, 15] if told else [None])
    assert [row[4] for row in spans(case, "independent-audit")] == [None]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Last audit: March 10, 2025.", "2025-03-10"),
        ("The system was last audited on 3/10/2025", "2025-03-10"),
        ("Most recent independent audit was held on 2025-03-10.", "2025-03-10"),
        ("An audit was completed on March 10, 2025", "2025-03-10"),
        ("Last audit: March 2025", None),
        ("Audits are made every 30 days. Updated on 2025-03-10", None),
        ("Next audit: 2027-01-01", None),
        ("Last audit: 2027-01-01", None),
        ("Last audit: 2025-13-45", None),
    ],
)
def test_a_page_that_dates_an_audit_is_an_act(case: Case, text: str, day: str | None) -> None:
    page = {"producer": PD, "as_of": date(2025, 6, 1), "disclosure_id": "page", "source_row": 1, "access_policy": text}
    log(case, 0, portals=[page])
    expected = (
        [("2025-03-03", day, "record", "act", 7), (day, "2025-06-01", "act", "record", 83)]
        if day
        else [("2025-03-03", "2025-06-01", "record", "record", None)]
    )
    assert spans(case) == expected


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("This data is regularly audited every 180 days.", 180),
        ("with audits conducted every 3 months", 93),
        ("All access is audited monthly.", 31),
        ("Quarterly audits are made by the chief", 92),
        ("stored indefinitely for auditing purposes", None),
    ],
)
def test_the_interval_that_a_page_states_binds_the_page(
    case: Case, tmp_path: Path, text: str, days: int | None
) -> None:
    page = {"producer": PD, "as_of": date(2025, 6, 1), "disclosure_id": "page", "source_row": 1, "access_policy": text}
    log(case, 0, 400, portals=[page])
    stated = case.value(f"SELECT any_value(stated_days) FROM ({subject_sql('interval', inputs_of(case))})")
    assert stated == days
    add(case, tmp_path, f"{PD},audit,2025-03-10,,,,")
    evaluate_case(case, ["policy"])
    assert outcomes(case, "policy.audit.stated-interval")[PD][:2] == ((1, 1) if days else (0, 0))


def test_periods_and_searches_of_an_audit_stand_beside_the_days(case: Case, tmp_path: Path) -> None:
    rows = [
        search(1),
        search(2, at=NOON + timedelta(days=50), reason_key="audit"),
        search(3, at=NOON + timedelta(days=100)),
    ]
    fill(case, rows, organisations=[organisation(PD, "MN")])
    case.append_rows("purposes", [{"key": "audit", "field": "reason", "label": "admin.audit", "confidence": 1.0}])
    add(case, tmp_path, f"{PD},audit,2025-03-03,,,,", f"{PD},audit,2025-06-11,2025-03-04,2025-06-01,,")
    told = case.rows(
        f"SELECT days, uncovered_days, audit_searches FROM ({subject_sql('interval', inputs_of(case))}) WHERE act = 'audit'"
    )
    assert told == [(100, 10, 1)]


def test_deletion_runs_are_put_to_the_stated_retention(case: Case, tmp_path: Path) -> None:
    page = {"producer": PD, "as_of": date(2025, 6, 1), "disclosure_id": "page", "source_row": 1, "retention_days": 30}
    log(case, 0, 90, portals=[page])
    lines = [f"{PD},{day},2025-01-01," for day in ("2025-03-10", "2025-04-09", "2025-05-10")]
    add(case, tmp_path, *lines, name="purge-reports", header="producer,purged_on,oldest_kept_on,n_deleted\n")
    evaluate_case(case, ["practice"])
    assert outcomes(case, "practice.deletion-runs-apart")[PD][:3] == (1, 1, 0)
    assert "(2025-04-09 to 2025-05-10)" in found(case, "practice.deletion-runs-apart")[0]["statement"]


def test_the_interval_of_a_policy_form_is_put_to_its_agency(case: Case, tmp_path: Path) -> None:
    new_policy({"agency": PD, "policy": "P", "audit_interval_days": 90}, tmp_path / "pack")
    log(case, 0, 200)
    evaluate_case(case, [str(tmp_path / "pack")])
    rule_id = "policy.riverbend-ca-pd.audit-interval"
    assert outcomes(case, rule_id)[PD] == (0, 0, 1, 3)
    add(case, tmp_path, f"{PD},audit,2025-05-01,,,,")
    evaluate_case(case, [str(tmp_path / "pack")])
    assert outcomes(case, rule_id)[PD] == (1, 1, 0, 4)


def test_two_gaps_that_end_with_one_row_are_two_indicators_in_time(case: Case, tmp_path: Path) -> None:
    made = find_rule(load_packs(["us-mn"]), MINNESOTA)
    assert made is not None
    log(case, 0, 2000)
    ids = []
    for day in ("2025-04-01", "2025-04-02"):
        add(case, tmp_path, f"{PD},audit,{day},,,,")
        evaluate_packs(case, [Pack(PACK, Path(), (made,))])
        ids += [row["indicator_id"] for row in found(case, MINNESOTA)]
    assert len(set(ids)) == 2
