"""Who searched: by level of government, by state, and by organisation; rates with their n, never counts alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from custodiet.law.order import interval
from custodiet.model.terms import Level
from custodiet.publish.figures.searchers import CLASSES as CLASSES
from custodiet.publish.figures.searchers import ENOUGH, LISTED
from custodiet.publish.report.chapters.linking import unsure
from custodiet.publish.report.charts import shares_of, with_claims
from custodiet.publish.report.document import Cell, Chapter, Column, Note, Part, Phrase, Stated, capped
from custodiet.publish.report.source import Source
from custodiet.publish.report.wording import share, shown_interval

CLASS_WORDS: Final = ("a purpose is stated", "not placed", "says nothing", "hidden", "not told")

_COUNTS: Final = "sum(n)::BIGINT AS n, count(DISTINCT org) AS orgs, " + ", ".join(
    f"coalesce(sum(n) FILTER (purpose_class = '{name}'), 0)::BIGINT AS {name.replace(' ', '_')}"
    for name in ("stated", "unknown", "uninformative", "hidden", "not told")
)


def chapters(source: Source) -> Iterator[Chapter]:
    """Give the chapter, if the case holds a search."""
    total = int(source.case.value("SELECT coalesce(sum(n), 0)::BIGINT FROM report_searchers"))
    if not total:
        return
    found = {
        row["level"]: row for row in source.counts(f"SELECT level, {_COUNTS} FROM report_searchers GROUP BY level")
    }
    order = [str(level) for level in Level]
    levels = [
        found[level] for level in sorted(found, key=lambda word: order.index(word) if word in order else len(order))
    ]
    chart = shares_of(
        "What the stated reasons tell, by level of the searching organisation",
        "Every bar is all searches of that level. Hidden reasons are held against nobody.",
        [(row["level"], class_counts(row)) for row in levels],
        CLASS_WORDS,
        row_word="Level",
    )
    parts: list[Part] = [
        with_claims(chart, source.figure, _claim_of),
        _table(source, "Searches by level of the searching organisation", "Level", levels, total, "level"),
        *_states(source, total),
        *_organisations(source),
    ]
    orgs = int(source.case.value("SELECT count(DISTINCT org) FROM report_searchers"))
    unnamed = int(source.case.value("SELECT coalesce(sum(n), 0)::BIGINT FROM report_searchers WHERE org IS NULL"))
    lead = Phrase(
        (
            *counted_searches(source, total),
            *unsure(source),
            " by ",
            *source.number_of("figure.searchers", orgs, "organisation"),
            *(("; ", source.told("figure.searchers.unnamed", unnamed), " do not show who searched") if unnamed else ()),
            ".",
        )
    )
    yield Chapter("searchers", "Who searched", tuple(parts), lead)


def _claim_of(row: Sequence[Cell], column: int) -> str:
    """Name the figure in a cell of the chart's table: level, n, then count and share of each class."""
    if column == 1:
        return f"figure.level.{row[0]}"
    return f"figure.level.{row[0]}.{CLASSES[column // 2 - 1].replace(' ', '-')}" if column % 2 == 0 else ""


def counted_searches(source: Source, n: int) -> tuple[str | Stated, str]:
    """Write how many searches there are, or rows of logs where copies were not joined."""
    one, many = ("search", "searches") if source.is_linked else ("row of logs", "rows of logs")
    return source.total(source.counted, n), f" {one if n == 1 else many}"


def class_counts(row: dict[str, Any]) -> list[int]:
    """Give the counts of the classes of purpose, in the order of :data:`CLASSES`."""
    return [row[name.replace(" ", "_")] for name in CLASSES]


def evaluable(row: dict[str, Any]) -> int:
    """Count the searches whose reason is shown and was classified."""
    return int(row["stated"] + row["unknown"] + row["uninformative"])


def _table(source: Source, caption: str, word: str, rows: list[dict[str, Any]], total: int, key: str) -> Part:
    lines: list[tuple[Cell, ...]] = []
    for row in rows:
        name = f"figure.{key}.{row[key] or 'not known'}"
        lines.append(
            (
                row[key] or "not known",
                source.figure(name, row["n"]),
                source.figure(name, share(row["n"], total)),
                source.figure(f"{name}.organisations", row["orgs"]),
                *_readable(source, name, row),
            )
        )
    return capped(
        caption,
        (
            Column(word),
            Column("Searches", numeric=True),
            Column("Share", numeric=True),
            Column("Organisations", numeric=True),
            Column("With a readable reason", numeric=True),
            Column("Reason says nothing", numeric=True),
            Column("Of readable reasons", numeric=True),
            Column("95 % interval", numeric=True),
        ),
        lines,
        most=len(lines),
        more="custodiet export searches",
    )


def _readable(source: Source, name: str, row: dict[str, Any]) -> tuple[Cell, ...]:
    """Give readable reasons, those that say nothing, and their rate with its interval."""
    readable, nothing = evaluable(row), row["uninformative"]
    of = f"{name}.readable"
    return (
        source.figure(of, readable),
        source.figure(f"{name}.uninformative", nothing),
        source.figure(f"{name}.uninformative", share(nothing, readable), of=of),
        source.figure(f"{name}.uninformative", shown_interval(nothing, readable), "interval", of=of),
    )


def _states(source: Source, total: int) -> list[Part]:
    rows = source.counts(f"SELECT state, {_COUNTS} FROM report_searchers GROUP BY state ORDER BY state NULLS LAST")
    return [
        _table(
            source,
            "Searches by state of the searching organisation, in order of the postal code",
            "State",
            rows,
            total,
            "state",
        )
    ]


def _organisations(source: Source) -> list[Part]:
    rows = source.counts(
        f"SELECT org, any_value(level ORDER BY level) AS level, any_value(state ORDER BY state) AS state, {_COUNTS}"
        " FROM report_searchers WHERE org IS NOT NULL GROUP BY org"
    )
    enough = [row for row in rows if evaluable(row) >= ENOUGH]
    if not enough:
        return [
            Note(
                f"No organisation has {ENOUGH} searches with an evaluable reason; no rates by organisation are given.",
                tone="quiet",
            )
        ]
    enough.sort(key=lambda row: (-(interval(row["uninformative"], evaluable(row)) or (0.0,))[0], row["org"]))
    lines: list[tuple[Cell, ...]] = [
        (
            row["org"],
            row["level"],
            row["state"],
            source.figure(f"figure.org.{row['org']}", row["n"]),
            *_readable(source, f"figure.org.{row['org']}", row),
        )
        for row in enough
    ]
    few = len(rows) - len(enough)
    return [
        capped(
            "Reasons that say nothing about the purpose, by searching organisation",
            (
                Column("Organisation"),
                Column("Level"),
                Column("State"),
                Column("Searches", numeric=True),
                Column("With a readable reason", numeric=True),
                Column("Reason says nothing", numeric=True),
                Column("Of readable reasons", numeric=True),
                Column("95 % interval", numeric=True),
            ),
            lines,
            most=LISTED,
            more="custodiet export searches",
            note=Phrase(
                (
                    f"Ordered by the lower end of the interval. Organisations with fewer than {ENOUGH} evaluable"
                    " searches are left out (",
                    source.told("figure.searchers.few", few),
                    "). A short reason is not by itself improper.",
                )
            ),
        )
    ]
