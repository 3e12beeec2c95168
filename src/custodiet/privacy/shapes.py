r"""Spans that identify somebody whatever words are in them: masked before any word is looked at.

Matched on folded text (lower-case ASCII; ``\x7f`` is a letter of another script). They err on the
side of masking; what remains still has to be on the list of words.
"""

from __future__ import annotations

import re
from typing import Final

_LETTER: Final = r"[a-z\x7f]"
_WORD: Final = r"[a-z0-9\x7f]"
_STREET: Final = (
    r"(?:st|str|street|ave|av|avenue|blvd|boulevard|rd|road|dr|drive|ln|lane|ct|court|pl|place|way|hwy|highway|pkwy"
    r"|parkway|cir|circle|ter|terrace|trl|trail|sq|square|loop|row|plaza|alley|route|rte)"
)
_EMAIL: Final = r"[^\s@,;()<>]+@[^\s@,;()<>]*"
_URL: Final = r"(?:https?://|www\.)\S*"
# House number, direction, up to four words, a word for a street, unit.
_ADDRESS: Final = (
    rf"(?<!{_WORD})\d{{1,6}}[a-z]? (?:[nsew]{{1,2}}\.? |(?:north|south|east|west) )?"
    rf"(?:[a-z0-9\x7f.']+ ){{0,4}}{_STREET}(?!{_WORD})"
    r"(?:[ ,#.]{1,3}(?:apt|unit|ste|suite|no|#)?[ .#]*\d+[a-z]?)?"
)
_UNIT: Final = (
    r"(?<![a-z0-9])(?:p\.? ?o\.? ?box|apt|apartment|unit|suite|ste|room|rm|bldg)[ .#]{0,3}\d+[a-z]?(?![a-z0-9])"
)
# What stands behind a word for an identifier: born, licence, social security, phone, plate, case.
_LABELLED: Final = (
    r"(?<![a-z])(?:dob|d\.o\.b\.?|born|birthdate|birth date|ssn|soc|dl|d/l|oln|odl|cdl|fbi|sid|cii|vin|lp|lic|license"
    r"|licence|plate|tag|tel|ph|phone|cell|badge|serial|sn|case|cr|dr|rpt|report|incident|inc|cad|event|cfs|call|log|ref)"
    r"(?: ?(?:no|num|number|nbr|id))?[ .:#-]{1,3}(?=[a-z0-9-]*\d)[a-z0-9][a-z0-9./-]*"
)
_LABELLED_HALVES: Final = (
    r"(?<![a-z])(?:lp|lic|license|licence|plate|tag)[ .:#-]{1,3}(?=[a-z0-9 -]{0,8}\d)"
    r"[a-z0-9]{1,4}[ -][a-z0-9]{2,4}(?![a-z0-9])"
)
_HASHED: Final = r"#[ ]?[a-z0-9]*\d[a-z0-9-]*"
# Digits in groups: dates, phones, social security and case numbers.
_GROUPS: Final = (
    r"\(?\d+\)?(?:[-./:] ?\(?\d+\)?){1,}(?:\([a-z0-9]{1,3}\))*"
    r"|\(?\d{2,4}\)?[ ]\d{3,4}[- ]\d{2,4}"
    r"|(?<![a-z0-9])\d{2,4}[-/ ]\d{3,}"
)
# Letters or digits set apart one by one, as a plate is spelled out.
_SPELLED: Final = rf"(?<!{_WORD})(?:{_WORD}[ .,-]{{1,2}}){{2,}}{_WORD}(?!{_WORD})"

IDENTIFYING: Final = re.compile(
    "|".join((_EMAIL, _URL, _ADDRESS, _UNIT, _LABELLED_HALVES, _LABELLED, _HASHED, _GROUPS, _SPELLED))
)
# A number beside a token of letters and digits: two halves of one plate, the state glued to the first at times.
_MIXED: Final = rf"(?!\d(?:dr|d|st|nd|rd|th)(?!{_WORD}))(?=[a-z\x7f]*\d)(?=\d*[a-z\x7f]){_WORD}+"
# In the order in which they are looked for: a later one must not take what is half of an earlier one.
HALVES: Final = tuple(
    re.compile(rf"(?<!{_WORD})(?:{halves})(?!{_WORD})")
    for halves in (
        rf"\d{{1,4}}[ -]{_MIXED}|{_MIXED}[ -]\d{{1,4}}|{_LETTER}{{3,}}\d{{2,4}}[ -]{_LETTER}{{1,4}}",
        rf"{_LETTER}{{1,4}}[ -](?={_MIXED}){_WORD}{{2,4}}",
        rf"{_LETTER}+[ -]\d{{1,4}}",
    )
)
PLATES: Final = (
    re.compile(
        rf"(?<!{_WORD})(?P<digits>\d{{1,4}})[ -][ ]?(?P<letters>{_LETTER}{{1,4}})(?!{_WORD})"
        rf"(?P<ends>[ -]\d{{1,4}}(?!{_WORD}))?"
    ),
    re.compile(
        rf"(?<!{_WORD})(?P<letters>{_LETTER}{{1,4}})[ .-]?[ ]?(?P<digits>\d{{1,5}})"
        rf"(?P<ends>[ -]?{_LETTER}{{1,3}}(?!{_WORD}))?(?!{_WORD})"
    ),
)
