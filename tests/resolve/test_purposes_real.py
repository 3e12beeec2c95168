"""Floors on the labelled development sets, where they are present."""

from __future__ import annotations

from pathlib import Path

import pytest

from custodiet.resolve.purposes.measure import n_exact, predict, read_gold, sensitive_totals

pytestmark = pytest.mark.real


def test_exact_label_sets_of_stated_reasons(real_data: Path) -> None:
    gold = read_gold(real_data / "gold" / "reasons_dev.jsonl")
    assert n_exact(gold, predict(gold)) / len(gold) >= 0.97


def test_sensitive_labels_and_hard_negatives(real_data: Path) -> None:
    gold = read_gold(real_data / "gold" / "sensitive_dev.jsonl")
    found = predict(gold)
    total, harmed, n_hard = sensitive_totals(gold, found)
    assert total.right / (total.right + total.wrong) >= 0.98
    assert total.right / (total.right + total.missed) >= 0.95
    assert (harmed, n_hard > 0) == (0, True)
