"""Small counts about persons are withheld, and no total gives them back."""

from __future__ import annotations

import itertools

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custodiet.model.errors import PublishingRefused
from custodiet.privacy.small_cells import lines_of, suppress_small_cells


def _by_month(*counts: int | None) -> pa.Table:
    return pa.table({"month": [f"m{i}" for i in range(len(counts))], "n": pa.array(counts, pa.int64())})


def test_a_small_count_and_one_more_are_withheld() -> None:
    shown = suppress_small_cells(_by_month(50, 3, 20, 0), "n", ["month"], 11)
    assert shown.column("n").to_pylist() == [50, None, None, 0]
    assert shown.column("withheld").to_pylist() == ["no", "primary", "secondary", "no"]


def test_two_small_counts_that_add_up_to_little_need_a_third() -> None:
    shown = suppress_small_cells(_by_month(50, 1, 1, 30), "n", ["month"], 11)
    assert shown.column("n").to_pylist() == [50, None, None, None]


@pytest.mark.parametrize("counts", [(11, 12), (0, 0), (None, 11)])
def test_nothing_is_withheld_where_nothing_is_small(counts: tuple[int | None, ...]) -> None:
    shown = suppress_small_cells(_by_month(*counts), "n", ["month"], 11)
    assert shown.column("n").to_pylist() == list(counts)
    assert set(shown.column("withheld").to_pylist()) == {"no"}


def test_one_less_than_the_threshold_is_small() -> None:
    assert suppress_small_cells(_by_month(10, 99, 99), "n", ["month"], 11).column("n").to_pylist()[0] is None


def test_a_count_that_is_its_own_total_cannot_be_hidden() -> None:
    with pytest.raises(PublishingRefused, match="1 withheld counts of n could be worked out"):
        suppress_small_cells(_by_month(3), "n", ["month"], 11)


def test_a_zero_is_withheld_when_nothing_else_can_hide_the_count() -> None:
    shown = suppress_small_cells(_by_month(3, 0), "n", ["month"], 11)
    assert shown.column("n").to_pylist() == [None, None]


def test_a_threshold_of_one_and_twice_the_same_group_are_refused() -> None:
    with pytest.raises(ValueError, match="below 2"):
        suppress_small_cells(_by_month(1), "n", ["month"], 1)
    with pytest.raises(ValueError, match="more than one row"):
        suppress_small_cells(pa.table({"a": ["x", "x"], "n": [1, 2]}), "n", ["a"])


def _ways(shown: list[int | None], small: set[int], lines: list[list[int]], counts: list[int]) -> list[tuple[int, ...]]:
    """List, by brute force, every filling of the withheld cells that agrees with all totals."""
    hidden = [place for place, n in enumerate(shown) if n is None]
    hidden_lines = [[place for place in line if place in hidden] for line in lines]
    most = {p: min(sum(counts[q] for q in line) for line in hidden_lines if p in line) for p in hidden}
    ranges = [range(1, 3) if p in small else range(most[p] + 1) for p in hidden]
    found = []
    for filling in itertools.product(*ranges):
        trial = dict(zip(hidden, filling, strict=True))
        if all(sum(trial[p] for p in line) == sum(counts[p] for p in line) for line in hidden_lines):
            found.append(filling)
    return found


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 5), min_size=6, max_size=6))
def test_no_withheld_count_can_be_worked_out(counts: list[int]) -> None:
    cells = list(itertools.product("ab", "xyz"))
    table = pa.table({"state": [c[0] for c in cells], "kind": [c[1] for c in cells], "n": pa.array(counts, pa.int64())})
    try:
        shown = suppress_small_cells(table, "n", ["state", "kind"], 3)
    except PublishingRefused:
        assert any(0 < n < 3 for n in counts)
        return
    values, words = shown.column("n").to_pylist(), shown.column("withheld").to_pylist()
    hidden = [place for place, n in enumerate(values) if n is None]
    assert all(n is None or n == 0 or n >= 3 for n in values)
    small = {place for place in hidden if words[place] == "primary"}
    fillings = _ways(values, small, lines_of(table, ["state", "kind"]), counts)
    for at, place in enumerate(hidden):
        assert place not in small or len({filling[at] for filling in fillings}) > 1
