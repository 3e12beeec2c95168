"""Compare the numbers that the HTML report shows with the claim sheet, letter by letter."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

from custodiet.model.counts import counted
from custodiet.model.rates import RATES
from custodiet.verify.claims import stated_number
from custodiet.verify.result import Verdict

PAGE: Final = "report/index.html"
_STATEMENT: Final = "statement"
# What could show another thing than the page says, or change it while it is read; a report has none of it.
_ACTIVE: Final = frozenset({"script", "template", "iframe", "object", "embed", "noscript", "base", "link", "frame"})
_POLICY: Final = "Content-Security-Policy"
_HIDING: Final = frozenset({"hidden", "style", "srcdoc"})
_ON_NUMBERS: Final = frozenset({"class", "value", "data-claim", "data-part", "data-of"})
_LONGEST: Final = 60


def check_report(
    folder: Path, claims: Mapping[str, Mapping[str, Any]], verdict: Verdict, n_marked: int | None = None
) -> None:
    """Compare the numbers of the report that name their claim (``data-claim``) with the claim sheet.

    ``data-part`` says which number of the claim is shown: ``value`` where it is left out, ``denominator``,
    ``not_evaluable``, ``low``, ``high``, ``alternative-N``, the ``statement``, or one of those numbers
    as a rate: ``percent``, ``interval``, ``in-10000``, ``low.percent`` and the like. The whole of a rate is the
    claim's denominator, or the value of the claim that ``data-of`` names. All of the text of such an element is the
    number, as the report writes it.

    Args:
        folder: The bundle.
        claims: The claim sheet by id.
        verdict: Where faults and facts go.
        n_marked: How many numbers were marked when the report was written; None where that is not known.
    """
    path = folder / PAGE
    if not path.is_file():
        verdict.not_checked.append("The bundle holds no HTML report.")
        return
    shown = _Shown()
    shown.feed(path.read_text(encoding="utf-8"))
    shown.close()
    for what in sorted(shown.odd):
        verdict.fault("number-differs", PAGE, f"The page holds what a report does not: {what[:_LONGEST]}.")
    if shown.open:
        verdict.fault("number-differs", PAGE, "The page ends within a number.")
    for mark in shown.found:
        try:
            same = _same(mark, claims)
        except (KeyError, TypeError, ValueError):
            message = f"The report names claim {mark.claim[:_LONGEST]}, which is not on the sheet."
            verdict.fault("number-differs", PAGE, message)
            continue
        if not same:
            message = f"The report shows another number for {mark.claim[:_LONGEST]} than the sheet."
            verdict.fault("number-differs", PAGE, message)
    if n_marked is not None and n_marked != len(shown.found):
        verdict.fault(
            "number-differs", PAGE,
            f"The report marks {len(shown.found):,} numbers; {n_marked:,} were marked when it was written.",
        )  # fmt: skip
    if shown.found and verdict.verified:
        verdict.checked.append(f"{counted(len(shown.found), 'number')} of the report: each as on the claim sheet.")
    if not shown.found:
        verdict.not_checked.append("The report names no claims, so its prose was not compared with the sheet.")


@dataclass(slots=True)
class _Mark:
    """Hold an element of the report that names its claim: what it says of its number, and what it shows."""

    tag: str
    claim: str
    part: str
    of: str
    value: str | None
    text: list[str] = field(default_factory=list)
    depth: int = 0


def _same(mark: _Mark, claims: Mapping[str, Mapping[str, Any]]) -> bool:
    """Tell whether a text shows the number that the sheet has; raises ``KeyError`` where it has none of that name."""
    claim, text = claims[mark.claim], " ".join("".join(mark.text).split())
    if mark.part == _STATEMENT:
        return _letters(text) == _letters(str(claim[_STATEMENT]))
    base, _, last = mark.part.rpartition(".")
    rate = RATES.get(last)
    number = stated_number(claim, (base or "value") if rate else mark.part)
    if type(number) is not int or mark.value not in (None, str(number)):
        return False
    if rate is None:
        return text == f"{number:,}"
    whole = claims[mark.of]["value"] if mark.of else claim["denominator"]
    return whole is not None and text == rate(number, int(whole))


def _letters(text: str) -> str:
    """Leave out blanks, and what a page may not hold or shows as a mark of its own."""
    return "".join(sign for sign in text if unicodedata.category(sign)[0] not in "CZ" and sign != "\ufffd")


class _Shown(HTMLParser):
    """Gather the text of elements that name a claim, and what a report does not hold."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[_Mark] = []
        self.odd: set[str] = set()
        self.open: list[_Mark] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag in _ACTIVE or (tag == "meta" and told.get("http-equiv", _POLICY) != _POLICY):
            self.odd.add(f"<{tag}>")
        self.odd |= {f"attribute {name}" for name in told if name in _HIDING or name.startswith("on")}
        claim = told.get("data-claim")
        if self.open and (self.open[-1].part != _STATEMENT or claim is None):
            self.odd.add(f"<{tag}> within a number")
        if claim is None:
            if self.open and self.open[-1].tag == tag:
                self.open[-1].depth += 1
            return
        if told.keys() - _ON_NUMBERS or len(told) != len(attrs):
            self.odd.add("a number with attributes that numbers do not have")
        self.open.append(
            _Mark(tag, claim, told.get("data-part") or "value", told.get("data-of") or "", told.get("value"))
        )

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # HTML knows no empty form of these elements: what follows would be inside.
        if dict(attrs).get("data-claim") is not None:
            self.odd.add("a number without an end")
        if self.open or tag in _ACTIVE:
            self.odd.add(f"<{tag}> within a number")

    def handle_data(self, data: str) -> None:
        for mark in self.open:
            mark.text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if not self.open:
            return
        mark = self.open[-1]
        if mark.tag != tag:
            self.odd.add(f"</{tag}> within a number")
        elif mark.depth:
            mark.depth -= 1
        else:
            self.found.append(self.open.pop())
