"""Numbers of the plans that would end reach: whom the latest lists let in, and what the shares of a plan cost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from custodiet.network.cut import Cut, Plan
from custodiet.publish.figures.figure import Figure, asked, literal
from custodiet.publish.figures.shares import key_of, labels, left, left_without, reached

PLANNED: Final = 12
_FEWEST: Final = (
    "That no fewer shares suffice is told by a minimum cut, which is no count; that reach ends with these shares is a"
    " claim of its own, whose SQL names each of them."
)
_IN_STATE: Final = "Active public organisations of the same state, by their label."
_STILL: Final = "SELECT count(*) FROM share_left s JOIN share_labels l ON l.org = s.org"
_NOW: Final = "SELECT count(*) FROM share_reached r JOIN share_labels l ON l.org = r.org"


def of_cuts(cut: Cut) -> Iterator[Figure]:
    """Give the numbers of one producer and one target."""
    name, home = cut.source, key_of(cut.source)
    id_ = f"figure.cut.{name}.{cut.target}"
    target = f"l.plain = {literal(cut.target)}"
    known = f"Organisations that are {cut.target} as seen from {name}, tagged inactive or not; demo entries left out."
    yield asked(
        f"{id_}.known", cut.n_targets, "organisations",
        f"{cut.n_targets:,} organisations are known that are {cut.target} as seen from {name}.", known, None,
        labels(name), f"SELECT count(*) FROM share_labels l WHERE {target} AND l.org <> {home}",
    )  # fmt: skip
    yield asked(
        f"{id_}.reaching", cut.n_reaching, "organisations",
        f"{cut.n_reaching:,} of {cut.n_targets:,} {cut.target} organisations can reach the data of {name} if every"
        " recipient shares on.", known, cut.n_targets, reached(name),
        f"{_NOW} WHERE {target} AND l.org <> {home}",
    )  # fmt: skip
    yield asked(
        f"{id_}.in-state", cut.n_in_state, "organisations",
        f"{cut.n_in_state:,} active public in-state organisations can reach the data of {name} if every recipient"
        " shares on.", _IN_STATE, None, reached(name), f"{_NOW} WHERE l.label = 'in-state' AND l.org <> {home}",
    )  # fmt: skip
    if cut.n_unknown:
        yield asked(
            f"{id_}.unknown", cut.n_unknown, "organisations",
            f"{cut.n_unknown:,} organisations have no known level or state as seen from {name}.",
            "Organisations without a level or state that their name tells; they are no targets.", None,
            labels(name), "SELECT count(*) FROM share_labels WHERE plain = 'unknown'",
        )  # fmt: skip
    if cut.direct.best is not None:
        yield from _direct(cut, cut.direct.best, id_)
    if cut.onward.best is not None and cut.onward.best.shares:
        yield from _onward(cut, cut.onward.best, id_)


def _direct(cut: Cut, plan: Plan, id_: str) -> Iterator[Figure]:
    name, home = cut.source, key_of(cut.source)
    own = (
        "SELECT count(*) FROM share_edges e JOIN share_labels l ON l.org = e.recipient"
        f" WHERE e.source = {home} AND l.plain = {literal(cut.target)}"
    )
    yield asked(
        f"{id_}.direct", len(plan.shares), "shares",
        f"{len(plan.shares):,} shares of {name} would have to end so that no {cut.target} organisation is let in.",
        "Shares in force of the producer’s own data with organisations of this kind.", None, labels(name), own,
    )  # fmt: skip
    if plan.shares:
        yield asked(
            f"{id_}.direct.lost", plan.in_state_lost, "organisations",
            f"{plan.in_state_lost:,} in-state organisations would no longer be let in by {name}.", _IN_STATE, None,
            labels(name), f"{own} AND l.label = 'in-state'",
        )  # fmt: skip


def _onward(cut: Cut, plan: Plan, id_: str) -> Iterator[Figure]:
    name, n = cut.source, len(plan.shares)
    steps = left(name, ((share.source, share.recipient) for share in plan.shares))
    yield Figure(
        f"{id_}.onward", n, "shares",
        f"{n:,} shares would have to end so that no {cut.target} organisation can reach the data of {name}, if every"
        " recipient shares on.", "The fewest shares in force; of several such plans the one nearest to the producer.",
        None, "", (), _FEWEST,
    )  # fmt: skip
    yield asked(
        f"{id_}.onward.left", 0, "organisations",
        f"0 of {cut.n_reaching:,} {cut.target} organisations could reach the data of {name} without the shares of the"
        " plan.", f"Organisations that are {cut.target} as seen from the producer.", cut.n_reaching, steps,
        f"{_STILL} WHERE l.plain = {literal(cut.target)} AND l.org <> {key_of(name)}",
    )  # fmt: skip
    yield asked(
        f"{id_}.onward.lost", plan.in_state_lost, "organisations",
        f"{plan.in_state_lost:,} of {cut.n_in_state:,} in-state organisations could no longer reach the data of {name}"
        " without the shares of the plan.", _IN_STATE, cut.n_in_state, steps,
        f"SELECT ({_NOW} WHERE l.label = 'in-state') - ({_STILL} WHERE l.label = 'in-state')",
    )  # fmt: skip
    for share in plan.shares[:PLANNED]:
        if share.in_state_lost is not None:
            yield asked(
                share_id(cut, share.source, share.recipient), share.in_state_lost, "organisations",
                f"{share.in_state_lost:,} of {cut.n_in_state:,} in-state organisations could no longer reach the data"
                f" of {name} if {share.source} alone ceased to let {share.recipient} in.", _IN_STATE, cut.n_in_state,
                left_without(name, share.source, share.recipient),
                f"SELECT ({_NOW} WHERE l.label = 'in-state') - ({_STILL} WHERE l.label = 'in-state')",
            )  # fmt: skip


def share_id(cut: Cut, source: str, recipient: str) -> str:
    """Name what one share of a plan would cost."""
    return f"figure.cut.{cut.source}.{cut.target}.share.{source} > {recipient}"
