"""Rolling up 10,000 reps x 1,000 worlds to teams, regions and the company.

How long it takes beside drawing the normals, whether the levels agree, and what adding up each rep's range alone makes
of the company's.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.measure import peak_mb, verdict
from models.contracts import FloatArray, ForecastPaths
from models.rollup.totals import Totals, totals

TIMES_NORMALS, UNDERSTATED = 4.0, 10.0
"""At most so many times the seconds of drawing the normals; independent sums lose at least so much of the spread."""
LEVELS = ("team", "region")
TEAM, TEAMS_PER_REGION = 8, 50
SHARED, OWN = 0.20, 0.60
"""Sd of the log of what all reps share, and of each rep's own luck."""
REPEATS = 3


@dataclass(frozen=True)
class Line:
    """One way of adding up.

    Attributes:
        way: In words.
        relative_sd: Sd of the company's total over its mean.
        error: Largest gap between the company and the sum of any level below it, currency.
    """

    way: str
    relative_sd: float
    error: float


def company(normals: FloatArray, shared: FloatArray) -> tuple[ForecastPaths, pd.DataFrame]:
    """Return paths of reps that share one factor per world, and where each rep belongs.

    Args:
        normals: Each rep's own luck, shape (n_reps, n_paths).
        shared: What all reps of a world share, shape (n_paths,).
    """
    n = len(normals)
    own = np.exp(OWN * normals + SHARED * shared[None, :] - (OWN**2 + SHARED**2) / 2.0)
    level = np.exp(np.random.default_rng(3).normal(11.0, 0.5, n))
    coming = own * level[:, None]
    targets = pd.DataFrame(
        {
            "rep_id": [f"r{i:05d}" for i in range(n)],
            "period_start": pd.Timestamp("2025-01-01"),
            "period_end": pd.Timestamp("2025-03-31"),
            "metric": "revenue",
            "grain": "quarter",
            "quota": 100_000.0,
        }
    )
    team = np.arange(n) // TEAM
    members = targets[["rep_id"]].assign(
        team=[f"t{k:04d}" for k in team], region=[f"g{k:02d}" for k in team // TEAMS_PER_REGION]
    )
    return ForecastPaths(targets, np.round(0.1 * level, 2), 0.6 * coming, 0.4 * coming), members


def levels(paths: ForecastPaths, members: pd.DataFrame) -> dict[str, Totals]:
    """Return the totals of teams, of regions and of the company."""
    return {name: totals(paths, members, [name]) for name in LEVELS} | {"company": totals(paths, members, [])}


def line(way: str, rolled: dict[str, Totals]) -> Line:
    """Return what a way of adding up makes of the company."""
    whole = rolled["company"].attained[0]
    gaps = [np.abs(part.attained.sum(axis=0) - whole).max() for part in rolled.values()]
    return Line(way, float(whole.std() / whole.mean()), float(max(gaps)))


def alone(paths: ForecastPaths) -> ForecastPaths:
    """Return the same ranges for every rep with worlds that have nothing to do with each other."""
    rng = np.random.default_rng(5)
    order = rng.permuted(np.tile(np.arange(paths.open_deals.shape[1]), (len(paths.open_deals), 1)), axis=1)
    opened, new = (np.take_along_axis(part, order, axis=1) for part in (paths.open_deals, paths.new_deals))
    return ForecastPaths(paths.targets, paths.booked, opened, new)


def seconds(work: Callable[[], object]) -> float:
    """Return the shortest of a few runs, seconds: the neighbours of a busy machine only ever add."""
    spent = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        work()
        spent.append(time.perf_counter() - started)
    return min(spent)


def main() -> int:
    """Measure and print; return 1 when a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench_rollup", description=__doc__)
    parser.add_argument("--reps", type=int, default=10_000)
    parser.add_argument("--paths", type=int, default=1_000)
    options = parser.parse_args()
    shape = (options.reps, options.paths)
    drawing = seconds(lambda: np.random.default_rng(1).standard_normal(shape))
    shared = np.random.default_rng(2).standard_normal(options.paths)
    paths, members = company(np.random.default_rng(1).standard_normal(shape), shared)
    rolling = seconds(lambda: levels(paths, members))
    joint, apart = line("joint worlds", levels(paths, members)), line("each rep alone", levels(alone(paths), members))
    sys.stdout.write(f"{options.reps} reps x {options.paths} worlds to teams, regions and the company\n")
    sys.stdout.write(f"drawing the normals {drawing:.2f} s, rolling up {rolling:.2f} s, peak {peak_mb():.0f} MB\n\n")
    sys.stdout.write(f"{'way':16s} {'sd / mean of the company':>26s} {'largest gap between levels':>28s}\n")
    for found in (joint, apart):
        sys.stdout.write(f"{found.way:16s} {found.relative_sd:26.4f} {found.error:28.3g}\n")
    understated = joint.relative_sd / apart.relative_sd
    sys.stdout.write("\n" + verdict("roll-up over drawing", rolling / drawing, TIMES_NORMALS, unit="x") + "\n")
    sys.stdout.write(verdict("coherence error", joint.error, 0.0) + "\n")
    what = "independent sums understate the company's spread"
    sys.stdout.write(verdict(what, understated, UNDERSTATED, unit="x", at_most=False) + "\n")
    return int(rolling > TIMES_NORMALS * drawing or joint.error > 0.0 or understated < UNDERSTATED)


if __name__ == "__main__":
    sys.exit(main())
