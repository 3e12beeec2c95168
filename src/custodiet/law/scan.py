"""Run compiled rules over a subject: one pass for all outcomes, then one query for each rule that found something.

Label conditions are asked of the distinct label sets, not of the rows: a case has
a few thousand of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import ibis

from custodiet.case import Case
from custodiet.law.subjects import Inputs, purpose_sets_sql, search_sql, subject_sql
from custodiet.rules.closure import holds
from custodiet.rules.compile import condition, outcome, subject_schema
from custodiet.rules.conditions import LABEL_OPERATORS, All, Leaf, Node, bind, field_names, leaves, parameter_names
from custodiet.rules.fields import LOCAL_OF, SUBJECTS, Subject
from custodiet.rules.rule import Rule, parameter_periods

DIALECT: Final = "duckdb"
BATCH: Final = 40


@dataclass(frozen=True, slots=True)
class Scan:
    """Hold a subject made ready.

    Attributes:
        subject: The subject.
        table_name: Its table in the engine.
        sql: The SELECT on the case's own tables that gives it.
        hoisted: Label conditions that stand computed in a column.
        unique: Each row is a search of its own: no copies were joined.
    """

    subject: Subject
    table_name: str
    sql: str
    hoisted: dict[Leaf, str]
    unique: bool = False

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
    """Derive a subject into a temporary table: the fields that the rules read, and their label conditions."""
    subject = SUBJECTS[subject_name]
    sql = subject_sql(subject_name, inputs)
    name = f"subject_{subject_name}"
    columns = _columns(subject, rules)
    unique = subject_name == "search" and not inputs.has("sightings")
    hoisted = _label_leaves(rules) if subject_name == "search" else {}
    source = sql
    if hoisted:
        told = list(hoisted.values())
        _tell_label_sets(case, inputs, hoisted)
        source = search_sql(inputs, "purpose_sets_told", told)
    picked = ", ".join(f'"{column}"' for column in (*columns, *hoisted.values()))
    case.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT {picked} FROM ({source})")
    case.execute("DROP TABLE IF EXISTS purpose_sets_told")
    return Scan(subject, name, sql, hoisted, unique)


def _tell_label_sets(case: Case, inputs: Inputs, hoisted: dict[Leaf, str]) -> None:
    """Make the table of label sets with one boolean column for each label condition."""
    # Sets are told apart by their text: joins on lists are slow and hold all rows in memory.
    text = " || '#' || ".join(f"coalesce(array_to_string({name}, '|'), '-')" for name in ("purposes", "reason_labels"))
    case.execute(
        f"CREATE OR REPLACE TEMP TABLE set_rows AS SELECT *, {text} AS set_text FROM ({purpose_sets_sql(inputs)})"
    )
    case.execute(
        "CREATE OR REPLACE TEMP TABLE set_kinds AS SELECT set_text, any_value(purposes) AS purposes,"
        " any_value(reason_labels) AS reason_labels FROM set_rows GROUP BY set_text"
    )
    kinds = ibis.table(
        {"set_text": "string", "purposes": "array<string>", "reason_labels": "array<string>"}, name="set_kinds"
    )
    told = {column: condition(leaf, kinds) for leaf, column in hoisted.items()}
    judged = ibis.to_sql(kinds.select("set_text", **told), dialect=DIALECT)
    case.execute(
        "CREATE OR REPLACE TEMP TABLE purpose_sets_told AS SELECT r.*, t.* EXCLUDE (set_text)"
        f" FROM set_rows r JOIN ({judged}) t ON t.set_text = r.set_text"
    )
    case.execute("DROP TABLE set_rows")
    case.execute("DROP TABLE set_kinds")


def _columns(subject: Subject, rules: Sequence[Rule]) -> list[str]:
    """Name the columns that some rule reads, groups by or shows, in the order of the subject."""
    used = {subject.date_field, subject.owner, *subject.evidence, "search_key"}
    if subject.name == "search":
        used |= {"era", "searched_at", "searched_local"}
    for rule in rules:
        model = rule.model
        nodes = [rule.applies, rule.evaluable, rule.pattern, *(apart.when.tree() for apart in model.counts_apart)]
        nodes += [c.tree() for other in model.sensitivity for c in (other.pattern, other.counts) if c is not None]
        if rule.grouping is not None:
            nodes += [rule.grouping.members, rule.grouping.counts]
            used |= {*rule.grouping.per, *([rule.grouping.distinct] if rule.grouping.distinct else [])}
        for node in nodes:
            used |= field_names(node)
        used |= {*model.group_by, *shown_fields(rule), *([model.count_distinct] if model.count_distinct else [])}
    used |= {LOCAL_OF[name] for name in used if name in LOCAL_OF}
    return [name for name in (*subject_schema(subject), "search_key") if name in used]


def release(case: Case, scan: Scan) -> None:
    """Drop the temporary table of a subject."""
    case.execute(f"DROP TABLE IF EXISTS {scan.table_name}")


def tallies(case: Case, scan: Scan, rules: Sequence[Rule]) -> dict[str, list[Tally]]:
    """Count the outcomes of rules on single rows, by rule id; rows are passed over once a batch.

    A rule that binds none of the owners in the case is not put to their rows.
    """
    owners, sizes = _owners(case, scan, rules)
    asked = [rule for rule in rules if any(_may_bind(rule, owner) for owner in owners)]
    found: dict[str, list[Tally]] = {
        rule.id: [Tally(name, 0, 0, 0, n) for name, n in sizes] for rule in rules if rule not in asked
    }
    for start in range(0, len(asked), BATCH):
        batch = asked[start : start + BATCH]
        table = scan.table
        outcomes = {f"o{n}": outcome(rule, table, scan.hoisted) for n, rule in enumerate(batch)}
        inner = ibis.to_sql(table.select(producer=table[scan.subject.owner], **outcomes), dialect=DIALECT)
        counts = ", ".join(f"count(*) FILTER (o{n} = {c})" for n in range(len(batch)) for c in range(4))
        rows = case.rows(f"SELECT coalesce(producer, ''), {counts} FROM ({inner}) GROUP BY 1 ORDER BY 1")
        for n, rule in enumerate(batch):
            found[rule.id] = [Tally(row[0], *(int(c) for c in row[1 + 4 * n : 5 + 4 * n])) for row in rows]
    return found


def _owners(case: Case, scan: Scan, rules: Sequence[Rule]) -> tuple[list[dict[str, object]], list[tuple[str, int]]]:
    """Give the distinct owners of a subject with what is known of them, and the rows of each."""
    owner = scan.subject.owner
    read = set().union(*(field_names(rule.applies) for rule in rules)) if rules else set()
    names = [owner, *sorted(name for name in read if name.startswith(f"{owner}_"))]
    rows = case.rows(f"SELECT DISTINCT {', '.join(names)} FROM {scan.table_name}")
    sizes = case.rows(f"SELECT coalesce({owner}, ''), count(*) FROM {scan.table_name} GROUP BY 1 ORDER BY 1")
    return [dict(zip(names, row, strict=True)) for row in rows], [(str(name), int(n)) for name, n in sizes]


def _may_bind(rule: Rule, owner: dict[str, object]) -> bool:
    """Tell whether a rule's scope can hold for rows of an owner; what is not about the owner is left open."""
    members = rule.applies.members if isinstance(rule.applies, All) else (rule.applies,)
    about = [node for node in members if field_names(node) <= set(owner) and not parameter_names(node)]
    return holds(All(tuple(about)), owner) is not False


def shown_fields(rule: Rule) -> list[str]:
    """Name the fields whose values the rule's sentence shows."""
    return sorted(set(re.findall(r"\{(?:by|list):(\w+)\}", rule.model.statement)))


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
        names = parameter_names(tree)
        bound += [bind(tree, values) for _, values in parameter_periods(rule, names)] if names else [tree]
    return bound
