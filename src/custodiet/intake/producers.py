"""Tell whose log, list or page a disclosure is, and of which day.

In the order of trust: what the user says (``--producer``, a receipt), what the
table itself says, the title that the document carries, the name of the file. The
basis is stored with the answer; where nothing tells, the producer stays null.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from custodiet.intake.readers.page.vocabulary import US_STATES

_MONTHS: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_MONTH_WORD: Final = r"(?:" + "|".join(f"{m[:3]}(?:{m[3:]})?" for m in _MONTHS) + r"|sept)"
_EXTENSION: Final = re.compile(
    r"(?:\.(?:csv|tsv|txt|xlsx?|xlsb|xlsm|ods|pdf|html?|json|jsonl|zip|gz))+$", re.IGNORECASE
)
_DATE_WORDS: Final = re.compile(
    rf"\d{{1,2}}[-_./]\d{{1,2}}[-_./]\d{{2,4}}|\d{{4}}[-_.]\d{{1,2}}[-_.]\d{{1,2}}|\b\d{{8}}\b|"
    rf"{_MONTH_WORD}[-_ ]*\d{{0,2}}[-_, ]*\d{{4}}|\d{{4}}[-_ ]*{_MONTH_WORD}[-_ ]*\d{{0,2}}|\b(?:19|20)\d\d\b",
    re.IGNORECASE,
)
_NOISE: Final = re.compile(
    r"\b(?:network|networks|org|organi[sz]ation|own|public|search(?:es)?|portal|alpr|lpr|flock|audit|audits|log|logs|"
    r"report|export|redac?ted|redatced|batch|final|copy|data|records?|request|download|lookups?|national|shared|"
    r"sharing|agencies|to|through|part|of|pdt|pst|utc|csv|v\d+)\b",
    re.IGNORECASE,
)
_SHORT: Final = frozenset(["pd", "so", "sd", "dps", "da", "po", "isd", "hoa"])
_AGENCY_WORD: Final = re.compile(
    r"\b(?:pd|so|sd|dps|da|po|police|sheriff'?s?|marshal'?s?|department|dept|office|county|city|town|township|village|"
    r"university|college|patrol|authority|district|probation|prosecutor'?s?|attorney'?s?|task force|center|centre|"
    r"isd|hoa|state|constable)\b",
    re.IGNORECASE,
)


_AGENCY_LABEL: Final = re.compile(
    r"^\W{0,3}(?:(?:name of )?(?:the )?(?:law enforcement |police |requesting |reporting |producing |owner )?"
    r"(?:agency|organi[sz]ation|department|org|customer|network)(?: name)?|prepared for|report for)\s*[:=]\s*(.*)$",
    re.IGNORECASE | re.DOTALL,
)
_REQUEST_SUFFIX: Final = re.compile(r"_([A-Za-z0-9]{7})$")
# What is a word after all: of one case, or capitalised, several together too (McAllen).
_WORDS: Final = re.compile(r"[a-z]+|[A-Z]+|(?:[A-Z][a-z]+)+|\d+")
_LONGEST_NAME: Final = 120


@dataclass(frozen=True, slots=True)
class Producer:
    """Name the organisation whose disclosure it is; ``basis`` says how that was told."""

    name: str | None
    basis: str


UNKNOWN: Final = Producer(None, "not told by the file; state it with --producer or a receipt")


def tell_producer(
    *, stated: str | None = None, receipt: str | None = None, table: Producer | None = None,
    title: str | None = None, names: Iterable[str] = (),
) -> Producer:  # fmt: skip
    """Tell the producer from what is known of a disclosure.

    Args:
        stated: Given by the user for this run.
        receipt: Given by the receipt of the file.
        table: Told by the cells of the table.
        title: Title that the document carries.
        names: File name, member name and folder names, nearest first.
    """
    if stated:
        return Producer(stated, "stated with --producer")
    if receipt:
        return Producer(receipt, "stated in the receipt")
    if table and table.name:
        return table
    if title and (name := producer_in_name(title)):
        return Producer(name, "title of the document")
    for text in names:
        if name := producer_in_name(text):
            return Producer(name, "name of the file")
    return UNKNOWN


def producer_in_name(text: str) -> str | None:
    """Read the organisation out of a file name such as ``1_1_2025-1_31_2025-Anytown_XX_PD-Network-Audit.csv``.

    Returns:
        The name with blanks for underscores, or None where the rest names no agency.
    """
    rest = _EXTENSION.sub("", text.strip())
    rest = _without_request_suffix(re.sub(r"\(\d+\)", " ", rest).strip())
    rest = re.sub(r"[_+]", " ", _DATE_WORDS.sub(" ", rest))
    rest = _NOISE.sub(" ", rest)
    rest = re.sub(r"(?<!\w)-+|-+(?!\w)|--+", " ", rest)
    rest = re.sub(r"\b\d+\b|\b[A-Za-z0-9]*\d[A-Za-z0-9]{4,}\b", " ", rest)
    rest = re.sub(r"\s+", " ", rest).strip(" -_,.#")
    if re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)+", rest):
        rest = _unslugged(rest.split("-"))
    words = rest.split()
    if 2 <= len(words) <= 9 and _AGENCY_WORD.search(rest):
        return rest
    return None


def _without_request_suffix(stem: str) -> str:
    """Cut the seven letters and digits that a request site puts behind a name: ``Log_OFfjQQv``."""
    found = _REQUEST_SUFFIX.search(stem)
    return stem[: found.start()] if found and not _WORDS.fullmatch(found[1]) else stem


def agency_above(titles: Iterable[Sequence[str | None]]) -> str | None:
    """Read the organisation out of the lines above a table: ``Agency: Anytown PD``, in one cell or in two.

    Returns:
        The name as it stands, or None where no line is labelled so and names an agency.
    """
    for line in titles:
        filled = [cell.strip() for cell in line if cell and cell.strip()]
        for place, text in enumerate(filled):
            label = _AGENCY_LABEL.match(text if ":" in text or "=" in text else f"{text}:")
            if not label:
                continue
            name = label[1].strip() or (filled[place + 1] if place + 1 < len(filled) else "")
            if len(name) <= _LONGEST_NAME and producer_in_name(name):
                return name
    return None


def _unslugged(words: list[str]) -> str:
    """Write the words of an address as a name: ``el-cajon-ca-pd`` is El Cajon CA PD."""
    short = [word in _SHORT for word in words]
    written = []
    for at, word in enumerate(words):
        beside = at + 1 == len(words) or short[at + 1] or short[at - 1]
        is_state = at > 0 and len(word) == 2 and word.upper() in US_STATES and beside
        written.append(word.upper() if short[at] or is_state else word.capitalize())
    return " ".join(written)


def dates_in_name(text: str) -> list[date]:
    """Read the dates out of a file name or title, in their order; impossible ones are left out."""
    found: list[tuple[int, date]] = []
    taken: list[tuple[int, int]] = []

    def add(match: re.Match[str], year: str, month: str | int, day: str) -> None:
        if any(start < match.end() and match.start() < end for start, end in taken):
            return
        number = int(year)
        try:
            moment = date(number + 2000 if number < 100 else number, int(month), int(day))
        except ValueError:
            return
        if 1995 <= moment.year <= 2100:
            found.append((match.start(), moment))
            taken.append(match.span())

    for match in re.finditer(r"(?<!\d)(\d{4})([-_.])(\d{1,2})\2(\d{1,2})(?!\d)", text):
        add(match, match[1], match[3], match[4])
    for match in re.finditer(r"(?<!\d)(\d{1,2})([-_.])(\d{1,2})\2(\d{4}|\d{2})(?!\d)", text):
        add(match, match[4], match[1], match[3])
    for match in re.finditer(rf"({_MONTH_WORD})[a-z]*[-_ .]*(\d{{1,2}})(?:st|nd|rd|th)?[-_ .,]+(\d{{4}})", text, re.I):
        add(match, match[3], _month(match[1]), match[2])
    for match in re.finditer(rf"(\d{{4}})[-_ .]*({_MONTH_WORD})[a-z]*[-_ .]*(\d{{1,2}})(?!\d)", text, re.I):
        add(match, match[1], _month(match[2]), match[3])
    for match in re.finditer(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)", text):
        add(match, match[1], match[2], match[3])
    for match in re.finditer(r"(?<!\d)(\d\d)(\d\d)((?:19|20)\d\d)(?!\d)", text):
        add(match, match[3], match[1], match[2])
    return [moment for _, moment in sorted(found)]


def months_in_name(text: str) -> list[date]:
    """Read months with their year out of a file name or title (``March 2026``), as their first days."""
    found = re.findall(rf"(?<![a-z])({_MONTH_WORD})[-_ .,]*(\d{{4}})(?!\d)", text, re.IGNORECASE)
    return [date(int(year), _month(word), 1) for word, year in found if 1995 <= int(year) <= 2100]


def _month(word: str) -> int:
    return [month[:3] for month in _MONTHS].index(word[:3].lower()) + 1
