"""Asking the owners first changes no outcome, and copies of a search count once."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from custodiet.case import Case
from custodiet.law.evaluate import evaluate_packs
from custodiet.rules.rule import Pack, Rule
from tests.law.builders import fill, found, organisation, outcomes, search
from tests.law.test_evaluate import PACK
from tests.rules.builders import rule

CA, TX, UNKNOWN = "Riverbend CA PD", "Austin TX PD", "Somewhere PD"


def run(case: Case, *rules: Rule) -> None:
    evaluate_packs(case, [Pack(PACK, Path(), rules)])


def blank(record_no: int, producer: str, **changes: Any) -> dict[str, Any]:
    return search(record_no, producer=producer, org=producer, reason_state="blank", **changes)


@pytest.fixture
def three(case: Case) -> Case:
    fill(
        case,
        [blank(1, CA), blank(2, CA), blank(3, TX), blank(4, UNKNOWN), blank(5, None)],  # type: ignore[arg-type]
        organisations=[organisation(CA, "CA"), organisation(TX, "TX"), organisation(UNKNOWN, None)],
    )
    return case


@pytest.mark.parametrize(
    ("applies", "expected"),
    [
        (None, {"": (1, 0, 0, 0), CA: (2, 0, 0, 0), TX: (1, 0, 0, 0), UNKNOWN: (1, 0, 0, 0)}),
        (
            {"field": "producer_state", "op": "eq", "value": "CA"},
            {"": (0, 0, 1, 0), CA: (2, 0, 0, 0), TX: (0, 0, 0, 1), UNKNOWN: (0, 0, 1, 0)},
        ),
        (
            {
                "all": [
                    {"field": "producer_state", "op": "eq", "value": "CA"},
                    {"field": "record_no", "op": "gt", "value": 1},
                ]
            },
            {"": (0, 0, 1, 0), CA: (1, 0, 0, 1), TX: (0, 0, 0, 1), UNKNOWN: (0, 0, 1, 0)},
        ),
        (
            {"field": "producer_state", "op": "is_null"},
            {"": (1, 0, 0, 0), CA: (0, 0, 0, 2), TX: (0, 0, 0, 1), UNKNOWN: (1, 0, 0, 0)},
        ),
    ],
)
def test_a_rule_is_put_only_to_the_owners_it_can_bind(
    three: Case, applies: dict[str, Any] | None, expected: dict[str, tuple[int, int, int, int]]
) -> None:
    scope = {} if applies is None else {"applies": applies}
    run(three, rule(pattern={"field": "reason_given", "op": "eq", "value": False}, **scope))
    assert outcomes(three, "test.rule") == expected
    indicators = found(three, "test.rule")
    assert sum(row["n_searches"] for row in indicators) == sum(row[0] for row in expected.values())
    assert sum(len(row["evidence"]) for row in indicators) == sum(row[0] for row in expected.values())
    for row in indicators:
        assert three.value(row["query"]) == row["n_searches"]


def test_copies_are_folded_within_an_owner_and_counted_for_each_owner(case: Case) -> None:
    fill(case, [blank(1, CA), blank(2, CA), blank(3, CA), blank(4, TX)], organisations=[organisation(CA, "CA")])
    copies = {1: "one", 2: "one", 3: "two", 4: "one"}
    case.append_rows(
        "sightings", [{"search_key": key, "disclosure_id": "log", "record_no": n} for n, key in copies.items()]
    )
    run(case, rule(pattern={"field": "reason_given", "op": "eq", "value": False}))
    counts = {row["subject"]: (row["n_searches"], row["denominator"]) for row in found(case, "test.rule")}
    assert counts == {CA: (2, 2), TX: (1, 1)}


def test_another_definition_can_bind_rows_that_the_headline_leaves_out(case: Case) -> None:
    import json

    fill(case, [blank(1, CA, networks=5), blank(2, CA, networks=500)], organisations=[organisation(CA, "CA")])
    made = rule(
        parameters={"limit": {"values": {date(2000, 1, 1): 100}, "basis": "practice"}},
        applies={"field": "networks", "op": "gt", "value": "$limit"},
        pattern={"field": "reason_given", "op": "eq", "value": False},
        sensitivity=[{"label": "more than one", "choice": "threshold", "parameters": {"limit": 1}}],
    )
    run(case, made)
    panel = json.loads(found(case, "test.rule")[0]["sensitivity"])
    assert (panel["headline"]["count"], panel["alternatives"][0]["count"]) == (1, 2)
