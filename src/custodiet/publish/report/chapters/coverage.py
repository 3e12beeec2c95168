"""Coverage: which months, which logs, which columns; what is hidden, missing or cut off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

from custodiet.model.terms import CellState
from custodiet.publish.figures.cells import FILLED, HIDDEN, LOGS, STATES, disclosed_id, log_id
from custodiet.publish.figures.months import gap_id, month_id
from custodiet.publish.report.charts import matrix, with_claims
from custodiet.publish.report.document import Cell, Chapter, Column, Mark, Part, Phrase, Stated, Text, capped
from custodiet.publish.report.gaps import missing_months
from custodiet.publish.report.source import Source
from custodiet.publish.report.wording import counted, listed, share

MONTHS: Final = 36
_LABELS: Final = {
    "reason": "Reason",
    "case_number": "Case number",
    "user": "Account",
    "plate": "Plate",
    "search_id": "Search id",
    "networks": "Networks",
    "devices": "Cameras",
    "window_start": "Period asked for",
    "offense_type": "Offence",
}
_KINDS: Final = {
    "organisation-audit": "own searches",
    "network-audit": "network log",
    "portal-audit": "page audit",
    "other": "log",
}
_WORDS: Final = {"value": "shown", "partial": "shown in part", "not-exported": "not exported"}

_BY_MONTH: Final = """
SELECT disclosure_id, strftime(coalesce(searched_local, searched_at::TIMESTAMP), '%Y-%m') AS month, count(*) AS n
FROM records WHERE searched_at IS NOT NULL GROUP BY ALL ORDER BY ALL
"""
_COUNTED: Final = ", ".join(
    [f"count({name}) AS {name}" for name in FILLED]
    + [f"count(*) FILTER ({name}_state = '{state}') AS \"{name}:{state}\"" for name in STATES for state in CellState]
)
_BY_COLUMN: Final = f"SELECT disclosure_id, count(*) AS n, {_COUNTED} FROM records GROUP BY disclosure_id"


def chapters(source: Source) -> Iterator[Chapter]:
    """Give the chapter, if the case holds a search log."""
    logs = [row for row in source.disclosures if row["n_records"]]
    if not logs:
        return
    grouped = len(logs) > LOGS
    names = {log["disclosure_id"]: _name(log) for log in logs} if grouped else log_names(logs)
    columns = _added(source.counts(_BY_COLUMN), names)
    order = sorted(columns, key=lambda name: (-columns[name]["n"], name))
    lead = f"{counted(len(logs), 'search log')}."
    if grouped:
        lead = f"{counted(len(logs), 'search log')}, put together by producer and kind."
    claims = _claims(logs, names)
    parts: list[Part] = [*_months(source, order, names), *_gaps(source), _columns(source, order, columns, claims)]
    yield Chapter("coverage", "Coverage", tuple(parts), lead)


def log_names(logs: list[dict[str, Any]]) -> dict[str, str]:
    """Name logs by producer and kind, and by file where that is not enough."""
    times = Counter(_name(log) for log in logs)
    return {
        log["disclosure_id"]: (
            _name(log) if times[_name(log)] == 1 else f"{_name(log)}, {log['member_path'] or log['file_name']}"
        )
        for log in logs
    }


def _name(log: dict[str, Any]) -> str:
    return f"{log['producer'] or 'Producer not told'}, {_KINDS.get(log['kind'], log['kind'])}"


def _added(rows: list[dict[str, Any]], names: dict[str, str]) -> dict[str, Counter[str]]:
    """Add the counts of disclosures up under the name of their log."""
    added: dict[str, Counter[str]] = {}
    for row in rows:
        name = names.get(row["disclosure_id"])
        if name is not None:
            counts = added.setdefault(name, Counter())
            counts.update({key: n for key, n in row.items() if key != "disclosure_id"})
    return added


def _months(source: Source, order: list[str], names: dict[str, str]) -> list[Part]:
    found: dict[str, Counter[str]] = {}
    for row in source.counts(_BY_MONTH):
        found.setdefault(names[row["disclosure_id"]], Counter())[row["month"]] += row["n"]
    shown = order[:LOGS]
    months = _between(sorted({month for name in shown for month in found.get(name, ())}))
    cut = months[-MONTHS:]
    if not cut:
        return []
    said = (
        "A stronger colour is more rows; an empty frame is a month without a row. Months are those of the producer’s"
        " wall clock."
    )
    if len(cut) < len(months):
        said += f" The first {counted(len(months) - len(cut), 'month')} are left out of the picture."
    if len(order) > len(shown):
        said += f" {counted(len(order) - len(shown), 'log')} with fewer rows are left out; custodiet status lists them."
    rows = [(name, [_cell(found.get(name, Counter()), month) for month in cut]) for name in shown]
    chart = matrix("Rows of each log by month", said, rows, cut, row_word="Log")
    logs = _only_logs(source, names)

    def claim_of(row: Sequence[Cell], column: int) -> str:
        log = logs.get(str(row[0]))
        return month_id(*log, cut[column - 1]) if log else ""

    return [with_claims(chart, source.figure, claim_of)]


def _only_logs(source: Source, names: dict[str, str]) -> dict[str, tuple[str | None, str | None]]:
    """Give producer and kind of each name that stands for all logs of that kind of that producer."""
    found: dict[tuple[str | None, str | None], set[str]] = {}
    for log in source.disclosures:
        if log["disclosure_id"] in names:
            found.setdefault((log["producer"], log["kind"]), set()).add(names[log["disclosure_id"]])
    return {shown.pop(): log for log, shown in found.items() if len(shown) == 1}


def _cell(months: Counter[str], month: str) -> int | None:
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
    rows: list[tuple[Cell, ...]] = [
        (
            gap.producer,
            _KINDS.get(gap.kind, gap.kind),
            source.figure(gap_id(gap.producer, gap.kind), len(gap.months)),
            listed(gap.months, 12),
        )
        for gap in gaps
    ]
    table = capped(
        "Months without a record between the first and the last of a log",
        (Column("Producer"), Column("Log"), Column("Months", numeric=True), Column("Which")),
        rows,
        most=LOGS,
        more="custodiet export records",
    )
    return [table]


def _claims(logs: list[dict[str, Any]], names: dict[str, str]) -> dict[str, str]:
    """Give the claim of each log: of a disclosure, or of all logs of a kind of one producer."""
    times, grouped = Counter(names.values()), len(logs) > LOGS
    found = {
        names[log["disclosure_id"]]: log_id(log["producer"], log["kind"])
        if grouped
        else disclosed_id(log["disclosure_id"])
        for log in logs
    }
    return {name: claim for name, claim in found.items() if grouped or times[name] == 1}


def _columns(source: Source, order: list[str], columns: dict[str, Counter[str]], claims: dict[str, str]) -> Part:
    rows: list[tuple[Cell, ...]] = [
        (
            name,
            source.figure(claims.get(name, ""), columns[name]["n"]),
            *(_said(source, claims.get(name, ""), columns[name], field) for field in (*STATES, *FILLED)),
        )
        for name in order
    ]
    heads = (Column("Log"), Column("Rows", numeric=True), *(Column(_LABELS[name]) for name in (*STATES, *FILLED)))
    return capped(
        "Columns of each log: what is shown, hidden or not exported",
        heads,
        rows,
        most=LOGS,
        more="custodiet status, or the table disclosures of the bundle",
        note=(
            "A share stands beside a word where the rest is of another state. Plates are read as keyed pseudonyms and"
            " never published. Masked, withheld and not-exported cells are held against nobody."
        ),
    )


def _said(source: Source, claim: str, counts: Counter[str], name: str) -> Cell:
    n = counts["n"]
    if name in FILLED:
        if not counts[name]:
            return Mark("none", "quiet")
        return "shown" if counts[name] == n else _shared(source, f"{claim}.{name}", "shown", counts[name], n)
    states = {str(state): counts[f"{name}:{state}"] for state in CellState}
    most = max(states, key=lambda state: states[state])
    word = _WORDS.get(most, most)
    text = word if states[most] == n else _shared(source, f"{claim}.{name}.{most}", word, states[most], n)
    if most == CellState.VALUE:
        return text
    return Mark(text, "caution" if most in HIDDEN else "quiet")


def _shared(source: Source, claim: str, word: str, part: int, whole: int) -> str | Phrase:
    """Write a word with its share, which bears its claim."""
    rate = source.figure(claim, share(part, whole))
    return Phrase((f"{word} ", rate)) if isinstance(rate, Stated) else f"{word} {share(part, whole)}"
