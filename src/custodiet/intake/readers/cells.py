"""Numbers and dates of spreadsheet cells → the text a reader of the sheet would write down."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Final

_INTEGER: Final = re.compile(r"-?\d{1,300}")
_MILLISECONDS_A_DAY: Final = 86_400_000
_LAST_SERIAL: Final = 2_958_466  # the day after 9999-12-31
_NOT_A_CODE: Final = re.compile(r'"[^"]*"?|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|AM/PM|A/P', re.IGNORECASE)


class Format(Enum):
    """Say what the number format of a cell makes of a number."""

    NUMBER = "number"
    DATE = "date"
    DATETIME = "datetime"
    TIME = "time"
    DURATION = "duration"


_BUILT_IN: Final[dict[int, Format]] = {
    **dict.fromkeys((14, 15, 16, 17, *range(27, 32), 36, *range(50, 59)), Format.DATE),
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 34, 35, 45, 47), Format.TIME),
    22: Format.DATETIME,
    46: Format.DURATION,
}


def built_in_format(number: int) -> Format:
    """Return the meaning of a built-in number format (ECMA-376 part 1, 18.8.30)."""
    return _BUILT_IN.get(number, Format.NUMBER)


def told_format(code: str) -> Format:
    """Tell what a custom number format makes of a number.

    Example:
        >>> told_format("[$-409]m/d/yy h:mm AM/PM;@")
        <Format.DATETIME: 'datetime'>
    """
    first = _NOT_A_CODE.sub("", code.split(";")[0]).lower()
    if "[" in first:
        return Format.DURATION
    letters = set(first)
    has_time = bool(letters & {"h", "s"})
    if letters & {"y", "d"}:
        return Format.DATETIME if has_time else Format.DATE
    if has_time:
        return Format.TIME
    return Format.DATE if "m" in letters else Format.NUMBER


def number_text(text: str) -> str:
    """Write a stored number as a sheet shows it: ``5109.0`` is 5109, 0.30000000000000004 is 0.3."""
    text = text.strip()
    if _INTEGER.fullmatch(text):
        return text if text != "-0" else "0"
    try:
        value = float(text)
    except ValueError:
        return text
    if value.is_integer() and abs(value) < 1e21:
        return str(int(Decimal(text)))  # A float would make up digits after the fifteenth.
    return f"{value:.15g}"


def serial_text(text: str, shape: Format, *, from_1904: bool = False) -> str | None:
    """Write a date serial as ISO text; None where the number is no date (negative, too large).

    ``YYYY-MM-DD`` for a whole day in a date format, ``HH:MM:SS`` for a time of day,
    ``H:MM:SS`` for a duration, otherwise ``YYYY-MM-DD HH:MM:SS`` with milliseconds if there are any.
    """
    try:
        value = float(text)
    except ValueError:
        return None
    if not 0 <= value < _LAST_SERIAL:
        return None
    if shape is Format.DURATION:
        return duration_text(timedelta(milliseconds=round(value * _MILLISECONDS_A_DAY)))
    if value < 1 and not from_1904:
        return moment_text(_midnight(value, datetime(1900, 1, 1)).time())
    # Serial 60 is a 29 February 1900 that never was; days before it count one less.
    base = datetime(1899, 12, 30) if value >= 60 else datetime(1899, 12, 31)
    if from_1904:
        base = datetime(1904, 1, 1)
    try:
        moment = _midnight(value, base)
    except OverflowError:
        return None
    if shape is Format.TIME and value < 1:
        return moment_text(moment.time())
    return moment_text(moment.date() if shape is Format.DATE and moment.time() == time() else moment)


def moment_text(moment: datetime | date | time) -> str:
    """Write a moment as ISO text with a space, whole seconds unless there are milliseconds."""
    if not isinstance(moment, (datetime, time)):
        return moment.isoformat()
    spec = "milliseconds" if moment.microsecond >= 1000 else "seconds"
    return moment.isoformat(" ", spec) if isinstance(moment, datetime) else moment.isoformat(spec)


def duration_text(length: timedelta) -> str:
    """Write a duration as hours, minutes and seconds; hours may exceed 24."""
    seconds = round(length.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _midnight(value: float, base: datetime) -> datetime:
    """Return a serial as a moment, rounded to the second where binary fractions missed it by a hair."""
    milliseconds = round(value * _MILLISECONDS_A_DAY)
    if abs(milliseconds - round(milliseconds, -3)) <= 1:
        milliseconds = round(milliseconds, -3)
    return base + timedelta(milliseconds=milliseconds)
