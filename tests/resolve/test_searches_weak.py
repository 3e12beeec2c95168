"""Searches without a shared id: what agreement joins, and what is never forced."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.resolve.test_searches import DAY, ID, T0, resolve, row

OTHER_ID = "0d9e117b-2a44-4d0b-9a51-3c2f6a0c1f0e"


def test_copies_without_ids_meet_by_organisation_second_networks_and_period(tmp_path: Path) -> None:
    rows = [row("a", 3), row("b", 9), row("b", 10, searched_at=T0 + timedelta(seconds=1))]
    assert resolve(tmp_path, rows) == {
        "organisation+second+networks+window": {("a:3", "b:9")},
        "single": {("b:10",)},
    }


def test_two_records_of_one_log_are_never_joined_without_an_id(tmp_path: Path) -> None:
    """Quirk 89: logs without ids repeat rows legitimately and not."""
    assert resolve(tmp_path, [row("a", 1), row("a", 2)]) == {"repeated-row": {("a:1",), ("a:2",)}}


def test_a_row_written_twice_does_not_cost_the_copy_in_another_log(tmp_path: Path) -> None:
    found = resolve(tmp_path, [row("a", 1), row("a", 2), row("b", 1)])
    assert found == {"organisation+second+networks+order": {("a:1", "b:1")}, "repeated-row": {("a:2",)}}


@pytest.mark.parametrize(
    "other",
    [
        {"networks": 813, "reason": "burglary"},
        {"reason": "burglary"},
        {"search_type": "convoy"},
        {"org": "Milbury OH PD"},
        {"case_number": "25-2", "case_number_state": "value"},
        {"window_start": T0 - 2 * DAY},
    ],
)
def test_what_both_release_must_agree(tmp_path: Path, other: dict[str, object]) -> None:
    rows = [row("a", 1, case_number="25-1", case_number_state="value"), row("b", 1, **other)]
    assert resolve(tmp_path, rows) == {"single": {("a:1",), ("b:1",)}}


@pytest.mark.parametrize(
    ("other", "basis"),
    [
        ({"devices": 4022}, "organisation+second+networks+window"),  # quirk 84
        ({"org": "Ashford (OH) PD"}, "organisation+second+networks+window"),  # quirk 99
        ({"reason": "***", "reason_state": "masked"}, "organisation+second+networks+window"),  # quirk 94
        ({"reason": "stolen -"}, "organisation+second+networks+window"),  # quirk 98
        ({"reason": " Stolen  Vehicle"}, "organisation+second+networks+window"),  # quirk 154
        ({"window_start": None}, "organisation+second+networks+text"),
        ({"window_start": None, "reason": None, "reason_state": "blank"}, "organisation+second+networks"),
        ({"networks": 811}, "organisation+second+window+text"),  # quirk 88
        ({"networks": None, "window_start": None}, "organisation+second+text"),
        ({"networks": None, "reason": None, "reason_state": "masked"}, "organisation+second+window"),
        ({"org": "***"}, "second+networks+window+text"),
    ],
)
def test_copies_that_differ_in_form_meet(tmp_path: Path, other: dict[str, object], basis: str) -> None:
    assert resolve(tmp_path, [row("a", 1), row("b", 1, **other)]) == {basis: {("a:1", "b:1")}}


def test_a_hidden_organisation_is_not_enough_without_a_text(tmp_path: Path) -> None:
    rows = [row("a", 1), row("b", 1, org="REDACTED", reason="***", reason_state="masked")]
    assert resolve(tmp_path, rows) == {"single": {("a:1",), ("b:1",)}}


def test_twins_told_apart_by_reason_meet_their_own_copies(tmp_path: Path) -> None:
    """Quirk 90: twin searches in the same second."""
    rows = [row("a", 1), row("a", 2, reason="burglary"), row("b", 1, reason="burglary"), row("b", 2)]
    assert resolve(tmp_path, rows) == {"organisation+second+networks+window": {("a:1", "b:2"), ("a:2", "b:1")}}


def test_a_masked_copy_of_twins_is_ambiguous_and_never_forced(tmp_path: Path) -> None:
    hidden = {"reason": "***", "reason_state": "masked"}
    rows = [row("a", 1), row("a", 2, reason="burglary"), row("b", 1, **hidden), row("b", 2, **hidden)]
    assert resolve(tmp_path, rows) == {"single": {("a:1",), ("a:2",)}, "ambiguous": {("b:1",), ("b:2",)}}


def test_twins_alike_in_all_that_is_released_are_paired_when_the_numbers_agree(tmp_path: Path) -> None:
    twins = {"user_state": "value"}
    rows = [row(log, n, user=f"user {n}", **twins) for log in "ab" for n in (1, 2)]
    assert resolve(tmp_path, rows) == {"organisation+second+networks+order": {("a:1", "b:1"), ("a:2", "b:2")}}
    rows.pop()
    assert resolve(tmp_path, rows) == {"single": {("a:1",), ("a:2",)}, "ambiguous": {("b:1",)}}


def test_a_record_without_id_meets_the_one_search_with_id_and_not_one_of_two(tmp_path: Path) -> None:
    one = [row("a", 1, search_id=ID), row("b", 1)]
    assert resolve(tmp_path, one) == {"organisation+second+networks+window": {("a:1", "b:1")}}
    two = [*one, row("a", 2, search_id=OTHER_ID)]
    assert resolve(tmp_path, two) == {"single": {("a:1",), ("a:2",)}, "ambiguous": {("b:1",)}}


def test_different_ids_are_never_joined(tmp_path: Path) -> None:
    rows = [row("a", 1, search_id=ID), row("b", 1, search_id=OTHER_ID)]
    assert resolve(tmp_path, rows) == {"single": {("a:1",), ("b:1",)}}


def test_a_reason_that_never_changes_is_a_mask(tmp_path: Path) -> None:
    """Quirk 111: every reason reads "Investigation"."""
    rows = [row("a", n, searched_at=T0 + n * DAY, reason="Investigation") for n in range(60)]
    rows += [row("b", 1, searched_at=T0 + 7 * DAY, reason="burglary")]
    found = resolve(tmp_path, rows)
    assert found["organisation+second+networks+window"] == {("a:7", "b:1")}


def test_row_numbers_are_no_ids(tmp_path: Path) -> None:
    rows = [row("a", n, search_id=str(n), searched_at=T0 + n * DAY) for n in (1, 2, 3)]
    rows += [row("b", n, search_id=str(n), searched_at=T0 + (4 - n) * DAY) for n in (1, 2, 3)]
    found = resolve(tmp_path, rows)
    assert found == {"organisation+second+networks+window": {("a:1", "b:3"), ("a:2", "b:2"), ("a:3", "b:1")}}


def test_logs_cut_to_minutes_meet_only_each_other(tmp_path: Path) -> None:
    start = T0.replace(second=0)
    rows = [row(log, n, searched_at=start + n * DAY) for log in "ab" for n in range(20)]
    rows += [row("c", 5, searched_at=start + 5 * DAY), row("c", 6, searched_at=start + timedelta(seconds=7))]
    found = resolve(tmp_path, rows)
    assert found["organisation+second+networks+window"] == {(f"a:{n}", f"b:{n}") for n in range(20)}
    assert found["single"] == {("c:5",), ("c:6",)}


def test_an_assumed_organisation_of_a_network_log_is_none(tmp_path: Path) -> None:
    rows = [row(log, 1, org_basis="producer", org=f"Producer {log} OH PD") for log in "ab"]
    rows += [row("c", 1)]
    assert resolve(tmp_path, rows) == {"second+networks+window+text": {("a:1", "b:1", "c:1")}}
