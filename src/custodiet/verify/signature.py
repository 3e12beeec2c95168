"""Check the signature over the manifest: Ed25519 in a DSSE envelope, the public key beside it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from custodiet.model.bundle import (
    ENVELOPE,
    MANIFEST,
    PAYLOAD_TYPE,
    PUBLIC_KEY,
    canonical_json,
    pre_authentication_encoding,
)
from custodiet.model.errors import UsageError
from custodiet.verify.result import Verdict


def fingerprint(key: Ed25519PublicKey) -> str:
    """Return the SHA-256 of a public key (DER, SubjectPublicKeyInfo) in hexadecimal."""
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def read_public_key(path: Path) -> Ed25519PublicKey:
    """Read the public key that a reader trusts.

    Raises:
        UsageError: The file is not there, or is no Ed25519 public key in PEM form.
    """
    try:
        text = path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"cannot be read ({error.strerror}); nothing was verified.", where=str(path),
            hint="Get the public key again from the publisher, not from the bundle.",
        ) from None  # fmt: skip
    key = _parse(text)
    if key is None:
        secret = b"PRIVATE KEY" in text
        raise UsageError(
            "is a private key; a reader needs the public one." if secret else "is no Ed25519 public key in PEM form.",
            where=path.name, hint="custodiet keys show PATH prints the public key. Nothing was verified.",
        )  # fmt: skip
    return key


def check_signature(folder: Path, manifest: bytes, trusted: Ed25519PublicKey | None, verdict: Verdict) -> None:
    """Check the signature of a bundle, if it has one, and note by whom it is signed."""
    envelope, key_file = folder / ENVELOPE, folder / PUBLIC_KEY
    there = [path for path in (envelope, key_file) if path.is_file()]
    if not there:
        if trusted is not None:
            verdict.fault("signature-missing", ENVELOPE, "The bundle is not signed, so the key cannot vouch for it.")
        return
    if len(there) == 1:
        absent = PUBLIC_KEY if there[0] == envelope else ENVELOPE
        verdict.fault("missing-file", absent, "Half of the signature is missing.")
        return
    key = _own_key(key_file, verdict)
    if key is None or not _fits(envelope, manifest, key, verdict):
        return
    verdict.signed_by = fingerprint(key)
    if trusted is not None:
        verdict.key_compared = True
        if fingerprint(trusted) != verdict.signed_by:
            verdict.fault(
                "other-key", PUBLIC_KEY,
                f"Signed with key {verdict.signed_by[:16]}…, not with the given key {fingerprint(trusted)[:16]}….",
            )  # fmt: skip


def _own_key(path: Path, verdict: Verdict) -> Ed25519PublicKey | None:
    text = path.read_bytes()
    key = _parse(text)
    if key is None or key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo) != text:
        verdict.fault("signature-invalid", PUBLIC_KEY, "The file is no Ed25519 public key in its usual form.")
        return None
    return key


def _fits(path: Path, manifest: bytes, key: Ed25519PublicKey, verdict: Verdict) -> bool:
    """Check an envelope, which must have the one form in which it is written, and name the file that is wrong."""
    data = path.read_bytes()
    try:
        envelope = json.loads(data)
        signature = base64.b64decode(envelope["signatures"][0]["sig"], validate=True)
        payload = base64.b64decode(envelope["payload"], validate=True)
        keyid = envelope["signatures"][0]["keyid"]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError, binascii.Error):
        verdict.fault("signature-invalid", ENVELOPE, "The file is no DSSE envelope with one signature.")
        return False
    if keyid != fingerprint(key):
        verdict.fault(
            "signature-invalid", f"{ENVELOPE}, {PUBLIC_KEY}", "The signature is by another key than the one beside it."
        )
    elif _signed(key, signature, manifest):
        if data == envelope_bytes(manifest, signature, keyid):
            return True
        verdict.fault("signature-invalid", ENVELOPE, "The signature fits, but the envelope around it was changed.")
    elif _signed(key, signature, payload):
        verdict.fault("manifest-changed", MANIFEST, "The manifest is not the one that was signed.")
    else:
        verdict.fault("signature-invalid", ENVELOPE, "The signature does not fit the manifest.")
    return False


def _signed(key: Ed25519PublicKey, signature: bytes, payload: bytes) -> bool:
    try:
        key.verify(signature, pre_authentication_encoding(PAYLOAD_TYPE, payload))
    except InvalidSignature:
        return False
    return True


def envelope_bytes(manifest: bytes, signature: bytes, keyid: str) -> bytes:
    """Return the one form in which an envelope is written."""
    return canonical_json(
        {
            "payload": base64.b64encode(manifest).decode(),
            "payloadType": PAYLOAD_TYPE,
            "signatures": [{"keyid": keyid, "sig": base64.b64encode(signature).decode()}],
        }
    )


def _parse(text: bytes) -> Ed25519PublicKey | None:
    try:
        key = load_pem_public_key(text)
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, Ed25519PublicKey) else None
