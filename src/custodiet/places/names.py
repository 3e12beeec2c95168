"""Read the words of an organisation's name as released, and the state that it tells.

``SD`` is a sheriff's department, ``LA`` may be Los Angeles, ``CO`` a county and
``IN``, ``OR``, ``ME`` are words: two capital letters are a state only by where
they stand. What cannot be told stays None. Reading takes linear time and looks
at no more than :data:`LONGEST_READ` characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from custodiet.places.state_rules import tell_state

LONGEST_READ: Final = 300
_DASHES: Final = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")
_QUOTES: Final = dict.fromkeys(map(ord, "‘’ʼ`´"), "'")
_TABLE: Final = {**_DASHES, **_QUOTES}
_TOKEN: Final = re.compile(r"[()\[\]{}]|[,;:/|@]|-+|[^\s()\[\]{},;:/|@-]+(?:-[^\s()\[\]{},;:/|@-]+)*")
_MARK: Final = re.compile(r"[()\[\]{},;:/|@-]")
_MISREAD_DASH: Final = "â€“"  # a UTF-8 dash that was read as cp1252


@dataclass(frozen=True, slots=True)
class ReadName:
    """The words of a name and what they tell of its state.

    Attributes:
        words: The words as released, without punctuation.
        keys: The words in lower case, dots and apostrophes taken out.
        groups: For every word 0, or the number of the bracket it stands in.
        breaks: For every word the mark right before it: ``-``, ``,``, ``/`` or empty.
        ends: For every word whether a mark, a bracket or the end comes right after it.
        state: Postal code, or None.
        state_words: Positions of the words that were read as the state.
        state_rule: How the state was told, in words; says why not when it was not.
        firm: Whether the state stands in a position that leaves no doubt.
        statewide: Whether the name begins with the state as a government: ``Kansas Highway Patrol``.
        cut: Whether the name was longer than what is read.
    """

    words: Sequence[str]
    keys: Sequence[str]
    groups: Sequence[int]
    breaks: Sequence[str]
    state: str | None
    state_words: frozenset[int]
    state_rule: str
    firm: bool
    statewide: bool
    cut: bool


@dataclass(frozen=True, slots=True)
class SplitName:
    """A name without its state: the other words, the postal code or None, and how it was told."""

    core: str
    state: str | None
    basis: str


def split_state(name: str) -> SplitName:
    """Part a released name from the state that it tells.

    Example:
        >>> split_state("Okaloosa County FL SO")
        SplitName(core='Okaloosa County SO', state='FL', basis='code before the kind of agency')
    """
    read = read_name(name)
    core = " ".join(word for at, word in enumerate(read.words) if at not in read.state_words)
    return SplitName(core, read.state, read.state_rule)


def clean_name(name: str) -> str:
    """Unify dashes, quotes and blanks, and take out marks that cannot be seen."""
    if name.isascii():
        return name
    text = unicodedata.normalize("NFKC", name.replace(_MISREAD_DASH, "-")).translate(_TABLE)
    return "".join([letter for letter in text if letter.isspace() or unicodedata.category(letter)[0] != "C"])


def read_name(name: str) -> ReadName:
    """Read the words of a name and tell its state."""
    cut = len(name) > LONGEST_READ
    text = clean_name(name[:LONGEST_READ])
    if _MARK.search(text) is None:
        words = text.split()
        keys = [word_key(word) for word in words]
        if all(keys):
            groups, breaks = [0] * len(keys), [""] * len(keys)
            return _told(words, keys, groups, breaks, cut)
    return _told(*_words_between_marks(text), cut)


def _told(words: list[str], keys: list[str], groups: list[int], breaks: list[str], cut: bool) -> ReadName:
    told = tell_state(words, keys, groups, breaks)
    return ReadName(words, keys, groups, breaks, told.state, told.words, told.rule, told.firm, told.statewide, cut)


def _words_between_marks(text: str) -> tuple[list[str], list[str], list[int], list[str]]:
    """Give words, folded words, bracket numbers and the marks before words."""
    words: list[str] = []
    keys: list[str] = []
    groups: list[int] = []
    breaks: list[str] = []
    group = last_group = 0
    mark = ""
    for token in _TOKEN.findall(text):
        first = token[0]
        if first in "([{":
            last_group += 1
            group, mark = last_group, ""
        elif first in ")]}":
            group, mark = 0, ""
        elif first in "-,;:/|@":
            mark = first
        else:
            for position, part in enumerate(_parts(token)):
                key = word_key(part)
                if key:
                    words.append(part)
                    keys.append(key)
                    groups.append(group)
                    breaks.append("-" if position else mark)
                    mark = ""
    return words, keys, groups, breaks


@lru_cache(maxsize=50_000)
def word_key(word: str) -> str:
    """Fold a word: lower case, no dots, apostrophes or accents."""
    return _simple_key(word) if word.isascii() else _accented_key(word)


def _simple_key(word: str) -> str:
    key = word.lower()
    if key.isalnum():
        return key
    return "".join([letter for letter in key if letter.isalnum() or letter in "&-"]).strip("-")


@cache
def _accented_letter(letter: str) -> str:
    return "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))


def _accented_key(word: str) -> str:
    return _simple_key("".join([_accented_letter(letter) for letter in word]))


def _parts(token: str) -> tuple[str, ...]:
    """Part a hyphenated word whose end or beginning can be a postal code: ``SO-CA``, ``IN-Rensselaer``."""
    if "-" not in token:
        return (token,)
    parts = token.split("-")
    if any(len(part) == 2 and part.isupper() for part in (parts[0], parts[-1])):
        return tuple(parts)
    return (token,)
