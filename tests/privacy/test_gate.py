"""The four attacks: each is tried on an output that fails it, and on one that does not."""

from __future__ import annotations

import gzip
import io
import json
import re
import zipfile
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custodiet.case import Case
from custodiet.case.stored import StoredRows
from custodiet.model.errors import PublishingRefused
from custodiet.privacy import Publication, outward_table
from custodiet.privacy.decoded import OPAQUE, are_ids
from custodiet.privacy.gate import PersonCounts, check_publication, require_safe
from custodiet.privacy.quotes import ask_quote, decide_quote
from tests.privacy.conftest import AT, add_records, record

PLATE = "8XQZ417"
NAME = "B. Quillfeather"


@pytest.fixture
def searched(case: Case) -> Case:
    add_records(
        case,
        record("d1", 1, plate=case.key.pseudonym(PLATE), user=NAME),
        record("d1", 2, plate=case.key.pseudonym("STOLEN"), user="Lee", searched_at=AT + timedelta(days=1)),
        record("d1", 3, plate=case.key.pseudonym("10851"), user="Marlow Bay CA PD", searched_at=AT + timedelta(days=2)),
        record("d1", 4, plate=case.key.pseudonym("4417"), user="Li", searched_at=AT + timedelta(days=3)),
    )
    return case


def attacks(case: Case, outputs: dict[str, bytes | pa.Table]) -> list[tuple[str, str, int]]:
    found = check_publication(Publication(case, "report"), outputs)
    return [(one.attack, one.place, one.count) for one in found]


def _zip(name: str, text: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(name, text)
    return data.getvalue()


def _parquet(text: str) -> bytes:
    data = io.BytesIO()
    pq.write_table(pa.table({"note": [text]}), data)
    return data.getvalue()


@pytest.mark.parametrize(
    ("name", "output", "place"),
    [
        ("t", pa.table({"note": [f"seen {PLATE}"]}), "t, column note"),
        ("t", pa.table({"note": [["x", PLATE]]}), "t, column note"),
        ("t.csv", f'"note"\n"{PLATE}"\n'.encode(), "t.csv, column note"),
        ("t.parquet", _parquet(f"lp {PLATE.lower()}"), "t.parquet, column note"),
        ("t.json", json.dumps({"a": [{"b": f"8XQZ-417 {chr(0x41)}"}]}).encode(), "t.json"),
        ("t.jsonl", json.dumps({"a": "8XQZ 417"}).encode() + b"\n", "t.jsonl"),
        ("t.html", f"<p>The plate <b>{PLATE[:4]}</b> {PLATE[4:]}</p>".encode(), "t.html"),
        ("t.html", f"<p title='{PLATE}'>x</p>".encode(), "t.html"),
        ("t.html", f"<!-- {PLATE} --><p>x</p>".encode(), "t.html"),
        ("t.html", b"<p>8&#88;QZ417</p>", "t.html"),
        ("t.svg", f"<svg><text>{PLATE}</text></svg>".encode(), "t.svg"),
        ("t.txt", "８ＸＱＺ４１７".encode(), "t.txt"),
        ("t.txt.gz", gzip.compress(PLATE.encode(), mtime=0), "t.txt"),
        ("t.zip", _zip("a.txt", PLATE), "t.zip/a.txt"),
        (f"{PLATE}.txt", b"x", f"the name of {PLATE}.txt"),
    ],
)
def test_a_plate_is_found_in_every_form(searched: Case, name: str, output: bytes | pa.Table, place: str) -> None:
    found = attacks(searched, {name: output})
    assert found
    assert {one[0] for one in found} == {"residue"}
    assert place in {one[1] for one in found}


@pytest.mark.parametrize(
    "text",
    ["stolen vehicle", "10851 VC", "4417 searches", "12,345 of 67,890", "2026-03-01T17:00:00Z", "row 8417", "8XQZ4170",
     "86065261-ef04-43e8-b547-3b3f4d0f74ee", "a" * 64],
)  # fmt: skip
def test_words_sections_counts_and_ids_are_no_plates(searched: Case, text: str) -> None:
    assert attacks(searched, {"t.txt": text.encode(), "t": pa.table({"note": [text]})}) == []


def test_a_stored_pseudonym_of_a_plate_is_found(searched: Case) -> None:
    stored = searched.key.pseudonym(PLATE)
    assert attacks(searched, {"t.txt": stored.encode()}) == [("residue", "t.txt", 1)]
    ids = pa.table({"id": ["86065261-ef04-43e8-b547-3b3f4d0f74ee", stored, None, stored, "a" * 16, ""]})
    assert attacks(searched, {"t": ids}) == [("residue", "t, column id", 1)]


def test_an_account_that_looks_like_an_id_is_found_among_ids(case: Case) -> None:
    names = ("86065261-ef04-43e8-b547-3b3f4d0f74ee", "0123456789ABCDEF")
    add_records(case, *(record("d1", number, user=name) for number, name in enumerate(names, 1)))
    ids = pa.table({"id": [*(name.lower() for name in names), "86065261-ef04-43e8-b547-3b3f4d0f74ef", "b" * 16]})
    assert attacks(case, {"t": ids}) == [("residue", "t, column id", 2)]


def test_a_pseudonym_of_another_publication_is_found_among_ids(searched: Case) -> None:
    names = [Publication(searched, name).account("Marlow Bay CA PD", NAME) for name in ("report", "other")]
    assert attacks(searched, {"t": pa.table({"who": names})}) == [("link", "t, column who", 1)]


def test_words_that_are_listed_hide_nothing_that_stands_beside_them(searched: Case) -> None:
    texts = ["stolen vehicle", f"stolen vehicle {PLATE}", f"stolen {NAME} […]", "stolen […] vehicle"]
    assert [one[2] for one in attacks(searched, {"t": pa.table({"note": texts})})] == [1, 1]


@pytest.mark.parametrize(
    ("name", "output", "n"),
    [
        ("t", pa.table({"who": [NAME]}), 1),
        ("t", pa.table({"who": ["Lee"]}), 1),
        ("t.html", b"<table><tr><td>Lee</td></tr></table>", 1),
        ("t.html", b"<p>as Lee said in prose</p>", 0),
        ("t.txt", b"searched by B. Quillfeather on Monday", 1),
        ("t.txt", b"searched by B. Quillfeatherstone", 0),
        ("t", pa.table({"who": ["Marlow Bay CA PD"]}), 0),
        ("t", pa.table({"who": ["Li"]}), 0),
        ("t.txt", "b. quillféather".encode(), 1),
    ],
)
def test_an_account_name_is_found_in_cells_and_a_long_one_in_prose(
    searched: Case, name: str, output: bytes | pa.Table, n: int
) -> None:
    assert sum(one[2] for one in attacks(searched, {name: output})) == n


def test_names_that_begin_alike_are_told_apart(case: Case) -> None:
    for number, name in enumerate(("Quillfeather", "Quillfeather Zyxwotta", "Quillfeather Zyxwotta Brumm"), 1):
        add_records(case, record(f"d{number}", number, user=name, searched_at=AT + timedelta(days=number)))
    assert attacks(case, {"t.txt": b"Quillfeather Zyxwotta"}) == [("residue", "t.txt", 2)]
    assert attacks(case, {"t.txt": b"Zyxwotta Brumm"}) == []


def test_what_the_door_gives_passes(searched: Case) -> None:
    publication = Publication(searched, "report")
    tables = {name: outward_table(publication, name) for name in ("records", "disclosures", "events", "problems")}
    assert check_publication(publication, tables) == []
    require_safe(publication, tables)


def test_a_refusal_names_place_count_and_mend_and_never_the_value(searched: Case) -> None:
    with pytest.raises(PublishingRefused) as refused:
        require_safe(Publication(searched, "report"), {"t": pa.table({"a": [PLATE, NAME]})})
    text = str(refused.value)
    assert "t, column a: 1 plates of the case stand in it. Take the texts from outward_text" in text
    assert "Nothing was written." in text
    assert refused.value.exit_code == 4
    assert PLATE not in text
    assert "Quillfeather" not in text


def _two_logs(case: Case) -> None:
    add_records(
        case,
        record("network", 1, user="***", user_state="masked"),
        record("own", 1),
        record("own", 2, user="C. Other", plate="1" * 32, searched_at=AT + timedelta(minutes=4), networks=7),
    )
    case.append_rows("sightings", [{"search_key": "s", "disclosure_id": d, "record_no": 1} for d in ("network", "own")])


def test_rows_with_their_second_or_their_counts_are_joined(case: Case) -> None:
    _two_logs(case)
    rows = case.read("records").select(["disclosure_id", "record_no", "searched_at"])
    assert attacks(case, {"t": rows}) == [("join", "t", 1)]
    hour = pa.chunked_array([pa.array([AT.replace(minute=0, second=0)] * 3, pa.timestamp("us", tz="UTC"))])
    coarse = rows.set_column(2, "searched_at", hour)
    assert attacks(case, {"t": coarse}) == []  # two accounts in that hour
    counted = coarse.append_column("networks", pa.array([40, 40, 7]))
    assert attacks(case, {"t": counted}) == [("join", "t", 1)]


def test_sightings_that_tie_a_masked_row_to_a_shown_one_are_refused(case: Case) -> None:
    _two_logs(case)
    assert attacks(case, {"s": case.read("sightings")}) == [("join", "s", 1)]
    publication = Publication(case, "report")
    safe = {name: outward_table(publication, name) for name in ("records", "sightings")}
    assert check_publication(publication, safe) == []


def test_the_same_join_is_tried_on_a_written_csv(case: Case) -> None:
    _two_logs(case)
    text = '"disclosure_id","record_no","searched_at"\n"network",1,"2026-03-01T17:42:09Z"\n'
    assert attacks(case, {"t.csv": text.encode()}) == [("join", "t.csv", 1)]


def test_a_pseudonym_of_another_publication_is_refused(searched: Case) -> None:
    own = Publication(searched, "report").account("Marlow Bay CA PD", NAME)
    other = Publication(searched, "other").account("Marlow Bay CA PD", NAME)
    assert attacks(searched, {"t.txt": own.encode()}) == []
    assert attacks(searched, {"t.txt": other.encode()}) == [("link", "t.txt", 1)]


def test_the_case_s_own_name_of_an_account_is_refused(searched: Case) -> None:
    assert attacks(searched, {"t.txt": b"account 0123456789 of the log"}) == [("residue", "t.txt", 1)]


def test_counts_of_persons_must_be_large_or_well_hidden(case: Case) -> None:
    actual = pa.table({"month": ["a", "b", "c"], "n": [30, 4, 25]})
    hidden = actual.set_column(1, "n", pa.array([30, None, 25]))
    both = actual.set_column(1, "n", pa.array([30, None, None]))

    def run(shown: pa.Table) -> list[tuple[str, int]]:
        counts = PersonCounts("accounts by month", shown, actual, "n", ("month",))
        return [(r.attack, r.count) for r in check_publication(Publication(case, "r"), {}, person_counts=[counts])]

    assert run(actual) == [("small-cell", 1)]
    assert run(hidden) == [("small-cell", 1)]
    assert run(both) == []


@pytest.mark.parametrize(
    ("name", "data"), [("t.json", b"{"), ("t.bin", b"\xff\xfe\x00"), ("t.parquet", b"x"), ("t.zip", b"PK")]
)
def test_what_cannot_be_read_back_is_refused(case: Case, name: str, data: bytes) -> None:
    assert [one[0] for one in attacks(case, {name: data})] == ["unreadable"]


def test_an_approved_quote_may_name_an_account_and_nothing_else_may(case: Case) -> None:
    add_records(case, record("d1", 1, reason="for B. Quillfeather personally", user=NAME))
    quoted = {"t.txt": b"The reason reads: for B. Quillfeather personally"}
    ask = ask_quote(case, "d1:1", "reason", by="A. Reporter", reason="the wording is the point", at=AT)
    assert ask.masked == "for […] personally"
    assert attacks(case, quoted) == [("residue", "t.txt", 1)]
    decide_quote(case, ask.quote_id, by="C. Editor", approve=True, at=AT)
    assert attacks(case, quoted) == []
    assert attacks(case, {"t.txt": b"B. Quillfeather said so"}) == [("residue", "t.txt", 1)]


def test_a_plate_and_an_account_are_found_among_very_many_tokens(searched: Case, tmp_path: Path) -> None:
    """Thousands of distinct tokens are looked up by the column, in memory and in a file alike."""
    add_records(searched, record("d1", 5, user="quillfeather7", searched_at=AT + timedelta(days=4)))
    tokens = [f"token{n}" for n in range(6_000)]
    secrets = [PLATE, PLATE.lower(), searched.key.pseudonym(PLATE), "Quillfeather7", "STOLEN"]
    for shown, count in ((tokens, []), (tokens + secrets, [3, 1])):
        table = pa.table({"id": shown})
        pq.write_table(table, tmp_path / "t.parquet", row_group_size=2_500)
        for output in (table, StoredRows.of(tmp_path / "t.parquet")):
            assert [n for _, _, n in attacks(searched, {"t": output})] == count


def test_a_stored_pseudonym_is_found_among_the_ids_of_a_file(searched: Case, tmp_path: Path) -> None:
    ids = [f"{number:016x}" for number in range(9_000)]
    for shown, count in ((ids, []), ([*ids, searched.key.pseudonym(PLATE)], [1])):
        pq.write_table(pa.table({"id": shown}), tmp_path / "t.parquet", row_group_size=2_500)
        assert [n for _, _, n in attacks(searched, {"t": StoredRows.of(tmp_path / "t.parquet")})] == count


@given(st.lists(st.text("0a-f9Gg" + chr(0xE9), max_size=17) | st.uuids().map(str), max_size=4))
def test_texts_that_look_like_ids_at_a_glance_are_ids(texts: list[str]) -> None:
    if are_ids(pa.array(["0" * 12, *texts], pa.string())[1:]):
        assert all(re.fullmatch(OPAQUE, text) for text in texts)


@pytest.mark.parametrize("text", ["0123456789ab", "0123456789abcdef", "123e4567-e89b-12d3-a456-426614174000"])
def test_ids_are_told_at_a_glance(text: str) -> None:
    assert are_ids(pa.array([text, text[::-1] if "-" not in text else text], pa.string()))
    assert not are_ids(pa.array([text, text.replace("1", "g")], pa.string()))
    assert not are_ids(pa.array([text.replace("-", "0")[:11]], pa.string()))
