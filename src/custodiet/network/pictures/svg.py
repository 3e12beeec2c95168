"""Write plain SVG: escaped text, one style sheet for light and dark, no fonts or addresses from outside.

Colours are those of Okabe and Ito (2008), told apart by readers with any
common kind of colour blindness; no meaning hangs on colour alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from xml.sax.saxutils import escape

COLOURS: Final = {
    "in-state": "#0072b2",
    "out-of-state": "#e69f00",
    "federal": "#d55e00",
    "private": "#cc79a7",
    "inactive": "#999999",
    "demo": "#bbbbbb",
    "unknown": "#56b4e9",
}

_STYLE: Final = (
    "svg{color-scheme:light dark;background:#fff}"
    "text{font-family:system-ui,sans-serif;fill:#1a1a1a;font-size:12px}"
    ".small{font-size:10px}.head{font-size:16px;font-weight:600}.quiet{fill:#555}"
    ".line{stroke:#767676;fill:none}.frame{stroke:#767676;fill:none}.tile{stroke:#767676}"
    ".none{fill:#f2f2f2}.ink{fill:#1a1a1a}.paper{fill:#fff}"
    + "".join(f".l-{label}{{fill:{colour}}}" for label, colour in COLOURS.items())
    + "@media (prefers-color-scheme:dark){svg{background:#161616}text,.ink{fill:#eee}.quiet{fill:#bbb}"
    ".none{fill:#2a2a2a}.line,.frame,.tile{stroke:#9a9a9a}.paper{fill:#161616}}"
)
_NO_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Picture:
    """Hold a picture and the table that says the same.

    Attributes:
        svg: A whole SVG document.
        columns: Headings of the table.
        rows: Rows of the table, for readers who cannot or will not see the picture.
    """

    svg: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def text(x: float, y: float, content: str, *, anchor: str = "start", kind: str = "") -> str:
    """Write one line of text."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{_class(kind)}>{_safe(content)}</text>'


def rect(x: float, y: float, width: float, height: float, *, kind: str, opacity: float = 1.0, title: str = "") -> str:
    """Write one rectangle, with a title for pointers and screen readers."""
    shape = f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"{_class(kind)}'
    shaded = shape if opacity >= 1.0 else f'{shape} fill-opacity="{opacity:.3f}"'
    return f"{shaded}><title>{_safe(title)}</title></rect>" if title else f"{shaded}/>"


def circle(x: float, y: float, radius: float, *, kind: str, title: str = "") -> str:
    """Write one circle, with a title for pointers and screen readers."""
    shape = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"{_class(kind)}'
    return f"{shape}><title>{_safe(title)}</title></circle>" if title else f"{shape}/>"


def line(x1: float, y1: float, x2: float, y2: float, *, width: float = 1.0, dashed: bool = False) -> str:
    """Write one line; dashed lines are for what needs onward sharing."""
    dash = ' stroke-dasharray="5 4"' if dashed else ""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="line" stroke-width="{width:.1f}"{dash}/>'
    )


def document(width: int, height: int, title: str, description: str, shapes: Iterable[str]) -> str:
    """Put shapes into a whole document that names and describes itself."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}"'
        f' height="{height}" role="img" aria-labelledby="t d">'
        f'<title id="t">{_safe(title)}</title><desc id="d">{_safe(description)}</desc>'
        f"<style>{_STYLE}</style>{''.join(shapes)}</svg>\n"
    )


def shortened(name: str, most: int) -> str:
    """Cut a name to a number of characters, the last of them an ellipsis."""
    return name if len(name) <= most else f"{name[: most - 1]}…"


def _class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""


def _safe(content: str) -> str:
    return escape(_NO_XML.sub("\ufffd", content))
