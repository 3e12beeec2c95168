"""One case and one signed bundle for all tests of the verifier; tests that change a bundle copy it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from custodiet.publish.keys import make_key
from tests.verify.bundle_cases import make_case, publish, write_originals


@dataclass(frozen=True)
class Made:
    """Where things are: the originals, the case, the signed bundle, the key and its public half."""

    originals: list[Path]
    case: Path
    bundle: Path
    key: Path
    public: Path


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    base = tmp_path_factory.mktemp("bundle")
    originals = write_originals(base / "originals")
    make_case(base / "case", originals)
    public = base / "key.pub.pem"
    public.write_text(make_key(base / "key.pem"))
    publish(base / "case", base / "published", sign=base / "key.pem")
    return Made(originals, base / "case", base / "published", base / "key.pem", public)


@pytest.fixture
def bundle(made: Made, tmp_path: Path) -> Path:
    """A copy of the signed bundle that a test may change."""
    return Path(shutil.copytree(made.bundle, tmp_path / "copy"))
