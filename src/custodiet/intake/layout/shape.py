"""What the mere size of a table says about its completeness."""

from __future__ import annotations

from typing import Final

from custodiet.model.problems import Problem

_SHEET_ROWS: Final = 1_048_576
_ROUND_TOTALS: Final = frozenset({10_000, 20_000, 50_000, 55_000, 65_535, 65_536, 100_000, 500_000, 1_000_000})


def shape_problems(n_rows: int, *, file_name: str = "") -> list[Problem]:
    """Say where a number of rows makes it likely that rows are missing.

    Args:
        n_rows: Data rows of one table, header and titles not counted.
        file_name: Name of the released file, for the problem.
    """
    if n_rows in (_SHEET_ROWS - 1, _SHEET_ROWS):
        return [
            Problem(
                "truncated",
                f"The table has {n_rows:,} rows, as many as a spreadsheet can hold: the rest was cut off "
                "when it was saved. Counts are a floor; nothing was added or left out here.",
                file_name=file_name,
            )
        ]
    if n_rows in _ROUND_TOTALS:
        return [
            Problem(
                "truncated",
                f"The table has exactly {n_rows:,} rows, a limit of exports rather than a natural number: "
                "the rest may be missing. Ask whether the export was cut; all rows present were read.",
                file_name=file_name,
            )
        ]
    return []
