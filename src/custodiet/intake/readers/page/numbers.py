"""Read the numbers and instants that a transparency page states."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from custodiet.intake.readers.page.vocabulary import plain, vocabulary, word_set

_COUNT = re.compile(
    r"(?:approximately|approx\.?|about|over|total:?)?\s*(\d{1,3}(?:,\d{3}){1,4}|\d{1,15})(?:\.0+)?",
    re.IGNORECASE,
)
_NOUNS = re.compile(
    r"\s*(?:lpr|alpr|total|unique)?\s*(?:cameras?|searches|hits|vehicles|plates|reads|devices)?\.?",
    re.IGNORECASE,
)
_DAYS = re.compile(r"(\d{1,7})(?:\.0+)?\s*[- ]?\s*(calendar days?|days?|weeks?|hours?|years?)?\.?", re.IGNORECASE)
_LENGTHS = re.compile(
    r"\b(?:[a-z-]+\s*\(\d{1,5}\)|\d[\d,]{0,6}|[a-z-]+)[- ](?:calendar |consecutive )?"
    r"(?:minutes?|hours?|days?|weeks?|months?|years?)\b",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(r"^[a-z-]+\s*\((\d{1,7})\)\s*", re.IGNORECASE)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_US = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b")
_SPELLED = re.compile(r"\b([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b")
_DAY_FIRST = re.compile(r"\b(\d{1,2})\s+([A-Za-z]{3,9})\.?,?\s+(\d{4})\b")
_OTHER_WINDOW = re.compile(
    r"(?:last|past|previous)\s+(?!30\b|thirty\b)(?:\d+|[a-z-]+)?\s*(?:days?|weeks?|months?|years?|hours?)"
    r"|\bsince\b|\bto date\b|\ball[- ]time\b|year to date",
    re.IGNORECASE,
)
_THIRTY = re.compile(r"\b(?:last|past|previous)\s+(?:30|thirty)\b", re.IGNORECASE)


def is_placeholder(text: str) -> bool:
    """Tell whether ``text`` stands for "nothing stated" (``NaN``, ``N/A``, ``-Infinity days``)."""
    word = plain(text).lower().rstrip(".").removesuffix(" days").removesuffix(" day").strip()
    return word in word_set("placeholders")


def count_of(text: str) -> int | None:
    """Read a count (``1,502,467``, ``30.0``, ``36 cameras``); None when it is not exactly one."""
    trimmed = plain(text)
    found = _COUNT.match(trimmed)
    if found is None or not _NOUNS.fullmatch(trimmed[found.end() :]):
        return None
    return int(found.group(1).replace(",", ""))


def days_of(text: str) -> int | None:
    """Read a retention in days; weeks, whole days in hours and years (365 days) are converted.

    Months and parts of a day have no exact number of days and give None.
    """
    trimmed = _IN_BRACKETS.sub(r"\1 ", plain(text))
    first, _, rest = trimmed.partition(" ")
    spelled = vocabulary().number_words.get(first.lower())
    if spelled is not None and rest:
        trimmed = f"{spelled} {rest}"
    found = _DAYS.fullmatch(trimmed.replace(",", ""))
    if found is None:
        return None
    number, unit = int(found.group(1)), (found.group(2) or "day").lower()
    if unit.startswith("hour"):
        return number // 24 if number % 24 == 0 else None
    return number * (7 if unit.startswith("week") else 365 if unit.startswith("year") else 1)


def days_in_sentence(text: str) -> int | None:
    """Read the one length of time that a sentence states ("Data is deleted after 30 days."); None if it is not one."""
    found = _LENGTHS.findall(plain(text))
    return days_of(found[0]) if len(found) == 1 else None


def states_thirty_days(text: str) -> bool:
    """Tell whether the text states a window of 30 days and no other."""
    return bool(_THIRTY.search(text)) and not _OTHER_WINDOW.search(text)


def states_other_window(text: str) -> bool:
    """Tell whether the text states a window other than the last 30 days."""
    return bool(_OTHER_WINDOW.search(text))


def instant_of(text: str) -> datetime | None:
    """Read an ISO instant with its zone and give it in UTC; None for anything less exact."""
    try:
        stated = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return stated.astimezone(UTC) if stated.tzinfo is not None else None


def date_of(text: str) -> date | None:
    """Read the first date in ``text``: ISO, ``Sun Apr 19 2026``, ``April 19, 2026`` or US ``4/19/2026``."""
    trimmed = plain(text)
    if found := _ISO.search(trimmed):
        return _date(*(int(part) for part in found.group().split("-")))
    if found := _SPELLED.search(trimmed):
        return _date(int(found.group(3)), _month(found.group(1)), int(found.group(2)))
    if found := _DAY_FIRST.search(trimmed):
        return _date(int(found.group(3)), _month(found.group(2)), int(found.group(1)))
    if found := _US.search(trimmed):
        return _date(int(found.group(3)), int(found.group(1)), int(found.group(2)))
    return None


def _month(word: str) -> int:
    for number, month in enumerate(vocabulary().months, start=1):
        if len(word) >= 3 and month.startswith(
            word.lower().removesuffix("t") if word.lower() == "sept" else word.lower()
        ):
            return number
    return 0


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
