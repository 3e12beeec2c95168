"""Written tables read back as they were, and no cell is a formula."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custodiet.case import Case
from custodiet.model.errors import UsageError
from custodiet.privacy.formulas import disarm, disarm_column, rearm
from custodiet.publish.export import export_table
from custodiet.publish.tables import write_table

_ANY = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
_ODD = ["=1+1", "+1", "-1", "@x", "\t=1", "'", "''=1", " =1", "\u2003=1", "\x0b=1", "a=b", "＝1", '"=1"', "\r\n=1"]
_TEXTS = st.none() | _ANY | st.sampled_from(_ODD)
_TIMES = st.none() | st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1))
_ROWS = st.tuples(_TEXTS, _TIMES, st.none() | st.lists(_TEXTS, max_size=3), st.none() | st.integers(0, 2**40))


@given(st.text(max_size=20))
def test_disarmed_text_comes_back_and_is_no_formula(text: str) -> None:
    assert rearm(disarm(text)) == text
    assert not disarm(text).lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))


@given(st.lists(_TEXTS, min_size=1, max_size=8))
def test_a_column_is_disarmed_as_its_texts_are(texts: list[str | None]) -> None:
    column = pa.chunked_array([pa.array(texts, pa.string())])
    assert disarm_column(column).to_pylist() == [None if text is None else disarm(text) for text in texts]


def _read_csv(path: Path) -> list[dict[str, str | None]]:
    options = pa_csv.ConvertOptions(
        column_types={"text": pa.string(), "at": pa.string(), "many": pa.string(), "n": pa.int64()},
        strings_can_be_null=True, quoted_strings_can_be_null=False,
    )  # fmt: skip
    return pa_csv.read_csv(
        path, convert_options=options, parse_options=pa_csv.ParseOptions(newlines_in_values=True)
    ).to_pylist()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_ROWS, max_size=6))
def test_every_form_gives_the_rows_back(tmp_path: Path, rows: list[tuple[object, ...]]) -> None:
    table = pa.table({
        "text": pa.array([row[0] for row in rows], pa.string()),
        "at": pa.array([row[1] for row in rows], pa.timestamp("us", tz="UTC")),
        "many": pa.array([row[2] for row in rows], pa.list_(pa.string())),
        "n": pa.array([row[3] for row in rows], pa.int64()),
    })  # fmt: skip
    for form in ("parquet", "jsonl", "csv"):
        write_table(table, tmp_path / f"t.{form}", marked="published x")
    assert pq.read_table(tmp_path / "t.parquet").equals(table)
    lines = [json.loads(line) for line in (tmp_path / "t.jsonl").read_bytes().decode().split("\n")[:-1]]
    assert [(r["text"], r["many"], r["n"], _time(r["at"])) for r in lines] == [
        (r["text"], r["many"], r["n"], r["at"]) for r in table.to_pylist()]  # fmt: skip
    back = _read_csv(tmp_path / "t.csv")
    assert [(None if r["text"] is None else rearm(r["text"]), r["n"], _time(r["at"]),
             None if r["many"] is None else json.loads(rearm(r["many"]))) for r in back] == [
        (r["text"], r["n"], r["at"], r["many"]) for r in table.to_pylist()]  # fmt: skip


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def test_csv_is_written_so(tmp_path: Path) -> None:
    table = pa.table({
        "a": ["=cmd|' /C calc'!A0", 'say "so"', None],
        "at": pa.array([datetime(2026, 3, 1, 17, tzinfo=UTC), datetime(2026, 3, 1, 17, 0, 0, 5, tzinfo=UTC), None],
                       pa.timestamp("us", tz="UTC")),
        "on": pa.array([date(2026, 3, 1), None, None]),
    })  # fmt: skip
    write_table(table, tmp_path / "t.csv", marked="published x")
    assert (tmp_path / "t.csv").read_text() == (
        '"a","at","on"\n'
        '"\'=cmd|\' /C calc\'!A0","2026-03-01T17:00:00Z",2026-03-01\n'
        '"say ""so""","2026-03-01T17:00:00.000005Z",\n'
        ",,\n"
    )


def test_the_same_rows_give_the_same_bytes_and_nothing_is_left_beside(tmp_path: Path) -> None:
    table = pa.table({"a": ["x", "y"]})
    for name in ("one.parquet", "two.parquet"):
        write_table(table, tmp_path / name, marked="published x")
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "two.parquet").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.parquet", "two.parquet"]
    assert pq.read_schema(tmp_path / "one.parquet").metadata[b"custodiet"] == b"published x"


def test_a_file_that_was_there_survives_a_failure(tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_text("before")
    with pytest.raises(TypeError, match="no form in JSON"):
        write_table(pa.table({"a": [b"bytes"]}), tmp_path / "t.jsonl", marked="published x")
    assert (tmp_path / "t.jsonl").read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["t.jsonl"]


@pytest.mark.parametrize("name", ["t.xlsx", "t", "t.csv.gz"])
def test_an_unknown_form_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="no form that can be written"):
        write_table(pa.table({"a": ["x"]}), tmp_path / name, marked="published x")


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        write_table(pa.table({"a": ["x"]}), tmp_path / "none" / "t.csv", marked="published x")


@pytest.fixture
def case_dir(tmp_path: Path) -> Path:
    with Case.open(tmp_path / "case", create=True) as case:
        case.append_rows("records", [{
            "disclosure_id": "d1", "record_no": 1, "org": "Marlow Bay CA PD", "user": "B. Quillfeather",
            "user_state": "value", "reason": "stolen vehicle of Jane Roe", "plate": "0" * 32}])  # fmt: skip
    return tmp_path / "case"


def test_the_case_s_own_view_is_marked_in_its_name_or_its_metadata(case_dir: Path, tmp_path: Path) -> None:
    done = export_table(case_dir, "records", tmp_path / "r.csv", internal=True)
    assert done.path == tmp_path / "r.csv"
    assert "do not publish" in (tmp_path / "r.csv.internal.txt").read_text()
    assert "Quillfeather" in done.path.read_text()
    assert done.path.stat().st_mode & 0o077 == 0
    done = export_table(case_dir, "records", tmp_path / "r.parquet", internal=True)
    assert done.path == tmp_path / "r.parquet"
    assert pq.read_schema(done.path).metadata[b"custodiet"] == b"internal"


def test_what_is_exported_by_default_names_nobody(case_dir: Path, tmp_path: Path) -> None:
    done = export_table(case_dir, "records", tmp_path / "r.csv")
    text = done.path.read_text()
    assert (done.n_rows, done.internal) == (1, False)
    assert "stolen vehicle of […]" in text
    assert all(part not in text for part in ("Quillfeather", "Jane", "Roe", "0" * 32))


def test_an_unknown_table_is_refused_before_anything_is_written(case_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no table of a case"):
        export_table(case_dir, "plates", tmp_path / "r.csv")
    assert not (tmp_path / "r.csv").exists()
