"""Compare loading a log, typed and with provenance, with the engine's own load of the same files as text.

    python benchmarks/load.py [ROWS] [FILES]

Prints the ratio of the two; each is the better of two runs in a process of its own.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from generate import HEADER, write_logs

_AS_TEXT = """
import sys, time, duckdb
started = time.perf_counter()
connection = duckdb.connect(sys.argv[1])
connection.execute("SET memory_limit = '1500MB'")
connection.execute("SET enable_progress_bar = false")
columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(int(sys.argv[2])))
connection.execute(f"CREATE TABLE t AS SELECT * FROM read_csv({sys.argv[3:]}, auto_detect=false, header=true, "
                   f"delim=',', quote='\\"', escape='\\"', columns={{{columns}}})")
connection.close()
print(time.perf_counter() - started)
"""
_TYPED = """
import sys, time, resource
from pathlib import Path
from custodiet.case import Case
from custodiet.intake.add import add_paths
started = time.perf_counter()
with Case.open(Path(sys.argv[1]), create=True) as case:
    add_paths(case, [Path(path) for path in sys.argv[2:]])
    n = case.count("records")
print(time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, n)
"""


def _run(script: str, *arguments: str) -> list[float]:
    done = subprocess.run([sys.executable, "-c", script, *arguments], check=True, capture_output=True, text=True)
    return [float(part) for part in done.stdout.split()]


def main(n_rows: int, n_files: int) -> None:
    """Write the logs, load them both ways, and print the ratio."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = [str(path) for path in write_logs(folder / "logs", n_rows, n_files)]
        text = min(_run(_AS_TEXT, str(folder / f"text{n}.duckdb"), str(len(HEADER)), *paths)[0] for n in range(2))
        typed = min(_run(_TYPED, str(folder / f"case{n}"), *paths) for n in range(2))
    print(f"{n_rows:,} rows: as text {text:.1f} s, typed with provenance {typed[0]:.1f} s, "
          f"ratio {typed[0] / text:.1f}, peak memory {typed[1]:.0f} MB")  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000, int(sys.argv[2]) if len(sys.argv) > 2 else 4)
