"""Numbers of federal and out-of-state reach side by side: names, organisations, pairs and searches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from custodiet.case import Case
from custodiet.publish.figures.figure import ORGS, TABLES, Figure, asked
from custodiet.publish.figures.lists import LATEST_LISTS
from custodiet.publish.figures.steps import Step, answers

_ORGS: Final = (Step("claim_orgs", " ".join(ORGS.split())),)
_LISTS: Final = (*_ORGS, Step("claim_lists", " ".join(LATEST_LISTS.replace("report_orgs", "claim_orgs").split())))
# One row per searching organisation and producer, as spelt, of network logs; the places of both part them.
_SEARCHED: Final = """
SELECT n.org, n.producer, n.n, CASE WHEN o.level = 'federal' THEN 'federal'
    WHEN coalesce(o.level, 'unknown') NOT IN ('federal', 'private') AND o.state <> p.state THEN 'other-state'
    ELSE 'rest' END AS part
FROM (SELECT org, producer, count(*) AS n FROM {records}
      WHERE kind = 'network-audit' AND org IS NOT NULL GROUP BY ALL) n
LEFT JOIN claim_orgs o ON o.name = n.org LEFT JOIN claim_orgs p ON p.name = n.producer
"""
# Few searches have several rows: only those can be counted twice, and only they are looked up.
_AGAIN: Final = """
SELECT s.search_key, c.part
FROM (SELECT * FROM {sightings} WHERE search_key IN (SELECT search_key FROM {searches} WHERE n_sightings > 1)) s
JOIN {records} r ON r.disclosure_id = s.disclosure_id AND r.record_no = s.record_no
JOIN claim_searched c ON c.org = r.org AND c.producer IS NOT DISTINCT FROM r.producer WHERE r.kind = 'network-audit'
"""
_LOGS: Final = (
    *_ORGS, Step("claim_searched", " ".join(_SEARCHED.split())), Step("claim_again", " ".join(_AGAIN.split())),
)  # fmt: skip
_ONCE: Final = (
    "SELECT (SELECT coalesce(sum(n), 0) FROM claim_searched WHERE {part})::BIGINT - (SELECT coalesce(sum(n - 1), 0)"
    " FROM (SELECT count(*) AS n FROM claim_again WHERE {part} GROUP BY search_key))::BIGINT"
)
_NAMES_OF: Final = {"federal": "federal organisations", "other-state": "organisations of another state"}
_LET_IN: Final = {
    "federal": "level = 'federal'",
    "other-state": ("level NOT IN ('federal', 'private') AND state IS NOT NULL AND home IS NOT NULL AND state <> home"),
}
_LATEST: Final = "Organisations on the latest list of each producer of whom it lets in; pending ones left out."
_BY_OTHERS: Final = (
    "Searches, each counted once, that rows of network logs record; rows that do not show who searched are left out."
)


class _Question(NamedTuple):
    """Hold one question and what is said of its answer."""

    id: str
    steps: tuple[Step, ...]
    select: str
    unit: str
    statement: str
    definition: str
    whole: str = ""
    recounts: tuple[dict[str, Any], ...] = ()


def of_bridge(case: Case) -> Iterator[Figure]:
    """Count what the paragraph says about federal and out-of-state reach."""
    questions = [*_federal()]
    if case.count("shares"):
        questions += [question for kind in _LET_IN for question in _let_in(kind)]
    if case.value("SELECT bool_or(kind = 'network-audit') FROM records"):
        unit = "searches" if case.count("searches") else "rows of search logs"
        questions += _searched(unit)
    found = answers(case, {name: name for name in TABLES}, questions)
    for item in questions:
        whole = found[item.whole] if item.whole else None
        yield asked(
            item.id, found[item.id], item.unit,
            item.statement.format(n=found[item.id], whole=whole), item.definition, whole, item.steps, item.select,
            recounts=item.recounts,
        )  # fmt: skip


def bridge_id(name: str) -> str:
    """Name one number of the paragraph: who and what, as in ``federal.pairs``."""
    return f"figure.bridge.{name}"


def _federal() -> Iterator[_Question]:
    recount = {"table": "organisations", "where": [{"column": "level", "is": "federal"}], "count": "rows"}
    yield _Question(
        bridge_id("federal.names"), _ORGS, "SELECT count(*) FROM {organisations} WHERE level = 'federal'", "names",
        "{n:,} names in the records are those of federal organisations.", "A name is a spelling in a file.",
        recounts=(recount,),
    )  # fmt: skip
    yield _Question(
        bridge_id("federal.organisations"), _ORGS,
        "SELECT count(DISTINCT org) FROM claim_orgs WHERE level = 'federal'", "organisations",
        "{n:,} federal organisations are named in the records.", "An organisation is all of its spellings.",
    )  # fmt: skip


def _let_in(kind: str) -> Iterator[_Question]:
    named, latest = _NAMES_OF[kind], f"FROM claim_lists WHERE outward AND {_LET_IN[kind]}"
    yield _Question(
        bridge_id(f"{kind}.let-in"), _LISTS, f"SELECT count(DISTINCT other) {latest}", "organisations",
        f"{{n:,}} {named} are let in by the latest lists.", _LATEST,
    )  # fmt: skip
    yield _Question(
        bridge_id(f"{kind}.pairs"), _LISTS, f"SELECT count(*) {latest}", "pairs",
        f"{{n:,}} pairs of a producer and one of the {named} stand on the latest lists.", _LATEST,
    )  # fmt: skip
    yield _Question(
        bridge_id(f"{kind}.producers"), _LISTS, f"SELECT count(DISTINCT producer) {latest}", "organisations",
        f"The latest lists of {{n:,}} producers let {named} in.", _LATEST,
    )  # fmt: skip


def _searched(unit: str) -> Iterator[_Question]:
    whole = bridge_id("all.searches")
    yield _Question(
        whole, _LOGS, _ONCE.replace("{part}", "part IN ('federal', 'other-state', 'rest')"), unit,
        f"{{n:,}} {unit} are recorded by network logs that show who searched.", _BY_OTHERS,
    )  # fmt: skip
    for kind, named in _NAMES_OF.items():
        yield _Question(
            bridge_id(f"{kind}.searches"), _LOGS, _ONCE.replace("{part}", f"part IN ('{kind}')"), unit,
            f"{{n:,}} of {{whole:,}} {unit} that network logs record were made by {named}.", _BY_OTHERS, whole,
        )  # fmt: skip
