# ruff: noqa: E501 - tables of words, sentences and SQL read better in one line
"""Tell whether the words of a rule fit together: fields, operators, values, parameters, wording.

Faults are values (place in the file, sentence), so that one run shows them all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from custodiet.rules import conditions as tree
from custodiet.rules.fields import GROUP_FIELDS, LOCAL_OF, SUBJECTS, Field, Subject
from custodiet.rules.schema import ConditionModel, RuleModel

Path = tuple[str | int, ...]
Fault = tuple[Path, str]

UNSHOWN: Final = ("user", "plate", "case_number", "reason_key")
PLACEHOLDERS: Final = (
    "n", "denominator", "not_evaluable", "share", "subject", "counterpart", "first", "last", "records", "groups",
)  # fmt: skip
ACCUSING: Final = re.compile(
    r"\b(violat\w*|breach\w*|illegal\w*|unlawful\w*|stalk\w*|guilt\w*|crimin(?:al )?conduct|misconduct|abus(?:e|ed|ive))\b",
    re.IGNORECASE,
)
_ORDERED: Final = ("integer", "real", "date", "instant")
_LABEL: Final = re.compile(r"^[a-z0-9_]+([.-][a-z0-9_]+)*(\.\*)?$")
_MENTION: Final = re.compile(r"^[A-Za-z0-9][A-Za-z0-9 '-]*\*?$")
_EXAMPLE_ONLY: Final = ("time_zone",)


@dataclass(frozen=True, slots=True)
class _Context:
    """Hold what a condition may refer to."""

    fields: dict[str, Field]
    parameters: dict[str, list[Any]]


def faults_of(rule: RuleModel) -> list[Fault]:
    """Return every fault of a rule whose form is right."""
    subject = SUBJECTS[rule.subject]
    return [
        *_condition_faults(rule, subject),
        *_aggregate_faults(rule, subject),
        *_naming_faults(rule, subject),
        *_wording_faults(rule, subject),
        *_parameter_faults(rule),
        *_example_faults(rule, subject),
    ]


def _condition_faults(rule: RuleModel, subject: Subject) -> Iterator[Fault]:
    row = _Context(
        {field.name: field for field in subject.fields},
        {name: list(item.values.values()) for name, item in rule.parameters.items()},
    )
    judged = row
    if rule.aggregate is not None:
        keys = {name: row.fields[name] for name in rule.aggregate.per if name in row.fields}
        judged = _Context(keys | {field.name: field for field in GROUP_FIELDS}, row.parameters)
        yield from _tree_faults(rule.aggregate.members, row, ("aggregate", "members"))
        yield from _tree_faults(rule.aggregate.counts, row, ("aggregate", "counts"))
    yield from _tree_faults(rule.applies, row, ("applies",))
    yield from _tree_faults(rule.evaluable, row, ("evaluable",))
    yield from _tree_faults(rule.pattern, judged, ("pattern",))
    for place, apart in enumerate(rule.counts_apart):
        yield from _tree_faults(apart.when, row, ("counts_apart", place, "when"))
    for place, other in enumerate(rule.sensitivity):
        yield from _tree_faults(other.pattern, judged, ("sensitivity", place, "pattern"))
        yield from _tree_faults(other.counts, row, ("sensitivity", place, "counts"))
        for name in other.parameters:
            if name not in rule.parameters:
                yield ("sensitivity", place, "parameters", name), _choice("parameter", name, rule.parameters)


def _tree_faults(model: ConditionModel | None, context: _Context, at: Path) -> Iterator[Fault]:
    if model is None:
        return
    for key, members in (("all", model.all), ("any", model.any)):
        for place, member in enumerate(members or ()):
            yield from _tree_faults(member, context, (*at, key, place))
    yield from _tree_faults(model.negated, context, (*at, "not"))
    if model.field is not None or model.span is not None:
        leaf = model.tree()
        assert isinstance(leaf, tree.Leaf)  # noqa: S101 - the shape was checked
        yield from _leaf_faults(leaf, context, at)


def _leaf_faults(leaf: tree.Leaf, context: _Context, at: Path) -> Iterator[Fault]:
    if isinstance(leaf.subject, tree.Span):
        yield from _span_faults(leaf.subject, context, at)
        type_: str = "real"
        words: tuple[str, ...] = ()
    else:
        field = context.fields.get(leaf.subject)
        if field is None:
            yield (*at, "field"), _choice("field", leaf.subject, context.fields)
            return
        type_, words = field.type, field.words
    allowed = _operators_for(type_)
    if leaf.op not in allowed:
        yield (*at, "op"), f"'{leaf.op}' does not fit a {type_}; allowed: {', '.join(allowed)}."
        return
    if leaf.op in tree.NULL_OPERATORS:
        if leaf.value is not None:
            yield (*at, "value"), f"'{leaf.op}' takes no value."
        return
    for value in _possible_values(leaf.value, context, at):
        if isinstance(value, str) and value.startswith("\0"):
            yield (*at, "value"), value[1:]
        else:
            yield from (((*at, "value"), text) for text in _value_faults(leaf.op, type_, words, value, context))


def _span_faults(span: tree.Span, context: _Context, at: Path) -> Iterator[Fault]:
    local = span.unit in ("local-hours", "calendar-days")
    for key, name in (("from", span.start), ("to", span.end)):
        field = context.fields.get(name)
        if field is None or field.type != "instant" or (local and name not in LOCAL_OF):
            good = [
                f.name for f in context.fields.values() if f.type == "instant" and (not local or f.name in LOCAL_OF)
            ]
            yield (*at, "span", key), _choice("instant", name, good)


def _operators_for(type_: str) -> tuple[str, ...]:
    if type_ == "labels":
        return (*tree.LABEL_OPERATORS, *tree.NULL_OPERATORS)
    if type_ == "boolean":
        return ("eq", "ne", *tree.NULL_OPERATORS)
    if type_ in _ORDERED:
        return ("eq", "ne", "in", "not_in", "between", *tree.ORDER_OPERATORS, *tree.NULL_OPERATORS)
    return ("eq", "ne", "in", "not_in", *tree.TEXT_OPERATORS, *tree.NULL_OPERATORS)


def _possible_values(value: tree.Operand, context: _Context, at: Path) -> list[Any]:
    """Give the values that a leaf may meet; a fault is a text that starts with NUL."""
    del at
    if isinstance(value, tree.Parameter):
        if value.name not in context.parameters:
            return ["\0" + _choice("parameter", value.name, context.parameters)]
        return [tuple(v) if isinstance(v, list) else v for v in context.parameters[value.name]]
    return [value]


def _value_faults(op: str, type_: str, words: tuple[str, ...], value: Any, context: _Context) -> Iterator[str]:
    if isinstance(value, tree.FieldValue):
        yield from _field_value_faults(op, type_, value, context)
        return
    if value is None:
        yield f"'{op}' needs a value."
        return
    is_list = isinstance(value, tuple)
    if is_list != (op in tree.LIST_OPERATORS):
        yield f"'{op}' takes {'a list' if op in tree.LIST_OPERATORS else 'one value'}; seen {_shown(value)}."
        return
    if is_list and (not value or (op == "between" and len(value) != 2)):
        yield f"'{op}' takes {'two values' if op == 'between' else 'at least one value'}; seen {len(value)}."
        return
    for item in value if is_list else (value,):
        if not _fits(item, type_):
            yield f"{_shown(item)} is no {type_}."
        elif words and type_ == "text" and op not in tree.TEXT_OPERATORS and item not in words:
            yield f"{_shown(item)} never occurs; allowed: {', '.join(words)}."
        elif type_ == "labels" and not _LABEL.match(item):
            yield f"{_shown(item)} is no label; write group.label, or group.* for all of a group."
        elif op in tree.TEXT_OPERATORS and not _MENTION.match(item):
            yield f"{_shown(item)} is no word; letters, digits, blanks, and * at the end for a beginning."


def _field_value_faults(op: str, type_: str, value: tree.FieldValue, context: _Context) -> Iterator[str]:
    other = context.fields.get(value.field)
    numeric = ("integer", "real")
    if other is None:
        yield _choice("field", value.field, context.fields)
    elif op in tree.LIST_OPERATORS:
        yield f"'{op}' takes a list, not a field."
    elif other.type != type_ and not (other.type in numeric and type_ in numeric):
        yield f"a {type_} cannot be compared with {value.field}, a {other.type}."
    elif (value.times is not None or value.plus is not None) and other.type not in numeric:
        yield f"times and plus need a number; {value.field} is a {other.type}."
    if isinstance(value.otherwise, tree.Parameter) and value.otherwise.name not in context.parameters:
        yield _choice("parameter", value.otherwise.name, context.parameters)


def _fits(value: Any, type_: str) -> bool:
    if isinstance(value, bool):
        return type_ == "boolean"
    if type_ in ("integer", "real"):
        return isinstance(value, int | float)
    if type_ == "date":
        return isinstance(value, date) and not isinstance(value, datetime)
    if type_ == "instant":
        return isinstance(value, datetime) and value.tzinfo is not None
    return isinstance(value, str)


def _aggregate_faults(rule: RuleModel, subject: Subject) -> Iterator[Fault]:
    block = rule.aggregate
    if block is None:
        return
    if subject.name != "search":
        yield ("aggregate",), f"only searches are gathered; the subject is {subject.name}."
    for place, name in enumerate(block.per):
        if subject.field(name) is None:
            yield ("aggregate", "per", place), _choice("field", name, [f.name for f in subject.fields])
    if subject.owner not in block.per and "disclosure_id" not in block.per:
        yield ("aggregate", "per"), f"outcomes are counted by {subject.owner}; name it in per."
    if block.distinct is not None and subject.field(block.distinct) is None:
        yield ("aggregate", "distinct"), _choice("field", block.distinct, [f.name for f in subject.fields])
    if "n_distinct" in tree.field_names(rule.pattern.tree()) and block.distinct is None:
        yield ("pattern",), "n_distinct needs aggregate.distinct."
    if rule.pattern.tree() and {"previous", "change"} & tree.field_names(rule.pattern.tree()) and not block.period:
        yield ("pattern",), "previous and change need aggregate.period."


def _naming_faults(rule: RuleModel, subject: Subject) -> Iterator[Fault]:
    allowed = [f.name for f in subject.fields] if rule.aggregate is None else list(rule.aggregate.per)
    for place, name in enumerate(rule.group_by):
        if name not in allowed:
            yield ("group_by", place), _choice("field", name, allowed)
    if rule.group_by and subject.owner not in rule.group_by:
        yield ("group_by",), f"{subject.owner} is missing: an indicator is about one {subject.owner}."
    if rule.counterpart is not None and rule.counterpart not in rule.group_by:
        yield ("counterpart",), "name it in group_by as well."
    if rule.count_distinct is not None and subject.field(rule.count_distinct) is None:
        yield ("count_distinct",), _choice("field", rule.count_distinct, [f.name for f in subject.fields])
    personal = [n for n in (*rule.group_by, *(rule.aggregate.per if rule.aggregate else ())) if n in UNSHOWN[:3]]
    if personal and rule.level != "account":
        yield (
            ("level",),
            f"results by {', '.join(personal)} stay with the reviewers: level must be 'account'.",
        )
    if "plate" in rule.group_by or "case_number" in rule.group_by:
        yield ("group_by",), "an indicator is never about a plate or a case number."
    if rule.subject in ("portal", "disclosure") and rule.level == "account":
        yield ("level",), "pages and tables have no accounts."


def _wording_faults(rule: RuleModel, subject: Subject) -> Iterator[Fault]:
    for at, text in _texts(rule):
        found = ACCUSING.search(text)
        if found:
            yield at, f"'{found.group()}' accuses; say what the rows show."
    apart = {item.name for item in rule.counts_apart}
    for name in re.findall(r"\{([^{}]*)\}", rule.statement):
        head, _, tail = name.partition(":")
        if head in ("by", "list"):
            field = subject.field(tail)
            if field is None or field.type != "text" or tail in UNSHOWN:
                yield ("statement",), f"{{{name}}} needs a text field that may be shown."
        elif head == "param":
            if tail not in rule.parameters:
                yield ("statement",), _choice("parameter", tail, rule.parameters)
        elif head == "apart":
            if tail not in apart:
                yield ("statement",), _choice("counts_apart name", tail, apart)
        elif name not in PLACEHOLDERS:
            yield (
                ("statement",),
                _choice("placeholder", name, (*PLACEHOLDERS, "by:FIELD", "list:FIELD", "param:NAME", "apart:NAME")),
            )
    if "{n}" not in rule.statement:
        yield ("statement",), "the statement must give its number: {n}."


def _texts(rule: RuleModel) -> Iterator[tuple[Path, str]]:
    yield ("title",), rule.title
    yield ("summary",), rule.summary
    yield ("statement",), rule.statement
    for place, text in enumerate(rule.caveats):
        yield ("caveats", place), text


def _parameter_faults(rule: RuleModel) -> Iterator[Fault]:
    conditions = [rule.applies, rule.evaluable, rule.pattern, *(a.when for a in rule.counts_apart)]
    conditions += [c for other in rule.sensitivity for c in (other.pattern, other.counts)]
    if rule.aggregate is not None:
        conditions += [rule.aggregate.members, rule.aggregate.counts]
    used = set().union(*(tree.parameter_names(c.tree()) for c in conditions if c is not None))
    for name, item in rule.parameters.items():
        if name not in used:
            yield ("parameters", name), "is never used in a condition."
        if rule.in_force.first is not None and min(item.values) > rule.in_force.first:
            yield ("parameters", name), "has no value on the first day in force."
    if rule.aggregate is not None:
        dated = [
            n
            for n in tree.parameter_names(rule.pattern.tree())
            if n in rule.parameters and len(rule.parameters[n].values) > 1
        ]
        for name in dated:
            yield (
                ("parameters", name),
                "a group has no single date: give one value, or write one rule for each period.",
            )


def _example_faults(rule: RuleModel, subject: Subject) -> Iterator[Fault]:
    examples = rule.examples
    yield from _row_faults(examples.defaults, subject, ("examples", "defaults"))
    for place, case in enumerate(examples.cases):
        at: Path = ("examples", "cases", place)
        yield from _row_faults(case.row, subject, (*at, "row"))
        for name, values in case.each.items():
            for value in values:
                yield from _row_faults({name: value}, subject, (*at, "each"))
        for number, several in enumerate(case.rows):
            yield from _row_faults(several.row, subject, (*at, "rows", number, "row"))
        if bool(case.rows) != (rule.aggregate is not None):
            yield at, "an aggregate example has rows, any other has row."
        unused = [name for name in ("row", "each") if case.rows and getattr(case, name)]
        yield from (((*at, name), f"'{name}' beside rows has no effect; allowed: rows, defaults.") for name in unused)
        if case.severity is not None and case.expect != "indicator":
            yield (*at, "severity"), "only an indicator has a severity."


def _row_faults(row: dict[str, Any], subject: Subject, at: Path) -> Iterator[Fault]:
    for name, value in row.items():
        if name in _EXAMPLE_ONLY or name in LOCAL_OF.values():
            continue
        field = subject.field(name)
        if field is None:
            yield (*at, name), _choice("field", name, [f.name for f in subject.fields])
        elif value is None:
            continue
        elif field.type == "labels":
            if not isinstance(value, list):
                yield (*at, name), "is a list of labels."
        elif isinstance(value, list) or not _fits(value, field.type):
            yield (
                (*at, name),
                f"{_shown(value)} is no {field.type}"
                + (" with a zone (write …Z)." if field.type == "instant" else "."),
            )
        elif field.words and value not in field.words:
            yield (*at, name), f"{_shown(value)} never occurs; allowed: {', '.join(field.words)}."


def _choice(kind: str, seen: str, allowed: Any) -> str:
    names = sorted(str(name) for name in allowed)
    return f"there is no {kind} '{seen}'; allowed: {', '.join(names) or 'none are defined'}."


def _shown(value: Any) -> str:
    return repr(list(value)) if isinstance(value, tuple) else repr(value) if isinstance(value, str) else str(value)
