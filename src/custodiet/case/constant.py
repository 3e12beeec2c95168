"""Which columns of a log one text fills from the first row to the last: what was put over them tells nothing.

Told once here for all who ask: the problem ``constant-column``, the labels of searches, the rules.
"""

from __future__ import annotations

from typing import Final

# Rows that must show a value before it is told: three searches with the same reason are no wonder.
CONSTANT_ROWS: Final = 20


def is_constant(column: str) -> str:
    """Return a condition in SQL on the records of one disclosure: one text, in any case, fills a column."""
    texts = f"lower({column})) FILTER ({column}_state = 'value')"
    return f"(count(*) FILTER ({column}_state = 'value') >= {CONSTANT_ROWS} AND min({texts} = max({texts})"


def constant_sql(column: str) -> str:
    """Return SQL of the disclosures of which one text fills a column: ``disclosure_id``."""
    return f"SELECT disclosure_id FROM records GROUP BY disclosure_id HAVING {is_constant(column)}"
