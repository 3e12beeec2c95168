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
_ONLY_GLYPHS: Final = re.compile(rf"[{re.escape(MASK_GLYPHS)}\s]+")
_GLYPH_RUN: Final = re.compile(r"\*{2,}|#{3,}|[█▓▒░■▇▆▅●⬛◼]+|\u2014{2,}")
_NO_ALPHANUMERIC: Final = re.compile(r"[\W_]+")
_KEYBOARD: Final = re.compile(r"(?:x{1,}|z{3,}|\?+|0+)", re.IGNORECASE)

# What can be anything but a plain value; everything else is `value` without a closer look. The engine
# evaluates this (RE2 syntax) on whole columns; test_states.py checks that it lets no special cell pass.
DOUBTFUL_PATTERN: Final = (
    r"(?i)^.{0,3}$|^[^\pL\pN]*$|\*|#|█|▓|▒|░|■|▇|▆|▅|●|•|⬛|◼|\x{2014}|redact|mask|hidden|remov|withh|confid|"
    r"suppres|obscur|sanitiz|blacked|none|n/a|n\.a|null|nil|nan|tbd|tba|blank|undefined|applicable|available|"
    r"unknown|unk|pending|no case|nocase|assigned|user|noplate|no plate|^[xz0?]+$|exempt|privileg|foia|u\.?s\.?c|552|"
    r"79[23]\d|62[5-7]\d|1798|119\.07|316\.0777|42\.56|ilcs|ors|149\.43|2\.2-37|minn|47:1a|50-18-72|24-72-|\(b\)"
    r"|[\x{00AD}\x{200B}-\x{200F}\x{2060}\x{FEFF}]"
)


class _Words(NamedTuple):
    masks: frozenset[str]
    placeholders: frozenset[str]
    by_column: dict[str, frozenset[str]]
    grounds: re.Pattern[str]
    mask_word: re.Pattern[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    text = resources.files("custodiet").joinpath("data/cells/states.yaml").read_text(encoding="utf-8")
    data = yaml.safe_load(text)
    ground = "|".join(f"(?:{item['pattern']})" for item in data["withheld_grounds"])
    words = sorted(data["mask_words"], key=len, reverse=True)
    return _Words(
        frozenset(words),
        frozenset(data["placeholders"]),
        {column: frozenset(values) for column, values in data["placeholders_by_column"].items()},
        re.compile(rf"(?:{ground})(?:\s*(?:,|;|/|and|&)?\s*(?:{ground}))*", re.IGNORECASE),
        re.compile(r"\b(?:redacted|redact|withheld|masked)\b", re.IGNORECASE),
    )


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
    folded = bare.casefold().strip("[](){}<>\"' \t\r\n_-.:")
    if _ONLY_GLYPHS.fullmatch(bare):
        # One * or # is what a person types to get past the field; a mask is longer.
        return CellState.PLACEHOLDER if bare in {"*", "#", "\u2014"} else CellState.MASKED
    if folded in words.masks:
        return CellState.MASKED
    if _is_ground(bare, words):
        return CellState.WITHHELD
    if folded in words.placeholders or folded in words.by_column.get(column, frozenset()):
        return CellState.PLACEHOLDER
    if _NO_ALPHANUMERIC.fullmatch(bare) or len(folded) <= 1 or _KEYBOARD.fullmatch(folded):
        return CellState.PLACEHOLDER
    if column == "plate":
        return CellState.PARTIAL if _has_mask_word(bare, words) or "█" in bare else CellState.VALUE
    if _GLYPH_RUN.search(bare) or _has_mask_word(bare, words):
        return CellState.PARTIAL
    return CellState.VALUE


def _has_mask_word(bare: str, words: _Words) -> bool:
    return bool(words.mask_word.search(bare))


def _is_ground(bare: str, words: _Words) -> bool:
    rest = words.mask_word.sub(" ", bare)
    rest = re.sub(r"(?i)\b(?:exempt(?:ed)?\s+(?:under|per|by|pursuant to)|pursuant to|under|per)\b", " ", rest)
    rest = rest.strip(" \t\r\n[]{}:;,.-/*#█")
    return bool(rest) and bool(words.grounds.fullmatch(rest) or words.grounds.fullmatch(rest.strip("()")))
