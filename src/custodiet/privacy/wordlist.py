"""Make the list of words that may be published: ``python -m custodiet.privacy.wordlist SCOWL NAMES``.

``SCOWL`` is the folder of Kevin Atkinson's word lists by commonness, ``NAMES`` that of the
Census Bureau's lists of names of 1990. Neither is needed to run custodiet; the list that
comes out is kept in ``data/privacy/words.txt`` (see the README beside it).

The rule: a word of the dictionary is dropped when it is anybody's name; a word of the
purpose lexicon is dropped when it is a given name or one of the 15,000 most frequent
family names, unless it was read and kept in ``reviewed.yaml``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Final

import yaml

from custodiet.privacy.term_words import words_of_term

_DATA: Final = files("custodiet") / "data"
_LEVELS: Final = (10, 20, 35, 40)
_FREQUENT: Final = 15_000
_NOT_TERMS: Final = frozenset({"taxonomy.yaml", "statutes.yaml", "words.yaml"})
_SHORTEST: Final = 3


def main(arguments: list[str]) -> None:
    """Write ``data/privacy/words.txt`` from the two folders named on the command line."""
    scowl, names = (Path(argument) for argument in arguments)
    reviewed = _yaml("privacy/reviewed.yaml")
    given = _names(names, "dist.female.first") | _names(names, "dist.male.first")
    family = _names(names, "dist.all.last")
    anybody = frozenset(given) | frozenset(family) | _proper_names(scowl)
    frequent = frozenset(given) | {name for name, rank in family.items() if rank <= _FREQUENT}
    kept = frozenset(reviewed["words"])
    words = {word for word in _lexicon_words() if word not in frequent or word in kept}
    words |= {word for word in _dictionary(scowl) if word not in anybody}
    words |= kept
    target = Path(str(_DATA / "privacy" / "words.txt"))
    target.write_text("\n".join(sorted(words)) + "\n", encoding="ascii")


def _yaml(name: str) -> dict[str, list[str]]:
    text = (_DATA / name).read_text(encoding="utf-8")
    loaded: dict[str, list[str]] = yaml.load(text, Loader=yaml.CSafeLoader)
    return loaded


def _names(folder: Path, name: str) -> dict[str, int]:
    lines = (folder / name).read_text(encoding="ascii").splitlines()
    return {cells[0].lower(): int(cells[3]) for cells in map(str.split, lines) if cells}


def _proper_names(scowl: Path) -> frozenset[str]:
    lists = sorted(scowl.glob("english-proper-names.*"))
    return frozenset(line.strip().lower() for path in lists for line in _lines(path))


def _dictionary(scowl: Path) -> Iterator[str]:
    for level in _LEVELS:
        for kind in ("english", "american"):
            for word in _lines(scowl / f"{kind}-words.{level}"):
                if len(word) >= _SHORTEST and word.isascii() and word.isalpha() and word.islower():
                    yield word


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="latin-1").split()


def _lexicon_words() -> frozenset[str]:
    """Collect the words of labelled terms, and of the lists of words that state no purpose."""
    words: set[str] = set()
    folder = _DATA / "lexicon"
    for name in sorted(item.name for item in folder.iterdir() if item.name.endswith(".yaml")):
        if name in _NOT_TERMS:
            continue
        for entry in yaml.load((folder / name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["entries"]:
            if entry.get("labels"):
                words.update(*(words_of_term(term) for term in entry["terms"]))
    lists = _yaml("lexicon/words.yaml")
    for name in ("generic", "filler", "placeholder", "spelling"):
        words.update(*(str(text).split() for text in lists[name]))
    return frozenset(word for word in words if len(word) > 1 and word.isascii() and word.isalpha())


if __name__ == "__main__":
    main(sys.argv[1:])
