"""The words by which organisations are told: read once from data/organisations, checked, and indexed by first word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict

from custodiet.model.terms import Level

_NAMED_RANK: Final = 80
_SHORT_WORD: Final = 5
LevelRule = Literal[
    "local", "state", "federal", "tribal", "private", "foreign", "unknown", "by-place", "state-unless-local"
]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _KindItem(_Strict):
    type: str | None
    level: LevelRule | None
    rank: int
    short: str | None = None
    phrases: list[str]
    unless_next: list[str] = []
    unless_before: list[str] = []
    not_first: list[str] = []


class _KindsFile(_Strict):
    source: str
    kinds: list[_KindItem]


class _NamedItem(_Strict):
    type: str | None
    phrases: list[str]
    state: str | None = None
    canonical: str | None = None


class _NamedFile(_Strict):
    source: str
    federal: list[_NamedItem]
    private: list[_NamedItem]
    state: list[_NamedItem]
    local: list[_NamedItem]
    shared: list[_NamedItem]
    foreign: list[_NamedItem]


class _TagsFile(_Strict):
    source: str
    inactive: list[str]
    demo: list[str]
    demo_last: list[str]
    bracketed_levels: dict[str, LevelRule]
    new: list[str]
    products: list[str]


class _CanonicalFile(_Strict):
    source: str
    expand: dict[str, str]
    acronyms: list[str]
    small: list[str]
    keep_town_and_village: list[str]
    strip_before_agency: list[str]
    sheriffs_of_cities: list[str]
    fillers: list[str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One phrase of the lexicon and what it says of the organisation whose name holds it.

    Attributes:
        words: The phrase, folded.
        type: Kind of organisation, or None where the phrase only tells the level.
        level: A level, how to tell it (``by-place``, ``state-unless-local``), or None.
        rank: The highest rank decides.
        short: What stands for the phrase in a canonical name; None keeps the phrase.
        state: State of a named institution.
        canonical: Whole canonical name of a named institution.
        capitals: Whether it counts only when released in capitals (``ICE``).
    """

    words: tuple[str, ...]
    type: str | None
    level: LevelRule | None
    rank: int
    short: str | None = None
    state: str | None = None
    canonical: str | None = None
    capitals: bool = False
    named: bool = False
    not_first: bool = False
    unless_next: frozenset[str] = frozenset()
    unless_before: frozenset[str] = frozenset()


PhraseIndex = Mapping[str, tuple[tuple[str, ...], ...]]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All words, indexed by the first word of a phrase, longest phrase first."""

    entries: Mapping[str, tuple[Entry, ...]]
    inactive: PhraseIndex
    demo: PhraseIndex
    demo_last: frozenset[str]
    products: PhraseIndex
    new: frozenset[str]
    tag_words: frozenset[str]
    bracketed_levels: Mapping[str, LevelRule]
    expand: Mapping[str, str]
    acronyms: frozenset[str]
    small: frozenset[str]
    keep_town_and_village: frozenset[str]
    strip_before_agency: tuple[tuple[str, ...], ...]
    sheriffs_of_cities: frozenset[str]
    fillers: frozenset[str]


@cache
def lexicon(*, with_institutions: bool = True) -> Lexicon:
    """Read the lexicon once.

    Args:
        with_institutions: Whether institutions told by their own name are in it; without them what the
            words of a kind alone can tell is measured.

    Raises:
        pydantic.ValidationError: A file has an unknown key or a wrong value.
    """
    tags = _TagsFile.model_validate(_load("tags"))
    forms = _CanonicalFile.model_validate(_load("canonical"))
    entries = [*_kind_entries(_KindsFile.model_validate(_load("kinds")))]
    if with_institutions:
        entries += _named_entries(_NamedFile.model_validate(_load("named")))
    return Lexicon(
        entries=_index_entries(entries),
        inactive=_index(tags.inactive),
        demo=_index(tags.demo),
        demo_last=frozenset(tags.demo_last),
        products=_index(tags.products),
        new=frozenset(tags.new),
        tag_words=_first_words(tags),
        bracketed_levels=tags.bracketed_levels,
        expand=forms.expand,
        acronyms=frozenset(forms.acronyms),
        small=frozenset(forms.small),
        keep_town_and_village=frozenset(forms.keep_town_and_village),
        strip_before_agency=tuple(tuple(phrase.split()) for phrase in forms.strip_before_agency),
        sheriffs_of_cities=frozenset(forms.sheriffs_of_cities),
        fillers=frozenset(forms.fillers),
    )


def _first_words(tags: _TagsFile) -> frozenset[str]:
    """Give every word that can begin a tag: a name without any of them has none."""
    phrases = (*tags.inactive, *tags.demo, *tags.products)
    words = (*tags.demo_last, *tags.new, *tags.bracketed_levels)
    return frozenset((*words, *(phrase.split()[0] for phrase in phrases)))


def find_phrase(index: PhraseIndex, keys: Sequence[str], at: int) -> int:
    """Give the length of the longest phrase that begins at a word; 0 when none does."""
    for phrase in index.get(keys[at], ()):
        size = len(phrase)
        if size == 1 or tuple(keys[at : at + size]) == phrase:
            return size
    return 0


def _load(name: str) -> object:
    text = (files("custodiet") / "data" / "organisations" / f"{name}.yaml").read_text("utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - safe loaders both


def _kind_entries(loaded: _KindsFile) -> Iterable[Entry]:
    for kind in loaded.kinds:
        for phrase in kind.phrases:
            yield Entry(
                tuple(phrase.split()), kind.type, kind.level, kind.rank, kind.short,
                not_first=phrase in kind.not_first,
                unless_next=frozenset(kind.unless_next), unless_before=frozenset(kind.unless_before),
            )  # fmt: skip


def _named_entries(loaded: _NamedFile) -> Iterable[Entry]:
    groups: tuple[tuple[LevelRule, list[_NamedItem]], ...] = (
        (Level.FEDERAL.value, loaded.federal),
        (Level.PRIVATE.value, loaded.private),
        (Level.STATE.value, loaded.state),
        (Level.LOCAL.value, loaded.local),
        (Level.UNKNOWN.value, loaded.shared),
        (Level.FOREIGN.value, loaded.foreign),
    )
    for order, (level, items) in enumerate(groups):
        for item in items:
            for phrase in item.phrases:
                words = tuple(phrase.split())
                # Between two names of institutions the longer phrase decides, then the order of the groups.
                rank = _NAMED_RANK + 10 * len(words) + len(groups) - order
                capitals = level == Level.FEDERAL.value and len(words) == 1 and len(phrase) <= _SHORT_WORD
                yield Entry(words, item.type, level, rank, None, item.state, item.canonical, capitals, named=True)


def _index_entries(entries: Iterable[Entry]) -> dict[str, tuple[Entry, ...]]:
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.words[0], []).append(entry)
    return {
        first: tuple(sorted(items, key=lambda entry: (-len(entry.words), -entry.rank)))
        for first, items in found.items()
    }


def _index(phrases: Iterable[str]) -> dict[str, tuple[tuple[str, ...], ...]]:
    found: dict[str, list[tuple[str, ...]]] = {}
    for phrase in phrases:
        words = tuple(phrase.split())
        found.setdefault(words[0], []).append(words)
    return {first: tuple(sorted(items, key=lambda words: -len(words))) for first, items in found.items()}
