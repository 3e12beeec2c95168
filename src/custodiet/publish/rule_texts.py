"""Put the text of every rule that was run beside its results, as it was read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from custodiet.law.rule_pages import rule_page
from custodiet.model.bundle import RULE_NOT_AT_HAND
from custodiet.rules.load import bundled_folders, load_packs
from custodiet.rules.rule import Pack, Rule


def write_rule_texts(folder: Path, outcomes: pa.Table, packs: Sequence[str] = ()) -> None:
    """Write the page and the file of each rule with an outcome, and an index of them.

    Args:
        folder: Where to.
        outcomes: The outcomes as they are published.
        packs: Folders of rule packs beside those that come with the program.
    """
    folder.mkdir(parents=True)
    known = {
        rule.id: (pack, rule) for pack in load_packs([*map(str, bundled_folders()), *packs]) for rule in pack.rules
    }
    ran = sorted(
        {(row["rule_id"], row["rule_version"]) for row in outcomes.select(["rule_id", "rule_version"]).to_pylist()}
    )
    index = []
    for rule_id, version in ran:
        found = known.get(rule_id)
        note = _write(folder, *found, version) if found else RULE_NOT_AT_HAND
        index.append({"rule_id": rule_id, "version": version, "note": note})
    text = json.dumps({"rules": index}, ensure_ascii=False, indent=1)
    (folder / "index.json").write_text(text + "\n", encoding="utf-8", newline="\n")


def _write(folder: Path, pack: Pack, rule: Rule, version: str) -> str | None:
    source = next(iter(sorted(pack.folder.rglob(rule.file))))
    (folder / f"{rule.id}.yaml").write_bytes(source.read_bytes())
    (folder / f"{rule.id}.md").write_text(rule_page(rule), encoding="utf-8", newline="\n")
    if rule.model.version == version:
        return None
    return f"The text is version {rule.model.version}; version {version} was run."
