"""What the chapters read: the case, the door outward, and working tables made once (``figures.working``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Final

from custodiet.case import Case
from custodiet.model.rates import RATES
from custodiet.privacy import Publication, outward_table
from custodiet.publish import figures
from custodiet.publish.figures.working import ALL_ORGS, clear, is_linked, lay
from custodiet.publish.report.document import Cell, Stated
from custodiet.publish.report.wording import NOT_TOLD, share
from custodiet.publish.rule_packs import bundled_packs
from custodiet.rules.rule import Pack, Rule

_COUNTED_WHOLE: Final = ("disclosures", "records", "searches", "events", "shares", "organisations")
LOGS: Final = ("organisation-audit", "network-audit", "portal-audit", "other")

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
# Rows behind the indicators that count neither searches nor shares, each once.
_EVIDENCE: Final = """
SELECT indicator_id, len(list_distinct(evidence)) FROM indicators WHERE n_searches IS NULL AND n_shares IS NULL
"""
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
        lay(self.case, self.publication.remembered)

    @property
    def counted(self) -> str:
        """Name the table of which each row is counted once: searches, or records where copies were not joined."""
        return "searches" if self.is_linked else "records"

    def release(self) -> None:
        """Remove the working tables."""
        clear(self.case, self.publication.remembered)

    @cached_property
    def is_linked(self) -> bool:
        """Tell whether copies of a search were joined; without that, records are counted."""
        return is_linked(self.case)

    @cached_property
    def latest(self) -> date | None:
        """Give the latest date that anything in the case states; the date of the report."""
        found = self.case.value(_LATEST)
        return found if isinstance(found, date) else None

    def measure(self, name: str, meaning: str, sql: str) -> int:
        """Take one number and keep how it was computed, on the tables of the case alone."""
        value = int(self.case.value(sql) or 0)
        alone = f"WITH report_orgs AS ({ALL_ORGS}) {sql}" if "report_orgs" in sql else sql
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

    def figure(self, claim: str, cell: Cell, part: str = "", of: str = "") -> Cell:
        """Give a number of a chart with its claim, where the claim sheet has the same number under that id.

        Args:
            claim: Id on the claim sheet.
            cell: The number, or a rate as it is written; anything else is given back as it is.
            part: Which number of the claim: empty for its value, ``denominator`` or ``not_evaluable``; for a rate which
                one, empty for ``percent``.
            of: Claim whose value is the whole of a rate; empty where it is the denominator of the claim.
        """
        found = self._figures.get(claim)
        if found is None or cell == NOT_TOLD:
            return cell
        if isinstance(cell, str):
            whole = self._figures[of].value if of in self._figures else None if of else found.denominator
            name = part or "percent"
            same = whole is not None and RATES[name](found.value, whole) == cell
            return Stated(found.value, claim, name, whole or 0, of) if same else cell
        same = isinstance(cell, int) and getattr(found, part or "value") == cell
        return Stated(cell, claim, part) if same and isinstance(cell, int) else cell

    def told(self, claim: str, n: int, part: str = "") -> str | Stated:
        """Give a number as prose, with its claim where the claim sheet has the same number."""
        cell = self.figure(claim, n, part)
        return cell if isinstance(cell, Stated) else f"{n:,}"

    def number_of(self, claim: str, n: int, one: str, many: str = "") -> tuple[str | Stated, str]:
        """Write a count with its noun, and its claim."""
        return self.told(claim, n), f" {one if n == 1 else many or one + 's'}"

    def part_of(self, claim: str, part: int, whole: int, of: str = "") -> tuple[str | Stated, ...]:
        """Write "12 of 80 (15.0 %)", each number with its claim."""
        if not whole:
            return self.told(claim, part), " of 0"
        rate = self.figure(claim, share(part, whole), of=of)
        shown = rate if isinstance(rate, Stated) else share(part, whole)
        end = self.told(of, whole) if of else self.told(claim, whole, "denominator")
        return self.told(claim, part), " of ", end, " (", shown, ")"

    def parts(self, prefix: str) -> dict[str, tuple[int, int | None]]:
        """Give value and denominator of the figures whose id begins with a text, by the rest of the id."""
        return {
            name.removeprefix(prefix): (item.value, item.denominator)
            for name, item in self._figures.items()
            if name.startswith(prefix)
        }

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
        counted = dict(self.case.rows(_EVIDENCE))
        return [row | {"n_rows": counted.get(row["indicator_id"], 0)} for row in rows]

    @cached_property
    def findings(self) -> list[dict[str, Any]]:
        """Give the findings as they may be published, without evidence; those of an earlier case are on no sheet."""
        rows: list[dict[str, Any]] = outward_table(self.publication, "findings", without=("evidence",)).to_pylist()
        known = {row["indicator_id"]: row["n_rows"] for row in self.indicators}
        return [
            row | {"on_sheet": row["indicator_id"] in known, "n_rows": known.get(row["indicator_id"])} for row in rows
        ]

    @cached_property
    def n_left_out(self) -> int:
        """Count the results about accounts that stay in the case."""
        shown = len([row for row in self.indicators if row["level"] == "account"])
        found = int(self.case.value("SELECT count(*) FROM indicators WHERE level = 'account'") or 0)
        return found - shown

    @property
    def left_out(self) -> Stated:
        """Give the number of results about accounts that stay in the case, with its claim."""
        return Stated(self.n_left_out, "total.left-out")

    @cached_property
    def packs(self) -> tuple[Pack, ...]:
        """Give the packs of the program with a rule that applies; a faulty one is left out, not its neighbours."""
        applied = {rule_id.partition(".")[0] for (rule_id,) in self.case.rows(APPLIED)}
        return bundled_packs(frozenset(applied))

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
