"""Adding files: idempotent, atomic, in any order, and everything counted."""

from __future__ import annotations

import gzip
import json
import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custodiet.case import Case
from custodiet.intake.add import add_paths
from custodiet.model.errors import InputError
from tests.intake.builders import HEADER, add, adds_up, csv_text, log_row, log_text, only_disclosure, write

TABLES = ("disclosures", "records", "events", "shares", "portals", "problems")


def contents(case: Case) -> dict[str, pa.Table]:
    return {name: case.read(name) for name in TABLES}


def test_the_same_bytes_at_the_same_path_change_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", log_text(5))
    _, case = add(tmp_path / "case", path)
    with case:
        before = contents(case)
        summary = add_paths(case, [path])
        assert contents(case) == before
    assert (summary.n_files, summary.n_known, summary.n_disclosures) == (1, 1, 0)


def test_the_same_bytes_elsewhere_are_one_duplicate_problem(tmp_path: Path) -> None:
    first, second = write(tmp_path / "a.csv", log_text(5)), write(tmp_path / "b.csv", log_text(5))
    _, case = add(tmp_path / "case", first, second)
    with case:
        add_paths(case, [second])
        assert case.count("records") == 5
        assert [row["code"] for row in case.read("problems").to_pylist()] == ["duplicate"]


def test_a_member_seen_before_is_a_duplicate_too(tmp_path: Path) -> None:
    loose = write(tmp_path / "a.csv", log_text(5))
    packed = tmp_path / "b.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("month/a copy.csv", log_text(5))
        archive.writestr("month/c.csv", log_text(2, reason="theft"))
    _, case = add(tmp_path / "case", loose, packed)
    with case:
        assert case.count("records") == 7
        assert case.value("SELECT count(*) FROM problems WHERE code = 'duplicate'") == 1


def test_the_order_of_files_does_not_matter(tmp_path: Path) -> None:
    paths = [write(tmp_path / f"{n}.csv", log_text(n, reason=f"theft {n}")) for n in (1, 2, 3)]
    paths.append(write(tmp_path / "broken.pdf", b"%PDF-1.7 nothing more"))
    found = []
    for number, order in enumerate((paths, paths[::-1])):
        _, case = add(tmp_path / f"case{number}", *order)
        with case:
            tables = contents(case)
            found.append({name: table.drop_columns("plate") if "plate" in table.column_names else table
                          for name, table in tables.items()})  # fmt: skip
    assert found[0] == found[1]


def test_archives_of_archives_and_gzip(tmp_path: Path) -> None:
    inner = tmp_path / "inner.zip"
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("log.csv", log_text(3))
    outer = tmp_path / "outer.zip"
    with zipfile.ZipFile(outer, "w") as archive:
        archive.write(inner, "folder/inner.zip")
    packed = write(tmp_path / "x.csv.gz", gzip.compress(log_text(4, reason="theft").encode()))
    _, case = add(tmp_path / "case", outer, packed)
    with case:
        found = case.read("disclosures").to_pylist()
        assert case.count("records") == 7
    assert all(adds_up(row) for row in found)
    assert {row["member_path"] for row in found} == {"folder/inner.zip!/log.csv", "x.csv"}
    assert not any((tmp_path / "case" / "work").glob("*")) if (tmp_path / "case" / "work").exists() else True


HOSTILE = {
    "empty.csv": (b"", "empty"),
    "damaged.pdf": (b"%PDF-1.7\n", "corrupt"),
    "damaged.zip": (b"PK\x03\x04 and then nothing", "corrupt"),
    "noise.bin": (bytes(range(256)) * 20, None),
    "prose.txt": (b"Dear Sir or Madam,\nplease find enclosed nothing at all.\nYours\n", None),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_bad_file_is_a_problem_and_the_others_are_done(tmp_path: Path, name: str) -> None:
    data, code = HOSTILE[name]
    summary, case = add(tmp_path / "case", write(tmp_path / name, data), write(tmp_path / "good.csv", log_text(2)))
    with case:
        assert case.count("records") == 2
        codes = [row["code"] for row in case.read("problems").to_pylist() if row["file_name"] == name]
    assert codes
    assert code is None or code in codes
    assert summary.n_unread >= 1


def test_a_pipe_is_never_opened(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    _, case = add(tmp_path / "case", pipe)
    with case:
        assert [row["code"] for row in case.read("problems").to_pylist()] == ["unsupported"]
        add_paths(case, [pipe])
        assert case.count("problems") == 1


def test_an_endless_line_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    with path.open("wb") as file:
        file.write(",".join(HEADER).encode() + b"\r\n")
        for _ in range(40):
            file.write(b"x" * 1_000_000)
    _, case = add(tmp_path / "case", path)
    with case:
        assert "too-large" in {row["code"] for row in case.read("problems").to_pylist()}


def test_ten_thousand_columns(tmp_path: Path) -> None:
    path = write(tmp_path / "wide.csv", csv_text([[f"c{i}" for i in range(10_000)], ["1"] * 10_000]))
    _, case = add(tmp_path / "case", path)
    with case:
        assert case.count("disclosures") == 1
        assert case.count("problems") >= 1


def test_messages_hold_no_cell(tmp_path: Path) -> None:
    secret = "QX77ZZT"
    rows = [HEADER, log_row(1, plate=secret, reason=f"{secret} theft"), [*log_row(2, plate=secret), secret],
            log_row(3, searched_at=f"{secret} noon")]  # fmt: skip
    _, case = add(tmp_path / "case", write(tmp_path / "a.csv", csv_text(rows)))
    with case:
        assert secret not in str(case.read("problems").to_pylist())
        assert secret not in str(case.read("disclosures").to_pylist())


def test_receipt_travels_with_the_file(tmp_path: Path) -> None:
    write(tmp_path / "receipts.yaml", "receipts:\n  - files: ['*.csv']\n    request_number: R-1\n"
          "    received_on: 2025-02-03\n    producer: Anytown OH PD\n    withheld_columns: [plate]\n")  # fmt: skip
    keep = [i for i in range(14) if i != 6]
    path = write(tmp_path / "a.csv", csv_text([[row[i] for i in keep] for row in (list(HEADER), log_row(1))]))
    _, case = add(tmp_path / "case", tmp_path)
    with case:
        disclosure, record = only_disclosure(case), case.read("records").to_pylist()[0]
    assert path.exists()
    assert disclosure["receipt"] == "Request R-1, received 2025-02-03"
    assert record["plate_state"] == "withheld"


def test_a_faulty_receipt_is_refused_with_its_field(tmp_path: Path) -> None:
    receipt = write(tmp_path / "r.yaml", "files: ['*']\nrequest_numer: 1\n")
    path = write(tmp_path / "a.csv", log_text(1))
    case = Case.open(tmp_path / "case", create=True)
    with case, pytest.raises(InputError, match="request_numer"):
        add_paths(case, [path], receipts=receipt)


# Control characters by the dozen make a file no text at all, which test_kinds.py tests.
cell = st.text(st.characters(codec="utf-8", exclude_categories=("Cc",), include_characters="\t\n\r"), max_size=12)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(cell, min_size=0, max_size=17), max_size=12))
def test_nothing_is_lost_whatever_the_cells(tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]) -> None:
    """Rows in = records + layout + rejected, for any text below a good header."""
    folder = tmp_path_factory.mktemp("any")
    good = [log_row(n) for n in range(1, 4)]
    path = write(folder / "a.csv", csv_text([HEADER, *good, *rows]))
    _, case = add(folder / "case", path)
    with case:
        found = only_disclosure(case)
        assert adds_up(found)
        assert found["n_records"] == case.count("records")
        assert found["n_records"] >= 3


@pytest.mark.slow
def test_killed_at_any_moment_a_case_is_before_or_after_a_file(tmp_path: Path) -> None:
    files = [write(tmp_path / f"{n}.csv", log_text(1500, reason=f"theft {n}")) for n in range(4)]
    packed = tmp_path / "z.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for n in range(4):
            archive.writestr(f"{n}.csv", log_text(700, reason=f"fraud {n}"))
    files.append(packed)
    whole = {path.name: 1500 for path in files[:4]} | {"z.zip": 2800}
    chance = random.Random(11)
    script = (
        "import sys, json; from pathlib import Path; from custodiet.case import Case\n"
        "from custodiet.intake.add import add_paths\n"
        "print('ready', flush=True)\n"
        "with Case.open(Path(sys.argv[1]), create=True) as case:\n"
        "    add_paths(case, [Path(p) for p in json.loads(sys.argv[2])])"
    )
    for attempt in range(12):
        folder = tmp_path / f"case{attempt}"
        arguments = [sys.executable, "-c", script, str(folder), json.dumps([str(path) for path in files])]
        process = subprocess.Popen(arguments, stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(chance.uniform(0.02, 1.6))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        with Case.open(folder, create=True) as case:
            sums = "SELECT file_name, CAST(sum(n_records) AS BIGINT) AS n FROM disclosures GROUP BY 1"
            counts = dict(case.rows(sums))
            stored = case.count("records")
        assert all(counts[name] == whole[name] for name in counts), counts
        assert stored == sum(counts.values())
        with Case.open(folder) as case:
            add_paths(case, files)
            assert case.count("records") == sum(whole.values())
