"""Read packs from folders: one rule a file, all faults of a folder in one error.

A file is plain YAML (booleans are ``true`` and ``false`` only, so that ``NO`` and
``on`` stay words); it runs nothing and fetches nothing.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import BaseModel, ValidationError

from custodiet.model.errors import PackError
from custodiet.rules.check import Fault, faults_of
from custodiet.rules.partial import other_faults
from custodiet.rules.rule import Pack, Rule, rule_of
from custodiet.rules.schema import PackModel, RuleModel, allowed_keys

PACKS: Final = Path(__file__).resolve().parent.parent / "data" / "packs"
MAX_BYTES: Final = 256_000
MAX_DEPTH: Final = 60


# The parser of libyaml reads the packs several times faster than the one written in Python.
_FastLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _check_events(text: str) -> None:
    """Refuse aliases and deep nesting before anything is built.

    Raises:
        yaml.MarkedYAMLError: The text has one of them, at its place.
    """
    depth = 0
    for event in yaml.parse(text, Loader=_FastLoader):
        mark: Any = event.start_mark
        if isinstance(event, yaml.AliasEvent):
            raise yaml.MarkedYAMLError(problem="aliases are not allowed", problem_mark=mark)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth >= MAX_DEPTH:
            raise yaml.MarkedYAMLError(problem="is nested too deeply", problem_mark=mark)


class _Loader(_FastLoader):  # type: ignore[misc]  # chosen at run time
    """Read YAML 1.1 without its surprises: no words as booleans, no base 60, no anchors, no repeated keys."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"key '{key.value}' occurs twice", problem_mark=key.start_mark)
            seen.add(key.value)
        found: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return found


def _plain_resolvers() -> dict[str, list[tuple[str, Any]]]:
    kept = {}
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items():
        kept[first] = [
            (tag, regexp)
            for tag, regexp in pairs
            if tag not in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:int", "tag:yaml.org,2002:value")
        ]
    return kept


_Loader.yaml_implicit_resolvers = _plain_resolvers()
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$"), list("-+0123456789"))


@dataclass(frozen=True, slots=True)
class _Document:
    """Hold the content of a file and the line of each place in it."""

    content: Any
    lines: dict[tuple[str | int, ...], int]

    def line(self, place: tuple[str | int, ...]) -> int:
        """Return the line of a place, or of what it lies in."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def load_packs(names: Sequence[str | Path] | None = None) -> list[Pack]:
    """Load packs by name (of those that come with the program) or by folder; all of them by default.

    Raises:
        PackError: A pack is not there, or files are faulty; ``faults`` lists all of them.
    """
    folders = bundled_folders() if names is None else [_folder(str(name)) for name in names]
    packs: list[Pack] = []
    faults: list[str] = []
    for folder in dict.fromkeys(folders):
        pack, found = _read_pack(folder)
        faults += found
        if pack is not None:
            packs.append(pack)
    faults += _repeated_ids(packs)
    if faults:
        raise PackError(
            f"{len(faults)} fault{'s' if len(faults) > 1 else ''} in the rule packs; no rule was run.",
            hint="Allowed words: docs/rules/writing.md.",
            faults=tuple(faults),
        )
    return packs


def load_pack(folder: Path) -> Pack:
    """Load one folder.

    Raises:
        PackError: As :func:`load_packs`.
    """
    return load_packs([folder])[0]


def bundled_folders() -> list[Path]:
    """Return the folders of the packs that come with the program, in order of their names."""
    return sorted(path.parent for path in PACKS.glob("*/pack.yaml"))


def find_rule(packs: Iterable[Pack], rule_id: str) -> Rule | None:
    """Find a rule by its id."""
    return next((rule for pack in packs for rule in pack.rules if rule.id == rule_id), None)


def _folder(name: str) -> Path:
    bundled = PACKS / name
    if re.fullmatch(r"[a-z0-9-]+", name) and (bundled / "pack.yaml").is_file():
        return bundled
    if (Path(name) / "pack.yaml").is_file():
        return Path(name)
    known = ", ".join(path.name for path in bundled_folders())
    raise PackError("is no rule pack.", where=name, hint=f"Name a folder that holds pack.yaml, or one of: {known}.")


@lru_cache(maxsize=64)
def _cached_pack(folder: Path, stamp: tuple[tuple[str, int, int], ...]) -> tuple[Pack | None, tuple[str, ...]]:
    del stamp
    faults: list[str] = []
    model = _read(folder / "pack.yaml", PackModel, faults)
    rules = []
    for path in sorted(folder.rglob("*.yaml")):
        if path.name != "pack.yaml":
            rule = _read_rule(path, faults)
            if rule is not None:
                rules.append(rule)
    if model is None:
        return None, tuple(faults)
    assert isinstance(model, PackModel)  # noqa: S101 - what _read was asked for
    return Pack(model, folder, tuple(sorted(rules, key=lambda rule: rule.id))), tuple(faults)


def _read_pack(folder: Path) -> tuple[Pack | None, tuple[str, ...]]:
    stamp = tuple((str(p), p.stat().st_mtime_ns, p.stat().st_size) for p in sorted(folder.rglob("*.yaml")))
    return _cached_pack(folder, stamp)


def _read_rule(path: Path, faults: list[str]) -> Rule | None:
    model = _read(path, RuleModel, faults)
    return rule_of(model, path.name) if isinstance(model, RuleModel) else None


def _read(path: Path, kind: type[BaseModel], faults: list[str]) -> BaseModel | None:
    try:
        document = _parse(path)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        faults.append(f"{path}:{line}: is no valid YAML here: {error.problem}.")
        return None
    except (yaml.YAMLError, ValueError, OSError, RecursionError) as error:
        faults.append(f"{path}:1: cannot be read as YAML ({type(error).__name__}: {error}).")
        return None
    try:
        model = kind.model_validate(document.content)
    except ValidationError as error:
        faults += _shape_faults(path, document, error, kind)
        if kind is RuleModel:
            faults += _word_faults(path, document, other_faults(document.content, error))
        return None
    if isinstance(model, RuleModel):
        found = faults_of(model)
        faults += _word_faults(path, document, found)
        return None if found else model
    return model


def _word_faults(path: Path, document: _Document, found: Iterable[Fault]) -> list[str]:
    return [f"{path}:{document.line(place)}: {_place(place)}: {text}" for place, text in found]


def _parse(path: Path) -> _Document:
    if path.stat().st_size > MAX_BYTES:
        raise ValueError(f"larger than {MAX_BYTES} bytes")
    text = path.read_text(encoding="utf-8")
    _check_events(text)
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        lines: dict[tuple[str | int, ...], int] = {}
        _note_lines(node, (), lines)
        return _Document(loader.construct_document(node) if node is not None else None, lines)
    finally:
        loader.dispose()


def _note_lines(node: Any, place: tuple[str | int, ...], lines: dict[tuple[str | int, ...], int]) -> None:
    if node is None:
        return
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            lines[(*place, key.value)] = key.start_mark.line + 1
            _note_lines(value, (*place, key.value), lines)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            _note_lines(value, (*place, number), lines)


def _shape_faults(path: Path, document: _Document, error: ValidationError, kind: type[BaseModel]) -> list[str]:
    found: dict[str, None] = {}
    for item in error.errors(include_url=False, include_context=False):
        place = tuple(str(p) if not isinstance(p, int) else p for p in item["loc"])
        known = place
        while known and known not in document.lines:
            known = known[:-1]
        missing = item["type"] == "missing"
        name = _place(place if missing or item["type"] == "extra_forbidden" else known)
        text = _shape_message(item, allowed_keys(kind, place[:-1]))
        found.setdefault(f"{path}:{document.line(place)}: {name}: {text}")
    return list(found)


def _shape_message(item: Any, allowed: Sequence[str]) -> str:
    listed = f"; allowed: {', '.join(allowed)}" if allowed else ""
    if item["type"] == "extra_forbidden":
        return f"this key is not known here{listed}."
    if item["type"] == "missing":
        return "this key is missing."
    seen = item.get("input")
    shown = repr(seen) if isinstance(seen, str | int | float | bool) else _KINDS.get(type(seen), "something else")
    return f"{item['msg']}; seen {shown}."


_KINDS: Final[dict[type, str]] = {dict: "a mapping", list: "a list", type(None): "nothing", date: "a date"}


def _place(place: tuple[str | int, ...]) -> str:
    return ".".join(str(part) for part in place) or "file"


def _repeated_ids(packs: Sequence[Pack]) -> list[str]:
    seen: dict[str, str] = {}
    faults = []
    for pack in packs:
        for rule in pack.rules:
            if rule.id in seen:
                faults.append(f"{pack.folder / rule.file}: id '{rule.id}' is taken by {seen[rule.id]}.")
            seen[rule.id] = str(pack.folder / rule.file)
    return faults
