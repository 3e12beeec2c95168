"""A new case for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from custodiet.case import Case
from tests.law.builders import open_case


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    yield from open_case(tmp_path)
