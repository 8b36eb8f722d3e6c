"""Chances of a deal's life by age: win and loss hazards, pooled, then by segment (Aalen-Johansen).

Deals that are still open count for as long as they were watched, so that slow deals are not mistaken for lost ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.contracts import FloatArray
from models.simulation.days import IntArray
from models.simulation.lives import BoolArray, Lives

Outcomes = tuple[BoolArray, BoolArray]

BIN_DAYS = 7
N_BINS = 130
MAX_AGE = BIN_DAYS * N_BINS
PSEUDO_EVENTS = 2.0


@dataclass(frozen=True)
class AgeCurves:
    """Daily win and loss hazards by age.

    Attributes:
        win: Daily win hazard, shape (n_segments + 1, MAX_AGE); the last row is the pooled curve.
        lose: Daily loss hazard, same shape.
    """

    win: FloatArray
    lose: FloatArray

    @property
    def survival(self) -> FloatArray:
        """Chance of being open at the start of each day of age, shape (n_segments, MAX_AGE + 1)."""
        total = np.cumsum(self.win + self.lose, axis=1)
        return np.asarray(np.exp(-np.concatenate([np.zeros((len(self.win), 1)), total], axis=1)), dtype=np.float64)

    @property
    def density(self) -> FloatArray:
        """Chance of being won on each day of age, shape (n_segments, MAX_AGE)."""
        usual = np.ones(len(self.win))
        return self.density_of(np.arange(len(self.win)), usual, usual, MAX_AGE)

    @property
    def ever(self) -> FloatArray:
        """Chance of ever being won, shape (n_segments,)."""
        return np.asarray(self.density.sum(axis=1), dtype=np.float64)

    @property
    def usual_cycle(self) -> FloatArray:
        """Mean days from a deal's birth to its win, at least 1, shape (n_segments + 1,)."""
        density = self.density
        won = np.maximum(density.sum(axis=1), 1e-12)
        return np.asarray(np.maximum(density @ np.arange(MAX_AGE) / won, 1.0), dtype=np.float64)

    def density_of(self, row: IntArray, win: FloatArray, lose: FloatArray, days: int) -> FloatArray:
        """Return the chance of being won on each day of age for owners who win and lose at other speeds.

        Args:
            row: Position of each owner's segment, shape (n,).
            win: Ratio of each owner's win hazard, shape (n,).
            lose: Ratio of each owner's loss hazard, shape (n,).
            days: Ages to return, at most `MAX_AGE`.

        Returns:
            Shape (n, days).
        """
        wins, losses = self.win[row, :days] * win[:, None], self.lose[row, :days] * lose[:, None]
        both = wins + losses
        # Within one day the two risks compete: the day's ends are shared in proportion to the hazards.
        before = np.cumsum(both, axis=1) - both
        return np.asarray(np.exp(-before) * -np.expm1(-both) * wins / np.maximum(both, 1e-300), dtype=np.float64)

    def won_within(self, row: IntArray, age: FloatArray, horizon: FloatArray) -> FloatArray:
        """Return the chance that a deal open at `age` days is won within `horizon` more days.

        Args:
            row: Position of each deal's segment, shape (n,).
            age: Days since birth, shape (n,).
            horizon: Days ahead, shape (n,).
        """
        cumulative = np.concatenate([np.zeros((len(self.win), 1)), np.cumsum(self.density, axis=1)], axis=1)
        start = np.clip(age, 0, MAX_AGE).astype(np.int64)
        end = np.clip(age + horizon, 0, MAX_AGE).astype(np.int64)
        alive = np.maximum(self.survival[row, start], 1e-12)
        return np.asarray((cumulative[row, end] - cumulative[row, start]) / alive, dtype=np.float64)


def learn_age_curves(lives: Lives, as_of: int) -> AgeCurves:
    """Return the curves of the deals known by `as_of`.

    Args:
        lives: Deals as they stood at the as_of.
        as_of: Days since 1970-01-01.

    Returns:
        Curves per segment, shrunk to the pooled one by `PSEUDO_EVENTS` per week of age.
    """
    age = np.clip(lives.age(as_of), 0.0, MAX_AGE - 1.0)
    outcomes = (lives.won, lives.lost)
    pooled = _hazards(age, outcomes, None)
    curves = []
    for position in range(len(lives.segments)):
        mine = lives.segment == position
        hazards = _hazards(age[mine], (lives.won[mine], lives.lost[mine]), pooled)
        curves.append(_daily(hazards, age[mine], (lives.won[mine], lives.lost[mine])))
    curves.append(_daily(pooled, age, outcomes))
    return AgeCurves(win=np.array([win for win, _ in curves]), lose=np.array([lose for _, lose in curves]))


def _hazards(age: FloatArray, outcomes: Outcomes, pooled: list[FloatArray] | None) -> list[FloatArray]:
    """Return weekly win and loss hazards per day at risk, each shape (N_BINS,)."""
    hazards = []
    for index, ended_so in enumerate(outcomes):
        days = _days_at_risk(age, _shortest(age[ended_so]))
        events = np.bincount((age[ended_so] // BIN_DAYS).astype(np.int64), minlength=N_BINS).astype(np.float64)
        flat = np.full(N_BINS, events.sum() / max(days.sum(), 1.0))
        prior = np.maximum(flat if pooled is None else pooled[index], 1e-9)
        hazards.append((events + PSEUDO_EVENTS * (prior > 1e-9)) / (days + PSEUDO_EVENTS / prior))
    return hazards


def _days_at_risk(age: FloatArray, shortest: float) -> FloatArray:
    """Return days lived in each week of age, shape (N_BINS,); days before the youngest event are not at risk."""
    start = np.arange(N_BINS, dtype=np.float64) * BIN_DAYS
    from_day = np.maximum(start, min(shortest, MAX_AGE))
    last = (age // BIN_DAYS).astype(np.int64)
    ended = np.bincount(last, minlength=N_BINS).astype(np.float64)
    part = np.bincount(last, weights=np.maximum(age - from_day[last] + 1.0, 0.0), minlength=N_BINS)
    return np.asarray(
        (ended.sum() - np.cumsum(ended)) * np.maximum(start + BIN_DAYS - from_day, 0.0) + part, dtype=np.float64
    )


def _daily(hazards: list[FloatArray], age: FloatArray, outcomes: Outcomes) -> list[FloatArray]:
    """Return hazards per day of age; nothing happens at ages younger than any at which it was seen."""
    days = np.arange(MAX_AGE)
    return [
        np.where(days < _shortest(age[ended_so]), 0.0, np.repeat(hazard, BIN_DAYS))
        for hazard, ended_so in zip(hazards, outcomes, strict=True)
    ]


def _shortest(ages: FloatArray) -> float:
    return float(ages.min()) if len(ages) else float(MAX_AGE)
