"""Run rule packs over a synthetic log and compare the processor time with one plain scan of the same rows.

    python benchmarks/rules.py [ROWS] [RULES] [CASE_FOLDER]

The log is made in the engine from hashes of the row number: seeded, nothing real in it. With a folder the case is
kept there and used again. With RULES only so many of the rules are run, taken evenly over all packs; 0 runs all.
Processor time is printed beside the clock, which says little on a machine that is shared.
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from custodiet.case import Case
from custodiet.law.evaluate import EvaluationSummary, evaluate_packs
from custodiet.rules.load import load_packs
from custodiet.rules.rule import Pack

STATES = ("CA", "IL", "VA", "WA", "MN", "FL", "TX", "OR", "NC", "CT", "NE", "AR")
# Of 200 reasons one names immigration, some say little, the rest name offences.
LABELS = (["immigration.civil"] + ["traffic.stop"] * 4 + ["unknown"] * 15 + ["insufficient.generic"] * 20
          + ["offense.robbery", "offense.burglary", "vehicle.stolen", "person.missing"] * 40)  # fmt: skip

_RECORDS = """
INSERT INTO records (disclosure_id, record_no, source_row, kind, producer, org, org_basis, search_id, searched_at, searched_local,
    window_start, window_start_local, window_end, window_end_local, networks, reason, reason_state, case_number,
    case_number_state, "user", user_state, plate, plate_state, vendor, reason_key)
SELECT 'log-' || lpad((i % {producers})::VARCHAR, 3, '0'), i // {producers} + 1, i // {producers} + 2, 'network-audit',
    'Sampleton ' || (i % {producers}) || ' PD',
    CASE WHEN h % 4 = 0 THEN 'Sampleton ' || (i % {producers}) || ' PD' ELSE 'Otherton ' || (h % 2000) || ' PD' END, 'released',
    format('{{:08x}}-{{:04x}}-4{{:03x}}-8{{:03x}}-{{:012x}}', h & 4294967295, i & 65535, h & 4095, i & 4095, i * 7919), made, timezone('America/Chicago', made), since, timezone('America/Chicago', since), made, timezone('America/Chicago', made),
    1 + h % 6000, CASE WHEN h % 37 = 0 THEN NULL ELSE 'reason ' || h % 5000 END, CASE WHEN h % 37 = 0 THEN 'blank' ELSE 'value' END,
    CASE WHEN h % 5 < 3 THEN '25-' || h % 900000 END, CASE WHEN h % 5 < 3 THEN 'value' ELSE 'blank' END,
    CASE WHEN h % 3 > 0 THEN 'account-' || (h % 4 = 0)::INTEGER * (i % {producers}) || '-' || h % 2000 || '-' || h % 16 END, CASE WHEN h % 3 > 0 THEN 'value' ELSE 'masked' END,
    CASE WHEN h % 2 = 0 THEN left(md5('p' || h % 400009), 16) END, CASE WHEN h % 2 = 0 THEN 'value' ELSE 'masked' END, 'Flock',
    CASE WHEN h % 37 > 0 THEN 'k' || h % 5000 END
FROM (SELECT i, h, TIMESTAMPTZ '2025-01-01 00:00:00+00' + to_seconds((h // 7) % 25920000) AS made,
             TIMESTAMPTZ '2025-01-01 00:00:00+00' + to_seconds((h // 7) % 25920000) - to_days(CASE h % 43 WHEN 0 THEN 45 ELSE h % 25 END) AS since
      FROM (SELECT i, (md5_number_lower('7:' || i) >> 3)::BIGINT AS h FROM range({rows}) t(i)))
ORDER BY 1, 2
"""  # noqa: E501 - SQL reads better in one line
_ORGANISATIONS = """
INSERT INTO organisations (name, canonical, state, level, type, status, confidence)
SELECT name, name, list_extract({states}, 1 + (n % {n})::INTEGER),
       CASE WHEN n % 97 = 0 THEN 'federal' ELSE 'local' END, 'police',
       CASE WHEN n % 53 = 0 THEN 'inactive' ELSE 'active' END, 1.0
FROM (SELECT 'Sampleton ' || n || ' PD' AS name, n + 1 AS n FROM range({producers}) a(n)
      UNION ALL SELECT 'Otherton ' || n || ' PD', n FROM range(2000) b(n))
"""
# One file for each log and each page.
_DISCLOSURES = """
INSERT INTO disclosures (disclosure_id, file_name, sha256, member_sha256, kind, producer, n_rows_read, n_records,
                         n_events, n_shares, n_portal_values, n_layout, n_rejected)
SELECT disclosure_id, disclosure_id || '.csv', sha256(disclosure_id), sha256(disclosure_id), any_value(kind),
       any_value(producer), count(*), count(*), 0, 0, 0, 0, 0 FROM records GROUP BY disclosure_id
UNION ALL
SELECT disclosure_id, disclosure_id || '.html', sha256(disclosure_id), sha256(disclosure_id), 'portal',
       any_value(producer), count(*), 0, 0, 0, count(*), 0, 0 FROM portals GROUP BY disclosure_id
"""
_PURPOSES = "INSERT INTO purposes (key, field, label, confidence) SELECT 'k' || n, 'reason', list_extract({labels}, 1 + (n % {n})::INTEGER), 1.0 FROM range(5000) t(n)"  # noqa: E501 - SQL reads better in one line


def fill(case: Case, n_rows: int, n_producers: int = 24) -> None:
    """Put a synthetic log of ``n_rows`` searches into an empty case."""
    case.execute(_RECORDS.format(rows=n_rows, producers=n_producers))
    case.execute(_ORGANISATIONS.format(states=list(STATES), n=len(STATES), producers=n_producers))
    case.execute(_PURPOSES.format(labels=list(LABELS), n=len(LABELS)))
    # Every fiftieth record tells of the search before it, as a file that was released twice does.
    case.execute(
        "INSERT INTO sightings (search_key, disclosure_id, record_no) SELECT left(md5(disclosure_id || ':' ||"
        " (record_no - (record_no % 50 = 0)::INTEGER)), 16), disclosure_id, record_no FROM records"
    )
    case.execute(
        "INSERT INTO portals (disclosure_id, source_row, producer, as_of, retention_days, prohibited_uses)"
        " SELECT 'page-' || n, 1, 'Sampleton ' || n || ' PD', DATE '2025-02-01', 30, 'Immigration enforcement'"
        f" FROM range({n_producers}) t(n)"
    )
    case.execute(_DISCLOSURES)
    case.execute(
        "INSERT INTO files (path, file_name, sha256, size, complete)"
        " SELECT '/made/' || file_name, file_name, sha256, 1, true FROM disclosures"
    )


def scan_seconds(case: Case) -> float:
    """Return the processor time of reading every column of every record once."""
    names = [row[0] for row in case.rows("SELECT column_name FROM (DESCRIBE records)")]
    every = ", ".join(f'bit_xor(hash("{name}"))' for name in names)
    started = time.process_time()
    case.rows(f"SELECT {every} FROM records")
    return time.process_time() - started


def some_of(packs: list[Pack], n_rules: int) -> list[Pack]:
    """Keep ``n_rules`` rules in force, spread evenly over the packs; 0 keeps all."""
    every = [rule for pack in packs for rule in pack.rules if rule.model.status != "draft"]
    kept = {every[place * len(every) // n_rules].id for place in range(n_rules)} if n_rules else {r.id for r in every}
    return [replace(pack, rules=tuple(rule for rule in pack.rules if rule.id in kept)) for pack in packs]


def run(folder: Path, n_rows: int, n_rules: int) -> tuple[EvaluationSummary, float, float, float]:
    """Return what the packs gave, with clock and processor seconds, and those of a plain scan."""
    packs = some_of(load_packs(None), n_rules)
    with Case.open(folder, create=True) as case:
        if case.count("records") == 0:
            fill(case, n_rows)
        plain = min(scan_seconds(case) for _ in range(3))
        clock, processor = time.perf_counter(), time.process_time()
        summary = evaluate_packs(case, packs)
        return summary, time.perf_counter() - clock, time.process_time() - processor, plain


def main(n_rows: int, n_rules: int, folder: Path | None) -> None:
    """Make or open the case, run the packs, and print what it took."""
    with tempfile.TemporaryDirectory() as temporary:
        summary, clock, processor, plain = run(folder or Path(temporary) / "case", n_rows, n_rules)
    print(
        f"{summary.n_rules} rules over {n_rows:,} searches: {clock:.1f} s by the clock, {processor:.1f} s of processor,"
        f" {processor / plain:.0f} times a plain scan ({plain:.2f} s);"
        f" {sum(summary.indicators.values()):,} indicators, {sum(summary.outcomes.values()):,} outcomes"
    )


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:3]]
    n_rows, n_rules = [*given, *(1_000_000, 0)[len(given) :]]
    main(n_rows, n_rules, Path(sys.argv[3]) if sys.argv[3:] else None)
