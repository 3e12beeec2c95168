"""Numbers of transparency pages: what the latest of each organisation states, beside its list, and hits by month."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from custodiet.publish.figures.figure import ORGS, Count, Figure, literal

LISTED: Final = 40
_ORGS: Final = f"WITH report_orgs AS ({ORGS})"
_LATEST: Final = "ORDER BY p.as_of DESC NULLS LAST, p.disclosure_id, p.source_row"
# One row per organisation: its latest page.
_PAGES: Final = f"""
SELECT coalesce(o.org, p.producer) AS producer, p.as_of, p.retention_days, p.cameras, p.searches_30d,
       CASE WHEN p.prohibited_uses IS NULL THEN NULL ELSE p.prohibited_uses ILIKE '%immigra%' END AS forbids
FROM {{portals}} p LEFT JOIN report_orgs o ON o.name = p.producer
QUALIFY row_number() OVER (PARTITION BY coalesce(o.org, p.producer) {_LATEST}) = 1
"""
# One row per organisation with a list of whom it lets in: how many federal names stand on the latest.
_FEDERAL: Final = """
SELECT coalesce(o.org, s.stated_by) AS producer, count(DISTINCT r.org) FILTER (l.as_of IS NOT DISTINCT FROM s.as_of
       AND s.status = 'active' AND r.level = 'federal' AND r.status <> 'inactive') AS federal
FROM {shares} s LEFT JOIN report_orgs o ON o.name = s.stated_by LEFT JOIN report_orgs r ON r.name = s.recipient
JOIN (SELECT stated_by, max(as_of) AS as_of FROM {shares} WHERE stated_by = source GROUP BY 1) l
  ON l.stated_by = s.stated_by
WHERE s.stated_by = s.source GROUP BY 1
"""
BESIDE: Final = f"""
SELECT p.*, f.federal FROM ({_PAGES}) p LEFT JOIN ({_FEDERAL}) f ON f.producer = p.producer ORDER BY p.producer
"""
_STATED: Final = (
    ("retention_days", "days", "a retention of {n} days"),
    ("cameras", "cameras", "{n} cameras"),
    ("searches_30d", "searches", "{n} searches in 30 days"),
)
_HITS: Final = """
SELECT coalesce(o.org, p.producer) AS producer, date_trunc('month', p.as_of)::DATE AS month, p.hits_30d, p.vehicles_30d
FROM {portals} p LEFT JOIN report_orgs o ON o.name = p.producer
WHERE p.hits_30d IS NOT NULL AND p.as_of IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY coalesce(o.org, p.producer), date_trunc('month', p.as_of)
                           ORDER BY p.as_of DESC, p.disclosure_id, p.source_row) = 1
"""
_SEEN: Final = "FILTER (vehicles_30d > 0)"
# Name, what is counted, unit, sentence.
_OF_HITS: Final = (
    ("producers", "count(*)", "organisations", "{n} organisations state hits on a page of {month}."),
    ("hits", "sum(hits_30d)", "hits", "{n} hits are stated by pages of {month}."),
    ("middle", "quantile_disc(hits_30d, 0.5)", "hits", "The middle organisation states {n} hits on a page of {month}."),
    ("vehicles", f"sum(vehicles_30d) {_SEEN}", "vehicles read", "{n} vehicles read are stated by pages of {month}."),
    (
        "of-vehicles", f"sum(hits_30d) {_SEEN}", "hits",
        "{n} hits are stated by pages of {month} that state vehicles too.",
    ),
)  # fmt: skip
# What logs of systems call it when a plate that was read stands on a list.
IS_HIT: Final = r"regexp_matches(lower(event_type), 'hot[ _-]?list (hit|alert|match)|\balerts?\b|\bhits?\b')"


def of_pages(count: Count) -> Iterator[Figure]:
    """Count what pages state, beside the lists of the same organisations."""
    rows = count(f"{_ORGS} {BESIDE}")
    if not rows:
        return
    forbidding = [row for row in rows if row[5]]
    yield from _of_all(len(rows), forbidding)
    listed = sorted(rows, key=lambda row: (not (row[5] and row[6]), row[0]))[:LISTED]
    for producer, _, retention, cameras, searches, _, federal in listed:
        for (column, unit, told), n in zip(_STATED, (retention, cameras, searches), strict=True):
            if n is not None:
                yield Figure(
                    f"figure.page.{producer}.{column}", int(n), unit,
                    f"The latest page of {producer} states {told.replace('{n}', f'{n:,}')}.",
                    "As the latest page of the organisation states it.", None,
                    f"{_ORGS} SELECT {column} FROM {{portals}} p LEFT JOIN report_orgs o ON o.name = p.producer"
                    f" WHERE coalesce(o.org, p.producer) = {literal(producer)} {_LATEST} LIMIT 1",
                )  # fmt: skip
        if federal is not None:
            yield Figure(
                f"figure.page.{producer}.federal", int(federal), "organisations",
                f"The latest list of {producer} lets {federal:,} federal organisations in.",
                "Active federal organisations that the latest list lets in, each counted once.", None,
                f"{_ORGS} SELECT federal FROM ({_FEDERAL}) WHERE producer = {literal(producer)}",
            )  # fmt: skip


def _of_all(n: int, forbidding: list[tuple[Any, ...]]) -> Iterator[Figure]:
    sql = f"{_ORGS} SELECT count(*) FROM ({BESIDE})"
    yield Figure(
        "figure.pages.organisations", n, "organisations", f"{n:,} organisations have a page.",
        "Organisations under their one name, each counted once.", None, sql,
    )  # fmt: skip
    forbid = len(forbidding)
    definition = "Organisations whose latest page names immigration among the prohibited uses, each counted once."
    yield Figure(
        "figure.pages.forbid", forbid, "organisations",
        f"The latest pages of {forbid:,} of {n:,} organisations name immigration among the prohibited uses.",
        definition, n, f"{sql} WHERE forbids",
    )  # fmt: skip
    both = sum(bool(row[6]) for row in forbidding)
    yield Figure(
        "figure.pages.forbid-and-let-in", both, "organisations",
        f"The latest lists of {both:,} of these {forbid:,} let at least one federal organisation in.", definition,
        forbid, f"{sql} WHERE forbids AND federal > 0",
    )  # fmt: skip
    without = sum(row[6] is None for row in forbidding)
    yield Figure(
        "figure.pages.forbid-without-list", without, "organisations",
        f"{without:,} of these {forbid:,} disclosed no list.", definition, forbid,
        f"{sql} WHERE forbids AND federal IS NULL",
    )  # fmt: skip


def of_hits(count: Count) -> Iterator[Figure]:
    """Count the hits that pages state and that logs of events hold, by month."""
    numbers = ", ".join(f"({sql})::BIGINT" for _, sql, _, _ in _OF_HITS)
    for day, *found in count(f"{_ORGS} SELECT month, {numbers} FROM ({_HITS}) GROUP BY 1 ORDER BY 1"):
        month = day.isoformat()[:7]
        for (name, sql, unit, told), n in zip(_OF_HITS, found, strict=True):
            if n is not None:
                yield Figure(
                    f"figure.hits.{month}.{name}", int(n), unit, told.format(n=f"{n:,}", month=month),
                    "Hits of the 30 days to the date of the last page of each organisation in a month.",
                    int(found[3]) if name == "of-vehicles" else None,
                    f"{_ORGS} SELECT ({sql})::BIGINT FROM ({_HITS}) WHERE month = DATE '{day.isoformat()}'",
                )  # fmt: skip
    alerts = count(
        f"SELECT date_trunc('month', event_at)::DATE, count(*) FROM {{events}} WHERE event_at IS NOT NULL AND {IS_HIT}"
        " GROUP BY 1 ORDER BY 1"
    )
    total = sum(int(n) for _, n in alerts)
    if not alerts:
        return
    whole = int(count("SELECT count(*) FROM {events}")[0][0])
    definition = "Rows of logs of events whose type is named an alert or a hit."
    sql = f"SELECT count(*) FROM {{events}} WHERE {IS_HIT} AND event_at IS NOT NULL"
    yield Figure(
        "figure.alerts", total, "rows of administrative logs",
        f"{total:,} of {whole:,} rows in logs of events are named an alert or a hit.", definition, whole, sql,
    )  # fmt: skip
    for day, n in _each_month({day: int(n) for day, n in alerts}):
        yield Figure(
            f"figure.alerts.{day.isoformat()[:7]}", int(n), "rows of administrative logs",
            f"{n:,} of {total:,} alerts are of {day.isoformat()[:7]}.", definition, total,
            f"{sql} AND date_trunc('month', event_at)::DATE = DATE '{day.isoformat()}'",
        )  # fmt: skip


def _each_month(found: dict[date, int]) -> Iterator[tuple[date, int]]:
    """Give every month from the first to the last, those without any too."""
    first, last = min(found), max(found)
    for place in range((last.year - first.year) * 12 + last.month - first.month + 1):
        month = date(first.year + (first.month - 1 + place) // 12, (first.month - 1 + place) % 12 + 1, 1)
        yield month, found.get(month, 0)
