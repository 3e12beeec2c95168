"""Write numbers, shares, dates and lists the same way everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from custodiet.model.counts import counted as counted
from custodiet.model.rates import NOT_TOLD as NOT_TOLD
from custodiet.model.rates import share as share
from custodiet.model.rates import shown_interval as shown_interval


def number(value: float | None) -> str:
    """Write a count with thousands parted; a fraction with one place."""
    if value is None:
        return NOT_TOLD
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"


def of(part: int, whole: int) -> str:
    """Write "12 of 80 (15.0 %)"."""
    return f"{part:,} of {whole:,} ({share(part, whole)})" if whole else f"{part:,} of 0"


def day(moment: date | datetime | None) -> str:
    """Write a day in ISO form."""
    if moment is None:
        return NOT_TOLD
    return (moment.date() if isinstance(moment, datetime) else moment).isoformat()


def span(first: date | datetime | None, last: date | datetime | None) -> str:
    """Write a period by its first and last day."""
    if first is None or last is None:
        return NOT_TOLD
    start, end = day(first), day(last)
    return start if start == end else f"{start} to {end}"


def listed(items: Sequence[str], most: int = 8) -> str:
    """Write items as a phrase, and how many more there are."""
    shown = list(items[:most])
    rest = len(items) - len(shown)
    if rest:
        return f"{', '.join(shown)} and {rest:,} more"
    if len(shown) < 2:
        return "".join(shown)
    return f"{', '.join(shown[:-1])} and {shown[-1]}"


def short_digest(sha256: str | None) -> str:
    """Write the first twelve digits of a digest; the appendix has all of them."""
    return sha256[:12] if sha256 else NOT_TOLD
