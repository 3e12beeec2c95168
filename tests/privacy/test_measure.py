"""The published leak rate: nothing leaks from the labelled set, and the purposes stay."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from custodiet.privacy.measure import Labelled, leaks, meaning_kept, measure, page
from custodiet.privacy.synthetic import N_NAMES, STATE_PLATES, labelled_set
from custodiet.privacy.words import allowed
from tests.conftest import REPOSITORY

SET = REPOSITORY / "tests" / "gold" / "leaks" / "leaks.jsonl"


@pytest.fixture(scope="module")
def committed() -> list[Labelled]:
    return [Labelled(**json.loads(line)) for line in SET.read_text(encoding="utf-8").splitlines()]


def test_the_committed_set_is_the_one_that_is_made(committed: list[Labelled]) -> None:
    assert committed == labelled_set()


def test_no_secret_leaks_and_the_purposes_stay(committed: list[Labelled]) -> None:
    found = measure(committed)
    assert {kind: counts.n_leaks for kind, counts in found.items() if counts.n_leaks} == {}
    assert found["name"].n == N_NAMES
    assert found["plate"].n >= 10 * len(STATE_PLATES)
    kept = sum(counts.n_kept for counts in found.values()) / sum(counts.n_words for counts in found.values())
    assert kept > 0.97


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (2, 3))])
def test_nothing_leaks_from_other_draws(seed: int) -> None:
    assert sum(counts.n_leaks for counts in measure(labelled_set(seed)).values()) == 0


@pytest.mark.parametrize(
    ("kind", "secret", "shown"),
    [("name", "Jane Roe", "stolen […] Roe"), ("plate", "9AAA999", "9AAA 999"), ("date of birth", "01/02/1990", "1990"),
     ("e-mail", "roe@police.example", "police")],
)  # fmt: skip
def test_a_leak_is_seen_as_one(kind: str, secret: str, shown: str) -> None:
    assert leaks(Labelled(f"stolen {secret}", kind, secret, "stolen"), shown)


def test_the_page_is_fresh(committed: list[Labelled]) -> None:
    text = (REPOSITORY / "docs" / "measured" / "privacy.md").read_text(encoding="utf-8")
    for line in page(measure(committed), []).splitlines():
        assert line in text.splitlines()


def test_the_list_of_words_holds_no_frequent_name() -> None:
    """A hand-picked dozen of the most frequent names of the 1990 census, given and family."""
    names = {
        "james",
        "mary",
        "smith",
        "johnson",
        "garcia",
        "brown",
        "white",
        "green",
        "mark",
        "hope",
        "grace",
        "lee",
        "park",
    }
    assert names.isdisjoint(allowed().words)


@pytest.mark.real
def test_most_words_of_real_purposes_are_published(real_data: Path) -> None:
    rows = meaning_kept(real_data / "gold")
    assert [row[0] for row in rows] == ["reasons_dev.jsonl", "sensitive_dev.jsonl"]
    for _, n_words, n_kept, n_texts, n_same in rows:
        assert n_kept / n_words > 0.88
        assert n_same / n_texts > 0.82
