"""Input that is broken, hostile or only odd: one clear problem, the other files done, nothing made up."""

from __future__ import annotations

import csv
import errno
import os
import resource
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from custodiet.case import Case
from custodiet.intake import add as adding
from custodiet.intake.add import add_paths
from custodiet.intake.raw import CsvFile, Reading
from tests.intake.builders import HEADER, add, adds_up, csv_text, log_row, log_text, only_disclosure, write


def problems(case: Case) -> list[tuple[str, str]]:
    return [(row["code"], row["file_name"]) for row in case.read("problems").to_pylist()]


def test_blank_lines_are_counted_and_never_records(tmp_path: Path) -> None:
    """Quirk 28: a long tail of empty lines, in text and as rows of delimiters alone."""
    for name, blank in (("lines", "\r\n"), ("commas", "," * 13 + "\r\n"), ("spaces", " , " * 13 + "\r\n")):
        text = log_text(1) + blank * 5000 + csv_text([log_row(2)])
        _, case = add(tmp_path / name, write(tmp_path / f"{name}.csv", text))
        with case:
            disclosure, rows = only_disclosure(case), case.read("records").to_pylist()
        assert [(row["record_no"], row["source_row"]) for row in rows] == [(1, 2), (2, 5003)]
        assert (disclosure["n_rows_read"], disclosure["n_layout"]) == (5002, 5000)
        assert adds_up(disclosure)


def test_header_below_many_blank_lines(tmp_path: Path) -> None:
    _, case = add(tmp_path / "case", write(tmp_path / "a.csv", "\r\n" * 70 + log_text(2)))
    with case:
        assert [row["source_row"] for row in case.read("records").to_pylist()] == [72, 73]


def test_one_odd_byte_does_not_garble_what_is_utf8(tmp_path: Path) -> None:
    """Quirk 36 with quirk 37: a Windows apostrophe in a file whose masks are UTF-8 dashes."""
    good = "\ufeff" + log_text(3, reason="\u2014\u2014", user="J\u00f6rg E.")
    odd = csv_text([log_row(4, reason="Z")]).encode().replace(b",Z,", b",don\x92t,")
    _, case = add(tmp_path / "case", write(tmp_path / "a.csv", good.encode() + odd))
    with case:
        rows, disclosure = case.read("records").to_pylist(), only_disclosure(case)
    assert [row["reason_state"] for row in rows] == ["masked"] * 3 + ["value"]
    assert (rows[0]["user"], rows[3]["reason"]) == ("J\u00f6rg E.", "don\u2019t")
    assert disclosure["header_raw"][0] == "ID"
    assert disclosure["problems"] == ["note"]


@pytest.mark.slow
def test_a_table_wider_than_the_limit_is_one_problem(tmp_path: Path) -> None:
    more = [f"k{n}" for n in range(10_000)]
    text = csv_text([[*HEADER, *more], *([*log_row(n), *more] for n in range(1, 6))])
    _, case = add(tmp_path / "case", write(tmp_path / "wide.csv", text))
    with case:
        assert case.count("records") == 5
        (problem,) = case.read("problems").to_pylist()
    assert (problem["code"], problem["where"]) == ("too-large", "first row 1")
    assert problem["message"].startswith("6 records")


def test_names_no_screen_should_show_as_they_are(tmp_path: Path) -> None:
    """Names with a line break, a right-to-left override, or bytes that are no UTF-8 are added like any other."""
    folder = tmp_path / "in"
    folder.mkdir()
    for n, name in enumerate((b"a\nb.csv", "a\u202evsc.exe".encode(), b"caf\xe9.csv", b"*.csv", b"[ab].csv")):
        write(Path(os.fsdecode(os.fsencode(folder) + b"/" + name)), log_text(1, reason=f"theft {n}"))
    summary, case = add(tmp_path / "case", folder)
    with case:
        names = [row["file_name"] for row in case.read("disclosures").to_pylist()]
        assert add_paths(case, [folder]).n_known == 5
    assert (summary.n_disclosures, len(names)) == (5, 5)
    assert not any("\n" in name or "\u202e" in name or "\udce9" in name for name in names)


def test_hostile_folder_leaves_the_good_file(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    write(folder / "empty.csv", b"")
    write(folder / "noise.bin", bytes(5000))
    write(folder / "broken.pdf", b"%PDF-1.4 broken")
    write(folder / "cut.xlsx", b"PK\x03\x04" + bytes(400))
    write(folder / "old.xls", '<?xml version="1.0"?><Workbook xmlns="urn:x"><Worksheet/></Workbook>')
    write(folder / "good.csv", log_text(2))
    os.mkfifo(folder / "pipe.csv")
    (folder / "loop").symlink_to(folder)
    (folder / "out.csv").symlink_to("/etc/hostname")
    with zipfile.ZipFile(folder / "slip.zip", "w") as archive:
        for name in ("../../slipped.csv", "/tmp/slipped.csv", "C:\\slipped.csv"):
            archive.writestr(name, log_text(1))
    before = {path for path in tmp_path.rglob("*") if "case" not in path.parts}
    summary, case = add(tmp_path / "case", folder)
    with case:
        assert case.count("records") == 2
        found = problems(case)
    expected = {
        ("empty", "empty.csv"), ("unsupported", "noise.bin"), ("corrupt", "broken.pdf"), ("unsupported", "old.xls"),
        ("unsupported", "pipe.csv"), ("unsupported", "out.csv"), ("unsafe-archive", "slip.zip"),
    }  # fmt: skip
    assert expected <= set(found)
    assert "cut.xlsx" in {name for _, name in found}
    assert summary.n_disclosures == 1
    assert {path for path in tmp_path.rglob("*") if "case" not in path.relative_to(tmp_path).parts} == before


def test_a_file_that_vanishes_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [write(tmp_path / f"{n}.csv", log_text(1, reason=f"theft {n}")) for n in range(3)]
    true_walk = adding.walk

    def walk_and_remove(*arguments: object) -> object:
        for found in true_walk(*arguments):  # type: ignore[arg-type]
            if found.file_name == "1.csv":
                sources = list(found.sources)
                found.sources = iter(sources)
                files[1].unlink()
            yield found

    monkeypatch.setattr(adding, "walk", walk_and_remove)
    summary, case = add(tmp_path / "case", *files)
    with case:
        assert case.count("records") == 2
        assert problems(case) == [("corrupt", "1.csv")]
    assert summary.n_unread == 1


def test_a_full_disk_ends_the_run_and_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> tuple[Reading, CsvFile | None]:
        raise OSError(errno.ENOSPC, "No space left on device")

    path = write(tmp_path / "a.csv", log_text(1))
    with Case.open(tmp_path / "case", create=True) as case:
        with monkeypatch.context() as patched, pytest.raises(OSError, match="No space left"):
            patched.setattr(adding, "read_delimited", full)
            add_paths(case, [path])
        assert (case.count("files"), case.count("disclosures")) == (0, 0)
        assert add_paths(case, [path]).n_disclosures == 1


@pytest.mark.parametrize("line_end", ["\r", "\n", "\r\n"])
def test_line_ends(tmp_path: Path, line_end: str) -> None:
    labels = ["Query Time", "User", "Plate", "Reason"]
    rows = [[f"2025-01-02 15:04:0{n}", "jdoe", f"INV{n}", "theft"] for n in range(3)]
    lines = [",".join(row) + line_end for row in (labels, *rows)]
    _, case = add(tmp_path / "case", write(tmp_path / "a.csv", "".join(lines)))
    with case:
        assert [row["source_row"] for row in case.read("records").to_pylist()] == [2, 3, 4]


def test_log_with_several_line_ends_and_a_second_mark(tmp_path: Path) -> None:
    """Two files pasted together: a byte-order mark and the header again in the middle, other line ends."""
    text = log_text(2) + "\ufeff" + log_text(2, reason="fraud").replace("\r\n", "\n")
    _, case = add(tmp_path / "case", write(tmp_path / "a.csv", text))
    with case:
        disclosure, rows = only_disclosure(case), case.read("records").to_pylist()
    assert [row["reason"] for row in rows] == ["stolen vehicle"] * 2 + ["fraud"] * 2
    assert [row["source_row"] for row in rows] == [2, 3, 5, 6]
    assert disclosure["problems"] == ["repeated-header"]


def test_formulas_and_markup_stay_the_text_they_are(tmp_path: Path) -> None:
    hostile = "=cmd|' /C calc'!A0", "<script>alert(1)</script>", "'; DROP TABLE records; --"
    rows = [log_row(n, reason=text) for n, text in enumerate(hostile, 1)]
    _, case = add(tmp_path / "case", write(tmp_path / "a.csv", csv_text([HEADER, *rows])))
    with case:
        assert [row["reason"] for row in case.read("records").to_pylist()] == list(hostile)


def test_messages_repeat_no_cell(tmp_path: Path) -> None:
    """Whatever goes wrong with a row, its plate, account and reason stay out of every message."""
    secret = {"plate": "QQ77ZZ", "user": "N. Secretname", "reason": "secret reason text"}
    shifted = log_row(2, **secret)
    del shifted[8]
    rows = [HEADER, log_row(1, **secret), shifted, log_row(3, **secret, searched_at="13/45/2025, 09:00:00 AM UTC")]
    text = csv_text(rows) + "# ERROR: download incomplete\r\n" + ",".join(log_row(4, **secret, time_frame="")) + ',"'
    _, case = add(
        tmp_path / "case", write(tmp_path / "a.csv", text), write(tmp_path / "b.csv", csv_text(rows[1:2] * 2))
    )
    with case:
        told = str(case.read("problems").to_pylist()) + str(case.read("repairs").to_pylist())
    assert "column-shift" in told
    assert not any(word in told for word in ("QQ77ZZ", "Secretname", "secret reason"))


def test_a_label_whose_column_is_gone_is_told(tmp_path: Path) -> None:
    """Quirk 17: the last column was taken out and its label stayed; no cell says so by itself."""
    rows = [log_row(n)[:13] for n in range(1, 9)]
    _, case = add(tmp_path / "case", write(tmp_path / "a.csv", csv_text([HEADER, *rows])))
    with case:
        disclosure, (problem,) = only_disclosure(case), case.read("problems").to_pylist()
    assert (problem["code"], disclosure["n_records"]) == ("phantom-header", 8)
    assert "13 cells under 14 labels" in problem["message"]


def test_what_stands_in_place_of_a_header_is_not_repeated(tmp_path: Path) -> None:
    rows = [["N. Secretname", "Anytown OH PD", "secret reason", "Date"], ["M. Other", "Otherville OH PD", "x", "y"]]
    _, case = add(tmp_path / "case", write(tmp_path / "a.csv", csv_text(rows)))
    with case:
        (problem,) = case.read("problems").to_pylist()
    assert problem["code"] == "unrecognised"
    assert "1 are known: Date" in problem["message"]
    assert "ecret" not in problem["message"]


@pytest.mark.slow
def test_a_line_of_two_gigabytes_takes_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    with path.open("wb") as file:
        file.write(log_text(1).encode())
        for _ in range(2048):
            file.write(b"x" * (1 << 20))
    script = (
        "import sys; from pathlib import Path; from custodiet.case import Case\n"
        "from custodiet.intake.add import add_paths\n"
        "with Case.open(Path(sys.argv[1]), create=True) as case:\n"
        "    add_paths(case, [Path(sys.argv[2])])\n"
        "    print(case.count('records'), *[row['code'] for row in case.read('problems').to_pylist()])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "case"), str(path)], check=True, capture_output=True, text=True
    )
    path.unlink()
    assert done.stdout.split() == ["1", "too-large"]
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 1_500_000


def test_quotes_around_everything(tmp_path: Path) -> None:
    text = "\n".join(",".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row) for row in
                     (HEADER, log_row(1, reason='he said "so"')))  # fmt: skip
    assert len(next(iter(csv.reader([text.split("\n")[0]])))) == 14
    _, case = add(tmp_path / "case", write(tmp_path / "a.csv", text))
    with case:
        assert [row["reason"] for row in case.read("records").to_pylist()] == ['he said "so"']
