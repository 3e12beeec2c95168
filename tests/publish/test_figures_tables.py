"""Figures of what was read, of rules, lists, pages, cells and joins, counted by hand on a few rows."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from custodiet.case import Case
from custodiet.publish.figures import TABLES, Figure, counted_again, figures, sql_of
from custodiet.verify.recount import Recounter
from tests.publish.report_cases import disclosure, indicator, portal, record

SHARED = {"stated_by": "Ash PD", "as_of": date(2026, 3, 1), "disclosure_id": "list"}
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def _fill(case: Case) -> None:
    case.append_rows("organisations", [
        {"name": "Ash PD", "canonical": "Ash PD", "state": "CA", "level": "local"},
        {"name": "Bell PD", "canonical": "Bell PD", "state": "CA", "level": "local"},
        {"name": "Reno PD", "canonical": "Reno PD", "state": "NV", "level": "local"},
        {"name": "FBI", "canonical": "FBI", "state": None, "level": "federal"},
        {"name": "O'Hara Rail", "canonical": None, "state": None, "level": "private"},
        {"name": "Gone PD", "canonical": None, "state": None, "level": "unknown", "status": "inactive"},
    ])  # fmt: skip
    case.append_rows("disclosures", [
        disclosure("log", producer="Ash PD", n_rows_read=5, n_records=4, n_layout=1),
        disclosure("page", kind="transparency-page", sha256="e" * 64, n_rows_read=7, n_records=0, n_portal_values=7),
        disclosure("list", kind="sharing-list", sha256="f" * 64, n_rows_read=6, n_records=0, n_shares=6),
        disclosure("names", kind="organisation-list", sha256="f" * 64, n_rows_read=30, n_records=0, n_rejected=30),
        disclosure("lost", sha256="a" * 64, n_rows_read=3, n_records=0, n_rejected=3, receipt="PRR"),
    ])  # fmt: skip
    case.append_rows("records", [
        record(1, "log", producer="Ash PD", org="Ash PD", searched_at=NOON, searched_local=datetime(2026, 1, 5)),
        record(2, "log", producer="Ash PD", org="Ash PD", searched_at=NOON, searched_local=datetime(2026, 1, 5),
               reason=None, reason_state="masked"),
        record(3, "log", producer="Ash PD", org="Ash PD", searched_at=NOON, searched_local=datetime(2026, 1, 5),
               reason=None, reason_state="blank", networks=None),
        record(4, "log", producer="Ash PD", org="Ash PD", searched_at=NOON, searched_local=datetime(2026, 4, 5),
               reason=None, reason_state="masked"),
    ])  # fmt: skip
    case.append_rows("searches", [
        {"search_key": "1", "basis": "search-id", "org": "Ash PD", "n_sightings": 2, "purposes": ["offense.theft"]},
        {"search_key": "2", "basis": "single", "org": "Ash PD", "n_sightings": 1, "purposes": ["unknown"]},
        {"search_key": "3", "basis": "single", "org": None, "n_sightings": 1, "purposes": None},
    ])  # fmt: skip
    names = ("Bell PD", "Reno PD", "FBI", "O'Hara Rail", "Gone PD")
    case.append_rows("shares", [
        *({**SHARED, "source": "Ash PD", "recipient": name, "status": "active", "source_row": n}
          for n, name in enumerate(names, 1)),
        {**SHARED, "source": "Bell PD", "recipient": "Ash PD", "status": "active", "source_row": 9},
        {**SHARED, "source": "Bell PD", "recipient": "FBI", "stated_by": "Paper", "status": "active", "source_row": 10},
    ])  # fmt: skip
    case.append_rows("portals", [
        portal("Ash PD", retention_days=30, cameras=12, prohibited_uses="Immigration enforcement", hits_30d=5,
               vehicles_30d=1_000),
        portal("Ash PD", as_of=date(2026, 2, 1), source_row=2, retention_days=60, cameras=9),
        portal("Bell PD", source_row=3, prohibited_uses="No immigration use", hits_30d=7),
        portal("Reno PD", source_row=4, prohibited_uses="Parking"),
    ])  # fmt: skip
    case.append_rows("outcomes", [
        _outcome("us-ca.a", "Ash PD", 1, 2, 3, 4), _outcome("us-ca.a", "Bell PD", 10, 0, 0, 0),
        _outcome("us-ca.b", "Ash PD", 0, 0, 6, 0), _outcome("practice.c", "Ash PD", 0, 0, 0, 9),
    ])  # fmt: skip
    case.append_rows("indicators", [
        indicator(1, rule_id="us-ca.a"), indicator(2, rule_id="us-ca.a"), indicator(3, rule_id="us-ca.a",
        disposition="explained"), indicator(4, rule_id="us-ca.b", level="account"),
    ])  # fmt: skip
    case.append_rows("problems", [
        {"code": "ragged", "disclosure_id": "log", "file_name": "log.csv", "message": "m"},
        {"code": "ragged", "disclosure_id": "log", "file_name": "log.csv", "message": "n"},
        {"code": "encrypted", "disclosure_id": None, "file_name": "shut.pdf", "message": "m"},
    ])  # fmt: skip
    case.append_rows("events", [
        {"disclosure_id": "log", "record_no": n, "source_row": n, "event_at": NOON.replace(month=month),
         "event_type": kind}
        for n, (month, kind) in enumerate([(1, "Hot list hit"), (3, "alert"), (3, "log in")], 1)
    ])  # fmt: skip


def _outcome(rule: str, producer: str, *counts: int) -> dict[str, Any]:
    names = ("n_indicator", "n_clear", "n_not_evaluable", "n_not_applicable")
    return {"rule_id": rule, "rule_version": "1", "producer": producer, **dict(zip(names, counts, strict=True))}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Figure], set[str]]:
    folder = tmp_path_factory.mktemp("tables")
    (folder / "tables").mkdir()
    with Case.open(folder / "case", create=True) as case:
        _fill(case)
        for name in TABLES:
            pq.write_table(case.read(name), folder / "tables" / f"{name}.parquet")
        found = figures(case)
        return folder, {figure.id: figure for figure in found}, counted_again(case, {n: n for n in TABLES}, found)


@pytest.mark.parametrize(
    ("name", "value", "whole"),
    [
        ("rows", 51, None), ("rows.layout", 1, 51), ("rows.names", 30, 51), ("rows.others", 31, 51),
        ("rows.not-stored", 3, 51), ("rows.statements", 7, 51), ("rows.copies", 1, 4), ("pairs", 7, None),
        ("pages", 4, None), ("page-producers", 3, None), ("receipt.1", 1, 4), ("receipt.none", 3, 4),
        (f"file.{'f' * 12}.tables", 2, None), (f"file.{'f' * 12}.rows", 36, None),
        ("problems", 3, None), ("problem.ragged", 2, 3), ("problem.ragged.tables", 1, None), ("unread", 1, None),
        ("rules", 3, None), ("rules.applied", 2, 3), ("rules.of.us-ca", 2, 2), ("rules.never", 1, 2),
        ("rule.us-ca.a.put", 20, None), ("rule.us-ca.a.inside", 16, 20), ("rule.us-ca.a.outside", 4, 20),
        ("rule.us-ca.a.organisations", 2, None), ("rule.us-ca.a.unreviewed", 2, None),
        ("lists", 1, None), ("shares.Ash PD", 5, None), ("shares.Ash PD.same-state", 1, 5),
        ("shares.Ash PD.other-state", 1, 5), ("shares.Ash PD.federal", 1, 5), ("shares.Ash PD.private", 1, 5),
        ("shares.Ash PD.not-known", 1, 5), ("shares.Ash PD.inactive", 1, 5), ("reaches.Ash PD", 1, None),
        ("recipients.NV", 1, 5), ("recipients.NV.organisations", 1, None), ("recipients.not known", 3, 5),
        ("recipients.not known.producers", 1, None), ("shares-by-others", 1, None),
        ("pages.organisations", 3, None), ("pages.forbid", 2, 3), ("pages.forbid-and-let-in", 1, 2),
        ("pages.forbid-without-list", 1, 2), ("page.Ash PD.retention_days", 30, None),
        ("page.Ash PD.cameras", 12, None),
        ("page.Ash PD.federal", 1, None), ("hits.2026-03.producers", 2, None), ("hits.2026-03.hits", 12, None),
        ("hits.2026-03.of-vehicles", 5, 1_000), ("alerts", 2, 3), ("alerts.2026-01", 1, 2), ("alerts.2026-02", 0, 2),
        ("cell.reason.masked", 2, 4), ("cell.reason.hidden", 2, 4), ("log.log", 4, None),
        ("log.log.reason.masked", 2, 4), ("log.log.networks", 3, 4),
        ("basis.search-id", 1, 3), ("basis.search-id.rows", 2, 4), ("basis.ambiguous", 0, 3), ("sightings", 4, None),
        ("reason.readable", 2, 3), ("reason.unplaced", 1, 2), ("searchers", 1, None), ("searchers.unnamed", 1, 3),
        ("searchers.few", 1, 1), ("names.unknown", 1, 6),
    ],
)  # fmt: skip
def test_a_number_is_what_a_hand_counts_and_its_sql_gives_it(
    told: tuple[Path, dict[str, Figure], set[str]], name: str, value: int, whole: int | None
) -> None:
    folder, found, again = told
    figure = found[f"figure.{name}"]
    assert (figure.value, figure.denominator) == (value, whole)
    assert f"{value:,}" in figure.statement
    assert figure.id in again
    with duckdb.connect() as connection:
        sql = sql_of(figure.sql, {table: f"'{folder}/tables/{table}.parquet'" for table in TABLES})
        assert connection.sql(sql).fetchall() == [(value,)]
    recounter = Recounter(lambda table, _columns: pq.read_table(folder / "tables" / f"{table}.parquet"))
    # Sightings are not in this case.
    specs = [spec for spec in figure.recounts if spec["table"] != "sightings"]
    assert [recounter.count(spec) for spec in specs] == [value] * len(specs)


def test_what_the_published_tables_cannot_give_says_why(told: tuple[Path, dict[str, Figure], set[str]]) -> None:
    found = told[1]
    for name, value in (
        ("gaps", 2),
        ("gap.Ash PD.organisation-audit", 2),
        ("month.Ash PD.organisation-audit.2026-01", 3),
    ):
        figure = found[f"figure.{name}"]
        assert (figure.value, figure.sql) == (value, "")
        assert "wall clock" in figure.note
    assert found["figure.measured.1"].note.startswith("Measured on a labelled or invented set")
    assert all(figure.sql or figure.note for figure in found.values())
    assert not any("us-ca.b.unreviewed" in name for name in found)
