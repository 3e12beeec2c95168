"""A bundle as it is, and every way in which it can be something else."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from custodiet.cli import main
from custodiet.model.bundle import UNLISTED, canonical_json, pre_authentication_encoding
from custodiet.model.errors import UsageError
from custodiet.publish.keys import make_key
from custodiet.verify import Verdict, verify_bundle
from tests.verify.bundle_cases import publish
from tests.verify.conftest import Made


def _codes(verdict: Verdict) -> set[tuple[str, str]]:
    return {(fault.code, fault.where) for fault in verdict.faults}


def test_a_bundle_as_published_is_verified(made: Made) -> None:
    verdict = verify_bundle(made.bundle, key=made.public)
    assert verdict.faults == []
    assert verdict.key_compared
    assert {sentence.partition(": ")[0].split(" ", 1)[1] for sentence in verdict.not_checked} >= {
        "published numbers that the published tables do not give",
        "published numbers with SQL alone, which was not run",
    }
    assert [sentence.split(" ", 1)[1] for sentence in verdict.checked][1:] == [
        "cited rows: each belongs to one of 2 disclosures committed to.",
        "tables as Parquet and as CSV, indicators.json, findings.json, originals.json, rules, letters and quotes:"
        " they fit each other.",
        f"published numbers, recounted from the tables by {verdict.checked[3].split()[-4]} routes: all equal.",
        "number of the report: each as on the claim sheet.",
    ]


def _change_one_byte(path: Path, source: random.Random) -> None:
    data = bytearray(path.read_bytes())
    place = source.randrange(len(data))
    data[place] ^= source.randrange(1, 256)
    path.write_bytes(data)


def _sweep(bundle: Path, places: int, seed: int) -> int:
    """Change every file in so many places and count the changes; each must be found, and its file named."""
    source, n = random.Random(seed), 0
    files = {
        path.relative_to(bundle).as_posix(): path.read_bytes()
        for path in sorted(bundle.rglob("*"))
        if path.is_file() and path.stat().st_size
    }
    # By these the others are judged: each is changed alone. The rest are changed all at once, and all must be named.
    judges = [name for name in files if name in UNLISTED]
    for changed in (*([name] for name in judges), [name for name in files if name not in judges]):
        for _ in range(places):
            for name in changed:
                _change_one_byte(bundle / name, source)
            verdict = verify_bundle(bundle)
            told = " ".join(fault.where for fault in verdict.faults)
            assert not verdict.verified
            assert [name for name in changed if name not in told] == []
            n += len(changed)
            for name in changed:
                (bundle / name).write_bytes(files[name])
    assert verify_bundle(bundle).verified
    return n


def test_a_changed_byte_is_found_and_named(bundle: Path) -> None:
    n_files = sum(path.is_file() for path in bundle.rglob("*"))
    assert _sweep(bundle, 3, seed=1) == 3 * n_files


@pytest.mark.slow
def test_500_changed_bytes_in_each_file_are_found_and_named(bundle: Path) -> None:
    n_files = sum(path.is_file() for path in bundle.rglob("*"))
    assert _sweep(bundle, 500, seed=2) == 500 * n_files


@pytest.mark.parametrize("places", [30, pytest.param(500, marks=pytest.mark.slow)])
def test_a_changed_byte_of_an_unsigned_manifest_is_found(made: Made, tmp_path: Path, places: int) -> None:
    publish(made.case, tmp_path / "unsigned")
    manifest, source = tmp_path / "unsigned" / "manifest.json", random.Random(3)
    whole = manifest.read_bytes()
    for _ in range(places):
        _change_one_byte(manifest, source)
        assert any("manifest.json" in fault.where for fault in verify_bundle(tmp_path / "unsigned").faults)
        manifest.write_bytes(whole)


def test_a_missing_an_extra_and_a_renamed_file_are_named(bundle: Path) -> None:
    (bundle / "claims" / "claims.csv").unlink()
    (bundle / "more.txt").write_text("more")
    (bundle / "originals.json").rename(bundle / "sources.json")
    assert _codes(verify_bundle(bundle)) == {
        ("missing-file", "claims/claims.csv"),
        ("extra-file", "more.txt"),
        ("renamed-file", "sources.json"),
    }


def test_two_files_that_change_places_are_changed_files(bundle: Path) -> None:
    one, other = bundle / "indicators.json", bundle / "findings.json"
    one.rename(bundle / "x")
    other.rename(one)
    (bundle / "x").rename(other)
    assert _codes(verify_bundle(bundle)) == {("changed-file", "indicators.json"), ("changed-file", "findings.json")}


def test_a_link_in_the_place_of_a_file_is_not_followed(bundle: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    (bundle / "README.txt").rename(kept)
    (bundle / "README.txt").symlink_to(kept)
    assert _codes(verify_bundle(bundle)) == {("extra-file", "README.txt"), ("missing-file", "README.txt")}


def _rewrite_manifest(bundle: Path, **changes: object) -> None:
    content = json.loads((bundle / "manifest.json").read_bytes()) | changes
    data = canonical_json(content)
    (bundle / "manifest.json").write_bytes(data)
    (bundle / "manifest.sha256").write_text(f"{hashlib.sha256(data).hexdigest()}  manifest.json\n")


def test_a_hand_edited_manifest_is_told_though_its_checksum_fits(bundle: Path) -> None:
    _rewrite_manifest(bundle, name="second")
    assert _codes(verify_bundle(bundle)) == {("manifest-changed", "manifest.json")}


@pytest.mark.parametrize("name", ["../outside", "/etc/hostname", "a/../b", "a\\b", "", ".", "manifest.json"])
def test_a_manifest_that_names_other_places_opens_nothing(bundle: Path, name: str) -> None:
    _rewrite_manifest(bundle, files=[{"path": name, "size": 1, "sha256": "0" * 64}])
    assert ("not-a-bundle", "manifest.json") in _codes(verify_bundle(bundle))


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b"\xff\xfe", b"[" * 100_000, b'{"format": "custodiet-bundle/9", "files": []}']
)
def test_what_is_no_manifest_is_said_to_be_none(bundle: Path, data: bytes) -> None:
    (bundle / "manifest.json").write_bytes(data)
    assert ("not-a-bundle", "manifest.json") in _codes(verify_bundle(bundle))


def test_an_empty_folder_is_no_bundle(tmp_path: Path) -> None:
    assert _codes(verify_bundle(tmp_path)) == {("not-a-bundle", "manifest.json")}


def test_a_bundle_signed_with_another_key_is_not_the_publishers(made: Made, tmp_path: Path) -> None:
    make_key(tmp_path / "other.pem")
    publish(made.case, tmp_path / "forged", sign=tmp_path / "other.pem")
    forged = verify_bundle(tmp_path / "forged", key=made.public)
    assert _codes(forged) == {("other-key", "manifest.pub.pem")}
    # Without a key to compare with it is whole, and says by whom it is signed.
    assert verify_bundle(tmp_path / "forged").signed_by != verify_bundle(made.bundle).signed_by


def test_a_lost_signature_is_told_when_a_key_is_given(bundle: Path, made: Made) -> None:
    (bundle / "manifest.pub.pem").unlink()
    assert _codes(verify_bundle(bundle)) == {("missing-file", "manifest.pub.pem")}
    (bundle / "manifest.dsse.json").unlink()
    assert _codes(verify_bundle(bundle, key=made.public)) == {("signature-missing", "manifest.dsse.json")}
    alone = verify_bundle(bundle)
    assert alone.verified
    assert alone.signed_by is None


def test_a_key_beside_the_signature_of_another_is_found(bundle: Path, tmp_path: Path) -> None:
    (bundle / "manifest.pub.pem").write_text(make_key(tmp_path / "other.pem"))
    assert _codes(verify_bundle(bundle)) == {("signature-invalid", "manifest.dsse.json, manifest.pub.pem")}


@pytest.mark.parametrize(("content", "words"), [
    (None, "cannot be read"), (b"", "is no Ed25519 public key"), (b"not a key", "is no Ed25519 public key"),
])  # fmt: skip
def test_a_missing_or_broken_public_key_verifies_nothing(
    made: Made, tmp_path: Path, content: bytes | None, words: str
) -> None:
    path = tmp_path / "public.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=words):
        verify_bundle(made.bundle, key=path)


def test_a_private_key_is_refused_by_name(made: Made) -> None:
    with pytest.raises(UsageError, match="is a private key"):
        verify_bundle(made.bundle, key=made.key)


def test_the_bytes_that_are_signed_are_those_of_the_published_vector() -> None:
    # protocol.md of DSSE, "Test Vectors".
    encoded = pre_authentication_encoding("http://example.com/HelloWorld", b"hello world")
    assert encoded == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"


def test_openssl_checks_the_signature(made: Made, tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl")
    envelope = json.loads((made.bundle / "manifest.dsse.json").read_bytes())
    import base64

    signature, message = tmp_path / "sig", tmp_path / "message"
    signature.write_bytes(base64.b64decode(envelope["signatures"][0]["sig"]))
    message.write_bytes(pre_authentication_encoding(envelope["payloadType"], base64.b64decode(envelope["payload"])))
    command = [openssl, "pkeyutl", "-verify", "-pubin", "-inkey", str(made.bundle / "manifest.pub.pem"), "-rawin",
               "-in", str(message), "-sigfile", str(signature)]  # fmt: skip
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def _exit_code(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return int(ended.value.code or 0)


def test_exit_codes_and_words_of_the_command(bundle: Path, made: Made, capsys: pytest.CaptureFixture[str]) -> None:
    assert _exit_code("verify", bundle, "--key", made.public) == 0
    assert "Verified. Signed with the key you gave" in capsys.readouterr().out
    assert _exit_code("verify", bundle) == 0
    assert "NOT COMPARED" in capsys.readouterr().out
    (bundle / "README.txt").write_text("other")
    assert _exit_code("verify", bundle, "--json") == 4
    answer = json.loads(capsys.readouterr().out)
    assert answer["verified"] is False
    assert [(fault["code"], fault["where"]) for fault in answer["faults"]] == [("changed-file", "README.txt")]
    assert _exit_code("verify", bundle / "nothing") == 2
    assert _exit_code("verify", bundle, "--key", bundle / "nothing.pem") == 2


def test_the_verifier_needs_neither_case_nor_engine(made: Made) -> None:
    code = (
        "import sys; from pathlib import Path; from custodiet.verify import verify_bundle;"
        f"assert verify_bundle(Path({str(made.bundle)!r})).verified;"
        "ours = {name.split('.')[1] for name in sys.modules if name.startswith('custodiet.')};"
        "assert ours == {'verify', 'model'}, ours;"
        "assert not {'duckdb', 'ibis', 'pydantic'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
