"""The committed pages about rules are those that the rule files make."""

from __future__ import annotations

from pathlib import Path

import pytest

from custodiet.law.rule_pages import write_pages
from custodiet.rules.load import load_packs

DOCS = Path(__file__).resolve().parents[2] / "docs"
AGAIN = "Make them again: custodiet rules docs --to docs/rules --schema docs/schema"


def texts(folder: Path, pattern: str) -> dict[str, str]:
    """Read the files of a folder, by their path in it."""
    return {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in folder.rglob(pattern)}


@pytest.mark.slow
def test_the_pages_are_those_of_the_rules(tmp_path: Path) -> None:
    write_pages(load_packs(None), tmp_path)
    made, committed = texts(tmp_path, "*.md"), texts(DOCS / "rules", "*.md")
    committed.pop("writing.md")
    assert sorted(committed) == sorted(made), AGAIN
    assert [name for name in made if made[name] != committed[name]] == [], AGAIN
