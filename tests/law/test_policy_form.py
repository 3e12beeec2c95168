# ruff: noqa: E501 - tables of words, sentences and SQL read better in one line
"""A policy becomes a pack from plain answers; its rules pass their own trial and judge a case."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from custodiet.case import Case
from custodiet.law.evaluate import evaluate_case
from custodiet.law.policy_form import QUESTIONS, new_policy, read_answers
from custodiet.model.errors import UsageError
from custodiet.rules.try_pack import try_packs
from tests.law.builders import PD, fill, found, organisation, outcomes, search, share

EVERYTHING: dict[str, Any] = {
    "agency": PD, "policy": "Policy 462", "url": "https://example.org/462", "in_force_from": date(2025, 3, 1), "retention_days": 30,
    "permitted_purposes": ["offense.*", "person.missing"], "forbidden_purposes": "immigration.*, protected.assembly",
    "sharing_states": ["CA"], "federal_sharing": False, "audit_interval_days": 90, "deletion_interval_days": "7", "shares_need_approval": True,
    "approved_by": "the Chief", "case_number_required": "yes",
}  # fmt: skip


def test_the_rules_of_a_policy_pass_their_own_trial(tmp_path: Path) -> None:
    paths = new_policy(EVERYTHING, tmp_path / "pack")
    assert [path.stem for path in paths] == [
        "pack", "retention", "purpose-not-permitted", "purpose-forbidden", "sharing", "approval", "case-number", "audit-interval",
        "deletion-interval",
    ]  # fmt: skip
    assert [(t.rule_id, t.failures, t.living) for t in try_packs([tmp_path / "pack"]) if not t.passed] == []


@pytest.mark.parametrize("answer", [{"federal_sharing": "no"}, {"sharing_states": "CA, NV"}, {"retention_days": "21"}, {"forbidden_purposes": ["immigration.*"]}])  # fmt: skip
def test_one_answer_is_enough(tmp_path: Path, answer: dict[str, Any]) -> None:
    new_policy({"agency": "A PD", "policy": "P"} | answer, tmp_path / "pack")
    assert [t.living for t in try_packs([tmp_path / "pack"]) if not t.passed] == []


def test_a_policy_is_put_to_its_agency_alone(case: Case, tmp_path: Path) -> None:
    new_policy(EVERYTHING, tmp_path / "pack")
    fill(
        case,
        [search(1, reason_key="ice", case_number_state="blank"), search(2), search(3, producer="Other PD", org="Other PD", reason_key="ice")],
        [share(1, "Reno NV PD")], organisations=[organisation(PD, "CA"), organisation("Reno NV PD", "NV")],
    )  # fmt: skip
    evaluate_case(case, [str(tmp_path / "pack")])
    slug = "policy.riverbend-ca-pd"
    assert outcomes(case, f"{slug}.purpose-forbidden") == {PD: (1, 1, 0, 0), "Other PD": (0, 0, 0, 1)}
    assert outcomes(case, f"{slug}.sharing") == {PD: (1, 0, 0, 0)}
    assert found(case, f"{slug}.case-number")[0]["statement"] == f"1 of 2 searches by {PD} states no case number."
    assert found(case, f"{slug}.case-number")[0]["citation"] == f"{PD}: Policy 462"


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"policy": "P"}, "agency: needs an answer"),
        ({"agency": "A", "policy": "P"}, "nothing that can be tested"),
        ({"agency": "A", "policy": "P", "retention_days": "a month"}, "no whole number of days"),
        ({"agency": "A", "policy": "P", "federal_sharing": "maybe"}, "neither yes nor no"),
        ({"agency": "A", "policy": "P", "in_force_from": "spring"}, "is no date"),
        ({"agency": "A", "policy": "P", "retention": 3}, "there is no question"),
        ({"agency": "A PD", "policy": "P 1", "forbidden_purposes": "Immigration!"}, "is no label"),
    ],
)
def test_answers_that_make_no_rule_write_nothing(tmp_path: Path, answers: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        new_policy(answers, tmp_path / "pack")
    assert list((tmp_path / "pack").glob("*.yaml")) == []


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="is not empty"):
        new_policy(EVERYTHING, tmp_path)


def test_answers_come_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "answers.yaml"
    path.write_text("agency: A\npolicy: P\nfederal_sharing: no\n")
    assert read_answers(path) == {"agency": "A", "policy": "P", "federal_sharing": False}
    path.write_text("- a list\n")
    with pytest.raises(UsageError, match="no YAML file of answers"):
        read_answers(path)


def test_every_question_is_asked_in_words() -> None:
    assert all(len(question.words) > 10 for question in QUESTIONS)
