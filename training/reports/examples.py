"""Six example forecasts to look at: reps spread from the lowest to the highest chance of meeting quota."""

from __future__ import annotations

from dataclasses import replace

import matplotlib.dates as mdates
import numpy as np
import pandas as pd

from models.contracts import CompanyState, Forecaster
from models.unfolding import unfold
from training.reports.plots import Fan

LEVELS = (0.10, 0.25, 0.50, 0.75, 0.90)
N_PATHS = 400


def example_forecasts(model: Forecaster, state: CompanyState, *, seed: int, count: int = 6) -> list[Fan]:
    """Return fans of `count` current targets, spread over the range of chances.

    Args:
        model: Fitted forecaster.
        state: Company state to forecast.
        seed: Seed of the simulation.
        count: Number of fans.
    """
    targets = current_targets(state)
    if targets.empty:
        return []
    paths = model.simulate(replace(state, targets=targets), N_PATHS, seed)
    quota = targets["quota"].to_numpy(dtype=np.float64)
    chance = np.where(quota > 0, (paths.attained >= quota[:, None]).mean(axis=1), 0.0)
    order = np.argsort(chance, kind="stable")
    picks = [int(pick) for pick in order[np.linspace(0, len(order) - 1, min(count, len(order))).astype(int)]]
    shown = unfold(model, state, paths, picks, seed=seed)
    fans = []
    for pick, days, amounts in zip(picks, shown.days, shown.amounts, strict=True):
        target = targets.iloc[pick]
        line = _booked(state, str(target["rep_id"]), target["period_start"])
        levels = np.quantile(amounts, LEVELS, axis=1)
        fans.append(
            Fan(
                title=f"{target['rep_name']}, to {days[-1]}: {chance[pick]:.0%} chance",
                booked_days=[*line.index, mdates.date2num(days[0])],
                booked=[*line.to_numpy(), float(paths.booked[pick])],
                days=[mdates.date2num(day) for day in days],
                quantiles=dict(zip(LEVELS, levels, strict=True)),
                quota=float(quota[pick]),
            )
        )
    return fans


def current_targets(state: CompanyState) -> pd.DataFrame:
    """Return the targets of the longest grain below a year whose period contains the next day, one per rep."""
    targets = state.targets[state.targets["grain"].isin(["quarter", "month"]) & (state.targets["status"] != "left")]
    begun = targets[targets["starts_in"] <= 1]
    longest = begun.sort_values(["rep_id", "days_left"]).groupby(["rep_id", "metric"], sort=True).tail(1)
    return longest.reset_index(drop=True)


def _booked(state: CompanyState, rep_id: str, start: pd.Timestamp) -> pd.Series:
    mine = state.bookings[(state.bookings["rep_id"] == rep_id) & (state.bookings["day"] >= start)]
    daily = mine.groupby("day", sort=True)["amount"].sum().cumsum()
    return pd.Series(daily.to_numpy(), index=[mdates.date2num(day) for day in daily.index])
