"""Reach: how many networks and cameras a search was put to, and who can reach whose data through whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from custodiet.network import ReachChapter
from custodiet.network.cut import Cut, Unplugging
from custodiet.network.cut import told as said_of
from custodiet.network.pictures.svg import Picture
from custodiet.network.use import NOT_SEEN
from custodiet.publish.figures.cuts import PLANNED, share_id
from custodiet.publish.figures.oddities import oddity_id
from custodiet.publish.figures.reach import LEADING, ToldReach, around_id, is_logged, told_reach
from custodiet.publish.figures.searches import STEPS, step_key
from custodiet.publish.figures.spread import SPREAD
from custodiet.publish.figures.use import UNLISTED
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
    Phrase,
    Prose,
    Stated,
    Table,
    Text,
    capped,
)
from custodiet.publish.report.source import Source
from custodiet.publish.report.wording import counted, listed

Pieces = tuple[str | Stated, ...]


def chapters(source: Source) -> Iterator[Chapter]:
    """Give the chapter of what searches reached, and one for each of the producers with most to say."""
    parts = [
        part
        for column, word in (("networks", "networks"), ("devices", "cameras"))
        for part in _distribution(source, column, word)
    ]
    reach = told_reach(source.case, source.publication.remembered)
    if parts or reach.producers:
        lead = "A network that was asked need not have answered; a count of zero is read as not told."
        parts += bridge(source)
        parts += [_who(source, reach)] if reach.producers else []
        yield Chapter("reach", "Reach", tuple(parts), lead)
    for place, chapter in enumerate(reach.chapters):
        yield _of_producer(source, chapter, place)


def _who(source: Source, reach: ToldReach) -> Part:
    shown = reach.producers[: len(reach.chapters)]
    text = f"Who can reach whose data is told in a chapter for {listed(shown)}."
    rest = len(reach.producers) - len(shown)
    if not rest:
        return Text(text)
    return Text(Phrase((
        f"{text} ",
        *source.number_of("figure.reach.more", rest, "more organisation"),
        f" state{'s' if rest == 1 else ''} a list; those with a log beside the list and the longest lists are told"
        " here, the others by custodiet network reach ORG.",
    )))  # fmt: skip


def _distribution(source: Source, column: str, word: str) -> list[Part]:
    spread = _spread(source, column, word)
    if spread is None:
        return []
    n_told, total, (median, ninth, most), counts = spread
    labels = [_step_label(low, high, word) for low, high in STEPS]
    name = f"figure.{word}"
    summary = Phrase((
        "Told for ", *source.part_of(f"{name}.told", n_told, total), " searches. Half of them went to ",
        source.told(f"{name}.half", median), f" {word} or fewer, nine in ten to ",
        source.told(f"{name}.nine-in-ten", ninth), " or fewer, the widest to ", source.told(f"{name}.all", most), ".",
    ))  # fmt: skip
    rows = list(zip(labels, counts, strict=True))
    chart = bars(
        f"{word.capitalize()} that a search was put to",
        str(summary),
        rows,
        n_told,
        row_word=word.capitalize(),
        count_word="Searches",
    )
    keys = {label: step_key(low, high) for label, (low, high) in zip(labels, STEPS, strict=True)}
    return [with_claims(chart, source.figure, lambda row, _: f"{name}.{keys[str(row[0])]}", summary)]


def _spread(source: Source, column: str, word: str) -> tuple[int, int, list[int], list[int]] | None:
    """Give how many state their reach, of how many; what half, nine in ten and all do not exceed; and each step."""
    found = source.parts(f"figure.{word}.")
    if "told" in found:
        n_told, total = found["told"]
        spread = [found[name][0] for name in SPREAD]
        return n_told, total or 0, spread, [found[step_key(low, high)][0] for low, high in STEPS]
    steps = ", ".join(
        f"count(*) FILTER ({column} >= {low}{f' AND {column} <= {high}' if high else ''})" for low, high in STEPS
    )
    row = source.case.rows(
        f"SELECT count(*) FILTER ({column} > 0), count(*),"
        f" quantile_disc({column}, [0.5, 0.9, 1.0]) FILTER ({column} > 0), {steps} FROM {source.counted}"
    )[0]
    n_told, total, spread, *counts = row
    return (int(n_told), int(total), list(spread), [int(n) for n in counts]) if n_told else None


def _step_label(low: int, high: int | None, word: str) -> str:
    if low == high:
        return counted(low, word.removesuffix("s"))
    return f"{low:,} to {high:,} {word}" if high else f"{low:,} {word} and more"


def _of_producer(source: Source, told: ReachChapter, place: int) -> Chapter:
    reach = told.reach
    readings = {"in": reach.declared.direct, "on": reach.declared.onward, "seen": reach.observed.direct}
    # Without a network log nothing is known of use: that is no zero.
    logged = is_logged(told)
    name = f"figure.reach.{told.producer}"
    rows: list[tuple[Cell, ...]] = [
        (label, *(
            source.figure(f"{name}.{word}.{label}", reading.by_label[label]) if word != "seen" or logged else None
            for word, reading in readings.items()
        ))
        for label in readings["in"].by_label
    ]  # fmt: skip
    rows.append(("all", *(
        source.figure(f"{name}.{word}", len(reading.organisations)) if word != "seen" or logged else None
        for word, reading in readings.items()
    )))  # fmt: skip
    table = Table(
        f"Who can reach the data of {told.producer}",
        (
            Column("Organisations"),
            Column("Let in by its list", numeric=True),
            Column("If all of them share on", numeric=True),
            Column("Seen searching in its network log", numeric=True),
        ),
        tuple(rows),
        note=_joined(_tied(source, told, caveat) for caveat in reach.caveats),
    )
    through = capped(
        "Organisations through which most others are reached, if they share on",
        (Column("Organisation"), Column("Leads on to", numeric=True)),
        [(hub, source.figure(f"{name}.through.{hub}", n)) for hub, n in reach.declared.onward.through],
        most=LEADING,
        more="custodiet network hubs",
    )
    parts: list[Part] = [table, *_pictures(source, told)]
    if through.rows:
        parts.append(through)
    parts += [*_use(source, told), *_ban(source, told)]
    parts += [part for cut in told.cuts for part in _cut(source, told, cut)]
    lead = (
        "Two readings stand side by side and are never added: nobody passes data on, and everybody does. The lists do"
        " not say which is so."
    )
    return Chapter(f"reach-{place + 1}", f"Reach: {told.producer}", tuple(parts), lead)


def _joined(sentences: Iterable[Prose]) -> Prose:
    """Put sentences one behind the other."""
    pieces: list[str | Stated] = []
    for sentence in sentences:
        pieces += [" " if pieces else "", *(sentence.pieces if isinstance(sentence, Phrase) else (str(sentence),))]
    return Phrase(tuple(pieces)) if pieces else ""


def _tied(source: Source, told: ReachChapter, caveat: str) -> Prose:
    """Tie the number of a caveat to the claim sheet."""
    for name, n, sentence in told.oddities.told():
        if caveat == f"{sentence}: {n:,}.":
            return Phrase((f"{sentence}: ", source.told(oddity_id(name), n), "."))
    for cut in told.cuts:
        head = f"{cut.n_unknown:,} "
        if cut.n_unknown and caveat.startswith(head):
            shown = source.told(f"figure.cut.{cut.source}.{cut.target}.unknown", cut.n_unknown)
            return Phrase((shown, f" {caveat.removeprefix(head)}"))
    return caveat


def _pictures(source: Source, told: ReachChapter) -> list[Part]:
    found: list[Part] = []
    if told.reach.declared.direct.organisations:
        name = f"figure.reach.{told.producer}"
        for title, summary, picture, claims in (
            (
                f"Around {told.producer}",
                "Whom its list lets in, by kind and state, and the recipients through which most others would be"
                " reached if they shared on.",
                told.around,
                [around_id(told.producer, row) for row in told.around.rows],
            ),
            (
                "Direct recipients by state",
                "Whom its list lets in, by state; one tile each.",
                told.map,
                [f"{name}.state.{state}" for state, _ in told.map.rows],
            ),
        ):
            found.append(_chart(source, title, summary, picture, claims))
    return found


def _chart(source: Source, title: str, summary: str, picture: Picture, claims: Sequence[str]) -> Chart:
    columns = tuple(
        Column(name, numeric=place > 0 and _is_number(picture, place)) for place, name in enumerate(picture.columns)
    )
    lines = tuple(
        tuple(source.figure(claim, cell) if columns[place].numeric else cell for place, cell in enumerate(row))
        for row, claim in zip(picture.rows, claims, strict=True)
    )
    table = Table(title, columns, lines)
    return Chart(
        title,
        summary,
        picture.svg,
        table,
        isolated=True,
    )


def _is_number(picture: Picture, place: int) -> bool:
    return all(isinstance(row[place], int | float) for row in picture.rows)


def _use(source: Source, told: ReachChapter) -> list[Part]:
    if told.use is None:
        return []
    coverage, name = told.use.coverage[0], f"figure.use.{told.producer}"
    text = Phrase((
        "The network log covers ", *source.part_of(f"{name}.days", coverage.n_days_with_records, coverage.n_days),
        f" days from {coverage.first_day} to {coverage.last_day}; ",
        source.told(f"{name}.not-shown", coverage.n_without_organisation), " of ",
        source.told(f"{name}.rows", coverage.n_records), " rows do not show who searched.",
    ))  # fmt: skip
    unlisted: list[tuple[Cell, ...]] = [
        (
            item.organisation,
            source.figure(f"{name}.unlisted.{item.organisation}", item.n_unlisted),
            source.figure(f"{name}.listed.{item.organisation}", item.n_listed),
            source.figure(f"{name}.unlisted.{item.organisation}", item.n_not_evaluable, "not_evaluable"),
        )
        for item in told.use.unlisted
    ]
    seen = sum(item.answer == NOT_SEEN for item in told.use.unused)
    untold = len(told.use.unused) - seen
    table = capped(
        "Searched on a day on which no list in force names them",
        (
            Column("Organisation"),
            Column("Searches without a listed share", numeric=True),
            Column("With a listed share", numeric=True),
            Column("No list in force that day", numeric=True),
        ),
        unlisted,
        most=UNLISTED,
        more="custodiet network declared-vs-observed",
        note=(
            "A list can be older than a share, and a hub can be listed in place of those behind it: this asks a"
            " question and answers none."
        ),
    )
    rest = Phrase((
        source.told(f"{name}.not-seen", seen), " listed recipients do not appear in the log; ",
        source.told(f"{name}.not-seen", untold, "not_evaluable"), " more cannot be told.",
    ))  # fmt: skip
    return [Heading("Lists against the log"), Text(text), table, Text(rest, quiet=True)]


def _ban(source: Source, told: ReachChapter) -> list[Part]:
    if told.ban is None:
        return []
    n = len(told.ban.federal)
    text = Phrase((
        f"The page of {told.ban.as_of or 'an unknown day'} names immigration among the prohibited uses; the list lets"
        " in ", *source.number_of(f"figure.reach.{told.producer}.federal-named", n, "federal organisation"),
        f" ({listed(told.ban.federal, 6)}). {told.ban.caveat}",
    ))  # fmt: skip
    return [Text(text, lead="Stated policy beside the list:")]


def _cut(source: Source, told: ReachChapter, cut: Cut) -> list[Part]:
    word, name = cut.target, f"figure.cut.{cut.source}.{cut.target}"
    known = Phrase((
        *source.number_of(f"{name}.known", cut.n_targets, f"{word} organisation"), " known, ",
        source.told(f"{name}.reaching", cut.n_reaching),
        " can reach the data by the latest lists, with full onward sharing; ",
        source.told(f"{name}.in-state", cut.n_in_state), " active public in-state organisations can reach it too.",
    ))  # fmt: skip
    parts: list[Part] = [
        Heading(f"What would end {word} reach"),
        Text(known, quiet=True),
        Bullets(
            (
                Text(_reading(source, cut.direct, cut.source, f"{name}.direct"), lead="If nobody passes data on:"),
                Text(_reading(source, cut.onward, cut.source, f"{name}.onward"), lead="If everybody does:"),
            )
        ),
    ]
    plan = cut.onward.best or cut.direct.best
    if plan and plan.shares:
        rows: list[tuple[Cell, ...]] = [
            (
                share.source,
                share.recipient,
                share.controlled_by,
                source.figure(share_id(cut, share.source, share.recipient), share.in_state_lost),
            )
            for share in plan.shares
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
        shares = source.number_of(f"{name}.onward", len(plan.shares), "share")
        said = Bullets(tuple(_tied(source, told, caveat) for caveat in cut.caveats))
        parts.append(Folded(Phrase(("The shares of the plan (", *shares, ")")), (table, said)))
    return parts


def _reading(source: Source, found: Unplugging, producer: str, name: str) -> Prose:
    verdict = said_of(found.verdict, producer)
    if found.best is None:
        return f"{verdict}."
    if not found.best.shares:
        return f"{verdict}; no share would have to end."
    return Phrase((
        f"{verdict}; ", *source.number_of(name, len(found.best.shares), "share"), " would have to end, and ",
        *source.number_of(f"{name}.lost", found.best.in_state_lost, "in-state organisation"),
        " would lose reach with the plan.",
    ))  # fmt: skip
