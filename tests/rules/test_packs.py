"""The packs that come with the program: examples on both evaluators, no living mutant, fresh documents."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from custodiet.model.terms import Outcome, Severity
from custodiet.rules import schema
from custodiet.rules.engine_examples import run_apart, run_compiled, scratch_case
from custodiet.rules.examples import example_cases, judge, run_closure
from custodiet.rules.load import find_rule, load_packs
from custodiet.rules.mutants import living_mutants, mutants
from custodiet.rules.rule import Rule, rule_of
from custodiet.rules.try_pack import try_packs
from tests.rules.builders import rule

ROOT = Path(__file__).resolve().parents[2]
OURS = ["practice", "patterns"]


def rules() -> list[Rule]:
    return [rule for pack in load_packs(OURS) for rule in pack.rules]


@pytest.mark.slow
def test_every_rule_passes_its_trial() -> None:
    trials = try_packs(OURS)
    assert [(t.rule_id, t.failures, t.living) for t in trials if not t.passed] == []
    assert len(trials) == len(rules())


def a_rule(rule_id: str) -> Rule:
    found = find_rule(load_packs(OURS), rule_id)
    assert found is not None
    return found


def test_a_wrong_example_fails_on_both_evaluators() -> None:
    made = a_rule("practice.reason-left-blank")
    cases = [replace(case, expect=Outcome.CLEAR) for case in example_cases(made)]
    with scratch_case() as engine:
        assert len(run_compiled(made, engine, cases)) == len(run_closure(made, cases)) == 5


def test_a_wrong_severity_fails() -> None:
    made = a_rule("practice.reason-left-blank")
    other = rule_of(made.model.model_copy(update={"severity": Severity.QUALITY}))
    assert [fault.got for fault in run_closure(other, example_cases(made))] == ["quality", "quality"]


def test_fewer_examples_let_mutants_live() -> None:
    made = a_rule("practice.window-exceeds-stated-retention")
    block = made.model.examples.model_copy(update={"cases": made.model.examples.cases[:1]})
    weak = rule_of(made.model.model_copy(update={"examples": block}))
    alive = living_mutants(weak)
    assert "parameter usual_days: 30 -1" in alive
    assert any("gt turned into ge" in what for what in alive)


def test_every_mutant_differs_from_its_rule() -> None:
    for made in rules():
        assert all(mutant.rule != made for mutant in mutants(made)), made.id


@pytest.mark.parametrize("state", ["masked", "withheld", "not-exported"])
def test_hiding_every_cell_of_an_example_leaves_no_indicator_on_its_text(state: str) -> None:
    from custodiet.rules.examples import build_row

    for made in rules():
        unhidden = ("networks", "window", "off-hours", "volume-change")
        if made.subject.name != "search" or any(word in made.id for word in unhidden):
            continue
        for case in example_cases(made):
            cells = {f"{cell}_state": state for cell in ("reason", "case_number", "user", "plate")}
            given = [{"searched_at": row["searched_at"]} | cells for row in case.rows]
            hidden = tuple(build_row(made.subject, row) for row in given)
            assert judge(made, hidden) is not Outcome.INDICATOR, made.id


def test_the_published_schema_is_that_of_the_program() -> None:
    for name, content in schema.json_schemas().items():
        assert json.loads((ROOT / "docs" / "schema" / f"{name}.json").read_text(encoding="utf-8")) == content, (
            "run: custodiet rules docs --to docs/rules --schema docs/schema"
        )


def apart_rule(when: dict[str, Any]) -> Rule:
    """Make a rule that counts something apart, with examples of three and of six networks."""
    cases = [{"name": f"{n} networks", "row": {"networks": n}, "expect": "not-evaluable"} for n in (3, 3, 6)]
    return rule(
        parameters={"wide": {"values": {date(2020, 1, 1): 5}, "basis": "reading"}}, examples={"cases": cases},
        counts_apart=[{"name": "wide", "label": "wide searches", "when": when}],
    )  # fmt: skip


def test_the_trial_asks_what_is_counted_apart() -> None:
    good = {"field": "networks", "op": "gt", "value": "$wide"}
    never = {"all": [good, {"field": "networks", "op": "lt", "value": 2}]}
    with scratch_case() as engine:
        told = [run_apart(made, engine, example_cases(made)) for made in (apart_rule(good), apart_rule(never))]
    assert told == [[], ["test.rule: counts_apart 'wide': holds for no row of the examples"]]
