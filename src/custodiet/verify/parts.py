"""Check the parts of a bundle beside its numbers: that all are there, in their types and words, and fit each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from custodiet.model.bundle import CLAIMS, NODES, ORIGINALS, RULE_NOT_AT_HAND, TREES
from custodiet.model.tables import CONTRACT_TABLES, ColumnType
from custodiet.model.terms import CellState, Disposition, Level, RecordKind, Severity
from custodiet.verify import strict
from custodiet.verify.files import Manifest
from custodiet.verify.report import PAGE
from custodiet.verify.result import Malformed, Verdict

TABLES: Final = (*CONTRACT_TABLES, "evidence", "redaction_differential")
PACKAGE: Final = "tables/datapackage.json"
RULES: Final = "rules/index.json"
_MARK: Final = b"custodiet"
_ALWAYS: Final = (
    "README.txt", CLAIMS, "claims/claims.csv", "indicators.json", "findings.json", "schemas/indicators.schema.json",
    "schemas/findings.schema.json", RULES, ORIGINALS, PACKAGE, TREES, NODES,
    *(f"tables/{table}.{form}" for table in TABLES for form in ("parquet", "csv")),
)  # fmt: skip
_TYPES: Final[dict[ColumnType, pa.DataType]] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "real": pa.float64(),
    "boolean": pa.bool_(),
    "timestamp": pa.timestamp("us", tz="UTC"),
    "local-time": pa.timestamp("us"),
    "date": pa.date32(),
    "text-list": pa.list_(pa.string()),
    "citations": pa.list_(pa.struct([("disclosure_id", pa.string()), ("record_no", pa.int64())])),
}
_OF_INDICATORS: Final = {
    "severity": frozenset(Severity), "level": frozenset({"organisation", "account"}),
    "disposition": frozenset({None, *Disposition}),
}  # fmt: skip
_WORDS: Final[dict[str, dict[str, frozenset[str | None]]]] = {
    "records": {"kind": frozenset({None, *RecordKind})}
    | {f"{name}_state": frozenset({None, *CellState}) for name in ("reason", "case_number", "user", "plate")},
    "events": {"actor_state": frozenset({None, *CellState})},
    "organisations": {"level": frozenset({None, *Level})},
    "indicators": _OF_INDICATORS,
    "findings": _OF_INDICATORS,
}


def check_parts(manifest: Manifest, verdict: Verdict) -> bool:
    """Look for the parts that every bundle has, and tell whether all are there."""
    wanted = [*_ALWAYS, *([PAGE] if manifest.content["report"] is not None else [])]
    missing = [name for name in wanted if name not in manifest.files]
    for name in missing:
        verdict.fault("missing-part", name, "The manifest does not name a file that every bundle has.")
    if manifest.content["report"] is None and any(name.startswith("report/") for name in manifest.files):
        verdict.fault("missing-part", "report", "There is a report, and the manifest says that there is none.")
    if manifest.content["report"] is None:
        verdict.not_checked.append("The bundle holds no report; its manifest says so.")
    return not missing


def check_types(folder: Path, manifest: Manifest, verdict: Verdict) -> None:
    """Check columns, types and words of every table, and that each was written for this publication."""
    mark = f"published {strict.text(manifest.content, 'name')}".encode()
    for table in TABLES:
        name = f"tables/{table}.parquet"
        with verdict.guard(name):
            schema = pq.read_schema(folder / name)
            if (schema.metadata or {}).get(_MARK) != mark:
                verdict.fault("copy-differs", name, "The table was written for a publication of another name.")
            definition = CONTRACT_TABLES.get(table)
            if definition is not None:
                columns = [(c.name, _TYPES[c.type]) for c in definition.columns if c.leaves != "never"]
                if [(field.name, field.type) for field in schema] != columns:
                    raise Malformed("The columns are not those of the table.")
            for column, words in _WORDS.get(table, {}).items():
                found = set(pc.unique(pq.read_table(folder / name, columns=[column])[column]).to_pylist())
                if found - words:
                    verdict.fault("unknown-word", name, f"Column {column} holds a word that it does not know.")


def check_findings(folder: Path, verdict: Verdict) -> None:
    """Compare each finding with the indicator that it keeps: it says the same, and somebody decided."""
    findings = pq.read_table(folder / "tables/findings.parquet")
    shared = [name for name in pq.read_schema(folder / "tables/indicators.parquet").names if name != "evidence"]
    rows = pq.read_table(folder / "tables/indicators.parquet", columns=shared).to_pylist()
    indicators = {row["indicator_id"]: row for row in rows}
    for row in findings.select(shared).to_pylist():
        if indicators.get(row["indicator_id"]) != row or row["disposition"] is None or row["decided_by"] is None:
            message = "A finding is not a reviewed indicator of the tables."
            verdict.fault("copy-differs", "tables/findings.parquet", message)


def check_package(folder: Path, manifest: Manifest, verdict: Verdict) -> None:
    """Compare ``datapackage.json`` with the CSV files that it describes."""
    content = strict.parse((folder / PACKAGE).read_bytes())
    told = {}
    for item in strict.rows(content, "resources"):
        schema = strict.mapping(item, "schema")
        names = [strict.text(field, "name") for field in strict.rows(schema, "fields")]
        told[strict.text(item, "path")] = (strict.size(item, "bytes"), strict.text(item, "hash"), names)
    expected = {}
    for table in TABLES:
        size, sha256 = manifest.files[f"tables/{table}.csv"]
        names = pq.read_schema(folder / f"tables/{table}.parquet").names
        expected[f"{table}.csv"] = (size, f"sha256:{sha256}", names)
    if told != expected:
        verdict.fault("copy-differs", PACKAGE, "It does not describe the tables that are there.")


def check_originals(folder: Path, verdict: Verdict) -> None:
    """Compare the list of originals with the disclosures: which files they are of, what those are called."""
    listed = strict.rows(strict.read_json(folder / ORIGINALS, strict.indented_json), "originals")
    columns = ["disclosure_id", "sha256", "file_name", "producer", "time_zone"]
    rows = pq.read_table(folder / "tables/disclosures.parquet", columns=columns).to_pylist()
    told: dict[str, tuple[str, str | None]] = {}
    read_as: dict[str, tuple[str | None, str | None]] = {}
    for item in listed:
        strict.size(item, "size")
        stated = strict.mapping(item, "read_as")
        read_as[strict.digest(item, "sha256")] = (
            strict.text_or_none(stated, "producer"), strict.text_or_none(stated, "time_zone")
        )  # fmt: skip
        strict.mapping(item, "receipt")
        told |= dict.fromkeys(strict.texts(item, "disclosures"), (item["sha256"], strict.text_or_none(item, "name")))
    if len(read_as) != len(listed) or len(told) != sum(len(item["disclosures"]) for item in listed):
        raise Malformed("An original or a disclosure stands there twice.")
    if told != {row["disclosure_id"]: (row["sha256"], row["file_name"]) for row in rows}:
        verdict.fault("copy-differs", ORIGINALS, "It does not list the originals of the disclosures.")
    for sha256, stated_as in read_as.items():
        own = [row for row in rows if row["sha256"] == sha256]
        if stated_as != (_only(own, "producer"), _only(own, "time_zone")):
            verdict.fault("copy-differs", ORIGINALS, "Producer or time zone of an original is not that of its tables.")


def _only(rows: list[dict[str, Any]], name: str) -> str | None:
    found = {row[name] for row in rows}
    return found.pop() if len(found) == 1 else None


def check_rules(folder: Path, manifest: Manifest, verdict: Verdict) -> None:
    """Compare the index of rules with the outcomes, and look for the page and the file of each."""
    index = strict.rows(strict.parse((folder / RULES).read_bytes()), "rules")
    listed = Counter((strict.text(item, "rule_id"), strict.text_or_none(item, "version")) for item in index)
    outcomes = pq.read_table(folder / "tables/outcomes.parquet", columns=["rule_id", "rule_version"]).to_pylist()
    if listed != Counter({(row["rule_id"], row["rule_version"]): 1 for row in outcomes}):
        verdict.fault("copy-differs", RULES, "It does not list the rules that the outcomes are of.")
    for item in index:
        files = [f"rules/{item['rule_id']}.{form}" for form in ("md", "yaml")]
        missing = [name for name in files if name not in manifest.files]
        if missing and strict.text_or_none(item, "note") != RULE_NOT_AT_HAND:
            verdict.fault("missing-part", missing[0], "The text of a rule that was run is not there.")


def check_letters(folder: Path, manifest: Manifest, verdict: Verdict) -> None:
    """Count the letters: one with its rows for each organisation that an indicator concerns."""
    columns = ["subject", "counterpart", "level"]
    rows = pq.read_table(folder / "tables/indicators.parquet", columns=columns).to_pylist()
    concerned = {row[name] for row in rows if row["level"] != "account" for name in ("subject", "counterpart")}
    n = len(concerned - {None, ""})
    forms = Counter(Path(name).suffix for name in manifest.files if name.startswith("reply/"))
    if forms != Counter({form: n for form in (".md", ".csv") if n}):
        verdict.fault("missing-part", "reply", f"There are not a letter and its rows for each of {n:,} organisations.")


def check_quotes(folder: Path, manifest: Manifest, verdict: Verdict) -> None:
    """Compare the texts that are quoted word by word with the cells that they are of."""
    quotes = strict.rows(manifest.content, "quotes")
    shown = pq.read_schema(folder / "tables/records.parquet").names
    for quote in quotes:
        told = {name: strict.text(quote, name) for name in ("record", "field", "text", "asked_by", "approved_by")}
        if told["field"] not in shown or not _stands(folder, told):
            verdict.fault("copy-differs", "manifest.json", "A text that it quotes is not what the table shows.")


def _stands(folder: Path, quote: Mapping[str, str]) -> bool:
    disclosure_id, _, number = quote["record"].partition(":")
    if not number.isdecimal():
        return False
    rows = pq.read_table(
        folder / "tables/records.parquet", columns=[quote["field"]],
        filters=[("disclosure_id", "==", disclosure_id), ("record_no", "==", int(number))],
    )  # fmt: skip
    return bool(rows[quote["field"]].to_pylist() == [quote["text"]])
