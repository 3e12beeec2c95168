"""Recount the claim sheet: every published number against the tables, by data, or by the SQL that stands with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from custodiet.model.counts import counted
from custodiet.verify.recount import Recounter, RecountError
from custodiet.verify.result import Verdict
from custodiet.verify.sheet import Claim

# Name of a query to its SQL, to name and number, or why there is none.
RunSql = Callable[[Mapping[str, str]], Mapping[str, int | str]]
_PARTS: Final = frozenset({"value", "denominator", "not_evaluable", "low", "high", "statement"})
_ALTERNATIVE: Final = "alternative-"
_TABLE: Final = "'tables/"


def tables_of(folder: Path) -> Callable[[str, Collection[str]], pa.Table]:
    """Give a reader of the bundle's tables: those of the named columns that are there and are not nested."""

    def read(name: str, columns: Collection[str]) -> pa.Table:
        path = folder / "tables" / f"{name}.parquet"
        if not path.is_file():
            raise KeyError(name)
        wanted = [f.name for f in pq.read_schema(path) if f.name in columns and not pa.types.is_nested(f.type)]
        return pq.read_table(path, columns=wanted)

    return read


def check_claims(folder: Path, claims: Sequence[Claim], verdict: Verdict) -> None:
    """Recount every claim by each of its routes."""
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
            if type(stated) is not int or found != stated:
                verdict.fault("number-differs", claim["id"], f"Published {stated}; the tables give {found:,}.")
        n_counted += _is_recounted(claim)
    if verdict.verified:
        verdict.checked.append(
            f"{counted(n_counted, 'published number')}, recounted from the tables by {counted(routes, 'route')}:"
            " all equal."
        )


def check_sql(claims: Sequence[Claim], run_sql: RunSql | None, verdict: Verdict) -> None:
    """Run the SQL of every claim that no recount gives, and name those that have neither."""
    bare = [claim for claim in claims if not _is_recounted(claim)]
    asked = {claim["id"]: claim["sql"] for claim in bare if claim["sql"]}
    silent = [claim for claim in bare if not claim["sql"]]
    for claim in silent:
        if not claim["note"]:
            verdict.fault("missing-part", claim["id"], "The claim has no recount, no SQL, and no word why not.")
    if silent:
        verdict.not_checked.append(
            f"{counted(len(silent), 'published number')} that the published tables do not give: {_kinds(silent)}."
        )
    if run_sql is None:
        if asked:
            told = _kinds([claim for claim in bare if claim["sql"]])
            verdict.not_checked.append(
                f"{counted(len(asked), 'published number')} with SQL alone, which was not run: {told}."
            )
        return
    answers = run_sql(asked)
    for claim in bare:
        if not claim["sql"]:
            continue
        answer = answers[claim["id"]]
        if isinstance(answer, str):
            verdict.fault("unreadable", claim["id"], f"The SQL of the claim gives no number. {answer}")
        elif answer != claim["value"]:
            verdict.fault(
                "number-differs", claim["id"], f"Published {claim['value']:,}; its SQL gives {answer:,} on the tables."
            )
        elif _TABLE not in claim["sql"]:
            verdict.fault("number-differs", claim["id"], "The SQL of the claim looks at no table.")
    if asked and verdict.verified:
        verdict.checked.append(f"{counted(len(asked), 'published number')} by the SQL printed with each: all equal.")
        verdict.not_checked.append(
            f"Whether the SQL of these {len(asked):,} counts what its sentence says: it was run as it is printed."
        )


def _is_recounted(claim: Claim) -> bool:
    """Tell whether a recount gives the number of a claim itself, not only a part of it."""
    return any(spec.get("of", "value") == "value" for spec in claim["recounts"])


def _kinds(claims: Sequence[Claim]) -> str:
    """Name the kinds of claims with how many there are of each."""
    kinds = Counter(
        ".".join(claim["id"].split(".")[: 2 if claim["id"].startswith("figure.") else 1]) for claim in claims
    )
    return ", ".join(f"{kind} {n:,}" for kind, n in sorted(kinds.items()))


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
