"""Compare what a new reading of the originals gives with what a bundle says of them.

The reading itself is done elsewhere (``publish.originals``): here come only plain tables, in the
form of the case's own, so that the comparison needs nothing but Arrow.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from custodiet.model.bundle import LEAF_FORMS, ORIGINALS
from custodiet.model.counts import counted
from custodiet.verify.claims import stated_number, tables_of
from custodiet.verify.proofs import as_text
from custodiet.verify.recount import Recounter, RecountError, Spec
from custodiet.verify.result import Verdict
from custodiet.verify.sheet import read_claims

_ABSENT = "\x00absent"
_OWN = ("records", "events", "shares", "portals", "disclosures")


@dataclass(frozen=True, slots=True)
class GivenOriginal:
    """Name a file that a reader has: its name, size and SHA-256."""

    name: str
    size: int
    sha256: str


def match_originals(folder: Path, given: Iterable[GivenOriginal], verdict: Verdict) -> list[str]:
    """Tell the originals of a bundle among the files that a reader has.

    Returns:
        SHA-256 of those that are the very bytes that were read; the others are faults.
    """
    known = json.loads((folder / ORIGINALS).read_bytes())["originals"]
    digests = {item["sha256"]: item["name"] for item in known}
    names = {item["name"]: item["sha256"] for item in known}
    found = []
    for file in given:
        if file.sha256 in digests:
            found.append(file.sha256)
        elif file.name in names:
            verdict.fault(
                "another-version", file.name,
                f"The file that was read has SHA-256 {names[file.name][:16]}…, this one {file.sha256[:16]}…."
                " It is another version, so nothing was compared with it.",
            )  # fmt: skip
        else:
            verdict.fault("unknown-original", file.name, "No original of the bundle has this name or these bytes.")
    return found


def obstacles(folder: Path, sha256s: Iterable[str], version: str) -> list[str]:
    """Tell what keeps searches and indicators of a bundle from being derived anew from its originals."""
    manifest = json.loads((folder / "manifest.json").read_bytes())
    originals = json.loads((folder / ORIGINALS).read_bytes())["originals"]
    rules = json.loads((folder / "rules" / "index.json").read_bytes())["rules"]
    missing = {item["sha256"] for item in originals if item["disclosures"]} - set(sha256s)
    found = []
    if missing:
        found.append(f"{len(missing):,} other originals were not given")
    if manifest["versions"]["custodiet"] != version:
        found.append(f"the bundle was made with version {manifest['versions']['custodiet']}, this is {version}")
    if manifest["local_inputs"]:
        found.append(f"tables that are not published were used ({', '.join(manifest['local_inputs'])})")
    if any(item["note"] for item in rules):
        found.append("the text of a rule was not at hand when this was published")
    return found


def compare_originals(folder: Path, reread: Mapping[str, pa.Table], sha256s: Iterable[str], verdict: Verdict) -> None:
    """Compare cited rows and counts of a bundle with tables read anew from originals.

    Args:
        folder: The bundle.
        reread: Table name to its rows, as the case would hold them.
        sha256s: The originals that were read.
        verdict: Where faults and facts go.
    """
    read = tables_of(folder)
    disclosures = read("disclosures", ("disclosure_id", "sha256"))
    wanted = disclosures.filter(pc.is_in(disclosures["sha256"], value_set=pa.array(list(sha256s), pa.string())))
    ids = set(wanted["disclosure_id"].to_pylist())
    again = set(reread["disclosures"]["disclosure_id"].to_pylist())
    for missing in sorted(ids - again):
        verdict.fault("original-differs", missing, "The disclosure was not found when the original was read again.")
    cited = sum(_compare_rows(folder, table, reread, ids, verdict) for table in LEAF_FORMS)
    n_claims = _compare_claims(folder, reread, ids & again, verdict)
    verdict.originals.append(
        f"{counted(len(set(sha256s)), 'original')} read again: {counted(len(ids), 'disclosure')},"
        f" {counted(cited, 'cited row')} that are opened and {counted(n_claims, 'recount')} compared."
    )


def _compare_rows(folder: Path, table: str, reread: Mapping[str, pa.Table], ids: set[str], verdict: Verdict) -> int:
    """Compare the opened rows of a table with the rows of the originals, texts included where they are opened."""
    path, form = folder / f"proofs/{table}.parquet", LEAF_FORMS[table]
    if not path.is_file():
        return 0
    rows = pq.read_table(path)
    rows = rows.filter(
        pc.and_(rows["opened"], pc.is_in(rows["disclosure_id"], value_set=pa.array(sorted(ids), pa.string())))
    )
    names = ["disclosure_id", *form.clear, *form.hours]
    for columns in (names, *(["disclosure_id", form.number, text] for text in form.texts)):
        told = rows if columns is names else rows.filter(pc.is_valid(rows[columns[-1]]))
        other = _plain(told, columns).join(_plain(reread[table], columns), keys=columns, join_type="left anti").num_rows
        if other:
            verdict.fault(
                "original-differs",
                f"proofs/{table}.parquet",
                f"{other:,} cited rows are not in the originals as published.",
            )
    return int(rows.num_rows)


def _compare_claims(folder: Path, reread: Mapping[str, pa.Table], ids: set[str], verdict: Verdict) -> int:
    read = tables_of(folder)
    everything = ids >= set(read("disclosures", ("disclosure_id",))["disclosure_id"].to_pylist())
    recounter = Recounter(lambda name, _columns: reread[name])
    counted = 0
    indicators = read("indicators", ("indicator_id", "level"))
    about_accounts = indicators.filter(pc.equal(indicators["level"], "account"))["indicator_id"].to_pylist()
    left_out = {f"indicator.{identity}" for identity in about_accounts} | (
        {"total.indicators"} if about_accounts else set()
    )
    for claim in read_claims(folder):
        if claim["id"] in left_out:
            continue
        for spec in claim["recounts"]:
            if not _suffices(spec, ids, everything=everything, tables=reread):
                continue
            try:
                found = recounter.count(spec)
                stated = stated_number(claim, spec.get("of", "value"))
            except RecountError as error:
                verdict.fault("unreadable", claim["id"], str(error))
                continue
            except KeyError:
                verdict.fault("unreadable", claim["id"], "A recount is of a number that the claim does not have.")
                continue
            counted += 1
            if found != stated:
                verdict.fault("original-differs", claim["id"], f"Published {stated}; the originals give {found:,}.")
    return counted


def _suffices(spec: Spec, ids: set[str], *, everything: bool, tables: Mapping[str, Any]) -> bool:
    """Tell whether the originals at hand decide a recount: all of them, or those of the one disclosure it is about."""
    named = {spec.get("table"), spec.get("join", {}).get("table", spec.get("table"))}
    if not named <= set(tables):
        return False
    if everything:
        return True
    if spec.get("table") not in _OWN or "join" in spec:
        return False
    return any(
        condition.get("column") == "disclosure_id" and condition.get("is") in ids for condition in spec.get("where", [])
    )


def _plain(rows: pa.Table, names: list[str]) -> pa.Table:
    return pa.table({name: pc.fill_null(as_text(rows[name]), _ABSENT) for name in names})
