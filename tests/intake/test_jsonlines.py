"""JSON lines and arrays: every row with its line, blank apart from absent, the broken ones named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custodiet.intake.raw import RawTable
from custodiet.intake.readers import jsonlines
from custodiet.intake.readers.jsonlines import read_json_lines

Rows = list[tuple[int, tuple[str | None, ...]]]


def read(folder: Path, data: bytes) -> tuple[Rows, list[tuple[str, str]]]:
    """Give the rows of the one table, header first, and the problems as (code, where)."""
    path = folder / "given"
    path.write_bytes(data)
    reading = read_json_lines(path)
    rows: Rows = []
    for part in reading.parts:
        assert isinstance(part, RawTable)
        rows += [(row.source_row, row.cells) for row in part.rows]
        reading.problems.extend(part.problems)
    return rows, [(problem.code, problem.where) for problem in reading.problems]


def test_lines_become_rows_under_the_union_of_their_keys(tmp_path: Path) -> None:
    """Blank and not exported cannot be told apart where keys are left out (quirk 49)."""
    data = b'{"ID": "1", " Name": ""}\n\n{"Reason": null, "ID": "2"}\r\n'
    assert read(tmp_path, data) == (
        [(0, ("ID", " Name", "Reason")), (1, ("1", "", None)), (3, ("2", None, ""))],
        [("note", "")],
    )


def test_full_rows_need_no_note(tmp_path: Path) -> None:
    assert read(tmp_path, b'{"a": 1, "b": 2}\n{"b": 3, "a": 4}') == (
        [(0, ("a", "b")), (1, ("1", "2")), (2, ("4", "3"))],
        [],
    )


def test_values_are_written_as_they_stand(tmp_path: Path) -> None:
    line = (
        '{"a": 5109.0, "b": 123456789012345678901, "c": true, "d": 1.10, "e": {"x": [1.50, "é", null]},'
        ' "f": NaN, "g": "a\\nb", "h": "=1+1", "i": -0, "j": []}'
    )
    rows, problems = read(tmp_path, line.encode())
    assert rows[1] == (
        1,
        (
            "5109.0",
            "123456789012345678901",
            "true",
            "1.10",
            '{"x":[1.50,"é",null]}',
            "NaN",
            "a\nb",
            "=1+1",
            "-0",
            "[]",
        ),
    )
    assert problems == []


def test_an_array_of_objects_is_a_table(tmp_path: Path) -> None:
    data = b'\xef\xbb\xbf [ {"a": 1},\n {"b": [2]} , 7, {"a": "x"} ]\n'
    assert read(tmp_path, data) == (
        [(0, ("a", "b")), (1, ("1", None)), (2, (None, "[2]")), (4, ("x", None))],
        [("malformed", "element 3"), ("note", "")],
    )


def test_an_array_is_read_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonlines, "_CHUNK", 7)
    rows = [{"a": "x" * number, "b": number} for number in range(60)]
    read_rows, problems = read(tmp_path, json.dumps(rows, indent=2).encode())
    assert read_rows[1:] == [(n + 1, ("x" * n, str(n))) for n in range(60)]
    assert problems == []


def test_a_broken_line_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    data = b'{"a": 1}\n{"a": \n[1, 2]\n"text"\n{"a": 2}\n'
    assert read(tmp_path, data) == (
        [(0, ("a",)), (1, ("1",)), (5, ("2",))],
        [("malformed", "line 2"), ("malformed", "line 3"), ("malformed", "line 4")],
    )


def test_thousands_of_broken_lines_are_counted_not_listed(tmp_path: Path) -> None:
    rows, problems = read(tmp_path, b'{"a": 1}\n' + b"{oops\n" * 5000)
    assert len(rows) == 2
    assert problems == [("malformed", f"line {n:,}") for n in range(2, 22)] + [("malformed", "")]


@pytest.mark.parametrize("end", [b'{"a": 3, "b', b"# ERROR: download incomplete\n", b"# error: connection interrupted"])
def test_an_end_that_broke_off_is_truncated(tmp_path: Path, end: bytes) -> None:
    """A download that says in-band that it is incomplete (quirk 50)."""
    assert read(tmp_path, b'{"a": 1}\n' + end) == ([(0, ("a",)), (1, ("1",))], [("truncated", "line 2")])


@pytest.mark.parametrize(
    ("data", "where"),
    [(b'[{"a": 1}', "element 2"), (b'[{"a": 1},', "element 2"), (b'[{"a": 1}, {"a', "element 2")],
)
def test_an_array_that_broke_off_is_truncated(tmp_path: Path, data: bytes, where: str) -> None:
    assert read(tmp_path, data) == ([(0, ("a",)), (1, ("1",))], [("truncated", where)])


def test_text_after_an_array_is_named(tmp_path: Path) -> None:
    assert read(tmp_path, b'[{"a": 1}] {"a": 2}')[1] == [("malformed", "element 2")]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"[]", "no-table"),
        (b"\n\n", "no-table"),
        (b"[[1, 2]]", "malformed"),
        (b'{\n "one": {\n "object": 1}\n}\n', "unsupported"),
        (b"[" * 100_000, "malformed"),
    ],
)
def test_what_holds_no_row_says_so(tmp_path: Path, data: bytes, code: str) -> None:
    rows, problems = read(tmp_path, data)
    assert rows == []
    assert problems[0][0] == code


def test_a_huge_line_is_passed_over_in_bounded_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonlines, "_LINE_LIMIT", 1000)
    data = b'{"a": 1}\n{"a": "' + b"x" * 5000 + b'"}\n{"a": 2}\n'
    assert read(tmp_path, data) == (
        [(0, ("a",)), (1, ("1",)), (3, ("2",))],
        [("too-large", "line 2")],
    )
    monkeypatch.setattr(jsonlines, "_CHUNK", 100)
    assert read(tmp_path, b'[{"a": 1}, {"a": "' + b"x" * 5000 + b'"}]') == (
        [(0, ("a",)), (1, ("1",))],
        [("too-large", "element 2")],
    )


def test_nesting_without_end_is_named(tmp_path: Path) -> None:
    deep = b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    middling = b'{"a": ' + b"[" * 700 + b"]" * 700 + b"}"
    rows, problems = read(tmp_path, b'{"a": 1}\n' + deep + b"\n" + middling + b"\n")
    assert rows[:2] == [(0, ("a",)), (1, ("1",))]
    assert ("malformed", "line 2") in problems
    assert len(rows) + len(problems) == 4


def test_a_key_that_occurs_twice_loses_nothing(tmp_path: Path) -> None:
    """Suffix, never overwrite (quirk 14)."""
    assert read(tmp_path, b'{"a": 1, "a": 2, "a (2)": 3}\n')[0] == [
        (0, ("a", "a (2)", "a (2) (2)")),
        (1, ("1", "2", "3")),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_encodings_with_their_marks(tmp_path: Path, encoding: str) -> None:
    mark = b"\xff\xfe" if encoding == "utf-16-le" else b""
    data = mark + '{"é": "█ ——"}\n{"é": "\U0001f697"}\n'.encode(encoding)
    assert read(tmp_path, data) == ([(0, ("é",)), (1, ("█ ——",)), (2, ("\U0001f697",))], [])


def test_odd_bytes_and_escapes_stay_text_that_can_be_written(tmp_path: Path) -> None:
    """A typographic apostrophe in Windows-1252 (quirk 36), half pairs and NUL."""
    data = b'{"a": "driver\x92s"}\n{"a": "x\\ud800y"}\n{"a": "n\\u0000l"}\n'
    rows, problems = read(tmp_path, data)
    assert [cells for _, cells in rows[1:]] == [("driver’s",), ("x\ufffdy",), ("nl",)]
    assert problems == [("nul-bytes", ""), ("malformed", "")]
    assert all(cell.encode("utf-8") for _, cells in rows for cell in cells if cell)


def test_ten_thousand_columns_are_read_and_more_are_named(tmp_path: Path) -> None:
    wide = {f"k{number}": number for number in range(20_000)}
    rows, problems = read(tmp_path, json.dumps(wide).encode())
    assert len(rows[0][1]) == len(rows[1][1]) == 16_384
    assert problems == [("too-large", "")]


def test_a_file_that_vanished_is_corrupt(tmp_path: Path) -> None:
    reading = read_json_lines(tmp_path / "gone")
    assert ([p.code for p in reading.problems], reading.parts) == (["corrupt"], [])


@given(
    rows=st.lists(
        st.dictionaries(
            st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=4),
            st.one_of(st.none(), st.integers(), st.text(st.characters(codec="utf-8", exclude_characters="\0"))),
            max_size=5,
        ),
        min_size=1,
    ),
    as_array=st.booleans(),
    ascii_only=st.booleans(),
)
def test_every_cell_comes_back(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[dict[str, str | int | None]],
    as_array: bool,
    ascii_only: bool,
) -> None:
    lines = [json.dumps(row, ensure_ascii=ascii_only) for row in rows]
    text = f"[{','.join(lines)}]" if as_array else "".join(f"{line}\n" for line in lines)
    got, _ = read(tmp_path_factory.getbasetemp(), text.encode())
    header = got[0][1]
    back = [{k: v for k, v in zip(header, cells, strict=True) if v is not None} for _, cells in got[1:]]
    assert back == [{key: "" if value is None else str(value) for key, value in row.items()} for row in rows]
    assert [place for place, _ in got[1:]] == list(range(1, len(rows) + 1))
