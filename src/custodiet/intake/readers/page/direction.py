"""Decide whether a heading names who reaches the page's data (out) or whose data it reaches (in).

Confusing the two would turn a source into a recipient. A heading is therefore
reduced to who stands where around the verb, and is left undecided whenever the
wording allows both readings or names an organisation other than the page's own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from custodiet.intake.readers.page.vocabulary import US_STATES, plain, word_set

_SYMBOLS: Final = {
    "O": "organizations organisations organization organisation orgs agencies departments networks partners"
    " entities parties jurisdictions customers institutions they them others agencies' counties cities neighbors",
    "S": "we us me i i'm im ourselves we're you yourself",
    "P": "our my your",
    "T": "that who which whom",
    "SH": "share shares contribute contributes",
    "SHG": "sharing contributing",
    "SHD": "shared",
    "RC": "receive receives receiving get gets obtain obtains",
    "RCD": "received",
    "RCP": "recipients recipient",
    "AC": "access accessing",
    "ACV": "accesses",
    "USE": "search view query see use",
    "CAN": "can may able could allowed permitted authorized authorised entitled",
    "GD": "granted given provided approved",
    "GA": "granting giving providing grants gives provides allows allowing grant give provide allow",
    "HV": "have has having had",
    "BE": "been were are is being am was",
    "WITH": "with",
    "BY": "by",
    "FROM": "from",
    "TO": "to",
    "TH": "their theirs whose",
    "AV": "available accessible",
    "d": "data network alpr lpr camera cameras information detections detection reads plate plates records"
    " feed feeds devices images license video system systems platform",
    "OUT": "outbound outgoing",
    "IN": "inbound incoming",
    "NEG": "not never no cannot don't doesn't isn't aren't without except excluding denied refused prohibited",
    "BOTH": "mutual mutually reciprocal reciprocally bidirectional two-way exchange exchanges exchanged"
    " exchanging partnered interagency",
    "TXT": "policy policies restriction restrictions agreement agreements guideline guidelines procedure"
    " procedures manual request requests faq statement why how when rules mou mous",
    "HL": "hotlist hotlists hot-list hot-lists hot",
}
_SYMBOL_OF: Final = {word: symbol for symbol, words in _SYMBOLS.items() for word in words.split()}
_ABOUT: Final = frozenset(["SH", "SHG", "SHD", "RC", "RCD", "RCP", "AC", "ACV", "USE", "OUT", "IN", "AV", "BOTH"])

_D = r"(?:TH |P |d )*"
_X = r"(?:T |HV |BE |CAN )*"
_OWN = r"(?:S d |P d |S |P |d )"
_OUT: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:^| )S {_X}(?:SH|SHG|SHD) (?!BY )",
        rf"^(?:GD |BE |HV |S d |P d |d |T )*(?:SH|SHG|SHD) {_D}WITH (?:O |$)",
        rf"^O (?:BE )?SHD {_D}WITH $",
        rf"(?:^| )(?:O (?:T )?|T )(?:WITH |HV |BE )*(?:WITH d )?AC (?:TO )?{_OWN}*(?:BY S )?$",
        rf"(?:^| )O (?:T )?(?:HV )?BE GD AC (?:TO )?{_OWN}*(?:BY S )?$",
        rf"(?:^| )O GD AC (?:TO )?{_OWN}*(?:BY S )?$",
        rf"(?:^| )(?:O (?:T )?|T )(?:BE )?CAN (?:TO )?(?:AC|USE) {_OWN}*$",
        rf"(?:^| )O (?:TO )?(?:T )?S (?:HV )?(?:GD|GA) AC (?:TO )?{_OWN}*$",
        rf"(?:^| )S {_X}(?:GA|GD) (?:AC )?TO $",
        rf"(?:^| )O (?:T )?{_X}(?:RC|RCD) (?:{_D}FROM S |S d |P d |d )",
        r"(?:^| )RCP ",
        r"(?:^| )(?:AC|AV) BY O ",
        r"(?:^| )AC GD TO (?:O |$)",
        r"^(?:O )?(?:WITH|TO) T (?:BE )?(?:S )?(?:d )*(?:BE )?SHD (?:TO |WITH )?$",
        r"^(?:d )+(?:BE )?SHD TO (?:O )?$",
        r"(?:^| )AV TO O ",
        r"(?:^| )SHD BY S ",
        r"(?:^| )OUT ",
    )
)
_IN: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:^| )(?:SH|SHG|SHD) {_D}(?:WITH|TO) (?:S|P) ",
        rf"^(?:T )?(?:d )*(?:RC|RCD) {_D}FROM (?!S )",
        rf"(?:^| )S {_X}(?:RC|RCD) ",
        r"(?:^| )S (?:T |BE )*(?:HV |WITH |CAN |TO )+(?:AC|USE) ",
        r"(?:^| )S ACV ",
        r"(?:^| )S (?:HV )?BE GD AC ",
        r"(?:^| )O (?:T )?(?:HV )?(?:GA|GD) S AC ",
        r"(?:^| )O (?:T )?GA AC TO S ",
        r"(?:^| )O (?:T HV|T|HV) GD AC TO S ",
        r"(?:^| )AC GD (?:TO S|BY O) ",
        r"(?:^| )AV TO S ",
        r"(?:^| )SHD (?:BY|FROM) O ",
        rf"(?:^| )O (?:T )?GA {_D}TO S ",
        r"(?:^| )(?:SH|SHG) TH (?:d )+$",
        r"^(?:d )+FROM O $",
        r"^(?:d )+(?:BE )?SHD FROM (?:O )?$",
        r"^AC (?:RCD|RC) FROM (?:O )?$",
        r"(?:^| )AC TO TH (?:d )*$",
        r"(?:^| )IN ",
    )
)
_GENERIC: Final = frozenset(
    [
        "pd",
        "so",
        "sd",
        "police",
        "department",
        "dept",
        "city",
        "town",
        "of",
        "sheriff",
        "sheriffs",
        "sheriff's",
        "office",
        "s",
        "agency",
        "village",
        "organization",
        "organisation",
        "division",
        "bureau",
        "the",
        "this",
    ]
)
_TOKEN = re.compile(r"[A-Za-z0-9&]+(?:['-][A-Za-z0-9]+)*'?")
_NONE_MARK = re.compile(r"^\s*none\s*[:\-\u2013\u2014.]\s*|\s*[:\-\u2013\u2014(]\s*none\s*[).]?\s*$", re.IGNORECASE)
_COUNT = re.compile(r"[(\[]\s*(\d[\d,]{0,14})\s*(?:agencies|organizations|total)?\s*[)\]]", re.IGNORECASE)
_FIRST_SENTENCE = re.compile(r"(?<=[a-z)]{2})\.\s+(?=[A-Z])")
MAX_HEADING: Final = 600


@dataclass(frozen=True, slots=True)
class Verdict:
    """State what a heading says about sharing.

    Attributes:
        direction: ``out``, ``in``, or None where it is open.
        about_sharing: The heading speaks of sharing or access at all.
        stated_none: The heading itself says that there is none ("… - NONE").
        stated_count: Number in brackets within the heading.
        never_list: The heading announces a text (policy, restriction), no list.
    """

    direction: str | None = None
    about_sharing: bool = False
    stated_none: bool = False
    stated_count: int | None = None
    never_list: bool = False


def direction_of(heading: str, producer: str | None) -> Verdict:
    """Decide the direction of a sharing list from its heading.

    Args:
        heading: Heading or describing sentence as on the page.
        producer: The page's own organisation; None where the page does not name it
            (then any name in the heading is taken for it).

    Returns:
        The verdict; ``direction`` is None whenever two readings are possible.

    Example:
        >>> direction_of("Agencies NCRIC Shares With", "NCRIC").direction
        'out'
        >>> direction_of("Organizations sharing their data with NCRIC", "NCRIC").direction
        'in'
    """
    return _decide(plain(heading[:MAX_HEADING]), producer[:MAX_HEADING] if producer else None)


@lru_cache(maxsize=4096)
def _decide(text: str, producer: str | None) -> Verdict:
    stated_none = bool(_NONE_MARK.search(text))
    text = _NONE_MARK.sub("", text)
    counted = _COUNT.search(text)
    count = int(counted.group(1).replace(",", "")) if counted else None
    text = _COUNT.sub(" ", text)
    symbols = _symbols(_FIRST_SENTENCE.split(text)[0], producer)
    about = bool(_ABOUT.intersection(symbols)) or ("d" in symbols and bool({"GA", "FROM"}.intersection(symbols)))
    if not about:
        return Verdict(stated_none=stated_none, stated_count=count)
    if "TXT" in symbols:
        return Verdict(None, True, stated_none, count, never_list=True)
    if stated_none:
        symbols = [symbol for symbol in symbols if symbol != "NEG"]
    direction = None if {"NEG", "BOTH", "HL"}.intersection(symbols) else _match(symbols)
    return Verdict(direction, True, stated_none, count)


def _match(symbols: list[str]) -> str | None:
    if {"SH", "SHG", "SHD"}.intersection(symbols) and {"RC", "RCD"}.intersection(symbols):
        return None
    line = " ".join(symbols) + " "
    out = any(pattern.search(line) for pattern in _OUT)
    into = any(pattern.search(line) for pattern in _IN)
    if out == into:
        return None
    return "out" if out else "in"


def without_sharing_words(text: str) -> str:
    """Leave out of a heading what speaks of sharing: what remains can be the name of the organisation itself."""
    kept = [
        token.removesuffix("'s").removesuffix("'")
        for token in _TOKEN.findall(plain(text[:MAX_HEADING]))
        if token in US_STATES or _SYMBOL_OF.get(token.lower().rstrip("'")) in {None, "TH"}
    ]
    return " ".join(token for token in kept if token.lower() not in {"external", "outside", "list", "lists", "report"})


def _symbols(text: str, producer: str | None) -> list[str]:
    found: list[str] = []
    name: list[str] = []
    for token in _TOKEN.findall(text):
        word = token.lower().rstrip("'")
        symbol = _symbol(token, word)
        if symbol is not None:
            _close(found, name, producer, before=symbol)
            found.append(symbol)
        elif word in {"the", "this"} or _is_part_of_name(token, word):
            name.append(token)
    _close(found, name, producer, before="")
    return _networks_of_self(found)


def _symbol(token: str, word: str) -> str | None:
    symbol = _SYMBOL_OF.get(word)
    if symbol in {"S", "O"} and token in US_STATES:
        return None
    if symbol is None and word.endswith("'s") and _SYMBOL_OF.get(word[:-2]) == "O":
        return "O"
    return symbol


def _is_part_of_name(token: str, word: str) -> bool:
    if word in {"department", "agency", "city", "county"}:
        return True
    return word not in word_set("neutral_words") and not (token.islower() and len(word) > 2)


def _close(found: list[str], name: list[str], producer: str | None, *, before: str) -> None:
    """Turn the name read so far into a symbol: own, foreign, or a mere adjective of ``before``."""
    words = [token for token in name if token.lower() not in {"the", "this"}]
    has_article = len(words) < len(name)
    name.clear()
    if not words:
        return
    own_kind = has_article or found[-1:] == ["P"]
    if _is_own(words, producer) if _distinctive(words) else own_kind:
        found.append("S")
    elif before != "O":
        found.append("N")


def _networks_of_self(symbols: list[str]) -> list[str]:
    """Read "the networks of the page's own agency" as its data, not as other organisations."""
    return [
        "d" if symbol == "O" and index and symbols[index - 1] == "S" and "TO" in symbols[:index] else symbol
        for index, symbol in enumerate(symbols)
    ]


def _distinctive(tokens: list[str]) -> frozenset[str]:
    return frozenset(
        token.lower().removesuffix("'s") for token in tokens if token not in US_STATES and token.lower() not in _GENERIC
    )


def _is_own(name: list[str], producer: str | None) -> bool:
    if producer is None:
        return True
    own_tokens = _TOKEN.findall(plain(producer))
    here, own = _distinctive(name), _distinctive(own_tokens)
    if len(name) == 1 and name[0].removesuffix("'s").upper() in _acronyms(own_tokens):
        return True
    return bool(own) and (here <= own or (own <= here and "county" not in here - own))


def _acronyms(tokens: list[str]) -> frozenset[str]:
    kept = [token for token in tokens if token not in US_STATES and token.lower() not in {"of", "the", "and"}]
    letters = [token if token in {"PD", "SO", "SD", "DA"} else token[0] for token in kept]
    plain_form = "".join(letters).upper()
    spelled = {"".join(token[0] for token in kept).upper(), plain_form}
    return frozenset(spelled | {token.upper() for token in tokens if len(token) > 2 and token.isupper()})
