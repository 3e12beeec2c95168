"""Rates: their interval, and how a part of a whole is written, the same for whoever writes and whoever verifies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import sqrt
from typing import Final

NOT_TOLD: Final = "–"
_Z: Final = 1.959963984540054


def wilson_interval(part: int, whole: int) -> tuple[float, float]:
    """Give the 95 % interval of a share; 0 to 1 where there is nothing to divide by.

    Source:
        E. B. Wilson, Journal of the American Statistical Association 22 (1927), 209-212.
    """
    if whole == 0:
        return 0.0, 1.0
    rate, square = part / whole, _Z * _Z
    middle = (rate + square / (2 * whole)) / (1 + square / whole)
    half = _Z * sqrt(rate * (1 - rate) / whole + square / (4 * whole * whole)) / (1 + square / whole)
    return max(0.0, middle - half), min(1.0, middle + half)


def share(part: int | None, whole: int | None) -> str:
    """Write a part of a whole in percent; a dash where there is no whole."""
    if not whole or part is None:
        return NOT_TOLD
    percent = 100 * part / whole
    if 0 < percent < 0.1:
        return "< 0.1 %"
    if 99.9 < percent < 100:
        return "> 99.9 %"
    return f"{percent:.1f} %"


def shown_interval(part: int, whole: int) -> str:
    """Write the 95 % interval of a share in percent; a dash where there is no share."""
    if whole <= 0 or not 0 <= part <= whole:
        return NOT_TOLD
    low, high = wilson_interval(part, whole)
    return f"{100 * low:.1f}–{100 * high:.1f} %"


def in_ten_thousand(part: int, whole: int) -> str:
    """Write how many of ten thousand a part of a whole is."""
    return f"{10_000 * part / whole:,.1f}" if whole else NOT_TOLD


# How a number of a claim is shown beside its denominator: the word in ``data-part`` and what writes it.
RATES: Final[Mapping[str, Callable[[int, int], str]]] = {
    "percent": share,
    "interval": shown_interval,
    "in-10000": in_ten_thousand,
}
