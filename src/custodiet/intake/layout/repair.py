"""Repairs of rows whose cells stand under wrong labels; proposed only where there is exactly one way.

Rows that fit their header are never touched, whatever the others look like.
Evidence is kinds of cells before and after, never their contents.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from custodiet.intake.formats import ColumnKind, FormatMatch, clean_label, clean_labels
from custodiet.intake.layout.cells import CellType, cell_type, is_misfit
from custodiet.intake.layout.certain import certain_cells
from custodiet.intake.layout.header import Header
from custodiet.intake.layout.moves import (
    Result,
    fitting_moves,
    joined_at_spaces,
    stays_as_overflow,
    time_is_elsewhere,
    verdict_is_elsewhere,
)
from custodiet.intake.layout.rows import is_error_line, is_repeated_header, is_total
from custodiet.intake.layout.ways import Columns, Move, Signature
from custodiet.model.problems import Problem

Cells = Sequence[str | None]
NumberedRow = tuple[int, Cells]

_SHIFT_SIGNS: Final = frozenset(
    {CellType.UUID, CellType.TIME, CellType.TIME_RANGE, CellType.VERDICT, CellType.SEARCH_WORD}
)
_RECORD_SIGNS: Final = frozenset({CellType.UUID, CellType.TIME, CellType.TIME_RANGE})
_WHOLE_TABLE: Final = 0.95
# So many rows with one fault in common have it from the export, and not each by an accident of its own.
_SYSTEMATIC_ROWS: Final = 20


@dataclass(frozen=True, slots=True)
class Layout:
    """Hold what rows are compared with: the labels and how they are read.

    ``columns`` ends with the last column that has a label or a meaning: what a row has
    beyond it belongs to nothing, though blank labels may stand over it.
    """

    labels: tuple[str, ...]
    match: FormatMatch
    columns: Columns

    @classmethod
    def of(cls, header: Header) -> Layout | None:
        """Take the layout of a found header; None where its format is not known."""
        return cls.from_labels(header.raw, header.match) if header.match else None

    @classmethod
    def from_labels(cls, labels: Cells, match: FormatMatch) -> Layout:
        """Take the layout of labels as released."""
        width = len(match.columns)
        while width and match.columns[width - 1] is None and not clean_label(labels[width - 1]):
            width -= 1
        columns = Columns(match.columns[:width], match.types[:width], match.format.orders)
        return cls(clean_labels(labels), match, columns)

    @property
    def kinds(self) -> tuple[ColumnKind, ...]:
        """Name the cell type of each column."""
        return self.columns.kinds


@dataclass(frozen=True, slots=True)
class Repair:
    """Propose one way of moving cells for a group of rows.

    Attributes:
        source_rows: The rows, ascending.
        description: What is done, in words.
        evidence: Kinds of cells before and after, for the commonest row of the group.
        move: The way; :meth:`apply` carries it out.
    """

    source_rows: tuple[int, ...]
    description: str
    evidence: str
    move: Move

    def apply(self, cells: Cells) -> tuple[str | None, ...]:
        """Give the cells of a row under their labels; cells without a label follow after the last."""
        return self.move.apply(cells)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Hold what became of the rows that were looked at; rows named nowhere fit their header.

    Attributes:
        repairs: Groups of rows that can be repaired, ordered by their first row.
        partial: Groups of shifted rows of which only the cells whose column is certain are kept.
        layout_rows: Rows that are no data, and why.
        overflow_rows: Rows that fit and have filled cells beyond the header.
        shifted_rows: Rows with cells under a wrong label and no single way to repair them.
        problems: All of it as sentences with counts.
    """

    repairs: tuple[Repair, ...] = ()
    partial: tuple[Repair, ...] = ()
    layout_rows: dict[int, str] = field(default_factory=dict)
    overflow_rows: tuple[int, ...] = ()
    shifted_rows: tuple[int, ...] = ()
    problems: tuple[Problem, ...] = ()


def has_misfit(layout: Layout, cells: Cells) -> bool:
    """Tell whether a row has a cell that cannot stand under its label, or filled cells beyond the header."""
    return _misfits(layout, [cell_type(cell) for cell in cells])


def _misfits(layout: Layout, looks: Sequence[CellType]) -> bool:
    pairs = zip(looks, layout.kinds, strict=False)
    return (
        any(is_misfit(look, kind) for look, kind in pairs)
        or any(look is not CellType.BLANK for look in looks[len(layout.labels) :])
        or any(look in _SHIFT_SIGNS for look in looks[len(layout.kinds) :])
        or time_is_elsewhere(tuple(looks), layout.kinds)
        or (len(looks) < len(layout.labels) and verdict_is_elsewhere(tuple(looks), layout.kinds))
    )


def propose_repairs(layout: Layout, rows: Iterable[NumberedRow], *, n_rows: int | None = None) -> Proposal:
    """Propose repairs for the rows of one table that do not fit their header.

    Rows that fit may be handed in too and change nothing; give all misfits of a table
    in one call, because rows that allow several ways take the one way that other rows of
    the same table prove. The order of the rows, and how they are cut into chunks,
    does not matter.

    Args:
        layout: Labels and how they are read.
        rows: ``(source_row, cells)``; read once, contents are not kept.
        n_rows: Data rows of the whole table, to tell a phantom label from single rows.
    """
    groups: dict[Signature, list[int]] = {}
    layout_rows: dict[int, str] = {}
    for source_row, cells in rows:
        looks = [cell_type(cell) for cell in cells]
        why = _why_no_data(cells, looks, layout)
        if why:
            layout_rows[source_row] = why
        elif _misfits(layout, looks):
            groups.setdefault(_signature(cells, looks, len(layout.labels)), []).append(source_row)
    return _judge(layout, groups, layout_rows, n_rows)


def _why_no_data(cells: Cells, looks: Sequence[CellType], layout: Layout) -> str | None:
    n_filled = len(looks) - looks.count(CellType.BLANK)
    if n_filled == 0:
        return "blank row"
    if n_filled == 1 and is_error_line(cells):
        return "error line"
    if not _RECORD_SIGNS.isdisjoint(looks):
        return None
    if is_repeated_header(cells, layout.labels):
        return "repeated header"
    return "totals row" if is_total(cells) else None


def _signature(cells: Cells, all_looks: Sequence[CellType], width: int) -> Signature:
    looks = [*all_looks]
    while looks and looks[-1] is CellType.BLANK:
        looks.pop()
    first: dict[str, int] = {}
    same_as = tuple(first.setdefault((cells[place] or "").strip(), place) for place in range(len(looks)))
    spaced = tuple(
        place
        for place, look in enumerate(looks)
        if len(cells) > width and look is not CellType.BLANK and (cells[place] or "").startswith((" ", "\t", "\u00a0"))
    )
    return Signature(tuple(looks), len(cells), spaced, same_as)


def _judge(
    layout: Layout, groups: dict[Signature, list[int]], layout_rows: dict[int, str], n_rows: int | None
) -> Proposal:
    columns = layout.columns
    options: dict[Signature, dict[Result, frozenset[Move]]] = {}
    overflow: list[int] = []
    for signature, source_rows in groups.items():
        found = fitting_moves(signature, columns)
        if joined := joined_at_spaces(signature, columns, found):
            options[signature] = joined
        elif stays_as_overflow(signature, columns):
            overflow += source_rows if len(signature.looks) > len(layout.labels) else []
        else:
            options[signature] = found
    chosen, open_groups = _choose(options)
    chosen |= _systematic(options, open_groups, groups)
    open_groups = [signature for signature in open_groups if signature not in chosen]
    shifted = [s for s in open_groups if _is_shifted(layout, s)]
    partial = {s: move for s in shifted if (move := certain_cells(s, columns, options[s]))}
    overflow += [row for s in open_groups if s not in shifted and not _has_misfit(layout, s) for row in groups[s]]
    proposal = Proposal(
        repairs=_repairs(layout, chosen, groups),
        partial=_repairs(layout, partial, groups),
        layout_rows=dict(sorted(layout_rows.items())),
        overflow_rows=tuple(sorted(overflow)),
        shifted_rows=tuple(sorted(row for signature in shifted for row in groups[signature])),
    )
    return replace(proposal, problems=tuple(_problems(layout, proposal, n_rows)))


def _choose(
    options: dict[Signature, dict[Result, frozenset[Move]]],
) -> tuple[dict[Signature, Move], list[Signature]]:
    """Take the only way where there is one; else the one that rows with only one way agree on."""
    proven = {s: next(iter(found.values())) for s, found in options.items() if len(found) == 1}
    chosen: dict[Signature, Move] = {}
    left: list[Signature] = []
    for signature, found in options.items():
        if not found:
            left.append(signature)
            continue
        allowed = frozenset().union(*found.values())
        common = allowed
        related = [moves for moves in proven.values() if moves & allowed]
        for moves in related:
            common &= moves
        results = [moves & common for moves in found.values() if moves & common]
        if signature in proven:
            chosen[signature] = _first(common or proven[signature])
        elif related and len(results) == 1:
            chosen[signature] = _first(results[0])
        else:
            left.append(signature)
    return chosen, left


def _systematic(
    options: dict[Signature, dict[Result, frozenset[Move]]],
    left: Sequence[Signature],
    groups: dict[Signature, list[int]],
) -> dict[Signature, Move]:
    """Take the one shift that explains all of many rows of one length, where each alone could be mended otherwise."""
    chosen: dict[Signature, Move] = {}
    for length in sorted({signature.length for signature in left if options[signature]}):
        alike = [signature for signature in left if signature.length == length and options[signature]]
        common = frozenset.intersection(*(frozenset().union(*options[signature].values()) for signature in alike))
        shifts = frozenset(move for move in common if move.is_shift)
        results = {s: [moves & shifts for moves in options[s].values() if moves & shifts] for s in alike}
        n_rows = sum(len(groups[signature]) for signature in alike)
        if n_rows >= _SYSTEMATIC_ROWS and all(len(found) == 1 for found in results.values()):
            chosen |= {signature: _first(found[0]) for signature, found in results.items()}
    return chosen


def _first(moves: Iterable[Move]) -> Move:
    return min(moves, key=lambda move: (move.description, move.sources))


def _repairs(layout: Layout, moves: dict[Signature, Move], groups: dict[Signature, list[int]]) -> tuple[Repair, ...]:
    by_move: dict[Move, list[Signature]] = {}
    for signature, move in moves.items():
        by_move.setdefault(move, []).append(signature)
    repairs = [_repair(layout, move, signatures, groups) for move, signatures in by_move.items()]
    return tuple(sorted(repairs, key=lambda repair: (repair.source_rows[0], repair.description)))


def _repair(layout: Layout, move: Move, signatures: Sequence[Signature], groups: dict[Signature, list[int]]) -> Repair:
    commonest = max(signatures, key=lambda s: (len(groups[s]), [str(look) for look in s.looks], -s.length))
    before = [str(look) for look in commonest.looks]
    filled = [name if name != CellType.BLANK else None for name in before]
    after = [cell or "blank" for cell in move.apply(filled)]
    width = len(layout.labels)
    sides = [
        f"{layout.labels[place] if place < width else 'beyond the header'}: {_at(before, place)} → {_at(after, place)}"
        for place in range(max(len(before), len(after)))
        if _at(before, place) != _at(after, place)
    ]
    rows = sorted(row for signature in signatures for row in groups[signature])
    return Repair(tuple(rows), move.description, "; ".join(sides), move)


def _at(looks: Sequence[str], place: int) -> str:
    return looks[place] if place < len(looks) else str(CellType.BLANK)


def _has_misfit(layout: Layout, signature: Signature) -> bool:
    return any(is_misfit(look, kind) for look, kind in zip(signature.looks, layout.kinds, strict=False))


def _is_shifted(layout: Layout, signature: Signature) -> bool:
    """Tell cells under a wrong label from a value that is merely unreadable (a time in words)."""
    if time_is_elsewhere(signature.looks, layout.kinds):
        return True
    if len(signature.looks) > len(layout.kinds):
        return _has_misfit(layout, signature)
    pairs = zip(signature.looks, layout.kinds, strict=False)
    return any(look in _SHIFT_SIGNS and is_misfit(look, kind) for look, kind in pairs)


def _problems(layout: Layout, proposal: Proposal, n_rows: int | None) -> Iterable[Problem]:
    for repair in proposal.repairs:
        n, first = len(repair.source_rows), repair.source_rows[0]
        phantom = n_rows is not None and n >= _WHOLE_TABLE * n_rows and "that the header lists" in repair.description
        yield Problem(
            "phantom-header" if phantom else "column-shift",
            f"{n:,} rows: {repair.description}. It was the only way in which every typed cell fits "
            "its label; the rows are marked as corrected.",
            where=f"row {first}" + (f" to {repair.source_rows[-1]}" if n > 1 else ""),
        )
    cut = {row for repair in proposal.partial for row in repair.source_rows}
    kept = [row for row in proposal.shifted_rows if row not in cut]
    for rows, done in (
        (sorted(cut), "Cells whose column is certain were kept there; the others were left out and count as not "
         "exported. The rows are marked as corrected."),
        (kept, "They were left as they are."),
    ):  # fmt: skip
        if rows:
            yield Problem(
                "column-shift",
                f"{len(rows):,} rows have cells under a label of another kind, and not exactly one way of moving "
                f"them makes all fit. {done}",
                where=f"first row {rows[0]}",
            )
    if proposal.overflow_rows:
        yield Problem(
            "ragged",
            f"{len(proposal.overflow_rows):,} rows have filled cells beyond the {len(layout.labels)} "
            "columns of the header; they belong to no column.",
            where=f"first row {proposal.overflow_rows[0]}",
        )
    counts = Counter(proposal.layout_rows.values())
    if counts["repeated header"]:
        rows = [row for row, why in proposal.layout_rows.items() if why == "repeated header"]
        yield Problem(
            "repeated-header",
            f"The header stands {len(rows):,} times among the rows; it was counted as layout.",
            where=f"first row {rows[0]}",
        )
    if counts["error line"]:
        row = next(row for row, why in proposal.layout_rows.items() if why == "error line")
        yield Problem(
            "truncated",
            "The file ends with an error message of the download: the rest is missing. Get the file again.",
            where=f"row {row}",
        )
