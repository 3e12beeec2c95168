"""What one log masks and another shows, told as counts."""

from __future__ import annotations

from typing import Any

import pytest

from custodiet.case import Case
from custodiet.privacy import Publication
from custodiet.privacy.differential import DIFFERENTIAL, outward_differential
from tests.privacy.conftest import add_records, record


def _masked_and_shown(case: Case, n: int, state: str = "masked", shown: str = "value") -> list[dict[str, Any]]:
    """Add n searches that one log masks and another shows, and three that only the first has."""
    hidden = {"producer": "Alder Cove CA PD", "user": "***", "user_state": state}
    numbers = range(1, n + 1)
    add_records(case, *(record("masks", number, **hidden) for number in range(1, n + 4)))
    if n:
        add_records(case, *(record("shows", number, user_state=shown) for number in numbers))
    case.append_rows(
        "sightings",
        [{"search_key": f"s{no}", "disclosure_id": d, "record_no": no} for no in numbers for d in ("masks", "shows")],
    )
    case.append_rows("searches", [{"search_key": f"s{no}", "n_sightings": 2} for no in numbers])
    rows: list[dict[str, Any]] = outward_differential(Publication(case, "report")).to_pylist()
    return rows


@pytest.mark.parametrize(
    ("n", "told", "withheld"), [(0, 0, False), (1, None, True), (10, None, True), (11, 11, False), (12, 12, False)]
)
def test_small_counts_are_not_told(case: Case, n: int, told: int | None, withheld: bool) -> None:
    assert _masked_and_shown(case, n) == [
        {
            "producer": "Alder Cove CA PD", "field": "user", "n_masked": n + 3, "n_released_elsewhere": told,
            "withheld": withheld,
        }
    ]  # fmt: skip


@pytest.mark.parametrize("state", ["withheld", "partial"])
def test_every_way_to_hide_a_cell_counts(case: Case, state: str) -> None:
    assert [row["n_released_elsewhere"] for row in _masked_and_shown(case, 12, state)] == [12]


@pytest.mark.parametrize("shown", ["blank", "placeholder", "not-exported"])
def test_a_cell_without_a_value_releases_nothing(case: Case, shown: str) -> None:
    assert [row["n_released_elsewhere"] for row in _masked_and_shown(case, 12, shown=shown)] == [0]


def test_a_column_that_was_never_exported_is_not_masked(case: Case) -> None:
    assert _masked_and_shown(case, 12, "not-exported") == []


def test_the_same_disclosure_releases_nothing_elsewhere(case: Case) -> None:
    rows = [record("d1", number, reason_state="masked" if number % 2 else "value") for number in range(1, 25)]
    add_records(case, *rows)
    case.append_rows(
        "sightings", [{"search_key": f"s{no // 2}", "disclosure_id": "d1", "record_no": no} for no in range(1, 25)]
    )
    case.append_rows("searches", [{"search_key": f"s{no}", "n_sightings": 2} for no in range(13)])
    assert [row["n_released_elsewhere"] for row in outward_differential(Publication(case, "r")).to_pylist()] == [0]


def test_no_column_tells_a_row_or_another_disclosure() -> None:
    assert set(DIFFERENTIAL.column_names) == {"producer", "field", "n_masked", "n_released_elsewhere", "withheld"}
