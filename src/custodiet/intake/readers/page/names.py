"""Split a stated list into organisations, and keep prose, links and blanks out of it.

Names hold commas ("University of California, Berkeley"), brackets and
corporate endings; what does not look like a name is handed back as prose, so
that nothing of the page is lost and nothing is invented.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from custodiet.intake.readers.page.vocabulary import (
    STATE_NAMES,
    US_STATES,
    plain,
    vocabulary,
    word_set,
    words_of,
)

_URL = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_NUMBER = re.compile(
    r"(?:total:?\s*)?(\d{1,3}(?:,\d{3}){1,4}|\d{1,15})(?:\s+(?:agencies|organizations|networks|total))?\.?",
    re.IGNORECASE,
)
_BULLET = re.compile(r"^[\s\u2022\u00b7\u25aa\u25cf\u2023*]+|[\s\u2022\u00b7]+$")
_BULLETS = re.compile(r"\s*[\u2022\u00b7\u25aa\u25cf|]\s*")
_TAG = re.compile(r"[\[(]\s*([^\])]+?)\s*[\])]")
_MARKS = re.compile(r"[,()\[\]]")
_DEPARTMENT = re.compile(r"\b(?:Department|Dept\.?|Bureau|Office|Ministry|Agency) of\b")
_LEAD_IN = re.compile(r"^[^,]{0,300}?\b(?:with|including|includes?|are)\s+(?=[A-Z\[])")
_NUMBERED = re.compile(r"^(?:\(?\d{1,4}[.)]|[-\u2013\u2014\u25cb\u25e6])\s+(?=[^\W_])")
_MORE = re.compile(
    r"[\s+&.\u2026(]*(?:and\s+|plus\s+|show\s+|view\s+|see\s+)?(\d[\d,]{0,6})\s+(?:more|others?|additional)\b[^,;]{0,40}",
    re.IGNORECASE,
)
_WHOLE_CLASS = re.compile(
    r"(?:all|various|other|additional|multiple|several|numerous)\b.*"
    r"\b(?:agencies|departments|organi[sz]ations|partners|counties|cities|states)\b.*"
    r"|(?:any|every|each)\b.*\b(?:agency|department|organi[sz]ation|partner|county|city|state)\b.*",
    re.IGNORECASE,
)
_KEEP = "\x01"
MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class Unit:
    """Hold one line of a list: its text and whether the markup itself sets it apart (li, cell)."""

    text: str
    is_item: bool = False


@dataclass(slots=True)
class NameList:
    """Hold what a list stated.

    Attributes:
        names: Organisations as released, in order, duplicates included.
        prose: Sentences and remarks around the names.
        count: A stated number of organisations.
        stated_none: The text says that there is none.
        hidden: Number of organisations that the text says are not shown ("+ 12 more").
    """

    names: list[str] = field(default_factory=list)
    prose: list[str] = field(default_factory=list)
    count: int | None = None
    stated_none: bool = False
    hidden: int | None = None


def read_names(units: Iterable[Unit]) -> NameList:
    """Read organisations from the lines below a sharing heading.

    Args:
        units: Lines in page order, without the heading.

    Returns:
        Names, prose and counts; every word of the input is in one of them.
    """
    found = NameList()
    for unit in units:
        text = plain(unit.text)
        if not text:
            continue
        if text.lower().rstrip(".") in word_set("stated_none"):
            found.stated_none = True
        elif number := _NUMBER.fullmatch(text):
            found.count = int(number.group(1).replace(",", ""))
        elif more := _MORE.fullmatch(text):
            found.hidden = int(more.group(1).replace(",", ""))
            found.prose.append(text)
        elif len(text) == 1 or text.lower() in STATE_NAMES:
            # A letter or a state on a line of its own stands above the names that follow.
            found.prose.append(text)
        else:
            _read_unit(text, unit.is_item, found)
    return found


def _read_unit(text: str, is_item: bool, found: NameList) -> None:
    head, colon, tail = text.partition(":")
    if colon and not _URL.search(head + ":" + tail[:3]) and is_prose(head) and tail.strip():
        found.prose.append(f"{head}:")
        text = tail.strip()
    parts = split_list(text, is_item=is_item)
    if is_prose(text) and not _mostly_names(parts):
        found.prose.append(text)
        return
    if lead := _LEAD_IN.match(parts[0]) if len(parts) > 2 else None:
        found.prose.append(lead.group().strip())
        parts[0] = parts[0][lead.end() :]
    for part in parts:
        name = clean_name(part)
        if not name:
            continue
        if more := _MORE.fullmatch(name):
            found.hidden = int(more.group(1).replace(",", ""))
        if more or name.lower() in word_set("not_names") or len(name) > MAX_NAME or is_prose(name):
            found.prose.append(name)
        else:
            found.names.append(name)


def _mostly_names(parts: Sequence[str]) -> bool:
    good = sum(1 for part in parts if not is_prose(part) and has_organisation_word(part))
    return len(parts) >= 3 and good * 2 > len(parts)


def split_list(text: str, *, is_item: bool) -> list[str]:
    """Split one line of a list into names.

    Args:
        text: The line.
        is_item: The markup sets the line apart as one entry; a comma in it then
            separates only what are organisations each by itself.

    Returns:
        The parts in order; joined again wherever the comma belongs to a name.
    """
    text = _protect(text)
    for separator in (";", None):
        if separator and separator in text:
            return [_release(part) for part in text.split(separator)]
        if separator is None and _BULLETS.search(text.strip(" |\u2022\u00b7")):
            return [_release(part) for part in _BULLETS.split(text)]
    parts = _join_continuations(_split_outside_brackets(text))
    if is_item and not all(has_organisation_word(part) for part in parts):
        return [_release(text)]
    return [_release(name) for part in parts for name in _split_and(part, last=part is parts[-1])]


def _protect(text: str) -> str:
    """Hide the commas of known names until the list is split."""
    if "," not in text:
        return text
    return _known_names().sub(lambda hit: hit.group().replace(",", _KEEP), text)


@lru_cache(maxsize=1)
def _known_names() -> re.Pattern[str]:
    names = sorted(vocabulary().names_with_commas, key=len, reverse=True)
    return re.compile("|".join(re.escape(name) for name in names), re.IGNORECASE)


def _release(text: str) -> str:
    return text.replace(_KEEP, ",")


def _split_outside_brackets(text: str) -> list[str]:
    parts: list[str] = []
    depth = start = 0
    balanced = text.count("(") == text.count(")") and text.count("[") == text.count("]")
    for mark in _MARKS.finditer(text):
        sign, at = mark.group(), mark.start()
        if sign in "([":
            depth += 1
        elif sign in ")]":
            depth = max(0, depth - 1)
        elif (depth == 0 or not balanced) and not _is_thousands(text, at):
            parts.append(text[start:at])
            start = at + 1
    parts.append(text[start:])
    return [part for part in parts if part.strip()]


def _is_thousands(text: str, at: int) -> bool:
    return text[at - 1 : at].isdigit() and text[at + 1 : at + 4].isdigit()


def _join_continuations(parts: Sequence[str]) -> list[str]:
    joined: list[str] = []
    for part in parts:
        before = joined[-1] if joined else ""
        if joined and len(before) <= MAX_NAME and _continues(before.strip(), part.strip(), _earlier(joined)):
            joined[-1] = f"{before},{part}"
        else:
            joined.append(part)
    return joined


def _earlier(joined: Sequence[str]) -> str:
    return joined[-2].strip() if len(joined) > 1 else ""


def _continues(before: str, part: str, earlier: str) -> bool:
    """Tell whether ``part`` is the rest of the name ``before`` rather than a name of its own."""
    if len(part) > MAX_NAME:
        return False
    if _is_rest(part):
        return True
    system = _system_of(before)
    if system:
        return _is_campus(system, before, part)
    return _may_have_sections(before) and _is_section(before, part, words_of(part), earlier)


@lru_cache(maxsize=65536)
def _is_rest(part: str) -> bool:
    """Tell what is no name whatever stands before it: "LLC", "CA", "Police Department", "and Explosives"."""
    words = words_of(part)
    if not words or part.lower().rstrip(".").replace(" ", "") in word_set("corporate_suffixes"):
        return True
    if part.upper().rstrip(".") in US_STATES or part.lower() in STATE_NAMES:
        return True
    after_state = words[1:] if part[:2] in US_STATES and part[2:3] == " " else words
    if all(word in word_set("sub_units") for word in after_state):
        return True
    return part.startswith("and ") and not has_organisation_word(part)


@lru_cache(maxsize=65536)
def _system_of(name: str) -> str:
    """Give the university system that the name ends with, or nothing."""
    folded = name.casefold()
    return next((system for system in vocabulary().campuses if folded.endswith(system.casefold())), "")


@lru_cache(maxsize=65536)
def _may_have_sections(name: str) -> bool:
    return bool(_DEPARTMENT.search(name))


def _is_campus(system: str, before: str, part: str) -> bool:
    place = part.casefold()
    for campus in (entry.casefold() for entry in vocabulary().campuses[system]):
        if place == campus or place.startswith((f"{campus} (", f"{campus} and ")):
            return True
        if place.startswith(f"{campus} ") and words_of(part)[-1] in {"pd", "police"} and not _has_state(part):
            return True
    return place < before.casefold() and not has_organisation_word(part) and len(part.split()) <= 3


def _is_section(before: str, part: str, words: Sequence[str], earlier: str) -> bool:
    """Join "Department of X, Division of Y" unless both fit the list's own alphabetical order."""
    opens_as_unit = words[0] in {"bureau", "division", "office", "unit", "section", "branch"}
    closes_as_unit = words[-1] in {"division", "unit", "section", "branch"}
    if not (opens_as_unit or closes_as_unit) or _has_state(part):
        return False
    in_order = bool(earlier) and earlier.casefold() <= before.casefold() <= part.casefold()
    return not in_order


def _has_state(part: str) -> bool:
    return any(token.strip("()") in US_STATES for token in part.split())


def _split_and(part: str, *, last: bool) -> list[str]:
    """Split "A PD and B PD" at the end of running text; "Parks and Recreation" stays whole."""
    if last and part.strip().startswith("and "):
        return [part.strip()[4:]]
    left, found, right = part.partition(" and ")
    if last and found and _ends_as_agency(right.rstrip(". ")) and (_ends_as_agency(left) or _ends_as_campus(left)):
        return [left, right]
    return [part]


def _ends_as_agency(text: str) -> bool:
    words = words_of(text)
    return bool(words) and len(words) > 1 and words[-1] in {"pd", "so", "police", "sd", "da"}


def _ends_as_campus(text: str) -> bool:
    system, comma, campus = text.rpartition(",")
    return bool(comma) and campus.strip() in vocabulary().campuses.get(_system_of(system.strip()), [])


def clean_name(part: str) -> str:
    """Trim blanks, bullets, quotes and a closing full stop; the wording stays as released."""
    name = _NUMBERED.sub("", _BULLET.sub("", plain(part))).strip('"\u201c\u201d').strip()
    if name.endswith(".") and not re.search(r"\b(?:Inc|Co|Corp|Ltd|Dept|St|L\.L\.C|U\.S|D\.C)\.$", name):
        name = name[:-1].rstrip()
    return name.strip(" ,;")


def has_organisation_word(text: str) -> bool:
    """Tell whether a part holds a word that organisations have in their names (PD, Sheriff, College)."""
    return any(word in word_set("organisation_words") for word in words_of(text))


def is_prose(text: str) -> bool:
    """Tell a sentence or remark from a name."""
    return _is_short_prose(text) if len(text) <= MAX_NAME else _is_prose(text)


@lru_cache(maxsize=65536)
def _is_short_prose(text: str) -> bool:
    return _is_prose(text)


def _is_prose(text: str) -> bool:
    if _URL.search(text) or _WHOLE_CLASS.fullmatch(text):
        return True
    bare = re.sub(r"\bdo not use\b", "", text, flags=re.IGNORECASE)
    tokens = bare.split()
    if any(
        token.strip("(),.;:").lower() in word_set("prose_words") for token in tokens if token.strip("(")[:1].islower()
    ):
        return True
    if tokens and tokens[0].lower() in {
        "please",
        "click",
        "see",
        "view",
        "this",
        "these",
        "we",
        "our",
        "no",
        "not",
    }:
        return len(tokens) > 1
    return len(tokens) > 14 or (bare.endswith(".") and len(tokens) > 7 and not has_organisation_word(tokens[-1]))


@lru_cache(maxsize=65536)
def status_of(name: str) -> str:
    """Read ``active``, ``inactive`` or ``pending`` from a tag within a name (``[Inactive]``, ``DNU - ``)."""
    lowered = plain(name).lower()
    if not _status_words().search(lowered):
        return "active"
    tags = [tag.lower() for tag in _TAG.findall(lowered)]
    for status, words in vocabulary().status.items():
        for word in words:
            if any(word == tag or tag.startswith(f"{word} ") for tag in tags):
                return status
            if lowered == word or lowered.startswith((f"{word} ", f"{word}-")) or lowered.endswith(f"- {word}"):
                return status
            if word == "dnu" and re.search(r"(?:^|- )dnu\b", lowered):
                return status
    return "active"


@lru_cache(maxsize=1)
def _status_words() -> re.Pattern[str]:
    words = [word for listed in vocabulary().status.values() for word in listed]
    return re.compile("|".join(re.escape(word) for word in words))
