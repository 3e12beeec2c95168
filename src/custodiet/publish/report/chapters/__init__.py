"""The chapters, in the order in which they are read. Each gives none where the case holds nothing of its kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from custodiet.publish.report.chapters import (
    alerts,
    appendix,
    changes,
    coverage,
    indicators,
    method,
    policy,
    problems,
    purposes,
    reach,
    reliability,
    searchers,
    sharing,
)
from custodiet.publish.report.document import Chapter
from custodiet.publish.report.source import Source

CHAPTERS: Final[tuple[Callable[[Source], Iterator[Chapter]], ...]] = (
    indicators.findings,
    reliability.chapters,
    coverage.chapters,
    searchers.chapters,
    purposes.chapters,
    alerts.chapters,
    reach.chapters,
    sharing.chapters,
    policy.chapters,
    changes.chapters,
    indicators.indicators,
    problems.chapters,
    method.chapters,
    appendix.chapters,
)
