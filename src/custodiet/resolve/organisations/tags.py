"""Find in a name the words that are no part of it: out of use, demonstration, product line, released level."""

from __future__ import annotations

from dataclasses import dataclass

from custodiet.places.names import ReadName
from custodiet.resolve.organisations.lexicon import LevelRule, Lexicon, find_phrase


@dataclass(frozen=True, slots=True)
class Tags:
    """The positions of tag words, and what they say.

    Attributes:
        at: Positions that are no part of the name.
        inactive: The tag that says so, or empty.
        demo: The tag that says so, or empty.
        level: Level that a bracket states: ``[Federal]``.
    """

    at: frozenset[int]
    inactive: str
    demo: str
    level: LevelRule | None


_NO_TAGS = Tags(frozenset(), "", "", None)


def find_tags(read: ReadName, lexicon: Lexicon) -> Tags:
    """Find the tags of a name."""
    keys = read.keys
    size = len(keys)
    if lexicon.tag_words.isdisjoint(keys) and not any(key.isdigit() for key in keys[1:]):
        return _NO_TAGS
    taken: set[int] = set()
    inactive = demo = ""
    level: LevelRule | None = None
    at = 0
    while at < size:
        length = find_phrase(lexicon.inactive, keys, at)
        if length:
            inactive = inactive or " ".join(keys[at : at + length])
        else:
            length = find_phrase(lexicon.demo, keys, at) or _demo_last(read, lexicon, at)
            if length:
                demo = demo or " ".join(keys[at : at + length])
            else:
                length = _product(read, lexicon, at)
        if not length and read.groups[at] and keys[at] in lexicon.bracketed_levels and _alone(read, at):
            level, length = lexicon.bracketed_levels[keys[at]], 1
        taken.update(range(at, at + length))
        at += length or 1
    return Tags(frozenset(taken), inactive, demo, level)


def _demo_last(read: ReadName, lexicon: Lexicon, at: int) -> int:
    """Give 1 where a word says that the account is for training, because nothing follows it."""
    end = at + 1
    ends = end == len(read.keys) or bool(read.breaks[end]) or read.groups[end] != read.groups[at]
    return 1 if ends and at and read.keys[at] in lexicon.demo_last else 0


def _product(read: ReadName, lexicon: Lexicon, at: int) -> int:
    """Give the number of words of a product line or version that stands apart: in brackets, after a dash, or last."""
    if at == 0 and not read.groups[0]:
        return 0
    keys = read.keys
    length = find_phrase(lexicon.products, keys, at)
    if not length and (keys[at] in lexicon.new or (len(keys[at]) == 1 and keys[at].isdigit())):
        length = 1
    if not length:
        return 0
    end = at + length
    ends = end == len(keys) or read.groups[end] != read.groups[at] or bool(read.breaks[end])
    apart = read.groups[at] != read.groups[at - 1] or bool(read.breaks[at]) or (end == len(keys) and at > 1)
    is_number = keys[at].isdigit()
    if (
        is_number
        and not read.groups[at]
        and keys[at - 1] in ("pct", "precinct", "district", "division", "region", "zone")
    ):
        return 0
    return length if ends and apart and (read.groups[at] or read.breaks[at] or at >= 2) else 0


def _alone(read: ReadName, at: int) -> bool:
    group = read.groups[at]
    return (at == 0 or read.groups[at - 1] != group) and (at + 1 == len(read.groups) or read.groups[at + 1] != group)
