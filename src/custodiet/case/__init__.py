"""One case on disk and its engine; the only room that imports DuckDB (or Spark)."""

from custodiet.case.store import Case

__all__ = ["Case"]
