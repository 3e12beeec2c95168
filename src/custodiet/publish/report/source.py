"""What the chapters read: the case, the door outward, and working tables made once.

Working tables are temporary. ``report_searchers`` holds one row per name of a searching
organisation and set of purposes, ``report_days`` one per day and set of purposes, each with
the number ``n`` of its searches; no chapter reads a whole table of records into memory.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Final

from custodiet.case import Case
from custodiet.model.errors import PackError
from custodiet.privacy import Publication, outward_table
from custodiet.publish import figures
from custodiet.publish.figures.figure import ORGS, sql_of
from custodiet.publish.figures.searches import CLASS_OF
from custodiet.publish.report.document import Cell, Stated
from custodiet.rules.load import bundled_folders, load_packs
from custodiet.rules.rule import Pack, Rule

_COUNTED_WHOLE: Final = ("disclosures", "records", "searches", "events", "shares", "organisations")
LOGS: Final = ("organisation-audit", "network-audit", "portal-audit", "other")

_ORGS: Final = sql_of(ORGS, {"organisations": "organisations"})
_LABEL_SETS: Final = f"""
CREATE OR REPLACE TEMP TABLE report_label_sets AS SELECT label_set, labels, {CLASS_OF} AS purpose_class
FROM (SELECT label_set, list_distinct(list_filter(string_split(label_set, ' '), lambda l: l <> '')) AS labels
      FROM (SELECT DISTINCT label_set FROM report_found))
"""

# One row per hour: how far the producers' wall clocks are from UTC, in microseconds. Most cases have one zone.
# Times are cut and subtracted as plain UTC: with a zone, the engine takes twenty times as long.
_CLOCKS: Final = """
CREATE OR REPLACE TEMP TABLE report_clocks AS
SELECT date_trunc('hour', make_timestamp(epoch_us(searched_at))) AS hour,
       min(epoch_us(searched_local) - epoch_us(searched_at)) AS least,
       max(epoch_us(searched_local) - epoch_us(searched_at)) AS most
FROM records WHERE searched_at IS NOT NULL GROUP BY 1
"""
_ZONES_DIFFER: Final = "SELECT bool_or(least <> most) FROM report_clocks"
_ONE_ZONE: Final = """
CREATE OR REPLACE TEMP VIEW report_found AS
SELECT s.org, make_timestamp(epoch_us(s.searched_at) + coalesce(c.least, 0)) AS local_at,
       coalesce(array_to_string(s.purposes, ' '), '') AS label_set
FROM searches s LEFT JOIN report_clocks c ON c.hour = date_trunc('hour', make_timestamp(epoch_us(s.searched_at)))
"""
# Copies of one search carry one time; the earliest local reading stands for all.
_MANY_ZONES: Final = """
CREATE OR REPLACE TEMP TABLE report_found AS
WITH seen AS (
    SELECT s.search_key, min(coalesce(r.searched_local, r.searched_at::TIMESTAMP)) AS local_at
    FROM sightings s JOIN records r USING (disclosure_id, record_no) GROUP BY s.search_key
)
SELECT s.org, coalesce(seen.local_at, s.searched_at::TIMESTAMP) AS local_at,
       coalesce(array_to_string(s.purposes, ' '), '') AS label_set
FROM searches s LEFT JOIN seen USING (search_key)
"""
_UNLINKED: Final = """
CREATE OR REPLACE TEMP TABLE report_found AS
WITH named AS (
    SELECT key, string_agg(label, ' ' ORDER BY label) AS label_set FROM purposes WHERE field = 'reason' GROUP BY key
)
SELECT r.org, coalesce(r.searched_local, r.searched_at::TIMESTAMP) AS local_at,
       coalesce(n.label_set, '') AS label_set
FROM records r LEFT JOIN named n ON n.key = r.reason_key
"""
# Counted once by name as released: the chapters read these few rows and not every search again.
_SEARCHERS: Final = """
CREATE OR REPLACE TEMP TABLE report_searchers AS
SELECT coalesce(o.org, f.org) AS org, o.state, coalesce(o.level, 'unknown') AS level, f.label_set, l.purpose_class, f.n
FROM (SELECT org, label_set, count(*) AS n FROM report_found GROUP BY ALL) f
LEFT JOIN report_orgs o ON o.name = f.org JOIN report_label_sets l ON l.label_set = f.label_set
"""
_DAYS: Final = """
CREATE OR REPLACE TEMP TABLE report_days AS
SELECT f.day, l.purpose_class, f.n, f.first_at, f.last_at
FROM (SELECT local_at::DATE AS day, label_set, count(*) AS n, min(local_at) AS first_at, max(local_at) AS last_at
      FROM report_found GROUP BY ALL) f
JOIN report_label_sets l ON l.label_set = f.label_set
"""
_WORKING: Final = ("report_days", "report_searchers", "report_label_sets", "report_clocks", "report_orgs")

# A rule applies where a row is inside its place, time and addressee.
APPLIED: Final = "SELECT rule_id FROM outcomes GROUP BY rule_id HAVING sum(n_indicator + n_clear + n_not_evaluable) > 0"
# Rows of a list of organisations are kept as names, not as rows: they count as rejected and are not lost.
OTHER_ROWS: Final = (
    "SELECT coalesce(sum(n_layout), 0) + coalesce(sum(n_rejected) FILTER (kind = 'organisation-list'), 0)"
    " FROM disclosures"
)
NOT_STORED: Final = (
    "SELECT coalesce(sum(n_rejected) FILTER (kind IS DISTINCT FROM 'organisation-list'), 0) FROM disclosures"
)
_LATEST: Final = """
SELECT max(day) FROM (
    SELECT max(last_searched_at)::DATE AS day FROM disclosures
    UNION ALL SELECT max(as_of) FROM portals UNION ALL SELECT max(as_of) FROM shares
)
"""


@dataclass(frozen=True, slots=True)
class Measure:
    """Hold one number of the brief and how anyone computes it again.

    Attributes:
        name: Short stable word.
        meaning: What is counted.
        value: The number.
        sql: Plain SQL on the tables of the case (or of a bundle).
    """

    name: str
    meaning: str
    value: int
    sql: str


@dataclass
class Source:
    """Hold what all chapters read.

    Attributes:
        publication: The case and the name under which it is published.
        measures: Numbers of the brief, in the order in which they were taken.
    """

    publication: Publication
    measures: dict[str, Measure] = field(default_factory=dict)
    _taken: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)

    @property
    def case(self) -> Case:
        """Give the case."""
        return self.publication.case

    def prepare(self) -> None:
        """Make the working tables."""
        self.case.execute(f"CREATE OR REPLACE TEMP TABLE report_orgs AS {_ORGS}")
        self.case.execute(_CLOCKS)
        found = self._found()
        kind = "VIEW" if found == _ONE_ZONE else "TABLE"
        for statement in (found, _LABEL_SETS, _SEARCHERS, _DAYS, f"DROP {kind} report_found"):
            self.case.execute(statement)

    def _found(self) -> str:
        if not self.is_linked:
            return _UNLINKED
        return _MANY_ZONES if self.case.value(_ZONES_DIFFER) else _ONE_ZONE

    @property
    def counted(self) -> str:
        """Name the table of which each row is counted once: searches, or records where copies were not joined."""
        return "searches" if self.is_linked else "records"

    def release(self) -> None:
        """Remove the working tables."""
        for name in _WORKING:
            self.case.execute(f"DROP TABLE IF EXISTS {name}")

    @cached_property
    def is_linked(self) -> bool:
        """Tell whether copies of a search were joined; without that, records are counted."""
        return bool(self.case.count("searches")) or not self.case.count("records")

    @cached_property
    def latest(self) -> date | None:
        """Give the latest date that anything in the case states; the date of the report."""
        found = self.case.value(_LATEST)
        return found if isinstance(found, date) else None

    def measure(self, name: str, meaning: str, sql: str) -> int:
        """Take one number and keep how it was computed, on the tables of the case alone."""
        value = int(self.case.value(sql) or 0)
        alone = f"WITH report_orgs AS ({_ORGS}) {sql}" if "report_orgs" in sql else sql
        self.measures[name] = Measure(name, meaning, value, " ".join(alone.split()))
        return value

    def total(self, table: str, value: int) -> str | Stated:
        """Give a number of rows as prose, with its claim where the claim sheet has the same number of that table."""
        return Stated(value, f"total.{table}") if self._wholes.get(table) == value else f"{value:,}"

    @cached_property
    def _wholes(self) -> Mapping[str, int]:
        """Give how many rows each table has that the claim sheet counts."""
        counted = {name: self.case.count(name) for name in _COUNTED_WHOLE}
        return counted | {"indicators": len(self.indicators), "findings": len(self.findings)}

    @cached_property
    def _figures(self) -> Mapping[str, figures.Figure]:
        return {figure.id: figure for figure in figures.figures(self.case, self.publication.remembered)}

    def figure(self, claim: str, cell: Cell, part: str = "") -> Cell:
        """Give a number of a chart with its claim, where the claim sheet has the same number under that id.

        Args:
            claim: Id on the claim sheet.
            cell: The number; anything else is given back as it is.
            part: Which number of the claim: empty for its value, ``denominator`` or ``not_evaluable``.
        """
        found = self._figures.get(claim)
        same = found is not None and isinstance(cell, int) and getattr(found, part or "value") == cell
        return Stated(cell, claim, part) if same and isinstance(cell, int) else cell

    def counts(self, sql: str) -> list[dict[str, Any]]:
        """Run a query that gives few rows and return them as dictionaries."""
        rows: list[dict[str, Any]] = self.case.query(sql).to_pylist()
        return rows

    def once(self, sql: str) -> list[tuple[Any, ...]]:
        """Run a query that gives few rows, once for all who ask."""
        if sql not in self._taken:
            self._taken[sql] = self.case.rows(sql)
        return self._taken[sql]

    @cached_property
    def disclosures(self) -> list[dict[str, Any]]:
        """Give the disclosures as they may be published, by file name and place."""
        rows = outward_table(self.publication, "disclosures", without=("header", "header_raw")).to_pylist()
        return sorted(rows, key=lambda row: (row["file_name"] or "", row["member_path"] or "", row["disclosure_id"]))

    @cached_property
    def problems(self) -> list[dict[str, Any]]:
        """Give the problems as they may be published."""
        rows: list[dict[str, Any]] = outward_table(self.publication, "problems").to_pylist()
        return rows

    @cached_property
    def indicators(self) -> list[dict[str, Any]]:
        """Give the indicators as they may be published, without their evidence."""
        rows: list[dict[str, Any]] = outward_table(self.publication, "indicators", without=("evidence",)).to_pylist()
        return rows

    @cached_property
    def findings(self) -> list[dict[str, Any]]:
        """Give the findings as they may be published, without evidence; those of an earlier case are on no sheet."""
        rows: list[dict[str, Any]] = outward_table(self.publication, "findings", without=("evidence",)).to_pylist()
        known = {row["indicator_id"] for row in self.indicators}
        return [row | {"on_sheet": row["indicator_id"] in known} for row in rows]

    @cached_property
    def n_left_out(self) -> int:
        """Count the results about accounts that stay in the case."""
        shown = len([row for row in self.indicators if row["level"] == "account"])
        found = int(self.case.value("SELECT count(*) FROM indicators WHERE level = 'account'") or 0)
        return found - shown

    @cached_property
    def packs(self) -> tuple[Pack, ...]:
        """Give the packs of the program with a rule that applies; a faulty one is left out, not its neighbours."""
        applied = {rule_id.partition(".")[0] for (rule_id,) in self.case.rows(APPLIED)}
        found: list[Pack] = []
        for folder in bundled_folders():
            if folder.name not in applied:
                continue
            try:
                found += load_packs([folder])
            except PackError:
                continue
        return tuple(found)

    @cached_property
    def rules(self) -> Mapping[str, Rule]:
        """Give the rules that come with the program by their id; packs of others are told by their id alone."""
        return {rule.id: rule for pack in self.packs for rule in pack.rules}

    def pack_title(self, rule_id: str) -> str:
        """Give the title of a rule's pack, or its word in the id."""
        titles = (pack.model.title for pack in self.packs if rule_id.startswith(f"{pack.model.id}."))
        return next(titles, rule_id.partition(".")[0])

    def is_about_accounts(self, rule_id: str) -> bool:
        """Tell whether the results of a rule are about single accounts, and not added by a reviewer."""
        rule = self.rules.get(rule_id)
        return rule is not None and rule.model.level == "account" and rule_id not in self.publication.account_results

    def rule_title(self, rule_id: str) -> str:
        """Give the title of a rule, or its id."""
        rule = self.rules.get(rule_id)
        return rule.model.title if rule else rule_id
