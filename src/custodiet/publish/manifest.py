"""Write the manifest of a bundle, its checksum, and its signature."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from custodiet.model.bundle import (
    BUNDLE_FORMAT,
    ENVELOPE,
    MANIFEST,
    MANIFEST_SUM,
    PAYLOAD_TYPE,
    PUBLIC_KEY,
    canonical_json,
    pre_authentication_encoding,
)
from custodiet.publish.keys import key_fingerprint, public_pem


def write_manifest(folder: Path, facts: Mapping[str, Any]) -> bytes:
    """Write the manifest over all files of a folder, with its checksum beside it, and return its bytes.

    Args:
        folder: The bundle; everything else is in it.
        facts: What the manifest says beside the files; holds no time of writing.
    """
    paths = [path for path in folder.rglob("*") if path.is_file()]
    with ThreadPoolExecutor() as threads:
        digests = threads.map(_digest, paths)
        files = [
            {"path": path.relative_to(folder).as_posix(), "size": path.stat().st_size, "sha256": digest}
            for path, digest in zip(paths, digests, strict=True)
        ]
    content = dict(facts) | {"format": BUNDLE_FORMAT, "files": sorted(files, key=lambda item: str(item["path"]))}
    data = canonical_json(content)
    (folder / MANIFEST).write_bytes(data)
    (folder / MANIFEST_SUM).write_bytes(f"{hashlib.sha256(data).hexdigest()}  {MANIFEST}\n".encode())
    return data


def sign_manifest(folder: Path, manifest: bytes, key: Ed25519PrivateKey) -> str:
    """Put the signature and the public key beside a manifest, and return the key's fingerprint."""
    keyid = key_fingerprint(key.public_key())
    signature = key.sign(pre_authentication_encoding(PAYLOAD_TYPE, manifest))
    envelope = {
        "payload": base64.b64encode(manifest).decode(),
        "payloadType": PAYLOAD_TYPE,
        "signatures": [{"keyid": keyid, "sig": base64.b64encode(signature).decode()}],
    }
    (folder / ENVELOPE).write_bytes(canonical_json(envelope))
    (folder / PUBLIC_KEY).write_bytes(public_pem(key.public_key()))
    return keyid


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
