"""The network of a case on a date: who can reach whose data, as declared and as observed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np

from custodiet.case import Case
from custodiet.model.counts import counted
from custodiet.network import lists
from custodiet.network.cut import Cut, cut_plan
from custodiet.network.edges import Edges, load_declared, load_observed
from custodiet.network.graph import BoolArray
from custodiet.network.hubs import Hubs, find_hubs
from custodiet.network.organisations import Organisations
from custodiet.network.paths import Paths, find_paths
from custodiet.network.reach import Reach, find_reach
from custodiet.network.statements import in_force, prepare


@dataclass(frozen=True, slots=True)
class Oddities:
    """Count what the statements hold that is no plain share.

    Attributes:
        n_self: Statements in which source and recipient are one organisation; left out.
        n_pending: Pending shares; left out.
        n_undated: Statements in force without a date; used.
        n_number_only: Lists that are only a number: they name nobody.
        n_empty: Lists that are stated to be empty.
        n_silent: Pages that say nothing about a list.
    """

    n_self: int
    n_pending: int
    n_undated: int
    n_number_only: int
    n_empty: int
    n_silent: int

    def told(self) -> tuple[tuple[str, int, str], ...]:
        """Give what a reader of any result must know: name, count and sentence of each oddity that there is."""
        said = (
            ("self", self.n_self, "Statements left out, because source and recipient are one organisation"),
            ("pending", self.n_pending, "Shares left out, because they are pending"),
            ("undated", self.n_undated, "Statements with no date, used because no dated list has come since"),
            ("number-only", self.n_number_only,
             "Lists that are only a number and name nobody, so that reach is a floor"),
        )  # fmt: skip
        return tuple(item for item in said if item[1])

    def caveats(self) -> tuple[str, ...]:
        """Say in sentences what a reader of any result must know."""
        return tuple(f"{sentence}: {count:,}." for _, count, sentence in self.told())


@dataclass(frozen=True, slots=True)
class Network:
    """Hold organisations, declared shares and observed use on one date.

    ``later_lists`` and ``later_logs`` hold the organisations whose first list, or the first search in whose
    log, is later than that date: of them nothing is known on it, which is not the same as no share.

    Make one with :meth:`from_case`. Every answer is a frozen dataclass with
    ``to_json()``.
    """

    as_of: date | None
    organisations: Organisations
    declared: Edges
    observed: Edges
    oddities: Oddities
    later_lists: Mapping[int, date]
    later_logs: Mapping[int, date]

    @classmethod
    def from_case(cls, case: Case, as_of: date | None = None) -> Network:
        """Read the network of a case.

        Args:
            case: An open case; nothing in it is changed.
            as_of: Day on which lists must be in force, and up to which searches
                count; None takes the latest list of every organisation.
        """
        prepare(case)
        organisations = Organisations.from_table(case.query("SELECT * FROM network_orgs ORDER BY id"))
        n = len(organisations)
        return cls(
            as_of,
            organisations,
            load_declared(case, n, as_of),
            load_observed(case, n, as_of),
            _oddities(case, as_of),
            _later(case, _FIRST_LISTS, as_of),
            _later(case, _FIRST_LOGS, as_of),
        )

    def reach(self, organisation: str, hops: int | None = None) -> Reach:
        """Tell who can reach an organisation's data, without and with onward sharing.

        Args:
            organisation: Any of its names.
            hops: Hops of the onward reading; None goes on to the end.

        Raises:
            UsageError: No organisation has the name.
        """
        return find_reach(self, organisation, hops)

    def paths(self, source: str, recipient: str, *, limit: int = 1) -> Paths:
        """Give the shortest declared and observed ways from one organisation's data to another.

        Raises:
            UsageError: One of the names is unknown.
        """
        return find_paths(self, source, recipient, limit)

    def hubs(self, top: int = 20) -> Hubs:
        """Tell who concentrates reach."""
        return find_hubs(self, top)

    def cut(self, source: str, target: str, weights: Mapping[tuple[str, str], int | None] | None = None) -> Cut:
        """Give the fewest or cheapest shares that must end so that the target cannot reach the data.

        Args:
            source: Organisation whose data it is.
            target: An organisation, or ``federal``, ``out-of-state`` or ``private`` for all of them.
            weights: Price of ending a share, by names of source and recipient; 1
                where none is given, None where it cannot be ended.

        Raises:
            UsageError: A name is unknown, or source and target are one.
        """
        return cut_plan(self, source, target, weights or {})

    def inactive(self) -> BoolArray:
        """Tell of every organisation whether its names, or all declared shares to it, are tagged inactive."""
        tagged = np.zeros(len(self.organisations), dtype=np.bool_)
        tagged[self.declared.graph.recipient] = True
        tagged[self.declared.graph.recipient[~self.declared.inactive]] = False
        tagged |= np.array(self.organisations.statuses, dtype=np.str_) == "inactive"
        return tagged

    def caveats(self) -> tuple[str, ...]:
        """Say what a reader of any answer must know."""
        n = len(self.later_lists)
        if not n:
            return self.oddities.caveats()
        first = min(self.later_lists.values())
        return (
            f"The first list of {counted(n, 'organisation')} is later than the day asked for (the first of them is of"
            f" {first}): of their sharing on that day nothing is known.",
            *self.oddities.caveats(),
        )

    def not_known(self, number: int) -> tuple[str, ...]:
        """Say from which day on the shares of an organisation are known, if that is after the day asked for."""
        first = self.later_lists.get(number)
        if first is None:
            return ()
        return (
            f"No list is known before {first}, the first that says who can reach the data of"
            f" {self.organisations.names[number]}: what was shared on {self.as_of} cannot be told from this case.",
        )

    def to_json(self) -> dict[str, Any]:
        """Give the size of the network as plain values."""
        return {
            "as_of": None if self.as_of is None else self.as_of.isoformat(),
            "n_organisations": len(self.organisations),
            "n_declared": self.declared.graph.n_edges,
            "n_observed": self.observed.graph.n_edges,
            "caveats": list(self.caveats()),
        }


# The first day of which an organisation's sharing is known; an undated list counts for any day.
_FIRST_LISTS: Final = """
SELECT org, min(as_of) AS first FROM (
    SELECT source AS org, as_of FROM network_statements
    UNION ALL SELECT stated_by, as_of FROM network_lists WHERE direction = 'out')
GROUP BY org HAVING bool_and(as_of IS NOT NULL) AND min(as_of) > ? ORDER BY org
"""
_FIRST_LOGS: Final = """
SELECT source, min(day) FROM network_observed GROUP BY source HAVING min(day) > ? ORDER BY source
"""


def _later(case: Case, sql: str, as_of: date | None) -> dict[int, date]:
    """Give the organisations of which something is known only after a day, with the first day of it."""
    return {} if as_of is None else {int(org): first for org, first in case.rows(sql, [as_of])}


def _oddities(case: Case, as_of: date | None) -> Oddities:
    held = in_force(as_of)
    counts = case.rows(
        f"SELECT count(*) FILTER (source = recipient), count(*) FILTER (status = 'pending'),"
        f" count(*) FILTER (as_of IS NULL) FROM network_statements WHERE {held}"
    )[0]
    pages = [item.says for item in lists.page_lists(case) if as_of is None or item.as_of is None or item.as_of <= as_of]
    return Oddities(
        *(int(count) for count in counts),
        *(pages.count(word) for word in (lists.NUMBER_ONLY, lists.EMPTY, lists.NOTHING)),
    )
