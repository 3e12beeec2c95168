"""Store a transparency page: one row of ``portals``, its sharing lists, and the search audits inside it."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from custodiet.case import Case
from custodiet.intake.origin import Origin, store_disclosure
from custodiet.intake.producers import Producer, dates_in_name, tell_producer
from custodiet.intake.raw import PortalShare, RawPage
from custodiet.intake.tabular import load_tables
from custodiet.model.problems import Problem

# Key of `portals.other` for a list that states only how many organisations are on it, or that it is empty.
LIST_COUNT_KEYS = {"out": "sharing list out: count", "in": "sharing list in: count"}


def load_page(case: Case, origin: Origin, page: RawPage, ordinal: int) -> list[int]:
    """Store a page and its audits; each is a disclosure of its own.

    Returns:
        For every disclosure stored, how many problems mean that something stayed unread.
    """
    if _is_bare_table(page):
        page.audits[0].problems.extend(page.problems)
        return _load_audits(case, origin, page, ordinal, None)
    disclosure_id = origin.disclosure_id(ordinal)
    producer = producer_of(page, origin)
    as_of, problems = _date_of(page, origin)
    problems += page.problems
    other = dict(page.other)
    other |= {LIST_COUNT_KEYS[direction]: str(n) for direction, n in page.list_counts.items()}
    # The stated day is a statement too: a page without one has one value less.
    n_values = len(page.values) + len(other) + (page.last_updated is not None)
    row = origin.row(disclosure_id) | origin.producer_row(producer) | {
        "format_id": "transparency-page",
        "kind": "transparency-page",
        "n_rows_read": n_values + len(page.shares),
        "n_portal_values": n_values,
        "n_shares": len(page.shares),
    }  # fmt: skip
    with case.transaction():
        case.append_rows("portals", [_portal_row(page, producer, as_of, other, disclosure_id)])
        case.append_rows("shares", [_share_row(share, producer, as_of, disclosure_id) for share in page.shares])
        unread = [store_disclosure(case, row, problems)]
    return unread + _load_audits(case, origin, page, ordinal + 1, producer)


def _load_audits(case: Case, origin: Origin, page: RawPage, ordinal: int, producer: Producer | None) -> list[int]:
    unread: list[int] = []
    for audit in page.audits:
        unread += load_tables(case, origin, audit, ordinal + len(unread), None, page_producer=producer)
    return unread


def producer_of(page: RawPage, origin: Origin) -> Producer:
    """Tell whose page it is."""
    return tell_producer(
        stated=origin.stated_producer,
        receipt=origin.receipt.producer if origin.receipt else None,
        table=Producer(page.producer, "title of the page") if page.producer else None,
        names=origin.names,
    )


def _is_bare_table(page: RawPage) -> bool:
    """Tell whether the page is nothing but a table: a log saved as HTML, often under the name of a workbook."""
    stated = page.values or page.other or page.shares or page.list_counts or page.last_updated or page.as_of
    return bool(page.audits) and not stated and page.producer is None


def _date_of(page: RawPage, origin: Origin) -> tuple[date | None, list[Problem]]:
    if page.as_of:
        return page.as_of, []
    for name in origin.names[:2]:
        if dates := dates_in_name(name):
            return dates[-1], [
                Problem("note", "The page states no date of its own; the date in its file name is used.")
            ]
    return None, [Problem("note", "Neither the page nor its file name states a date.")]


def _portal_row(
    page: RawPage, producer: Producer, as_of: date | None, other: dict[str, str], disclosure_id: str
) -> dict[str, Any]:
    return {
        "producer": producer.name,
        "as_of": as_of,
        "last_updated": page.last_updated,
        "other": json.dumps(other, ensure_ascii=False, sort_keys=True),
        "disclosure_id": disclosure_id,
        "source_row": 1,
        **page.values,
    }


def _share_row(share: PortalShare, producer: Producer, as_of: date | None, disclosure_id: str) -> dict[str, Any]:
    outward = share.direction == "out"
    return {
        "source": producer.name if outward else share.organisation,
        "recipient": share.organisation if outward else producer.name,
        "stated_by": producer.name,
        "as_of": as_of,
        "status": share.status,
        "disclosure_id": disclosure_id,
        "source_row": share.place,
    }
