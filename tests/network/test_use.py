from __future__ import annotations

from datetime import date, timedelta

from custodiet.case import Case
from custodiet.network import declared_and_observed
from tests.network.conftest import add_searches, add_shares

MARCH = date(2026, 3, 1)


def day(number: int) -> date:
    return MARCH + timedelta(days=number)


def test_each_search_is_held_against_the_lists_of_its_day(case: Case) -> None:
    add_shares(case, [("A", "B"), ("A", "C")], as_of=day(5), disclosure_id="first")
    add_shares(case, [("A", "C"), ("A", "D")], as_of=day(20), disclosure_id="second")
    add_searches(case, "A", [("B", day(1)), ("B", day(6)), ("B", day(21)), ("X", day(2)), (None, day(9))])
    answer = declared_and_observed(case)
    (unlisted,) = answer.unlisted
    assert (unlisted.organisation, unlisted.n_unlisted, unlisted.n_listed, unlisted.n_not_evaluable) == (
        "B",
        1,
        1,
        1,
    )
    assert (unlisted.first_day, unlisted.citation) == (day(21), "log:3")
    assert [(item.organisation, item.n_days_covered, item.answer) for item in answer.unused] == [
        ("C", 3, "not seen in the log"),
        ("D", 1, "not seen in the log"),
    ]
    (coverage,) = answer.coverage
    assert (coverage.n_pairs_listed, coverage.n_pairs_not_evaluable) == (1, 1)
    assert (coverage.first_day, coverage.last_day, coverage.n_days) == (day(1), day(21), 21)
    assert (coverage.n_days_with_records, coverage.n_records, coverage.n_without_organisation) == (5, 5, 1)


def test_no_log_for_the_period_is_not_never(case: Case) -> None:
    add_shares(case, [("A", "B")], as_of=day(30))
    add_searches(case, "A", [("X", day(1))])
    (unused,) = declared_and_observed(case).unused
    assert (unused.answer, unused.n_days_covered, unused.citation) == ("cannot be told", 0, "list:2")


def test_producer_without_log_is_only_counted(case: Case) -> None:
    add_shares(case, [("A", "B")])
    answer = declared_and_observed(case)
    assert (answer.unused, answer.unlisted, answer.n_producers_without_log) == ((), (), 1)
    assert answer.of("A") is None


def test_list_of_the_searcher_counts_as_listed(case: Case) -> None:
    add_shares(case, [("A", "B")], stated_by="B", as_of=day(0))
    add_searches(case, "A", [("B", day(3))])
    answer = declared_and_observed(case)
    assert (answer.coverage[0].n_pairs_listed, answer.unlisted) == (1, ())


def test_as_of_leaves_later_searches_and_lists_out(case: Case) -> None:
    add_shares(case, [("A", "B")], as_of=day(0))
    add_searches(case, "A", [("B", day(3)), ("X", day(9))])
    assert declared_and_observed(case, day(5)).unlisted == ()
    assert [item.organisation for item in declared_and_observed(case).unlisted] == ["X"]
