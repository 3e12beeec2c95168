"""The case: open, read, write, and transactions. One DuckDB file, one process at a time.

Other rooms give it table names of ``model.tables``, Arrow tables, Ibis
expressions over those tables, or plain SQL; they never see the engine.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from custodiet.case import folder as case_folder
from custodiet.case.journal import forget_incomplete
from custodiet.case.key import KEY_FILE, PseudonymKey, load_key, make_key
from custodiet.case.stored import PART_ROWS, StoredRows
from custodiet.case.types import arrow_schema, create_statement
from custodiet.model.errors import InputError, UsageError
from custodiet.model.tables import ALL_TABLES, Table

MEMORY_LIMIT = os.environ.get("CUSTODIET_MEMORY", "1500MB")
SCHEMA_VERSION = "1"
# Half of the engine's own size: the rows of one disclosure fill whole groups sooner, so that fewer of them are
# compressed a second time when the case is closed.
ROW_GROUP_SIZE = 61_440
_KEY_FACT = "key_fingerprint"


class Case:
    """One audit or investigation on disk.

    Use :meth:`open`, preferably as a context manager: leaving it closes the
    database and removes spill files.
    """

    def __init__(
        self, folder: Path, connection: duckdb.DuckDBPyConnection, key: PseudonymKey | None, work: Path
    ) -> None:
        self.folder = folder
        self._key = key
        self.work = work
        self._connection = connection

    @classmethod
    def open(cls, folder: Path, *, create: bool = False) -> Case:
        """Open a case, or make it when ``create`` is true.

        Raises:
            UsageError: There is no case and ``create`` is false, or another process has it open.
            InputError: The folder or its database cannot be used, or the key is that of another case.
        """
        if create:
            case_folder.create_folder(folder)
        else:
            case_folder.require_case(folder)
        connection = _connect(folder)
        try:
            work = case_folder.fresh_work_folder(folder)
            connection.execute("SET temp_directory = ?", [str(work / "spill")])
            case = cls(folder, connection, load_key(folder), work)
            case._ensure_tables()
            case._know_key()
            forget_incomplete(case)
        except BaseException:
            connection.close()
            raise
        return case

    @property
    def key(self) -> PseudonymKey:
        """Give the key of the pseudonyms.

        Raises:
            InputError: It was lost or disposed of; another one would split every plate and account in two.
        """
        if self._key is None:
            raise InputError(
                "is not there; without it this case can be looked at, but nothing added, judged anew or published.",
                where=str(self.folder / KEY_FILE),
                hint="Put the file back from a copy, or make a new case from the originals. Nothing was changed.",
            )
        return self._key

    def _know_key(self) -> None:
        """Make the key of a case that never had one, and know it again later."""
        known = self.fact(_KEY_FACT)
        if self._key is None and known is None and not self.count("disclosures"):
            self._key = make_key(self.folder)
        if self._key is None:
            return
        if known is None:
            self.set_fact(_KEY_FACT, self._key.fingerprint)
        elif known != self._key.fingerprint:
            raise InputError(
                "is the key of another case.",
                where=str(self.folder / KEY_FILE),
                hint="Put this case’s own file back from a copy; nothing was changed.",
            )

    def close(self) -> None:
        """Close the database and remove what must not outlive the run."""
        self._connection.close()
        case_folder.remove_work_folder(self.folder)

    def __enter__(self) -> Case:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    @contextmanager
    def beside(self) -> Iterator[Case]:
        """Give the case a second time, for reading in a thread of its own while the first is used.

        What is registered with it and the temporary tables made with it are not those of the first.
        """
        connection = self._connection.cursor()
        try:
            _begin_session(connection)
            yield Case(self.folder, connection, self._key, self.work)
        finally:
            connection.close()

    def interrupt(self) -> None:
        """Stop the SQL that another thread runs with this; there it raises."""
        self._connection.interrupt()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make everything inside happen together or not at all."""
        self._connection.execute("BEGIN TRANSACTION")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def query(self, sql: str, parameters: Sequence[object] = ()) -> pa.Table:
        """Run SQL that returns rows and give them as an Arrow table."""
        return self._connection.sql(sql, params=list(parameters)).to_arrow_table()

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run SQL that returns few rows and give them as tuples."""
        columns = [column.to_pylist() for column in self.query(sql, parameters).columns]
        return list(zip(*columns, strict=True))

    def value(self, sql: str, parameters: Sequence[object] = ()) -> Any:
        """Run SQL that returns one cell and give it; None when there is no row."""
        found = self.query(sql, parameters)
        return found.column(0)[0].as_py() if found.num_rows else None

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> None:
        """Run SQL that returns nothing."""
        self._connection.execute(sql, list(parameters))

    def read(self, table: str) -> pa.Table:
        """Read a whole table in its export order."""
        definition = ALL_TABLES[table]
        return self.query(f"SELECT * FROM {table} ORDER BY {_order(definition)}")

    def count(self, table: str) -> int:
        """Count the rows of a table."""
        return int(self.value(f"SELECT count(*) FROM {ALL_TABLES[table].name}"))

    def append(self, table: str, rows: pa.Table) -> None:
        """Add rows; columns are matched by name, absent ones are null.

        Raises:
            ValueError: A column is none of the table's.
        """
        definition = ALL_TABLES[table]
        unknown = set(rows.column_names) - set(definition.column_names)
        if unknown:
            raise ValueError(f"{table} has no columns {sorted(unknown)}")
        names = ", ".join(f'"{name}"' for name in rows.column_names)
        with self.registered("appended_rows", rows):
            self.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM appended_rows")

    def append_rows(self, table: str, rows: Sequence[dict[str, Any]]) -> None:
        """Add a few rows given as dictionaries of column to value."""
        if rows:
            self.append(table, pa.Table.from_pylist(list(rows), schema=arrow_schema(ALL_TABLES[table])))

    def replace(self, table: str, rows: pa.Table) -> None:
        """Put rows in the place of all that a derived table held; call inside a transaction."""
        self.execute(f"DELETE FROM {ALL_TABLES[table].name}")
        self.append(table, rows)

    def batches(self, sql: str, parameters: Sequence[object] = (), *, n_rows: int = PART_ROWS) -> Iterator[pa.Table]:
        """Run SQL that returns more rows than should be held at once, and give them in tables of at most ``n_rows``.

        No other SQL may be run on the case before the last one was given.
        """
        reader = self._connection.sql(sql, params=list(parameters)).to_arrow_reader(n_rows)
        for batch in reader:
            if batch.num_rows:
                yield pa.Table.from_batches([batch])

    @contextmanager
    def registered(self, name: str, rows: pa.Table | StoredRows) -> Iterator[None]:
        """Let SQL read an Arrow table, or rows in a file, under a name for the time of the block."""
        if isinstance(rows, StoredRows):
            path = str(rows.path).replace("'", "''")
            self.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM read_parquet('{path}')")
            try:
                yield
            finally:
                self.execute(f"DROP VIEW {name}")
            return
        self._connection.register(name, rows)
        try:
            yield
        finally:
            self._connection.unregister(name)

    @contextmanager
    def shown_as(self, table: str, select: str) -> Iterator[None]:
        """Let SQL read a SELECT in the place of a table for the time of the block; it names the table ``stored``.

        The table is not changed, and a second connection (:meth:`beside`) reads it as it is.
        """
        name = ALL_TABLES[table].name
        self.execute(f"CREATE TEMP VIEW {name} AS WITH stored AS (SELECT * FROM disclosed.main.{name}) {select}")
        try:
            yield
        finally:
            self.execute(f"DROP VIEW temp.{name}")

    def _ensure_tables(self) -> None:
        with self.transaction():
            for table in ALL_TABLES.values():
                self.execute(create_statement(table))
            self.execute("CREATE TABLE IF NOT EXISTS case_facts (name VARCHAR PRIMARY KEY, value VARCHAR)")
            self.execute("INSERT OR IGNORE INTO case_facts VALUES ('schema_version', ?)", [SCHEMA_VERSION])

    def fact(self, name: str) -> str | None:
        """Read one stored fact of the case."""
        found = self.value("SELECT value FROM case_facts WHERE name = ?", [name])
        return None if found is None else str(found)

    def set_fact(self, name: str, value: str) -> None:
        """Store one fact of the case."""
        self.execute("INSERT OR REPLACE INTO case_facts VALUES (?, ?)", [name, value])


def _order(table: Table) -> str:
    return ", ".join(f'"{name}" NULLS FIRST' for name in table.order)


def _connect(folder: Path) -> duckdb.DuckDBPyConnection:
    path = folder / case_folder.DATABASE
    connection = duckdb.connect()
    try:
        escaped = str(path).replace("'", "''")
        connection.execute(f"ATTACH '{escaped}' AS disclosed (ROW_GROUP_SIZE {ROW_GROUP_SIZE})")
        _begin_session(connection)
    except duckdb.IOException as error:
        if "lock" in str(error).lower():
            raise UsageError("is open in another process.", where=str(folder), hint="Wait for it to end.") from None
        raise InputError("cannot be opened as a case.", where=str(folder), hint="Put it back from a copy.") from None
    except duckdb.Error:
        raise InputError("cannot be opened as a case.", where=str(folder), hint="Put it back from a copy.") from None
    path.chmod(0o600)
    connection.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
    connection.execute("SET enable_progress_bar = false")
    # DuckDB 2.0 pushes TRY_CAST into the CSV reader, which then drops rows (upstream issue 23818).
    connection.execute("SET disabled_optimizers = 'type_pushdown'")
    connection.execute("SET autoinstall_known_extensions = false")
    connection.execute("SET autoload_known_extensions = false")
    return connection


def _begin_session(connection: duckdb.DuckDBPyConnection) -> None:
    """Set what each connection has to itself."""
    connection.execute("USE disclosed")
    connection.execute("SET TimeZone = 'UTC'")
