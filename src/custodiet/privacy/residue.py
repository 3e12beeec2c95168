"""Attack 1: look for plates and account names of the case in what would be published.

Plates are not known here in the clear: every token is hashed with the case's key as intake does and
looked up among the stored pseudonyms. Account names are compared as sequences of words. A listed
word or section of law in running text is no hit even if somebody once typed it into a plate field;
an account name is a hit in a cell of its own from three letters, in running text from six.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from custodiet.case import Case
from custodiet.privacy.decoded import OPAQUE, are_ids
from custodiet.privacy.text import MASK
from custodiet.privacy.words import allowed

SHORTEST_PLATE: Final = 5
LONGEST_PLATE: Final = 8
SHORTEST_NUMBER: Final = 6
SHORTEST_IN_CELL: Final = 3
SHORTEST_IN_PROSE: Final = 6
_WORD: Final = re.compile(r"[^\W_]+")
_LONG_ID: Final = re.compile(
    r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|\b(?=[0-9a-f]*\d)[0-9a-f]{12,}\b"
)
_OPAQUE: Final = re.compile(OPAQUE)
_TOGETHER: Final = re.compile(r"[\s.·-]{1,2}")
PSEUDONYM_DIGITS: Final = 16
_BEGINNING_BITS: Final = 24
_REST_BITS: Final = np.uint64(64 - _BEGINNING_BITS)
_PSEUDONYM: Final = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Secrets:
    """Hold what must not be found.

    Attributes:
        case: The case, by whose key a token is hashed.
        plates: Stored pseudonyms of all plates of the case, as numbers in order.
        told: Account names that mean somebody in running text, as sequences of words.
        lengths: First word of such a name to the numbers of words that names with it have.
        whole: Account names as sequences of words.
        harmless: Names of organisations, which are no secret when an account is called so.
        opaque: Account names that look like an id, as they would be written.
    """

    case: Case
    plates: NDArray[np.uint64]
    told: frozenset[tuple[str, ...]]
    lengths: dict[str, frozenset[int]]
    whole: frozenset[tuple[str, ...]]
    harmless: frozenset[tuple[str, ...]]
    opaque: frozenset[str]
    remembered: dict[str, bool] = field(default_factory=dict)


def secrets_of(case: Case, *, with_accounts: bool) -> Secrets:
    """Collect what must not be found; account names only where they are not published on purpose."""
    plates = case.query(
        "SELECT DISTINCT ('0x' || plate)::UBIGINT AS plate FROM records"
        " WHERE regexp_full_match(plate, '[0-9a-f]{16}') ORDER BY plate"
    )["plate"].to_numpy()
    names = case.rows(
        """SELECT DISTINCT "user" FROM records WHERE user_state IN ('value', 'partial') AND "user" IS NOT NULL
           UNION SELECT DISTINCT actor FROM events WHERE actor_state IN ('value', 'partial') AND actor IS NOT NULL"""
    )
    organisations = case.rows(
        "SELECT name FROM organisations UNION SELECT canonical FROM organisations"
        " UNION SELECT DISTINCT org FROM records UNION SELECT producer FROM disclosures"
    )
    harmless = frozenset(words_of(name) for (name,) in organisations if name)
    whole = frozenset(words_of(name) for (name,) in names) - harmless if with_accounts else frozenset[tuple[str, ...]]()
    told = frozenset(words for words in whole if words and _tells_in_prose(words))
    lengths: dict[str, set[int]] = defaultdict(set)
    for words in told:
        lengths[words[0]].add(len(words))
    opaque = frozenset(name for words in whole if _OPAQUE.fullmatch(name := "-".join(words)))
    lengths_by_start = {word: frozenset(found) for word, found in lengths.items()}
    return Secrets(case, plates, told, lengths_by_start, whole, harmless, opaque)


def secrets_of_names(secrets: Secrets, names: Iterable[str], others: Iterable[str]) -> Secrets:
    """Return secrets that are names of persons among the entries of lists, to be looked for as account names are.

    Args:
        secrets: Those of the case.
        names: The names.
        others: Names of organisations and places that stay readable; a name that is part of one is looked for in
            cells of its own alone, one that is the whole of one nowhere.
    """
    readable = frozenset(words_of(other) for other in others)
    whole = frozenset(words_of(name) for name in names) - readable
    told = {words for words in whole if len(words) > 1}
    parts = {
        words[start : start + length]
        for words in readable
        for length in {len(words) for words in told}
        for start in range(len(words) - length + 1)
    }
    starts: dict[str, set[int]] = defaultdict(set)
    for words in told - parts:
        starts[words[0]].add(len(words))
    by_start = {word: frozenset(found) for word, found in starts.items()}
    return replace(secrets, told=frozenset(told - parts), lengths=by_start, whole=whole, opaque=frozenset[str]())


def words_of(text: str) -> tuple[str, ...]:
    """Split a text into its words, without case, accents and compatibility forms."""
    return tuple(_WORD.findall(_plain(text)))


def _plain(text: str) -> str:
    if text.isascii():
        return text.lower()
    split = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in split if not unicodedata.combining(character))


def _tells_in_prose(words: tuple[str, ...]) -> bool:
    """Tell whether a name is long and rare enough to mean somebody in running text."""
    listed = allowed()
    unlisted = [word for word in words if not listed.is_word(word) and len(word) > 1]
    return sum(map(len, words)) >= SHORTEST_IN_PROSE and bool(unlisted)


def is_harmless(text: str) -> bool:
    """Tell quickly that a text can hold no plate and no account name: every word of it is listed."""
    words = allowed().words
    return all(word in words or word == MASK for word in text.lower().split())


def plates_in(secrets: Secrets, text: str) -> int:
    """Count the plates of the case in a text: single tokens, and two or three that stand together."""
    if not len(secrets.plates):
        return 0
    if len(text) < SHORTEST_PLATE or _OPAQUE.fullmatch(text):
        return int(_is_stored(secrets, text))
    plain = _plain(text)
    stored = sum(_is_stored(secrets, token) for token in _WORD.findall(plain) if len(token) == PSEUDONYM_DIGITS)
    without = _LONG_ID.sub(" \x00 ", plain)
    return stored + sum(_is_plate(secrets, candidate) for candidate in _plate_candidates(without))


def _is_stored(secrets: Secrets, token: str) -> bool:
    """Tell whether a token is the pseudonym of a plate of the case."""
    if not _PSEUDONYM.fullmatch(token):
        return False
    number = np.uint64(int(token, 16))
    place = int(np.searchsorted(secrets.plates, number))
    return place < len(secrets.plates) and secrets.plates[place] == number


def _plate_candidates(text: str) -> Iterator[str]:
    tokens = list(_WORD.finditer(text))
    for index in range(len(tokens)):
        joined = ""
        for last, part in enumerate(tokens[index : index + 3]):
            if last and not _TOGETHER.fullmatch(text, tokens[index + last - 1].end(), part.start()):
                break
            joined += part[0]
            if len(joined) > LONGEST_PLATE:
                break
            pieces = [piece[0] for piece in tokens[index : index + last + 1]]
            if _could_be_plate(joined, len(pieces)) and not all(map(_is_listed, pieces)):
                yield joined


def _is_listed(piece: str) -> bool:
    listed = allowed()
    return listed.is_word(piece) or listed.is_bare_section(piece)


def _could_be_plate(joined: str, n_pieces: int) -> bool:
    if len(joined) < SHORTEST_PLATE or not joined.isascii():
        return False
    if joined.isdigit():
        # Counts and dates are made of digits, too: only a long number in one piece is looked up.
        return n_pieces == 1 and len(joined) >= SHORTEST_NUMBER
    return n_pieces == 1 or any(character.isdigit() for character in joined)


def _is_plate(secrets: Secrets, candidate: str) -> bool:
    known = secrets.remembered.get(candidate)
    if known is None:
        known = _is_stored(secrets, secrets.case.key.pseudonym(candidate.upper()))
        secrets.remembered[candidate] = known
    return known


def plates_among(secrets: Secrets, ids: pa.Array) -> int:
    """Count the ids that are the stored pseudonym of a plate."""
    alike = ids.filter(pc.equal(pc.binary_length(ids), PSEUDONYM_DIGITS))
    if not are_ids(alike):
        alike = alike.filter(pc.match_substring_regex(alike, f"^{_PSEUDONYM.pattern}$"))
    if not len(alike):
        return 0
    # All are of one length, so that the texts stand one after the other in the memory of the array.
    ends = np.frombuffer(alike.buffers()[1], np.int32)[alike.offset : alike.offset + len(alike) + 1]
    digits = alike.buffers()[2][int(ends[0]) : int(ends[-1])].to_pybytes().decode()
    numbers = np.frombuffer(bytes.fromhex(digits), ">u8").astype(np.uint64)
    # Most begin like no plate; searching for all of them takes ten times as long.
    begins = np.zeros(1 << _BEGINNING_BITS, np.bool_)
    begins[secrets.plates >> _REST_BITS] = True
    numbers = numbers[begins[numbers >> _REST_BITS]]
    places = np.searchsorted(secrets.plates, numbers)
    inside = places < len(secrets.plates)
    return int((secrets.plates[places[inside]] == numbers[inside]).sum())


def plates_among_tokens(secrets: Secrets, tokens: pa.Array) -> int:
    """Count the tokens that are a plate of the case, or its pseudonym, as :func:`plates_in` would one by one."""
    lengths = pc.utf8_length(tokens)
    short = tokens.filter(pc.and_(pc.greater_equal(lengths, SHORTEST_PLATE), pc.less_equal(lengths, LONGEST_PLATE)))
    stored = plates_among(secrets, pc.utf8_lower(tokens))
    if not len(short) or not len(secrets.plates):
        return stored
    inner, outer = secrets.case.key.hmac_pads()
    with secrets.case.registered("published_tokens", pa.table({"token": short})):
        found = secrets.case.rows(
            "SELECT token FROM published_tokens SEMI JOIN (SELECT DISTINCT plate FROM records) ON plate ="
            " left(sha256(?::BLOB || unhex(sha256(?::BLOB || encode(upper(token))))), 16)",
            [outer, inner],
        )
    plain = [token.lower() for (token,) in found]
    return stored + sum(_could_be_plate(token, 1) and not _is_listed(token) for token in plain)


def accounts_among_tokens(secrets: Secrets, tokens: pa.Array) -> int:
    """Count the tokens that are an account name of one word."""
    single = pa.array([words[0] for words in secrets.whole if len(words) == 1], pa.string())
    alike = tokens.filter(pc.is_in(pc.utf8_lower(tokens), value_set=single))
    return sum(_stands_in(secrets, token) for token in alike.to_pylist() if not is_harmless(token))


def accounts_among(secrets: Secrets, ids: pa.Array) -> int:
    """Count the ids that are an account name."""
    return int(pc.sum(pc.is_in(ids, value_set=pa.array(secrets.opaque, pa.string()))).as_py() or 0)


def accounts_in_cells(secrets: Secrets, cells: Iterable[str]) -> int:
    """Count the cells that are an account name, or hold one as running text does."""
    if not secrets.whole:
        return 0
    return sum(_stands_in(secrets, cell) for cell in cells)


def _stands_in(secrets: Secrets, cell: str) -> bool:
    if _OPAQUE.fullmatch(cell):
        return words_of(cell) in secrets.whole
    return _is_account(secrets, cell) or bool(accounts_in_prose(secrets, cell))


def _is_account(secrets: Secrets, cell: str) -> bool:
    words = words_of(cell)
    if words not in secrets.whole or sum(map(len, words)) < SHORTEST_IN_CELL:
        return False
    return not all(allowed().is_word(word) for word in words)


def accounts_in_prose(secrets: Secrets, text: str) -> int:
    """Count the account names in a running text, by whole words."""
    if not secrets.told:
        return 0
    words = words_of(text)
    return sum(
        words[index : index + length] in secrets.told
        for index, word in enumerate(words)
        if word in secrets.lengths
        for length in secrets.lengths[word]
        if index + length <= len(words)
    )
