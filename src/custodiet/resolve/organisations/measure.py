"""Measure the resolver on hand-labelled names, and write the page that publishes its error.

Run ``python -m custodiet.resolve.organisations.measure`` in the project's folder
to write ``docs/measured/organisations.md`` anew.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Final

from custodiet.model.rates import wilson_interval
from custodiet.places.names import read_name
from custodiet.resolve.organisations.lexicon import lexicon
from custodiet.resolve.organisations.model import Organisation
from custodiet.resolve.organisations.resolver import resolve_names, resolve_weighed

GOLD: Final = Path("tests/gold/organisations_sample.jsonl")
FIRST_RUN: Final = Path("tests/gold/organisations_first_run.json")
PAGE: Final = Path("docs/measured/organisations.md")
FIELDS: Final = ("state", "level", "status", "type")
_SAMPLES: Final = {
    "development": "300 names drawn at random, used while the words and rules were written",
    "fresh": "150 further names drawn at random; no answer on them was looked at while the rules were written",
    "fresh-odd": "148 further names drawn from those that are not of the form *Place ST PD* or *SO*; likewise",
}
_UNTOLD: Final = frozenset({None, "unknown"})


@dataclass(frozen=True, slots=True)
class Label:
    """What a reader says of a name: the truth a prediction is held against; None or ``unknown`` when untold."""

    sample: str
    name: str
    state: str | None
    level: str
    type: str
    status: str


@dataclass(frozen=True, slots=True)
class Figure:
    """How one field fares on one sample.

    Attributes:
        sample: Name of the sample.
        field: Name of the field.
        n_right: Names told, and told right.
        n_told: Names for which the resolver gave a value; an ``unknown`` is none.
        n_tellable: Names for which the reader has a value.
    """

    sample: str
    field: str
    n_right: int
    n_told: int
    n_tellable: int


def read_labels(path: Path) -> list[Label]:
    """Read hand labels: one JSON object a line."""
    return [Label(**json.loads(line)) for line in path.read_text("utf-8").splitlines() if line.strip()]


def measure_organisations(labels: Sequence[Label], *, with_institutions: bool = True) -> list[Figure]:
    """Count right and told values for every sample and field, in a fixed order.

    A value where the reader has none counts as told and wrong; ``unknown`` where
    the reader has a value is missed, never a guess.

    Args:
        labels: Hand labels.
        with_institutions: Whether the list of institutions told by their own name is used.
    """
    names = [label.name for label in labels]
    words = lexicon(with_institutions=with_institutions)
    resolved = resolve_names(names) if with_institutions else [resolve_weighed(name, words) for name in names]
    samples = dict.fromkeys(label.sample for label in labels)
    return [
        _count(sample, field, [pair for pair in zip(labels, resolved, strict=True) if pair[0].sample == sample])
        for sample in samples
        for field in FIELDS
    ]


def measure_hidden_states(labels: Sequence[Label]) -> Figure:
    """Tell states from places alone: hide a code that the name gives in a firm position, and tell it again."""
    hidden: list[Label] = []
    for label in labels:
        read = read_name(label.name)
        if read.firm and read.state is not None and not any(read.groups) and not any(read.breaks):
            left = " ".join(word for at, word in enumerate(read.words) if at not in read.state_words)
            hidden.append(Label("hidden", left, read.state, label.level, label.type, label.status))
    return _count("hidden", "state", list(zip(hidden, resolve_names([h.name for h in hidden]), strict=True)))


def render_page(labels: Sequence[Label], first_run: Sequence[Figure]) -> str:
    """Write the page: figures now, figures of the first run on the fresh names, and how they were made."""
    figures = measure_organisations(labels)
    hidden = measure_hidden_states(labels)
    bare = measure_organisations(labels, with_institutions=False)
    lines = [
        "# Organisations: measured error",
        "",
        "Written by `python -m custodiet.resolve.organisations.measure`; a test fails when it is out of date.",
        "",
        "Names of institutions were drawn with a fixed seed from 5,752 distinct names in public sharing lists and "
        "transparency pages (The News & Observer, *Private Eyes*, 2024; transparency pages of 109 agencies, 2026; a "
        "sheriff's sharing list, 2025). One reader labelled them from the name and general knowledge, before any "
        "answer of the resolver was seen; most names are plain, and those labels were filled in by pattern and then "
        "read one by one. One reader makes errors that this page cannot show.",
        "",
        "**Read the figures as an upper bound.** The reader who labelled the names also wrote the lexicon and had read "
        "all odd names of these lists before, the fresh ones among them; some institutions stand in the lexicon "
        "because they stand in these lists. Names from other releases will fare worse. The section *Without the "
        "list of institutions* shows how much rests on that list.",
        "",
        "**Precision**: of the values told, the share that is right. **Recall**: of the values that the reader has, "
        "the share that is told and right. `unknown` is never a guess: it lowers recall. A value where the reader "
        "has none lowers precision. Brackets hold 95 % Wilson intervals.",
        "",
    ]
    for sample, meaning in _SAMPLES.items():
        lines += [f"## {sample}", "", f"{meaning[0].upper()}{meaning[1:]}.", ""]
        lines += _table(figure for figure in figures if figure.sample == sample)
    lines += [
        "## Fresh names, first run",
        "",
        "The figures above for the fresh names include mends made after their errors were seen. These are the "
        "figures before:",
        "",
        *_table(first_run, with_sample=True),
        "## Without the list of institutions",
        "",
        "The same fresh names with nothing but words of a kind (*sheriff*, *park district*), places and states:",
        "",
        *_table((figure for figure in bare if figure.sample.startswith("fresh")), with_sample=True),
        "## States told by place alone",
        "",
        "A name without a state is given one only when its county or city is the only one of that name. The code "
        f"was hidden in {hidden.n_tellable} names and told again: {hidden.n_told} were told, {hidden.n_right} of "
        f"them right (precision {_share(hidden.n_right, hidden.n_told)}).",
        "",
        "## What falls short",
        "",
        "- A city that shares its name with another one is not told by its size: with the state hidden that was "
        "right two times in three.",
        "- Control of universities and hospitals comes from a list; what is not on it and does not bear a state's "
        "name stays `unknown`.",
        "- A name that says only a neighbourhood or an estate has no level, although most are private.",
        "- Regional information sharing systems (RISS) and New York's crime analysis centres have no single level "
        "and stay `unknown`. A HIDTA is a federal programme (21 U.S.C. 1706).",
        "",
    ]
    return "\n".join(lines)


def _count(sample: str, field: str, pairs: Sequence[tuple[Label, Organisation]]) -> Figure:
    wanted = attrgetter(field)
    told = [(label, found) for label, found in pairs if wanted(found) not in _UNTOLD]
    return Figure(
        sample,
        field,
        sum(wanted(label) == wanted(found) for label, found in told),
        len(told),
        sum(wanted(label) not in _UNTOLD for label, _ in pairs),
    )


def _table(figures: Iterable[Figure], *, with_sample: bool = False) -> list[str]:
    rows = [
        f"| {f'{figure.sample}: ' if with_sample else ''}{figure.field} "
        f"| {_share(figure.n_right, figure.n_told)} | {figure.n_right}/{figure.n_told} "
        f"| {_share(figure.n_right, figure.n_tellable)} | {figure.n_right}/{figure.n_tellable} |"
        for figure in figures
    ]
    return ["| Field | Precision | right/told | Recall | right/tellable |", "|---|---|---|---|---|", *rows, ""]


def _share(n_right: int, n_all: int) -> str:
    if n_all == 0:
        return "none"
    low, high = wilson_interval(n_right, n_all)
    return f"{n_right / n_all:.3f} [{low:.3f}, {high:.3f}]"


def read_figures(path: Path) -> list[Figure]:
    """Read figures kept from an earlier run."""
    return [Figure(**item) for item in json.loads(path.read_text("utf-8"))]


def main() -> int:
    """Write the page."""
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(render_page(read_labels(GOLD), read_figures(FIRST_RUN)), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
