"""Chances of a deal's life by age: win and loss hazards, pooled, then by segment and by owner (Aalen-Johansen).

Deals that are still open count for as long as they were watched, so that slow deals are not mistaken for lost ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.contracts import FloatArray
from models.simulation.days import day_numbers

BIN_DAYS = 7
N_BINS = 130
MAX_AGE = BIN_DAYS * N_BINS
PSEUDO_EVENTS = 2.0
OWNER_PSEUDO_WINS = 8.0


@dataclass(frozen=True)
class AgeCurves:
    """Daily win and loss hazards by age.

    Attributes:
        segments: Segment per row of the arrays; the last row, `""`, is the pooled curve.
        win: Daily win hazard, shape (n_segments, MAX_AGE).
        lose: Daily loss hazard, same shape.
        wins: Wins seen per segment.
    """

    segments: tuple[str, ...]
    win: FloatArray
    lose: FloatArray
    wins: FloatArray

    def row(self, segment: pd.Series) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """Return the row of each segment; the pooled row where a segment was never seen."""
        index = pd.Index(self.segments[:-1])
        rows = index.get_indexer(segment.astype("str"))
        return np.where(rows < 0, len(self.segments) - 1, rows).astype(np.int64)

    @property
    def survival(self) -> FloatArray:
        """Chance of being open at the start of each day of age, shape (n_segments, MAX_AGE + 1)."""
        total = np.cumsum(self.win + self.lose, axis=1)
        return np.exp(-np.concatenate([np.zeros((len(self.segments), 1)), total], axis=1))

    @property
    def density(self) -> FloatArray:
        """Chance of being won on each day of age, shape (n_segments, MAX_AGE)."""
        return self.survival[:, :-1] * self.win

    @property
    def ever(self) -> FloatArray:
        """Chance of ever being won, shape (n_segments,)."""
        return np.asarray(self.density.sum(axis=1), dtype=np.float64)

    def won_within(self, segment: pd.Series, age: FloatArray, horizon: FloatArray) -> FloatArray:
        """Return the chance that a deal open at `age` days is won within `horizon` more days, shape (n,)."""
        row = self.row(segment)
        cumulative = np.concatenate([np.zeros((len(self.segments), 1)), np.cumsum(self.density, axis=1)], axis=1)
        start = np.clip(age, 0, MAX_AGE).astype(np.int64)
        end = np.clip(age + horizon, 0, MAX_AGE).astype(np.int64)
        alive = np.maximum(self.survival[row, start], 1e-12)
        return np.asarray((cumulative[row, end] - cumulative[row, start]) / alive, dtype=np.float64)


def learn_age_curves(lives: pd.DataFrame, as_of: int) -> AgeCurves:
    """Return the curves of the deals known by `as_of`.

    Args:
        lives: `LIFECYCLE_COLUMNS`, already cut at the as_of.
        as_of: Day of knowledge, days since 1970-01-01.

    Returns:
        Curves per segment, shrunk to the pooled one by `PSEUDO_EVENTS` per week of age.
    """
    age = _ages(lives, as_of)
    outcome = lives["outcome"].to_numpy()
    segment = lives["segment"].fillna("").astype("str").to_numpy()
    names = [name for name in sorted(set(segment.tolist())) if name]
    pooled_win, pooled_lose, _ = _hazards(age, outcome, None)
    win = [_hazards(age[segment == n], outcome[segment == n], (pooled_win, pooled_lose)) for n in names]
    wins = [float(((segment == n) & (outcome == "won")).sum()) for n in names]
    return AgeCurves(
        segments=(*names, ""),
        win=np.array([*(w for w, _, _ in win), pooled_win]),
        lose=np.array([*(loss for _, loss, _ in win), pooled_lose]),
        wins=np.array([*wins, float((outcome == "won").sum())]),
    )


def owner_win_effects(curves: AgeCurves, lives: pd.DataFrame, as_of: int) -> pd.Series:
    """Return per rep how much oftener than the segment's curve his or her deals are won.

    Args:
        curves: Curves of the same deals.
        lives: `LIFECYCLE_COLUMNS`, cut at the as_of.
        as_of: Day of knowledge, days since 1970-01-01.

    Returns:
        Ratio per rep_id, (wins + k) / (expected wins + k) with k = `OWNER_PSEUDO_WINS`; 1.0 is like the segment.
    """
    age = _ages(lives, as_of).astype(np.int64)
    row = curves.row(lives["segment"].fillna(""))
    cumulative = np.concatenate([np.zeros((len(curves.segments), 1)), np.cumsum(curves.win, axis=1)], axis=1)
    frame = pd.DataFrame(
        {
            "rep_id": lives["rep_id"].to_numpy(),
            "won": (lives["outcome"] == "won").to_numpy(dtype=np.float64),
            "expected": cumulative[row, np.clip(age + 1, 0, MAX_AGE)],
        }
    )
    sums = frame.groupby("rep_id", sort=True)[["won", "expected"]].sum()
    return (sums["won"] + OWNER_PSEUDO_WINS) / (sums["expected"] + OWNER_PSEUDO_WINS)


def _ages(lives: pd.DataFrame, as_of: int) -> FloatArray:
    end = day_numbers(lives["closed_on"])
    return np.clip(np.where(np.isnan(end), as_of, end) - day_numbers(lives["created_on"]), 0.0, MAX_AGE - 1.0)


def _hazards(
    age: FloatArray, outcome: np.ndarray[tuple[int], np.dtype[np.object_]], pooled: tuple[FloatArray, FloatArray] | None
) -> tuple[FloatArray, FloatArray, FloatArray]:
    last = (age // BIN_DAYS).astype(np.int64)
    ended = np.bincount(last, minlength=N_BINS).astype(np.float64)
    part = np.bincount(last, weights=age - last * BIN_DAYS + 1.0, minlength=N_BINS)
    days = (ended.sum() - np.cumsum(ended)) * BIN_DAYS + part
    hazards = []
    for index, name in enumerate(("won", "lost")):
        events = np.bincount(last[outcome == name], minlength=N_BINS).astype(np.float64)
        if pooled is None:
            rate = events.sum() / max(days.sum(), 1.0)
            hazard = (events + PSEUDO_EVENTS * (events.sum() > 0)) / (days + PSEUDO_EVENTS / max(rate, 1e-9))
        else:
            prior = pooled[index][::BIN_DAYS]
            hazard = (events + PSEUDO_EVENTS) / (days + PSEUDO_EVENTS / np.maximum(prior, 1e-12))
        daily = np.repeat(hazard, BIN_DAYS)
        hazards.append(np.where(np.arange(MAX_AGE) < _shortest(age[outcome == name]), 0.0, daily))
    return hazards[0], hazards[1], days


def _shortest(ages: FloatArray) -> float:
    return float(ages.min()) if len(ages) else float(MAX_AGE)
