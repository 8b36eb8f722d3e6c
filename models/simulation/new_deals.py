"""Deals not born yet: births x age curve x amounts, as a marked point process that any window can be cut from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.contracts import FloatArray
from models.simulation.age_curves import MAX_AGE, AgeCurves
from models.simulation.births import Births, Rates
from models.simulation.days import IntArray
from models.simulation.horizons import HorizonClock
from models.simulation.owner_effects import OwnerEffects


@dataclass(frozen=True)
class NewDealOutlook:
    """What each rep's unborn deals are expected to bring by each horizon.

    Attributes:
        born: Expected births by each horizon, shape (n_reps, n_horizons).
        won: Expected wins among them by each horizon, shape (n_reps, n_horizons).
        ever: Chance that a new deal is ever won, shape (n_reps,).
    """

    born: FloatArray
    won: FloatArray
    ever: FloatArray


def outlook(
    births: Births,
    rates: Rates,
    *,
    tenure: FloatArray,
    segment: IntArray,
    effects: OwnerEffects,
    as_of: int,
    horizons: FloatArray,
    curves: AgeCurves,
    clock: HorizonClock,
) -> NewDealOutlook:
    """Return expected births and wins of deals not born yet.

    Wins on day t are the births of each earlier day s times the chance of a win at age t - s, sped up or slowed by
    the tempo of day t. A day of age that no win was ever seen at has chance zero, so nothing can be born and won
    in less time than the shortest cycle.

    Args:
        births: Ramp and season.
        rates: Creation rate per rep.
        tenure: Days in seat, shape (n_reps,).
        segment: Position of each rep's segment, shape (n_reps,).
        effects: Win and loss effects per rep.
        as_of: Days since 1970-01-01.
        horizons: Days ahead, whole, ascending.
        curves: Age curves.
        clock: Learned tempo.
    """
    length = int(horizons.max()) if len(horizons) else 0
    ahead = np.arange(1, length + 1, dtype=np.int64)
    per_day = rates.rate[:, None] * births.ramp_at(tenure[:, None] + ahead[None, :]) * births.season_at(as_of + ahead)
    density = curves.density_of(segment, effects.win, effects.lose, MAX_AGE)
    wins = np.zeros_like(per_day)
    for row in range(len(per_day)):
        wins[row] = np.convolve(per_day[row], density[row, :length])[:length]
    exposure = clock.exposure(np.full(length + 1, float(as_of)), np.arange(length + 1, dtype=np.float64))
    tempo = np.diff(exposure)
    wins *= tempo[None, :]
    at = horizons.astype(np.int64)
    return NewDealOutlook(born=_running(per_day)[:, at], won=_running(wins)[:, at], ever=density.sum(axis=1))


def _running(values: FloatArray) -> FloatArray:
    return np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)
