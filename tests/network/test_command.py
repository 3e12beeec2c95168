from __future__ import annotations

import json
from pathlib import Path

import pytest

from custodiet.case import Case
from custodiet.cli import main
from tests.network.conftest import APRIL, add_organisation, add_searches, add_shares


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "case"
    with Case.open(folder, create=True) as case:
        add_organisation(case, "Border Office", level="federal")
        add_shares(case, [("Ash PD", "Hub"), ("Hub", "Border Office"), ("Ash PD", "Bell\x1b[31m")])
        add_shares(case, [("Ash PD", "Hub")], as_of=APRIL.replace(month=5), disclosure_id="may")
        add_searches(case, "Ash PD", [("Border Office", APRIL)])
    return folder


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["network", *arguments])
    printed = capsys.readouterr()
    return int(ended.value.code or 0), printed.out, printed.err


def run_json(capsys: pytest.CaptureFixture[str], folder: Path, *arguments: str) -> dict:
    code, out, err = run(capsys, *arguments, "--json", "--case", str(folder))
    assert (code, err) == (0, "")
    return json.loads(out)


def test_every_verb_answers_in_json(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    reach = run_json(capsys, folder, "reach", "ash pd")
    assert reach["declared"]["full_onward_sharing"]["n"] == 2
    assert reach["declared"]["no_onward_sharing"]["organisations"][0]["citations"] == ["may:2"]
    assert (
        run_json(capsys, folder, "reach", "Ash PD", "--as-of", "2026-04-02")["declared"]["no_onward_sharing"]["n"] == 2
    )
    assert run_json(capsys, folder, "path", "Ash PD", "Border Office", "--all")["declared"]["hops"] == 2
    hubs = run_json(capsys, folder, "hubs", "--as-of", "2026-05-02", "--since", "2026-04-02")
    assert hubs["change"] == [{"organisation": "Ash PD", "recipients": -1, "sources": 0}]
    assert run_json(capsys, folder, "cut", "Ash PD", "federal")["full_onward_sharing"]["best"]["n_shares"] == 1
    changes = run_json(capsys, folder, "changes", "--from", "2026-04-02", "--to", "2026-05-02")
    assert (changes["n_appeared"], changes["n_went"], changes["n_one_sided"]) == (0, 1, 0)
    use = run_json(capsys, folder, "declared-vs-observed")
    assert [item["organisation"] for item in use["searched_without_listed_share"]] == ["Border Office"]
    written = folder.parent / "n.graphml"
    assert run_json(capsys, folder, "export", "--to", str(written))["n_observed"] == 1
    assert written.is_file()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["reach", "Ash PD"], "no onward sharing: 1 (unknown 1)"),
        (["reach", "Ash PD", "--as-of", "2026-04-02"], "Bell�[31m"),
        (["reach", "Ash PD", "--as-of", "2026-03-31"], "cannot be told: no list is known before 2026-04-01"),
        (["reach", "Ash PD", "--as-of", "2026-03-31"], "cannot be told: no network log is known before 2026-04-01"),
        (["cut", "Ash PD", "federal", "--as-of", "2026-03-31"], "cannot be told: no list is known on this day"),
        (["path", "Ash PD", "Hub", "--as-of", "2026-03-31"], "No list is known before 2026-04-01"),
        (["hubs", "--as-of", "2026-03-31"], "The first list of 2 organisations is later than the day asked for"),
        (["path", "Ash PD", "Border Office"], "Ash PD → Hub → Border Office"),
        (["hubs"], "betweenness 1 hop 2 hops organisation"),
        (["cut", "Ash PD", "federal"], "Full onward sharing: Ash PD alone can do it"),
        (["changes", "--from", "2026-04-02", "--to", "2026-05-02"], "went: 1"),
        (["declared-vs-observed"], "Searched without a listed share: 1"),
    ],
)
def test_every_verb_answers_in_words(
    capsys: pytest.CaptureFixture[str], folder: Path, arguments: list[str], said: str
) -> None:
    code, out, err = run(capsys, *arguments, "--case", str(folder))
    assert (code, err) == (0, "")
    assert said in " ".join(out.split())
    assert "\x1b" not in out
    assert max(len(line) for line in out.splitlines()) <= 80


def test_unknown_name_is_exit_2_with_a_hint(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    code, out, err = run(capsys, "reach", "Hubb", "--case", str(folder))
    assert (code, out) == (2, "")
    assert "Nearest known names: Hub" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["reach", "Ash PD", "--as-of", "yesterday"],
        ["hubs", "--since", "2026-01-01"],
        ["path", "Ash PD", "Hub", "--all", "--limit", "0"],
        ["changes", "--from", "2026-05-01", "--to", "2026-04-01"],
        ["export", "--to", "n.txt"],
        ["cut", "Ash PD", "Ash PD"],
        ["declared-vs-observed", "--producer", "Hub"],
        ["reach", "Ash PD", "--svg", "/dev/null/x.svg"],
    ],
)
def test_bad_requests_are_exit_2(capsys: pytest.CaptureFixture[str], folder: Path, arguments: list[str]) -> None:
    code, out, err = run(capsys, *arguments, "--case", str(folder))
    assert (code, out) == (2, "")
    assert err


@pytest.mark.parametrize("kind", [["reach", "Ash PD"], ["reach", "Ash PD", "--picture", "map"], ["hubs"]])
def test_pictures_are_written(
    capsys: pytest.CaptureFixture[str], folder: Path, tmp_path: Path, kind: list[str]
) -> None:
    code, _, _ = run(capsys, *kind, "--svg", str(tmp_path / "p.svg"), "--case", str(folder))
    assert code == 0
    assert (tmp_path / "p.svg").read_text().startswith("<svg ")


def test_weights_file(capsys: pytest.CaptureFixture[str], folder: Path, tmp_path: Path) -> None:
    weights = tmp_path / "weights.csv"
    weights.write_text("source,recipient,weight\nash pd,Hub,never\n")
    answer = run_json(capsys, folder, "cut", "Ash PD", "Border Office", "--weights", str(weights))
    assert answer["full_onward_sharing"]["verdict"] == "A alone cannot do it"
    for bad in ("Ash PD,Hub,-1", "Ash PD,Hub,1.5", "Ash PD,Hub,", "Ash PD,Hub", "Ash PD,Hub,²"):
        weights.write_text(f"source,recipient,weight\n{bad}\n")
        code, _, err = run(capsys, "cut", "Ash PD", "Border Office", "--weights", str(weights), "--case", str(folder))
        assert code == 2
        assert "row 2" in err
