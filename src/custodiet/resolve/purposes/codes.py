"""Find case numbers and sections of law in a folded text.

Case numbers come first and are masked, so that the ``459`` of ``26-459`` is no
section. A section counts with the name of its code beside it, or bare where
police everywhere read it so (California, Florida's dotted numbers).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from custodiet.resolve.purposes.lexicon import StatutesData

_YEAR: Final = r"(?:1[5-9]|2[0-9])"
_NOT_A_CODE: Final = r"(?!(?:c?vc|c?pc|hs|wi|fs|us|i|sr)[ -]?\d)(?!\d{6}(?: ?\([a-z]\))? ?c?[vp]c(?![a-z]))"
CASE_NUMBER: Final = re.compile(
    rf"(?<![a-z0-9])(?:"
    rf"(?:case|cr|inc|incident|cad|event|report|rpt|dr|ref|cfs|log|call)[ ]?(?:no|num|number|id)?[.#: -]{{0,3}}"
    rf"\d{{4,}}[-\d]*"
    rf"|[0-9a-f]{{8}}-[0-9a-f]{{4}}-[0-9a-f]{{4}}-[0-9a-f]{{4}}-[0-9a-f]{{12}}"
    rf"|{_YEAR}[-/_][a-z]{{0,4}}-?\d{{2,9}}[a-z]{{0,2}}(?:-\d+)*"
    rf"|{_YEAR}[a-z]{{1,6}}-?\d{{3,9}}"
    rf"|{_YEAR} \d{{5,9}}|2[4-9] \d{{4}}"
    rf"|20[12]\d[-/ ][a-z]{{0,4}}-?\d{{2,9}}(?:-\d+)*"
    rf"|{_NOT_A_CODE}[a-z]{{0,5}}[-#]?\d{{6,}}[a-z]{{0,3}}\d*(?:-\d+)*"
    rf"|[a-z]{{0,3}}2\d{{3,4}}[a-z]{{1,2}}-?\d{{2,6}}"
    rf"|{_NOT_A_CODE}[a-z]{{1,5}}[-#]?\d{{2}}-\d{{2,9}}"
    rf"|{_NOT_A_CODE}[a-z]{{1,4}}-\d{{5,}}"
    rf"|\d{{2,4}}[a-z]{{1,3}}-?[a-z]{{0,3}}-?\d{{4,}}[a-z]?"
    rf"|\d{{4,}}-\d{{2,}}(?:-\d+)*"
    rf"|\d{{1,3}}-\d{{5,}}(?:-\d+)*"
    rf"|#[ ]?\d{{3,}}"
    rf")(?![a-z0-9])"
)
_DIGIT: Final = re.compile(r"\d")
_LONG_NUMBER: Final = re.compile(r"(?<!\d)\d{8,12}(?!\d)")
_DATE: Final = re.compile(r"(?<![0-9])\d{1,2}([./-])\d{1,2}\1(?:20)?\d{2}(?![0-9])|(?<![0-9])\d{1,2}:\d{2}(?![0-9])")
_SECTION: Final = (
    r"\d{1,6}[a-z]?(?:[.\-/:]\d{1,6}[a-z]?)*(?: ?\([a-z0-9]{1,3}\))*(?:-?[a-z]\d?)?(?:[-/. ]?\([a-z0-9]{1,3}\))*"
)
_BARE: Final = re.compile(
    r"(?<![a-z0-9.$])(?<!\d-)(?:66[14] ?[-/] ?)?(?P<number>\d{2,5}(?:\.\d{1,4})?)"
    r"(?P<tail>(?: ?\([a-z0-9]{1,3}\))+|-?[a-z]\d?(?:\([a-z0-9]\))*"
    r"|(?:jo|jm|jr|js|ab|sus|susp|inv|auto|veh|com|res|att))?"
    r"(?![0-9a-z]|\.\d|-\d{2,})"
)
_NOT_A_SECTION_AFTER: Final = re.compile(
    r" {1,3}(?:(?:[nsew]|north|south|east|west)\.? )?(?:[a-z]{2,14} ){1,2}"
    r"(?:ave|avenue|blvd|st|street|rd|road|dr|drive|ln|lane|ct|court|pl|place|way|hwy|highway|pkwy|cir|ter)(?![a-z])"
    r"| {0,2}(?:lbs?|pounds|miles?|mph|yo|y/o|feet|ft|dollars|block|fwy|freeway|cc|hp)(?![a-z])"
)
_NOT_A_SECTION_BEFORE: Final = re.compile(
    r"(?<![a-z])(?:hwy|highway|route|rt|rte|sr|us|i|interstate|room|rm|apt|unit|suite|ste"
    r"|exit|age|mm|channel|beat|badge)[ .#-]{0,2}$"
)


@dataclass(frozen=True, slots=True)
class Section:
    """Say that a section of law stands at a span of a folded text."""

    start: int
    end: int
    labels: tuple[str, ...]
    entry: str
    confidence: float


class Statutes:
    """Look up the sections that a text names."""

    def __init__(self, data: StatutesData) -> None:
        self._schemes = data.schemes
        self._prefixes = {
            name: sorted(
                (
                    (re.compile(prefix.replace(".", r"\.")), prefix, labels)
                    for prefix, labels in scheme.prefixes.items()
                ),
                key=lambda item: -len(item[1]),
            )
            for name, scheme in data.schemes.items()
        }
        self._bare = lru_cache(maxsize=16_384)(self._bare_section)
        self._bare_sections = {
            section: (labels, name)
            for name, scheme in reversed(data.schemes.items())
            for section, labels in scheme.bare.items()
        }
        self._names = [(re.compile(rf"(?:{'|'.join(scheme.names)})"), name) for name, scheme in data.schemes.items()]
        every = sorted({name for scheme in data.schemes.values() for name in scheme.names}, key=len, reverse=True)
        either = "|".join(every)
        self._stated = re.compile(
            rf"(?<![a-z0-9])(?P<before>{either})[ .:#s-]{{0,3}}(?P<first>{_SECTION})(?![0-9a-z])"
            rf"|(?<![a-z0-9.])(?P<second>{_SECTION})[ ,.]{{0,2}}(?P<after>{either})(?![a-z0-9])"
        )

    def find(self, folded: str) -> list[Section]:
        """Give the sections named in a folded text whose case numbers are masked."""
        found: list[Section] = []
        if not _DIGIT.search(folded):
            return found
        masked = folded
        for match in self._stated.finditer(folded):
            section = match["first"] or match["second"]
            name = match["before"] or match["after"]
            hit = self._stated_section(section, name)
            if hit is not None:
                found.append(Section(match.start(), match.end(), *hit, 0.95))
                masked = _mask(masked, match.start(), match.end())
        for match in _BARE.finditer(masked):
            known = self._bare(match["number"], (match["tail"] or "").replace(" ", ""))
            if known is not None and not _is_no_section(masked, match):
                found.append(Section(match.start(), match.end(), *known, 0.85))
        return sorted(found, key=lambda one: one.start)

    def _bare_section(self, number: str, tail: str) -> tuple[tuple[str, ...], str] | None:
        for section in _candidates(number + tail, number):
            if section in self._bare_sections:
                labels, name = self._bare_sections[section]
                return labels, f"statutes/{name}/{section}"
        for name, scheme in self._schemes.items():
            ranged = _in_ranges(scheme.bare_ranges, number)
            if ranged is not None:
                return ranged[0], f"statutes/{name}/{ranged[1]}"
        return None

    def _stated_section(self, section: str, name: str) -> tuple[tuple[str, ...], str] | None:
        schemes = [scheme for pattern, scheme in self._names if pattern.fullmatch(name)]
        pieces = [section] if "il" in schemes else section.split("/")
        if pieces[0] in {"664", "661"} and len(pieces) > 1:
            pieces = pieces[1:]
        labels: list[str] = []
        entry = ""
        for piece in pieces:
            one = self._lookup(piece, schemes)
            if one is None:
                return None
            labels += one[0]
            entry = entry or one[1]
        return tuple(dict.fromkeys(labels)), entry

    def _lookup(self, piece: str, schemes: list[str]) -> tuple[tuple[str, ...], str] | None:
        compact = piece.replace(" ", "")
        number = re.match(r"\d+[a-z]?(?:\.\d+)*", compact)
        plain = number[0] if number else compact
        for name in schemes:
            scheme = self._schemes[name]
            for candidate in _candidates(compact, plain):
                if candidate in scheme.bare:
                    return scheme.bare[candidate], f"statutes/{name}/{candidate}"
                if candidate in scheme.stated:
                    return scheme.stated[candidate], f"statutes/{name}/{candidate}"
            for pattern, prefix, labels in self._prefixes[name]:
                if pattern.match(compact):
                    return labels, f"statutes/{name}/{prefix}"
            ranged = _in_ranges({**scheme.bare_ranges, **scheme.ranges}, plain)
            if ranged is not None:
                return ranged[0], f"statutes/{name}/{ranged[1]}"
        scheme = self._schemes[schemes[0]]
        digits = re.sub(r"\D.*", "", plain)
        if scheme.otherwise and (len(digits) >= 3 or len(compact) >= 4):
            return scheme.otherwise, f"statutes/{schemes[0]}/otherwise"
        return None


def _candidates(full: str, plain: str) -> list[str]:
    """Give the spellings of a section to look up, the most exact first."""
    dashless = full.replace("-", "")
    lettered = re.sub(r"[()]", "", dashless)
    out = [full, dashless, lettered]
    subdivided = re.match(r"\d+(?:\.\d+)?(?:\(?[a-z]\)?)?", dashless)
    if subdivided:
        out += [subdivided[0], re.sub(r"[()]", "", subdivided[0])]
    undotted = re.match(r"\d+(?:\.\d+)?", plain)
    if undotted:
        out += [undotted[0], undotted[0].split(".")[0]]
    return list(dict.fromkeys(out))


def _in_ranges(ranges: dict[str, tuple[str, ...]], plain: str) -> tuple[tuple[str, ...], str] | None:
    number = re.match(r"\d+", plain)
    if number is None:
        return None
    for bounds, labels in ranges.items():
        low, high = bounds.split("-")
        if int(low) <= int(number[0]) <= int(high):
            return labels, bounds
    return None


def _is_no_section(folded: str, match: re.Match[str]) -> bool:
    before = folded[max(0, match.start() - 14) : match.start()]
    return bool(_NOT_A_SECTION_AFTER.match(folded, match.end()) or _NOT_A_SECTION_BEFORE.search(before))


def case_number_spans(folded: str) -> list[tuple[int, int]]:
    """Give the spans that have the shape of a case, incident or dispatch number."""
    if not _DIGIT.search(folded):
        return []
    spans = [match.span() for match in CASE_NUMBER.finditer(folded)]
    return spans or [match.span() for match in _LONG_NUMBER.finditer(folded)]


def mask_numbers(folded: str, spans: list[tuple[int, int]]) -> str:
    """Blank case numbers, dates and times."""
    for start, end in spans:
        folded = _mask(folded, start, end)
    if any(mark in folded for mark in ".:/-"):
        folded = _DATE.sub(lambda match: " " * len(match[0]), folded)
    return folded


def _mask(folded: str, start: int, end: int) -> str:
    return folded[:start] + " " * (end - start) + folded[end:]
