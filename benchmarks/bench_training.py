"""Training with its backtest at several sizes: how long, how much memory, and whether it grows faster than the company.

Usage: python -m benchmarks.bench_training [--reps 100 300 1000 3000] [--quarters 20] [--out docs/training.svg]
       python -m benchmarks.bench_training --reps 200 --quarters 28

A company is simulated and imported before the clock starts. The memory is that of the largest process, times the number
of periods judged at once where the backtest is the largest: so it is an upper bound.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import numpy as np
from joblib import cpu_count
from matplotlib.figure import Figure

from benchmarks.measure import Cost, child, verdict
from paceline.cli import main as paceline
from training.simulator.crm_export import mapping_of, write_crm_export
from training.simulator.organisation import simulate
from training.simulator.settings import SimulatorSettings

mpl.use("Agg")

CUTOFFS, SEED = 6, 11
BARS = {(200, 28): (300.0, 24_000.0), (1000, 20): (900.0, 4_000.0)}
"""Reps and quarters -> seconds and MB that are asked for."""
LARGEST_EXPONENT = 1.0


@dataclass(frozen=True)
class Size:
    """What one company cost.

    Attributes:
        reps: Seats.
        cost: Of the training process and the processes it started.
    """

    reps: int
    cost: Cost

    @property
    def peak_mb(self) -> float:
        """Most memory that all processes can have held together, MB."""
        return self.cost.peak_mb * (1 + cpu_count())


def prepare(folder: Path, reps: int, quarters: int) -> Path:
    """Return the home folder of a simulated company whose CRM export was imported."""
    organisation = simulate(SimulatorSettings.preset("realistic", seed=SEED, reps=reps, quarters=quarters))
    export, home = folder / "export", folder / "home"
    write_crm_export(organisation, export)
    code = paceline(["--home", str(home), "ingest", str(export), "--mapping", mapping_of(organisation, export)])
    if code != 0:
        raise SystemExit(f"the export of {reps} reps was refused with exit code {code}")
    return home


def measure(reps: int, quarters: int) -> Size:
    """Return what training a company costs, with a backtest over `CUTOFFS` periods."""
    with tempfile.TemporaryDirectory() as scratch:
        home = prepare(Path(scratch), reps, quarters)
        return Size(reps, child(["-m", "paceline", "--home", str(home), "train", "--cutoffs", str(CUTOFFS)]))


def exponent(reps: Sequence[float], seconds: Sequence[float]) -> float:
    """Return the power of the number of reps with which the time grows, by least squares on logs.

    Examples:
        >>> round(exponent([100, 1000], [10.0, 100.0]), 6)
        1.0
    """
    return float(np.polyfit(np.log(reps), np.log(seconds), 1)[0])


def draw(sizes: Sequence[Size], path: Path) -> None:
    """Draw seconds over reps on logarithmic scales, beside a line that grows as fast as the company."""
    figure = Figure(figsize=(5.6, 3.6), layout="constrained")
    axes = figure.subplots()
    reps = np.array([size.reps for size in sizes], dtype=np.float64)
    cpu = np.array([size.cost.cpu for size in sizes])
    axes.loglog(reps, cpu, marker="o", color="#1b6ca8", label="training, CPU seconds")
    axes.loglog(reps, cpu[0] * reps / reps[0], color="#b9b9b9", ls="--", label="as fast as the company")
    axes.set_xticks(reps, [f"{size.reps:,}" for size in sizes])
    axes.minorticks_off()
    axes.set_xlabel("reps (simulated company)")
    axes.legend(frameon=False, fontsize=8)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None})


def main() -> int:
    """Print one line per size and the verdicts; return 1 when one is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench_training", description=__doc__)
    parser.add_argument("--reps", type=int, nargs="+", default=[100, 300, 1000, 3000])
    parser.add_argument("--quarters", type=int, default=20)
    parser.add_argument("--out", type=Path, help="write a picture of the growth here")
    given = parser.parse_args()
    sizes = []
    for reps in given.reps:
        sizes.append(measure(reps, given.quarters))
        cost = sizes[-1].cost
        line = f"{reps} reps, {given.quarters} quarters: wall {cost.wall:.1f} s, cpu {cost.cpu:.1f} s"
        sys.stdout.write(f"{line}, largest process {cost.peak_mb:.0f} MB\n")
        sys.stdout.flush()
    lines = []
    for size in sizes:
        if (size.reps, given.quarters) in BARS:
            seconds, megabytes = BARS[size.reps, given.quarters]
            lines.append(verdict(f"training {size.reps} reps, wall", size.cost.wall, seconds, unit=" s"))
            lines.append(verdict(f"training {size.reps} reps, memory at most", size.peak_mb, megabytes, unit=" MB"))
    if len(sizes) > 1:
        power = exponent([size.reps for size in sizes], [size.cost.cpu for size in sizes])
        lines.append(verdict("power of the company's size with which CPU time grows", power, LARGEST_EXPONENT))
    if given.out is not None:
        draw(sizes, given.out)
    sys.stdout.write("\n".join(lines) + "\n")
    return int(any(line.endswith("MISSED") for line in lines))


if __name__ == "__main__":
    sys.exit(main())
