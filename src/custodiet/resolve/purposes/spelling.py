"""Mend misspelt words of the lexicon at edit distance one (a swap of neighbours counts as one).

Only words of six letters or more are mended, only towards a listed word, never
towards a sensitive one, and never away from a word that is spelled right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from custodiet.resolve.purposes.lexicon import Lexicon, lexicon_words
from custodiet.resolve.purposes.normalise import Folded

_WORD: Final = re.compile(r"[a-z]{6,24}")
_BLOCK: Final = 20_000


class Speller:
    """Know which distinct words of a batch are misspelt, and for what."""

    def __init__(self, lexicon: Lexicon) -> None:
        words = lexicon.words
        self._targets = sorted(word for word in words.spelling if len(word) >= 5)
        self._known = lexicon_words() | set(words.spelled_right) | set(words.places)

    def mend(self, texts: Iterable[str]) -> dict[str, str]:
        """Give misspelt word to right word for all words of the folded texts."""
        seen: set[str] = set()
        for text in texts:
            seen.update(_WORD.findall(text))
        candidates = sorted(word for word in seen if word not in self._known and not self._is_form(word))
        mended: dict[str, str] = {}
        for first in range(0, len(candidates), _BLOCK):
            block = candidates[first : first + _BLOCK]
            distances = process.cdist(block, self._targets, scorer=OSA.distance, score_cutoff=1, dtype=np.uint8)
            near = distances <= 1
            for row in np.flatnonzero(near.sum(axis=1) == 1):
                target = self._targets[int(near[row].argmax())]
                if block[row][0] == target[0] or block[row][1:] != target[1:]:
                    mended[block[row]] = target
        return mended

    def _is_form(self, word: str) -> bool:
        return any(word.endswith(end) and word.removesuffix(end) in self._known for end in ("s", "d", "r"))


def apply_mends(folded: Folded, mended: dict[str, str]) -> Folded:
    """Put the right words in place; spans still lead to the words as written."""
    if not mended:
        return folded
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    old_starts = folded.starts or tuple(range(len(folded.text)))
    old_ends = folded.ends or tuple(range(1, len(folded.text) + 1))
    done = 0
    for match in _WORD.finditer(folded.text):
        right = mended.get(match[0])
        if right is None:
            continue
        start, end = match.span()
        pieces += [folded.text[done:start], right]
        starts += [*old_starts[done:start], *[old_starts[start]] * len(right)]
        ends += [*old_ends[done:start], *[old_ends[end - 1]] * len(right)]
        done = end
    if not done:
        return folded
    pieces.append(folded.text[done:])
    starts += old_starts[done:]
    ends += old_ends[done:]
    return Folded("".join(pieces), tuple(starts), tuple(ends), folded.cut)
