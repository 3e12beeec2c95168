"""Read the times of a column from the shapes of its cells.

A shape is a cell with every digit written as 9. A log of millions of rows has a
handful of shapes, so the formats are told once per shape and the engine parses
the column with just those. Times become UTC; where a cell states no zone the
format file's zone holds, and the doubt is a ``zone-assumed`` problem.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Final
from zoneinfo import available_timezones

from custodiet.model.reading import TimeFormat


class DayOrder(StrEnum):
    """Name the order in which a date of numbers alone is written."""

    MONTH = "month first"
    DAY = "day first"
    YEAR = "year first"


# strptime formats are those of the engine (DuckDB); numbers may lack their padding.
_CLOCKS: Final = (
    (re.compile(r"9{1,2}:99:99\.9{1,3} ?[AP]M", re.I), "%I:%M:%S.%g %p"),
    (re.compile(r"9{1,2}:99:99 ?[AP]M", re.I), "%I:%M:%S %p"),
    (re.compile(r"9{1,2}:99 ?[AP]M", re.I), "%I:%M %p"),
    (re.compile(r"9{1,2}:99:99\.9{1,3}"), "%H:%M:%S.%g"),
    (re.compile(r"9{1,2}:99:99\.9{4,6}"), "%H:%M:%S.%f"),
    (re.compile(r"9{1,2}:99:99\.9{7,9}"), "%H:%M:%S.%n"),
    (re.compile(r"9{1,2}:99:99"), "%H:%M:%S"),
    (re.compile(r"9{1,2}:99"), "%H:%M"),
    # As on the clock of a watch commander: 1405, 140500, "14:05 hrs".
    (re.compile(r"9{4}"), "%H%M"),
    (re.compile(r"9{6}"), "%H%M%S"),
    (re.compile(r"9{4} ?(?:hrs|hours|h)", re.I), "%H%M"),
    (re.compile(r"9{1,2}:99 ?(?:hrs|hours|h)", re.I), "%H:%M"),
)
_DATES: Final = (
    (re.compile(r"9999-9{1,2}-9{1,2}"), "%Y-%m-%d"),
    (re.compile(r"9999/9{1,2}/9{1,2}"), "%Y/%m/%d"),
    (re.compile(r"9{1,2}/9{1,2}/9999"), "%m/%d/%Y"),
    (re.compile(r"9{1,2}/9{1,2}/99"), "%m/%d/%y"),
    (re.compile(r"9{1,2}-9{1,2}-9999"), "%m-%d-%Y"),
    (re.compile(r"9{1,2}-9{1,2}-99(?!9)"), "%m-%d-%y"),
    (re.compile(r"9{1,2}\.9{1,2}\.9999"), "%d.%m.%Y"),
    (re.compile(r"9{1,2}\.9{1,2}\.99(?!9)"), "%d.%m.%y"),
    (re.compile(r"[a-z]{3},? 9{1,2}/9{1,2}/9999", re.I), "%a{comma} %m/%d/%Y"),
    (re.compile(r"[a-z]{6,9},? 9{1,2}/9{1,2}/9999", re.I), "%A{comma} %m/%d/%Y"),
    (re.compile(r"9{8}(?=[ T])"), "%Y%m%d"),
    (re.compile(r"[a-z]{3} 9{1,2},? 9999", re.I), "%b %d{comma} %Y"),
    (re.compile(r"[a-z]{4,9} 9{1,2},? 9999", re.I), "%B %d{comma} %Y"),
    (re.compile(r"9{1,2}[- ][a-z]{3}[- ]9999", re.I), "%d{dash}%b{dash}%Y"),
    (re.compile(r"9{1,2}[- ][a-z]{3}[- ]99(?!9)", re.I), "%d{dash}%b{dash}%y"),
    (re.compile(r"9{1,2}[a-z]{3}9999", re.I), "%d%b%Y"),
    (re.compile(r"[a-z]{3} [a-z]{3} 9{1,2} 9999", re.I), "%a %b %d %Y"),
    (re.compile(r"[a-z]{3}\. 9{1,2},? 9999", re.I), "%b. %d{comma} %Y"),
    (re.compile(r"[a-z]{6,9}, [a-z]{3} 9{1,2}, 9999", re.I), "%A, %b %d, %Y"),
    (re.compile(r"[a-z]{6,9}, [a-z]{4,9} 9{1,2}, 9999", re.I), "%A, %B %d, %Y"),
    (re.compile(r"[a-z]{3}, [a-z]{3} 9{1,2}, 9999", re.I), "%a, %b %d, %Y"),
)
# Zone labels that occur in exports; the fixed offsets are those that the label itself states.
ZONE_LABELS: Final[dict[str, str]] = {
    "UTC": "UTC", "GMT": "UTC", "Z": "UTC", "(UTC)": "UTC", "Zulu": "UTC",
    "EST": "Etc/GMT+5", "EDT": "Etc/GMT+4", "CST": "Etc/GMT+6", "CDT": "Etc/GMT+5",
    "MST": "Etc/GMT+7", "MDT": "Etc/GMT+6", "PST": "Etc/GMT+8", "PDT": "Etc/GMT+7",
    "ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles",
    "AKST": "Etc/GMT+9", "AKDT": "Etc/GMT+8", "HST": "Etc/GMT+10",
}  # fmt: skip
_ZONE: Final = re.compile(r" ?(" + "|".join(re.escape(z) for z in sorted(ZONE_LABELS, key=len, reverse=True)) + r")$")
_OFFSET: Final = re.compile(r" ?[+-]99:?99$")
_PAIR: Final = re.compile(r"\r?\n+|\s+(?:to|until|through|thru|–|—|-)\s+|\s*(?:→|->)\s*", re.IGNORECASE)


_LABEL_ZONE: Final = re.compile(
    r"(?:[\s_]*[(\[]\s*|[\s_]+(?=utc|gmt|zulu))(utc|gmt|zulu|[ecmp][sd]?t|ak[sd]t|hst|america/\w+(?:/\w+)?"
    r"|(?:us/)?(?:eastern|central|mountain|pacific)(?: standard| daylight)?(?: time)?)\s*[)\]]?\s*$",
    re.IGNORECASE,
)
_PLACE_ZONES: Final = {
    "eastern": "America/New_York", "central": "America/Chicago", "mountain": "America/Denver",
    "pacific": "America/Los_Angeles",
}  # fmt: skip


def zone_in_label(label: str) -> str | None:
    """Read the zone that a label states for its column: ``Search Time (ET)``, ``timestamp_utc``; None without one."""
    found = _LABEL_ZONE.search(label)
    if not found:
        return None
    word = found[1].lower().removeprefix("us/")
    if word.startswith("america/"):
        name = "/".join(part.capitalize() for part in word.split("/"))
        name = re.sub(r"_([a-z])", lambda match: "_" + match[1].upper(), name)
        return name if name in available_timezones() else None
    if word.upper() in ZONE_LABELS:
        return ZONE_LABELS[word.upper()]
    return "UTC" if word == "zulu" else _PLACE_ZONES.get(word.split()[0])


def shape_of(text: str) -> str:
    """Write every ASCII digit of a cell as 9; the engine does the same with ``translate``."""
    return re.sub("[0-9]", "9", text)


def tidy_shape(shape: str) -> str:
    """Trim a shape, make its odd spaces plain and ``p.m.`` to ``pM``; the engine does the same to the cells."""
    plain = re.sub(r"[\u00a0\u202f\u2009 \t]+", " ", shape).strip()
    return re.sub(r"(9 ?)([AaPp])(?:\.[Mm]\.?|[Mm]\.|\.)?( |,|$)", r"\1\2M\3", plain)


def tell_format(shape: str, *, order: DayOrder | None = None, allow_serial: bool = True) -> TimeFormat | None:
    """Tell how cells of a shape are read as a time.

    Args:
        shape: A tidy shape (see :func:`tidy_shape`).
        order: How dates of numbers alone are written; None is the usual order, month first
            with strokes and dashes, day first with dots.
        allow_serial: A bare number may be a spreadsheet serial, an epoch, or a date without signs.

    Returns:
        The format, or None when the shape is no time.
    """
    if allow_serial:
        if re.fullmatch(r"9{5}(?:\.9+)?", shape):
            return TimeFormat("serial")
        if re.fullmatch(r"9{10}(?:\.9+)?", shape):
            return TimeFormat("epoch-seconds", zone="UTC")
        if re.fullmatch(r"9{13}", shape):
            return TimeFormat("epoch-milliseconds", zone="UTC")
        if shape == "9" * 14:
            return TimeFormat("pattern", "%Y%m%d%H%M%S")
        if shape == "9" * 8:
            return TimeFormat("pattern", "%Y%m%d", has_clock=False)
    bare, zone, suffix = _split_zone(shape)
    for date_shape, date_format in _DATES:
        match = date_shape.match(bare)
        if not match:
            continue
        pattern = reordered(_concrete(date_format, match.group()), order)
        rest = bare[match.end() :]
        if not rest:
            return TimeFormat("pattern", pattern + suffix, zone, has_clock=False)
        joint = re.match(r", at | at |, |,| |T", rest)
        clock = _clock_format(rest[joint.end() :]) if joint else None
        if clock and joint:
            return TimeFormat("pattern", pattern + joint.group() + clock + suffix, zone)
    return None


def _split_zone(shape: str) -> tuple[str, str | None, str]:
    offset = _OFFSET.search(shape)
    if offset and ":" in shape[: offset.start()]:
        gap = " " if offset.group().startswith(" ") else ""
        return shape[: offset.start()], "offset", gap + "%z"
    label = _ZONE.search(shape)
    if label:
        return shape[: label.start()], ZONE_LABELS[label.group(1)], label.group()
    return shape, None, ""


def _concrete(pattern: str, shape: str) -> str:
    dash = "-" if "-" in shape else " "
    return pattern.format(comma="," if "," in shape else "", dash=dash)


_NUMBERS: Final = re.compile(r"%([mdy])([-/.])%([mdy])\2%([Yy])|%y([-/.])%m\5%d")
_ORDERS: Final = {"m": DayOrder.MONTH, "d": DayOrder.DAY}


def order_of(pattern: str) -> DayOrder | None:
    """Tell in which order a format reads dates of numbers alone; None for any other, ``2025-03-04`` too."""
    found = _NUMBERS.search(pattern)
    if not found:
        return None
    return _ORDERS.get(found[1] or "", DayOrder.YEAR)


def reordered(pattern: str, order: DayOrder | None) -> str:
    """Write a format in another order of day, month and year; a year in full stays last."""
    found = _NUMBERS.search(pattern)
    if not found or order is None:
        return pattern
    sign, year = found[2] or found[5], found[4] or "y"
    if order is DayOrder.YEAR:
        parts = ("y", "m", "d") if year == "y" else ("m", "d", year)
    else:
        parts = ("d", "m", year) if order is DayOrder.DAY else ("m", "d", year)
    return pattern[: found.start()] + sign.join(f"%{part}" for part in parts) + pattern[found.end() :]


def _clock_format(shape: str) -> str | None:
    for clock_shape, pattern in _CLOCKS:
        if clock_shape.fullmatch(shape):
            glued = "%p" in pattern and not re.search(r" [AP]M$", shape, re.IGNORECASE)
            return (pattern.replace(" %p", "%p") if glued else pattern) + _hours_word(shape)
    return None


def _hours_word(shape: str) -> str:
    word = re.search(r" ?[a-z]+$", shape, re.IGNORECASE)
    return word.group() if word and word.group().strip().lower() in ("h", "hrs", "hours") else ""


def tell_clock(shape: str) -> str | None:
    """Tell how cells of a shape are read as a time of day alone; None when the shape is none."""
    return _clock_format(shape)


def split_pair(shape: str) -> tuple[str, str, str] | None:
    """Split the shape of a time frame into start and end.

    Returns:
        The separator as it stands in the shape, the tidy shape of the start and
        that of the end; None when there are not two parts.
    """
    parts = _PAIR.split(shape.strip())
    found = _PAIR.search(shape.strip())
    if len(parts) != 2 or not found:
        return None
    return found.group(), tidy_shape(parts[0]), tidy_shape(parts[1])


def zones_stated(formats: Iterable[TimeFormat]) -> bool:
    """Tell whether every format of a column states its zone."""
    return all(item.zone is not None for item in formats if item.has_clock)
