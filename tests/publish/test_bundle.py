"""What a bundle holds, that it comes whole or not at all, and that it is the same every time."""

from __future__ import annotations

import csv
import filecmp
import hashlib
import hmac
import json
import re
import shutil
import stat
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from hypothesis import given, settings
from hypothesis import strategies as st

from custodiet.case import Case, stored
from custodiet.model.bundle import LEAF_FORMS, canonical_json, leaf_bytes, netstring
from custodiet.model.errors import PublishingRefused, UsageError
from custodiet.privacy import Publication
from custodiet.privacy.quotes import ask_quote, decide_quote
from custodiet.publish.bundle import Options, _facts, write_bundle
from custodiet.publish.keys import load_key, make_key
from custodiet.publish.leaves import leaf_hashes, salt_key
from custodiet.publish.package import PUBLISHED
from custodiet.verify import verify_bundle
from custodiet.verify.merkle import audit_path, includes, leaf_hash
from custodiet.verify.proofs import _leaves, _nodes, commitment
from custodiet.verify.result import Verdict
from tests.verify.bundle_cases import LOG, REASONS, log_rows, publish, tiny_report
from tests.verify.conftest import Made, bundle, made

__all__ = ["bundle", "made"]  # fixtures

AT = datetime(2026, 4, 20, tzinfo=UTC)


def _files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_the_same_case_and_name_give_the_same_bytes_but_for_the_signature(made: Made, tmp_path: Path) -> None:
    make_key(tmp_path / "other.pem")
    publish(made.case, tmp_path / "again", sign=tmp_path / "other.pem")
    names = _files(made.bundle)
    assert _files(tmp_path / "again") == names
    _, different, errors = filecmp.cmpfiles(made.bundle, tmp_path / "again", names, shallow=False)
    assert (sorted(different), errors) == (["manifest.dsse.json", "manifest.pub.pem"], [])


def test_another_name_cannot_be_linked_by_salts_or_pseudonyms(made: Made, tmp_path: Path) -> None:
    publish(made.case, tmp_path / "second", name="second")
    salts = []
    for folder in (made.bundle, tmp_path / "second"):
        rows = pq.read_table(folder / "proofs" / "records.parquet")
        salts.append({salt for salt in rows["salt_reason"].to_pylist() if salt})
        salts[-1] |= {digest for digest in rows["commitment_times"].to_pylist() if digest}
    assert len(salts[0]) > 4
    assert not salts[0] & salts[1]
    accounts = [
        set(pq.read_table(folder / "tables/records.parquet")["user"].to_pylist()) - {None, "***"}
        for folder in (made.bundle, tmp_path / "second")
    ]
    assert not accounts[0] & accounts[1]


def test_every_query_of_the_claim_sheet_runs_in_stock_duckdb(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    claims = json.loads((made.bundle / "claims/claims.json").read_bytes())["claims"]
    monkeypatch.chdir(made.bundle)
    connection = duckdb.connect()
    asked = [claim for claim in claims if claim["sql"]]
    assert {claim["id"]: connection.sql(claim["sql"]).fetchall() for claim in asked} == {
        claim["id"]: [(claim["value"],)] for claim in asked
    }
    unasked = {claim["id"]: claim["note"] for claim in claims if not claim["sql"]}
    assert all(unasked.values())
    inside = ("figure.month.", "figure.measured.", "figure.audits.", "figure.period.", "figure.use.")
    assert {name for name in unasked if not name.startswith(inside)} == {
        "indicator.i-0000000000000003", "total.left-out", "figure.gaps", "figure.texts.unplaced",
    }  # fmt: skip


def test_a_claim_says_all_that_a_lawyer_asks(made: Made) -> None:
    claims = {claim["id"]: claim for claim in json.loads((made.bundle / "claims/claims.json").read_bytes())["claims"]}
    claim = claims["indicator.i-0000000000000001"]
    assert (claim["value"], claim["unit"], claim["denominator"], claim["not_evaluable"]) == (2, "searches", 1000, 6)
    assert (claim["low"], claim["high"], claim["range_basis"]) == (
        1,
        7,
        "No other definition was counted in the same unit.",
    )
    assert [recount.get("of", "value") for recount in claim["recounts"]] == [
        "value", "value", "denominator", "not_evaluable", "low", "high", "alternative-1",
    ]  # fmt: skip
    assert [other["count"] for other in claim["alternatives"]] == [7]
    assert claim["lawyer"] == {"checked": None, "by": None, "on": None, "note": None}
    assert claim["agency_answer"] is None
    assert claim["n_sources"] == 4
    assert [(source["file"], source["row"]) for source in claim["sources"]] == [(LOG, row) for row in (3, 4, 9, 10)]
    assert all("PRR-1" in source["receipt"] for source in claim["sources"])
    hidden = claims["indicator.i-0000000000000003"]
    assert hidden["note"].startswith("Rows behind this number are published without")
    shares = claims["indicator.i-0000000000000002"]
    assert (shares["value"], shares["unit"], len(shares["recounts"])) == (2, "shares", 7)
    with (made.bundle / "claims/claims.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == list(claims)
    assert {row["lawyer_checked"] + row["lawyer_note"] + row["agency_answer"] for row in rows} == {""}


def test_results_about_accounts_stay_out(made: Made) -> None:
    for name in _files(made.bundle):
        assert b"i-0000000000000004" not in (made.bundle / name).read_bytes(), name


def test_no_name_reason_sender_or_case_number_is_anywhere(made: Made) -> None:
    for name in _files(made.bundle):
        if name.endswith(".parquet"):
            text = str(pq.read_table(made.bundle / name).to_pydict()).encode()
        else:
            text = (made.bundle / name).read_bytes()
        for secret in (b"Quimbleford", b"Zyxwotta", b"Clerkson", b"26-00001"):
            assert secret not in text, (name, secret)


def test_a_masked_text_keeps_its_salt_and_a_whole_one_is_opened(made: Made) -> None:
    rows = pq.read_table(made.bundle / "proofs/records.parquet").to_pylist()
    verbatim = {number + 1: row[7] for number, row in enumerate(log_rows())}
    for row in rows:
        reason = verbatim[row["record_no"]]
        if "Quimbleford" in reason:
            assert (row["reason"], row["salt_reason"]) == (None, None)
            assert row["commitment_reason"] is not None
        elif reason in ("stolen vehicle", "robbery", "investigation"):
            assert row["reason"] == reason
            assert len(row["salt_reason"]) == 16
            assert row["commitment_reason"] is None
    assert {verbatim[row["record_no"]] for row in rows if row["salt_reason"]} >= {"stolen vehicle", "robbery"}


def test_every_cited_row_has_a_path_to_its_root(made: Made) -> None:
    trees = {
        (t["table"], t["disclosure_id"]): t
        for t in json.loads((made.bundle / "proofs/trees.json").read_bytes())["trees"]
    }
    nodes, n = _nodes(made.bundle), 0
    for table in ("records", "shares"):
        rows = pq.read_table(made.bundle / f"proofs/{table}.parquet")
        for disclosure_id, leaves in _leaves(table, rows, Verdict()):
            tree = trees[table, disclosure_id]
            for position, digest in leaves.items():
                path = audit_path(tree["size"], position, leaves, nodes.get((table, disclosure_id), {}))
                assert path is not None
                assert includes(digest, position, tree["size"], path, bytes.fromhex(tree["root"]))
                n += 1
    assert n == 4 + 2 + 4  # records of two indicators; two places of the list, two directions each


def _tamper(folder: Path, name: str, change: str) -> None:
    """Change a table with SQL, and make the manifest fit, as one who forges an unsigned bundle would."""
    path = folder / name
    rows = pq.read_table(path)
    connection = duckdb.connect()
    connection.register("t", rows)
    changed = connection.sql(change).to_arrow_table().cast(rows.schema)
    pq.write_table(changed, path)
    content = json.loads((folder / "manifest.json").read_bytes())
    for item in content["files"]:
        if item["path"] == name:
            item |= {"size": path.stat().st_size, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    data = canonical_json(content)
    (folder / "manifest.json").write_bytes(data)
    (folder / "manifest.sha256").write_text(f"{hashlib.sha256(data).hexdigest()}  manifest.json\n")


@pytest.mark.parametrize(
    ("name", "change", "found"),
    [
        (
            "tables/records.parquet",
            "SELECT * REPLACE (networks + 1 AS networks) FROM t",
            ("proof-fails", "tables/records.parquet"),
        ),
        (
            "tables/records.parquet",
            "SELECT * REPLACE ('robbery' AS reason) FROM t",
            ("proof-fails", "tables/records.parquet"),
        ),
        ("tables/records.parquet", "SELECT * FROM t WHERE record_no <> 30", ("number-differs", "total.records")),
        (
            "tables/disclosures.parquet",
            "SELECT * REPLACE (n_records + 1 AS n_records) FROM t",
            ("proof-fails", "proofs/trees.json"),
        ),
        ("tables/evidence.parquet", "SELECT * FROM t WHERE record_no <> 9", ("proof-fails", "tables/evidence.parquet")),
        (
            "tables/evidence.parquet",
            "SELECT * REPLACE (record_no + 20 AS record_no) FROM t",
            ("proof-fails", "tables/evidence.parquet"),
        ),
        (
            "tables/indicators.parquet",
            "SELECT * REPLACE (n_searches + 1 AS n_searches) FROM t",
            ("number-differs", "indicator.i-0000000000000003"),
        ),
        (
            "proofs/records.parquet",
            "SELECT * REPLACE ('Other CA PD' AS org) FROM t",
            ("proof-fails", "proofs/records.parquet"),
        ),
        (
            "proofs/records.parquet",
            "SELECT * REPLACE (position + 1 AS position) FROM t",
            ("proof-fails", "proofs/records.parquet"),
        ),
        ("proofs/nodes.parquet", "SELECT * FROM t LIMIT 1", ("proof-fails", "proofs/records.parquet")),
    ],
)
def test_a_forged_table_with_a_fitting_manifest_is_found_by_proofs_or_counts(
    made: Made, tmp_path: Path, name: str, change: str, found: tuple[str, str]
) -> None:
    shutil.copytree(made.bundle, tmp_path / "forged", ignore=shutil.ignore_patterns("*.dsse.json", "*.pub.pem"))
    _tamper(tmp_path / "forged", name, change)
    assert found in {(fault.code, fault.where) for fault in verify_bundle(tmp_path / "forged").faults}


@pytest.mark.slow
def test_a_report_with_another_number_is_found(made: Made, tmp_path: Path) -> None:
    def wrong(case: Case, folder: Path, **options: object) -> Path:
        page = tiny_report(case, folder)
        page.write_text(page.read_text().replace("40", "41").replace("</p>", '</p><p data-claim="no.such">1</p>'))
        return page

    with Case.open(made.case) as case:
        write_bundle(case, tmp_path / "out", Options("first"), report_writer=wrong)
    assert [fault.message for fault in verify_bundle(tmp_path / "out").faults] == [
        "The report shows another number for total.records than the sheet.",
        "The report names claim no.such, which is not on the sheet.",
    ]


def test_csv_holds_the_rows_of_parquet_and_the_package_describes_it(made: Made) -> None:
    tables = made.bundle / "tables"
    package = json.loads((tables / "datapackage.json").read_bytes())
    assert len(package["resources"]) == len(PUBLISHED)
    for resource in package["resources"]:
        path = tables / resource["path"]
        with path.open(newline="", encoding="utf-8") as file:
            header, *rows = list(csv.reader(file))
        parquet = pq.read_table(path.with_suffix(".parquet"))
        assert header == [field["name"] for field in resource["schema"]["fields"]] == parquet.column_names
        assert len(rows) == parquet.num_rows
        assert resource["hash"] == f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
    assert b"=1+1" not in pa_csv.read_csv(tables / "records.csv")["reason"].to_pylist()


def test_indicators_fit_their_published_schema(made: Made) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    for table in ("indicators", "findings"):
        schema = json.loads((made.bundle / f"schemas/{table}.schema.json").read_bytes())
        jsonschema.Draft202012Validator.check_schema(schema)
        jsonschema.Draft202012Validator(schema).validate(json.loads((made.bundle / f"{table}.json").read_bytes()))


def test_originals_name_bytes_and_how_they_can_be_had(made: Made) -> None:
    originals = json.loads((made.bundle / "originals.json").read_bytes())["originals"]
    assert [item["name"] for item in originals] == [LOG, "SharedNetworks_2026_April_2.csv"]
    for item, path in zip(originals, made.originals, strict=True):
        assert (item["size"], item["sha256"]) == (path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())
        assert item["receipt"] == {
            "request_number": "PRR-1", "received_on": "2026-04-10", "address": "https://records.example/PRR-1",
        }  # fmt: skip


def test_packets_hold_only_what_concerns_the_organisation(made: Made) -> None:
    packets = {path.stem.rsplit("-", 1)[0]: path.read_text() for path in (made.bundle / "reply").glob("*.md")}
    assert set(packets) == {"marlow-bay-ca-pd", "copperline-nv-pd", "alder-cove-ca-pd"}
    items = {name: re.findall(r"Item: (\S+)", text) for name, text in packets.items()}
    assert items["copperline-nv-pd"] == ["i-0000000000000001"]
    assert items["alder-cove-ca-pd"] == ["i-0000000000000003"]
    assert len(items["marlow-bay-ca-pd"]) == 3
    assert not re.search(r"violat|breach|illegal|unlawful|misus|abuse", " ".join(packets.values()), re.IGNORECASE)
    with next((made.bundle / "reply").glob("copperline-nv-pd-*.csv")).open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["file"], row["row"], row["rows_in_all"]) for row in rows] == [
        (LOG, str(n), "4") for n in (3, 4, 9, 10)
    ]


def test_the_rule_text_stands_beside_its_results(made: Made) -> None:
    assert (
        json.loads((made.bundle / "rules/index.json").read_bytes())["rules"][0]["rule_id"]
        == "practice.reason-not-informative"
    )
    assert "practice.reason-not-informative" in (made.bundle / "rules/practice.reason-not-informative.yaml").read_text()


@pytest.mark.parametrize("kind", ["full", "file"])
def test_a_publication_is_never_written_over(made: Made, tmp_path: Path, kind: str) -> None:
    target = tmp_path / "there"
    if kind == "full":
        target.mkdir()
        (target / "note.txt").write_text("mine")
    else:
        target.write_text("mine")
    with pytest.raises(UsageError, match="never written over"):
        publish(made.case, target)
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


@pytest.mark.slow
def test_an_empty_folder_may_be_the_target(made: Made, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    publish(made.case, tmp_path / "empty")
    assert verify_bundle(tmp_path / "empty").verified


def test_a_report_that_would_expose_an_account_leaves_nothing(tmp_path: Path) -> None:
    with Case.open(tmp_path / "case", create=True) as case:
        case.append_rows(
            "records",
            [
                {
                    "disclosure_id": "d1",
                    "record_no": 1,
                    "user": "Zyxwotta Quimbleford",
                    "user_state": "value",
                    "org": "X CA PD",
                    "searched_at": datetime(2026, 3, 1, tzinfo=UTC),
                }
            ],
        )

        def leaking(_case: Case, folder: Path, **_options: object) -> Path:
            folder.mkdir()
            (folder / "index.html").write_text("<table><tr><td>Zyxwotta Quimbleford</td></tr></table>")
            return folder

        with pytest.raises(PublishingRefused, match=r"report/index\.html") as refused:
            write_bundle(case, tmp_path / "out", Options("first"), report_writer=leaking)
    assert "Quimbleford" not in str(refused.value)
    assert [path.name for path in tmp_path.iterdir()] == ["case"]


def test_account_names_need_a_reason_that_is_printed(made: Made, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="needs a reason"):
        publish(made.case, tmp_path / "out", name_accounts=" ")
    publish(made.case, tmp_path / "out", name_accounts="ordered by the court")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_bytes())
    assert manifest["accounts"] == {"shown_as": "disclosed", "reason": "ordered by the court"}


def test_a_key_is_owner_only_and_never_written_over(tmp_path: Path) -> None:
    public = make_key(tmp_path / "key.pem")
    assert stat.S_IMODE((tmp_path / "key.pem").stat().st_mode) == 0o600
    assert public.startswith("-----BEGIN PUBLIC KEY-----")
    assert isinstance(load_key(tmp_path / "key.pem"), Ed25519PrivateKey)
    before = (tmp_path / "key.pem").read_bytes()
    with pytest.raises(UsageError, match="never written over"):
        make_key(tmp_path / "key.pem")
    assert (tmp_path / "key.pem").read_bytes() == before
    assert load_pem_private_key(before, None)


@pytest.mark.parametrize(
    "content", [None, b"", b"no key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_a_lost_or_broken_key_publishes_nothing(made: Made, tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "key.pem").write_bytes(content)
    with pytest.raises(UsageError, match="key"):
        publish(made.case, tmp_path / "out", sign=tmp_path / "key.pem")
    assert not (tmp_path / "out").exists()


_TEXT = st.none() | st.text(max_size=12).map(lambda text: text.replace("\x00", ""))


@settings(max_examples=8, deadline=None)
@given(
    rows=st.lists(st.tuples(_TEXT, _TEXT, st.none() | st.integers(0, 2**40), st.booleans()), min_size=1, max_size=20)
)
def test_the_engine_and_python_write_the_same_leaves(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple]
) -> None:
    moment = datetime(2026, 3, 1, 14, 59, 59, 999_999, tzinfo=UTC)
    with Case.open(tmp_path_factory.mktemp("leaves") / "case", create=True) as case:
        case.append_rows("records", [
            {"disclosure_id": "d,1:", "record_no": number, "org": org, "reason": reason, "networks": networks,
             "searched_at": moment if timed else None} for number, (org, reason, networks, timed) in enumerate(rows)
        ])  # fmt: skip
        key = salt_key(b"k" * 32, "a name")
        ((name, numbers, hashes),) = leaf_hashes(case, "records", key)
    assert (name, numbers.tolist()) == ("d,1:", list(range(len(rows))))

    def salt(number: int, column: str) -> bytes:
        pair, half = divmod(LEAF_FORMS["records"].committed.index(column), 2)
        of_disclosure = hmac.digest(key, (netstring("records") + netstring("d,1:")).encode(), "sha256")
        return hashlib.sha256(of_disclosure + f"{number}:{pair}".encode()).digest()[16 * half :][:16]

    for number, (org, reason, networks, timed) in enumerate(rows):
        exact = (str(int(moment.timestamp()) * 1_000_000 + 999_999) if timed else "") + ",,"
        commitments = {"times": commitment(salt(number, "times"), exact)}
        if reason is not None:
            commitments["reason"] = commitment(salt(number, "reason"), reason)
        values = {"record_no": str(number), "org": org, "networks": None if networks is None else str(networks),
                  "searched_at": "492326" if timed else None}  # fmt: skip
        assert leaf_hash(leaf_bytes("records", values, commitments)) == hashes[number].tobytes()


@given(
    st.lists(st.dictionaries(st.sampled_from(LEAF_FORMS["shares"].clear), st.text(max_size=4)), min_size=2, max_size=2)
)
def test_two_rows_never_share_a_leaf(rows: list[dict[str, str]]) -> None:
    one, other = (leaf_bytes("shares", row, {}) for row in rows)
    assert (one == other) == (rows[0] == rows[1])


def test_leaves_hold_no_plate_account_or_case_number() -> None:
    for form in LEAF_FORMS.values():
        assert not {"plate", "user", "actor", "case_number", "search_id"} & {*form.clear, *form.hours, *form.texts}


@pytest.mark.slow
def test_a_table_without_rows_is_published(tmp_path: Path) -> None:
    Case.open(tmp_path / "case", create=True).close()
    publish(tmp_path / "case", tmp_path / "out")
    found = verify_bundle(tmp_path / "out")
    assert [fault.where for fault in found.faults] == ["report/index.html"]  # the stand-in report says 40 rows
    assert isinstance(pq.read_table(tmp_path / "out/tables/records.parquet"), pa.Table)


def test_an_approved_quote_stands_in_the_manifest_with_who_answers_for_it(made: Made, tmp_path: Path) -> None:
    copy = tmp_path / "case"
    shutil.copytree(made.case, copy)
    with Case.open(copy) as case:
        log = case.value("SELECT disclosure_id FROM records LIMIT 1")
        asked = ask_quote(case, f"{log}:4", "reason", by="A. Reporter", reason="the name is the point", at=AT)
        decide_quote(case, asked.quote_id, by="C. Editor", approve=True, at=AT)
        facts = _facts(Publication(case, "first"))
    assert facts["quotes"] == [
        {
            "quote_id": asked.quote_id, "record": f"{log}:4", "field": "reason", "text": REASONS[3],
            "reason": "the name is the point", "asked_by": "A. Reporter", "approved_by": "C. Editor",
        }
    ]  # fmt: skip
    assert json.loads((made.bundle / "manifest.json").read_bytes())["quotes"] == []


@pytest.mark.slow
def test_the_size_of_parts_changes_no_row_and_no_tree(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "PART_ROWS", 3)
    publish(made.case, tmp_path / "parts")
    for table in ("records", "searches", "sightings"):
        whole, parts = (pq.read_table(at / f"tables/{table}.parquet") for at in (made.bundle, tmp_path / "parts"))
        assert parts.equals(whole)
    for name in ("tables/records.csv", "proofs/trees.json", "proofs/nodes.parquet", "claims/claims.json"):
        assert (tmp_path / "parts" / name).read_bytes() == (made.bundle / name).read_bytes()
    assert pq.ParquetFile(tmp_path / "parts/tables/records.parquet").num_row_groups > 1
