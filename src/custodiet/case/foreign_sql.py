"""Run SQL that somebody else wrote, on files of a folder: queries of a bundle, which are hostile until shown otherwise.

They run in a process of their own, in an engine that holds nothing: it sees the Parquet files of the folder ``tables``
and no other place, loads no extension, writes nothing, and its memory and time are bounded. Only a single SELECT is
run, and only whole numbers come back.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path
from threading import Timer
from typing import Final

import duckdb

from custodiet.case.with_parts import WithParts, split_with

TABLES: Final = "tables"
MEMORY: Final = "1200MB"
# Seconds for one query, for some that are run together, and for all.
ALONE: Final = 60
TOGETHER: Final = 120
IN_ALL: Final = 900
AT_ONCE: Final = 20
_OURS: Final = str(Path(__file__).parents[2])
_NO_NUMBER: Final = "It gives no whole number."
Chain = tuple[tuple[str, str], ...]


def count_in(folder: Path, queries: Mapping[str, str], *, seconds: float = IN_ALL) -> dict[str, int | str]:
    """Run queries that each give one whole number.

    Args:
        folder: What holds the folder ``tables``; a query names a file as ``'tables/records.parquet'``.
        queries: Name of a query to its SQL.
        seconds: Time for all of them.

    Returns:
        Name to the number, or to why there is none: a plain sentence.
    """
    if not queries:
        return {}
    asked = json.dumps({"folder": str(folder.resolve()), "queries": dict(queries)})
    try:
        ended = subprocess.run(  # noqa: S603 - this very module, with queries on standard input
            [sys.executable, "-m", __name__], input=asked.encode(), capture_output=True, timeout=seconds, check=False,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, [_OURS, os.environ.get("PYTHONPATH")]))},
        )  # fmt: skip
        told = ended.stdout
    except subprocess.TimeoutExpired as error:
        told = error.stdout or b""
    found: dict[str, int | str] = dict.fromkeys(queries, "It was not done in the time and memory that it was given.")
    for line in told.splitlines():
        try:
            name, answer = json.loads(line)
        except ValueError:
            # The process was ended while it wrote.
            break
        found[name] = answer
    return found


def main() -> None:
    """Run the queries that standard input names, and write one line for each as soon as it is known."""
    asked = json.load(sys.stdin)
    with _engine(Path(asked["folder"])) as connection:
        for name, answer in _answers(connection, asked["queries"]):
            sys.stdout.write(json.dumps([name, answer]) + "\n")
            sys.stdout.flush()


@contextmanager
def _engine(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give an engine that sees the Parquet files of a bundle, each under the name that SQL gives the file."""
    connection = duckdb.connect(config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"})
    try:
        files = sorted((folder / TABLES).glob("*.parquet"))
        connection.execute(f"SET memory_limit = '{MEMORY}'")
        connection.execute("SET temp_directory = ''")
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET enable_progress_bar = false")
        connection.execute("SET python_enable_replacements = false")
        connection.execute("SET allowed_paths = ?", [[str(path) for path in files]])
        connection.execute("SET enable_external_access = false")
        for path in files:
            name, place = f"{TABLES}/{path.name}".replace('"', '""'), str(path).replace("'", "''")
            connection.execute(f"CREATE VIEW \"{name}\" AS SELECT * FROM read_parquet('{place}')")
        connection.execute("SET lock_configuration = true")
        yield connection
    finally:
        connection.close()


def _answers(connection: duckdb.DuckDBPyConnection, queries: Mapping[str, str]) -> Iterator[tuple[str, int | str]]:
    runnable = {}
    for name, sql in queries.items():
        refused = _refused(connection, sql)
        if refused:
            yield name, refused
        else:
            runnable[name] = sql
    shorter = _with_shared_parts(connection, runnable)
    names = list(runnable)
    for start in range(0, len(names), AT_ONCE):
        batch = names[start : start + AT_ONCE]
        together = _together(connection, [shorter.get(name, runnable[name]) for name in batch])
        for place, name in enumerate(batch):
            yield name, together[place] if together else _alone(connection, shorter.get(name, runnable[name]))


def _with_shared_parts(connection: duckdb.DuckDBPyConnection, queries: Mapping[str, str]) -> dict[str, str]:
    """Run what several queries begin with once, and give those queries with what it gave in its place."""
    split = {name: parts for name, sql in queries.items() if (parts := split_with(sql))}
    chains = Counter(chain for parts in split.values() for chain in _chains(parts))
    tables: dict[Chain, str] = {}
    shorter = {}
    for name, parts in split.items():
        shared = list(takewhile(lambda chain: chains[chain] > 1, _chains(parts)))
        if not shared or not all(_kept(connection, chain, tables) for chain in shared):
            continue
        told = [f"{chain[-1][0]} AS (FROM {tables[chain]})" for chain in shared]
        told += [f"{part} AS ({body})" for part, body in parts.parts[len(shared) :]]
        shorter[name] = f"WITH RECURSIVE {', '.join(told)} {parts.select}"
    return shorter


def _chains(parts: WithParts) -> list[Chain]:
    """Give each part with all before it: what it says depends on them."""
    return [parts.parts[: n + 1] for n in range(len(parts.parts))]


def _kept(connection: duckdb.DuckDBPyConnection, chain: Chain, tables: dict[Chain, str]) -> bool:
    """Keep what a part gives in a table of the engine; tell whether that was possible."""
    if chain in tables:
        return bool(tables[chain])
    tables[chain] = ""
    before = [f"{chain[n][0]} AS (FROM {tables[chain[: n + 1]]})" for n in range(len(chain) - 1)]
    name, body = chain[-1]
    query = f"WITH RECURSIVE {', '.join([*before, f'{name} AS ({body})'])} SELECT * FROM {name}"
    table = f"part_{len(tables)}"
    if _refused(connection, query):
        return False
    try:
        with _bounded(connection, ALONE):
            connection.execute(f"CREATE TEMP TABLE {table} AS {query}")
    except duckdb.Error:
        return False
    tables[chain] = table
    return True


def _refused(connection: duckdb.DuckDBPyConnection, sql: str) -> str:
    """Tell why a query is not run: it is more than a SELECT, or none."""
    try:
        statements = connection.extract_statements(sql)
    except (duckdb.Error, TypeError):
        # The engine takes no text that is no UTF-8.
        return "It is no SQL."
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        return "It is more than one SELECT, or none."
    return ""


def _together(connection: duckdb.DuckDBPyConnection, queries: list[str]) -> list[int | str]:
    """Run many queries as one; nothing is given where one of them fails."""
    union = " UNION ALL ".join(
        f"SELECT {place} AS place, CAST(({sql}\n) AS VARCHAR) AS n" for place, sql in enumerate(queries)
    )
    try:
        with _bounded(connection, TOGETHER):
            found = dict(connection.execute(union).fetchall())
    except duckdb.Error:
        return []
    return [_whole(found[place]) for place in range(len(queries))]


def _alone(connection: duckdb.DuckDBPyConnection, sql: str) -> int | str:
    try:
        with _bounded(connection, ALONE):
            rows = connection.execute(f"SELECT CAST(({sql}\n) AS VARCHAR)").fetchall()
    except duckdb.InterruptException:
        return "It was not done in the time that it was given."
    except duckdb.Error as error:
        return f"It cannot be run on the tables of the bundle ({type(error).__name__})."
    return _whole(rows[0][0])


@contextmanager
def _bounded(connection: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    timer = Timer(seconds, connection.interrupt)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _whole(told: str | None) -> int | str:
    try:
        number = float(told or "")
        return int(told or "") if "." not in (told or "") else int(number) if number.is_integer() else _NO_NUMBER
    except (ValueError, OverflowError):
        return _NO_NUMBER


if __name__ == "__main__":
    main()
