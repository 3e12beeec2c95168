"""Alerts: how many hot-list hits pages state and logs of events hold, by month, and what such a number is not.

A hit is a machine's match of a plate with a list. Hits stand apart from searches, which people make.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from custodiet.model.rates import in_ten_thousand
from custodiet.publish.figures.pages import IS_HIT
from custodiet.publish.report.charts import over_time, with_claims
from custodiet.publish.report.document import Cell, Chapter, Column, Part, Phrase, Table, Text
from custodiet.publish.report.source import Source

CAVEAT: Final = (
    "A hit says that a camera’s reading of a plate was found on a list. It does not say that the reading was right,"
    " that the entry was still valid, or that anybody was stopped; how often hits were wrong, and what happened next,"
    " is not in these records. Many hits can come from one plate and from one entry of a list."
)
_NUMBERS: Final = (("producers", "producers"), ("hits", "hits"), ("middle", "middle"), ("vehicles", "seen"))
_EVENTS: Final = f"""
SELECT date_trunc('month', event_at)::DATE AS month, count(*) AS n FROM events
WHERE event_at IS NOT NULL AND {IS_HIT} GROUP BY 1 ORDER BY 1
"""
# One row per month: the last page of each producer in it, so that no thirty days are counted twice.
_PAGES: Final = """
WITH last AS (
    SELECT coalesce(o.org, p.producer) AS producer, date_trunc('month', p.as_of)::DATE AS month, p.hits_30d, p.vehicles_30d
    FROM portals p LEFT JOIN report_orgs o ON o.name = p.producer
    WHERE p.hits_30d IS NOT NULL AND p.as_of IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY coalesce(o.org, p.producer), date_trunc('month', p.as_of)
                               ORDER BY p.as_of DESC, p.disclosure_id, p.source_row) = 1
)
SELECT month, count(*) AS producers, sum(hits_30d)::BIGINT AS hits, quantile_disc(hits_30d, 0.5) AS middle,
       sum(hits_30d) FILTER (vehicles_30d > 0)::BIGINT AS hits_of_seen, sum(vehicles_30d) FILTER (vehicles_30d > 0)::BIGINT AS seen
FROM last GROUP BY month ORDER BY month
"""  # noqa: E501 - SQL reads better in one line


def chapters(source: Source) -> Iterator[Chapter]:
    """Give the chapter, if a page states hits or a log of events holds any."""
    parts = [*_pages(source), *_events(source)]
    if parts:
        yield Chapter("alerts", "Alerts", (Text(CAVEAT), *parts))


def _pages(source: Source) -> list[Part]:
    rows = source.counts(_PAGES)
    if not rows:
        return []
    lines: list[tuple[Cell, ...]] = [
        (
            row["month"].isoformat()[:7],
            *(source.figure(f"{_month(row)}.{name}", row[key]) for name, key in _NUMBERS),
            source.figure(f"{_month(row)}.of-vehicles", in_ten_thousand(row["hits_of_seen"], row["seen"]), "in-10000")
            if row["seen"]
            else None,
        )
        for row in rows
    ]
    table = Table(
        "Hot-list hits that pages state for the 30 days to their date, by month of the page",
        (
            Column("Month"),
            Column("Producers that state hits", numeric=True),
            Column("Hits, summed", numeric=True),
            Column("Hits, middle producer", numeric=True),
            Column("Vehicles read, summed", numeric=True),
            Column("Hits per 10,000 vehicles", numeric=True),
        ),
        tuple(lines),
        note=(
            "The last page of each producer in a month. Which producers were captured differs from month to month, so"
            " that the sums are no trend. The rate is over the producers that state both numbers."
        ),
    )
    return [table]


def _month(row: dict[str, Any]) -> str:
    return f"figure.hits.{row['month'].isoformat()[:7]}"


def _events(source: Source) -> list[Part]:
    found = {row["month"]: int(row["n"]) for row in source.counts(_EVENTS)}
    if not found:
        return []
    months = _months(min(found), max(found))
    whole = source.case.count("events")
    total = sum(found.values())
    said = Phrase(
        (
            *source.number_of("figure.alerts", total, "row"),
            " of ",
            source.told("figure.alerts", whole, "denominator"),
            " in logs of events are named an alert or a hit.",
        )
    )
    chart = over_time(
        "Alerts in the logs of events, by month",
        str(said),
        [month.isoformat()[:7] for month in months],
        [("alerts", [found.get(month, 0) for month in months])],
    )
    return [with_claims(chart, source.figure, lambda row, at: f"figure.alerts.{row[0]}" * (at == 1), said)]


def _months(first: date, last: date) -> list[date]:
    n = (last.year - first.year) * 12 + last.month - first.month
    return [date(first.year + (first.month - 1 + k) // 12, (first.month - 1 + k) % 12 + 1, 1) for k in range(n + 1)]
