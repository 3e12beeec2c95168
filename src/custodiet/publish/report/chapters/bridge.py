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

# Rows of logs of those who were searched that show who searched, and the places of both.
_OTHERS: Final = """
FROM records r {join} LEFT JOIN report_orgs o ON o.name = r.org LEFT JOIN report_orgs p ON p.name = r.producer
WHERE r.kind = 'network-audit' AND r.org IS NOT NULL AND {condition}
"""
_ALL_OTHERS: Final = "FROM records r {join} WHERE r.kind = 'network-audit' AND r.org IS NOT NULL"
_FEDERAL: Final = "level = 'federal'"
_OTHER_STATE: Final = "level NOT IN ('federal', 'private') AND state IS NOT NULL AND home IS NOT NULL AND state <> home"

_FEDERAL_SEARCHED: Final = "o.level = 'federal'"
_OTHER_STATE_SEARCHED: Final = "coalesce(o.level, 'unknown') NOT IN ('federal', 'private') AND o.state <> p.state"


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
        told.append(_searched(source, "federal", _FEDERAL_SEARCHED))
    return "; ".join(told)


def _other_states(source: Source, *, logs: bool) -> str:
    told = [_let_in(source, "other_state", _OTHER_STATE)]
    if logs:
        told.append(_searched(source, "other_state", _OTHER_STATE_SEARCHED))
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
    whole = _count(
        source, "searches_by_others", "Searches in the logs of those who were searched", _once(source, _ALL_OTHERS)
    )
    part = _count(
        source, f"{word}_searches", f"Of these, searches by organisations: {word}",
        _once(source, _OTHERS.replace("{condition}", condition)),
    )  # fmt: skip
    return f"they made {of(part, whole)} searches that network logs record"


def _once(source: Source, rows: str) -> str:
    """Give the SQL that counts each search of the rows once, by grouping: counting distinct keys takes longer."""
    if not source.case.count("sightings"):
        return f"SELECT count(*) {rows.format(join='')}"
    joined = rows.format(join="JOIN sightings s USING (disclosure_id, record_no)")
    return f"SELECT count(*) FROM (SELECT s.search_key {joined} GROUP BY s.search_key)"


def _count(source: Source, name: str, meaning: str, sql: str) -> int:
    taken = source.measures.get(name)
    return taken.value if taken else source.measure(name, meaning, sql)
