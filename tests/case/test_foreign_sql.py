"""SQL that somebody else wrote: it counts rows of the tables that it is given, and can do nothing else."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from custodiet.case.foreign_sql import count_in
from custodiet.case.with_parts import split_with

_PART = "WITH RECURSIVE a AS (SELECT n FROM 'tables/t.parquet'), b AS (SELECT n FROM a WHERE n > 1) SELECT "
RUN = {
    "rows": ("SELECT count(*) FROM 'tables/t.parquet'", 3),
    "comment": ("SELECT 1 -- one", 1),
    "whole": ("SELECT 3.0::DOUBLE", 3),
    "shared": (f"{_PART}count(*) FROM b", 2),
    "shared again": (f"{_PART}sum(n) FROM b", 5),
}
REFUSED = (
    "SELECT 2.5", "SELECT NULL", "SELECT 1, 2", "SELECT unnest([1, 2])", "SELECT 1; SELECT 2", "SELECT 1) + (SELECT 2",
    "SELECT count(*) FROM read_text('/etc/passwd')", "SELECT count(*) FROM glob('/etc/*')", "SELECT getenv('HOME')",
    "SELECT count(*) FROM 'https://example.com/x.parquet'", "SELECT count(*) FROM 'tables/../manifest.json'",
    "COPY (SELECT 1) TO '/tmp/x'", "ATTACH '/tmp/x.db'", "INSTALL httpfs", "SET memory_limit = '1TB'", "PRAGMA version",
    "", "(" * 5000, "SELECT \ud800",
)  # fmt: skip


def test_a_select_is_run_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    pq.write_table(pa.table({"n": [1, 2, 3]}), tmp_path / "tables" / "t.parquet")
    (tmp_path / "manifest.json").write_text("{}")
    asked = {name: sql for name, (sql, _) in RUN.items()} | {f"refused {n}": sql for n, sql in enumerate(REFUSED)}
    found = count_in(tmp_path, asked)
    assert {name: found[name] for name in RUN} == {name: number for name, (_, number) in RUN.items()}
    assert [sql for n, sql in enumerate(REFUSED) if not isinstance(found[f"refused {n}"], str)] == []


def test_what_never_ends_is_ended(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    endless = "WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t) SELECT count(*) FROM t"
    found = count_in(tmp_path, {"endless": endless}, seconds=2)
    assert found == {"endless": "It was not done in the time and memory that it was given."}


def test_a_query_is_split_at_its_own_parentheses_only() -> None:
    found = split_with("WITH a AS (SELECT ')' AS \"(\" FROM x), b AS (SELECT (1)) SELECT 2")
    assert found is not None
    assert found.parts == (("a", "SELECT ')' AS \"(\" FROM x"), ("b", "SELECT (1)"))
    assert found.select == "SELECT 2"
    for other in ("SELECT 1", "WITH a AS (SELECT 1", "WITH a AS (SELECT 1 -- )\n) SELECT 1", "WITH a(b) AS (SELECT 1)"):
        assert split_with(other) is None
