"""Take the measured figures that the report shows from the published pages of measurements.

Run ``python -m custodiet.publish.report.measure DOCS_DIR`` after a page changed; a test fails when
``data/measured.yaml`` is out of date.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

import yaml

from custodiet.model.errors import UsageError
from custodiet.publish.measured import FILE, Measured

FOLDER: Final = "measured"
_RATIO: Final = re.compile(r"([\d,]+)/([\d,]+)")


def read_measured(docs: Path) -> tuple[Measured, ...]:
    """Read the figures from the published pages.

    Args:
        docs: Folder of the documentation, with ``measured/*.md`` in it.

    Raises:
        UsageError: A page is missing or no longer has the line that a figure is read from.
    """
    return (
        *_purposes(_Page(docs, "purposes")),
        *_organisations(_Page(docs, "organisations")),
        *_linking(_Page(docs, "linking")),
        *_privacy(_Page(docs, "privacy")),
    )


def write_measured(docs: Path, target: Path) -> None:
    """Write the figures as the packaged data file."""
    rows = [asdict(item) for item in read_measured(docs)]
    head = "# Written by `python -m custodiet.publish.report.measure DOCS_DIR` from the pages named in it.\n"
    body = yaml.safe_dump({"measured": rows}, sort_keys=False, allow_unicode=True, width=110)
    target.write_text(head + body, encoding="utf-8", newline="\n")


class _Page:
    """Read figures of one page; what is looked for must be there."""

    def __init__(self, docs: Path, name: str) -> None:
        self.place = f"docs/{FOLDER}/{name}.md"
        path = docs / FOLDER / f"{name}.md"
        try:
            self._text = path.read_text(encoding="utf-8")
        except OSError as error:
            raise UsageError(f"cannot be read ({error.strerror}).", where=str(path)) from None

    def find(self, pattern: str) -> tuple[int, int]:
        """Return the two numbers of a sentence or row, part and whole."""
        found = re.search(pattern, self._text, re.MULTILINE)
        if found is None:
            raise UsageError(
                "has no line of the form that a figure of the report is read from.",
                where=self.place,
                hint=f"Looked for: {pattern}",
            )
        return _whole_number(found["part"]), _whole_number(found["whole"])

    def column_sum(self, heading: str, column: str) -> tuple[int, int]:
        """Add the ratios of a table's column up: of the tables below a heading, those that have the column."""
        _, found, rest = self._text.partition(f"\n## {heading}\n")
        part = whole = 0
        place: int | None = None
        for line in rest.partition("\n## ")[0].splitlines():
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if not line.startswith("|"):
                place = None
            elif column in cells:
                place = cells.index(column)
            elif place is not None and (ratio := _RATIO.fullmatch(cells[place])):
                part, whole = part + _whole_number(ratio[1]), whole + _whole_number(ratio[2])
        if not found or not whole:
            raise UsageError(f"has no column {column!r} below {heading!r}.", where=self.place)
        return part, whole


def _whole_number(text: str) -> int:
    return int(text.replace(",", ""))


def _purposes(page: _Page) -> list[Measured]:
    name = "Sorts stated reasons"
    sentences = (
        (
            "labels exactly right, texts not seen before",
            r"\((?P<whole>[\d,]+) texts\) was\s+measured once: (?P<part>[\d,]+) were exactly right",
        ),
        (
            "precision on sensitive purposes, texts not seen before",
            r"precision was (?P<part>\d+)/(?P<whole>\d+) and recall",
        ),
        (
            "recall on sensitive purposes, texts not seen before",
            r"and recall (?P<part>\d+)/(?P<whole>\d+)",
        ),
        (
            "labels exactly right, texts that the word list was made with",
            r"^- label set exactly right: \S+ \((?P<part>\d+)/(?P<whole>\d+);",
        ),
        (
            "left unknown, texts that the word list was made with",
            r"^- left `unknown`: \S+ \((?P<part>\d+)/(?P<whole>\d+);",
        ),
    )
    return [Measured(name, what, *page.find(pattern), page.place) for what, pattern in sentences]


def _organisations(page: _Page) -> list[Measured]:
    sets = (("fresh", "names drawn at random"), ("fresh-odd", "odd names"))
    ratio = r"(?P<part>[\d,]+)/(?P<whole>[\d,]+)"
    found = []
    for field in ("state", "level"):
        for key, words in sets:
            row = rf"^## Fresh names, first run[\s\S]*?^\| {key}: {field} \| [^|]* \| "
            precision = page.find(row + ratio)
            recall = page.find(row + rf"[^|]* \| [^|]* \| {ratio}")
            found += [
                Measured("Tells organisations", f"{field} told and right, of those told; {words}",
                         *precision, page.place),
                Measured("Tells organisations", f"{field} told and right, of those that a reader can tell; {words}",
                         *recall, page.place),
            ]  # fmt: skip
    return found


def _linking(page: _Page) -> list[Measured]:
    found = []
    for heading, words in (
        ("Many logs of the same searches", "many logs of the same searches, invented"),
        ("Few logs with little in common", "few logs with little in common, invented"),
    ):
        for column, what in (
            ("right/joined", "rows joined to the right search, of those joined"),
            ("joined/copied", "rows joined, of those that another log records too"),
        ):
            counts = page.column_sum(heading, column)
            found.append(Measured("Joins copies of a search", f"{what}; {words}", *counts, page.place))
    return found


def _privacy(page: _Page) -> list[Measured]:
    name = "Masks free text"
    row = r"^\| all \| (?P<whole>[\d,]+) \| (?P<part>[\d,]+) \|"
    words = r"^\| all \|[^|]*\|[^|]*\| (?P<part>[\d,]+) of (?P<whole>[\d,]+) "
    return [
        Measured(name, "texts that leak a name, plate, date or number hidden in them, invented", *page.find(row),
                 page.place),
        Measured(name, "words of purposes that are still published", *page.find(words), page.place),
    ]  # fmt: skip


def main(arguments: Sequence[str]) -> int:
    """Write the packaged data file from a folder of documentation."""
    if len(arguments) != 1:
        sys.stderr.write("python -m custodiet.publish.report.measure DOCS_DIR\n")
        return 2
    write_measured(Path(arguments[0]), Path(__file__).parents[2] / "data" / FILE)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
