"""Run compiled rules over a subject: one pass for all outcomes, then one query for each rule that found something.

Label conditions are asked of the distinct label sets, not of the rows: a case has
a few thousand of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import ibis

from custodiet.case import Case
from custodiet.law.subjects import Inputs, subject_sql
from custodiet.rules.compile import condition, outcome, subject_schema
from custodiet.rules.conditions import LABEL_OPERATORS, Leaf, Node, bind, leaves
from custodiet.rules.fields import SUBJECTS, Subject
from custodiet.rules.rule import Rule, parameter_periods

DIALECT: Final = "duckdb"
BATCH: Final = 40


@dataclass(frozen=True, slots=True)
class Scan:
    """Hold a subject made ready: its table in the engine, the SQL that made it, and its hoisted label leaves."""

    subject: Subject
    table_name: str
    sql: str
    hoisted: dict[Leaf, str]

    @property
    def table(self) -> Any:
        """Give the unbound Ibis table of the subject, hoisted leaves included."""
        schema = subject_schema(self.subject) | {"search_key": "string"}
        return ibis.table(schema | dict.fromkeys(self.hoisted.values(), "boolean"), name=self.table_name)


@dataclass(frozen=True, slots=True)
class Tally:
    """Count the outcomes of one rule for one producer."""

    producer: str
    indicator: int
    clear: int
    not_evaluable: int
    not_applicable: int


def prepare(case: Case, subject_name: str, rules: Sequence[Rule], inputs: Inputs) -> Scan:
    """Derive a subject into a temporary table, with one boolean column for each distinct label condition."""
    subject = SUBJECTS[subject_name]
    sql = subject_sql(subject_name, inputs)
    name = f"subject_{subject_name}"
    hoisted = _label_leaves(rules) if subject_name == "search" else {}
    if not hoisted:
        case.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}")
        return Scan(subject, name, sql, {})
    case.execute(f"CREATE OR REPLACE TEMP TABLE {name}_rows AS {sql}")
    sets = ibis.table({"purposes": "array<string>", "reason_labels": "array<string>"}, name=f"{name}_sets")
    columns = {column: condition(leaf, sets) for leaf, column in hoisted.items()}
    told = ibis.to_sql(sets.select("purposes", "reason_labels", **columns), dialect=DIALECT)
    case.execute(
        f"CREATE OR REPLACE TEMP TABLE {name}_sets AS SELECT DISTINCT purposes, reason_labels FROM {name}_rows"
    )
    case.execute(
        f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT r.*, t.* EXCLUDE (purposes, reason_labels) FROM {name}_rows r"
        f" JOIN ({told}) t ON t.purposes IS NOT DISTINCT FROM r.purposes"
        " AND t.reason_labels IS NOT DISTINCT FROM r.reason_labels"
    )
    case.execute(f"DROP TABLE {name}_rows")
    case.execute(f"DROP TABLE {name}_sets")
    return Scan(subject, name, sql, hoisted)


def release(case: Case, scan: Scan) -> None:
    """Drop the temporary table of a subject."""
    case.execute(f"DROP TABLE IF EXISTS {scan.table_name}")


def tallies(case: Case, scan: Scan, rules: Sequence[Rule]) -> dict[str, list[Tally]]:
    """Count the outcomes of rules on single rows, by rule id; rows are passed over once a batch."""
    found: dict[str, list[Tally]] = {}
    for start in range(0, len(rules), BATCH):
        batch = rules[start : start + BATCH]
        table = scan.table
        outcomes = {f"o{n}": outcome(rule, table, scan.hoisted) for n, rule in enumerate(batch)}
        inner = ibis.to_sql(table.select(producer=table[scan.subject.owner], **outcomes), dialect=DIALECT)
        counts = ", ".join(f"count(*) FILTER (o{n} = {c})" for n in range(len(batch)) for c in range(4))
        rows = case.rows(f"SELECT coalesce(producer, ''), {counts} FROM ({inner}) GROUP BY 1 ORDER BY 1")
        for n, rule in enumerate(batch):
            found[rule.id] = [Tally(row[0], *(int(c) for c in row[1 + 4 * n : 5 + 4 * n])) for row in rows]
    return found


def _label_leaves(rules: Iterable[Rule]) -> dict[Leaf, str]:
    found: dict[Leaf, str] = {}
    for rule in rules:
        for node in _trees(rule):
            for leaf in leaves(node):
                if leaf.op in LABEL_OPERATORS:
                    found.setdefault(leaf, f"labels_{len(found)}")
    return found


def _trees(rule: Rule) -> list[Node]:
    trees = [rule.applies, rule.evaluable, rule.pattern]
    if rule.grouping is not None:
        trees = [rule.applies, rule.evaluable, rule.grouping.members, rule.grouping.counts]
    bound: list[Node] = []
    for tree in trees:
        from custodiet.rules.conditions import parameter_names

        names = parameter_names(tree)
        bound += [bind(tree, values) for _, values in parameter_periods(rule, names)] if names else [tree]
    return bound
