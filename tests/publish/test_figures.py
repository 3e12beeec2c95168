"""Figures of the charts and their SQL: equal numbers from both, whatever labels searches bear."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from custodiet.case import Case
from custodiet.model.errors import PublishingRefused
from custodiet.publish.claim_sheet import check_sql, form_of
from custodiet.publish.claims import Claim
from custodiet.publish.figures import TABLES, Figure, counted_again, figures, sql_of

# Labels as the classifier gives them, and lists that no classifier should give: nothing, null, twice the same.
LABELS: list[list[str | None] | None] = [
    ["offense.robbery"],
    ["offense.robbery", "offense.theft"],
    ["offense.robbery", "offense.robbery", "unknown"],
    ["insufficient.name"],
    ["insufficient.redacted"],
    ["insufficient.redacted", "offense.theft"],
    ["insufficient.generic", "insufficient.name"],
    ["insufficient.generic"],
    ["unknown"],
    [],
    None,
    [None],
    [None, "traffic"],
]
ORGS = ["Alder PD", "O'Bannon County SO", "Ghost PD", None]
REACH = [(1, None), (2, 9), (10, 0), (5_000, 4_999), (None, 100), (0, 1_000)]


def _searches() -> list[dict[str, Any]]:
    return [
        {
            "search_key": f"{number:016x}", "basis": "single", "org": ORGS[number % len(ORGS)],
            "networks": REACH[number % len(REACH)][0], "devices": REACH[number % len(REACH)][1],
            "n_sightings": 1, "n_producers": 1, "purposes": labels,
        }
        for number, labels in enumerate(labels for labels in LABELS for _ in range(8))
    ]  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Figure], set[str]]:
    folder = tmp_path_factory.mktemp("figures")
    (folder / "tables").mkdir()
    with Case.open(folder / "case", create=True) as case:
        case.append_rows(
            "organisations",
            [
                {"name": "Alder PD", "canonical": "Alder Police", "state": "CA", "level": "local"},
                {"name": "Alder Police", "state": "CA", "level": "local"},
                {"name": "O'Bannon County SO", "state": None, "level": "county"},
            ],
        )
        case.append_rows("searches", _searches())
        for name in TABLES:
            pq.write_table(case.read(name), folder / "tables" / f"{name}.parquet")
        counted = figures(case)
        return folder, counted, counted_again(case, {name: name for name in TABLES}, counted)


def test_the_sql_of_every_figure_gives_its_number_in_stock_duckdb(
    found: tuple[Path, list[Figure], set[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, counted, again = found
    monkeypatch.chdir(folder)
    names = {name: f"'tables/{name}.parquet'" for name in TABLES}
    with duckdb.connect() as connection:
        asked = {figure.id: connection.sql(sql_of(figure.sql, names)).fetchall() for figure in counted if figure.sql}
    assert asked == {figure.id: [(figure.value,)] for figure in counted if figure.sql}
    assert all(figure.sql or figure.note for figure in counted)
    assert again == set(asked)


def test_figures_count_each_search_once(found: tuple[Path, list[Figure], set[str]]) -> None:
    values = {figure.id: figure.value for figure in found[1]}
    assert {name: n for name, n in values.items() if name.startswith(("figure.group", "figure.label"))} == {
        "figure.group.insufficient": 16,
        "figure.group.offense": 32,
        "figure.group.traffic": 8,
        "figure.group.unknown": 32,
        "figure.label.insufficient.generic": 16,
        "figure.label.insufficient.name": 16,
        "figure.label.offense.robbery": 24,
        "figure.label.offense.theft": 16,
        "figure.label.traffic": 8,
        "figure.label.unknown": 16,
    }
    assert {name: n for name, n in values.items() if name.startswith("figure.level.county")} == {
        "figure.level.county": 26,
        "figure.level.county.hidden": 2,
        "figure.level.county.not-told": 6,
        "figure.level.county.organisations": 1,
        "figure.level.county.readable": 18,
        "figure.level.county.stated": 10,
        "figure.level.county.uninformative": 2,
        "figure.level.county.unknown": 6,
    }
    assert [values[f"figure.cameras.{step}"] for step in ("1-1", "2-9", "100-999", "1000-4999", "5000-")] == [
        0, 18, 17, 34, 0,
    ]  # fmt: skip
    assert values["figure.networks.5000-"] == 17
    assert values["figure.state.not known"] == 78


def test_one_form_for_all_values_and_another_where_more_differs() -> None:
    one = form_of("SELECT count(*) FROM 'tables/searches.parquet' WHERE networks >= 2 AND networks <= 9")
    assert one == form_of("SELECT count(*) FROM 'tables/searches.parquet' WHERE networks >= 10 AND networks <= 99")
    others = (
        "SELECT count(*) FROM 'tables/searches.parquet' WHERE devices >= 2 AND devices <= 9",
        "SELECT count(*) FROM 'tables/records.parquet' WHERE networks >= 2 AND networks <= 9",
        "SELECT count(*) FROM 'tables/searches.parquet' WHERE org = 'a'",
        "SELECT count(*) FROM 'tables/searches.parquet' WHERE org = 'O''Bannon'",
        "SELECT count(*) FROM 'tables/searches.parquet' WHERE org = NULL",
    )
    assert len({one, *map(form_of, others)}) == 6
    assert form_of(others[2]) == form_of(others[2].replace("'a'", "'(it is WHERE 9 lies)'"))


def test_a_query_of_any_form_that_gives_another_number_stops_the_publication(
    found: tuple[Path, list[Figure], set[str]],
) -> None:
    folder, counted, _ = found
    names = {name: f"'tables/{name}.parquet'" for name in TABLES}
    forms: dict[str, Figure] = {}
    for figure in (figure for figure in counted if figure.sql):
        forms.setdefault(form_of(sql_of(figure.sql, names)), figure)
    # Each way in which a number is asked for.
    assert len(forms) >= 12
    with Case.open(folder / "case") as case:
        right = [_claim(figure, sql_of(figure.sql, names), 0) for figure in counted]
        check_sql(case, folder, right)
        for figure in forms.values():
            wrong = [_claim(figure, sql_of(figure.sql, names), 1)]
            with pytest.raises(PublishingRefused, match=f"gives? {figure.value:,} where the claim says"):
                check_sql(case, folder, wrong)


def _claim(figure: Figure, sql: str, more: int) -> Claim:
    value = figure.value + more
    return Claim(figure.id, figure.statement, value, figure.unit, figure.definition, None, None, value, value, "", sql)
