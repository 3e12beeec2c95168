"""Reading the originals again: the same bytes, other bytes, and a bundle that says something else than they do."""

from __future__ import annotations

import json
import shutil
from functools import partial
from pathlib import Path

import pytest

from custodiet.case import Case
from custodiet.cli import main
from custodiet.demo import write_demo
from custodiet.publish.bundle import Options, write_bundle
from custodiet.publish.originals import given_files, reread_originals
from custodiet.verify import (
    GivenOriginal,
    Verdict,
    compare_originals,
    compare_published,
    match_originals,
    obstacles,
)
from tests.verify.bundle_cases import LIST, LOG, log_rows, make_case, publish, write_log, write_originals
from tests.verify.conftest import Made
from tests.verify.forging import change_column


def _compare(bundle: Path, paths: list[Path]) -> Verdict:
    verdict = Verdict()
    given = given_files(paths)
    found = match_originals(bundle, [GivenOriginal(name, size, sha256) for _, name, size, sha256 in given], verdict)
    files = {sha256: path for path, _, _, sha256 in given if sha256 in found}
    if files:
        compare_originals(bundle, reread_originals(bundle, files).tables, files, verdict)
    return verdict


def test_originals_under_any_name_and_folder_give_the_rows_and_counts(made: Made, tmp_path: Path) -> None:
    moved = [Path(shutil.copy(path, tmp_path / f"{n}.csv")) for n, path in enumerate(made.originals)]
    verdict = _compare(made.bundle, moved)
    assert verdict.faults == []
    # Both originals are there: all counts of tables that stand in them, and all opened rows of either.
    assert verdict.originals == [
        "2 originals read again: 2 disclosures, 10 cited rows that are opened and 34 recounts compared."
    ]


def test_one_of_two_originals_suffices_for_its_own_counts(made: Made) -> None:
    verdict = _compare(made.bundle, made.originals[:1])
    assert verdict.faults == []
    assert verdict.originals == [
        "1 original read again: 1 disclosure, 6 cited rows that are opened and 7 recounts compared."
    ]


def test_another_version_of_an_original_is_never_verified(made: Made, tmp_path: Path) -> None:
    other = write_log(tmp_path / LOG, log_rows(39))
    verdict = _compare(made.bundle, [other])
    assert [(fault.code, fault.where) for fault in verdict.faults] == [("another-version", LOG)]
    assert verdict.originals == []
    (tmp_path / "letter.txt").write_text("x")
    assert [fault.code for fault in _compare(made.bundle, [tmp_path / "letter.txt"]).faults] == ["unknown-original"]


@pytest.mark.slow
def test_a_bundle_that_says_something_else_than_its_originals_is_found(tmp_path: Path) -> None:
    """The publisher changed rows in the case before publishing: only the originals can tell."""

    originals = write_originals(tmp_path / "originals")
    make_case(tmp_path / "case", originals)
    with Case.open(tmp_path / "case") as case:
        case.execute("UPDATE records SET org = 'Quiet Harbor CA PD' WHERE record_no = 2")
        case.execute("DELETE FROM records WHERE record_no = 30")
        case.execute("UPDATE disclosures SET n_records = 39 WHERE n_records = 40")
    publish(tmp_path / "case", tmp_path / "out")
    verdict = _compare(tmp_path / "out", originals)
    log = next(fault.where for fault in verdict.faults if fault.where.startswith("disclosure."))
    assert {(fault.code, fault.where) for fault in verdict.faults} >= {
        ("original-differs", "proofs/records.parquet"),
        ("original-differs", "total.records"),
        ("original-differs", log),
    }  # fmt: skip


def test_what_keeps_searches_from_being_derived_is_said(made: Made) -> None:
    sha256s = [sha256 for _, _, _, sha256 in given_files(made.originals)]
    assert obstacles(made.bundle, sha256s[:1], "0")[0] == "1 other originals were not given"
    assert obstacles(made.bundle, sha256s, "0")[0].endswith("this is 0")
    assert LIST in [path.name for path in made.originals]


@pytest.mark.slow
def test_all_originals_give_every_number_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from custodiet.intake.add import add_paths
    from custodiet.pipeline import evaluate, interpret

    write_demo(tmp_path / "demo")
    with Case.open(tmp_path / "case", create=True) as case:
        add_paths(case, [tmp_path / "demo"])
        interpret(case)
        evaluate(case)

        def plain(_case: Case, folder: Path, **_options: object) -> Path:
            folder.mkdir()
            (folder / "index.html").write_text("<p>No numbers.</p>")
            return folder

        write_bundle(case, tmp_path / "out", Options("demo"), report_writer=plain)
    claims = json.loads((tmp_path / "out/claims/claims.json").read_bytes())["claims"]
    options = [part for path in sorted((tmp_path / "demo").iterdir()) for part in ("--original", str(path))
               if not path.name.startswith(("receipts", "letter"))]  # fmt: skip
    with pytest.raises(SystemExit) as ended:
        main(["verify", str(tmp_path / "out"), *options, "--json"])
    answer = json.loads(capsys.readouterr().out)
    assert answer["faults"] == []
    assert ended.value.code == 0
    assert any("cited or not" in sentence for sentence in answer["originals"])
    # Every recount, but for those on tables that no original gives, findings among them.
    had = {"disclosures", "records", "events", "shares", "portals", "organisations", "searches", "sightings",
           "outcomes", "indicators", "evidence"}  # fmt: skip
    n = sum(spec["table"] in had for claim in claims for spec in claim["recounts"])
    assert answer["originals"][0].endswith(f" and {n:,} recounts compared.")
    _changes_are_found(tmp_path / "out", [Path(path) for path in options[1::2]])


def _given(value: object, _cell: object) -> object:
    return value


def _changes_are_found(bundle: Path, paths: list[Path]) -> None:
    """Change what no row of evidence holds, table by table, and compare with the originals."""
    from custodiet.pipeline import evaluate, interpret

    def derive(case: Case) -> None:
        interpret(case)
        evaluate(case)

    known = {item["sha256"] for item in json.loads((bundle / "originals.json").read_bytes())["originals"]}
    files = {sha256: path for path, _, _, sha256 in given_files(paths) if sha256 in known}
    again = reread_originals(bundle, files, derive).outward
    for table, column, value in (
        ("searches", "purposes", ["immigration"]), ("records", "reason", "homicide"),
        ("indicators", "statement", "It broke the law 9999 times."), ("indicators", "severity", "quality"),
        ("organisations", "level", "federal"), ("share_spans", "recipient", "Quiet Harbor CA PD"),
        ("outcomes", "producer", "Quiet Harbor CA PD"), ("purposes", "label", "immigration"),
        ("evidence", "record_no", 1), ("sightings", "record_no", 1),
    ):  # fmt: skip
        kept = (bundle / f"tables/{table}.parquet").read_bytes()
        change_column(bundle, table, column, partial(_given, value))
        compare_published(bundle, again, verdict := Verdict(), whole=True)
        assert ("original-differs", f"tables/{table}.parquet") in {(f.code, f.where) for f in verdict.faults}
        (bundle / f"tables/{table}.parquet").write_bytes(kept)
    compare_published(bundle, again, verdict := Verdict(), whole=True)
    assert verdict.faults == []


@pytest.mark.parametrize(("column", "value"), [
    ("reason", "homicide"), ("org", "Quiet Harbor CA PD"), ("plate_state", "value"), ("source_row", 7),
])  # fmt: skip
def test_all_rows_of_a_given_original_are_compared_cited_or_not(
    made: Made, bundle: Path, column: str, value: object
) -> None:
    sha256, path = next((sha256, path) for path, _, _, sha256 in given_files(made.originals[:1]))
    again = reread_originals(bundle, {sha256: path}).outward
    compare_published(bundle, again, verdict := Verdict(), whole=False)
    assert verdict.faults == []
    assert verdict.originals == ["41 rows of 5 tables compared with the originals, cited or not."]
    assert "records.searched_at" in verdict.not_checked[0]
    cells = iter(range(40))
    # The one row that changes is the last of the log, which nothing cites.
    change_column(bundle, "records", column, lambda cell: value if next(cells) == 39 else cell)
    compare_published(bundle, again, verdict := Verdict(), whole=False)
    assert [(fault.code, fault.where) for fault in verdict.faults] == [("original-differs", "tables/records.parquet")]
