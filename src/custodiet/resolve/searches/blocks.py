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
    *(
        Pass(Basis.NO_ORGANISATION, ("second", "networks", "period", text), (*_CONTENT, "org_no"))
        for text in _TEXTS
    ),
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
SELECT c.dno, c.record_no, c.devices, c.cluster, c.own_key, {carried}, b.block, {untold} AS untold,
    md5_number_lower(concat_ws('|', b.block, {parts})) AS grp
FROM link_candidates c JOIN link_blocks b USING ({key}) WHERE c.rank <> {ambiguous}
"""

_GROUPS: Final = """
CREATE OR REPLACE TEMP TABLE link_groups AS
WITH logs AS (
    SELECT grp, dno, count(*) FILTER (cluster IS NULL) AS n_free, count(DISTINCT cluster) AS n_told,
        min(cluster) AS low, max(cluster) AS high, min(own_key) AS own,
        bool_and(period IS NOT NULL) AS has_period,
        {text_flags}
    FROM link_members WHERE NOT untold GROUP BY grp, dno
)
SELECT grp, count(*) AS n_logs, max(n_free + n_told) AS most, sum(n_free) AS n_free, min(low) AS low,
    max(high) AS high, min(own) AS own, bool_and(has_period) AS has_period, {all_texts} AS has_text
FROM logs GROUP BY grp HAVING count(*) > 1 AND sum(n_free) > 0
"""

_JOINED: Final = """
CREATE OR REPLACE TEMP TABLE link_joined AS
SELECT m.dno, m.record_no, coalesce(g.low, g.own) AS cluster, {rank} AS rank
FROM link_members m JOIN link_groups g USING (grp)
WHERE NOT m.untold AND g.most = 1 AND g.low IS NOT DISTINCT FROM g.high
"""

# Several searches alike in everything: joined one to one between the logs that hold most of them, when each of these
# logs tells all of them by id, or none, and the ids are the same ones.
_ALIKE: Final = """
INSERT INTO link_joined
WITH logs AS (
    SELECT grp, dno, count(*) FILTER (cluster IS NULL) AS n_free, count(DISTINCT cluster) AS n_told
    FROM link_members SEMI JOIN (SELECT grp FROM link_groups WHERE most > 1) USING (grp) WHERE NOT untold GROUP BY ALL
), full_logs AS (
    SELECT l.grp, l.dno, g.most FROM logs l JOIN link_groups g USING (grp)
    WHERE l.n_free + l.n_told = g.most AND (l.n_free = 0 OR l.n_told = 0)
), placed AS (
    SELECT m.grp, m.dno, m.record_no, m.cluster, m.own_key, f.most,
        dense_rank() OVER (PARTITION BY m.grp, m.dno ORDER BY m.cluster,
            CASE WHEN m.cluster IS NULL THEN m.devices END,
            CASE WHEN m.cluster IS NULL THEN m.record_no END) AS place
    FROM link_members m JOIN full_logs f USING (grp, dno) WHERE NOT m.untold
), agreed AS (
    SELECT grp FROM placed GROUP BY grp
    HAVING count(DISTINCT dno) > 1 AND bool_or(cluster IS NULL)
        AND (count(DISTINCT cluster) = 0 OR count(DISTINCT cluster) = min(most))
)
SELECT dno, record_no, coalesce(min(cluster) OVER same, min(own_key) OVER same), {rank}
FROM placed SEMI JOIN agreed USING (grp) WINDOW same AS (PARTITION BY grp, place)
"""

# What met a like record in another log and was not joined cannot be told.
_UNTOLD: Final = """
INSERT INTO link_joined
SELECT m.dno, m.record_no, NULL, {rank} FROM link_members m ANTI JOIN link_joined j USING (dno, record_no)
WHERE m.cluster IS NULL AND (m.untold OR m.grp IN (SELECT grp FROM link_groups))
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
    statements = [_MEMBERS, _GROUPS, _JOINED]
    for template in statements:
        case.execute(_fill(template, step))
    if step.first:
        case.execute(_ALIKE.format(rank=Basis.ORDER.rank))
    case.execute(_UNTOLD.format(rank=Basis.AMBIGUOUS.rank))
    case.execute(_KEEP)


def _fill(template: str, step: Pass) -> str:
    content = [name for name in step.content if name not in step.key]
    kept = dict.fromkeys(("period", *_TEXTS))
    rank = str(step.basis.rank)
    if step.first:
        rank = (
            f"CASE WHEN g.has_period THEN {Basis.WINDOW.rank} WHEN g.has_text THEN {Basis.TEXT.rank} ELSE {rank} END"
        )
    return template.format(
        key=", ".join(step.key),
        released=" AND ".join(f"{name} IS NOT NULL" for name in step.key),
        differs=", ".join(f"coalesce(min({name}) <> max({name}), false) AS differs_{name}" for name in content),
        untold=" OR ".join(f"(b.differs_{name} AND c.{name} IS NULL)" for name in content),
        parts=", ".join(f"CASE WHEN b.differs_{name} THEN coalesce(c.{name}::VARCHAR, '') ELSE '' END" for name in content),
        carried=", ".join(f"c.{name}" for name in kept),
        text_flags=", ".join(f"bool_and({name} IS NOT NULL) AS has_{name}" for name in _TEXTS),
        all_texts=" OR ".join(f"bool_and(has_{name})" for name in _TEXTS),
        ambiguous=Basis.AMBIGUOUS.rank,
        rank=rank,
    )
