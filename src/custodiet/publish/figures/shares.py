"""Shares in force and what follows from them, in plain SQL: a route of its own beside the room of networks.

Organisations stand by their names in small letters. ``share_…`` are the working tables: names and what is told of
each organisation, statements, the latest list of each maker and direction, shares in force; then, for one
organisation, labels as seen from it, who is reached, and who searched by its network log.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from custodiet.publish.figures.figure import literal
from custodiet.publish.figures.steps import Step

_SPACED: Final = r"lower(trim(regexp_replace({0}, '\s+', ' ', 'g')))"

_NAMES: Final = f"""
SELECT name, {_SPACED.format("coalesce(nullif(min(trim(canonical)), ''), name)")} AS org,
       coalesce(min(status), 'active') AS status FROM {{organisations}} GROUP BY name
"""
_ORGS: Final = """
SELECT n.org, CASE WHEN count(DISTINCT o.state) = 1 THEN min(o.state) END AS state,
       CASE WHEN count(DISTINCT nullif(o.level, 'unknown')) = 1 THEN min(nullif(o.level, 'unknown')) END AS level,
       CASE WHEN bool_or(n.status = 'active') THEN 'active' ELSE min(n.status) END AS status
FROM {organisations} o JOIN share_names n ON n.name = o.name GROUP BY n.org
"""
# A statement of nobody in particular is taken as a list of the organisation whose data it is.
_SAID: Final = """
SELECT source, recipient, coalesce(maker, source) AS maker,
       CASE WHEN maker = source THEN 'out' WHEN maker = recipient THEN 'in' ELSE 'other' END AS direction,
       as_of, pending, inactive
FROM (SELECT coalesce(a.org, lower(s.source)) AS source, coalesce(b.org, lower(s.recipient)) AS recipient,
             coalesce(c.org, lower(s.stated_by)) AS maker, s.as_of,
             coalesce(s.status = 'pending', false) AS pending,
             coalesce(s.status = 'inactive', false) OR coalesce(b.status = 'inactive', false) AS inactive
      FROM {shares} s LEFT JOIN share_names a ON a.name = s.source LEFT JOIN share_names b ON b.name = s.recipient
      LEFT JOIN share_names c ON c.name = s.stated_by)
"""
# A page that states an empty list ends the list before it.
_LATEST: Final = """
SELECT maker, direction, max(as_of) AS as_of FROM (
    SELECT maker, direction, as_of FROM share_said
    UNION ALL SELECT n.org, d.direction, p.as_of
    FROM {portals} p JOIN share_names n ON n.name = p.producer, (VALUES ('out'), ('in')) d(direction)
    WHERE p.as_of IS NOT NULL AND regexp_matches(p.other, '"sharing list ' || d.direction || ': count": "?0+"?[,}]'))
GROUP BY maker, direction
"""
_IN_FORCE: Final = """
SELECT s.* FROM share_said s JOIN share_latest l
  ON l.maker = s.maker AND l.direction = s.direction AND l.as_of IS NOT DISTINCT FROM s.as_of
"""
_EDGES: Final = """
SELECT source, recipient, bool_and(inactive) AS inactive FROM share_in_force
WHERE NOT pending AND source <> recipient GROUP BY source, recipient
"""
# ``plain`` leaves tags aside, because a tag does not end access.
_LABELS: Final = """
SELECT o.org, o.state, o.level,
       CASE WHEN o.status = 'demo' THEN 'demo' WHEN o.level IN ('federal', 'private') THEN o.level
            WHEN o.level = 'foreign' THEN 'out-of-state' WHEN o.state = h.state THEN 'in-state'
            WHEN o.state <> h.state THEN 'out-of-state' ELSE 'unknown' END AS plain,
       CASE WHEN o.status = 'demo' THEN 'demo' WHEN o.status = 'inactive' OR t.inactive THEN 'inactive'
            ELSE plain END AS label
FROM share_orgs o CROSS JOIN (SELECT min(state) AS state FROM share_orgs WHERE org = {home}) h
LEFT JOIN (SELECT recipient, bool_and(inactive) AS inactive FROM share_edges GROUP BY recipient) t
  ON t.recipient = o.org
"""
_REACHED: Final = """
SELECT {home} AS org UNION
SELECT e.recipient FROM share_reached r JOIN share_edges e ON e.source = r.org
"""
_HOPS: Final = """
SELECT {home}, 0 UNION
SELECT e.recipient, r.hop + 1 FROM share_hops r JOIN share_edges e ON e.source = r.org
WHERE NOT EXISTS (SELECT 1 FROM recurring.share_hops k WHERE k.org = e.recipient)
"""
_LOGGED: Final = """
SELECT r.org AS name, r.org IS NOT NULL AND trim(r.org) <> '' AND r.org_basis = 'released' AS shown, count(*) AS n
FROM {records} r WHERE r.kind = 'network-audit'
 AND r.producer IN (SELECT name FROM share_names WHERE org = {home}) GROUP BY ALL
"""
_SEEN: Final = """
SELECT DISTINCT coalesce(n.org, lower(l.name)) AS org FROM share_logged l LEFT JOIN share_names n ON n.name = l.name
WHERE l.shown AND coalesce(n.org, lower(l.name)) <> {home}
"""
_KEPT: Final = """
SELECT e.source, e.recipient FROM share_edges e
WHERE NOT EXISTS (SELECT 1 FROM share_ended d WHERE d.source = e.source AND d.recipient = e.recipient)
"""
_LEFT: Final = """
SELECT {home} AS org UNION
SELECT k.recipient FROM share_left l JOIN share_kept k ON k.source = l.org
"""

_WITHOUT: Final = """
SELECT {home} AS org UNION
SELECT e.recipient FROM share_left l JOIN share_edges e ON e.source = l.org
WHERE NOT (e.source = {source} AND e.recipient = {recipient})
"""

NAMES: Final = (Step("share_names", " ".join(_NAMES.split())), Step("share_orgs", " ".join(_ORGS.split())))
IN_FORCE: Final = (
    *NAMES,
    *(
        Step(name, " ".join(sql.split()))
        for name, sql in (("share_said", _SAID), ("share_latest", _LATEST), ("share_in_force", _IN_FORCE))
    ),
)
EDGES: Final = (*IN_FORCE, Step("share_edges", " ".join(_EDGES.split())))


def key_of(name: str) -> str:
    """Write an organisation as the working tables name it, as SQL."""
    return literal(" ".join(name.split()).lower())


def labels(home: str) -> tuple[Step, ...]:
    """Give the steps to what each organisation is as seen from one."""
    return (*EDGES, _of("share_labels", _LABELS, home))


def reached(home: str) -> tuple[Step, ...]:
    """Give the steps to all that can reach the data of one organisation if every recipient shares on."""
    return (*labels(home), _of("share_reached", _REACHED, home))


def hops(home: str) -> tuple[Step, ...]:
    """Give the steps to how many shares each is away from the data of one organisation."""
    return (*EDGES, _of("share_hops", _HOPS, home, "(org, hop) USING KEY (org)"))


def logged(home: str) -> tuple[Step, ...]:
    """Give the steps to the names in the network logs of one organisation, with the number of their rows."""
    return (*NAMES, _of("share_logged", _LOGGED, home))


def seen(home: str) -> tuple[Step, ...]:
    """Give the steps to the organisations that the network logs of one organisation name."""
    return (*labels(home), _of("share_logged", _LOGGED, home), _of("share_seen", _SEEN, home))


def left(home: str, ended: Iterable[tuple[str, str]]) -> tuple[Step, ...]:
    """Give the steps to all that can still reach the data when some shares have ended."""
    pairs = ", ".join(f"({key_of(source)}, {key_of(recipient)})" for source, recipient in ended)
    return (
        *reached(home),
        Step("share_ended", f"SELECT source, recipient FROM (VALUES {pairs}) v(source, recipient)"),
        Step("share_kept", " ".join(_KEPT.split())),
        _of("share_left", _LEFT, home),
    )


def left_without(home: str, source: str, recipient: str) -> tuple[Step, ...]:
    """Give the steps to all that can still reach the data when one share has ended."""
    sql = _WITHOUT.replace("{source}", key_of(source)).replace("{recipient}", key_of(recipient))
    return (*reached(home), _of("share_left", sql, home))


def _of(name: str, sql: str, home: str, columns: str = "") -> Step:
    return Step(name, " ".join(sql.split()).replace("{home}", key_of(home)), columns)
