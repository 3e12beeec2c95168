"""Tell in what the copies of a search differ: masks, shortened reasons, counts, spellings, clocks.

States and counts only. What a masked cell holds is never looked up in another
copy: no row of a table here holds the content of a cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from custodiet.case import Case

# Fields about an organisation or a purpose may be cited row by row. Of those about a person only counts are given,
# so that nobody is led from a masked name or plate to the row that shows it.
_CITED: Final = ("organisation", "reason")
_COUNTED: Final = ("case_number", "user", "plate")

_COPIES: Final = """
CREATE OR REPLACE TEMP TABLE link_copies AS
SELECT k.key, k.dno, k.record_no, r.org, k.org_no, r.networks, r.devices, r.searched_at,
    r.reason_state, r.case_number_state, r.user_state, r.plate_state,
    CASE WHEN r.reason_state = 'value' THEN r.reason END AS reason,
    CASE WHEN r.org_basis = 'released' THEN CASE WHEN k.org_no IS NULL THEN 'masked' ELSE 'value' END
        END AS organisation_state
FROM link_keyed k JOIN link_disclosures d USING (dno)
JOIN records r ON r.disclosure_id = d.disclosure_id AND r.record_no = k.record_no
SEMI JOIN (SELECT key FROM link_searches WHERE n_sightings > 1) s ON s.key = k.key
"""

_HIDDEN: Final = "{state} IN ('masked', 'withheld', 'partial')"

_STATES: Final = """
SELECT key, '{field}' AS field, 'masked/released' AS kind, count(*) FILTER ({hidden}) AS n FROM link_copies
GROUP BY key HAVING bool_or({hidden}) AND bool_or({field}_state = 'value')
"""

_PLAIN: Final = "regexp_replace(lower({text}), '[^\\p{{L}}\\p{{N}}]+', '', 'g')"

_OTHERS: Final = f"""
SELECT key, 'organisation', 'spelling', count(DISTINCT org) - 1 FROM link_copies WHERE org_no IS NOT NULL
GROUP BY key HAVING min(org) <> max(org)
UNION ALL
SELECT key, name, CASE WHEN max(value) - min(value) = 1 THEN 'count±1' ELSE 'count' END,
    count(*) FILTER (value < high)
FROM (SELECT *, max(value) OVER (PARTITION BY key, name) AS high
    FROM (UNPIVOT (SELECT key, networks, devices FROM link_copies) ON networks, devices INTO NAME name VALUE value)
    SEMI JOIN (SELECT key FROM link_copies GROUP BY key
        HAVING min(networks) <> max(networks) OR min(devices) <> max(devices)) USING (key))
GROUP BY key, name HAVING min(value) <> max(value)
UNION ALL
SELECT key, 'searched_at', 'clock', count(DISTINCT searched_at) - 1 FROM link_copies
GROUP BY key HAVING min(searched_at) <> max(searched_at)
UNION ALL
SELECT key, 'reason', CASE WHEN starts_with(fullest, plain) THEN 'shortened' ELSE 'wording' END, count(*)
FROM (
    SELECT key, plain, first_value(plain) OVER (PARTITION BY key ORDER BY length(plain) DESC, plain) AS fullest
    FROM (
        SELECT key, {_PLAIN.format(text="reason")} AS plain FROM link_copies WHERE reason IS NOT NULL AND key IN (
            SELECT key FROM link_copies GROUP BY key HAVING min(reason) <> max(reason))
    )
) WHERE plain <> fullest GROUP BY ALL
"""


def store_differences(case: Case) -> None:
    """Replace ``differences``; call inside the transaction that stored the searches."""
    case.execute(_COPIES)
    states = [
        _STATES.format(field=field, hidden=_HIDDEN.format(state=f"{field}_state")) for field in (*_CITED, *_COUNTED)
    ]
    case.execute("DELETE FROM differences")
    case.execute(
        "INSERT INTO differences (search_key, field, kind, n) "
        "SELECT lower(lpad(to_hex(key), 16, '0')), field, kind, n FROM (" + " UNION ALL ".join([*states, _OTHERS]) + ")"
    )


@dataclass(frozen=True, slots=True)
class Differential:
    """Say how often one disclosure hides what another one releases of the same search.

    Attributes:
        field: organisation, reason, case_number, user or plate.
        hidden_in: Disclosure that hides it.
        state: How it is hidden there: masked, withheld or partial.
        released_in: Disclosure that releases it.
        n_searches: Searches of which this is so.
        samples: Up to three pairs of record ids (``disclosure_id:record_no``), hidden and released; empty
            for fields about a person.
    """

    field: str
    hidden_in: str
    state: str
    released_in: str
    n_searches: int
    samples: tuple[tuple[str, str], ...]


_PAIRS: Final = """
WITH copies AS (
    SELECT s.search_key, s.disclosure_id, s.record_no, {state} AS state
    FROM sightings s JOIN records r USING (disclosure_id, record_no) {joins}
    SEMI JOIN (SELECT search_key FROM differences WHERE field = '{field}' AND kind = 'masked/released')
        USING (search_key)
)
SELECT '{field}' AS field, h.disclosure_id AS hidden_in, h.state AS state, v.disclosure_id AS released_in,
    count(DISTINCT h.search_key) AS n_searches, {samples} AS samples
FROM copies h JOIN copies v USING (search_key)
WHERE h.state IN ('masked', 'withheld', 'partial') AND v.state = 'value' AND h.disclosure_id <> v.disclosure_id
GROUP BY ALL ORDER BY 2, 4, 3
"""

_SAMPLES: Final = (
    "min([h.disclosure_id || ':' || lpad(h.record_no::VARCHAR, 12, ' '), v.disclosure_id || ':' || v.record_no], 3)"
)


def redaction_differential(case: Case) -> list[Differential]:
    """Compare releases pairwise: which cells does one hide that another releases of the same search?

    Counts are of searches. Organisations and reasons are cited by record; of accounts, plates and case
    numbers there are counts alone. Reads what :func:`update_searches` stored.
    """
    found: list[Differential] = []
    for field in (*_CITED, *_COUNTED):
        cited = field in _CITED
        organisation = field == "organisation"
        sql = _PAIRS.format(
            field=field,
            state=_ORGANISATION_STATE if organisation else f"r.{field}_state",
            joins="LEFT JOIN organisations o ON o.name = r.org" if organisation else "",
            samples=_SAMPLES if cited else "[]::VARCHAR[][]",
        )
        found += [
            Differential(
                field, hidden_in, state, released_in, n,
                tuple((hidden.replace(" ", ""), released) for hidden, released in samples),
            )
            for _, hidden_in, state, released_in, n, samples in case.rows(sql)
        ]  # fmt: skip
    return found


_ORGANISATION_STATE: Final = (
    "CASE WHEN r.org_basis = 'released' THEN CASE WHEN r.org IS NULL OR o.status = 'placeholder' THEN 'masked' "
    "ELSE 'value' END END"
)
