"""A case that is read in two threads."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from custodiet.case import Case


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with Case.open(tmp_path / "case", create=True) as opened:
        opened.append_rows("searches", [{"search_key": f"s{number}"} for number in range(3)])
        yield opened


def test_both_read_the_same_rows_and_clocks(case: Case) -> None:
    with case.beside() as second, ThreadPoolExecutor(2) as threads:
        found = list(threads.map(lambda one: (one.count("searches"), one.value("SELECT current_setting('TimeZone')")),
                                 [case, second]))  # fmt: skip
    assert found == [(3, "UTC"), (3, "UTC")]
    assert case.count("searches") == 3


def test_what_one_registers_and_makes_for_a_time_is_not_the_other_s(case: Case) -> None:
    with case.beside() as second, case.registered("rows", pa.table({"n": [1]})):
        with second.registered("rows", pa.table({"n": [2]})):
            assert (case.value("SELECT n FROM rows"), second.value("SELECT n FROM rows")) == (1, 2)
        case.execute("CREATE TEMP TABLE own AS SELECT 1 AS n")
        second.execute("CREATE TEMP TABLE own AS SELECT 2 AS n")
        assert (case.value("SELECT n FROM own"), second.value("SELECT n FROM own")) == (1, 2)


def test_a_query_without_end_can_be_interrupted(case: Case) -> None:
    with case.beside() as second, ThreadPoolExecutor(1) as thread:
        endless = thread.submit(second.value, "SELECT count(*) FROM range(1000000000000) a, range(1000000000000) b")
        while not endless.done():
            second.interrupt()
            wait([endless], timeout=0.01)
        with pytest.raises(duckdb.InterruptException):
            endless.result()
        assert case.count("searches") == 3
