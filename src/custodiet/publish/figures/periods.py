"""Numbers of searches by day or month of the producer's wall clock, parted by what the stated reason tells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from custodiet.case import Case
from custodiet.publish.figures.figure import Figure

DAYS: Final = 62
CLASSES: Final = ("stated", "unknown", "uninformative", "hidden", "not told")
_COUNTS: Final = """
SELECT date_trunc('{period}', day)::DATE AS period, purpose_class, sum(n)::BIGINT
FROM report_days WHERE day IS NOT NULL GROUP BY ALL
"""
_WHEN: Final = "coalesce(searched_local, searched_at::TIMESTAMP)"
_SPANS: Final = f"""
SELECT DISTINCT date_trunc('{{period}}', min({_WHEN}))::DATE, date_trunc('{{period}}', max({_WHEN}))::DATE
FROM records WHERE searched_at IS NOT NULL GROUP BY disclosure_id ORDER BY ALL
"""
_KEPT: Final = "periods"
_NO_LOCAL: Final = (
    "Days and months are those of the producer’s wall clock; published times are in UTC and cut to the hour, day or"
    " month, so that the number cannot be counted again from the published tables. The originals and the case give it."
)
_DEFINITION: Final = (
    "Searches, each counted once, by the day or month of the producer’s wall clock and by their reason."
)


@dataclass(frozen=True, slots=True)
class Periods:
    """Hold the searches of a case over time.

    Attributes:
        word: ``day`` or ``month``.
        first: First days of the periods, without gaps.
        series: Class of reason to its number in each period.
        undated: Searches without a readable time.
        unknown: Places of the periods that lie outside every log, from its first to its last row.
    """

    word: str
    first: tuple[date, ...]
    series: Mapping[str, tuple[int, ...]]
    undated: int
    unknown: tuple[int, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """Write each period."""
        return tuple(day.isoformat() if self.word == "day" else day.isoformat()[:7] for day in self.first)

    @property
    def shown(self) -> tuple[str, ...]:
        """Name the classes that there are."""
        return tuple(name for name in CLASSES if any(self.series[name]))


def told_periods(case: Case, remembered: dict[str, Any]) -> Periods | None:
    """Read the searches over time from the working tables, once for a publication; None where no time can be read."""
    if _KEPT not in remembered:
        remembered[_KEPT] = _read(case)
    found: Periods | None = remembered[_KEPT]
    return found


def _read(case: Case) -> Periods | None:
    first, last = case.rows("SELECT min(day), max(day) FROM report_days")[0]
    if first is None:
        return None
    word = "day" if (last - first).days < DAYS else "month"
    periods = _periods(first, last, word)
    places = {period: place for place, period in enumerate(periods)}
    series = {name: [0] * len(periods) for name in CLASSES}
    for period, name, n in case.rows(_COUNTS.format(period=word)):
        series[name][places[period]] = int(n)
    undated = int(case.value("SELECT coalesce(sum(n), 0)::BIGINT FROM report_days WHERE day IS NULL"))
    spans = case.rows(_SPANS.format(period=word))
    unknown = [n for n, day in enumerate(periods) if not any(start <= day <= end for start, end in spans)]
    counts = {name: tuple(row) for name, row in series.items()}
    return Periods(word, tuple(periods), counts, undated, tuple(unknown))


def of_periods(found: Periods | None) -> Iterator[Figure]:
    """Give the number of each period that a log covers, whole and by what the reasons tell."""
    if found is None:
        return
    for place, label in enumerate(found.labels):
        if place in found.unknown:
            continue
        whole = sum(found.series[name][place] for name in CLASSES)
        yield _figure(period_id(label), whole, f"{whole:,} searches are of {label}.", None)
        for name in found.shown:
            n = found.series[name][place]
            yield _figure(period_id(label, name), n, f"{n:,} of {whole:,} searches of {label}: reason {name}.", whole)
    if found.undated:
        n = found.undated
        yield _figure(period_id("undated"), n, f"{n:,} searches have no readable time.", None)


def period_id(label: str, purpose_class: str = "") -> str:
    """Name the searches of one period, whole or of one class of reason."""
    name = f"figure.period.{label}"
    return f"{name}.{purpose_class.replace(' ', '-')}" if purpose_class else name


def _figure(id_: str, n: int, statement: str, whole: int | None) -> Figure:
    return Figure(id_, n, "searches", statement, _DEFINITION, whole, "", (), _NO_LOCAL)


def _periods(first: date, last: date, word: str) -> list[date]:
    if word == "day":
        return [first + timedelta(days=n) for n in range((last - first).days + 1)]
    found, month = [], first.replace(day=1)
    while month <= last:
        found.append(month)
        month = (month + timedelta(days=32)).replace(day=1)
    return found
