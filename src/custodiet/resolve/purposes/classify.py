"""Label stated reasons, offence values and text prompts with purposes, and say why.

Deterministic: lexicon, statutes and shapes decide; every label carries the span
it was read from and the entry that read it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from custodiet.resolve.purposes.codes import Section, Statutes, case_number_spans, mask_numbers
from custodiet.resolve.purposes.lexicon import lexicon_words, load_lexicon
from custodiet.resolve.purposes.matcher import Hit, Matcher
from custodiet.resolve.purposes.normalise import MAX_LENGTH, Folded, fold
from custodiet.resolve.purposes.shapes import Shapes
from custodiet.resolve.purposes.spelling import Speller, apply_mends

TextField = Literal["reason", "offense", "prompt"]

_VAGUE: Final = "offense.other"
_SENSITIVE: Final = ("immigration.", "assist.", "protected.", "civil.")
_LETTER_OR_DIGIT: Final = re.compile(r"[a-z0-9]")
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp", "Mn", "Me"})
_STREET: Final = re.compile(r" {1,2}(?:st|street|ave|avenue|rd|road|ln|lane|blvd|dr|drive|hwy|pkwy|way|trail)(?![a-z])")


@dataclass(frozen=True, slots=True)
class Match:
    """Say which words gave a label, by which entry.

    Attributes:
        label: The purpose label.
        start: Index of the first character in the text.
        end: Index after the last character.
        span: ``text[start:end]``.
        entry: File and id of the lexicon entry, section of law, or rule of shape.
        confidence: 0 to 1.
    """

    label: str
    start: int
    end: int
    span: str
    entry: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Purposes:
    """Hold the labels of one text, sorted, and the matches behind them.

    Attributes:
        text: The text as given.
        labels: At least one label.
        matches: At least one match for each label.
        cut: Only the beginning of a very long text was read.
    """

    text: str
    labels: tuple[str, ...]
    matches: tuple[Match, ...]
    cut: bool = False


def classify_texts(texts: Sequence[str], *, field: TextField = "reason") -> list[Purposes]:
    """Label texts.

    Args:
        texts: One stated reason, offence value or prompt each; duplicates are worked out again.
        field: Which of the three; a prompt is never taken for a person's name.

    Returns:
        One result per text, in the same order.
    """
    classifier = _classifier()
    folded = [fold(text) for text in texts]
    mended = classifier.speller.mend(one.text for one in folded)
    return [classifier.classify(text, apply_mends(one, mended), field) for text, one in zip(texts, folded, strict=True)]


def single(text: str, label: str, entry: str, *, cut: bool = False) -> Purposes:
    """Give a whole text one label that follows from its cell state or its lack of letters."""
    return Purposes(text, (label,), (Match(label, 0, len(text), text, entry, 1.0),), cut)


class Classifier:
    """Hold the compiled lexicon."""

    def __init__(self) -> None:
        lexicon = load_lexicon()
        self.speller = Speller(lexicon)
        self._matcher = Matcher(lexicon.entries)
        self._statutes = Statutes(lexicon.statutes)
        self._sensitive = frozenset(
            entry.id for entry in lexicon.entries if any(label.startswith(_SENSITIVE) for label in entry.labels)
        )
        self._shapes = Shapes(lexicon.words, lexicon_words())

    def classify(self, text: str, folded: Folded, field: TextField) -> Purposes:
        """Label one text that was folded and whose spelling was mended."""
        if not folded.text.strip():
            return self._without_letters(text, folded)
        cases = case_number_spans(folded.text)
        masked = mask_numbers(folded.text, cases)
        if cases and not _LETTER_OR_DIGIT.search(masked) and not self._shapes.hidden(text, folded.text):
            return single(text, "insufficient.case-number", "shape/case-number", cut=folded.cut)
        hits = self._matcher.hits(masked)
        sections = self._statutes.find(masked)
        stated = self._stated(masked, hits, sections)
        if stated:
            matches = tuple(_match(text, folded, *one) for one in stated)
        else:
            label, confidence, entry = self._unstated(text, folded.text, masked, len(cases), field)
            matches = (Match(label, 0, len(text), text, entry, confidence),)
        labels = tuple(sorted({match.label for match in matches}))
        return Purposes(text, labels, matches, folded.cut)

    def _without_letters(self, text: str, folded: Folded) -> Purposes:
        if self._shapes.hidden(text[:MAX_LENGTH], folded.text):
            return single(text, "insufficient.redacted", "shape/redacted", cut=folded.cut)
        if any(unicodedata.category(character) not in _INVISIBLE for character in text[:MAX_LENGTH]):
            return single(text, "insufficient.placeholder", "shape/placeholder", cut=folded.cut)
        return single(text, "insufficient.blank", "shape/blank", cut=folded.cut)

    def _stated(self, masked: str, hits: list[Hit], sections: list[Section]) -> list[tuple[str, int, int, str, float]]:
        if not hits and not sections:
            return []
        hits = [hit for hit in hits if not (hit.entry.id in self._sensitive and _STREET.match(masked, hit.end))]
        hits = [hit for hit in hits if not hit.entry.alone or self._alone(masked, hit, hits, sections)]
        if sections:
            sections, hits = _without_inner(sections, hits)
        stated = [
            (label, hit.start, hit.end, hit.entry.id, hit.entry.confidence)
            for hit in hits
            for label in hit.entry.labels
        ]
        stated += [(label, one.start, one.end, one.entry, one.confidence) for one in sections for label in one.labels]
        return _without_vague(sorted(stated, key=lambda one: (one[1], one[2], one[0], one[3])))

    def _alone(self, masked: str, hit: Hit, hits: list[Hit], sections: list[Section]) -> bool:
        if sections:
            return False
        rest = masked[: hit.start] + " " + masked[hit.end :]
        for other in hits:
            if other is hit:
                continue
            if not all(label.startswith(_SENSITIVE) for label in other.entry.labels):
                return False
            rest = rest.replace(masked[other.start : other.end], " ")
        return self._shapes.census(rest).says_nothing_else

    def _unstated(
        self, text: str, folded: str, masked: str, n_case_numbers: int, field: TextField
    ) -> tuple[str, float, str]:
        if self._shapes.hidden(text[:MAX_LENGTH], folded):
            return "insufficient.redacted", 0.95, "shape/redacted"
        if self._shapes.placeholder(folded):
            return "insufficient.placeholder", 0.95, "shape/placeholder"
        if self._shapes.plate(folded):
            return "insufficient.case-number", 0.5, "shape/plate"
        label, confidence = self._shapes.judge(self._shapes.census(masked), n_case_numbers, names=field == "reason")
        return label, confidence, f"shape/{label.rpartition('.')[2]}"


def _without_vague(
    stated: list[tuple[str, int, int, str, float]],
) -> list[tuple[str, int, int, str, float]]:
    """Drop what a more exact label says better: "felony theft", "assist FBI"."""
    labels = {one[0] for one in stated}
    dropped: set[str] = set()
    if any(label.startswith("offense.") and label != _VAGUE for label in labels) or "person.wanted" in labels:
        dropped.add(_VAGUE)
    if "assist.federal" in labels:
        dropped.add("assist.local")
    return [one for one in stated if one[0] not in dropped]


def _without_inner(sections: list[Section], hits: list[Hit]) -> tuple[list[Section], list[Hit]]:
    """Leave out sections inside a longer hit, then hits inside a longer section."""
    sections = [one for one in sections if not any(hit.entry.hides and _inside(one, hit) for hit in hits)]
    return sections, [hit for hit in hits if not any(_inside(hit, one) for one in sections)]


def _inside(inner: Hit | Section, outer: Hit | Section) -> bool:
    return (
        outer.start <= inner.start and inner.end <= outer.end and (outer.end - outer.start) > (inner.end - inner.start)
    )


def _match(text: str, folded: Folded, label: str, start: int, end: int, entry: str, confidence: float) -> Match:
    first, last = folded.original_span(start, end)
    return Match(label, first, last, text[first:last], entry, confidence)


@lru_cache(maxsize=1)
def _classifier() -> Classifier:
    return Classifier()
