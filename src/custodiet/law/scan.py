"""Run compiled rules over a subject: one pass for all outcomes, then one query for each rule that found something.

Label conditions are asked of the distinct label sets, not of the rows: a case has
a few thousand of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import ibis

from custodiet.case import Case
from custodiet.law.binding import Owners, bound_owners, narrowed, of_owners, owners_of
from custodiet.law.subject_parts import Inputs
from custodiet.law.subjects import STATED_SCHEMA, purpose_sets_sql, search_sql, subject_sql
from custodiet.rules.compile import condition, outcome, subject_schema
from custodiet.rules.conditions import (
    LABEL_OPERATORS,
    TEXT_OPERATORS,
    Leaf,
    Node,
    bind,
    field_names,
    leaves,
    parameter_names,
)
from custodiet.rules.fields import LOCAL_OF, SUBJECTS, Subject
from custodiet.rules.intervals import LENGTHS
from custodiet.rules.queries import sql_of
from custodiet.rules.rule import Rule, parameter_periods

BATCH: Final = 40
_LABELS: Final = ("purposes", "reason_labels", "code_labels")


@dataclass(frozen=True, slots=True)
class Scan:
    """Hold a subject made ready.

    Attributes:
        subject: The subject.
        table_name: Its table in the engine.
        sql: The SELECT on the case's own tables that gives it.
        hoisted: Conditions on labels and stated texts that stand computed in a column.
        owners: The owners of its rows.
        repeats: Some owner has several rows of one search; the column ``repeated`` marks them.
    """

    subject: Subject
    table_name: str
    sql: str
    hoisted: dict[Leaf, str]
    owners: Owners
    repeats: bool

    @property
    def table(self) -> Any:
        """Give the unbound Ibis table of the subject, hoisted leaves included."""
        schema = subject_schema(self.subject) | {"search_key": "string", "repeated": "boolean"}
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
    labels = _hoistable(rules, _is_about_labels) if subject_name == "search" else {}
    texts = _hoistable(rules, _is_about_stated_text) if subject_name == "search" else {}
    hoisted = labels | texts
    source = sql
    if hoisted:
        _tell_label_sets(case, inputs, labels)
        source = search_sql(
            inputs, "purpose_sets_told", list(labels.values()), _told_texts(texts), list(texts.values())
        )
    picked = ", ".join(f'"{column}"' for column in (*columns, *hoisted.values()))
    case.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT {picked}, false AS repeated FROM ({source})")
    case.execute("DROP TABLE IF EXISTS purpose_sets_told")
    repeats = _mark_repeated(case, name, subject.owner)
    return Scan(subject, name, sql, hoisted, owners_of(case, name, subject, rules), repeats)


def _mark_repeated(case: Case, name: str, owner: str) -> bool:
    """Mark the rows of an owner that tell of one search; only these have to be folded when searches are counted."""
    case.execute(
        f"CREATE OR REPLACE TEMP TABLE repeated_keys AS SELECT {owner}, hash(search_key) AS key FROM {name}"
        " GROUP BY ALL HAVING count(*) > 1"
    )
    if not case.value("SELECT count(*) FROM repeated_keys"):
        return False
    case.execute(
        f"UPDATE {name} SET repeated = true FROM repeated_keys k"
        f" WHERE k.{owner} IS NOT DISTINCT FROM {name}.{owner} AND k.key = hash({name}.search_key)"
    )
    return True


def _told_texts(texts: dict[Leaf, str]) -> str:
    """Compile conditions on texts of a producer's own page; they are asked once a day, not once a row."""
    stated = ibis.table(STATED_SCHEMA, name="stated_raw")
    return str(sql_of(stated.mutate(**{column: condition(leaf, stated) for leaf, column in texts.items()})))


def _tell_label_sets(case: Case, inputs: Inputs, hoisted: dict[Leaf, str]) -> None:
    """Make the table of label sets with one boolean column for each label condition."""
    # Sets are told apart by their text: joins on lists are slow and hold all rows in memory.
    text = " || '#' || ".join(f"coalesce(array_to_string({name}, '|'), '-')" for name in _LABELS)
    case.execute(
        f"CREATE OR REPLACE TEMP TABLE set_rows AS SELECT *, {text} AS set_text FROM ({purpose_sets_sql(inputs)})"
    )
    values = ", ".join(f"any_value({name}) AS {name}" for name in _LABELS)
    case.execute(f"CREATE OR REPLACE TEMP TABLE set_kinds AS SELECT set_text, {values} FROM set_rows GROUP BY set_text")
    kinds = ibis.table({"set_text": "string"} | dict.fromkeys(_LABELS, "array<string>"), name="set_kinds")
    told = {column: condition(leaf, kinds) for leaf, column in hoisted.items()}
    judged = sql_of(kinds.select("set_text", **told))
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
        used |= {"era", "kind", "searched_at", "searched_local"}
    if subject.start_field is not None:
        used |= {subject.start_field, *LENGTHS}
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
        used |= {level for name in shown_fields(rule) if (level := level_of(subject, name)) is not None}
    used |= {LOCAL_OF[name] for name in used if name in LOCAL_OF}
    return [name for name in (*subject_schema(subject), "search_key") if name in used]


def release(case: Case, scan: Scan) -> None:
    """Drop the temporary table of a subject."""
    case.execute(f"DROP TABLE IF EXISTS {scan.table_name}")


def tallies(case: Case, scan: Scan, rules: Sequence[Rule]) -> dict[str, list[Tally]]:
    """Count the outcomes of rules on single rows, by rule id.

    Rules that can bind the same owners are put to the rows of these in one pass a
    batch; rows of other owners are not applicable without being read.
    """
    together: dict[tuple[str, ...], list[Rule]] = {}
    for rule in rules:
        together.setdefault(bound_owners(rule, scan.owners), []).append(rule)
    found: dict[str, list[Tally]] = {}
    for names, bound in together.items():
        for start in range(0, len(bound) if names else 0, BATCH):
            found |= _tally_batch(case, scan, names, bound[start : start + BATCH])
        for rule in bound:
            told = {tally.producer: tally for tally in found.get(rule.id, ())}
            found[rule.id] = [told.get(name, Tally(name, 0, 0, 0, n)) for name, n in sorted(scan.owners.sizes.items())]
    return found


def _tally_batch(case: Case, scan: Scan, names: tuple[str, ...], rules: Sequence[Rule]) -> dict[str, list[Tally]]:
    table = of_owners(scan.table, scan.subject, scan.owners, names)
    outcomes = {
        f"o{n}": outcome(narrowed(rule, scan.owners, names), table, scan.hoisted) for n, rule in enumerate(rules)
    }
    inner = sql_of(table.select(producer=table[scan.subject.owner], **outcomes))
    # Sums of 0 and 1 cost a third of as many counts with a filter.
    counts = ", ".join(f"sum((o{n} = {code})::INTEGER)" for n in range(len(rules)) for code in range(4))
    rows = case.rows(f"SELECT coalesce(producer, ''), {counts} FROM ({inner}) GROUP BY 1")
    return {
        rule.id: [Tally(str(row[0]), *(int(c) for c in row[1 + 4 * n : 5 + 4 * n])) for row in rows]
        for n, rule in enumerate(rules)
    }


def shown_fields(rule: Rule) -> list[str]:
    """Name the fields whose values the rule's sentence shows."""
    return sorted(set(re.findall(r"\{(?:by|list):(\w+)\}", rule.model.statement)))


def level_of(subject: Subject, name: str) -> str | None:
    """Name the field with the level of the organisation whose state a field holds; None for other fields."""
    level = name.removesuffix("_state") + "_level"
    return level if name.endswith("_state") and subject.field(level) is not None else None


def _hoistable(rules: Iterable[Rule], test: Callable[[Leaf], bool]) -> dict[Leaf, str]:
    found: dict[Leaf, str] = {}
    for rule in rules:
        for node in _trees(rule):
            for leaf in leaves(node):
                if test(leaf):
                    found.setdefault(leaf, f"{test.__name__.strip('_')}_{len(found)}")
    return found


def _is_about_labels(leaf: Leaf) -> bool:
    return leaf.op in LABEL_OPERATORS


def _is_about_stated_text(leaf: Leaf) -> bool:
    return leaf.op in TEXT_OPERATORS and leaf.subject in STATED_SCHEMA


def _trees(rule: Rule) -> list[Node]:
    trees = [rule.applies, rule.evaluable, rule.pattern]
    if rule.grouping is not None:
        trees = [rule.applies, rule.evaluable, rule.grouping.members, rule.grouping.counts]
    bound: list[Node] = []
    for tree in trees:
        names = parameter_names(tree)
        bound += [bind(tree, values) for _, values in parameter_periods(rule, names)] if names else [tree]
    return bound
