"""Write the claim sheet as JSON and CSV, after its SQL was run on the tables that are published."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from custodiet.case import Case
from custodiet.model.errors import PublishingRefused
from custodiet.privacy.formulas import disarm
from custodiet.publish.claims import Claim

# All of one union are worked out at a time, and each can hold a table of its own in memory.
_AT_ONCE: Final = 16
_LITERAL: Final = re.compile(r"'(?:[^']|'')*'|\b\d+\b")
_SEVERAL: Final = re.compile(r"\?(?:, \?)+")
_ROWS: Final = re.compile(r"\(\?\)(?:, \(\?\))+")
_CELLS: Final = (
    "id", "statement", "value", "unit", "definition", "denominator", "not_evaluable", "low", "high", "range_basis",
    "sql", "note", "subject", "counterpart",
)  # fmt: skip
# Empty: for the lawyer's tick and for what the agency says.
_TO_FILL: Final = ("lawyer_checked", "lawyer_note", "agency_answer")


def check_sql(case: Case, folder: Path, claims: Sequence[Claim]) -> None:
    """Run SQL of claims, as it is printed, on the tables that were written: one of each form.

    The numbers themselves were counted on the same rows; what can be wrong here is the form of a query. Forms differ
    in more than the values that rows are compared with; a value that holds a quotation mark is a form of its own.

    Raises:
        PublishingRefused: A query gives another number than the claim.
    """
    tables = f"'{str(folder / 'tables').replace(chr(39), chr(39) * 2)}/"
    forms: dict[str, Claim] = {}
    for claim in claims:
        if claim.sql:
            forms.setdefault(form_of(claim.sql), claim)
    asked = list(forms.values())
    for start in range(0, len(asked), _AT_ONCE):
        batch = asked[start : start + _AT_ONCE]
        union = " UNION ALL ".join(
            f"SELECT {n} AS place, ({claim.sql.replace(chr(39) + 'tables/', tables)}) AS n"
            for n, claim in enumerate(batch)
        )
        found = dict(case.rows(union))
        for n, claim in enumerate(batch):
            if found[n] != claim.value:
                raise PublishingRefused(
                    f"The published tables give {found[n]:,} where the claim says {claim.value:,}.", where=claim.id,
                    hint="Run the rules again on this case, then publish. Nothing was written.",
                )  # fmt: skip


def form_of(sql: str) -> str:
    """Return SQL without the texts and numbers in it, a list of them as one; the names of files stay."""
    return _ROWS.sub("(?)", _SEVERAL.sub("?", _LITERAL.sub(_masked, sql)))


def _masked(literal: re.Match[str]) -> str:
    text = literal[0]
    if text.startswith("'tables/"):
        return text
    return "'?''?'" if "''" in text[1:-1] else "?"


def write_claims(folder: Path, claims: Sequence[Claim]) -> None:
    """Write the claim sheet as JSON and as CSV."""
    folder.mkdir(parents=True, exist_ok=True)
    content = {
        "format": "custodiet-claims/1",
        "run_in": "the folder of the bundle",
        "claims": [c.to_json() for c in claims],
    }
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / "claims.json").write_text(text + "\n", encoding="utf-8")
    (folder / "claims.csv").write_text(claims_csv(claims), encoding="utf-8", newline="")


def claims_csv(claims: Sequence[Claim]) -> str:
    """Return the claim sheet as CSV, formulas disarmed, with empty columns to tick and to answer in."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow((*_CELLS, "source_rows", "n_source_rows", *_TO_FILL))
    for claim in claims:
        cells = [getattr(claim, name) for name in _CELLS]
        cells += ["; ".join(_place(source) for source in claim.sources), claim.n_sources, *([None] * len(_TO_FILL))]
        writer.writerow([disarm(cell) if isinstance(cell, str) else cell for cell in cells])
    return text.getvalue()


def _place(source: Mapping[str, Any]) -> str:
    page, row = source.get("page"), source.get("row")
    parts = (
        source["file"], source.get("member"), source.get("sheet"),
        f"page {page}" if page else None, f"row {row}" if row else None,
    )  # fmt: skip
    return " ".join(str(part) for part in parts if part)
