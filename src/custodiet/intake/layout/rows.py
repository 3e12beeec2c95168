"""Rows that are no data: blank ones, totals, the header again, a download's own error line, a summary."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from custodiet.intake.formats import label_key, load_formats, match_format
from custodiet.intake.layout.cells import CellType, cell_type

_ERROR: Final = re.compile(r"(?i)^\W{0,3}#\s*error\b|^#?\s*error:\s*(?:download|export|connection|time)")
_COUNTED: Final = (
    r"(?:search(?:es)?|quer(?:y|ies)|rows?|records?|count|results?|entries|events?|transactions?|lookups?|hits?)"
)
_TOTAL: Final = re.compile(
    r"(?i)^\W{0,3}(?:(?:grand |sub-?|page |report |overall )?totals?"
    rf"(?:\s+(?:number of\s+|# of\s+)?(?:[a-z/]+ )?{_COUNTED})?|{_COUNTED} count|number of {_COUNTED}|count)"
    r"\s*[:=]?\s*[\d,]*\W{0,3}$"
)
_SUMMARY_LABEL: Final = re.compile(
    r"(?i)^(?:row labels|column labels|(?:count|sum|average|max|min) of .+|grand total|values)$"
)
# What report programs print below the data, alone in its row.
_FOOTER: Final = re.compile(
    r"(?is)^\W{0,5}(?:(?:generated|printed|exported|created|produced"
    r"|prepared|downloaded|run|reported|report generated|report)\b"
    r".{0,60}\b(?:by|on|at|date)\b.{0,120}|page \d+(?: of \d+)?|end of (?:the )?(?:report|file|list|data)"
    r"|[\d,]+ (?:rows?|records?|results?|searches)(?: (?:found|returned|exported|selected|affected|in set))?"
    r"(?: \([\d.]+ sec\))?"
    r"|(?:confidential|for official use only|law enforcement sensitive)\b.{0,120})\W{0,5}$"
)
_NUMERIC: Final = frozenset({CellType.BLANK, CellType.INTEGER, CellType.NUMBER, CellType.DASHES})
_RECORD_CELLS: Final = frozenset({CellType.UUID, CellType.TIME, CellType.TIME_RANGE})

_WORDS: Final = frozenset({CellType.ORG, CellType.PROSE, CellType.TEXT})
_WIDE: Final = 4
_RULED: Final = re.compile(r"[-=+_]{2,}")
_LONG_RULE: Final = 5

Cells = Sequence[str | None]


def is_blank_row(cells: Cells) -> bool:
    """Tell whether no cell of a row holds anything visible."""
    return all(cell_type(cell) is CellType.BLANK for cell in cells)


def has_record_cells(cells: Cells) -> bool:
    """Tell whether a row holds an id, an instant or a period: things that no label looks like."""
    return any(cell_type(cell) in _RECORD_CELLS for cell in cells)


def is_error_line(cells: Cells) -> bool:
    """Tell whether a row is the message of a download that broke off (``# ERROR: download incomplete``)."""
    filled = [cell for cell in cells if cell_type(cell) is not CellType.BLANK]
    return len(filled) == 1 and bool(_ERROR.search((filled[0] or "").strip()))


def is_footer(cells: Cells) -> bool:
    """Tell whether a row is what a report program prints below the data: who made it and when, a page number."""
    filled = [cell for cell in cells if cell_type(cell) is not CellType.BLANK]
    return len(filled) == 1 and bool(_FOOTER.match((filled[0] or "").strip()))


def is_ruled_line(cells: Cells) -> bool:
    """Tell whether a row is a line that a database client draws below its labels: dashes in every cell."""
    filled = [(cell or "").strip() for cell in cells if (cell or "").strip()]
    return max(map(len, filled), default=0) >= _LONG_RULE and all(_RULED.fullmatch(text) for text in filled)


def is_lone_text(cells: Cells, width: int) -> bool:
    """Tell whether a row of a wide table is a remark or the heading of a group: words in one cell, nothing beside."""
    looks = [look for look in map(cell_type, cells) if look is not CellType.BLANK]
    return width >= _WIDE and len(looks) == 1 and looks[0] in _WORDS


def is_total(cells: Cells) -> bool:
    """Tell whether a row is a sum below the data: the word "total", and numbers only beside it."""
    filled = [(cell or "").strip() for cell in cells if cell_type(cell) is not CellType.BLANK]
    if not filled or len(filled) > max(3, len(cells) // 2):
        return False
    if not any(_TOTAL.match(text) for text in filled[:2]):
        return False
    return all(_TOTAL.match(text) or cell_type(text) in _NUMERIC for text in filled)


def is_repeated_header(cells: Cells, labels: Sequence[str | None]) -> bool:
    """Tell whether a row is the header again.

    It is when its cells equal the labels apart from case and spacing (trailing
    cells may be missing), or when it is by itself a header of a known format in
    which nearly every cell is a label.
    """
    first = next((label_key(cell) for cell in cells if cell and cell.strip()), "")
    if first not in _known_keys() and first not in {label_key(label) for label in labels}:
        return False
    keys = [label_key(cell) for cell in cells]
    filled = [key for key in keys if key]
    if len(filled) < 2 or has_record_cells(cells):
        return False
    expected = [label_key(label) for label in labels]
    if len(filled) * 2 > sum(1 for key in expected if key) and all(
        key == wanted for key, wanted in zip(keys, expected, strict=False) if key
    ):
        return not any(keys[len(expected) :])
    match = match_format(cells)
    return match is not None and len(match.mapping) >= 4 and match.score >= 0.8


def is_known_label(text: str | None) -> bool:
    """Tell whether a format file knows a text as a label."""
    return label_key(text) in _known_keys()


@lru_cache(maxsize=1)
def _known_keys() -> frozenset[str]:
    """Gather every label that a format file knows."""
    return frozenset(
        label_key(alias) for known in load_formats() for spec in known.columns.values() for alias in spec.aliases
    )


def looks_like_summary(rows: Sequence[Cells]) -> bool:
    """Tell whether a sheet is a pivot or a summary beside the data, so that it is not read as rows.

    It is when its labels are a spreadsheet's own words for a pivot, or when it is
    a narrow list of words and numbers that ends in a total; never when a row holds
    an id, an instant or a period.
    """
    filled = [row for row in rows if not is_blank_row(row)]
    if not filled or any(has_record_cells(row) for row in filled):
        return False
    head = [(cell or "").strip() for row in filled[:6] for cell in row]
    if any(_SUMMARY_LABEL.match(text) for text in head):
        return True
    width = max(sum(1 for cell in row if cell_type(cell) is not CellType.BLANK) for row in filled)
    return width <= 3 and len(filled) >= 3 and is_total((*filled[-1], None, None, None))
