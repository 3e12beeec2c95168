"""Tell which entries of lists may be names of persons: accounts of staff stand among the organisations at times.

A name with a word for a kind of organisation, of a known institution or of a place is that of an organisation.
Of the others, one passes if the list of words (``words``) knows every word of it, or if it is told to be a place
by a word for one. What remains is taken for a person's name: to mask a street is cheaper than to print a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final

import yaml

from custodiet.places.inference import state_of_city, state_of_county
from custodiet.places.names import ReadName, clean_name, read_name
from custodiet.places.states import state_names
from custodiet.privacy.words import allowed
from custodiet.resolve.organisations import Organisation, resolve_names
from custodiet.resolve.organisations.lexicon import lexicon
from custodiet.resolve.organisations.matching import find_matches
from custodiet.resolve.organisations.tags import find_tags

_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_POSSESSIVE: Final = re.compile(r"[^\W\d_]'s?\b", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"[^\s@]@[^\s@]+\.[^\s@]")
_VOWEL: Final = re.compile("[aeiouy]", re.IGNORECASE)
_LONGEST_ACRONYM: Final = 8


@dataclass(frozen=True, slots=True)
class _Words:
    """Hold ``data/privacy/names.yaml``."""

    places: frozenset[str]
    places_or_families: frozenset[str]
    small: frozenset[str]
    persons: frozenset[str]
    titles: frozenset[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    text = (files("custodiet") / "data" / "privacy" / "names.yaml").read_text(encoding="utf-8")
    loaded = yaml.load(text, Loader=yaml.CSafeLoader)
    return _Words(**{name: frozenset(loaded[name]) for name in _Words.__dataclass_fields__})


def personal_among(names: Iterable[str]) -> frozenset[str]:
    """Return those of the names, as released, that may be of a person."""
    return personal_of(resolve_names(list(names)))


def personal_of(organisations: Iterable[Organisation]) -> frozenset[str]:
    """Return the names that may be of a person, of organisations that were resolved."""
    return frozenset(found.name for found in organisations if may_be_person(found))


def may_be_person(organisation: Organisation) -> bool:
    """Tell whether an entry may be a person's name: nothing in it says organisation, and a word is on no list."""
    name = organisation.name
    if _ADDRESS.search(name):
        return True
    if organisation.status == "placeholder":
        return False
    untold = organisation.type == "unknown" and organisation.level == "unknown"
    vendor = organisation.type == "vendor"
    if not untold and not vendor:
        return _has_title(name)
    if untold and organisation.place is not None:
        return False
    read = read_name(name)
    rest = _beyond(read)
    state = _state_words(organisation.state)
    unlisted = [at for at in rest if read.keys[at] not in state and not _is_listed(read.words[at], read.keys[at])]
    if vendor:
        # What a vendor calls its departments is a word or two; a test account with a further word is somebody's.
        return len(unlisted) > (0 if organisation.status == "demo" else 1)
    return bool(unlisted) and not _is_place(organisation, read, rest, unlisted)


@lru_cache(maxsize=64)
def _state_words(state: str | None) -> frozenset[str]:
    return frozenset(state_names()[state].lower().split()) if state in state_names() else frozenset()


def _beyond(read: ReadName) -> list[int]:
    """Give the words beyond state, tag and what is known of an institution."""
    tags = find_tags(read, lexicon())
    kept = [at for at in range(len(read.keys)) if at not in tags.at and at not in read.state_words]
    matches = find_matches([read.words[at] for at in kept], [read.keys[at] for at in kept], lexicon())
    told = {at for match in matches for at in range(match.start, match.end)}
    return [at for order, at in enumerate(kept) if order not in told]


def _is_listed(word: str, key: str) -> bool:
    listed, known = allowed(), _words()
    if key in known.small or key in known.persons or key in _products() or key.isdigit() or len(key) == 1:
        return True
    pieces = [piece.lower() for part in word.split("-") for piece in _HUMP.split(part) if piece]
    return key in known.places or all(listed.is_word(piece) or piece.isdigit() for piece in pieces)


@lru_cache(maxsize=1)
def _products() -> frozenset[str]:
    """Give the words of product lines and camera kinds."""
    return frozenset(word for phrases in lexicon().products.values() for phrase in phrases for word in phrase)


def _is_place(organisation: Organisation, read: ReadName, rest: Sequence[int], unlisted: Sequence[int]) -> bool:
    known = _words()
    keys = {read.keys[at] for at in rest}
    if not keys.isdisjoint(known.persons) or any(_is_possessive(read.words[at]) for at in unlisted):
        return False
    words = [read.words[at] for at in unlisted]
    if len(rest) == 1 and _is_acronym(words[0], with_state=organisation.state is not None):
        return True
    if len(rest) > 1 and _is_known_place(" ".join(read.keys[at] for at in rest)):
        return True
    in_state = organisation.state is not None
    places = known.places | known.places_or_families if in_state else known.places
    unlisted = [at for at in unlisted if read.keys[at] not in places]
    if len(unlisted) > 1:
        return False
    # Beside the code of a state, any listed word says that more than a name stands here.
    return not keys.isdisjoint(places) or (in_state and len(rest) > len(unlisted))


def _is_possessive(word: str) -> bool:
    return bool(_POSSESSIVE.search(clean_name(word)))


def _is_acronym(word: str, *, with_state: bool) -> bool:
    return word.isupper() and len(word) <= _LONGEST_ACRONYM and (with_state or not _VOWEL.search(word))


def _is_known_place(words: str) -> bool:
    return state_of_city(words) is not None or state_of_county(words) is not None


def _has_title(name: str) -> bool:
    """Tell whether a name of an agency begins with somebody's title and name: ``Sgt Ann Example, Anytown PD``."""
    titles = _words().titles
    first = name.split(maxsplit=1)[:1]
    if not first or first[0].rstrip(".").lower() not in titles:
        return False
    read = read_name(name)
    if 0 in read.state_words:
        return False
    rest = [at for at in _beyond(read) if at and read.keys[at] not in titles]
    unlisted = [at for at in rest if not _is_listed(read.words[at], read.keys[at])]
    return bool(unlisted) and unlisted[0] == 1
