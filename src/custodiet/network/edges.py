"""The edges of a network with what stands behind each: dates, counts and citations.

Declared edges come from sharing lists, observed edges from the network logs of
the organisation whose data it is. They are two graphs over the same ids and are
never added together.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import pyarrow as pa

from custodiet.case import Case
from custodiet.network.graph import BoolArray, Graph, IntArray
from custodiet.network.statements import in_force, log_of, record_of

DECLARED: Final = "declared"
OBSERVED: Final = "observed"

_EPOCH: Final = date(1970, 1, 1)
_NO_DATE: Final = -(2**31)
_CITED: Final = 3


@dataclass(frozen=True, slots=True)
class Edges:
    """Hold the edges of one basis, with arrays in the order of the graph's edges.

    Attributes:
        basis: ``declared`` or ``observed``.
        graph: The edges.
        first: First date seen, in days since 1970-01-01.
        last: Last date seen.
        count: Statements, or records of searches.
        searches: Searches, each counted once; equals ``count`` for statements.
        inactive: Every statement in force tags the share or its recipient as inactive.
        reciprocal: The opposite edge is there too.
        cite_starts: Citations of edge ``e`` are ``cite_starts[e]`` to ``cite_starts[e + 1] - 1``.
        cite_disclosure: Position in ``disclosures``.
        cite_row: Row of the disclosure.
        disclosures: Disclosure ids.
    """

    basis: str
    graph: Graph
    first: IntArray
    last: IntArray
    count: IntArray
    searches: IntArray
    inactive: BoolArray
    reciprocal: BoolArray
    cite_starts: IntArray
    cite_disclosure: IntArray
    cite_row: IntArray
    disclosures: tuple[str, ...]

    def facts(self, edge: int) -> EdgeFacts:
        """Tell what stands behind an edge."""
        return self.facts_of(np.array([edge], dtype=np.int64))[0]

    def facts_of(self, edges: IntArray) -> list[EdgeFacts]:
        """Tell what stands behind each of several edges, with the first few citations."""
        first, last = (_dates(days[edges]) for days in (self.first, self.last))
        counts = self.count[edges].tolist()
        searches = self.searches[edges].tolist() if self.basis == OBSERVED else [None] * len(edges)
        return list(
            map(
                EdgeFacts,
                first,
                last,
                counts,
                searches,
                self.reciprocal[edges].tolist(),
                self.inactive[edges].tolist(),
                self._citations(edges),
            )
        )

    def _citations(self, edges: IntArray) -> list[tuple[str, ...]]:
        starts = self.cite_starts[edges]
        lengths = np.minimum(self.cite_starts[edges + 1] - starts, _CITED)
        ends = np.cumsum(lengths)
        rows = np.repeat(starts - (ends - lengths), lengths) + np.arange(int(lengths.sum()))
        names = self.disclosures
        pairs = zip(self.cite_disclosure[rows].tolist(), self.cite_row[rows].tolist(), strict=True)
        cited = [f"{names[disclosure]}:{row}" for disclosure, row in pairs]
        bounds = zip((ends - lengths).tolist(), ends.tolist(), strict=True)
        return [tuple(cited[begin:end]) for begin, end in bounds]


@dataclass(frozen=True, slots=True)
class EdgeFacts:
    """Tell what stands behind one edge.

    Attributes:
        first_seen: First date stated or searched; None where no date is known.
        last_seen: Last such date.
        n_rows: Statements of a share, or records of searches.
        n_searches: Searches, each counted once; None for shares.
        reciprocal: The opposite edge is there too, on the same basis.
        inactive: Tagged inactive in every statement in force.
        citations: The first rows behind it.
    """

    first_seen: date | None
    last_seen: date | None
    n_rows: int
    n_searches: int | None
    reciprocal: bool
    inactive: bool
    citations: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Give the facts as plain values."""
        return {
            "first_seen": None if self.first_seen is None else self.first_seen.isoformat(),
            "last_seen": None if self.last_seen is None else self.last_seen.isoformat(),
            "n_rows": self.n_rows,
            "n_searches": self.n_searches,
            "reciprocal": self.reciprocal,
            "inactive": self.inactive,
            "citations": list(self.citations),
        }


def _dates(days: IntArray) -> list[date | None]:
    """Turn days since 1970-01-01 into dates; there are few distinct ones."""
    known = {day: None if day == _NO_DATE else _EPOCH + timedelta(days=day) for day in set(days.tolist())}
    return [known[day] for day in days.tolist()]


# A share counts from the first to the last date on which it was stated, in force or not.
_SHARES: Final = """
SELECT source, recipient, min(as_of) AS first, max(as_of) AS last, count(*) AS n, count(*) AS searches,
       bool_and(inactive) FILTER ({held}) AS inactive
FROM network_statements WHERE source <> recipient AND {known}
GROUP BY source, recipient HAVING bool_or({held}) ORDER BY source, recipient
"""

_SHARES_CITED: Final = """
SELECT source, recipient, disclosure_id, source_row AS row FROM network_statements
WHERE source <> recipient AND {held} ORDER BY source, recipient, disclosure_id, source_row
"""

_USE: Final = """
SELECT source, recipient, min(day) AS first, max(day) AS last, sum(n_records)::BIGINT AS n,
       sum(n_searches)::BIGINT AS searches, false AS inactive
FROM network_observed WHERE {known} GROUP BY source, recipient ORDER BY source, recipient
"""

_USE_CITED: Final = f"""
SELECT source, recipient, disclosure_id, {record_of("first_row")} AS row
FROM (SELECT source, recipient, unnest(first_rows) AS first_row
      FROM (SELECT source, recipient, min(first_row, {_CITED}) AS first_rows
            FROM network_observed WHERE {{known}} GROUP BY source, recipient))
JOIN network_logs ON log = {log_of("first_row")}
ORDER BY source, recipient, disclosure_id, row
"""


def load_declared(case: Case, n: int, as_of: date | None) -> Edges:
    """Read the shares in force on a date; pending shares are no shares yet."""
    held = f"status <> 'pending' AND {in_force(as_of)}"
    known = "true" if as_of is None else f"(as_of IS NULL OR as_of <= DATE '{as_of.isoformat()}')"
    edges = case.query(_SHARES.format(held=held, known=known))
    return _edges(DECLARED, n, edges, case.query(_SHARES_CITED.format(held=held)))


def load_observed(case: Case, n: int, as_of: date | None) -> Edges:
    """Read who searched whose cameras up to a date, by the network logs of the searched."""
    known = "true" if as_of is None else f"day <= DATE '{as_of.isoformat()}'"
    cited = case.query(_USE_CITED.format(known=known))
    return _edges(OBSERVED, n, case.query(_USE.format(known=known)), cited)


def _edges(basis: str, n: int, rows: pa.Table, cited: pa.Table) -> Edges:
    graph = Graph.from_edges(n, _integers(rows["source"]), _integers(rows["recipient"]))
    keys = graph.source * n + graph.recipient
    cite_keys = _integers(cited["source"]) * n + _integers(cited["recipient"])
    encoded = cited["disclosure_id"].combine_chunks().dictionary_encode()
    return Edges(
        basis,
        graph,
        _days(rows["first"]),
        _days(rows["last"]),
        _integers(rows["n"]),
        _integers(rows["searches"]),
        np.asarray(rows["inactive"].to_numpy(), dtype=np.bool_),
        graph.reciprocal(),
        np.searchsorted(cite_keys, np.append(keys, n * n)).astype(np.int64),
        _integers(encoded.indices),
        _integers(cited["row"].fill_null(0)),
        tuple(encoded.dictionary.to_pylist()),
    )


def _integers(column: Any) -> IntArray:
    return np.asarray(
        column.to_numpy(zero_copy_only=False) if isinstance(column, pa.Array) else column.to_numpy(),
        dtype=np.int64,
    )


def _days(column: pa.ChunkedArray) -> IntArray:
    return _integers(column.cast(pa.int32()).fill_null(_NO_DATE))
