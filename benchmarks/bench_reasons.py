"""Reasons beside the truth: do drivers follow the skills that the simulator hid, and how fast are they made.

The rank correlation of each driver with the latent behind it, within segments, stands beside that of the raw feature
(win rate, new deals, deal size): what anybody could see with the naked eye, the ceiling for an explanation.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shap

from benchmarks.accuracy.companies import imported
from benchmarks.measure import verdict
from models.contracts import CompanyState, FloatArray, ForecastPaths
from models.explain.deals import explain_deals
from models.explain.settings import ExplainSettings
from models.explain.shapley import FACTORS
from models.explain.structural import explain
from models.forecasters.paceline import PacelineForecaster
from models.simulation.deal_parts import DealParts
from paceline.settings import CommandSettings
from paceline.workspace import open_history
from training.backtest.rolling import state_of_period
from training.dataset import company_state, training_history
from training.plan import plan_training
from training.reports.reason_checks import checks_table, reason_checks
from training.simulator.crm_people import manager_ids
from training.simulator.crm_values import identifiers
from training.simulator.organisation import Organisation, simulate
from training.simulator.settings import SimulatorSettings

PAIRS = (
    ("prospecting", "volume", "new_deals_91d"),
    ("win_skill", "win", "win_rate"),
    ("price", "size", "won_deal_size"),
)
"""Latent, driver that should follow it, raw feature that anybody could look at."""
PROTOTYPE = {"prospecting": 0.49, "win_skill": 0.63, "price": 0.37}
SHARE_OF_CEILING, SECONDS, REPS, DEALS = 0.90, 30.0, 1000, 30
SAMPLE = 3000
"""Rows that the peer explains."""
SETTINGS = ExplainSettings(widen=True)


def recovery(seeds: Sequence[int], reps: int, quarters: int, folds: int) -> pd.DataFrame:
    """Return one row per rep, cutoff and seed: latents, drivers in points of quota and raw features."""
    return pd.concat([_company(seed, reps, quarters, folds) for seed in seeds], ignore_index=True)


def _company(seed: int, reps: int, quarters: int, folds: int) -> pd.DataFrame:
    organisation = simulate(SimulatorSettings.preset("realistic", seed=seed, reps=reps, quarters=quarters))
    with tempfile.TemporaryDirectory() as scratch:
        history = open_history(imported(organisation, Path(scratch)), CommandSettings())
        plan = plan_training(history, organisation.last_day, folds)
        rows = []
        for number, fold in enumerate(plan.folds):
            learned = training_history(
                history,
                fold.trained_on,
                plan.cutoffs_before(fold.trained_on),
                deal_cutoffs=plan.deal_cutoffs_before(fold.trained_on),
            )
            model = PacelineForecaster().fit(learned)
            for lead, day in fold.leads:
                state = state_of_period(company_state(history, day), fold)
                rows.append(_drivers(model, state).assign(lead=lead, cutoff=str(day)))
            if number == len(plan.folds) - 1:
                sys.stdout.write(checks_table(reason_checks(model, learned, refits=3, seed=7)).to_string() + "\n")
                sys.stdout.write(timing(model, learned.now))
    return pd.concat(rows, ignore_index=True).merge(_latents(organisation), on="rep_id").assign(seed=seed)


def _drivers(model: PacelineForecaster, state: CompanyState) -> pd.DataFrame:
    paths = model.simulate(state, 400, 7)
    shares = explain(state, paths, model.structure(state, paths), SETTINGS).shares
    columns = ["rep_id", "segment", "tenure_days", *(feature for _, _, feature in PAIRS)]
    frame = paths.targets.iloc[shares.rows][columns].reset_index(drop=True)
    return frame.assign(**{f"driver_{name}": shares.factors[index] for index, name in enumerate(FACTORS)})


def _latents(organisation: Organisation) -> pd.DataFrame:
    people = organisation.truth.people
    leaders = len(manager_ids(organisation))
    ids = identifiers("005", np.arange(len(people)) + leaders)
    return pd.DataFrame({"rep_id": ids, **{name: people[name].to_numpy() for name, _, _ in PAIRS}})


def within_segment(rows: pd.DataFrame, one: str, other: str) -> float:
    """Return the mean rank correlation of two columns inside (seed, cutoff, segment), weighted by their rows."""
    values, weights = [], []
    for _, group in rows.dropna(subset=[one, other]).groupby(["seed", "cutoff", "segment"], sort=True):
        if len(group) >= 10:
            values.append(group[one].corr(group[other], method="spearman"))
            weights.append(len(group))
    return float(np.average(values, weights=weights))


def report(rows: pd.DataFrame) -> str:
    """Return the table of recovery and one verdict per latent."""
    lines = [f"{len(rows)} rep-cutoffs; rank correlation with the truth, within segments"]
    lines.append(f"{'latent':14s}{'driver':>9s}{'ceiling':>9s}{'share':>8s}{'prototype':>11s}")
    verdicts = []
    for latent, driver, feature in PAIRS:
        found, ceiling = within_segment(rows, f"driver_{driver}", latent), within_segment(rows, feature, latent)
        lines.append(f"{latent:14s}{found:9.2f}{ceiling:9.2f}{found / ceiling:8.0%}{PROTOTYPE[latent]:11.2f}")
        verdicts.append(verdict(f"{latent}, share of the ceiling", found / ceiling, SHARE_OF_CEILING, at_most=False))
    by_lead = [
        f"  {lead}: "
        + ", ".join(
            f"{name} {within_segment(part, f'driver_{driver}', name):.2f} of {within_segment(part, raw, name):.2f}"
            for name, driver, raw in PAIRS
        )
        for lead, part in rows.groupby("lead", sort=True)
    ]
    return "\n".join([*lines, *by_lead, *verdicts]) + "\n"


def timing(model: PacelineForecaster, state: CompanyState) -> str:
    """Return how long the reasons of `REPS` reps with `DEALS` open deals each take, beside shap's TreeExplainer."""
    state = replace(state, targets=state.targets[state.targets["starts_in"] <= 1].reset_index(drop=True))
    paths = model.simulate(state, 400, 7)
    rows = [int(r) for r in paths.targets.drop_duplicates("rep_id").index]
    parts = model.deal_parts(state, paths, rows)
    assert parts is not None and parts.inputs is not None  # noqa: PT018
    many, wide = _many(parts, paths)
    assert many.inputs is not None
    found = model.deal_inputs(state)
    assert found is not None
    booster: Any = found[0]
    inputs = many.inputs.to_numpy()
    sample, explainer = inputs[:SAMPLE], shap.TreeExplainer(booster)
    margins, contributed = measured(lambda: booster.predict(inputs, pred_contrib=True, num_threads=1))
    reasons, worded = measured(lambda: explain_deals(replace(many, margins=margins), wide))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs, peer = measured(lambda: np.asarray(explainer.shap_values(sample)))
    ours, other = len(margins) / contributed.cpu, len(sample) / peer.cpu
    return (
        # Processor time over all threads is at least what a quiet machine takes, and other work does not lengthen it.
        verdict(
            f"reasons of {REPS} reps x {DEALS} deals, processor time",
            contributed.cpu + worded.cpu,
            SECONDS,
            unit=" s",
        )
        + f"\n  contributions {contributed}, words for {len(reasons.docs)} reps {worded}\n"
        f"  rows a second of processor time: served contributions {ours:,.0f}, shap.TreeExplainer on the same model"
        f" {other:,.0f} ({ours / other:.2f} x); largest difference"
        f" {np.abs(theirs - margins[: len(sample), :-1]).max():.1e}\n"
    )


@dataclass(frozen=True)
class Spent:
    """Seconds that something took: by the clock, and of processor time over all threads."""

    wall: float
    cpu: float

    def __str__(self) -> str:
        """Return both in words."""
        return f"{self.wall:.1f} s ({self.cpu:.1f} s of processor time)"


def measured(work: Callable[[], Any]) -> tuple[Any, Spent]:
    """Return what `work` returns and what it took."""
    wall, cpu = time.perf_counter(), time.process_time()
    done = work()
    return done, Spent(time.perf_counter() - wall, time.process_time() - cpu)


def _many(parts: DealParts, paths: ForecastPaths) -> tuple[DealParts, ForecastPaths]:
    """Return the same deals and targets again and again, until there are `REPS` reps with `DEALS` deals each."""
    deal = np.resize(np.arange(len(parts.deals)), REPS * DEALS)
    owner = np.repeat(np.arange(REPS), DEALS)
    target = np.resize(np.flatnonzero(paths.targets["quota"] > 0), REPS)
    names = np.array([f"r{i}" for i in range(REPS)])
    wide = ForecastPaths(
        paths.targets.iloc[target].reset_index(drop=True).assign(rep_id=names),
        paths.booked[target],
        paths.open_deals[target],
        paths.new_deals[target],
    )
    assert parts.inputs is not None
    return DealParts(
        deals=parts.deals.iloc[deal].reset_index(drop=True).assign(rep_id=names[owner]),
        target=owner,
        inputs=parts.inputs.iloc[deal].reset_index(drop=True),
        margins=None,
        expected=_at(parts.expected, deal),
        served=_at(parts.served, deal),
        pending={},
    ), wide


def _at(values: FloatArray, rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> FloatArray:
    return np.asarray(values[rows], dtype=np.float64)


def main() -> None:
    """Run recovery, checks and timing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[11])
    parser.add_argument("--reps", type=int, default=200)
    parser.add_argument("--quarters", type=int, default=16)
    parser.add_argument("--folds", type=int, default=3)
    options = parser.parse_args()
    rows = recovery(options.seeds, options.reps, options.quarters, options.folds)
    sys.stdout.write(report(rows))


if __name__ == "__main__":
    main()
