"""Spans of shares: from when to when each share was stated, and how often."""

from __future__ import annotations

from typing import Final

from custodiet.case import Case
from custodiet.network.statements import prepare_statements

_SPANS: Final = """
SELECT s.shown AS source, r.shown AS recipient, b.shown AS stated_by,
       min(t.as_of) AS first_seen, max(t.as_of) AS last_seen, count(*) AS n_statements
FROM network_statements t
JOIN network_orgs s ON s.id = t.source
JOIN network_orgs r ON r.id = t.recipient
JOIN network_orgs b ON b.id = t.stated_by
GROUP BY ALL ORDER BY ALL
"""


def update_share_spans(case: Case) -> int:
    """Rebuild the table ``share_spans`` from ``shares``, in one transaction.

    One row per source, recipient and stating organisation, each by its
    canonical name, so that a spelling fix does not break a span.

    Returns:
        Rows written.
    """
    prepare_statements(case)
    spans = case.query(_SPANS)
    with case.transaction():
        case.replace("share_spans", spans)
    return int(spans.num_rows)
