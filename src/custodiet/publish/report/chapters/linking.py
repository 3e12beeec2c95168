"""How rows were joined to searches: by which basis, what could not be told, and in what copies differ."""

from __future__ import annotations

from typing import Final

from custodiet.privacy.small_cells import MIN_CELL
from custodiet.publish.figures.joining import PERSONAL
from custodiet.publish.report.document import Cell, Column, Fixed, Heading, Part, Phrase, Stated, capped
from custodiet.publish.report.source import Source
from custodiet.publish.report.wording import share

# The words of ``resolve.searches``, which this room does not know; a test holds both lists together.
JOINED_BY: Final[dict[str, str]] = {
    "single": "one record, and no other like it",
    "repeated-row": "one record of a log without ids that holds the very same row again; kept apart",
    "search-id": "the vendor's id, one organisation, times within two seconds",
    "search-id+clock-shift": (
        "the vendor's id, one organisation, times apart by whole quarters of an hour, once in each log"
    ),
    "organisation+second+networks+window": "organisation, second, networks and the period asked for",
    "organisation+second+networks+text": (
        "organisation, second and networks; reason, case number or plate agree; a copy lacks the period"
    ),
    "organisation+second+window+text": ("organisation, second, period and reason; networks differ or are not released"),
    "second+networks+window+text": (
        "second, networks, period, and reason, case number or plate; a copy hides the organisation"
    ),
    "organisation+second+text": "organisation, second and reason; a copy lacks networks and period",
    "organisation+second+window": "organisation, second and period; a copy lacks networks and reason",
    "organisation+second+networks": "organisation, second and networks; nothing else is released in both",
    "organisation+second+networks+order": (
        "several searches alike in every cell released in both logs, or rows written twice, paired one to one"
    ),
    "id-conflict": "the vendor's id stands under two organisations or at two times; kept apart",
    "ambiguous": "may be a copy of a search in another log, which of several cannot be told; kept apart",
}
_UNSURE: Final = (
    ("ambiguous", "ambiguous", "ambiguous, which may be copies of another search"),
    ("repeated-row", "repeated_rows", "in a row that a log without ids holds more than once"),
)
_DIFFERENCES: Final = """
SELECT field, kind, count(DISTINCT search_key) AS searches FROM differences GROUP BY ALL
ORDER BY searches DESC, field, kind
"""
_FIELDS: Final = {"case_number": "case number", "user": "account", "devices": "cameras", "searched_at": "time"}


def unsure(source: Source) -> tuple[str | Stated, ...]:
    """Say how many searches may be copies of others; nothing where there are none."""
    told: list[str | Stated] = []
    for basis, name, meaning in _UNSURE:
        sql = f"SELECT count(*) FROM searches WHERE basis = '{basis}'"
        n = source.measure(name, f"Searches whose basis is {basis}", sql)
        if n:
            told += ["; " if told else "", source.told(f"figure.basis.{basis}", n), f" {meaning}"]
    return (" (an upper bound: of them ", *told, ")") if told else ()


def joined(source: Source) -> list[Part]:
    """Show how many searches were joined on which basis, and in what the copies differ."""
    rows = source.case.rows("SELECT basis, count(*), sum(n_sightings) FROM searches GROUP BY basis")
    total = sum(int(n) for _, n, _ in rows)
    if not total:
        return []
    order = list(JOINED_BY)
    rows = sorted(rows, key=lambda row: (order.index(row[0]) if row[0] in JOINED_BY else len(order), row[0] or ""))
    lines: list[tuple[Cell, ...]] = [
        (
            Fixed(basis) if basis else "not stated",
            JOINED_BY.get(basis or "", "not one of the words of this version"),
            source.figure(f"figure.basis.{basis or 'not stated'}", int(n)),
            source.figure(f"figure.basis.{basis or 'not stated'}", share(int(n), total)),
            source.figure(f"figure.basis.{basis or 'not stated'}.rows", int(seen or 0)),
        )
        for basis, n, seen in rows
    ]
    seen = sum(int(n or 0) for _, _, n in rows)
    table = capped(
        "How rows were joined to searches",
        (
            Column("Basis"),
            Column("What agrees"),
            Column("Searches", numeric=True),
            Column("Share", numeric=True),
            Column("Rows", numeric=True),
        ),
        lines,
        most=len(lines),
        note=Phrase(
            (
                source.total("searches", total),
                f" {'search' if total == 1 else 'searches'} from ",
                *source.number_of("figure.sightings", seen, "row"),
                ". How often each basis errs stands in the chapter on method.",
            )
        ),
    )
    return [Heading("How copies of a search were joined"), table, *_differences(source)]


def _differences(source: Source) -> list[Part]:
    """Count in what copies differ. Never a row or a cell: that would lead from a masked name to the one shown."""
    rows = source.counts(_DIFFERENCES)
    if not rows:
        return []
    lines: list[tuple[Cell, ...]] = [
        (
            _FIELDS.get(row["field"], row["field"]),
            "hidden in one copy, shown in another" if row["kind"] == "masked/released" else row["kind"],
            source.figure(
                f"figure.difference.{row['field']}.{row['kind']}", _shown(row["field"], int(row["searches"]))
            ),
        )
        for row in rows
    ]
    return [
        capped(
            "In what the copies of one search differ",
            (Column("Cell"), Column("How"), Column("Searches", numeric=True)),
            lines,
            most=len(lines),
            note="Counts only: which rows differ is not published.",
        )
    ]


def _shown(field: str, n: int) -> Cell:
    return f"under {MIN_CELL}" if field in PERSONAL and 0 < n < MIN_CELL else n
