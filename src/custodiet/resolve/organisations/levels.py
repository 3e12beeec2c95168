"""Decide the kind and the level of an organisation from the phrases found in its name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from custodiet.places.gazetteer import city_in
from custodiet.places.names import word_key
from custodiet.places.states import state_names
from custodiet.resolve.organisations.lexicon import LevelRule
from custodiet.resolve.organisations.matching import Match

_COUNTY: Final = frozenset({"county", "parish", "co", "city", "town", "village", "township"})
DIRECTIONS: Final = frozenset(
    {"north", "south", "east", "west", "northern", "southern", "eastern", "western", "central", "middle"}
)
_UNIVERSITY: Final = frozenset({"university", "univ"})
_OF_A_STATE_TOO: Final = frozenset({"department", "dhs", "veterans", "homeland", "drug"})


@dataclass(frozen=True, slots=True)
class Kind:
    """The kind and level decided, the phrase that decided each, and how sure it is."""

    type: str
    level: str
    type_basis: str
    level_basis: str
    confidence: float
    deciding: Match | None


@dataclass(frozen=True, slots=True)
class NameFacts:
    """What is known of a name before its kind is decided.

    Attributes:
        keys: Folded words without state and tags.
        core: Those of them that no phrase with a short form takes.
        beyond: Those of the core that say more than the kind does.
        state: Postal code or None.
        statewide: Whether the name begins with the state as a government.
        plain: Whether the name has neither brackets nor dashes.
    """

    keys: Sequence[str]
    core: Sequence[str]
    beyond: Sequence[str]
    state: str | None
    statewide: bool
    plain: bool


def decide_kind(facts: NameFacts, matches: Sequence[Match], stated_level: LevelRule | None) -> Kind:
    """Decide kind and level; ``unknown`` where the name does not tell."""
    usable = [_as_of_the_state(match) if _federal_word_of_a_state(match, facts) else match for match in matches]
    by_type = max((m for m in usable if m.entry.type is not None), key=_rank, default=None)
    by_level = max((m for m in usable if m.entry.level is not None), key=_rank, default=None)
    if by_type is not None and by_type.entry.type == "university" and by_type.entry.level is None:
        # A campus police department is what the university is.
        by_level = max(
            (m for m in usable if m.entry.level is not None and m.entry.rank > by_type.entry.rank),
            key=_rank,
            default=None,
        )
    kind = by_type.entry.type if by_type is not None and by_type.entry.type else "unknown"
    type_basis = _quoted(by_type) if by_type is not None else "no word of a kind"
    if stated_level is not None:
        return Kind(kind, stated_level, type_basis, "stated in brackets", 0.98, by_type)
    if by_level is not None and not (by_level.entry.level == "unknown" and _is_state_university(usable, facts)):
        level, basis, confidence = _apply(by_level, facts)
        return Kind(kind, level, type_basis, basis, confidence, by_type or by_level)
    if kind == "university" or _is_state_university(usable, facts):
        public = _named_after_state(facts)
        level, basis = (
            ("state", "university named after the state") if public else ("unknown", "university of unknown control")
        )
        return Kind(kind, level, type_basis, basis, 0.95 if public else 0.6, by_type)
    return _without_words(facts, kind, type_basis, by_type)


def _is_state_university(matches: Sequence[Match], facts: NameFacts) -> bool:
    return any(match.entry.type == "university" for match in matches) and _named_after_state(facts)


def _rank(match: Match) -> tuple[int, int]:
    return match.entry.rank, -match.start


def _quoted(match: Match) -> str:
    return f"'{' '.join(match.entry.words)}'"


def _federal_word_of_a_state(match: Match, facts: NameFacts) -> bool:
    """Say whether a federal phrase is the state's own: ``Arizona Department of Homeland Security``."""
    entry = match.entry
    return entry.level == "federal" and facts.statewide and entry.words[0] in _OF_A_STATE_TOO and not entry.capitals


def _as_of_the_state(match: Match) -> Match:
    return match._replace(entry=replace(match.entry, level="state"))


def _apply(match: Match, facts: NameFacts) -> tuple[str, str, float]:
    """Turn the rule of a phrase into a level."""
    entry, quoted = match.entry, _quoted(match)
    rule = entry.level
    local_word = not _COUNTY.isdisjoint(facts.core) and not facts.statewide
    if rule == "by-place":
        if facts.statewide or (facts.state is not None and not facts.beyond and entry.type != "task-force"):
            return "state", f"{quoted} of the state", 0.95
        return ("local", f"{quoted} of a place", 0.95) if facts.beyond else ("unknown", f"{quoted} of no place", 0.5)
    if rule == "state-unless-local":
        if local_word:
            return "local", f"{quoted} of a county or city", 0.9
        if facts.state is not None:
            return "state", f"{quoted} of the state", 0.9
        return "unknown", f"{quoted} of no state", 0.5
    if rule == "state" and local_word and not entry.named and entry.type != "university":
        return "local", f"{quoted} of a county or city", 0.85
    return str(rule), quoted, 0.99 if entry.rank >= 10 else 0.85


def _named_after_state(facts: NameFacts) -> bool:
    """Say whether a university bears the state's name: ``University of North Texas``, ``Ohio University``."""
    if facts.state is None:
        return False
    name = tuple(word_key(word) for word in state_names()[facts.state].split())
    keys = tuple(facts.keys)
    for at in range(len(keys) - len(name) + 1):
        if keys[at : at + len(name)] != name:
            continue
        before, after = keys[:at], keys[at + len(name) :]
        if before and before[-1] in DIRECTIONS:
            before = before[:-1]
        if before[-1:] == ("of",) and len(before) > 1 and before[-2] in _UNIVERSITY:
            return True
        if after[:1] and after[0] in _UNIVERSITY and not before:
            return True
    return False


def _without_words(facts: NameFacts, kind: str, type_basis: str, match: Match | None) -> Kind:
    """Decide where no phrase tells the level: a county or a city's own name is its government."""
    if kind == "unknown" and facts.plain and facts.state is not None and facts.core:
        if facts.core[-1] in ("county", "parish") and len(facts.core) > 1:
            return Kind("government", "local", "name of a county", "name of a county", 0.85, None)
        if city_in(" ".join(facts.core), facts.state) is not None:
            return Kind("government", "local", "name of a city", "name of a city", 0.8, None)
    return Kind(kind, "unknown", type_basis, "no word tells it", 0.5, match)
