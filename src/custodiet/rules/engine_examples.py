"""Run the examples of rules as compiled queries on the engine of a case.

The engine works on a throw-away case; the rows are those of the examples.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from custodiet.case import Case
from custodiet.model.terms import Outcome
from custodiet.rules.closure import Row, dated_holds
from custodiet.rules.compile import dated_condition, outcome, subject_schema, subject_table
from custodiet.rules.compile_groups import group_table, member_table
from custodiet.rules.examples import ExampleCase, ExampleFault, example_cases
from custodiet.rules.fields import Subject
from custodiet.rules.intervals import cut_row
from custodiet.rules.queries import sql_of
from custodiet.rules.rule import Rule

_CODES: Final = (Outcome.INDICATOR, Outcome.CLEAR, Outcome.NOT_EVALUABLE, Outcome.NOT_APPLICABLE)
_ARROW: Final = {
    "string": pa.string(),
    "array<string>": pa.list_(pa.string()),
    "int64": pa.int64(),
    "float64": pa.float64(),
    "boolean": pa.bool_(),
    "timestamp('UTC')": pa.timestamp("us", tz="UTC"),
    "timestamp": pa.timestamp("us"),
    "date": pa.date32(),
}
TABLE: Final = "subject_rows"
EXTRA: Final = {"row_no": "int64", "search_key": "string"}


@contextmanager
def scratch_case() -> Iterator[Case]:
    """Open a case that is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="custodiet-examples-") as folder:
        case = Case.open(Path(folder) / "case", create=True)
        try:
            yield case
        finally:
            case.close()


def arrow_rows(subject: Subject, rows: Sequence[Row]) -> pa.Table:
    """Make the Arrow table of some rows of a subject, numbered by ``row_no``."""
    schema = pa.schema([(name, _ARROW[type_]) for name, type_ in (subject_schema(subject) | EXTRA).items()])
    numbered: list[dict[str, Any]] = [
        {name: row.get(name) for name in schema.names} | {"row_no": number} for number, row in enumerate(rows)
    ]
    return pa.Table.from_pylist(numbered, schema=schema)


def run_compiled(rule: Rule, case: Case, cases: Sequence[ExampleCase] | None = None) -> list[ExampleFault]:
    """Run the examples of a rule as a query and return what did not come out as expected."""
    examples = example_cases(rule) if cases is None else cases
    if rule.grouping is None:
        got = row_outcomes(rule, case, [example.rows[0] for example in examples])
    else:
        got = [_group_outcome(rule, case, example) for example in examples]
    return [
        ExampleFault(rule.id, example.name, "compiled", example.expect, found)
        for example, found in zip(examples, got, strict=True)
        if found is not example.expect
    ]


def run_apart(rule: Rule, case: Case, cases: Sequence[ExampleCase]) -> list[str]:
    """Put what is counted apart to the rows of the examples, on both evaluators; return what is wrong with it.

    The evaluators must agree on every row, and each condition must hold for some row and fail for another.
    """
    rows = [cut_row(rule, row) for example in cases for row in example.rows]
    faults: list[str] = []
    for apart in rule.model.counts_apart:
        tree = apart.when.tree()
        told = [dated_holds(rule, tree, row, row.get(rule.subject.date_field)) for row in rows]
        table = subject_table(rule.subject, TABLE, EXTRA)
        query = sql_of(table.select("row_no", held=dated_condition(rule, tree, table)))
        with case.registered(TABLE, arrow_rows(rule.subject, rows)):
            compiled = [held for (held,) in case.rows(f"SELECT held FROM ({query}) ORDER BY row_no")]
        name = f"{rule.id}: counts_apart '{apart.name}'"
        differing = sum(one is not other for one, other in zip(told, compiled, strict=True))
        if differing:
            faults.append(f"{name}: the evaluators differ on {differing} of {len(rows)} rows of the examples")
        faults += [f"{name}: {word} for no row of the examples" for value, word in _TOLD if value not in told]
    return faults


_TOLD: Final = ((True, "holds"), (False, "fails"))


def row_outcomes(rule: Rule, case: Case, rows: Sequence[Row]) -> list[Outcome]:
    """Judge rows by the compiled rule, in their order."""
    table = subject_table(rule.subject, TABLE, EXTRA)
    query = sql_of(table.select("row_no", outcome=outcome(rule, table)))
    with case.registered(TABLE, arrow_rows(rule.subject, rows)):
        found = case.rows(f"SELECT outcome FROM ({query}) ORDER BY row_no")
    return [_CODES[code] for (code,) in found]


def compiled_groups(rule: Rule, case: Case, rows: Sequence[Row]) -> dict[tuple[Any, ...], Outcome]:
    """Judge groups of rows by the compiled rule: group key to outcome."""
    table = subject_table(rule.subject, TABLE, EXTRA)
    groups = group_table(rule, member_table(rule, table))
    names = [name for name in groups.columns if name.startswith("k") and name[1:].isdigit()]
    query = sql_of(groups.select(*names, "outcome"))
    with case.registered(TABLE, arrow_rows(rule.subject, rows)):
        return {tuple(row[:-1]): _CODES[row[-1]] for row in case.rows(query)}


def _group_outcome(rule: Rule, case: Case, example: ExampleCase) -> Outcome:
    found = set(compiled_groups(rule, case, example.rows).values())
    return next(outcome for outcome in _CODES if outcome in found)
