"""Packs what a rep's worlds are drawn from, so that the web process can ask "what if" without any model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.calibration.recalibration import Recalibration
from models.calibration.spread import GRID, Spread
from models.contracts import CompanyState, FloatArray, ForecastPaths
from models.simulation.outlook import Outlook
from models.simulation.pipeline import PipelineModel
from models.simulation.rep_worlds import CompanyDraws, RepWorlds

DAYS_AHEAD = (7, 14, 28, 42, 56, 70, 91, 126, 182)
"""Days from the as_of at which the chance of each deal is asked for, were it expected to close then."""


@dataclass(frozen=True)
class StoredWorlds:
    """What a snapshot keeps for questions.

    Attributes:
        company: What all reps share.
        reps: What is expected of each rep, by target row; absent where the target is not the running period.
        moved: Per target row and deal, the factor on its hazard were it expected at each of `DAYS_AHEAD`, never rising
            with the day.
        usual: Per segment, mean chance of an open deal by the running period's end, and its mean amount at a win.
    """

    company: CompanyDraws
    reps: Mapping[int, RepWorlds]
    moved: Mapping[int, FloatArray]
    usual: Mapping[str, tuple[float, float]]


def stored_worlds(
    model: tuple[PipelineModel, Recalibration],
    ahead: Outlook,
    state: CompanyState,
    paths: ForecastPaths,
    rows: list[int],
    *,
    seed: int,
) -> StoredWorlds:
    """Pack the worlds of some targets.

    Args:
        model: Fitted model and its corrections.
        ahead: Corrected outlook of `state`, which holds the targets `rows` only.
        state: State cut to those targets.
        paths: Served paths of all targets.
        rows: Rows of the paths, at most one per rep.
        seed: Seed of the served paths.
    """
    pipeline, recalibration = model
    spread = recalibration.running.spread_at(ahead.period.elapsed)
    company = CompanyDraws(
        seed=seed,
        as_of=state.as_of.isoformat(),
        n_paths=paths.open_deals.shape[1],
        shocks=pipeline.shocks.to_json(),
        grids=ahead.opened.log_residuals,
        residuals=ahead.new.log_residuals,
        levels=None if spread == Spread() else spread.levels(np.linspace(0.0, 1.0, GRID)),
    )
    running = int(np.searchsorted(ahead.windows.horizons, ahead.period.ends[0], side="right"))
    inside = (ahead.windows.first == 0) & (ahead.windows.stop == running)
    moved = _moved(pipeline, ahead, state) if len(ahead.deals) else np.zeros((0, len(DAYS_AHEAD)))
    reps, factors = {}, {}
    for place in np.flatnonzero(inside):
        mine = np.flatnonzero(ahead.opened.rep_row == ahead.rep_row[place])
        row = rows[int(place)]
        reps[row] = _rep(ahead, paths, place=int(place), row=row, mine=mine)
        factors[row] = moved[mine]
    return StoredWorlds(company, reps, factors, _usual(ahead, running) if running else {})


def _rep(ahead: Outlook, paths: ForecastPaths, *, place: int, row: int, mine: np.typing.NDArray[np.int64]) -> RepWorlds:
    rep, last = int(ahead.rep_row[place]), int(ahead.windows.stop[place]) - 1
    team = ahead.reps["team_id"].iloc[rep]
    returns = float(ahead.returns.per_day[rep] * ahead.windows.horizons[last]) if ahead.returns.per_day.any() else 0.0
    return RepWorlds(
        rep_id=str(ahead.reps["rep_id"].iloc[rep]),
        team="" if pd.isna(team) else str(team),
        sure=float(paths.booked[row] + ahead.pending[place]),
        deals=tuple(str(name) for name in ahead.opened.opportunity_id[mine]),
        hazard=ahead.opened.hazard[mine, last],
        log_amount=ahead.opened.log_amount[mine],
        kind=ahead.opened.kind[mine],
        wins=float(ahead.new.wins[rep, last]),
        new_log_amount=float(ahead.new.log_amount[rep]),
        doubt=float(ahead.new.doubt[rep]),
        spread=float(ahead.new.spread[rep]),
        returns=returns,
    )


def _moved(pipeline: PipelineModel, ahead: Outlook, state: CompanyState) -> FloatArray:
    """Return the factor on each deal's hazard were it expected at each of `DAYS_AHEAD`; a later date never helps."""
    deals, end = ahead.deals, ahead.period.ends[0]
    now = pipeline.hazard_at(state, deals, end)
    expected = (deals["expected_close"] - deals["as_of"]).dt.days.to_numpy(dtype=np.float64)
    factors = np.ones((len(deals), len(DAYS_AHEAD)))
    for column, days in enumerate(DAYS_AHEAD):
        then = pipeline.hazard_at(state, _expected_at(deals, days), end)
        ratio = np.divide(then, now, out=np.ones(len(deals)), where=now > 0)
        later = days >= np.nan_to_num(expected, nan=float(days))
        factors[:, column] = np.where(later, np.minimum(ratio, 1.0), np.maximum(ratio, 1.0))
    return np.asarray(np.minimum.accumulate(factors, axis=1), dtype=np.float64)


def _expected_at(deals: pd.DataFrame, days: int) -> pd.DataFrame:
    """Return the deals as they would be were each expected in so many days.

    A date that was thought over becomes that day itself, from which nothing drifts on.
    """
    then = deals.assign(expected_close=deals["as_of"] + pd.Timedelta(days=days))
    if "days_to_expected_close" in then:
        then["days_to_expected_close"] = float(days)
    for name, value in (("days_to_redated_close", float(days)), ("days_redated", 0.0)):
        if name in then:
            then[name] = then[name].where(then[name].isna(), value)
    return then


def _usual(ahead: Outlook, running: int) -> dict[str, tuple[float, float]]:
    chance = -np.expm1(-ahead.opened.hazard[:, running - 1])
    segment = ahead.deals["segment"].astype("object").fillna("").to_numpy()
    found = {}
    for name in sorted(set(segment)):
        held = segment == name
        found[str(name)] = (float(chance[held].mean()), float(ahead.mean_open[held].mean()))
    return found
