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
    assert "To: the custodian of records of [the custodian]" in draft_letter(None, [])


def test_unknown_producer_is_refused_with_known_ones(tmp_path: Path) -> None:
    _, case = add(tmp_path / "case", write(tmp_path / "log.csv", csv_text([HEADER, log_row(1)])))
    case.close()
    with pytest.raises(UsageError, match="Anytown OH PD"):
        request_letters(tmp_path / "case", "Elsewhere PD")
