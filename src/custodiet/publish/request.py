"""Draft the records request for what is missing: one letter per custodian and producer, each sentence with its reason.

Gaps are told from the case's own tables: months without a row between the first
and the last, columns that were not exported or are masked throughout, tables that
were cut, files that could not be read, lists that are only a number. Whom to ask is
told by the receipts. Letters name institutions, files and columns; no row of a log
enters one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from custodiet.case import Case
from custodiet.model.counts import counted

_KINDS: Final = {
    "organisation-audit": "the log of searches by your organisation",
    "network-audit": "the log of searches of your network",
    "portal-audit": "the search audit of your transparency page",
    "other": "the search log",
}
_COLUMNS: Final = {
    "reason": "the stated reason",
    "case_number": "the case number",
    "user": "the account that searched (a stable pseudonym for each account serves the purpose)",
    "plate": "a stable pseudonym for each plate (the plate itself is not asked for)",
}


@dataclass(frozen=True, slots=True)
class Gap:
    """State one thing that is missing from the records of a producer.

    Attributes:
        producer: Organisation to ask; None where the files do not tell.
        kind: missing-months, masked-column, absent-column, cut-table, unread-file, list-without-names.
        ask: What the letter asks for, a clause.
        reason: How it is known to be missing, a sentence.
        custodian: Whom the receipts name as holding the records; None where they do not.
        earlier: Number of the request by which the records at hand came; None where no receipt tells.
    """

    producer: str | None
    kind: str
    ask: str
    reason: str
    custodian: str | None = None
    earlier: str | None = None


def find_gaps(case: Case) -> list[Gap]:
    """Find what is missing, per producer, in a fixed order."""
    gaps = [
        *_missing_months(case), *_columns(case), *_cut_tables(case), *_unread_files(case), *_lists_without_names(case),
    ]  # fmt: skip
    known = _custodians(case)
    gaps = [gap if gap.custodian else _with_custodian(gap, known) for gap in gaps]
    return sorted(gaps, key=lambda gap: (gap.producer or "", gap.custodian or "", gap.kind, gap.ask))


_RECEIVED: Final = """
SELECT DISTINCT d.producer, f.receipt->>'custodian' AS custodian, f.receipt->>'request_number' AS earlier
FROM files f JOIN disclosures d USING (sha256) WHERE f.receipt IS NOT NULL AND d.producer IS NOT NULL ORDER BY ALL
"""


def _custodians(case: Case) -> dict[str, tuple[str | None, str | None]]:
    """Give custodian and earlier request of each producer, where the receipts agree on them."""
    found: dict[str, list[tuple[str | None, str | None]]] = {}
    for producer, custodian, earlier in case.rows(_RECEIVED):
        found.setdefault(producer, []).append((custodian, earlier))
    return {
        producer: (_only({custodian for custodian, _ in stated}), _only({earlier for _, earlier in stated}))
        for producer, stated in found.items()
    }


def _only(values: set[str | None]) -> str | None:
    known = values - {None}
    return known.pop() if len(known) == 1 else None


def _with_custodian(gap: Gap, known: dict[str, tuple[str | None, str | None]]) -> Gap:
    custodian, earlier = known.get(gap.producer or "", (None, None))
    return replace(gap, custodian=custodian, earlier=gap.earlier or earlier)


def _missing_months(case: Case) -> list[Gap]:
    """Find months without a row between the first and the last of a producer's log of one kind."""
    rows = case.rows(
        """
        WITH months AS (
            SELECT DISTINCT producer, kind, date_trunc('month', coalesce(searched_local, searched_at)) AS month
            FROM records WHERE searched_at IS NOT NULL AND producer IS NOT NULL
        ), gaps AS (
            SELECT producer, kind, month,
                   lead(month) OVER (PARTITION BY producer, kind ORDER BY month) AS next_month FROM months
        )
        SELECT producer, kind, strftime(month + INTERVAL 1 MONTH, '%Y-%m') AS first,
               strftime(next_month - INTERVAL 1 MONTH, '%Y-%m') AS last
        FROM gaps WHERE next_month > month + INTERVAL 1 MONTH ORDER BY producer, kind, month
        """
    )
    return [
        Gap(
            producer, "missing-months",
            f"{_KINDS.get(kind, 'the log')} for {first if first == last else f'{first} to {last}'}",
            "The months before and after were released; these hold no row.",
        )
        for producer, kind, first, last in rows
    ]  # fmt: skip


def _columns(case: Case) -> list[Gap]:
    """Find columns that a producer's logs lack or that are masked in every row."""
    gaps = []
    for column, words in _COLUMNS.items():
        rows = case.rows(
            f"""
            SELECT producer, kind, count(*) AS n, count(*) FILTER ({column}_state = 'not-exported') AS n_absent,
                   count(*) FILTER ({column}_state IN ('masked', 'withheld')) AS n_masked
            FROM records WHERE producer IS NOT NULL GROUP BY producer, kind ORDER BY producer, kind
            """
        )
        for producer, kind, n, n_absent, n_masked in rows:
            log = _KINDS.get(kind, "the log")
            if n_absent == n:
                reason = (
                    f"None of the {n:,} released rows has the column, and no letter was received that withholds it."
                )
                gaps.append(Gap(producer, "absent-column", f"{words} in {log}", reason))
            elif n_masked == n:
                reason = f"All {n:,} released rows are masked; please cite the ground for each kind of redaction."
                gaps.append(
                    Gap(producer, "masked-column", f"{words} in {log}, or the ground for withholding it", reason)
                )
    return gaps


def _cut_tables(case: Case) -> list[Gap]:
    rows = case.rows(
        "SELECT DISTINCT d.producer, d.file_name, d.kind, d.n_rows_read FROM problems p JOIN disclosures d "
        "USING (disclosure_id) WHERE p.code IN ('truncated', 'unclosed-quote') ORDER BY ALL"
    )
    return [
        Gap(producer, "cut-table", f"the rest of {_KINDS.get(kind, 'the table')} released as {name}",
            f"The table ends after {counted(n, 'row')} in a way that shows that rows are missing.")
        for producer, name, kind, n in rows
    ]  # fmt: skip


def _unread_files(case: Case) -> list[Gap]:
    rows = case.rows(
        "SELECT DISTINCT p.code, p.file_name, coalesce(d.producer, f.receipt->>'producer') AS producer, "
        "f.receipt->>'custodian' AS custodian, f.receipt->>'request_number' AS earlier "
        "FROM problems p LEFT JOIN disclosures d USING (disclosure_id) "
        "LEFT JOIN files f ON f.file_name = p.file_name AND f.sha256 = coalesce(d.sha256, f.sha256) "
        "WHERE p.code IN ('encrypted', 'corrupt', 'no-text', 'too-large', 'empty') ORDER BY ALL"
    )
    asks = {
        "encrypted": "an open copy of {}, which asks for a password",
        "corrupt": "a whole copy of {}; the one received is damaged",
        "no-text": "the electronic original of {}, which holds pictures of pages only",
        "too-large": "the contents of {} in parts",
        "empty": "a copy of {} with its rows; the one received holds none",
    }
    return [
        Gap(
            producer,
            "unread-file",
            asks[code].format(name),
            f"The file could not be read ({code}).",
            custodian,
            earlier,
        )
        for code, name, producer, custodian, earlier in rows
    ]


def _lists_without_names(case: Case) -> list[Gap]:
    rows = case.rows(
        """
        SELECT producer, as_of, json_extract_string(other, '$."sharing list out: count"') AS n FROM portals
        WHERE producer IS NOT NULL AND json_extract_string(other, '$."sharing list out: count"') NOT IN ('0', '')
        ORDER BY producer, as_of
        """
    )
    return [
        Gap(producer, "list-without-names", f"the names of the organisations that could reach your data on {as_of}",
            f"The transparency page of that day states only their number ({n}).")
        for producer, as_of, n in rows
    ]  # fmt: skip


def draft_letter(producer: str | None, gaps: Sequence[Gap]) -> str:
    """Write the letter about one producer's records, as Markdown with blanks for what the case cannot know.

    It goes to the custodian whom the receipts name, and where none does to the custodian of the producer.
    """
    custodian = next((gap.custodian for gap in gaps if gap.custodian), None)
    to = custodian or f"the custodian of records of {producer or '[name of the organisation]'}"
    name = producer or custodian or "[name of the organisation]"
    numbers = sorted({gap.earlier for gap in gaps if gap.earlier})
    follows = f"It follows {'requests' if len(numbers) > 1 else 'request'} {', '.join(numbers)}. " if numbers else ""
    asks = "\n".join(
        f"{number}. {gap.ask[:1].upper()}{gap.ask[1:]}. {gap.reason}" for number, gap in enumerate(gaps, 1)
    )
    return f"""# Request for records: {name}

To: {to}

{follows}Under [the public-records law that applies], I ask for copies of:

{asks}

Please send tables in the form in which the system exports them (CSV or XLSX), with all columns and the header row, and
say for each column or row that is withheld which provision withholds it.

**Please preserve** these records from today until the request is closed. Systems of this kind delete logs, audits and
reads after a set time, often 30 days; a request for preservation is made apart from the decision on release.

[Name, address, date]
"""
