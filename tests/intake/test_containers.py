"""Walking what was given: every byte comes back, nothing hostile does harm, nothing is silent."""

from __future__ import annotations

import gzip
import hashlib
import os
import socket
import threading
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custodiet.intake.containers import Found, Limits, walk
from custodiet.intake.kinds import Kind
from tests.intake import hostile_archives as hostile
from tests.intake.hostile_archives import write, zip_of

CSV = b"ID, Name\n1,***\n"
SMALL = Limits(member_bytes=2 << 20, total_bytes=3 << 20, ratio=100, ratio_floor=1 << 16, members=5)


@pytest.fixture
def given_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "given"
    folder.mkdir()
    return folder


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir(mode=0o700)
    return folder


def read_all(paths: list[Path], work: Path, limits: Limits | None = None) -> dict[str, bytes]:
    """Give the bytes of every source by file and member, and check that each is gone afterwards."""
    seen: dict[str, bytes] = {}
    for found in walk(paths, work, limits):
        for source in found.sources:
            assert source.path.stat().st_size == source.size
            if source.member_path is not None:
                assert [source.path.parent, source.path.stat().st_mode & 0o777] == [work, 0o600]
                assert hashlib.sha256(source.path.read_bytes()).hexdigest() == source.member_sha256
            name = "!/".join(filter(None, (source.file_name, source.member_path)))
            assert name not in seen
            seen[name] = source.path.read_bytes()
        assert list(work.iterdir()) == []
    return seen


def exhaust(path: Path, work: Path, limits: Limits | None = None) -> tuple[list[str], list[tuple[str, str]]]:
    """Give the members read of one file and its problems as (code, where)."""
    (found,) = walk([path], work, limits)
    members = [source.member_path or "" for source in found.sources]
    assert list(work.iterdir()) == []
    assert all(problem.file_name == found.file_name for problem in found.problems)
    return members, [(problem.code, problem.where) for problem in found.problems]


def test_a_plain_file_is_its_own_source(given_folder: Path, work: Path) -> None:
    path = write(given_folder, "log.csv", CSV)
    (found,) = walk([path], work)
    (source,) = found.sources
    assert (found.file_name, found.size, found.sha256) == (
        "log.csv",
        len(CSV),
        hashlib.sha256(CSV).hexdigest(),
    )
    assert (source.path, source.container_path, source.member_path) == (path, str(path), None)
    assert (source.sha256, source.member_sha256, source.name_hint) == (found.sha256, None, "log.csv")
    assert (source.kind, found.problems, found.is_receipt) == (Kind.CSV, [], False)


def test_a_folder_comes_in_the_order_of_names_and_says_what_it_passed_over(given_folder: Path, work: Path) -> None:
    for name in ("b.csv", "a/z.csv", "a/b/c.csv", "B.csv"):
        write(given_folder, name, CSV)
    for name in (".DS_Store", "Thumbs.db", "~$b.xlsx", "__MACOSX/a.csv", "a/._z.csv"):
        write(given_folder, name, b"junk")
    found = list(walk([given_folder], work))
    assert [str(item.path.relative_to(given_folder)) for item in found] == [
        "B.csv",
        "b.csv",
        "a/z.csv",
        "a/b/c.csv",
        ".",
    ]
    assert [problem.code for problem in found[-1].problems] == ["note"]
    assert found[-1].problems[0].message.startswith("5 entries were passed over")


def test_links_are_not_followed_out_of_a_folder(given_folder: Path, work: Path, tmp_path: Path) -> None:
    secret = write(tmp_path, "elsewhere/secret.csv", CSV)
    write(given_folder, "a.csv", CSV)
    (given_folder / "inside.csv").symlink_to(given_folder / "a.csv")
    (given_folder / "loop").symlink_to(given_folder)
    (given_folder / "out.csv").symlink_to(secret)
    (given_folder / "outdir").symlink_to(secret.parent)
    found = list(walk([given_folder], work))
    assert [(item.path.name, [p.code for p in item.problems]) for item in found] == [
        ("a.csv", []),
        ("out.csv", ["unsupported"]),
        ("outdir", ["unsupported"]),
        ("given", ["note"]),
    ]
    assert [len(list(item.sources)) for item in found] == [1, 0, 0, 0]


def test_the_work_folder_and_other_cases_are_never_walked(given_folder: Path) -> None:
    write(given_folder, "a.csv", CSV)
    work = given_folder / "case" / "work"
    work.mkdir(parents=True)
    write(given_folder, "case/case.duckdb", b"not really")
    write(given_folder, "case/left.csv", CSV)
    own = given_folder / "own-work"
    own.mkdir()
    write(own, "member-1", CSV)
    assert [item.path.name for item in walk([given_folder], own) if item.sha256] == ["a.csv"]


@pytest.mark.parametrize("name", ["receipts.yaml", "Receipt.yml", "log.csv.receipt.yaml", "x.receipts.yml"])
def test_receipts_are_told_apart(given_folder: Path, work: Path, name: str) -> None:
    (found,) = walk([write(given_folder, name, b"request: 24-1\n")], work)
    assert (found.is_receipt, list(found.sources), found.problems) == (True, [], [])


def test_members_come_one_at_a_time_with_their_folders(given_folder: Path, work: Path) -> None:
    """Folders named after staff are kept for provenance (quirk 39)."""
    path = write(given_folder, "r.zip", zip_of({"B/b.csv": CSV, "A Folder/a.csv": CSV + b"2,x\n", "A Folder/": b""}))
    (found,) = walk([path], work)
    sources = iter(found.sources)
    first = next(sources)
    assert (first.member_path, first.name_hint) == ("A Folder/a.csv", "a.csv")
    assert first.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert [item.name for item in work.iterdir()] == [first.path.name]
    assert "a.csv" not in first.path.name
    second = next(sources)
    assert not first.path.exists()
    assert second.member_path == "B/b.csv"
    assert list(sources) == []


def test_members_are_gone_when_the_reader_stops_early(given_folder: Path, work: Path) -> None:
    path = write(given_folder, "r.zip", hostile.nested(3, CSV))
    (found,) = walk([path], work)
    next(found.sources)
    assert list(work.iterdir()) != []
    found.sources.close()  # type: ignore[attr-defined]
    assert list(work.iterdir()) == []


def test_archives_in_archives_are_read_to_the_limit(given_folder: Path, work: Path) -> None:
    """Zip in zip (quirk 40)."""
    assert read_all([write(given_folder, "z.zip", hostile.nested(5, CSV))], work) == {
        "z.zip!/level3.zip!/level2.zip!/level1.zip!/level0.zip!/leaf.csv": CSV
    }
    members, problems = exhaust(write(given_folder, "deep.zip", hostile.nested(6, CSV)), work)
    assert members == []
    assert problems == [
        ("unsafe-archive", "level4.zip!/level3.zip!/level2.zip!/level1.zip!/level0.zip"),
    ]


@pytest.mark.parametrize(
    "name",
    [
        "../evil.csv",
        "/etc/evil.csv",
        "C:\\evil.csv",
        "c:evil.csv",
        "a/../../evil.csv",
        "..\\evil.csv",
        "\\\\h\\e.csv",
    ],
)
def test_names_that_point_outside_are_refused_and_the_rest_is_read(
    given_folder: Path, work: Path, tmp_path: Path, name: str
) -> None:
    path = write(given_folder, "evil.zip", zip_of({name: CSV, "good.csv": CSV}))
    members, problems = exhaust(path, work)
    assert members == ["good.csv"]
    assert [code for code, _ in problems] == ["unsafe-archive"]
    assert [item for item in tmp_path.rglob("*") if "evil.csv" in item.name] == []


def test_windows_separators_are_folders(given_folder: Path, work: Path) -> None:
    path = write(given_folder, "w.zip", zip_of({"Month 1\\log.csv": CSV}))
    assert list(read_all([path], work)) == ["w.zip!/Month 1/log.csv"]


def test_a_link_in_an_archive_is_not_followed(given_folder: Path, work: Path) -> None:
    members, problems = exhaust(write(given_folder, "l.zip", hostile.with_symlink("l.csv", "/etc/passwd")), work)
    assert (members, problems) == (["good.csv"], [("unsafe-archive", "l.csv")])


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_are_both_read(given_folder: Path, work: Path) -> None:
    path = given_folder / "twice.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", b"first\n")
        archive.writestr("a.csv", b"second\n")
    assert read_all([path], work) == {"twice.zip!/a.csv": b"first\n", "twice.zip!/a.csv#2": b"second\n"}


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Año/búsquedas.csv".encode(), "Año/búsquedas.csv"),
        ("búsq.csv".encode("cp437"), "búsq.csv"),
        (b"a\nb.csv", "a\\u000ab.csv"),
        (b"a\x00b.csv", "a\\u0000b.csv"),
        ("log\u202egpj.csv".encode(), "log\\u202egpj.csv"),
    ],
)
def test_odd_names_are_shown_readably(given_folder: Path, work: Path, raw: bytes, shown: str) -> None:
    path = write(given_folder, "n.zip", hostile.with_raw_name(raw, CSV))
    assert read_all([path], work) == {f"n.zip!/{shown}": CSV}


def test_a_file_name_that_is_no_unicode_is_shown(given_folder: Path, work: Path) -> None:
    path = os.fsencode(given_folder) + b"/caf\xe9.csv"
    try:
        Path(os.fsdecode(path)).write_bytes(CSV)
    except OSError:
        pytest.skip("this file system takes no such name")
    (found,) = walk([given_folder], work)
    assert found.file_name == "caf\\xe9.csv"
    assert found.file_name.encode() and len(list(found.sources)) == 1


def test_encrypted_and_damaged_members_leave_the_good_ones(given_folder: Path, work: Path) -> None:
    locked = write(given_folder, "locked.zip", hostile.with_flag("secret.csv", CSV, 1))
    assert exhaust(locked, work) == ([], [("encrypted", "secret.csv")])
    damaged = hostile.with_damaged_member({"a.csv": b"one,1\n", "b.csv": b"two,2\n", "c.csv": b"three,3\n"}, "b.csv")
    assert exhaust(write(given_folder, "damaged.zip", damaged), work) == (
        ["a.csv", "c.csv"],
        [("corrupt", "b.csv")],
    )


def test_an_archive_without_its_end_is_corrupt(given_folder: Path, work: Path) -> None:
    """A download that broke off (quirk 50)."""
    raw = zip_of({"a.csv": CSV * 1000})
    assert exhaust(write(given_folder, "cut.zip", raw[:-30]), work) == ([], [("corrupt", "")])
    assert exhaust(write(given_folder, "none.zip", zip_of({})), work) == ([], [("empty", "")])


def test_an_empty_member_and_an_empty_file_are_named(given_folder: Path, work: Path) -> None:
    assert exhaust(write(given_folder, "e.csv", b""), work) == ([], [("empty", "")])
    path = write(given_folder, "e.zip", zip_of({"e.csv": b"", "f.csv": CSV, "._f.csv": b"x", "__MACOSX/f": b"x"}))
    assert exhaust(path, work) == (["f.csv"], [("empty", "e.csv"), ("note", "")])


def test_bombs_end_at_the_limits(given_folder: Path, work: Path) -> None:
    zeros = write(given_folder, "ratio.zip", zip_of({"a.csv": bytes(1 << 20), "b.csv": CSV}))
    assert exhaust(zeros, work, SMALL) == (["b.csv"], [("unsafe-archive", "a.csv")])
    noise = os.urandom(1 << 20)
    large = write(given_folder, "member.zip", zip_of({"a.csv": noise * 3, "b.csv": CSV}))
    roomy = Limits(member_bytes=2 << 20, total_bytes=9 << 20)
    assert exhaust(large, work, roomy) == (["b.csv"], [("too-large", "a.csv")])
    whole = write(given_folder, "whole.zip", zip_of({f"{n}.bin": noise for n in range(4)}))
    members, problems = exhaust(whole, work, SMALL)
    assert (members, problems) == (["0.bin", "1.bin", "2.bin"], [("too-large", "3.bin")])
    many = write(given_folder, "many.zip", zip_of({f"{n}.csv": CSV for n in range(9)}))
    members, problems = exhaust(many, work, SMALL)
    assert (len(members), problems) == (5, [("too-large", "")])


def test_the_limits_count_nested_archives_together(given_folder: Path, work: Path) -> None:
    inner = {f"{n}.zip": zip_of({f"{m}.csv": CSV for m in range(3)}) for n in range(3)}
    members, problems = exhaust(write(given_folder, "n.zip", zip_of(inner)), work, SMALL)
    assert members == ["0.zip!/0.csv", "0.zip!/1.csv", "0.zip!/2.csv"]
    assert {code for code, _ in problems} == {"too-large"}


def test_members_that_share_their_bytes_are_refused(given_folder: Path, work: Path) -> None:
    members, problems = exhaust(write(given_folder, "o.zip", hostile.overlapping()), work)
    assert (members, problems) == (["a"], [("unsafe-archive", "b")])


def test_a_directory_of_too_many_entries_is_not_even_listed(given_folder: Path, work: Path) -> None:
    path = given_folder / "many.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(22_000):
            archive.writestr(f"{number:06}", b"")
    assert exhaust(path, work, Limits(members=10)) == ([], [("too-large", "")])


def test_gzip_gives_its_member_by_the_name_in_its_header(given_folder: Path, work: Path) -> None:
    path = given_folder / "log.csv.gz"
    with path.open("wb") as raw, gzip.GzipFile("orig name.csv", "wb", fileobj=raw, mtime=0) as file:
        file.write(CSV)
    assert read_all([path], work) == {"log.csv.gz!/orig name.csv": CSV}
    joined = write(
        given_folder, "two.csv.gz", gzip.compress(b"a\n", mtime=0) + gzip.compress(b"b\n", mtime=0) + bytes(9)
    )
    assert exhaust(joined, work) == (["two.csv"], [])
    assert read_all([joined], work) == {"two.csv.gz!/two.csv": b"a\nb\n"}


def test_a_cut_gzip_gives_what_could_be_read(given_folder: Path, work: Path) -> None:
    data = b"".join(b"%d,row\n" % number for number in range(20_000))
    cut = write(given_folder, "log.csv.gz", gzip.compress(data, mtime=0)[:-2000])
    (read,) = read_all([cut], work).values()
    assert data.startswith(read) and len(read) > len(data) // 2
    assert exhaust(cut, work)[1] == [("truncated", "log.csv")]
    bomb = write(given_folder, "bomb.gz", gzip.compress(bytes(1 << 22), mtime=0))
    assert exhaust(bomb, work, SMALL) == ([], [("unsafe-archive", "bomb")])


def test_pipes_and_sockets_are_not_opened(given_folder: Path, work: Path) -> None:
    os.mkfifo(given_folder / "pipe.csv")
    with socket.socket(socket.AF_UNIX) as unix:
        here = Path.cwd()
        os.chdir(given_folder)  # A socket's path has to be short.
        try:
            unix.bind("sock")
        finally:
            os.chdir(here)
    result: list[Found] = []
    walker = threading.Thread(target=lambda: result.extend(walk([given_folder], work)), daemon=True)
    walker.start()
    walker.join(10)
    assert not walker.is_alive()
    assert [(found.file_name, [p.code for p in found.problems]) for found in result] == [
        ("pipe.csv", ["unsupported"]),
        ("sock", ["unsupported"]),
    ]
    (device,) = walk([Path(os.devnull)], work)
    assert [problem.code for problem in device.problems] == ["unsupported"]


def test_a_file_that_vanishes_is_a_problem_and_the_others_go_on(given_folder: Path, work: Path) -> None:
    first, second = write(given_folder, "a.csv", CSV), write(given_folder, "b.csv", CSV)
    results = []
    for found in walk([given_folder / "never.csv", given_folder], work):
        if found.path == first:
            first.unlink()
        results.append((found.file_name, len(list(found.sources)), [p.code for p in found.problems]))
    assert results == [("never.csv", 0, ["corrupt"]), ("a.csv", 0, ["corrupt"]), ("b.csv", 1, [])]
    assert second.exists()


def test_a_file_that_may_not_be_read_is_a_problem(given_folder: Path, work: Path) -> None:
    path = write(given_folder, "a.csv", CSV)
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    assert exhaust(path, work) == ([], [("corrupt", "")])


def test_a_wrong_extension_is_noted(given_folder: Path, work: Path) -> None:
    """Decide by magic bytes (quirk 38)."""
    path = write(given_folder, "log.xlsx", CSV)
    assert exhaust(path, work) == ([""], [("note", "")])
    zipped = write(given_folder, "z.zip", zip_of({"table.xls": b"<html><table></table></html>"}))
    assert exhaust(zipped, work) == (["table.xls"], [("note", "table.xls")])


def test_messages_name_no_folder_of_the_machine(given_folder: Path, work: Path) -> None:
    path = write(given_folder, "cut.zip", zip_of({"a.csv": CSV})[:-10])
    (found,) = walk(
        [
            path,
        ],
        work,
    )
    list(found.sources)
    assert all(str(given_folder) not in problem.message for problem in found.problems)


@settings(max_examples=40, deadline=None)
@given(
    members=st.dictionaries(
        st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12),
        st.binary(max_size=200).map(lambda data: b"x," + data),
        max_size=8,
    ),
    packed=st.booleans(),
)
def test_every_byte_of_a_random_archive_comes_back_or_is_named(
    tmp_path_factory: pytest.TempPathFactory, members: dict[str, bytes], packed: bool
) -> None:
    home = tmp_path_factory.mktemp("zip")
    work = home / "work"
    work.mkdir()
    files = {name: data for name, data in members.items() if not name.endswith(("/", "\\"))}
    raw = zip_of(files, method=zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED)
    path = write(home / "given", "r.zip", raw)
    (found,) = walk([path], work)
    contents = [source.path.read_bytes() for source in found.sources]
    refused = sum(problem.code == "unsafe-archive" for problem in found.problems)
    passed_over = sum(int(p.message.split()[0]) for p in found.problems if "passed over" in p.message)
    receipts = sum("receipt" in problem.message for problem in found.problems)
    assert len(contents) + refused + passed_over + receipts == len(files)
    assert all(contents.count(data) <= list(files.values()).count(data) for data in contents)
    assert sorted(item.name for item in home.rglob("*")) == ["given", "r.zip", "work"]


@pytest.mark.real
def test_the_kinds_of_the_real_disclosures(real_data: Path, work: Path) -> None:
    kinds: dict[str, set[str]] = {}
    for folder in ("okaloosa", "portals", "sharing-2024"):
        for found in walk([real_data / folder], work):
            for source in found.sources:
                kinds.setdefault(folder + Path(source.file_name).suffix, set()).add(source.kind)
            assert found.problems == [] and found.sha256
    assert kinds["okaloosa.pdf"] == {Kind.PDF}
    assert kinds["portals.html"] == {Kind.HTML}
    assert kinds["sharing-2024.csv"] == {Kind.CSV}
