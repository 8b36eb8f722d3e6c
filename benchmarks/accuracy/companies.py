"""Simulated companies through the front door: simulate, import the export, backtest everybody beside the oracle."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pandas as pd

from benchmarks.accuracy.oracle import CEILING, ORACLE, KnowingForecaster
from benchmarks.accuracy.watched import Total, Watched
from models.contracts import Forecaster
from models.forecasters import all_forecasters
from models.metrics.randomised_pit import randomised_pit
from paceline.cli import main as paceline
from paceline.home import Home
from paceline.settings import CommandSettings
from paceline.workspace import open_history
from training.backtest.rolling import rolling_backtest
from training.plan import TrainingPlan, plan_training
from training.simulator.crm_export import mapping_of, write_crm_export
from training.simulator.organisation import Organisation, simulate
from training.simulator.settings import SimulatorSettings
from training.train import backtest_settings

LEFT_OUT = {"series"}
"""Forecasters that stand behind another one and are judged on companies without a pipeline only."""


@dataclass(frozen=True)
class Case:
    """One simulated company to judge on.

    Attributes:
        preset: Name of a difficulty (`training.simulator.settings.PRESETS`).
        seed: Seed of everything drawn.
        reps: Seats.
        quarters: Recorded quarters.
        folds: Quarters that are judged, the last ones.
        paths: Simulated worlds per forecast.
        names: Forecasters to judge beside the oracle; empty for all.
    """

    preset: str
    seed: int
    reps: int
    quarters: int
    folds: int
    paths: int = 400
    names: tuple[str, ...] = ()


def judge_case(case: Case) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return backtest rows of every forecaster, and rows of company and team totals.

    Args:
        case: The company.

    Returns:
        The rows of `rolling_backtest` with `preset, seed`; and `preset, seed, forecaster, period_start, lead, team,
        reps, mean, q10, q90, outcome, pit` of totals, currency.
    """
    settings = SimulatorSettings.preset(case.preset, seed=case.seed, reps=case.reps, quarters=case.quarters)
    organisation = simulate(settings)
    with tempfile.TemporaryDirectory() as scratch:
        home = imported(organisation, Path(scratch))
        history = open_history(home, CommandSettings())
        plan = plan_training(history, organisation.last_day, case.folds)
        totals: list[Total] = []
        rows = rolling_backtest(
            history,
            _watched(case, organisation, totals),
            plan.folds,
            settings=replace(backtest_settings(plan), n_paths=case.paths),
            settled_on=organisation.last_day,
            progress=lambda what, share: None,
        )
    marks = {"preset": case.preset, "seed": case.seed}
    return rows.assign(**marks), _totals(totals, rows, plan).assign(**marks)


def imported(organisation: Organisation, scratch: Path) -> Home:
    """Return a home folder below `scratch` into which the company's CRM export was imported."""
    export, home = scratch / "export", scratch / "home"
    write_crm_export(organisation, export)
    code = paceline(["--home", str(home), "ingest", str(export), "--mapping", mapping_of(organisation, export)])
    if code != 0:
        raise SystemExit(f"the export of seed {organisation.settings.seed} was refused with exit code {code}")
    return Home(home)


def _watched(case: Case, organisation: Organisation, totals: list[Total]) -> Mapping[str, Callable[[], Forecaster]]:
    found = {name: make for name, make in all_forecasters().items() if name not in LEFT_OUT}
    wanted = case.names or tuple(found)
    makers: dict[str, Callable[[], Forecaster]] = {name: partial(_watch, found[name], name, totals) for name in wanted}
    knowing = (ORACLE, CEILING) if organisation.settings.pipeline else (ORACLE,)
    return makers | {
        name: partial(_watch, partial(KnowingForecaster, organisation, name), name, totals) for name in knowing
    }


def _watch(make: Callable[[], Forecaster], name: str, totals: list[Total]) -> Watched:
    return Watched(make(), name, totals)


def _totals(totals: list[Total], rows: pd.DataFrame, plan: TrainingPlan) -> pd.DataFrame:
    """Return one row per total, with what its reps brought in together."""
    leads = {pd.Timestamp(day): (lead, fold.period.start) for fold in plan.folds for lead, day in fold.leads}
    outcome = rows.drop_duplicates(["period_start", "rep_id"]).set_index(["period_start", "rep_id"])["outcome"]
    lines = []
    for number, total in enumerate(totals):
        lead, start = leads[total.as_of]
        known = outcome.reindex([(pd.Timestamp(start), rep) for rep in total.reps])
        if known.isna().any():
            continue
        came = float(known.sum())
        lines.append(
            {
                "forecaster": total.forecaster,
                "period_start": pd.Timestamp(start),
                "lead": lead,
                "team": total.team,
                "reps": len(total.reps),
                "mean": float(total.paths.mean()),
                "q10": float(pd.Series(total.paths).quantile(0.1)),
                "q90": float(pd.Series(total.paths).quantile(0.9)),
                "outcome": came,
                "pit": float(randomised_pit(total.paths[None, :], pd.Series([came]).to_numpy(), seed=number)[0]),
            }
        )
    return pd.DataFrame(lines)
