"""Draw a report as one HTML file: no script, no address that is fetched, all text escaped."""

from __future__ import annotations

import base64
import re
from functools import lru_cache
from importlib import resources
from typing import Final

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup, escape

from custodiet import __version__
from custodiet.publish.report.document import Cell, Chart, Document, Fixed, Link, Mark, Phrase, Sentence, Stated, Table
from custodiet.publish.report.wording import NOT_TOLD, number

_TEMPLATES: Final = "custodiet.publish.templates"
# Text of disclosures can hold control characters, which HTML does not allow in any spelling.
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# Widths of the column in which the style sheet ceases to show the hint to scroll, and of one letter of a table.
_STEPS: Final = (20, 24, 28, 34, 40, 48, 58, 68)
_LETTER: Final = 0.44
_LINE: Final = 24
# Overrides of direction could make a line read other than it stands.
_DIRECTION: Final = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def render_html(document: Document) -> str:
    """Return the whole page."""
    template = _environment().get_template("report.html.j2")
    return template.render(document=document, style=Markup(template_text("report.css")), version=__version__)  # noqa: S704 - the style is a file of ours


def template_text(name: str) -> str:
    """Read one file of the templates."""
    return (resources.files("custodiet.publish") / "templates" / name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(template_text),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.finalize = clean
    environment.filters |= {
        "cell": _cell,
        "inner": _inner,
        "tie": tie,
        "picture": _picture,
        "href": href,
        "need": room_needed,
    }
    environment.tests["kind"] = lambda part, name: type(part).__name__ == name
    return environment


def room_needed(table: Table) -> int:
    """Estimate how much room a table takes, in steps of the style sheet (rem).

    Without a script no page can tell whether a table is cut; the style sheet shows the hint wherever there
    is less room than this.
    """
    rem = 0.0
    for place, column in enumerate(table.columns):
        cells = [_letters(row[place]) for row in table.rows]
        words = max((len(word) for word in column.label.split()), default=0)
        widest = max(cells, default=0) if column.numeric else min(max(cells, default=0), _LINE)
        rem += max(9.0 if place == 0 else 3.5, max(words, widest) * _LETTER) + 0.7
    return next((step for step in _STEPS if rem <= step), _STEPS[-1])


def _letters(cell: Cell) -> int:
    match cell:
        case None:
            return 1
        case Mark(text, _):
            return len(str(text))
        case Link(text, _) | Fixed(text, _):
            return max((len(word) for word in text.split()), default=0)
        case str():
            return max((len(word) for word in cell.split()), default=0)
        case Stated():
            return len(str(cell))
        case Phrase() | Sentence():
            return min(len(str(cell)), _LINE)
        case _:
            return len(number(cell))


def clean(value: object) -> object:
    """Replace what no page may hold: control characters and marks that turn the direction of text."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return _DIRECTION.sub("", _CONTROL.sub("\ufffd", value))


def href(target: str) -> str:
    """Return an address that may be followed: within the page, or the web; anything else leads nowhere."""
    return target if target.startswith(("#", "https://", "http://")) else "#"


def _cell(cell: Cell) -> Markup:
    match cell:
        case None:
            return Markup(f'<span class="none">{NOT_TOLD}</span>')  # noqa: S704 - a constant
        case Link(text, target):
            return Markup('<a href="{}">{}</a>').format(href(target), clean(text))
        case Mark(text, tone):
            return Markup('<span class="mark {}">{}</span>').format(tone, _cell(text))
        case Fixed(text, anchor) if anchor:
            return Markup('<code id="{}">{}</code>').format(clean(anchor), clean(text))
        case Fixed(text):
            return Markup("<code>{}</code>").format(clean(text))
        case Stated():
            return Markup("<span{}>{}</span>").format(tie(cell), str(cell))
        case Sentence(pieces, claim) if claim:
            text = Markup("").join(_cell(piece) for piece in pieces)
            return Markup('<span data-claim="{}" data-part="statement">{}</span>').format(clean(claim), text)
        case Sentence(pieces):
            return Markup("").join(_cell(piece) for piece in pieces)
        case Phrase(pieces):
            return Markup("").join(_cell(piece) for piece in pieces)
        case str():
            return escape(clean(cell))
        case _:
            return escape(number(cell))


def tie(cell: Cell) -> Markup:
    """Return the attributes that tie a number to the claim sheet; nothing for any other cell."""
    if not isinstance(cell, Stated):
        return Markup("")
    part = Markup(' data-part="{}"').format(cell.part) if cell.part else ""
    whole = Markup(' data-of="{}"').format(clean(cell.of)) if cell.of else ""
    return Markup(' data-claim="{}"{}{}').format(clean(cell.claim), part, whole)


def _inner(cell: Cell) -> Markup:
    """Draw a cell of a table whose own element bears the claim."""
    return escape(str(cell)) if isinstance(cell, Stated) else _cell(cell)


def _picture(chart: Chart) -> Markup:
    if not chart.isolated:
        return Markup(chart.svg)  # noqa: S704 - made by charts, which escape all text
    data = base64.b64encode(chart.svg.encode()).decode("ascii")
    return Markup('<img src="data:image/svg+xml;base64,{}" alt="{}">').format(data, clean(str(chart.summary)))
