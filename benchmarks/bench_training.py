"""Training with a backtest over six periods: time and memory by number of reps, beside a plain LightGBM fit.

Each size is trained in a process of its own, from an imported company to a judged and registered model. The peer is one
plain LightGBM fit on the rows that the deal model learns from, at the same sizes, in the same run.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import lightgbm as lgb
import numpy as np
from matplotlib.figure import Figure

from benchmarks.accuracy.companies import imported
from benchmarks.measure import verdict
from benchmarks.process_tree import tree_cost
from paceline.cli import main as paceline
from paceline.home import Home
from paceline.settings import CommandSettings
from paceline.workspace import open_history, resolve_as_of
from training.dataset import training_history
from training.plan import plan_training
from training.simulator.organisation import simulate
from training.simulator.settings import SimulatorSettings

SIZES = (100, 300)
"""Everyday sizes; `--sizes 100 300 1000 3000` takes an hour on two quiet cores."""
QUARTERS, CUTOFFS, SEED = 28, 6, 11
START = date(2018, 1, 1)
"""The recorded quarters end in 2024: an import takes no facts from the future."""
SECONDS = {200: 300.0, 1_000: 900.0}
MEGABYTES = {1_000: 4096.0}
EXPONENT = 1.0
PEER = {"objective": "binary", "num_leaves": 31, "learning_rate": 0.05, "num_threads": 1, "verbosity": -1, "seed": 1}
PEER_TREES = 500


@dataclass(frozen=True)
class Measured:
    """One size.

    Attributes:
        reps: Seats.
        seconds: Wall seconds of `paceline train`.
        processor: Processor seconds of it and all that it started.
        peak_mb: Largest memory of its process tree, MB.
        rows: Rows of open deals that the deal model may learn from.
        peer_seconds: Wall seconds of a plain LightGBM fit on those rows.
    """

    reps: int
    seconds: float
    processor: float
    peak_mb: float
    rows: int
    peer_seconds: float


def exponent(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """Return the power of the size that the cost grows with, by least squares on logarithms; 1.0 is linear.

    Examples:
        Four times the size, eight times the cost: 4 ** 1.5.

        >>> round(exponent([100, 400], [3.0, 24.0]), 6)
        1.5
    """
    return float(np.polyfit(np.log(sizes), np.log(costs), 1)[0])


def measure(reps: int, quarters: int, scratch: Path) -> Measured:
    """Simulate and import a company, train on it and fit the peer; the first two are not measured."""
    organisation = simulate(SimulatorSettings(reps=reps, quarters=quarters, seed=SEED, start=START))
    with redirect_stdout(sys.stderr):
        home = imported(organisation, scratch)
    del organisation
    cost = tree_cost(["-m", "benchmarks.bench_training", "--train-only", str(home.root)])
    peer = json.loads(tree_cost(["-m", "benchmarks.bench_training", "--peer-only", str(home.root)]).output)
    return Measured(reps, cost.wall, cost.cpu, cost.peak_mb, peer["rows"], peer["seconds"])


def train(root: Path) -> int:
    """Train in this process, without serving what comes of it."""
    with redirect_stdout(sys.stderr):
        return paceline(["--home", str(root), "train", "--no-promote", "--cutoffs", str(CUTOFFS)])


def peer(root: Path) -> None:
    """Fit plain LightGBM to the rows of the deal model and print rows and seconds."""
    history = open_history(Home(root), CommandSettings())
    as_of = resolve_as_of(history, None)
    plan = plan_training(history, as_of, CUTOFFS)
    deals = training_history(
        history, as_of, plan.cutoffs_before(as_of), deal_cutoffs=plan.deal_cutoffs_before(as_of)
    ).deals
    inputs = deals.select_dtypes("number").drop(columns=["final_amount"])
    won = deals["won_on"].notna().to_numpy(dtype=np.float64)
    started = time.perf_counter()
    lgb.train(PEER, lgb.Dataset(inputs, won), PEER_TREES)
    sys.stdout.write(json.dumps({"rows": len(deals), "seconds": time.perf_counter() - started}))


def draw(found: Sequence[Measured], path: Path) -> None:
    """Draw time and memory by number of reps, both on logarithmic axes, beside lines of linear growth."""
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    spent, held = figure.subplots(1, 2)
    sizes = np.array([one.reps for one in found], dtype=np.float64)
    for axes, values, name in (
        (spent, [one.seconds for one in found], "training"),
        (spent, [one.peer_seconds for one in found], "plain LightGBM fit of the deal rows"),
        (held, [one.peak_mb for one in found], "training"),
    ):
        (drawn,) = axes.plot(sizes, values, marker="o", label=name)
        axes.plot(
            sizes, values[0] * sizes / sizes[0], linestyle=":", color=drawn.get_color(), label=f"{name}, if linear"
        )
    for axes, unit in ((spent, "seconds"), (held, "MB, all processes")):
        axes.set(xscale="log", yscale="log", xlabel="reps", ylabel=unit)
        axes.legend(fontsize=7, frameon=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None})


def verdicts(found: Sequence[Measured]) -> list[str]:
    """Return one line per bar that these sizes can answer."""
    lines = []
    for one in found:
        if one.reps in SECONDS:
            lines.append(verdict(f"training {one.reps} reps", one.seconds, SECONDS[one.reps], unit=" s"))
        if one.reps in MEGABYTES:
            lines.append(verdict(f"memory for {one.reps} reps", one.peak_mb, MEGABYTES[one.reps], unit=" MB"))
    if len(found) > 1:
        sizes = [one.reps for one in found]
        grown = exponent(sizes, [one.seconds for one in found])
        lines.append(verdict(f"growth of time from {min(sizes)} to {max(sizes)} reps, power", grown, EXPONENT))
        lines.append(f"growth of the peer, power: {exponent(sizes, [one.peer_seconds for one in found]):.3g}")
        lines.append(f"growth of memory, power: {exponent(sizes, [one.peak_mb for one in found]):.3g}")
    return lines


def main() -> int:
    """Measure every size and print; return 1 when a bar is missed."""
    options = _options()
    if options.train_only is not None:
        return train(options.train_only)
    if options.peer_only is not None:
        peer(options.peer_only)
        return 0
    found = []
    sys.stdout.write(f"{'reps':>6s} {'train s':>9s} {'cpu s':>8s} {'peak MB':>8s} {'deal rows':>10s} {'peer s':>8s}\n")
    for reps in sorted(options.sizes):
        with tempfile.TemporaryDirectory() as scratch:
            one = measure(reps, options.quarters, Path(scratch))
        found.append(one)
        figures = f"{one.seconds:9.1f} {one.processor:8.1f} {one.peak_mb:8.0f} {one.rows:10d} {one.peer_seconds:8.1f}"
        sys.stdout.write(f"{reps:6d} {figures}\n")
        sys.stdout.flush()
    options.out.mkdir(parents=True, exist_ok=True)
    document = json.dumps([asdict(one) for one in found], indent=1)
    (options.out / "training.json").write_text(document + "\n", encoding="utf-8")
    draw(found, options.out / "training.svg")
    lines = verdicts(found)
    sys.stdout.write("\n".join(lines) + "\n")
    return int(any(line.endswith("MISSED") for line in lines))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench_training", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="numbers of reps")
    parser.add_argument("--quarters", type=int, default=QUARTERS)
    parser.add_argument("--out", type=Path, default=Path(".bench"), help="folder of training.svg and training.json")
    parser.add_argument("--train-only", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--peer-only", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
