"""The drafts that ask for what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from custodiet.model.errors import UsageError
from custodiet.pipeline import request_letters
from custodiet.publish.request import draft_letter, find_gaps
from tests.intake.builders import HEADER, add, csv_text, log_row, write


def test_gaps_of_one_producer(tmp_path: Path) -> None:
    keep = [i for i in range(14) if i != 8]
    rows = [list(HEADER)]
    for number, month in enumerate(("01", "02", "05"), 1):
        rows.append(log_row(number, searched_at=f"{month}/10/2025, 03:00:00 PM UTC", plate="***"))
    path = write(tmp_path / "log.csv", csv_text([[row[i] for i in keep] for row in rows]))
    broken = write(tmp_path / "scan.pdf", b"%PDF-1.7\n")
    _, case = add(tmp_path / "case", path, broken)
    with case:
        gaps = find_gaps(case)
    own = {(gap.kind, gap.ask) for gap in gaps if gap.producer == "Anytown OH PD"}
    assert ("missing-months", "the log of searches by your organisation for 2025-03 to 2025-04") in own
    assert any(kind == "absent-column" and "case number" in ask for kind, ask in own)
    assert any(kind == "masked-column" and "plate" in ask for kind, ask in own)
    assert [gap.ask for gap in gaps if gap.producer is None] == [
        "a whole copy of scan.pdf; the one received is damaged"
    ]


def test_letters_name_no_row(tmp_path: Path) -> None:
    rows = [
        HEADER,
        log_row(1, reason="secret words", plate="***", case_number="***"),
        log_row(2, case_number="***", plate="***"),
    ]
    _, case = add(tmp_path / "case", write(tmp_path / "log.csv", csv_text(rows)))
    case.close()
    letters = request_letters(tmp_path / "case")
    assert [letter.producer for letter in letters] == ["Anytown OH PD"]
    assert "secret" not in letters[0].text
    assert "A. Example" not in letters[0].text
    assert "preserve" in letters[0].text


def test_no_gap_no_letter() -> None:
    assert "To: the custodian of records of [name of the organisation]" in draft_letter(None, [])


_RECEIPT = "files: ['*']\ncustodian: Records Office of the Town of Anytown\nrequest_number: R-17\n"


def test_a_letter_goes_to_the_custodian_whom_the_receipt_names(tmp_path: Path) -> None:
    write(tmp_path / "receipts.yaml", _RECEIPT)
    log = write(tmp_path / "log.csv", csv_text([HEADER, log_row(1, plate="***")]))
    broken = write(tmp_path / "scan.pdf", b"%PDF-1.7\n")
    _, case = add(tmp_path / "case", log, broken)
    case.close()
    letters = request_letters(tmp_path / "case")
    assert [(letter.producer, letter.custodian, letter.slug) for letter in letters] == [
        (None, "Records Office of the Town of Anytown", "records-office-of-the-town-of-anytown"),
        ("Anytown OH PD", "Records Office of the Town of Anytown", "anytown-oh-pd"),
    ]
    for letter in letters:
        assert "To: Records Office of the Town of Anytown\n" in letter.text
        assert "It follows request R-17. Under [the public-records law that applies], I ask" in letter.text
        assert "[name of the organisation]" not in letter.text
    assert letters[1].text.startswith("# Request for records: Anytown OH PD")
    assert "scan.pdf" in letters[0].text
    assert "scan.pdf" not in letters[1].text


def test_receipts_that_differ_name_no_custodian(tmp_path: Path) -> None:
    paths = []
    for number in (1, 2):
        folder = tmp_path / str(number)
        folder.mkdir()
        write(folder / "receipts.yaml", f"files: ['*']\ncustodian: Office {number}\nrequest_number: R-17\n")
        paths.append(write(folder / f"log{number}.csv", csv_text([HEADER, log_row(number, plate="***")])))
    _, case = add(tmp_path / "case", *paths)
    case.close()
    (letter,) = request_letters(tmp_path / "case")
    assert letter.custodian is None
    assert "To: the custodian of records of Anytown OH PD" in letter.text
    assert "It follows request R-17." in letter.text


def test_unknown_producer_is_refused_with_known_ones(tmp_path: Path) -> None:
    _, case = add(tmp_path / "case", write(tmp_path / "log.csv", csv_text([HEADER, log_row(1)])))
    case.close()
    with pytest.raises(UsageError, match="Anytown OH PD"):
        request_letters(tmp_path / "case", "Elsewhere PD")
