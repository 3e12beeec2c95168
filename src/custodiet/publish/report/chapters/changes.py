"""Changes over time: searches by day or month, with the places drawn where the form of the records changed.

A break is told from what the rows themselves show (ids, camera counts, accounts, the wording of
reasons), never from a date alone: numbers before and after it are not comparable.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from custodiet.publish.report.chapters.searchers import CLASS_WORDS, CLASSES
from custodiet.publish.report.charts import COLOURS, Break, over_time
from custodiet.publish.report.document import Cell, Chapter, Column, Part, Text, capped
from custodiet.publish.report.source import Source
from custodiet.publish.report.wording import counted, listed

DAYS: Final = 62
LISTED: Final = 30
STAYS: Final = 3
_WHEN: Final = "coalesce(searched_local, searched_at::TIMESTAMP)"
_DROP_DOWN: Final = "^[A-Z][A-Za-z/]+[A-Za-z/() ]* - [A-Z][A-Za-z/() ]+$"
_MARKS: Final = (
    ("ids", "search ids are given", "search ids are not given"),
    ("cameras", "camera counts are given", "camera counts are not given"),
    ("accounts", "accounts are shown", "accounts are no longer shown"),
    ("reasons", "reasons are shown", "reasons are no longer shown"),
    ("chosen", "reasons are picked from a list", "reasons are typed freely"),
)
_FORMS: Final = f"""
SELECT date_trunc('{{period}}', {_WHEN})::DATE AS period, count(*) AS n, count(DISTINCT disclosure_id) AS logs,
    avg((search_id IS NOT NULL)::INTEGER) AS ids, avg((devices > 0)::INTEGER) AS cameras,
    avg((user_state = 'value')::INTEGER) AS accounts, avg((reason_state = 'value')::INTEGER) AS reasons,
    avg(CASE WHEN reason_state = 'value' THEN regexp_matches(reason, '{_DROP_DOWN}')::INTEGER END) AS chosen
FROM records WHERE searched_at IS NOT NULL GROUP BY 1 ORDER BY 1
"""
_COUNTS: Final = """
SELECT date_trunc('{period}', day)::DATE AS period, purpose_class, sum(n)::BIGINT AS n
FROM report_days WHERE day IS NOT NULL GROUP BY ALL
"""
_SPANS: Final = f"""
SELECT DISTINCT date_trunc('{{period}}', min({_WHEN}))::DATE, date_trunc('{{period}}', max({_WHEN}))::DATE
FROM records WHERE searched_at IS NOT NULL GROUP BY disclosure_id ORDER BY ALL
"""
_LISTS: Final = """
WITH named AS (
    SELECT coalesce(o.org, s.stated_by) AS producer, s.as_of, count(DISTINCT coalesce(r.org, s.recipient)) AS n
    FROM shares s LEFT JOIN report_orgs o ON o.name = s.stated_by LEFT JOIN report_orgs r ON r.name = s.recipient
    WHERE s.stated_by = s.source AND s.as_of IS NOT NULL GROUP BY ALL
)
SELECT producer, min(as_of) AS first, max(as_of) AS last, count(*) AS lists, arg_min(n, as_of) AS before,
       arg_max(n, as_of) AS after
FROM named GROUP BY producer HAVING count(*) > 1 ORDER BY producer
"""


def chapters(source: Source) -> Iterator[Chapter]:
    """Give the chapter, if anything has more than one date."""
    parts = [*_searches(source), *_lists(source)]
    if parts:
        yield Chapter("changes", "Changes over time", tuple(parts))


def _searches(source: Source) -> list[Part]:
    first, last = source.case.rows("SELECT min(day), max(day) FROM report_days")[0]
    if first is None:
        return []
    word = "day" if (last - first).days < DAYS else "month"
    periods = _periods(first, last, word)
    places = {period: place for place, period in enumerate(periods)}
    series = {name: [0] * len(periods) for name in CLASSES}
    for row in source.counts(_COUNTS.format(period=word)):
        series[row["purpose_class"]][places[row["period"]]] = row["n"]
    breaks = _breaks(source.counts(_FORMS.format(period=word)), places)
    labels = [period.isoformat() if word == "day" else period.isoformat()[:7] for period in periods]
    told = [(name, label) for name, label in zip(CLASSES, CLASS_WORDS, strict=True) if any(series[name])]
    shown = [(label, series[name]) for name, label in told]
    colours = [COLOURS[CLASSES.index(name)] for name, _ in told]
    missing = int(source.case.value("SELECT coalesce(sum(n), 0)::BIGINT FROM report_days WHERE day IS NULL"))
    summary = f"By {word} on the producer’s wall clock, parted by what the stated reason tells."
    if missing:
        summary += f" {counted(missing, 'row')} without a readable time are left out."
    unknown = _unknown(source, word, periods)
    if unknown:
        names = listed([labels[place] for place in unknown], 6)
        summary += f" No log in the case covers {names}: nothing is known of that time, which is not a count of zero."
    chart = over_time(
        f"Searches by {word}", summary, labels, shown, breaks=breaks, period_word=word.capitalize(), colours=colours,
        unknown=unknown,
    )  # fmt: skip
    remark = (
        "The form of the records changed within the period; numbers on the two sides of a break are not comparable,"
        " and no trend is given across it."
        if breaks
        else (
            "No change of form was found within the period. A rise or fall can still come from which logs were"
            " disclosed."
        )
    )
    return [chart, Text(remark)]


def _unknown(source: Source, word: str, periods: list[date]) -> list[int]:
    """Give the numbers of the periods that lie outside every log, from its first to its last row."""
    spans = source.case.rows(_SPANS.format(period=word))
    return [place for place, period in enumerate(periods) if not any(first <= period <= last for first, last in spans)]


def _periods(first: date, last: date, word: str) -> list[date]:
    if word == "day":
        return [first + timedelta(days=n) for n in range((last - first).days + 1)]
    found, month = [], first.replace(day=1)
    while month <= last:
        found.append(month)
        month = (month + timedelta(days=32)).replace(day=1)
    return found


def _breaks(rows: list[dict[str, Any]], places: dict[date, int]) -> list[Break]:
    """Find periods in which the majority of rows turns from one form to another and stays so for a while."""
    said: dict[int, list[str]] = {}
    for name, given, gone in _MARKS:
        known = [(row["period"], row[name] > 0.5) for row in rows if row[name] is not None and row["period"] in places]
        holds = known[0][1] if known else False
        for place, (period, now) in enumerate(known):
            if now != holds and all(later == now for _, later in known[place : place + STAYS]):
                holds = now
                said.setdefault(places[period], []).append(given if now else gone)
    dates = {place: period for period, place in places.items()}
    return [
        Break(place, f"from {dates[place]}, {', '.join(words)} in most rows") for place, words in sorted(said.items())
    ]


def _lists(source: Source) -> list[Part]:
    rows: list[tuple[Cell, ...]] = [
        (
            row["producer"],
            row["lists"],
            row["first"].isoformat(),
            row["before"],
            row["last"].isoformat(),
            row["after"],
            row["after"] - row["before"],
        )
        for row in source.counts(_LISTS)
    ]
    if not rows:
        return []
    changed = [row for row in rows if row[-1]]
    table = capped(
        "Lists of recipients whose length changed",
        (
            Column("Producer"),
            Column("Dates", numeric=True),
            Column("First", numeric=True),
            Column("Named", numeric=True),
            Column("Last", numeric=True),
            Column("Named", numeric=True),
            Column("Difference", numeric=True),
        ),
        changed,
        most=LISTED,
        more="custodiet network changes",
        note="A name that was spelled anew can look like a change; custodiet network changes tells them apart.",
    )
    text = (
        f"{counted(len(rows), 'organisation')} stated a list on more than one date; the length of {len(changed):,}"
        " changed."
    )
    return [Text(text), table]
