"""How much oftener than usual one owner's deals are won, and lost: two ratios of hazards, learned and shrunk together.

A good seller shows in both: more wins per deal at risk, and fewer losses. Losses are far more numerous than wins, so
that leaving them out throws most of the evidence away.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.contracts import FloatArray
from models.simulation.age_curves import MAX_AGE, AgeCurves
from models.simulation.lives import Lives

PRIOR_VARIANCE, PRIOR_COVARIANCE = 0.05, -0.03
"""Variance of each true ratio between owners and their covariance, before a company has shown its own."""
PRIOR_OWNERS = 12.0
"""Owners' worth of belief in it."""
LEAST_VARIANCE, CLOSEST = 0.004, 0.9
LEAST_RATIO = 0.25


@dataclass(frozen=True)
class OwnerEffects:
    """Ratios of an owner's hazards to those of the segment; 1.0 is like the segment.

    Attributes:
        win: Ratio of the win hazard, shape (n,).
        lose: Ratio of the loss hazard, shape (n,).
    """

    win: FloatArray
    lose: FloatArray

    def of(self, rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> OwnerEffects:
        """Return the effects of owners by position; -1 is an owner nobody knows, who is like the segment."""
        return OwnerEffects(np.append(self.win, 1.0)[rows], np.append(self.lose, 1.0)[rows])

    def lift(self, ever: FloatArray) -> FloatArray:
        """Return how much likelier than usual a new deal is ever won.

        Args:
            ever: Chance that a new deal of the segment is ever won, shape (n,).

        Examples:
            A quarter of the deals is won; this owner wins twice as fast and loses as fast as others: 0.5 / 1.25 = 0.4.

            >>> effects = OwnerEffects(np.array([2.0]), np.array([1.0]))
            >>> effects.lift(np.array([0.25])).round(9).tolist()
            [1.6]
        """
        return np.asarray(self.win / (ever * self.win + (1.0 - ever) * self.lose), dtype=np.float64)


def owner_effects(curves: AgeCurves, lives: Lives, as_of: int) -> OwnerEffects:
    """Return the effects of every rep of `lives`.

    Args:
        curves: Curves of the same deals.
        lives: Deals as they stood at the as_of.
        as_of: Days since 1970-01-01.

    Returns:
        Best linear predictions of both ratios from both kinds of events, shape (n_reps,) each. How far owners differ is
        taken from the company itself, as far as it shows more than chance.
    """
    age = np.clip(lives.age(as_of), 0.0, MAX_AGE - 1.0).astype(np.int64)
    n = len(lives.reps)
    seen, expected = [], []
    for hazard, ended in ((curves.win, lives.won), (curves.lose, lives.lost)):
        running = np.concatenate([np.zeros((len(hazard), 1)), np.cumsum(hazard, axis=1)], axis=1)
        expected.append(np.bincount(lives.rep, weights=running[lives.segment, age + 1], minlength=n))
        seen.append(np.bincount(lives.rep, weights=ended.astype(np.float64), minlength=n))
    return _shrunk(np.array(seen), np.array(expected))


def _shrunk(seen: FloatArray, expected: FloatArray) -> OwnerEffects:
    """Return the predictions from events seen and expected, each of shape (2, n)."""
    spread = _spread(seen, expected)
    held = np.maximum(expected, 1e-9)
    over = ((seen - expected) / held).T
    noise = np.zeros((len(over), 2, 2))
    noise[:, 0, 0], noise[:, 1, 1] = 1.0 / held[0], 1.0 / held[1]
    weights = spread @ np.linalg.inv(spread + noise)
    ratio = 1.0 + (weights @ over[:, :, None])[:, :, 0]
    ratio = np.maximum(ratio, LEAST_RATIO)
    return OwnerEffects(win=ratio[:, 0], lose=ratio[:, 1])


def _spread(seen: FloatArray, expected: FloatArray) -> FloatArray:
    """Return the covariance of the true ratios: what owners differ by beyond chance, shrunk to the prior."""
    over = seen - expected
    owners = float((expected.min(axis=0) >= 1.0).sum())
    own = np.zeros((2, 2))
    for one in range(2):
        for other in range(2):
            chance = expected[one] if one == other else 0.0
            below = float((expected[one] * expected[other]).sum())
            own[one, other] = float((over[one] * over[other] - chance).sum()) / max(below, 1e-9)
    prior = np.array([[PRIOR_VARIANCE, PRIOR_COVARIANCE], [PRIOR_COVARIANCE, PRIOR_VARIANCE]])
    mixed = (owners * own + PRIOR_OWNERS * prior) / (owners + PRIOR_OWNERS)
    sizes = np.sqrt(np.maximum(np.diag(mixed), LEAST_VARIANCE))
    close = float(np.clip(mixed[0, 1] / (sizes[0] * sizes[1]), -CLOSEST, CLOSEST))
    return np.asarray(np.array([[1.0, close], [close, 1.0]]) * np.outer(sizes, sizes), dtype=np.float64)
