"""Measure how much memory staging a large CSV takes: `python benchmarks/bench_ingest.py 200` (megabytes)."""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from features.connectors.mapping import parse_mapping
from features.connectors.stage import stage

MAPPING = """
mapping: 1
name: bench
files: {orders: {path: orders.csv}}
tables:
  bookings:
    from:
      - file: orders
        columns: {booking_id: order, rep_id: rep, occurred_at: day, amount: amount, account_id: account}
"""
_DAYS = [(date(2020, 1, 1) + timedelta(days=d)).isoformat() for d in range(1000)]


def write_orders(path: Path, megabytes: int) -> int:
    """Write orders until the file is as large as wanted, the first once more at its end; return their number."""
    first = ""
    chance = random.Random(7)
    rows = 0
    with path.open("w", encoding="utf-8") as file:
        file.write("order,rep,day,amount,account,note\n")
        while file.tell() < megabytes * 1_000_000:
            lines = [
                f"SO{rows + i:09},rep{chance.randrange(500)},{chance.choice(_DAYS)},{chance.random() * 9000:.2f},"
                f'acc{chance.randrange(20000)},"a note, with a comma"\n'
                for i in range(10_000)
            ]
            first = first or lines[0]
            file.writelines(lines)
            rows += len(lines)
        file.write(first)
    return rows + 1


def measure(folder: Path) -> dict[str, float]:
    """Stage the folder in this process and return seconds, rows and the growth of the peak in megabytes."""
    small = folder / "small"
    (small / "work").mkdir(parents=True)
    (small / "orders.csv").write_text("order,rep,day,amount,account,note\n1,a,2020-01-01,1,x,\n", encoding="utf-8")
    mapping = parse_mapping(MAPPING, origin="bench")
    stage(small / "orders.csv", mapping, small / "work", partial=False)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    started = time.perf_counter()
    (folder / "work").mkdir()
    staged = stage(folder / "orders.csv", mapping, folder / "work", partial=False)
    return {
        "rows": staged.tables["bookings"].rows,
        "repeated_found": staged.report.tables[0].exact_duplicates,
        "seconds": round(time.perf_counter() - started, 1),
        "peak_mb_before": round(before),
        "peak_mb_growth": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before),
    }


def main() -> None:
    """Generate the file, stage it in a process of its own, print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("megabytes", type=int, nargs="?", default=200)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure is not None:
        sys.stdout.write(json.dumps(measure(options.measure)) + "\n")
        return
    with tempfile.TemporaryDirectory() as folder:
        rows = write_orders(Path(folder) / "orders.csv", options.megabytes)
        command = [sys.executable, __file__, "--measure", folder]
        found = subprocess.run(command, check=True, capture_output=True, text=True)
        sys.stdout.write(f"{options.megabytes} MB, {rows} rows: {found.stdout}")


if __name__ == "__main__":
    main()
