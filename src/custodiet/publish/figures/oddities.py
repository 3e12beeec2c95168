"""Numbers of statements that are no plain share, which every answer about reach names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from custodiet.network.network import Oddities
from custodiet.publish.figures.figure import Figure, asked
from custodiet.publish.figures.shares import IN_FORCE

_SELECTS: Final = {
    "self": "SELECT count(*) FROM share_in_force WHERE source = recipient",
    "pending": "SELECT count(*) FROM share_in_force WHERE pending",
    "undated": "SELECT count(*) FROM share_in_force WHERE as_of IS NULL",
    "number-only": (
        "SELECT count(*) FROM {portals} p, (VALUES ('out'), ('in')) d(direction)"
        " WHERE p.producer IS NOT NULL AND regexp_matches(p.other,"
        " '\"sharing list ' || d.direction || ': count\": \"?[0-9,]*[1-9][0-9,]*\"?[,}]')"
        " AND NOT EXISTS (SELECT 1 FROM {shares} s WHERE s.disclosure_id = p.disclosure_id"
        " AND s.stated_by = p.producer AND (s.source = p.producer) = (d.direction = 'out'))"
    ),
}


def of_oddities(oddities: Oddities) -> Iterator[Figure]:
    """Count what the lists in force hold that is no plain share."""
    for name, n, sentence in oddities.told():
        yield asked(
            oddity_id(name), n, "lists" if name == "number-only" else "statements", f"{sentence}: {n:,}.",
            "Statements of the lists in force on the last day, or lists of pages.", None, IN_FORCE, _SELECTS[name],
        )  # fmt: skip


def oddity_id(name: str) -> str:
    """Name the number of one kind of oddity."""
    return f"figure.oddity.{name}"
