"""The chance of each open deal beside what the CRM can tell at all: how much of the possible a deal model finds.

Simulated companies come in by the front door. For every open deal the oracle knows the true chance of a win until its
quarter ends, and the observable ceiling what somebody could say who knows every law but sees only the CRM. The
distance to the ceiling (Kullback-Leibler, nats per deal) shows what a model leaves on the table with far less noise
than outcomes do; the log loss on outcomes stands beside it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.accuracy.companies import imported
from models.forecasters.paceline import PacelineForecaster
from paceline.settings import CommandSettings
from paceline.workspace import open_history
from training.backtest.folds import Fold
from training.backtest.rolling import state_of_period
from training.dataset import company_state, training_history
from training.plan import plan_training
from training.simulator.ceiling import Ceiling
from training.simulator.crm_values import identifiers
from training.simulator.oracle import chances_at
from training.simulator.organisation import Organisation, simulate
from training.simulator.settings import SimulatorSettings
from training.train import backtest_settings

PATHS = 400
KNOWERS = ("ceiling", "oracle")
LEAST = 0.003
"""Chances nearer to 0 or 1 cannot be told from it in `PATHS` worlds."""


def company_chances(seed: int, reps: int, quarters: int, folds: int) -> pd.DataFrame:
    """Return one row per open deal and cutoff of the judged quarters of one company.

    Returns:
        `seed, fold, lead, opportunity_id, won` (in the quarter) and the chances of each forecaster: `paceline,
        stage_rate, ceiling, oracle`.
    """
    organisation = simulate(SimulatorSettings.preset("realistic", seed=seed, reps=reps, quarters=quarters))
    ceiling, frames = Ceiling(organisation), []
    with tempfile.TemporaryDirectory() as scratch:
        history = open_history(imported(organisation, Path(scratch)), CommandSettings())
        plan = plan_training(history, organisation.last_day, folds)
        settings = backtest_settings(plan)
        for number, fold in enumerate(plan.folds):
            eve = fold.trained_on
            past = training_history(
                history, eve, settings.history_cutoffs(eve), deal_cutoffs=settings.deal_cutoffs(eve)
            )
            model = PacelineForecaster().fit(past)
            for lead, as_of in fold.leads:
                state = state_of_period(company_state(history, as_of), fold)
                own = pd.DataFrame(
                    {
                        "opportunity_id": state.deals["opportunity_id"],
                        "stage_rate": stage_rates(past.deals, state.deals, fold),
                    }
                ).merge(model.deal_chances(state).rename("paceline"), on="opportunity_id")
                true = {
                    "ceiling": ceiling.chances_at(as_of, PATHS, seed=seed),
                    "oracle": chances_at(organisation, as_of, PATHS, seed=seed),
                }
                known = pd.DataFrame(true).assign(won=won_by(organisation, true["oracle"].index, fold))
                known.index = pd.Index(identifiers("006", known.index.to_numpy(dtype=np.int64)), name="opportunity_id")
                frames.append(own.merge(known.reset_index(), on="opportunity_id").assign(fold=number, lead=lead))
            sys.stderr.write(f"seed {seed}: judged {fold.period.start}..{fold.period.end}\n")
    return pd.concat(frames, ignore_index=True).assign(seed=seed)


def won_by(organisation: Organisation, deals: pd.Index, fold: Fold) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return whether each deal was won by the end of the fold's period."""
    truth = organisation.truth.deals.set_index("deal").loc[deals]
    end = (pd.Timestamp(fold.period.end) - pd.Timestamp(0)).days
    return np.asarray(truth["won"] & (truth["closed"] >= 0) & (truth["closed"] <= end), dtype=np.bool_)


def stage_rates(past: pd.DataFrame, deals: pd.DataFrame, fold: Fold) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the share of past open deals of the same stage, seen as long before a quarter's end, won by that end.

    Args:
        past: Open deals at past cutoffs with labels.
        deals: Open deals now.
        fold: The period in which the deals stand.
    """
    ends = past["as_of"] + pd.Timedelta(days=1) + pd.offsets.QuarterEnd(0)
    left = (ends - past["as_of"]).dt.days.to_numpy()
    now = (pd.Timestamp(fold.period.end) - deals["as_of"]).dt.days.to_numpy()
    settled = (past["observed_until"] >= ends).to_numpy()
    won = (past["won_on"] <= ends).to_numpy()
    out = np.full(len(deals), won[settled].mean())
    for stage in deals["stage"].unique():
        mine = (deals["stage"] == stage).to_numpy()
        same = settled & (past["stage"] == stage).to_numpy() & (np.abs(left - np.median(now)) <= 10)
        if same.any():
            out[mine] = (won[same].sum() + 1.0) / (same.sum() + 2.0)
    return np.asarray(out, dtype=np.float64)


def judged(rows: pd.DataFrame) -> pd.DataFrame:
    """Return, per lead and forecaster, deals, log loss on outcomes and distance to the ceiling, nats per deal."""
    names = ("paceline", "stage_rate", *KNOWERS)
    known = rows["ceiling"].clip(LEAST, 1 - LEAST).to_numpy(dtype=np.float64)
    won = rows["won"].to_numpy(dtype=np.float64)
    parts = []
    for name in names:
        chance = rows[name].clip(LEAST, 1 - LEAST).to_numpy(dtype=np.float64)
        parts.append(
            pd.DataFrame(
                {
                    "lead": rows["lead"],
                    "forecaster": name,
                    "log_loss": -(won * np.log(chance) + (1 - won) * np.log1p(-chance)),
                    "distance": known * np.log(known / chance) + (1 - known) * (np.log1p(-known) - np.log1p(-chance)),
                    "said": chance,
                    "came": won,
                }
            )
        )
    table = pd.concat(parts).groupby(["lead", "forecaster"], sort=True)
    return table.agg(
        deals=("came", "size"),
        log_loss=("log_loss", "mean"),
        distance=("distance", "mean"),
        said=("said", "mean"),
        came=("came", "mean"),
    ).reset_index()


def share_found(table: pd.DataFrame) -> float:
    """Return the mean over leads of the share of the distance from the stage's rate to the ceiling that is closed."""
    distance = table.pivot(index="lead", columns="forecaster", values="distance")
    return float((1.0 - distance["paceline"] / distance["stage_rate"]).mean())


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench_chances", description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[11, 13])
    parser.add_argument("--reps", type=int, default=100)
    parser.add_argument("--quarters", type=int, default=16)
    parser.add_argument("--folds", type=int, default=4)
    options = parser.parse_args()
    rows = [company_chances(seed, options.reps, options.quarters, options.folds) for seed in options.seeds]
    table = judged(pd.concat(rows, ignore_index=True))
    sys.stdout.write(table.round(4).to_string(index=False) + "\n")
    sys.stdout.write(
        f"share of the distance from the stage's win rate to the ceiling that is closed: {share_found(table):.3f}\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
