"""Numbers of rules: how many rows were put to each, and how many indicators nobody reviewed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from custodiet.publish.figures.figure import Count, Figure, literal
from custodiet.publish.rule_packs import bundled_packs

_TOLD: Final = "n_indicator + n_clear + n_not_evaluable"
_PUT: Final = f"{_TOLD} + n_not_applicable"
_APPLIED: Final = f"SELECT rule_id FROM {{outcomes}} GROUP BY 1 HAVING sum({_TOLD}) > 0"


def of_rules(count: Count) -> Iterator[Figure]:
    """Count rules, and what was put to each that applies or has an indicator."""
    rows = count(
        f"SELECT rule_id, sum({_TOLD})::BIGINT, sum(n_not_applicable)::BIGINT, count(DISTINCT producer),"
        " coalesce(sum(n_indicator + n_clear), 0)::BIGINT"
        " FROM {outcomes} GROUP BY 1 ORDER BY 1"
    )
    unreviewed: dict[str, int] = dict(
        count(
            "SELECT rule_id, count(*) FROM {indicators} WHERE disposition IS NULL AND level IS DISTINCT FROM 'account'"
            " GROUP BY 1"
        )
    )
    applied = [rule for rule, inside, _, _, _ in rows if inside]
    yield from _of_all(len(rows), applied)
    yield _never([rule for rule, inside, _, _, judged in rows if inside and not judged], applied)
    for rule, inside, outside, producers, _ in rows:
        if inside or rule in unreviewed:
            yield from _of_rule(rule, int(inside), int(outside), int(producers))
    for rule, n in sorted(unreviewed.items()):
        # No recount: who reads the originals again finds no decision of a reviewer there.
        yield _figure(
            rule, "unreviewed", n, "indicators", f"{n:,} indicators that nobody has reviewed",
            "Indicators about organisations, pairs or disclosures, as far as they are published.", None,
            f"SELECT count(*) FROM {{indicators}} WHERE rule_id = {literal(rule)} AND disposition IS NULL"
            " AND level IS DISTINCT FROM 'account'",
        )  # fmt: skip


def _of_all(n: int, applied: list[str]) -> Iterator[Figure]:
    yield Figure(
        "figure.rules", n, "rules", f"{n:,} rules were put to the records.",
        "Rules with an outcome, be it that nothing lies inside their place, time and addressee.", None,
        "SELECT count(DISTINCT rule_id) FROM {outcomes}",
        ({"table": "outcomes", "where": [], "count": {"distinct": "rule_id"}},),
    )  # fmt: skip
    yield Figure(
        "figure.rules.applied", len(applied), "rules", f"{len(applied):,} of {n:,} rules apply to at least one row.",
        "Rules with a row inside their place, time and addressee.", n, f"SELECT count(*) FROM ({_APPLIED})",
    )  # fmt: skip
    packs: dict[str, int] = {}
    for rule in applied:
        packs[rule.partition(".")[0]] = packs.get(rule.partition(".")[0], 0) + 1
    for pack, some in sorted(packs.items()):
        yield Figure(
            f"figure.rules.of.{pack}", some, "rules", f"{some:,} rules of the pack {pack} apply to at least one row.",
            "Rules of one pack with a row inside their place, time and addressee.", len(applied),
            f"SELECT count(*) FROM ({_APPLIED}) WHERE starts_with(rule_id, {literal(pack + '.')})",
        )  # fmt: skip


def _never(rules: list[str], applied: list[str]) -> Figure:
    """Count the rules that nothing was evaluable for; those about single accounts are left out, as in the report."""
    packs = bundled_packs(frozenset(rule.partition(".")[0] for rule in applied))
    about_accounts = {rule.id for pack in packs for rule in pack.rules if rule.model.level == "account"}
    n = len([rule for rule in rules if rule not in about_accounts])
    left_out = ", ".join(literal(rule) for rule in rules if rule in about_accounts)
    return Figure(
        "figure.rules.never", n, "rules", f"{n:,} of {len(applied):,} rules that apply could not be evaluated at all.",
        "Rules with rows inside their place, time and addressee that could be told for none; rules about single"
        " accounts left out.",
        len(applied),
        "SELECT count(*) FROM (SELECT rule_id FROM {outcomes} GROUP BY 1 HAVING sum(n_indicator + n_clear) = 0 AND"
        " sum(n_not_evaluable) > 0)" + (f" WHERE rule_id NOT IN ({left_out})" if left_out else ""),
    )  # fmt: skip


def _of_rule(rule: str, inside: int, outside: int, producers: int) -> Iterator[Figure]:
    put, is_rule = inside + outside, f"rule_id = {literal(rule)}"
    where = [{"column": "rule_id", "is": rule}]
    unit = "rows or groups"
    yield _figure(
        rule, "put", put, unit, f"{put:,} rows or groups were put to the rule",
        "Rows (for rules about groups: groups) of all producers.", None,
        f"SELECT sum({_PUT})::BIGINT FROM {{outcomes}} WHERE {is_rule}",
    )  # fmt: skip
    yield _figure(
        rule, "inside", inside, unit, f"{inside:,} of {put:,} rows or groups lie inside the rule",
        "Rows (for rules about groups: groups) inside place, time and addressee of the rule.", put,
        f"SELECT sum({_TOLD})::BIGINT FROM {{outcomes}} WHERE {is_rule}",
    )  # fmt: skip
    yield _figure(
        rule, "outside", outside, unit, f"{outside:,} of {put:,} rows or groups lie outside the rule",
        "Rows (for rules about groups: groups) outside place, time or addressee of the rule.", put,
        f"SELECT sum(n_not_applicable)::BIGINT FROM {{outcomes}} WHERE {is_rule}",
        {"table": "outcomes", "where": where, "count": {"sum": "n_not_applicable"}},
    )  # fmt: skip
    yield _figure(
        rule, "organisations", producers, "organisations", f"records of {producers:,} organisations were put to it",
        "Producers of what was put to the rule, each counted once.", None,
        f"SELECT count(DISTINCT producer) FROM {{outcomes}} WHERE {is_rule}",
        {"table": "outcomes", "where": where, "count": {"distinct": "producer"}},
    )  # fmt: skip


def _figure(
    rule: str, name: str, n: int, unit: str, said: str, definition: str, whole: int | None, sql: str,
    *recounts: Mapping[str, Any],
) -> Figure:  # fmt: skip
    return Figure(f"figure.rule.{rule}.{name}", n, unit, f"{rule}: {said}.", definition, whole, sql, recounts)
