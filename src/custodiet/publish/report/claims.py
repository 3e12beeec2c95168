"""Show indicators and findings: the sentence, its number and range, the law, what it does not say, and its rows."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from custodiet.case.citations import cite_rows
from custodiet.law.order import headline_of
from custodiet.privacy.tables import last_part
from custodiet.publish.report.document import (
    Bullets,
    Cell,
    Claim,
    Code,
    Column,
    Fixed,
    Folded,
    Link,
    Mark,
    Pairs,
    Part,
    Phrase,
    Prose,
    Range,
    Sentence,
    Stated,
    Table,
    Text,
)
from custodiet.publish.report.source import Source
from custodiet.publish.report.wording import NOT_TOLD, counted, day, share, shown_interval, span
from custodiet.rules.rule import Rule

NOT_REVIEWED: Final = "not reviewed"
CITED: Final = 25
# Rows are another unit than the number; no end of the range is made of them.
_ROWS: Final = "duplicates"
# Choices that every rule has; the others are the rule's own.
_GENERAL: Final = ("duplicates", "hidden rows")
SEVERITY_WORDS: Final = {
    "rule-not-met": "rule not met, as the records read",
    "gap": "gap in the records",
    "quality": "weak record, no provision at stake",
}
DISPOSITION_WORDS: Final = {
    "record-accurate": "the record is accurate",
    "explained": "explained",
    "record-error": "error of the record",
    "policy-unclear": "the policy is unclear",
    "needs-records": "more records are needed",
    "referred": "referred",
}


# Definitions that count among more or fewer than the headline: no share of its denominator is given.
_OF_OTHERS: Final = ("hidden rows", "era")


@dataclass(frozen=True, slots=True)
class Panel:
    """Hold the counts of one indicator under several definitions.

    Attributes:
        label: Definition of the headline.
        headline: Its count.
        others: Label, kind of choice and count of the other definitions.
        low: Lowest count of all.
        high: Highest count of all.
        flips: Definitions under which nothing is left to count.
    """

    label: str
    headline: int
    others: tuple[tuple[str, str, Stated | int], ...]
    low: int
    high: int
    flips: tuple[str, ...]


def panel_of(row: Mapping[str, Any]) -> Panel | None:
    """Read the sensitivity panel of an indicator; None where the rule has none."""
    if not row["sensitivity"]:
        return None
    data = json.loads(row["sensitivity"])
    others = tuple(
        (_labelled(item), str(item["choice"]), _alternative(row, place, int(item["count"])))
        for place, item in enumerate(data["alternatives"], 1)
    )
    low, high = data["range"]
    return Panel(
        str(data["headline"]["label"]),
        int(data["headline"]["count"]),
        others,
        int(low),
        int(high),
        tuple(str(label) for label in data["flips"]),
    )


def _labelled(item: Mapping[str, Any]) -> str:
    """Name a definition; where it counts among more or fewer than the headline, with their number."""
    return f"{item['label']} (of {item['denominator']:,})" if "denominator" in item else str(item["label"])


def _alternative(row: Mapping[str, Any], place: int, n: int) -> Stated | int:
    return Stated(n, sheet_id(row), f"alternative-{place}") if sheet_id(row) else n


def range_of(row: Mapping[str, Any]) -> Range:
    """Return headline, lowest and highest count, and the denominator where it holds them all."""
    panel, n = panel_of(row), headline_of(row)
    low, high = (panel.low, panel.high) if panel else (n, n)
    return Range(low, n, high, row["denominator"], claim_id(row), sheet_id(row))


def sheet_id(row: Mapping[str, Any]) -> str:
    """Return the id of the indicator on the claim sheet; empty for a finding that came from an earlier case."""
    return f"indicator.{row['indicator_id']}" if row.get("on_sheet", True) else ""


def evaluated(row: Mapping[str, Any]) -> Stated | int | None:
    """Return of how many an indicator is, with its claim; None where its number is a whole."""
    n: int | None = row["denominator"]
    return Stated(n, sheet_id(row), "denominator") if n is not None and sheet_id(row) else n


def not_evaluable(row: Mapping[str, Any]) -> Stated | int:
    """Return how many could not be told, with its claim."""
    n = row["n_not_evaluable"]
    return Stated(n, sheet_id(row), "not_evaluable") if n is not None and sheet_id(row) else n or 0


def claim_id(row: Mapping[str, Any]) -> str:
    """Return the id of the indicator's headline on the claim sheet; empty where the sheet counts something else."""
    stated = row["n_shares"] if row["n_shares"] is not None else row["n_searches"]
    if stated is None:
        stated = row.get("n_rows")
    return sheet_id(row) if stated == headline_of(row) else ""


def rated(row: Mapping[str, Any]) -> tuple[str | Stated, str | Stated]:
    """Return the share of what was evaluated and its 95 % interval, with their claim."""
    n, whole, name = headline_of(row), row["denominator"] or 0, claim_id(row)
    texts = share(n, whole), shown_interval(n, whole)
    if not name:
        return texts
    rate, interval = (
        text if text == NOT_TOLD else Stated(n, name, part, whole)
        for text, part in zip(texts, ("percent", "interval"), strict=True)
    )
    return rate, interval


def statement_of(row: Mapping[str, Any]) -> Prose:
    """Return the sentence of an indicator, which is that of its claim; the numbers in "12 of 80" bear their part."""
    text: str = row["statement"] or ""
    headline, denominator = headline_of(row), row["denominator"]
    name = claim_id(row)
    parts = (
        re.split(rf"(?<![\w,.-]){headline:,} of {denominator:,}(?!\d|,\d)", text, maxsplit=1)
        if name and denominator is not None
        else [text]
    )
    if len(parts) != 2:
        return Sentence((text,), sheet_id(row))
    told = Stated(headline, name), " of ", Stated(denominator, name, "denominator")
    return Sentence((parts[0], *told, parts[1]), sheet_id(row))


def stamp_of(row: Mapping[str, Any]) -> tuple[str, bool]:
    """Return what a reviewer decided, or that nobody did."""
    if not row["disposition"]:
        return NOT_REVIEWED, False
    word = DISPOSITION_WORDS.get(row["disposition"], row["disposition"])
    return f"reviewed by {row['decided_by']} on {day(row['decided_at'])}: {word}", True


def number_line(row: Mapping[str, Any]) -> tuple[str | Stated, ...]:
    """Write the number of an indicator with denominator, range and what was not evaluable."""
    number = range_of(row)
    told: tuple[str | Stated | int, ...] = (Stated(number.headline, number.claim) if number.claim else number.headline,)
    if number.denominator:
        told += (" of ", number.part("denominator"), " (", rated(row)[0], ")")
    if number.low != number.high:
        told += ("; ", number.part("low"), " to ", number.part("high"), " under other definitions")
    return _pieces(*told, "; not evaluable: ", not_evaluable(row), ".")


def _pieces(*cells: str | Stated | int) -> tuple[str | Stated, ...]:
    """Write numbers without a claim as prose."""
    return tuple(f"{cell:,}" if isinstance(cell, int) else cell for cell in cells)


def claim(
    source: Source,
    row: Mapping[str, Any],
    *,
    prefix: str = "",
    evidence: Sequence[Part] = (),
    brief: bool = False,
    of_rule: int = 1,
) -> Claim:
    """Show one indicator or finding.

    Args:
        source: What the report reads.
        row: A row of the outward table ``indicators`` or ``findings``.
        prefix: Put before the id of the place, where one indicator is shown twice.
        evidence: Parts that cite the rows.
        brief: Leave out all but the sentence and its number.
        of_rule: Indicators that the rule has in all.
    """
    stamp, reviewed = stamp_of(row)
    marks = (Mark(SEVERITY_WORDS.get(row["severity"], row["severity"]), "quiet"),)
    anchor = f"{prefix}{row['indicator_id']}"
    if brief:
        line = Text(
            Phrase(
                (
                    *_other_counts(row),
                    f"{_flip_line(row)}Could not be told: ",
                    *_pieces(not_evaluable(row)),
                    ".",
                    *_of_rule(source, row, of_rule),
                )
            ),
            quiet=True,
        )
        return Claim(anchor, stamp, reviewed, statement_of(row), marks, range_of(row), (line,))
    parts: list[Part] = [_facts(source, row), *_finding_parts(row), *_panel_parts(row)]
    caveats = tuple(row["caveats"] or ())
    if caveats:
        parts += [Text("", lead="What this does not say"), Bullets(tuple(_caveat(row, text) for text in caveats))]
    parts += evidence
    parts.append(
        Folded(
            "Query that recomputes the number on the tables of the case",
            (Code(row["query"] or ""),),
            screen_only=True,
        )
    )
    return Claim(anchor, stamp, reviewed, statement_of(row), marks, range_of(row), tuple(parts))


def _caveat(row: Mapping[str, Any], text: str) -> Prose:
    """Tie the number of a caveat that begins with how many could not be told."""
    n = not_evaluable(row)
    start = f"{_count(n):,} "
    if not isinstance(n, Stated) or not text.startswith(start) or "could not be told" not in text:
        return text
    return Phrase((n, " ", text.removeprefix(start)))


def _of_rule(source: Source, row: Mapping[str, Any], n: int) -> tuple[str | Stated, ...]:
    if n < 2:
        return ()
    marked = source.told(f"figure.rule.{row['rule_id']}.unreviewed", n)
    return " The rule marks ", marked, " organisations or pairs; the chapter of indicators has the others."


def _other_counts(row: Mapping[str, Any]) -> tuple[str | Stated, ...]:
    """Write the counts under other definitions of the rule, side by side; nothing where they are the same."""
    panel = panel_of(row)
    if panel is None:
        return ()
    told: list[str | Stated] = []
    for label, choice, n in panel.others:
        if choice != _ROWS and _count(n) != panel.headline:
            told += ["; " if told else "", *_pieces(n), f" ({label})"]
    return (f"Counted here: {panel.label}. Counted otherwise: ", *told, ". ") if told else ()


def _count(number: Stated | int) -> int:
    return number.value if isinstance(number, Stated) else number


def _flip_line(row: Mapping[str, Any]) -> str:
    """Name the definitions that leave nothing, unless they stand among the counts of the rule's own definitions."""
    panel = panel_of(row)
    told = {label for label, choice, _ in panel.others if choice not in _GENERAL} if panel else set()
    labels = [f"“{label}”" for label in panel.flips if label not in told] if panel else []
    if not labels:
        return ""
    return f"By {'this definition' if len(labels) == 1 else 'these definitions'} nothing is left: {'; '.join(labels)}. "


def _facts(source: Source, row: Mapping[str, Any]) -> Pairs:
    rule = source.rules.get(row["rule_id"])
    rate, interval = rated(row)
    items: list[tuple[str, Any]] = [
        ("About", row["subject"]),
        *([("Together with", row["counterpart"])] if row["counterpart"] else []),
        ("Period of the evidence (UTC)", span(row["period_start"], row["period_end"])),
        ("Evaluated", evaluated(row)),
        *([("Rate, with 95 % interval", Phrase(_pieces(rate, " (", interval, ")")))] if rate != NOT_TOLD else []),
        ("Could not be evaluated", not_evaluable(row)),
        ("Measured against", _law(rule, row["citation"])),
        ("Rule", f"{source.rule_title(row['rule_id'])} ({row['rule_id']} {row['rule_version']})"),
    ]
    return Pairs(tuple(items))


def _law(rule: Rule | None, citation: str | None) -> str | Link:
    url = rule.model.law[0].url if rule else None
    return Link(citation or "", url) if url else citation or ""


def _finding_parts(row: Mapping[str, Any]) -> list[Part]:
    fields = ("condition", "criteria", "cause", "effect", "recommendation", "response", "follow_up")
    if "condition" not in row:
        return []
    names = {"response": "What the agency says", "follow_up": "Follow-up"}
    return [Pairs(tuple((names.get(name, name.capitalize()), row[name]) for name in fields if row[name]))]


def _panel_parts(row: Mapping[str, Any]) -> list[Part]:
    panel = panel_of(row)
    if panel is None:
        return []
    head = Stated(panel.headline, claim_id(row)) if claim_id(row) else panel.headline
    whole = row["denominator"]
    first = (panel.label, Mark("stated above"), head, _within(head, whole))
    rows = [
        (label, Mark(choice, "quiet"), count, _within(count, None if choice in _OF_OTHERS else whole))
        for label, choice, count in panel.others
    ]
    number = range_of(row)
    table = Table(
        "The same claim under other definitions",
        (
            Column("Definition"),
            Column("What differs"),
            Column("Count", numeric=True),
            Column("Of those evaluated", numeric=True),
        ),
        (first, *rows),
        note=Phrase(
            (
                *_pieces("Range ", number.part("low"), " to ", number.part("high"), ". "),
                f"The claim falls under: {'; '.join(panel.flips)}."
                if panel.flips
                else "No definition leaves nothing to count.",
            )
        ),
    )
    return [table]


def _within(count: Stated | int, denominator: int | None) -> Cell:
    n = _count(count)
    if not denominator or n > denominator:
        return NOT_TOLD
    if not isinstance(count, Stated):
        return share(n, denominator)
    return Stated(n, count.claim, f"{count.part}.percent" if count.part else "percent", denominator)


def cited(source: Source, indicator_ids: Sequence[str]) -> dict[str, tuple[Part, ...]]:
    """Cite the first rows behind indicators, and count the rest by file.

    Returns:
        Id of the indicator to a folded table of at most :data:`CITED` rows.
    """
    if not indicator_ids:
        return {}
    rows = source.case.rows(
        f"SELECT indicator_id, len(evidence), evidence[1:{CITED}] FROM indicators WHERE list_contains(?,"
        " indicator_id) ORDER BY indicator_id",
        [list(indicator_ids)],
    )
    wanted = [(item["disclosure_id"], item["record_no"]) for _, _, some in rows for item in some or []]
    citations = {item.record: item for item in cite_rows(source.case, wanted)}
    found: dict[str, tuple[Part, ...]] = {}
    for indicator_id, n, some in rows:
        lines = []
        for item in some or []:
            record = f"{item['disclosure_id']}:{item['record_no']}"
            citation = citations.get(record)
            if citation is None:
                continue
            member = last_part(citation.member) if citation.member else None
            place = ", ".join(text for text in (member, citation.sheet) if text)
            lines.append(
                (
                    last_part(citation.file_name) or "",
                    place or None,
                    citation.page,
                    citation.row,
                    Link(citation.member_sha256[:12], f"#file-{citation.sha256[:12]}"),
                    Fixed(record),
                )
            )
        total = int(n or 0)
        table = Table(
            f"Rows behind the number: {len(lines):,} of {total:,}",
            (
                Column("File"),
                Column("Member or sheet"),
                Column("Page", numeric=True),
                Column("Row", numeric=True),
                Column("SHA-256"),
                Column("Record"),
            ),
            tuple(lines),
            max(0, total - len(lines)),
            f"custodiet cite {indicator_id} lists all of them",
        )
        found[indicator_id] = (Folded(f"Cited rows ({counted(total, 'row')})", (table,), screen_only=True),)
    return found
