"""California, Illinois, federal, the agency's own policy, practice and patterns: coverage, mutants, known cases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from custodiet.case import Case
from custodiet.law.evaluate import evaluate_case
from custodiet.rules.examples import run_closure
from custodiet.rules.load import PACKS, load_packs
from custodiet.rules.rule import Rule
from custodiet.rules.try_pack import try_packs
from tests.law.builders import PD, fill, found, open_case, organisation, outcomes, search, share

LAW = ["us-ca", "us-il", "federal"]
NAMES = [*LAW, "policy", "practice", "patterns"]
COVERED: dict[str, list[str]] = yaml.safe_load((Path(__file__).parent / "provisions_a.yaml").read_text("utf-8"))
OUTBOUND = "us-ca.civ-1798-90-55-b.outbound-outside-california"
SEARCHED = "us-ca.civ-1798-90-55-b.searched-from-outside-california"


@lru_cache
def rules() -> list[Rule]:
    return [rule for pack in load_packs(NAMES) for rule in pack.rules]


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    yield from open_case(tmp_path)


def test_every_example_comes_out_as_it_says() -> None:
    assert [str(fault) for rule in rules() for fault in run_closure(rule)] == []


@pytest.mark.slow
def test_both_evaluators_agree_and_no_mutant_lives() -> None:
    trials = try_packs(NAMES)
    assert [(t.rule_id, t.failures, t.living) for t in trials if not t.passed] == []


def test_every_rule_of_law_belongs_to_a_provision() -> None:
    ours = [rule.id for pack in load_packs(LAW) for rule in pack.rules]
    assert sorted(ours) == sorted(rule_id for ids in COVERED.values() for rule_id in ids)


def test_a_provision_without_a_rule_says_why() -> None:
    lines = (PACKS / "NOT-YET.md").read_text("utf-8").splitlines()
    told = {line.split("|")[1].strip() for line in lines if line.startswith("| ")}
    assert [fact for fact, ids in COVERED.items() if not ids and fact not in told] == []


def test_low_confidence_is_a_draft() -> None:
    low = [rule for rule in rules() if any(law.confidence == "low" for law in rule.model.law)]
    assert [rule.id for rule in low if rule.model.status != "draft"] == []
    assert [rule.id for rule in low] == ["us-ca.pen-13778-3.searched-for-gender-affirming-care"]


def test_a_californian_list_with_recipients_of_other_states(case: Case) -> None:
    names = [organisation(PD, "CA"), organisation("Elmwood CA PD", "CA")]
    names += [organisation(f"Lakeside {n} TX PD", "TX") for n in range(3)] + [organisation("Ashford OH SO", "OH")]
    names += [organisation("A bureau", None, "federal"), organisation("Old Mill NV PD", "NV", status="inactive")]
    names += [organisation("Three letters", None, "unknown")]
    shares = [share(row, name["name"]) for row, name in enumerate(names[1:], 1)]
    shares += [share(row, "Lakeside 0 TX PD", as_of=date(2026, 1, 1), disclosure_id="later") for row in (1, 2)]
    shares.append(share(1, PD, source="Lakeside 1 TX PD", stated_by="Lakeside 1 TX PD", disclosure_id="theirs"))
    shares.append(
        share(2, "Lakeside 1 TX PD", source="Elmwood CA PD", stated_by="Lakeside 1 TX PD", disclosure_id="theirs")
    )
    fill(case, shares=shares, organisations=names)
    evaluate_case(case, ["us-ca"])
    (row,) = found(case, OUTBOUND)
    assert (row["subject"], row["n_shares"], row["denominator"], row["severity"]) == (PD, 5, 6, "rule-not-met")
    assert "names 6 recipients, of which 5 are outside California (TX 3, OH 1, federal 1)" in row["statement"]
    assert "seen from 2025-06-01 to 2026-01-01" in row["statement"]
    assert any("Attorney General" in text and "disputed" in text for text in row["caveats"])
    assert any("1 recipient marked inactive" in text for text in row["caveats"])
    assert any("1 recipient whose state is not known" in text for text in row["caveats"])
    assert '"agencies of other states count as public agencies", "choice": "reading", "count": 1' in row["sensitivity"]


def test_a_californian_list_of_californian_recipients(case: Case) -> None:
    names = [organisation(PD, "CA"), organisation("Elmwood CA PD", "CA")]
    inbound = share(2, PD, source="Lakeside TX PD", stated_by=PD)
    fill(
        case, shares=[share(1, "Elmwood CA PD"), inbound], organisations=[*names, organisation("Lakeside TX PD", "TX")]
    )
    evaluate_case(case, NAMES)
    assert case.rows("SELECT rule_id FROM indicators") == []


@pytest.mark.parametrize(("day", "n"), [(date(2015, 12, 31), 0), (date(2016, 1, 1), 1), (date(2016, 1, 2), 1)])
def test_a_network_log_around_the_first_day(case: Case, day: date, n: int) -> None:
    at = datetime(day.year, day.month, day.day, 20, tzinfo=UTC)
    row = search(1, at=at, kind="network-audit", org="Lakeside TX PD", org_basis="released")
    fill(case, [row], organisations=[organisation(PD, "CA"), organisation("Lakeside TX PD", "TX")])
    evaluate_case(case, ["us-ca"])
    assert outcomes(case, SEARCHED)[PD] == (n, 0, 0, 1 - n)


@pytest.mark.parametrize("state", ["masked", "withheld", "not-exported"])
def test_hidden_cells_raise_nothing(case: Case, state: str) -> None:
    hidden: dict[str, Any] = {f"{cell}_state": state for cell in ("reason", "case_number", "user", "plate")}
    fill(case, [search(n, **hidden) for n in range(1, 60)])
    evaluate_case(case, NAMES)
    assert case.rows("SELECT rule_id FROM indicators") == []


@pytest.mark.real
@pytest.mark.slow
def test_released_pages_of_2026_name_one_list_with_another_state(case: Case, real_data: Path) -> None:
    from custodiet.intake.add import add_paths
    from custodiet.resolve.organisations import update_organisations

    pages = [
        "seaside-ca-pd",
        "alameda-ca-pd",
        "monterey-ca-pd",
        "ncric",
        "stanford-university-ca-pd",
        "anoka-county-mn-so",
    ]
    add_paths(case, [real_data / "portals" / name for name in pages])
    update_organisations(case)
    evaluate_case(case, ["us-ca"])
    assert [(row["subject"], row["n_shares"]) for row in found(case, OUTBOUND)] == [("Seaside CA PD", 1)]
