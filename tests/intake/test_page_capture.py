"""JSON captures of transparency pages."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from custodiet.intake.raw import RawPage
from custodiet.intake.readers.page import read_page_json

CAPTURE = {
    "crawled_slug": "anytown-ca-pd",
    "crawled_name": "Anytown CA PD",
    "archived_date": "2026-05-27",
    "prohibited_uses": "Personal use.",
    "sharing_restrictions": "",
    "data_retention_days": 30,
    "camera_count": 66,
    "searches_30d": None,
    "hotlist_hits_30d": 7666,
    "sharing_outbound": ["Alpha CA PD", "University of California, Davis", "Alpha CA PD"],
    "sharing_inbound": [],
    "whats_detected": "Plates",
    "search_audit": "Download to view searches.\n\nDownload CSV",
}


def read(tmp_path: Path, document: object, name: str = "2026-05-27.json") -> list[RawPage]:
    path = tmp_path / name
    path.write_text(json.dumps(document))
    found = read_page_json(path)
    assert found is not None
    return [part for part in found.parts if isinstance(part, RawPage)]


def test_a_capture_is_a_page(tmp_path: Path) -> None:
    (page,) = read(tmp_path, CAPTURE)
    assert (page.producer, page.as_of) == ("Anytown CA PD", date(2026, 5, 27))
    assert page.values == {
        "prohibited_uses": "Personal use.",
        "retention_days": 30,
        "cameras": 66,
        "hits_30d": 7666,
    }
    assert [share.organisation for share in page.shares] == ["Alpha CA PD", "University of California, Davis"]
    assert page.list_counts == {"in": 0}
    assert page.other == {"whats detected": "Plates"}


def test_the_three_states_of_the_audit(tmp_path: Path) -> None:
    """Absent, an empty list, or a list while the text beside says "Download CSV" (quirk 54)."""
    (absent,) = read(tmp_path, CAPTURE)
    assert absent.audits == [] and any("does not hold" in problem.message for problem in absent.problems)
    (empty,) = read(tmp_path, {**CAPTURE, "search_audit_csv": []})
    assert [problem.code for problem in empty.audits[0].problems] == ["empty"]
    rows = [{"id": "1", "networkCount": 3}, {"id": "2", "reason": "x", "networkCount": None}]
    (held,) = read(tmp_path, {**CAPTURE, "search_audit_csv": rows})
    table = [(row.source_row, row.cells) for row in held.audits[0].rows]
    assert table == [(1, ("id", "networkCount", "reason")), (2, ("1", "3", None)), (3, ("2", None, "x"))]


def test_headings_as_keys_and_several_captures(tmp_path: Path) -> None:
    item = {
        "name": "x",
        "Data retention (in days)": "30 days",
        "Agencies sharing data with us": "Alpha PD, Beta PD",
    }
    item["Number of LPR cameras"] = "NaN"
    pages = read(tmp_path, [item, item])
    assert len(pages) == 2
    assert pages[0].values == {"retention_days": 30}
    assert [share.direction for share in pages[0].shares] == ["in", "in"]


@pytest.mark.parametrize(
    "document",
    [{}, {"crawled_slug": "a", "archived_date": "2026-01-01", "camera_count": None, "sharing_outbound": []}],
)
def test_empty_shells(tmp_path: Path, document: object) -> None:
    """29 of 732 files were shells named DATE.pdf.<8 hex>.json (quirk 52)."""
    path = tmp_path / "2026-01-01.pdf.0a1b2c3d.json"
    path.write_text(
        json.dumps({**document, "camera_count": None, "data_retention_days": None} if document else document)
    )
    found = read_page_json(path)
    assert found is not None and found.parts == [] and [problem.code for problem in found.problems] == ["empty"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "null",
        "{",
        '{"a": 1}',
        '[{"id": 1, "reason": "x"}]',
        '{"id": 1}\n{"id": 2}',
        "[" * 100_000,
        "[1]",
    ],
)
def test_other_json_is_left_to_others(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    assert read_page_json(path) is None
