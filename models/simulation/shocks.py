"""Shared shocks: what moves all reps of the company, or of a team, up or down together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from models.contracts import FloatArray
from models.simulation.streams import stream
from models.simulation.worlds import shock

PRIOR_SD = 0.10
PRIOR_LOG_SD = 0.5
CANDIDATES = PRIOR_SD * np.exp(np.linspace(-1.6, 1.6, 129))
"""Sizes of a shock that are weighed, 0.02 to 0.5; the prior's own stands in the middle."""


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
        return shock(stream(seed, "company", as_of), self.company, n_paths)

    def of_team(self, seed: int, as_of: str, team: str, n_paths: int) -> FloatArray:
        """Return one team's factor in each world, mean 1, shape (n_paths,)."""
        return shock(stream(seed, "team", as_of, team), self.team, n_paths)

    def of_rep(self, generator: np.random.Generator, n_paths: int) -> FloatArray:
        """Return one rep's factor in each world, mean 1, drawn from the rep's own stream, shape (n_paths,)."""
        return shock(generator, self.rep, n_paths)

    def to_json(self) -> dict[str, float]:
        """Return the fields as JSON values."""
        return {"company": self.company, "team": self.team, "rep": self.rep}

    @classmethod
    def from_json(cls, value: Mapping[str, float]) -> Shocks:
        """Return what `to_json` described."""
        return cls(**value)


def company_sd(errors: FloatArray, noise: FloatArray) -> float:
    """Return the most likely sd of the company's factor given past periods and a prior around `PRIOR_SD`.

    Where chance alone explains errors of this size anyway, the periods say little and the prior stays.

    Args:
        errors: Relative error of the company's remaining bookings, one per past period.
        noise: Variance that chance alone gives each of them, same shape.

    Examples:
        >>> round(company_sd(np.array([]), np.array([])), 3)
        0.1
        >>> 0.2 < company_sd(np.full(8, 0.3), np.zeros(8)) < 0.3
        True
    """
    variance = CANDIDATES[:, None] ** 2 + noise[None, :]
    likelihood = -0.5 * (np.log(variance) + errors[None, :] ** 2 / variance).sum(axis=1)
    prior = -0.5 * (np.log(CANDIDATES / PRIOR_SD) / PRIOR_LOG_SD) ** 2
    return float(CANDIDATES[int(np.argmax(likelihood + prior))])
