"""One order of indicators for the terminal and the brief."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from custodiet.law.order import places


def row(identity: str, rule: str, severity: str = "gap", n: int = 5, subject: str = "Town PD") -> dict[str, Any]:
    return {
        "indicator_id": identity, "rule_id": rule, "severity": severity, "level": "organisation", "subject": subject,
        "sensitivity": None, "n_searches": n, "n_shares": None, "denominator": 10,
    }  # fmt: skip


def test_one_of_each_rule_comes_before_the_second_of_any() -> None:
    rows = [
        row("a", "law.x", "rule-not-met", 3, "East PD"),
        row("b", "law.x", "rule-not-met", 9, "West PD"),
        row("c", "practice.y", "gap", 10, "East PD"),
        row("d", "practice.z", "quality", 8, "North PD"),
    ]
    order = places(rows)
    assert sorted(order, key=lambda identity: order[identity]) == ["b", "c", "d", "a"]


def test_the_same_rows_of_the_same_subject_do_not_lead_twice() -> None:
    order = places([row("a", "law.x"), row("b", "law.y"), row("c", "law.z", n=2)])
    assert sorted(order, key=lambda identity: order[identity]) == ["a", "c", "b"]


@given(st.lists(st.tuples(st.sampled_from("xyz"), st.integers(0, 10), st.sampled_from("AB")), max_size=12), st.data())
def test_the_order_does_not_hang_on_the_order_of_the_rows(
    some: list[tuple[str, int, str]], data: st.DataObject
) -> None:
    rows = [row(f"i{n}", f"law.{rule}", n=count, subject=who) for n, (rule, count, who) in enumerate(some)]
    assert places(data.draw(st.permutations(rows))) == places(rows)
    assert sorted(places(rows).values()) == list(range(len(rows)))
