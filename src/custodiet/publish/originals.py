"""The originals behind a publication: what they were, and reading them again."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import yaml

from custodiet.case import Case
from custodiet.intake.add import add_paths
from custodiet.model.bundle import MANIFEST, ORIGINALS
from custodiet.model.tables import CONTRACT_TABLES
from custodiet.privacy import Publication, outward_table
from custodiet.privacy.differential import DIFFERENTIAL, outward_differential
from custodiet.privacy.named import outward_names
from custodiet.privacy.receipts import public_receipt
from custodiet.privacy.tables import last_part
from custodiet.publish.evidence import EVIDENCE, evidence_table
from custodiet.rules.load import load_packs

_DERIVED: Final = ("organisations", "searches", "sightings", "outcomes", "indicators")
_READ_AGAIN: Final = ("disclosures", "records", "events", "shares", "portals")


def write_originals(folder: Path, case: Case) -> int:
    """Write ``originals.json``: one entry per file that was read, and return how many there are."""
    rows = case.query(
        "SELECT f.file_name, f.sha256, f.size, f.receipt,"
        " list({'id': d.disclosure_id, 'producer': d.producer, 'zone': d.time_zone} ORDER BY d.disclosure_id)"
        " FILTER (d.disclosure_id IS NOT NULL) AS tables"
        " FROM files f LEFT JOIN disclosures d ON d.sha256 = f.sha256 WHERE f.duplicate_of IS NULL"
        " GROUP BY ALL ORDER BY f.file_name, f.sha256"
    ).to_pylist()
    originals = []
    for row in rows:
        receipt = json.loads(row["receipt"]) if row["receipt"] else {}
        tables = row["tables"] or []
        originals.append(
            {
                "name": last_part(row["file_name"]), "size": row["size"], "sha256": row["sha256"],
                "receipt": public_receipt(receipt),
                "disclosures": [table["id"] for table in tables],
                "read_as": {
                    "producer": _only(table["producer"] for table in tables),
                    "time_zone": _only(table["zone"] for table in tables),
                },
            }
        )  # fmt: skip
    text = json.dumps({"originals": originals}, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / ORIGINALS).write_text(text + "\n", encoding="utf-8", newline="\n")
    return len(originals)


def receipts_of(disclosures: pa.Table) -> dict[str, str | None]:
    """Return how each disclosure came, by its id."""
    return dict(zip(disclosures["disclosure_id"].to_pylist(), disclosures["receipt"].to_pylist(), strict=True))


def digest_of(path: Path) -> tuple[str, int, str]:
    """Return name, size and SHA-256 of a file."""
    with path.open("rb") as file:
        return path.name, path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True, slots=True)
class Reread:
    """Hold what originals say when they are read again.

    Attributes:
        tables: Table name to its rows, as the case holds them.
        outward: Table name to its rows, as they would be published under the name of the bundle, with another key.
    """

    tables: dict[str, pa.Table]
    outward: dict[str, pa.Table]


def reread_originals(bundle: Path, files: Mapping[str, Path], derive: Callable[[Case], None] | None = None) -> Reread:
    """Read originals again into a case that is thrown away, and return its tables, also as they would be published.

    Name, producer and time zone are those that the bundle states, so that what a file is called now,
    or the folder it lies in, does not change the reading.

    Args:
        bundle: The bundle.
        files: SHA-256 to the file that has it; each is one of the bundle's originals.
        derive: Gives the case its meaning and applies the rules; None to read only.
    """
    known = {item["sha256"]: item for item in json.loads((bundle / ORIGINALS).read_bytes())["originals"]}
    with (
        tempfile.TemporaryDirectory(prefix="custodiet-verify-") as place,
        Case.open(Path(place) / "case", create=True) as case,
    ):
        for number, (sha256, path) in enumerate(files.items()):
            # Dates can stand in the name of a file, so it is read under the name it had.
            named = Path(place) / str(number) / Path(known[sha256]["name"]).name
            named.parent.mkdir()
            shutil.copyfile(path, named)
            receipts = Path(place) / f"receipts-{number}.yaml"
            receipts.write_text(yaml.safe_dump(_receipt(named, known[sha256])), encoding="utf-8")
            add_paths(case, [named], receipts=receipts)
            named.unlink()
        tables = {name: case.read(name) for name in _READ_AGAIN}
        if derive is not None:
            derive(case)
            tables |= {name: case.read(name) for name in _DERIVED}
            indicators = tables["indicators"]
            # Results about accounts are named by the key of a case, so they cannot be compared between two.
            tables["indicators"] = indicators.filter(pc.not_equal(indicators["level"], "account"))
            tables["evidence"] = evidence_table(case, tables["indicators"])
        return Reread(tables, _outward(case, bundle, whole=derive is not None))


def _outward(case: Case, bundle: Path, *, whole: bool) -> dict[str, pa.Table]:
    """Give the tables of a case as they would be published: all, or those that a single original decides."""
    manifest = json.loads((bundle / MANIFEST).read_bytes())
    named = (manifest["accounts"]["reason"] or "") if manifest["accounts"]["shown_as"] == "disclosed" else ""
    publication = Publication(case, manifest["name"], manifest["account_results"], named)
    with outward_names(publication):
        tables = {name: outward_table(publication, name) for name in (CONTRACT_TABLES if whole else _READ_AGAIN)}
        if whole:
            tables[EVIDENCE.name] = evidence_table(case, tables["indicators"])
            tables[DIFFERENTIAL.name] = outward_differential(publication)
    return tables


def packs_that_ran(bundle: Path) -> list[str]:
    """Return the folders of the packs, of those that come with the program, whose rules a bundle reports on."""
    index = json.loads((bundle / "rules" / "index.json").read_bytes())["rules"]
    ran = {item["rule_id"] for item in index}
    return [str(pack.folder) for pack in load_packs() if any(rule.id in ran for rule in pack.rules)]


def other_rules(bundle: Path) -> list[str]:
    """Name the rules of a bundle whose text is not that of the rules that come with the program."""
    own = {rule.id: next(iter(sorted(pack.folder.rglob(rule.file)))) for pack in load_packs() for rule in pack.rules}
    index = json.loads((bundle / "rules" / "index.json").read_bytes())["rules"]
    ran = sorted({item["rule_id"] for item in index})
    return [
        name for name in ran
        if name not in own or own[name].read_bytes() != (bundle / "rules" / f"{name}.yaml").read_bytes()
    ]  # fmt: skip


def _receipt(path: Path, original: Mapping[str, Any]) -> dict[str, Any]:
    stated = {name: value for name, value in original["read_as"].items() if value}
    withheld = original["receipt"].get("withheld_columns")
    return {"files": [path.name], **stated, **({"withheld_columns": withheld} if withheld else {})}


def _only(values: Any) -> str | None:
    found = set(values)
    return next(iter(found)) if len(found) == 1 else None


def given_files(paths: Sequence[Path]) -> list[tuple[Path, str, int, str]]:
    """Digest the files that a reader has: path, name, size, SHA-256."""
    return [(path, *digest_of(path)) for path in paths]
