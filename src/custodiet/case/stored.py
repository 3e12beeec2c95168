"""Rows in a Parquet file, and logs a part at a time: for tables too long to be held whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from custodiet.case.store import Case

PART_ROWS: Final = 250_000
# Numbers of repeated texts take less in a file, so that a column with more holds texts of its own in most rows.
_BYTES_OF_REPEATED: Final = 8


@dataclass(frozen=True, slots=True)
class StoredRows:
    """Point at the rows of a table in a Parquet file; ``Case.registered`` lets SQL read them under a name.

    Attributes:
        path: The file.
        num_rows: How many rows it holds.
        schema: Names and types.
    """

    path: Path
    num_rows: int
    schema: pa.Schema

    @classmethod
    def of(cls, path: Path) -> StoredRows:
        """Look at a file that was written."""
        file = pq.ParquetFile(path)
        return cls(path, file.metadata.num_rows, file.schema_arrow)

    @property
    def column_names(self) -> list[str]:
        """Name the columns in their order."""
        return list(self.schema.names)

    def column(self, name: str) -> pa.ChunkedArray:
        """Read one column."""
        return pq.read_table(self.path, columns=[name]).column(0)

    def part_texts(self, name: str) -> Iterator[Callable[[], pa.Array]]:
        """Give for each part of the file what reads the texts of a column in it; threads may call it.

        Repeated texts are given once where they are stored so, and else as often as they stand there.
        """
        # What the file says of its parts is read once, not for each of them.
        metadata = pq.read_metadata(self.path)
        for number in range(metadata.num_row_groups):
            yield partial(_part_texts, self.path, metadata, name, number)


def _part_texts(path: Path, metadata: pq.FileMetaData, name: str, number: int) -> pa.Array:
    chunk = metadata.row_group(number).column(metadata.schema.names.index(name))
    repeats = chunk.total_uncompressed_size <= _BYTES_OF_REPEATED * chunk.num_values
    with pq.ParquetFile(path, metadata=metadata, read_dictionary=[name] if repeats else None) as file:
        column = file.read_row_group(number, columns=[name]).column(0)
    if not repeats:
        return column.combine_chunks()
    return pc.unique(pa.chunked_array([chunk.dictionary for chunk in column.chunks], pa.string()))


@dataclass(frozen=True, slots=True)
class Part:
    """Name some rows of a log that stand together in the order of the log.

    Attributes:
        first: Id of the first disclosure.
        last: Id of the last disclosure; another than the first only where all of both belong to the part.
        numbers: First and last number of the records of a disclosure that is a part of its own, or None.
    """

    first: str
    last: str
    numbers: tuple[int, int] | None = None

    def where(self, alias: str) -> tuple[str, list[Any]]:
        """Return the condition in SQL, with its parameters."""
        condition = f"{alias}.disclosure_id BETWEEN ? AND ?"
        if self.numbers is None:
            return condition, [self.first, self.last]
        return f"{condition} AND {alias}.record_no BETWEEN ? AND ?", [self.first, self.last, *self.numbers]


def parts_of(case: Case, table: str, most: int | None = None) -> list[Part]:
    """Cut a log into parts of at most ``most`` rows, in its order: whole disclosures, or pieces of a long one.

    Args:
        case: The case.
        table: A table with ``disclosure_id`` and ``record_no``, numbered within each disclosure.
        most: Rows of a part; ``PART_ROWS`` where none is given.
    """
    counts = case.rows(
        f"SELECT disclosure_id, count(*), min(record_no), max(record_no) FROM {table} GROUP BY 1 ORDER BY 1"
    )
    return list(_cut(counts, most or PART_ROWS))


def _cut(counts: Sequence[tuple[str, int, int, int]], most: int) -> Iterator[Part]:
    together: list[str] = []
    size = 0
    for disclosure_id, n, low, high in counts:
        if together and size + n > most:
            yield Part(together[0], together[-1])
            together, size = [], 0
        if n > most:
            for start in range(low, high + 1, most):
                yield Part(disclosure_id, disclosure_id, (start, start + most - 1))
        else:
            together.append(disclosure_id)
            size += n
    if together:
        yield Part(together[0], together[-1])
