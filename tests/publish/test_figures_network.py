"""Figures of reach, of the bridge between its counts and of changes over time, counted by hand on a small network.

Alder lets Birch and Cedar in; Birch lets the FBI and Dune in, Cedar lets Dune in. Two spellings of Birch are one
organisation, an older list of Alder is over, a pending share and one with itself are none.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from custodiet.case import Case
from custodiet.privacy import Publication
from custodiet.publish.claim_sheet import form_of
from custodiet.publish.figures import TABLES, Figure, counted_again, figures, sql_of
from custodiet.publish.figures.steps import Step, answers, whole_query
from custodiet.publish.report.document import Chart, Folded, Part, Stated, Table
from custodiet.publish.report.source import Source
from custodiet.publish.report.write import make_document
from custodiet.verify.recount import Recounter
from tests.publish.report_cases import disclosure, record

MARCH = date(2026, 3, 1)
ORGANISATIONS = (
    ("Alder PD", "Alder PD", "CA", "local"),
    ("Birch PD", "Birch PD", "CA", "local"),
    ("Birch  P.D.", "Birch PD", "CA", "local"),
    ("Cedar SO", "Cedar SO", "NV", "county"),
    ("Dune PD", "Dune PD", "AZ", "local"),
    ("FBI", "FBI", None, "federal"),
    ("F.B.I.", "FBI", None, "federal"),
    ("O'Neil PD", "O'Neil PD", "CA", "local"),
    ("Office", "Office", None, "unknown"),
    ("Fir PD", "Fir PD", "CA", "local"),
    ("Gum PD", "Gum PD", "CA", "local"),
)
SHARES = (
    ("Alder PD", "Dune PD", date(2026, 1, 1), "active"),
    ("Alder PD", "Birch PD", MARCH, "active"),
    ("Alder PD", "Birch  P.D.", MARCH, "active"),
    ("Alder PD", "Cedar SO", MARCH, "active"),
    ("Alder PD", "O'Neil PD", MARCH, "pending"),
    ("Alder PD", "Alder PD", MARCH, "active"),
    ("Birch PD", "FBI", MARCH, "active"),
    ("Birch PD", "Dune PD", MARCH, "active"),
    ("Cedar SO", "Dune PD", MARCH, "inactive"),
    ("Fir PD", "Alder PD", None, "active"),
    ("Gum PD", "Alder PD", MARCH, "active"),
)
SEARCHED = ("Birch PD", "Birch  P.D.", "FBI", "Dune PD", None)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    with Case.open(tmp_path_factory.mktemp("network") / "case", create=True) as opened:
        _fill(opened)
        yield opened


def _fill(case: Case) -> None:
    case.append_rows(
        "organisations",
        [
            {"name": name, "canonical": canonical, "state": state, "level": level, "status": "active"}
            for name, canonical, state, level in ORGANISATIONS
        ],
    )
    case.append_rows("disclosures", [disclosure("log"), disclosure("list", kind="sharing-list", n_records=0)])
    case.append_rows(
        "shares",
        [
            {
                "source": source, "recipient": recipient, "stated_by": source, "as_of": day, "status": status,
                "disclosure_id": "list", "source_row": row,
            }
            for row, (source, recipient, day, status) in enumerate(SHARES, 2)
        ],
    )  # fmt: skip
    # 7 March in UTC is still the evening of the 6th for the producer.
    at = datetime(2026, 3, 7, 3, tzinfo=UTC)
    case.append_rows(
        "records",
        [
            record(
                n, "log", kind="network-audit", producer="Alder PD", org=org, org_basis="released", searched_at=at,
                searched_local=at.replace(tzinfo=None) - timedelta(hours=8),
            )
            for n, org in enumerate(SEARCHED, 1)
        ],
    )  # fmt: skip
    keys = ("a", "a", "b", "c", "d")
    case.append_rows(
        "sightings",
        [
            {"search_key": key * 16, "disclosure_id": "log", "record_no": n, "producer": "Alder PD"}
            for n, key in enumerate(keys, 1)
        ],
    )
    case.append_rows(
        "searches",
        [
            {
                "search_key": key * 16, "basis": "single", "org": org, "networks": networks, "searched_at": at,
                "n_sightings": keys.count(key), "n_producers": 1, "purposes": ["offense.theft"],
            }
            for key, org, networks in (
                ("a", "Birch PD", 1), ("b", "FBI", 2), ("c", "Dune PD", 90), ("d", None, 0)
            )
        ],
    )  # fmt: skip


@pytest.fixture(scope="module")
def found(case: Case) -> dict[str, Figure]:
    return {figure.id: figure for figure in figures(case)}


@pytest.fixture(scope="module")
def tables(case: Case, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tables") / "tables"
    folder.mkdir()
    for name in TABLES:
        pq.write_table(case.read(name), folder / f"{name}.parquet")
    return folder


def _values(found: dict[str, Figure], prefix: str) -> dict[str, int]:
    return {name.removeprefix(prefix): figure.value for name, figure in found.items() if name.startswith(prefix)}


def test_reach_is_counted_by_label_and_reading(found: dict[str, Figure]) -> None:
    told = _values(found, "figure.reach.Alder PD.")
    shown = {name: n for name, n in told.items() if n and name.partition(".")[0] in ("in", "on", "seen")}
    assert shown == {
        "in": 2, "in.in-state": 1, "in.out-of-state": 1,
        "on": 4, "on.in-state": 1, "on.out-of-state": 2, "on.federal": 1,
        "seen": 3, "seen.in-state": 1, "seen.out-of-state": 1, "seen.federal": 1,
    }  # fmt: skip
    assert told["further"] == 2
    assert (told["through.Birch PD"], told["through.Cedar SO"]) == (2, 1)
    assert (told["around.in-state.CA"], told["around.out-of-state.NV"]) == (1, 1)
    assert (told["state.CA"], told["state.NV"]) == (1, 1)
    assert found["figure.reach.Alder PD.on.federal"].denominator == 4


def test_organisations_without_a_chapter_are_told(found: dict[str, Figure]) -> None:
    more = found["figure.reach.more"]
    assert (more.value, more.denominator) == (1, 5)


def test_plans_are_counted_and_shown_to_work(found: dict[str, Figure]) -> None:
    assert _values(found, "figure.cut.Alder PD.federal.") == {
        "known": 1, "reaching": 1, "in-state": 1, "unknown": 1, "direct": 0,
        "onward": 1, "onward.left": 0, "onward.lost": 1, "share.Alder PD > Birch PD": 1,
    }  # fmt: skip
    assert _values(found, "figure.cut.Alder PD.out-of-state.") == {
        "known": 2, "reaching": 2, "in-state": 1, "unknown": 1, "direct": 1, "direct.lost": 0,
        "onward": 2, "onward.left": 0, "onward.lost": 1,
        "share.Alder PD > Birch PD": 1, "share.Alder PD > Cedar SO": 0,
    }  # fmt: skip
    cut = found["figure.cut.Alder PD.federal.onward"]
    assert not cut.sql
    assert "minimum cut" in cut.note


def test_lists_against_the_log_are_counted_by_day(found: dict[str, Figure]) -> None:
    assert _values(found, "figure.use.Alder PD.") == {
        "days": 1, "rows": 5, "not-shown": 1, "not-seen": 1,
        "unlisted.Dune PD": 1, "listed.Dune PD": 0, "unlisted.FBI": 1, "listed.FBI": 0,
    }  # fmt: skip
    unlisted = found["figure.use.Alder PD.unlisted.FBI"]
    assert (unlisted.denominator, unlisted.not_evaluable, unlisted.sql) == (1, 0, "")
    assert found["figure.use.Alder PD.not-seen"].not_evaluable == 0


def test_oddities_of_statements_are_counted(found: dict[str, Figure]) -> None:
    assert _values(found, "figure.oddity.") == {"self": 1, "pending": 1, "undated": 1}


def test_the_bridge_counts_names_organisations_pairs_and_searches(found: dict[str, Figure]) -> None:
    assert _values(found, "figure.bridge.") == {
        "federal.names": 2, "federal.organisations": 1,
        "federal.let-in": 1, "federal.pairs": 1, "federal.producers": 1,
        "other-state.let-in": 2, "other-state.pairs": 3, "other-state.producers": 3,
        "all.searches": 3, "federal.searches": 1, "other-state.searches": 1,
    }  # fmt: skip


def test_lengths_of_lists_and_reach_of_searches(found: dict[str, Figure]) -> None:
    assert _values(found, "figure.lengths.") == {
        "repeated": 1, "changed": 1,
        "Alder PD.dates": 2, "Alder PD.first": 1, "Alder PD.last": 4, "Alder PD.change": 3,
    }  # fmt: skip
    reach = _values(found, "figure.networks.")
    assert (reach["told"], reach["half"], reach["nine-in-ten"], reach["all"]) == (3, 2, 90, 90)


def test_days_are_those_of_the_wall_clock_and_have_no_sql(found: dict[str, Figure]) -> None:
    assert _values(found, "figure.period.") == {"2026-03-06": 4, "2026-03-06.stated": 4}
    assert not found["figure.period.2026-03-06"].sql
    assert "wall clock" in found["figure.period.2026-03-06"].note


def test_the_sql_of_every_figure_gives_its_number_in_stock_duckdb(
    case: Case, found: dict[str, Figure], tables: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tables.parent)
    names = {name: f"'tables/{name}.parquet'" for name in TABLES}
    asked = [figure for figure in found.values() if figure.select]
    assert len(asked) > 150
    assert counted_again(case, names, asked) == {figure.id for figure in asked}
    forms: dict[str, Figure] = {}
    for figure in asked:
        forms.setdefault(form_of(figure.sql), figure)
    assert len(forms) > 25
    with duckdb.connect() as connection:
        again = {figure.id: connection.sql(sql_of(figure.sql, names)).fetchall() for figure in forms.values()}
    assert again == {figure.id: [(figure.value,)] for figure in forms.values()}


def test_lists_of_values_are_one_form_however_long() -> None:
    one = form_of("SELECT count(*) FROM (VALUES ('a', 'b')) v(x, y) WHERE x IN ('c')")
    assert one == form_of("SELECT count(*) FROM (VALUES ('a', 'b'), ('c', 'd')) v(x, y) WHERE x IN ('c', 'e', 'f')")
    assert one != form_of("SELECT count(*) FROM (VALUES ('a', 'b')) v(x, y) WHERE x NOT IN ('c')")


def test_recounts_give_the_same(found: dict[str, Figure], tables: Path) -> None:
    recounter = Recounter(lambda name, columns: pq.read_table(tables / f"{name}.parquet", columns=list(columns)))
    told = {name: figure for name, figure in found.items() if figure.select and figure.recounts}
    assert set(told) == {"figure.use.Alder PD.rows", "figure.bridge.federal.names", "figure.networks.told"}
    assert {name: recounter.count(figure.recounts[0]) for name, figure in told.items()} == {
        name: figure.value for name, figure in told.items()
    }


@pytest.mark.parametrize(
    ("source", "recipient", "wrong"),
    [
        ("Birch PD", "FBI", "figure.reach.Alder PD.on.federal"),
        ("Alder PD", "Cedar SO", "figure.reach.Alder PD.in.out-of-state"),
        ("Cedar SO", "Dune PD", "figure.bridge.other-state.pairs"),
        ("Alder PD", "O'Neil PD", "figure.lengths.Alder PD.last"),
        ("Birch PD", "Dune PD", "figure.reach.Alder PD.through.Birch PD"),
        ("Alder PD", "Birch PD", ""),
    ],
)
def test_a_share_that_the_published_tables_lack_takes_the_sql_from_the_numbers_that_rest_on_it(
    case: Case, found: dict[str, Figure], source: str, recipient: str, wrong: str
) -> None:
    shares = case.read("shares")
    gone = pc.and_(
        pc.and_(pc.equal(shares["source"], source), pc.equal(shares["recipient"], recipient)),
        pc.fill_null(pc.equal(shares["as_of"], pa.scalar(MARCH)), False),
    )
    names = {name: name for name in TABLES}
    asked = [figure for figure in found.values() if figure.select]
    with case.registered("fewer_shares", shares.filter(pc.invert(gone))):
        again = counted_again(case, names | {"shares": "fewer_shares"}, asked)
    missing = {figure.id for figure in asked} - again
    # One of two spellings of one organisation can go without a change of any number.
    assert wrong in missing if wrong else not missing


def test_numbers_of_the_report_name_their_claims(case: Case, found: dict[str, Figure]) -> None:
    chapters = [
        chapter
        for chapter in make_document(Publication(case, "report")).chapters
        if chapter.anchor.startswith(("reach-", "changes"))
    ]
    unclaimed = [
        (part.caption, cell) for chapter in chapters for part in _tables(chapter.parts) for row in part.rows
        for cell in row if isinstance(cell, int)
    ]  # fmt: skip
    assert len(chapters) == 5
    assert unclaimed == []
    claims = {
        cell.claim for chapter in chapters for part in _tables(chapter.parts) for row in part.rows for cell in row
        if isinstance(cell, Stated)
    }  # fmt: skip
    assert claims <= set(found)
    assert "figure.cut.Alder PD.out-of-state.share.Alder PD > Cedar SO" in claims


def _tables(parts: tuple[Part, ...]) -> Iterator[Table]:
    for part in parts:
        if isinstance(part, Table):
            yield part
        elif isinstance(part, Chart):
            yield part.table
        elif isinstance(part, Folded):
            yield from _tables(part.parts)


def test_figures_of_one_publication_are_counted_once(case: Case) -> None:
    remembered: dict[str, Any] = {}
    assert figures(case, remembered) is figures(case, remembered)
    source = Source(Publication(case, "report", remembered=remembered))
    source.prepare()
    assert source.case.value("SELECT sum(n) FROM report_days") == 4
    source.release()
    assert case.rows("SELECT table_name FROM duckdb_tables() WHERE temporary AND table_name LIKE 'share_%'") == []


def test_steps_are_worked_out_once_and_printed_whole(case: Case) -> None:
    first = Step("claim_one", "SELECT 1 AS n UNION SELECT n + 1 FROM claim_one WHERE n < 4")
    second = Step("claim_two", "SELECT n * 10 AS n FROM claim_one")
    asked = [
        Figure("a", 0, "", "", "", None, "", steps=(first,), select="SELECT sum(n) FROM claim_one"),
        Figure("b", 0, "", "", "", None, "", steps=(first, second), select="SELECT max(n) FROM claim_two"),
        Figure("c", 0, "", "", "", None, "", steps=(second,), select="SELECT 1"),
    ]
    assert answers(case, {}, asked[:2]) == {"a": 10, "b": 40}
    assert case.value(whole_query(asked[1].steps, asked[1].select)) == 40
    # A step that fails leaves nothing behind.
    with pytest.raises(duckdb.CatalogException):
        answers(case, {}, asked)
    assert answers(case, {}, asked[:1]) == {"a": 10}
