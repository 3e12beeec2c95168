# ruff: noqa: E501 - tables of words, sentences and SQL read better in one line
"""A faulty pack: every fault of the folder in one error, with file, line, seen and allowed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from custodiet.model.errors import PackError
from custodiet.rules.load import load_pack, load_packs
from tests.rules.builders import rule_content

PACK = """schema: custodiet/pack/1
id: test
title: Test
jurisdiction: none
version: 1.0.0
maintainers: [Nobody]
description: For tests.
"""


def pack(folder: Path, *files: str | dict[str, Any]) -> Path:
    (folder / "pack.yaml").write_text(PACK)
    for number, content in enumerate(files):
        text = content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False)
        (folder / f"rule{number}.yaml").write_text(text)
    return folder


def faults(folder: Path) -> tuple[str, ...]:
    with pytest.raises(PackError) as caught:
        load_pack(folder)
    assert str(caught.value).startswith(f"{len(caught.value.faults)} fault")
    return caught.value.faults


def test_a_right_pack_is_loaded(tmp_path: Path) -> None:
    loaded = load_pack(pack(tmp_path, rule_content(id="test.b"), rule_content(id="test.a")))
    assert [rule.id for rule in loaded.rules] == ["test.a", "test.b"]


def test_all_faults_of_a_folder_come_in_one_error(tmp_path: Path) -> None:
    first = "schema: custodiet/rule/1\nid: test.one\ntitel: A pattern\n"
    second = rule_content(pattern={"field": "org_sate", "op": "eq", "value": "CA"}, caveats=["This is a violation."])
    found = faults(pack(tmp_path, first, second, "a: [1, 2"))
    assert any(f.startswith(f"{tmp_path}/rule0.yaml:3: titel: this key is not known here") for f in found)
    assert any("rule0.yaml" in f and "title: this key is missing" in f for f in found)
    assert any("rule1.yaml" in f and "there is no field 'org_sate'; allowed: " in f and "org_state" in f for f in found)
    assert any("rule1.yaml" in f and "'violation' accuses" in f for f in found)
    assert any("rule2.yaml" in f and "is no valid YAML here" in f for f in found)


def test_the_line_of_a_fault_is_that_of_the_file(tmp_path: Path) -> None:
    text = yaml.safe_dump(
        rule_content(pattern={"all": [{"field": "org_state", "op": "gt", "value": "CA"}]}), sort_keys=False
    )
    line = next(n for n, row in enumerate(text.splitlines(), start=1) if "op: gt" in row)
    found = faults(pack(tmp_path, text))
    assert found == (
        f"{tmp_path}/rule0.yaml:{line}: pattern.all.0.op: 'gt' does not fit a text; "
        "allowed: eq, ne, in, not_in, mentions, not_mentions, is_null, not_null.",
    )


def leaf(field: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"field": field, "op": op} | ({} if value is None else {"value": value})


AGGREGATE: dict[str, Any] = {
    "aggregate": {"per": ["producer"], "counts": leaf("case_number_given", "eq", False)}, "pattern": leaf("n_counted", "gt", 2),
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"pattern": leaf("org_level", "eq", "federl")}, "never occurs; allowed: local, state, federal"),
        ({"pattern": leaf("org_state", "in", "CA")}, "'in' takes a list"),
        ({"pattern": leaf("org_state", "eq", ["CA"])}, "'eq' takes one value"),
        ({"pattern": leaf("networks", "gt", "many")}, "'many' is no integer"),
        ({"pattern": leaf("networks", "gt", True)}, "True is no integer"),
        ({"pattern": leaf("networks", "between", [1])}, "takes two values"),
        ({"pattern": leaf("purposes", "eq", "offense.robbery")}, "does not fit a labels"),
        ({"pattern": leaf("purposes", "any_of", ["Robbery; DROP"])}, "is no label"),
        ({"pattern": leaf("stated_access_policy", "mentions", [".*(a+)+"])}, "is no word"),
        ({"pattern": leaf("networks", "is_null", 1)}, "takes no value"),
        ({"pattern": leaf("networks", "gt", "$limit")}, "there is no parameter 'limit'"),
        ({"pattern": {"field": "networks", "op": "gt", "value": {"field": "org"}}}, "cannot be compared with org, a text"),
        ({"pattern": {"all": [], "any": []}}, "exactly one of all, any, not, field, span"),
        ({"pattern": {"field": "networks"}}, "needs an op"),
        ({"pattern": {"span": {"from": "org", "to": "searched_at", "unit": "elapsed-hours"}, "op": "gt", "value": 1}}, "there is no instant 'org'"),
        ({"pattern": leaf("n_days", "ge", 1)}, "there is no field 'n_days'"),
        ({"parameters": {"x": {"values": {"2020-01-01": 1}, "basis": "statute"}}}, "date"),
        ({"statement": "Nothing to count."}, "must give its number"),
        ({"statement": "{n} {nope}"}, "there is no placeholder 'nope'"),
        ({"statement": "{n} {list:user}"}, "may be shown"),
        ({"title": "Officer stalked somebody"}, "accuses"),
        ({"severity": "breach"}, "rule-not-met"),
        ({"id": "NoDots"}, "pattern"),
        ({"group_by": ["org"]}, "producer is missing"),
        ({"counterpart": "org"}, "name it in group_by as well"),
        ({"group_by": ["producer", "user"]}, "level must be 'account'"),
        ({"level": "account", "group_by": ["producer", "plate"]}, "never about a plate"),
        ({"subject": "share", "pattern": leaf("status", "eq", "active"), "aggregate": {"per": ["source"]}}, "only searches are gathered"),
        ({"in_force": {"from": "2020-01-01", "to": None}}, "date"),
        ({"examples": {"cases": [{"name": "row of nothing", "row": {"nope": 1}, "expect": "clear"}] * 3}}, "there is no field 'nope'"),
        ({"examples": {"cases": [{"name": "no zone", "row": {"searched_at": "x"}, "expect": "clear"}] * 3}}, "is no instant with a zone"),
        ({"examples": {"cases": [{"name": "one", "expect": "clear"}]}}, "at least 3"),
        ({"law": [{"cite": "An Act", "url": "javascript:alert(1)"}]}, "pattern"),
        ({"code": "import os"}, "code: this key is not known here; allowed: schema, id, title, status"),
        ({"in_force": {"from": None, "until": None}}, "in_force.until: this key is not known here; allowed: from, to."),
        ({"law": [{"cite": "An Act", "quotation": "x"}]}, "law.0.quotation: this key is not known here; allowed: cite, url, quote, note"),
        ({"parameters": {"p": {"values": {}, "bases": "law"}}}, "parameters.p.bases: this key is not known here; allowed: values, basis, unit, note."),
        ({"title": ["a", "b"]}, "Input should be a valid string; seen a list."),
        ({"status": "done"}, "seen 'done'"),
        (AGGREGATE | {"examples": {"cases": [{"name": "both", "rows": [{}], "each": {"org_state": ["CA"]}, "expect": "clear"}] * 3}}, "'each' beside rows has no effect; allowed: rows, defaults."),
        (AGGREGATE | {"examples": {"cases": [{"name": "both", "rows": [{}], "row": {"org_state": "CA"}, "expect": "clear"}] * 3}}, "'row' beside rows has no effect"),
        ({"counts_apart": [{"name": "many", "label": "many", "when": leaf("networks", "gt", "$most")}]}, "there is no parameter 'most'"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    content = rule_content(**change)
    text = yaml.safe_dump(json.loads(json.dumps(content)), sort_keys=False)
    found = faults(pack(tmp_path, text))
    assert any(message in fault for fault in found), found


def test_words_that_yaml_takes_for_booleans_stay_words(tmp_path: Path) -> None:
    # Norway's trouble: NO, ON, OR and y are words here
    text = yaml.safe_dump(rule_content(), sort_keys=False) + "\n"
    text = text.replace(
        "law:\n- cite: An Act § 1", "law:\n- cite: An Act § 1\n  checked: {on: 2026-01-01, by: NO body}"
    )
    text = text.replace(
        "pattern:\n  field: purposes\n  op: any_of\n  value:\n  - immigration.*",
        "pattern: {field: org_state, op: in, value: [NO, ON, OR]}",
    )
    loaded = load_pack(pack(tmp_path, text))
    assert loaded.rules[0].pattern.value == ("NO", "ON", "OR")  # type: ignore[union-attr]  # a leaf


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: &x [1]\nb: *x\n", "aliases are not allowed"),
        ("a: 1\na: 2\n", "key 'a' occurs twice"),
        ("a: !!python/object/apply:os.system ['true']\n", "could not determine a constructor"),
        ("[" * 200, "nested too deeply"),
        ("a: \x00", "cannot be read"),
        ("", "Input should be"),
        ("- 1\n", "Input should be"),
    ],
)
def test_hostile_yaml_is_a_fault(tmp_path: Path, text: str, message: str) -> None:
    assert any(message in fault for fault in faults(pack(tmp_path, text)))


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    assert "larger than" in faults(pack(tmp_path, "a: " + "x" * 300_000))[0]


def test_an_id_is_taken_once(tmp_path: Path) -> None:
    found = faults(pack(tmp_path, rule_content(), rule_content()))
    assert "id 'test.rule' is taken by" in found[0]


def test_a_missing_pack_names_those_that_are_there() -> None:
    with pytest.raises(PackError, match=r"no-such-pack: is no rule pack\..*practice"):
        load_packs(["no-such-pack"])


def test_faults_of_form_and_of_words_come_in_one_run(tmp_path: Path) -> None:
    content = rule_content(
        status="done", title="An illegal search", colour="red", in_force={"from": None, "until": None},
        statement="{m} searches", pattern=leaf("org_stat", "eq", "CA"),
    )  # fmt: skip
    found = faults(pack(tmp_path, yaml.safe_dump(json.loads(json.dumps(content)), sort_keys=False)))
    words = (
        "colour: ",
        "in_force.until: ",
        "status: ",
        "'illegal' accuses",
        "'org_stat'",
        "placeholder 'm'",
        "give its number",
    )
    assert [word for word in words if not any(word in fault for fault in found)] == []
    assert len(found) == len(words)


def test_without_a_subject_nothing_is_guessed_about_the_rest(tmp_path: Path) -> None:
    content = rule_content(subject="serch", pattern=leaf("org_stat", "eq", "CA"))
    found = faults(pack(tmp_path, yaml.safe_dump(json.loads(json.dumps(content)), sort_keys=False)))
    assert len(found) == 1
    assert "'search', 'share', 'portal', 'disclosure' or 'interval'; seen 'serch'" in found[0]
