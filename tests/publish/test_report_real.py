"""The report of a real release: the time-window claim shows its definitions, and the largest is not the headline."""

from __future__ import annotations

from pathlib import Path

import lxml.html
import pytest

from custodiet.case import Case
from custodiet.intake.add import add_paths
from custodiet.law.evaluate import evaluate_case
from custodiet.publish.report import write_report

pytestmark = [pytest.mark.real, pytest.mark.slow]


def test_the_window_claim_stands_beside_its_other_definitions(real_data: Path, tmp_path: Path) -> None:
    from custodiet.pipeline import interpret

    with Case.open(tmp_path / "case", create=True) as case:
        add_paths(case, [real_data / "okaloosa"])
        interpret(case)
        evaluate_case(case, ["practice"])
        page = write_report(case, tmp_path / "report")
    assert page.stat().st_size < 1_000_000
    tree = lxml.html.document_fromstring(page.read_text(encoding="utf-8"))
    (claim,) = tree.xpath("//section[@id='brief']//article[contains(., 'further back than the stated retention')]")
    text = " ".join(claim.xpath("string()").split())
    assert claim.xpath("string(.//*[@class='big'])") == "237"
    assert "of 7,273 evaluated; 179 to 463 under other definitions" in text
    assert "463 (elapsed hours, more than the retention × 24)" in text
    full = tree.xpath("string(//section[@id='indicators'])")
    assert "A period that was asked for is not data that was returned" in full
    coverage = tree.xpath("string(//section[@id='brief'])")
    assert "7,273, each counted once, recorded in 7,273 rows of logs" in coverage
    assert "2 files came without a receipt" in coverage
