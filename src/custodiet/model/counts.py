"""Counts with their noun: the one place that tells "1 page" from "2 pages"."""

from __future__ import annotations

import re
from typing import Final

# Words that end the noun phrase behind a number: what follows them keeps its form.
_PREPOSITIONS: Final = ("of", "in", "on", "by", "to", "at", "from", "with", "without", "among")
_VERBS: Final = {"are": "is", "were": "was", "have": "has", "do": "does"}
_ENDS: Final = frozenset(
    (*_PREPOSITIONS, *_VERBS, "that", "who", "whose", "which", "seen", "marked", "state", "fall", "ask", "name")
)
_WORD: Final = re.compile(r"[A-Za-z-]+")


# Nouns of counts in sentences that say what was read with doubt, and verbs that stand right behind them.
_NOUNS: Final = (
    "rows", "cells", "records", "pages", "entries", "columns", "lines", "tables", "sheets", "texts", "characters",
    "organisations", "files", "bytes", "shares", "searches", "statements", "numbers", "names", "labels",
)  # fmt: skip
_AFTER: Final = _VERBS | {
    "hold": "holds", "state": "states", "name": "names", "share": "shares", "give": "gives", "repeat": "repeats",
    "stand": "stands", "lack": "lacks", "need": "needs",
}  # fmt: skip
_PLACES: Final = ("row", "page", "sheet", "line", "column", "table", "record", "cell")
_ONE_OF: Final = re.compile(
    "".join(rf"(?<!\b{place} )" for place in _PLACES)
    + rf"(?<![\w.,:+-])1 (?P<noun>(?:[a-z]+ )?(?:{'|'.join(_NOUNS)}))\b"
    + rf"(?P<of> of [a-z_]+)?(?P<verb> (?:{'|'.join(_AFTER)})\b)?"
)


def counted(n: int, one: str, many: str = "") -> str:
    """Write a count with its noun: ``1 page``, ``2 pages``, ``1,000 searches``.

    Args:
        n: The count.
        one: The noun for one.
        many: The noun for several; ``one`` with an s when left out.
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def singular(phrase: str) -> str:
    """Turn the noun phrase at the start of a text into its form for one, up to the first preposition or verb.

    Made for the phrases that rules put behind a number: "private campuses, railroads or hospitals",
    "recipients that are not public". A verb right behind "that" follows its noun.
    """
    words = list(_WORD.finditer(phrase))
    made, place = [], 0
    for position, word in enumerate(words):
        if word[0] in _ENDS:
            following = words[position + 1] if position + 1 < len(words) else None
            if word[0] in ("that", "which") and following and following[0] in _VERBS:
                made += [phrase[place : following.start()], _VERBS[following[0]]]
                place = following.end()
            break
        made += [phrase[place : word.start()], _one(word[0])]
        place = word.end()
    return "".join(made) + phrase[place:]


def agreed(sentence: str) -> str:
    """Write "1 row does not fit" where a sentence was put together as "1 rows do not fit"."""

    def one(match: re.Match[str]) -> str:
        verb = f" {_AFTER[match['verb'].strip()]}" if match["verb"] else ""
        return f"1 {singular(match['noun'])}{match['of'] or ''}{verb}"

    return _ONE_OF.sub(one, sentence)


# Verbs of the sentences that rules make, beside those above.
_OF_RULES: Final = _AFTER | {
    "ask": "asks", "carry": "carries", "fall": "falls", "leave": "leaves", "link": "links", "point": "points",
    "return": "returns", "say": "says", "show": "shows", "speak": "speaks",
}  # fmt: skip
_ANY_VERB: Final = rf"(?:{'|'.join(_OF_RULES)})\b"
_RULE_VERB: Final = re.compile(rf"(?<!{{)\b{_ANY_VERB}")
_JOINED_VERB: Final = re.compile(rf"(?:(?<=\band )|(?<=\bnor )|(?<=\bor )){_ANY_VERB}")
_BRACKET: Final = re.compile(r"(?: \([^)]*\))? ")
_COUNTED: Final = "{n}"
_SUBJECT: Final = "{subject}"


def agreeing_with_one(template: str) -> str:
    """Turn the verbs of a rule's sentence, of which ``{n}`` is the grammatical subject, into their form for one.

    The verb is the first behind ``{n}`` and its bracket, or, where the sentence begins with ``{n}``, the first behind
    ``{subject}``: words before it can look like verbs ("by other state or local agencies").
    """
    start = template.find(_COUNTED) + len(_COUNTED)
    if template.startswith(_COUNTED):
        start = template.find(_SUBJECT) + len(_SUBJECT) if _SUBJECT in template else start
        verb = _RULE_VERB.search(template, start)
    else:
        beside = _BRACKET.match(template, start)
        verb = _RULE_VERB.match(template, beside.end()) if beside else None
    if start < len(_COUNTED) or verb is None:
        return template
    rest = _JOINED_VERB.sub(lambda found: _OF_RULES[found[0]], template[verb.end() :])
    return template[: verb.start()] + _OF_RULES[verb[0]] + rest


def _one(word: str) -> str:
    if not word.endswith("s") or word.endswith("ss"):
        return word
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-2] if word.endswith(("ches", "shes", "sses", "xes", "uses")) else word[:-1]
