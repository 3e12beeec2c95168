"""A table of text cells in the engine, waiting for its types.

Cells of one released table go into a temporary table (spilled, if at all, into the
work folder of the case), are looked at as shapes and distinct values, and leave
as typed rows. The temporary table is never part of the case's database file.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from custodiet.case.store import Case
from custodiet.model.reading import TimeColumn

BATCH_ROWS = 20_000
MAX_CELL_BYTES = 16 * 1024 * 1024
OUTER_BLANKS = "\t\r\n\u00a0\u202f"
Cells = Sequence[str | None]


class Stage:
    """Hold one released table as text: every row in its order, nothing left out.

    Rows are numbered from 0 (``row_no``) in the order of the original. Rows before
    ``first_row`` (header, titles) and rows set aside with :meth:`set_aside` are no data.
    """

    def __init__(self, case: Case, width: int, *, from_csv: bool) -> None:
        self._case = case
        self.width = width
        self._from_csv = from_csv
        self.first_row = 0
        self._repaired = False
        self._aside = False
        self.n_blank = 0
        self._instants: dict[TimeColumn, str] = {}
        self._plain_counts: dict[int, bool] = {}
        self._n_from: dict[int, int] = {}

    @classmethod
    def from_csv(
        cls,
        case: Case,
        path: Path,
        delimiter: str,
        width: int,
        n_rows: int,
        *,
        has_outer_blanks: bool,
        instants: Mapping[TimeColumn, str] | None = None,
    ) -> Stage | None:
        """Load a regular delimited file by the engine's own parallel reader.

        Args:
            case: The case.
            path: UTF-8 text.
            delimiter: One character.
            width: Cells in every record.
            n_rows: Records, counted by other means.
            has_outer_blanks: Cells may begin or end with tabs, line ends or no-break spaces.
            instants: Times as they are guessed to be read, with the SQL that reads them: they are
                parsed while the file is, and not once more when they are checked and stored.

        Returns:
            The stage, or None when the engine stumbles or counts other than ``n_rows``:
            then the file is not regular and is to be read row by row.
        """
        stage = cls(case, width, from_csv=True)
        stage._instants = {column: f"t{number}" for number, column in enumerate(instants or {})}
        stage.drop()
        columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(width))
        source = str(path).replace("'", "''")
        cut = ", ".join(f"trim(c{i}, '{OUTER_BLANKS}') AS c{i}" for i in range(width))
        cells = cut if has_outer_blanks else "*"
        cells += "".join(f", {sql} AS t{number}" for number, sql in enumerate((instants or {}).values()))
        # Explicit dialect: sniffing, null padding and a forced new_line lose or double rows silently.
        sql = (
            f"CREATE TEMP TABLE staged AS SELECT {cells} FROM read_csv('{source}', auto_detect=false, header=false, "
            f"delim='{delimiter}', quote='\"', escape='\"', columns={{{columns}}}, allow_quoted_nulls=false)"
        )
        try:
            case.execute(sql)
        except duckdb.Error:
            stage.drop()
            return None
        if case.value("SELECT count(*) FROM staged") != n_rows:
            stage.drop()
            return None
        stage._make_views()
        return stage

    @classmethod
    def from_rows(
        cls,
        case: Case,
        rows: Iterable[tuple[int, int | None, bool, Sequence[str | None]]],
        width: int,
        *,
        keep_first: int = 0,
    ) -> Stage:
        """Load rows given as (source_row, page, hidden, cells).

        Cells beyond ``width`` are kept apart as overflow; missing ones are null. Rows without
        anything visible are only counted (``n_blank``), except among the first ``keep_first``.
        """
        stage = cls(case, width, from_csv=False)
        rows = stage._without_blanks(rows, keep_first)
        stage.drop()
        names = "".join(f", c{i} VARCHAR" for i in range(width))
        case.execute(
            "CREATE TEMP TABLE staged (source_row BIGINT, source_page BIGINT, hidden BOOLEAN, n_cells BIGINT, "
            f"overflow VARCHAR[]{names})"
        )
        for batch in _batches(rows, width):
            with case.registered("staged_batch", batch):
                case.execute("INSERT INTO staged SELECT * FROM staged_batch")
        stage._make_views()
        return stage

    def _without_blanks(
        self, rows: Iterable[tuple[int, int | None, bool, Sequence[str | None]]], keep_first: int
    ) -> Iterator[tuple[int, int | None, bool, Sequence[str | None]]]:
        for place, row in enumerate(rows):
            if place < keep_first or any(cell and cell.strip(OUTER_BLANKS + " ") for cell in row[3]):
                yield row
            else:
                self.n_blank += 1

    def set_blank_aside(self) -> None:
        """Take rows without anything visible out of the data; they are only counted (``n_blank``)."""
        if not self._from_csv:
            return
        blank = " AND ".join(f"coalesce(trim(c{i}), '') = ''" for i in range(self.width))
        self._case.execute(
            f"INSERT INTO set_aside SELECT row_no FROM staged_rows WHERE row_no >= {self.first_row} AND {blank}"
        )
        self.n_blank = int(self._case.value("SELECT count(*) FROM set_aside"))
        self._aside = self.n_blank > 0

    def _make_views(self) -> None:
        cells = "".join(f", c{i}" for i in range(self.width))
        if self._from_csv:
            times = "".join(f", {name}" for name in self._instants.values())
            place = f"rowid + 1 AS source_row, NULL::BIGINT AS source_page, {self.width} AS n_cells"
            place += ", NULL::VARCHAR[] AS overflow"
        else:
            place, times = "source_row, source_page, n_cells, overflow", ""
        self._case.execute(
            f"CREATE OR REPLACE TEMP VIEW staged_rows AS SELECT rowid AS row_no, {place}{cells}{times} FROM staged"
        )
        self._case.execute("CREATE OR REPLACE TEMP TABLE set_aside (row_no BIGINT)")
        types = "".join(f", c{i} VARCHAR" for i in range(self.width))
        self._case.execute(f"CREATE OR REPLACE TEMP TABLE repaired (row_no BIGINT{types})")

    @property
    def source(self) -> str:
        """Name a relation with the data rows: ``row_no``, places, ``layout_corrected`` and the cells."""
        cells = ", ".join(f"c{i}" for i in range(self.width))
        where = f"s.row_no >= {self.first_row}"
        if self._aside:
            where += " AND s.row_no NOT IN (SELECT row_no FROM set_aside)"
        head = "s.row_no, s.source_row, s.source_page"
        if not self._repaired:
            times = "".join(f", {name}" for name in self._instants.values())
            return f"(SELECT {head}, false AS layout_corrected, {cells}{times} FROM staged_rows AS s WHERE {where})"
        mended = ", ".join(f"r.c{i}" for i in range(self.width))
        return (
            f"(SELECT {head}, false AS layout_corrected, {cells} FROM staged_rows AS s "
            f"WHERE {where} AND s.row_no NOT IN (SELECT row_no FROM repaired) "
            f"UNION ALL SELECT {head}, true, {mended} "
            f"FROM staged_rows AS s JOIN repaired AS r ON s.row_no = r.row_no WHERE {where})"
        )

    def instant(self, column: TimeColumn) -> str | None:
        """Name the column of :attr:`source` that holds a time already parsed; None where it is to be parsed."""
        return None if self._repaired else self._instants.get(column)

    def has_plain_counts(self, position: int) -> bool:
        """Tell whether a column holds nothing but whole numbers below ten million and blanks, as most counts do."""
        if self._repaired:
            return False
        if position not in self._plain_counts:
            odd = f"NOT regexp_full_match(trim(c{position}), '[0-9]{{0,7}}')"
            self._plain_counts[position] = not self._case.value(f"SELECT count(*) FROM {self.source} WHERE {odd}")
        return self._plain_counts[position]

    def guess(self, column: TimeColumn) -> TimeColumn | None:
        """Give the guess of how a time at the same place is read; None where there is none."""
        return next(
            (known for known in self._instants if replace(known, formats=(), needs_tidying=False) == column), None
        )

    @property
    def has_gaps(self) -> bool:
        """Tell whether rows were set aside, so that numbers of records are not numbers of rows."""
        return self._aside

    @property
    def was_changed(self) -> bool:
        """Tell whether rows were set aside or repaired."""
        return self._aside or self._repaired

    def count(self) -> int:
        """Count the rows from ``first_row`` on, rows set aside included."""
        if self.first_row not in self._n_from:
            sql = f"SELECT count(*) FROM staged_rows WHERE row_no >= {self.first_row}"
            self._n_from[self.first_row] = int(self._case.value(sql))
        staged = self._n_from[self.first_row]
        return staged if self._from_csv else staged + self.n_blank

    def widest(self) -> int:
        """Count the cells of the widest data row as released; 0 without rows."""
        return int(
            self._case.value(f"SELECT coalesce(max(n_cells), 0) FROM staged_rows WHERE row_no >= {self.first_row}")
        )

    def narrowest(self) -> int:
        """Count the cells of the narrowest data row as released; 0 without rows."""
        if self._from_csv:
            return self.width
        return int(
            self._case.value(f"SELECT coalesce(min(n_cells), 0) FROM staged_rows WHERE row_no >= {self.first_row}")
        )

    def rows(self, where: str, limit: int) -> list[tuple[int, int, int | None, list[str | None]]]:
        """Fetch rows as (row_no, source_row, page, cells with overflow), in their order."""
        if self._aside:
            where = f"row_no NOT IN (SELECT row_no FROM set_aside) AND ({where})"
        table = self._case.query(
            f"SELECT * FROM staged_rows WHERE row_no >= {self.first_row} AND ({where}) ORDER BY row_no LIMIT {limit}"
        )
        found = []
        for row in table.to_pylist():
            cells = [row[f"c{i}"] for i in range(self.width)][: row["n_cells"]] + (row["overflow"] or [])
            found.append((row["row_no"], row["source_row"], row["source_page"], cells))
        return found

    def shapes(self, expression: str, where: str = "true") -> list[tuple[str, int]]:
        """Count the shapes (digits as 9) of a column or expression, most frequent first; blanks left out."""
        shape = f"translate({expression}, '0123456789', '9999999999')"
        return [
            (shape, n)
            for shape, n in self._case.rows(
                f"SELECT {shape} AS shape, count(*) AS n FROM {self.source} WHERE trim({expression}) <> '' "
                f"AND ({where}) GROUP BY 1 ORDER BY n DESC, shape LIMIT 5000"
            )
        ]

    def distinct(self, expression: str, where: str = "true") -> list[str]:
        """Fetch the distinct texts of a column or expression, sorted."""
        found = self._case.query(
            f"SELECT DISTINCT {expression} AS text FROM {self.source} "
            f"WHERE ({expression}) IS NOT NULL AND ({where}) ORDER BY 1"
        )
        return [str(text) for text in found.column("text").to_pylist()]

    def value(self, expression: str, where: str = "true") -> object:
        """Compute one aggregate over the data rows."""
        return self._case.value(f"SELECT {expression} FROM {self.source} WHERE {where}")

    def below_blanks(self) -> list[list[str | None]]:
        """Fetch the first cells of rows that stand right below a row without anything visible."""
        if not self._aside:
            return []
        cells = ", ".join(f"c{i}" for i in range(self.width))
        found = self._case.rows(
            f"SELECT {cells} FROM staged_rows WHERE row_no NOT IN (SELECT row_no FROM set_aside) "
            "AND row_no - 1 IN (SELECT row_no FROM set_aside) ORDER BY row_no LIMIT 10000"
        )
        return [list(row) for row in found]

    def untouched(self, where: str) -> str:
        """Name a relation with the data rows as released, those left out that were set aside or repaired."""
        gone = "SELECT row_no FROM set_aside UNION ALL SELECT row_no FROM repaired"
        return f"(SELECT * FROM staged_rows WHERE row_no >= {self.first_row} AND row_no NOT IN ({gone}) AND ({where}))"

    def rows_of(self, sql: str) -> list[tuple[Any, ...]]:
        """Run a query that is written over :attr:`source`."""
        return self._case.rows(sql)

    def tally(self, expression: str, limit: int) -> list[tuple[str | None, int]]:
        """Count the values of an expression, most frequent first."""
        return [
            (value, n)
            for value, n in self._case.rows(
                f"SELECT {expression} AS value, count(*) AS n FROM {self.source} GROUP BY 1 "
                f"ORDER BY n DESC, value LIMIT {limit}"
            )
        ]

    def set_aside(self, row_numbers: Sequence[int]) -> None:
        """Take layout rows (titles, repeated headers, totals, blank rows) out of the data."""
        if row_numbers:
            with self._case.registered("aside", pa.table({"row_no": pa.array(row_numbers, pa.int64())})):
                self._case.execute("INSERT INTO set_aside SELECT row_no FROM aside")
            self._aside = True

    def repair(self, rows: Sequence[tuple[int, Cells]]) -> None:
        """Put mended cells in the place of those of some rows; the original cells stay staged."""
        if not rows:
            return
        arrays = [pa.array([row_no for row_no, _ in rows], pa.int64())]
        arrays += [
            pa.array([cells[i] if i < len(cells) else None for _, cells in rows], pa.string())
            for i in range(self.width)
        ]
        names = ["row_no", *(f"c{i}" for i in range(self.width))]
        with self._case.registered("mended", pa.table(arrays, names=names)):
            self._case.execute("INSERT INTO repaired SELECT * FROM mended")
        self._repaired = True

    def drop(self) -> None:
        """Forget the staged cells."""
        with contextlib.suppress(duckdb.CatalogException):
            self._case.execute("DROP VIEW IF EXISTS staged_rows")
        for name in ("staged", "set_aside", "repaired"):
            self._case.execute(f"DROP TABLE IF EXISTS temp.{name}")


def _batches(rows: Iterable[tuple[int, int | None, bool, Sequence[str | None]]], width: int) -> Iterator[pa.Table]:
    names = ["source_row", "source_page", "hidden", "n_cells", "overflow", *(f"c{i}" for i in range(width))]
    pending: list[tuple[int, int | None, bool, Sequence[str | None]]] = []
    size = 0
    for row in rows:
        pending.append(row)
        size += sum(len(cell) for cell in row[3] if cell)
        if len(pending) >= BATCH_ROWS or size > 32_000_000:
            yield _arrow(pending, width, names)
            pending, size = [], 0
    if pending:
        yield _arrow(pending, width, names)


def _arrow(
    rows: Sequence[tuple[int, int | None, bool, Sequence[str | None]]], width: int, names: list[str]
) -> pa.Table:
    padded = [(*cells[:width], *([None] * (width - len(cells)))) for *_, cells in rows]
    columns = list(zip(*padded, strict=True)) if width else []
    arrays = [
        pa.array([row[0] for row in rows], pa.int64()),
        pa.array([row[1] for row in rows], pa.int64()),
        pa.array([row[2] for row in rows], pa.bool_()),
        pa.array([len(row[3]) for row in rows], pa.int64()),
        pa.array(
            [list(row[3][width:]) if any(c and c.strip() for c in row[3][width:]) else None for row in rows],
            pa.list_(pa.string()),
        ),
        *(pc.utf8_trim(pa.array(column, pa.string()), OUTER_BLANKS) for column in columns),
    ]
    return pa.table(arrays, names=names)
