"""Free text as it may be seen by anyone: allow-listed words pass, all else becomes ``[…]``.

No attempt is made to *detect* names: what is not on the list is masked, whatever it is. Spans
that identify somebody (see ``shapes``) are masked first, so that the words in them go too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

from custodiet.privacy.shapes import HALVES, IDENTIFYING, PLATES
from custodiet.privacy.words import Allowed, allowed, code_pattern
from custodiet.resolve.purposes.normalise import MAX_LENGTH, fold

MASK: Final = "[…]"
_KEPT: Final = "\x01"
_GONE: Final = "\x02"
_SIGNS: Final = frozenset(" .,;:/&-()'\"+?!%*#[]")
_GLYPHS: Final = re.compile(r"[\s*#█■▇▓▒░\[\]().,;:/!?'\"&%+-]*")
_SECTION: Final = r"\d{1,5}(?:\.\d{1,5})?[a-z]?(?![a-z0-9])(?: ?\([a-z0-9]{1,2}\)){0,3}"
_GLUED_SECTION: Final = r"\d{1,5}(?:\.\d{1,5})?(?:\([a-z0-9]{1,2}\)){0,3}"
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)*[a-z]?(?:\([a-z0-9]{1,2}\))*")
_TOKEN: Final = re.compile(
    r"(?P<kept>\x01+)|(?P<gone>\x02+)"
    r"|(?P<number>\d+(?:\.\d+)*[a-z]?(?![a-z0-9\x7f])(?:\([a-z0-9]{1,2}\))*)"
    r"|(?P<word>[a-z0-9\x7f]+(?:'[a-z0-9\x7f]+)*)"
    r"|(?P<gap>[^a-z0-9\x7f\x01\x02]+)"
)
_DOTTED: Final = re.compile(
    r"(?<![a-z0-9.\x7f])(?<!\d[-/:#])(?P<stem>\d{2,4}\.\d{1,5}[a-z]?)(?:\([a-z0-9]{1,2}\)){0,4}(?![a-z0-9\x7f]|[-./:#]\d)"
)
_ANY_NUMBER: Final = re.compile(r"(?<![0-9.(])[0-9]{3,}(?![0-9.(])")
_PLAIN: Final = re.compile(r"[A-Za-z]{2,}(?: [A-Za-z]{2,})*")
_MIXED: Final = re.compile(r"[a-z\x7f]\d|\d[a-z\x7f]|\d{5}")
_ATTEMPT: Final = frozenset({"661", "664"})
_WITH_KIND: Final = re.compile(r"\d{3,5}[a-z]")
_BESIDE_DIGITS: Final = re.compile(r"[\d\x02][-./:#]{1,2}$")
_DIGITS_FOLLOW: Final = re.compile(r"[-./:#]{1,2}[\d\x02]")


def outward_text(text: str) -> str:
    """Return a text with everything masked that is not on the list of words."""
    return outward_texts([text])[0]


def outward_texts(texts: Sequence[str]) -> list[str]:
    """Return texts masked, in their order; give each distinct text once for speed."""
    cleaner = _Cleaner.shared()
    known: dict[str, str] = {}
    result = []
    for text in texts:
        # Texts that differ only in numbers that no section of law has are masked alike.
        plain = _ANY_NUMBER.sub(cleaner.without_number, text)
        shown = known.get(plain)
        if shown is None:
            shown = known[plain] = cleaner.clean(plain)
        result.append(shown)
    return result


def outward_json(objects: Sequence[str]) -> list[str]:
    """Return JSON with every text in it masked, headings too; what is no JSON is masked as a text."""
    return [_outward_json(text) for text in objects]


def _outward_json(text: str) -> str:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return outward_text(text)
    return json.dumps(_outward_value(value), ensure_ascii=False)


def _outward_value(value: Any) -> Any:
    if isinstance(value, str):
        return outward_text(value)
    if isinstance(value, list):
        return [_outward_value(item) for item in value]
    if not isinstance(value, dict):
        return value
    told: dict[str, Any] = {}
    for heading, item in value.items():
        name = shown = outward_text(heading)
        # Two headings that are masked alike stay two.
        while name in told:
            name = f"{shown} ({len(told)})"
        told[name] = _outward_value(item)
    return told


def identifies(text: str) -> bool:
    """Tell whether a text holds a span shaped like a plate, date, number of a document, phone, e-mail or address."""
    return _Cleaner.shared().identifies(text)


class _Cleaner:
    """Hold the compiled list."""

    def __init__(self, listed: Allowed) -> None:
        self._listed = listed
        code = code_pattern()
        self._stated = re.compile(
            rf"(?<![a-z0-9\x7f])(?P<before>{code})[ .:#s-]{{0,3}}(?P<first>{_SECTION})(?![a-z0-9\x7f])"
            rf"|(?<![a-z0-9\x7f])(?P<second>{_SECTION}|{_GLUED_SECTION})[ ,.]{{0,2}}(?P<after>{code})(?![a-z0-9\x7f])"
        )
        self._sign = re.compile(
            r"(?<![a-z0-9\x7f])(?:"
            + "|".join(re.escape(sign) for sign in sorted(listed.signs, key=len, reverse=True))
            + r")(?![a-z0-9\x7f])"
        )

        self._beginnings = frozenset(listed.phrases)

    @staticmethod
    @lru_cache(maxsize=1)
    def shared() -> _Cleaner:
        return _Cleaner(allowed())

    def without_number(self, match: re.Match[str]) -> str:
        """Write a number that is no section of any law as zeros of the same length."""
        return match[0] if match[0] in self._listed.numbers else "0" * len(match[0])

    def clean(self, text: str) -> str:
        if len(text) < MAX_LENGTH and _PLAIN.fullmatch(text):
            words = text.split(" ")
            lower = [word.lower() for word in words]
            if self._beginnings.isdisjoint(lower):
                return _plain_words(words, [self._listed.is_word(word) for word in lower])
        if _GLYPHS.fullmatch(text):
            return " ".join(text.split())
        folded = fold(text)
        shown = text if text.isascii() and folded.starts is None else folded.text
        marked = self._mark(folded.text)
        result = _written(list(self._pieces(marked, shown)))
        return f"{result} {MASK}" if folded.cut and not result.endswith(MASK) else result

    def identifies(self, text: str) -> bool:
        folded = fold(text)
        marked = self._mark(folded.text)
        return folded.cut or _GONE in marked or any(_MIXED.search(token) for token in marked.split())

    def _mark(self, folded: str) -> str:
        """Write kept sections and signs as one sign, identifying spans as another; lengths stay."""
        marked = folded
        if any(character.isdigit() for character in folded):
            marked = self._stated.sub(self._keep_section, marked)
            marked = _DOTTED.sub(self._keep_dotted, marked)
        if not self._listed.signs.isdisjoint(folded.split()):
            marked = self._sign.sub(lambda match: _KEPT * len(match[0]), marked)
        marked = IDENTIFYING.sub(self._mask_identifying, marked)
        for halves in HALVES:
            marked = halves.sub(self._mask_halves, marked)
        for plate in PLATES:
            marked = plate.sub(self._mask_plate, marked)
        return marked

    def _keep_section(self, match: re.Match[str]) -> str:
        section, code = match["first"] or match["second"], match["before"] or match["after"]
        alone = not _BESIDE_DIGITS.search(match.string, 0, match.start()) and not _DIGITS_FOLLOW.match(
            match.string, match.end()
        )
        known = alone and self._listed.is_section_of(code, section)
        return _KEPT * len(match[0]) if known else match[0]

    def _keep_dotted(self, match: re.Match[str]) -> str:
        return _KEPT * len(match[0]) if self._listed.is_bare_section(match["stem"]) else match[0]

    def _mask_identifying(self, match: re.Match[str]) -> str:
        numbers = re.split(r"[/ ]+", match[0].strip())
        # 664 and 661 stand before the section that was attempted ("664/459").
        tried = numbers[1:] if numbers[0] in _ATTEMPT and len(numbers) > 1 else numbers
        if "/" in match[0] and all(self._is_known(number) for number in tried):
            return match[0]
        return _GONE * len(match[0])

    def _is_known(self, number: str) -> bool:
        if not _NUMBER.fullmatch(number):
            return False
        # Police write the kind of an offence behind its section: 459v is a burglary of a vehicle.
        bare = number[:-1] if _WITH_KIND.fullmatch(number) else number
        return any(self._listed.is_bare_section(one) for one in (number, bare)) or number in _ATTEMPT

    def _mask_halves(self, match: re.Match[str]) -> str:
        """Keep a listed word and a section that a blank parts; anything else could be two halves of a plate."""
        pieces = match[0].split(" ")
        if len(pieces) > 1:
            word, number = pieces[0], pieces[-1]
            if self._listed.is_word(word) and (self._is_known(number) or (len(number) == 1 and number.isdigit())):
                return match[0]
            if self._is_known(word) and self._is_known(number):
                return match[0]
        return _GONE * len(match[0])

    def _mask_plate(self, match: re.Match[str]) -> str:
        letters, digits, ends = match["letters"], match["digits"], match["ends"]
        known = self._listed.is_bare_section(digits)
        if self._listed.is_word(letters):
            if not ends and (len(digits) == 1 or known):
                return match[0]
            if known and self._listed.is_word(ends.strip(" -") if ends else ""):
                return match[0]
        return _GONE * len(match[0])

    def _pieces(self, marked: str, shown: str) -> Iterator[tuple[bool, str]]:
        """Give (may be published, text) in order, gaps included."""
        tokens = list(_TOKEN.finditer(marked))
        index = 0
        while index < len(tokens):
            match = tokens[index]
            if match["gap"]:
                yield True, _gap(shown[match.start() : match.end()])
            elif match["kept"]:
                yield True, shown[match.start() : match.end()]
            elif match["number"]:
                yield self._number(match), shown[match.start() : match.end()]
            elif match["word"]:
                length = self._phrase(tokens, index)
                if length:
                    yield True, shown[match.start() : tokens[index + length - 1].end()]
                    index += length
                    continue
                yield self._word(match[0]), shown[match.start() : match.end()]
            else:
                yield False, ""
            index += 1

    def _word(self, word: str) -> bool:
        return word == "a" or self._listed.is_word(word)

    def _number(self, match: re.Match[str]) -> bool:
        if not self._is_known(match[0]):
            return False
        # A section in a chain counts only when the whole chain is sections ("459/487").
        before, after = match.string[: match.start()], match.string[match.end() :]
        chain = re.search(r"[\w.]+[-/.:#]+$", before), re.match(r"[-/.:#]+[\w.]+", after)
        return all(
            link is None or not re.search(r"\d|\x02", link[0]) or self._is_known(link[0].strip("-/.:#"))
            for link in chain
        )

    def _phrase(self, tokens: list[re.Match[str]], index: int) -> int:
        """Return how many tokens a listed phrase takes from here; 0 when none begins here."""
        for phrase in self._listed.phrases.get(tokens[index][0], ()):
            taken = tokens[index : index + 2 * len(phrase) - 1]
            if [token[0].strip() for token in taken[::2]] == list(phrase) and all(
                token[0].strip() in ("", "-") for token in taken[1::2]
            ):
                return len(taken)
        return 0


def _plain_words(words: Sequence[str], pass_: Sequence[bool]) -> str:
    """Join words that only blanks part; neighbours that are masked become one mask."""
    out: list[str] = []
    for word, passes in zip(words, pass_, strict=True):
        if passes:
            out.append(word)
        elif not out or out[-1] != MASK:
            out.append(MASK)
    return " ".join(out)


def _gap(text: str) -> str:
    return "".join(character if character in _SIGNS else " " for character in text)


def _written(pieces: list[tuple[bool, str]]) -> str:
    """Join pieces; neighbours that are masked become one mask, so that their number is not told."""
    out: list[str] = []
    waiting = ""
    for passes, text in pieces:
        is_gap = passes and not any(character.isalnum() for character in text)
        if is_gap:
            waiting += text
            continue
        if passes:
            out.append(waiting + text)
        elif not (out and out[-1].endswith(MASK)):
            out.append(waiting + MASK)
        waiting = ""
    return " ".join(("".join(out) + waiting).split()).replace(f"[{MASK}]", MASK)
