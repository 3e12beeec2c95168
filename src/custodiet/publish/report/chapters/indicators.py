"""Findings that a named person made, and indicators that nobody reviewed: two chapters that never mix."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final

from custodiet.law.order import headline_of, weight
from custodiet.publish.report.claims import (
    NOT_REVIEWED,
    cited,
    claim,
    claim_id,
    evaluated,
    not_evaluable,
    number_line,
    range_of,
    rated,
    stamp_of,
)
from custodiet.publish.report.document import (
    Cell,
    Chapter,
    Column,
    Fixed,
    Folded,
    Heading,
    Link,
    Mark,
    Note,
    Part,
    Phrase,
    Range,
    Stated,
    Text,
    capped,
)
from custodiet.publish.report.source import Source
from custodiet.publish.report.wording import span

LISTED: Final = 40
SHOWN_IN_FULL: Final = 6
SHOWN_IN_ALL: Final = 60


def findings(source: Source) -> Iterator[Chapter]:
    """Give the chapter of findings, if there are any."""
    rows = sorted(source.findings, key=weight)
    if not rows:
        return
    evidence = cited(source, [row["indicator_id"] for row in rows])
    parts: list[Part] = [
        claim(source, row, prefix="f-", evidence=evidence.get(row["indicator_id"], ())) for row in rows
    ]
    yield Chapter(
        "findings",
        "Findings",
        tuple(parts),
        "Each was reviewed and kept by the person named. A finding describes records and rules; it accuses nobody.",
    )


def indicators(source: Source) -> Iterator[Chapter]:
    """Give the chapter of indicators: those nobody reviewed, and those reviewed and not kept, apart."""
    kept = {row["indicator_id"] for row in source.findings}
    rest = [row for row in source.indicators if row["indicator_id"] not in kept]
    unreviewed = sorted((row for row in rest if not stamp_of(row)[1]), key=_by_rule)
    parts: list[Part] = [Note(_what(source, len(unreviewed)), lead="Not reviewed.")]
    in_full = _chosen(unreviewed)
    evidence = cited(source, sorted(in_full))
    for rule_id, group in groupby(unreviewed, key=lambda row: str(row["rule_id"])):
        parts += _rule_parts(source, rule_id, list(group), in_full, evidence)
    if unreviewed or source.n_left_out:
        yield Chapter("indicators", "Indicators that nobody has reviewed", tuple(parts))
    other = sorted((row for row in rest if stamp_of(row)[1]), key=weight)
    if other:
        yield Chapter("reviewed", "Reviewed and not kept as findings", (_reviewed(other),))


def _by_rule(row: dict[str, Any]) -> tuple[Any, ...]:
    heaviest = weight(row)
    return heaviest[0], row["rule_id"], *heaviest[1:]


def _what(source: Source, n: int) -> Phrase:
    text: tuple[str | Stated, ...] = (
        source.total("indicators", n),
        f" {'indicator' if n == 1 else 'indicators'} found by a program. Each marks records that a person should look"
        " at; none says that anybody did wrong. Within a rule they are ordered by the lower end of the 95 % interval"
        " of the rate, so that neither size nor a few cases lead.",
    )
    if source.n_left_out:
        one = source.n_left_out == 1
        text += (
            " ",
            source.left_out,
            f" {'result' if one else 'results'} about single accounts {'stays' if one else 'stay'} inside the case and"
            f" {'is' if one else 'are'} not in this report.",
        )
    return Phrase(text)


def _chosen(rows: list[dict[str, Any]]) -> set[str]:
    """Choose what is shown in full: the first few of every rule, up to a bound for all."""
    chosen: set[str] = set()
    for place in range(SHOWN_IN_FULL):
        for _, group in groupby(rows, key=lambda row: row["rule_id"]):
            members = list(group)
            if place < len(members) and len(chosen) < SHOWN_IN_ALL:
                chosen.add(members[place]["indicator_id"])
    return chosen


def _rule_parts(
    source: Source, rule_id: str, rows: list[dict[str, Any]], in_full: set[str], evidence: dict[str, tuple[Part, ...]]
) -> list[Part]:
    rule = source.rules.get(rule_id)
    parts: list[Part] = [Heading(source.rule_title(rule_id), anchor=f"rule-{rule_id}")]
    if rule:
        parts.append(Text(rule.model.summary))
    parts.append(Text(_outcome_line(source, rule_id), quiet=True))
    if len(rows) > 1:
        table_rows = [_line(row, in_full) for row in rows]
        parts.append(
            capped(
                Phrase(
                    (
                        f"{source.rule_title(rule_id)}: ",
                        *source.number_of(f"figure.rule.{rule_id}.unreviewed", len(rows), "indicator"),
                        ", none reviewed",
                    )
                ),
                (
                    Column("About"),
                    Column("Review"),
                    Column("Count", numeric=True),
                    Column("Evaluated", numeric=True),
                    Column("Rate", numeric=True),
                    Column("95 % interval", numeric=True),
                    Column("Other definitions", numeric=True),
                    Column("Not evaluable", numeric=True),
                    Column("Period"),
                ),
                table_rows,
                most=LISTED,
                more="custodiet indicators, or the table indicators of the bundle",
            )
        )
    for row in rows:
        if row["indicator_id"] in in_full:
            shown = claim(source, row, evidence=evidence.get(row["indicator_id"], ()))
            line = Phrase((f"{row['subject']}: ", *number_line(row)))
            parts.append(shown if len(rows) == 1 else Folded(line, (shown,)))
    return parts


def _line(row: dict[str, Any], in_full: set[str]) -> tuple[Cell, ...]:
    number = range_of(row)
    name = row["subject"] + (f" and {row['counterpart']}" if row["counterpart"] else "")
    head: Cell = Link(name, f"#{row['indicator_id']}") if row["indicator_id"] in in_full else name
    return (
        head,
        Mark(NOT_REVIEWED),
        Stated(number.headline, number.claim) if number.claim else number.headline,
        evaluated(row),
        *rated(row),
        _range(number) if number.low != number.high else None,
        not_evaluable(row),
        span(row["period_start"], row["period_end"]),
    )


def _range(number: Range) -> Phrase:
    ends = (number.part("low"), number.part("high"))
    low, high = (end if isinstance(end, Stated) else f"{end:,}" for end in ends)
    return Phrase((low, "–", high))


def _outcome_line(source: Source, rule_id: str) -> Phrase:
    found = source.case.rows(
        "SELECT sum(n_indicator), sum(n_clear), sum(n_not_evaluable), sum(n_not_applicable), count(DISTINCT producer)"
        " FROM outcomes WHERE rule_id = ?",
        [rule_id],
    )[0]
    shown = [int(value or 0) for value in found]
    claims = [
        Stated(n, f"outcome.{rule_id}.{word}") if shown[4] else f"{n:,}"
        for n, word in zip(shown, ("indicator", "clear", "not_evaluable"), strict=False)
    ]
    return Phrase(
        (
            "Put to ",
            *source.number_of(f"figure.rule.{rule_id}.put", sum(shown[:4]), "row"),
            " of ",
            *source.number_of(f"figure.rule.{rule_id}.organisations", shown[4], "organisation"),
            ": ",
            claims[0],
            " meet the pattern, ",
            claims[1],
            " do not, ",
            claims[2],
            " cannot be evaluated, ",
            source.told(f"figure.rule.{rule_id}.outside", shown[3]),
            " are outside the rule.",
        )
    )


def _reviewed(rows: list[dict[str, Any]]) -> Part:
    lines = [
        (
            row["subject"],
            row["statement"],
            stamp_of(row)[0],
            Stated(headline_of(row), claim_id(row)) if claim_id(row) else headline_of(row),
            Fixed(row["indicator_id"]),
        )
        for row in rows
    ]
    return capped(
        "Indicators that a person looked at and did not keep",
        (
            Column("About"),
            Column("What the machine said"),
            Column("What was decided"),
            Column("Count", numeric=True),
            Column("Id"),
        ),
        lines,
        most=LISTED,
        more="custodiet indicators",
    )
