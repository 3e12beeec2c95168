# ruff: noqa: E501 - tables of words, sentences and SQL read better in one line
"""A lawful agency's log, list and page raise no indicator in any pack, unless the committed list explains it."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest

from custodiet.case import Case
from custodiet.law.evaluate import evaluate_case
from custodiet.law.local_inputs import load_local_input
from tests.law.builders import NOON, fill, organisation, search, share

KNOWN = Path(__file__).with_name("known_indicators.csv")


@pytest.mark.parametrize(
    "state", ["CA", *(pytest.param(state, marks=pytest.mark.slow) for state in ("IL", "VA", "WA", "MN", "FL"))]
)
def test_a_lawful_agency_raises_no_indicator(case: Case, tmp_path: Path, state: str) -> None:
    name, other = f"Riverbend {state} PD", f"Hillside {state} PD"
    rows = [
        search(n, at=NOON + timedelta(hours=30 * n), producer=name, org=name, plate=f"p{n}", case_number=f"25-{n:03}",
               window_start=NOON + timedelta(hours=30 * n - 20))
        for n in range(1, 40)
    ]  # fmt: skip
    page = {
        "producer": name, "as_of": date(2025, 3, 1), "retention_days": 14, "disclosure_id": "page", "source_row": 1,
        "prohibited_uses": "Immigration enforcement", "acceptable_use": "Criminal investigations", "access_policy": "With a case number",
        "other": '{"Policy": "The official custodian is the Chief. Employees and job titles with access receive training. '
                 'Accuracy: errors are corrected. Sharing and transfer only to agencies of the state. Use is monitored; periodic audits. '
                 'Data is retained 14 days and destroyed."}',
    }  # fmt: skip
    shares = [share(1, other, source=name, stated_by=name)]
    fill(case, rows, shares, [page], [organisation(name, state), organisation(other, state)])
    audits = tmp_path / "audits.csv"
    days = [
        f"{name},{kind},{day},independent\n" for kind in ("audit", "report") for day in ("2024-09-15", "2025-03-12")
    ]
    audits.write_text("producer,kind,done_on,independence\n" + "".join(days), encoding="utf-8")
    load_local_input(case, audits)
    evaluate_case(case)
    with KNOWN.open(encoding="utf-8", newline="") as file:
        known = {(row["state"], row["rule_id"]) for row in csv.DictReader(file)}
    raised = {(state, row["rule_id"]) for row in case.read("indicators").to_pylist()}
    assert raised <= known, sorted(raised - known)
