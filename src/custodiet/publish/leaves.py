"""Commit to every row of every disclosure, and prove the cited ones.

The leaves are hashed in the engine, row for row in the form of ``model.bundle``. Texts and exact
times stand in a leaf as salted commitments. A salt is one half of SHA-256(key || row:pair), where the
key is that of the row's disclosure. It is derived from the case's key and the publication's name (HKDF,
RFC 5869; HMAC): the same publication has the same salts, and nobody without the case's key can make them.

A cited row is *opened* only as far as the published tables show the same: a text whose published
form is masked keeps its salt, so that nobody can try names until the commitment fits.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from numpy.typing import NDArray

from custodiet.case import Case
from custodiet.case.stored import Part, StoredRows, parts_of
from custodiet.case.types import arrow_schema
from custodiet.model.bundle import LEAF_FORMS, SALT_BYTES, TIMES, netstring
from custodiet.model.tables import ALL_TABLES
from custodiet.publish.leaf_sql import hashes_sql, opened_sql
from custodiet.publish.merkle import EMPTY_ROOT, Hashes, Tree, grow

_HASH: Final = pa.binary(32)
_SALT: Final = pa.binary(SALT_BYTES)
# For each disclosure its id, and where its rows begin and end.
Spans = list[tuple[str, int, int]]
_NODES: Final = pa.schema(
    [
        ("table", pa.string()),
        ("disclosure_id", pa.string()),
        ("level", pa.int64()),
        ("place", pa.int64()),
        ("hash", _HASH),
    ]
)


@dataclass(frozen=True, slots=True)
class Proofs:
    """Hold the commitments to the disclosures of a case.

    Attributes:
        trees: One dictionary per disclosure and table: size, root, cited rows, opened rows.
        n_cited: How many rows are cited.
        nodes: One row per node that leads from cited rows to a root.
    """

    trees: list[dict[str, Any]]
    n_cited: int
    nodes: pa.Table


def salt_key(secret: bytes, publication: str) -> bytes:
    """Derive the key of the salts of one publication from the case's key."""
    info = b"custodiet leaf salts/1\x00" + publication.encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret)


def prove(
    case: Case, publication: str, evidence: pa.Table, outward: Mapping[str, pa.Table | StoredRows], folder: Path
) -> Proofs:
    """Build the trees of all disclosures, and write the cited rows with what opens them.

    Args:
        case: The case.
        publication: Name of the publication.
        evidence: One row per cited row: ``disclosure_id``, ``record_no``.
        outward: Table name to its rows as they are published.
        folder: Where the cited rows go, a Parquet file for each table that has some.
    """
    key = salt_key(case.key.secret, publication)
    trees: list[dict[str, Any]] = []
    nodes: list[pa.Table] = []
    with case.registered("published_evidence", evidence):
        case.execute(
            "CREATE OR REPLACE TEMP TABLE cited_evidence AS"
            " SELECT DISTINCT disclosure_id, record_no FROM published_evidence"
        )
    for table in LEAF_FORMS:
        growing = _Growing(table)
        with _Writer(folder / f"{table}.parquet") as writer, _leaf_keys(case, table, key):
            for leaves in _parts(case, table, outward[table]):
                writer.write(growing.add(leaves))
        for tree, needed in growing.finished():
            trees.append(tree)
            nodes += needed
    case.execute("DROP TABLE temp.cited_evidence")
    n_cited = sum(tree["n_cited"] for tree in trees)
    return Proofs(trees, n_cited, pa.concat_tables([_NODES.empty_table(), *nodes]))


class _Writer(AbstractContextManager["_Writer"]):
    """Write rows to a Parquet file that is there only if there are any."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: pq.ParquetWriter | None = None

    def write(self, rows: pa.Table) -> None:
        """Add rows."""
        if rows.num_rows:
            self._writer = self._writer or pq.ParquetWriter(self._path, rows.schema, compression="zstd")
            self._writer.write_table(rows)

    def __exit__(self, *_exc: object) -> None:
        if self._writer is not None:
            self._writer.close()


@dataclass(frozen=True, slots=True)
class Leaves:
    """Hold the leaves of some rows of a table, in their order.

    Attributes:
        spans: For each disclosure its id, and where its rows begin and end here.
        numbers: Id of each row within its disclosure.
        hashes: Shape (rows, 32).
        cited: The cited rows among them in the same order, opened as far as they are published.
        places: Where each cited row stands among them.
    """

    spans: Spans
    numbers: NDArray[Any]
    hashes: Hashes
    cited: pa.Table
    places: NDArray[np.int64]


def leaf_hashes(case: Case, table: str, key: bytes) -> Iterator[tuple[str, NDArray[Any], Hashes]]:
    """Give the leaves of each disclosure: its id, the rows' ids in order, and their hashes (shape (n, 32))."""
    with _leaf_keys(case, table, key):
        found = case.query(hashes_sql(table, "true"))
    order, spans = _in_order(found)
    numbers, hashes = found["row_id"].to_numpy()[order], _hashes_of(found)[order]
    for disclosure_id, start, end in spans:
        yield disclosure_id, numbers[start:end], hashes[start:end]


@contextmanager
def _leaf_keys(case: Case, table: str, key: bytes) -> Iterator[None]:
    """Let SQL read the key of each disclosure's salts as ``leaf_keys``."""
    ids = [name for (name,) in case.rows(f"SELECT DISTINCT disclosure_id FROM {table}")]
    keys = [hmac.digest(key, f"{netstring(table)}{netstring(name)}".encode(), "sha256") for name in ids]
    with case.registered("leaf_keys", pa.table({"disclosure_id": pa.array(ids, pa.string()), "leaf_key": keys})):
        yield


def _parts(case: Case, table: str, outward: pa.Table | StoredRows) -> Iterator[Leaves]:
    """Give the leaves of a table: of a long one in the parts in which it is published."""
    parts: Sequence[Part | None] = (None,) if isinstance(outward, pa.Table) else parts_of(case, table)
    with case.registered("outward_rows", outward), ThreadPoolExecutor(1) as beside:
        # The engine works out the next part while this one is written and grown.
        asked = [beside.submit(_leaves, case, table, part) for part in parts[:1]]
        for place in range(len(parts)):
            found = asked.pop()
            leaves = found.result()
            asked += [beside.submit(_leaves, case, table, part) for part in parts[place + 1 : place + 2]]
            yield leaves


def _leaves(case: Case, table: str, part: Part | None) -> Leaves:
    condition, parameters = part.where("r") if part else ("true", [])
    found = case.query(hashes_sql(table, condition), parameters)
    order, spans = _in_order(found)
    numbers, hashes = found["row_id"].to_numpy()[order], _hashes_of(found)[order]
    cited = case.query(opened_sql(table, condition), [*parameters, *parameters])
    ordered, of_cited = _in_order(cited)
    cited = cited.take(ordered)
    places = _places(spans, numbers, of_cited, cited["row_id"].to_numpy())
    return Leaves(spans, numbers, hashes, _closed(table, cited, hashes[places]), places)


def _places(spans: Spans, numbers: NDArray[Any], some: Spans, wanted: NDArray[Any]) -> NDArray[np.int64]:
    """Find where some of the rows stand; both are in order of disclosure and number."""
    starts = {disclosure_id: (start, end) for disclosure_id, start, end in spans}
    places = np.zeros(len(wanted), np.int64)
    for disclosure_id, low, high in some:
        start, end = starts[disclosure_id]
        places[low:high] = start + np.searchsorted(numbers[start:end], wanted[low:high])
    return places


def _in_order(rows: pa.Table) -> tuple[NDArray[Any], Spans]:
    """Return what orders rows by disclosure and id, and where the rows of each disclosure then begin and end."""
    ids = rows["disclosure_id"].combine_chunks().dictionary_encode()
    names = ids.dictionary.to_pylist()
    places = np.empty(len(names), np.int64)
    places[sorted(range(len(names)), key=names.__getitem__)] = np.arange(len(names))
    ranks = places[ids.indices.to_numpy(zero_copy_only=False)]
    counts = np.bincount(ranks, minlength=len(names))
    ends = np.cumsum(counts).tolist()
    spans = [(name, end - n, end) for name, n, end in zip(sorted(names), counts.tolist(), ends, strict=True)]
    return np.lexsort((rows["row_id"].to_numpy(), ranks)), spans


def _hashes_of(rows: pa.Table) -> Hashes:
    return np.frombuffer(b"".join(_bytes_of(chunk) for chunk in rows["leaf_hash"].chunks), np.uint8).reshape(-1, 32)


def _bytes_of(chunk: Any) -> bytes:
    data: bytes = chunk.cast(pa.binary(32)).buffers()[1].to_pybytes()
    start = 32 * chunk.cast(pa.binary(32)).offset
    return data[start : start + 32 * len(chunk)]


class _Growing:
    """Gather the leaves of each disclosure until its tree can be built, and place the cited rows in it."""

    def __init__(self, table: str) -> None:
        self._table = table
        self._hashes: dict[str, list[Hashes]] = {}
        self._positions: dict[str, list[NDArray[Any]]] = {}
        self._n_opened: dict[str, int] = {}

    def add(self, leaves: Leaves) -> pa.Table:
        """Take leaves in, and return the cited rows with their position in the place of their id."""
        cited = leaves.cited
        opened = cited["opened"].to_numpy()
        positions = np.zeros(cited.num_rows, np.int64)
        for disclosure_id, start, end in leaves.spans:
            before = sum(map(len, self._hashes.get(disclosure_id, ())))
            self._hashes.setdefault(disclosure_id, []).append(leaves.hashes[start:end])
            # Cited rows stand in the order of the leaves: those of a disclosure are one stretch.
            low, high = np.searchsorted(leaves.places, [start, end]).tolist()
            positions[low:high] = before + leaves.places[low:high] - start
            self._positions.setdefault(disclosure_id, []).append(positions[low:high])
            n_opened = int(opened[low:high].sum())
            self._n_opened[disclosure_id] = self._n_opened.get(disclosure_id, 0) + n_opened
        return cited.set_column(cited.column_names.index("row_id"), "position", pa.array(positions, pa.int64()))

    def finished(self) -> Iterator[tuple[dict[str, Any], list[pa.Table]]]:
        """Give for each disclosure what is said of its tree, and the nodes that its proofs need."""
        for disclosure_id, hashes in self._hashes.items():
            tree = grow(np.concatenate(hashes))
            positions = np.concatenate(self._positions[disclosure_id])
            counts = len(positions), self._n_opened[disclosure_id]
            yield (
                _described(self._table, disclosure_id, tree, counts),
                _completing(self._table, disclosure_id, tree, positions),
            )


def _described(table: str, disclosure_id: str, tree: Tree, counts: tuple[int, int]) -> dict[str, Any]:
    return {
        "table": table,
        "disclosure_id": disclosure_id,
        "size": tree.size,
        "root": (tree.root if tree.size else EMPTY_ROOT).hex(),
        "n_cited": counts[0],
        "n_opened": counts[1],
    }


def _completing(table: str, disclosure_id: str, tree: Tree, positions: NDArray[Any]) -> list[pa.Table]:
    if not len(positions):
        return []
    found = []
    for level, places, hashes in tree.completing(positions):
        n = len(places)
        columns = {
            "table": pa.repeat(pa.scalar(table), n),
            "disclosure_id": pa.repeat(pa.scalar(disclosure_id), n),
            "level": pa.repeat(pa.scalar(level, pa.int64()), n),
            "place": pa.array(places, pa.int64()),
            "hash": pa.Array.from_buffers(_HASH, n, [None, pa.py_buffer(hashes.tobytes())]),
        }
        found.append(pa.table(columns, schema=_NODES))
    return found


def _closed(table: str, rows: pa.Table, hashes: Hashes) -> pa.Table:
    """Take out what is not opened: all of a closed row but its hash, the salt of a text that is masked."""
    whole = pa.Array.from_buffers(_HASH, len(hashes), [None, pa.py_buffer(hashes.tobytes())])
    form = LEAF_FORMS[table]
    opened = rows["opened"]
    types = {field.name: field.type for field in arrow_schema(ALL_TABLES[table])}
    columns: dict[str, Any] = {
        "disclosure_id": rows["disclosure_id"],
        "row_id": rows["row_id"].cast(pa.int64()),
        "opened": opened,
        "leaf_hash": _kept(whole, pc.invert(opened.combine_chunks())),
    }
    for name in (*form.clear, *form.hours):
        # The number stays, so that every cited row can be found here.
        columns[name] = (
            rows[name].cast(types[name]) if name == form.number else _kept(rows[name].cast(types[name]), opened)
        )
    for name in form.committed:
        told = pc.and_(opened, rows[f"told_{name}"]) if name != TIMES else pc.and_(opened, False)
        columns[f"commitment_{name}"] = _kept(rows[f"commitment_{name}"].cast(_HASH), pc.and_not(opened, told))
        if name != TIMES:
            columns[name] = _kept(rows[name], told)
            columns[f"salt_{name}"] = _kept(rows[f"salt_{name}"].cast(_SALT), told)
    return pa.table(columns)


def _kept(column: Any, where: Any) -> Any:
    return pc.if_else(where, column, pa.scalar(None, column.type))
