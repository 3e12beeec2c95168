"""Shared fixtures: where the real disclosures are, if they are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

REPOSITORY = Path(__file__).resolve().parent.parent

# No test depends on a clock, examples of property tests neither.
settings.register_profile("without-clock", deadline=None)
settings.load_profile("without-clock")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Give the folder of the real disclosures, or skip the test where it is absent."""
    folder = Path(os.environ.get("CUSTODIET_REAL_DATA", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("the real disclosures are not beside the project")
    return folder
