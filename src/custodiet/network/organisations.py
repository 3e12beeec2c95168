"""The organisations of a network: their names, what is known of each, and the label each gets beside another.

A label is relative: ``in-state`` means the state of the organisation whose data
it is. Where level or state is not known the label is ``unknown``, never a guess.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pyarrow as pa
from rapidfuzz import fuzz, process

from custodiet.model.errors import UsageError
from custodiet.network.graph import BoolArray, IntArray

IN_STATE: Final = "in-state"
OUT_OF_STATE: Final = "out-of-state"
FEDERAL: Final = "federal"
PRIVATE: Final = "private"
INACTIVE: Final = "inactive"
DEMO: Final = "demo"
UNKNOWN: Final = "unknown"
LABELS: Final = (IN_STATE, OUT_OF_STATE, FEDERAL, PRIVATE, INACTIVE, DEMO, UNKNOWN)
TARGET_LABELS: Final = (OUT_OF_STATE, FEDERAL, PRIVATE)

_HINTS: Final = 5
_NEAR: Final = 50.0


@dataclass(frozen=True, slots=True)
class Organisation:
    """Describe one organisation of the network.

    Attributes:
        name: Canonical name, or the name as released where none is known.
        state: Postal code, or None.
        level: local, state, federal, tribal, private, foreign or unknown.
        type: police, sheriff, …, or None.
        status: active, inactive, demo or placeholder.
        released_names: Every spelling in which it was released.
    """

    name: str
    state: str | None
    level: str
    type: str | None
    status: str
    released_names: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Give the organisation as plain values."""
        return {
            "name": self.name,
            "state": self.state,
            "level": self.level,
            "type": self.type,
            "status": self.status,
            "released_names": list(self.released_names),
        }


@dataclass(frozen=True, slots=True)
class Organisations:
    """Hold all organisations by id; ids follow the names, so that id order is name order."""

    names: tuple[str, ...]
    states: tuple[str | None, ...]
    levels: tuple[str, ...]
    types: tuple[str | None, ...]
    statuses: tuple[str, ...]
    released: pa.ChunkedArray
    _ids: dict[str, int] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def from_table(cls, rows: pa.Table) -> Organisations:
        """Read the organisations from rows ordered by id."""
        return cls(
            tuple(rows["shown"].to_pylist()),
            tuple(rows["state"].to_pylist()),
            tuple(rows["level"].to_pylist()),
            tuple(rows["type"].to_pylist()),
            tuple(rows["status"].to_pylist()),
            rows["names"],
        )

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, number: int) -> Organisation:
        return Organisation(
            self.names[number],
            self.states[number],
            self.levels[number],
            self.types[number],
            self.statuses[number],
            self.released_names(number),
        )

    def released_names(self, number: int) -> tuple[str, ...]:
        """Give every spelling in which an organisation was released."""
        return tuple(self.released[number].as_py())

    def released_names_of(self, numbers: IntArray) -> list[tuple[str, ...]]:
        """Give the spellings of several organisations."""
        return [tuple(names) for names in self.released.take(pa.array(numbers)).to_pylist()]

    def find(self, name: str) -> int:
        """Give the id of an organisation by any of its names, without regard to case and spacing.

        Raises:
            UsageError: No organisation has the name; the hint gives the nearest known ones.
        """
        exact = bisect_left(self.names, name)
        if exact < len(self) and self.names[exact] == name:
            return exact
        ids = self._lookup()
        key = _key(name)
        if key in ids:
            return ids[key]
        near = process.extract(key, list(ids), scorer=fuzz.token_sort_ratio, limit=2 * _HINTS, score_cutoff=_NEAR)
        hints = list(dict.fromkeys(self.names[ids[match]] for match, _, _ in near))[:_HINTS]
        raise UsageError(
            f"no organisation of this case is called {name!r}.",
            hint=f"Nearest known names: {'; '.join(hints)}." if hints else "No known name comes near.",
        )

    def _lookup(self) -> dict[str, int]:
        if not self._ids:
            for number, released in enumerate(self.released.to_pylist()):
                for name in released:
                    self._ids.setdefault(_key(name), number)
            self._ids.update({_key(name): number for number, name in enumerate(self.names)})
        return self._ids

    def labels(self, home: int, tagged: BoolArray | None = None) -> IntArray:
        """Label every organisation as seen from the one whose data it is.

        ``demo`` and ``inactive`` come first, because nobody may stand behind such a
        name; then federal and private; then the state. A tag is a label of the
        name and no proof that access ended, so level and state stay readable.

        Args:
            home: Organisation whose data it is.
            tagged: True for each organisation to be labelled inactive; None labels nobody so.

        Returns:
            Position in :data:`LABELS`, per organisation.
        """
        states = np.array([state or "" for state in self.states], dtype=np.str_)
        levels = np.array(self.levels, dtype=np.str_)
        at_home = self.states[home] or ""
        known = (states != "") & (at_home != "")
        rules = (
            (np.array(self.statuses, dtype=np.str_) == "demo", DEMO),
            (np.zeros(len(self), dtype=np.bool_) if tagged is None else tagged, INACTIVE),
            (levels == "federal", FEDERAL),
            (levels == "private", PRIVATE),
            (levels == "foreign", OUT_OF_STATE),
            (known & (states == at_home), IN_STATE),
            (known, OUT_OF_STATE),
        )
        conditions = [condition for condition, _ in rules]
        codes = [LABELS.index(label) for _, label in rules]
        return np.select(conditions, codes, LABELS.index(UNKNOWN)).astype(np.int64)

    def with_label(self, home: int, label: str) -> IntArray:
        """Give the ids of all federal, private or out-of-state organisations, tagged inactive or not.

        An inactive tag does not end access, so it does not take an organisation
        out of the plan that must keep it from reaching data. Demo entries are left out.
        """
        return np.flatnonzero(self.labels(home) == LABELS.index(label)).astype(np.int64)


def names_of(organisations: Organisations, numbers: Sequence[int]) -> tuple[str, ...]:
    """Give the names of several organisations in the order asked."""
    return tuple(organisations.names[number] for number in numbers)


def _key(name: str) -> str:
    return " ".join(name.split()).lower()
