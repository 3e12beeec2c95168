"""Join records without a shared id, pass by pass, each pass asking for less in common than the one before.

A pass looks at blocks: records that agree in its key. Inside a block whatever
else two copies both release must agree too; a record that does not release
what tells the others apart is ambiguous. Two records of one disclosure are
never joined, two searches that are already told apart neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from custodiet.case import Case
from custodiet.resolve.searches.basis import Basis

_TEXTS: Final = ("reason", "case_text", "plate")
_CONTENT: Final = ("period", *_TEXTS, "search_type", "offense", "prompt")


@dataclass(frozen=True, slots=True)
class Pass:
    """Describe one pass.

    Attributes:
        basis: How its joins are called.
        key: Columns that must be released and agree.
        content: Columns that must agree wherever they are released.
        first: Whether it may join searches that are alike one to one, and names its joins by what agrees.
    """

    basis: Basis
    key: tuple[str, ...]
    content: tuple[str, ...]
    first: bool = False


PASSES: Final = (
    Pass(Basis.NETWORKS_ALONE, ("org_no", "second", "networks"), _CONTENT, first=True),
    *(Pass(Basis.NO_ORGANISATION, ("second", "networks", "period", text), (*_CONTENT, "org_no")) for text in _TEXTS),
    Pass(Basis.NO_NETWORKS, ("org_no", "second", "period", "reason"), _CONTENT),
    Pass(Basis.TEXT_ALONE, ("org_no", "second", "reason"), (*_CONTENT, "networks")),
    Pass(Basis.WINDOW_ALONE, ("org_no", "second", "period"), (*_CONTENT, "networks")),
)

# Blocks with something to join, and in which columns their records differ.
_BLOCKS: Final = """
CREATE OR REPLACE TEMP TABLE link_blocks AS
SELECT {key}, md5_number_lower(concat_ws('|', {key})) AS block, {differs}
FROM link_candidates WHERE {released} AND rank <> {ambiguous}
GROUP BY {key} HAVING min(dno) <> max(dno) AND bool_or(cluster IS NULL)
"""

# Records of a block fall into groups by the columns in which the block differs.
_MEMBERS: Final = """
CREATE OR REPLACE TEMP TABLE link_members AS
SELECT c.dno, c.record_no, c.devices, c.cluster, c.own_key, c.look, {carried}, b.block, {untold} AS untold,
    md5_number_lower(concat_ws('|', b.block, {parts})) AS grp
FROM link_candidates c JOIN link_blocks b USING ({key}) WHERE c.rank <> {ambiguous}
"""

# What each log holds of a group. Rows of one log that are the very same in every cell count once here.
_LOGS: Final = """
CREATE OR REPLACE TEMP TABLE link_logs AS
SELECT grp, dno, count(*) FILTER (cluster IS NULL) AS n_free, count(DISTINCT cluster) AS n_told,
    min(cluster) AS low, max(cluster) AS high, min(own_key) AS own,
    coalesce(min(look) FILTER (cluster IS NULL) = max(look) FILTER (cluster IS NULL), true) AS same_rows,
    bool_and(period IS NOT NULL) AS has_period, {text_flags}
FROM link_members WHERE NOT untold GROUP BY grp, dno
"""

_GROUPS: Final = """
CREATE OR REPLACE TEMP TABLE link_groups AS
SELECT grp, max(n_free + n_told) AS most, min(low) AS low, min(own) AS own,
    max(n_free + n_told) = 1 AND min(low) IS NOT DISTINCT FROM max(high) AS plain,
    min(low) IS NOT DISTINCT FROM max(high) AND bool_and(same_rows) AND NOT bool_or(n_free > 0 AND n_told > 0)
        AS repeats,
    count(*) FILTER (has_period) AS n_period, {text_logs}
FROM link_logs GROUP BY grp HAVING count(*) > 1 AND sum(n_free) > 0
"""

_JOINED: Final = """
CREATE OR REPLACE TEMP TABLE link_joined AS
SELECT m.dno, m.record_no, coalesce(g.low, g.own) AS cluster, {rank} AS rank
FROM link_members m JOIN link_groups g USING (grp)
WHERE NOT m.untold AND g.plain AND m.cluster IS NULL
"""

# Several searches alike in all that is released in both logs: joined one to one, in the order of their ids or rows.
# Where the rows of every log are the very same, whatever their number; otherwise only between the logs that hold
# most of them, when each of these tells all of them by id, or none, and the ids are the same ones.
_ALIKE: Final = """
INSERT INTO link_joined
WITH logs AS (
    SELECT l.grp, l.dno, g.most, g.repeats, l.n_free + l.n_told < g.most AS fewer
    FROM link_logs l JOIN link_groups g USING (grp)
    WHERE NOT g.plain AND (g.repeats OR l.n_free + l.n_told = g.most AND (l.n_free = 0 OR l.n_told = 0))
), placed AS (
    SELECT m.grp, m.dno, m.record_no, m.cluster, m.own_key, l.most, l.repeats,
        dense_rank() OVER (PARTITION BY m.grp, m.dno ORDER BY m.cluster,
            CASE WHEN m.cluster IS NULL THEN m.devices END,
            CASE WHEN m.cluster IS NULL THEN m.record_no END) AS place
    FROM link_members m JOIN logs l USING (grp, dno) WHERE NOT m.untold
), agreed AS (
    SELECT grp FROM placed GROUP BY grp
    HAVING min(dno) <> max(dno) AND (bool_and(repeats) OR count(DISTINCT cluster) IN (0, min(most)))
), paired AS (
    SELECT *, coalesce(min(cluster) OVER same, min(own_key) OVER same) AS joined,
        min(dno) OVER same <> max(dno) OVER same AS met
    FROM placed SEMI JOIN agreed USING (grp) WINDOW same AS (PARTITION BY grp, place)
)
SELECT dno, record_no, joined, {rank} FROM paired WHERE cluster IS NULL AND met
"""

# What met a like record in another log and was not joined cannot be told. Where one log holds more of them than all
# others, its own records are told apart by that log, and only those of the others are in doubt.
_UNTOLD: Final = """
INSERT INTO link_joined
SELECT m.dno, m.record_no, NULL, {rank}
FROM link_members m ANTI JOIN link_joined j USING (dno, record_no)
LEFT JOIN link_logs l ON l.grp = m.grp AND l.dno = m.dno
LEFT JOIN (
    SELECT l.grp, any_value(g.most) AS most, count(*) FILTER (l.n_free + l.n_told = g.most) AS n_full
    FROM link_logs l JOIN link_groups g USING (grp) WHERE NOT (g.repeats AND {repeats_joined}) GROUP BY l.grp
) g ON g.grp = m.grp
WHERE m.cluster IS NULL AND (m.untold OR l.n_free + l.n_told < g.most OR g.n_full > 1)
"""

_KEEP: Final = """
UPDATE link_candidates SET cluster = j.cluster, rank = greatest(link_candidates.rank, j.rank)
FROM link_joined j WHERE link_candidates.dno = j.dno AND link_candidates.record_no = j.record_no
"""


def run_pass(case: Case, step: Pass) -> None:
    """Join what one pass can tell, and mark what it finds ambiguous, in ``link_candidates``."""
    case.execute(_fill(_BLOCKS, step))
    if not case.value("SELECT count(*) FROM link_blocks"):
        return
    for template in (_MEMBERS, _LOGS, _GROUPS, _JOINED):
        case.execute(_fill(template, step))
    if step.first:
        case.execute(_ALIKE.format(rank=Basis.ORDER.rank))
    case.execute(_UNTOLD.format(rank=Basis.AMBIGUOUS.rank, repeats_joined=str(step.first).lower()))
    case.execute(_KEEP)


def _fill(template: str, step: Pass) -> str:
    content = [name for name in step.content if name not in step.key]
    kept = dict.fromkeys(("period", *_TEXTS))
    rank = str(step.basis.rank)
    if step.first:
        texts = " OR ".join(f"(m.{name} IS NOT NULL AND g.n_{name} > 1)" for name in _TEXTS)
        rank = (
            f"CASE WHEN m.period IS NOT NULL AND g.n_period > 1 THEN {Basis.WINDOW.rank} "
            f"WHEN {texts} THEN {Basis.TEXT.rank} ELSE {rank} END"
        )
    return template.format(
        key=", ".join(step.key),
        released=" AND ".join(f"{name} IS NOT NULL" for name in step.key),
        differs=", ".join(f"coalesce(min({name}) <> max({name}), false) AS differs_{name}" for name in content),
        untold=" OR ".join(f"(b.differs_{name} AND c.{name} IS NULL)" for name in content),
        parts=", ".join(
            f"CASE WHEN b.differs_{name} THEN coalesce(c.{name}::VARCHAR, '') ELSE '' END" for name in content
        ),
        carried=", ".join(f"c.{name}" for name in kept),
        text_flags=", ".join(f"bool_and({name} IS NOT NULL) AS has_{name}" for name in _TEXTS),
        text_logs=", ".join(f"count(*) FILTER (has_{name}) AS n_{name}" for name in _TEXTS),
        ambiguous=Basis.AMBIGUOUS.rank,
        rank=rank,
    )
