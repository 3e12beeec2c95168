"""Recount the claim sheet: every published number against the tables, and the report against the sheet."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from custodiet.model.bundle import CLAIMS
from custodiet.model.counts import counted
from custodiet.model.rates import RATES
from custodiet.verify.recount import Recounter, RecountError
from custodiet.verify.result import Verdict


def read_claims(folder: Path) -> list[dict[str, Any]]:
    """Read the claims of a bundle."""
    claims: list[dict[str, Any]] = json.loads((folder / CLAIMS).read_bytes())["claims"]
    return claims


def tables_of(folder: Path) -> Callable[[str, Collection[str]], pa.Table]:
    """Give a reader of the bundle's tables: those of the named columns that are there and are not nested."""

    def read(name: str, columns: Collection[str]) -> pa.Table:
        path = folder / "tables" / f"{name}.parquet"
        if not path.is_file():
            raise KeyError(name)
        wanted = [f.name for f in pq.read_schema(path) if f.name in columns and not pa.types.is_nested(f.type)]
        return pq.read_table(path, columns=wanted)

    return read


def check_claims(folder: Path, verdict: Verdict) -> None:
    """Recount every claim by each of its routes, and compare the numbers that the report shows."""
    claims = read_claims(folder)
    recounter = Recounter(tables_of(folder))
    n_counted = routes = 0
    for claim in claims:
        for spec in claim["recounts"]:
            routes += 1
            try:
                found = recounter.count(spec)
                stated = stated_number(claim, spec.get("of", "value"))
            except RecountError as error:
                verdict.fault("unreadable", claim["id"], str(error))
                continue
            except KeyError:
                verdict.fault("unreadable", claim["id"], "A recount is of a number that the claim does not have.")
                continue
            if found != stated:
                verdict.fault("number-differs", claim["id"], f"Published {stated}; the tables give {found:,}.")
        n_counted += bool(claim["recounts"])
    if verdict.verified:
        verdict.checked.append(
            f"{counted(n_counted, 'published number')}, recounted from the tables by {counted(routes, 'route')}:"
            " all equal."
        )
    check_report(folder, {claim["id"]: claim for claim in claims}, verdict)


def check_report(folder: Path, claims: dict[str, dict[str, Any]], verdict: Verdict) -> None:
    """Compare the numbers of the report that name their claim (``data-claim``) with the claim sheet.

    ``data-part`` says which number of the claim is shown: ``value`` where it is left out, ``denominator``,
    ``not_evaluable``, ``low``, ``high``, ``alternative-N``, the numbers of the ``statement``, or one of those numbers
    as a rate: ``percent``, ``interval``, ``in-10000``, ``low.percent`` and the like. The whole of a rate is the
    claim's denominator, or the value of the claim that ``data-of`` names.
    """
    path = folder / "report" / "index.html"
    if not path.is_file():
        verdict.not_checked.append("The bundle holds no HTML report.")
        return
    shown = _Shown()
    shown.feed(path.read_text(encoding="utf-8", errors="replace"))
    shown.close()
    for tie, text in shown.found:
        try:
            same = _same(tie, text, claims)
        except KeyError:
            verdict.fault(
                "number-differs",
                "report/index.html",
                f"The report names claim {tie.claim[:60]}, which is not on the sheet.",
            )
            continue
        if not same:
            verdict.fault(
                "number-differs",
                "report/index.html",
                f"The report shows another number for {tie.claim} than the sheet.",
            )
    if shown.found and verdict.verified:
        verdict.checked.append(f"{counted(len(shown.found), 'number')} of the report: each as on the claim sheet.")
    if not shown.found:
        verdict.not_checked.append("The report names no claims, so its prose was not compared with the sheet.")


_PARTS: Final = frozenset({"value", "denominator", "not_evaluable", "low", "high", "statement"})
_ALTERNATIVE: Final = "alternative-"


@dataclass(frozen=True, slots=True)
class _Tie:
    """Hold what an element of the report says of its number: claim, part, and claim of the whole of a rate."""

    claim: str
    part: str
    of: str


def _same(tie: _Tie, text: str, claims: Mapping[str, Mapping[str, Any]]) -> bool:
    """Tell whether a text shows the number that the sheet has; raises ``KeyError`` where it has none of that name."""
    claim = claims[tie.claim]
    base, _, last = tie.part.rpartition(".")
    rate = RATES.get(last)
    if rate is None:
        return _digits(text) == _digits(str(stated_number(claim, tie.part)))
    part = stated_number(claim, base or "value")
    whole = claims[tie.of]["value"] if tie.of else claim["denominator"]
    if part is None or whole is None:
        return False
    return " ".join(text.split()) == rate(int(part), int(whole))


def stated_number(claim: Mapping[str, Any], part: str) -> Any:
    """Return a number of a claim; None where the claim leaves it open.

    Args:
        claim: The claim.
        part: ``value``, ``denominator``, ``not_evaluable``, ``low``, ``high`` or ``alternative-N``.

    Raises:
        KeyError: The claim has no such number.
    """
    if part.startswith(_ALTERNATIVE):
        place = part.removeprefix(_ALTERNATIVE)
        others = claim.get("alternatives") or []
        if not place.isdecimal() or not 0 < int(place) <= len(others):
            raise KeyError(part)
        return others[int(place) - 1]["count"]
    if part not in _PARTS:
        raise KeyError(part)
    return claim[part]


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())


class _Shown(HTMLParser):
    """Gather the text of elements that name a claim."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[_Tie, str]] = []
        self._open: list[tuple[str, _Tie | None, list[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        named = told.get("data-claim")
        if named is not None or any(item[0] == tag for item in self._open):
            tie = (
                _Tie(named, told.get("data-part") or "value", told.get("data-of") or "") if named is not None else None
            )
            self._open.append((tag, tie, []))

    def handle_data(self, data: str) -> None:
        for _, _, texts in self._open:
            texts.append(data)

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1][0] == tag:
            _, tie, texts = self._open.pop()
            if tie is not None:
                self.found.append((tie, "".join(texts)))
