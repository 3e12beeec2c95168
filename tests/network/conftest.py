"""Builders of small invented networks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from custodiet.case import Case
from custodiet.network.graph import Graph

APRIL = date(2026, 4, 1)


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with Case.open(tmp_path / "case", create=True) as opened:
        yield opened


def add_shares(
    case: Case,
    pairs: Sequence[tuple[str, str]],
    *,
    stated_by: str | None = None,
    as_of: date | None = APRIL,
    disclosure_id: str = "list",
    status: str = "active",
) -> None:
    """Add shares; without ``stated_by`` every source states its own."""
    case.append_rows(
        "shares",
        [
            {
                "source": source,
                "recipient": recipient,
                "stated_by": stated_by or source,
                "as_of": as_of,
                "status": status,
                "disclosure_id": disclosure_id,
                "source_row": row,
            }
            for row, (source, recipient) in enumerate(pairs, start=2)
        ],
    )


def add_organisation(case: Case, name: str, **known: Any) -> None:
    """Add what is known of one name; active and local where nothing else is said."""
    row = {"name": name, "canonical": name, "level": "local", "status": "active", **known}
    case.append_rows("organisations", [row])


def add_searches(
    case: Case,
    producer: str,
    searches: Sequence[tuple[str | None, date]],
    *,
    disclosure_id: str = "log",
    kind: str = "network-audit",
) -> None:
    """Add records of a producer's network log: who searched, and on which day."""
    case.append_rows(
        "records",
        [
            {
                "disclosure_id": disclosure_id,
                "record_no": number,
                "source_row": number + 1,
                "kind": kind,
                "producer": producer,
                "org": org,
                "org_basis": "released",
                "searched_at": datetime(day.year, day.month, day.day, 12, tzinfo=UTC),
            }
            for number, (org, day) in enumerate(searches, start=1)
        ],
    )


def add_page(
    case: Case,
    producer: str,
    as_of: date | None,
    other: str | None,
    *,
    disclosure_id: str = "page",
    **columns: Any,
) -> None:
    """Add one transparency page."""
    case.append_rows(
        "portals",
        [
            {
                "producer": producer,
                "as_of": as_of,
                "other": other,
                "disclosure_id": disclosure_id,
                "source_row": 1,
                **columns,
            }
        ],
    )


def make_graph(n: int, edges: Sequence[tuple[int, int]]) -> Graph:
    """Make a graph from pairs of numbers."""
    pairs = np.array(edges, dtype=np.int64).reshape(-1, 2)
    return Graph.from_edges(n, pairs[:, 0], pairs[:, 1])
