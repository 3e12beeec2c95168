"""Try packs: examples on both evaluators, and mutants. What ``custodiet rules test`` prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from custodiet.rules.engine_examples import run_apart, run_compiled, scratch_case
from custodiet.rules.examples import example_cases, run_closure
from custodiet.rules.load import load_packs
from custodiet.rules.mutants import living_mutants


@dataclass(frozen=True, slots=True)
class RuleTrial:
    """Hold how a rule did: its examples, what failed, and the mutants that live."""

    rule_id: str
    n_examples: int
    failures: tuple[str, ...]
    living: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Tell whether nothing failed and no mutant lives."""
        return not self.failures and not self.living


def try_packs(names: Sequence[str | Path] | None = None) -> list[RuleTrial]:
    """Try every rule of some packs (all that come with the program by default).

    Raises:
        PackError: A pack cannot be loaded.
    """
    packs = load_packs(names)
    trials = []
    with scratch_case() as case:
        for rule in (rule for pack in packs for rule in pack.rules):
            cases = example_cases(rule)
            faults = [*run_closure(rule, cases), *run_compiled(rule, case, cases), *run_apart(rule, case, cases)]
            living = [] if faults else living_mutants(rule)
            trials.append(RuleTrial(rule.id, len(cases), tuple(map(str, faults)), tuple(living)))
    return trials


if __name__ == "__main__":
    import sys

    from custodiet.model.errors import PackError

    try:
        for trial in try_packs(sys.argv[1:] or None):
            sys.stdout.write(f"{'ok  ' if trial.passed else 'FAIL'} {trial.rule_id} ({trial.n_examples} examples)\n")
            for line in (*trial.failures, *(f"mutant lives: {what}" for what in trial.living)):
                sys.stdout.write(f"       {line}\n")
    except PackError as error:
        sys.stderr.write("\n".join((str(error), *error.faults)) + "\n")
        sys.exit(2)
