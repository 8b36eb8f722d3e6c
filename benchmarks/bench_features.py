"""Time and memory of the feature build against the floor (a scan) and an honest pandas version, in one run.

Usage: python -m benchmarks.bench_features [--reps 1000] [--also 10000] [--threads 2] [--repeat 3]
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.feature_work import MEASURED, TEN, WORK, describe
from benchmarks.synthetic_log import write_log

Cost = dict[str, Any]

SCAN_BAR, PANDAS_BAR, MEMORY_BAR, GROWTH_BAR, APPEND_BAR = 8.0, 5.0, 0.5, 12.0, 0.1
"""At most x the scan, at least x faster than pandas, at most this share of its memory, at most x for 10 x the reps;
at most this share of a rebuild for appending a month."""


def measure(name: str, folder: Path, threads: int) -> Cost:
    """Run one piece of work in a process of its own."""
    arguments = ["--worker", name, "--folder", str(folder), "--threads", str(threads)]
    command = [sys.executable, "-m", "benchmarks.bench_features", *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    answer: Cost = json.loads(done.stdout.splitlines()[-1])
    return answer


def write_apart(folder: Path, reps: int) -> int:
    """Write the logs in a process of its own: a child starts with the peak memory of its parent on record."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return pool.submit(write_log, folder, reps).result()


def worker(name: str, folder: Path, threads: int) -> Cost:
    """Do one piece of work and return its cost; imports come before the clock starts, checksums after it stops."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    began, cpu = time.perf_counter(), used.ru_utime + used.ru_stime
    done = WORK[name](folder, threads)
    used = resource.getrusage(resource.RUSAGE_SELF)
    cost = {"wall": time.perf_counter() - began, "cpu": used.ru_utime + used.ru_stime - cpu}
    return {**cost, "rss": used.ru_maxrss / 1024, **describe(done)}


def compare(reps: int, folder: Path, threads: int, repeat: int) -> Cost:
    """Measure all pieces interleaved, print the ratios, and return the best build."""
    events = write_apart(folder, reps)
    measure("carry", folder, threads)
    runs: dict[str, list[Cost]] = {name: [] for name in MEASURED}
    for _ in range(repeat):
        for name, done in runs.items():
            done.append(measure(name, folder, threads))
    best = {name: min(done, key=lambda run: float(run["cpu"])) for name, done in runs.items()}
    for name, run in best.items():
        costs = f"wall {run['wall']:7.2f} s  cpu {run['cpu']:7.2f} s  rss {run['rss']:6.0f} MB"
        say(f"{reps:>6} reps {events:>10} events  {name:7} {costs}")
    one = measure("build", folder, 1)
    report(best, same=one["checksum"] == best["build"]["checksum"])
    return best["build"]


def report(best: dict[str, Cost], *, same: bool) -> None:
    """Print each ratio beside its bar."""
    ours, peer = best["build"], best["pandas"]
    for clock in ("wall", "cpu"):
        floor = best["scan"][clock]
        say(f"  build / scan, {clock:4}       {ours[clock] / floor:6.2f}   bar <= {SCAN_BAR:g}")
        say(f"  pandas / build, {clock:4}     {peer[clock] / ours[clock]:6.2f}   bar >= {PANDAS_BAR:g}  (ten features)")
    say(f"  build / pandas, memory   {ours['rss'] / peer['rss']:6.2f}   bar <= {MEMORY_BAR:g}")
    say(f"  same checksum on one thread: {'yes' if same else 'NO'}")
    added = best["append"]
    for clock in ("wall", "cpu"):
        share = added[clock] / ours[clock]
        say(f"  append / build, {clock:4}     {share:6.2f}   bar <= {APPEND_BAR:g}  (the last month)")
    alike = added["checksum"] == ours["last_month"]
    say(f"  same checksum of the appended month: {'yes' if alike else 'NO'}")
    other = [name for name in TEN if _differ(ours["sample"][name], peer["sample"][name])]
    say(f"  pandas gives other totals for: {', '.join(other) or 'none of the ten'}")


def _differ(ours: float, theirs: float) -> bool:
    return abs(ours - theirs) > 1e-9 * max(abs(ours), 1.0)


def say(line: str) -> None:
    """Print one line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """Return the parsed command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench_features", description=__doc__)
    parser.add_argument("--reps", type=int, default=1_000)
    parser.add_argument("--also", type=int, default=0, help="a second size, for the growth ratio")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--worker", choices=sorted(WORK))
    parser.add_argument("--folder", type=Path)
    return parser.parse_args(given)


def main() -> None:
    """Run the benchmark, or one worker of it."""
    given = arguments()
    if given.worker:
        say(json.dumps(worker(given.worker, given.folder, given.threads)))
        return
    costs = []
    for reps in filter(None, (given.reps, given.also)):
        with tempfile.TemporaryDirectory() as folder:
            costs.append(compare(reps, Path(folder), given.threads, given.repeat))
    if given.also:
        growth = costs[1]["cpu"] / costs[0]["cpu"]
        say(f"  {given.also / given.reps:g} x the reps, cpu      {growth:6.2f}   bar <= {GROWTH_BAR:g}")


if __name__ == "__main__":
    main()
