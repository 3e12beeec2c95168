"""Write one name for all spellings of an agency, from the words of one spelling alone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Final

from custodiet.places.gazetteer import capitalised_words, city_in, county_in
from custodiet.places.names import word_key
from custodiet.places.states import state_names
from custodiet.resolve.organisations.lexicon import Lexicon, lexicon

_VOWELS: Final = frozenset("aeiouy")
_SHORT_NAMES: Final = frozenset({"st", "mt", "ft", "dr", "jr", "sr"})
_COUNTY: Final = ("county", "parish")
_TOWN_PREFIXES: Final = frozenset({("town", "of"), ("village", "of")})


def canonical_name(
    core: Sequence[str], state: str | None, short: str | None, *, statewide: bool, of_place: bool
) -> str:
    """Join the words of the agency, its state and the short word of its kind.

    Args:
        core: Folded words without state, kind, tags and product lines.
        state: Postal code or None.
        short: ``PD``, ``SO`` …, or None.
        statewide: Whether it is an agency of the state: the state is written out in front.
        of_place: Whether the words are those of a city or county, to be written as the gazetteer does.
    """
    words = _spelled_alike(core)
    words = _without_prefix(words, state, short)
    name = _state_name_words(state)
    if state is not None and statewide:
        if tuple(words[: len(name)]) != name:
            words = [*name, *words]
        return " ".join(_written(words, short))
    if state is not None and name and _begins(words, name) and not of_place:
        return " ".join(_written(words, short))
    place = _place_as_written(words, state, short) if of_place and state is not None else None
    parts = [place] if place else _written(words, None)
    return " ".join([*parts, *([state] if state else []), *([short] if short else [])])


def _spelled_alike(core: Sequence[str]) -> list[str]:
    """Write out abbreviations, part hyphenated words, and drop ``at`` from the name of a campus."""
    expand = lexicon().expand
    words: list[str] = []
    for word in core:
        words += word.split("-") if "-" in word else (expand.get(word, word),)
    return [word for word in words if word != "at"] if "university" in words else words


def _begins(words: Sequence[str], name: tuple[str, ...]) -> bool:
    """Say whether the words hold the state's name written out, as in ``University of Kentucky``'s own state."""
    return tuple(words[: len(name)]) == name and len(words) > len(name)


@cache
def _state_name_words(state: str | None) -> tuple[str, ...]:
    return () if state is None else tuple(word_key(word) for word in state_names()[state].split())


def _without_prefix(words: list[str], state: str | None, short: str | None) -> list[str]:
    """Take off ``City of`` before an agency; ``Town of`` where no village of the same name can be meant."""
    if short is None:
        return words
    for prefix in lexicon().strip_before_agency:
        size = len(prefix)
        if len(words) > size and tuple(words[:size]) == prefix:
            if prefix in _TOWN_PREFIXES and (state is None or state in lexicon().keep_town_and_village):
                return words
            return words[size:]
    return words


def _place_as_written(words: list[str], state: str | None, short: str | None) -> str | None:
    """Write a city or county as the gazetteer does, so that ``LaSalle Co.`` and ``La Salle County`` meet."""
    if state is None or not words:
        return None
    if words[-1] in _COUNTY and len(words) > 1:
        county = county_in(" ".join(words[:-1]), state)
        return county.name if county else None
    name = " ".join(words)
    if short == "SO" and state not in lexicon().sheriffs_of_cities:
        county = county_in(name, state)
        if county is not None:
            return county.name
    city = city_in(name, state)
    return city.name if city else None


def written_words(words: Sequence[str]) -> list[str]:
    """Write folded words as in a name: capitals, acronyms, small words."""
    return _written(words, None)


def _written(words: Sequence[str], short: str | None) -> list[str]:
    return [*(_written_word(word, at == 0) for at, word in enumerate(words)), *([short] if short else [])]


@cache
def _capitals() -> dict[str, str]:
    return capitalised_words()


@lru_cache(maxsize=50_000)
def _written_word(word: str, first: bool) -> str:
    words: Lexicon = lexicon()
    if word in words.acronyms:
        return word.upper()
    if word in words.small and not first:
        return word
    known = _capitals().get(word)
    if known is not None:
        return known
    if 1 < len(word) <= 5 and word not in _SHORT_NAMES and word.isalpha() and _VOWELS.isdisjoint(word):
        return word.upper()
    return word.capitalize()
