"""Pairs of organisations under the words that offices use: who shares, who can reach, in either order of columns."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.intake.builders import add, adds_up, csv_text, only_disclosure, write

OUT = [
    ("Shared By", "Shared To"), ("Sharing Agency", "Receiving Agency"), ("Owner", "Shared With"),
    ("From Agency", "To Agency"), ("Grantor", "Grantee"), ("Shared From", "Shared To"), ("Data Owner", "Accessible By"),
    ("Granting Organization", "Granted Organization"), ("Agency", "Shares With"), ("Agency", "Gives Access To"),
]  # fmt: skip
IN = [("Agency", "Receives Data From"), ("Organization", "Can Access Data Of"), ("Grantee", "Grantor"),
      ("Shared To", "Shared By"), ("To Agency", "From Agency")]  # fmt: skip
FIRST, SECOND = "Anytown OH Police Department", "Sampleton County OH Sheriff's Office"


def shares_of(tmp_path: Path, rows: list[list[str]]) -> list[tuple[str | None, str | None]]:
    _, case = add(tmp_path / "case", write(tmp_path / "list.csv", csv_text(rows)))
    with case:
        assert adds_up(only_disclosure(case))
        return [(row["source"], row["recipient"]) for row in case.read("shares").to_pylist()]


@pytest.mark.parametrize("labels", OUT)
def test_the_first_shares_with_the_second(tmp_path: Path, labels: tuple[str, str]) -> None:
    rows = [[*labels, "Date Granted"], [FIRST, SECOND, "2026-01-25"], [SECOND, "Elsewhere OH PD", "2026-01-25"]]
    assert shares_of(tmp_path, rows) == [(FIRST, SECOND), (SECOND, "Elsewhere OH PD")]


@pytest.mark.parametrize("labels", IN)
def test_the_first_reaches_the_second(tmp_path: Path, labels: tuple[str, str]) -> None:
    assert shares_of(tmp_path, [[*labels], [FIRST, SECOND], [FIRST, "Elsewhere OH PD"]]) == [
        (SECOND, FIRST), ("Elsewhere OH PD", FIRST),
    ]  # fmt: skip


def test_several_names_in_a_cell_are_several_shares(tmp_path: Path) -> None:
    rows = [["Agency", "Shares With"], [FIRST, f"{SECOND}; Elsewhere OH PD ;"], [SECOND, "Elsewhere OH PD"]]
    assert sorted(shares_of(tmp_path, rows)) == [
        (FIRST, "Elsewhere OH PD"), (FIRST, SECOND), (SECOND, "Elsewhere OH PD"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "rows",
    [
        [["Grantor", "Grantee", "Date"], ["Doe, Jane", "Roe, Richard", "2026-01-25"]],
        [["Owner", "Shared With"], ["a@example.org", "b@example.org"]],
        [["File Name", "Owner", "Shared With"], ["x.doc", "Anytown PD", "Sampleton PD"]],
    ],
)
def test_deeds_and_shared_files_are_no_sharing_lists(tmp_path: Path, rows: list[list[str]]) -> None:
    _, case = add(tmp_path / "case", write(tmp_path / "list.csv", csv_text([*rows, *rows[1:]])))
    with case:
        assert case.count("shares") == 0
        assert case.read("problems").column("code").to_pylist() == ["unrecognised"]


def test_marks_below_shares_with_are_no_names(tmp_path: Path) -> None:
    rows = [["Agency", "Shares With"], [FIRST, "Yes"], [SECOND, "No"], ["Elsewhere OH PD", "Yes"]]
    names = {name for pair in shares_of(tmp_path, rows) for name in pair}
    assert names.isdisjoint({"Yes", "No"})
