"""Read the purpose lexicon (YAML) and check every entry as it enters.

A *term* is a plain phrase in which a space stands for one to four characters
that are neither letter nor digit, ``~`` (or a space with ``?``) for none to three of them, and ``( | )``,
``?``, ``*`` and ``[ ]`` have their usual meaning of a regular expression. A term is always
matched as whole words. An entry without labels says what a phrase is *not*:
it hides what it touches of the entries of its own file. An entry that holds ``alone`` counts only
where the rest of the text states nothing (``ICE``, ``assist ICE 26-123``); one with ``hides: false`` leaves
the entries inside its span in force (``roma burglary``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from custodiet.model.errors import PackError

_FOLDER: Final = "data/lexicon"
_NOT_ENTRIES: Final = frozenset({"taxonomy.yaml", "statutes.yaml", "words.yaml"})
_GAP: Final = r"[^a-z0-9\x7f]"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class EntryData(_Strict):
    """Hold one entry as written."""

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    labels: tuple[str, ...] = ()
    confidence: float = Field(default=0.9, gt=0, le=1)
    alone: bool = False
    hides: bool = True
    terms: tuple[str, ...] = Field(min_length=1)


class LexiconData(_Strict):
    """Hold one file of entries as written; ``examples`` are tests of the file."""

    title: str
    sources: tuple[str, ...] = Field(min_length=1)
    entries: tuple[EntryData, ...]
    examples: dict[str, tuple[str, ...]]


class SchemeData(_Strict):
    """Hold the sections of one code of law.

    ``bare`` sections count without the name of the code; ``stated`` ones only with it.
    ``bare_ranges`` are bare sections, inclusive. ``prefixes`` hold for every
    section that begins so; ``ranges`` are inclusive.
    """

    title: str
    names: tuple[str, ...] = Field(min_length=1)
    bare: dict[str, tuple[str, ...]] = {}
    stated: dict[str, tuple[str, ...]] = {}
    prefixes: dict[str, tuple[str, ...]] = {}
    ranges: dict[str, tuple[str, ...]] = {}
    bare_ranges: dict[str, tuple[str, ...]] = {}
    otherwise: tuple[str, ...] = ()


class StatutesData(_Strict):
    """Hold all codes of law as written."""

    title: str
    sources: tuple[str, ...] = Field(min_length=1)
    schemes: dict[str, SchemeData]
    examples: dict[str, tuple[str, ...]]


class WordsData(_Strict):
    """Hold the words that say nothing of a purpose, and those whose misspelling is mended."""

    title: str
    sources: tuple[str, ...] = Field(min_length=1)
    generic: tuple[str, ...]
    filler: tuple[str, ...]
    places: tuple[str, ...]
    call_types: tuple[str, ...]
    placeholder: tuple[str, ...]
    spelling: tuple[str, ...]
    spelled_right: tuple[str, ...]
    examples: dict[str, tuple[str, ...]]


class TaxonomyData(_Strict):
    """Hold the labels and what each means."""

    title: str
    version: str
    labels: dict[str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """Hold one entry ready to match: its id with the file's name, labels and pattern."""

    id: str
    labels: tuple[str, ...]
    confidence: float
    pattern: str
    alone: bool = False
    hides: bool = True
    file: str = ""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Hold the whole lexicon, in a fixed order."""

    entries: tuple[Entry, ...]
    statutes: StatutesData
    words: WordsData
    taxonomy: TaxonomyData
    examples: tuple[tuple[str, str, tuple[str, ...]], ...]


def term_pattern(term: str) -> str:
    """Translate one term into a regular expression without bounds."""
    pattern = term.replace("(", "(?:").replace(" ?", "~").replace("~", f"{_GAP}{{0,3}}")
    return pattern.replace(" ", f"{_GAP}{{1,4}}")


def bounded(terms: tuple[str, ...]) -> str:
    """Join terms to one pattern that matches them as whole words in its only group."""
    inside = "|".join(term_pattern(term) for term in terms)
    return f"(?:^|{_GAP})({inside})(?:{_GAP}|$)"


@lru_cache(maxsize=1)
def load_lexicon() -> Lexicon:
    """Read the lexicon that comes with the package.

    Raises:
        PackError: A file is faulty; all faults are listed.
    """
    faults: list[str] = []
    statutes = _read("statutes.yaml", StatutesData, faults)
    words = _read("words.yaml", WordsData, faults)
    taxonomy = _read("taxonomy.yaml", TaxonomyData, faults)
    entries: list[Entry] = []
    examples: list[tuple[str, str, tuple[str, ...]]] = []
    for name in _entry_files():
        data = _read(name, LexiconData, faults)
        if data is None:
            continue
        stem = name.removesuffix(".yaml")
        entries += [
            Entry(
                f"{stem}/{entry.id}",
                entry.labels,
                entry.confidence,
                bounded(entry.terms),
                entry.alone,
                entry.hides,
                stem,
            )
            for entry in data.entries
        ]
        examples += [(name, text, labels) for text, labels in data.examples.items()]
    if statutes is None or words is None or taxonomy is None or faults:
        raise PackError("The purpose lexicon is faulty.", where=_FOLDER, faults=tuple(faults))
    examples += [("statutes.yaml", *item) for item in statutes.examples.items()]
    examples += [("words.yaml", *item) for item in words.examples.items()]
    _require_known_labels(entries, statutes, taxonomy)
    return Lexicon(tuple(entries), statutes, words, taxonomy, tuple(examples))


@lru_cache(maxsize=1)
def lexicon_words() -> frozenset[str]:
    """Give every plain word that the lexicon itself is made of (lower case, two letters or more).

    None of them was taken from a disclosure; they can be shown.
    """
    lexicon = load_lexicon()
    words = set(lexicon.words.generic) | set(lexicon.words.filler) | set(lexicon.words.spelling)
    for entry in lexicon.entries:
        words.update(re.findall(r"(?<![\\a-z])[a-z]{2,}", entry.pattern.replace("\\x7f", "")))
    return frozenset(words)


def _entry_files() -> list[str]:
    folder = files("custodiet") / _FOLDER
    names = sorted(item.name for item in folder.iterdir() if item.name.endswith(".yaml"))
    return [name for name in names if name not in _NOT_ENTRIES]


def _read(name: str, model: type[Any], faults: list[str]) -> Any:
    text = (files("custodiet") / _FOLDER / name).read_text(encoding="utf-8")
    try:
        return model.model_validate(yaml.load(text, Loader=yaml.CSafeLoader))
    except ValidationError as error:
        faults += [f"{name}: {'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
        return None


def _require_known_labels(entries: list[Entry], statutes: StatutesData, taxonomy: TaxonomyData) -> None:
    used = [(entry.id, entry.labels) for entry in entries]
    for name, scheme in statutes.schemes.items():
        for table in (scheme.bare, scheme.stated, scheme.prefixes, scheme.ranges, scheme.bare_ranges):
            used += [(f"{name}/{section}", labels) for section, labels in table.items()]
        used.append((f"{name}/otherwise", scheme.otherwise))
    faults = [
        f"{where}: the taxonomy has no label {label!r}"
        for where, labels in used
        for label in labels
        if label not in taxonomy.labels
    ]
    if faults:
        raise PackError("The purpose lexicon is faulty.", where=_FOLDER, faults=tuple(faults))
