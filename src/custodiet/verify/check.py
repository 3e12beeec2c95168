"""Put the checks of a bundle in their order; deeper ones run only on files that are what the manifest says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from custodiet.model.bundle import CLAIMS, ENVELOPE, MANIFEST, ORIGINALS
from custodiet.model.counts import counted
from custodiet.model.errors import UsageError
from custodiet.verify.claims import RunSql, check_claims, check_sql
from custodiet.verify.copies import check_claims_csv, check_csv, check_rows_json
from custodiet.verify.files import Manifest, check_files, read_manifest
from custodiet.verify.parts import (
    PACKAGE,
    RULES,
    TABLES,
    check_findings,
    check_letters,
    check_originals,
    check_package,
    check_parts,
    check_quotes,
    check_rules,
    check_types,
)
from custodiet.verify.proofs import check_proofs
from custodiet.verify.report import PAGE, check_report
from custodiet.verify.result import Verdict
from custodiet.verify.sheet import Claim, check_expected, read_claims
from custodiet.verify.signature import check_signature, read_public_key

_OF_MANIFEST: Final[Mapping[str, Callable[[Path, Manifest, Verdict], None]]] = {
    PACKAGE: check_package,
    RULES: check_rules,
    "reply": check_letters,
    MANIFEST: check_quotes,
}
# Said of every bundle: these parts are as they were published, and nothing more is known of them.
_HASHED_ONLY: Final = (
    "What the report says between its marked numbers, its pictures and its looks, and report.pdf.",
    "What README.txt, schemas/, the letters in reply/ and the texts in rules/ say.",
    "Definitions, units and notes of numbers, receipts, sizes of originals, and what manifest.json says of versions,"
    " dates and reasons.",
)


def verify_bundle(folder: Path, *, key: Path | None = None, run_sql: RunSql | None = None) -> Verdict:
    """Check a bundle against its manifest, its signature, its proofs and its own tables.

    Args:
        folder: The bundle.
        key: Public key of the publisher, had from elsewhere than the bundle.
        run_sql: Runs the SQL of claims on the tables of the bundle, which it must take for hostile; without it that
            SQL is not run, which is then said.

    Raises:
        UsageError: There is no such folder, or the key cannot be read.
    """
    if not folder.is_dir():
        raise UsageError("is no folder, so there is no bundle to verify.", where=str(folder))
    trusted = read_public_key(key) if key is not None else None
    verdict = Verdict()
    manifest = read_manifest(folder, verdict)
    if manifest is None:
        return verdict
    with verdict.guard(ENVELOPE):
        check_signature(folder, manifest.data, trusted, verdict)
    with verdict.guard("."):
        check_files(folder, manifest, verdict)
    if not verdict.verified:
        verdict.not_checked.append("Proofs and numbers were not checked, because files are not what they should be.")
        return verdict
    if not check_parts(manifest, verdict):
        verdict.not_checked.append("Proofs and numbers were not checked, because parts of the bundle are missing.")
        return verdict
    with verdict.guard("proofs"):
        check_proofs(folder, verdict)
    _check_fit(folder, manifest, verdict)
    with verdict.guard(CLAIMS):
        _check_numbers(folder, manifest, read_claims(folder), run_sql, verdict)
    verdict.not_checked += _HASHED_ONLY
    return verdict


def _check_fit(folder: Path, manifest: Manifest, verdict: Verdict) -> None:
    """Compare the parts of a bundle that say the same with each other."""
    check_types(folder, manifest, verdict)
    for table in TABLES:
        with verdict.guard(f"tables/{table}.csv"):
            check_csv(folder, table, verdict)
    for table in ("indicators", "findings"):
        with verdict.guard(f"{table}.json"):
            check_rows_json(folder, table, verdict)
    with verdict.guard("tables/findings.parquet"):
        check_findings(folder, verdict)
    with verdict.guard(ORIGINALS):
        check_originals(folder, verdict)
    for name, check in _OF_MANIFEST.items():
        with verdict.guard(name):
            check(folder, manifest, verdict)
    if verdict.verified:
        verdict.checked.append(
            f"{counted(len(TABLES), 'table')} as Parquet and as CSV, indicators.json, findings.json, originals.json,"
            " rules, letters and quotes: they fit each other."
        )


def _check_numbers(
    folder: Path, manifest: Manifest, claims: list[Claim], run_sql: RunSql | None, verdict: Verdict
) -> None:
    check_expected(folder, claims, verdict)
    with verdict.guard("claims/claims.csv"):
        check_claims_csv(folder, claims, verdict)
    check_claims(folder, claims, verdict)
    with verdict.guard(PAGE):
        check_report(folder, {claim["id"]: claim for claim in claims}, verdict, manifest.marked_numbers)
    # Last, because it takes the longest.
    check_sql(claims, run_sql, verdict)
