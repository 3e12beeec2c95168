"""Commit to every row of every disclosure, and prove the cited ones.

The leaves are hashed in the engine, row for row in the form of ``model.bundle``. Texts and exact
times stand in a leaf as salted commitments. A salt is the first half of SHA-256(key || row), where
the key is derived from the case's key and the publication's name (HKDF, RFC 5869): the same
publication has the same salts, and nobody without the case's key can make them.

A cited row is *opened* only as far as the published tables show the same: a text whose published
form is masked keeps its salt, so that nobody can try names until the commitment fits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from numpy.typing import NDArray

from custodiet.case import Case
from custodiet.case.types import arrow_schema
from custodiet.model.bundle import LEAF_FORMAT, LEAF_FORMS, SALT_BYTES, TIMES, LeafForm, netstring
from custodiet.model.tables import ALL_TABLES
from custodiet.publish.merkle import EMPTY_ROOT, Hashes, Tree, grow

_HEX: Final = 2 * SALT_BYTES
_HASH: Final = pa.binary(32)
_SALT: Final = pa.binary(SALT_BYTES)
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
        rows: Table name to its cited rows, with what opens them.
        nodes: One row per node that leads from cited rows to a root.
    """

    trees: list[dict[str, Any]]
    rows: dict[str, pa.Table]
    nodes: pa.Table


def salt_key(secret: bytes, publication: str) -> bytes:
    """Derive the key of the salts of one publication from the case's key."""
    info = b"custodiet leaf salts/1\x00" + publication.encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret)


def prove(case: Case, publication: str, evidence: pa.Table, outward: dict[str, pa.Table]) -> Proofs:
    """Build the trees of all disclosures and open the cited rows.

    Args:
        case: The case.
        publication: Name of the publication.
        evidence: One row per cited row: ``disclosure_id``, ``record_no``.
        outward: Table name to its rows as they are published.
    """
    key = salt_key(case.key.secret, publication)
    trees: list[dict[str, Any]] = []
    rows: dict[str, pa.Table] = {}
    nodes: list[pa.Table] = []
    for table in LEAF_FORMS:
        cited = _cited(case, table, key, evidence, outward[table])
        places = _Places(cited)
        for disclosure_id, numbers, hashes in leaf_hashes(case, table, key):
            tree = grow(hashes)
            positions = places.put(disclosure_id, numbers)
            trees.append(_described(table, disclosure_id, tree, places.counts(disclosure_id)))
            nodes += _completing(table, disclosure_id, tree, positions)
        if cited.num_rows:
            rows[table] = places.rows()
    return Proofs(trees, rows, pa.concat_tables([_NODES.empty_table(), *nodes]))


def leaf_hashes(case: Case, table: str, key: bytes) -> Iterator[tuple[str, NDArray[Any], Hashes]]:
    """Give the leaves of each disclosure: its id, the rows' ids in order, and their hashes (shape (n, 32))."""
    found = case.query(
        f"{_committed_sql(table)} SELECT disclosure_id, row_id, unhex(leaf) AS hash FROM committed"
        " ORDER BY disclosure_id, row_id",
        [key.hex()],
    )
    if not found.num_rows:
        return
    ids = found["disclosure_id"].combine_chunks().dictionary_encode()
    codes = ids.indices.to_numpy()
    numbers = found["row_id"].to_numpy()
    hashes = np.frombuffer(b"".join(_bytes_of(chunk) for chunk in found["hash"].chunks), np.uint8).reshape(-1, 32)
    edges = [0, *(np.flatnonzero(np.diff(codes)) + 1).tolist(), len(codes)]
    for start, end in pairwise(edges):
        yield ids.dictionary[int(codes[start])].as_py(), numbers[start:end], hashes[start:end]


def _bytes_of(chunk: Any) -> bytes:
    data: bytes = chunk.cast(pa.binary(32)).buffers()[1].to_pybytes()
    start = 32 * chunk.cast(pa.binary(32)).offset
    return data[start : start + 32 * len(chunk)]


class _Places:
    """Give cited rows their position in the tree, disclosure by disclosure."""

    def __init__(self, cited: pa.Table) -> None:
        self._cited = cited
        self._positions = np.zeros(cited.num_rows, np.int64)
        ids = cited["disclosure_id"].to_pylist()
        self._spans: dict[str, tuple[int, int]] = {}
        for at, disclosure_id in enumerate(ids):
            self._spans[disclosure_id] = (self._spans.get(disclosure_id, (at, at))[0], at + 1)

    def put(self, disclosure_id: str, numbers: NDArray[Any]) -> NDArray[Any]:
        start, end = self._spans.get(disclosure_id, (0, 0))
        wanted = self._cited["row_id"][start:end].to_numpy()
        self._positions[start:end] = np.searchsorted(numbers, wanted)
        return self._positions[start:end]

    def counts(self, disclosure_id: str) -> tuple[int, int]:
        start, end = self._spans.get(disclosure_id, (0, 0))
        return end - start, int(pc.sum(self._cited["opened"][start:end]).as_py() or 0)

    def rows(self) -> pa.Table:
        placed = self._cited.set_column(
            self._cited.column_names.index("row_id"), "position", pa.array(self._positions, pa.int64())
        )
        return placed


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


def _cited(case: Case, table: str, key: bytes, evidence: pa.Table, outward: pa.Table) -> pa.Table:
    """Return the cited rows of a table, opened as far as the published rows show the same."""
    form = LEAF_FORMS[table]
    same = [f'o."{name}" IS NOT DISTINCT FROM c."{name}"' for name in form.clear]
    same += [
        f"date_trunc('hour', o.\"{name}\") IS NOT DISTINCT FROM date_trunc('hour', c.\"{name}\")" for name in form.hours
    ]
    # A text is told only where its published form is the whole of it.
    told = [f'coalesce(bool_or(same AND o."{name}" = c."{name}"), false) AS told_{name}' for name in form.texts]
    columns = ["c.disclosure_id", "c.row_id", "s.opened", "unhex(c.leaf) AS leaf_hash"]
    columns += [f'c."{name}"' for name in form.clear]
    columns += [f'date_trunc(\'hour\', c."{name}") AS "{name}"' for name in form.hours]
    for name in form.committed:
        columns.append(f"unhex(c.commitment_{name}) AS commitment_{name}")
        if name != TIMES:
            columns += [f'c."{name}"', f"unhex(c.salt_{name}) AS salt_{name}", f"s.told_{name}"]
    sql = (
        f"{_committed_sql(table, only_cited=True)},\n"
        "compared AS (SELECT c.disclosure_id, c.row_id, coalesce(bool_or(same), false) AS opened"
        f"{''.join(', ' + item for item in told)}"
        " FROM committed c LEFT JOIN outward_rows o ON o.disclosure_id = c.disclosure_id"
        f" AND o.{form.number} = c.{form.number}, LATERAL (SELECT {' AND '.join(same)} AS same)"
        " GROUP BY c.disclosure_id, c.row_id)\n"
        f"SELECT {', '.join(columns)} FROM committed c JOIN compared s ON s.disclosure_id = c.disclosure_id"
        " AND s.row_id = c.row_id ORDER BY c.disclosure_id, c.row_id"
    )
    cited = evidence.select(["disclosure_id", "record_no"]).group_by(["disclosure_id", "record_no"]).aggregate([])
    with case.registered("cited_evidence", cited), case.registered("outward_rows", outward):
        return _closed(table, case.query(sql, [key.hex()]))


def _closed(table: str, rows: pa.Table) -> pa.Table:
    """Take out what is not opened: all of a closed row but its hash, the salt of a text that is masked."""
    form = LEAF_FORMS[table]
    opened = rows["opened"]
    types = {field.name: field.type for field in arrow_schema(ALL_TABLES[table])}
    columns: dict[str, Any] = {
        "disclosure_id": rows["disclosure_id"],
        "row_id": rows["row_id"].cast(pa.int64()),
        "opened": opened,
        "leaf_hash": _kept(rows["leaf_hash"].cast(_HASH), pc.invert(opened)),
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


def _net(expression: str) -> str:
    """Return SQL of the parts of a netstring, for ``concat``."""
    return f"strlen({expression}), ':', {expression}, ','"


def _committed_sql(table: str, *, only_cited: bool = False) -> str:
    """Return the CTEs that end in ``committed``: the rows of a table, their row_id, salts, commitments and leaf."""
    form = LEAF_FORMS[table]
    row_id = form.number
    if form.order != (form.number,):
        order = ", ".join(f'"{name}" NULLS FIRST' for name in form.order)
        row_id = f"row_number() OVER (PARTITION BY disclosure_id ORDER BY {order})"
    told = {name: f'"{name}"' for name in form.texts}
    times = ", ".join(_net(f"coalesce(epoch_us(\"{name}\")::VARCHAR, '')") for name in form.hours)
    if form.hours:
        told[TIMES] = "exact_times"
    salts = [
        f"CASE WHEN {told[name]} IS NOT NULL THEN left(sha256(k.secret || encode(concat(row_name,"
        f" '{netstring(name)}'))), {_HEX}) END AS salt_{name}"
        for name in form.committed
    ]
    commitments = [
        f"CASE WHEN {told[name]} IS NOT NULL THEN"
        f" sha256(unhex(salt_{name}) || encode(concat({_net(told[name])}))) END AS commitment_{name}"
        for name in form.committed
    ]
    row_name = f"concat('{netstring(table)}', {_net('disclosure_id')}, {_net('row_id::VARCHAR')})"
    exact = f", concat({times}) AS exact_times" if times else ""
    cited = (
        " SEMI JOIN cited_evidence e ON e.disclosure_id = numbered.disclosure_id"
        f" AND e.record_no = numbered.{form.number}"
        if only_cited
        else ""
    )
    return (
        "WITH k AS (SELECT unhex(?) AS secret),\n"
        f"numbered AS (SELECT *, {row_id} AS row_id FROM {table}),\n"
        f"named AS (SELECT *, {row_name} AS row_name{exact} FROM numbered{cited}),\n"
        f"salted AS (SELECT named.*{''.join(', ' + salt for salt in salts)} FROM named, k),\n"
        f"sealed AS (SELECT *{''.join(', ' + item for item in commitments)} FROM salted),\n"
        f"committed AS (SELECT *, {_leaf_sql(form, table)} AS leaf FROM sealed)"
    )


def _leaf_sql(form: LeafForm, table: str) -> str:
    """Return SQL of the hash of a leaf, in hexadecimal; ``model.bundle.leaf_bytes`` says the same in Python."""
    parts = [f"'{netstring(LEAF_FORMAT)}{netstring(table)}'"]
    parts += [_part(name, f'"{name}"::VARCHAR') for name in form.clear]
    parts += [_part(name, f"strftime(\"{name}\" AT TIME ZONE 'UTC', '%Y-%m-%dT%HZ')") for name in form.hours]
    parts += [_part(f"commitment:{name}", f"commitment_{name}") for name in form.committed]
    return f"sha256('\\x00'::BLOB || encode(concat({', '.join(parts)})))"


def _part(name: str, value: str) -> str:
    """Return SQL of name and value; null, which ``concat`` leaves out, where there is no value."""
    return f"CASE WHEN {value} IS NOT NULL THEN concat('{netstring(name)}', {_net(value)}) END"
