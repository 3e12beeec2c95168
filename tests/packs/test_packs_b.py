"""The packs of the states other than California and Illinois: coverage, dates, lawful rows, mutants."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from custodiet.model.terms import Outcome
from custodiet.rules.examples import build_row, judge, run_closure
from custodiet.rules.load import PACKS, load_packs
from custodiet.rules.rule import Rule
from custodiet.rules.try_pack import try_packs

STATES = (
    "al ar co ct fl ga ia id in ky md me mn mo mt nc ne nh nj nm or tn ut va vt wa".split()  # noqa: SIM905 - one line
)
NAMES = [f"us-{state}" for state in STATES]
COVERED: dict[str, list[str]] = yaml.safe_load((Path(__file__).parent / "provisions_b.yaml").read_text("utf-8"))
FIRST_DAYS = {
    "us-va.2-2-5517-f.": date(2025, 7, 1),
    "us-id.": date(2025, 7, 1),
    "us-wa.10-130": date(2026, 3, 30),
    "us-or.": date(2026, 3, 31),
    "us-nm.": date(2026, 7, 1),
    "us-in.": date(2026, 7, 1),
    "us-ky.": date(2026, 7, 15),
    "us-ct.26-14-13-sharing": date(2026, 10, 1),
}


@lru_cache
def rules() -> list[Rule]:
    return [rule for pack in load_packs(NAMES) for rule in pack.rules]


def not_yet() -> dict[str, list[str]]:
    lines: dict[str, list[str]] = {}
    for line in (PACKS / "NOT-YET.md").read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| us-") and len(cells) == 3:
            lines.setdefault(cells[0], []).append(cells[2])
    return lines


def test_every_example_comes_out_as_it_says() -> None:
    assert [str(fault) for rule in rules() for fault in run_closure(rule)] == []


@pytest.mark.slow
def test_both_evaluators_agree_and_no_mutant_lives() -> None:
    trials = try_packs(NAMES)
    assert [(t.rule_id, t.failures, t.living) for t in trials if not t.passed] == []


def test_every_rule_belongs_to_a_provision_and_every_named_rule_exists() -> None:
    named = [rule_id for ids in COVERED.values() for rule_id in ids]
    assert sorted(named) == sorted(set(named))
    assert sorted(named) == sorted(rule.id for rule in rules())


def test_a_provision_without_a_rule_says_why() -> None:
    lines = not_yet()
    assert [fact for fact, ids in COVERED.items() if not ids and fact not in lines] == []
    assert all(len(reason) > 40 for reasons in lines.values() for reason in reasons)


def test_low_confidence_is_a_draft() -> None:
    for rule in rules():
        if any(law.confidence == "low" for law in rule.model.law):
            assert rule.model.status == "draft", rule.id


@pytest.mark.parametrize(("prefix", "first"), FIRST_DAYS.items())
def test_first_days_in_force(prefix: str, first: date) -> None:
    found = [rule for rule in rules() if rule.id.startswith(prefix)]
    assert found
    assert {rule.first for rule in found} == {first}


def lawful_rows(state: str, level: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Rows of a careful agency: its own search for a named crime, in-state shares, a page with a policy."""
    place = {"producer_state": state, "producer_level": level, "producer_type": "police"}
    for year in (2019, 2025, 2027):
        at = datetime(year, 4, 10, 15, tzinfo=UTC)
        search = place | {
            "searched_at": at, "window_start": at if state == "NH" else at.replace(day=4), "window_end": at,
            "org_state": state, "org_level": level, "org_type": "police",
            "user": "an-account", "plate": f"pseudonym-{year}", "case_number": "a-number",
            "account_listed": True, "account_trained": True, "declaration_on_file": None,
        }  # fmt: skip
        for purposes in (["offense.robbery"], ["person.missing"], ["person.wanted", "offense.theft"]):
            yield "search", search | {"purposes": purposes}
        yield "search", search | {"org": "Other PD", "kind": "network-audit", "purposes": ["offense.assault"]}
        source = {"source_state": state, "source_level": level, "recipient_state": state, "recipient_level": "local"}
        yield "share", source | {"as_of": at.date(), "recipient_type": "sheriff", "approval_on_file": True}
        text = "Our policy covers databases, retention, sharing, training, supervision, security, audits and hits"
        keeps = {"NH": None, "NJ": 1095}.get(state, 21)
        yield (
            "portal",
            place
            | {"as_of": at.date(), "retention_days": keeps, "page_text": text, "has_audit": True, "hotlists": "NCIC"},
        )
        columns = ["searched_at", "org", "user", "reason", "case_number", "plate", "networks"]
        yield "disclosure", place | {"last_on": at.date(), "kind": "organisation-audit", "columns": columns}
    spans = {"audit": 30, "independent-audit": 700, "report": 180, "deletion": 1}
    for act, days in spans.items():
        yield (
            "interval",
            place | {"act": act, "begins_on": date(2026, 4, 1), "ends_on": date(2026, 4, 1) + timedelta(days)},
        )


@pytest.mark.parametrize("level", ["local", "state"])
@pytest.mark.parametrize("state", [state.upper() for state in STATES])
def test_a_careful_agency_meets_no_indicator(state: str, level: str) -> None:
    all_rules = [rule for rule in rules() if rule.model.status != "draft"]
    raised = [
        (rule.id, row)
        for subject, row in lawful_rows(state, level)
        for rule in all_rules
        if rule.subject.name == subject and judge(rule, (build_row(rule.subject, row),)) is Outcome.INDICATOR
    ]
    assert raised == []


@pytest.mark.parametrize("hidden", ["masked", "withheld", "not-exported"])
def test_hidden_cells_never_raise_an_indicator_about_what_they_hide(hidden: str) -> None:
    cells = {f"{cell}_state": hidden for cell in ("reason", "case_number", "user", "plate")}
    for state in STATES:
        row = {"searched_at": datetime(2027, 4, 10, 15, tzinfo=UTC), "org_state": state.upper(), "org_level": "local"}
        row |= {"producer_state": state.upper(), "producer_level": "local", "org_type": "police"} | cells
        for rule in rules():
            if rule.subject.name == "search":
                assert judge(rule, (build_row(rule.subject, row),)) is not Outcome.INDICATOR, rule.id


@pytest.mark.real
def test_every_checkable_provision_has_a_rule_or_a_line(real_data: Path) -> None:
    source = real_data.parent / "law" / "states.yaml"
    if not source.is_file():
        pytest.skip("the source notes on state law are not beside the project")
    facts = yaml.safe_load(source.read_text("utf-8"))
    ours = [f for f in facts if f["jurisdiction"] not in ("US-CA", "US-IL") and f["checkable_from_log"]]
    assert sorted(f["id"] for f in ours) == sorted(COVERED)
    loaded = {rule.id: rule for rule in rules()}
    for fact in ours:
        for rule in (loaded[rule_id] for rule_id in COVERED[fact["id"]]):
            assert rule.id.startswith(fact["jurisdiction"].lower()), rule.id
            assert rule.model.law[0].confidence == fact["confidence"], rule.id
            assert rule.model.law[0].url == fact["source_url"], rule.id
            assert fact["effective_from"] is None or rule.first >= fact["effective_from"], rule.id


@pytest.mark.parametrize("state", ["FL", "GA"])
def test_sharing_with_police_of_other_states_is_not_held_against_a_state_that_allows_it(state: str) -> None:
    row = {"source_state": state, "source_level": "local", "as_of": date(2027, 4, 10)}
    for recipient in (
        {"recipient_state": "TX", "recipient_level": "local", "recipient_type": "police"},
        {"recipient_state": None, "recipient_level": "federal", "recipient_type": "immigration"},
    ):
        judged = {
            judge(rule, (build_row(rule.subject, row | recipient),))
            for rule in rules()
            if rule.subject.name == "share" and rule.id.startswith(f"us-{state.lower()}.")
        }
        assert judged == {Outcome.CLEAR}


@pytest.mark.parametrize("state", ["OH", "TX", "AZ"])
def test_no_pack_reaches_into_a_state_without_such_a_law(state: str) -> None:
    place = {"producer_state": state, "producer_level": "local"}
    rows: list[tuple[str, dict[str, Any]]] = [
        ("search", place | {"searched_at": datetime(2027, 4, 10, 15, tzinfo=UTC), "org_state": state,
                            "org_level": "local", "purposes": ["civil.personal"], "case_number_state": "blank"}),
        ("share", {"source_state": state, "source_level": "local", "as_of": date(2027, 4, 10), "recipient_state": "NM",
                   "recipient_level": "federal", "declaration_on_file": False}),
        ("portal", place | {"as_of": date(2027, 4, 10), "retention_days": 5000, "page_text": "figures"}),
        ("disclosure", place | {"last_on": date(2027, 4, 10), "columns": ["window"]}),
        ("interval", place | {"act": "audit", "begins_on": date(2019, 1, 1), "ends_on": date(2027, 4, 10)}),
        ("interval", place | {"act": "report", "begins_on": date(2019, 1, 1), "ends_on": date(2027, 4, 10)}),
    ]  # fmt: skip
    for subject, row in rows:
        judged = {
            (judge(rule, (build_row(rule.subject, row),)), rule.id) for rule in rules() if rule.subject.name == subject
        }
        assert {rule_id for outcome, rule_id in judged if outcome is not Outcome.NOT_APPLICABLE} == set()
