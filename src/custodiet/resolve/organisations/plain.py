"""Resolve the names of the plainest structure, ``Place ST PD`` and ``Place ST SO``, without weighing every word.

Most names of a sharing list have this structure. The answer is the one that the
resolver gives; a test holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from custodiet.places.gazetteer import city_in, county_in
from custodiet.places.names import LONGEST_READ, word_key
from custodiet.places.states import state_names
from custodiet.places.words import place_words
from custodiet.resolve.organisations.canonical import canonical_name
from custodiet.resolve.organisations.lexicon import Lexicon, lexicon
from custodiet.resolve.organisations.matching import find_matches
from custodiet.resolve.organisations.model import Organisation

_KINDS: Final = (("PD", "police"), ("SO", "sheriff"))
_COUNTY: Final = ("county", "parish")
CITY_PREFIXES: Final = frozenset({"city", "town", "village", "borough", "township"})
_GOVERNMENT_RANK: Final = 2
_WORD: Final = str.maketrans("", "", ".'")


@dataclass(frozen=True, slots=True)
class _Tail:
    """What the last two words of a plain name say."""

    state: str
    short: str
    type: str
    basis: str


def resolve_plain(name: str, words_of_kinds: Lexicon) -> Organisation | None:
    """Resolve a plain name; None when the name has another structure or a word that must be weighed."""
    if len(name) > LONGEST_READ:
        return None
    words = name.split()
    if len(words) < 3:
        return None
    tail = _tails().get((words[-2], words[-1]))
    if tail is None:
        return None
    leading = words[:-2]
    if not "".join(leading).translate(_WORD).isalpha() or not name.isascii():
        return None
    keys = [word_key(word) for word in leading]
    if not _weighed().isdisjoint(keys):
        return None
    found = find_matches([*leading, tail.short], [*keys, tail.short.lower()], words_of_kinds)
    if found[-1].entry.words != (tail.short.lower(),) or any(m.entry.rank > _GOVERNMENT_RANK for m in found[:-1]):
        return None
    core = keys[2:] if len(keys) > 2 and keys[1] == "of" and keys[0] in CITY_PREFIXES else keys
    place = _place(core, tail)
    return Organisation(
        name,
        canonical_name(keys, tail.state, tail.short, statewide=False, of_place=place is not None),
        tail.state,
        "local",
        tail.type,
        place,
        "active",
        tail.basis,
        0.99,
    )


def _place(core: Sequence[str], tail: _Tail) -> str | None:
    for at, key in enumerate(core):
        if key in _COUNTY and at:
            found = county_in(" ".join(core[:at]), tail.state)
            return found.name if found else None
    name = " ".join(core)
    if tail.short == "SO":
        county = county_in(name, tail.state)
        if county is not None:
            return county.name
    city = city_in(name, tail.state)
    return city.name if city else None


@cache
def _tails() -> dict[tuple[str, str], _Tail]:
    return {
        (code, short): _Tail(
            code,
            short,
            kind,
            f"state: code before the kind of agency; level: '{short.lower()}'; type: '{short.lower()}'; status: no tag",
        )
        for code in state_names()
        if code not in ("AS", "MP", "VI", "CO")
        for short, kind in _KINDS
    }


@cache
def _weighed() -> frozenset[str]:
    """Give the words of which one is enough to leave the plain way."""
    words, tags = place_words(), lexicon()
    codes = frozenset(code.lower() for code in state_names())
    return words.agency | words.statewide | codes | {"cnty", "count"} | tags.tag_words | tags.fillers
