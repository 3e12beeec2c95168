"""Numbers of reach: who can reach the data of a producer by its lists, and who searched by its log.

Values come from the room of networks, which walks graphs; the SQL of each joins and counts the published tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from custodiet.case import Case
from custodiet.network import ReachChapter, reach_chapters
from custodiet.publish.figures.cuts import of_cuts
from custodiet.publish.figures.figure import ORGS, Figure, asked, literal, sql_of
from custodiet.publish.figures.oddities import of_oddities
from custodiet.publish.figures.shares import EDGES, hops, key_of, labels, reached, seen
from custodiet.publish.figures.steps import Step
from custodiet.publish.figures.use import of_use

PRODUCERS: Final = 4
LEADING: Final = 8
AROUND: Final = ("direct recipients", "reached through, if it shares on", "reached only if recipients share on")
_KEPT: Final = "reach"
_MORE: Final = " more states"
# Those with most to say: a log beside a list first, then whoever's list is longest.
_CHOSEN: Final = f"""
WITH report_orgs AS ({ORGS}), lists AS (
    SELECT coalesce(o.org, s.stated_by) AS producer, count(DISTINCT s.recipient) AS n
    FROM shares s LEFT JOIN report_orgs o ON o.name = s.stated_by WHERE s.stated_by = s.source GROUP BY 1
), logs AS (
    SELECT coalesce(o.org, r.producer) AS producer, sum(n) FILTER (r.kind = 'network-audit') AS others, sum(n) AS n
    FROM (SELECT producer, kind, count(*) AS n FROM records GROUP BY ALL) r
    LEFT JOIN report_orgs o ON o.name = r.producer GROUP BY 1
)
SELECT l.producer FROM lists l LEFT JOIN logs g ON g.producer = l.producer
ORDER BY coalesce(g.others, 0) > 0 DESC, coalesce(g.n, 0) >= 1000 DESC, l.n DESC, l.producer
"""
_LISTS: Final = (Step("claim_orgs", " ".join(ORGS.split())),)
_IN: Final = "Organisations that the lists in force on the last day let reach the data; pending shares are left out."
_ON: Final = (
    "Organisations that can reach the data if every recipient lets its own recipients reach it too; the lists do not"
    " say whether they may."
)
_SEEN: Final = (
    "Organisations that rows of its network logs name as searching; a name as released, spellings of one"
    " organisation joined."
)


@dataclass(frozen=True, slots=True)
class ToldReach:
    """Hold the producers that state a list, those with most to say first, and what is told of the first few."""

    producers: tuple[str, ...]
    chapters: tuple[ReachChapter, ...]


def told_reach(case: Case, remembered: dict[str, Any]) -> ToldReach:
    """Gather what the report tells of reach, once for a publication."""
    if _KEPT not in remembered:
        producers = (
            tuple(str(name) for (name,) in case.rows(sql_of(_CHOSEN, {"organisations": "organisations"})))
            if case.count("shares")
            else ()
        )
        remembered[_KEPT] = ToldReach(
            producers, tuple(reach_chapters(case, producers[:PRODUCERS])) if producers else ()
        )
    found: ToldReach = remembered[_KEPT]
    return found


def of_reach(told: ToldReach) -> Iterator[Figure]:
    """Give the numbers of the chapters about reach."""
    rest = len(told.producers) - len(told.chapters)
    if rest:
        yield asked(
            "figure.reach.more", rest, "organisations",
            f"{rest:,} more of {len(told.producers):,} organisations state a list of whom they let in.",
            f"Organisations with a list of their own recipients, beside the {len(told.chapters)} with a chapter.",
            len(told.producers), _LISTS,
            f"SELECT count(DISTINCT coalesce(o.org, s.stated_by)) - {len(told.chapters)} FROM {{shares}} s"
            " LEFT JOIN claim_orgs o ON o.name = s.stated_by WHERE s.stated_by = s.source",
        )  # fmt: skip
    for chapter in told.chapters:
        yield from _table(chapter)
        yield from _around(chapter)
        yield from _states(chapter)
        if chapter.ban is not None:
            yield _ban(chapter)
        for cut in chapter.cuts:
            yield from of_cuts(cut)
        yield from of_use(chapter)
    if told.chapters:
        yield from of_oddities(told.chapters[0].oddities)


def _table(told: ReachChapter) -> Iterator[Figure]:
    name, home = told.producer, key_of(told.producer)
    reach = told.reach
    direct = (
        f"SELECT count(*) FROM share_edges e LEFT JOIN share_labels l ON l.org = e.recipient WHERE e.source = {home}"
    )
    onward = f"SELECT count(*) FROM share_reached r LEFT JOIN share_labels l ON l.org = r.org WHERE r.org <> {home}"
    logged = "SELECT count(*) FROM share_seen s LEFT JOIN share_labels l ON l.org = s.org WHERE true"
    readings = [
        ("in", reach.declared.direct, f"are let in by the list of {name}", _IN, labels(name), direct),
        (
            "on", reach.declared.onward, f"can reach the data of {name} if every recipient shares on", _ON,
            reached(name), onward,
        ),
    ]  # fmt: skip
    if is_logged(told):
        said = f"are seen searching in the network log of {name}"
        readings.append(("seen", reach.observed.direct, said, _SEEN, seen(name), logged))
    for word, reading, said, definition, steps, select in readings:
        whole = len(reading.organisations)
        yield asked(
            f"figure.reach.{name}.{word}", whole, "organisations",
            f"{whole:,} organisations {said}.", definition, None, steps, select,
        )  # fmt: skip
        for label, n in reading.by_label.items():
            yield asked(
                f"figure.reach.{name}.{word}.{label}", n, "organisations",
                f"{n:,} of {whole:,} organisations that {said} are {label}.",
                f"{definition} A label is that of the name, as seen from the organisation whose data it is.",
                whole, steps, f"{select} AND coalesce(l.label, 'unknown') = {literal(label)}",
            )  # fmt: skip


def is_logged(told: ReachChapter) -> bool:
    """Tell whether a network log says who searched: without one nothing is known of use, which is no zero."""
    return bool(told.reach.observed.direct.organisations) or told.use is not None


def _around(told: ReachChapter) -> Iterator[Figure]:
    name, home = told.producer, key_of(told.producer)
    whole = len(told.reach.declared.direct.organisations)
    further = len(told.reach.declared.onward.organisations) - whole
    shown = [str(row[2]) for row in told.around.rows if row[0] == AROUND[0] and not _is_rest(row)]
    for row in told.around.rows if whole else ():
        if row[0] != AROUND[0]:
            continue
        label, state, n = str(row[1]), str(row[2]), int(row[3])
        where = f"coalesce(l.label, 'unknown') = {literal(label)}"
        if _is_rest(row):
            where += f" AND coalesce(l.state, '') NOT IN ({', '.join(literal(word) for word in shown)})"
        elif label in ("in-state", "out-of-state"):
            where += f" AND coalesce(l.state, '') = {literal(state)}"
        yield asked(
            around_id(name, row), n, "organisations",
            f"{n:,} of {whole:,} organisations that the list of {name} lets in are {label}"
            f"{f', {state}' if state else ''}.", _IN, whole, labels(name),
            f"SELECT count(*) FROM share_edges e LEFT JOIN share_labels l ON l.org = e.recipient"
            f" WHERE e.source = {home} AND {where}",
        )  # fmt: skip
    if whole:
        yield asked(
            f"figure.reach.{name}.further", further, "organisations",
            f"{further:,} organisations can reach the data of {name} only if recipients share on.", _ON,
            whole + further, reached(name),
            f"SELECT (SELECT count(*) FROM share_reached) - 1"
            f" - (SELECT count(*) FROM share_edges WHERE source = {home})",
        )  # fmt: skip
    for hub, n in told.reach.declared.onward.through[:LEADING]:
        yield asked(
            f"figure.reach.{name}.through.{hub}", n, "organisations",
            f"{hub} would lead {n:,} organisations on to the data of {name}, if it shares on.",
            "Organisations that its list lets in and that no shorter way leads to; one that is reached through several"
            " counts for each.", further, hops(name),
            "SELECT count(*) FROM share_edges e JOIN share_hops a ON a.org = e.source JOIN share_hops b"
            f" ON b.org = e.recipient WHERE e.source = {key_of(hub)} AND b.hop = a.hop + 1",
        )  # fmt: skip


def around_id(producer: str, row: tuple[Any, ...]) -> str:
    """Name the figure in a row of the table that says what the picture around a producer shows."""
    what, word, state, _ = row
    if what == AROUND[1]:
        return f"figure.reach.{producer}.through.{word}"
    if what == AROUND[2]:
        return f"figure.reach.{producer}.further"
    return f"figure.reach.{producer}.around.{word}.{state or '-'}"


def _is_rest(row: tuple[Any, ...]) -> bool:
    return str(row[2]).endswith(_MORE)


def _states(told: ReachChapter) -> Iterator[Figure]:
    name, home = told.producer, key_of(told.producer)
    whole = len(told.reach.declared.direct.organisations)
    for place, n in told.map.rows if whole else ():
        yield asked(
            f"figure.reach.{name}.state.{place}", int(n), "organisations",
            f"{n:,} of {whole:,} organisations that the list of {name} lets in are of: {place}.",
            f"{_IN} Federal organisations stand apart; others by the state that their name tells.", whole, labels(name),
            "SELECT count(*) FROM share_edges e LEFT JOIN share_orgs o ON o.org = e.recipient"
            f" WHERE e.source = {home} AND CASE WHEN o.level = 'federal' THEN 'federal'"
            f" ELSE coalesce(o.state, 'not known') END = {literal(str(place))}",
        )  # fmt: skip


def _ban(told: ReachChapter) -> Figure:
    n = len(told.ban.federal) if told.ban else 0
    home = key_of(told.producer)
    return asked(
        f"figure.reach.{told.producer}.federal-named", n, "organisations",
        f"The list of {told.producer} lets {n:,} federal organisations in, tagged inactive or not.", _IN,
        len(told.reach.declared.direct.organisations), EDGES,
        "SELECT count(*) FROM share_edges e JOIN share_orgs o ON o.org = e.recipient"
        f" WHERE e.source = {home} AND o.level = 'federal'",
    )  # fmt: skip
