"""Put the checks of a bundle in their order; deeper ones run only on files that are what the manifest says."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from custodiet.model.errors import UsageError
from custodiet.verify.claims import check_claims
from custodiet.verify.files import check_files, read_manifest
from custodiet.verify.proofs import check_proofs
from custodiet.verify.result import Verdict
from custodiet.verify.signature import check_signature, read_public_key


def verify_bundle(folder: Path, *, key: Path | None = None) -> Verdict:
    """Check a bundle against its manifest, its signature, its proofs and its own tables.

    Args:
        folder: The bundle.
        key: Public key of the publisher, had from elsewhere than the bundle.

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
    check_signature(folder, manifest.data, trusted, verdict)
    check_files(folder, manifest, verdict)
    if not verdict.verified:
        verdict.not_checked.append("Proofs and numbers were not checked, because files are not what they should be.")
        return verdict
    for check in (check_proofs, check_claims):
        try:
            check(folder, verdict)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, pa.ArrowException) as error:
            what = "proofs" if check is check_proofs else "claims"
            verdict.fault("unreadable", what, f"The {what} do not have the form of a bundle ({type(error).__name__}).")
    return verdict
