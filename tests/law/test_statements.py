"""The words of a sentence follow its numbers: one thing is not several, one day is no period."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from custodiet.case import Case
from custodiet.law.evaluate import evaluate_packs
from custodiet.model.counts import agreeing_with_one
from custodiet.rules.rule import Pack
from custodiet.rules.schema import PackModel
from tests.law.builders import PD, fill, found, organisation, share
from tests.rules.builders import rule

_PACK = PackModel.model_validate(
    {
        "schema": "custodiet/pack/1",
        "id": "test",
        "title": "Test",
        "jurisdiction": "none",
        "version": "1.0.0",
        "maintainers": ["Nobody"],
        "description": "For tests.",
    }
)


def _statement(case: Case, days: list[date], recipients: list[str]) -> dict[str, Any]:
    organisations = [organisation(PD, "CA"), *(organisation(name, "TX") for name in recipients)]
    shares = [
        share(n + 10 * m, name, as_of=day, disclosure_id=f"page{m}")
        for m, day in enumerate(days)
        for n, name in enumerate(recipients)
    ]
    fill(case, shares=shares, organisations=organisations)
    outside = rule(
        subject="share",
        severity="rule-not-met",
        count_distinct="recipient",
        applies={"field": "direction", "op": "eq", "value": "outbound"},
        pattern={"field": "recipient_state", "op": "ne", "value": "CA"},
        statement="{subject} lists {n} private campuses, railroads or hospitals, seen from {first} to {last}.",
    )
    evaluate_packs(case, [Pack(_PACK, Path(), (outside,))])
    return found(case, "test.rule")[0]


def test_one_recipient_on_one_day(case: Case) -> None:
    row = _statement(case, [date(2025, 6, 1)], ["Austin TX PD"])
    assert row["statement"] == f"{PD} lists 1 private campus, railroad or hospital, seen on 2025-06-01."


def test_several_recipients_over_a_month(case: Case) -> None:
    row = _statement(case, [date(2025, 6, 1), date(2025, 7, 1)], ["Austin TX PD", "Waco TX PD"])
    assert row["statement"] == (
        f"{PD} lists 2 private campuses, railroads or hospitals, seen from 2025-06-01 to 2025-07-01."
    )


@pytest.mark.parametrize(
    ("template", "of_one"),
    [
        ("{n} of {denominator} searches in the log of {subject} ({share}) state no reason.",
         "{n} of {denominator} searches in the log of {subject} ({share}) states no reason."),
        ("{n} of {denominator} searches by other state agencies in the log of {subject} state immigration or name"
         " an agency.",
         "{n} of {denominator} searches by other state agencies in the log of {subject} states immigration or names"
         " an agency."),
        ("{n} of {denominator} pages of {subject} ({first} to {last}) neither speak of audits nor carry one.",
         "{n} of {denominator} pages of {subject} ({first} to {last}) neither speaks of audits nor carries one."),
        ("The list of {subject} names {denominator} recipients, of which {n} are outside California.",
         "The list of {subject} names {denominator} recipients, of which {n} is outside California."),
        ("Of {denominator} searches of {subject} that state a reason, {n} ({share}) say nothing.",
         "Of {denominator} searches of {subject} that state a reason, {n} ({share}) says nothing."),
        ("All {n} reasons of {subject} read the same.", "All {n} reasons of {subject} read the same."),
    ],
)  # fmt: skip
def test_a_verb_agrees_with_one(template: str, of_one: str) -> None:
    assert agreeing_with_one(template) == of_one
