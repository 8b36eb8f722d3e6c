"""Returns: bookings that are taken back, where the company declares them normal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from features.domain.vocabulary import REVENUE
from models.contracts import CompanyState, FloatArray
from models.simulation.days import day_number, day_numbers
from models.simulation.streams import stream
from models.simulation.worlds import N_RESIDUALS

MEMORY_DAYS = 730
PSEUDO_BOOKINGS = 4.0


@dataclass(frozen=True)
class ReturnsBook:
    """What each rep is expected to lose again.

    Attributes:
        per_day: Expected number of returns per day, shape (n_reps,).
        usual: Usual booking of the rep, currency, shape (n_reps,).
        ratios: Quantile grid of a return's size relative to the usual booking, shape (N_RESIDUALS,).
    """

    per_day: FloatArray
    usual: FloatArray
    ratios: FloatArray

    def expected(self, horizons: FloatArray) -> FloatArray:
        """Return expected currency taken back per rep and segment between horizons, shape (n_reps, n_horizons)."""
        days = np.diff(horizons, prepend=0.0)
        per_day = self.per_day * self.usual * self.ratios.mean()
        return np.asarray(per_day[:, None] * days[None, :], dtype=np.float64)

    def draw(self, rep_ids: pd.Series, horizons: FloatArray, *, n_paths: int, seed: int, as_of: str) -> FloatArray:
        """Return currency taken back per rep, segment and world, >= 0, shape (n_reps, n_horizons, n_paths)."""
        out = np.zeros((len(rep_ids), len(horizons), n_paths))
        for row, rep_id in enumerate(rep_ids.astype("str")):
            most = float(self.per_day[row] * horizons.max(initial=0.0))
            if most <= 0.0:
                continue
            size = (int(np.ceil(most + 6.0 * np.sqrt(most) + 6.0)), n_paths)
            gaps = stream(seed, "returns", as_of, rep_id).standard_exponential(size)
            day = np.cumsum(gaps, axis=0) / self.per_day[row]
            pick = stream(seed, "return sizes", as_of, rep_id).integers(0, N_RESIDUALS, size)
            amount = self.usual[row] * self.ratios[pick]
            taken = [np.where(day <= horizon, amount, 0.0).sum(axis=0) for horizon in horizons]
            out[row] = np.diff(np.stack([np.zeros(n_paths), *taken]), axis=0)
        return out


def returns_book(state: CompanyState, rep_ids: pd.Series) -> ReturnsBook:
    """Return what the bookings of the last `MEMORY_DAYS` say about returns; none where they are not declared normal.

    Every rep's bookings come back as often as the company's do: returns are too rare to tell reps apart.
    """
    none = np.zeros(len(rep_ids))
    if not state.returns_allowed:
        return ReturnsBook(none, none, np.zeros(N_RESIDUALS))
    rows = state.bookings[state.bookings["metric"] == REVENUE].sort_values(["rep_id", "day", "known_on"], kind="stable")
    age = day_number(state.as_of) - day_numbers(rows["day"])
    rows, age = rows[age < MEMORY_DAYS], age[age < MEMORY_DAYS]
    sold, back = rows[rows["amount"] > 0], rows[rows["amount"] < 0]
    if back.empty or sold.empty:
        return ReturnsBook(none, none, np.zeros(N_RESIDUALS))
    mean = float(sold["amount"].sum() / sold["n"].sum())
    sums = sold.groupby("rep_id", sort=True)[["amount", "n"]].sum()
    usual = (sums["amount"] + PSEUDO_BOOKINGS * mean) / (sums["n"] + PSEUDO_BOOKINGS)
    ratio = (-back["amount"] / back["n"].clip(lower=1) / back["rep_id"].map(usual).fillna(mean)).to_numpy(np.float64)
    share = float(back["n"].sum() / sold["n"].sum())
    per_day = sums["n"] / max(float(age.max()) + 1.0, 1.0) * share
    levels = (np.arange(N_RESIDUALS) + 0.5) / N_RESIDUALS
    return ReturnsBook(
        per_day=per_day.reindex(rep_ids, fill_value=0.0).to_numpy(dtype=np.float64),
        usual=usual.reindex(rep_ids, fill_value=mean).to_numpy(dtype=np.float64),
        ratios=np.asarray(np.quantile(ratio, levels), dtype=np.float64),
    )
