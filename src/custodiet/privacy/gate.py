"""Run the known attacks on what would be published, before a byte of it is written.

1. residue: plates, account names and names of persons among the entries of lists in the decoded output;
2. join: published rows that single out what their own disclosure hides;
3. small cells: counts about persons from which one could be told;
4. link: a pseudonym that is not of this publication, and so could tie two together.

A refusal says what succeeded, where and how often, and how to mend it; never the value itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import pyarrow as pa
import pyarrow.compute as pc

from custodiet.case.stored import StoredRows
from custodiet.model.errors import PublishingRefused
from custodiet.privacy.decoded import Decoded, Undecodable, decode
from custodiet.privacy.joins import singled_out
from custodiet.privacy.named import PersonalNames, outward_names, personal_names
from custodiet.privacy.publication import ACCOUNT_PREFIX, Publication, subject_pseudonym
from custodiet.privacy.quotes import approved_texts
from custodiet.privacy.residue import (
    Secrets,
    accounts_among,
    accounts_among_tokens,
    accounts_in_cells,
    accounts_in_prose,
    is_harmless,
    plates_among,
    plates_among_tokens,
    plates_in,
    secrets_of,
    secrets_of_names,
)
from custodiet.privacy.small_cells import MIN_CELL, lines_of, recoverable_cells

Attack = Literal["residue", "join", "small-cell", "link", "unreadable"]
_PSEUDONYM: Final = re.compile(rf"\b{ACCOUNT_PREFIX}[0-9a-f]{{16}}\b")
_INNER_ACCOUNT: Final = re.compile(r"\baccount [0-9a-f]{10}\b")
_MOST_TOLD: Final = 5


@dataclass(frozen=True, slots=True)
class Refusal:
    """Say that an attack succeeded.

    Attributes:
        attack: Which one.
        place: Output, and column or part of it.
        count: How often.
        reason: What was found, in a sentence.
        mend: What to do.
    """

    attack: Attack
    place: str
    count: int
    reason: str
    mend: str

    def __str__(self) -> str:
        return f"{self.place}: {self.reason} {self.mend}"


@dataclass(frozen=True, slots=True)
class PersonCounts:
    """Name a table of counts about persons that would be published.

    Attributes:
        place: Where it would be published.
        shown: The table as published: ``count`` null where withheld.
        actual: The same rows with the true counts.
        count: Column of the counts.
        groups: Columns that say what is counted together.
    """

    place: str
    shown: pa.Table
    actual: pa.Table
    count: str
    groups: tuple[str, ...]


def check_publication(
    publication: Publication,
    outputs: Mapping[str, bytes | pa.Table | StoredRows],
    *,
    person_counts: Sequence[PersonCounts] = (),
    min_cell: int = MIN_CELL,
) -> list[Refusal]:
    """Run the attacks on all outputs and return every success; an empty list means none was found.

    Args:
        publication: What is published, and under which name.
        outputs: Name to what would be written there. Tables may be given as Arrow tables, as stored rows or
            as the bytes of their file; files are decoded by their ending (Parquet, CSV, JSON, HTML, SVG, PDF,
            ZIP, gzip, text).
        person_counts: Tables of counts about persons.
        min_cell: Smallest count about persons that may be shown.
    """
    with outward_names(publication):
        secrets = secrets_of(publication.case, with_accounts=not publication.accounts_named)
    found = personal_names(publication)
    names = secrets_of_names(secrets, found.masked, _readable(publication, found))
    quoted = approved_texts(publication.case)
    own = _own_pseudonyms(publication)
    refusals: list[Refusal] = []
    for name, output in outputs.items():
        try:
            for part in decode(name, output):
                refusals += _residue(secrets, part, quoted)
                refusals += _names(names, part)
                refusals += _links(part, own)
                refusals += _joins(publication, part)
        except Undecodable as error:
            refusals.append(
                Refusal("unreadable", name, 1, f"{error}, so nothing can be said of it.", "Write it again.")
            )
    for counts in person_counts:
        refusals += _small_cells(counts, min_cell)
    return refusals


def require_safe(
    publication: Publication,
    outputs: Mapping[str, bytes | pa.Table | StoredRows],
    *,
    person_counts: Sequence[PersonCounts] = (),
    min_cell: int = MIN_CELL,
) -> None:
    """Run the attacks and refuse when one succeeds.

    Raises:
        PublishingRefused: An attack succeeded; the message names places, counts and mends.
    """
    refusals = check_publication(publication, outputs, person_counts=person_counts, min_cell=min_cell)
    if not refusals:
        return
    told = " ".join(str(refusal) for refusal in refusals[:_MOST_TOLD])
    more = f" And {len(refusals) - _MOST_TOLD} more places." if len(refusals) > _MOST_TOLD else ""
    raise PublishingRefused(
        f"Publishing would expose somebody in {len(refusals)} places. {told}{more}", hint="Nothing was written."
    )


def _residue(secrets: Secrets, part: Decoded, quoted: Sequence[str]) -> Iterable[Refusal]:
    cells = [text for text in part.cells if not is_harmless(text)]
    texts = (*cells, *part.prose)
    plates = sum(plates_in(secrets, text) for text in texts)
    if part.ids is not None:
        plates += plates_among(secrets, part.ids)
    if part.tokens is not None:
        plates += plates_among_tokens(secrets, part.tokens)
    if plates:
        yield Refusal(
            "residue", part.place, plates, f"{plates} plates of the case stand in it.",
            "Take the texts from outward_text, or leave the column out.",
        )  # fmt: skip
    accounts = accounts_in_cells(secrets, (_unquoted(cell, quoted) for cell in cells))
    accounts += accounts_among(secrets, part.ids) if part.ids is not None else 0
    accounts += accounts_among_tokens(secrets, part.tokens) if part.tokens is not None else 0
    accounts += sum(accounts_in_prose(secrets, _unquoted(text, quoted)) for text in part.prose)
    if accounts:
        yield Refusal(
            "residue", part.place, accounts, f"{accounts} account names of the case stand in it.",
            "Use pseudonyms (outward_table), have the quote approved, or name accounts with a stated reason.",
        )  # fmt: skip
    inner = sum(len(_INNER_ACCOUNT.findall(text)) for text in texts)
    if inner:
        yield Refusal(
            "residue", part.place, inner, f"{inner} accounts are named by the pseudonym of the case itself.",
            "Take indicators from outward_table.",
        )  # fmt: skip


def _names(names: Secrets, part: Decoded) -> Iterable[Refusal]:
    """Look for names of persons among the entries of lists; in running text only for those of two words or more."""
    if not names.whole:
        return
    found = accounts_in_cells(names, (cell for cell in part.cells if not is_harmless(cell)))
    found += accounts_among_tokens(names, part.tokens) if part.tokens is not None else 0
    found += sum(accounts_in_prose(names, text) for text in part.prose)
    if found:
        yield Refusal(
            "residue", part.place, found, f"{found} entries of lists that may be names of persons stand in it.",
            "Take what is published from the case under outward_names; a file that is called so has to be renamed.",
        )  # fmt: skip


def _readable(publication: Publication, found: PersonalNames) -> set[str]:
    """Name all organisations and places that are published as they are."""
    with outward_names(publication):
        rows = publication.case.rows(
            "SELECT name FROM organisations UNION SELECT canonical FROM organisations"
            " UNION SELECT place FROM organisations UNION SELECT producer FROM disclosures"
        )
    return {name for (name,) in rows if name} - set(found.masked.values())


def _unquoted(text: str, quoted: Sequence[str]) -> str:
    for quote in quoted:
        text = text.replace(quote, " ")
    return text


def _links(part: Decoded, own: frozenset[str]) -> Iterable[Refusal]:
    texts = (text for text in (*part.cells, *part.prose) if ACCOUNT_PREFIX in text)
    found = {match for text in texts for match in _PSEUDONYM.findall(text)}
    if part.ids is not None:
        found.update(part.ids.filter(pc.starts_with(part.ids, ACCOUNT_PREFIX)).to_pylist())
    foreign = len(found - own)
    if foreign:
        yield Refusal(
            "link", part.place, foreign, f"{foreign} pseudonyms are not of this publication and could tie two.",
            "Make every output under this publication's name.",
        )  # fmt: skip


def _joins(publication: Publication, part: Decoded) -> Iterable[Refusal]:
    if part.table is None:
        return
    rows = singled_out(publication, part.table)
    if rows:
        yield Refusal(
            "join", part.place, rows,
            f"{rows} rows single out, by a less masked copy, an account or plate that their own disclosure hides.",
            "Take the table from outward_table, which coarsens these rows.",
        )  # fmt: skip


def _small_cells(counts: PersonCounts, min_cell: int) -> Iterable[Refusal]:
    shown = counts.shown.column(counts.count).to_pylist()
    actual = counts.actual.column(counts.count).to_pylist()
    small = sum(n is not None and 0 < n < min_cell for n in shown)
    mend = "Publish what suppress_small_cells gives, or group more coarsely."
    if small:
        yield Refusal("small-cell", counts.place, small, f"{small} counts of persons are below {min_cell}.", mend)
        return
    withheld = [place for place, n in enumerate(shown) if n is None and actual[place] is not None]
    known = len(recoverable_cells(actual, lines_of(counts.actual, counts.groups), withheld, min_cell))
    if known:
        yield Refusal(
            "small-cell", counts.place, known, f"{known} withheld counts could be worked out from totals.", mend
        )


def _own_pseudonyms(publication: Publication) -> frozenset[str]:
    """Make every pseudonym that this publication can have given."""
    pairs = publication.case.rows(
        """SELECT DISTINCT coalesce(org, ''), "user" FROM records WHERE "user" IS NOT NULL
           UNION SELECT DISTINCT coalesce(d.producer, ''), e.actor
           FROM events e LEFT JOIN disclosures d USING (disclosure_id) WHERE e.actor IS NOT NULL"""
    )
    subjects = publication.case.rows(
        "SELECT subject FROM indicators WHERE level = 'account'"
        " UNION SELECT subject FROM findings WHERE level = 'account'"
    )
    named = (match[0][-10:] for (subject,) in subjects if (match := _INNER_ACCOUNT.search(subject or "")))
    return frozenset(publication.accounts(pairs)) | {subject_pseudonym(publication, digits) for digits in named}
