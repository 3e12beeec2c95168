"""Data reliability: completeness against independent totals, known defects, and their effect on each claim."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from custodiet.law.order import weight
from custodiet.model.counts import singular
from custodiet.publish.report.chapters.linking import joined, unsure
from custodiet.publish.report.charts import bars
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
    Text,
    capped,
)
from custodiet.publish.report.source import Source
from custodiet.publish.report.wording import counted, number, of, share

LISTED: Final = 25
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

# One row per page that states a number and holds its own search audit; the page's own window is the 30 days
# to its date, or to the last day of an audit that was made a few days before the page was captured.
_PAGES: Final = """
WITH days AS (
    SELECT d.sha256, d.member_sha256, r.disclosure_id, coalesce(r.searched_local::DATE, r.searched_at::DATE) AS day,
           coalesce(r.search_id, r.record_no::VARCHAR) AS search
    FROM records r JOIN disclosures d USING (disclosure_id) WHERE d.kind = 'portal-audit'
), audits AS (
    SELECT sha256, member_sha256, disclosure_id, min(day) AS first_on, max(day) AS last_on FROM days GROUP BY ALL
), pages AS (
    SELECT p.disclosure_id AS page, p.source_row, coalesce(o.org, p.producer) AS producer, p.as_of,
           p.searches_30d AS stated, a.disclosure_id, a.first_on,
           coalesce(least(p.as_of, a.last_on), a.last_on) AS ends_on
    FROM portals p JOIN disclosures d ON d.disclosure_id = p.disclosure_id
    JOIN audits a ON a.sha256 = d.sha256 AND a.member_sha256 = d.member_sha256
    LEFT JOIN report_orgs o ON o.name = p.producer WHERE p.searches_30d IS NOT NULL
)
SELECT p.producer, p.as_of, p.stated, count(DISTINCT d.search) AS listed,
       p.first_on <= p.ends_on - INTERVAL 27 DAY
       AND (p.as_of IS NULL OR p.ends_on >= p.as_of - INTERVAL 3 DAY) AS covers
FROM pages p LEFT JOIN days d ON d.disclosure_id = p.disclosure_id
 AND d.day > p.ends_on - INTERVAL 30 DAY AND d.day <= p.ends_on
GROUP BY p.producer, p.as_of, p.stated, p.first_on, p.ends_on, p.page, p.source_row, p.disclosure_id
ORDER BY p.producer, p.as_of, p.page, p.source_row
"""
# Searches of an organisation that logs of others record, within the days that its own log covers.
_OWN: Final = """
WITH own AS (
    SELECT coalesce(o.org, r.producer) AS org, min(r.searched_at) AS began, max(r.searched_at) AS ended
    FROM records r LEFT JOIN report_orgs o ON o.name = r.producer
    WHERE r.kind = 'organisation-audit' AND r.searched_at IS NOT NULL GROUP BY 1
), seen AS (
    SELECT s.search_key, coalesce(o.org, r.org) AS org, min(r.searched_at) AS seen_at,
           bool_or(r.kind = 'organisation-audit' AND coalesce(p.org, r.producer) = coalesce(o.org, r.org)) AS in_own,
           bool_or(coalesce(p.org, r.producer) <> coalesce(o.org, r.org)) AS in_others
    FROM sightings s JOIN records r USING (disclosure_id, record_no)
    LEFT JOIN report_orgs o ON o.name = r.org LEFT JOIN report_orgs p ON p.name = r.producer
    WHERE coalesce(o.org, r.org) IN (SELECT org FROM own) GROUP BY ALL
)
SELECT own.org, count(*) AS n, count(*) FILTER (in_own) AS found FROM seen JOIN own ON own.org = seen.org
WHERE in_others AND seen_at BETWEEN own.began AND own.ended GROUP BY own.org ORDER BY own.org
"""
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
    tables = {"rows of search logs": "records", "rows of event logs": "events", "shares": "shares"}
    what: list[str | Stated] = []
    for n, word in zip(stored, words, strict=True):
        if n:
            what += [
                ", " if what else "",
                source.total(tables.get(word, ""), n),
                f" {singular(word) if n == 1 else word}",
            ]
    ends = "The sum agrees" if read == sum(stored) else f"The sum differs by {abs(read - sum(stored)):,}"
    parts: list[Part] = [
        Text(
            Phrase((f"{number(read)} rows and statements were read: ", *what, f". {ends}.")),
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
                        f" searches{unsure(source)}; {number(records - searches)} rows are copies of a search that"
                        " another row records too, and are counted once.",
                    )
                ),
                lead="Copies.",
            )
        )
    return parts


def _pages(source: Source) -> list[Part]:
    found = source.counts(_PAGES)
    rows = [row for row in found if row["covers"]]
    short = len(found) - len(rows)
    apart = (
        f" {counted(short, 'more audit')} beside a stated number begin{'s' if short == 1 else ''} later than those 30"
        " days or end before them; they may be whole or cut, and were not compared."
        if short
        else ""
    )
    if not rows:
        return [
            Heading("Against the pages’ own numbers"),
            Text(
                "No page in the case states a number of searches beside its own audit; completeness of audits cannot"
                f" be checked this way.{apart}"
            ),
        ]
    steps = (
        ("none of the stated searches listed", 0.0),
        ("under half", 0.5),
        ("half to 95 %", 0.95),
        ("within 5 %", 1.05),
        ("more than stated", None),
    )
    counts: Counter[str] = Counter()
    for row in rows:
        counts[_step(row, steps)] += 1
    within = counts["within 5 %"]
    text = (
        f"Pages that state how many searches were made in 30 days and carry an audit of those days: {len(rows):,}."
        f" The rows of those 30 days agree with the number within 5 % on {of(within, len(rows))}.{apart}"
    )
    differing = sorted(
        (row for row in rows if _step(row, steps) != "within 5 %"),
        key=lambda row: (row["listed"] / max(row["stated"], 1), row["producer"]),
    )
    lines: list[tuple[Cell, ...]] = [
        (
            row["producer"],
            row["as_of"] and row["as_of"].isoformat(),
            row["stated"],
            row["listed"],
            share(row["listed"], row["stated"]),
        )
        for row in differing
    ]
    table = capped(
        "Pages whose audit and stated number differ by more than 5 %",
        (
            Column("Organisation"),
            Column("Page of", numeric=True),
            Column("Stated", numeric=True),
            Column("Listed for the same days", numeric=True),
            Column("Listed of stated", numeric=True),
        ),
        lines,
        most=LISTED,
        more="custodiet export portals",
    )
    chart = bars(
        "Searches that the audit lists for the page’s 30 days, against the number the page states",
        text,
        [(name, counts[name]) for name, _ in steps],
        len(rows),
        row_word="Listed of stated",
        count_word="Pages",
    )
    return [Heading("Against the pages’ own numbers"), chart, *([table] if lines else [])]


def _step(row: dict[str, Any], steps: tuple[tuple[str, float | None], ...]) -> str:
    stated, listed = row["stated"], row["listed"]
    if stated == listed:
        return "within 5 %"
    if not listed:
        return steps[0][0]
    ratio = listed / stated if stated else 2.0
    return (
        "under half"
        if ratio < 0.5
        else "half to 95 %"
        if ratio < 0.95
        else "within 5 %"
        if ratio <= 1.05
        else "more than stated"
    )


def _own_logs(source: Source) -> list[Part]:
    heading = Heading("Against the logs of others")
    rows = source.counts(_OWN) if source.case.count("sightings") else []
    if not rows:
        text = (
            "No search of an organisation whose own log was disclosed stands in a log of another organisation of the"
            " case; its completeness cannot be checked this way."
        )
        return [heading, Text(text)]
    lines: list[tuple[Cell, ...]] = [
        (row["org"], row["n"], row["found"], share(row["found"], row["n"])) for row in rows
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
            most=LISTED,
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
    lines: list[tuple[Cell, ...]] = [(Fixed(code), len(ids), EFFECTS[code]) for code, ids in known]
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
