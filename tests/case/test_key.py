"""The key of a case that is lost, or that of another case."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pytest

from custodiet.case import Case
from custodiet.case.key import KEY_FILE
from custodiet.model.errors import InputError
from custodiet.privacy import Publication


def _case(folder: Path) -> Path:
    with Case.open(folder, create=True) as case:
        case.append_rows("disclosures", [{"disclosure_id": "d1", "file_name": "log.csv"}])
        case.append_rows("records", [{"disclosure_id": "d1", "record_no": 1, "plate": case.key.pseudonym("8XQZ417")}])
    return folder


def test_a_key_is_made_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    folder = _case(tmp_path / "case")
    before = (folder / KEY_FILE).read_bytes()
    with Case.open(folder) as case:
        assert case.value("SELECT plate FROM records") == case.key.pseudonym("8XQZ417")
    assert (folder / KEY_FILE).read_bytes() == before
    assert stat.S_IMODE((folder / KEY_FILE).stat().st_mode) == 0o600


def test_a_lost_key_is_not_made_anew_and_the_case_can_still_be_read(tmp_path: Path) -> None:
    folder = _case(tmp_path / "case")
    (folder / KEY_FILE).unlink()
    for _ in range(2):
        with Case.open(folder) as case:
            assert case.count("records") == 1
            with pytest.raises(InputError, match=r"is not there.*Put the file back"):
                _ = Publication(case, "report").key
    assert not (folder / KEY_FILE).exists()


def test_a_lost_key_of_a_case_that_holds_nothing_is_told_too(tmp_path: Path) -> None:
    Case.open(tmp_path / "case", create=True).close()
    (tmp_path / "case" / KEY_FILE).unlink()
    with Case.open(tmp_path / "case") as case, pytest.raises(InputError, match="is not there"):
        _ = case.key


def test_the_key_of_another_case_is_refused(tmp_path: Path) -> None:
    one, other = _case(tmp_path / "one"), _case(tmp_path / "other")
    shutil.copy(other / KEY_FILE, one / KEY_FILE)
    with pytest.raises(InputError, match="key of another case") as refused:
        Case.open(one)
    assert (other / KEY_FILE).read_text() not in str(refused.value)
    with Case.open(other) as case:
        assert case.count("records") == 1
