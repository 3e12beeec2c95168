"""Publish a case with many searches, and print what each step took.

    python benchmarks/publish.py [SEARCHES] [CASE_FOLDER]

The case is made as in ``rules.py`` and some rules are run on it. With a folder the case is kept there and used again.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from custodiet.case import Case
from custodiet.law.evaluate import evaluate_packs
from custodiet.publish.bundle import Options, write_bundle
from custodiet.rules.load import load_packs
from rules import fill, some_of

_N_RULES = 40
_SEARCHES = """
INSERT INTO searches (search_key, basis, org, searched_at, networks, search_type, n_sightings, n_producers, purposes)
SELECT s.search_key, 'id', min(r.org), min(r.searched_at), min(r.networks), 'search', count(*), 1, ['offense.robbery']
FROM sightings s JOIN records r ON r.disclosure_id = s.disclosure_id AND r.record_no = s.record_no GROUP BY s.search_key
"""


class Steps:
    """Print each step of the work with the clock, the processor and the memory it took."""

    def __init__(self) -> None:
        self.began = self.last = time.perf_counter(), time.process_time()
        self.step = "open"

    def __call__(self, step: str) -> None:
        now = time.perf_counter(), time.process_time()
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        clock, processor = now[0] - self.last[0], now[1] - self.last[1]
        print(
            f"  {self.step:40s} {clock:6.1f} s by the clock, {processor:6.1f} s of processor, {memory:,} MB", flush=True
        )
        self.last, self.step = now, step


def prepare(folder: Path, n_searches: int) -> None:
    """Make the case if it is not there yet."""
    with Case.open(folder, create=True) as case:
        if case.count("records"):
            return
        fill(case, n_searches)
        case.execute(_SEARCHES)
        evaluate_packs(case, some_of(load_packs(None), _N_RULES))


def main(n_searches: int, folder: Path | None) -> None:
    """Make or open the case, publish it, and print what it took."""
    with tempfile.TemporaryDirectory() as temporary:
        case_folder, bundle = folder or Path(temporary) / "case", Path(temporary) / "bundle"
        prepare(case_folder, n_searches)
        steps = Steps()
        with Case.open(case_folder) as case:
            published = write_bundle(case, bundle, Options(name="benchmark"), progress=steps)
            n_records, n_found = case.count("records"), case.count("searches")
        steps("end")
        html = (bundle / "report" / "index.html").stat().st_size
        size = sum(path.stat().st_size for path in bundle.rglob("*") if path.is_file())
    clock = time.perf_counter() - steps.began[0]
    print(
        f"{n_found:,} searches in {n_records:,} records, {published.n_cited:,} cited rows: {clock:.0f} s by the clock"
    )
    print(f"report {html / 1e6:.1f} MB, bundle {size / 1e6:,.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000_000, Path(sys.argv[2]) if len(sys.argv) > 2 else None)
