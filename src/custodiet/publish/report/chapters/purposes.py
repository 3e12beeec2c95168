"""Why: what the stated reasons say, how often nothing could be told, and how often the classifier abstained."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from custodiet.publish.figures.searches import GROUPS_OF
from custodiet.publish.report.charts import bars, with_claims
from custodiet.publish.report.document import Cell, Chapter, Column, Fixed, Folded, Note, Part, Phrase, Text, capped
from custodiet.publish.report.gaps import STATE_WORDS
from custodiet.publish.report.source import Source
from custodiet.publish.report.wording import number, share

GROUPS: Final = {
    "offense": "A suspected offence",
    "person": "A person to be found",
    "assist": "Help for another agency",
    "civil": "Civil and private matters",
    "admin": "Tests, training, audits",
    "immigration": "Immigration",
    "protected": "Protected activity or group",
    "insufficient": "Says nothing about the purpose",
    "unknown": "Not placed, or a bare name",
}
LISTED: Final = 60

_SETS: Final = """
SELECT l.labels, s.n FROM report_label_sets l
JOIN (SELECT label_set, sum(n)::BIGINT AS n FROM report_searchers GROUP BY label_set) s USING (label_set)
"""
_BY_LABEL: Final = f"""
SELECT label, sum(n)::BIGINT AS n FROM (SELECT unnest(labels) AS label, n FROM ({_SETS}))
WHERE label NOT IN ('insufficient.redacted', 'insufficient.blank') GROUP BY label ORDER BY n DESC, label
"""
_BY_GROUP: Final = f"""
SELECT word, sum(n)::BIGINT AS n FROM (SELECT unnest({GROUPS_OF}) AS word, n FROM ({_SETS}))
GROUP BY word ORDER BY n DESC, word
"""
_CLASSES: Final = "SELECT purpose_class, sum(n)::BIGINT AS n FROM report_searchers GROUP BY 1"


def chapters(source: Source) -> Iterator[Chapter]:
    """Give the chapter, if the case holds a search."""
    classes = {row["purpose_class"]: int(row["n"]) for row in source.counts(_CLASSES)}
    total = sum(classes.values())
    if not total:
        return
    shown = total - classes.get("hidden", 0) - classes.get("not told", 0)
    if not shown:
        yield Chapter(
            "purposes",
            "Why",
            (
                Note("No reason is shown and classified in these records; nothing can be said of purposes."),
                *_states(source),
            ),
        )
        return
    groups = [(GROUPS.get(row["word"], row["word"]), int(row["n"])) for row in source.counts(_BY_GROUP)]
    labels = source.counts(_BY_LABEL)
    lead = Phrase(
        (
            *source.part_of("figure.reason.readable", shown, total),
            " searches show a reason that could be read. Of these, ",
            *source.part_of("figure.reason.unplaced", classes.get("unknown", 0), shown),
            " could not be placed: the classifier abstains rather than guess.",
        )
    )
    said = Phrase(
        (
            "Searches with at least one such label, of ",
            source.told("figure.reason.readable", shown),
            " with a reason that could be read. One search can name several.",
        )
    )
    words = {words: word for word, words in GROUPS.items()}
    chart = bars(
        "What the stated reasons name",
        str(said),
        groups,
        shown,
        row_word="Group",
        count_word="Searches",
    )
    parts: list[Part] = [
        with_claims(chart, source.figure, lambda row, _: f"figure.group.{words.get(str(row[0]), row[0])}", said),
        Text("A label says what the text states, not what was meant. Vague is not unlawful.", quiet=True),
        Folded(f"Every label ({number(len(labels))})", (_label_table(source, labels, shown),)),
        *_states(source),
    ]
    yield Chapter("purposes", "Why", tuple(parts), lead)


def _label_table(source: Source, labels: list[dict[str, Any]], shown: int) -> Part:
    rows: list[tuple[Cell, ...]] = [
        (
            Fixed(row["label"]),
            source.figure(f"figure.label.{row['label']}", row["n"]),
            source.figure(f"figure.label.{row['label']}", share(row["n"], shown)),
        )
        for row in labels
    ]
    return capped(
        "Searches by label of the published taxonomy",
        (Column("Label"), Column("Searches", numeric=True), Column("Of reasons that could be read", numeric=True)),
        rows,
        most=LISTED,
        more="custodiet export purposes",
        note="Labels are not exclusive and do not add up to 100 %.",
    )


def _states(source: Source) -> list[Part]:
    rows = source.case.rows("SELECT reason_state, count(*) FROM records GROUP BY 1 ORDER BY 2 DESC, 1")
    total = sum(int(n) for _, n in rows)
    lines: list[tuple[Cell, ...]] = [
        (
            STATE_WORDS.get(state or "", "not told"),
            source.figure(f"figure.cell.reason.{state or 'not told'}", int(n)),
            source.figure(f"figure.cell.reason.{state or 'not told'}", share(int(n), total)),
        )
        for state, n in rows
    ]
    return [
        capped(
            "The reason cell in rows of logs",
            (Column("State"), Column("Rows", numeric=True), Column("Share", numeric=True)),
            lines,
            most=10,
            note="Rows, not searches: several logs can record one search.",
        )
    ]
