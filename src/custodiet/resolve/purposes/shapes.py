"""Say why a text without a stated purpose states none: hidden, placeholder, number, generic, name, unknown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA

from custodiet.resolve.purposes.lexicon import WordsData

_HIDDEN: Final = re.compile(r"[*#█■▇▓▒░]{2,}|(?:[*#] ){1,}[*#]")
_HIDDEN_WORDS: Final = re.compile(
    r"(?<![a-z])(?:redacted|redact|redaction|withheld|exempt|withheld per|masked|confidential)(?![a-z])"
    r"|(?<!\d)7923\.6\d\d|(?<!\d)6254(?![\d])|1798\.90\.5\d|119\.071|(?<!\d)552\.108|7922\.000"
    r"|\[b\]\[\d\]|\(b\)\(\d\)"
)
_TOKEN: Final = re.compile(r"\d+(?:st|nd|rd|th)(?![a-z])|[a-z\x7f]+(?:'[a-z]+)*|\d+(?:[.-]\d+)*")
_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "poiuytrewq", "lkjhgfdsa", "mnbvcxz", "1234567890")
_PLATE: Final = re.compile(
    r"(?:plate |lp |tag )?(?:\d[a-z]{3}\d{3}|\d[a-z]\d{5}|\d{5}[a-z]\d|[a-z]{3}-?\d{4})(?: [a-z]{2})?"
)
_REMEMBERED: Final = 65_536
_SHORT_NUMBER: Final = 4
_INVESTIGATION: Final = re.compile(
    r"i[mn]v[a-z]{0,3}|i[mn]?v[est]{1,4}[a-z]*|in(?:ev|e)st[a-z]*|i?nvest[a-z]*|investi?[a-z]*"
)
_NOT_INVESTIGATION: Final = (
    "inven",
    "invit",
    "invas",
    "invad",
    "invalid",
    "investor",
    "investment",
    "involv",
    "invoic",
)
_SUSPECT: Final = re.compile(r"sus(?:p|v|s|c|pect|pic)?[a-z]{0,3}(?:v|ve|vh|veh|cir|circ|per|pers|sub)?")
_VEHICLE: Final = re.compile(r"ve(?:h|i)[a-z]{0,6}")
_LONG_POLICE_WORDS: Final = (
    "investigation",
    "investigate",
    "suspicious",
    "enforcement",
    "surveillance",
    "intelligence",
)


@dataclass(frozen=True, slots=True)
class Census:
    """Count what kinds of words a text has outside its matches.

    Attributes:
        generic: Words of police work as such.
        filler: Words that say nothing by themselves.
        places: Street suffixes.
        other: Words that are none of these.
        numbers: Numbers that are neither case number nor known section.
    """

    generic: tuple[str, ...]
    filler: tuple[str, ...]
    places: tuple[str, ...]
    other: tuple[str, ...]
    numbers: tuple[str, ...]

    @property
    def says_nothing_else(self) -> bool:
        """Tell whether only generic words and fillers are there."""
        return not self.other and not self.places


class Shapes:
    """Judge texts that no entry of the lexicon explains."""

    def __init__(self, words: WordsData, known: frozenset[str]) -> None:
        self._known = known
        self._generic = frozenset(words.generic)
        self._filler = frozenset(words.filler)
        self._places = frozenset(words.places)
        self._placeholder = frozenset(words.placeholder)
        self._call_types = frozenset(words.call_types)
        self._kind = lru_cache(maxsize=_REMEMBERED)(self._kind_of)

    def census(self, folded: str) -> Census:
        """Sort the words of a folded text whose matches and case numbers are masked."""
        kinds: dict[str, list[str]] = {"generic": [], "filler": [], "places": [], "other": [], "numbers": []}
        for token in _TOKEN.findall(folded):
            kinds[self._kind(token)].append(token)
        return Census(**{kind: tuple(tokens) for kind, tokens in kinds.items()})

    def _kind_of(self, token: str) -> str:
        if token[0].isdigit():
            if token in self._places or token[-1].isalpha():
                return "places"
            return "generic" if token in self._generic else "numbers"
        word = token.removesuffix("'s").replace("'", "")
        if word in self._generic or _is_form_of_police_work(word) or self._is_compound(word):
            return "generic"
        if word in self._filler or len(word) == 1:
            return "filler"
        return "places" if word in self._places else "other"

    def _is_compound(self, word: str) -> bool:
        return 6 <= len(word) <= 30 and any(
            word[:cut] in self._generic and word[cut:] in self._generic for cut in range(3, len(word) - 2)
        )

    def hidden(self, text: str, folded: str) -> bool:
        """Tell whether the text was hidden before release."""
        return bool(_HIDDEN.search(text) or _HIDDEN_WORDS.search(folded))

    def placeholder(self, folded: str) -> bool:
        """Tell whether the whole text stands for nothing: a sign, a letter, a mash of keys."""
        plain = " ".join(re.sub(r"[^a-z0-9\x7f/]+", " ", folded).split())
        if plain in self._placeholder or len(plain.replace("/", "")) <= 1 or len(set(plain) - {" "}) == 1:
            return True
        return " " not in plain and len(plain) >= 4 and is_mash(plain)

    def plate(self, folded: str) -> bool:
        """Tell whether the whole text has the shape of one licence plate (of the commonest kinds)."""
        return bool(_PLATE.fullmatch(folded.strip()))

    def judge(self, census: Census, n_case_numbers: int, *, names: bool) -> tuple[str, float]:
        """Give the label of a text without purpose, and how sure it is."""
        if census.other or census.places:
            return self._judge_words(census, n_case_numbers, names=names)
        if n_case_numbers and self._call_types.intersection(census.generic):
            return "insufficient.generic", 0.6
        if n_case_numbers and not any(len(number) >= 3 for number in census.numbers):
            return "insufficient.case-number", 0.9
        if census.numbers:
            return _judge_numbers(census)
        return "insufficient.generic", 0.8 if census.generic else 0.5

    def _judge_words(self, census: Census, n_case_numbers: int, *, names: bool) -> tuple[str, float]:
        words = (*census.other, *census.places)
        if names and len(words) <= (5 if census.places else 3) and self._look_like_a_name(census, n_case_numbers):
            return "insufficient.name", 0.5
        if n_case_numbers and len(words) == 1 and len(words[0]) <= 3:
            return "insufficient.case-number", 0.6
        return "unknown", 0.5

    def _look_like_a_name(self, census: Census, n_case_numbers: int) -> bool:
        """Tell a name from a word nobody knows: it stands beside police words, numbers or a second name."""
        if census.places:
            return bool(census.other or census.numbers or census.generic or len("".join(census.places)) > 3)
        long_words = [word for word in census.other if _could_be_name(word)]
        if any(word in self._known for word in long_words):
            return False
        if len(long_words) < len(census.other) and any(len(word) < 3 for word in census.other):
            return False
        beside = bool(census.generic or n_case_numbers) and not census.numbers
        return bool(long_words) and (beside or (len(census.other) > 1 and not census.numbers))


def is_mash(word: str) -> bool:
    """Tell whether a word looks like a hand on the keyboard."""
    if any(word[index : index + 4] in row for row in _ROWS for index in range(len(word) - 3)) and word.isalpha():
        return True
    return word.isalpha() and len(word) >= 6 and not re.search(r"[aeiouy\x7f]", word)


def _is_form_of_police_work(word: str) -> bool:
    """Tell whether a word is a clipped or misspelt "investigation" or "suspicious"."""
    if _INVESTIGATION.fullmatch(word) and not word.startswith(_NOT_INVESTIGATION):
        return True
    if _SUSPECT.fullmatch(word) or _VEHICLE.fullmatch(word):
        return True
    return len(word) >= 8 and any(
        OSA.distance(word, target, score_cutoff=3) <= (3 if len(target) > 11 else 2) for target in _LONG_POLICE_WORDS
    )


def _could_be_name(word: str) -> bool:
    plain = word.removesuffix("'s")
    return len(plain) >= 4 and plain.isalpha() and plain.isascii() and bool(re.search(r"[aeiouy]", plain))


def _judge_numbers(census: Census) -> tuple[str, float]:
    digits = "".join(census.numbers)
    plain = re.sub(r"\D", "", digits)
    if len(plain) > _SHORT_NUMBER and not re.match(r"1[01]-?\d", digits) and len(census.numbers) == 1:
        return "insufficient.case-number", 0.6
    if plain.startswith("00") or (plain.startswith("0") and len(plain) >= _SHORT_NUMBER):
        return "insufficient.case-number", 0.6
    if len(census.generic) > 1:
        return "insufficient.generic", 0.6
    return "unknown", 0.6
