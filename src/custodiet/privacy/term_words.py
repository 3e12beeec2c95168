"""List the whole words that a term of the purpose lexicon can match, without matching anything.

A term is a small regular expression (see ``resolve.purposes.lexicon``). The words are found by
walking it: what stands between two gaps is a word. Open parts (``[a-z]*``) would admit any text,
so a word with an open part in it is no word of the list.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_OPEN: Final = "\x00"
_GAPS: Final = " -./&'"
_MOST: Final = 20_000


@dataclass(frozen=True, slots=True)
class _Words:
    """Hold the words of a part: alone (no gap in it), before its first gap, after its last, and between."""

    alone: frozenset[str]
    first: frozenset[str] = frozenset()
    last: frozenset[str] = frozenset()
    inner: frozenset[str] = frozenset()

    def then(self, other: _Words) -> _Words:
        return _Words(
            _joined(self.alone, other.alone),
            self.first | _joined(self.alone, other.first),
            other.last | _joined(self.last, other.alone),
            self.inner | other.inner | _joined(self.last, other.first),
        )

    def or_(self, other: _Words) -> _Words:
        return _Words(
            self.alone | other.alone, self.first | other.first, self.last | other.last, self.inner | other.inner
        )

    def all_words(self) -> frozenset[str]:
        return self.alone | self.first | self.last | self.inner


_EMPTY: Final = _Words(frozenset({""}))
_NOTHING: Final = _Words(frozenset())
_GAP: Final = _Words(frozenset(), frozenset({""}), frozenset({""}))


def _joined(before: frozenset[str], after: frozenset[str]) -> frozenset[str]:
    if len(before) * len(after) > _MOST:
        raise ValueError("a term admits too many words to list")
    return frozenset(a + b for a in before for b in after)


class _Walker:
    def __init__(self, term: str) -> None:
        self._term = term
        self._place = 0

    def alternatives(self) -> _Words:
        found = self._sequence()
        while self._peek() == "|":
            self._place += 1
            found = found.or_(self._sequence())
        return found

    def _peek(self) -> str:
        return self._term[self._place : self._place + 1]

    def _take(self) -> str:
        self._place += 1
        return self._term[self._place - 1]

    def _sequence(self) -> _Words:
        found = _EMPTY
        while self._peek() and self._peek() not in "|)":
            found = found.then(self._repeated(self._one()))
        return found

    def _one(self) -> _Words:
        character = self._take()
        if character == "(":
            if self._term.startswith("?:", self._place):
                self._place += 2
            inside = self.alternatives()
            self._take()
            return inside
        if character == "[":
            end = self._term.index("]", self._place)
            members, self._place = self._term[self._place : end], end + 1
            if "-" in members or "^" in members:
                return _Words(frozenset({_OPEN}))
            return _Words(frozenset(members))
        if character == "\\":
            character = self._take()
            return _GAP if not character.isalnum() else _Words(frozenset({_OPEN}))
        if character == ".":
            return _Words(frozenset({_OPEN}))
        if character == "~":
            return _GAP.or_(_EMPTY)
        return _GAP if character in _GAPS else _Words(frozenset({character}))

    def _repeated(self, part: _Words) -> _Words:
        sign = self._peek()
        if sign == "?":
            self._place += 1
            return part.or_(_EMPTY)
        if sign in ("*", "+") and sign:
            self._place += 1
            twice = part.or_(part.then(part)) if part.last else part
            return twice.or_(_EMPTY) if sign == "*" else twice
        if sign == "{":
            self._place = self._term.index("}", self._place) + 1
            return _Words(frozenset({_OPEN}))
        return part


def words_of_term(term: str) -> frozenset[str]:
    """Return the lower-case words of two letters or more that a term can match."""
    words = _Walker(term).alternatives().all_words()
    return frozenset(word for word in words if len(word) > 1 and word.isalpha() and word.isascii())
