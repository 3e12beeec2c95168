"""Searches: copies of one search meet, and what only looks alike stays apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from custodiet.case import Case
from custodiet.resolve.organisations import update_organisations
from custodiet.resolve.searches import update_searches

T0 = datetime(2025, 11, 3, 14, 5, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def row(disclosure_id: str, record_no: int, **cells: Any) -> dict[str, Any]:
    """Make a record with the cells that most logs have."""
    found: dict[str, Any] = {
        "disclosure_id": disclosure_id, "record_no": record_no, "source_row": record_no + 1,
        "kind": "network-audit", "producer": f"Producer {disclosure_id}", "org": "Ashford OH PD",
        "org_basis": "released", "searched_at": T0, "networks": 812, "devices": 4021,
        "window_start": T0 - DAY, "window_end": T0, "search_type": "search", "reason": "stolen vehicle",
        "reason_state": "value", "user_state": "masked", "plate_state": "masked", "case_number_state": "blank",
    }  # fmt: skip
    found |= cells
    if "reason" in found and found["reason"] and "reason_key" not in cells:
        found["reason_key"] = found["reason"].lower()
    return found


def resolve(tmp_path: Path, rows: list[dict[str, Any]]) -> dict[str, set[tuple[str, ...]]]:
    """Give the searches of some records: basis to the sets of records joined under it."""
    with Case.open(tmp_path / f"case{len(list(tmp_path.iterdir()))}", create=True) as case:
        with case.transaction():
            case.append_rows("records", rows)
        update_organisations(case)
        update_searches(case)
        assert case.count("sightings") == len(rows)
        found: dict[str, set[tuple[str, ...]]] = {}
        for basis, members in case.rows(
            "SELECT basis, list(disclosure_id || ':' || record_no ORDER BY disclosure_id, record_no) "
            "FROM searches JOIN sightings USING (search_key) GROUP BY search_key, basis"
        ):
            found.setdefault(basis, set()).add(tuple(members))
        return found


ID = "7b0c1f0e-2a44-4d0b-9a51-3c2f6a0d9e11"


def test_rows_of_one_id_are_one_search_within_and_across_logs(tmp_path: Path) -> None:
    rows = [row("a", 1, search_id=ID), row("a", 2, search_id=ID), row("b", 7, search_id=ID.upper())]
    assert resolve(tmp_path, rows) == {"search-id": {("a:1", "a:2", "b:7")}}


def test_one_id_under_two_organisations_is_kept_apart(tmp_path: Path) -> None:
    """Quirk 97: two of 1,419 ids were joined to the wrong organisation."""
    rows = [row("a", 1, search_id=ID), row("b", 1, search_id=ID, org="Milbury OH PD"), row("c", 1, search_id=ID)]
    assert resolve(tmp_path, rows) == {"id-conflict": {("a:1", "c:1"), ("b:1",)}}


@pytest.mark.parametrize(
    ("apart", "expected"),
    [
        (2, {"search-id": {("a:1", "b:1")}}),
        (3, {"id-conflict": {("a:1",), ("b:1",)}}),
        (7200, {"search-id+clock-shift": {("a:1", "b:1")}}),
        (7203, {"id-conflict": {("a:1",), ("b:1",)}}),
        (86400, {"id-conflict": {("a:1",), ("b:1",)}}),
    ],
)
def test_one_id_at_two_times(tmp_path: Path, apart: int, expected: dict[str, set[tuple[str, ...]]]) -> None:
    rows = [row("a", 1, search_id=ID), row("b", 1, search_id=ID, searched_at=T0 + timedelta(seconds=apart))]
    assert resolve(tmp_path, rows) == expected


def test_a_masked_id_or_a_constant_is_no_id(tmp_path: Path) -> None:
    rows = [row("a", n, search_id=mark, searched_at=T0 + n * DAY) for n, mark in enumerate(["***", "***", "7923.6 GC"])]
    rows += [
        row("b", n, search_id="00000000-0000-0000-0000-000000000000", searched_at=T0 + n * DAY) for n in range(5, 30)
    ]
    assert {basis: len(found) for basis, found in resolve(tmp_path, rows).items()} == {"single": 28}
