"""Builders of synthetic exports; every name, plate and number is invented."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from custodiet.case import Case
from custodiet.intake.add import AddSummary, add_paths

HEADER = (
    "ID", " Name", " Org Name", " Total Networks Searched", " Total Devices Searched", " Time Frame", " License Plate",
    " Reason", " Case #", " Filters", " Search Time", " Search Type", " Text Prompt", " Moderation",
)  # fmt: skip
FIELDS = (
    "search_id", "user", "org", "networks", "devices", "time_frame", "plate", "reason", "case_number", "filters",
    "searched_at", "search_type", "text_prompt", "moderation",
)  # fmt: skip


def log_row(number: int = 1, **changed: str) -> list[str]:
    """Build one lawful row in the order of HEADER."""
    row = {
        "search_id": str(UUID(int=number, version=4)),
        "user": "A. Example",
        "org": "Anytown OH PD",
        "networks": "12",
        "devices": "345",
        "time_frame": "01/02/2025, 03:04:05 PM UTC\n01/03/2025, 03:04:05 PM UTC",
        "plate": f"INV{number:04d}",
        "reason": "stolen vehicle",
        "case_number": f"25-{number:05d}",
        "filters": "",
        "searched_at": f"01/03/2025, 03:{number // 60 % 60:02d}:{number % 60:02d} PM UTC",
        "search_type": "lookup",
        "text_prompt": "",
        "moderation": "",
    } | changed
    return [row[name] for name in FIELDS]


def csv_text(rows: Iterable[Sequence[str]], delimiter: str = ",") -> str:
    """Write rows as delimited text with CRLF line ends."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue()


def log_text(n_rows: int = 3, header: Sequence[str] = HEADER, **changed: str) -> str:
    """Write a log of lawful rows."""
    return csv_text([header, *(log_row(number, **changed) for number in range(1, n_rows + 1))])


def write(path: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    """Write a file and return its path."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def add(folder: Path, *paths: Path, **options: Any) -> tuple[AddSummary, Case]:
    """Add files to a case in ``folder``; the caller closes the case."""
    case = Case.open(folder, create=True)
    return add_paths(case, list(paths), **options), case


def only_disclosure(case: Case) -> dict[str, Any]:
    """Give the one disclosure of a case."""
    rows = case.read("disclosures").to_pylist()
    assert len(rows) == 1, [row["kind"] for row in rows]
    return dict(rows[0])


def adds_up(disclosure: dict[str, Any]) -> bool:
    """Tell whether nothing was lost or invented."""
    parts = ("n_records", "n_events", "n_shares", "n_portal_values", "n_layout", "n_rejected")
    return bool(disclosure["n_rows_read"] == sum(disclosure[name] for name in parts))
