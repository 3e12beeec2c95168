"""The real pages, by counts alone."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from custodiet.intake.raw import RawPage
from custodiet.intake.readers.page import looks_like_page, read_page


@pytest.mark.real
@pytest.mark.slow
def test_the_pages_of_109_agencies(real_data: Path) -> None:
    counts: Counter[str] = Counter()
    ids: set[str | None] = set()
    for path in sorted((real_data / "portals").glob("*/*.html")):
        assert looks_like_page(path.read_bytes()[:1024])
        found = read_page(path)
        assert found.problems == []
        (page,) = found.parts
        assert isinstance(page, RawPage) and page.producer and page.as_of and page.last_updated
        assert page.as_of == page.last_updated.date()
        counts["pages"] += 1
        counts.update(share.direction for share in page.shares)
        counts.update(f"{direction} none" for direction, number in page.list_counts.items() if number == 0)
        counts["retention"] += "retention_days" in page.values
        for audit in page.audits:
            rows = list(audit.rows)
            counts["audits"] += 1
            counts["audit rows"] += len(rows) - 1
            ids.update(row.cells[0] for row in rows[1:])
        assert not any("http" in share.organisation or len(share.organisation) > 90 for share in page.shares)
    assert counts == {
        "pages": 270,
        "out": 62_969,
        "in": 5_820,
        "out none": 11,
        "retention": 269,
        "audits": 137,
        "audit rows": 58_376,
    }
    assert len(ids) == 38_716
