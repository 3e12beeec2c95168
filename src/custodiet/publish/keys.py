"""Keys that sign bundles: Ed25519 in a PEM file that only its owner can read."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from custodiet.model.errors import UsageError


def make_key(path: Path) -> str:
    """Make a key in a new file that only its owner can read, and return the public key in PEM form.

    Raises:
        UsageError: The file is there already, or cannot be written.
    """
    key = Ed25519PrivateKey.generate()
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise UsageError(
            "is there already; a key is never written over.", where=str(path), hint="Name a new file."
        ) from None
    except OSError as error:
        raise UsageError(f"cannot be written ({error.strerror}).", where=str(path)) from None
    with os.fdopen(handle, "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return public_pem(key.public_key()).decode()


def load_key(path: Path) -> Ed25519PrivateKey:
    """Read a key that signs.

    Raises:
        UsageError: The file is missing or is no Ed25519 private key without a passphrase.
    """
    hint = "Put the key back from its copy, or make a new one with: custodiet keys new PATH. Nothing was published."
    try:
        text = path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot be read as a key ({error.strerror}).", where=str(path), hint=hint) from None
    try:
        key = load_pem_private_key(text, password=None)
    except TypeError:
        raise UsageError("asks for a passphrase.", where=path.name, hint="Give a key without one.") from None
    except (ValueError, UnsupportedAlgorithm):
        raise UsageError("is no private key in PEM form.", where=path.name, hint=hint) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError("is a private key of another kind than Ed25519.", where=path.name, hint=hint)
    return key


def public_pem(key: Ed25519PublicKey) -> bytes:
    """Return a public key in PEM form."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def key_fingerprint(key: Ed25519PublicKey) -> str:
    """Return the SHA-256 of a public key (DER, SubjectPublicKeyInfo) in hexadecimal."""
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()
