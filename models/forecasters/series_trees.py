"""One small LightGBM model for all reps: the next three months in units of the rep's own usual month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Self

import lightgbm as lgb
import numpy as np

from models.contracts import FloatArray
from models.forecasters.series_panel import Panel
from models.forecasters.series_season import season_index

BLOCK = 3
"""Months that the model forecasts as one sum."""

OBJECTIVES = {"trees_l1": "regression_l1", "trees_huber": "huber"}
FIRST_ORIGIN = 6
MIN_AGE = 3
MIN_ROWS = 60
MAX_ROWS = 8000
MAX_ORIGINS = 36
TREES = 150
PARAMETERS: dict[str, object] = {
    "learning_rate": 0.04,
    "num_leaves": 4,
    "min_data_in_leaf": 15,
    "feature_fraction": 0.7,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 1.0,
    "seed": 1,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
}
FEATURES = (
    "mean_3",
    "mean_6",
    "mean_12",
    "mean_all",
    "age",
    "calendar_month",
    *(f"lag_{lag}" for lag in range(1, 7)),
    *(f"last_year_{lag}" for lag in (12, 11, 10)),
    "company_quarter_to_year",
    "company_quarter_to_quarter",
    "size_to_average",
)


class TrainingRows(NamedTuple):
    """Features, label (usual months a month) and weight of reps at past months.

    Errors count in currency (the weights are the reps' sizes), because that is what a wrong forecast costs.
    """

    features: FloatArray
    label: FloatArray
    weight: FloatArray


def training_rows(panel: Panel) -> TrainingRows | None:
    """Return up to `MAX_ROWS` rows, one per rep and recent month; None when there are fewer than `MIN_ROWS`."""
    last = panel.n_months - BLOCK
    rows = [_rows(panel, origin) for origin in range(max(FIRST_ORIGIN, last - MAX_ORIGINS + 1), last + 1)]
    if sum(len(part.label) for part in rows) < MIN_ROWS:
        return None
    features, label, weight = (np.concatenate(parts) for parts in zip(*rows, strict=True))
    # Every k-th row: a model of 4 leaves learns nothing from more, and the methods compete at twelve origins.
    thin = slice(None, None, -(-len(label) // MAX_ROWS))
    return TrainingRows(features[thin], np.round(label, 10)[thin], np.round(weight / weight.mean(), 10)[thin])


@dataclass(frozen=True)
class BlockTrees:
    """A fitted model; a forecast spreads its three-month sum by the company's season."""

    booster: lgb.Booster

    @classmethod
    def learn(cls, rows: TrainingRows, objective: str) -> Self:
        """Train one model."""
        data = lgb.Dataset(
            rows.features, rows.label, weight=rows.weight, feature_name=list(FEATURES), params={"verbose": -1}
        )
        return cls(lgb.train({**PARAMETERS, "objective": objective}, data, TREES))

    def forecast(self, panel: Panel, horizon: int) -> FloatArray | None:
        """Return currency per rep and month, shape (n_reps, horizon); None on a panel without `FIRST_ORIGIN` months."""
        if panel.n_months < FIRST_ORIGIN:
            return None
        size = panel.scale()
        block = np.asarray(self.booster.predict(features_of(panel)), dtype=np.float64) * size * BLOCK
        index = season_index(panel)[(panel.end + np.arange(max(horizon, BLOCK))) % 12]
        level = block / index[:BLOCK].sum()
        return np.asarray(level[:, None] * index[:horizon], dtype=np.float64)


def features_of(panel: Panel) -> FloatArray:
    """Return the features of every rep at the end of a panel, shape (n_reps, len(FEATURES)); NaN where unknown."""
    size, last = panel.scale(), panel.n_months
    unit = np.where(size > 0.0, size, 1.0)
    total = panel.values.sum(axis=0)
    year, quarter = total[-12:].mean(), total[-3:].mean()
    before = total[-6:-3].mean()
    mean_12 = panel.mean(12)
    average = float(mean_12.mean()) if len(mean_12) else 0.0

    def lag(months: int) -> FloatArray:
        known = panel.age >= months
        column = panel.values[:, last - months] if last >= months else np.zeros(len(known))
        return np.where(known, column / unit, np.nan)

    n = len(panel.reps)
    columns = [
        panel.mean(3) / unit,
        panel.mean(6) / unit,
        mean_12 / unit,
        panel.mean(10_000) / unit,
        np.minimum(panel.age, 60).astype(np.float64),
        np.full(n, float(panel.end % 12)),
        *(panel.values[:, last - back] / unit for back in range(1, 7)),
        *(lag(months) for months in (12, 11, 10)),
        np.full(n, quarter / year if year > 0.0 else np.nan),
        np.full(n, quarter / before if before > 0.0 else np.nan),
        mean_12 / average if average > 0.0 else np.full(n, np.nan),
    ]
    # Rounded, so that a change of currency or of row order cannot move a value across a split.
    return np.round(np.column_stack(columns), 10)


def _rows(panel: Panel, origin: int) -> TrainingRows:
    """Return features, label and weight of every rep that was old enough at a past month."""
    then = panel.at(origin)
    size = then.scale()
    rows = np.searchsorted(np.array(panel.reps), np.array(then.reps))
    label = panel.values[rows, origin : origin + BLOCK].mean(axis=1)
    usable = (size > 0.0) & (then.age >= MIN_AGE)
    return TrainingRows(features_of(then)[usable], label[usable] / size[usable], size[usable])
