"""The answers of ``custodiet network`` as text for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

from custodiet.model.counts import counted
from custodiet.network.changes import Change, Changes
from custodiet.network.cut import Cut, Plan, Unplugging, told
from custodiet.network.hubs import Hubs
from custodiet.network.paths import Paths, Ways
from custodiet.network.reach import ASSUMPTIONS, BothReadings, Reach, Reading
from custodiet.network.use import DeclaredAndObserved

_MOST: Final = 30


def reach(answer: Reach) -> str:
    """Write who can reach an organisation's data."""
    return _lines(
        f"Who can reach the data of {answer.organisation.name}"
        + (f" (lists of {answer.as_of})" if answer.as_of else " (latest lists)"),
        *_both("Declared by sharing lists", answer.declared, answer.declared_from, "list"),
        *_both("Observed in its network logs", answer.observed, answer.observed_from, "network log"),
        "",
        *ASSUMPTIONS,
        *answer.caveats,
    )


def _both(heading: str, both: BothReadings, known_from: date | None, what: str) -> list[str]:
    if known_from is not None:
        return ["", heading, f"  cannot be told: no {what} is known before {known_from}"]
    further = Reading(both.onward.hops, tuple(item for item in both.onward.organisations if item.hop > 1))
    bound = "" if further.hops is None else f", up to {counted(further.hops, 'hop')}"
    return [
        "",
        heading,
        *_reading("  no onward sharing", both.direct),
        *_reading(f"  only with {'full ' * (further.hops is None)}onward sharing{bound}", further),
    ]


def _reading(heading: str, reading: Reading) -> list[str]:
    counted = ", ".join(f"{label} {count:,}" for label, count in reading.by_label.items() if count)
    lines = [f"{heading}: {len(reading.organisations):,}" + (f" ({counted})" if counted else "")]
    for item in reading.organisations[:_MOST]:
        facts = item.facts
        marks = [
            item.label,
            "both ways" if facts.reciprocal else "",
            _period(facts.first_seen, facts.last_seen),
        ]
        through = f" through {', '.join(item.through)}" if item.through else ""
        others = item.n_through - len(item.through)
        more = f" and {others:,} more" if others > 0 else ""
        described = "; ".join(mark for mark in marks if mark)
        lines.append(f"    {item.name} [{described}]{through}{more}  {' '.join(facts.citations)}")
    return [*lines, *_left_out(len(reading.organisations))]


def paths(answer: Paths) -> str:
    """Write the shortest ways between two organisations."""
    return _lines(
        f"From the data of {answer.source} to {answer.recipient}",
        *_ways("Declared", answer.declared),
        *_ways("Observed", answer.observed),
        "",
        *answer.caveats,
    )


def _ways(heading: str, ways: Ways) -> list[str]:
    if ways.hops is None:
        return ["", f"{heading}: no way"]
    more = "" if ways.complete else ", more exist (--all, --limit)"
    lines = ["", f"{heading}: {counted(ways.hops, 'hop')}, {len(ways.ways):,} shown{more}"]
    for way in ways.ways:
        lines.append(f"  {' → '.join([way[0].source, *(step.recipient for step in way)])}")
        lines += [f"    {step.source} → {step.recipient}  {' '.join(step.facts.citations)}" for step in way]
    return lines


def hubs(answer: Hubs, changed: Changes | None) -> str:
    """Write who concentrates reach."""
    rows = [
        [
            f"{hub.n_recipients:,}",
            f"{hub.n_sources:,}",
            f"{hub.betweenness:.4f}",
            f"{hub.share_one_hop:.1%}",
            f"{hub.share_two_hops:.1%}",
            hub.name,
        ]
        for hub in answer.hubs
    ]
    heading = ["recipients", "sources", "betweenness", "1 hop", "2 hops", "organisation"]
    steps = "1 hop, 2 hops: share of all sources whose data it can reach in so many steps"
    lines = [*_table(heading, rows), "", steps, *answer.caveats]
    if changed is not None:
        lines += [
            "",
            f"Change from {changed.first} to {changed.second}, on {counted(len(changed.compared), 'compared list')}",
        ]
        for row in hub_change(answer, changed):
            lines.append(f"  {row['organisation']}: recipients {row['recipients']:+}, sources {row['sources']:+}")
    return _lines(*lines)


def hub_change(answer: Hubs, changed: Changes) -> list[dict[str, Any]]:
    """Give the net change of recipients and sources of every hub, on the lists that both dates have."""
    recipients, sources = changed.net_recipients(), changed.net_sources()
    return [
        {"organisation": hub.name, "recipients": recipients[hub.name], "sources": sources[hub.name]}
        for hub in answer.hubs
        if recipients[hub.name] or sources[hub.name]
    ]


def cut(answer: Cut) -> str:
    """Write the unplug plan."""
    return _lines(
        f"What would end reach to the data of {answer.source} for: {answer.target}"
        f" ({answer.n_reaching:,} of {answer.n_targets:,} can reach it if everybody shares on)",
        f"Active public in-state organisations that can reach it: {answer.n_in_state:,}",
        *_unplugging("No onward sharing", answer.direct, answer.source),
        *_unplugging("Full onward sharing", answer.onward, answer.source),
        "",
        *answer.caveats,
    )


def _unplugging(heading: str, answer: Unplugging, source: str) -> list[str]:
    lines = ["", f"{heading}: {told(answer.verdict, source)}"]
    if answer.best is not None and answer.best.shares:
        lines += _plan("  shares that must end", answer.best)
    if answer.alone is not None and answer.best is not None and answer.alone.price > answer.best.price:
        lines += _plan(f"  or, by {source} alone", answer.alone)
    return lines


def _plan(heading: str, plan: Plan) -> list[str]:
    lines = [f"{heading}: {len(plan.shares):,}, price {plan.price:,}; {plan.in_state_lost:,} in-state lose reach"]
    for share in plan.shares[:_MOST]:
        lost = "not computed" if share.in_state_lost is None else f"{share.in_state_lost:,}"
        lines.append(
            f"    {share.source} → {share.recipient} [{share.label}] controlled by {share.controlled_by};"
            f" in-state cost {lost}  {' '.join(share.facts.citations)}"
        )
    return [*lines, *_left_out(len(plan.shares))]


def changes(answer: Changes) -> str:
    """Write what changed between two dates."""
    by_kind = {kind: [item for item in answer.changes if item.kind == kind] for kind in ("appeared", "went")}
    return _lines(
        f"From {answer.first} to {answer.second}: {counted(len(answer.compared), 'list')} compared,"
        f" {answer.n_unmoved:,} without a newer statement, {answer.n_one_sided:,} with one side only",
        *(line for kind, items in by_kind.items() for line in _changed(kind, items)),
        *_changed("no change of access (renamed, respelled, tag)", answer.renamings),
    )


def _changed(heading: str, items: Sequence[Change]) -> list[str]:
    lines = ["", f"{heading}: {len(items):,}"]
    for item in items[:_MOST]:
        note = f" ({item.kind}: {item.before} → {item.after})" if item.before and item.after else ""
        lines.append(f"  {item.source} → {item.recipient}{note}  {item.citation}")
    return [*lines, *_left_out(len(items))]


def use(answer: DeclaredAndObserved) -> str:
    """Write how lists and logs fit."""
    lines = ["Coverage of network logs"]
    lines += [
        f"  {item.producer}: {_period(item.first_day, item.last_day)}, {item.n_days_with_records:,} of"
        f" {item.n_days:,} days with records, {counted(item.n_records, 'record')},"
        f" {item.n_without_organisation:,} without a searching organisation;"
        f" {counted(item.n_pairs_listed, 'organisation')} listed and searched,"
        f" {item.n_pairs_not_evaluable:,} searched only when no list was in force"
        for item in answer.coverage
    ]
    lines += ["", f"Searched without a listed share: {len(answer.unlisted):,}"]
    lines += [
        f"  {item.organisation} searched {item.producer}: {item.n_unlisted:,} unlisted,"
        f" {item.n_listed:,} listed, {item.n_not_evaluable:,} cannot be told  {item.citation}"
        for item in answer.unlisted[:_MOST]
    ]
    lines += [*_left_out(len(answer.unlisted)), "", f"Listed and not seen in the log: {len(answer.unused):,}"]
    lines += [
        f"  {item.organisation} on the list of {item.producer}: {item.answer}"
        f" ({counted(item.n_days_covered, 'day')} covered)  {item.citation}"
        for item in answer.unused[:_MOST]
    ]
    return _lines(
        *lines,
        *_left_out(len(answer.unused)),
        "",
        f"Producers with a list and no network log: {answer.n_producers_without_log:,}",
    )


def _table(heading: list[str], rows: list[list[str]]) -> list[str]:
    """Lay cells out below their headings; names stand last, so that a long one can run on."""
    last = len(heading) - 1
    widths = [max(len(row[place]) for row in [heading, *rows]) for place in range(len(heading))]
    return [
        "  ".join(
            cell if place == last else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in [heading, *rows]
    ]


def _period(first: object, last: object) -> str:
    if first is None:
        return "no date"
    return f"{first}" if first == last else f"{first} to {last}"


def _left_out(n: int) -> list[str]:
    return [f"    … and {n - _MOST:,} more (--json gives all)"] if n > _MOST else []


def _lines(*lines: str) -> str:
    return "\n".join(_printable(lines))


def _printable(lines: Iterable[str]) -> Iterable[str]:
    """Keep control characters of a released name from steering the terminal."""
    return ("".join(mark if mark.isprintable() else "�" for mark in line) for line in lines)
