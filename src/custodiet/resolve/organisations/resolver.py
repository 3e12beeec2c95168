"""Resolve the name of an organisation as released: state, level, kind, place, status and canonical name.

Pure: the same name gives the same answer whatever else a case holds. What the
name does not tell stays unknown. Linear in the length of the name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from custodiet.model.terms import Level
from custodiet.places.gazetteer import city_in, county_in
from custodiet.places.inference import InferredState, state_of_city, state_of_county
from custodiet.places.names import LONGEST_READ, ReadName, clean_name, read_name, word_key
from custodiet.places.states import state_names
from custodiet.resolve.organisations.canonical import canonical_name, written_words
from custodiet.resolve.organisations.levels import DIRECTIONS, Kind, NameFacts, decide_kind
from custodiet.resolve.organisations.lexicon import Lexicon, lexicon
from custodiet.resolve.organisations.matching import Match, find_matches
from custodiet.resolve.organisations.model import Organisation
from custodiet.resolve.organisations.plain import CITY_PREFIXES, resolve_plain
from custodiet.resolve.organisations.tags import Tags, find_tags

_COUNTY: Final = ("county", "parish")
_CITY_KINDS: Final = frozenset({"police", "public-safety", "fire", "government", "airport", "marshal"})
_AGENCY_RANK: Final = 15
_AGENCY_CODES: Final = frozenset({"pd", "so", "sd", "dps", "police", "sheriff"})
_FORMAL: Final = frozenset(
    {"of", "the", "and", "for", "office", "division", "unit", "department", "dept", "bureau", "state"}
)
_TOWNSHIPS: Final = frozenset({"township", "twp", "charter"})
_INFERRED_CONFIDENCE: Final = 0.9


def resolve_names(names: Sequence[str]) -> list[Organisation]:
    """Resolve names as released; one answer per name, in the same order."""
    words = lexicon()
    return [resolve_plain(name, words) or resolve_weighed(name, words) for name in names]


def resolve_weighed(name: str, words: Lexicon) -> Organisation:
    """Resolve a name of any structure by weighing its words."""
    read = read_name(name)
    tags = find_tags(read, words)
    if _is_placeholder(read, tags, words):
        return _placeholder(name, tags)
    kept, keys = _words_of_the_name(read, tags)
    matches = _outside_brackets(find_matches([read.words[at] for at in kept], keys, words), kept, read)
    state, state_rule, state_confidence = _state(read, _named_state(matches))
    matches = _without_words_of_a_city(keys, matches, state, words)
    core = _core(kept, keys, matches, read)
    beyond = _beyond_kind(core, matches, keys)
    if state is None and not tags.demo:
        inferred = _infer(core, beyond, matches)
        if inferred is not None:
            state, state_rule, state_confidence = inferred.state, inferred.rule, _INFERRED_CONFIDENCE
    plain = not any(read.groups) and not any(read.breaks)
    facts = NameFacts(keys, core, beyond, state, read.statewide, plain)
    kind = decide_kind(facts, matches, tags.level)
    if tags.demo and state is None and kind.level == Level.LOCAL.value:
        kind = replace(kind, level=Level.UNKNOWN.value, level_basis="demonstration of no place")
    status, status_basis = _status(tags)
    place = _place(core, state, kind)
    return Organisation(
        name=name,
        canonical=_name_of_demo(name, read)
        if tags.demo
        else _canonical(name, read, kept, keys, matches, state, kind, place, core),
        state=state,
        level=kind.level,
        type=kind.type,
        place=place,
        status=status,
        basis=f"state: {state_rule}; level: {kind.level_basis}; type: {kind.type_basis}; status: {status_basis}"
        + (f"; read: the first {LONGEST_READ} characters" if read.cut else ""),
        confidence=round(min(kind.confidence, state_confidence, 0.5 if read.cut else 1.0), 2),
    )


def _is_placeholder(read: ReadName, tags: Tags, words: Lexicon) -> bool:
    """Say whether a name names nothing: ``265``, ``DNU``, ``Decommissioned Org``, a state's code alone."""
    if tags.demo:
        return False
    return all(
        at in tags.at or key in words.fillers or key.isdigit() or at in read.state_words or _bare_code(read, key)
        for at, key in enumerate(read.keys)
    )


def _bare_code(read: ReadName, key: str) -> bool:
    return len(read.keys) == 1 and (key.upper() in state_names() or key in ("llc", "inc"))


def _placeholder(name: str, tags: Tags) -> Organisation:
    told = f"tag '{tags.inactive}' and no name" if tags.inactive else "no word that names an organisation"
    return Organisation(
        name, _shortened(name), None, "unknown", "unknown", None, "placeholder",
        f"state: none; level: none; type: none; status: {told}", 0.95,
    )  # fmt: skip


def _words_of_the_name(read: ReadName, tags: Tags) -> tuple[list[int], list[str]]:
    """Give the positions and folded words that are neither state nor tag.

    A code that is part of the name is written out: ``Univ. of TX``, ``North MO Drug Task Force``.
    """
    kept: list[int] = []
    keys: list[str] = []
    for at, key in enumerate(read.keys):
        if at in tags.at:
            continue
        if at not in read.state_words:
            kept.append(at)
            keys.append(key)
        elif len(key) == 2 and at and _wants_a_name(read.keys, at):
            name = [word_key(word) for word in state_names()[key.upper()].split()]
            kept += [at] * len(name)
            keys += name
    return kept, keys


def _wants_a_name(keys: Sequence[str], at: int) -> bool:
    """Say whether the word before a code calls for a name: ``of TX``, ``North TX``."""
    if keys[at - 1] == "of":
        return at > 1 and keys[at - 2] in ("univ", "university", "college")
    if keys[at - 1] not in DIRECTIONS:
        return False
    return at + 1 < len(keys) and (keys[at + 1] not in _AGENCY_CODES or keys[at - 2 : at - 1] == ["of"])


def _outside_brackets(matches: list[Match], kept: Sequence[int], read: ReadName) -> list[Match]:
    """Drop institutions named in brackets where the name itself says what it is: ``Ohio Drug TF (HIDTA …)``."""
    if not any(read.groups) or not any(read.groups[kept[match.start]] == 0 for match in matches):
        return matches
    return [match for match in matches if not (match.entry.named and read.groups[kept[match.start]])]


def _without_words_of_a_city(
    keys: Sequence[str], matches: list[Match], state: str | None, words: Lexicon
) -> list[Match]:
    """Drop what a city's own name says: ``Winthrop Harbor``, ``College Park`` and ``State College`` are cities."""
    if state is None or not matches or all(match.entry.rank <= _AGENCY_RANK for match in matches):
        return matches
    agency = next((at for at in range(len(keys) - 1, 0, -1) if keys[at] in _AGENCY_CODES), 0)
    if not agency or city_in(" ".join(keys[:agency]), state) is None:
        return matches
    inside = [match for match in matches if match.start < agency]
    if any(match.entry.level in ("federal", "tribal") for match in inside):
        return matches
    again = find_matches(keys[agency:], keys[agency:], words)
    return [Match(match.entry, match.start + agency, match.end + agency) for match in again]


def _beyond_kind(core: Sequence[str], matches: Sequence[Match], keys: Sequence[str]) -> list[str]:
    """Give the words of the core that no phrase of a kind takes and that say more than ``office of``."""
    said = {key for match in matches if not match.entry.named for key in keys[match.start : match.end]}
    return [key for key in core if key not in said and key not in _FORMAL]


def _named_state(matches: Sequence[Match]) -> Match | None:
    found = [match for match in matches if match.entry.named and match.entry.state is not None]
    return max(found, key=lambda match: match.entry.rank, default=None)


def _state(read: ReadName, named: Match | None) -> tuple[str | None, str, float]:
    """Give the state, how it was told, and how sure it is; a firm code in the name beats a known institution."""
    if read.state is not None and (read.firm or named is None or named.entry.state == read.state):
        return read.state, read.state_rule, 0.99 if read.firm else 0.96
    if named is not None:
        return named.entry.state, f"institution '{' '.join(named.entry.words)}'", 0.97
    return read.state, read.state_rule, 0.96 if read.state else 1.0


def _core(kept: Sequence[int], keys: Sequence[str], matches: Sequence[Match], read: ReadName) -> list[str]:
    """Give the words that name a place or institution: no kind, no short words in brackets."""
    taken = {at for match in matches if match.entry.short is not None for at in range(match.start, match.end)}
    core = [
        key
        for at, key in enumerate(keys)
        if at not in taken and not (read.groups[kept[at]] and _in_passing(read, kept[at]))
    ]
    if len(core) > 2 and core[1] == "of" and core[0] in CITY_PREFIXES:
        core = core[2:]
    return ["county" if key in ("co", "count", "cnty") and at else key for at, key in enumerate(core)]


def _in_passing(read: ReadName, at: int) -> bool:
    """Say whether a word in brackets is an abbreviation, or part of the county that a place lies in."""
    return _is_acronym(read, at) or _in_county(read, at)


def _in_county(read: ReadName, at: int) -> bool:
    inside = [key for key, group in zip(read.keys, read.groups, strict=True) if group == read.groups[at]]
    return inside[-1] in ("county", "co", "parish")


def _is_acronym(read: ReadName, at: int) -> bool:
    """Say whether a word alone in brackets is an abbreviation of what stands before: ``(FDLE)``, ``(COS)``."""
    group = read.groups[at]
    alone = read.groups.count(group) == 1
    return alone and read.words[at].isupper() and 1 < len(read.words[at]) <= 7


def _infer(core: Sequence[str], beyond: Sequence[str], matches: Sequence[Match]) -> InferredState | None:
    """Tell the state by the place where no word of the name does."""
    if not core or not beyond:
        return None
    kinds = {match.entry.type for match in matches}
    if "university" in kinds or any(match.entry.named for match in matches):
        return None
    place = _leading_county(core)
    if place is not None:
        return state_of_county(place)
    if "sheriff" in kinds:
        return state_of_county(" ".join(core))
    if not kinds or not kinds <= _CITY_KINDS or not _TOWNSHIPS.isdisjoint(core):
        return None
    return state_of_city(" ".join(beyond))


def _leading_county(core: Sequence[str]) -> str | None:
    """Give the words before the first ``county`` or ``parish``."""
    for at, key in enumerate(core):
        if key in _COUNTY and at:
            return " ".join(core[:at])
    return None


def _place(core: Sequence[str], state: str | None, kind: Kind) -> str | None:
    """Name the county, city or campus; None where the words are none of these."""
    if not core:
        return None
    if state is None or kind.type == "university":
        return None
    county = _leading_county(core)
    if county is not None:
        found = county_in(county, state)
        return found.name if found else None
    name = " ".join(core)
    if kind.type == "sheriff":
        by_county = county_in(name, state)
        if by_county is not None:
            return by_county.name
    city = city_in(name, state)
    return city.name if city else None


def _status(tags: Tags) -> tuple[str, str]:
    if tags.demo:
        return "demo", f"word '{tags.demo}'"
    if tags.inactive:
        return "inactive", f"tag '{tags.inactive}'"
    return "active", "no tag"


def _name_of_demo(name: str, read: ReadName) -> str:
    """Keep every word of an account for show, test or training.

    Without the words that say so, two accounts of a vendor would be one, an agency would be let in where only its
    demonstration is, and what is left of the name of a camera could be that of a salesperson.
    """
    if read.cut:
        return _shortened(name)
    words = written_words(read.keys)
    for at in read.state_words:
        words[at] = words[at].upper() if len(words[at]) == 2 else words[at]
    return " ".join(words) or _shortened(name)


def _canonical(
    name: str,
    read: ReadName,
    kept: Sequence[int],
    keys: Sequence[str],
    matches: Sequence[Match],
    state: str | None,
    kind: Kind,
    place: str | None,
    core: Sequence[str],
) -> str:
    if read.cut:
        return _shortened(name)
    whole = next((match.entry.canonical for match in matches if match.entry.canonical), None)
    if whole is not None and kind.deciding is not None and kind.deciding.entry.canonical == whole:
        extra = _beyond(core, matches, whole)
        return whole if not extra else f"{whole} {extra}"
    short = _short(kind, matches)
    parts = _canonical_words(read, kept, keys, matches, short, place is not None)
    statewide = read.statewide or (kind.level == "state" and bool(parts[:1]) and parts[0] in _FORMAL)
    if statewide and kind.level == "state" and not parts and short is None:
        return _shortened(name)
    written = canonical_name(parts, state, short, statewide=statewide, of_place=place is not None)
    return written or _shortened(name)


def _short(kind: Kind, matches: Sequence[Match]) -> str | None:
    """Give the short word of the kind, or of the police department of a university, hospital or airport."""
    if kind.deciding is None:
        return None
    if kind.deciding.entry.short is not None or kind.type == "task-force":
        return kind.deciding.entry.short
    others = [match for match in matches if match.entry.short is not None and match.entry.rank <= _AGENCY_RANK]
    return max(others, key=lambda match: match.entry.rank).entry.short if others else None


def _beyond(core: Sequence[str], matches: Sequence[Match], whole: str) -> str:
    """Give the words of a name that go beyond an institution's own: the office in Louisville."""
    own = {word_key(word) for word in whole.split()}
    own.update(word for match in matches if match.entry.canonical == whole for word in match.entry.words)
    return " ".join(word.capitalize() for word in core if word not in own)


def _canonical_words(
    read: ReadName,
    kept: Sequence[int],
    keys: Sequence[str],
    matches: Sequence[Match],
    short: str | None,
    known: bool,
) -> list[str]:
    """Give the words of a canonical name without state and kind, in their order."""
    taken = {
        at
        for match in matches
        if match.entry.short is not None and (match.entry.short == short or match.entry.rank <= _AGENCY_RANK)
        for at in range(match.start, match.end)
    }
    return [
        key
        for order, (at, key) in enumerate(zip(kept, keys, strict=True))
        if order not in taken and key != "campus" and not (read.groups[at] and _dispensable(read, at, known))
    ]


def _dispensable(read: ReadName, at: int, known: bool) -> bool:
    """Say whether a bracket adds nothing: an abbreviation, or the county of a city that the state has once."""
    return _is_acronym(read, at) or (known and _in_county(read, at))


def _shortened(name: str) -> str:
    text = " ".join(clean_name(name[:LONGEST_READ]).split())
    if len(name) <= LONGEST_READ:
        return text or "(blank)"
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{text[:100]} … ({digest})"
