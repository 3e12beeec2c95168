"""Load what is known of transparency pages: headings, words and capture keys, all of it data.

Every YAML file of ``data/formats/pages`` is read and the lists are joined, so
that a new vendor or wording needs a file and no code.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from typing import Final

import yaml
from pydantic import BaseModel, ConfigDict, Field

_WORD = re.compile(r"[a-z0-9&]+(?:['-][a-z0-9]+)*")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_UNIT = re.compile(r"\b(?:minutes?|hours?|weeks?|months?|years?|last|past|since)\b", re.IGNORECASE)
_APOSTROPHES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'", "\u00a0": " "})
_STATE_CODES: Final = (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND"
    " OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY"
)
NUMBER_COLUMNS: Final = frozenset({"retention_days", "cameras", "searches_30d", "hits_30d", "vehicles_30d"})
_STATE_NAMES: Final = (
    "alabama;alaska;arizona;arkansas;california;colorado;connecticut;delaware;florida;georgia;hawaii;idaho;"
    "illinois;indiana;iowa;kansas;kentucky;louisiana;maine;maryland;massachusetts;michigan;minnesota;"
    "mississippi;missouri;montana;nebraska;nevada;new hampshire;new jersey;new mexico;new york;"
    "north carolina;north dakota;ohio;oklahoma;"
    "oregon;pennsylvania;rhode island;south carolina;south dakota;tennessee;texas;"
    "utah;vermont;virginia;washington;west virginia;wisconsin;wyoming;d.c;d.c."
)
US_STATES: Final = frozenset(_STATE_CODES.split())
STATE_NAMES: Final = frozenset(_STATE_NAMES.split(";"))


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Wording(_Strict):
    """Describe headings by their words: one of each group of ``need``, and no word beside them and ``allow``.

    With ``window`` the heading must state 30 days, or the text below it must (it is "bare" then).
    """

    need: list[list[str]]
    allow: list[str] = Field(default_factory=list)
    window: bool = False


class _Column(_Strict):
    aliases: list[str] = Field(default_factory=list)
    bare: list[str] = Field(default_factory=list)
    wordings: list[_Wording] = Field(default_factory=list)


class _Sharing(_Strict):
    out: list[str] = Field(default_factory=list)
    in_: list[str] = Field(default_factory=list, alias="in")
    never: list[str] = Field(default_factory=list)
    group_words: list[str] = Field(default_factory=list)


class _Capture(_Strict):
    producer: list[str] = Field(default_factory=list)
    as_of: list[str] = Field(default_factory=list)
    last_updated: list[str] = Field(default_factory=list)
    out: list[str] = Field(default_factory=list)
    in_: list[str] = Field(default_factory=list, alias="in")
    audits: list[str] = Field(default_factory=list)
    audit_text: list[str] = Field(default_factory=list)
    ignored: list[str] = Field(default_factory=list)
    columns: dict[str, list[str]] = Field(default_factory=dict)


class PageFormat(_Strict):
    """Hold one vocabulary file; every list may be left out."""

    id: str = ""
    title: str = ""
    sources: list[str] = Field(default_factory=list)
    noise: list[str] = Field(default_factory=list)
    columns: dict[str, _Column] = Field(default_factory=dict)
    sharing: _Sharing = Field(default_factory=_Sharing)
    audits: list[str] = Field(default_factory=list)
    layout: list[str] = Field(default_factory=list)
    descriptions: list[str] = Field(default_factory=list)
    generic_titles: list[str] = Field(default_factory=list)
    placeholders: list[str] = Field(default_factory=list)
    stated_none: list[str] = Field(default_factory=list)
    not_names: list[str] = Field(default_factory=list)
    status: dict[str, list[str]] = Field(default_factory=dict)
    corporate_suffixes: list[str] = Field(default_factory=list)
    names_with_commas: list[str] = Field(default_factory=list)
    campuses: dict[str, list[str]] = Field(default_factory=dict)
    sub_units: list[str] = Field(default_factory=list)
    organisation_words: list[str] = Field(default_factory=list)
    prose_words: list[str] = Field(default_factory=list)
    months: list[str] = Field(default_factory=list)
    number_words: dict[str, int] = Field(default_factory=dict)
    neutral_words: list[str] = Field(default_factory=list)
    block_pages: list[str] = Field(default_factory=list)
    audit_columns: list[str] = Field(default_factory=list)
    audit_time_columns: list[str] = Field(default_factory=list)
    name_columns: list[str] = Field(default_factory=list)
    sharing_words: list[str] = Field(default_factory=list)
    list_labels: list[str] = Field(default_factory=list)
    organisation_nouns: list[str] = Field(default_factory=list)
    name_column_words: list[str] = Field(default_factory=list)
    yes_marks: list[str] = Field(default_factory=list)
    no_marks: list[str] = Field(default_factory=list)
    direction_out: list[str] = Field(default_factory=list)
    direction_in: list[str] = Field(default_factory=list)
    direction_both: list[str] = Field(default_factory=list)
    capture: _Capture = Field(default_factory=_Capture)


def plain(text: str) -> str:
    """Give ``text`` with one kind of apostrophe and single spaces, trimmed."""
    return " ".join((text if text.isascii() else text.translate(_APOSTROPHES)).split())


def words_of(text: str) -> tuple[str, ...]:
    """Give the lower-case words of ``text``; punctuation is left out."""
    return tuple(_WORD.findall((text if text.isascii() else text.translate(_APOSTROPHES)).lower()))


@lru_cache(maxsize=1)
def vocabulary() -> PageFormat:
    """Load and join all vocabulary files, once.

    Raises:
        pydantic.ValidationError: A file has an unknown key or a value of the wrong kind.
    """
    merged: dict[str, object] = {}
    folder = files("custodiet").joinpath("data", "formats", "pages")
    for item in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if item.name.endswith(".yaml"):
            document = yaml.safe_load(item.read_text(encoding="utf-8"))
            PageFormat.model_validate(document)
            merged = _join(merged, document)
    return PageFormat.model_validate(merged)


def _join(left: object, right: object) -> dict[str, object]:
    if not isinstance(left, dict) or not isinstance(right, dict):
        raise TypeError("a vocabulary file holds keys with lists")
    joined = dict(left)
    for key, value in right.items():
        before = joined.get(key)
        if isinstance(before, dict):
            joined[key] = _join(before, value)
        elif isinstance(before, list):
            joined[key] = [*before, *value]
        else:
            joined[key] = value
    return joined


@lru_cache(maxsize=64)
def word_set(name: str) -> frozenset[str]:
    """Give a list of the vocabulary as a set of lower-case entries; entries may be comma lists."""
    book = vocabulary()
    entries: list[str] = book.sharing.group_words if name == "group_words" else getattr(book, name)
    return frozenset(part.strip().lower() for entry in entries for part in entry.split(",") if part.strip())


@lru_cache(maxsize=8)
def _key_of_alias() -> dict[tuple[str, ...], tuple[str, str]]:
    known: dict[tuple[str, ...], tuple[str, str]] = {}
    book = vocabulary()
    for column, entry in book.columns.items():
        for alias in entry.bare:
            known[heading_key(alias)] = ("bare", column)
        for alias in entry.aliases:
            known[heading_key(alias)] = ("column", column)
    for meaning, headings in (
        ("never", book.sharing.never),
        ("audit", book.audits),
        ("layout", book.layout),
    ):
        for heading in headings:
            known.setdefault(heading_key(heading), (meaning, ""))
    for direction, headings in (("out", book.sharing.out), ("in", book.sharing.in_)):
        for heading in headings:
            known[heading_key(heading)] = ("share", direction)
    return known


def heading_key(heading: str, own_words: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Reduce a heading to the words that carry meaning: no case, noise or own name."""
    noise = word_set("noise")
    return tuple(word for word in words_of(heading) if word not in noise and word not in own_words)


def _without_remark(heading: str) -> str:
    """Leave out remarks in brackets, unless they state another unit or window ("(in months)")."""
    if any(_UNIT.search(remark) for remark in _BRACKETS.findall(heading)):
        return heading
    return _BRACKETS.sub(" ", heading)


def meaning_of(heading: str, own_words: frozenset[str] = frozenset()) -> tuple[str, str] | None:
    """Tell what a heading means by the vocabulary alone.

    Args:
        heading: Heading as on the page.
        own_words: Lower-case words of the page's own name; tried second ("Anytown PD searches …").

    Returns:
        ``("column", name)``, ``("bare", name)``, ``("share", "out" or "in")``, ``("never", "")``,
        ``("audit", "")``, ``("layout", "")``; None for an unknown heading.
    """
    known = _key_of_alias()
    heading = plain(heading)
    for wording in (heading, _without_remark(heading)):
        for own in (frozenset[str](), own_words):
            key = heading_key(wording, own)
            if key in known:
                kind, column = known[key]
                states_window = kind == "bare" and _LENGTH & set(words_of(heading))
                return ("column", column) if states_window else (kind, column)
    return _worded(frozenset(words_of(heading)) - word_set("noise") - own_words)


_LENGTH: Final = frozenset(["30", "thirty", "30-day", "30-days", "thirty-day"])
_WINDOW: Final = _LENGTH | {"in", "over", "during", "for", "last", "past", "previous", "day", "days"}


@lru_cache(maxsize=16384)
def _worded(words: frozenset[str]) -> tuple[str, str] | None:
    """Tell what a heading means that no alias spells, by the words that it is made of."""
    if not 0 < len(words) <= 14:
        return None
    for column, entry in vocabulary().columns.items():
        for wording in entry.wordings:
            needed = [words & frozenset(group) for group in wording.need]
            rest = words.difference(*wording.need, wording.allow)
            if wording.window:
                rest = rest - _WINDOW
            if all(needed) and not rest:
                stated = bool(words & _LENGTH)
                return ("bare", column) if wording.window and not stated else ("column", column)
    return None
