"""The count of records by quote parity, which the engine's own count is held against."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custodiet.intake.readers import delimited

CELLS = st.text(alphabet='ab,"\n\t \u00a0\u202f\r', max_size=6)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.lists(st.lists(CELLS, min_size=2, max_size=3), min_size=1, max_size=8), st.integers(1, 9))
def test_the_size_of_a_chunk_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: list[list[str]], chunk: int
) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    path = tmp_path / "log.csv"
    path.write_bytes(text.getvalue().encode())
    whole = delimited.survey_records(path)
    utf8 = delimited._scan_utf8(path)
    with monkeypatch.context() as patched:
        patched.setattr(delimited, "_CHUNK", chunk)
        assert delimited.survey_records(path) == whole
        assert delimited._scan_utf8(path) == utf8
    assert whole.n_records == len(rows)


@pytest.mark.parametrize("broken", [b"a,b\nc\xe4,d\n", b"a,b\nc,d\xe2\x80", b"a\xe2\x80,b\n"])
def test_broken_utf8_is_seen_wherever_a_chunk_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: bytes
) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(broken)
    for chunk in range(1, len(broken) + 1):
        monkeypatch.setattr(delimited, "_CHUNK", chunk)
        assert delimited._scan_utf8(path) == (False, 0)
