"""What stands in a bundle that somebody changed and hashed anew: each check names what it finds, and none breaks."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest

from custodiet.cli import main
from custodiet.model.bundle import CLAIMS, MANIFEST, TREES, canonical_json
from custodiet.verify import Verdict, verify_bundle
from tests.verify.forging import change_claim, change_claims, change_text, rehash, write_manifest

PAGE = "report/index.html"
SHOWN = '<b data-claim="total.records">40</b>'


def _codes(verdict: Verdict) -> set[tuple[str, str]]:
    return {(fault.code, fault.where) for fault in verdict.faults}


def test_a_bundle_that_is_hashed_anew_as_it_is_still_verifies(bundle: Path) -> None:
    rehash(bundle)
    assert verify_bundle(bundle).faults == []


@pytest.mark.parametrize("size", ['"12"', "Infinity", "NaN", "true", "1.0", "-1", "null", "1e400"])
def test_a_size_that_is_no_size_makes_no_manifest(bundle: Path, size: str) -> None:
    text = (bundle / MANIFEST).read_text()
    first = json.loads(text)["files"][0]["size"]
    write_manifest(bundle, text.replace(f'"size": {first}', f'"size": {size}', 1).encode())
    assert ("not-a-bundle", MANIFEST) in _codes(verify_bundle(bundle))


@pytest.mark.parametrize("change", [
    {"format": 1}, {"files": {}}, {"files": [1]}, {"files": [{"path": 1, "size": 1, "sha256": "0" * 64}]},
    {"files": [{"path": "a", "size": 1, "sha256": "0"}]}, {"report": {"numbers": "1"}}, {"report": 3},
    {"files": [{"path": "C:/x", "size": 1, "sha256": "0" * 64}]},
])  # fmt: skip
def test_a_manifest_of_other_types_is_none(bundle: Path, change: dict[str, Any]) -> None:
    write_manifest(bundle, canonical_json(json.loads((bundle / MANIFEST).read_bytes()) | change))
    assert ("not-a-bundle", MANIFEST) in _codes(verify_bundle(bundle))


@pytest.mark.skipif(not hasattr(os, "seteuid") or os.geteuid() != 0, reason="only root can become somebody else")
def test_what_cannot_be_read_is_not_missing(bundle: Path) -> None:
    place = Path(tempfile.mkdtemp())
    place.chmod(0o755)
    copy = Path(shutil.copytree(bundle, place / "bundle"))
    for path in copy.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    copy.chmod(0o755)
    (copy / "rules").chmod(0)
    (copy / "README.txt").chmod(0)
    os.seteuid(65534)
    try:
        verdict = verify_bundle(copy)
        (copy_manifest := copy / MANIFEST).stat()
    finally:
        os.seteuid(0)
    assert _codes(verdict) == {("unreadable", "rules"), ("unreadable", "README.txt")}
    copy_manifest.chmod(0)
    os.seteuid(65534)
    try:
        assert _codes(verify_bundle(copy)) == {("unreadable", MANIFEST)}
    finally:
        os.seteuid(0)
        shutil.rmtree(place)


@pytest.mark.parametrize("spec", [
    {"table": "records", "where": [{"column": "record_no", "one_of": [10**30]}], "count": "rows"},
    {"table": "records", "where": [{"column": "record_no", "is": {}}], "count": "rows"},
    {"table": "records", "where": [], "count": "rows", "of": ["value"]},
    {"table": "records", "where": [], "count": "rows", "of": "n_sources"},
    {"table": ["records"], "count": "rows"},
])  # fmt: skip
def test_a_recount_of_any_form_breaks_nothing(bundle: Path, spec: dict[str, Any]) -> None:
    change_claims(bundle, lambda claims: claims[0]["recounts"].append(spec))
    assert {code for code, _ in _codes(verify_bundle(bundle))} == {"unreadable"}


@pytest.mark.parametrize("page", ["<![foo[", "<!doctype html><p>\udcff", "<b data-claim=total.records>40"])
def test_a_page_of_any_form_breaks_nothing(bundle: Path, page: str) -> None:
    (bundle / PAGE).write_bytes(page.encode("utf-8", "surrogateescape"))
    rehash(bundle)
    assert {where for _, where in _codes(verify_bundle(bundle))} == {PAGE}


@pytest.mark.parametrize("shown", [
    '<b data-claim="total.records">4.0</b>',
    '<b data-claim="total.records">40 million</b>',
    '<b data-claim="total.records">40<i> million</i></b>',
    '<b data-claim="total.records"><i hidden>40</i>25</b>',
    '<b data-claim="total.records" hidden>40</b>',
    '<b data-claim="total.records" style="display:none">40</b>',
    '<p hidden><b data-claim="total.records">40</b></p>',
    '<b data-claim="total.records" data-claim="total.shares">40</b>',
    '<b data-claim="total.records" value="25">40</b>',
    '<b data-claim="total.records"/>40',
    '<script>1</script><b data-claim="total.records">40</b>',
    '<b onclick="x" data-claim="total.records">40</b>',
    "<b>40</b>",
    f"{SHOWN}{SHOWN}",
])  # fmt: skip
def test_the_whole_of_a_shown_number_is_the_number(bundle: Path, shown: str) -> None:
    change_text(bundle, PAGE, SHOWN, shown)
    assert _codes(verify_bundle(bundle)) == {("number-differs", PAGE)}


def _json_with(bundle: Path, name: str, change: str) -> bytes:
    text = (bundle / name).read_text(encoding="utf-8")
    match change:
        case "a byte order mark":
            return b"\xef\xbb\xbf" + text.encode()
        case "a name twice":
            return text.replace("{", '{"format": "x",', 1).encode()
        case "no number":
            return text.replace("{", '{"a": NaN,', 1).encode()
        case _:
            return text.rstrip("\n").encode()


@pytest.mark.parametrize("change", ["a byte order mark", "a name twice", "no number", "no end of line"])
@pytest.mark.parametrize("name", [CLAIMS, TREES])
def test_json_stands_in_one_form_only(bundle: Path, name: str, change: str) -> None:
    (bundle / name).write_bytes(_json_with(bundle, name, change))
    rehash(bundle)
    assert ("unreadable", name) in _codes(verify_bundle(bundle))


def test_two_claims_of_one_id_are_none(bundle: Path) -> None:
    change_claims(bundle, lambda claims: claims.append(claims[0]))
    assert ("unreadable", CLAIMS) in _codes(verify_bundle(bundle))


@pytest.mark.parametrize(("values", "fault"), [
    ({"value": 41, "low": 41, "high": 41, "recounts": []}, ("missing-part", "total.records")),
    ({"value": 41}, ("unreadable", CLAIMS)),
    ({"value": True}, ("unreadable", CLAIMS)),
    ({"value": 40.0}, ("unreadable", CLAIMS)),
    ({"recounts": {}}, ("unreadable", CLAIMS)),
    ({"statement": None}, ("unreadable", CLAIMS)),
    ({"recounts": [{"table": "shares", "where": [], "count": "rows"}]}, ("missing-part", "total.records")),
])  # fmt: skip
def test_a_claim_keeps_its_types_and_its_recounts(bundle: Path, values: dict[str, Any], fault: tuple[str, str]) -> None:
    change_claim(bundle, "total.records", **values)
    assert fault in _codes(verify_bundle(bundle))


@pytest.mark.parametrize("identity", ["total.records", "outcome.practice.reason-not-informative.clear",
                                      "indicator.i-0000000000000001"])  # fmt: skip
def test_a_claim_that_every_publication_makes_is_not_left_out(bundle: Path, identity: str) -> None:
    change_claims(bundle, lambda claims: claims.remove(next(item for item in claims if item["id"] == identity)))
    assert ("missing-part", identity) in _codes(verify_bundle(bundle))


def test_an_indicator_says_on_the_sheet_what_it_says_in_the_tables(bundle: Path) -> None:
    change_claim(bundle, "indicator.i-0000000000000001", statement="It broke the law 9999 times.")
    assert _codes(verify_bundle(bundle)) == {
        ("copy-differs", "indicator.i-0000000000000001"),
        ("copy-differs", "claims/claims.csv"),
    }


def _command(bundle: Path, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        main(["verify", str(bundle), *options])
    return int(ended.value.code or 0), capsys.readouterr().out


def _bare(bundle: Path, n: int) -> list[dict[str, Any]]:
    claims = json.loads((bundle / CLAIMS).read_bytes())["claims"]
    return [claim for claim in claims if claim["sql"] and not claim["recounts"]][:n]


@pytest.mark.slow
def test_numbers_without_a_recount_are_counted_by_their_sql(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (claim,) = _bare(bundle, 1)
    code, out = _command(bundle, capsys, "--json")
    answer = json.loads(out)
    assert code == 0
    assert any("by the SQL printed with each: all equal" in sentence for sentence in answer["checked"])
    assert any("that the published tables do not give: figure." in sentence for sentence in answer["not_checked"])
    assert any("SQL alone, which was not run" in sentence for sentence in verify_bundle(bundle).not_checked)
    number = claim["value"] + 1
    change_claim(bundle, claim["id"], value=number, low=number, high=number)
    code, out = _command(bundle, capsys, "--json")
    faults = [(fault["code"], fault["where"]) for fault in json.loads(out)["faults"]]
    assert (code, ("number-differs", claim["id"]) in faults) == (4, True)


@pytest.mark.slow
def test_sql_that_looks_at_no_table_or_does_more_than_look_is_a_fault(
    bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two, three = _bare(bundle, 3)
    change_claim(bundle, one["id"], sql=f"SELECT {one['value']}")
    change_claim(bundle, two["id"], sql="INSTALL httpfs")
    change_claim(bundle, three["id"], sql="SELECT count(*) FROM read_text('/etc/passwd')")
    answer = json.loads(_command(bundle, capsys, "--json")[1])
    told = {fault["where"]: fault["code"] for fault in answer["faults"] if fault["where"].startswith("figure.")}
    assert told == {one["id"]: "number-differs", two["id"]: "unreadable", three["id"]: "unreadable"}


def test_a_name_prints_no_line_of_its_own(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = "a\nVerified. Signed with the key you gave.\u2028\x1b[2J"
    (bundle / name).write_text("x")
    code, out = _command(bundle, capsys)
    assert code == 4
    assert not [line for line in out.splitlines() if line.startswith("Verified")]
    assert "\\n" in out
    assert "\\u2028" in out
    assert "\x1b" not in out


@pytest.mark.parametrize("change", ["twice", "unknown", "counts"])
def test_trees_are_of_the_disclosures_and_each_stands_once(bundle: Path, change: str) -> None:
    content = json.loads((bundle / TREES).read_bytes())
    trees = content["trees"]
    match change:
        case "twice":
            trees.append(trees[0])
        case "unknown":
            trees.append(trees[0] | {"disclosure_id": "d000000000000"})
        case _:
            trees[0]["n_cited"] += 1
    (bundle / TREES).write_bytes(canonical_json(content))
    rehash(bundle)
    assert TREES in {where for _, where in _codes(verify_bundle(bundle))}
