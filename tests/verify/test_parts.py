"""Parts of a bundle that repeat others, each changed alone and hashed anew: the one that differs is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from custodiet.model.bundle import MANIFEST, ORIGINALS
from custodiet.verify import verify_bundle
from custodiet.verify.strict import indented_json
from tests.verify.forging import change_claim, change_column, change_text, rehash

RECORDS = "tables/records.csv"


def _faults(bundle: Path) -> set[tuple[str, str]]:
    return {(fault.code, fault.where) for fault in verify_bundle(bundle).faults}


@pytest.mark.parametrize(("name", "old", "new"), [
    (RECORDS, "Copperline NV PD", "Quiet Harbor CA PD"),
    (RECORDS, '"stolen vehicle"', '""'),
    (RECORDS, "T13:00:00Z", "T14:00:00Z"),
    (RECORDS, '"org"', '"user"'),
    ("tables/indicators.csv", '"A reason can stand', '"No reason can stand'),
    ("tables/evidence.csv", ",2,", ",3,"),
    ("claims/claims.csv", "rows of search logs", "breaches"),
    ("indicators.json", "state no purpose", "state no lawful purpose"),
    ("findings.json", "]}", "{}]}"),
    ("tables/datapackage.json", '"name": "org"', '"name": "user"'),
    ("rules/index.json", '"version": "1.0.0"', '"version": "2.0.0"'),
])  # fmt: skip
def test_what_repeats_something_says_the_same(bundle: Path, name: str, old: str, new: str) -> None:
    change_text(bundle, name, old, new)
    faults = _faults(bundle)
    # The data package holds the digests of the tables.
    assert {where for _, where in faults} - {"tables/datapackage.json"} == {name} - {"tables/datapackage.json"}
    assert faults


def test_a_line_less_and_a_line_more_are_found(bundle: Path) -> None:
    lines = (bundle / RECORDS).read_text(encoding="utf-8").splitlines(keepends=True)
    for changed in (lines[:-1], [*lines, lines[-1]], lines[:1]):
        (bundle / RECORDS).write_text("".join(changed), encoding="utf-8", newline="")
        rehash(bundle)
        assert ("copy-differs", RECORDS) in _faults(bundle)


@pytest.mark.parametrize("name", [
    RECORDS, "claims/claims.csv", "indicators.json", "README.txt", ORIGINALS, "rules/index.json",
    "proofs/nodes.parquet", "report/index.html", "schemas/findings.schema.json",
])  # fmt: skip
def test_a_part_that_every_bundle_has_is_not_left_out(bundle: Path, name: str) -> None:
    (bundle / name).unlink()
    rehash(bundle)
    assert _faults(bundle) == {("missing-part", name)}


def test_letters_and_texts_of_rules_are_not_left_out(bundle: Path) -> None:
    next((bundle / "reply").glob("*.md")).unlink()
    rule = next((bundle / "rules").glob("*.md"), None)
    if rule is not None:
        rule.unlink()
    rehash(bundle)
    expected = {("missing-part", "reply")} | ({("missing-part", f"rules/{rule.name}")} if rule else set())
    assert _faults(bundle) == expected


@pytest.mark.parametrize(("table", "column", "word"), [
    ("indicators", "disposition", "violation"), ("indicators", "severity", "crime"), ("records", "plate_state", "x"),
    ("organisations", "level", "enemy"), ("records", "kind", ""),
])  # fmt: skip
def test_words_are_those_that_the_column_knows(bundle: Path, table: str, column: str, word: str) -> None:
    change_column(bundle, table, column, lambda _cell: word)
    assert ("unknown-word", f"tables/{table}.parquet") in _faults(bundle)


@pytest.mark.parametrize("change", ["digest", "name", "producer", "twice", "size"])
def test_originals_are_those_of_the_disclosures(bundle: Path, change: str) -> None:
    content = json.loads((bundle / ORIGINALS).read_bytes())
    first = content["originals"][0]
    match change:
        case "digest":
            first["sha256"] = "0" * 64
        case "name":
            first["name"] = "other.csv"
        case "producer":
            first["read_as"]["producer"] = "Quiet Harbor CA PD"
        case "twice":
            content["originals"].append(first)
        case _:
            first["size"] = "1"
    (bundle / ORIGINALS).write_bytes(indented_json(content))
    rehash(bundle)
    assert {where for _, where in _faults(bundle)} == {ORIGINALS}


def test_name_and_quotes_of_the_manifest_are_those_of_the_tables(bundle: Path) -> None:
    name = json.loads((bundle / MANIFEST).read_bytes())["name"]
    rehash(bundle, name="The real one")
    assert ("copy-differs", "tables/records.parquet") in _faults(bundle)
    quote = {"record": "d000000000000:1", "field": "reason", "text": "because", "asked_by": "A", "approved_by": "B"}
    rehash(bundle, name=name, quotes=[quote])
    assert _faults(bundle) == {("copy-differs", MANIFEST)}


def test_a_range_is_that_of_the_table(bundle: Path) -> None:
    change_claim(bundle, "indicator.i-0000000000000001", high=9999)
    assert ("number-differs", "indicator.i-0000000000000001") in _faults(bundle)


def test_what_is_only_hashed_is_said_of_every_bundle(bundle: Path) -> None:
    told = " ".join(verify_bundle(bundle).not_checked)
    assert [word for word in ("report.pdf", "README.txt", "reply/", "rules/", "schemas/") if word not in told] == []
