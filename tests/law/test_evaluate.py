# ruff: noqa: E501 - tables of words, sentences and SQL read better in one line
"""Outcomes and indicators on a case whose rows are known."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from custodiet.case import Case
from custodiet.law.evaluate import evaluate_case, evaluate_packs
from custodiet.law.subjects import inputs_of
from custodiet.model.terms import Severity
from custodiet.rules.load import bundled_folders
from custodiet.rules.rule import Pack, Rule
from custodiet.rules.schema import PackModel
from tests.law.builders import NOON, PD, fill, found, organisation, outcomes, search, share
from tests.rules.builders import rule

OURS = ["practice", "patterns"]
REASON = "practice.reason-not-informative"
BLANK = "practice.reason-left-blank"
WINDOW = "practice.window-exceeds-stated-retention"
PLATE = "patterns.same-plate-many-days-without-case"
PACK = PackModel.model_validate(
    {"schema": "custodiet/pack/1", "id": "test", "title": "Test", "jurisdiction": "none", "version": "1.0.0",
     "maintainers": ["Nobody"], "description": "For tests."}
)  # fmt: skip


def run(case: Case, *rules: Rule) -> None:
    evaluate_packs(case, [Pack(PACK, Path(), rules)])


def test_four_outcomes_are_counted_for_each_producer(case: Case) -> None:
    states = ["value", "value", "blank", "placeholder", "masked", "withheld", "not-exported"]
    rows = [search(n, reason_state=state) for n, state in enumerate(states, start=1)]
    rows.append(search(8, producer="Other PD", reason_key="investigation"))
    fill(case, rows)
    evaluate_case(case, ["practice"])
    assert outcomes(case, BLANK) == {PD: (2, 2, 3, 0), "Other PD": (0, 1, 0, 0)}
    assert outcomes(case, REASON) == {PD: (0, 0, 1, 0), "Other PD": (0, 0, 1, 0)}
    row = found(case, BLANK)[0]
    assert (
        row["statement"]
        == f"2 of 4 searches in the log of {PD} (50.0 %) state no reason: the cell is blank or holds a placeholder."
    )
    assert (row["n_searches"], row["denominator"], row["n_not_evaluable"]) == (2, 4, 3)
    assert row["evidence"] == [{"disclosure_id": "log", "record_no": 3}, {"disclosure_id": "log", "record_no": 4}]
    assert "3 searches could not be told (hidden, not exported or not known) and are not counted." in row["caveats"]


@pytest.mark.parametrize("state", ["masked", "withheld", "not-exported"])
def test_a_hidden_reason_never_raises_an_indicator(case: Case, state: str) -> None:
    # quirk 102-106, 115: glyphs, words, exemption citations; resolvers may still label such a cell
    fill(case, [search(n, reason_state=state, reason_key="ice", networks=None) for n in range(1, 20)])
    evaluate_case(case, OURS)
    assert [row["rule_id"] for row in case.read("indicators").to_pylist() if row["rule_id"] != WINDOW] == []


def test_without_labels_reasons_are_not_evaluable(case: Case) -> None:
    case.append_rows("records", [search(1), search(2, reason_state="blank")])
    evaluate_case(case, ["practice"])
    assert outcomes(case, REASON) == {PD: (0, 0, 1, 0)}
    assert outcomes(case, BLANK) == {PD: (1, 1, 0, 0)}


def test_without_resolved_names_places_are_not_evaluable(case: Case) -> None:
    fill(case, [search(1)], organisations=[organisation("Somebody else", "CA")])
    run(case, rule(applies={"field": "producer_state", "op": "eq", "value": "CA"}))
    assert outcomes(case, "test.rule") == {PD: (0, 0, 1, 0)}


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2025, 6, 30), (0, 0, 0, 1)), (date(2025, 7, 1), (1, 0, 0, 0)), (date(2025, 7, 2), (1, 0, 0, 0)),
     (date(2025, 12, 31), (1, 0, 0, 0)), (date(2026, 1, 1), (0, 0, 0, 1))],
)  # fmt: skip
def test_the_law_of_the_local_day_counts(case: Case, day: date, expected: tuple[int, ...]) -> None:
    # quirk 80: 23:30 local is the next day in UTC
    at = datetime(day.year, day.month, day.day, 23, 30, tzinfo=UTC) + timedelta(hours=8)
    fill(case, [search(1, at=at, reason_key="ice")])
    run(case, rule(in_force={"from": date(2025, 7, 1), "to": date(2025, 12, 31)}))
    assert outcomes(case, "test.rule") == {PD: expected}


def test_copies_of_a_search_are_counted_once(case: Case) -> None:
    fill(case, [search(1, reason_state="blank"), search(2, reason_state="blank"), search(3, reason_state="blank")])
    case.append_rows(
        "sightings",
        [{"search_key": key, "disclosure_id": "log", "record_no": n} for n, key in ((1, "a"), (2, "a"), (3, "b"))],
    )
    evaluate_case(case, ["practice"])
    row = found(case, BLANK)[0]
    assert (row["n_searches"], row["denominator"], len(row["evidence"])) == (2, 2, 3)
    panel = json.loads(row["sensitivity"])
    assert {"label": "every record counted, duplicates included", "choice": "duplicates", "count": 3} in panel[
        "alternatives"
    ]
    # Three records are no count of searches.
    assert panel["range"] == [2, 2]


def test_a_window_across_the_autumn_clock_change_is_not_the_headline(case: Case) -> None:
    # quirk 76, 77: 30 days on the wall clock are 721 elapsed hours
    rows = []
    for number, minutes in ((1, 0), (2, 30), (3, 90), (4, 60 * 23)):
        at = datetime(2025, 11, 20, 18, tzinfo=UTC)
        row = search(number, at=at, zone_hours=-6, window_start=at - timedelta(hours=721, minutes=minutes))
        row["window_start_local"] = row["window_start_local"] + timedelta(hours=1)
        rows.append(row)
    fill(case, rows)
    evaluate_case(case, ["practice"])
    row = found(case, WINDOW)[0]
    panel = json.loads(row["sensitivity"])
    counts = {item["label"]: item["count"] for item in panel["alternatives"]}
    assert row["n_searches"] == panel["headline"]["count"] == 3
    assert counts["elapsed hours, more than the retention × 24"] == 4
    assert counts["calendar days on the wall clock"] == 1
    assert row["n_searches"] < panel["range"][1]


def test_the_retention_is_that_of_the_page_nearest_before(case: Case) -> None:
    pages = [
        {"producer": PD, "as_of": day, "retention_days": days, "disclosure_id": f"page-{day}", "source_row": 1}
        for day, days in ((date(2025, 1, 1), 60), (date(2025, 3, 1), 5), (date(2025, 4, 1), 90))
    ]
    fill(case, [search(1), search(2, at=datetime(2025, 2, 1, tzinfo=UTC)), search(3, at=datetime(2024, 1, 1, tzinfo=UTC))], portals=pages)  # fmt: skip
    evaluate_case(case, ["practice"])
    assert [item["record_no"] for item in found(case, WINDOW)[0]["evidence"]] == [1]


def test_a_definition_that_leaves_nothing_flips_the_claim(case: Case) -> None:
    fill(case, [search(n, reason_key="investigation" if n <= 6 else "robbery") for n in range(1, 61)])
    evaluate_case(case, ["practice"])
    (row,) = found(case, REASON)
    assert row["statement"].startswith(f"Of 60 searches in the log of {PD} that state a reason, 6 (10.0 %) say nothing")
    panel = json.loads(row["sensitivity"])
    assert panel["flips"] == ["a quarter or more", "half or more", "at least 500 searches", "only placeholders"]


def test_a_lone_vague_reason_is_no_pattern(case: Case) -> None:
    rows = [search(1, reason_key="investigation"), search(2, producer="Other PD", reason_key="investigation")]
    fill(case, rows + [search(n) for n in range(3, 60)])
    evaluate_case(case, ["practice"])
    assert outcomes(case, REASON) == {PD: (0, 1, 0, 0), "Other PD": (0, 0, 1, 0)}


def test_every_query_gives_its_number_again(case: Case) -> None:
    rows = [search(n, at=NOON + timedelta(days=n), reason_state="blank", case_number_state="blank", networks=500, window_start=NOON - timedelta(days=40)) for n in range(1, 8)]  # fmt: skip
    rows += [search(n, producer="O'Brien PD", reason_key="investigation", networks=200) for n in range(8, 60)]
    fill(
        case,
        rows,
        [share(1, "Austin TX PD")],
        organisations=[organisation(PD, "CA"), organisation("Austin TX PD", "TX")],
    )
    evaluate_case(case, OURS)
    indicators = case.read("indicators").to_pylist()
    assert {row["rule_id"] for row in indicators} >= {
        BLANK,
        REASON,
        WINDOW,
        PLATE,
        "practice.search-reaches-many-networks",
    }
    for row in indicators:
        assert case.rows(row["query"])[0][0] == (row["n_searches"] if row["n_shares"] is None else row["n_shares"])


def test_account_results_name_no_account(case: Case) -> None:
    rows = [
        search(n, at=NOON + timedelta(days=n), user="j.doe", case_number_state="blank", reason_state="blank")
        for n in range(1, 8)
    ]
    fill(case, rows)
    evaluate_case(case, OURS)
    row = found(case, PLATE)[0]
    assert row["level"] == "account"
    assert "j.doe" not in json.dumps({k: v for k, v in row.items() if k != "evidence"}, default=str)
    assert "pseudonym-1" not in json.dumps(row, default=str)
    assert row["subject"].startswith(f"{PD}, account ")


def test_the_same_evidence_keeps_its_id_and_other_evidence_does_not(case: Case) -> None:
    fill(case, [search(1, reason_state="blank"), search(2, reason_state="blank")])
    evaluate_case(case, ["practice"])
    first = found(case, BLANK)[0]["indicator_id"]
    evaluate_case(case, OURS)
    assert found(case, BLANK)[0]["indicator_id"] == first
    case.append_rows("records", [search(3)])
    evaluate_case(case, OURS)
    assert found(case, BLANK)[0]["indicator_id"] == first
    case.append_rows("records", [search(4, reason_state="blank")])
    evaluate_case(case, OURS)
    assert found(case, BLANK)[0]["indicator_id"] != first


def test_evaluating_twice_changes_nothing(case: Case) -> None:
    fill(case, [search(n, reason_state="blank") for n in range(1, 9)], [share(1, "Austin TX PD")])
    evaluate_case(case, OURS)
    before = {name: case.read(name) for name in ("outcomes", "indicators", "findings")}
    evaluate_case(case, OURS)
    assert all(case.read(name).equals(before[name]) for name in before)


def test_a_change_of_the_form_is_said_and_gives_no_trend(case: Case) -> None:
    # section 4.11: ids appear in mid-2025; a release may hold both forms
    rows = [search(n, reason_state="blank") for n in range(1, 4)]
    rows += [
        search(n, disclosure_id="old", search_id=None, at=NOON - timedelta(days=60), reason_state="blank")
        for n in range(4, 6)
    ]
    fill(case, rows)
    evaluate_case(case, ["practice"])
    row = found(case, BLANK)[0]
    assert any("form of the export changed" in caveat for caveat in row["caveats"])
    eras = {
        item["label"]: item["count"]
        for item in json.loads(row["sensitivity"])["alternatives"]
        if item["choice"] == "era"
    }
    assert eras == {"only the form with search ids": 3, "only the form with camera counts and no search ids": 2}


def test_logs_of_two_kinds_are_no_change_of_form(case: Case) -> None:
    rows = [search(n, reason_state="blank") for n in range(1, 4)]
    rows += [
        search(n, disclosure_id="page", kind="portal-audit", user_state="not-exported", reason_state="blank")
        for n in range(4, 6)
    ]
    fill(case, rows)
    evaluate_case(case, ["practice"])
    row = found(case, BLANK)[0]
    assert row["n_searches"] == 5
    assert not any("form of the export changed" in caveat for caveat in row["caveats"])


@pytest.mark.parametrize("kind", ["portal-audit", "organisation-audit"])
def test_copies_of_a_search_in_two_kinds_of_log_are_no_change_of_form(case: Case, kind: str) -> None:
    fill(
        case,
        [
            search(1, reason_state="blank"),
            search(2, reason_state="blank", disclosure_id="b", search_id=None, kind=kind),
        ],
    )
    case.append_rows(
        "sightings",
        [{"search_key": "a", "disclosure_id": log, "record_no": n} for n, log in ((1, "log"), (2, "b"))],
    )
    evaluate_case(case, ["practice"])
    changed = any("form of the export changed" in caveat for caveat in found(case, BLANK)[0]["caveats"])
    assert changed is (kind == "organisation-audit")


def test_states_are_shown_with_levels_where_no_state_says_it(case: Case) -> None:
    names = [
        organisation(PD, "CA"), organisation("Bureau, Fresno", "CA", "federal"), organisation("Bureau", None, "federal"),
        organisation("A nation", None, "tribal"), organisation("A province", None, "foreign"), organisation("A firm", None, "private"),
        organisation("Somewhere", None, "local"), organisation("Austin TX PD", "TX"),
    ]  # fmt: skip
    shares = [share(n, name["name"]) for n, name in enumerate(names[1:], start=1)]
    fill(case, shares=shares, organisations=names)
    pattern = {"field": "recipient_status", "op": "eq", "value": "active"}
    run(case, rule(subject="share", pattern=pattern, statement="{subject}: {by:recipient_state}."))
    assert found(case, "test.rule")[0]["statement"] == (
        f"{PD}: federal 2, TX 1, foreign 1, private 1, state not known 1, tribal 1."
    )


def test_drafts_run_only_when_asked_and_retired_rules_never(case: Case) -> None:
    fill(case, [search(1, reason_key="ice")])
    packs = [Pack(PACK, Path(), (rule(id="test.draft", status="draft"), rule(id="test.retired", status="retired")))]
    summary = evaluate_packs(case, packs)
    assert (summary.n_rules, summary.n_drafts_left_out) == (0, 1)
    assert evaluate_packs(case, packs, include_drafts=True).n_rules == 1
    assert "The rule is a draft: its source was not confirmed." in found(case, "test.draft")[0]["caveats"]


def test_an_empty_case_has_no_indicators(case: Case) -> None:
    summary = evaluate_case(case, OURS)
    assert summary.indicators == {}
    assert case.count("indicators") == case.count("outcomes") == 0


def out_of_state() -> Rule:
    """Make the rule on a Californian agency's own outbound list."""
    return rule(
        subject="share", severity="rule-not-met", count_distinct="recipient",
        applies={"all": [{"field": "source_state", "op": "eq", "value": "CA"}, {"field": "direction", "op": "eq", "value": "outbound"}, {"field": "recipient_status", "op": "eq", "value": "active"}]},
        pattern={"any": [{"field": "recipient_state", "op": "ne", "value": "CA"}, {"field": "recipient_level", "op": "eq", "value": "federal"}]},
        counts_apart=[{"name": "inactive", "label": "inactive recipients", "when": {"all": [{"field": "recipient_status", "op": "eq", "value": "inactive"}, {"field": "direction", "op": "eq", "value": "outbound"}]}}],
        statement="{subject} lists {n} of {denominator} ({by:recipient_state}: {list:recipient}), {first} to {last}; {apart:inactive} inactive.",
    )  # fmt: skip


def test_recipients_are_counted_once_over_snapshots_and_inbound_lists_never(case: Case) -> None:
    names: list[dict[str, Any]] = [
        organisation(PD, "CA"), organisation("Austin TX PD", "TX"), organisation("Reno NV PD", "NV"), organisation("Fresno CA PD", "CA"),
        organisation("FBI", None, "federal"), organisation("Gone TX PD", "TX", status="inactive"), organisation("Somewhere", None),
        organisation("Tampa FL PD", "FL"),
    ]  # fmt: skip
    shares = [
        share(n + 10 * m, name, as_of=date(2025, 6 + m, 1), disclosure_id=f"page{m}")
        for m in range(2)
        for n, name in enumerate(["Austin TX PD", "Reno NV PD", "Fresno CA PD", "FBI", "Gone TX PD", "Somewhere"])
    ]
    shares.append(share(99, "Tampa FL PD", stated_by="Tampa FL PD"))
    fill(case, shares=shares, organisations=names)
    run(case, out_of_state())
    row = found(case, "test.rule")[0]
    assert row["statement"] == (
        f"{PD} lists 3 of 4 (NV 1, TX 1, federal 1: Austin TX PD, FBI, Reno NV PD), 2025-06-01 to 2025-07-01; 1 inactive."
    )
    assert (row["n_shares"], row["n_searches"], row["denominator"], row["n_not_evaluable"]) == (3, None, 4, 1)
    assert len(row["evidence"]) == 6
    assert "Counted apart: 1 inactive recipient." in row["caveats"]
    panel = json.loads(row["sensitivity"])
    counts = {item["label"]: item["count"] for item in panel["alternatives"]}
    assert counts == {
        "every statement of every list counted": 6,
        "what cannot be told counted as if it met the pattern": 4,
    }
    assert panel["range"] == [3, 3], "what cannot be told is counted of more than the headline"
    assert [item.get("denominator") for item in panel["alternatives"]] == [None, 5]
    assert case.rows(row["query"]) == [(3,)]


def test_only_in_state_recipients_give_no_indicator(case: Case) -> None:
    fill(
        case,
        shares=[share(1, "Fresno CA PD")],
        organisations=[organisation(PD, "CA"), organisation("Fresno CA PD", "CA")],
    )
    run(case, out_of_state())
    assert case.count("indicators") == 0
    assert outcomes(case, "test.rule") == {PD: (0, 1, 0, 0)}


def test_one_indicator_for_each_counterpart(case: Case) -> None:
    fill(case, [search(1, org="Austin TX PD", org_basis="released", reason_key="ice"), search(2, org="Reno NV PD", org_basis="released", reason_key="ice")])  # fmt: skip
    run(
        case,
        rule(
            group_by=["producer", "org"],
            counterpart="org",
            statement="{n} searches by {counterpart} in the log of {subject}.",
        ),
    )
    rows = found(case, "test.rule")
    assert sorted(row["counterpart"] for row in rows) == ["Austin TX PD", "Reno NV PD"]
    assert len({row["indicator_id"] for row in rows}) == 2


def test_pages_and_disclosures_are_judged(case: Case) -> None:
    page = {"producer": PD, "as_of": date(2025, 6, 1), "retention_days": 45, "disclosure_id": "page", "source_row": 1, "prohibited_uses": "Immigration enforcement"}  # fmt: skip
    fill(case, [search(1, user_state="masked"), search(2, user_state="masked")], portals=[page])
    case.append_rows("disclosures", [{"disclosure_id": "log", "kind": "organisation-audit", "producer": PD, "n_rejected": 0, "problems": ["constant-column"]}])  # fmt: skip
    run(
        case,
        rule(id="test.page", subject="portal", pattern={"all": [{"field": "retention_days", "op": "gt", "value": 30}, {"field": "page_text", "op": "mentions", "value": ["immigra*"]}]}),
        rule(id="test.table", subject="disclosure", pattern={"all": [{"field": "columns", "op": "all_of", "value": ["plate", "reason"]}, {"field": "columns", "op": "none_of", "value": ["offense_type"]}, {"field": "withheld_columns", "op": "any_of", "value": ["user"]}, {"field": "problems", "op": "any_of", "value": ["constant-column"]}]}),
    )  # fmt: skip
    assert outcomes(case, "test.page") == outcomes(case, "test.table") == {PD: (1, 0, 0, 0)}
    assert found(case, "test.table")[0]["evidence"] == [{"disclosure_id": "log", "record_no": 1}]


def test_the_severity_is_the_rules(case: Case) -> None:
    fill(case, [search(1, reason_key="ice")])
    for severity in Severity:
        run(case, rule(severity=str(severity)))
        assert found(case, "test.rule")[0]["severity"] == severity


def test_a_faulty_pack_changes_nothing(case: Case, tmp_path: Path) -> None:
    from custodiet.model.errors import PackError

    fill(case, [search(1, reason_state="blank")])
    evaluate_case(case, ["practice"])
    before = case.read("indicators")
    (tmp_path / "pack.yaml").write_text(yaml.safe_dump({"schema": "custodiet/pack/1"}))
    with pytest.raises(PackError):
        evaluate_case(case, [str(tmp_path)])
    assert case.read("indicators").equals(before)


def test_bundled_packs_are_found() -> None:
    assert {"practice", "patterns"} <= {folder.name for folder in bundled_folders()}


def test_what_is_counted_apart_can_ask_a_parameter_that_changes_with_the_law(case: Case) -> None:
    made = rule(
        pattern={"field": "purposes", "op": "any_of", "value": ["offense.*"]},
        parameters={"wide": {"values": {date(2020, 1, 1): 5, date(2025, 3, 4): 3}, "basis": "reading"}},
        counts_apart=[{"name": "wide", "label": "wide searches", "when": {"field": "networks", "op": "gt", "value": "$wide"}}],
        statement="{n} searches of {subject}, and {apart:wide} wide ones.",
    )  # fmt: skip
    later = NOON + timedelta(days=1)
    rows = [search(1), *(search(n, reason_key="unclear", networks=n) for n in (4, 5, 6))]
    fill(case, [*rows, search(7, reason_key="unclear", networks=4, at=later)])
    run(case, made)
    assert found(case, "test.rule")[0]["statement"] == f"1 search of {PD}, and 2 wide ones."


def test_a_group_shows_the_values_of_what_it_counts_and_what_is_counted_apart(case: Case) -> None:
    made = rule(
        aggregate={"per": ["producer", "org"], "counts": {"field": "case_number_given", "op": "eq", "value": False}},
        pattern={"field": "n_counted", "op": "ge", "value": 2}, group_by=["producer"],
        counts_apart=[{"name": "hidden", "label": "hidden numbers", "when": {"field": "case_number_state", "op": "eq", "value": "masked"}}],
        statement="{n} searches ({by:org}; {by:org_state}) by {list:org}; {apart:hidden} hidden.",
    )  # fmt: skip
    cells = (
        [("Reno NV PD", "blank")] * 3
        + [("Austin TX PD", "blank")] * 2
        + [("Austin TX PD", "masked"), ("Ashford OH SO", "blank"), (PD, "value")]
    )
    rows = [
        search(n, org=org, org_basis="released", case_number_state=state) for n, (org, state) in enumerate(cells, 1)
    ]
    names = [organisation(PD, "CA"), organisation("Reno NV PD", "NV"), organisation("Austin TX PD", "TX")]
    fill(case, rows, organisations=names)
    run(case, made)
    (row,) = found(case, "test.rule")
    assert (
        row["statement"]
        == "5 searches (Reno NV PD 3, Austin TX PD 2; NV 3, TX 2) by Reno NV PD, Austin TX PD; 1 hidden."
    )


def test_labels_that_rest_on_a_code_alone_are_told_apart(case: Case) -> None:
    told = {
        "cvc": [("cvc", "offenses-public/traffic")], "22350 vc": [("22350 vc", "statutes/ca-vc/22350")],
        "VC violation": [("VC violation", "offenses-public/traffic")], "traffic stop": [("traffic stop", "offenses-public/traffic")],
        "stop 22350 vc": [("stop", "offenses-public/traffic"), ("22350 vc", "statutes/ca-vc/22350")],
    }  # fmt: skip
    fill(
        case,
        [search(n, reason_key=key) for n, key in enumerate(told, 1)] + [search(6), search(7, reason_state="masked")],
    )
    rows = [
        {"key": key, "field": "reason", "label": "offense.traffic", "matched": matched, "method": method, "confidence": 1.0}
        for key, matches in told.items() for matched, method in matches
    ]  # fmt: skip
    case.append_rows("purposes", rows)
    by_code = rule(pattern={"field": "code_labels", "op": "any_of", "value": ["offense.traffic"]})
    run(case, by_code)
    assert outcomes(case, "test.rule") == {PD: (3, 3, 1, 0)}
    assert [item["record_no"] for item in found(case, "test.rule")[0]["evidence"]] == [1, 2, 3]


def test_a_section_beside_words_of_the_offence_column_is_no_section_alone(case: Case) -> None:
    fill(case, [search(1, reason_key="22350 vc", offense_type="Traffic stop", offense_key="stop")])
    label = {"label": "offense.traffic", "confidence": 1.0}
    case.append_rows(
        "purposes",
        [
            label | {"key": "22350 vc", "field": "reason", "matched": "22350 vc", "method": "statutes/ca-vc/22350"},
            label | {"key": "stop", "field": "offense", "matched": "Traffic stop", "method": "offenses-public/traffic"},
        ],
    )
    run(case, rule(pattern={"field": "code_labels", "op": "any_of", "value": ["offense.traffic"]}))
    assert outcomes(case, "test.rule") == {PD: (0, 1, 0, 0)}


def test_the_panel_tells_what_utc_would_count(case: Case) -> None:
    # Half past nine in the evening of the third in California is the fourth in UTC.
    late = datetime(2025, 3, 4, 5, 30, tzinfo=UTC)
    night = rule(
        pattern={"field": "hour_local", "op": "lt", "value": 22},
        applies={"field": "hour_local", "op": "gt", "value": 6},
    )
    fill(case, [search(1, at=late), search(2)])
    run(case, night)
    panel = json.loads(found(case, "test.rule")[0]["sensitivity"])
    told = {item["choice"]: item["count"] for item in panel["alternatives"]}
    assert (panel["headline"]["count"], told["time-zone"]) == (2, 1)


def test_groups_tell_what_utc_would_count(case: Case) -> None:
    # Ten in the morning and six in the evening of one day in California are two days in UTC.
    moments = [datetime(2025, 3, 3, 18, tzinfo=UTC), datetime(2025, 3, 4, 2, tzinfo=UTC)]
    days = rule(
        aggregate={"per": ["producer"], "period": "day"},
        pattern={"field": "n", "op": "ge", "value": 2},
        group_by=["producer"],
    )
    fill(case, [search(n, at=moment) for n, moment in enumerate(moments, 1)])
    run(case, days)
    panel = json.loads(found(case, "test.rule")[0]["sensitivity"])
    assert (panel["headline"]["count"], panel["flips"]) == (2, ["days and hours told in UTC, not in local time"])


def test_rules_without_a_clock_have_no_time_zone_in_their_panel(case: Case) -> None:
    fill(case, [search(1, reason_state="blank")])
    evaluate_case(case, ["practice"])
    panel = json.loads(found(case, BLANK)[0]["sensitivity"])
    assert "time-zone" not in {item["choice"] for item in panel["alternatives"]}


def _constant(case: Case, n: int) -> None:
    rows = [
        search(k, reason="INVESTIGATION" if k % 2 else "Investigation", reason_key="investigation") for k in range(n)
    ]
    fill(case, rows)
    evaluate_case(case, ["practice", "patterns"])


def test_a_reason_that_fills_a_whole_log_is_hidden_and_no_vague_reason(case: Case) -> None:
    _constant(case, 338)
    assert outcomes(case, REASON) == {PD: (0, 0, 1, 0)}
    (told,) = found(case, "patterns.constant-reason")
    assert told["statement"].startswith("All 338 stated reasons")


def test_a_few_rows_of_one_reason_are_no_constant(case: Case) -> None:
    fill(case, [search(k, reason="investigation", reason_key="investigation") for k in range(3)])
    assert inputs_of(case).constant == frozenset()
    case.append_rows("records", [search(k, reason="investigation") for k in range(3, 19)])
    assert inputs_of(case).constant == frozenset()
    case.append_rows("records", [search(19, reason="investigation")])
    assert inputs_of(case).constant == {"log"}
    case.append_rows("records", [search(20, reason_state="blank"), search(21, reason_state="masked")])
    assert inputs_of(case).constant == {"log"}
    case.append_rows("records", [search(22, reason="robbery")])
    assert inputs_of(case).constant == frozenset()


def test_a_blank_cell_states_no_reason_and_is_counted_by_one_rule_alone(case: Case) -> None:
    rows = [search(n, reason_state="blank") for n in range(149)]
    fill(case, rows + [search(n, reason_key="investigation" if n < 160 else "robbery") for n in range(149, 249)])
    evaluate_case(case, ["practice"])
    assert outcomes(case, REASON) == {PD: (1, 0, 0, 0)}
    assert [row["denominator"] for row in found(case, REASON)] == [100]
    assert [row["n_searches"] for row in found(case, "practice.reason-left-blank")] == [149]
