"""Fill the table ``organisations`` of a case: one row per name as released."""

from __future__ import annotations

from dataclasses import asdict
from typing import Final

import pyarrow as pa

from custodiet.case import Case
from custodiet.case.types import arrow_schema
from custodiet.model.tables import ORGANISATIONS
from custodiet.resolve.organisations.model import Organisation
from custodiet.resolve.organisations.resolver import resolve_names

# Every place where a case holds the name of an organisation as a disclosure gives it.
_NAMES: Final = """
SELECT name FROM (
    SELECT org AS name FROM records
    UNION SELECT producer FROM records
    UNION SELECT producer FROM disclosures
    UNION SELECT source FROM shares
    UNION SELECT recipient FROM shares
    UNION SELECT stated_by FROM shares
    UNION SELECT name FROM listed_names
    UNION SELECT producer FROM portals
)
WHERE name IS NOT NULL AND trim(name) <> ''
ORDER BY name
"""


def update_organisations(case: Case) -> None:
    """Resolve every name that the case holds and replace the table; the same names give the same table."""
    names = [str(name) for name in case.query(_NAMES).column("name").to_pylist()]
    resolved = organisation_rows(resolve_names(names))
    with case.transaction():
        case.replace(ORGANISATIONS.name, resolved)


def organisation_rows(organisations: list[Organisation]) -> pa.Table:
    """Give organisations as rows of the table, one row per name as released."""
    return pa.Table.from_pylist([asdict(item) for item in organisations], schema=arrow_schema(ORGANISATIONS))
