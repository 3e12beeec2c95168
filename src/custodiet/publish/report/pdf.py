"""Draw a report as PDF with typst: the same parts as the page, the same bytes for the same report.

Every text becomes a typst *string*, never markup: a cell that looks like a command is shown, not run.
Nothing is read from disk or network: pictures are strings too, and only the typesetter's own fonts are used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Final

import typst

from custodiet.publish.report.document import (
    Bullets,
    Cell,
    Chapter,
    Chart,
    Claim,
    Code,
    Document,
    Fixed,
    Folded,
    Heading,
    Link,
    Mark,
    Note,
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
from custodiet.publish.report.html import clean, template_text
from custodiet.publish.report.wording import NOT_TOLD, number

ROWS: Final = 40
_EPOCH: Final = date(2000, 1, 1)
_STYLE: Final = (
    "<style>text{font-family:'Libertinus Serif';font-size:12px;fill:#1c2126}.quiet{fill:#5a626b;font-size:11px}"
    ".axis{stroke:#d9d7d0;fill:none}.break{stroke:#b5532a;stroke-dasharray:4"
    " 3;fill:none}.c1{fill:#1f5f99}.c2{fill:#e0a030}"
    ".c3{fill:#b5532a}.c4{fill:#8a94a0}.c5{fill:#cfd4da}.frame{stroke:#ffffff;stroke-width:1}"
    ".empty{fill:#f6f5f1;stroke:#d9d7d0}</style>"
)
_TITLES: Final = re.compile(r"<title>[^<]*</title>")
_DARK: Final = re.compile(r"@media \(prefers-color-scheme:dark\)\{(?:[^{}]|\{[^{}]*\})*\}")


def render_pdf(document: Document) -> bytes:
    """Return the whole document as PDF; tables are cut at :data:`ROWS` rows and say so."""
    body = [f"#cover({_text(document.title)}, {_text(document.subtitle)}, {_text(document.dated)})"]
    body += _chapter(document.brief)
    body.append("#pagebreak(weak: true)")
    for chapter in document.chapters:
        body += _chapter(chapter)
    head = f"#let dated = {_text(document.dated)}\n#let title = {_text(document.title)}\n"
    source = head + template_text("report.typ") + "\n".join(body) + "\n"
    day = date.fromisoformat(document.dated) if document.dated else _EPOCH
    stamp = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
    made: bytes = typst.compile(source.encode(), format="pdf", ignore_system_fonts=True, timestamp=stamp)
    return made


def _chapter(chapter: Chapter) -> list[str]:
    head = f"#chapter({_text(chapter.title)}, {_text(chapter.lead)})"
    return [head, *_parts(chapter.parts)]


def _parts(parts: Iterable[Part]) -> list[str]:
    return [line for part in parts for line in _part(part)]


def _part(part: Part) -> list[str]:
    match part:
        case Text():
            return [f"#say({_text(part.lead)}, {_text(part.text)}, quiet: {_flag(part.quiet)})"]
        case Heading():
            return [f"#heading(level: 2, {_text(part.text)})"]
        case Bullets():
            items = [
                f"({_text(item.lead)}, {_text(item.text)})" if isinstance(item, Text) else f'("", {_text(item)})'
                for item in part.items
            ]
            return [f"#points({_array(items)}, numbered: {_flag(part.numbered)})"]
        case Pairs():
            return [f"#pairs({_array(f'({_text(term)}, {_cell(said)})' for term, said in part.items)})"]
        case Note():
            return [f"#remark({_text(part.lead)}, {_text(part.text)})"]
        case Code():
            return [f"#listing({_text(part.label)}, {_text(part.text)})"]
        case Folded():
            return [] if part.screen_only else [f"#opened({_text(part.summary)})[", *_parts(part.parts), "]"]
        case Table():
            return [_table(part)]
        case Chart():
            return [
                f"#picture({_text(part.title)}, {_text(part.summary)}, {_text(_standalone(part))},"
                f" {_text(part.summary)})"
            ]
        case Claim():
            return _claim(part)


def _claim(part: Claim) -> list[str]:
    marks = _array(_text(mark.text) for mark in part.marks)
    span = _range(part.number) if part.number else "none"
    return [
        f"#claim({_text(part.stamp)}, {marks}, {_text(part.statement)}, {span}, reviewed: {_flag(part.reviewed)},"
        f" whole: {_flag(len(part.parts) == 1)})[",
        *_parts(part.parts),
        "]",
    ]


def _range(item: Range) -> str:
    whole = "" if item.denominator is None else f"of {number(item.denominator)} evaluated; "
    same = item.low == item.high
    told = (
        "the same under every definition"
        if same
        else f"{number(item.low)} to {number(item.high)} under other definitions"
    )
    return f"({_text(number(item.headline))}, {_text(whole + told)})"


def _table(part: Table) -> str:
    rows = part.rows[:ROWS]
    left_out = part.n_more + len(part.rows) - len(rows)
    more = f"{number(left_out)} more" + (f": {part.more}" if part.more else "") if left_out else ""
    cells = _array(_array(_cell(cell) for cell in row) for row in rows)
    heads = _array(f"({_text(column.label)}, {_flag(column.numeric)})" for column in part.columns)
    note = " ".join(text for text in (more and f"{more}.", str(part.note)) if text)
    return f"#grid-of({_text(part.caption)}, {heads}, {cells}, {_text(note)})"


def _cell(cell: Cell) -> str:
    match cell:
        case None:
            return _text(NOT_TOLD)
        case Link(text, _) | Mark(text, _) | Fixed(text, _):
            return _text(text)
        case str() | Phrase() | Sentence():
            return _text(cell)
        case Stated():
            return _text(str(cell))
        case _:
            return _text(number(cell))


def _standalone(chart: Chart) -> str:
    """Give a picture that stands alone: with its style, on white paper."""
    svg = _DARK.sub("", _TITLES.sub("", chart.svg))
    if chart.isolated:
        return svg
    head, _, rest = svg.partition(">")
    return f'{head} xmlns="http://www.w3.org/2000/svg">{_STYLE}{rest}'


def _text(text: Prose) -> str:
    shown = str(clean(str(text))).replace("\\", "\\\\").replace('"', '\\"').replace("\r", " ").replace("\n", "\\n")
    return f'"{shown}"'


def _array(items: Iterable[str] | Sequence[str]) -> str:
    return "(" + "".join(f"{item}, " for item in items) + ")"


def _flag(value: bool) -> str:
    return "true" if value else "false"
