"""Write a bundle: all of it or nothing, the same bytes for the same case and name (but for the signature)."""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from custodiet import __version__
from custodiet.case import Case
from custodiet.case.stored import StoredRows
from custodiet.law.local_inputs import ensure_input_tables, input_tables
from custodiet.model.bundle import LEAF_FORMAT, NODES, TREES, canonical_json
from custodiet.model.errors import UsageError
from custodiet.privacy import Publication, outward_names
from custodiet.privacy.gate import require_safe
from custodiet.privacy.named import personal_names
from custodiet.privacy.quotes import approved_quotes
from custodiet.publish.claim_sheet import check_sql, write_claims
from custodiet.publish.claims import Claim, make_claims
from custodiet.publish.keys import load_key
from custodiet.publish.leaves import prove
from custodiet.publish.manifest import sign_manifest, write_manifest
from custodiet.publish.originals import write_originals
from custodiet.publish.package import committed_tables, linked_tables, write_indicators, write_tables
from custodiet.publish.reply import write_packets
from custodiet.publish.rule_texts import write_rule_texts

ReportWriter = Callable[..., Path]
_MADE_OF_THE_CASE: Final = ("claims", "reply", "report", "originals.json")
_KEYS_ONLY: Final = ("evidence",)
_KEYS: Final = ("search_key", "evidence")
# Seconds.
# In a page, where the text of a name has its quotation marks escaped.
_MARKED: Final = ' data-claim="'
_SOON: Final = 0.05
_LIBRARIES: Final = ("duckdb", "pyarrow")
_README: Final = """\
This folder is a publication made with custodiet. Anyone can check it:

    custodiet verify DIR                        files, proofs, numbers, signature
    custodiet verify DIR --key PUBLIC.pem       … and that it is signed by the key you trust
    custodiet verify DIR --original FILE        … and that the originals say the same

report/        the report
claims/        every published number: what it means, how to count it again, its source rows
tables/        the tables as CSV and Parquet, described in datapackage.json
indicators.json, findings.json, schemas/
reply/         for each organisation, what concerns it
rules/         the text of each rule that was run
originals.json the files that were read: name, size, SHA-256, how they were had
proofs/        hash trees over every row of the originals, and the proof of every cited row
manifest.json  all files with size and SHA-256; manifest.dsse.json is its signature, if it has one

An indicator is what a rule pointed at. Only a finding was reviewed by a named person.
"""


@dataclass(frozen=True, slots=True)
class Published:
    """Say what was written.

    Attributes:
        folder: The bundle.
        name: Name of the publication.
        n_files: Files that the manifest names.
        n_claims: Numbers on the claim sheet.
        n_cited: Cited rows with a proof.
        signed_by: Fingerprint of the key, or None.
        has_report: The bundle holds a report.
    """

    folder: Path
    name: str
    n_files: int
    n_claims: int
    n_cited: int
    signed_by: str | None
    has_report: bool


@dataclass(frozen=True, slots=True)
class Options:
    """Say how a bundle is to be made.

    Attributes:
        name: Name of the publication; keys its pseudonyms and salts.
        sign: Key file to sign with, or None.
        name_accounts: Why account names are published as disclosed; None for pseudonyms.
        account_results: Rules whose account-level results a reviewer adds: rule id to the reason.
        packs: Rule packs beside those that come with the program, for the rule texts.
    """

    name: str
    sign: Path | None = None
    name_accounts: str | None = None
    account_results: Mapping[str, str] = field(default_factory=dict)
    packs: Sequence[str] = ()


def write_bundle(
    case: Case, to: Path, options: Options, *, report_writer: ReportWriter | None = None,
    progress: Callable[[str], None] = lambda _step: None,
) -> Published:  # fmt: skip
    """Write a bundle of a case.

    Args:
        case: The case.
        to: A folder that is not there yet, or is empty.
        options: Name, key, and what a reviewer added.
        report_writer: Writes the report in the place of ``publish.report.write_report``: called with the
            case, a folder, ``pdf`` and ``publication``.
        progress: Told each step as it begins.

    Raises:
        UsageError: The folder holds something, the key cannot be read, or a reason is missing.
        PublishingRefused: The publication would expose somebody; nothing was written.
    """
    _require_free(to)
    if options.name_accounts is not None and not options.name_accounts.strip():
        raise UsageError("--name-accounts needs a reason, which is printed in the manifest. Nothing was published.")
    key = load_key(options.sign) if options.sign is not None else None
    publication = Publication(case, options.name, dict(options.account_results), options.name_accounts or "")
    try:
        work = Path(tempfile.mkdtemp(prefix=f".{to.name}.", dir=to.parent))
    except OSError as error:
        raise UsageError(f"cannot be written ({error.strerror}).", where=str(to)) from None
    try:
        with outward_names(publication):
            claims, n_cited = _write_content(publication, work, options, report_writer, progress)
        progress("manifest")
        manifest = write_manifest(work, _facts(publication) | {"report": _report_facts(work)})
        signed_by = sign_manifest(work, manifest, key) if key is not None else None
        n_files = len(json.loads(manifest)["files"])
        has_report = (work / "report").is_dir()
        _put_in_place(work, to)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return Published(to, options.name, n_files, len(claims), n_cited, signed_by, has_report)


def _write_content(
    publication: Publication, work: Path, options: Options, report_writer: ReportWriter | None,
    progress: Callable[[str], None],
) -> tuple[list[Claim], int]:  # fmt: skip
    progress("tables as they may be seen")
    tables = committed_tables(publication, work / "tables")
    # Sealing takes as long as all the rest, and is done beside it.
    with publication.case.beside() as second, ThreadPoolExecutor(1) as beside:
        sealing = beside.submit(_seal, replace(publication, case=second), dict(tables), work)
        try:
            claims = _write_told(publication, work, tables, options, report_writer, progress)
        except BaseException:
            # Nothing will be published: the other thread need not go on.
            while not sealing.done():
                second.interrupt()
                wait([sealing], timeout=_SOON)
            raise
        progress("hash trees")
        n_cited = sealing.result()
    return claims, n_cited


def _write_told(
    publication: Publication, work: Path, tables: dict[str, pa.Table | StoredRows], options: Options,
    report_writer: ReportWriter | None, progress: Callable[[str], None],
) -> list[Claim]:  # fmt: skip
    """Write all that is told of the case, and attack it."""
    tables |= linked_tables(publication, work / "tables")
    write_tables(work / "tables", publication.name, tables)
    progress("claim sheet")
    claims = _write_claims(publication, work, tables, options)
    writer = report_writer or _report_writer()
    if writer is not None:
        progress("report")
        writer(publication.case, work / "report", pdf=True, publication=publication)
    progress("attacks on what would be published")
    require_safe(publication, _outputs(work, tables, _facts(publication)))
    return claims


def _write_claims(
    publication: Publication, work: Path, tables: Mapping[str, pa.Table | StoredRows], options: Options
) -> list[Claim]:
    """Write what is told in numbers and words beside the report."""
    case = publication.case
    write_indicators(work, tables)
    claims = make_claims(case, tables, publication.remembered)
    check_sql(case, work, claims)
    write_claims(work / "claims", claims)
    write_packets(case, work / "reply", publication.name, claims, tables)
    write_rule_texts(work / "rules", tables["outcomes"], options.packs)
    write_originals(work, case)
    (work / "README.txt").write_text(_README, encoding="utf-8", newline="\n")
    return claims


def _seal(publication: Publication, tables: Mapping[str, pa.Table | StoredRows], work: Path) -> int:
    """Build the hash trees, and prove the cited rows; return how many they are."""
    (work / "proofs").mkdir()
    proofs = prove(publication.case, publication.name, tables["evidence"], tables, work / "proofs")
    (work / TREES).write_bytes(canonical_json({"format": LEAF_FORMAT, "trees": proofs.trees}))
    pq.write_table(proofs.nodes, work / NODES, compression="zstd")
    return proofs.n_cited


def _outputs(
    work: Path, tables: Mapping[str, pa.Table | StoredRows], facts: Mapping[str, Any]
) -> dict[str, bytes | pa.Table | StoredRows]:
    """Gather what the attacks are run on: all that was made of the case, each content once.

    Opened rows of proofs are left out: they are rows of the tables, or they would not be opened.
    """
    found: dict[str, bytes | pa.Table | StoredRows] = {"manifest.json": canonical_json(facts)}
    for name, rows in tables.items():
        # The rows of evidence are keys: they hold no cell of an original.
        if name in _KEYS_ONLY:
            continue
        if isinstance(rows, pa.Table):
            rows = rows.drop_columns([column for column in rows.column_names if column in _KEYS])
        found[f"tables/{name}.parquet"] = rows
    for path in sorted(work.rglob("*")):
        place = path.relative_to(work).as_posix()
        if place.split("/")[0] in _MADE_OF_THE_CASE and path.is_file():
            found[place] = path.read_bytes()
    return found


def _facts(publication: Publication) -> dict[str, Any]:
    """Return what the manifest says beside the files; all of it follows from the case and the arguments."""
    return {
        "name": publication.name,
        "records_until": _last_day(publication.case),
        "accounts": {
            "shown_as": "disclosed" if publication.accounts_named else "pseudonyms",
            "reason": publication.accounts_named or None,
        },
        "local_inputs": _local_inputs(publication.case),
        "names_masked": len(personal_names(publication).masked),
        "account_results": dict(publication.account_results),
        "quotes": [asdict(quote) for quote in approved_quotes(publication.case)],
        "versions": {"custodiet": __version__} | {name: importlib.metadata.version(name) for name in _LIBRARIES},
    }


def _report_facts(work: Path) -> dict[str, int] | None:
    """Count the numbers that the report ties to the claim sheet; None where there is no report."""
    page = work / "report" / "index.html"
    return {"numbers": page.read_text(encoding="utf-8").count(_MARKED)} if page.is_file() else None


def _local_inputs(case: Case) -> list[str]:
    """Name the tables that were added beside the disclosures; they stay in the case and can change what rules say."""
    ensure_input_tables(case)
    return [table for table in input_tables() if case.value(f"SELECT count(*) FROM {table}")]


def _last_day(case: Case) -> str | None:
    """Return the last day that the case knows of: of a record, a page, a list or a decision."""
    day = case.value(
        "SELECT max(day) FROM (SELECT max(searched_at)::DATE AS day FROM records UNION ALL"
        " SELECT max(event_at)::DATE FROM events"
        " UNION ALL SELECT max(as_of) FROM shares UNION ALL SELECT max(as_of) FROM portals"
        " UNION ALL SELECT max(decided_at)::DATE FROM decisions)"
    )
    return None if day is None else day.isoformat()


def _report_writer() -> ReportWriter | None:
    return getattr(_module("custodiet.publish.report"), "write_report", None)


def _module(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        return None


def _require_free(to: Path) -> None:
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise UsageError(
            "is there already and is not empty; a publication is never written over.", where=str(to),
            hint="Name a new folder.",
        )  # fmt: skip
    if not to.absolute().parent.is_dir():
        raise UsageError("is in a folder that is not there.", where=str(to), hint="Make the folder first.")


def _put_in_place(work: Path, to: Path) -> None:
    work.chmod(0o755)
    if to.is_dir():
        to.rmdir()
    os.replace(work, to)  # noqa: PTH105 - a folder is moved, not a file
