"""Decide which words of a name, if any, are its state. Rules by position; the words are data (words.yaml)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

from custodiet.places.states import state_names, state_phrases
from custodiet.places.words import place_words

_FIRM: Final = 4
_COUNTY_KEYS: Final = frozenset({"county", "parish", "counties"})
_CAMPUS_KEYS: Final = frozenset({"university", "univ", "college"})
_SHERIFF_CODE: Final = "sd"
_SHERIFF_KEYS: Final = frozenset({"so", "sd", "sheriff", "sheriffs"})
_VETERANS_NEXT: Final = frozenset({"medical", "hospital", "health", "healthcare", "police", "pd"})
_OF_HEADS: Final = frozenset({"university", "univ", "state", "commonwealth", "general", "territory"})
_MARKED_ONLY: Final = frozenset({"as", "mp", "vi"})


@dataclass(frozen=True, slots=True)
class ToldState:
    """What the rules say: code or None, the words used, the rule in words, whether it is firm and statewide."""

    state: str | None
    words: frozenset[int]
    rule: str
    firm: bool = False
    statewide: bool = False


class _Candidate(NamedTuple):
    weight: int
    at: int
    code: str
    rule: str


_NOTHING: Final = frozenset[int]()


@cache
def _codes() -> dict[str, str]:
    return {code.lower(): code for code in state_names()}


def tell_state(
    words: Sequence[str],
    keys: Sequence[str],
    groups: Sequence[int],
    breaks: Sequence[str],
) -> ToldState:
    """Tell the state from the words of a name (see :class:`custodiet.places.names.ReadName`)."""
    codes = _codes()
    candidates = []
    for at, key in enumerate(keys):
        if len(key) == 2 and key in codes:
            candidate = _weigh(at, words, keys, groups, breaks)
            if candidate is not None:
                candidates.append(candidate)
    if len(candidates) > 1:
        candidates = _without_false_friends(candidates, keys, groups)
    if candidates:
        return _settle(candidates, keys)
    return _by_full_name(keys, groups, breaks)


def _weigh(
    at: int, words: Sequence[str], keys: Sequence[str], groups: Sequence[int], breaks: Sequence[str]
) -> _Candidate | None:
    """Weigh one postal code by its position; None when it cannot be a state there."""
    word, key, group = words[at], keys[at], groups[at]
    code, agency = key.upper(), place_words().agency
    last = len(keys) - 1
    before = keys[at - 1] if at and groups[at - 1] == group else ""
    after = keys[at + 1] if at < last and groups[at + 1] == group else ""
    if not word.replace(".", "").isupper():
        if not (word[0].isupper() and after in agency and before and code not in place_words().word_codes):
            return None
        return _Candidate(2, at, code, "code in small letters before the kind of agency")
    ends = at == last or groups[at + 1] != group or bool(breaks[at + 1])
    starts = at == 0 or groups[at - 1] != group or bool(breaks[at])
    if group and starts and ends:
        return _Candidate(6, at, code, "code in brackets") if not (before or after) else None
    if key in _MARKED_ONLY or (key == "in" and (before == "not" or after == "use")):
        return None
    if key == _SHERIFF_CODE and before and (before in _COUNTY_KEYS or before in _codes()) and ends:
        return None
    if key == "va" and at == 0 and after in _VETERANS_NEXT and not (at < last and breaks[1]):
        return None
    if at == 0:
        return _weigh_first(code, key, keys, breaks)
    if ends and breaks[at]:
        return _Candidate(5, at, code, "code after a dash or comma")
    if key == "co" and (_another_code_near(at, keys, words) or (after in _SHERIFF_KEYS and before not in _COUNTY_KEYS)):
        return None
    if after in agency and not breaks[at + 1]:
        return _Candidate(4, at, code, "code before the kind of agency")
    if before in agency and ends:
        return _Candidate(4, at, code, "code after the kind of agency")
    if _all_capitals(words) and code in place_words().word_codes:
        return None
    if ends and not group:
        return _Candidate(3, at, code, "code at the end")
    if group:
        return _Candidate(2, at, code, "code among words in brackets") if key != "co" else None
    return _Candidate(2, at, code, "code among the words")


def _weigh_first(code: str, key: str, keys: Sequence[str], breaks: Sequence[str]) -> _Candidate | None:
    """Weigh a code that begins the name."""
    if len(keys) == 1:
        return None
    if breaks[1]:
        return _Candidate(5, 0, code, "code in front, with a dash")
    if key in ("la", "de", "st") or keys[1] in _COUNTY_KEYS:
        return None
    if keys[1] in place_words().agency and keys[1] not in place_words().statewide:
        return None
    if code in place_words().word_codes and keys[1] not in place_words().statewide:
        return None
    return _Candidate(2, 0, code, "code in front")


def _another_code_near(at: int, keys: Sequence[str], words: Sequence[str]) -> bool:
    """Say whether a neighbour within two words is another state's code: ``Blaine CO OK SO``, ``Wagoner CO SO OK``."""
    near = range(max(0, at - 1), min(len(keys), at + 3))
    return any(
        other != at and keys[other] in _codes() and words[other].isupper() and keys[other] not in ("co", "sd")
        for other in near
    )


def _all_capitals(words: Sequence[str]) -> bool:
    return all(word.isupper() or not word.isalpha() for word in words)


def _without_false_friends(
    candidates: list[_Candidate], keys: Sequence[str], groups: Sequence[int]
) -> list[_Candidate]:
    """Drop ``SD``, ``CO`` and ``LA`` where another code is the state and they mean something else."""
    kept = [
        candidate
        for candidate in candidates
        if not (candidate.code in ("SD", "CO") and candidate.weight < 5)
        and not (candidate.code == "LA" and keys[candidate.at + 1 : candidate.at + 2] == ["county"])
        and not (candidate.code == "CO" and groups[candidate.at])
    ]
    return kept or candidates


def _settle(candidates: list[_Candidate], keys: Sequence[str]) -> ToldState:
    if len(candidates) == 1:
        return _chosen(candidates[0], candidates, keys)
    weight = max(candidate.weight for candidate in candidates)
    best = [candidate for candidate in candidates if candidate.weight == weight]
    states = sorted({candidate.code for candidate in best})
    if len(states) > 1:
        return ToldState(None, _NOTHING, f"two codes of equal standing: {' and '.join(states)}")
    return _chosen(best[0], candidates, keys)


def _chosen(chosen: _Candidate, candidates: list[_Candidate], keys: Sequence[str]) -> ToldState:
    same = frozenset(candidate.at for candidate in candidates if candidate.code == chosen.code)
    front = 0 in same and len(keys) > 1 and keys[1] in place_words().statewide
    named = _statewide_by_name(keys, chosen.code)
    return ToldState(chosen.code, same, chosen.rule, chosen.weight >= _FIRM, front or named)


def _statewide_by_name(keys: Sequence[str], code: str) -> bool:
    phrase = _phrase_at(0, keys)
    if phrase is None or phrase[1] != code:
        return False
    after = keys[phrase[0]] if phrase[0] < len(keys) else ""
    return after in place_words().statewide


def _phrase_at(at: int, keys: Sequence[str]) -> tuple[int, str] | None:
    """Find a state's full name that begins at a word; give its length and code."""
    for phrase, code in state_phrases().get(keys[at], ()):
        if tuple(keys[at : at + len(phrase)]) == phrase:
            return len(phrase), code
    return None


def _by_full_name(keys: Sequence[str], groups: Sequence[int], breaks: Sequence[str]) -> ToldState:
    """Tell the state from its full name, where the words around it make it one."""
    exception = _not_of_the_state(keys)
    if exception is not None:
        state = exception[0]
        rule = "university that is not of the state it is named after"
        return ToldState(state, _NOTHING, rule, state is not None)
    at = 0
    while at < len(keys):
        found = _phrase_at(at, keys) if keys[at] in state_phrases() else None
        if found is None:
            at += 1
            continue
        length, code = found
        told = _name_rule(at, length, code, keys, groups, breaks)
        if told is not None:
            consumed = frozenset(range(at, at + length)) if told[1] else _NOTHING
            return ToldState(code, consumed, told[0], firm=True, statewide=told[2])
        at += length
    return ToldState(None, _NOTHING, "no state in the name")


def _name_rule(
    at: int, length: int, code: str, keys: Sequence[str], groups: Sequence[int], breaks: Sequence[str]
) -> tuple[str, bool, bool] | None:
    """Give the rule, whether the words are only the state (and no part of the name), and whether it is statewide."""
    end = at + length
    after = keys[end] if end < len(keys) else ""
    before = keys[at - 1] if at else ""
    words = place_words()
    alone = end == len(keys) or groups[end] != groups[at] or bool(breaks[end])
    if groups[at] and alone and (groups[at - 1] != groups[at] if at else True):
        return "name in brackets", True, False
    if at and breaks[at] and alone:
        return "name after a dash or comma", True, at > 0 and keys[0] in words.statewide
    if before == "of" and at > 1 and keys[at - 2] in _OF_HEADS and after not in words.continuations:
        return "institution of the state by name", False, keys[at - 2] in ("general", "state", "commonwealth")
    if code == "WA" and not (at == 0 and after == "state"):
        return None
    if at == 0 and after in words.statewide:
        return "state's own agency by name", False, True
    if at == 0 and alone and end < len(keys) and keys[end] not in words.agency:
        return "name in front, with a dash", True, keys[end] in words.statewide
    if not _CAMPUS_KEYS.isdisjoint(keys) and after not in words.continuations and at <= 4:
        return "university named after the state", False, False
    if at > 0 and before not in words.agency and after in words.agency and after not in ("da", "district"):
        return "name before the kind of agency", True, False
    if at > 0 and before in words.agency and alone:
        return "name after the kind of agency", True, False
    return None


def _not_of_the_state(keys: Sequence[str]) -> tuple[str | None] | None:
    if _CAMPUS_KEYS.isdisjoint(keys):
        return None
    text = f" {' '.join(keys)} "
    for phrase, state in place_words().not_of_the_state:
        if f" {' '.join(phrase)} " in text:
            return (state,)
    return None
