"""Changes over time: searches by day or month, with the places drawn where the form of the records changed.

A break is told from what the rows themselves show (ids, camera counts, accounts, the wording of
reasons), never from a date alone: numbers before and after it are not comparable.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from custodiet.publish.figures.figure import TABLES, sql_of
from custodiet.publish.figures.lengths import LISTED, Lengths, length_id, lengths
from custodiet.publish.figures.periods import CLASSES, Periods, period_id, told_periods
from custodiet.publish.report.chapters.searchers import CLASS_WORDS
from custodiet.publish.report.charts import COLOURS, Break, over_time, with_claims
from custodiet.publish.report.document import Cell, Chapter, Column, Part, Phrase, Text, capped
from custodiet.publish.report.source import Source
from custodiet.publish.report.wording import listed

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


def chapters(source: Source) -> Iterator[Chapter]:
    """Give the chapter, if anything has more than one date."""
    parts = [*_searches(source), *_lists(source)]
    if parts:
        yield Chapter("changes", "Changes over time", tuple(parts))


def _searches(source: Source) -> list[Part]:
    found = told_periods(source.case, source.publication.remembered)
    if found is None:
        return []
    places = {period: place for place, period in enumerate(found.first)}
    breaks = _breaks(source.counts(_FORMS.format(period=found.word)), places)
    labels = found.labels
    words = [CLASS_WORDS[CLASSES.index(name)] for name in found.shown]
    told = [f"By {found.word} on the producer’s wall clock, parted by what the stated reason tells."]
    if found.unknown:
        names = listed([labels[place] for place in found.unknown], 6)
        told.append(f"No log in the case covers {names}: nothing is known of that time, which is not a count of zero.")
    chart = over_time(
        f"Searches by {found.word}", " ".join(told), labels,
        [(word, found.series[name]) for word, name in zip(words, found.shown, strict=True)], breaks=breaks,
        period_word=found.word.capitalize(), colours=[COLOURS[CLASSES.index(name)] for name in found.shown],
        unknown=found.unknown,
    )  # fmt: skip
    parts = ("", *found.shown, "")
    chart = with_claims(chart, source.figure, lambda row, place: period_id(str(row[0]), parts[place]))
    remark = (
        "The form of the records changed within the period; numbers on the two sides of a break are not comparable,"
        " and no trend is given across it."
        if breaks
        else (
            "No change of form was found within the period. A rise or fall can still come from which logs were"
            " disclosed."
        )
    )
    return [chart, Text(remark), *_undated(source, found)]


def _undated(source: Source, found: Periods) -> list[Part]:
    if not found.undated:
        return []
    told = source.number_of(period_id("undated"), found.undated, "row")
    verb = "is" if found.undated == 1 else "are"
    return [Text(Phrase((*told, f" without a readable time {verb} left out.")), quiet=True)]


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
    rows = lengths(lambda template: source.once(sql_of(template, {name: name for name in TABLES})))
    if not rows:
        return []
    changed = [row for row in rows if row.before != row.after]
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
        [_line(source, row) for row in changed],
        most=LISTED,
        more="custodiet network changes",
        note="A name that was spelled anew can look like a change; custodiet network changes tells them apart.",
    )
    text = Phrase((
        *source.number_of("figure.lengths.repeated", len(rows), "organisation"),
        " stated a list on more than one date; the length of ",
        source.told("figure.lengths.changed", len(changed)),
        " changed.",
    ))  # fmt: skip
    return [Text(text), table]


def _line(source: Source, row: Lengths) -> tuple[Cell, ...]:
    def tied(word: str, n: int) -> Cell:
        return source.figure(length_id(row.producer, word), n)

    return (
        row.producer,
        tied("dates", row.lists),
        row.first.isoformat(),
        tied("first", row.before),
        row.last.isoformat(),
        tied("last", row.after),
        tied("change", row.after - row.before),
    )
