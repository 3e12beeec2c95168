"""Find the rows of the originals behind records, events, shares and statements of pages."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from custodiet.case.store import Case
from custodiet.model.citation import Citation


def cite_rows(case: Case, rows: Sequence[tuple[str, int]]) -> list[Citation]:
    """Cite rows given as (disclosure_id, record_no), in their order.

    Rows of search logs and event logs are told by their number; rows of lists, pages and
    directories by their place in the original. Pairs that the case does not hold are left out.
    """
    wanted = pa.table(
        {
            "place": pa.array(range(len(rows)), pa.int64()),
            "disclosure_id": pa.array([disclosure_id for disclosure_id, _ in rows], pa.string()),
            "record_no": pa.array([record_no for _, record_no in rows], pa.int64()),
        }
    )
    with case.registered("wanted_rows", wanted):
        found = case.query(
            """
            WITH places AS (
                SELECT w.place, w.disclosure_id, r.source_row, r.source_page
                FROM wanted_rows w JOIN records r USING (disclosure_id, record_no)
                UNION SELECT w.place, w.disclosure_id, e.source_row, NULL
                FROM wanted_rows w JOIN events e USING (disclosure_id, record_no)
                UNION SELECT w.place, w.disclosure_id, s.source_row, s.source_page
                FROM wanted_rows w JOIN shares s ON s.disclosure_id = w.disclosure_id AND s.source_row = w.record_no
                UNION SELECT w.place, w.disclosure_id, p.source_row, NULL
                FROM wanted_rows w JOIN portals p ON p.disclosure_id = w.disclosure_id AND p.source_row = w.record_no
                UNION SELECT w.place, w.disclosure_id, NULL, NULL FROM wanted_rows w WHERE w.record_no = 0
            )
            SELECT p.place, w.record_no, min(p.source_row) AS source_row, min(p.source_page) AS source_page,
                   any_value(d.disclosure_id) AS disclosure_id, any_value(d.file_name) AS file_name,
                   any_value(d.member_path) AS member_path, any_value(d.sheet) AS sheet,
                   any_value(d.sha256) AS sha256, any_value(d.member_sha256) AS member_sha256,
                   any_value(d.receipt) AS receipt
            FROM places p JOIN wanted_rows w USING (place) JOIN disclosures d ON d.disclosure_id = p.disclosure_id
            GROUP BY p.place, w.record_no ORDER BY p.place
            """
        ).to_pylist()
    return [
        Citation(
            record=f"{row['disclosure_id']}:{row['record_no']}",
            file_name=row["file_name"],
            member=row["member_path"],
            sheet=row["sheet"],
            page=row["source_page"],
            row=row["source_row"],
            sha256=row["sha256"],
            member_sha256=row["member_sha256"],
            receipt=row["receipt"],
        )
        for row in found
    ]
