"""Numbers of rows by month of the producer's wall clock."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from custodiet.publish.figures.figure import Count, Figure

_MONTHS: Final = """
SELECT d.producer, d.kind, strftime(coalesce(r.searched_local, r.searched_at::TIMESTAMP), '%Y-%m') AS month
FROM {records} r JOIN {disclosures} d ON d.disclosure_id = r.disclosure_id WHERE r.searched_at IS NOT NULL
"""
_NO_LOCAL: Final = (
    "Months are those of the producer’s wall clock; published times are in UTC and cut to the hour, day or month, so"
    " that the number cannot be counted again from the published tables. The originals and the case give it."
)


def of_months(count: Count) -> Iterator[Figure]:
    """Count the rows of each log of a producer by month."""
    rows = count(f"SELECT producer, kind, month, count(*) FROM ({_MONTHS}) GROUP BY ALL ORDER BY ALL")
    wholes: dict[tuple[str | None, str | None], int] = {}
    for producer, kind, _, n in rows:
        wholes[producer, kind] = wholes.get((producer, kind), 0) + int(n)
    for producer, kind, month, n in rows:
        log = f"{producer or 'a producer that is not told'}, {kind}"
        yield Figure(
            month_id(producer, kind, month), int(n), "rows of search logs",
            f"{n:,} of {wholes[producer, kind]:,} rows of the log of {log} are of {month}.",
            "Released rows with a readable time, by month.", wholes[producer, kind], "", (), _NO_LOCAL,
        )  # fmt: skip


def month_id(producer: str | None, kind: str | None, month: str) -> str:
    """Name the rows of one month of all logs of a kind that one producer disclosed."""
    return f"figure.month.{producer or ''}.{kind or ''}.{month}"
