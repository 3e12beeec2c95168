"""Reach: how many networks and cameras a search was put to, and who can reach whose data through whom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from custodiet.network import ReachChapter, reach_chapters
from custodiet.network.cut import Cut, Unplugging, told
from custodiet.network.pictures.svg import Picture
from custodiet.publish.figures.searches import STEPS, step_key
from custodiet.publish.report.chapters.bridge import bridge
from custodiet.publish.report.charts import bars, with_claims
from custodiet.publish.report.document import (
    Bullets,
    Cell,
    Chapter,
    Chart,
    Column,
    Folded,
    Heading,
    Part,
    Table,
    Text,
    capped,
)
from custodiet.publish.report.source import Source
from custodiet.publish.report.wording import counted, listed, number, of

PRODUCERS: Final = 4
PLANNED: Final = 12
LEADING: Final = 8
# Those with most to say: a log beside a list first, then whoever's list is longest.
_CHOSEN: Final = """
WITH lists AS (
    SELECT coalesce(o.org, s.stated_by) AS producer, count(DISTINCT s.recipient) AS n
    FROM shares s LEFT JOIN report_orgs o ON o.name = s.stated_by WHERE s.stated_by = s.source GROUP BY 1
), logs AS (
    SELECT coalesce(o.org, r.producer) AS producer, count(*) FILTER (r.kind = 'network-audit') AS others, count(*) AS n
    FROM records r LEFT JOIN report_orgs o ON o.name = r.producer GROUP BY 1
)
SELECT l.producer, count(*) OVER () AS n_all FROM lists l LEFT JOIN logs g ON g.producer = l.producer
ORDER BY coalesce(g.others, 0) > 0 DESC, coalesce(g.n, 0) >= 1000 DESC, l.n DESC, l.producer
"""


def chapters(source: Source) -> Iterator[Chapter]:
    """Give the chapter of what searches reached, and one for each of the producers with most to say."""
    parts = [
        part
        for column, word in (("networks", "networks"), ("devices", "cameras"))
        for part in _distribution(source, column, word)
    ]
    chosen = [str(row["producer"]) for row in source.counts(_CHOSEN)]
    if parts or chosen:
        lead = "A network that was asked need not have answered; a count of zero is read as not told."
        parts += bridge(source)
        parts += [_who(chosen)] if chosen else []
        yield Chapter("reach", "Reach", tuple(parts), lead)
    for place, chapter in enumerate(reach_chapters(source.case, chosen[:PRODUCERS])):
        yield _of_producer(chapter, place)


def _who(chosen: list[str]) -> Part:
    shown = chosen[:PRODUCERS]
    text = f"Who can reach whose data is told in a chapter for {listed(shown)}."
    rest = len(chosen) - len(shown)
    if rest:
        text += (
            f" {counted(rest, 'more organisation')} state{'s' if rest == 1 else ''} a list; those with a log beside"
            " the list and the longest lists are told here, the others by custodiet network reach ORG."
        )
    return Text(text)


def _distribution(source: Source, column: str, word: str) -> list[Part]:
    steps = ", ".join(
        f"count(*) FILTER ({column} >= {low}{f' AND {column} <= {high}' if high else ''})" for low, high in STEPS
    )
    row = source.case.rows(
        f"SELECT count(*), count(*) FILTER ({column} > 0), median({column}) FILTER ({column} > 0),"
        f" quantile_disc({column}, 0.9) FILTER ({column} > 0), max({column}), {steps} FROM {source.counted}"
    )[0]
    total, told, median, ninth, most, *counts = row
    if not told:
        return []
    labels = [_step_label(low, high, word) for low, high in STEPS]
    summary = (
        f"Told for {of(int(told), int(total))} searches. Half of them went to {number(_whole(float(median)))} {word}"
        f" or fewer, nine in ten to {number(int(ninth))} or fewer, the widest to {number(int(most))}."
    )
    rows = [(label, int(count)) for label, count in zip(labels, counts, strict=True)]
    chart = bars(
        f"{word.capitalize()} that a search was put to",
        summary,
        rows,
        int(told),
        row_word=word.capitalize(),
        count_word="Searches",
    )
    keys = {label: step_key(low, high) for label, (low, high) in zip(labels, STEPS, strict=True)}
    return [with_claims(chart, source.figure, lambda row, place: f"figure.{word}.{keys[str(row[0])]}" * (place == 1))]


def _step_label(low: int, high: int | None, word: str) -> str:
    if low == high:
        return counted(low, word.removesuffix("s"))
    return f"{low:,} to {high:,} {word}" if high else f"{low:,} {word} and more"


def _whole(value: float) -> float:
    return int(value) if value == int(value) else value


def _of_producer(told: ReachChapter, place: int) -> Chapter:
    reach = told.reach
    direct, onward, seen = reach.declared.direct, reach.declared.onward, reach.observed.direct
    # Without a network log nothing is known of use: that is no zero.
    logged = bool(seen.organisations) or told.use is not None
    rows: list[tuple[Cell, ...]] = [
        (label, direct.by_label[label], onward.by_label[label], seen.by_label[label] if logged else None)
        for label in direct.by_label
    ]
    rows.append(
        (
            "all",
            len(direct.organisations),
            len(onward.organisations),
            len(seen.organisations) if logged else None,
        )
    )
    table = Table(
        f"Who can reach the data of {told.producer}",
        (
            Column("Organisations"),
            Column("Let in by its list", numeric=True),
            Column("If all of them share on", numeric=True),
            Column("Seen searching in its network log", numeric=True),
        ),
        tuple(rows),
        note=" ".join(reach.caveats),
    )
    through = capped(
        "Organisations through which most others are reached, if they share on",
        (Column("Organisation"), Column("Leads on to", numeric=True)),
        list(reach.declared.onward.through),
        most=LEADING,
        more="custodiet network hubs",
    )
    parts: list[Part] = [table, *_pictures(told)]
    if through.rows:
        parts.append(through)
    parts += [*_use(told), *_ban(told), *(part for cut in told.cuts for part in _cut(cut))]
    lead = (
        "Two readings stand side by side and are never added: nobody passes data on, and everybody does. The lists do"
        " not say which is so."
    )
    return Chapter(f"reach-{place + 1}", f"Reach: {told.producer}", tuple(parts), lead)


def _pictures(told: ReachChapter) -> list[Part]:
    found: list[Part] = []
    if told.reach.declared.direct.organisations:
        for title, summary, picture in (
            (
                f"Around {told.producer}",
                "Whom its list lets in, by kind and state, and the recipients through which most others would be"
                " reached if they shared on.",
                told.around,
            ),
            ("Direct recipients by state", "Whom its list lets in, by state; one tile each.", told.map),
        ):
            found.append(_chart(title, summary, picture))
    return found


def _chart(title: str, summary: str, picture: Picture) -> Chart:
    columns = tuple(
        Column(name, numeric=place > 0 and _is_number(picture, place)) for place, name in enumerate(picture.columns)
    )
    rows: tuple[tuple[Any, ...], ...] = picture.rows
    table = Table(title, columns, tuple(tuple(cell for cell in row) for row in rows))
    return Chart(
        title,
        summary,
        picture.svg,
        table,
        isolated=True,
    )


def _is_number(picture: Picture, place: int) -> bool:
    return all(isinstance(row[place], int | float) for row in picture.rows)


def _use(told: ReachChapter) -> list[Part]:
    if told.use is None:
        return []
    coverage = told.use.coverage[0]
    text = (
        f"The network log covers {of(coverage.n_days_with_records, coverage.n_days)} days from {coverage.first_day}"
        f" to {coverage.last_day}; {number(coverage.n_without_organisation)} of {number(coverage.n_records)} rows do"
        " not show who searched."
    )
    unlisted: list[tuple[Cell, ...]] = [
        (item.organisation, item.n_unlisted, item.n_listed, item.n_not_evaluable) for item in told.use.unlisted
    ]
    seen = sum(item.answer == "not seen in the log" for item in told.use.unused)
    table = capped(
        "Searched on a day on which no list in force names them",
        (
            Column("Organisation"),
            Column("Searches without a listed share", numeric=True),
            Column("With a listed share", numeric=True),
            Column("No list in force that day", numeric=True),
        ),
        unlisted,
        most=LEADING,
        more="custodiet network declared-vs-observed",
        note=(
            "A list can be older than a share, and a hub can be listed in place of those behind it: this asks a"
            " question and answers none."
        ),
    )
    rest = Text(
        f"{number(seen)} listed recipients do not appear in the log; {number(len(told.use.unused) - seen)} more"
        " cannot be told.",
        quiet=True,
    )
    return [Heading("Lists against the log"), Text(text), table, rest]


def _ban(told: ReachChapter) -> list[Part]:
    if told.ban is None:
        return []
    text = (
        f"The page of {told.ban.as_of or 'an unknown day'} names immigration among the prohibited uses; the list lets"
        f" in {counted(len(told.ban.federal), 'federal organisation')} ({listed(told.ban.federal, 6)})."
        f" {told.ban.caveat}"
    )
    return [Text(text, lead="Stated policy beside the list:")]


def _cut(cut: Cut) -> list[Part]:
    word = cut.target
    parts: list[Part] = [Heading(f"What would end {word} reach")]
    parts.append(
        Text(
            f"{counted(cut.n_targets, f'{word} organisation')} known, {number(cut.n_reaching)} can reach the data now"
            f" with full onward sharing; {number(cut.n_in_state)} active public in-state organisations can reach it"
            " too.",
            quiet=True,
        )
    )
    parts.append(
        Bullets(
            (
                Text(_reading(cut.direct, cut.source), lead="If nobody passes data on:"),
                Text(_reading(cut.onward, cut.source), lead="If everybody does:"),
            )
        )
    )
    plan = cut.onward.best or cut.direct.best
    if plan and plan.shares:
        rows: list[tuple[Cell, ...]] = [
            (share.source, share.recipient, share.controlled_by, share.in_state_lost) for share in plan.shares
        ]
        table = capped(
            f"Fewest shares whose end would end {word} reach",
            (
                Column("Source"),
                Column("Recipient"),
                Column("Who can end it"),
                Column("In-state organisations lost", numeric=True),
            ),
            rows,
            most=PLANNED,
            more="custodiet network cut",
        )
        parts.append(
            Folded(f"The shares of the plan ({counted(len(plan.shares), 'share')})", (table, Bullets(cut.caveats)))
        )
    return parts


def _reading(found: Unplugging, producer: str) -> str:
    verdict = told(found.verdict, producer)
    if found.best is None:
        return f"{verdict}."
    if not found.best.shares:
        return f"{verdict}; no share would have to end."
    lost = f"{counted(found.best.in_state_lost, 'in-state organisation')} would lose reach with the plan"
    return f"{verdict}; {counted(len(found.best.shares), 'share')} would have to end, and {lost}."
