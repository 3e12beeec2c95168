"""The format of a bundle: names of its files, canonical JSON, the bytes that are signed, the form of a leaf.

Whoever writes a bundle and whoever verifies one read this module, and neither reads the other.
``docs/bundle.md`` says the same in prose, for those who write a verifier of their own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

BUNDLE_FORMAT: Final = "custodiet-bundle/1"
LEAF_FORMAT: Final = "custodiet-leaf/1"
PAYLOAD_TYPE: Final = "application/vnd.custodiet.manifest+json"

MANIFEST: Final = "manifest.json"
MANIFEST_SUM: Final = "manifest.sha256"
ENVELOPE: Final = "manifest.dsse.json"
PUBLIC_KEY: Final = "manifest.pub.pem"
# What stands beside the manifest instead of in it: its own checksum, and the signature.
UNLISTED: Final = (MANIFEST, MANIFEST_SUM, ENVELOPE, PUBLIC_KEY)
CLAIMS: Final = "claims/claims.json"
TREES: Final = "proofs/trees.json"
NODES: Final = "proofs/nodes.parquet"
ORIGINALS: Final = "originals.json"
RULE_NOT_AT_HAND: Final = "The text of this rule was not at hand when this was published."
SALT_BYTES: Final = 16
TIMES: Final = "times"
HOUR_MICROSECONDS: Final = 3_600_000_000
# In a leaf, in the place of a value that is not there.
ABSENT: Final = "-"


@dataclass(frozen=True, slots=True)
class LeafForm:
    """Say what a leaf covers of one row of a table.

    Attributes:
        number: Column that evidence cites: the record's number, or the place in the list.
        clear: Columns that stand in the leaf as they are published.
        hours: Times that stand in the leaf to the hour, and exactly in the commitment ``times``.
        texts: Columns of which the leaf holds a salted commitment.
        order: What orders the leaves of a disclosure.
    """

    number: str
    clear: tuple[str, ...]
    hours: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    order: tuple[str, ...] = ()

    @property
    def committed(self) -> tuple[str, ...]:
        """Name the commitments in their order; exact times come first."""
        return ((TIMES,) if self.hours else ()) + self.texts


LEAF_FORMS: Final[dict[str, LeafForm]] = {
    "records": LeafForm(
        number="record_no",
        clear=("record_no", "source_row", "source_page", "kind", "producer", "org", "org_basis", "networks", "devices",
               "search_type", "reason_state", "case_number_state", "user_state", "plate_state"),
        hours=("searched_at", "window_start", "window_end"),
        texts=("reason", "offense_type", "text_prompt", "filters", "moderation"),
        order=("record_no",),
    ),
    "events": LeafForm(
        number="record_no",
        clear=("record_no", "source_row", "actor_state", "event_type", "entity_type"),
        hours=("event_at",),
        order=("record_no",),
    ),
    "shares": LeafForm(
        number="source_row",
        clear=("source_row", "source_page", "source", "recipient", "stated_by", "as_of", "status"),
        order=("source_row", "source", "recipient", "stated_by", "as_of", "status", "source_page"),
    ),
    "portals": LeafForm(
        number="source_row",
        clear=("source_row", "producer", "as_of", "retention_days", "cameras", "searches_30d", "hits_30d",
               "vehicles_30d"),
        texts=("prohibited_uses", "acceptable_use", "access_policy", "hotlist_policy", "hotlists", "other"),
        order=("source_row", "producer", "as_of"),
    ),
}  # fmt: skip


def netstring(text: str) -> str:
    """Return a text with its length in UTF-8 bytes before it: ``5:hello,``."""
    return f"{len(text.encode())}:{text},"


def leaf_bytes(table: str, values: Mapping[str, str | None], commitments: Mapping[str, str | None]) -> bytes:
    """Return the bytes of a leaf: netstrings of the format, the table, and the values in the order of the form.

    No two different rows give the same bytes: every value carries its length, and a sign
    that begins no netstring stands for each that is absent. This is the definition; publishing and
    verifying put many leaves together by the column, and are tested against it.

    Args:
        table: A key of :data:`LEAF_FORMS`.
        values: Column to text: integers in decimal, days as ``2026-03-01``, times as
            whole hours since 1970-01-01T00:00Z.
        commitments: Commitment to its SHA-256 in hexadecimal.
    """
    form = LEAF_FORMS[table]
    parts = [netstring(LEAF_FORMAT), netstring(table)]
    told = [values.get(name) for name in (*form.clear, *form.hours)]
    told += [commitments.get(name) for name in form.committed]
    parts += [ABSENT if value is None else netstring(value) for value in told]
    return "".join(parts).encode()


def canonical_json(value: Any) -> bytes:
    """Write JSON in one form only: sorted keys, two blanks of indent, UTF-8, a newline at the end."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, indent=2, allow_nan=False)
    return (text + "\n").encode()


def pre_authentication_encoding(payload_type: str, payload: bytes) -> bytes:
    """Return the bytes that a DSSE signature covers (PAE of the DSSE protocol, version 1)."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
