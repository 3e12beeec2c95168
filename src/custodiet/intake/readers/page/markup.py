"""Turn the bytes of a page into lines with their standing, and nothing else.

Page text is untrusted: scripts, styles and frames are dropped unread, nothing
is loaded from outside, and size, depth and number of elements are bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from custodiet.intake.readers.page.names import has_organisation_word
from custodiet.intake.readers.page.vocabulary import plain

MAX_BYTES: Final = 32 * 1024 * 1024
MAX_ELEMENTS: Final = 500_000
MAX_LINK_TEXT: Final = 300
_SKIPPED: Final = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "iframe",
        "object",
        "embed",
        "svg",
        "canvas",
        "head",
        "nav",
        "audio",
        "video",
    ]
)
_INLINE: Final = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "label",
        "mark",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
        "img",
    ]
)
_RANKS: Final = {
    "h1": 1,
    "h2": 2,
    "h3": 3,
    "h4": 4,
    "h5": 5,
    "h6": 6,
    "dt": 7,
    "summary": 7,
    "legend": 7,
    "caption": 7,
}
_ITEMS: Final = frozenset(["li", "td", "option"])
_BOLD_TAGS: Final = frozenset(["b", "strong"])
_WEIGHT = re.compile(r"font-weight\s*:\s*(bold|bolder|[a-z]+|[0-9]{1,4})", re.IGNORECASE)
_PRE = re.compile(r"white-space\s*:\s*(pre[\w-]*|break-spaces|normal|nowrap)", re.IGNORECASE)
_LABEL_CLASS = re.compile(
    r"(?:^|[\s_-])(?:label|heading|question|field-title|card-title|section-title)(?:$|[\s_-])", re.IGNORECASE
)
# What folds and unfolds a part of the page is its heading, whatever element it is made of.
_FOLDS: Final = ("aria-expanded", "aria-controls", "data-toggle", "data-bs-toggle")
_FOLD_CLASS = re.compile(
    r"(?:^|[\s_-])(?:accordion|collapsible|toggle|tab|tabs)(?:$|[\s_-](?!content|pane|panel|body))"
)
_FOLD_TAGS: Final = frozenset(["button", "a", "summary"])
_CHIPS: Final = frozenset(["span", "a", "mark", "code", "small", "button"])
# Files that a page carries in other places than the address of a link.
_CARRIED = re.compile(
    r"data:(?:text/(?:csv|plain|tab-separated-values|comma-separated-values)|application/(?:octet-stream|csv|x-csv|"
    r"vnd\.ms-excel|gzip|x-gzip|vnd\.openxmlformats-[\w.-]+|zip))(?:;[\w=.\"-]+?)*,[^\"'\s<>)\\`]+",
    re.IGNORECASE,
)
BOLD_RANK: Final = 8


@dataclass(frozen=True, slots=True)
class Link:
    """Hold one link: address, suggested file name and visible text."""

    href: str
    download: str
    text: str


@dataclass(slots=True)
class Line:
    """Hold one line of visible text as a reader of the page sees it.

    Attributes:
        text: Text with single spaces.
        rank: 1-6 for h1-h6, 7 for a term or label, 8 for bold text, None for running text.
        bold: Bold opening of the line, as long as the whole text when all is bold.
        is_item: The markup sets the line apart as a list item or cell.
        links: Links within the line.
        table: Rows of cells when the line stands for a table.
        instant: ``title`` or ``datetime`` of an element within the line.
        footer: The line stands in the footer.
    """

    text: str
    rank: int | None = None
    bold: str = ""
    is_item: bool = False
    links: list[Link] = field(default_factory=list)
    table: list[list[str]] | None = None
    header_cells: bool = False
    instant: str = ""
    footer: bool = False


def body_of(text: str) -> tuple[etree._Element | None, bool, str]:
    """Parse a page.

    Args:
        text: Decoded page.

    Returns:
        The root element (None for a page without any), whether nesting was
        so deep that the rest was left out, and the page's title.
    """
    options = {"remove_comments": True, "remove_pis": True, "huge_tree": True, "collect_ids": False}
    parser = etree.HTMLParser(encoding="utf-8", recover=True, no_network=True, **options)
    root = etree.fromstring(text.encode("utf-8", errors="replace"), parser)
    too_deep = any("depth" in entry.message.lower() for entry in parser.error_log)
    if root is None:
        return None, too_deep, ""
    title = root.find(".//title")
    return root, too_deep, plain(title.text or "") if title is not None else ""


class _Collector:
    """Collect text runs into lines; one instance walks one page."""

    def __init__(self) -> None:
        self.runs: list[tuple[str, bool]] = []
        self.links: list[Link] = []
        self.instant = ""

    def link_text(self, start: int) -> str:
        """Give the beginning of what was collected since ``start``; links may be nested without bound."""
        shown, length = [], 0
        for run, _ in self.runs[start : start + 50]:
            shown.append(run)
            length += len(run)
            if length > MAX_LINK_TEXT:
                break
        return plain("".join(shown)[:MAX_LINK_TEXT])

    def add(self, text: str | None, *, bold: bool) -> None:
        if text:
            self.runs.append((text, bold))

    def take(self, *, rank: int | None, is_item: bool, footer: bool) -> Line | None:
        text = " ".join("".join(run for run, _ in self.runs).split())
        bold = _bold_opening(self.runs)
        links, instant = self.links, self.instant
        self.runs, self.links, self.instant = [], [], ""
        if not text and not links and rank is None:
            return None
        return Line(text, rank, bold, is_item, links, instant=instant, footer=footer)


def _bold_opening(runs: list[tuple[str, bool]]) -> str:
    opening: list[str] = []
    for run, bold in runs:
        if not bold and run.strip():
            break
        opening.append(run)
    return " ".join("".join(opening).split())


@dataclass(slots=True)
class _Frame:
    element: etree._Element
    block: bool
    bold: bool
    rank: int | None
    is_item: bool
    pre: bool
    footer: bool
    start: int = 0
    chips: bool = False


def lines_of(root: etree._Element) -> Iterator[Line]:
    """Walk a page in reading order and give its lines; tables without headings inside come as one line."""
    collector = _Collector()
    stack: list[_Frame] = []
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, element in walker:
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            above = stack[-1] if stack else None
            collector.links.extend(_carried(element, tag))
            if tag in _SKIPPED or not tag or (tag == "select" and not _lists_organisations(element)):
                walker.skip_subtree()
                stack.append(_Frame(element, False, False, None, False, False, False))
                continue
            frame = _frame(element, tag, above)
            if frame.block or tag == "br":
                yield from _flush(collector, above)
            frame.start = len(collector.runs)
            stack.append(frame)
            if tag == "table" and _is_plain_table(element):
                yield Line(
                    "",
                    table=_rows(element),
                    header_cells=element.find(".//th") is not None,
                    links=_links(element),
                )
                walker.skip_subtree()
                continue
            collector.instant = collector.instant or _instant(element, tag)
            yield from _text(collector, element.text, frame, frame)
        else:
            frame = stack.pop()
            above = stack[-1] if stack else None
            if tag == "a" and tag not in _SKIPPED:
                collector.links.append(_link(element, collector.link_text(frame.start)))
            if frame.block:
                yield from _flush(collector, frame)
            if above is not None:
                yield from _text(collector, element.tail, above, above)
    yield from _flush(collector, stack[-1] if stack else None)


def _text(collector: _Collector, text: str | None, frame: _Frame, owner: _Frame) -> Iterator[Line]:
    """Add text; where the page keeps line breaks, each ends a line."""
    if not text:
        return
    if not frame.pre or "\n" not in text:
        collector.add(text, bold=frame.bold)
        return
    *whole, rest = text.split("\n")
    for piece in whole:
        collector.add(piece, bold=frame.bold)
        yield from _flush(collector, owner)
    collector.add(rest, bold=frame.bold)


def _flush(collector: _Collector, frame: _Frame | None) -> Iterator[Line]:
    line = collector.take(
        rank=frame.rank if frame else None,
        is_item=frame.is_item if frame else False,
        footer=frame.footer if frame else False,
    )
    if line is not None and (line.text or line.links):
        if line.rank is None and line.text and line.bold == line.text and not line.is_item:
            line.rank = BOLD_RANK
        yield line


def _frame(element: etree._Element, tag: str, above: _Frame | None) -> _Frame:
    style, css_class = element.get("style") or "", element.get("class") or ""
    folds = _folds(element, tag, css_class)
    chip = above is not None and above.chips and tag in _CHIPS
    block = (tag not in _INLINE and tag != "br") or folds or chip
    bold = (above.bold if above else False) or tag in _BOLD_TAGS
    if weight := _WEIGHT.search(style):
        value = weight.group(1).lower()
        bold = value in {"bold", "bolder"} or (value[0].isdecimal() and int(value) >= 600)
    pre = tag in {"pre", "textarea"} or (above.pre if above else False)
    if space := _PRE.search(style):
        pre = space.group(1).lower() not in {"normal", "nowrap"}
    rank = _RANKS.get(tag) or (7 if folds or element.get("role") == "heading" else None)
    if rank is None and above is not None and not (block and tag in _ITEMS):
        rank = above.rank
    if rank is None and block and _LABEL_CLASS.search(css_class) and len(element) == 0:
        rank = 7
    is_item = (
        tag in _ITEMS
        or chip
        or element.get("data-tp-access-cell-text") is not None
        or (above.is_item if above else False)
    )
    footer = tag == "footer" or (above.footer if above else False)
    return _Frame(element, block, bold, rank, is_item, pre, footer, chips=_holds_chips(element))


def _folds(element: etree._Element, tag: str, css_class: str) -> bool:
    if tag not in _FOLD_TAGS:
        return False
    return any(element.get(name) is not None for name in _FOLDS) or bool(_FOLD_CLASS.search(css_class))


def _holds_chips(element: etree._Element) -> bool:
    """Tell a row of labels, each a name in an element of its own, from a sentence set in several pieces."""
    if len(element) < 3 or (element.text or "").strip():
        return False
    tag = element[0].tag
    return tag in _CHIPS and all(
        child.tag == tag and len(child) == 0 and not (child.tail or "").strip() and _is_name(child.text)
        for child in element
    )


def _is_name(text: str | None) -> bool:
    shown = (text or "").strip()
    return shown[:1].isupper() and " " in shown


def _lists_organisations(select: etree._Element) -> bool:
    options = [plain(option.text or "") for option in select.iter("option")]
    return len(options) >= 2 and sum(map(has_organisation_word, options)) * 2 > len(options)


def _carried(element: etree._Element, tag: str) -> list[Link]:
    """Find files that a script or an attribute other than the address of a link carries."""
    name = plain(element.get("download") or "")
    texts = [value for key, value in element.attrib.items() if not (tag == "a" and key == "href") and "data:" in value]
    if tag == "script" and "data:" in (element.text or ""):
        texts.append(element.text or "")
    return [Link(found.group(), name, "") for text in texts for found in _CARRIED.finditer(text)]


def _instant(element: etree._Element, tag: str) -> str:
    stated = element.get("datetime") or (element.get("title") if tag in {"span", "time", "p", "div"} else None) or ""
    return stated if len(stated) < 64 and stated[:1].isdigit() else ""


def _link(element: etree._Element, text: str) -> Link:
    return Link((element.get("href") or "").strip(), plain(element.get("download") or ""), text)


def _links(element: etree._Element) -> list[Link]:
    return [_link(anchor, plain((anchor.text or "")[:MAX_LINK_TEXT])) for anchor in element.iter("a")]


def _is_plain_table(element: etree._Element) -> bool:
    inside = ("h1", "h2", "h3", "h4", "h5", "h6", "table")
    return not any(child is not element for child in element.iter(*inside))


def _rows(table: etree._Element) -> list[list[str]]:
    return [[_cell(cell) for cell in row.iterchildren("td", "th")] for row in table.iter("tr")]


def _cell(cell: etree._Element) -> str:
    pieces: list[str] = []
    for node in cell.iter():
        if not isinstance(node.tag, str) or node.tag in {"script", "style"}:
            continue
        if node is not cell and (node.tag == "br" or node.tag not in _INLINE):
            pieces.append("\n")
        pieces.append(node.text or "")
        if node is not cell:
            pieces.append(node.tail or "")
    return "\n".join(part for part in (" ".join(line.split()) for line in "".join(pieces).split("\n")) if part)
