"""Fold a text to plain lower-case ASCII of which every character knows its place in the original.

The folded text is what the lexicon is matched on. It is pure ASCII, so that one
character is one byte for the set matcher; a letter of another script becomes
:data:`OTHER_LETTER`, which no term contains and which counts as a letter.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

OTHER_LETTER: Final = "\x7f"
MAX_LENGTH: Final = 4096

_CONTROL: Final = str.maketrans({**{chr(code): " " for code in range(32)}, OTHER_LETTER: " "})
_FOREIGN_LIKE_LATIN: Final = {
    **dict(zip("авекмнорстухіјѕԁһցӏԛԝєпг", "abekmhopctyxijsdhglqwenr", strict=True)),
    **dict(zip("αβεηικνορτυχγ", "abeniknoptuxy", strict=True)),
}
_PUNCTUATION: Final = {
    **dict.fromkeys("‘’‛ʼ`´′", "'"),
    **dict.fromkeys("“”„″«»", '"'),
    **dict.fromkeys("‐‑‒–—―−﹣－", "-"),
    "§": "s",
    "⁄": "/",
}
_SPLIT_WORD: Final = re.compile(r"_+(?=[a-z](?![a-z0-9]))|(?<![a-z0-9])_+|_+(?![a-z0-9])")


@dataclass(frozen=True, slots=True)
class Folded:
    """Hold a folded text and, for each of its characters, the place in the original.

    Attributes:
        text: Lower-case ASCII.
        starts: Index in the original of each character; None when the two are in step.
        ends: Index after the original character; None when the two are in step.
        cut: The original was longer than ``MAX_LENGTH`` and its end was not read.
    """

    text: str
    starts: tuple[int, ...] | None = None
    ends: tuple[int, ...] | None = None
    cut: bool = False

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Translate a span of the folded text, at least one character long, to the original."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


def fold(text: str) -> Folded:
    """Fold a text: NFKC, case, look-alike letters, accents, invisible marks.

    An underscore that tears a word apart (``bol_o``) or leads it (``_susp``), as
    some exports put it, goes without leaving a gap; any other one parts words.
    """
    cut = len(text) > MAX_LENGTH
    if cut:
        text = text[:MAX_LENGTH]
    if text.isascii():
        folded = text.lower().translate(_CONTROL)
        if "_" not in folded:
            return Folded(folded, cut=cut)
        characters, places = list(folded), list(range(len(folded)))
    else:
        characters, places = [], []
        for place, character in enumerate(text):
            for piece in _fold_character(character):
                characters.append(piece)
                places.append(place)
    return _without_torn_words("".join(characters), places, cut=cut)


def _without_torn_words(folded: str, places: list[int], *, cut: bool) -> Folded:
    if "_" in folded:
        torn = [match.span() for match in _SPLIT_WORD.finditer(folded)]
        gone = {index for start, end in torn for index in range(start, end)}
        kept = [index for index in range(len(folded)) if index not in gone]
        places = [places[index] for index in kept]
        folded = "".join(folded[index] for index in kept).replace("_", " ")
    return Folded(folded, tuple(places), tuple(place + 1 for place in places), cut)


@lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    if character in _PUNCTUATION:
        return _PUNCTUATION[character]
    if unicodedata.category(character) in {"Cf", "Mn", "Me"}:
        return ""
    pieces = []
    for piece in unicodedata.normalize("NFKD", character.casefold()).casefold():
        category = unicodedata.category(piece)
        if category in {"Cf", "Mn", "Me"}:
            continue
        if piece in _FOREIGN_LIKE_LATIN:
            pieces.append(_FOREIGN_LIKE_LATIN[piece])
        elif piece.isascii():
            pieces.append(piece.translate(_CONTROL))
        elif category.startswith("N") and unicodedata.digit(piece, None) is not None:
            pieces.append(str(unicodedata.digit(piece)))
        else:
            pieces.append(OTHER_LETTER if category.startswith(("L", "N")) else " ")
    return "".join(pieces)
