"""The fitted series methods of one measure: weights, trees, spread; forecasts every rep's coming months."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from features.domain.errors import DataMissing
from models.contracts import FloatArray
from models.forecasters.series_candidates import SIMPLE
from models.forecasters.series_combination import MIN_MONTHS, combined, learn_weights, replay_origins
from models.forecasters.series_panel import Panel
from models.forecasters.series_spread import Spread
from models.forecasters.series_trees import BLOCK, OBJECTIVES, BlockTrees, training_rows

YOUNG_PRIOR = 1.0
"""Weight of what newcomers usually book, in months, against a rep's own short series."""

SILENT_PRIOR = 3.0
"""Weight of what newcomers usually book, in months, against months in seat without any booking."""

NEWCOMER_MONTHS = 6
MIN_NEWCOMERS = 3
WEIGHT_FLOOR = 1e-3
"""Methods below this weight are not kept."""


@dataclass(frozen=True)
class SeriesModel:
    """What was learned about one measure; forecasts read the panel of the moment."""

    weights: Mapping[str, float]
    trees: Mapping[str, BlockTrees]
    spread: Spread

    @classmethod
    def learn(cls, bookings: pd.DataFrame, metric: str, panel: Panel) -> Self:
        """Let the methods compete on past origins, train those that won, and collect their misses.

        Raises:
            DataMissing: The measure has too few complete months.
        """
        origins = replay_origins(bookings, metric, panel) if panel.reps else []
        if not origins:
            raise DataMissing(
                f"{metric!r} has {panel.n_months} complete months of bookings, {MIN_MONTHS + BLOCK} are needed for a "
                "forecast without a pipeline; import more history"
            )
        weights = {name: weight for name, weight in learn_weights(origins).items() if weight >= WEIGHT_FLOOR}
        total = sum(weights.values())
        rows = training_rows(panel)
        won = {name: objective for name, objective in OBJECTIVES.items() if name in weights}
        return cls(
            weights={name: weight / total for name, weight in weights.items()},
            trees={name: BlockTrees.learn(rows, won[name]) for name in won} if rows is not None else {},
            spread=Spread.learn(origins),
        )

    def monthly(self, panel: Panel, horizon: int) -> tuple[FloatArray, int]:
        """Return currency per rep and month ahead, shape (n_reps, horizon), and how many methods could not speak.

        The series of a young rep is shrunk to what newcomers usually book.
        """
        forecasts = {"mean_all": np.repeat(panel.mean(panel.n_months)[:, None], horizon, axis=1)}
        for name in self.weights:
            candidate = self.trees[name].forecast if name in self.trees else SIMPLE.get(name)
            spoken = candidate(panel, horizon) if candidate is not None else None
            if spoken is not None:
                forecasts[name] = spoken
        pooled = self.pooled_share(panel)[:, None]
        mixed = (1.0 - pooled) * combined(forecasts, self.weights) + pooled * newcomer_level(panel)
        return mixed, len(set(self.weights) - set(forecasts))

    def pooled_share(self, panel: Panel) -> FloatArray:
        """Return how much of each rep's forecast is what newcomers usually book, 0..1, shape (n_reps,)."""
        age = panel.age.astype(np.float64)
        return np.where(age < NEWCOMER_MONTHS, YOUNG_PRIOR / (age + YOUNG_PRIOR), 0.0)

    def silent(self, panel: Panel, months_in_seat: float) -> float:
        """Return the monthly forecast of a rep who has not booked anything yet, currency."""
        return newcomer_level(panel) * SILENT_PRIOR / (SILENT_PRIOR + months_in_seat)


def newcomer_level(panel: Panel) -> float:
    """Return the mean month of reps in their first half-year, currency; of all reps where few have joined."""
    joined = panel.first > 0
    if int(joined.sum()) < MIN_NEWCOMERS:
        return panel.pooled_mean()
    column = np.arange(panel.n_months)
    begin = panel.first[joined, None]
    early = (column >= begin) & (column < begin + NEWCOMER_MONTHS)
    return float(panel.values[joined][early].mean())
