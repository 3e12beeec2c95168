"""Rows with fewer cells than the header: empty cells at the end were dropped, or one was left out before.

Where a typed cell stands under its label behind the gap, the row tells by itself. Where
none does, both are possible: such rows are counted, and a row whose plate then stands
under another label keeps only what is certain, so that no plate is stored as text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from custodiet.case.stage import Stage
from custodiet.case.typed import cell
from custodiet.intake.layout import Header, Layout
from custodiet.intake.mend import Mended, MendedGroup
from custodiet.model.problems import Problem

PLATE: Final = "^[A-Z0-9*?]{1,7}[ -]?[A-Z0-9*?]{1,5}$"
"""Two to eight letters, digits and wildcards, of one word or parted once; RE2."""

_TYPED: Final = frozenset(
    {"uuid", "integer", "time", "time-range", "date", "time-of-day", "verdict", "search-word"}
)  # fmt: skip
_LOGS: Final = frozenset({"search-log", "portal-log"})
_AT_ONCE: Final = 100_000


def mend_short_rows(stage: Stage, header: Header) -> Mended:
    """Count the rows of a log that may lack a cell in their midst; take plates out of wrong columns.

    Call it when the layout is mended: rows that were repaired are left alone.
    """
    layout = Layout.of(header)
    if layout is None or layout.match.format.kind not in _LOGS or stage.narrowest() >= len(layout.kinds):
        return Mended(0, (), ())
    rows = stage.untouched(f"n_cells < {len(layout.kinds)}")
    typed = [place for place, kind in enumerate(layout.kinds) if kind in _TYPED and layout.columns.names[place]]
    unsure = _unsure(layout, typed)
    n, first = stage.rows_of(f"SELECT count(*), min(source_row) FROM {rows} WHERE {unsure}")[0]
    if not n:
        return Mended(0, (), ())
    groups, problems = _take_out_plates(stage, layout, f"SELECT * FROM {rows} WHERE {unsure}", typed)
    message = (
        f"{n:,} rows have fewer cells than the header has labels, and no number or time behind the gap: they were read "
        "from the left, as if empty cells at the end had been dropped. Where a cell was left out before, those behind "
        "it stand under a wrong label."
    )
    return Mended(0, groups, (Problem("ragged", message, where=f"first row {first:,}"), *problems))


def _filled(place: int) -> str:
    return f"coalesce(trim({cell(place)}), '') <> ''"


def _unsure(layout: Layout, typed: Sequence[int]) -> str:
    """Write the test for a filled cell that has no filled typed cell behind it."""
    tests = []
    for place in range(len(layout.kinds)):
        behind = [_filled(known) for known in typed if known > place]
        if place not in typed:
            tests.append(_filled(place) + (f" AND NOT ({' OR '.join(behind)})" if behind else ""))
    return f"({' OR '.join(f'({test})' for test in tests)})" if tests else "false"


def _take_out_plates(
    stage: Stage, layout: Layout, rows: str, typed: Sequence[int]
) -> tuple[tuple[MendedGroup, ...], list[Problem]]:
    """Keep of rows whose plate stands left of its label only the cells up to the last typed one."""
    home = layout.match.position("plate")
    if not home:
        return (), []
    near = [place for place in range(max(home - 2, 0), home) if layout.kinds[place] in ("org", "text")]
    # An account may look like a plate, and a reason: then a word must stand where the plate belongs.
    near += [home - 1] if layout.kinds[home - 1] == "account" else []
    word = f"regexp_full_match(trim({cell(home)}), '[^0-9]*[A-Za-z][^0-9]*')"
    tests = [f"({_plate_like(at)}{'' if layout.kinds[at] == 'org' else f' AND {word}'})" for at in near]
    if not tests:
        return (), []
    cells = ", ".join(cell(place) for place in range(stage.width))
    sql = (
        f"SELECT row_no, source_row, {cells} FROM ({rows}) WHERE {' OR '.join(tests)} ORDER BY row_no LIMIT {_AT_ONCE}"
    )
    found: list[int] = []
    # Rows that were repaired are no longer among those that are looked at.
    while batch := stage.rows_of(sql):
        stage.repair([(row[0], _certain(row[2:], typed)) for row in batch])
        found += [row[1] for row in batch]
    if not found:
        return (), []
    message = (
        f"{len(found):,} rows with too few cells have what looks like a plate left of its column: only the cells up to "
        "their last time or number were kept."
    )
    group = MendedGroup(
        "a cell was left out: only the cells up to the last typed one were kept", len(found), found[0],
        found[-1], "plate left of its label",
    )  # fmt: skip
    return (group,), [Problem("column-shift", message, where=f"first row {found[0]:,}")]


def _plate_like(place: int) -> str:
    text = f"trim({cell(place)})"
    return f"regexp_matches(upper({text}), '{PLATE}') AND regexp_matches({text}, '[0-9]')"


def _certain(cells: Sequence[str | None], typed: Sequence[int]) -> tuple[str | None, ...]:
    last = max((place for place in typed if place < len(cells) and (cells[place] or "").strip()), default=-1)
    return tuple(text if place <= last else None for place, text in enumerate(cells))
