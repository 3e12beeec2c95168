"""Generated pages are fresh, and nothing of the contract is undocumented."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from custodiet.cli import VERBS, application
from custodiet.model.pages import PAGES
from tests.conftest import REPOSITORY


@pytest.mark.parametrize("name", PAGES)
def test_generated_page_is_fresh(name: str) -> None:
    assert (REPOSITORY / "docs" / name).read_text(encoding="utf-8") == PAGES[name]()


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_with_an_example(verb: str) -> None:
    command = application.get_command(None, verb)  # type: ignore[arg-type]  # no context is needed
    assert command is not None
    result = CliRunner().invoke(application, [verb, "--help"])
    assert result.exit_code == 0, result.output
    assert "custodiet " + verb in " ".join(result.output.split()), "no example"


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_in_the_docs(verb: str) -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in (REPOSITORY / "docs").glob("*.md"))
    assert f"custodiet {verb}" in text + (REPOSITORY / "README.md").read_text(encoding="utf-8")
