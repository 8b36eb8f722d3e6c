"""Rolling reps up to teams and the company, beside the cost of drawing as many normals, and what goes wrong otherwise.

Usage: python -m benchmarks.bench_rollup [--reps 10000] [--worlds 1000] [--repeat 5]
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from benchmarks.measure import verdict
from models.contracts import FloatArray, ForecastPaths
from models.rollup.totals import Totals, totals
from models.simulation.shocks import Shocks

TIMES_NORMALS, LARGEST_GAP, LEAST_UNDERSTATED = 4.0, 1e-12, 10.0
REPS_PER_TEAM = 8
AS_OF = "2026-09-30"
SEED = 7
OWN_SD, MEAN, SHARE_OPEN = 0.5, 100_000.0, 0.6


def company(reps: int, worlds: int) -> tuple[ForecastPaths, pd.DataFrame]:
    """Return joint paths of made-up reps under the shared shocks of the forecast, and who sits in which team."""
    ids = [f"r{number:05d}" for number in range(reps)]
    teams = [f"t{number // REPS_PER_TEAM:05d}" for number in range(reps)]
    targets = pd.DataFrame({"rep_id": ids, "team_id": teams, "metric": "revenue", "grain": "quarter", "quota": MEAN})
    targets = targets.assign(period_start=pd.Timestamp("2026-10-01"), period_end=pd.Timestamp("2026-12-31"))
    rng = np.random.default_rng(SEED)
    own = np.exp(OWN_SD * rng.standard_normal((reps, worlds)) - OWN_SD**2 / 2.0)
    came = MEAN * own * Shocks().common(SEED, AS_OF, worlds)
    paths = ForecastPaths(targets, np.zeros(reps), SHARE_OPEN * came, (1.0 - SHARE_OPEN) * came)
    return paths, targets[["rep_id", "team_id"]]


def roll_up(paths: ForecastPaths, members: pd.DataFrame) -> tuple[Totals, Totals]:
    """Return the paths of all teams and of the company."""
    return totals(paths, members, ["team_id"]), totals(paths, members, [])


def largest_gap(teams: Totals, whole: Totals) -> float:
    """Return the largest difference, in any world, between the company and the sum of its teams, relative."""
    company_paths = whole.attained[0]
    return float(np.abs(teams.attained.sum(axis=0) - company_paths).max() / np.abs(company_paths).max())


def drawn_apart(paths: ForecastPaths) -> FloatArray:
    """Return the company's total when each rep's worlds are drawn without the others', shape (n_worlds,)."""
    rng = np.random.default_rng(SEED)
    return np.asarray(rng.permuted(paths.attained, axis=1).sum(axis=0), dtype=np.float64)


def best_of(work: Callable[[], object], repeat: int) -> float:
    """Return the fewest seconds of several runs."""
    spent = []
    for _ in range(repeat):
        started = time.perf_counter()
        work()
        spent.append(time.perf_counter() - started)
    return min(spent)


def main() -> int:
    """Print the table and the verdicts; return 1 when one is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench_rollup", description=__doc__)
    parser.add_argument("--reps", type=int, default=10_000)
    parser.add_argument("--worlds", type=int, default=1_000)
    parser.add_argument("--repeat", type=int, default=5)
    given = parser.parse_args()
    paths, members = company(given.reps, given.worlds)
    rng = np.random.default_rng(SEED)
    normals = best_of(lambda: rng.standard_normal((given.reps, given.worlds)), given.repeat)
    rolled = best_of(lambda: roll_up(paths, members), given.repeat)
    teams, whole = roll_up(paths, members)
    joint, apart = whole.attained[0], drawn_apart(paths)
    lines = pd.DataFrame(
        {
            "company total": ["sum of joint worlds", "sum of worlds drawn apart"],
            "mean": [joint.mean(), apart.mean()],
            "sd": [joint.std(), apart.std()],
            "q10": [np.quantile(joint, 0.1), np.quantile(apart, 0.1)],
            "q90": [np.quantile(joint, 0.9), np.quantile(apart, 0.9)],
        }
    )
    sys.stdout.write(f"{given.reps} reps, {len(teams.groups)} teams, {given.worlds} worlds\n")
    sys.stdout.write(f"normals {normals:.3f} s, roll-up {rolled:.3f} s\n{lines.round(0).to_string(index=False)}\n")
    verdicts = [
        verdict("roll-up beside drawing the normals", rolled / normals, TIMES_NORMALS, unit="x"),
        verdict("teams off the company, relative", largest_gap(teams, whole), LARGEST_GAP),
        verdict("spread understated when drawn apart", joint.std() / apart.std(), LEAST_UNDERSTATED, at_most=False),
    ]
    sys.stdout.write("\n".join(verdicts) + "\n")
    return int(any(line.endswith("MISSED") for line in verdicts))


if __name__ == "__main__":
    sys.exit(main())
