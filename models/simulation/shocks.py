"""Shared shocks: what moves all reps of the company, or of a team, up or down together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from models.contracts import FloatArray
from models.simulation.streams import stream

PRIOR_SD = 0.10
PRIOR_PERIODS = 4.0


@dataclass(frozen=True)
class Shocks:
    """Standard deviations of log-factors on the speed at which deals are won and born.

    Attributes:
        company: Common to everyone.
        team: Common to a team, beside the company's.
        rep: One rep's own, beside both.
    """

    company: float = PRIOR_SD
    team: float = 0.0
    rep: float = 0.15

    def common(self, seed: int, as_of: str, n_paths: int) -> FloatArray:
        """Return the company's factor in each world, mean 1, shape (n_paths,)."""
        return _factor(stream(seed, "company", as_of), self.company, n_paths)

    def of_team(self, seed: int, as_of: str, team: str, n_paths: int) -> FloatArray:
        """Return one team's factor in each world, mean 1, shape (n_paths,)."""
        return _factor(stream(seed, "team", as_of, team), self.team, n_paths)

    def of_rep(self, generator: np.random.Generator, n_paths: int) -> FloatArray:
        """Return one rep's factor in each world, mean 1, drawn from the rep's own stream, shape (n_paths,)."""
        return _factor(generator, self.rep, n_paths)

    def to_json(self) -> dict[str, float]:
        """Return the fields as JSON values."""
        return {"company": self.company, "team": self.team, "rep": self.rep}

    @classmethod
    def from_json(cls, value: Mapping[str, float]) -> Shocks:
        """Return what `to_json` described."""
        return cls(**value)


def _factor(generator: np.random.Generator, sd: float, n_paths: int) -> FloatArray:
    return np.asarray(np.exp(sd * generator.standard_normal(n_paths) - sd * sd / 2.0), dtype=np.float64)


def company_sd(log_ratios: FloatArray, noise: FloatArray) -> float:
    """Return the sd of the company's factor from past periods, shrunk to `PRIOR_SD`.

    Args:
        log_ratios: log(actual / predicted) of the company's remaining bookings, one per past period.
        noise: Variance that chance alone gives each of them, same shape.

    Returns:
        Root of the mean excess variance, with `PRIOR_PERIODS` periods' worth of belief in the prior.

    Examples:
        >>> round(company_sd(np.array([]), np.array([])), 3)
        0.1
        >>> round(company_sd(np.array([0.3, -0.3, 0.3, -0.3]), np.zeros(4)), 3)
        0.224
    """
    excess = log_ratios**2 - noise
    pooled = (PRIOR_PERIODS * PRIOR_SD**2 + float(excess.sum())) / (PRIOR_PERIODS + len(excess))
    return float(np.sqrt(np.clip(pooled, 0.02**2, 0.5**2)))
