"""The table ``purposes``, the command, and the measured page."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from custodiet.case import Case
from custodiet.cli import main
from custodiet.model.rates import wilson_interval
from custodiet.resolve.purposes import update_purposes
from custodiet.resolve.purposes.measure import Gold, n_exact, page, rate_text, scores


def record(number: int, **cells: object) -> dict[str, object]:
    return {"disclosure_id": "d", "record_no": number, **cells}


def test_table_holds_one_row_per_label_of_a_key(tmp_path: Path) -> None:
    with Case.open(tmp_path / "case", create=True) as case:
        case.append_rows(
            "records",
            [
                record(
                    1, reason="Drive-by", reason_key="k1", reason_state="value", offense_type="Arson", offense_key="o1"
                ),
                record(2, reason="DRIVE-BY", reason_key="k1", reason_state="value"),
                record(3, reason="***", reason_key="k2", reason_state="masked"),
                record(4, reason="GC 7923.600", reason_key="k3", reason_state="withheld"),
                record(5, reason=None, reason_key="k4", reason_state="blank"),
                record(6, reason="n/a", reason_key="k5", reason_state="placeholder"),
                record(7, reason="REDACTED / 459", reason_key="k6", reason_state="partial"),
                record(8, text_prompt="white van", prompt_key="p1"),
            ],
        )
        update_purposes(case)
        update_purposes(case)
        rows = case.rows("SELECT key, field, label, matched, method FROM purposes ORDER BY field, key, label")
    assert rows == [
        ("o1", "offense", "offense.arson", "Arson", "offenses-property/arson"),
        ("p1", "prompt", "insufficient.generic", "white van", "shape/generic"),
        ("k1", "reason", "offense.assault", "DRIVE-BY", "offenses-persons/assault-shooting"),
        ("k1", "reason", "offense.weapons", "DRIVE-BY", "offenses-persons/assault-shooting"),
        ("k2", "reason", "insufficient.redacted", "***", "state/masked"),
        ("k3", "reason", "insufficient.redacted", "GC 7923.600", "state/withheld"),
        ("k4", "reason", "insufficient.blank", "", "state/blank"),
        ("k5", "reason", "insufficient.placeholder", "n/a", "state/placeholder"),
        ("k6", "reason", "offense.burglary", "459", "statutes/ca-pc/459"),
    ]


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["classify", *arguments])
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


def test_command_prints_one_object_a_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "texts.txt"
    file.write_bytes(b"stolen car\r\n\nICE hold\n")
    code, out, err = run(capsys, "--file", str(file), "--json")
    assert (code, err) == (0, "")
    first, blank, last = map(json.loads, out.splitlines())
    assert first["labels"] == ["offense.vehicle-theft"]
    assert {**first["matches"][0], "confidence": 0} == {
        "label": "offense.vehicle-theft",
        "span": "stolen car",
        "start": 0,
        "end": 10,
        "entry": "offenses-property/theft-vehicle",
        "confidence": 0,
    }
    assert blank["labels"] == ["insufficient.blank"]
    assert last["labels"] == ["assist.federal", "immigration.agency", "immigration.civil"]


def test_command_prints_words_without_control_characters(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "\x1b[31m robbery")
    assert code == 0
    assert "offense.robbery" in out
    assert "\x1b" not in out


def test_command_reads_standard_input(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"bur\xffglary\ndui\n"), encoding="utf-8"))
    code, out, _ = run(capsys, "--file", "-", "--json")
    assert code == 0
    assert json.loads(out.splitlines()[1])["labels"] == ["offense.dui"]


def test_command_without_texts_or_file_is_exit_2(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(capsys)[0] == 2
    code, out, err = run(capsys, "--file", str(tmp_path / "absent.txt"))
    assert (code, out) == (2, "")
    assert "cannot be read" in err
    assert err.count("\n") == 1


def test_wilson_interval_and_counts() -> None:
    low, high = wilson_interval(9, 10)
    assert (round(low, 3), round(high, 3)) == (0.596, 0.982)
    assert wilson_interval(0, 0) == (0.0, 1.0)
    assert rate_text(0, 0) == "–"
    gold = [Gold("a", (frozenset({"x"}), frozenset({"x", "y"}))), Gold("b", (frozenset({"x"}),))]
    found = [frozenset({"x", "y"}), frozenset({"unknown"})]
    assert n_exact(gold, found) == 1
    counted = scores(gold, found)["x"]
    assert (counted.right, counted.wrong, counted.missed, counted.abstained) == (1, 0, 1, 1)


def test_page_holds_no_text(tmp_path: Path) -> None:
    for name in ("reasons_dev.jsonl", "sensitive_dev.jsonl"):
        row = {"text": "zebra burglary", "labels": ["offense.burglary"], "source": "hard-negative"}
        (tmp_path / name).write_text(json.dumps(row) + "\n", encoding="utf-8")
    text = page(tmp_path)
    assert "1.000 (1/1; 0.207–1.000)" in text
    assert "zebra" not in text
