"""Data reliability: completeness against independent totals, known defects, and their effect on each claim."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from custodiet.law.order import weight
from custodiet.model.counts import singular
from custodiet.publish.figures.audits import AUDITED, STEPS
from custodiet.publish.report.chapters.linking import joined, unsure
from custodiet.publish.report.charts import bars, with_claims
from custodiet.publish.report.claims import stamp_of
from custodiet.publish.report.document import (
    Cell,
    Chapter,
    Column,
    Fixed,
    Heading,
    Note,
    Part,
    Phrase,
    Stated,
    Table,
    Text,
    capped,
)
from custodiet.publish.report.source import Source
from custodiet.publish.report.wording import counted, share

CLAIMS: Final = 30
EFFECTS: Final = {
    "truncated": "Counts are a floor.",
    "unclosed-quote": "Rows at the end may be missing; counts are a floor.",
    "column-shift": "Cells were moved back under their label; the repair is recorded and can be undone.",
    "ragged": "Cells of these rows may stand under a wrong label.",
    "phantom-header": "One column less than the header says; nothing is known of it.",
    "bad-time": "These rows are in no count by period.",
    "zone-assumed": "Times can be off by hours; days and windows can shift.",
    "constant-column": "The column may have been overwritten; it is not held against anybody.",
    "failed-redaction": "Hidden text was not used.",
    "hidden-sheet": "Rows that the sheet hides are counted.",
    "nul-bytes": "Text may be cut; counts of rows stand.",
    "malformed": "Single rows may be wrong.",
    "duplicate": "The file is counted once.",
    "no-header": "Columns were told from their cells.",
}

_BALANCE: Final = """
SELECT sum(n_rows_read), sum(n_records), sum(n_events), sum(n_shares), sum(n_portal_values), sum(n_layout),
       sum(n_rejected) FILTER (kind = 'organisation-list'),
       sum(n_rejected) FILTER (kind IS DISTINCT FROM 'organisation-list')
FROM disclosures
"""
_TOUCHED: Final = """
SELECT e.indicator_id, e.disclosure_id, count(*) AS n FROM (
    SELECT indicator_id, unnest(evidence).disclosure_id AS disclosure_id FROM indicators
    WHERE list_contains(?, indicator_id)) e
GROUP BY ALL ORDER BY ALL
"""


def chapters(source: Source) -> Iterator[Chapter]:
    """Give the chapter; every case has one."""
    if not source.disclosures:
        return
    parts: list[Part] = [
        *_balance(source),
        *_pages(source),
        *_own_logs(source),
        *joined(source),
        *_defects(source),
        *_effects(source),
    ]
    yield Chapter("reliability", "How far the records can be relied on", tuple(parts))


def _balance(source: Source) -> list[Part]:
    read, *stored = (int(value or 0) for value in source.case.rows(_BALANCE)[0])
    words = (
        "rows of search logs",
        "rows of event logs",
        "shares",
        "statements of pages",
        "titles, totals and repeated headers",
        "names in lists of organisations, kept to tell names apart",
        "that could not be stored",
    )
    claims = {
        "rows of event logs": "figure.rows.events",
        "statements of pages": "figure.rows.statements",
        "titles, totals and repeated headers": "figure.rows.layout",
        "names in lists of organisations, kept to tell names apart": "figure.rows.names",
        "that could not be stored": "figure.rows.not-stored",
    }
    tables = {"rows of search logs": "records", "shares": "shares"}
    what: list[str | Stated] = []
    for n, word in zip(stored, words, strict=True):
        if n:
            number = source.total(tables[word], n) if word in tables else source.told(claims[word], n)
            what += [", " if what else "", number, f" {singular(word) if n == 1 else word}"]
    ends = "The sum agrees" if read == sum(stored) else f"The sum differs by {abs(read - sum(stored)):,}"
    parts: list[Part] = [
        Text(
            Phrase((source.told("figure.rows", read), " rows and statements were read: ", *what, f". {ends}.")),
            lead="Every row is accounted for.",
        )
    ]
    if source.is_linked and source.case.count("searches"):
        records, searches = source.case.count("records"), source.case.count("searches")
        parts.append(
            Text(
                Phrase(
                    (
                        source.total("records", records),
                        " rows of logs record ",
                        source.total("searches", searches),
                        " searches",
                        *unsure(source),
                        "; ",
                        source.told("figure.rows.copies", records - searches),
                        " rows are copies of a search that another row records too, and are counted once.",
                    )
                ),
                lead="Copies.",
            )
        )
    return parts


def _pages(source: Source) -> list[Part]:
    steps = {step: n for step in STEPS if (n := source.parts("figure.audits.").get(step, (0, None))[0]) is not None}
    whole = sum(steps.values())
    short = source.parts("figure.audits.").get("short", (0, None))[0]
    apart: tuple[str | Stated, ...] = ()
    if short:
        text = (
            f" begin{'s' if short == 1 else ''} later than those 30 days or end before them; they may be whole or cut,"
            " and were not compared."
        )
        number = source.number_of("figure.audits.short", short, "more audit")
        apart = (" ", *number, f" beside a stated number{text}")
    if not whole:
        nothing = (
            "No page in the case states a number of searches beside its own audit; completeness of audits cannot be"
            " checked this way."
        )
        return [Heading("Against the pages’ own numbers"), Text(Phrase((nothing, *apart)))]
    summary = Phrase(
        (
            "Pages that state how many searches were made in 30 days and carry an audit of those days: ",
            source.told("figure.audits.pages", whole),
            ". The rows of those 30 days agree with the number within 5 % on ",
            *source.part_of("figure.audits.within 5 %", steps["within 5 %"], whole),
            ".",
            *apart,
        )
    )
    lines: list[tuple[Cell, ...]] = []
    pages = source.parts(AUDITED).items()
    for name, (listed, stated) in sorted(pages, key=lambda item: (item[1][0] / max(item[1][1] or 0, 1), item[0])):
        producer, _, as_of = name.rpartition(".")
        claim = f"{AUDITED}{name}"
        lines.append(
            (
                producer,
                as_of or None,
                source.figure(claim, stated, "denominator"),
                source.figure(claim, listed),
                source.figure(claim, share(listed, stated)),
            )
        )
    table = Table(
        "Pages whose audit and stated number differ by more than 5 %",
        (
            Column("Organisation"),
            Column("Page of", numeric=True),
            Column("Stated", numeric=True),
            Column("Listed for the same days", numeric=True),
            Column("Listed of stated", numeric=True),
        ),
        tuple(lines),
        whole - steps["within 5 %"] - len(lines),
        "custodiet export portals",
    )
    chart = bars(
        "Searches that the audit lists for the page’s 30 days, against the number the page states",
        str(summary),
        list(steps.items()),
        whole,
        row_word="Listed of stated",
        count_word="Pages",
    )
    drawn = with_claims(chart, source.figure, lambda row, _: f"figure.audits.{row[0]}", summary)
    return [Heading("Against the pages’ own numbers"), drawn, *([table] if lines else [])]


def _own_logs(source: Source) -> list[Part]:
    heading = Heading("Against the logs of others")
    rows = source.parts("figure.own-log.")
    if not rows:
        text = (
            "No search of an organisation whose own log was disclosed stands in a log of another organisation of the"
            " case; its completeness cannot be checked this way."
        )
        return [heading, Text(text)]
    lines: list[tuple[Cell, ...]] = [
        (
            org,
            source.figure(f"figure.own-log.{org}", whole, "denominator"),
            source.figure(f"figure.own-log.{org}", found),
            source.figure(f"figure.own-log.{org}", share(found, whole)),
        )
        for org, (found, whole) in sorted(rows.items())
    ]
    return [
        heading,
        capped(
            "Searches that others recorded, and whether the searcher’s own log has them",
            (
                Column("Searching organisation"),
                Column("In logs of others", numeric=True),
                Column("Of them in its own log", numeric=True),
                Column("Share", numeric=True),
            ),
            lines,
            most=len(lines),
            more="custodiet export sightings",
            note=(
                "Only within the days that its own log covers. What is missing can be a different clock or spelling"
                " as well as a missing row."
            ),
        ),
    ]


def _defects(source: Source) -> list[Part]:
    tables: dict[str, set[str]] = {}
    for row in source.problems:
        tables.setdefault(row["code"], set()).add(row["disclosure_id"] or row["file_name"] or "")
    known = [(code, ids) for code, ids in sorted(tables.items()) if code in EFFECTS]
    heading = Heading("Known defects and what they do to the numbers")
    if not known:
        return [heading, Text("No defect that changes a number was found in what could be read.")]
    lines: list[tuple[Cell, ...]] = [
        (Fixed(code), source.figure(f"figure.problem.{code}.tables", len(ids)), EFFECTS[code]) for code, ids in known
    ]
    return [
        heading,
        capped(
            "Defects",
            (Column("Kind"), Column("Tables or files", numeric=True), Column("Effect")),
            lines,
            most=len(lines),
        ),
    ]


def _effects(source: Source) -> list[Part]:
    claims = sorted(source.findings, key=weight) + sorted(
        (row for row in source.indicators if not stamp_of(row)[1]), key=weight
    )
    claims = claims[:CLAIMS]
    ids = sorted({row["indicator_id"] for row in claims})
    if not ids:
        return []
    codes: dict[str, set[str]] = {}
    for row in source.problems:
        if row["disclosure_id"] and row["code"] in EFFECTS:
            codes.setdefault(row["disclosure_id"], set()).add(row["code"])
    touched: dict[str, Counter[str]] = {}
    for indicator_id, disclosure_id, n in source.case.rows(_TOUCHED, [ids]):
        for code in codes.get(disclosure_id, ()):
            touched.setdefault(indicator_id, Counter())[code] += int(n)
    lines: list[tuple[Cell, ...]] = [
        (
            row["subject"],
            source.rule_title(row["rule_id"]),
            stamp_of(row)[0],
            "; ".join(
                f"{code} ({n:,} rows): {EFFECTS[code]}" for code, n in sorted(touched[row["indicator_id"]].items())
            ),
        )
        for row in claims
        if row["indicator_id"] in touched
    ]
    if not lines:
        if not codes:
            return []
        return [
            Note(
                f"None of these defects touches the rows behind the {counted(len(ids), 'weightiest claim')} of this"
                " report.",
                tone="good",
            )
        ]
    return [
        capped(
            "Claims whose rows a defect touches",
            (Column("About"), Column("Rule"), Column("Review"), Column("Defects and effect")),
            lines,
            most=CLAIMS,
            note=f"The {len(ids)} weightiest claims were looked at.",
        )
    ]
