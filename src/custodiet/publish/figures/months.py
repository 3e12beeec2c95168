"""Numbers of rows by month of the producer's wall clock, and of months without a row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from custodiet.publish.figures.figure import Count, Figure

_MONTHS: Final = """
SELECT d.producer, d.kind, strftime(coalesce(r.searched_local, r.searched_at::TIMESTAMP), '%Y-%m') AS month
FROM {records} r JOIN {disclosures} d ON d.disclosure_id = r.disclosure_id WHERE r.searched_at IS NOT NULL
"""
NO_LOCAL: Final = (
    "Months are those of the producer’s wall clock; published times are in UTC and cut to the hour, day or month, so"
    " that the number cannot be counted again from the published tables. The originals and the case give it."
)


def of_months(count: Count) -> Iterator[Figure]:
    """Count the rows of each log of a producer by month, and the months between them without a row."""
    rows = count(f"SELECT producer, kind, month, count(*) FROM ({_MONTHS}) GROUP BY ALL ORDER BY ALL")
    wholes: dict[tuple[str | None, str | None], int] = {}
    months: dict[tuple[str | None, str | None], list[str]] = {}
    for producer, kind, month, n in rows:
        wholes[producer, kind] = wholes.get((producer, kind), 0) + int(n)
        months.setdefault((producer, kind), []).append(month)
    for producer, kind, month, n in rows:
        yield Figure(
            month_id(producer, kind, month), int(n), "rows of search logs",
            f"{n:,} of {wholes[producer, kind]:,} rows of the log of {_log(producer, kind)} are of {month}.",
            "Released rows with a readable time, by month.", wholes[producer, kind], "", (), NO_LOCAL,
        )  # fmt: skip
    yield from _missing({log: found for log, found in months.items() if log[0] is not None})


def month_id(producer: str | None, kind: str | None, month: str) -> str:
    """Name the rows of one month of all logs of a kind that one producer disclosed."""
    return f"figure.month.{producer or ''}.{kind or ''}.{month}"


def gap_id(producer: str | None, kind: str | None) -> str:
    """Name the months without a row of all logs of a kind that one producer disclosed."""
    return f"figure.gap.{producer or ''}.{kind or ''}"


def _missing(months: dict[tuple[str | None, str | None], list[str]]) -> Iterator[Figure]:
    definition = "Months between the first and the last row of the logs of a producer without any row."
    total = 0
    for log, found in months.items():
        n = _span(found) - len(found)
        total += n
        if n:
            yield Figure(
                gap_id(*log), n, "months", f"{n:,} of {_span(found):,} months of the log of {_log(*log)} hold no row.",
                definition, _span(found), "", (), NO_LOCAL,
            )  # fmt: skip
    yield Figure(
        "figure.gaps", total, "months", f"{total:,} months between the first and the last row of a log hold no row.",
        definition, None, "", (), NO_LOCAL,
    )  # fmt: skip


def _span(months: list[str]) -> int:
    """Count the months from the first to the last."""
    first, last = ([int(part) for part in month.split("-")] for month in (min(months), max(months)))
    return (last[0] - first[0]) * 12 + last[1] - first[1] + 1


def _log(producer: str | None, kind: str | None) -> str:
    return f"{producer or 'a producer that is not told'}, {kind}"
