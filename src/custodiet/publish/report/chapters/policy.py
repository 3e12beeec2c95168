"""Policy against practice: what pages state beside what lists and logs hold, and what each rule made of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

from custodiet.publish.figures.figure import sql_of
from custodiet.publish.figures.pages import BESIDE, LISTED
from custodiet.publish.report.charts import shares_of, with_claims
from custodiet.publish.report.document import Cell, Chapter, Column, Part, Phrase, Stated, Text, capped
from custodiet.publish.report.source import Source
from custodiet.publish.report.wording import number, share

DRAWN: Final = 15

# The latest page of each producer beside the federal names on its own latest list.
_PAGES: Final = sql_of(BESIDE, {name: name for name in ("portals", "shares")})
_NUMBERS: Final = ("retention_days", "cameras", "searches_30d")
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
        parts += _pages(source, pages)
    yield Chapter("policy", "Policy against practice", tuple(parts))


def _judged(source: Source) -> list[dict[str, Any]]:
    return [row for row in source.counts(_OUTCOMES) if not source.is_about_accounts(row["rule_id"])]


def _outcomes(source: Source, rows: list[dict[str, Any]]) -> list[Part]:
    classes = ("meets the pattern", "does not", "cannot be told")
    drawn = [(source.rule_title(row["rule_id"]), [row["indicator"], row["clear"], row["unknown"]]) for row in rows]
    lines: list[tuple[Cell, ...]] = [
        (
            source.rule_title(row["rule_id"]),
            source.figure(f"figure.rule.{row['rule_id']}.organisations", row["producers"]),
            *(
                Stated(row[key], f"outcome.{row['rule_id']}.{word}")
                for key, word in (("indicator", "indicator"), ("clear", "clear"), ("unknown", "not_evaluable"))
            ),
            source.figure(f"figure.rule.{row['rule_id']}.outside", row["outside"]),
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

    by_id = {row["rule_id"]: row for row in rows}

    def tied(row: Sequence[Cell], column: int) -> str:
        word = {1: "inside", 2: "indicator", 4: "clear", 6: "not_evaluable"}.get(column)
        return f"{names[str(row[0])]} {word}" if word and once[str(row[0])] == 1 else ""

    def figure(claim: str, cell: Cell) -> Cell:
        rule, _, word = claim.rpartition(" ")
        if word == "inside":
            return source.figure(f"figure.rule.{rule}.inside", cell)
        return _outcome(source, rule, word, by_id[rule]["unknown" if word == "not_evaluable" else word], cell)

    stated = with_claims(chart, figure, tied)
    return [stated, table] if some else [table]


def _outcome(source: Source, rule: str, word: str, n: int, cell: Cell) -> Cell:
    """Tie an outcome of a rule: its count, or its share of what lies inside the rule."""
    name, of = f"outcome.{rule}.{word}", f"figure.rule.{rule}.inside"
    if not isinstance(cell, str):
        return Stated(n, name)
    whole = source.parts(of).get("", (0, None))[0]
    return Stated(n, name, "percent", whole, of) if whole and share(n, whole) == cell else cell


def _pages(source: Source, rows: list[dict[str, Any]]) -> list[Part]:
    forbid = [row for row in rows if row["forbids"]]
    both = sum(bool(row["federal"]) for row in forbid)
    untold = sum(row["federal"] is None for row in forbid)
    text = Phrase(
        (
            *source.number_of("figure.pages.organisations", len(rows), "organisation"),
            " with a page. ",
            source.told("figure.pages.forbid", len(forbid)),
            " name immigration among the prohibited uses; the latest list of ",
            source.told("figure.pages.forbid-and-let-in", both),
            " of these lets in at least one federal organisation, and ",
            source.told("figure.pages.forbid-without-list", untold),
            " disclosed no list to compare. Whether such a share serves another purpose is for the organisation to"
            " say.",
        )
    )
    lines: list[tuple[Cell, ...]] = [
        (
            row["producer"],
            row["as_of"] and row["as_of"].isoformat(),
            *(source.figure(f"figure.page.{row['producer']}.{name}", row[name]) for name in _NUMBERS),
            None if row["forbids"] is None else "yes" if row["forbids"] else "no",
            source.figure(f"figure.page.{row['producer']}.federal", row["federal"]),
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
