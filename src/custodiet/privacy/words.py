"""What may be published of a free text: words, phrases, signs and sections of law, read once.

The words come from ``data/privacy`` (how they were chosen: the README there). Sections of law
come from the purpose lexicon, and only as it writes them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final

import yaml

from custodiet.resolve.purposes.lexicon import SchemeData, load_lexicon

_FOLDER: Final = files("custodiet") / "data" / "privacy"
_PIECES: Final = re.compile(r"^(\d+)[a-z]?(?:\.\d+)?(?:\([a-z0-9]{1,2}\))*$")
_AFTER_PREFIX: Final = re.compile(r"\d{0,3}(?:\.\d{1,4})?[a-z]?(?:\([a-z0-9]{1,2}\)){0,3}")
_TAILS: Final = tuple(f"{number:0{digits}}" for digits in (1, 2, 3) for number in range(10**digits))


@dataclass(frozen=True, slots=True)
class Allowed:
    """Hold what may be published.

    Attributes:
        words: Lower-case words.
        phrases: First word to the phrases that begin with it, longest first.
        signs: Abbreviations with signs in them (``b&e``).
        bare: Sections of law that count without the name of the code.
        numbers: Whole numbers with which some section of some code begins.
        codes: Name of a code, as a regular expression, to the sections that count beside it.
    """

    words: frozenset[str]
    phrases: dict[str, tuple[tuple[str, ...], ...]]
    signs: frozenset[str]
    bare: frozenset[str]
    numbers: frozenset[str]
    codes: tuple[tuple[re.Pattern[str], SchemeData], ...]

    def is_word(self, word: str) -> bool:
        """Tell whether a lower-case word may be published."""
        return word in self.words or (word.endswith("'s") and word[:-2] in self.words)

    def is_bare_section(self, number: str) -> bool:
        """Tell whether a number is a section of law wherever it stands."""
        return number in self.bare

    def is_section_of(self, code: str, section: str) -> bool:
        """Tell whether a section stands in the lexicon under the name of its code."""
        return any(pattern.fullmatch(code) and _known(scheme, section) for pattern, scheme in self.codes)


@lru_cache(maxsize=1)
def allowed() -> Allowed:
    """Read what may be published."""
    reviewed = yaml.load((_FOLDER / "reviewed.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    phrases: dict[str, list[tuple[str, ...]]] = {}
    for phrase in reviewed["phrases"]:
        pieces = tuple(str(phrase).split())
        phrases.setdefault(pieces[0], []).append(pieces)
    schemes = load_lexicon().statutes.schemes.values()
    return Allowed(
        words=frozenset((_FOLDER / "words.txt").read_text(encoding="ascii").split()),
        phrases={first: tuple(sorted(found, key=len, reverse=True)) for first, found in phrases.items()},
        signs=frozenset(reviewed["signs"]),
        bare=frozenset(section for scheme in schemes for section in _bare(scheme)),
        numbers=frozenset(number for scheme in schemes for number in _numbers(scheme)) | {"661", "664"},
        codes=tuple((re.compile("|".join(scheme.names)), scheme) for scheme in schemes),
    )


def code_pattern() -> str:
    """Give a regular expression of every name of a code of law, longest first."""
    names = {name for scheme in load_lexicon().statutes.schemes.values() for name in scheme.names}
    return "|".join(sorted(names, key=lambda name: (-len(name), name)))


def _bare(scheme: SchemeData) -> list[str]:
    found = list(scheme.bare)
    for bounds in scheme.bare_ranges:
        low, high = bounds.split("-")
        found += [str(number) for number in range(int(low), int(high) + 1)]
    return found


def _numbers(scheme: SchemeData) -> list[str]:
    """List the whole numbers that a section of a code can begin with."""
    found = [
        match[0]
        for table in (scheme.bare, scheme.stated, scheme.prefixes)
        for key in table
        if (match := re.match(r"\d+", key))
    ]
    for bounds in (*scheme.ranges, *scheme.bare_ranges):
        low, high = bounds.split("-")
        found += [str(number) for number in range(int(low), int(high) + 1)]
    # A prefix without a dot stands for every number that begins with it.
    found += [f"{prefix}{tail}" for prefix in scheme.prefixes if prefix.isdigit() for tail in _TAILS]
    return found


def _known(scheme: SchemeData, section: str) -> bool:
    plain = section.replace(" ", "")
    stem = plain.split("(")[0]
    if any(one in table for table in (scheme.bare, scheme.stated) for one in (plain, stem)):
        return True
    pieces = _PIECES.match(plain)
    if pieces is None:
        return False
    number = int(pieces[1])
    for table in (scheme.ranges, scheme.bare_ranges):
        for bounds in table:
            low, high = bounds.split("-")
            if int(low) <= number <= int(high):
                return True
    return any(plain.startswith(prefix) and _AFTER_PREFIX.fullmatch(plain[len(prefix) :]) for prefix in scheme.prefixes)
