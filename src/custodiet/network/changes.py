"""What changed between two dates: shares that appeared or went, and what only looks like it.

Two lists of the same organisation and direction are compared, one in force on
each date. A list that only one side has is not compared: no list at a date does
not mean that a share went. A name that changed its spelling or got an inactive
tag is no change of access and is listed apart.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from rapidfuzz.distance import Levenshtein

from custodiet.case import Case
from custodiet.model.errors import UsageError
from custodiet.network.statements import in_force, prepare_statements

APPEARED: Final = "appeared"
WENT: Final = "went"
RENAMED: Final = "renamed"
RESPELLED: Final = "respelled"
TAGGED: Final = "tag"

_TAG_WORDS: Final = frozenset({"inactive", "deactivated", "decommissioned", "dnu"})
_TAG: Final = re.compile(r"[\[(]\s*(?:federal|inactive|deactivated|decommissioned|new)\s*[\])]", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W_]+")
_LONG: Final = 5


@dataclass(frozen=True, slots=True)
class Change:
    """Describe one share that differs between two lists.

    Attributes:
        kind: ``appeared``, ``went``, ``renamed``, ``respelled`` or ``tag``.
        source: Organisation whose data it is.
        recipient: Organisation that can, or could, reach it.
        stated_by: Organisation whose lists were compared.
        before: Name as released on the earlier list; None where it appeared.
        after: Name as released on the later list; None where it went.
        citation: Row of the later list, or of the earlier where it went.
    """

    kind: str
    source: str
    recipient: str
    stated_by: str
    before: str | None
    after: str | None
    citation: str

    def to_json(self) -> dict[str, Any]:
        """Give the change as plain values."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class ComparedList:
    """Name one list and the two dates of it that were compared."""

    stated_by: str
    direction: str
    earlier: date
    later: date

    def to_json(self) -> dict[str, Any]:
        """Give the list as plain values."""
        return {
            "stated_by": self.stated_by,
            "direction": self.direction,
            "earlier": self.earlier.isoformat(),
            "later": self.later.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class Changes:
    """Answer what changed between two dates.

    Attributes:
        changes: Shares that appeared or went.
        renamings: Renamed, respelled or tagged names; no change of access.
        compared: Lists that both dates have.
        n_unmoved: Lists without a newer statement between the dates.
        n_one_sided: Lists that only one date has; nothing is concluded from them.
    """

    first: date
    second: date
    changes: tuple[Change, ...]
    renamings: tuple[Change, ...]
    compared: tuple[ComparedList, ...]
    n_unmoved: int
    n_one_sided: int

    def net_recipients(self) -> Counter[str]:
        """Count recipients gained less recipients lost, per organisation whose data it is."""
        net: Counter[str] = Counter()
        for change in self.changes:
            net[change.source] += 1 if change.kind == APPEARED else -1
        return net

    def net_sources(self) -> Counter[str]:
        """Count sources gained less sources lost, per organisation that reaches data."""
        net: Counter[str] = Counter()
        for change in self.changes:
            net[change.recipient] += 1 if change.kind == APPEARED else -1
        return net

    def to_json(self) -> dict[str, Any]:
        """Give the answer as plain values."""
        return {
            "from": self.first.isoformat(),
            "to": self.second.isoformat(),
            "n_appeared": sum(change.kind == APPEARED for change in self.changes),
            "n_went": sum(change.kind == WENT for change in self.changes),
            "changes": [change.to_json() for change in self.changes],
            "renamings": [change.to_json() for change in self.renamings],
            "compared": [item.to_json() for item in self.compared],
            "n_unmoved": self.n_unmoved,
            "n_one_sided": self.n_one_sided,
            "caveats": [
                "Only lists with a dated statement in force on both dates are compared;"
                " no list at a date does not mean that a share went."
            ],
        }


_LISTS: Final = """
WITH a AS (SELECT * FROM network_lists WHERE as_of IS NOT NULL AND {first}),
     b AS (SELECT * FROM network_lists WHERE as_of IS NOT NULL AND {second})
SELECT o.shown, stated_by, direction, a.as_of, b.as_of
FROM a FULL JOIN b USING (stated_by, direction) JOIN network_orgs o ON o.id = stated_by
ORDER BY ALL
"""

_SIDE: Final = """
SELECT stated_by, direction, source, recipient,
       min(CASE WHEN direction = 'in' THEN source_name ELSE recipient_name END) AS name,
       arg_min(disclosure_id || ':' || source_row, (disclosure_id, source_row)) AS citation
FROM network_statements
WHERE as_of IS NOT NULL AND status <> 'pending' AND source <> recipient AND {held}
GROUP BY stated_by, direction, source, recipient
"""

_DIFFERENCES: Final = f"""
WITH a AS ({_SIDE.format(held="{first}")}), b AS ({_SIDE.format(held="{second}")}),
matched AS (SELECT x.stated_by, x.direction FROM network_lists x JOIN network_lists y
         USING (stated_by, direction)
         WHERE x.as_of IS NOT NULL AND y.as_of IS NOT NULL AND x.as_of < y.as_of
           AND x.until IS NOT NULL AND {{first_x}} AND {{second_y}})
SELECT l.shown AS stated_by, direction, s.shown AS source, r.shown AS recipient,
       a.name AS before, b.name AS after, coalesce(b.citation, a.citation) AS citation
FROM a FULL JOIN b USING (stated_by, direction, source, recipient)
JOIN matched USING (stated_by, direction)
JOIN network_orgs l ON l.id = stated_by
JOIN network_orgs s ON s.id = source
JOIN network_orgs r ON r.id = recipient
WHERE a.name IS DISTINCT FROM b.name
ORDER BY stated_by, direction, source, recipient
"""


def changes_between(case: Case, first: date, second: date) -> Changes:
    """Compare the lists in force on two dates.

    Raises:
        UsageError: The first date is not before the second.
    """
    if first >= second:
        raise UsageError(f"{first} is not before {second}.", where="--from, --to", hint="Give the earlier date first.")
    prepare_statements(case)
    held = {"first": in_force(first), "second": in_force(second)}
    found = case.rows(_LISTS.format(**held))
    compared = tuple(ComparedList(name, direction, a, b) for name, _, direction, a, b in found if a and b and a != b)
    rows = case.rows(_DIFFERENCES.format(**held, first_x=_qualified("x", first), second_y=_qualified("y", second)))
    changes, renamings = _sort_out(case, rows, held)
    return Changes(
        first,
        second,
        changes,
        renamings,
        compared,
        sum(bool(a and b and a == b) for *_, a, b in found),
        sum((a is None) != (b is None) for *_, a, b in found),
    )


def _qualified(alias: str, day: date) -> str:
    return (
        f"{alias}.as_of <= DATE '{day.isoformat()}'"
        f" AND ({alias}.until IS NULL OR {alias}.until > DATE '{day.isoformat()}')"
    )


def _sort_out(
    case: Case, rows: list[tuple[Any, ...]], held: dict[str, str]
) -> tuple[tuple[Change, ...], tuple[Change, ...]]:
    changes: list[Change] = []
    renamings: list[Change] = []
    lists: dict[tuple[str, str], list[Change]] = defaultdict(list)
    for stated_by, direction, source, recipient, before, after, citation in rows:
        if before is not None and after is not None:
            kind = _kind_of_renaming(before, after) or RENAMED
            renamings.append(Change(kind, source, recipient, stated_by, before, after, citation))
            continue
        kind = APPEARED if before is None else WENT
        lists[stated_by, direction].append(Change(kind, source, recipient, stated_by, before, after, citation))
    still, already = (_names(case, held[side]) for side in ("second", "first"))
    for items in lists.values():
        kept, paired = _pair(items, still, already)
        changes.extend(kept)
        renamings.extend(paired)
    return tuple(changes), tuple(renamings)


def _names(case: Case, held: str) -> frozenset[str]:
    """Give every name that any list in force on a date holds."""
    return frozenset(
        name
        for (name,) in case.rows(
            f"SELECT source_name FROM network_statements WHERE {held}"
            f" UNION SELECT recipient_name FROM network_statements WHERE {held}"
        )
    )


def _pair(items: list[Change], still: frozenset[str], already: frozenset[str]) -> tuple[list[Change], list[Change]]:
    """Pair a name that went with one that appeared where both can only be the same organisation.

    A name that other lists still (or already) hold is another organisation, however near its spelling.
    """
    went = [item for item in items if item.kind == WENT and item.before not in still]
    appeared: dict[tuple[str, ...], list[Change]] = defaultdict(list)
    for item in items:
        if item.kind == APPEARED and item.after not in already:
            for sign in _signs(item.after or ""):
                appeared[sign].append(item)
    taken: set[Change] = set()
    paired = []
    for old in went:
        near = [new for sign in _signs(old.before or "") for new in appeared[sign]]
        for new in near:
            kind = None if new in taken else _kind_of_renaming(old.before or "", new.after or "")
            if kind is not None:
                taken |= {old, new}
                paired.append(replace(new, kind=kind, before=old.before))
                break
    return [item for item in items if item not in taken], paired


def _signs(name: str) -> list[tuple[str, ...]]:
    """Give the words without tags, and the same with each long word left out, to find near names by."""
    words = _plain_words(name)
    rest = [(*words[:at], "", *words[at + 1 :]) for at, word in enumerate(words) if len(word) >= _LONG]
    return [tuple(words), *(tuple(sorted(signs)) for signs in rest)]


def _kind_of_renaming(before: str, after: str) -> str | None:
    """Tell how two names come to be one: a tag, the same words, or one letter in a long word."""
    if sorted(_words(before)) == sorted(_words(after)):
        return RESPELLED
    old, new = _plain_words(before), _plain_words(after)
    if old == new:
        return TAGGED if old else None
    gone, come = Counter(old) - Counter(new), Counter(new) - Counter(old)
    if gone.total() != 1 or come.total() != 1:
        return None
    (a,), (b,) = gone, come
    near = min(len(a), len(b)) >= _LONG and Levenshtein.distance(a, b, score_cutoff=1) == 1
    return RESPELLED if near else None


def _plain_words(name: str) -> list[str]:
    return sorted(word for word in _words(_TAG.sub(" ", name)) if word not in _TAG_WORDS)


def _words(name: str) -> list[str]:
    return _WORD.findall(name.lower())
