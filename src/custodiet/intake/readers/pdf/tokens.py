"""Shapes of tokens: what a piece of text can be told to be without knowing its column."""

from __future__ import annotations

import re
from typing import Final

from custodiet.intake.readers.pdf.masks import MASK

_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.I)
_UUID_START: Final = re.compile(r"(?=.{6})[0-9a-f]{1,8}(-[0-9a-f]{1,4}){0,3}(-[0-9a-f]{0,12})?-?", re.I)
_UUID_PIECE: Final = re.compile(r"[0-9a-f-]{1,35}", re.I)
_NUMBER: Final = re.compile(r"[-+]?\d[\d,.]*%?")
_DATE: Final = r"(?:\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}|[A-Za-z]{3,9}\.? \d{1,2}, \d{4}|\d{1,2} [A-Za-z]{3,9}\.? \d{4})"
_TIME: Final = r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?"
_HALF: Final = r"(?:[AP]\.?M\.?)"
_ZONE: Final = r"(?:UTC|GMT|Z|[ECMPAH][SD]?T|[+-]\d{2}:?\d{2})"
_DATE_TIME: Final = re.compile(rf"{_DATE},?[ T]{_TIME} ?{_HALF}? ?{_ZONE}?", re.I)
_STARTS_DATE: Final = re.compile(rf"{_DATE}", re.I)
_TIME_PIECE: Final = re.compile(rf"(?:(?:{_DATE}|{_TIME}|{_HALF}|{_ZONE}|to|until|through|[-–—,T])\s*,?\s*)+", re.I)
_BLANKED: Final = re.compile(r"[*█Xx•-]{2,}|\[?redacted\]?|n/a", re.I)
_PAGE_NUMBER: Final = re.compile(r"(?:page|pg\.?|p\.?)?\s*\d{1,6}(?:\s*(?:of|/|-)\s*\d{1,6})?", re.I)
_ADDRESS: Final = re.compile(r"(?:https?://|file:///|www\.)\S+", re.I)

UUID_LENGTH: Final = 36


def kind_of(text: str) -> str | None:
    """Name the kind of a value that is always written on one line, or None for anything else."""
    if _UUID.fullmatch(text):
        return "uuid"
    if _NUMBER.fullmatch(text):
        return "number"
    if _DATE_TIME.fullmatch(text):
        return "time"
    if _BLANKED.fullmatch(text) or text == MASK:
        return "mask"
    return None


def is_uuid_piece(text: str) -> bool:
    """Tell whether the text can be part of a broken UUID."""
    return _UUID_PIECE.fullmatch(text) is not None


def starts_uuid(text: str) -> bool:
    """Tell whether the text can be the beginning of a broken UUID."""
    return _UUID_START.fullmatch(text) is not None and len(text) < UUID_LENGTH


def is_uuid(text: str) -> bool:
    """Tell whether the text is a whole UUID."""
    return _UUID.fullmatch(text) is not None


def is_time_piece(text: str) -> bool:
    """Tell whether the text holds parts of points in time and nothing else."""
    return _TIME_PIECE.fullmatch(text) is not None


def starts_date(text: str) -> bool:
    """Tell whether the text begins with a calendar date."""
    return _STARTS_DATE.match(text) is not None


def is_page_number(text: str) -> bool:
    """Tell whether the text can be a printed page number."""
    return _PAGE_NUMBER.fullmatch(text) is not None


def is_address(text: str) -> bool:
    """Tell whether the text is the web or file address that browsers print."""
    return _ADDRESS.match(text) is not None


def is_label(text: str) -> bool:
    """Tell whether the text can be a column label: short, of letters, no value."""
    if not 0 < len(text) <= 60 or kind_of(text) or not any(c.isalpha() for c in text):
        return False
    return not any(c.isdigit() for c in text) and not is_address(text) and not is_time_piece(text)
