"""The claim sheet: every published number with what it means and how anyone can count it again.

A number is taken from the case. Its SQL runs on the published tables in any DuckDB, started in the
folder of the bundle; its recounts are data that ``custodiet verify`` carries out without SQL. Where
the published tables hide what a number rests on, the sheet says so instead of giving a query that
answers something else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import pyarrow as pa

from custodiet.case import Case
from custodiet.case.citations import cite_rows
from custodiet.case.stored import StoredRows
from custodiet.privacy.tables import last_part
from custodiet.publish import figures
from custodiet.publish.evidence import rows_with_first_evidence
from custodiet.publish.originals import receipts_of

SHOWN_ROWS: Final = 5
_ROWS: Final = "duplicates"
_HIDDEN: Final = (
    "Rows behind this number are published without what joins them to searches, so that nobody is singled out;"
    " the number cannot be counted again from the published tables. The originals and the case give it."
)
# A row of an original stands once in the evidence of an indicator; it can have several sightings.
_COUNTS: Final = """
SELECT r.*, coalesce(s.n_searches, 0) AS n_searches
FROM (SELECT indicator_id, count(*) AS n_rows, count(DISTINCT counted) AS n_pairs FROM published_evidence GROUP BY 1) r
LEFT JOIN (
    SELECT e.indicator_id, count(DISTINCT s.search_key) AS n_searches
    FROM published_evidence e JOIN published_sightings s USING (disclosure_id, record_no) GROUP BY e.indicator_id
) s USING (indicator_id)
"""
_STAY: Final = "Results about single accounts are not published; the case gives the number."
Recount = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Claim:
    """Hold one published number.

    Attributes:
        id: Stable name: ``total.records``, ``disclosure.ID.records``, ``outcome.RULE.clear``, ``indicator.ID``.
        statement: Plain sentence that holds the number.
        value: The number.
        unit: What is counted.
        definition: What counts and what does not.
        denominator: Of how many; None where the number is itself a whole.
        not_evaluable: How many could not be told; None where that has no meaning.
        low: Smallest number under other definitions; equals ``value`` where there are none.
        high: Largest number under other definitions.
        range_basis: Which other definitions, or why there are none.
        sql: SQL for DuckDB, started in the folder of the bundle; empty where the tables do not suffice.
        recounts: The same as data, each by a route of its own.
        note: Why a number cannot be counted again; empty where it can.
        subject: Organisation that the claim is about, or None.
        counterpart: Other organisation concerned, or None.
        sources: Rows of the originals, the first few.
        n_sources: How many there are.
        alternatives: Label and count under each other definition, in the order of the panel; rows, which are another
            unit, among them.
    """

    id: str
    statement: str
    value: int
    unit: str
    definition: str
    denominator: int | None
    not_evaluable: int | None
    low: int
    high: int
    range_basis: str
    sql: str
    recounts: tuple[Recount, ...] = ()
    note: str = ""
    subject: str | None = None
    counterpart: str | None = None
    sources: tuple[Mapping[str, Any], ...] = ()
    n_sources: int = 0
    alternatives: tuple[Mapping[str, Any], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Give the claim as JSON, with room for the lawyer's tick and the agency's answer."""
        return asdict(self) | {
            "recounts": list(self.recounts),
            "sources": list(self.sources),
            "alternatives": list(self.alternatives),
            "lawyer": {"checked": None, "by": None, "on": None, "note": None},
            "agency_answer": None,
        }


def make_claims(
    case: Case, outward: Mapping[str, pa.Table | StoredRows], remembered: dict[str, Any] | None = None
) -> list[Claim]:
    """Make the claim sheet of a publication.

    Args:
        case: The case, for receipts of source rows.
        outward: Table name to its rows as they are published, ``evidence`` among them.
        remembered: What was worked out for this publication; the report takes the figures from there.
    """
    return [
        *_totals(outward), *_left_out(case, outward), *_disclosures(outward), *_outcomes(outward),
        *_indicators(case, outward),
        *_charts(case, outward, {} if remembered is None else remembered),
    ]  # fmt: skip


def _charts(case: Case, outward: Mapping[str, pa.Table | StoredRows], remembered: dict[str, Any]) -> list[Claim]:
    """Make a claim of each number of the report's charts, with SQL where the published tables give the same."""
    found = figures.figures(case, remembered)
    names = {name: f"published_{name}" for name in figures.TABLES}
    with ExitStack() as stack:
        for name, place in names.items():
            stack.enter_context(case.registered(place, outward[name]))
        again = figures.counted_again(case, names, found)
    files = {name: _file(name) for name in figures.TABLES}
    return [
        Claim(
            id=figure.id, statement=figure.statement, value=figure.value, unit=figure.unit,
            definition=figure.definition,
            denominator=figure.denominator, not_evaluable=figure.not_evaluable, low=figure.value, high=figure.value,
            range_basis="A count of what stands in the tables.",
            sql=figures.sql_of(figure.sql, files) if figure.id in again else "",
            recounts=figure.recounts if figure.id in again else (),
            note="" if figure.id in again else figure.note or _HIDDEN,
        )
        for figure in found
    ]  # fmt: skip


def _totals(outward: Mapping[str, pa.Table]) -> list[Claim]:
    wholes = (
        ("disclosures", "released tables and pages", "Tables, sheets and pages that were read, each counted once."),
        (
            "records",
            "rows of search logs",
            "Released rows; one search can stand in several logs and is then counted in each.",
        ),
        ("searches", "searches", "Searches, each counted once however many logs record it."),
        ("events", "rows of administrative logs", "Released rows of logs about something else than searches."),
        ("shares", "statements of sharing", "One for each stated source, recipient and date."),
        ("organisations", "names of organisations", "Names as released; several can stand for one organisation."),
        ("indicators", "indicators", "What the rules point at, as far as it is published; not yet a finding."),
        ("findings", "findings", "Indicators that a named person reviewed and kept."),
    )
    return [
        _plain(
            f"total.{table}", f"{outward[table].num_rows:,} {unit}.", outward[table].num_rows, unit, definition,
            f"SELECT count(*) FROM {_file(table)}", {"table": table, "where": [], "count": "rows"},
        )
        for table, unit, definition in wholes
    ]  # fmt: skip


def _left_out(case: Case, outward: Mapping[str, pa.Table]) -> list[Claim]:
    """Count the results about single accounts that stay in the case, if there are any."""
    found = int(case.value("SELECT count(*) FROM indicators WHERE level = 'account'") or 0)
    n = found - sum(level == "account" for level in outward["indicators"]["level"].to_pylist())
    if not n:
        return []
    claim = _plain(
        "total.left-out", f"{n:,} results about single accounts stay inside the case.", n, "indicators",
        "Indicators about single accounts that no reviewer added with a reason.", "", {},
    )  # fmt: skip
    return [replace(claim, recounts=(), note=_STAY)]


def _disclosures(outward: Mapping[str, pa.Table]) -> list[Claim]:
    claims = []
    for row in outward["disclosures"].to_pylist():
        for table, column, unit in (
            ("records", "n_records", "rows of a search log"),
            ("events", "n_events", "rows of an administrative log"),
            ("shares", "n_shares", "statements of sharing"),
        ):
            number = row[column]
            if not number:
                continue
            identity = row["disclosure_id"]
            name = " / ".join(part for part in (row["file_name"], row["member_path"], row["sheet"]) if part)
            where = [{"column": "disclosure_id", "is": identity}]
            claim = _plain(
                f"disclosure.{identity}.{table}", f"{name}: {number:,} {unit}.", number, unit,
                "Rows of this table that were stored; titles, repeated headers and totals are no rows.",
                f"SELECT count(*) FROM {_file(table)} WHERE disclosure_id = {_text(identity)}",
                {"table": table, "where": where, "count": "rows"},
            )  # fmt: skip
            stated = {"table": "disclosures", "where": where, "count": {"sum": column}}
            source = {"file": row["file_name"], "sha256": row["member_sha256"], "receipt": row["receipt"]}
            claims.append(
                replace(
                    claim, denominator=row["n_rows_read"], recounts=(*claim.recounts, stated), subject=row["producer"],
                    sources=(source,), n_sources=number,
                )
            )  # fmt: skip
    return claims


def _outcomes(outward: Mapping[str, pa.Table]) -> list[Claim]:
    words = {
        "indicator": "meet the pattern of the rule",
        "clear": "do not meet it",
        "not_evaluable": "cannot be told from these records",
    }
    rows = outward["outcomes"].to_pylist()
    claims = []
    for rule in sorted({row["rule_id"] for row in rows}):
        sums = {word: sum(row[f"n_{word}"] or 0 for row in rows if row["rule_id"] == rule) for word in words}
        for word, meaning in words.items():
            claim = _plain(
                f"outcome.{rule}.{word}", f"{rule}: {sums[word]:,} rows or groups {meaning}.", sums[word],
                "rows or groups",
                "Rows (for rules about groups: groups) that the rule applies to, over all producers.",
                f"SELECT coalesce(sum(n_{word}), 0)::BIGINT FROM {_file('outcomes')} WHERE rule_id = {_text(rule)}",
                {"table": "outcomes", "where": [{"column": "rule_id", "is": rule}], "count": {"sum": f"n_{word}"}},
            )  # fmt: skip
            claims.append(
                replace(claim, denominator=sums["indicator"] + sums["clear"], not_evaluable=sums["not_evaluable"])
            )
    return claims


def _indicators(case: Case, outward: Mapping[str, pa.Table]) -> list[Claim]:
    with (
        case.registered("published_evidence", outward["evidence"]),
        case.registered("published_sightings", outward["sightings"]),
    ):
        counts = {row["indicator_id"]: row for row in case.query(_COUNTS).to_pylist()}
    rows = rows_with_first_evidence(outward["indicators"], SHOWN_ROWS)
    receipts = receipts_of(outward["disclosures"])
    sources = _sources(case, rows, receipts)
    nothing = {"n_rows": 0, "n_searches": 0, "n_pairs": 0}
    return [_indicator(row, counts.get(row["indicator_id"], nothing), sources[row["indicator_id"]]) for row in rows]


def _indicator(row: Mapping[str, Any], counts: Mapping[str, int], sources: tuple[Mapping[str, Any], ...]) -> Claim:
    identity = row["indicator_id"]
    of_shares = row["n_shares"] is not None
    of_searches = row["n_searches"] is not None
    value = row["n_shares"] if of_shares else row["n_searches"] if of_searches else counts["n_rows"]
    where = [{"column": "indicator_id", "is": identity}]
    sql, recounts, note = _routes(identity, where, value, counts, of_shares=of_shares, of_searches=of_searches)
    panel = json.loads(row["sensitivity"] or "{}")
    low, high = panel.get("range") or (value, value)
    # Rows are another unit than what the claim counts; the range holds none of them.
    others = [other for other in panel.get("alternatives", []) if other["choice"] != _ROWS]
    basis = "; ".join(f"{other['label']}: {_of_its_own(other)}" for other in others)
    return Claim(
        id=f"indicator.{identity}", statement=row["statement"] or "", value=value,
        unit="shares" if of_shares else "searches" if of_searches else "rows",
        definition=f"{row['rule_id']} {row['rule_version']}, {row['citation']}: see rules/{row['rule_id']}.md."
        " Not reviewed unless it is among the findings.",
        denominator=row["denominator"], not_evaluable=row["n_not_evaluable"], low=low, high=high,
        range_basis=basis or "No other definition was counted in the same unit.", sql=sql,
        recounts=(*recounts, *_parts(row, where), *_panel(panel, where)), note=note,
        subject=row["subject"], counterpart=row["counterpart"], sources=sources, n_sources=counts["n_rows"],
        alternatives=tuple(
            {"label": other["label"], "count": other["count"]} for other in panel.get("alternatives", [])
        ),
    )  # fmt: skip


def _of_its_own(other: Mapping[str, Any]) -> str:
    """Write a count under another definition, with what it is counted of where that is not the claim's denominator."""
    return f"{other['count']:,}" + (f" of {other['denominator']:,}" if "denominator" in other else "")


def _panel(panel: Mapping[str, Any], where: list[dict[str, Any]]) -> list[Recount]:
    """Return how the counts under other definitions are compared with those that the published table holds."""
    if not panel:
        return []
    others = [(f"alternative-{n + 1}", ["alternatives", n, "count"]) for n in range(len(panel["alternatives"]))]
    places = [("low", ["range", 0]), ("high", ["range", 1]), *others]
    return [
        {"table": "indicators", "where": where, "count": {"json": "sensitivity", "at": at}, "of": part}
        for part, at in places
    ]


def _parts(row: Mapping[str, Any], where: list[dict[str, Any]]) -> list[Recount]:
    """Return how denominator and not-evaluable count of an indicator are compared with the published table."""
    columns = {"denominator": "denominator", "not_evaluable": "n_not_evaluable"}
    return [
        {"table": "indicators", "where": where, "count": {"sum": column}, "of": part}
        for part, column in columns.items()
        if row[column] is not None
    ]


def _routes(
    identity: str,
    where: list[dict[str, Any]],
    value: int,
    counts: Mapping[str, int],
    *,
    of_shares: bool,
    of_searches: bool,
) -> tuple[str, tuple[Recount, ...], str]:
    """Return how the number of an indicator is counted again: SQL, recounts as data, or a note why it cannot be."""
    mine = f"e.indicator_id = {_text(identity)}"
    stated: tuple[Recount, ...] = ()
    if of_shares or of_searches:
        column = "n_shares" if of_shares else "n_searches"
        stated = ({"table": "indicators", "where": where, "count": {"sum": column}},)
    if of_shares and counts["n_pairs"] == value:
        sql = (
            f"SELECT count(DISTINCT e.counted) FROM {_file('evidence')} e JOIN {_file('shares')} s"
            " ON s.disclosure_id = e.disclosure_id AND s.source_row = e.record_no"
            f" LEFT JOIN {_file('organisations')} a ON a.name = s.source"
            f" LEFT JOIN {_file('organisations')} b ON b.name = s.recipient WHERE {mine} AND e.counted ="
            " coalesce(a.canonical, s.source) || ' > ' || coalesce(b.canonical, s.recipient)"
        )
        return sql, (*stated, {"table": "evidence", "where": where, "count": {"distinct": "counted"}}), ""
    if of_searches and counts["n_searches"] == value:
        sql = (
            f"SELECT count(DISTINCT s.search_key) FROM {_file('evidence')} e JOIN {_file('sightings')} s"
            f" ON s.disclosure_id = e.disclosure_id AND s.record_no = e.record_no WHERE {mine}"
        )
        join = {"table": "sightings", "on": ["disclosure_id", "record_no"]}
        recount = {"table": "evidence", "join": join, "where": where, "count": {"distinct": "search_key"}}
        return sql, (*stated, recount), ""
    if counts["n_rows"] == value:
        sql = f"SELECT count(*) FROM {_file('evidence')} e WHERE {mine}"
        return sql, (*stated, {"table": "evidence", "where": where, "count": "rows"}), ""
    return "", stated, _HIDDEN


def _sources(
    case: Case, rows: Sequence[Mapping[str, Any]], receipts: Mapping[str, str | None]
) -> dict[str, tuple[Mapping[str, Any], ...]]:
    """Cite the first rows behind each indicator, those of all indicators in one query."""
    first = {
        row["indicator_id"]: [(e["disclosure_id"], e["record_no"]) for e in row["evidence"][:SHOWN_ROWS]]
        for row in rows
    }
    wanted = sorted({place for places in first.values() for place in places})
    cited = {citation.record: citation for citation in cite_rows(case, wanted)}
    return {
        identity: tuple(
            {
                "record": found.record, "file": found.file_name,
                "member": last_part(found.member) if found.member else None, "sheet": found.sheet, "page": found.page,
                "row": found.row, "sha256": found.member_sha256, "receipt": receipts.get(place[0]),
            }
            for place in places
            if (found := cited.get(f"{place[0]}:{place[1]}")) is not None
        )
        for identity, places in first.items()
    }  # fmt: skip


def _plain(id_: str, statement: str, value: int, unit: str, definition: str, sql: str, recount: Recount) -> Claim:
    return Claim(
        id_,
        statement,
        value,
        unit,
        definition,
        None,
        None,
        value,
        value,
        "A count of what stands in the tables.",
        sql,
        (recount,),
    )


def _file(table: str) -> str:
    return f"'tables/{table}.parquet'"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
