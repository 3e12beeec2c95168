"""Small cases with invented rows: two logs of the same searches, one of them masked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from custodiet.case import Case

AT = datetime(2026, 3, 1, 17, 42, 9, tzinfo=UTC)


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with Case.open(tmp_path / "case", create=True) as opened:
        yield opened


def add_disclosure(case: Case, disclosure_id: str, **values: Any) -> None:
    row = {
        "disclosure_id": disclosure_id, "file_name": f"{disclosure_id}.csv", "kind": "organisation-audit",
        "producer": "Marlow Bay CA PD",
    }  # fmt: skip
    case.append_rows("disclosures", [row | values])


def record(disclosure_id: str, record_no: int, **values: Any) -> dict[str, Any]:
    """Give one invented record; every cell shown unless the test says otherwise."""
    row = {
        "disclosure_id": disclosure_id, "record_no": record_no, "source_row": record_no + 1,
        "kind": "organisation-audit", "producer": "Marlow Bay CA PD", "org": "Marlow Bay CA PD",
        "searched_at": AT, "networks": 40, "devices": 560, "search_id": f"id-{record_no}",
        "reason": "stolen vehicle", "reason_state": "value", "user": "B. Quillfeather", "user_state": "value",
        "plate": "0" * 32, "plate_state": "value", "case_number": "26-01040", "case_number_state": "value",
    }  # fmt: skip
    return row | values


def add_records(case: Case, *rows: dict[str, Any]) -> None:
    for disclosure_id in dict.fromkeys(row["disclosure_id"] for row in rows):
        add_disclosure(case, disclosure_id)
    case.append_rows("records", list(rows))
