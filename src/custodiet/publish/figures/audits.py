"""Numbers of pages beside their own audits: whether the rows of thirty days are as many as the page states."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from custodiet.publish.figures.figure import Count, Figure

STEPS: Final = (
    "none of the stated searches listed", "under half", "half to 95 %", "within 5 %", "more than stated",
)  # fmt: skip
LISTED: Final = 25
AUDITED: Final = "figure.audited."
_DAYS: Final = (
    "Days are those of the producer’s wall clock; published times are in UTC and cut to the hour, day or month, so"
    " that the number cannot be counted again from the published tables. The originals and the case give it."
)
_COMPARED: Final = "Pages that state a number of searches in 30 days and carry an audit of those days."
# One row per page that states a number and holds its own search audit; the page's own window is the 30 days
# to its date, or to the last day of an audit that was made a few days before the page was captured.
_PAGES: Final = """
WITH days AS (
    SELECT d.sha256, d.member_sha256, r.disclosure_id, coalesce(r.searched_local::DATE, r.searched_at::DATE) AS day,
           coalesce(r.search_id, r.record_no::VARCHAR) AS search
    FROM {records} r JOIN {disclosures} d USING (disclosure_id) WHERE d.kind = 'portal-audit'
), audits AS (
    SELECT sha256, member_sha256, disclosure_id, min(day) AS first_on, max(day) AS last_on FROM days GROUP BY ALL
), pages AS (
    SELECT p.disclosure_id AS page, p.source_row, coalesce(o.org, p.producer) AS producer, p.as_of,
           p.searches_30d AS stated, a.disclosure_id, a.first_on,
           coalesce(least(p.as_of, a.last_on), a.last_on) AS ends_on
    FROM {portals} p JOIN {disclosures} d ON d.disclosure_id = p.disclosure_id
    JOIN audits a ON a.sha256 = d.sha256 AND a.member_sha256 = d.member_sha256
    LEFT JOIN figure_orgs o ON o.name = p.producer WHERE p.searches_30d IS NOT NULL
)
SELECT p.producer, p.as_of, p.stated, count(DISTINCT d.search) AS listed,
       p.first_on <= p.ends_on - INTERVAL 27 DAY
       AND (p.as_of IS NULL OR p.ends_on >= p.as_of - INTERVAL 3 DAY) AS covers
FROM pages p LEFT JOIN days d ON d.disclosure_id = p.disclosure_id
 AND d.day > p.ends_on - INTERVAL 30 DAY AND d.day <= p.ends_on
GROUP BY p.producer, p.as_of, p.stated, p.first_on, p.ends_on, p.page, p.source_row, p.disclosure_id
ORDER BY p.producer, p.as_of, p.page, p.source_row
"""


@dataclass(frozen=True, slots=True)
class Audited:
    """Hold one page beside its own audit.

    Attributes:
        producer: Whose page it is.
        as_of: Date of the page.
        stated: Searches in 30 days, as the page states them.
        listed: Searches that the audit lists for those days.
    """

    producer: str
    as_of: date | None
    stated: int
    listed: int

    @property
    def step(self) -> str:
        """Say how near the two numbers are, in a word of :data:`STEPS`."""
        if self.stated == self.listed:
            return STEPS[3]
        if not self.listed:
            return STEPS[0]
        ratio = self.listed / self.stated if self.stated else 2.0
        return STEPS[1] if ratio < 0.5 else STEPS[2] if ratio < 0.95 else STEPS[3] if ratio <= 1.05 else STEPS[4]

    @property
    def id(self) -> str:
        """Name the number of searches that the audit lists."""
        return f"{AUDITED}{self.producer}.{self.as_of.isoformat() if self.as_of else ''}"


def of_audits(count: Count) -> Iterator[Figure]:
    """Count pages by how near their number of searches is to what their audit lists."""
    pages, short = compared(count(_PAGES))
    yield _figure("short", short, "audits beside a stated number do not cover its 30 days and were not compared.", None)
    n = len(pages)
    yield _figure("pages", n, "pages state a number of searches in 30 days and carry an audit of those days.", None)
    for step in STEPS if n else ():
        some = sum(page.step == step for page in pages)
        yield _figure(step, some, f"of {n:,} pages: {step}.", n)
    shown = {page.id: page for page in reversed(differing(pages)[:LISTED])}
    for page in shown.values():
        yield Figure(
            page.id, page.listed, "searches",
            f"The audit of the page of {page.producer} lists {page.listed:,} of {page.stated:,} searches that the page"
            " states for the same 30 days.",
            "Searches, each counted once, that the page’s own audit lists for its 30 days.", page.stated, "", (), _DAYS,
        )  # fmt: skip


def compared(rows: list[tuple[Any, ...]]) -> tuple[list[Audited], int]:
    """Return the pages whose audit covers their 30 days, and how many audits do not."""
    pages = [Audited(row[0], row[1], int(row[2]), int(row[3])) for row in rows if row[4]]
    return pages, len(rows) - len(pages)


def differing(pages: list[Audited]) -> list[Audited]:
    """Return the pages whose numbers differ by more than 5 %, the least complete audit first."""
    apart = [page for page in pages if page.step != STEPS[3]]
    return sorted(apart, key=lambda page: (page.listed / max(page.stated, 1), page.producer))


def _figure(name: str, n: int, told: str, whole: int | None) -> Figure:
    return Figure(f"figure.audits.{name}", n, "pages", f"{n:,} {told}", _COMPARED, whole, "", (), _DAYS)
