"""The served forecaster beside every baseline on simulated companies: error, coverage and skill per lead.

The companies are simulated: figures say how much of a known truth is found, not how a real company would fare.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import pandas as pd

from benchmarks.measure import verdict
from paceline.cli import main as paceline
from paceline.commands.demo import demo_day
from training.backtest.summary import skill, summarise
from training.simulator.crm_export import write_crm_export
from training.simulator.organisation import simulate
from training.simulator.settings import SimulatorSettings
from training.train import BASELINES, SERVED


def rows_of(reps: int, quarters: int, seed: int, folds: int) -> pd.DataFrame:
    """Simulate a company, import its export and return its backtest rows."""
    with tempfile.TemporaryDirectory() as scratch:
        home, export, out = Path(scratch) / "home", Path(scratch) / "export", Path(scratch) / "rows.parquet"
        organisation = simulate(SimulatorSettings(reps=reps, quarters=quarters, seed=seed))
        write_crm_export(organisation, export, until=demo_day(organisation))
        steps = (
            ["ingest", str(export), "--mapping", "salesforce", "--json"],
            ["backtest", "--cutoffs", str(folds), "--out", str(out), "--json"],
        )
        for step in steps:
            if paceline(["--home", str(home), *step]) != 0:
                raise SystemExit(f"{step[0]} failed on seed {seed}")
        return pd.read_parquet(out).assign(seed=seed)


def main() -> None:
    """Run the backtests and print the tables and the bar of each lead."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reps", type=int, default=200)
    parser.add_argument("--quarters", type=int, default=16)
    parser.add_argument("--folds", type=int, default=4)
    parser.add_argument("--seeds", type=int, nargs="+", default=[11])
    options = parser.parse_args()
    rows = pd.concat([rows_of(options.reps, options.quarters, seed, options.folds) for seed in options.seeds])
    summary = summarise(rows)
    sys.stdout.write(summary.round(3).to_string(index=False) + "\n\n")
    table = skill(summary, SERVED, BASELINES)
    sys.stdout.write(table.round(3).to_string(index=False) + "\n\n")
    for line in table[table["measure"] == "crps"].itertuples():
        what = f"CRPS at {line.lead} beside {line.best_name}"
        sys.stdout.write(verdict(what, line.ours / line.best, 1.0, unit="x") + "\n")


if __name__ == "__main__":
    main()
