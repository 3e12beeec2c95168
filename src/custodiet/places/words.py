"""The words that decide whether two capital letters, or a state's name, mean the state (data/places/words.yaml)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict


class _WordsFile(BaseModel):
    model_config = ConfigDict(extra="forbid")
    source: str
    agency_words: list[str]
    statewide_words: list[str]
    word_codes: list[str]
    place_continuations: list[str]
    not_of_the_state: dict[str, str | None]


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """Hold the context words around a state; all in lower case but the codes; phrases longest first."""

    agency: frozenset[str]
    statewide: frozenset[str]
    word_codes: frozenset[str]
    continuations: frozenset[str]
    not_of_the_state: tuple[tuple[tuple[str, ...], str | None], ...]


@cache
def place_words() -> PlaceWords:
    """Read the words once."""
    text = (files("custodiet") / "data" / "places" / "words.yaml").read_text("utf-8")
    loaded = _WordsFile.model_validate(yaml.safe_load(text))
    phrases = [(tuple(phrase.split()), state) for phrase, state in loaded.not_of_the_state.items()]
    return PlaceWords(
        frozenset(loaded.agency_words),
        frozenset(loaded.statewide_words),
        frozenset(loaded.word_codes),
        frozenset(loaded.place_continuations),
        tuple(sorted(phrases, key=lambda item: -len(item[0]))),
    )
