# ruff: noqa: E501 - tables of words, sentences and SQL read better in one line
"""Optional inputs: validated, joined inside the case, unknown where absent."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from custodiet.case import Case
from custodiet.law.evaluate import evaluate_packs
from custodiet.law.local_inputs import TEMPLATES, kind_of, load_local_input, split_local_inputs, template_text
from custodiet.model.errors import InputError
from custodiet.model.local_inputs import LOCAL_INPUTS
from custodiet.rules.load import find_rule, load_packs
from custodiet.rules.rule import Pack, Rule
from tests.law.builders import NOON, PD, fill, organisation, outcomes, search, share
from tests.law.test_evaluate import PACK
from tests.rules.builders import rule

FILES = {
    "case-numbers": f"producer,case_number\n{PD},25 001\n",
    "roster": f"producer,account,starts_at,ends_at\n{PD},ACCT-1,2025-03-03 09:00,2025-03-03 17:00\n",
    "accounts": f"producer,account,role,enabled_on,disabled_on\n{PD},acct-1,patrol,2025-01-01,2025-06-01\n",
    "training": f"producer,account,trained_on,expires_on\n{PD},acct-1,2025-01-01,\n",
    "declarations": f"source,declarant,declared_on,ends_on,about\n{PD},Austin TX PD,2025-01-01,,use\n",
    "approvals": f"source,recipient,approved_on,approved_by,withdrawn_on\n{PD},Austin TX PD,2025-01-01,Chief,\n",
}  # fmt: skip


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.csv"
    path.write_text(text, encoding="utf-8")
    return path


def asks(field: str, subject: str = "search") -> Rule:
    return rule(subject=subject, pattern={"field": field, "op": "eq", "value": True})


def judged(case: Case, made: Rule) -> tuple[int, int, int, int]:
    evaluate_packs(case, [Pack(PACK, Path(), (made,))])
    return outcomes(case, "test.rule")[PD]


@pytest.mark.parametrize(
    ("name", "field", "good", "bad"),
    [
        ("case-numbers", "case_number_listed", {}, {"case_number": "25-999"}),
        ("roster", "on_duty", {}, None),
        ("accounts", "account_listed", {}, {"user": "someone"}),
        ("accounts", "account_active", {}, None),
        ("training", "account_trained", {}, {"user": "someone"}),
        ("declarations", "declaration_on_file", {"org": "Austin TX PD", "org_basis": "released"}, {"org": "Reno NV PD", "org_basis": "released"}),
    ],
)  # fmt: skip
def test_an_absent_input_is_unknown_and_a_given_one_is_asked(
    case: Case, tmp_path: Path, name: str, field: str, good: dict[str, str], bad: dict[str, str] | None
) -> None:
    fill(case, [search(1, **good)] + ([search(2, **bad)] if bad else []))
    assert judged(case, asks(field))[:3] == (0, 0, 2 if bad else 1)
    assert load_local_input(case, write(tmp_path, name, FILES[name])) == 1
    assert judged(case, asks(field))[:3] == (1, 1 if bad else 0, 0)


def test_off_duty_and_disabled_accounts_are_told(case: Case, tmp_path: Path) -> None:
    from datetime import UTC, datetime

    fill(case, [search(1, at=datetime(2025, 3, 4, 2, tzinfo=UTC)), search(2, at=datetime(2025, 6, 1, 20, tzinfo=UTC))])
    load_local_input(case, write(tmp_path, "roster", FILES["roster"]))
    load_local_input(case, write(tmp_path, "accounts", FILES["accounts"]))
    assert judged(case, asks("on_duty"))[:3] == (0, 2, 0)
    assert judged(case, asks("account_active"))[:3] == (1, 1, 0)


def test_a_masked_account_is_never_off_duty(case: Case, tmp_path: Path) -> None:
    fill(case, [search(1, user_state="masked")])
    load_local_input(case, write(tmp_path, "roster", FILES["roster"]))
    assert judged(case, asks("on_duty"))[:3] == (0, 0, 1)


def test_approvals_are_asked_of_shares(case: Case, tmp_path: Path) -> None:
    fill(case, shares=[share(1, "Austin TX PD"), share(2, "Reno NV PD")], organisations=[organisation(PD, "CA")])
    assert judged(case, asks("approval_on_file", "share"))[:3] == (0, 0, 2)
    load_local_input(case, write(tmp_path, "approvals", FILES["approvals"]))
    assert judged(case, asks("approval_on_file", "share"))[:3] == (1, 1, 0)


def test_the_same_file_twice_is_one(case: Case, tmp_path: Path) -> None:
    path = write(tmp_path, "accounts", FILES["accounts"])
    load_local_input(case, path)
    load_local_input(case, path)
    assert case.value("SELECT count(*) FROM input_accounts") == 1


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("roster", "producer,account\nA,secret-name\n", "column starts_at, ends_at is missing"),
        ("roster", "producer,account,starts_at,ends_at,more\n", "1 column"),
        ("training", "producer,account,trained_on\nA,secret-name,yesterday\n", "line 2: trained_on is no date"),
        ("training", "producer,account,trained_on\nA,,2025-01-01\n", "line 2: account is empty"),
        ("monthly-totals", "producer,month,searches\nA,2025-01-01,many\n", "line 2: searches is no whole number"),
        ("case-numbers", "producer,case_number\nA,1,secret-name\n", "more cells than the header"),
        (
            "eras",
            "producer,since,era,citation\nA,2025-01-01,secret-name,page 2\n",
            "line 2: era is none of devices, id",
        ),
        ("nothing-known", "a,b\n", "is no local input"),
    ],
)
def test_a_faulty_file_is_refused_whole_and_quietly(
    case: Case, tmp_path: Path, name: str, text: str, message: str
) -> None:
    with pytest.raises(InputError, match=message) as caught:
        load_local_input(case, write(tmp_path, name, text))
    assert "secret-name" not in str(caught.value)


def test_templates_are_those_of_the_tables() -> None:
    for name, item in LOCAL_INPUTS.items():
        assert (TEMPLATES / f"{name}.csv").read_text(encoding="utf-8") == template_text(item)


def test_a_file_is_known_by_its_name() -> None:
    item = kind_of(Path("roster-2025.csv"))
    assert item is not None
    assert item.name == "roster"
    assert kind_of(Path("2025-roster.csv")) is None


def test_the_main_path_loads_local_inputs_and_passes_on_the_rest(tmp_path: Path) -> None:
    from custodiet.pipeline import add

    folder = tmp_path / "given"
    folder.mkdir()
    write(folder, "duty of march", FILES["roster"])
    write(folder, "training", FILES["training"])
    write(folder, "other", "a,b\n1,2\n")
    single = write(tmp_path, "people", FILES["accounts"])
    summary = add([folder, single], case_dir=tmp_path / "case")
    assert (summary.n_files, summary.n_disclosures) == (1, 1)
    with Case.open(tmp_path / "case") as case:
        tables = ("input_roster", "input_training", "input_accounts")
        assert [case.value(f"SELECT count(*) FROM {table}") for table in tables] == [1, 1, 1]


@pytest.mark.parametrize("text", ["", "producer\n", "producer,account,secret\n", "\ufffd\x00", '"producer\n'])
def test_what_is_no_local_input_is_left_to_the_readers(tmp_path: Path, text: str) -> None:
    path = write(tmp_path, "roster", text)
    assert split_local_inputs([path]) == ({}, [path])
    assert split_local_inputs([tmp_path, tmp_path / "absent.csv"]) == ({}, [tmp_path, tmp_path / "absent.csv"])


def test_monthly_totals_are_reconciled_with_the_log(case: Case, tmp_path: Path) -> None:
    fill(case, [search(n) for n in range(1, 4)])
    made = find_rule(load_packs(["practice"]), "practice.log-differs-from-monthly-total")
    assert made is not None

    def with_total(total: int) -> tuple[int, int, int, int]:
        text = f"producer,month,searches,basis\n{PD},2025-03-01,{total},dashboard\n{PD},2025-04-01,9,dashboard\n"
        load_local_input(case, write(tmp_path, "monthly-totals", text))
        evaluate_packs(case, [Pack(PACK, Path(), (made,))])
        return outcomes(case, made.id)[PD]

    evaluate_packs(case, [Pack(PACK, Path(), (made,))])
    assert outcomes(case, made.id)[PD] == (0, 0, 1, 0)
    assert with_total(3) == (0, 1, 0, 0)
    assert with_total(4) == (1, 0, 0, 0)


def paged(case: Case, days_of: dict[str, list[int]], pages: dict[str, int]) -> None:
    """Fill a case with audits (file to days before the noon of their rows) and pages (file to days before noon)."""
    rows = [
        search(n, kind="portal-audit", disclosure_id=f"audit-{file}", at=NOON - timedelta(days=days))
        for file, ages in days_of.items()
        for n, days in enumerate(ages, start=1)
    ]
    portals = [
        {"producer": PD, "as_of": NOON.date() - timedelta(days=days), "disclosure_id": f"page-{file}", "source_row": 1}
        for file, days in pages.items()
    ]
    fill(case, [*rows, search(9, kind="network-audit", disclosure_id="log")], portals=portals)
    named = [(f"audit-{file}", "portal-audit", file) for file in days_of]
    named += [(f"page-{file}", "transparency-page", file) for file in pages]
    case.append_rows(
        "disclosures",
        [{"disclosure_id": i, "kind": kind, "producer": PD, "sha256": f, "member_sha256": f} for i, kind, f in named],
    )


HAS_AUDIT = rule(subject="portal", pattern={"field": "has_audit", "op": "eq", "value": True})


def has_rows(count: int) -> Rule:
    """Make a rule that is met by pages with so many rows in their audit."""
    return rule(subject="portal", pattern={"field": "audit_rows_30d", "op": "eq", "value": count})


def test_a_page_is_reconciled_with_the_audit_of_its_own_file(case: Case) -> None:
    ages = [0, 5, 5, 28, 29, 30, 60]
    paged(case, {"a": ages, "b": [300, 301]}, {"a": 0, "b": 0, "old": 400})
    # Five rows lie in the thirty days; the audit in the file of the second page is of another year.
    assert judged(case, has_rows(5))[:3] == (1, 0, 2)
    assert judged(case, HAS_AUDIT)[:3] == (2, 1, 0)


@pytest.mark.parametrize(
    ("ages", "told"),
    [
        ([3, 30], True),
        ([4, 31], False),
        ([3, 29], False),
        ([0, 27], True),
        ([0, 26], False),
        ([-1, 3, 45], True),
        ([], False),
    ],
)
def test_an_audit_that_does_not_reach_over_the_days_tells_no_count(case: Case, ages: list[int], told: bool) -> None:
    paged(case, {"a": ages}, {"a": 0})
    assert judged(case, has_rows(99))[:3] == ((0, 1, 0) if told else (0, 0, 1))


def test_an_audit_made_before_its_page_is_counted_over_its_own_thirty_days(case: Case) -> None:
    paged(case, {"a": [3, 4, 31, 32, 33]}, {"a": 0})
    assert judged(case, has_rows(4))[:3] == (1, 0, 0)


def test_an_audit_in_a_file_of_its_own_leaves_open_which_page_carried_it(case: Case) -> None:
    paged(case, {"alone": [0, 29]}, {"a": 0, "b": 100})
    assert judged(case, HAS_AUDIT)[:3] == (0, 1, 1)
    assert judged(case, has_rows(2))[:3] == (0, 0, 2)


def test_pages_are_reconciled_with_purge_reports(case: Case, tmp_path: Path) -> None:
    paged(case, {}, {"page": 0, "page-before": 1})
    text = f"producer,purged_on,oldest_kept_on,n_deleted\n{PD},2025-03-03,2025-01-31,5\n{PD},2025-03-04,2024-01-01,5\n"
    is_late = rule(subject="portal", pattern={"field": "oldest_kept_days", "op": "eq", "value": 31})
    assert judged(case, is_late)[:3] == (0, 0, 2)
    load_local_input(case, write(tmp_path, "purge-reports", text))
    assert judged(case, is_late)[:3] == (1, 0, 1)


def test_an_analyst_can_say_which_form_an_export_had(case: Case, tmp_path: Path) -> None:
    fill(case, [search(1, at=NOON - timedelta(days=1)), search(2), search(3, at=NOON + timedelta(days=9))])
    is_named = rule(pattern={"field": "era", "op": "eq", "value": "drop-down"})
    assert judged(case, is_named)[:3] == (0, 3, 0)
    text = f"producer,since,era,citation\n{PD},2025-03-03,drop-down,Release notes p. 2\n{PD},2025-03-10,id,Release notes p. 3\n"
    load_local_input(case, write(tmp_path, "eras", text))
    assert judged(case, is_named)[:3] == (1, 2, 0)
