"""The YAML form of a rule and of a pack. Unknown keys are refused: in law they are typing errors.

These models only say what a file may look like; :mod:`custodiet.rules.check`
says whether its words fit together, and :mod:`custodiet.rules.load` reads files.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from custodiet.model.terms import Outcome, Severity
from custodiet.rules import conditions as nodes

RULE_SCHEMA = "custodiet/rule/1"
PACK_SCHEMA = "custodiet/pack/1"

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)+$")]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Sentence = Annotated[str, StringConstraints(min_length=3, strip_whitespace=True)]
Version = Annotated[str, StringConstraints(pattern=r"^\d+\.\d+\.\d+$")]
ScalarValue = bool | int | float | datetime | date | str
CellValue = ScalarValue | list[str] | None


class Strict(BaseModel):
    """Refuse unknown keys and silent conversions; stay unchanged once made."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True)


class FieldValueModel(Strict):
    """A value taken from another field of the row: (field, or ``or`` when it is null) × times + plus."""

    field: Word
    otherwise: int | float | str | None = Field(None, alias="or")
    times: int | float | None = None
    plus: int | float | None = None


class SpanModel(Strict):
    """The time between two instants of the row."""

    start: Word = Field(alias="from")
    end: Word = Field(alias="to")
    unit: Literal["elapsed-minutes", "elapsed-hours", "elapsed-days", "local-hours", "calendar-days"]


class ConditionModel(Strict):
    """One condition: exactly one of all, any, not, field, span. A field or span takes op and value."""

    all: list[ConditionModel] | None = None
    any: list[ConditionModel] | None = None
    negated: ConditionModel | None = Field(None, alias="not")
    field: Word | None = None
    span: SpanModel | None = None
    op: nodes.Operator | None = None
    value: ScalarValue | list[ScalarValue] | FieldValueModel | None = None

    @model_validator(mode="after")
    def _one_shape(self) -> ConditionModel:
        shapes = [
            name
            for name, value in (
                ("all", self.all), ("any", self.any), ("not", self.negated),
                ("field", self.field), ("span", self.span),
            )
            if value is not None
        ]  # fmt: skip
        if len(shapes) != 1:
            raise ValueError(f"a condition has exactly one of all, any, not, field, span; seen {shapes}")
        is_leaf = shapes[0] in ("field", "span")
        if is_leaf and self.op is None:
            raise ValueError("a field or span needs an op")
        if not is_leaf and (self.op is not None or self.value is not None):
            raise ValueError("op and value belong to a field or span")
        return self

    def tree(self) -> nodes.Node:
        """Turn the YAML form into the condition tree."""
        if self.all is not None:
            return nodes.All(tuple(member.tree() for member in self.all))
        if self.any is not None:
            return nodes.AnyOf(tuple(member.tree() for member in self.any))
        if self.negated is not None:
            return nodes.Not(self.negated.tree())
        subject: str | nodes.Span
        if self.span is not None:
            subject = nodes.Span(self.span.start, self.span.end, self.span.unit)
        else:
            subject = str(self.field)
        assert self.op is not None  # noqa: S101 - _one_shape refuses a leaf without it
        return nodes.Leaf(subject, self.op, _operand(self.value))


def _operand(value: object) -> nodes.Operand:
    if isinstance(value, FieldValueModel):
        return nodes.FieldValue(value.field, _operand(value.otherwise), value.times, value.plus)
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, str) and value.startswith("$"):
        return nodes.Parameter(value[1:])
    return value  # type: ignore[return-value]  # YAML gives what the schema allows


class Checked(Strict):
    """When and by whom the text of a source was compared with the rule."""

    on: date
    by: Sentence


class Law(Strict):
    """One provision, policy or audit method that the rule stands on."""

    cite: Sentence
    url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$")] | None = None
    quote: Sentence | None = None
    note: Sentence | None = None
    confidence: Literal["high", "medium", "low"] | None = None
    checked: Checked | None = None


class InForce(Strict):
    """First and last day (both included) on which the rule binds; null is open."""

    first: date | None = Field(alias="from")
    last: date | None = Field(None, alias="to")

    @model_validator(mode="after")
    def _ordered(self) -> InForce:
        if self.first and self.last and self.last < self.first:
            raise ValueError("'to' lies before 'from'")
        return self


class Reading(Strict):
    """How we read the text, and how others do."""

    ours: Sentence
    others: list[Sentence] = []


class ParameterModel(Strict):
    """A value of the rule, dated like the law: each value holds from its date on."""

    values: dict[date, ScalarValue | list[ScalarValue]] = Field(min_length=1)
    basis: Literal["statute", "regulation", "policy", "guidance", "reading", "practice"]
    unit: str | None = None
    note: Sentence | None = None


class Apart(Strict):
    """Rows of the same group that are counted beside the indicator and never in it."""

    name: Word
    label: Sentence
    when: ConditionModel


class Aggregate(Strict):
    """Judge groups of searches instead of single ones.

    Members are the searches that applies, in_force and ``members`` let in.
    ``counts`` is asked of each member; ``pattern`` is asked of the group's
    numbers (docs: group fields) and of its keys.
    """

    per: list[Word] = Field(min_length=1)
    period: Literal["minute", "hour", "day", "week", "month", "year"] | None = None
    members: ConditionModel | None = None
    counts: ConditionModel | None = None
    distinct: Word | None = None
    at_least: int = Field(1, ge=1, description="fewer members than this cannot be judged")


class Alternative(Strict):
    """Another definition under which the count is repeated."""

    label: Sentence
    choice: Literal["threshold", "clock", "time-zone", "reading", "scope", "labels"]
    parameters: dict[Word, ScalarValue | list[ScalarValue]] = {}
    pattern: ConditionModel | None = None
    counts: ConditionModel | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> Alternative:
        if not self.parameters and self.pattern is None and self.counts is None:
            raise ValueError("an alternative changes parameters, pattern or counts")
        return self


class ExampleRows(Strict):
    """Several rows of an aggregate example: ``row`` repeated, each ``step_hours`` after the last."""

    row: dict[Word, CellValue] = {}
    repeat: int = Field(1, ge=1, le=500)
    step_hours: int | float = 0


class Example(Strict):
    """One example: a row (or rows, for an aggregate) and what the rule must say of it."""

    name: Sentence
    row: dict[Word, CellValue] = {}
    rows: list[ExampleRows] = []
    each: dict[Word, list[CellValue]] = {}
    expect: Outcome = Field(strict=False)
    severity: Severity | None = Field(None, strict=False)


class Examples(Strict):
    """Examples: the tests of the rule, its documentation, and what kills its mutants."""

    defaults: dict[Word, CellValue] = {}
    cases: list[Example] = Field(min_length=3)


class RuleModel(Strict):
    """One rule file."""

    schema_: Literal["custodiet/rule/1"] = Field(alias="schema")
    id: Identifier
    title: Sentence
    status: Literal["draft", "experimental", "reviewed", "retired"]
    version: Version
    severity: Severity = Field(strict=False)
    summary: Sentence
    law: list[Law] = Field(min_length=1)
    in_force: InForce
    binds: Sentence
    reading: Reading
    parameters: dict[Word, ParameterModel] = {}
    subject: Literal["search", "share", "portal", "disclosure", "interval"]
    applies: ConditionModel | None = None
    evaluable: ConditionModel | None = None
    pattern: ConditionModel
    aggregate: Aggregate | None = None
    counts_apart: list[Apart] = []
    group_by: list[Word] = []
    counterpart: Word | None = None
    level: Literal["organisation", "account"] = "organisation"
    count_distinct: Word | None = None
    statement: Sentence
    caveats: list[Sentence] = Field(min_length=1)
    sensitivity: list[Alternative] = []
    sensitivity_headline: Sentence | None = None
    examples: Examples


class PackModel(Strict):
    """The file pack.yaml of a folder of rules."""

    schema_: Literal["custodiet/pack/1"] = Field(alias="schema")
    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    title: Sentence
    jurisdiction: Sentence
    version: Version
    maintainers: list[Sentence] = Field(min_length=1)
    description: Sentence


def allowed_keys(kind: type[BaseModel], place: Sequence[str | int]) -> list[str]:
    """Return the keys that a mapping at a place of a file may have; empty where any may stand or no mapping does."""
    found: Any = kind
    for part in place:
        found = _part_of(found, part)
    model = _model_in(found)
    return [] if model is None else [field.alias or name for name, field in model.model_fields.items()]


def _part_of(annotation: Any, part: str | int) -> Any:
    model = _model_in(annotation)
    if get_origin(annotation) in (list, dict):
        return get_args(annotation)[-1]
    if model is annotation and model is not None:
        fields = {field.alias or name: field for name, field in model.model_fields.items()}
        return fields[str(part)].annotation if part in fields else None
    inner = (_part_of(argument, part) for argument in get_args(annotation))
    return next((found for found in inner if found is not None), None)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (list, dict):
        return None
    inner = (_model_in(argument) for argument in get_args(annotation))
    return next((model for model in inner if model is not None), None)


def json_schemas() -> dict[str, dict[str, Any]]:
    """Return the JSON Schemas of the two kinds of file, by name."""
    return {"rule": RuleModel.model_json_schema(), "pack": PackModel.model_json_schema()}
