"""Policy against practice: what pages state beside what lists and logs hold, and what each rule made of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

from custodiet.publish.report.charts import shares_of, with_claims
from custodiet.publish.report.document import Cell, Chapter, Column, Part, Stated, Text, capped
from custodiet.publish.report.source import Source
from custodiet.publish.report.wording import counted, number

LISTED: Final = 40
DRAWN: Final = 15

# The latest page of each producer beside the federal names on its own latest list.
_PAGES: Final = """
WITH pages AS (
    SELECT coalesce(o.org, p.producer) AS producer, p.*, row_number() OVER (
        PARTITION BY coalesce(o.org, p.producer)
        ORDER BY p.as_of DESC NULLS LAST, p.disclosure_id, p.source_row) AS place
    FROM portals p LEFT JOIN report_orgs o ON o.name = p.producer
), lists AS (
    SELECT coalesce(o.org, s.stated_by) AS producer, count(DISTINCT r.org) AS federal
    FROM shares s LEFT JOIN report_orgs o ON o.name = s.stated_by
    JOIN report_orgs r ON r.name = s.recipient AND r.level = 'federal'
    JOIN (SELECT stated_by, max(as_of) AS as_of FROM shares WHERE stated_by = source GROUP BY 1) l
      ON l.stated_by = s.stated_by AND l.as_of IS NOT DISTINCT FROM s.as_of
    WHERE s.stated_by = s.source AND s.status = 'active' AND r.status <> 'inactive' GROUP BY 1
), stated AS (SELECT DISTINCT coalesce(o.org, s.stated_by) AS producer FROM shares s
              LEFT JOIN report_orgs o ON o.name = s.stated_by WHERE s.stated_by = s.source)
SELECT p.producer, p.as_of, p.retention_days, p.cameras, p.searches_30d,
       CASE WHEN p.prohibited_uses IS NULL THEN NULL ELSE p.prohibited_uses ILIKE '%immigra%' END AS forbids,
       CASE WHEN stated.producer IS NULL THEN NULL ELSE coalesce(l.federal, 0) END AS federal
FROM pages p LEFT JOIN lists l ON l.producer = p.producer LEFT JOIN stated ON stated.producer = p.producer
WHERE p.place = 1 ORDER BY p.producer
"""
_OUTCOMES: Final = """
SELECT rule_id, sum(n_indicator)::BIGINT AS indicator, sum(n_clear)::BIGINT AS clear,
       sum(n_not_evaluable)::BIGINT AS unknown, sum(n_not_applicable)::BIGINT AS outside,
       count(DISTINCT producer) AS producers
FROM outcomes GROUP BY rule_id ORDER BY rule_id
"""


def chapters(source: Source) -> Iterator[Chapter]:
    """Give the chapter, if a page or an outcome is there."""
    pages, outcomes = source.counts(_PAGES), _judged(source)
    if not pages and not outcomes:
        return
    parts: list[Part] = []
    if outcomes:
        parts += _outcomes(source, outcomes)
    if pages:
        parts += _pages(pages)
    yield Chapter("policy", "Policy against practice", tuple(parts))


def _judged(source: Source) -> list[dict[str, Any]]:
    return [row for row in source.counts(_OUTCOMES) if not source.is_about_accounts(row["rule_id"])]


def _outcomes(source: Source, rows: list[dict[str, Any]]) -> list[Part]:
    classes = ("meets the pattern", "does not", "cannot be told")
    drawn = [(source.rule_title(row["rule_id"]), [row["indicator"], row["clear"], row["unknown"]]) for row in rows]
    lines: list[tuple[Cell, ...]] = [
        (
            source.rule_title(row["rule_id"]),
            row["producers"],
            *(
                Stated(row[key], f"outcome.{row['rule_id']}.{word}")
                for key, word in (("indicator", "indicator"), ("clear", "clear"), ("unknown", "not_evaluable"))
            ),
            row["outside"],
        )
        for row in rows
        if row["indicator"] + row["clear"] + row["unknown"]
    ]
    table = capped(
        "Outcomes of every rule that applies, in rows (or groups of rows) put to it",
        (
            Column("Rule"),
            Column("Organisations", numeric=True),
            Column("Meets the pattern", numeric=True),
            Column("Does not", numeric=True),
            Column("Cannot be told", numeric=True),
            Column("Outside the rule", numeric=True),
        ),
        lines,
        most=LISTED,
        more="custodiet export outcomes",
        note=(
            "Rows of several logs can record one search; sentences elsewhere count a search once. Rules whose results"
            " are about single accounts are left out."
        ),
    )
    some = sorted((item for item in drawn if item[1][0]), key=lambda item: (-item[1][0] / sum(item[1]), item[0]))[
        :DRAWN
    ]
    chart = shares_of(
        "What the rules made of the records",
        f"Rules that anything meets, by share; {number(len(some))} of them. Rows outside a rule’s place, time or"
        " addressee are left out.",
        some,
        classes,
        row_word="Rule",
        colours=("c1", "c2", "c4"),
    )
    names = {source.rule_title(row["rule_id"]): row["rule_id"] for row in rows}
    once = Counter(label for label, _ in drawn)

    def tied(row: Sequence[Cell], column: int) -> str:
        word = {2: "indicator", 4: "clear", 6: "not_evaluable"}.get(column)
        return f"outcome.{names[str(row[0])]}.{word}" if word and once[str(row[0])] == 1 else ""

    stated = with_claims(chart, lambda claim, cell: Stated(cell, claim) if isinstance(cell, int) else cell, tied)
    return [stated, table] if some else [table]


def _pages(rows: list[dict[str, Any]]) -> list[Part]:
    forbid = [row for row in rows if row["forbids"]]
    both = sum(bool(row["federal"]) for row in forbid)
    untold = sum(row["federal"] is None for row in forbid)
    text = (
        f"{counted(len(rows), 'organisation')} with a page. {number(len(forbid))} name immigration among the"
        f" prohibited uses; the latest list of {number(both)} of these lets in at least one federal organisation, and"
        f" {number(untold)} disclosed no list to compare. Whether such a share serves another purpose is for the"
        " organisation to say."
    )
    lines: list[tuple[Cell, ...]] = [
        (
            row["producer"],
            row["as_of"] and row["as_of"].isoformat(),
            row["retention_days"],
            row["cameras"],
            row["searches_30d"],
            None if row["forbids"] is None else "yes" if row["forbids"] else "no",
            row["federal"],
        )
        for row in sorted(rows, key=lambda row: (not (row["forbids"] and row["federal"]), row["producer"]))
    ]
    table = capped(
        "What each organisation’s latest page states, beside its list",
        (
            Column("Organisation"),
            Column("Page of", numeric=True),
            Column("Retention, days", numeric=True),
            Column("Cameras", numeric=True),
            Column("Searches in 30 days", numeric=True),
            Column("Names immigration as prohibited"),
            Column("Federal names let in", numeric=True),
        ),
        lines,
        most=LISTED,
        more="custodiet export portals",
        note=(
            "Organisations where both columns on the right hold something come first. A dash is what no page or list"
            " states."
        ),
    )
    return [Text(text), table]
