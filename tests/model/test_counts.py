"""Counts with their noun."""

from __future__ import annotations

import pytest

from custodiet.model.counts import counted, singular


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
