"""What a cell looks like, and under which labels such a cell cannot stand.

Two degrees are told apart. A *misfit* is certain: a period of time under
"Total Networks Searched". Only a row with a misfit is ever looked at again. An
*oddity* is likely only: prose under "Case #". It never marks a row; it only
helps to choose between ways of repairing one.

The patterns are in the subset of syntax that Python and RE2 share, so that an
engine can find the rows with misfits by the same rule.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from custodiet.intake.formats import ColumnKind


class CellType(StrEnum):
    """Name what a cell looks like."""

    BLANK = "blank"
    MASK = "mask"
    DASHES = "dashes"
    UUID = "uuid"
    TIME = "time"
    TIME_RANGE = "time-range"
    DATE = "date"
    CLOCK = "time-of-day"
    INTEGER = "integer"
    NUMBER = "number"
    VERDICT = "verdict"
    SEARCH_WORD = "search-word"
    PLACEHOLDER = "placeholder"
    ORG = "org"
    TOKEN = "token"  # noqa: S105 - a kind of cell, no secret
    WORD = "word"
    PROSE = "prose"
    TEXT = "text"


_GAP: Final = "[ \t\r\n\u00a0\u202f]"
_DAY: Final = (
    r"(?:\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{4}-\d{1,2}-\d{1,2}|\d{4}/\d{1,2}/\d{1,2}"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? \d{1,2},? \d{4})"
)
_HOUR: Final = rf"\d{{1,2}}:\d{{2}}(?::\d{{2}}(?:\.\d{{1,9}})?)?(?:{_GAP}?[ap]\.?m\.?)?"
_ZONE: Final = rf"(?:{_GAP}?(?:z|utc|gmt|[ecmp][sd]?t|[+-]\d{{2}}:?\d{{2}}))?"
_INSTANT: Final = rf"{_DAY}(?:,?{_GAP}{{1,2}}|t){_HOUR}{_ZONE}"
_DIVIDER: Final = rf"(?:{_GAP}*(?:\n|\r){_GAP}*|{_GAP}*(?:-|–|—|/|⏎|;){_GAP}*|{_GAP}+(?:to|through|until){_GAP}+)"
_MASKED_WORD: Final = r"(?:redact(?:ed|ion)|withheld|masked|exempt|confidential|hidden)"
_SECTION: Final = r"§* ?\d{3,5}(?:\.\d{1,3})?(?:\([a-z0-9]\)){0,3}"
_CODE: Final = r"(?:gov(?:ernment)?|civ(?:il)?|penal|evid(?:ence)?|gc|cc|pc)\.?(?: code)?"
_CITATION: Final = rf"\(?(?:{_CODE} ?{_SECTION}|{_SECTION} ?{_CODE})\)?"

_BODIES: Final[dict[CellType, str]] = {
    CellType.BLANK: "",
    CellType.UUID: r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    CellType.TIME: _INSTANT,
    CellType.TIME_RANGE: rf"(?:{_INSTANT}{_DIVIDER}{_INSTANT}|{_DAY}{_DIVIDER}{_DAY})",
    CellType.DATE: _DAY,
    CellType.CLOCK: _HOUR + _ZONE,
    CellType.INTEGER: r"(?:\d{1,12}|\d{1,3}(?:,\d{3})+)",
    CellType.NUMBER: r"-?\d{1,12}\.\d{1,12}",
    CellType.VERDICT: r"(?:allow(?:ed)?|warn(?:ed|ing)?|block(?:ed)?)",
    CellType.SEARCH_WORD: (
        r"(?:lookup|search|convoy|visual|freeform|multigeo|apilookup|apiv1|searchsummary|mostseenocrvalues)"
        rf"(?:{_GAP}-{_GAP}mobile)?"
    ),
    CellType.DASHES: r"[-–—_]{1,12}",
    CellType.MASK: (
        rf"(?:[*#█■•x×]{{3,40}}|[*#█■•](?: ?[*#█■•]){{1,20}}"
        rf"|[^a-z0-9]{{0,2}}{_MASKED_WORD}[^a-z0-9]{{0,2}}|{_CITATION})"
    ),
    CellType.PLACEHOLDER: (
        r"(?:none|n/?a|null|nan|test|unknown|unk|tbd|pending|not applicable|no case(?: number)?|[.*x?])"
    ),
}
_ORDER: Final = (
    CellType.UUID,
    CellType.TIME,
    CellType.TIME_RANGE,
    CellType.INTEGER,
    CellType.MASK,
    CellType.VERDICT,
    CellType.SEARCH_WORD,
    CellType.DATE,
    CellType.CLOCK,
    CellType.NUMBER,
    CellType.DASHES,
    CellType.PLACEHOLDER,
)


def _full(body: str) -> str:
    return rf"(?i)^{_GAP}*(?:{body}){_GAP}*$"


_COMPILED: Final = tuple((kind, re.compile(_full(_BODIES[kind]).replace("$", r"\Z"), re.ASCII)) for kind in _ORDER)
_ORG_WORD: Final = (
    r"\b(?:police|sheriff'?s?|(?-i:PD|SO|DPS)|county|city of|department|dept|marshal|patrol|university|"
    r"task force|district attorney|DA'?s office|fusion center|college|constable|school district)\b"
)
_ORG: Final = re.compile(rf"(?i){_ORG_WORD}")
_OUTER: Final = " \t\r\n\u00a0\u202f\ufeff"
_LONGEST_TYPED: Final = 90
_LONGEST_LOOK: Final = 400


def cell_type(text: str | None) -> CellType:
    """Tell what a cell looks like, from its text alone.

    Example:
        >>> cell_type("1/2/2025, 3:04:05 PM UTC"), cell_type(" allow "), cell_type("5,109")
        (<CellType.TIME: 'time'>, <CellType.VERDICT: 'verdict'>, <CellType.INTEGER: 'integer'>)
    """
    stripped = text.strip(_OUTER) if text else ""
    if not stripped:
        return CellType.BLANK
    if len(stripped) <= _LONGEST_TYPED:
        return _short_type(stripped)
    return _text_type(stripped)


@lru_cache(maxsize=65_536)
def _short_type(text: str) -> CellType:
    for kind, pattern in _COMPILED:
        if pattern.match(text):
            return kind
    return _text_type(text)


def _text_type(text: str) -> CellType:
    text = text[:_LONGEST_LOOK]
    if _ORG.search(text):
        return CellType.ORG
    has_digit = any(sign.isdigit() for sign in text)
    if not any(sign.isspace() for sign in text):
        return CellType.TOKEN if has_digit else CellType.WORD
    return CellType.TEXT if has_digit else CellType.PROSE


_FREE: Final = frozenset({CellType.ORG, CellType.TOKEN, CellType.WORD, CellType.PROSE, CellType.TEXT})
_TYPED: Final = frozenset(
    {
        CellType.UUID,
        CellType.TIME,
        CellType.TIME_RANGE,
        CellType.DATE,
        CellType.CLOCK,
        CellType.INTEGER,
        CellType.NUMBER,
        CellType.VERDICT,
        CellType.SEARCH_WORD,
    }
)
_T = CellType
_MISFITS: Final[dict[ColumnKind, frozenset[CellType]]] = {
    "uuid": frozenset({_T.TIME, _T.TIME_RANGE, _T.DATE, _T.CLOCK, _T.VERDICT, _T.SEARCH_WORD, _T.ORG}),
    "integer": (_TYPED | _FREE) - {_T.INTEGER, _T.NUMBER},
    "time": (_TYPED | _FREE) - {_T.TIME, _T.DATE, _T.NUMBER},
    "time-range": _TYPED - {_T.TIME_RANGE},
    "date": (_TYPED | _FREE) - {_T.DATE, _T.TIME, _T.INTEGER, _T.NUMBER},
    "time-of-day": (_TYPED | _FREE) - {_T.CLOCK, _T.TIME, _T.NUMBER},
    "verdict": _TYPED - {_T.VERDICT},
    "search-word": _TYPED - {_T.SEARCH_WORD},
    "org": frozenset({_T.UUID, _T.TIME, _T.TIME_RANGE, _T.DATE, _T.CLOCK, _T.VERDICT, _T.SEARCH_WORD}),
}
_OUT_OF_PLACE: Final = frozenset({_T.TIME, _T.TIME_RANGE, _T.DATE, _T.CLOCK, _T.VERDICT, _T.SEARCH_WORD})
_ODDITIES: Final[dict[ColumnKind, frozenset[CellType]]] = {
    "uuid": frozenset({_T.INTEGER, _T.NUMBER, _T.PROSE, _T.TEXT}),
    "org": frozenset({_T.NUMBER}),
    "verdict": frozenset({_T.ORG, _T.PROSE, _T.TEXT, _T.TOKEN}),
    "search-word": frozenset({_T.ORG, _T.PROSE, _T.TEXT, _T.TOKEN}),
    "time-range": frozenset({_T.ORG, _T.PROSE, _T.TOKEN, _T.WORD}),
    "plate": _OUT_OF_PLACE | {_T.UUID, _T.ORG, _T.PROSE},
    "case-number": _OUT_OF_PLACE | {_T.UUID, _T.ORG, _T.PROSE},
    "account": _OUT_OF_PLACE | {_T.ORG},
    "list": _OUT_OF_PLACE | {_T.UUID},
    "text": _OUT_OF_PLACE,
}


def is_misfit(kind: CellType, column: ColumnKind) -> bool:
    """Tell whether a cell of this look certainly stands under a wrong label."""
    return kind in _MISFITS.get(column, frozenset())


def is_odd(kind: CellType, column: ColumnKind) -> bool:
    """Tell whether a cell of this look is unlikely, or certainly wrong, under such a label."""
    return is_misfit(kind, column) or kind in _ODDITIES.get(column, frozenset())


def is_typed(kind: CellType) -> bool:
    """Tell whether a cell's look says by itself which label it belongs to."""
    return kind in _TYPED


@dataclass(frozen=True, slots=True)
class MisfitPattern:
    """Say in a regular expression which cells are misfits.

    Attributes:
        pattern: RE2 syntax, for the whole cell.
        misfit_if_matched: True: cells that match are misfits. False: cells that do not.
    """

    pattern: str
    misfit_if_matched: bool


def misfit_pattern(column: ColumnKind) -> MisfitPattern | None:
    """Give the test by which an engine finds the misfits of a column; None where nothing can misfit.

    It finds every cell that :func:`is_misfit` finds. It may find a few more (a cell longer
    than typed cells are); those are looked at and left alone.
    """
    misfits = _MISFITS.get(column)
    if not misfits:
        return None
    if misfits >= _FREE:
        fitting = [kind for kind in (_T.BLANK, *_ORDER) if kind not in misfits]
        return MisfitPattern(_full("|".join(_BODIES[kind] for kind in fitting)), False)
    bodies = [_BODIES[kind] for kind in _ORDER if kind in misfits]
    bodies += [rf"[^\x00]*{_ORG_WORD}[^\x00]*"] if CellType.ORG in misfits else []
    return MisfitPattern(_full("|".join(bodies)), True)
