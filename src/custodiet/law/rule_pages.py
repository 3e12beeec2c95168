"""Write the pages about rules from the rules themselves: there is no second text to fall behind."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from custodiet.rules import schema
from custodiet.rules.examples import example_cases
from custodiet.rules.fields import GROUP_FIELDS, SUBJECTS, Field
from custodiet.rules.rule import Pack, Rule

_OUTCOME_WORDS: Final = "| Outcome | Meaning |\n|---|---|\n| indicator | the rows show the pattern; a person must look |\n| clear | they do not |\n| not-evaluable | it cannot be told: hidden, not exported, not known |\n| not-applicable | outside place, time or addressee |\n"  # noqa: E501 - a table reads better in one line


def write_pages(packs: Sequence[Pack], folder: Path) -> list[Path]:
    """Write one page a rule, an index, and the page of subjects and fields.

    Returns:
        The files written, in order.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = [_write(folder / "index.md", index_page(packs)), _write(folder / "fields.md", fields_page())]
    for pack in packs:
        place = folder / pack.model.id
        place.mkdir(exist_ok=True)
        written += [_write(place / f"{rule.id}.md", rule_page(rule)) for rule in pack.rules]
    return written


def write_schemas(folder: Path) -> list[Path]:
    """Write the JSON Schemas of rule and pack files."""
    folder.mkdir(parents=True, exist_ok=True)
    return [
        _write(folder / f"{name}.json", json.dumps(content, indent=2, ensure_ascii=False) + "\n")
        for name, content in schema.json_schemas().items()
    ]


def index_page(packs: Sequence[Pack]) -> str:
    """Return the list of packs and rules."""
    lines = ["# Rules", "", "Made from the rule files by `custodiet rules docs`.", "", _OUTCOME_WORDS]
    for pack in packs:
        lines += [
            "",
            f"## {pack.model.title}",
            "",
            f"{pack.model.description} Place: {pack.model.jurisdiction}.",
            "",
        ]
        lines += ["| Rule | What it finds | In force | Severity | Status |", "|---|---|---|---|---|"]
        lines += [
            f"| [{rule.id}]({pack.model.id}/{rule.id}.md) | {_cell(rule.model.title)} | {_force(rule)} |"
            f" {rule.severity} | {rule.model.status} |"
            for rule in pack.rules
        ]
    return "\n".join(lines) + "\n"


def rule_page(rule: Rule) -> str:
    """Return the page of one rule: what it finds, the law, the reading, examples, limits, how to dispute it."""
    model = rule.model
    lines = [
        f"# {model.title}",
        "",
        f"`{rule.id}` · version {model.version} · {model.status} · severity {rule.severity}",
        "",
    ]
    lines += [
        "## What it finds",
        "",
        model.summary,
        "",
        f"It judges each {_grain(rule)}. It binds {model.binds}.",
        "",
    ]
    lines += ["## The law", ""]
    for law in model.law:
        lines.append(f"- {law.cite}" + (f" (<{law.url}>)" if law.url else ""))
        if law.quote:
            lines.append(f"  > {law.quote}")
        lines += [
            f"  {text}"
            for text in (law.note, law.confidence and f"Confidence in the source: {law.confidence}.")
            if text
        ]
    lines += [
        "",
        f"In force: {_force(rule)}.",
        "",
        "## Our reading, and others",
        "",
        f"- Ours: {model.reading.ours}",
    ]
    lines += [f"- Other: {text}" for text in model.reading.others]
    lines += _parameters(rule)
    lines += ["", "## Examples", "", "| Example | Outcome |", "|---|---|"]
    lines += [f"| {_cell(case.name)} | {case.expect} |" for case in example_cases(rule)]
    lines += ["", "## What the number does not say", "", *(f"- {text}" for text in model.caveats)]
    if model.sensitivity:
        headline = model.sensitivity_headline or "the rule as written"
        lines += ["", "## Counted under other definitions", "", f"Headline: {headline}.", ""]
        lines += [f"- {other.label} ({other.choice})" for other in model.sensitivity]
    lines += [
        "", "## How to dispute it", "",
        "Show the record of which a row speaks, the text of the provision as it stood on the day, or the agency's own"
        " explanation; a reviewer records it with `custodiet review`, and the indicator keeps the history.",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def fields_page() -> str:
    """Return the page of subjects and their fields."""
    lines = [
        "# What a rule can ask",
        "",
        "A field is null when it is not known; a condition on it is then unknown.",
        "",
    ]
    for subject in SUBJECTS.values():
        lines += [
            f"## {subject.name}: one row per {subject.grain}",
            "",
            f"The day of the law is `{subject.date_field}`.",
            "",
        ]
        lines += [*_field_table(subject.fields), ""]
    lines += ["## Groups of an aggregate", "", *_field_table(GROUP_FIELDS)]
    return "\n".join(lines) + "\n"


def _field_table(fields: Sequence[Field]) -> list[str]:
    head = ["| Field | Type | Meaning | Words |", "|---|---|---|---|"]
    return head + [f"| `{f.name}` | {f.type} | {_cell(f.meaning)} | {', '.join(f.words)} |" for f in fields]


def _parameters(rule: Rule) -> list[str]:
    if not rule.parameters:
        return []
    lines = ["", "## Parameters", "", "| Name | From | Value | Basis |", "|---|---|---|---|"]
    for name, values in rule.parameters.items():
        item = rule.model.parameters[name]
        for start, value in values:
            shown = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
            lines.append(f"| {name} | {start} | {_cell(shown)} {item.unit or ''} | {item.basis} |")
    return lines


def _grain(rule: Rule) -> str:
    if rule.grouping is None:
        return rule.subject.grain
    period = f" and {rule.grouping.period}" if rule.grouping.period else ""
    return f"group of searches of one {', '.join(rule.grouping.per)}{period}"


def _force(rule: Rule) -> str:
    if rule.first is None and rule.last is None:
        return "any day"
    return " ".join(
        part for part in (f"from {rule.first}" if rule.first else "", f"to {rule.last}" if rule.last else "") if part
    )


def _cell(text: Any) -> str:
    return str(text).replace("|", "\\|").replace("\n", " ")


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path
