"""Put the sentence, the caveats and the sensitivity panel of an indicator together."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from custodiet.law.details import Evidence
from custodiet.model.counts import agreeing_with_one, counted, singular
from custodiet.rules.rule import Rule

LISTED: Final = 10
ROWS: Final = "duplicates"
_ROWS_LABEL: Final = {"share": "every statement of every list counted"}
# A period of one day.
_ONE_DAY: Final = re.compile(r"(?P<from>\bfrom )?\b(?P<day>\d{4}-\d\d-\d\d) to (?P=day)\b")
# A number and the noun phrase behind it, as the rule words them.
_NUMBERED: Final = re.compile(r"\{([^{}]*)\}((?: [A-Za-z-]+,?)*)")
_ERA_WORDS: Final = {
    "devices": "form with camera counts and no search ids",
    "id": "form with search ids",
    "no-identity": "form without accounts",
    "drop-down": "form with reasons from a list",
}


def statement_of(rule: Rule, evidence: Evidence, subject: str, counterpart: str | None) -> str:
    """Fill the rule's sentence with the numbers of one indicator."""

    def fill(match: re.Match[str]) -> str:
        shown = _placeholder(match[1], rule, evidence, subject, counterpart)
        return shown + (singular(match[2]) if shown == "1" else match[2])

    sentence = agreeing_with_one(rule.model.statement) if evidence.n == 1 else rule.model.statement
    text = " ".join(_NUMBERED.sub(fill, sentence).split())
    return _ONE_DAY.sub(lambda match: f"on {match['day']}" if match["from"] else match["day"], text)


def caveats_of(rule: Rule, evidence: Evidence) -> list[str]:
    """Return the rule's caveats and those that follow from the numbers."""
    caveats = list(rule.model.caveats)
    if evidence.n_not_evaluable:
        caveats.append(
            f"{counted(evidence.n_not_evaluable, singular(_unit(rule)), _unit(rule))} could not be told (hidden, not"
            f" exported or not known) and {'is' if evidence.n_not_evaluable == 1 else 'are'} not counted."
        )
    if evidence.eras_judged > 1:
        caveats.append(
            "The form of the export changed within the period: numbers before and after are not comparable,"
            " and no trend is given."
        )
    caveats += [
        f"Counted apart: {counted(evidence.apart[item.name], singular(item.label), item.label)}."
        for item in rule.model.counts_apart
        if evidence.apart.get(item.name)
    ]
    caveats += [f"Other reading: {text}" for text in rule.model.reading.others]
    if rule.model.status == "draft":
        caveats.append("The rule is a draft: its source was not confirmed.")
    return caveats


def sensitivity_of(rule: Rule, evidence: Evidence) -> str:
    """Return the panel as JSON: the headline, the count under other definitions, the range, and what flips the claim.

    The range holds only counts in the unit of the headline and of what was evaluated for it: rows, what cannot be
    told (of more) and single forms of the export (of fewer) are listed and stay out of it. A claim is *flipped* by
    a definition under which nothing is left to count.
    """
    alternatives: list[dict[str, Any]] = [
        {"label": other.label, "choice": other.choice, "count": count}
        for other, count in zip(rule.model.sensitivity, evidence.alternatives, strict=False)
    ]
    if evidence.in_utc is not None:
        alternatives.append(
            {"label": "days and hours told in UTC, not in local time", "choice": "time-zone", "count": evidence.in_utc}
        )
    whole = evidence.denominator + evidence.n_not_evaluable
    alternatives += [
        {
            "label": _ROWS_LABEL.get(rule.subject.name, "every record counted, duplicates included"),
            "choice": ROWS,
            "count": evidence.n_records,
        },
        {
            "label": "what cannot be told counted as if it met the pattern",
            "choice": "hidden rows",
            "count": evidence.n + evidence.n_not_evaluable,
            **({} if whole == evidence.denominator else {"denominator": whole}),
        },
    ]
    if len(evidence.eras) > 1:
        alternatives += [
            {"label": f"only the {_ERA_WORDS[era]}", "choice": "era", "count": count}
            for era, count in evidence.eras.items()
        ]
    counts = [evidence.n, *(item["count"] for item in alternatives if _is_comparable(item))]
    panel = {
        "headline": {"label": rule.model.sensitivity_headline or "the rule as written", "count": evidence.n},
        "alternatives": alternatives,
        "range": [min(counts), max(counts)],
        "flips": [item["label"] for item in alternatives if item["count"] == 0],
    }
    return json.dumps(panel, ensure_ascii=False)


def _is_comparable(alternative: Mapping[str, Any]) -> bool:
    return alternative["choice"] not in (ROWS, "era") and "denominator" not in alternative


def _unit(rule: Rule) -> str:
    return rule.subject.unit


def _placeholder(name: str, rule: Rule, evidence: Evidence, subject: str, counterpart: str | None) -> str:
    head, _, tail = name.partition(":")
    if head == "by":
        return ", ".join(f"{value} {count:,}" for value, count in evidence.breakdowns.get(tail, []))
    if head == "list":
        return _listed([value for value, _ in evidence.breakdowns.get(tail, [])])
    if head == "param":
        return _shown(rule.parameters[tail][-1][1])
    if head == "apart":
        return f"{evidence.apart.get(tail, 0):,}"
    values: dict[str, str] = {
        "n": f"{evidence.n:,}",
        "denominator": f"{evidence.denominator:,}",
        "not_evaluable": f"{evidence.n_not_evaluable:,}",
        "share": f"{100 * evidence.n / evidence.denominator:.1f} %" if evidence.denominator else "no share",
        "subject": subject,
        "counterpart": counterpart or "an organisation that is not stated",
        "first": _day(evidence.first),
        "last": _day(evidence.last),
        "records": f"{evidence.n_records:,}",
        "groups": f"{evidence.n_groups:,}",
    }
    return values[name]


def _listed(values: list[str]) -> str:
    shown = ", ".join(values[:LISTED])
    return f"{shown} and {len(values) - LISTED:,} more" if len(values) > LISTED else shown


def _shown(value: Any) -> str:
    return ", ".join(str(v) for v in value) if isinstance(value, tuple) else str(value)


def _day(moment: datetime | date | None) -> str:
    if moment is None:
        return "an unknown day"
    return (moment.date() if isinstance(moment, datetime) else moment).isoformat()
