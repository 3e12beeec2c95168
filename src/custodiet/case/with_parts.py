"""Split a query into the parts that its WITH names and the SELECT behind them, so that equal parts are run once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_WITH: Final = re.compile(r"\s*WITH\s+(?:RECURSIVE\s+)?", re.IGNORECASE)
_NAMED: Final = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*)\s+AS\s*\(", re.IGNORECASE)
_NEXT: Final = re.compile(r"\s*(,|SELECT\b)", re.IGNORECASE)
# A text, a quoted name, or a parenthesis; comments and dollar quotes are left to the engine.
_MARK: Final = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|[()]|--|/\*|\$")


@dataclass(frozen=True, slots=True)
class WithParts:
    """Hold a query of the form ``WITH name AS (body), … SELECT …``.

    Attributes:
        parts: Name and body of each part, in order; a part can use those before it, and itself.
        select: The rest, from SELECT on.
    """

    parts: tuple[tuple[str, str], ...]
    select: str


def split_with(sql: str) -> WithParts | None:
    """Split a query; None where it is not of that form."""
    start = _WITH.match(sql)
    if start is None:
        return None
    parts, place = [], start.end()
    while True:
        named = _NAMED.match(sql, place)
        end = None if named is None else _closing(sql, named.end())
        if named is None or end is None:
            return None
        parts.append((named[1], sql[named.end() : end]))
        following = _NEXT.match(sql, end + 1)
        if following is None:
            return None
        if following[1] != ",":
            return WithParts(tuple(parts), sql[following.start(1) :])
        place = following.end()


def _closing(sql: str, place: int) -> int | None:
    """Find the parenthesis that closes the one before a place."""
    depth = 1
    for mark in _MARK.finditer(sql, place):
        if mark[0] == "(":
            depth += 1
        elif mark[0] == ")":
            depth -= 1
            if not depth:
                return mark.start()
        elif mark[0] in ("--", "/*", "$"):
            return None
    return None
