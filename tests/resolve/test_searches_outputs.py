"""Searches: what is stored of them, in what copies differ, storms, and the measured error."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from custodiet.case import Case
from custodiet.intake.add import add_paths
from custodiet.model.rates import wilson_interval
from custodiet.resolve.organisations import update_organisations
from custodiet.resolve.purposes.stored import update_purposes
from custodiet.resolve.searches import redaction_differential, sessions, storms, update_searches
from custodiet.resolve.searches.measure import (
    N_SEARCHES,
    PAGE,
    SCENARIOS,
    measure,
    pooled,
    render_page,
)
from tests.conftest import REPOSITORY
from tests.resolve.test_searches import ID, T0, row


@pytest.fixture
def case(tmp_path: Path) -> Any:
    with Case.open(tmp_path / "case", create=True) as opened:
        yield opened


def _update(case: Case, rows: list[dict[str, Any]]) -> None:
    with case.transaction():
        case.append_rows("records", rows)
    update_organisations(case)
    update_searches(case)


def test_a_search_shows_the_fullest_of_its_copies(case: Case) -> None:
    with case.transaction():
        case.append_rows(
            "purposes",
            [
                {"key": "stolen vehicle", "field": "reason", "label": "offense.vehicle-theft"},
                {"key": "auto", "field": "offense", "label": "offense.property"},
                {"key": "auto", "field": "reason", "label": "of another field"},
            ],
        )
    _update(
        case,
        [
            row("b", 1, search_id=ID, networks=811, searched_at=T0 + timedelta(seconds=1)),
            row("a", 4, search_id=ID, org="***", devices=None, reason=None, offense_type="auto", offense_key="auto"),
            row("a", 5, search_id=ID, producer="Producer b"),
        ],
    )
    (search,) = case.read("searches").to_pylist()
    assert {name: value for name, value in search.items() if name != "search_key"} == {
        "basis": "search-id", "org": "Ashford OH PD", "searched_at": T0, "networks": 812, "devices": 4021,
        "search_type": "search", "n_sightings": 3, "n_producers": 2,
        "purposes": ["offense.property", "offense.vehicle-theft"],
    }  # fmt: skip
    assert len(search["search_key"]) == 16
    before = case.read("searches")
    update_searches(case)
    assert case.read("searches").equals(before)


def test_an_empty_case_has_no_searches(case: Case) -> None:
    update_searches(case)
    assert (case.count("searches"), case.count("sightings"), case.count("differences")) == (0, 0, 0)
    assert redaction_differential(case) == []
    assert sessions(case).num_rows == 0


def test_differences_are_states_and_counts(case: Case) -> None:
    secret = {"user": "Jane Q Sample", "user_state": "value", "plate": "pseudonym-1", "plate_state": "value"}
    _update(
        case,
        [
            row("a", 1, search_id=ID, reason="stolen vehicle from the yard of the north depot", **secret),
            row("b", 1, search_id=ID, reason="stolen vehicle from the yard of -", devices=4022, org="Ashford (OH) PD"),
            row("c", 7, search_id=ID, reason="***", reason_state="masked", networks=900, org="***"),
        ],
    )
    found = {(d["field"], d["kind"], d["n"]) for d in case.read("differences").to_pylist()}
    assert found == {
        ("reason", "masked/released", 1), ("reason", "shortened", 1), ("user", "masked/released", 2),
        ("plate", "masked/released", 2), ("devices", "count±1", 2), ("networks", "count", 2),
        ("organisation", "spelling", 1), ("organisation", "masked/released", 1),
    }  # fmt: skip
    pairs = {(d.field, d.hidden_in, d.released_in): d for d in redaction_differential(case)}
    assert set(pairs) == {
        ("organisation", "c", "a"), ("organisation", "c", "b"), ("reason", "c", "a"), ("reason", "c", "b"),
        ("user", "b", "a"), ("user", "c", "a"), ("plate", "b", "a"), ("plate", "c", "a"),
    }  # fmt: skip
    reason = pairs["reason", "c", "a"]
    assert (reason.state, reason.n_searches, reason.samples) == ("masked", 1, (("c:7", "a:1"),))
    assert all(not d.samples for d in pairs.values() if d.field in {"user", "plate", "case_number"})
    shown = repr(pairs) + repr(case.read("differences").to_pylist())
    assert not any(text in shown for text in ("Sample", "pseudonym-1", "depot"))


def test_a_storm_is_one_session_and_names_nobody(case: Case) -> None:
    """Quirk 134: one alert filled 964 rows in 19 days."""
    alert = {"search_type": "lookup", "plate": "p1", "plate_state": "value", "user": "u", "user_state": "value"}
    rows = [row("a", n, **alert, searched_at=T0 + n * timedelta(minutes=20)) for n in range(30)]
    rows += [row("a", 40, **alert, searched_at=T0 + timedelta(days=2))]
    rows += [row("a", 41, **(alert | {"plate": "p2"}), searched_at=T0 + timedelta(minutes=21))]
    rows += [row("a", 42, search_type="lookup", searched_at=T0 + timedelta(minutes=22))]
    rows += [row("a", 43, searched_at=T0 + timedelta(minutes=23))]
    rows += [row("b", n, **alert, searched_at=T0 + n * timedelta(minutes=20)) for n in range(30)]
    _update(case, rows)
    assert sessions(case).to_pylist() == [
        {
            "org": "Ashford OH PD", "n_rows": 64, "n_searches": 34, "n_sessions": 5, "n_lookups": 33,
            "n_lookup_sessions": 4, "n_lookups_without_plate": 1, "largest_session": 30,
        }
    ]  # fmt: skip
    assert storms(case, at_least=10).to_pylist() == [
        {
            "org": "Ashford OH PD", "started_at": T0, "ended_at": T0 + timedelta(minutes=580), "n_rows": 60,
            "n_searches": 30,
        }
    ]  # fmt: skip
    assert storms(case, at_least=2, gap_minutes=19).num_rows == 0


@pytest.mark.slow
def test_the_page_is_up_to_date_and_every_tier_keeps_to_the_bar() -> None:
    measured = [measure(scenario) for scenario in SCENARIOS]
    assert (REPOSITORY / PAGE).read_text("utf-8") == render_page(measured), (
        "run python -m custodiet.resolve.searches.measure in the project's folder"
    )
    for tier in pooled(measured):
        assert tier.n_right / tier.n_joined >= 0.995, tier


def test_a_small_set_keeps_to_the_bar() -> None:
    measured = measure(SCENARIOS[1], n=N_SEARCHES // 10)
    assert measured.n_true < measured.n_found
    n_right, n_joined = (sum(getattr(tier, name) for tier in measured.tiers) for name in ("n_right", "n_joined"))
    assert n_joined > 500
    assert n_right / n_joined >= 0.995


def test_wilson_intervals_are_those_of_the_published_formula() -> None:
    low, high = wilson_interval(298, 300)
    assert (round(low, 4), round(high, 4)) == (0.9760, 0.9982)


@pytest.mark.real
@pytest.mark.slow
def test_snapshots_of_real_pages_meet_by_id(case: Case, real_data: Path) -> None:
    """Quirk 96: rolling 30-day pages repeat the same id on many days."""
    pages = sorted((real_data / "portals").glob("[a-b]*/*.html"))
    add_paths(case, pages)
    update_organisations(case)
    update_searches(case)
    n_ids = case.value("SELECT count(DISTINCT search_id) FROM records")
    assert n_ids > 500
    assert case.count("searches") == n_ids < case.count("records") == case.count("sightings")


def test_a_reason_that_fills_a_whole_log_is_labelled_as_hidden(tmp_path: Path) -> None:
    """The same text in another log, among others, keeps its label."""
    at = [T0 + timedelta(hours=n) for n in range(41)]
    rows = [row("filled", n, reason="INVESTIGATION", searched_at=at[n]) for n in range(20)]
    rows += [row("varied", n, reason="investigation", searched_at=at[20 + n]) for n in range(20)]
    rows += [row("varied", 20, reason="robbery", searched_at=at[40])]
    with Case.open(tmp_path / "case", create=True) as case:
        case.append_rows("records", rows)
        update_organisations(case)
        update_purposes(case)
        update_searches(case)
        found = case.rows(
            "SELECT disclosure_id, purposes, count(*) FROM searches JOIN sightings USING (search_key) GROUP BY ALL"
        )
    assert sorted(found) == [
        ("filled", ["insufficient.redacted"], 20),
        ("varied", ["insufficient.generic"], 20),
        ("varied", ["offense.robbery"], 1),
    ]
