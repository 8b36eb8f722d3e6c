"""The deal model: the chance that an open deal is won within any horizon, from one LightGBM model.

The horizon is a feature, and every feature made from it may only raise the chance, so that month, quarter and year
agree. Where there are too few wins to learn from, the age curves answer alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import lightgbm as lgb
import numpy as np
import pandas as pd

from models.contracts import FloatArray
from models.simulation.age_curves import AgeCurves
from models.simulation.course import COURSE_NAMES, Course, learn_course
from models.simulation.days import IntArray, day_numbers
from models.simulation.deal_rows import deal_rows
from models.simulation.encoding import RISING, DealEncoder, learn_encoder, number
from models.simulation.horizons import HORIZON_NAMES, HorizonClock, horizon_matrix

CYCLE_NAMES = ("days_to_period_end", "stage_days_in_cycles", "step_days_in_cycles", "expected_in_cycles")
"""Where a deal stands in the period, and its own days in usual cycles of its segment, so that quick and slow segments
teach each other."""
RISING_AHEAD = (*HORIZON_NAMES, *COURSE_NAMES)
"""What can only grow with the horizon."""
AHEAD_NAMES = (*RISING_AHEAD, *CYCLE_NAMES)
FEWEST_WINS = 60
LARGEST_ROWS = 300_000
LARGEST_CHANCE = 0.995
TREES = 200
ROWS_PER_TREE = 60_000
LEAST_BAG = 0.3
PARAMETERS: Mapping[str, object] = {
    "objective": "binary",
    "learning_rate": 0.035,
    "num_leaves": 15,
    "feature_fraction": 0.5,
    "bagging_freq": 1,
    "lambda_l2": 10.0,
    "max_bin": 127,
    "monotone_constraints_method": "intermediate",
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "seed": 1,
    "verbosity": -1,
}


@dataclass(frozen=True)
class OwnerFacts:
    """What a deal's owner is known for at its as_of, one value per deal.

    Attributes:
        win_effect: Ratio to the segment's win rate, shape (n,).
        usual_amount: Currency, shape (n,).
        segment: Position of the deal's segment among the curves, shape (n,).
        residuals: Quantile grid of log-residuals around usual amounts.
    """

    win_effect: FloatArray
    usual_amount: FloatArray
    segment: IntArray
    residuals: FloatArray


@dataclass(frozen=True)
class DealModel:
    """Chance of a win within a horizon.

    Attributes:
        encoder: Deals to numbers; None when the age curves answer alone.
        text: The LightGBM model as text; empty when the age curves answer alone.
        wins: Distinct deals won among the training rows.
        course: How deals go; None when the age curves answer alone.
    """

    encoder: DealEncoder | None
    text: str
    wins: int
    course: Course | None = None
    booster: lgb.Booster | None = field(default=None, compare=False, repr=False)

    @property
    def learned(self) -> bool:
        """Whether there were enough wins for a model; if not, the age curves answer."""
        return self.booster is not None

    def chances(
        self,
        deals: pd.DataFrame,
        horizons: Sequence[float],
        *,
        clock: HorizonClock,
        curves: AgeCurves,
        owners: OwnerFacts,
    ) -> FloatArray:
        """Return the chance that each open deal is won within each horizon, never falling along the horizons.

        Args:
            deals: `DEAL_COLUMNS` and deal features, one as_of per row.
            horizons: Days ahead, ascending.
            clock: Learned tempo.
            curves: Age curves known at the as_of.
            owners: Facts about each deal's owner.

        Returns:
            Shape (n_deals, n_horizons), 0..`LARGEST_CHANCE`.
        """
        if not len(deals):
            return np.zeros((0, len(horizons)))
        chances = [self._chance(deals, np.full(len(deals), h), clock, curves, owners) for h in horizons]
        rising = np.maximum.accumulate(np.column_stack(chances), axis=1)
        return np.asarray(np.clip(rising, 0.0, LARGEST_CHANCE), dtype=np.float64)

    def _chance(
        self, deals: pd.DataFrame, horizon: FloatArray, clock: HorizonClock, curves: AgeCurves, owners: OwnerFacts
    ) -> FloatArray:
        told = self.inputs(deals, horizon, clock=clock, curves=curves, owners=owners)
        if self.booster is None or told is None:
            as_of = day_numbers(deals["as_of"])
            age = as_of - day_numbers(deals["created_on"])
            stretched = clock.exposure(as_of, horizon)
            return np.asarray(curves.won_within(owners.segment, age, stretched) * owners.win_effect)
        return np.asarray(self.booster.predict(told.to_numpy(), num_threads=1), dtype=np.float64)

    def inputs(
        self, deals: pd.DataFrame, horizon: FloatArray, *, clock: HorizonClock, curves: AgeCurves, owners: OwnerFacts
    ) -> pd.DataFrame | None:
        """Return what the LightGBM model is told about each deal, named; None when the age curves answer alone.

        Args:
            deals: `DEAL_COLUMNS` and deal features.
            horizon: Days ahead, one per deal, shape (n,).
            clock: Learned tempo.
            curves: Age curves known at the as_of.
            owners: Facts about each deal's owner.
        """
        if self.encoder is None or self.course is None:
            return None
        base = self.encoder.matrix(deals, owners.win_effect, owners.usual_amount)
        further = ahead(deals, horizon, owners.segment, clock=clock, curves=curves, course=self.course)
        return pd.DataFrame(np.hstack([base, further]), columns=[*self.encoder.names, *AHEAD_NAMES])

    def to_json(self) -> dict[str, Any]:
        """Return everything but the LightGBM text, as JSON values."""
        encoder = None
        if self.encoder is not None:
            encoder = {
                "numbers": list(self.encoder.numbers),
                "ranks": {k: dict(v) for k, v in self.encoder.ranks.items()},
            }
        return {"wins": self.wins, "encoder": encoder, "course": None if self.course is None else self.course.to_json()}

    @classmethod
    def from_json(cls, value: Mapping[str, Any], text: str) -> DealModel:
        """Return the model that `to_json` and `text` describe."""
        encoder = value["encoder"]
        return cls(
            encoder=None if encoder is None else DealEncoder(tuple(encoder["numbers"]), encoder["ranks"]),
            text=text,
            wins=int(value["wins"]),
            course=None if value["course"] is None else Course.from_json(value["course"]),
            booster=lgb.Booster(model_str=text) if text else None,
        )


def learn_deal_model(deals: pd.DataFrame, *, clock: HorizonClock, curves: AgeCurves, owners: OwnerFacts) -> DealModel:
    """Return the model of deals that were open at past cutoffs.

    Args:
        deals: `TrainingHistory.deals`, with labels.
        clock: Learned tempo.
        curves: Age curves.
        owners: Facts about each deal's owner as they were at its as_of.
    """
    wins = int(deals.loc[deals["won_on"].notna(), "opportunity_id"].nunique())
    if wins < FEWEST_WINS:
        return DealModel(encoder=None, text="", wins=wins)
    encoder = learn_encoder(deals, deals["won_on"].notna().to_numpy())
    rows = deal_rows(deals, clock, largest=LARGEST_ROWS)
    chosen = deals.iloc[rows.deal]
    base = encoder.matrix(deals, owners.win_effect, owners.usual_amount)[rows.deal]
    course = learn_course(deals, owners.segment, len(curves.win), clock)
    segment = owners.segment[rows.deal]
    further = ahead(chosen, rows.horizon, segment, clock=clock, curves=curves, course=course)
    matrix, names = np.hstack([base, further]), [*encoder.names, *AHEAD_NAMES]
    parameters = {
        **PARAMETERS,
        "monotone_constraints": [int(n in RISING or n in RISING_AHEAD) for n in names],
        "min_data_in_leaf": int(np.clip(len(matrix) // 400, 30, 300)),
        # States of one deal a week apart say nearly the same: a tree needs only some of them, and trees then differ.
        "bagging_fraction": float(np.clip(ROWS_PER_TREE / max(len(matrix), 1), LEAST_BAG, 1.0)),
    }
    label = rows.won.astype(np.float64)
    data = lgb.Dataset(matrix, label=label, weight=rows.weight, feature_name=names, free_raw_data=True)
    booster = lgb.train(dict(parameters), data, num_boost_round=TREES)
    text = booster.model_to_string()
    return DealModel(encoder=encoder, text=text, wins=wins, course=course, booster=lgb.Booster(model_str=text))


def ahead(
    deals: pd.DataFrame,
    horizon: FloatArray,
    segment: IntArray,
    *,
    clock: HorizonClock,
    curves: AgeCurves,
    course: Course,
) -> FloatArray:
    """Return the features of deals by horizon, usual course and cycle, shape (n, len(AHEAD_NAMES))."""
    as_of = day_numbers(deals["as_of"])
    age = as_of - day_numbers(deals["created_on"])
    curve, cycle = curves.won_within(segment, age, horizon), curves.usual_cycle[segment]
    expected = day_numbers(deals["expected_close"]) - as_of
    rising = horizon_matrix(clock, as_of, horizon, expected_in=expected, age_curve=curve, cycle=cycle)
    usual = course.features(deals, horizon, segment, clock)
    own = np.column_stack([number(deals, "days_in_stage"), number(deals, "days_per_stage"), expected])
    return np.hstack([rising, usual, clock.days_to_end(as_of)[:, None], own / cycle[:, None]])
