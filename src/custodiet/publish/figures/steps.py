"""SQL in steps: printed as one query, and run on working tables that many questions share.

The numbers of one organisation's reach rest on the same lists. On the claim sheet each stands with the whole query;
to learn whether the published tables give the same numbers, each step is worked out once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final, Protocol

from custodiet.case import Case

_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class Step:
    """Hold one working table: a name that no table of a case has, and SQL on the tables and earlier steps.

    Attributes:
        name: Name of the working table.
        sql: What it holds; may name itself, and is then worked out until nothing is added.
        columns: Names of the columns and what the rows are kept by, where the engine must be told.
    """

    name: str
    sql: str
    columns: str = ""


class Asked(Protocol):
    """Anything that asks a question of steps."""

    @property
    def id(self) -> str:
        """Name the question."""
        ...

    @property
    def steps(self) -> tuple[Step, ...]:
        """Give the steps."""
        ...

    @property
    def select(self) -> str:
        """Give what is asked of them: one number."""
        ...


def whole_query(steps: Sequence[Step], select: str) -> str:
    """Write steps and question as one query."""
    if not steps:
        return select
    return f"WITH RECURSIVE {', '.join(f'{s.name}{s.columns} AS ({s.sql})' for s in steps)} {select}"


def order(asked: Asked) -> tuple[tuple[str, str], ...]:
    """Sort questions so that those with the same first steps stand beside each other."""
    return tuple((step.name, step.sql) for step in asked.steps)


def answers(case: Case, names: Mapping[str, str], asked: Iterable[Asked]) -> dict[str, int]:
    """Answer questions, each step worked out once for those who ask one after the other.

    Args:
        case: The case, as the engine.
        names: Name of each table to the name under which SQL reads it.
        asked: Questions; those with the same first steps beside each other.
    """
    bench = _Bench(case, names)
    found: dict[str, int] = {}
    try:
        for steps, group in groupby(asked, key=lambda item: item.steps):
            questions = list(group)
            bench.lay(steps)
            for start in range(0, len(questions), _AT_ONCE):
                some = questions[start : start + _AT_ONCE]
                rows = bench.ask([item.select for item in some])
                found |= {some[place].id: int(n) for place, n in rows}
    finally:
        bench.clear()
    return found


@dataclass
class _Bench:
    case: Case
    names: Mapping[str, str]
    laid: list[Step] = field(default_factory=list)

    def lay(self, steps: Sequence[Step]) -> None:
        """Work out the steps that do not lie there yet."""
        same = 0
        while same < min(len(steps), len(self.laid)) and steps[same] == self.laid[same]:
            same += 1
        self._drop(same)
        for step in steps[same:]:
            self.case.execute(
                self._placed(
                    f"CREATE TEMP TABLE {step.name} AS WITH RECURSIVE {step.name}{step.columns} AS ({step.sql})"
                    f" SELECT * FROM {step.name}"
                )
            )
            self.laid.append(step)

    def ask(self, selects: Sequence[str]) -> list[tuple[Any, ...]]:
        union = " UNION ALL ".join(f"SELECT {place} AS place, ({sql}) AS n" for place, sql in enumerate(selects))
        return self.case.rows(self._placed(union))

    def clear(self) -> None:
        self._drop(0)

    def _drop(self, kept: int) -> None:
        while len(self.laid) > kept:
            self.case.execute(f"DROP TABLE {self.laid.pop().name}")

    def _placed(self, sql: str) -> str:
        for name, place in self.names.items():
            sql = sql.replace("{" + name + "}", place)
        return sql
