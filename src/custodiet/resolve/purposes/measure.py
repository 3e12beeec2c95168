"""Measure the classifier against labelled texts and write the page of figures.

Run ``python -m custodiet.resolve.purposes.measure GOLD_DIR --docs FILE``. The page
holds counts and rates only, never a text.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from custodiet.model.rates import wilson_interval
from custodiet.resolve.purposes.classify import classify_texts

_SENSITIVE: Final = ("immigration.", "protected.", "civil.")
_FEW: Final = 30


@dataclass(frozen=True, slots=True)
class Gold:
    """Hold one labelled text: the label sets that count as right, and its kind."""

    text: str
    accept: tuple[frozenset[str], ...]
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """Count for one label: found and right, found and wrong, missed, of these left ``unknown``."""

    right: int
    wrong: int
    missed: int
    abstained: int


def read_gold(path: Path) -> list[Gold]:
    """Read labelled texts, one JSON object a line; only what is measured leaves this function."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [
        Gold(
            row["text"],
            tuple(frozenset(one) for one in row.get("accept", [row["labels"]])),
            row.get("source", ""),
        )
        for row in rows
    ]


def predict(gold: Sequence[Gold]) -> list[frozenset[str]]:
    """Label the texts."""
    return [frozenset(one.labels) for one in classify_texts([row.text for row in gold])]


def n_exact(gold: Sequence[Gold], found: Sequence[frozenset[str]]) -> int:
    """Count the texts whose label set equals an accepted one."""
    return sum(labels in row.accept for row, labels in zip(gold, found, strict=True))


def is_sensitive(label: str) -> bool:
    """Tell whether a label is one of those where a wrong label harms most."""
    return label.startswith(_SENSITIVE) or label == "assist.federal"


def scores(gold: Sequence[Gold], found: Sequence[frozenset[str]]) -> dict[str, Score]:
    """Count per label, against the accepted set that is nearest to the prediction."""
    right, wrong, missed, abstained = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for row, labels in zip(gold, found, strict=True):
        truth = min(row.accept, key=lambda one: (len(one ^ labels), sorted(one)))
        right.update(truth & labels)
        wrong.update(labels - truth)
        missed.update(truth - labels)
        if labels == {"unknown"}:
            abstained.update(truth - labels)
    names = sorted({*right, *wrong, *missed})
    return {name: Score(right[name], wrong[name], missed[name], abstained[name]) for name in names}


def rate_text(part: int, whole: int) -> str:
    """Write a rate with its counts and interval."""
    if whole == 0:
        return "–"
    low, high = wilson_interval(part, whole)
    return f"{part / whole:.3f} ({part}/{whole}; {low:.3f}–{high:.3f})"


def sensitive_totals(gold: Sequence[Gold], found: Sequence[frozenset[str]]) -> tuple[Score, int, int]:
    """Give the counts over all sensitive labels, and hard negatives given one wrongly, of how many."""
    table = [score for label, score in scores(gold, found).items() if is_sensitive(label)]
    total = Score(*(sum(getattr(score, name) for score in table) for name in Score.__slots__))
    hard = [(row, labels) for row, labels in zip(gold, found, strict=True) if row.kind == "hard-negative"]
    harmed = sum(any(is_sensitive(label) and label not in row.accept[0] for label in labels) for row, labels in hard)
    return total, harmed, len(hard)


def page(folder: Path) -> str:
    """Write the page of figures for the two development sets of a folder."""
    parts = [_HEAD]
    for name, title in (("reasons_dev.jsonl", "Stated reasons"), ("sensitive_dev.jsonl", "Sensitive purposes")):
        gold = read_gold(folder / name)
        found = predict(gold)
        abstained = sum(labels == {"unknown"} for labels in found)
        parts.append(f"## {title} (`{name}`)\n")
        parts.append(f"- texts: {len(gold)}")
        parts.append(f"- label set exactly right: {rate_text(n_exact(gold, found), len(gold))}")
        parts.append(f"- left `unknown`: {rate_text(abstained, len(gold))}")
        if any(row.kind for row in gold):
            total, harmed, n_hard = sensitive_totals(gold, found)
            parts.append(
                "- immigration, protected, civil and assist.federal labels together: precision "
                f"{rate_text(total.right, total.right + total.wrong)}, "
                f"recall {rate_text(total.right, total.right + total.missed)}"
            )
            parts.append(f"- hard negatives given such a label wrongly: {rate_text(harmed, n_hard)}")
        parts += ["", _label_table(scores(gold, found))]
    return "\n".join(parts).rstrip() + "\n"


_HEAD: Final = """# Purposes: measured

Generated by `python -m custodiet.resolve.purposes.measure GOLD_DIR --docs FILE`. Every rate stands with its
counts and its Wilson 95 % interval.

**Read with care.** These are the development sets: the lexicon was corrected with them in view, so the
figures below flatter it. Before any correction on it, a random half of the stated reasons (541 texts) was
measured once: 498 were exactly right, 0.921 (0.895–0.940); on 62 sensitive texts kept aside in the same way,
precision was 28/31 and recall 28/32. Expect texts from elsewhere to lie nearer to those. Most labels have
fewer than thirty texts: such a rate proves little, and its interval says so. The texts come from few
agencies, most of them in California and Florida. A label says what a text states, not what the search was for.

- precision: of the texts given the label, how many should have it
- recall: of the texts that should have it, how many were given it
- abstained: of those missed, how many were left `unknown` and not given another label
"""


def _label_table(table: dict[str, Score]) -> str:
    lines = ["| Label | Precision | Recall | Abstained | |", "|---|---|---|---|---|"]
    for label, score in table.items():
        n_true = score.right + score.missed
        few = "few" if n_true < _FEW else ""
        lines.append(
            f"| {label} | {rate_text(score.right, score.right + score.wrong)} | "
            f"{rate_text(score.right, n_true)} | {score.abstained}/{score.missed} | {few} |"
        )
    return "\n".join(lines) + "\n"


@click.command()
@click.argument("gold_dir", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--docs", type=click.Path(path_type=Path, dir_okay=False), help="Write the page to this file.")
def main(gold_dir: Path, docs: Path | None) -> None:
    """Measure the classifier against the labelled sets of GOLD_DIR."""
    text = page(gold_dir)
    if docs is None:
        click.echo(text, nl=False)
    else:
        docs.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
