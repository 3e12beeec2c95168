"""Known exports, as data: which labels stand for which column, and which sets of columns make a table known.

A format file says what a vendor or a newspaper calls its columns. Nothing in it
is code, and no file name plays a part: a table is known by its header alone.
The generic search log has wide aliases, so that an export nobody described is
read where its columns can be recognised; where they cannot, there is no match
and the caller says so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from custodiet.model.errors import PackError

FormatKind = Literal[
    "search-log",
    "portal-log",
    "event-log",
    "sharing-list",
    "sharing-edges",
    "portal-table",
    "organisation-list",
]
ColumnKind = Literal[
    "uuid",
    "text",
    "integer",
    "time",
    "time-range",
    "date",
    "time-of-day",
    "flag",
    "verdict",
    "search-word",
    "plate",
    "case-number",
    "account",
    "org",
    "list",
]

_LONGEST_LABEL: Final = 200
_BLANKS: Final = re.compile(r"\s+")
_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SUFFIX: Final = re.compile(r"(?<=[^\W\d_])[ ]?(?:_|\.)\d{1,2}$")
# The zone that a label of times states for its column; see `times.zone_in_label`.
_ZONE: Final = re.compile(
    r"(?<=[^\W\d_])(?:[\s_]*[(\[]\s*(?:utc|gmt|zulu|[ecmp][sd]?t|ak[sd]t|hst|america/\w+(?:/\w+)?"
    r"|(?:us/)?(?:eastern|central|mountain|pacific)(?: standard| daylight)?(?: time)?)\s*[)\]]|[\s_]+(?:utc|gmt))$",
    re.IGNORECASE,
)
_INVISIBLE: Final = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u2060\u00ad\x00"))


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ColumnSpec(_Strict):
    """Describe one canonical column: what exports call it, what its cells are, what it means."""

    aliases: tuple[str, ...]
    type: ColumnKind = "text"
    meaning: str


class SplitTime(_Strict):
    """Say that two columns, a date and a clock time, stand for one instant (``whole``)."""

    whole: str
    date: str
    clock: str


class Era(_Strict):
    """State from when an export looks different, and by which marks that is told."""

    id: str
    since: str
    mark: str


class Example(_Strict):
    """Give a header and what each label must be read as; ``expect: null`` means no match at all."""

    name: str
    header: tuple[str, ...]
    expect: tuple[str | None, ...] | None


class Format(_Strict):
    """Describe one known export.

    Attributes:
        required: Sets of canonical columns; a header that has all of one set is of this format.
        orders: Column orders that the export has been seen with, whole; the layout
            doctor compares header-less and pasted rows with them.
        excluded_by: Labels that show that a table is something else.
        telling: Words of which one must stand in a label that was read; without any, every set
            of ``required`` will do. They keep ordinary lists with a date, a name and a reason out.
        untold: Sets of columns that are enough without a telling word.
        shown_by: Columns whose cells tell what the table is where no telling word does: most of
            them must look like the type of their column.
        rank: Breaks ties between formats that read the same columns; higher wins.
        sentinels: Cells that stand for "no value" in this export, beside the masks known everywhere.
    """

    id: str
    title: str
    kind: FormatKind
    vendor: str | None
    rank: int
    columns: dict[str, ColumnSpec]
    required: tuple[tuple[str, ...], ...]
    split_times: tuple[SplitTime, ...] = ()
    orders: tuple[tuple[str, ...], ...] = ()
    excluded_by: tuple[str, ...] = ()
    telling: tuple[str, ...] = ()
    untold: tuple[tuple[str, ...], ...] = ()
    shown_by: tuple[str, ...] = ()
    time_formats: tuple[str, ...] = ()
    sentinels: tuple[str, ...] = ()
    eras: tuple[Era, ...] = ()
    sources: tuple[str, ...]
    examples: tuple[Example, ...]

    @model_validator(mode="after")
    def _check(self) -> Format:
        named = {name for group in self.required for name in group}
        named |= {name for group in self.untold for name in group} | set(self.shown_by)
        named |= {name for order in self.orders for name in order}
        named |= {name for split in self.split_times for name in (split.whole, split.date, split.clock)}
        if unknown := sorted(named - set(self.columns)):
            raise ValueError(f"columns {unknown} are named and not described")
        shared = {frozenset({s.whole, s.date}) for s in self.split_times}
        shared |= {frozenset({s.whole, s.clock}) for s in self.split_times}
        owner: dict[str, str] = {}
        for name, spec in self.columns.items():
            for key in {label_key(alias) for alias in spec.aliases}:
                if key in owner and frozenset({owner[key], name}) not in shared:
                    raise ValueError(f"alias {key!r} belongs to {owner[key]} and to {name}")
                owner.setdefault(key, name)
        return self

    def type_of(self, column: str | None) -> ColumnKind:
        """Name the cell type of a canonical column; ``text`` for columns without a name."""
        return self.columns[column].type if column in self.columns else "text"


class FormatMatch(_Strict):
    """Hold how a header is read.

    Attributes:
        format: The format.
        columns: Canonical column of each position; None where no column is known.
        score: Share of the labels that were recognised, 0 to 1.
    """

    format: Format
    columns: tuple[str | None, ...]
    score: float

    @property
    def mapping(self) -> dict[int, str]:
        """Map positions to canonical columns."""
        return {place: name for place, name in enumerate(self.columns) if name is not None}

    @property
    def unmapped(self) -> tuple[int, ...]:
        """List positions without a canonical column."""
        return tuple(place for place, name in enumerate(self.columns) if name is None)

    @property
    def types(self) -> tuple[ColumnKind, ...]:
        """Name the cell type of each position."""
        return tuple(self.format.type_of(name) for name in self.columns)

    def position(self, column: str) -> int | None:
        """Find the position of a canonical column."""
        return self.columns.index(column) if column in self.columns else None


def clean_label(label: str | None) -> str:
    """Take byte-order marks, zero-width signs and doubled or outer spaces out of a label.

    Example:
        >>> clean_label("  Search   Time ")
        'Search Time'
    """
    return _BLANKS.sub(" ", (label or "").translate(_INVISIBLE)).strip()


def clean_labels(labels: Sequence[str | None]) -> tuple[str, ...]:
    """Give every column a label of its own, whatever its header says.

    Labels equal apart from case or spacing get ``_2``, ``_3``; blank ones become
    ``column N`` (1-based). No label is dropped and none overwrites another.
    """
    taken: set[str] = set()
    wanted = [clean_label(label) or f"column {place}" for place, label in enumerate(labels, 1)]
    reserved = {text.casefold() for text in wanted}
    cleaned: list[str] = []
    for text in wanted:
        candidate, number = text, 1
        while candidate.casefold() in taken or (number > 1 and candidate.casefold() in reserved):
            number += 1
            candidate = f"{text}_{number}"
        taken.add(candidate.casefold())
        cleaned.append(candidate)
    return tuple(cleaned)


@lru_cache(maxsize=16_384)
def label_key(label: str | None) -> str:
    """Reduce a label to what is compared: letters and digits in lower case, ``#`` read as "no".

    Example:
        >>> label_key(" Case #"), label_key("case_no."), label_key("Reason_1")
        ('caseno', 'caseno', 'reason')
    """
    text = unicodedata.normalize("NFKC", clean_label(label[:_LONGEST_LABEL] if label else None))
    text = _ZONE.sub("", _SUFFIX.sub("", text)).replace("#", " no ")
    return "".join(sign for sign in text.casefold() if sign.isalnum())


@lru_cache(maxsize=1)
def load_formats() -> tuple[Format, ...]:
    """Read every format file of the package, ordered by id.

    Raises:
        PackError: A file is faulty; all faults of all files are listed.
    """
    formats: list[Format] = []
    faults: list[str] = []
    for entry in sorted((files("custodiet") / "data" / "formats").iterdir(), key=lambda item: item.name):
        if not entry.name.endswith(".yaml"):
            continue
        try:
            formats.append(read_format(entry.read_text(encoding="utf-8")))
        except (ValidationError, yaml.YAMLError) as error:
            faults.append(f"{entry.name}: {error}")
    if faults:
        raise PackError("Format files are faulty.", hint="; ".join(faults), faults=tuple(faults))
    return tuple(sorted(formats, key=lambda item: item.id))


def read_format(text: str) -> Format:
    """Read one format file.

    Raises:
        pydantic.ValidationError: A key is unknown or missing, or two columns share an alias.
        yaml.YAMLError: The text is no YAML.
    """
    # Both loaders are safe ones; that of libyaml is several times faster and not always there.
    return Format.model_validate(yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))  # noqa: S506 - safe loaders both


def match_format(labels: Sequence[str | None], formats: Sequence[Format] | None = None) -> FormatMatch | None:
    """Find the format that reads most of a header's labels.

    Args:
        labels: The header as released, in file order.
        formats: Formats to choose from; by default all of the package.

    Returns:
        The match that reads most labels; among equals the higher rank, then the
        first id. None where no format has all columns of one of its sets.
    """
    keys = [label_key(label) for label in labels]
    found: list[FormatMatch] = []
    for candidate in load_formats() if formats is None else formats:
        columns = _read_labels(candidate, keys)
        if columns is not None and _is_told(candidate, labels, columns):
            n_labels = sum(1 for key in keys if key)
            n_read = sum(1 for name in columns if name)
            found.append(FormatMatch(format=candidate, columns=columns, score=round(n_read / n_labels, 4)))
    return min(found, key=_preference, default=None)


def _is_told(candidate: Format, labels: Sequence[str | None], columns: Sequence[str | None]) -> bool:
    """Tell whether the labels say what the table is, and not only that it has dates, names and remarks."""
    present = {name for name in columns if name}
    if not candidate.telling or any(set(group) <= present for group in candidate.untold):
        return True
    return has_telling_word(candidate, labels, columns) or bool(present & set(candidate.shown_by))


def has_telling_word(candidate: Format, labels: Sequence[str | None], columns: Sequence[str | None]) -> bool:
    """Tell whether one of the labels that were read holds a word that says what the table is."""
    words = {word.casefold() for word in candidate.telling}
    return any(name and words & _words_of(label) for name, label in zip(columns, labels, strict=False))


def _words_of(label: str | None) -> set[str]:
    """Split a label into its words: ``searchDate`` and ``search_date`` have two."""
    spaced = _HUMP.sub(" ", clean_label((label or "")[:_LONGEST_LABEL]))
    return {word.casefold() for word in re.findall(r"[^\W_]+", spaced)}


def _preference(match: FormatMatch) -> tuple[int, int, str]:
    return -len(match.mapping), -match.format.rank, match.format.id


def _read_labels(candidate: Format, keys: Sequence[str]) -> tuple[str | None, ...] | None:
    ranks = _alias_ranks(candidate)
    if not {label_key(label) for label in candidate.excluded_by}.isdisjoint(keys):
        return None
    columns: list[str | None] = [None] * len(keys)
    for split in candidate.split_times:
        _read_split(split, ranks, keys, columns)
    halves = {name for split in candidate.split_times for name in (split.date, split.clock)}
    split_off = {name for name in columns if name}
    best: dict[str, tuple[int, int]] = {}
    for place, key in enumerate(keys):
        if columns[place] is not None:
            continue
        for name, rank in ranks.get(key, {}).items():
            if name in halves or name in split_off:
                continue
            best[name] = min(best.get(name, (rank, place)), (rank, place))
    for name, (_, place) in best.items():
        columns[place] = name
    present = {name for name in columns if name}
    present |= {split.whole for split in candidate.split_times if {split.date, split.clock} <= present}
    if any(set(group) <= present for group in candidate.required):
        return tuple(columns)
    return None


def _read_split(
    split: SplitTime, ranks: dict[str, dict[str, int]], keys: Sequence[str], columns: list[str | None]
) -> None:
    """Put a date column and a clock column under their names, unless one column holds the whole instant."""
    named = [ranks.get(key, {}) for key in keys]
    if any(split.whole in names and not {split.date, split.clock} & set(names) for names in named):
        return
    dates = [(names[split.date], place) for place, names in enumerate(named) if split.date in names]
    clocks = [(names[split.clock], place) for place, names in enumerate(named) if split.clock in names]
    if dates and clocks and min(dates)[1] != min(clocks)[1]:
        columns[min(dates)[1]] = split.date
        columns[min(clocks)[1]] = split.clock


@lru_cache(maxsize=256)
def _alias_ranks_of(aliases: tuple[tuple[str, tuple[str, ...]], ...]) -> dict[str, dict[str, int]]:
    ranks: dict[str, dict[str, int]] = {}
    for name, spellings in aliases:
        for rank, alias in enumerate(spellings):
            ranks.setdefault(label_key(alias), {}).setdefault(name, rank)
    return ranks


def _alias_ranks(candidate: Format) -> dict[str, dict[str, int]]:
    return _alias_ranks_of(tuple((name, spec.aliases) for name, spec in candidate.columns.items()))
