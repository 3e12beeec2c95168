"""The measured figures that the report shows: packaged data, taken from the published pages by ``measure``."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import Final

import yaml

FILE: Final = "measured.yaml"


@dataclass(frozen=True, slots=True)
class Measured:
    """Hold one measured share.

    Attributes:
        name: What the program does.
        what: What was counted, and on which set.
        part: How many.
        whole: Of how many.
        page: Page of the documentation that says how it was measured.
    """

    name: str
    what: str
    part: int
    whole: int
    page: str


def load_measured() -> tuple[Measured, ...]:
    """Return the figures that come with the program, in the order in which they are shown."""
    text = (resources.files("custodiet") / "data" / FILE).read_text(encoding="utf-8")
    return tuple(Measured(**row) for row in yaml.safe_load(text)["measured"])
