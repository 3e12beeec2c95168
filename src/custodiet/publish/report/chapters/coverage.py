"""Coverage: which months, which logs, which columns; what is hidden, missing or cut off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from custodiet.publish.report.charts import matrix
from custodiet.publish.report.document import Cell, Chapter, Column, Mark, Part, Text, capped
from custodiet.publish.report.gaps import missing_months
from custodiet.publish.report.source import Source
from custodiet.publish.report.wording import counted, listed, share

LOGS: Final = 25
MONTHS: Final = 36
_STATES: Final = ("reason", "case_number", "user", "plate")
_FILLED: Final = ("search_id", "networks", "devices", "window_start", "offense_type")
_LABELS: Final = {
    "reason": "Reason", "case_number": "Case number", "user": "Account", "plate": "Plate", "search_id": "Search id",
    "networks": "Networks", "devices": "Cameras", "window_start": "Period asked for", "offense_type": "Offence",
}  # fmt: skip

_BY_MONTH: Final = """
SELECT disclosure_id, date_trunc('month', coalesce(searched_local, searched_at::TIMESTAMP))::DATE AS month, count(*) AS n
FROM records WHERE searched_at IS NOT NULL GROUP BY ALL ORDER BY ALL
"""
_BY_COLUMN: Final = f"""
SELECT disclosure_id, count(*) AS n, {", ".join(f"count({name}) AS {name}" for name in _FILLED)},
       {
    ", ".join(
        f"count(*) FILTER ({name}_state = '{state}') AS {name}_{state.replace('-', '_')}"
        for name in _STATES
        for state in ("value", "blank", "masked", "withheld", "partial", "placeholder", "not-exported")
    )
}
FROM records GROUP BY disclosure_id
"""


def chapters(source: Source) -> Iterator[Chapter]:
    """Give the chapter, if the case holds a search log."""
    logs = sorted(
        (row for row in source.disclosures if row["n_records"]),
        key=lambda row: (-row["n_records"], row["disclosure_id"]),
    )
    if not logs:
        return
    shown = logs[:LOGS]
    names = log_names(shown)
    more = "custodiet status, or the table disclosures of the bundle"
    parts: list[Part] = [*_months(source, shown, names, len(logs) - len(shown)), *_gaps(source)]
    columns = {row["disclosure_id"]: row for row in source.counts(_BY_COLUMN)}
    rows: list[tuple[Cell, ...]] = [
        (
            names[log["disclosure_id"]],
            log["n_records"],
            *(_said(columns[log["disclosure_id"]], name) for name in (*_STATES, *_FILLED)),
        )
        for log in logs[:LOGS]
    ]
    table = capped(
        "Columns of each log: what is shown, hidden or not exported",
        (Column("Log"), Column("Rows", numeric=True), *(Column(_LABELS[name]) for name in (*_STATES, *_FILLED))),
        rows, most=LOGS, more=more,
        note="A share stands beside a word where the rest is of another state. Plates are read as keyed pseudonyms and never published."
        " Masked, withheld and not-exported cells are held against nobody.",
    )  # fmt: skip
    if len(logs) > len(shown):
        table = capped(table.caption, table.columns, table.rows + ((None,) * len(table.columns),) * (len(logs) - len(shown)),
                       most=LOGS, more=more, note=table.note)  # fmt: skip
    parts.append(table)
    yield Chapter(
        "coverage",
        "Coverage",
        tuple(parts),
        f"{counted(len(logs), 'search log')}; the {len(shown)} with most rows are shown."
        if len(logs) > len(shown)
        else f"{counted(len(logs), 'search log')}.",
    )


def log_names(logs: list[dict[str, Any]]) -> dict[str, str]:
    """Name logs by producer and kind, and by file where that is not enough."""
    words = {
        "organisation-audit": "own searches",
        "network-audit": "network log",
        "portal-audit": "page audit",
        "other": "log",
    }
    plain = {
        log["disclosure_id"]: f"{log['producer'] or 'Producer not told'}, {words.get(log['kind'], log['kind'])}"
        for log in logs
    }
    seen = list(plain.values())
    return {
        log["disclosure_id"]: plain[log["disclosure_id"]]
        if seen.count(plain[log["disclosure_id"]]) == 1
        else f"{plain[log['disclosure_id']]}, {log['member_path'] or log['file_name']}"
        for log in logs
    }


def _months(source: Source, logs: list[dict[str, Any]], names: dict[str, str], n_more: int) -> list[Part]:
    found: dict[str, dict[str, int]] = {}
    for row in source.counts(_BY_MONTH):
        found.setdefault(row["disclosure_id"], {})[row["month"].strftime("%Y-%m")] = row["n"]
    months = _between(sorted({month for log in logs for month in found.get(log["disclosure_id"], {})}))
    cut = months[-MONTHS:]
    if not cut:
        return []
    rows = [
        (names[log["disclosure_id"]], [_cell(found.get(log["disclosure_id"], {}), month) for month in cut])
        for log in logs
    ]
    left_out = (
        f" The first {len(months) - len(cut)} months are left out of the picture." if len(cut) < len(months) else ""
    )
    more = f" {n_more:,} more logs are in the export." if n_more else ""
    return [
        matrix(
            "Rows of each log by month",
            "Darker is more rows; an empty frame is a month without a row. Months are those of the producer's wall clock."
            f"{left_out}{more}",
            rows, cut, row_word="Log",
        )
    ]  # fmt: skip


def _cell(months: dict[str, int], month: str) -> int | None:
    if month in months:
        return months[month]
    return 0 if months and min(months) < month < max(months) else None


def _between(months: list[str]) -> list[str]:
    if not months:
        return []
    year, month = (int(part) for part in months[0].split("-"))
    filled = []
    while f"{year:04d}-{month:02d}" <= months[-1]:
        filled.append(f"{year:04d}-{month:02d}")
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return filled


def _gaps(source: Source) -> list[Part]:
    gaps = missing_months(source)
    if not gaps:
        return [Text("Between the first and the last record of every log, each month holds records.")]
    table = capped(
        "Months without a record between the first and the last of a log",
        (Column("Producer"), Column("Log"), Column("Months", numeric=True), Column("Which")),
        [(gap.producer, gap.kind, len(gap.months), listed(gap.months, 12)) for gap in gaps],
        most=LOGS, more="custodiet export records",
    )  # fmt: skip
    return [table]


def _said(row: dict[str, Any], name: str) -> Cell:
    n = row["n"]
    if name in _FILLED:
        return Mark("none", "quiet") if not row[name] else "shown" if row[name] == n else f"shown {share(row[name], n)}"
    states = {
        state: row[f"{name}_{state.replace('-', '_')}"]
        for state in ("value", "blank", "masked", "withheld", "partial", "placeholder", "not-exported")
    }
    most = max(states, key=lambda state: states[state])
    word = {"value": "shown", "partial": "shown in part", "not-exported": "not exported"}.get(most, most)
    text = word if states[most] == n else f"{word} {share(states[most], n)}"
    return (
        text
        if most == "value"
        else Mark(text, "caution" if most in ("masked", "withheld", "partial", "not-exported") else "quiet")
    )
