"""Write compiled expressions as SQL, each once for as long as the program runs."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import ibis

_DIALECT: Final = "duckdb"
# The rules of all packs make about a thousand; one case after the other asks for the same ones.
_MOST: Final = 4096


def sql_of(expression: Any) -> str:
    """Return the SQL of a table expression, in the words of the case's engine."""
    return _written(expression.op())


@lru_cache(maxsize=_MOST)
def _written(node: Any) -> str:
    # Writing takes as long as everything else that a small case asks of the rules.
    return str(ibis.to_sql(node.to_expr(), dialect=_DIALECT))
