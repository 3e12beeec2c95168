"""``custodiet audit``: the main path in one command."""

from __future__ import annotations

from pathlib import Path

import click

from custodiet.cli.options import case_option, json_option, print_json, steps
from custodiet.cli.text import say
from custodiet.model.errors import UsageError
from custodiet.model.terms import Severity


@click.command("audit")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@case_option
@click.option("--rules", "packs", multiple=True, metavar="PACK", help="Rule pack to apply; all when left out.")
@click.option("--report", "report_dir", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="Write the report there.")  # fmt: skip
@click.option("--producer", metavar="NAME", help="Organisation whose disclosures these are.")
@click.option("--receipt", "receipts", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE",
              help="How the files came (YAML).")  # fmt: skip
@click.option("--fail-on", type=click.Choice([s.value for s in Severity]), help="Exit 1 at this severity or above.")
@click.option("--engine", type=click.Choice(["duckdb", "spark"]), default="duckdb", show_default=True)
@json_option
def command(
    paths: tuple[Path, ...], case_dir: Path, packs: tuple[str, ...], report_dir: Path | None, producer: str | None,
    receipts: Path | None, fail_on: str | None, engine: str, as_json: bool,
) -> int:  # fmt: skip
    """Read disclosures, apply the rules, and write a report.

    Example: custodiet audit disclosures/ --case case --report report
    """
    if engine != "duckdb":
        raise UsageError("The Spark engine is not part of this version.", hint="Leave --engine out; nothing was read.")
    from custodiet.pipeline import audit

    with steps(quiet=as_json) as progress:
        result = audit(
            paths, case_dir=case_dir, producer=producer, receipts=receipts, packs=packs, report_dir=report_dir,
            progress=progress,
        )  # fmt: skip
    added = result.added
    if as_json:
        print_json(
            {"files": added.n_files, "known": added.n_known, "disclosures": added.n_disclosures,
             "unread": result.n_unread, "indicators": result.n_indicators, "worst": result.worst,
             "case": str(case_dir), "report": str(result.report) if result.report else None}
        )  # fmt: skip
    else:
        known = f", {added.n_known:,} of them known" if added.n_known else ""
        say(f"Files: {added.n_files:,}{known}. Disclosures added: {added.n_disclosures:,}.")
        say(f"Indicators: {result.n_indicators:,}, of them reviewed by a person: {result.n_reviewed:,}.")
        if result.n_unread:
            say(f"Not read: {result.n_unread:,} (custodiet status --case {case_dir} says what and why).")
        if result.report:
            say(f"Report: {result.report}")
    if fail_on and result.worst and Severity(result.worst).rank >= Severity(fail_on).rank:
        return 1
    return 3 if result.n_unread else 0
