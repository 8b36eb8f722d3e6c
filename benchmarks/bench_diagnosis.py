"""The miss in causes beside the truth: companies that were simulated with one thing wrong, and what the split says.

Each company is simulated from the same seed as it would have been, and with one cause planted: quotas too high, fewer
deals born, or less skill at winning, from the quarter before the judged one on. A forecaster learns before the judged
quarter; the split is asked at a quarter, half and three quarters of it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.accuracy.companies import imported
from benchmarks.measure import verdict
from models.contracts import CompanyState
from models.diagnosis.miss import split_miss
from models.diagnosis.shares import CAUSES
from models.forecasters.paceline import PacelineForecaster
from paceline.settings import CommandSettings
from paceline.workspace import open_history
from service.scoring.job import current_rows
from training.backtest.rolling import state_of_period
from training.dataset import company_state, training_history
from training.plan import plan_training
from training.simulator.crm_people import manager_ids
from training.simulator.crm_values import identifiers
from training.simulator.organisation import Organisation, simulate
from training.simulator.settings import SimulatorSettings

PLANTED: Mapping[str, dict[str, float]] = {
    "plan": {"regime_quota": 1.6},
    "leads": {"regime_creation": 0.5},
    "skill": {"regime_skill": -1.0},
}
"""What is changed, by the cause that should be named."""
NOTHING = {"regime_creation": 1.0}
FIRST_LEAD, QUARTERS_CHANGED = "day 0", 3
NAMED = 0.8
PAIRS = (("leads", "prospecting"), ("skill", "win_skill"))


def companies(seeds: Sequence[int], reps: int, quarters: int) -> pd.DataFrame:
    """Return one row per company, moment and team: what was planted, and the points that each cause adds."""
    rows = []
    for seed in seeds:
        for planted, change in {"none": NOTHING, **PLANTED}.items():
            rows.append(_company(seed, reps, quarters, change).assign(planted=planted, seed=seed))
    return pd.concat(rows, ignore_index=True)


def _company(seed: int, reps: int, quarters: int, change: Mapping[str, float]) -> pd.DataFrame:
    settings = SimulatorSettings.preset(
        "realistic", seed=seed, reps=reps, quarters=quarters, regime_quarters=QUARTERS_CHANGED, **change
    )
    organisation = simulate(settings)
    with tempfile.TemporaryDirectory() as scratch:
        history = open_history(imported(organisation, Path(scratch)), CommandSettings())
        plan = plan_training(history, organisation.last_day, 1)
        fold = plan.folds[-1]
        before = plan.cutoffs_before(fold.trained_on)
        deals = plan.deal_cutoffs_before(fold.trained_on)
        learned = training_history(history, fold.trained_on, before, deal_cutoffs=deals)
        model = PacelineForecaster().fit(learned)
        told = [
            _told(model, state_of_period(company_state(history, day), fold)).assign(lead=lead)
            for lead, day in fold.leads
            if lead != FIRST_LEAD
        ]
    return pd.concat(told, ignore_index=True).merge(_latents(organisation), on="rep_id", how="left")


def _told(model: PacelineForecaster, state: CompanyState) -> pd.DataFrame:
    paths = model.simulate(state, 400, 7)
    found = split_miss(state, paths, model.structure(state, paths), current_rows(paths))
    frame = paths.targets.iloc[found.rows][["rep_id", "team_id", "segment", "tenure_days"]].reset_index(drop=True)
    low, high = np.quantile(found.draws, (0.05, 0.95), axis=0)
    for index, cause in enumerate(CAUSES):
        frame[cause] = found.causes[index]
        frame[f"{cause}_width"] = high[index] - low[index]
    return frame.assign(quota=found.quota, miss=found.miss)


def _latents(organisation: Organisation) -> pd.DataFrame:
    people = organisation.truth.people
    ids = identifiers("005", np.arange(len(people)) + len(manager_ids(organisation)))
    return pd.DataFrame({"rep_id": ids, **{name: people[name].to_numpy() for _, name in PAIRS}})


def summed(rows: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return points of quota of sums over people: each cause in currency, divided by the sum of quotas."""
    amounts = rows.assign(**{cause: rows[cause] * rows["quota"] for cause in [*CAUSES, "miss"]})
    total = amounts.groupby(list(by))[[*CAUSES, "miss", "quota"]].sum()
    points: pd.DataFrame = total[[*CAUSES, "miss"]].div(total["quota"], axis=0)
    return points


def report(rows: pd.DataFrame) -> str:
    """Return how often the planted cause leads, for companies and teams, and how causes follow the hidden skills."""
    lines = [f"{rows['seed'].nunique()} seeds; points of quota, mean over companies and moments"]
    company = summed(rows, ["planted", "seed", "lead"])
    lines.append(company.groupby("planted").mean().round(1).to_string())
    verdicts = []
    for name, by in (("company", ["seed", "lead"]), ("team", ["seed", "lead", "team_id"])):
        points = summed(rows, ["planted", *by])
        base = points.loc["none"]
        for planted in PLANTED:
            mine = points.loc[planted]
            # In points of the untouched quota: a higher quota alone would make every other cause look smaller.
            scale = PLANTED[planted].get("regime_quota", 1.0)
            more = (scale * mine - base).dropna()[list(CAUSES)]
            rose, leads = (more.idxmax(axis=1) == planted).mean(), (mine[list(CAUSES)].idxmax(axis=1) == planted).mean()
            lines.append(f"{name:8s} {planted:6s} rose most in {rose:4.0%}, leads in {leads:4.0%} of {len(mine)}")
            if name == "company":
                verdicts.append(
                    verdict(f"{planted} planted in a company, rose most", float(rose), NAMED, at_most=False)
                )
    usual = rows[rows["planted"] == "none"]
    for cause, latent in PAIRS:
        lines.append(
            f"rank correlation of {cause} with less {latent}, within segments: {_follows(usual, cause, latent):.2f}"
        )
    return "\n".join([*lines, *verdicts]) + "\n"


def _follows(rows: pd.DataFrame, cause: str, latent: str) -> float:
    found = [
        -part[cause].corr(part[latent], method="spearman")
        for _, part in rows.dropna(subset=[latent]).groupby(["seed", "lead", "segment"])
        if len(part) >= 8
    ]
    return float(np.mean(found))


def main() -> None:
    """Plant each cause and print what the split says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[11, 12, 13])
    parser.add_argument("--reps", type=int, default=64)
    parser.add_argument("--quarters", type=int, default=12)
    parser.add_argument("--keep", type=Path, default=None, help="write the rows to this CSV file")
    options = parser.parse_args()
    rows = companies(options.seeds, options.reps, options.quarters)
    if options.keep is not None:
        rows.to_csv(options.keep, index=False)
    sys.stdout.write(report(rows))


if __name__ == "__main__":
    main()
