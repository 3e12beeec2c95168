"""Cases to write reports of: the synthetic disclosures, read once, and rows made by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import lxml.html
import pytest

from custodiet.case import Case
from custodiet.demo import write_demo
from custodiet.intake.add import add_paths
from custodiet.law.evaluate import evaluate_case
from custodiet.privacy import Publication
from custodiet.publish.report.document import Chart, Claim, Document, Folded, Part
from custodiet.publish.report.html import render_html
from custodiet.publish.report.write import make_document

PACKS = ["practice", "patterns"]
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


def read_demo(folder: Path) -> Path:
    """Read the synthetic disclosures into a new case and put two packs to it."""
    from custodiet.pipeline import interpret

    write_demo(folder / "files")
    with Case.open(folder / "case", create=True) as case:
        add_paths(case, [folder / "files"])
        interpret(case)
        evaluate_case(case, PACKS)
    return folder / "case"


@lru_cache(maxsize=1)
def _demo_folder() -> Path:
    return read_demo(Path(mkdtemp(prefix="custodiet-report-")))


@pytest.fixture(scope="module")
def demo() -> Iterator[Case]:
    with Case.open(_demo_folder()) as case:
        yield case


@pytest.fixture(scope="module")
def document(demo: Case) -> Document:
    return make_document(Publication(demo, "report"))


@pytest.fixture(scope="module")
def page(document: Document) -> str:
    return render_html(document)


@pytest.fixture(scope="module")
def tree(page: str) -> Any:
    return lxml.html.document_fromstring(page)


def all_parts(document: Document) -> Iterator[Part]:
    """Walk through every part of a report, inner ones included."""
    for chapter in (document.brief, *document.chapters):
        yield from _walk(chapter.parts)


def _walk(parts: tuple[Part, ...]) -> Iterator[Part]:
    for part in parts:
        yield part
        if isinstance(part, Folded | Claim):
            yield from _walk(part.parts)


def charts_of(document: Document) -> list[Chart]:
    return [part for part in all_parts(document) if isinstance(part, Chart)]


def indicator(number: int, **changes: Any) -> dict[str, Any]:
    """Make one indicator with lawful defaults."""
    row = {
        "indicator_id": f"i-{number:016x}",
        "rule_id": "practice.reason-left-blank",
        "rule_version": "1.0.0",
        "citation": "A provision",
        "severity": "gap",
        "level": "organisation",
        "subject": f"Town {number} PD",
        "period_start": NOON,
        "period_end": NOON,
        "n_searches": 5,
        "denominator": 50,
        "n_not_evaluable": 2,
        "statement": f"5 of 50 searches in the log of Town {number} PD (10.0 %) state no reason.",
        "caveats": ["A caveat."],
        "sensitivity": (
            '{"headline": {"label": "as written", "count": 5}, "alternatives": [{"label": "narrow",'
            ' "choice": "labels", "count": 0}], "range": [0, 5], "flips": ["narrow"]}'
        ),
        "query": "SELECT 5 AS n",
        "evidence": [{"disclosure_id": "d", "record_no": 1}],
    }
    return row | changes


def disclosure(name: str = "d", **changes: Any) -> dict[str, Any]:
    """Make one disclosure of a search log."""
    row = {
        "disclosure_id": name,
        "file_name": f"{name}.csv",
        "sha256": f"{name}{'0' * 64}"[:64],
        "member_sha256": "0" * 64,
        "format_id": "generic",
        "kind": "organisation-audit",
        "producer": "Town PD",
        "producer_basis": "stated",
        "n_rows_read": 1,
        "n_records": 1,
        "n_events": 0,
        "n_shares": 0,
        "n_portal_values": 0,
        "n_layout": 0,
        "n_rejected": 0,
        "first_searched_at": NOON,
        "last_searched_at": NOON,
    }
    return row | changes


def record(number: int = 1, disclosure_id: str = "d", **changes: Any) -> dict[str, Any]:
    """Make one row of a search log."""
    row = {
        "disclosure_id": disclosure_id,
        "record_no": number,
        "source_row": number + 1,
        "kind": "organisation-audit",
        "producer": "Town PD",
        "org": "Town PD",
        "org_basis": "producer",
        "search_id": f"s{number}",
        "searched_at": NOON,
        "searched_local": NOON.replace(tzinfo=None),
        "networks": 3,
        "reason": "robbery",
        "reason_key": "robbery",
        "reason_state": "value",
        "case_number_state": "blank",
        "user": "J. Doe",
        "user_state": "value",
        "plate": "pseudonym",
        "plate_state": "value",
    }
    return row | changes


def portal(producer: str, **changes: Any) -> dict[str, Any]:
    """Make one transparency page."""
    return {"producer": producer, "as_of": date(2026, 3, 3), "disclosure_id": "p", "source_row": 1, **changes}
