"""Searches: what holds for all sets of logs."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custodiet.case import Case
from custodiet.resolve.searches import update_searches
from tests.resolve.test_searches import DAY, T0, row

CELLS = st.fixed_dictionaries(
    {
        "org": st.sampled_from(["Ashford OH PD", "Milbury OH PD", "***"]),
        "searched_at": st.sampled_from([T0, T0, T0 + timedelta(seconds=1), T0 + timedelta(hours=1), None]),
        "networks": st.sampled_from([812, 812, 5, None]),
        "window_start": st.sampled_from([T0 - DAY, None]),
        "reason": st.sampled_from(["stolen vehicle", "stolen -", "burglary", None]),
        "search_id": st.sampled_from([None, None, None, "a" * 20 + "1", "a" * 20 + "2", "***"]),
    }
)


def _release(log: str, cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        row(log, n, **values, reason_state="value" if values["reason"] else "blank")
        for n, values in enumerate(cells, start=1)
    ]


LOGS = st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=4).map(
    lambda logs: [_release(f"log{n}", cells) for n, cells in enumerate(logs)]
)
_SETTINGS = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """Open one case for all examples; each begins by emptying it."""
    with Case.open(tmp_path_factory.mktemp("searches") / "case", create=True) as opened:
        yield opened


def _tables(case: Case, rows: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    with case.transaction():
        case.execute("DELETE FROM records")
        case.append_rows("records", rows)
    update_searches(case)
    return [case.read(name).to_pylist() for name in ("searches", "sightings", "differences")]


@pytest.mark.slow
@_SETTINGS
@given(LOGS, st.randoms(use_true_random=False))
def test_the_order_of_files_and_rows_is_irrelevant(
    case: Case, logs: list[list[dict[str, Any]]], shuffle: random.Random
) -> None:
    rows = [record for log in logs for record in log]
    before = _tables(case, rows)
    shuffle.shuffle(rows)
    assert _tables(case, rows) == before


@_SETTINGS
@given(LOGS)
def test_every_record_is_seen_once_and_weak_keys_never_join_rows_of_one_log(
    case: Case, logs: list[list[dict[str, Any]]]
) -> None:
    rows = {(r["disclosure_id"], r["record_no"]): r for log in logs for r in log}
    searches, sightings, _ = _tables(case, list(rows.values()))
    assert sorted((s["disclosure_id"], s["record_no"]) for s in sightings) == sorted(rows)
    assert sum(s["n_sightings"] for s in searches) == len(rows)
    assert {s["search_key"] for s in sightings} == {s["search_key"] for s in searches}
    members: dict[str, list[dict[str, Any]]] = {}
    for sighting in sightings:
        members.setdefault(sighting["search_key"], []).append(rows[sighting["disclosure_id"], sighting["record_no"]])
    for records in members.values():
        free = [r["disclosure_id"] for r in records if not r["search_id"] or r["search_id"] == "***"]
        assert len(free) == len(set(free))
        assert len({r["search_id"] for r in records} - {None, "***"}) <= 1
        assert len({r["org"] for r in records} - {"***"}) <= 1


@pytest.mark.slow
@_SETTINGS
@given(LOGS, st.sets(st.sampled_from(["reason", "networks", "window_start", "search_id", "org"])))
def test_a_re_release_changes_no_join_of_other_records(
    case: Case, logs: list[list[dict[str, Any]]], hidden: set[str]
) -> None:
    """Quirk 94: the same log again with other masks."""
    rows = [record for log in logs for record in log]
    masks: dict[str, Any] = dict.fromkeys(hidden) | ({"org": "***"} if "org" in hidden else {})
    if "reason" in hidden:
        masks |= {"reason": "***", "reason_state": "masked", "reason_key": "***"}
    again = [record | masks | {"disclosure_id": "zz", "producer": "zz"} for record in logs[0]]
    assert _partition(case, rows + again, without="zz") == _partition(case, rows, without="zz")


def _partition(case: Case, rows: list[dict[str, Any]], without: str) -> set[frozenset[tuple[str, int]]]:
    found: dict[str, set[tuple[str, int]]] = {}
    for sighting in _tables(case, rows)[1]:
        if sighting["disclosure_id"] != without:
            found.setdefault(sighting["search_key"], set()).add((sighting["disclosure_id"], sighting["record_no"]))
    return {frozenset(members) for members in found.values()}
