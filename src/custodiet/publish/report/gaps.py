"""What the records do not let anyone tell, and what to ask for: one reading of the same gaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from custodiet.model.problems import PROBLEM_CODES
from custodiet.publish.figures.cells import HIDDEN
from custodiet.publish.report.document import Phrase, Prose, Stated, Text
from custodiet.publish.report.source import Source
from custodiet.publish.report.wording import day, listed, share

FIELDS: Final = (
    ("reason", "stated reasons"),
    ("case_number", "case numbers"),
    ("user", "accounts"),
    ("plate", "plates"),
)
STATE_WORDS: Final = {
    "value": "shown",
    "blank": "blank",
    "masked": "masked",
    "withheld": "withheld with a legal ground",
    "partial": "hidden in part",
    "placeholder": "a placeholder",
    "not-exported": "no such column",
}
_MOST: Final = 8
# Files that a custodian can give again; a file of no known kind may be no record of anybody.
CUSTODIANS: Final = frozenset({"corrupt", "empty", "encrypted", "no-text", "too-large"})
UNREAD: Final = frozenset(code for code, item in PROBLEM_CODES.items() if item.unread)


@dataclass(frozen=True, slots=True)
class Gap:
    """Hold a gap between the first and the last record of one kind of log of one producer.

    Attributes:
        producer: Whose log it is.
        kind: Which log.
        months: Months without any record.
    """

    producer: str
    kind: str
    months: tuple[str, ...]


def not_determined(source: Source) -> tuple[Prose | Text, ...]:
    """Say what could not be determined, and why; most weighty first."""
    said: list[Prose | Text] = []
    said += _untold_rules(source)
    said += _hidden_fields(source)
    gaps = missing_months(source)
    if gaps:
        months = sum(len(gap.months) for gap in gaps)
        said.append(
            Text(
                Phrase(
                    (
                        *source.number_of("figure.gaps", months, "month"),
                        " between the first and the last record of a log hold no record ("
                        + listed([f"{gap.producer}: {listed(gap.months, 3)}" for gap in gaps], 3)
                        + "). Whether nobody searched or rows were left out cannot be told.",
                    )
                ),
                lead="Missing months.",
            )
        )
    cut = [row for row in source.problems if row["code"] == "truncated"]
    if cut:
        said.append(
            Text(
                Phrase(
                    (
                        *source.number_of("figure.problem.truncated", len(cut), "table"),
                        " end before the data does; counts are a floor.",
                    )
                ),
                lead="Cut off.",
            )
        )
    unread = [row for row in source.problems if row["code"] in UNREAD and not row["disclosure_id"]]
    if unread:
        names = listed(sorted({row["file_name"] or "a file" for row in unread}), 4)
        said.append(Text(f"{names}. What they hold is not in any number here.", lead="Not read:"))
    if source.n_left_out:
        said.append(
            Text(
                Phrase(
                    (
                        source.left_out,
                        f" {'result' if source.n_left_out == 1 else 'results'} about single accounts stay inside the"
                        " case.",
                    )
                ),
                lead="Left out on purpose:",
            )
        )
    return tuple(said) or ("Nothing that the rules ask for was hidden or missing.",)


_NOT_EVALUABLE: Final = """
SELECT rule_id, sum(n_not_evaluable)::BIGINT AS unknown, sum(n_indicator + n_clear)::BIGINT AS judged FROM outcomes
GROUP BY rule_id HAVING sum(n_not_evaluable) > 0
ORDER BY sum(n_not_evaluable) / sum(n_not_evaluable + n_indicator + n_clear) DESC, sum(n_not_evaluable) DESC, rule_id
"""


def _untold_rules(source: Source) -> list[Text]:
    """Say which rules could be told for no row, and which for less than half."""
    rows = [row for row in source.case.rows(_NOT_EVALUABLE) if not source.is_about_accounts(row[0])]
    never = [row for row in rows if not row[2]]
    said = []
    if never:
        titles = "; ".join(source.rule_title(row[0]) for row in never[:3])
        rest = f"; and {len(never) - 3:,} more" if len(never) > 3 else ""
        said.append(
            Text(
                f"What {'it needs' if len(never) == 1 else 'they need'} is hidden, not exported or not known in every"
                f" row: {titles}{rest}.",
                lead=Phrase(
                    (
                        *source.number_of("figure.rules.never", len(never), "rule"),
                        " could not be evaluated at all.",
                    )
                ),
            )
        )
    for rule_id, unknown, judged in [row for row in rows if row[2] and row[1] > row[2]][:2]:
        said.append(
            Text(
                Phrase(("cannot be told for ", *_untold(source, rule_id, unknown, unknown + judged))),
                lead=f"{source.rule_title(rule_id)}:",
            )
        )
    return said


def _untold(source: Source, rule_id: str, unknown: int, whole: int) -> tuple[str | Stated, ...]:
    """Write of how many rows put to a rule nothing can be told, each number with its claim."""
    name, of = f"outcome.{rule_id}.not_evaluable", f"figure.rule.{rule_id}.inside"
    end = source.told(of, whole)
    rate = Stated(unknown, name, "percent", whole, of) if isinstance(end, Stated) else share(unknown, whole)
    return Stated(unknown, name), " of ", end, " (", rate, ") rows put to the rule."


def _hidden_fields(source: Source) -> list[Text]:
    said = []
    total = source.case.count("records")
    for field, words in FIELDS:
        rows = source.case.rows(f"SELECT {field}_state, count(*) FROM records GROUP BY 1 ORDER BY 2 DESC, 1")
        states = {state: int(n) for state, n in rows}
        hidden = {state: states[state] for state in HIDDEN if states.get(state)}
        if hidden and field != "plate":
            how: list[str | Stated] = []
            for place, (state, n) in enumerate(hidden.items(), 1):
                before = "" if place == 1 else " and " if place == len(hidden) else ", "
                how += [f"{before}{STATE_WORDS[state]} in ", source.told(f"figure.cell.{field}.{state}", n)]
            whole = source.part_of(f"figure.cell.{field}.hidden", sum(hidden.values()), total)
            said.append(
                Text(
                    Phrase((*whole, " rows of logs do not show them (", *how, ").")),
                    lead=f"{words.capitalize()}:",
                )
            )
    return said


def to_ask(source: Source) -> tuple[str, ...]:
    """Say which records would answer what is open."""
    asked: list[str] = []
    if not source.findings and source.indicators:
        asked.append(
            "Have a named person review the indicators, and ask the organisations concerned for their account."
        )
    for field, words in FIELDS[:3]:
        rows = source.case.rows(
            f"SELECT DISTINCT producer FROM records WHERE {field}_state = 'not-exported' AND producer IS NOT NULL"
            " ORDER BY 1"
        )
        if rows:
            asked.append(
                f"The column of {words}, which the export leaves out, from {listed([name for (name,) in rows], 4)}."
            )
    masked = source.case.rows(
        "SELECT producer, count(*) AS n FROM records WHERE reason_state = 'masked' AND producer IS NOT NULL"
        " GROUP BY 1 ORDER BY n DESC, 1"
    )
    if masked:
        asked.append(
            "The legal ground on which reasons were masked without one, from"
            f" {listed([name for name, _ in masked], 4)}."
        )
    asked += [
        f"The log of {gap.producer} for {listed(gap.months, 4)}, or a statement that nobody searched."
        for gap in missing_months(source)[:3]
    ]
    cut = sorted({row["file_name"] or "a file" for row in source.problems if row["code"] == "truncated"})
    if cut:
        asked.append(f"The rest of {listed(cut, 4)}.")
    unread = sorted({row["file_name"] or "a file" for row in source.problems if row["code"] in CUSTODIANS})
    if unread:
        asked.append(f"A readable copy of {listed(unread, 4)}.")
    without = _producers_without_log(source)
    if without:
        asked.append(
            f"The log of searches by others (network audit) from {listed(without, 4)}, to see who used the shares."
        )
    if any(not row["receipt"] for row in source.disclosures):
        asked.append("How the files without a receipt were obtained.")
    return tuple(asked[:_MOST]) or ("Nothing: the records answer what the rules ask.",)


# By producer first: a list held against every row of the logs takes longer.
_WITHOUT_LOG: Final = """
WITH made AS (
    SELECT producer, bool_or(kind = 'network-audit') AS by_others FROM records WHERE producer IS NOT NULL GROUP BY 1
)
SELECT DISTINCT stated_by FROM shares
WHERE stated_by = source AND stated_by IN (SELECT producer FROM made WHERE NOT coalesce(by_others, false)) ORDER BY 1
"""


def _producers_without_log(source: Source) -> list[str]:
    return [name for (name,) in source.case.rows(_WITHOUT_LOG)]


_MONTHS: Final = """
WITH months AS (
    SELECT producer, kind, date_trunc('month', coalesce(searched_local, searched_at::TIMESTAMP))::DATE AS month
    FROM records WHERE searched_at IS NOT NULL AND producer IS NOT NULL GROUP BY ALL
), wanted AS (
    SELECT producer, kind,
           unnest(generate_series(min(month)::TIMESTAMP, max(month)::TIMESTAMP, INTERVAL 1 MONTH))::DATE AS month
    FROM months GROUP BY producer, kind
)
SELECT producer, kind, list(month ORDER BY month) FROM (SELECT * FROM wanted EXCEPT SELECT * FROM months)
GROUP BY producer, kind ORDER BY producer, kind
"""


def missing_months(source: Source) -> list[Gap]:
    """Find months without a record between the first and the last record of each log."""
    return [
        Gap(producer, kind, tuple(day(month)[:7] for month in months))
        for producer, kind, months in source.once(_MONTHS)
    ]
