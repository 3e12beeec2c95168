# ruff: noqa: E501 - tables of words, sentences and SQL read better in one line
"""Decisions are added, stay with their evidence, and make findings."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from custodiet.case import Case
from custodiet.law import listing
from custodiet.law.evaluate import evaluate_case
from custodiet.law.findings import carry_forward
from custodiet.law.review import earlier_decisions, history, review
from custodiet.model.errors import UsageError
from custodiet.rules.load import find_rule, load_packs
from tests.law.builders import PD, fill, found, organisation, search, share

OURS = ["practice", "patterns"]
BLANK = "practice.reason-left-blank"


@pytest.fixture
def indicator(case: Case) -> str:
    fill(case, [search(1, reason_state="blank"), search(2)])
    evaluate_case(case, ["practice"])
    return str(found(case, BLANK)[0]["indicator_id"])


def test_a_kept_indicator_becomes_a_finding_in_the_audit_form(case: Case, indicator: str) -> None:
    review(
        case,
        indicator,
        "record-accurate",
        "R. Viewer, Auditor",
        "Compared with the original.",
        {"cause": "A form without a mandatory field."},
    )
    row = case.read("findings").to_pylist()[0]
    assert row["condition"] == found(case, BLANK)[0]["statement"]
    assert row["criteria"].startswith("California State Auditor, Report 2019-118")
    assert (row["cause"], row["effect"]) == ("A form without a mandatory field.", "Not established.")
    assert row["response"].startswith("None recorded.")
    assert (row["decided_by"], row["disposition"]) == ("R. Viewer, Auditor", "record-accurate")


@pytest.mark.parametrize(
    ("word", "kept"),
    [
        ("record-accurate", 1),
        ("policy-unclear", 1),
        ("explained", 0),
        ("record-error", 0),
        ("needs-records", 0),
        ("referred", 0),
    ],
)
def test_which_dispositions_keep_an_indicator(case: Case, indicator: str, word: str, kept: int) -> None:
    review(case, indicator, word, "R. Viewer", "why")
    assert case.count("findings") == kept


def test_decisions_are_only_added(case: Case, indicator: str) -> None:
    review(case, indicator, "needs-records", "R. Viewer", "Ask for the case file.")
    review(case, indicator, "record-accurate", "S. Second", "It came.", {"effect": "E"})
    review(case, indicator, "record-accurate", "S. Second", "With a response.", {"response": "We agree."})
    assert [d.disposition for d in history(case, indicator)] == ["needs-records", "record-accurate", "record-accurate"]
    row = case.read("findings").to_pylist()[0]
    assert (row["effect"], row["response"]) == ("E", "We agree.")
    review(case, indicator, "explained", "S. Second", "A second column held the reasons.")
    assert case.count("findings") == 0
    assert len(history(case, indicator)) == 4


def test_a_decision_survives_an_evaluation_with_the_same_evidence(case: Case, indicator: str) -> None:
    at = datetime(2026, 1, 2, tzinfo=UTC)
    review(case, indicator, "record-accurate", "R. Viewer", "why", at=at)
    evaluate_case(case, OURS)
    assert (found(case, BLANK)[0]["disposition"], found(case, BLANK)[0]["decided_at"]) == ("record-accurate", at)
    assert case.count("findings") == 1


def test_a_decision_on_other_evidence_is_shown_as_earlier_and_not_applied(case: Case, indicator: str) -> None:
    review(case, indicator, "record-accurate", "R. Viewer", "why")
    case.append_rows("records", [search(3, reason_state="blank")])
    evaluate_case(case, OURS)
    now = found(case, BLANK)[0]
    assert now["disposition"] is None
    assert case.count("findings") == 0
    assert [d.indicator_id for d in earlier_decisions(case, now["indicator_id"])] == [indicator]
    assert listing.one(case, now["indicator_id"])["decisions"] == []


def test_of_a_referred_indicator_no_details_are_kept(case: Case, indicator: str) -> None:
    review(case, indicator, "referred", "R. Viewer", "details that must not stay", {"cause": "nor these"})
    stored = case.rows("SELECT note, fields FROM decisions")[0]
    assert "must not stay" not in str(stored)
    assert "nor these" not in str(stored)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("breach", "R", "n", {}), "is no disposition"),
        (("explained", " ", "n", {}), "needs a name"),
        (("explained", "R", " ", {}), "needs a reason"),
        (("explained", "R", "n", {"blame": "x"}), "no fields of a finding"),
    ],
)
def test_an_incomplete_decision_is_refused(case: Case, indicator: str, arguments: tuple[str, str, str, dict[str, str]], message: str) -> None:  # fmt: skip
    with pytest.raises(UsageError, match=message):
        review(case, indicator, *arguments)
    assert case.count("decisions") == 0


def test_an_unknown_indicator_is_refused(case: Case, indicator: str) -> None:
    with pytest.raises(UsageError, match="is no indicator of this case"):
        review(case, "i-nothing", "explained", "R", "n")
    assert review(case, indicator[:8], "explained", "R", "n").indicator_id == indicator


def test_findings_of_last_year_are_carried_forward(case: Case, indicator: str, tmp_path: Path) -> None:
    review(case, indicator, "record-accurate", "R. Viewer", "why", {"recommendation": "Make the field mandatory."})
    with Case.open(tmp_path / "next", create=True) as later:
        case.close()
        assert carry_forward(later, tmp_path / "case", on=date(2026, 3, 1)) == 1
        assert carry_forward(later, tmp_path / "case", on=date(2026, 3, 2)) == 1
        fill(later, [search(1)])
        evaluate_case(later, ["practice"])
        row = later.read("findings").to_pylist()
        assert [r["recommendation"] for r in row] == ["Make the field mandatory."]
        assert row[0]["follow_up"] == "Carried forward from case. Not yet followed up."
        assert row[0]["evidence"] == []
    with Case.open(tmp_path / "next") as later, pytest.raises(UsageError, match="is this case itself"):
        carry_forward(later, tmp_path / "next")


def test_account_level_results_are_left_out_of_a_list_unless_asked(case: Case) -> None:
    from datetime import timedelta

    from tests.law.builders import NOON

    fill(case, [search(n, at=NOON + timedelta(days=n), case_number_state="blank") for n in range(1, 8)])
    evaluate_case(case, ["patterns"])
    rows, hidden = listing.indicators(case, rule="patterns.same-plate")
    assert (rows, hidden) == ([], 1)
    assert len(listing.indicators(case, rule="patterns.same-plate", accounts=True)[0]) == 1
    assert listing.indicators(case, severity="rule-not-met", accounts=True)[0] == []


def test_the_criteria_of_a_finding_hold_the_words_of_the_provision(case: Case) -> None:
    made = find_rule(load_packs(["us-ca"]), "us-ca.civ-1798-90-55-b.outbound-outside-california")
    assert made is not None
    fill(
        case, shares=[share(1, "Reno NV PD")], organisations=[organisation(PD, "CA"), organisation("Reno NV PD", "NV")]
    )
    evaluate_case(case, ["us-ca"])
    review(case, found(case, made.id)[0]["indicator_id"], "record-accurate", "R. Viewer", "why")
    law = made.model.law[0]
    (criteria,) = (row["criteria"] for row in case.read("findings").to_pylist())
    assert criteria == (f"{law.cite}: “{law.quote}”" if law.quote else f"{law.cite}: {' '.join(str(law.note).split())}")
    evaluate_case(case, ["us-ca"])
    assert case.value("SELECT criteria FROM findings") == criteria
