"""Kinds of cells, and the engine's test for misfits against ours."""

from __future__ import annotations

import re

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from custodiet.intake.layout.cells import CellType, cell_type, is_misfit, misfit_pattern

SAMPLES = [
    ("0f0e0d0c-0b0a-4908-8706-050403020100", CellType.UUID),
    ("12/31/2025, 03:04:05 PM UTC", CellType.TIME),  # quirk 66
    ("1/2/2025, 3:04:05 PM", CellType.TIME),  # quirk 67
    ("1/2/2025, 3:04:05\u202fPM", CellType.TIME),  # quirk 37
    ("2025-01-02T03:04:05.123Z", CellType.TIME),  # quirk 72
    ("2025-01-02 03:04:05+00:00", CellType.TIME),  # quirk 71
    ("4/5/2024 6:07:00", CellType.TIME),  # quirk 73
    ("1/2/2025, 3:04:05 PM UTC\n2/2/2025, 3:04:05 PM UTC", CellType.TIME_RANGE),  # quirk 68
    ("1/2/2025, 3:04:05 PM UTC to 2/2/2025, 3:04:05 PM UTC", CellType.TIME_RANGE),  # quirk 68
    ("01/02/2025 - 02/02/2025", CellType.TIME_RANGE),
    ("2025-01-02", CellType.DATE),  # quirk 69
    ("03:04:05", CellType.CLOCK),  # quirk 69
    ("5109", CellType.INTEGER),
    ("5109.0", CellType.NUMBER),  # quirk 44
    ("95,511", CellType.INTEGER),
    ("45987.628", CellType.NUMBER),  # quirk 45
    ("1234.5", CellType.NUMBER),
    (" allow", CellType.VERDICT),
    ("Block", CellType.VERDICT),
    ("lookup", CellType.SEARCH_WORD),
    ("search - Mobile", CellType.SEARCH_WORD),  # quirk 133
    ("multiGeo", CellType.SEARCH_WORD),
    ("——", CellType.DASHES),  # quirk 83
    ("***", CellType.MASK),
    ("* * *", CellType.MASK),  # quirk 104
    ("██", CellType.MASK),
    (" REDACTED ", CellType.MASK),  # quirk 103
    ("[REDACTED]", CellType.MASK),
    ("7923.600 GC", CellType.MASK),  # quirk 105
    ("Gov. Code § 7923.600(a)", CellType.MASK),
    ("GC 6254(f)", CellType.MASK),
    ("", CellType.BLANK),
    (None, CellType.BLANK),
    (" \u00a0", CellType.BLANK),
    ("n/a", CellType.PLACEHOLDER),
    (".", CellType.PLACEHOLDER),
    ("Exampleville XX PD", CellType.ORG),
    ("Example County Sheriff's Office", CellType.ORG),
    ("so he fled", CellType.PROSE),
    ("Wanted Person (Arrest Warrant/Fugitive) - Criminal Justice Purpose", CellType.PROSE),  # quirk 119
    ("Immigration (criminal)", CellType.PROSE),  # quirk 120
    ("25SM013446A", CellType.TOKEN),
    ("theft", CellType.WORD),
    ("seen on 1/2/2025 near park", CellType.TEXT),
    ("x" * 1_000_000, CellType.WORD),
]


@pytest.mark.parametrize(("text", "expected"), SAMPLES)
def test_cell_type(text, expected):
    assert cell_type(text) is expected


COLUMN_KINDS = [
    "uuid",
    "integer",
    "time",
    "time-range",
    "date",
    "time-of-day",
    "verdict",
    "search-word",
    "org",
]


def engine_says(text: str, kind: str) -> bool:
    found = misfit_pattern(kind)
    matched = re2.search(found.pattern, text) is not None
    return matched is found.misfit_if_matched


@pytest.mark.parametrize("kind", COLUMN_KINDS)
@pytest.mark.parametrize("text", [text for text, _ in SAMPLES if text is not None])
def test_engine_finds_every_misfit(text, kind):
    assert engine_says(text, kind) == is_misfit(cell_type(text), kind)


@settings(max_examples=300)
@given(st.text(max_size=30), st.sampled_from(COLUMN_KINDS))
def test_engine_misses_nothing_in_any_text(text, kind):
    if is_misfit(cell_type(text), kind):
        assert engine_says(text, kind)


@pytest.mark.parametrize("kind", ["text", "plate", "account", "case-number", "list", "flag"])
def test_free_text_never_misfits(kind):
    assert misfit_pattern(kind) is None
    assert not any(is_misfit(look, kind) for look in CellType)


def test_no_pattern_is_slow_on_hostile_cells():
    assert cell_type("1" * 80 + "/") is CellType.TOKEN
    assert cell_type("*" * 85 + "a") is CellType.WORD
    assert re.search(misfit_pattern("integer").pattern, "1," * 40) is None
