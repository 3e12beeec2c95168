"""The key that turns plates into pseudonyms: one per case, owner-only, outside the tables.

A pseudonym is the first 8 bytes of HMAC-SHA256 (RFC 2104, FIPS 198-1) over the
normalised plate, in hex: among ten million plates two share one with a chance of
three in a million. Without the key file it cannot be made again; deleting
the file on its disposal date makes the pseudonyms unlinkable for good.
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from custodiet.model.errors import InputError

KEY_FILE = "pseudonym.key"
KEPT_FOR = timedelta(days=365)
# Bytes of a block of SHA-256; a secret is shorter.
_BLOCK = 64


@dataclass(frozen=True, slots=True)
class PseudonymKey:
    """Hold the secret of one case and the day on which it is to be deleted."""

    secret: bytes
    made_on: date
    dispose_on: date

    @property
    def fingerprint(self) -> str:
        """Tell this key from another one, and nothing else: 16 hexadecimal digits."""
        return hmac.digest(self.secret, b"custodiet key fingerprint", "sha256")[:8].hex()

    def pseudonym(self, plate: str) -> str:
        """Return the pseudonym of one normalised plate: 16 hexadecimal digits."""
        return hmac.digest(self.secret, plate.encode(), "sha256")[:8].hex()

    def hmac_pads(self) -> tuple[bytes, bytes]:
        """Return the inner and the outer block of HMAC-SHA256 (RFC 2104), with which the engine hashes whole columns.

        ``sha256(outer + sha256(inner + text))`` is the HMAC of the text. Whoever holds the blocks holds the key.
        """
        block = self.secret.ljust(_BLOCK, b"\0")
        return bytes(byte ^ 0x36 for byte in block), bytes(byte ^ 0x5C for byte in block)

    def pseudonyms(self, plates: Iterable[str]) -> list[str]:
        """Return the pseudonyms of many plates, in their order."""
        return [self.pseudonym(plate) for plate in plates]


def load_key(folder: Path) -> PseudonymKey | None:
    """Read the key of a case; None where there is none.

    Raises:
        InputError: The file is there and is no key.
    """
    path = folder / KEY_FILE
    return _read(path) if path.exists() else None


def make_key(folder: Path) -> PseudonymKey:
    """Make the key of a new case, in a file that only its owner can read."""
    path = folder / KEY_FILE
    made = datetime.now(UTC).date()
    key = PseudonymKey(secrets.token_bytes(32), made, made + KEPT_FOR)
    text = json.dumps({"secret": key.secret.hex(), "made_on": str(made), "dispose_on": str(key.dispose_on)})
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    return key


def _read(path: Path) -> PseudonymKey:
    try:
        stored = json.loads(path.read_text())
        secret = bytes.fromhex(stored["secret"])
        key = PseudonymKey(secret, date.fromisoformat(stored["made_on"]), date.fromisoformat(stored["dispose_on"]))
    except (OSError, ValueError, KeyError, TypeError):
        key = None
    if key is None or not 32 <= len(key.secret) <= 64:
        raise InputError(
            "is not a readable pseudonym key.",
            where=path.name,
            hint="Put the file back from a copy; nothing was changed.",
        )
    return key
