"""One paragraph that says how the counts of federal and out-of-state reach differ, made from the numbers themselves.

A report counts such reach in names, in organisations, in pairs and in searches, each where it answers a question;
side by side they look like contradictions.
"""

from __future__ import annotations

from typing import Final

from custodiet.publish.report.chapters.sharing import LATEST
from custodiet.publish.report.document import Part, Text
from custodiet.publish.report.source import Source
from custodiet.publish.report.wording import counted, of

# One row per search, row of a list of others: who searched, and whose cameras.
_OTHERS: Final = """
SELECT DISTINCT {key} AS search, coalesce(o.level, 'unknown') AS level, o.state, p.state AS home
FROM records r {join} LEFT JOIN report_orgs o ON o.name = r.org LEFT JOIN report_orgs p ON p.name = r.producer
WHERE r.kind = 'network-audit' AND r.org IS NOT NULL
"""
_FEDERAL: Final = "level = 'federal'"
_OTHER_STATE: Final = "level NOT IN ('federal', 'private') AND state IS NOT NULL AND home IS NOT NULL AND state <> home"


def bridge(source: Source) -> list[Part]:
    """Give the paragraph; nothing where the case holds neither a list nor a log of searches by others."""
    lists = bool(source.case.count("shares"))
    logs = bool(source.case.value("SELECT count(*) FROM records WHERE kind = 'network-audit'"))
    if not lists and not logs:
        return []
    said = [f"Federal: {_federal(source, lists=lists, logs=logs)}."]
    if lists:
        said.append(f"Other states: {_other_states(source, logs=logs)}.")
    said.append(
        "A name is a spelling in a file; an organisation is all of its spellings; a pair is one organisation on one"
        " list, so that one that stands on ten lists makes ten pairs; a search is a use. An indicator"
        " counts the organisations that any list of its period names, not the latest alone; “if all of them share on”"
        " counts organisations that no list of the producer names. None of these can be added to another."
    )
    return [Text(" ".join(said), lead="How the counts of federal and out-of-state reach differ.")]


def _federal(source: Source, *, lists: bool, logs: bool) -> str:
    names = _count(
        source, "federal_names", "Names of federal organisations",
        "SELECT count(*) FROM organisations WHERE level = 'federal'",
    )  # fmt: skip
    orgs = _count(
        source, "federal_organisations", "Federal organisations, spellings joined",
        "SELECT count(DISTINCT org) FROM report_orgs WHERE level = 'federal'",
    )  # fmt: skip
    told = [f"{counted(names, 'name')} in the records, which are {counted(orgs, 'organisation')}"]
    if lists:
        told.append(_let_in(source, "federal", _FEDERAL))
    if logs:
        told.append(_searched(source, "federal", _FEDERAL))
    return "; ".join(told)


def _other_states(source: Source, *, logs: bool) -> str:
    told = [_let_in(source, "other_state", _OTHER_STATE)]
    if logs:
        told.append(_searched(source, "other_state", _OTHER_STATE))
    return "; ".join(told)


def _let_in(source: Source, word: str, condition: str) -> str:
    latest = f"FROM ({LATEST}) WHERE outward AND {condition}"
    orgs = _count(
        source, f"{word}_let_in", f"Organisations on the latest lists: {word}", f"SELECT count(DISTINCT other) {latest}"
    )
    pairs = _count(
        source, f"{word}_pairs", f"Pairs of producer and recipient on the latest lists: {word}",
        f"SELECT count(*) {latest}",
    )  # fmt: skip
    makers = _count(
        source, f"{word}_producers", f"Producers whose latest list names one: {word}",
        f"SELECT count(DISTINCT producer) {latest}",
    )  # fmt: skip
    if not orgs:
        return "the latest lists let none in"
    return (
        f"the latest lists of {counted(makers, 'producer')} let {counted(orgs, 'organisation')} in, which makes"
        f" {counted(pairs, 'pair')}"
    )


def _searched(source: Source, word: str, condition: str) -> str:
    linked = bool(source.case.count("sightings"))
    rows = _OTHERS.format(
        key="s.search_key" if linked else "r.disclosure_id || ':' || r.record_no",
        join="JOIN sightings s USING (disclosure_id, record_no)" if linked else "",
    )
    whole = _count(
        source, "searches_by_others", "Searches in the logs of those who were searched",
        f"SELECT count(DISTINCT search) FROM ({rows})",
    )  # fmt: skip
    part = _count(
        source, f"{word}_searches", f"Of these, searches by organisations: {word}",
        f"SELECT count(DISTINCT search) FROM ({rows}) WHERE {condition}",
    )  # fmt: skip
    return f"they made {of(part, whole)} searches that network logs record"


def _count(source: Source, name: str, meaning: str, sql: str) -> int:
    return source.measure(name, meaning, sql)
