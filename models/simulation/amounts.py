"""How large a win is: an owner's usual amount, shrunk to the segment's, and the spread around it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.contracts import FloatArray
from models.simulation.days import IntArray
from models.simulation.worlds import N_RESIDUALS

PSEUDO_WINS = 4.0
LARGEST_LOG_CHANGE = 3.0


@dataclass(frozen=True)
class Amounts:
    """Log-amounts of wins.

    Attributes:
        segments: Mean log-amount per segment, shape (n_segments + 1,); the last one is the pooled mean.
        owners: Shrunk mean log-amount per rep, shape (n_reps,); NaN where the rep has no win.
        wins: Wins per rep behind it, shape (n_reps,).
        residuals: Evenly spaced quantiles of the log-residuals, shape (N_RESIDUALS,), whose mean factor is the one
            seen.
        within: Standard deviation of the residuals.
    """

    segments: FloatArray
    owners: FloatArray
    wins: FloatArray
    residuals: FloatArray
    within: float

    def log_mean(self, rep: IntArray, segment: IntArray) -> FloatArray:
        """Return the mean log-amount of each (rep, segment), shape (n,); the segment's where the rep has no win."""
        own = np.append(self.owners, np.nan)[rep]
        return np.asarray(np.where(np.isnan(own), self.segments[segment], own), dtype=np.float64)

    def doubt(self, rep: IntArray) -> FloatArray:
        """Return the standard error of each rep's mean log-amount, shape (n,)."""
        return np.asarray(self.within / np.sqrt(np.append(self.wins, 0.0)[rep] + PSEUDO_WINS), dtype=np.float64)

    @property
    def mean_factor(self) -> float:
        """Mean of a win's amount relative to exp(mean log-amount)."""
        return float(np.exp(self.residuals).mean())


def learn_amounts(rep: IntArray, segment: IntArray, amount: FloatArray, *, n_reps: int, n_segments: int) -> Amounts:
    """Return amounts learned from wins.

    Args:
        rep: Position of each win's rep, shape (n,).
        segment: Position of its segment, `n_segments` where unknown, shape (n,).
        amount: Currency; rows without a positive amount are left out, shape (n,).
        n_reps: Number of reps.
        n_segments: Number of segments.
    """
    known = amount > 0
    rep, segment, log = rep[known], segment[known], np.log(amount[known])
    pooled = float(log.mean()) if len(log) else 0.0
    count = np.bincount(segment, minlength=n_segments + 1)
    total = np.bincount(segment, weights=log, minlength=n_segments + 1)
    segments = (total + PSEUDO_WINS * pooled) / (count + PSEUDO_WINS)
    segments[n_segments] = pooled
    over = log - segments[segment]
    wins = np.bincount(rep, minlength=n_reps).astype(np.float64)
    excess = np.bincount(rep, weights=over, minlength=n_reps)
    believed = _pseudo(rep, over, wins)
    # A rep whose wins lie in several segments is judged against the mix of them.
    base = np.bincount(rep, weights=segments[segment], minlength=n_reps) / np.maximum(wins, 1.0)
    owners = np.where(wins > 0, base + excess / (wins + believed), np.nan)
    residual = log - owners[rep]
    return Amounts(
        segments=np.asarray(segments, dtype=np.float64),
        owners=np.asarray(owners, dtype=np.float64),
        wins=wins,
        residuals=quantile_grid(residual),
        within=float(residual.std()) if len(residual) > 1 else 0.5,
    )


def _pseudo(rep: IntArray, over: FloatArray, wins: FloatArray) -> float:
    """Return wins' worth of belief in the segment's mean: variance within reps over variance between them."""
    many = wins >= 3
    if many.sum() < 5:
        return PSEUDO_WINS
    n = np.maximum(wins, 1.0)
    mean = np.bincount(rep, weights=over, minlength=len(wins)) / n
    square = np.bincount(rep, weights=over**2, minlength=len(wins)) / n
    variance = (square - mean**2) * n / np.maximum(n - 1.0, 1.0)
    within = float(variance[many].mean())
    between = float(mean[many].var(ddof=1) - (variance[many] / n[many]).mean())
    return float(np.clip(within / max(between, 1e-6), 1.0, 50.0))


def quantile_grid(values: FloatArray, weight: FloatArray | None = None) -> FloatArray:
    """Return `N_RESIDUALS` evenly spaced quantiles of log-values whose mean factor equals that of `values`.

    Args:
        values: Log-values, shape (n,).
        weight: How much each of them counts, > 0, shape (n,); None counts each once.

    Examples:
        >>> grid = quantile_grid(np.log(np.array([1.0, 1.0, 4.0])))
        >>> round(float(np.exp(grid).mean()), 9)
        2.0
        >>> grid = quantile_grid(np.log(np.array([1.0, 4.0])), np.array([2.0, 1.0]))
        >>> round(float(np.exp(grid).mean()), 9)
        2.0
    """
    if len(values) == 0:
        return np.zeros(N_RESIDUALS)
    clipped = np.clip(values, -LARGEST_LOG_CHANGE, LARGEST_LOG_CHANGE)
    levels = (np.arange(N_RESIDUALS) + 0.5) / N_RESIDUALS
    if weight is None:
        grid, mean = np.quantile(clipped, levels), np.exp(clipped).mean()
    else:
        order = np.argsort(clipped, kind="stable")
        share = weight[order] / weight.sum()
        grid = np.interp(levels, np.cumsum(share) - share / 2.0, clipped[order])
        mean = float((np.exp(clipped[order]) * share).sum())
    return np.asarray(grid + np.log(mean) - np.log(np.exp(grid).mean()), dtype=np.float64)
