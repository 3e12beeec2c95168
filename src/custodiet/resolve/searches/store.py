"""Write ``searches`` and ``sightings`` from the clusters of records."""

from __future__ import annotations

from typing import Final

from custodiet.case import Case
from custodiet.case.constant import constant_sql
from custodiet.resolve.searches.basis import Basis

# Words that a search of one record can bear.
_ALONE: Final = (Basis.REPEATED_ROW, Basis.ID_CONFLICT, Basis.AMBIGUOUS)

_KEYED: Final = """
CREATE OR REPLACE TEMP TABLE link_keyed AS
SELECT r.dno, r.record_no, r.org_no, r.assumed,
    CASE WHEN c.dno IS NULL THEN coalesce(r.id_key, r.own_key) ELSE coalesce(c.cluster, r.own_key) END AS key,
    c.rank
FROM link_rows r LEFT JOIN link_clusters c USING (dno, record_no)
"""

_HIDDEN: Final = "insufficient.redacted"
_ALL_LABELS: Final = f"(SELECT label FROM purposes WHERE label IS NOT NULL UNION SELECT '{_HIDDEN}')"

# Labels of a text are bits, so that the union over the copies of a search is one number.
_LABELS: Final = f"""
CREATE OR REPLACE TEMP TABLE link_labels AS
SELECT key, field, bit_or(set_bit(bitstring('0', n::INTEGER), place::INTEGER, 1)) AS bits
FROM (SELECT key, field, label FROM purposes UNION ALL SELECT '', 'hidden', '{_HIDDEN}') JOIN (
    SELECT label, row_number() OVER (ORDER BY label) - 1 AS place, count(*) OVER () AS n FROM {_ALL_LABELS}
) USING (label) GROUP BY key, field
"""
# A reason that one text replaced throughout a log is as hidden as a masked one.
_CONSTANT: Final = f"CREATE OR REPLACE TEMP TABLE link_constant AS {constant_sql('reason')}"

_SEARCHES: Final = """
CREATE OR REPLACE TEMP TABLE link_searches AS
SELECT k.key, count(*) AS n_sightings, count(DISTINCT r.producer) AS n_producers, min(r.searched_at) AS searched_at,
    max(r.networks) AS networks, max(r.devices) AS devices, min(r.search_type) AS search_type,
    max(coalesce(k.rank, {joined}))::INTEGER AS rank,
    min(k.org_no) FILTER (NOT k.assumed) AS released, min(k.org_no) AS any_org,
    bit_or(a.bits) AS reasons, bit_or(b.bits) AS offenses, bit_or(c.bits) AS prompts
FROM link_keyed k JOIN link_disclosures d USING (dno)
JOIN records r ON r.disclosure_id = d.disclosure_id AND r.record_no = k.record_no
LEFT JOIN link_constant h ON h.disclosure_id = r.disclosure_id AND r.reason_state = 'value'
LEFT JOIN link_labels a ON a.key = CASE WHEN h.disclosure_id IS NULL THEN r.reason_key ELSE '' END
    AND a.field = CASE WHEN h.disclosure_id IS NULL THEN 'reason' ELSE 'hidden' END
LEFT JOIN link_labels b ON b.key = r.offense_key AND b.field = 'offense'
LEFT JOIN link_labels c ON c.key = r.prompt_key AND c.field = 'prompt'
GROUP BY k.key
"""

_STORE_SIGHTINGS: Final = """
INSERT INTO sightings (search_key, disclosure_id, record_no)
SELECT lower(lpad(to_hex(k.key), 16, '0')), d.disclosure_id, k.record_no
FROM link_keyed k JOIN link_disclosures d USING (dno)
"""

_STORE_SEARCHES: Final = """
INSERT INTO searches (search_key, basis, org, searched_at, networks, devices, search_type, n_sightings, n_producers,
    purposes)
WITH names AS (SELECT org_no, min(shown) AS shown FROM link_orgs GROUP BY org_no),
places AS (SELECT label, row_number() OVER (ORDER BY label) - 1 AS place FROM {all_labels}),
bits AS (SELECT DISTINCT reasons, offenses, prompts FROM link_searches),
labelled AS (
    SELECT reasons, offenses, prompts, list(label ORDER BY label) AS purposes
    FROM bits JOIN places ON coalesce(get_bit(reasons, place::INTEGER), 0) = 1
        OR coalesce(get_bit(offenses, place::INTEGER), 0) = 1 OR coalesce(get_bit(prompts, place::INTEGER), 0) = 1
    GROUP BY ALL
)
SELECT lower(lpad(to_hex(s.key), 16, '0')),
    CASE WHEN n_sightings = 1 AND s.rank NOT IN ({alone}) THEN 'single' ELSE w.basis END,
    n.shown, s.searched_at, s.networks, s.devices, s.search_type, s.n_sightings, s.n_producers,
    coalesce(l.purposes, [])
FROM link_searches s JOIN (VALUES {words}) w (rank, basis) USING (rank)
LEFT JOIN names n ON n.org_no = coalesce(s.released, s.any_org)
LEFT JOIN labelled l ON l.reasons IS NOT DISTINCT FROM s.reasons AND l.offenses IS NOT DISTINCT FROM s.offenses
    AND l.prompts IS NOT DISTINCT FROM s.prompts
"""


def store(case: Case) -> None:
    """Replace ``sightings`` and ``searches``; call inside a transaction."""
    for table in ("sightings", "searches"):
        case.execute(f"DELETE FROM {table}")
    words = {
        "joined": Basis.SEARCH_ID.rank,
        "words": ", ".join(f"({basis.rank}, '{basis}')" for basis in Basis),
        "all_labels": _ALL_LABELS,
        "alone": ", ".join(str(basis.rank) for basis in _ALONE),
    }
    for statement in (_KEYED, _LABELS, _CONSTANT, _SEARCHES, _STORE_SIGHTINGS, _STORE_SEARCHES):
        case.execute(statement.format(**words))
