"""Change a bundle as somebody would who wants it to pass: every digest of it worked out anew."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from custodiet.model.bundle import CLAIMS, ENVELOPE, MANIFEST, MANIFEST_SUM, PUBLIC_KEY, UNLISTED, canonical_json
from custodiet.verify.strict import indented_json

Change = Callable[[Any], Any]


def rehash(bundle: Path, **facts: object) -> None:
    """Write the manifest of an unsigned bundle anew over the files that are there."""
    for name in (ENVELOPE, PUBLIC_KEY):
        (bundle / name).unlink(missing_ok=True)
    content = json.loads((bundle / MANIFEST).read_bytes()) | facts
    content["files"] = sorted(
        (
            {"path": path.relative_to(bundle).as_posix(), "size": path.stat().st_size, "sha256": _digest(path)}
            for path in bundle.rglob("*")
            if path.is_file() and path.relative_to(bundle).as_posix() not in UNLISTED
        ),
        key=lambda item: str(item["path"]),
    )
    write_manifest(bundle, canonical_json(content))


def write_manifest(bundle: Path, data: bytes) -> None:
    """Put a manifest in place, with its checksum."""
    (bundle / MANIFEST).write_bytes(data)
    (bundle / MANIFEST_SUM).write_text(f"{hashlib.sha256(data).hexdigest()}  {MANIFEST}\n")


def change_claims(bundle: Path, change: Callable[[list[dict[str, Any]]], object]) -> None:
    """Change the claim sheet in place and write it in its form."""
    content = json.loads((bundle / CLAIMS).read_bytes())
    change(content["claims"])
    (bundle / CLAIMS).write_bytes(indented_json(content))
    rehash(bundle)


def change_claim(bundle: Path, identity: str, **values: object) -> None:
    """Change values of one claim."""

    def change(claims: list[dict[str, Any]]) -> None:
        next(claim for claim in claims if claim["id"] == identity).update(values)

    change_claims(bundle, change)


def change_text(bundle: Path, name: str, old: str, new: str) -> None:
    """Put one text in the place of another, which must stand in the file."""
    text = (bundle / name).read_text(encoding="utf-8")
    assert old in text
    (bundle / name).write_text(text.replace(old, new), encoding="utf-8", newline="")
    rehash(bundle)


def change_column(bundle: Path, table: str, column: str, change: Change) -> None:
    """Change every cell of a column of a table, in its Parquet file alone."""
    path = bundle / "tables" / f"{table}.parquet"
    rows = pq.read_table(path)
    place = rows.column_names.index(column)
    cells = [change(cell) for cell in rows[column].to_pylist()]
    changed = rows.set_column(place, rows.schema.field(column), pa.array(cells, rows.schema.field(column).type))
    pq.write_table(changed.replace_schema_metadata(rows.schema.metadata), path, compression="zstd")
    rehash(bundle)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
