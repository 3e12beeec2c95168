"""Tell the state of a cell: its value, or why there is none.

Rules look at the state first, so the doubtful case goes to the side that holds
nothing against anyone: a run of glyphs is a mask, never a blank. In the plate
column ``*`` beside letters is what the searcher typed (a wildcard), not a mask.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from importlib import resources
from typing import Final, NamedTuple

import yaml

from custodiet.model.terms import CellState

MASK_GLYPHS: Final = "*#█▓▒░■▇▆▅●•⬛◼\u2014"
_INVISIBLE: Final = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f"))
_WRAPPING: Final = "[](){}<>\"' \t\r\n"
_ONLY_GLYPHS: Final = re.compile(rf"[{re.escape(MASK_GLYPHS)}\s]+")
_GLYPH_RUN: Final = re.compile(r"\*{2,}|#{3,}|[█▓▒░■▇▆▅●⬛◼]+|\u2014{2,}|(?<![A-Za-z])[xX]{4,}(?![A-Za-z])")
_NO_ALPHANUMERIC: Final = re.compile(r"[\W_]+")
_KEYBOARD: Final = re.compile(r"(?:x{1,}|z{3,}|\?+|0+)", re.IGNORECASE)
_SECTION: Final = re.compile(r"(?:\b(?:sections?|secs?|chapters?|ch|codes?|statutes?|stats?)\.? ?|§+ ?)\d[\w.()-]*")
# Nobody is called so and no plate reads so; in a reason it is what somebody typed to get past the field.
_CROSSED_OUT: Final = re.compile(r"[xX]{4,}(?:[ -]?[xX]+)*")
_INITIAL: Final = re.compile(r"[. ]*[^\W\d_]\.")
# What tools put in place of what they hide: [PLATE], <NAME>, {address}.
_TAG: Final = (
    r"[\[<{(](?:masked|hidden|removed|(?:license[ _])?plate|name|person|phone|address|dob|vin|ssn|email)"
    r"(?:[ _]?(?:\d+|number|redacted))?[\]>})]"
)
_EXEMPT_UNDER: Final = re.compile(
    r"(?i)\b(?:exempt(?:ed|ion)?\s*"
    r"(?:-|:|under|per|by|pursuant to|from (?:public )?(?:disclosure|release) (?:under|per))"
    r"|pursuant to|under|per)(?=\W|$)"
)

# What can be anything but a plain value; everything else is `value` without a closer look.
_DOUBTFUL_SHAPES: Final = (
    r"^.{0,3}$|^[^\pL\pN]*$|\*|#|█|▓|▒|░|■|▇|▆|▅|●|•|⬛|◼|\x{2014}|^[\Wxz0]+$|xxxx|[\])>}]"
    r"|[\x{00AD}\x{200B}-\x{200F}\x{2060}\x{FEFF}]"
)


class _Words(NamedTuple):
    masks: frozenset[str]
    companions: frozenset[str]
    placeholders: frozenset[str]
    by_column: dict[str, frozenset[str]]
    grounds: re.Pattern[str]
    mask_word: re.Pattern[str]
    soft: re.Pattern[str]
    hints: tuple[str, ...]


@lru_cache(maxsize=1)
def _words() -> _Words:
    text = resources.files("custodiet").joinpath("data/cells/states.yaml").read_text(encoding="utf-8")
    data = yaml.safe_load(text)
    ground = "|".join(f"(?:{item['pattern']})" for item in data["withheld_grounds"])
    joined = r"\s*(?:,|;|/|-|&|and|to|through|or)?\s*"
    return _Words(
        frozenset(data["mask_words"]),
        frozenset(word.strip() for line in data["mask_companions"] for word in str(line).split(",")),
        frozenset(data["placeholders"]),
        {column: frozenset(values) for column, values in data["placeholders_by_column"].items()},
        re.compile(rf"(?:{ground})(?:{joined}(?:{ground}))*(?:\s*et\.?\s*seq\.?)?", re.IGNORECASE),
        re.compile(rf"\b(?:{'|'.join(data['redaction_words'])})\b|{_TAG}", re.IGNORECASE),
        re.compile(rf"{_soft(data)}.*", re.IGNORECASE),
        tuple(
            dict.fromkeys(
                [*data["redaction_words"], rf"^\W*{_soft(data)}", *(item["hint"] for item in data["withheld_grounds"])]
            )
        ),
    )


@lru_cache(maxsize=1)
def doubtful_pattern() -> str:
    """Write the pattern (RE2) of all texts that can be anything but a plain value.

    The engine evaluates it on whole columns, so that :func:`cell_state` looks at few texts.
    """
    words = _words()
    whole = sorted(words.masks | words.placeholders | frozenset().union(*words.by_column.values()))
    # Blanks may stand doubled and around strokes; signs may stand around the word.
    spelled = (
        r"\s*".join(re.escape(part) for part in re.split(r"\s*(?=/)|(?<=/)\s*|\s+", word) if part) for word in whole
    )
    return rf"(?i){_DOUBTFUL_SHAPES}|^\W*(?:{'|'.join(spelled)})\W*$|{'|'.join(words.hints)}"


def cell_state(text: str | None, column: str = "") -> CellState:
    """Tell the state of one cell.

    Args:
        text: The cell as released; None where the row has no such cell.
        column: Canonical column; ``plate`` reads ``*`` as a wildcard, others know
            placeholders of their own.

    Returns:
        Any state but ``not-exported``, which is a property of a whole column.
    """
    if text is None:
        return CellState.BLANK
    bare = unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).strip() if not text.isascii() else text.strip()
    if not bare:
        return CellState.BLANK
    words = _words()
    inner = bare.strip(_WRAPPING)
    if inner and _ONLY_GLYPHS.fullmatch(inner):
        # One * or # is what a person types to get past the field; a mask is longer.
        return CellState.PLACEHOLDER if inner in {"*", "#", "\u2014"} else CellState.MASKED
    folded = _folded(bare)
    if folded in words.masks or _is_all_redaction(folded, words):
        return CellState.MASKED
    if _is_ground(bare, words):
        return CellState.WITHHELD
    if folded in words.placeholders or folded in words.by_column.get(column, frozenset()):
        return CellState.PLACEHOLDER
    if column == "user" and _INITIAL.fullmatch(bare):
        # A name that the export cut to its first letter; a letter alone is a key stroke.
        return CellState.VALUE
    if column in ("user", "plate") and _CROSSED_OUT.fullmatch(bare):
        return CellState.MASKED
    if _NO_ALPHANUMERIC.fullmatch(bare) or len(folded) <= 1 or _KEYBOARD.fullmatch(re.sub(r"[\s/-]", "", folded)):
        return CellState.PLACEHOLDER
    if column == "plate":
        return CellState.PARTIAL if words.mask_word.search(bare) or "█" in bare else CellState.VALUE
    if _GLYPH_RUN.search(bare) or words.mask_word.search(bare):
        return CellState.PARTIAL
    return CellState.VALUE


def _folded(bare: str) -> str:
    """Write a cell as the word lists do: without case, brackets and doubled blanks."""
    folded = bare.casefold().replace("\\", "/").strip(_WRAPPING + "_-.:")
    return re.sub(r"\s*/\s*", "/", " ".join(folded.split()))


def _is_all_redaction(folded: str, words: _Words) -> bool:
    """Tell a cell that says that it was redacted, by whom or why, and nothing else."""
    if words.soft.fullmatch(folded):
        rest = re.findall(r"\w+", folded.split(" by ")[-1] if " by " in folded else " ".join(folded.split()[1:]))
        return all(word in words.companions for word in rest)
    if not words.mask_word.search(folded):
        return False
    rest = re.findall(r"\w+", _SECTION.sub(" ", words.mask_word.sub(" ", folded)))
    return all(word in words.companions for word in rest)


def _soft(data: dict[str, list[str]]) -> str:
    return rf"(?:{'|'.join(data['soft_redactions'])}) (?:{'|'.join(data['soft_reasons'])})\b"


def _is_ground(bare: str, words: _Words) -> bool:
    if words.grounds.fullmatch(bare):
        return True
    rest = _EXEMPT_UNDER.sub(" ", words.mask_word.sub(" ", bare))
    rest = " ".join(rest.strip(" \t\r\n[]{}:;,.-/*#█\u2013\u2014").split())
    return bool(rest) and bool(words.grounds.fullmatch(rest) or words.grounds.fullmatch(rest.strip("()")))
