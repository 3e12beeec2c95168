"""Put the checks of a bundle in their order; deeper ones run only on files that are what the manifest says."""

from __future__ import annotations

from pathlib import Path

from custodiet.model.bundle import CLAIMS, ENVELOPE
from custodiet.model.errors import UsageError
from custodiet.verify.claims import RunSql, check_claims, check_sql
from custodiet.verify.files import Manifest, check_files, read_manifest
from custodiet.verify.proofs import check_proofs
from custodiet.verify.report import PAGE, check_report
from custodiet.verify.result import Verdict
from custodiet.verify.sheet import Claim, check_expected, read_claims
from custodiet.verify.signature import check_signature, read_public_key


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
    with verdict.guard("proofs"):
        check_proofs(folder, verdict)
    with verdict.guard(CLAIMS):
        _check_numbers(folder, manifest, read_claims(folder), run_sql, verdict)
    return verdict


def _check_numbers(
    folder: Path, manifest: Manifest, claims: list[Claim], run_sql: RunSql | None, verdict: Verdict
) -> None:
    check_expected(folder, claims, verdict)
    check_claims(folder, claims, verdict)
    with verdict.guard(PAGE):
        check_report(folder, {claim["id"]: claim for claim in claims}, verdict, manifest.marked_numbers)
    # Last, because it takes the longest.
    check_sql(claims, run_sql, verdict)
