"""Page furniture: printed page numbers, running titles, addresses. It is no part of a table."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from statistics import median

from custodiet.intake.readers.pdf.lines import Line
from custodiet.intake.readers.pdf.tokens import is_address, is_page_number

_EDGE_LINES = 8  # lines of furniture at one edge of a page
_DIGITS = re.compile(r"\d+")
_APART = 1.6  # times the usual distance of lines: furniture stands off the body

_FAR_APART = 3.0


def strip_furniture(pages: list[list[Line]]) -> int:
    """Take running heads and feet off the pages.

    A line at the edge of its page is furniture if it is a page number that counts
    with the pages, an address, or occurs (numbers aside) on most pages and stands off
    the body there. Labels of columns are kept: a repeated header is part of the table.

    Returns:
        The number of lines taken away.
    """
    taken = 0
    for foot in (True, False):
        for _ in range(_EDGE_LINES):
            n = _strip_once(pages, foot)
            taken += n
            if not n:
                break
    return taken


def _strip_once(pages: list[list[Line]], foot: bool) -> int:
    edges = [(lines, lines[-1] if foot else lines[0]) for lines in pages if lines]
    if not edges:
        return 0
    counting = _counting_pages([line for _, line in edges])
    shapes = Counter(_shape(line) for lines, line in edges if _stands_off(lines, foot))
    common = max(2, (len(edges) + 1) // 2)
    taken = 0
    for lines, line in edges:
        repeated = shapes[_shape(line)] >= common
        numbered = line.page in counting and _is_number_line(line, lines, foot)
        if len(edges) == 1:
            numbered = _is_lone_number(line, lines, foot)
        if (repeated and not _looks_like_header(line)) or numbered or _is_browser_line(line):
            lines.pop(-1 if foot else 0)
            taken += 1
    return taken


def _shape(line: Line) -> tuple[str, int]:
    return _DIGITS.sub("#", line.text), round(line.y / 4)


def _is_browser_line(line: Line) -> bool:
    return any(is_address(piece.text) for piece in line.pieces) and len(line.pieces) <= 2


def _looks_like_header(line: Line) -> bool:
    text = line.text
    return len(line.pieces) >= 2 and not any(c.isdigit() for c in text)


def _is_number_line(line: Line, lines: list[Line], foot: bool) -> bool:
    """Tell a page number from a cell that happens to count with the pages."""
    if any(is_page_number(piece.text) and not piece.text.isdigit() for piece in line.pieces):
        return len(line.pieces) <= 3
    return len(line.pieces) == 1 and _stands_off(lines, foot)


def _is_lone_number(line: Line, lines: list[Line], foot: bool) -> bool:
    """Tell the page number of a file of one page: it says "page", or stands far off."""
    if len(line.pieces) != 1 or not is_page_number(line.text):
        return False
    return not line.text.isdigit() or (line.text == str(line.page) and _stands_off(lines, foot, _FAR_APART))


def _counting_pages(edges: list[Line]) -> set[int]:
    """Give the pages whose edge line holds a number that grows by one from page to page."""
    found: Counter[int] = Counter()
    offsets: dict[int, int] = {}
    for line in edges:
        for piece in line.pieces:
            if is_page_number(piece.text):
                numbers = [int(n) for n in _DIGITS.findall(piece.text)]
                offsets[line.page] = numbers[0] - line.page
                found[offsets[line.page]] += 1
                if len(numbers) == 2 or not piece.text.isdigit():
                    found[offsets[line.page]] += 1
                break
    if not found:
        return set()
    offset, n = found.most_common(1)[0]
    if n < max(2, len(edges) // 2):
        return set()
    return {page for page, value in offsets.items() if value == offset}


def _stands_off(lines: list[Line], foot: bool, factor: float = _APART) -> bool:
    if len(lines) < 2:
        return False
    edge, inner = (lines[-1], lines[-2]) if foot else (lines[0], lines[1])
    gaps = [b.y - a.y for a, b in pairwise(lines)]
    usual = median(gaps[:-1] if foot else gaps[1:]) if len(gaps) > 1 else 2 * edge.em
    return abs(edge.y - inner.y) > factor * usual
