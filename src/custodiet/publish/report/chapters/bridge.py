"""One paragraph that says how the counts of federal and out-of-state reach differ, made from the numbers themselves.

A report counts such reach in names, in organisations, in pairs and in searches, each where it answers a question;
side by side they look like contradictions.
"""

from __future__ import annotations

from typing import Final

from custodiet.publish.figures import TABLES, figures, sql_of
from custodiet.publish.figures.bridge import bridge_id
from custodiet.publish.report.document import Part, Phrase, Stated, Text
from custodiet.publish.report.source import Measure, Source

Pieces = tuple[str | Stated, ...]
_FEDERAL: Final = "federal"
_OTHER_STATE: Final = "other-state"


def bridge(source: Source) -> list[Part]:
    """Give the paragraph; nothing where the case holds neither a list nor a log of searches by others."""
    numbers = {name: value for name, (value, _) in source.parts(bridge_id("")).items()}
    lists, logs = f"{_FEDERAL}.pairs" in numbers, "all.searches" in numbers
    if not lists and not logs:
        return []
    told: list[str | Stated] = ["Federal: ", *_names(source, numbers)]
    for kind, opening in ((_FEDERAL, ""), (_OTHER_STATE, " Other states: ")):
        if kind == _OTHER_STATE and not lists:
            continue
        said = [_let_in(source, numbers, kind)] if lists else []
        said += [_searched(source, numbers, kind)] if logs else []
        told.append(opening)
        for place, pieces in enumerate(said):
            told += ["; " if place or kind == _FEDERAL else "", *pieces]
        told.append(".")
    told.append(
        " A name is a spelling in a file; an organisation is all of its spellings; a pair is one organisation on one"
        " list, so that one that stands on ten lists makes ten pairs; a search is a use. An indicator"
        " counts the organisations that any list of its period names, not the latest alone; “if all of them share on”"
        " counts organisations that no list of the producer names. None of these can be added to another."
    )
    _keep(source)
    return [Text(Phrase(tuple(told)), lead="How the counts of federal and out-of-state reach differ.")]


def _keep(source: Source) -> None:
    """Keep how each number is counted on the tables of the case, for the appendix."""
    for item in figures(source.case, source.publication.remembered):
        if item.id.startswith(bridge_id("")):
            sql = sql_of(item.sql, {name: name for name in TABLES})
            source.measures[item.id] = Measure(item.id, item.statement, item.value, sql)


def _names(source: Source, numbers: dict[str, int]) -> Pieces:
    names, orgs = f"{_FEDERAL}.names", f"{_FEDERAL}.organisations"
    return (
        *source.number_of(bridge_id(names), numbers[names], "name"),
        " in the records, which are ",
        *source.number_of(bridge_id(orgs), numbers[orgs], "organisation"),
    )


def _let_in(source: Source, numbers: dict[str, int], kind: str) -> Pieces:
    orgs, pairs, makers = (f"{kind}.{word}" for word in ("let-in", "pairs", "producers"))
    if not numbers[orgs]:
        return ("the latest lists let none in",)
    return (
        "the latest lists of ",
        *source.number_of(bridge_id(makers), numbers[makers], "producer"),
        " let ",
        *source.number_of(bridge_id(orgs), numbers[orgs], "organisation"),
        " in, which makes ",
        *source.number_of(bridge_id(pairs), numbers[pairs], "pair"),
    )


def _searched(source: Source, numbers: dict[str, int], kind: str) -> Pieces:
    name = f"{kind}.searches"
    shown = source.part_of(bridge_id(name), numbers[name], numbers["all.searches"])
    return ("they made ", *shown, " searches that network logs record")
