# ruff: noqa: E501 - tables of words, sentences and SQL read better in one line
"""The verb ``rules``: list, show, test and document rules; make a policy pack; add local inputs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from custodiet.cli.options import case_option, json_option, print_json
from custodiet.cli.text import say
from custodiet.model.counts import counted


@click.group("rules")
def command() -> None:
    """List, show, test and document the rules.

    Example: custodiet rules show us-ca.civ-1798-90-55-b.outbound-outside-california
    """


_packs = click.argument("packs", nargs=-1, metavar="[PACK]...")


@command.command("list")
@_packs
@json_option
def list_rules(packs: tuple[str, ...], as_json: bool) -> None:
    """List rules of packs (names or folders; all that come with the program by default)."""
    from custodiet.rules.load import load_packs

    rows = [
        {
            "id": rule.id, "pack": pack.model.id, "title": rule.model.title, "severity": str(rule.severity),
            "status": rule.model.status, "in_force_from": rule.first, "in_force_to": rule.last, "version": rule.model.version,
        }
        for pack in load_packs(packs or None)
        for rule in pack.rules
    ]  # fmt: skip
    if as_json:
        print_json(rows)
        return
    for row in rows:
        say(f"{row['id']}  [{row['severity']}, {row['status']}]  {row['title']}")
    say(f"{counted(len(rows), 'rule')}.")


@command.command("show")
@click.argument("rule_id", metavar="RULE")
@click.option("--pack", "packs", multiple=True, metavar="PACK", help="Pack to look in; may be repeated.")
@json_option
def show_rule(rule_id: str, packs: tuple[str, ...], as_json: bool) -> None:
    """Show one rule: what it finds, the law, our reading, examples, limits."""
    from custodiet.law.rule_pages import rule_page
    from custodiet.model.errors import UsageError
    from custodiet.rules.load import find_rule, load_packs

    rule = find_rule(load_packs(packs or None), rule_id)
    if rule is None:
        raise UsageError(f"there is no rule '{rule_id}'.", hint="See: custodiet rules list.")
    if as_json:
        print_json(rule.model.model_dump(mode="json", by_alias=True, exclude_none=True))
        return
    click.echo(rule_page(rule), nl=False)


@command.command("test")
@_packs
@json_option
@click.pass_context
def test_rules(context: click.Context, packs: tuple[str, ...], as_json: bool) -> None:
    """Run all examples on each evaluator; fail a rule whose examples let a mutant live."""
    from custodiet.rules.try_pack import try_packs

    trials = try_packs(packs or None)
    failed = [trial for trial in trials if not trial.passed]
    if as_json:
        print_json(
            [
                {
                    "rule": t.rule_id,
                    "examples": t.n_examples,
                    "failures": t.failures,
                    "living_mutants": t.living,
                }
                for t in trials
            ]
        )
    else:
        for trial in failed:
            say(f"FAIL {trial.rule_id}")
            for line in (*trial.failures, *(f"mutant lives: {what}" for what in trial.living)):
                say(f"     {line}")
        n_examples = sum(trial.n_examples for trial in trials)
        say(
            f"{counted(len(trials), 'rule')}, {counted(n_examples, 'example')} on two evaluators, {counted(len(failed), 'rule')} failed."
        )
    context.exit(2 if failed else 0)


@command.command("docs")
@click.option("--to", "folder", type=click.Path(path_type=Path, file_okay=False), required=True, metavar="DIR", help="Folder of the pages.")  # fmt: skip
@click.option("--schema", "schemas", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Write the JSON Schemas there too.")  # fmt: skip
@_packs
def write_docs(folder: Path, schemas: Path | None, packs: tuple[str, ...]) -> None:
    """Write one page a rule, an index, and the page of subjects and fields."""
    from custodiet.law.rule_pages import write_pages, write_schemas
    from custodiet.rules.load import load_packs

    written = write_pages(load_packs(packs or None), folder)
    if schemas is not None:
        written += write_schemas(schemas)
    say(f"{counted(len(written), 'file')} written.")


@command.command("new-policy")
@click.option("--to", "folder", type=click.Path(path_type=Path, file_okay=False), required=True, metavar="DIR", help="Folder of the new pack.")  # fmt: skip
@click.option("--answers", type=click.Path(path_type=Path, dir_okay=False, exists=True), metavar="FILE.yaml", help="Answers, instead of questions.")  # fmt: skip
def new_policy(folder: Path, answers: Path | None) -> None:
    """Make a pack of an agency's own policy from plain answers."""
    from custodiet.law import policy_form

    given: dict[str, Any] = (
        policy_form.read_answers(answers)
        if answers is not None
        else {
            question.key: click.prompt(question.words, default=None if question.needed else "", show_default=False)
            for question in policy_form.QUESTIONS
        }
    )
    written = policy_form.new_policy(given, folder)
    say(
        f"{counted(len(written) - 1, 'rule')} written to {folder}. Use them with: custodiet audit PATH --rules {folder}"
    )


@command.command("inputs")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, dir_okay=False, exists=True))
@case_option
@json_option
def add_inputs(files: tuple[Path, ...], case_dir: Path, as_json: bool) -> None:
    """Add local inputs (case numbers, roster, accounts, …) to a case; without files, list what they are."""
    from custodiet.case import Case
    from custodiet.law.local_inputs import load_local_input
    from custodiet.model.local_inputs import LOCAL_INPUTS

    if not files:
        rows = [
            {
                "input": item.name,
                "answers": item.answers,
                "columns": item.table.column_names,
                "needed": item.required,
            }
            for item in LOCAL_INPUTS.values()
        ]
        if as_json:
            print_json(rows)
            return
        for row in rows:
            say(f"{row['input']}.csv: {row['answers']}\n    {', '.join(row['columns'])}")
        return
    with Case.open(case_dir) as case:
        stored = {path.name: load_local_input(case, path) for path in files}
    if as_json:
        print_json(stored)
        return
    for name, count in stored.items():
        say(f"{name}: {counted(count, 'row')} stored. Run the rules again to use them.")
