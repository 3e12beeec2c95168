"""Write a seeded synthetic network audit in the shape of vendor exports: rows as CSV, nothing real in them.

python benchmarks/generate.py FOLDER [ROWS] [FILES]
"""

from __future__ import annotations

import csv
import random
import sys
import uuid
from datetime import datetime, timedelta
from pathlib import Path

HEADER = ["ID", " Name", " Org Name", " Total Networks Searched", " Total Devices Searched", " Time Frame",
          " License Plate", " Reason", " Case #", " Filters", " Search Time", " Search Type", " Text Prompt",
          " Moderation"]  # fmt: skip
REASONS = ["stolen vehicle", "Investigation", "inv", "hit and run", "robbery", "missing person", "warrant", "", "***",
           "burglary", "agency assist", "homicide", "narcotics", "10851", "459", "traffic",
           "recovery", "."]  # fmt: skip


def _stamp(moment: datetime) -> str:
    return moment.strftime("%m/%d/%Y, %I:%M:%S %p UTC")


def write_logs(folder: Path, n_rows: int, n_files: int, seed: int = 7) -> list[Path]:
    """Write ``n_files`` files with ``n_rows`` rows in all and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    random_source = random.Random(seed)
    organisations = [f"Sampleton {number} TX PD" for number in range(2_000)]
    start = datetime(2025, 1, 1)
    paths = []
    for file_number in range(n_files):
        path = folder / f"synthetic_{file_number:03d}_Network_Audit.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(HEADER)
            for _ in range(n_rows // n_files):
                searched = start + timedelta(seconds=random_source.randrange(300 * 86400))
                since = searched - timedelta(days=random_source.choice((1, 7, 30)))
                reason = random_source.choice(REASONS)
                if random_source.random() < 0.2:
                    reason = f"{reason} {random_source.randrange(10**6)}"
                plate = "***" if random_source.random() < 0.5 else f"S{random_source.randrange(10**6):06d}"
                case_number = f"25-{random_source.randrange(10**6):06d}" if random_source.random() < 0.6 else ""
                identity = uuid.UUID(int=random_source.getrandbits(128), version=4)
                writer.writerow(
                    [identity, "***", random_source.choice(organisations), random_source.randrange(1, 6000),
                     random_source.randrange(1, 90000), f"{_stamp(since)}\n{_stamp(searched)}", plate, reason,
                     case_number, "", _stamp(searched), random_source.choice(("lookup", "search")), "", "allow"]
                )  # fmt: skip
        paths.append(path)
    return paths


if __name__ == "__main__":
    write_logs(
        Path(sys.argv[1]),
        int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000,
        int(sys.argv[3]) if len(sys.argv) > 3 else 4,
    )
