"""The interval of a rate, one for every number that is told with its uncertainty."""

from __future__ import annotations

from math import sqrt
from typing import Final

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
