# ruff: noqa: E501 - tables of words, sentences and SQL read better in one line
"""The two evaluators of one tree say the same of every row."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custodiet.case import Case
from custodiet.rules.closure import holds, outcome_of
from custodiet.rules.conditions import All, AnyOf, FieldValue, Leaf, Node, Not, Span
from custodiet.rules.engine_examples import compiled_groups, row_outcomes, scratch_case
from custodiet.rules.examples import build_row
from custodiet.rules.fields import SUBJECTS
from custodiet.rules.groups import group_outcomes
from custodiet.rules.rule import Rule
from custodiet.rules.schema import RuleModel
from tests.rules.builders import rule

SEARCH = SUBJECTS["search"]
LABELS = ["immigration.civil", "immigration.agency", "offense.robbery", "unknown", "insufficient.blank", "immigrationx"]
MOMENTS = st.integers(0, 60 * 24 * 3).map(lambda m: datetime(2025, 10, 31, tzinfo=UTC) + timedelta(minutes=30 * m))


@pytest.fixture(scope="module")
def engine() -> Any:
    with scratch_case() as case:
        yield case


@st.composite
def rows(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a row of a search, any of whose fields may be unknown."""
    given_fields: dict[str, Any] = {
        "time_zone": draw(st.sampled_from(["UTC", "America/Chicago", "America/Los_Angeles"])),
        "searched_at": draw(st.none() | MOMENTS),
        "window_start": draw(st.none() | MOMENTS),
        "org_state": draw(st.none() | st.sampled_from(["CA", "TX", "NV"])),
        "org": draw(st.none() | st.sampled_from(["A PD", "B PD"])),
        "own_search": draw(st.none() | st.booleans()),
        "user": draw(st.none() | st.sampled_from(["u1", "u2"])),
        "plate": draw(st.sampled_from(["p1", "p2"])),
        "producer": draw(st.sampled_from(["A PD", "B PD"])),
        "networks": draw(st.none() | st.integers(0, 4)),
        "stated_retention_days": draw(st.none() | st.integers(0, 3)),
        "reason_state": draw(st.sampled_from(["value", "masked", "blank", "withheld"])),
        "case_number_state": draw(st.sampled_from(["value", "blank", "masked"])),
        "purposes": draw(st.none() | st.lists(st.sampled_from(LABELS), max_size=3, unique=True)),
        "stated_prohibited_uses": draw(st.none() | st.text(alphabet="imgration ,-ICE.x\n", max_size=20)),
        "era": draw(st.sampled_from(["id", "devices"])),
    }
    return build_row(SEARCH, given_fields)


def leaf() -> st.SearchStrategy[Node]:
    """Draw a leaf of each shape."""
    labels = st.lists(st.sampled_from(["immigration.*", "offense.robbery", "unknown", "insufficient.*"]), min_size=1, max_size=3, unique=True).map(tuple)  # fmt: skip
    order = st.sampled_from(["lt", "le", "gt", "ge", "eq", "ne"])
    return st.one_of(
        st.builds(Leaf, st.just("org_state"), st.sampled_from(["eq", "ne"]), st.sampled_from(["CA", "TX"])),
        st.builds(Leaf, st.just("org_state"), st.sampled_from(["in", "not_in"]), st.just(("CA", "NV"))),
        st.builds(Leaf, st.just("org"), st.just("eq"), st.just(FieldValue("producer"))),
        st.builds(Leaf, st.just("own_search"), st.sampled_from(["eq", "ne"]), st.booleans()),
        st.builds(Leaf, st.just("networks"), order, st.integers(0, 4)),
        st.builds(Leaf, st.just("networks"), st.just("between"), st.just((1, 3))),
        st.builds(Leaf, st.just("networks"), order, st.just(FieldValue("stated_retention_days", 2, 1.5, -1))),
        st.builds(Leaf, st.just("purposes"), st.sampled_from(["any_of", "all_of", "none_of", "only"]), labels),
        st.builds(Leaf, st.sampled_from(["org", "purposes", "networks"]), st.sampled_from(["is_null", "not_null"])),
        st.builds(Leaf, st.just("stated_prohibited_uses"), st.sampled_from(["mentions", "not_mentions"]), st.sampled_from([("immigra*",), ("ICE", "x"), ("mi ra",)])),
        st.builds(Leaf, st.just("searched_on"), order, st.dates(date(2025, 10, 30), date(2025, 11, 4))),
        st.builds(
            Leaf,
            st.builds(Span, st.just("window_start"), st.just("searched_at"), st.sampled_from(["elapsed-minutes", "elapsed-hours", "elapsed-days", "local-hours", "calendar-days"])),
            order, st.integers(-40, 40),
        ),
    )  # fmt: skip


def trees() -> st.SearchStrategy[Node]:
    """Draw condition trees."""
    return st.recursive(
        leaf(),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3).map(lambda members: All(tuple(members))),
            st.lists(inner, max_size=3).map(lambda members: AnyOf(tuple(members))),
            inner.map(Not),
        ),
        max_leaves=6,
    )


def with_trees(applies: Node, evaluable: Node, pattern: Node, first: date | None) -> Rule:
    """Make a rule from trees."""
    made = rule(in_force={"from": first, "to": None})
    return Rule(made.model, "", made.first, made.last, {}, applies, evaluable, pattern, None)


quick = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@quick
@given(trees(), trees(), trees(), st.none() | st.just(date(2025, 11, 2)), st.lists(rows(), min_size=1, max_size=8))
def test_outcome_is_the_same_on_both_evaluators(
    engine: Case, applies: Node, evaluable: Node, pattern: Node, first: date | None, drawn: list[dict[str, Any]]
) -> None:
    made = with_trees(applies, evaluable, pattern, first)
    assert row_outcomes(made, engine, drawn) == [outcome_of(made, row) for row in drawn]


AGGREGATES = [
    {"per": ["producer", "user"], "counts": {"field": "case_number_given", "op": "eq", "value": False}},
    {"per": ["producer"], "period": "day", "distinct": "plate"},
    {
        "per": ["producer"],
        "period": "week",
        "members": {"field": "org_state", "op": "ne", "value": "TX"},
        "at_least": 2,
    },
    {"per": ["producer", "user", "plate"], "counts": {"field": "purposes", "op": "any_of", "value": ["immigration.*"]}},
]
PATTERNS = [
    {"field": "share", "op": "gt", "value": 0.4},
    {"field": "n_days", "op": "ge", "value": 2},
    {"field": "longest_gap_days", "op": "gt", "value": 4},
    {"all": [{"field": "span_days", "op": "gt", "value": 2}, {"field": "n_eras", "op": "eq", "value": 1}]},
    {"field": "change", "op": "ge", "value": 1.5},
    {"field": "n_counted", "op": "gt", "value": 1},
    {"field": "n_unknown", "op": "ge", "value": 1},
]


@pytest.mark.slow
@quick
@given(st.sampled_from(AGGREGATES), st.sampled_from(PATTERNS), st.lists(rows(), min_size=1, max_size=14))
def test_groups_are_the_same_on_both_evaluators(
    engine: Case, aggregate: dict[str, Any], pattern: dict[str, Any], drawn: list[dict[str, Any]]
) -> None:
    if "change" in str(pattern) and "period" not in aggregate:
        return
    made = rule(aggregate=aggregate, pattern=pattern, level="account", in_force={"from": date(2025, 11, 1), "to": None})
    assert compiled_groups(made, engine, drawn) == group_outcomes(made, drawn)


def test_distinct_values_are_counted_alike(engine: Case) -> None:
    made = rule(
        aggregate={"per": ["producer"], "distinct": "org_state"},
        pattern={"field": "n_distinct", "op": "eq", "value": 2},
    )
    drawn = [build_row(SEARCH, {"org_state": state}) for state in ("CA", "CA", None, "TX")]
    assert compiled_groups(made, engine, drawn) == group_outcomes(made, drawn)
    assert [str(o) for o in group_outcomes(made, drawn).values()] == ["indicator"]


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (All(()), True),
        (AnyOf(()), False),
        (All((Leaf("org_state", "eq", "CA"), Leaf("networks", "gt", 1))), False),
        (AnyOf((Leaf("org_state", "eq", "CA"), Leaf("networks", "lt", 1))), True),
        (AnyOf((Leaf("org_state", "eq", "CA"), Leaf("networks", "gt", 1))), None),
        (Not(Leaf("org_state", "eq", "CA")), None),
    ],
)
def test_unknown_is_neither_true_nor_false(node: Node, expected: bool | None) -> None:
    assert holds(node, {"org_state": None, "networks": 0}) is expected


def test_a_parameter_holds_from_its_date_on(engine: Case) -> None:
    made = rule(
        parameters={"limit": {"values": {date(2025, 1, 1): 3, date(2025, 7, 1): 1}, "basis": "statute"}},
        pattern={"field": "networks", "op": "gt", "value": "$limit"},
        in_force={"from": date(2025, 1, 1), "to": date(2025, 12, 31)},
    )
    days = [
        date(2024, 12, 31),
        date(2025, 1, 1),
        date(2025, 6, 30),
        date(2025, 7, 1),
        date(2025, 12, 31),
        date(2026, 1, 1),
    ]
    drawn = [build_row(SEARCH, {"searched_on": day, "networks": 2}) for day in days]
    expected = ["not-applicable", "clear", "clear", "indicator", "indicator", "not-applicable"]
    assert [str(outcome_of(made, row)) for row in drawn] == expected
    assert [str(outcome) for outcome in row_outcomes(made, engine, drawn)] == expected


def test_the_model_of_a_rule_is_unchanged_by_running_it() -> None:
    made = rule()
    assert RuleModel.model_validate(made.model.model_dump(by_alias=True)) == made.model


DAYS = st.dates(date(2023, 11, 1), date(2025, 2, 28))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    spans=st.lists(st.tuples(DAYS, DAYS, st.booleans()), min_size=1, max_size=8),
    ends=st.tuples(st.none() | DAYS, st.none() | DAYS),
    field=st.sampled_from(["days", "full_years", "full_months"]),
    limit=st.integers(0, 400),
)
def test_intervals_are_cut_to_the_rule_alike(
    engine: Case, spans: list[tuple[date, date, bool]], ends: tuple[date | None, date | None], field: str, limit: int
) -> None:
    first, last = ends
    if first is not None and last is not None and last < first:
        first, last = last, first
    made = rule(
        subject="interval", in_force={"from": first, "to": last}, pattern={"field": field, "op": "gt", "value": limit}
    )
    subject = SUBJECTS["interval"]
    table = [
        build_row(subject, {"begins_on": min(a, b), "ends_on": max(a, b)} | ({} if known else {"days": None}))
        for a, b, known in spans
    ]
    assert row_outcomes(made, engine, table) == [outcome_of(made, row) for row in table]
