"""``custodiet status``: what a case holds, and that nothing was lost."""

from __future__ import annotations

from pathlib import Path

import click

from custodiet.cli.options import case_option, json_option, print_json
from custodiet.cli.text import say

_COUNTS = ("n_rows_read", "n_records", "n_events", "n_shares", "n_portal_values", "n_layout", "n_rejected")
_SHORT = {"n_rows_read": "read", "n_records": "records", "n_events": "events", "n_shares": "shares",
          "n_portal_values": "values", "n_layout": "layout", "n_rejected": "rejected"}  # fmt: skip
_SHOWN = 40


@click.command("status")
@case_option
@click.option("--all", "show_all", is_flag=True, help="Show every disclosure, not the first forty.")
@json_option
def command(case_dir: Path, show_all: bool, as_json: bool) -> int:
    """Show what a case holds: rows read, stored and not read.

    Example: custodiet status --case case
    """
    from custodiet.pipeline import status

    found = status(case_dir)
    if as_json:
        print_json(found.to_json())
        return 0
    shown = found.disclosures if show_all else found.disclosures[:_SHOWN]
    for row in shown:
        say(f"{row['disclosure_id']}  {row['kind']}  {row['name']}")
        parts = [f"{_SHORT[name]} {row[name]:,}" for name in _COUNTS if row[name] or name == "n_rows_read"]
        sum_holds = "adds up" if row["n_rows_read"] == sum(row[name] for name in _COUNTS[1:]) else "DOES NOT ADD UP"
        say(f"    {' = '.join(parts[:2])}{''.join(' + ' + part for part in parts[2:])}  ({sum_holds})")
        if row["problems"]:
            say(f"    problems: {', '.join(row['problems'])}")
    if len(found.disclosures) > len(shown):
        say(f"… and {len(found.disclosures) - len(shown):,} more (--all shows them)")
    say()
    say(f"Files {found.n_files:,}, disclosures {len(found.disclosures):,}.")
    say("All together: " + ", ".join(f"{_SHORT[name]} {found.totals[name]:,}" for name in _COUNTS) + ".")
    for code, n in found.problems.items():
        say(f"  {code}: {n:,}")
    for problem in found.unread:
        place = ", ".join(part for part in (problem["file_name"], problem["where"]) if part)
        say(f"Not read: {place}: {problem['message']} ({problem['code']})")
    say(f"Pseudonym key made {found.key_made_on}, to be disposed of on {found.key_dispose_on}.")
    return 0
