# ruff: noqa: E501 - tables of words, sentences and SQL read better in one line
"""Builders of case rows with lawful defaults, so that a test states only what matters."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from custodiet.case import Case

NOON = datetime(2025, 3, 3, 18, tzinfo=UTC)
PD = "Riverbend CA PD"


def search(record_no: int, *, at: datetime = NOON, zone_hours: int = -8, **changes: Any) -> dict[str, Any]:
    """Make a record: an informative reason, a case number, an open account, a window of ten days."""
    local = timedelta(hours=zone_hours)
    start = changes.pop("window_start", at - timedelta(days=10))
    row = {
        "disclosure_id": "log", "record_no": record_no, "source_row": record_no + 1, "kind": "organisation-audit",
        "producer": PD, "org": PD, "org_basis": "producer", "search_id": f"s{record_no}", "searched_at": at,
        "searched_local": (at + local).replace(tzinfo=None), "window_start": start, "window_end": at,
        "window_start_local": None if start is None else (start + local).replace(tzinfo=None),
        "networks": 3, "reason": f"robbery {record_no}", "reason_key": "robbery", "reason_state": "value",
        "case_number": "25-001", "case_number_state": "value", "user": "acct-1", "user_state": "value",
        "plate": "pseudonym-1", "plate_state": "value",
    }  # fmt: skip
    hidden = {
        cell: None
        for cell in ("reason", "case_number", "user", "plate")
        if changes.get(f"{cell}_state", "value") != "value"
    }
    if "reason" in hidden:
        hidden["reason_key"] = None
    return row | hidden | changes


def share(source_row: int, recipient: str, **changes: Any) -> dict[str, Any]:
    """Make a stated share: the source's own outbound list."""
    row = {
        "source": PD, "recipient": recipient, "stated_by": PD, "as_of": date(2025, 6, 1), "status": "active",
        "disclosure_id": "list", "source_row": source_row,
    }  # fmt: skip
    return row | changes


def organisation(name: str, state: str | None, level: str = "local", status: str = "active") -> dict[str, Any]:
    """Make a resolved name."""
    return {
        "name": name,
        "canonical": name,
        "state": state,
        "level": level,
        "type": "police",
        "status": status,
        "confidence": 1.0,
    }


LABELS = {
    "robbery": "offense.robbery", "investigation": "insufficient.generic", "ice": "immigration.agency", "unclear": "unknown",
}  # fmt: skip


def fill(
    case: Case, searches: list[dict[str, Any]] | None = None, shares: list[dict[str, Any]] | None = None,
    portals: list[dict[str, Any]] | None = None, organisations: list[dict[str, Any]] | None = None,
) -> None:  # fmt: skip
    """Put rows into a case, with the labels of the builders' reasons."""
    case.append_rows("records", searches or [])
    case.append_rows(
        "purposes", [{"key": k, "field": "reason", "label": v, "confidence": 1.0} for k, v in LABELS.items()]
    )
    case.append_rows("shares", shares or [])
    case.append_rows("portals", portals or [])
    case.append_rows("organisations", organisations or [organisation(PD, "CA")])


def outcomes(case: Case, rule_id: str) -> dict[str, tuple[int, int, int, int]]:
    """Give the outcomes of a rule: producer to (indicator, clear, not evaluable, not applicable)."""
    rows = case.rows(
        "SELECT producer, n_indicator, n_clear, n_not_evaluable, n_not_applicable FROM outcomes WHERE rule_id = ?",
        [rule_id],
    )
    return {row[0]: tuple(row[1:]) for row in rows}  # type: ignore[misc]


def found(case: Case, rule_id: str) -> list[dict[str, Any]]:
    """Give the indicators of a rule."""
    rows: list[dict[str, Any]] = case.query(
        "SELECT * FROM indicators WHERE rule_id = ? ORDER BY indicator_id", [rule_id]
    ).to_pylist()
    return rows


def open_case(folder: Any) -> Iterator[Case]:
    """Open a new case for a fixture."""
    with Case.open(folder / "case", create=True) as case:
        yield case
