"""The released search log of one county: how the count of long windows moves with its definition."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from custodiet.case import Case
from custodiet.intake.add import add_paths
from custodiet.law.evaluate import evaluate_case
from tests.law.builders import found


@pytest.mark.real
@pytest.mark.slow
def test_long_windows_of_the_printed_log(case: Case, real_data: Path) -> None:
    add_paths(case, [real_data / "okaloosa" / "11_1_2025-12_8_2025-Okaloosa_County_FL_SO-Audit.pdf"])
    evaluate_case(case, ["practice"])
    row = found(case, "practice.window-exceeds-stated-retention")[0]
    panel = json.loads(row["sensitivity"])
    counts = {item["label"]: item["count"] for item in panel["alternatives"] if item["choice"] == "clock"}
    assert counts == {
        "elapsed hours, more than the retention × 24": 463,
        "elapsed hours, more than the retention × 24 and one hour for a clock change": 463 - 263,
        "calendar days on the wall clock": 179,
    }
    assert (row["n_searches"], row["denominator"]) == (237, 7273)
    assert case.rows(row["query"]) == [(237,)]
