"""Read the claim sheet of a bundle: strictly, and with the claims and recounts that publishing always writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq

from custodiet.model.bundle import CLAIMS
from custodiet.verify import strict
from custodiet.verify.result import Malformed, Verdict

FORMAT: Final = "custodiet-claims/1"
Claim = dict[str, Any]
Spec = Mapping[str, Any]
_TOTALS: Final = (
    "disclosures", "records", "searches", "events", "shares", "organisations", "indicators", "findings"
)  # fmt: skip
_OF_DISCLOSURES: Final = {"records": "n_records", "events": "n_events", "shares": "n_shares"}
_OF_OUTCOMES: Final = ("indicator", "clear", "not_evaluable")
_TEXTS: Final = ("id", "statement", "unit", "definition", "range_basis", "sql", "note")
_NAMES: Final = ("subject", "counterpart")
_NUMBERS: Final = ("value", "low", "high", "n_sources")
_PARTS: Final = ("denominator", "not_evaluable")


def read_claims(folder: Path) -> list[Claim]:
    """Read the claims of a bundle.

    Raises:
        Malformed: The sheet was edited, or a claim has not what every claim has, or two have the same id.
        OSError: The file cannot be read.
    """
    content = strict.read_json(folder / CLAIMS, strict.indented_json)
    if content.get("format") != FORMAT:
        raise Malformed(f"The sheet has another format than {FORMAT}.")
    claims = strict.rows(content, "claims")
    for claim in claims:
        for name in _TEXTS:
            strict.text(claim, name)
        for name in _NAMES:
            strict.text_or_none(claim, name)
        for name in _NUMBERS:
            strict.number(claim, name)
        for name in _PARTS:
            strict.number_or_none(claim, name)
        for name in ("recounts", "sources"):
            strict.rows(claim, name)
        if not claim["low"] <= claim["value"] <= claim["high"]:
            raise Malformed(f"The number of {claim['id']} is not within its range.")
    if len({claim["id"] for claim in claims}) != len(claims):
        raise Malformed("Two claims have the same id.")
    return claims


def check_expected(folder: Path, claims: Sequence[Claim], verdict: Verdict) -> None:
    """Look for the claims that every publication makes of its tables, each with the recounts that tie it to them."""
    by_id = {claim["id"]: claim for claim in claims}
    for identity, recounts in _expected(folder):
        claim = by_id.get(identity)
        if claim is None:
            verdict.fault("missing-part", identity, "The claim sheet lacks a number that every publication states.")
        elif any(spec not in claim["recounts"] for spec in recounts):
            verdict.fault("missing-part", identity, "The claim lacks a recount that every publication gives it.")
    _check_indicators(folder, by_id, verdict)


def _expected(folder: Path) -> Iterator[tuple[str, list[Spec]]]:
    """Give id and recounts of each claim that follows from the tables alone."""
    for table in _TOTALS:
        yield f"total.{table}", [{"table": table, "where": [], "count": "rows"}]
    columns = ["disclosure_id", *_OF_DISCLOSURES.values()]
    for row in pq.read_table(folder / "tables/disclosures.parquet", columns=columns).to_pylist():
        where = [{"column": "disclosure_id", "is": row["disclosure_id"]}]
        for table, column in _OF_DISCLOSURES.items():
            if row[column]:
                yield (
                    f"disclosure.{row['disclosure_id']}.{table}",
                    [
                        {"table": table, "where": where, "count": "rows"},
                        {"table": "disclosures", "where": where, "count": {"sum": column}},
                    ],
                )
    rules = pq.read_table(folder / "tables/outcomes.parquet", columns=["rule_id"])["rule_id"].unique().to_pylist()
    for rule in sorted(rules):
        where = [{"column": "rule_id", "is": rule}]
        for word in _OF_OUTCOMES:
            yield f"outcome.{rule}.{word}", [{"table": "outcomes", "where": where, "count": {"sum": f"n_{word}"}}]


_OF_INDICATORS: Final = (
    "indicator_id", "statement", "subject", "counterpart", "n_searches", "n_shares", "denominator",
    "n_not_evaluable", "sensitivity",
)  # fmt: skip


def _check_indicators(folder: Path, by_id: Mapping[str, Claim], verdict: Verdict) -> None:
    """Compare the claims of indicators with the table of indicators: words, parts, and the recounts they must have."""
    rows = pq.read_table(folder / "tables/indicators.parquet", columns=list(_OF_INDICATORS)).to_pylist()
    for row in rows:
        identity = f"indicator.{row['indicator_id']}"
        claim = by_id.get(identity)
        if claim is None:
            verdict.fault("missing-part", identity, "The claim sheet lacks an indicator of the tables.")
            continue
        if any(spec not in claim["recounts"] for spec in _of_indicator(row)):
            verdict.fault("missing-part", identity, "The claim lacks a recount that every publication gives it.")
        told = {"statement": row["statement"] or "", "subject": row["subject"], "counterpart": row["counterpart"],
                "denominator": row["denominator"], "not_evaluable": row["n_not_evaluable"]}  # fmt: skip
        differing = sorted(name for name, value in told.items() if claim[name] != value)
        if differing:
            verdict.fault("copy-differs", identity, f"The tables say something else: {', '.join(differing)}.")
    known = {f"indicator.{row['indicator_id']}" for row in rows}
    for identity in by_id:
        if identity.startswith("indicator.") and identity not in known:
            verdict.fault("copy-differs", identity, "The tables have no such indicator.")


def _of_indicator(row: Mapping[str, Any]) -> Iterator[Spec]:
    where = [{"column": "indicator_id", "is": row["indicator_id"]}]
    stated = next((name for name in ("n_shares", "n_searches") if row[name] is not None), None)
    if stated is None:
        yield {"table": "evidence", "where": where, "count": "rows"}
    else:
        yield {"table": "indicators", "where": where, "count": {"sum": stated}}
    for column, part in (("denominator", "denominator"), ("n_not_evaluable", "not_evaluable")):
        if row[column] is not None:
            yield {"table": "indicators", "where": where, "count": {"sum": column}, "of": part}
    if row["sensitivity"] and row["sensitivity"] != "{}":
        for place, part in enumerate(("low", "high")):
            count = {"json": "sensitivity", "at": ["range", place]}
            yield {"table": "indicators", "where": where, "count": count, "of": part}
