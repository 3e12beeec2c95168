"""Declared against observed: searched without a listed share, and listed without a search.

Both need coverage. A search is held against the lists in force on its day; where
no list was in force then, nothing can be told. A listed recipient was "never
searched with" only for the days that a network log covers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from custodiet.case import Case
from custodiet.network.statements import in_force, log_of, prepare, record_of


@dataclass(frozen=True, slots=True)
class Coverage:
    """Say what the network logs of one producer cover.

    Attributes:
        producer: Organisation whose cameras were searched.
        first_day: First day with a record.
        last_day: Last day with a record.
        n_days: Days from the first to the last, both counted.
        n_days_with_records: Days that have a record of anybody's search.
        n_records: Records of its network logs.
        n_without_organisation: Records that do not show who searched; nobody is told by them.
        n_pairs_listed: Organisations that are listed and searched.
        n_pairs_not_evaluable: Organisations that searched only when no list was in force.
        disclosures: Disclosures that hold the logs.
    """

    producer: str
    first_day: date | None
    last_day: date | None
    n_days: int
    n_days_with_records: int
    n_records: int
    n_without_organisation: int
    n_pairs_listed: int
    n_pairs_not_evaluable: int
    disclosures: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Give the coverage as plain values."""
        return _plain(self)


@dataclass(frozen=True, slots=True)
class UnlistedUse:
    """Describe one organisation that searched while no list in force named it.

    Attributes:
        producer: Organisation whose cameras were searched.
        organisation: Organisation that searched.
        n_unlisted: Searches on days on which a list was in force that does not name it.
        n_listed: Searches on days on which a list names it.
        n_not_evaluable: Searches on days on which no list of the producer was in force.
        first_day: First day of an unlisted search.
        last_day: Last day of one.
        citation: First record of an unlisted search.
    """

    producer: str
    organisation: str
    n_unlisted: int
    n_listed: int
    n_not_evaluable: int
    first_day: date
    last_day: date
    citation: str

    def to_json(self) -> dict[str, Any]:
        """Give the use as plain values."""
        return _plain(self)


@dataclass(frozen=True, slots=True)
class UnusedShare:
    """Describe one listed recipient of whom the network log shows no search.

    Attributes:
        producer: Organisation whose data it is.
        organisation: Listed recipient.
        n_days_covered: Days with records of the log on which the share was listed.
        answer: ``not seen in the log``, or ``cannot be told`` where no such day exists.
        citation: Row of the list.
    """

    producer: str
    organisation: str
    n_days_covered: int
    answer: str
    citation: str

    def to_json(self) -> dict[str, Any]:
        """Give the share as plain values."""
        return _plain(self)


NOT_SEEN: Final = "not seen in the log"
CANNOT_TELL: Final = "cannot be told"


@dataclass(frozen=True, slots=True)
class DeclaredAndObserved:
    """Answer how lists and logs fit, for every producer that disclosed a network log.

    Attributes:
        coverage: What the logs cover.
        unlisted: Searched without a listed share.
        unused: Listed and not seen in the log.
        n_producers_without_log: Producers with a list and no network log; nothing is said of them.
    """

    as_of: date | None
    coverage: tuple[Coverage, ...]
    unlisted: tuple[UnlistedUse, ...]
    unused: tuple[UnusedShare, ...]
    n_producers_without_log: int

    def of(self, producer: str) -> DeclaredAndObserved | None:
        """Give the part of one producer, by its canonical name; None where it disclosed no network log."""
        coverage = tuple(item for item in self.coverage if item.producer == producer)
        if not coverage:
            return None
        return replace(
            self,
            coverage=coverage,
            unlisted=tuple(item for item in self.unlisted if item.producer == producer),
            unused=tuple(item for item in self.unused if item.producer == producer),
        )

    def to_json(self) -> dict[str, Any]:
        """Give the answer as plain values."""
        return {
            "as_of": None if self.as_of is None else self.as_of.isoformat(),
            "coverage": [item.to_json() for item in self.coverage],
            "searched_without_listed_share": [item.to_json() for item in self.unlisted],
            "listed_and_not_seen": [item.to_json() for item in self.unused],
            "n_producers_without_log": self.n_producers_without_log,
            "caveats": [
                "Each search is compared with the lists in force on its own day.",
                "A list can be older than a share, and an organisation can search through a hub that is"
                " listed in its place: a search without a listed share asks a question and answers none.",
                "No record on a day is not proof that nobody searched: a log can be incomplete.",
            ],
        }


_COVERAGE: Final = """
SELECT o.shown, min(day), max(day), coalesce(max(day) - min(day) + 1, 0), count(DISTINCT day),
       sum(n_records)::BIGINT, sum(n_without)::BIGINT, list(DISTINCT disclosure_id ORDER BY disclosure_id)
FROM network_days d JOIN network_names n ON n.name = d.producer JOIN network_orgs o ON o.id = n.id
WHERE {until} GROUP BY o.shown ORDER BY o.shown
"""

# One row per producer and searching organisation, with what the lists of each day say, added up.
_JUDGED: Final = """
CREATE OR REPLACE TEMP TABLE network_judged AS
WITH listed AS (
  SELECT DISTINCT u.source, u.recipient, u.day FROM network_observed u
  JOIN network_statements t ON t.source = u.source AND t.recipient = u.recipient
  WHERE t.status <> 'pending' AND (t.as_of IS NULL OR t.as_of <= u.day) AND (t.until IS NULL OR t.until > u.day)),
evaluable AS (
  SELECT DISTINCT d.source, d.day FROM (SELECT DISTINCT source, day FROM network_observed) d
  JOIN network_lists l ON l.stated_by = d.source
  WHERE l.direction <> 'in' AND (l.as_of IS NULL OR l.as_of <= d.day) AND (l.until IS NULL OR l.until > d.day)),
judged AS (
  SELECT u.source, u.recipient, u.day, u.n_searches, u.first_row,
         l.source IS NOT NULL AS listed, e.source IS NOT NULL AS evaluable
  FROM (SELECT * FROM network_observed WHERE {until}) u
  LEFT JOIN listed l ON l.source = u.source AND l.recipient = u.recipient AND l.day = u.day
  LEFT JOIN evaluable e ON e.source = u.source AND e.day = u.day)
SELECT source, recipient, bool_or(listed) AS any_listed, bool_or(evaluable) AS any_evaluable,
       sum(n_searches) FILTER (NOT listed AND evaluable)::BIGINT AS n_unlisted,
       coalesce(sum(n_searches) FILTER (listed), 0)::BIGINT AS n_listed,
       coalesce(sum(n_searches) FILTER (NOT listed AND NOT evaluable), 0)::BIGINT AS n_not_evaluable,
       min(day) FILTER (NOT listed AND evaluable) AS first_day,
       max(day) FILTER (NOT listed AND evaluable) AS last_day,
       arg_min(first_row, (day, first_row)) FILTER (NOT listed AND evaluable) AS first_row
FROM judged GROUP BY source, recipient
"""

_UNLISTED: Final = f"""
SELECT p.shown, o.shown, n_unlisted, n_listed, n_not_evaluable, first_day, last_day,
       disclosure_id || ':' || {record_of("first_row")}
FROM network_judged JOIN network_orgs p ON p.id = source JOIN network_orgs o ON o.id = recipient
JOIN network_logs ON log = {log_of("first_row")}
WHERE n_unlisted IS NOT NULL ORDER BY p.shown, o.shown
"""

_PAIRS: Final = """
SELECT o.shown, count(*) FILTER (any_listed), count(*) FILTER (NOT any_listed AND NOT any_evaluable)
FROM network_judged JOIN network_orgs o ON o.id = source GROUP BY o.shown
"""

_UNUSED: Final = """
WITH logged AS (SELECT DISTINCT n.id AS source, d.day
                FROM network_days d JOIN network_names n ON n.name = d.producer WHERE d.n_timed > 0),
held AS (SELECT source, recipient, min(disclosure_id || ':' || source_row) AS citation
         FROM network_statements WHERE status <> 'pending' AND source <> recipient AND {held}
         GROUP BY ALL),
spans AS (SELECT DISTINCT source, recipient, as_of, until FROM network_statements
          WHERE status <> 'pending' AND source <> recipient AND source IN (SELECT source FROM logged)),
unseen AS (SELECT source, recipient, citation FROM held
           WHERE source IN (SELECT source FROM logged)
             AND NOT EXISTS (SELECT 1 FROM network_judged j
                             WHERE j.source = held.source AND j.recipient = held.recipient)),
days AS (SELECT s.source, s.recipient, count(DISTINCT l.day) AS n FROM spans s JOIN logged l
           ON l.source = s.source AND (s.as_of IS NULL OR s.as_of <= l.day)
          AND (s.until IS NULL OR s.until > l.day)
         WHERE {logged_until} GROUP BY ALL)
SELECT p.shown, o.shown, coalesce(days.n, 0), citation
FROM unseen LEFT JOIN days USING (source, recipient)
JOIN network_orgs p ON p.id = unseen.source JOIN network_orgs o ON o.id = unseen.recipient
ORDER BY p.shown, o.shown
"""

_WITHOUT_LOG: Final = """
SELECT count(*) FROM (
  SELECT DISTINCT source FROM network_statements
  EXCEPT SELECT n.id FROM network_days d JOIN network_names n ON n.name = d.producer)
"""


def declared_and_observed(case: Case, as_of: date | None = None) -> DeclaredAndObserved:
    """Compare lists and network logs.

    Args:
        case: An open case.
        as_of: Leave out lists and searches after this day.
    """
    prepare(case)
    return compare_prepared(case, as_of)


def compare_prepared(case: Case, as_of: date | None = None) -> DeclaredAndObserved:
    """Compare lists and network logs whose temporary tables were built just before (``statements.prepare``)."""
    day = "DATE '9999-12-31'" if as_of is None else f"DATE '{as_of.isoformat()}'"
    case.execute(_JUDGED.format(until=f"day <= {day}"))
    pairs = {producer: (listed, not_evaluable) for producer, listed, not_evaluable in case.rows(_PAIRS)}
    coverage = tuple(
        Coverage(name, first, last, n_days, n_with, n_records, n_without, *pairs.get(name, (0, 0)), tuple(ids))
        for name, first, last, n_days, n_with, n_records, n_without, ids in case.rows(
            _COVERAGE.format(until=f"day IS NULL OR day <= {day}")
        )
    )
    unused = tuple(
        UnusedShare(source, recipient, days, NOT_SEEN if days else CANNOT_TELL, citation)
        for source, recipient, days, citation in case.rows(
            _UNUSED.format(held=in_force(as_of), logged_until=f"l.day <= {day}")
        )
    )
    return DeclaredAndObserved(
        as_of,
        coverage,
        tuple(UnlistedUse(*row) for row in case.rows(_UNLISTED)),
        unused,
        int(case.value(_WITHOUT_LOG)),
    )


def _plain(item: Any) -> dict[str, Any]:
    values = {name: getattr(item, name) for name in item.__slots__}
    return {
        name: value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value
        for name, value in values.items()
    }
