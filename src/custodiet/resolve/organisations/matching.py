"""Find the lexicon's phrases in the words of a name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from custodiet.resolve.organisations.lexicon import Entry, Lexicon


class Match(NamedTuple):
    """A phrase of the lexicon and where it stands among the words given."""

    entry: Entry
    start: int
    end: int


def find_matches(words: Sequence[str], keys: Sequence[str], lexicon: Lexicon) -> list[Match]:
    """Find phrases from left to right, the longest at every word; phrases do not overlap."""
    entries = lexicon.entries
    found: list[Match] = []
    at = 0
    while at < len(keys):
        step = 1
        for entry in entries.get(keys[at], ()):
            size = len(entry.words)
            if size > 1 and tuple(keys[at : at + size]) != entry.words:
                continue
            if _holds(entry, at, at + size, words, keys):
                found.append(Match(entry, at, at + size))
                step = size
                break
        at += step
    return found


def _holds(entry: Entry, start: int, end: int, words: Sequence[str], keys: Sequence[str]) -> bool:
    """Say whether the words around a phrase let it mean what the lexicon says."""
    if entry.capitals and not words[start].replace(".", "").isupper():
        return False
    if entry.not_first and start == 0:
        return False
    if entry.unless_next and end < len(keys) and keys[end] in entry.unless_next:
        return False
    return not (entry.unless_before and start and keys[start - 1] in entry.unless_before)
