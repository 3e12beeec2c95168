"""The first page: what was asked, what was read, what matters, what could not be determined, what to ask next.

Every number in it is taken with :meth:`Source.measure`, which keeps the query, or stands in
a row of the indicators; none is typed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from custodiet.law.order import places
from custodiet.publish.report.chapters.linking import unsure
from custodiet.publish.report.claims import claim
from custodiet.publish.report.document import (
    Bullets,
    Cell,
    Chapter,
    Heading,
    Note,
    Pairs,
    Part,
    Phrase,
    Prose,
    Stated,
    Text,
)
from custodiet.publish.report.gaps import UNREAD, not_determined, to_ask
from custodiet.publish.report.source import APPLIED, NOT_STORED, OTHER_ROWS, Source
from custodiet.publish.report.wording import span

Pieces = tuple[str | Stated, ...]
MOST: Final = 7
MOST_UNREVIEWED: Final = 5


def brief(source: Source) -> Chapter:
    """Make the first page."""
    parts: list[Part] = [
        *_asked(source),
        *_read(source),
        *_findings(source),
        *_indicators(source),
        Heading("What could not be determined, and why"),
        Bullets(not_determined(source)),
        Heading("What to ask next"),
        Bullets(to_ask(source), numbered=True),
    ]
    return Chapter("brief", "The brief", tuple(parts))


def _asked(source: Source) -> list[Part]:
    heading = Heading("What was asked")
    n = source.measure("rules", "Rules put to the records", "SELECT count(DISTINCT rule_id) FROM outcomes")
    if not n:
        return [
            heading,
            Text("No rule was put to these records; this report says what they hold and what they lack."),
        ]
    n_apply = source.measure(
        "rules_that_apply", "Rules that apply to at least one row", f"SELECT count(*) FROM ({APPLIED})"
    )
    packs = Counter(source.pack_title(rule_id) for (rule_id,) in source.case.rows(f"{APPLIED} ORDER BY rule_id"))
    of_pack = {source.pack_title(rule_id): rule_id.partition(".")[0] for (rule_id,) in source.case.rows(APPLIED)}
    named: list[Pieces] = [
        (f"{title} (", *source.number_of(f"figure.rules.of.{of_pack[title]}", count, "rule"), ")")
        for title, count in sorted(packs.items(), key=lambda item: (-item[1], item[0]))
    ]
    text = Phrase(
        (
            "Do the disclosed records meet the rules of law, policy and audit practice that bind these organisations,"
            " and what do the records not let anyone tell? Put to the records: ",
            *source.number_of("figure.rules", n, "rule"),
            ", of which ",
            source.told("figure.rules.applied", n_apply),
            f" {'applies' if n_apply == 1 else 'apply'} to at least one of them. By source: ",
            *_enumerated(named, most=5),
            ".",
        )
    )
    return [heading, Text(text)]


def _read(source: Source) -> list[Part]:
    measure = source.measure
    files = measure("files", "Files added", "SELECT count(*) FROM files")
    disclosures = measure("disclosures", "Released tables and pages", "SELECT count(*) FROM disclosures")
    unread = measure("unread", "Files or members of which nothing was read", _UNREAD)
    rows = measure("rows", "Rows and statements read", "SELECT coalesce(sum(n_rows_read), 0) FROM disclosures")
    others = measure("other_rows", "Rows that are no search, event, share or statement", OTHER_ROWS)
    lost = measure("not_stored", "Rows that could not be stored", NOT_STORED)
    records = measure("records", "Rows of search logs", "SELECT count(*) FROM records")
    items: list[tuple[str, Cell]] = [
        (
            "Files read",
            Phrase(
                (
                    *source.number_of("figure.files", files, "file"),
                    ", ",
                    source.total("disclosures", disclosures),
                    " table or page" if disclosures == 1 else " tables and pages",
                    *(("; ", source.told("figure.unread", unread), " could not be read") if unread else ()),
                )
            ),
        ),
        (
            "Rows and statements",
            Phrase((source.told("figure.rows", rows), " read", *_aside(source, others, lost))),
        ),
    ]
    if records:
        if source.is_linked:
            searches = measure("searches", "Searches, each counted once", "SELECT count(*) FROM searches")
            items.append(
                (
                    "Searches",
                    Phrase(
                        (
                            source.total("searches", searches),
                            ", each counted once, recorded in ",
                            source.total("records", records),
                            " rows of logs",
                            *unsure(source),
                        )
                    ),
                )
            )
        else:
            items.append(
                (
                    "Rows of search logs",
                    Phrase((source.total("records", records), "; copies of one search were not joined")),
                )
            )
        first, last = source.case.rows("SELECT min(first_at), max(last_at) FROM report_days")[0]
        items.append(("Period of the searches", span(first, last)))
    shares = measure(
        "shares",
        "Stated shares (source, recipient)",
        "SELECT count(*) FROM (SELECT DISTINCT source, recipient FROM shares)",
    )
    if shares:
        pairs = source.number_of("figure.pairs", shares, "pair of names", "pairs of names")
        items.append(("Stated shares", Phrase((*pairs, ": a list says that the one lets the other reach its data"))))
        items += _dates(source, "Dates of the lists", _LISTS)
    pages = measure("pages", "Transparency pages and rows of page tables", "SELECT count(*) FROM portals")
    if pages:
        makers = measure("page_producers", "Organisations with a page", _MAKERS)
        told = (*source.number_of("figure.pages", pages, "page"), " of ")
        of_makers = source.number_of("figure.page-producers", makers, "organisation")
        items.append(("Transparency pages", Phrase((*told, *of_makers))))
        items += _dates(source, "Dates of the pages", _PAGES)
    return [Heading("What was read, and how it was obtained"), Pairs(tuple(items)), *_receipts(source)]


def _dates(source: Source, title: str, sql: str) -> list[tuple[str, Cell]]:
    """Say of which days lists or pages are; the latest of some can be years older than that of others."""
    first, last, half = source.case.rows(sql)[0]
    if first is None:
        return []
    if first == last:
        return [(title, first.isoformat())]
    # Where the newest are of the last day, half of them being that old says nothing.
    if half == last:
        return [(title, span(first, last))]
    half_text = f"the latest of half of the organisations is of {half.isoformat()} or earlier"
    return [(title, f"{span(first, last)}; {half_text}")]


_MAKERS: Final = (
    "SELECT count(DISTINCT coalesce(o.canonical, p.producer)) FROM portals p"
    " LEFT JOIN organisations o ON o.name = p.producer"
)
# The days of all lists, and the middle one of the latest list of each organisation.
_LISTS: Final = """
SELECT min(first), max(last), quantile_disc(last, 0.5)
FROM (SELECT min(as_of) AS first, max(as_of) AS last FROM shares WHERE as_of IS NOT NULL GROUP BY stated_by)
"""
_PAGES: Final = """
SELECT min(first), max(last), quantile_disc(last, 0.5)
FROM (SELECT min(as_of) AS first, max(as_of) AS last FROM portals WHERE as_of IS NOT NULL GROUP BY producer)
"""


def _enumerated(items: Sequence[Pieces], most: int) -> Pieces:
    """Write items with numbers in them as a phrase, and how many more there are."""
    told: list[str | Stated] = []
    for place, item in enumerate(items[:most]):
        last = len(items) <= most and place == len(items) - 1
        told += [(" and " if last else ", ") if place else "", *item]
    return (*told, f" and {len(items) - most:,} more") if len(items) > most else tuple(told)


def _aside(source: Source, others: int, lost: int) -> Pieces:
    """Say which rows are in no table of searches, events, shares or statements, and which were lost."""
    told: Pieces = ()
    if others:
        what = f" of them {'is' if others == 1 else 'are'} no search, event, share or statement"
        told = ("; ", source.told("figure.rows.others", others), what)
    if not lost:
        return (*told, "; none was lost")
    return (*told, "; ", source.told("figure.rows.not-stored", lost), " could not be stored")


_UNREAD: Final = (
    'SELECT count(*) FROM (SELECT DISTINCT file_name, "where" FROM problems WHERE disclosure_id IS NULL AND code IN ('
    + ", ".join(f"'{code}'" for code in sorted(UNREAD))
    + "))"
)


def _receipts(source: Source) -> list[Part]:
    with_receipt: dict[str, set[str]] = {}
    without: set[str] = set()
    for row in source.disclosures:
        if row["receipt"]:
            with_receipt.setdefault(row["receipt"], set()).add(row["sha256"])
        else:
            without.add(row["sha256"])
    items: list[Prose] = []
    items += [
        Phrase((*source.number_of(f"figure.receipt.{place}", len(files), "file"), f": {text}."))
        for place, (text, files) in enumerate(sorted(with_receipt.items())[:MOST], 1)
    ]
    if without:
        rest = f" came without a receipt: this report cannot say how {'it was' if len(without) == 1 else 'they were'}"
        items.append(Phrase((*source.number_of("figure.receipt.none", len(without), "file"), f"{rest} obtained.")))
    return [Bullets(tuple(items))] if items else []


def _findings(source: Source) -> list[Part]:
    rows = _in_order(source.findings)
    heading = Heading("Findings")
    if not rows:
        text = "No indicator has been reviewed and kept by a named person yet, so this report states no finding."
        return [heading, Text(text)]
    parts: list[Part] = [heading, *(claim(source, row, prefix="b-", brief=True) for row in rows[:MOST])]
    if len(rows) > MOST:
        parts.append(Text(f"{len(rows) - MOST:,} more stand in the chapter of findings.", quiet=True))
    return parts


def _indicators(source: Source) -> list[Part]:
    rows = [row for row in _in_order(source.indicators) if not row["disposition"]]
    if not rows:
        return []
    chosen = rows[:MOST_UNREVIEWED]
    times = Counter(row["rule_id"] for row in rows)
    note = Note(
        Phrase(
            (
                "What follows was found by a program and reviewed by nobody. It says where to look, not what happened."
                f" Shown: the first {len(chosen)} of ",
                source.total("indicators", len(rows)),
                f" {'indicator' if len(rows) == 1 else 'indicators'}, one of each rule before the second of any; the"
                " severest rule first, then the highest rate that can be counted on given how many records there are.",
            )
        ),
        lead="Not findings.",
    )
    return [
        Heading("Indicators that await review"),
        note,
        *(claim(source, row, prefix="b-", brief=True, of_rule=times[row["rule_id"]]) for row in chosen),
    ]


def _in_order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    order = places(rows)
    return sorted(rows, key=lambda row: order[row["indicator_id"]])
