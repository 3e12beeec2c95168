"""Counts with their noun."""

from __future__ import annotations

import pytest

from custodiet.model.counts import agreed, counted, singular


@pytest.mark.parametrize(
    ("n", "said"), [(0, "0 pages"), (1, "1 page"), (2, "2 pages"), (1_000, "1,000 pages")]
)  # fmt: skip
def test_a_count_has_the_form_of_its_noun(n: int, said: str) -> None:
    assert counted(n, "page") == said
    assert counted(1, "search", "searches") == "1 search"
    assert counted(n, "search", "searches").endswith("search" if n == 1 else "searches")


@pytest.mark.parametrize(
    ("several", "one"),
    [
        (" searches in the logs of", " search in the logs of"),
        (" private campuses, railroads or hospitals, seen from", " private campus, railroad or hospital, seen from"),
        (" federal immigration or border agencies", " federal immigration or border agency"),
        (" recipients that are marked inactive", " recipient that is marked inactive"),
        (" recipients whose state is not known", " recipient whose state is not known"),
        (" of", " of"),
        (" in the days", " in the days"),
        ("", ""),
    ],
)
def test_one_thing_is_not_told_as_several(several: str, one: str) -> None:
    assert singular(several) == one


@pytest.mark.parametrize(
    ("put_together", "said"),
    [
        ("1 rows do not fit their header.", "1 row does not fit their header."),
        ("1 cells of devices hold glyphs.", "1 cell of devices holds glyphs."),
        (
            "1 pages hold a picture; 21 rows, 1,001 rows and 0.1 rows stay.",
            "1 page holds a picture; 21 rows, 1,001 rows and 0.1 rows stay.",
        ),
        ("row 1 names nobody; page 1 names two", "row 1 names nobody; page 1 names two"),
        ("1 filled cells were moved", "1 filled cell was moved"),
        ("1 searches", "1 search"),
        ("1 status", "1 status"),
    ],
)
def test_a_sentence_agrees_with_its_count(put_together: str, said: str) -> None:
    assert agreed(put_together) == said
    assert agreed(said) == said
