"""Find the lexicon entries in folded texts: one pass for which, a second for where.

All entries are one google-re2 set, so that the cost of a text does not grow
with the lexicon and no text can make it backtrack.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import re2

from custodiet.model.errors import PackError
from custodiet.resolve.purposes.lexicon import Entry

_MEMORY: Final = 512 << 20
_MOST_SPANS: Final = 8  # of one entry in one text: more add nothing, and cost time on hostile text
_SHORTEST_TERM: Final = 2
_REMEMBERED: Final = 32_768


@dataclass(frozen=True, slots=True)
class Hit:
    """Say that an entry stands at a span of a folded text."""

    start: int
    end: int
    entry: Entry


class Matcher:
    """Match all entries at once."""

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        self._entries = entries
        options = re2.Options()
        options.max_mem = _MEMORY
        options.longest_match = True
        options.encoding = re2.Options.Encoding.LATIN1
        self._set = re2.Set.SearchSet(options)
        self._patterns = []
        for entry in entries:
            encoded = entry.pattern.encode("ascii")
            try:
                self._set.Add(encoded)
                self._patterns.append(re2.compile(encoded, options))
            except re2.error as error:
                raise PackError(f"A term of {entry.id} is no pattern: {error}.", where=entry.id) from None
        self._set.Compile()
        self._remembered = lru_cache(maxsize=_REMEMBERED)(self._find)

    def hits(self, folded: str) -> list[Hit]:
        """Give the entries found, by place; one that lies inside a longer one is left out."""
        return list(self._remembered(folded))

    def _find(self, folded: str) -> tuple[Hit, ...]:
        encoded = folded.encode("ascii")
        found = self._set.Match(encoded)
        if not found:
            return ()
        hits: list[Hit] = []
        for index in found:
            entry, pattern = self._entries[index], self._patterns[index]
            position = 0
            for _ in range(_MOST_SPANS):
                match = pattern.search(encoded, position)
                if match is None:
                    break
                start, position = match.span(1)
                hits.append(Hit(start, position, entry))
                if len(encoded) - position < _SHORTEST_TERM:
                    break
        return tuple(outermost(hits))


def outermost(hits: list[Hit]) -> list[Hit]:
    """Leave out hits inside a longer one, and those that an entry without labels refuses.

    An entry without labels says what a phrase is not (``black ice``); it refuses
    what it touches of its own file only. A missed label is the smaller harm.
    """
    refusals = [hit for hit in hits if not hit.entry.labels]
    labelled = [hit for hit in hits if hit.entry.labels and not any(_refuses(refusal, hit) for refusal in refusals)]
    labelled.sort(key=lambda hit: (hit.start, -hit.end, hit.entry.id))
    kept: list[Hit] = []
    reach, first = -1, -1
    for hit in labelled:
        if not hit.entry.hides:
            kept.append(hit)
            continue
        if hit.end > reach:
            reach, first = hit.end, hit.start
        elif (hit.start, hit.end) != (first, reach):
            continue
        kept.append(hit)
    return kept


def _refuses(refusal: Hit, hit: Hit) -> bool:
    return refusal.entry.file == hit.entry.file and refusal.start < hit.end and hit.start < refusal.end
