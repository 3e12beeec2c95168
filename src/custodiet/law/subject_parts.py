"""SQL that the subjects of the rules share, and what a case holds of their optional tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ORGANISATIONS: Final = """
  org_facts AS (
    SELECT name, any_value(canonical) AS canonical, any_value(state) AS state,
           nullif(any_value(level), 'unknown') AS level, any_value(type) AS type, any_value(status) AS status
    FROM organisations GROUP BY name)"""
PAGES: Final = """
  pages AS (
    SELECT coalesce(o.canonical, p.producer) AS page_of, p.as_of AS page_on, p.retention_days, p.prohibited_uses,
           p.access_policy, row_number() OVER (PARTITION BY coalesce(o.canonical, p.producer)
                                               ORDER BY p.as_of, p.disclosure_id, p.source_row) AS page_no
    FROM portals p LEFT JOIN org_facts o ON o.name = p.producer WHERE p.as_of IS NOT NULL)"""


@dataclass(frozen=True, slots=True)
class Inputs:
    """Say what a case holds.

    Attributes:
        filled: Optional tables that hold rows, and a word that says that reasons were classified.
        constant: Disclosures in which one text fills the column of reasons: it may have been put over them.
    """

    filled: frozenset[str]
    constant: frozenset[str] = frozenset()

    def has(self, table: str) -> bool:
        """Tell whether a table holds rows."""
        return table in self.filled

    def reason_state(self, cell: str) -> str:
        """Return SQL of the state of a reason: one that fills its column says as little as a masked one.

        Args:
            cell: Name of the column ``reason_state``, with the name of its table where it needs one.
        """
        if not self.constant:
            return cell
        table = cell.removesuffix("reason_state")
        ids = ", ".join(f"'{name.replace(chr(39), chr(39) * 2)}'" for name in sorted(self.constant))
        return f"CASE WHEN {cell} = 'value' AND {table}disclosure_id IN ({ids}) THEN 'masked' ELSE {cell} END"


def facts(alias: str, prefix: str) -> str:
    """Return the columns of what is known of an organisation."""
    return ", ".join(f"{alias}.{what} AS {prefix}_{what}" for what in ("state", "level", "type", "status"))
