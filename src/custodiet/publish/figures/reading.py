"""Numbers of what was read: files, rows by what became of them, pages, pairs, receipts, and problems."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from custodiet.model.problems import PROBLEM_CODES
from custodiet.publish.figures.figure import Count, Figure, literal

_OTHER_FILES: Final = "Files without a table that was read stand in originals.json and not in the tables."
_ROWS: Final = "Rows and statements of all released tables and pages, as they were read."
_LISTS: Final = "kind = 'organisation-list'"
_NO_LISTS: Final = "kind IS DISTINCT FROM 'organisation-list'"
# Name, SQL on the disclosures, what it counts, and the column that is summed where that is all.
_SUMS: Final = (
    ("events", "sum(n_events)", "are rows of logs of events", "n_events"),
    ("statements", "sum(n_portal_values)", "are statements of pages", "n_portal_values"),
    ("layout", "sum(n_layout)", "are titles, totals and repeated headers", "n_layout"),
    ("names", f"sum(n_rejected) FILTER ({_LISTS})", "are names in lists of organisations", ""),
    (
        "others", f"coalesce(sum(n_layout), 0) + coalesce(sum(n_rejected) FILTER ({_LISTS}), 0)",
        "are no search, event, share or statement", "",
    ),
    ("not-stored", f"sum(n_rejected) FILTER ({_NO_LISTS})", "could not be stored", ""),
)  # fmt: skip
_RECEIPTS: Final = " FROM {disclosures} GROUP BY 1"
_UNREAD: Final = ", ".join(literal(code) for code, item in sorted(PROBLEM_CODES.items()) if item.unread)


def of_reading(count: Count) -> Iterator[Figure]:
    """Count what was read, and what became of it."""
    yield from _files(count)
    yield from _rows(count)
    yield from _stated(count)
    yield from _problems(count)


def file_id(sha256: str, what: str) -> str:
    """Name what was read of one file: ``tables`` or ``rows``."""
    return f"figure.file.{sha256[:12]}.{what}"


def _files(count: Count) -> Iterator[Figure]:
    n = int(count("SELECT count(*) FROM {files}")[0][0])
    yield Figure(
        "figure.files", n, "files", f"{n:,} files were added.", "Files, each counted once by its content.", None,
        "SELECT count(DISTINCT sha256) FROM {disclosures}",
        ({"table": "disclosures", "where": [], "count": {"distinct": "sha256"}},), _OTHER_FILES,
    )  # fmt: skip
    read = 0
    for sha256, tables, rows in count(
        "SELECT sha256, count(*), coalesce(sum(n_rows_read), 0)::BIGINT FROM {disclosures} WHERE sha256 IS NOT NULL"
        " GROUP BY 1 ORDER BY 1"
    ):
        read += 1
        where = [{"column": "sha256", "is": sha256}]
        yield Figure(
            file_id(sha256, "tables"), int(tables), "released tables and pages",
            f"{tables:,} tables or pages were read from the file {sha256[:12]}.",
            "Tables, sheets and pages of one file.", None,
            f"SELECT count(*) FROM {{disclosures}} WHERE sha256 = {literal(sha256)}",
            ({"table": "disclosures", "where": where, "count": "rows"},),
        )  # fmt: skip
        yield Figure(
            file_id(sha256, "rows"), int(rows), "rows and statements",
            f"{rows:,} rows and statements were read from the file {sha256[:12]}.",
            "Rows and statements of one file, as they were read.", None,
            f"SELECT sum(n_rows_read)::BIGINT FROM {{disclosures}} WHERE sha256 = {literal(sha256)}",
            ({"table": "disclosures", "where": where, "count": {"sum": "n_rows_read"}},),
        )  # fmt: skip
    yield from _receipts(count, read)


def _receipts(count: Count, read: int) -> Iterator[Figure]:
    # By place, not by text: what a receipt says is not published letter by letter.
    numbered = "SELECT receipt, count(DISTINCT sha256) AS n, row_number() OVER (ORDER BY receipt) AS place" + _RECEIPTS
    rows = count(f"SELECT place, n FROM ({numbered}) WHERE receipt IS NOT NULL ORDER BY place")
    for place, n in rows:
        yield Figure(
            f"figure.receipt.{place}", int(n), "files", f"{n:,} of {read:,} files with a table came with one receipt.",
            "Files, each counted once by its content.", read, f"SELECT n FROM ({numbered}) WHERE place = {place}",
        )  # fmt: skip
    without = "SELECT count(DISTINCT sha256) FROM {disclosures} WHERE receipt IS NULL"
    n_without = int(count(without)[0][0])
    yield Figure(
        "figure.receipt.none", n_without, "files",
        f"{n_without:,} of {read:,} files with a table came without a receipt.",
        "Files, each counted once by its content.", read, without,
    )  # fmt: skip


def _rows(count: Count) -> Iterator[Figure]:
    sums = ", ".join(f"coalesce({sql}, 0)::BIGINT" for _, sql, _, _ in _SUMS)
    read, stored, *numbers = count(
        f"SELECT coalesce(sum(n_rows_read), 0)::BIGINT, coalesce(sum(n_records), 0)::BIGINT, {sums}"
        " FROM {disclosures}"
    )[0]
    yield Figure(
        "figure.rows", int(read), "rows and statements", f"{read:,} rows and statements were read.", _ROWS, None,
        "SELECT coalesce(sum(n_rows_read), 0)::BIGINT FROM {disclosures}",
        ({"table": "disclosures", "where": [], "count": {"sum": "n_rows_read"}},),
    )  # fmt: skip
    for (name, sql, told, column), n in zip(_SUMS, numbers, strict=True):
        recount = {"table": "disclosures", "where": [], "count": {"sum": column}}
        yield Figure(
            f"figure.rows.{name}", int(n), "rows and statements",
            f"{n:,} of {read:,} rows and statements {told}.", _ROWS, int(read),
            f"SELECT coalesce({sql}, 0)::BIGINT FROM {{disclosures}}", (recount,) if column else (),
        )  # fmt: skip
    searches = int(count("SELECT count(*) FROM {searches}")[0][0])
    if searches:
        copies = int(stored) - searches
        yield Figure(
            "figure.rows.copies", copies, "rows of search logs",
            f"{copies:,} of {stored:,} rows of logs are copies of a search that another row records too.",
            "Rows of logs less searches, each counted once.", int(stored),
            "SELECT (SELECT count(*) FROM {records}) - (SELECT count(*) FROM {searches})",
        )  # fmt: skip


def _stated(count: Count) -> Iterator[Figure]:
    for name, sql, unit, told, definition, recounts in (
        (
            "pairs", "SELECT count(DISTINCT (source, recipient)) FROM {shares}", "pairs of names",
            "pairs of names stand on lists: the one lets the other reach its data.",
            "Pairs of source and recipient as released, each spelling counted once.", (),
        ),
        (
            "pages", "SELECT count(*) FROM {portals}", "pages",
            "transparency pages and rows of tables of such pages were read.", "Pages and rows of tables of pages.",
            ({"table": "portals", "where": [], "count": "rows"},),
        ),
        (
            "page-producers",
            "SELECT count(DISTINCT coalesce(o.canonical, p.producer)) FROM {portals} p"
            " LEFT JOIN {organisations} o ON o.name = p.producer", "organisations",
            "organisations have a transparency page among the records.", "Producers of pages, their spellings joined.",
            (),
        ),
    ):  # fmt: skip
        n = int(count(sql)[0][0])
        yield Figure(f"figure.{name}", n, unit, f"{n:,} {told}", definition, None, sql, recounts)


def _problems(count: Count) -> Iterator[Figure]:
    n = int(count("SELECT count(*) FROM {problems}")[0][0])
    yield Figure(
        "figure.problems", n, "problems", f"{n:,} problems were met in reading.",
        "What could not be read, or was read with doubt.", None, "SELECT count(*) FROM {problems}",
        ({"table": "problems", "where": [], "count": "rows"},),
    )  # fmt: skip
    unread = (
        'SELECT count(DISTINCT (file_name, "where")) FROM {problems} WHERE disclosure_id IS NULL'
        f" AND code IN ({_UNREAD})"
    )
    n_unread = int(count(unread)[0][0])
    yield Figure(
        "figure.unread", n_unread, "files", f"Nothing was read of {n_unread:,} files or members of files.",
        "Files and members of files with a problem that leaves nothing to read, each counted once.", None, unread,
    )  # fmt: skip
    places = "count(DISTINCT coalesce(disclosure_id, file_name, ''))"
    for code, times, tables in count(f"SELECT code, count(*), {places} FROM {{problems}} GROUP BY 1 ORDER BY 1"):
        where = [{"column": "code", "is": code}]
        yield Figure(
            f"figure.problem.{code}", int(times), "problems", f"{times:,} of {n:,} problems are of the kind {code}.",
            "What could not be read, or was read with doubt, by kind.", n,
            f"SELECT count(*) FROM {{problems}} WHERE code = {literal(code)}",
            ({"table": "problems", "where": where, "count": "rows"},),
        )  # fmt: skip
        yield Figure(
            f"figure.problem.{code}.tables", int(tables), "tables or files",
            f"{tables:,} tables or files have a problem of the kind {code}.",
            "Tables, or files where no table was read, with at least one.", None,
            f"SELECT {places} FROM {{problems}} WHERE code = {literal(code)}",
        )  # fmt: skip
