"""Problems: what could not be read, or was read with doubt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from custodiet.model.problems import PROBLEM_CODES
from custodiet.publish.report.document import Chapter, Column, Fixed, Phrase, Text, capped
from custodiet.publish.report.source import Source

LISTED: Final = 60


def chapters(source: Source) -> Iterator[Chapter]:
    """Give the chapter; a case without problems says so."""
    problems = source.problems
    if not problems:
        yield Chapter("problems", "Problems", (Text("Every file was read without a doubt."),))
        return
    counts = Counter(row["code"] for row in problems)
    kinds = capped(
        "Problems by kind",
        (Column("Kind"), Column("Times", numeric=True), Column("What it means"), Column("What to do")),
        [
            (code, source.figure(f"figure.problem.{code}", n), PROBLEM_CODES[code].meaning, PROBLEM_CODES[code].mend)
            for code, n in sorted(counts.items())
        ],
        most=len(PROBLEM_CODES),
    )
    rows = [(row["file_name"] or "–", Fixed(row["code"]), row["where"] or None, row["message"]) for row in problems]
    every = capped(
        "Each problem",
        (Column("File"), Column("Kind"), Column("Where"), Column("What was seen")),
        rows,
        most=LISTED,
        more="custodiet export problems, or the table problems of the bundle",
    )
    lead = Phrase(
        (
            *source.number_of("figure.problems", len(problems), "problem"),
            ". Nothing is skipped silently: what is not listed here was read as it stands.",
        )
    )
    yield Chapter("problems", "Problems", (kinds, every), lead)
