"""Rep-periods with and without a play: what every estimate of an effect is made from, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from features.domain.errors import UsageError
from models.contracts import FloatArray


@dataclass(frozen=True)
class Panel:
    """One row per rep and period in which the rep took up the play or nothing.

    Attributes:
        rep: Number of the rep, shape (n,); rows of one rep are never taken for independent.
        period: Number of the period, shape (n,); only rows of the same period are compared.
        treated: 1 where the play was taken up, shape (n,).
        residual: Outcome less its forecast of the day the play was taken up, points, shape (n,).
        before: The same one period earlier, known when the play was chosen, shape (n,).
        earlier: The same two periods earlier: the placebo, which no play of today can have moved, shape (n,).
        covariates: What was known when the play was chosen, shape (n, n_covariates).
        modifiers: What an effect may depend on, shape (n, n_modifiers).
    """

    rep: npt.NDArray[np.int64]
    period: npt.NDArray[np.int64]
    treated: npt.NDArray[np.int64]
    residual: FloatArray
    before: FloatArray
    earlier: FloatArray
    covariates: FloatArray
    modifiers: FloatArray

    def __post_init__(self) -> None:
        wrong = {name: len(values) for name, values in vars(self).items() if len(values) != len(self.rep)}
        if wrong:
            raise UsageError(f"{wrong} rows beside {len(self.rep)} reps; give one per rep-period")

    def __len__(self) -> int:
        """Return the number of rep-periods."""
        return len(self.rep)


@dataclass(frozen=True)
class Estimate:
    """An effect with its interval, points of quota.

    Attributes:
        method: `matched` or `doubly_robust`.
        effect: Estimate.
        error: Standard error, clustered by rep.
        low: Lower end of the interval.
        high: Upper end.
        level: Coverage that the interval promises.
        treated: Rep-periods with the play that were used.
        controls: Rep-periods without that were used.
        placebo_p: p-value of the placebo, two-sided; NaN where there is none.
    """

    method: str
    effect: float
    error: float
    low: float
    high: float
    level: float
    treated: int
    controls: int
    placebo_p: float = float("nan")


def clustered_error(influence: FloatArray, rep: npt.NDArray[np.int64]) -> tuple[float, int]:
    """Return the standard error of a mean from the rows' influences, summed by rep, and the number of reps.

    Args:
        influence: Influence of each row on the estimate, shape (n,): their mean is the estimate less its truth.
        rep: Number of the rep, shape (n,).

    Examples:
        Two rows of one rep that always agree are one observation: sqrt(4 / 3) instead of half of that.

        >>> both = np.array([1.0, 1.0, -1.0, -1.0, 1.0, 1.0, -1.0, -1.0])
        >>> error, reps = clustered_error(both, np.array([0, 0, 1, 1, 2, 2, 3, 3]))
        >>> round(error, 4), reps
        (0.5774, 4)
    """
    _, place = np.unique(rep, return_inverse=True)
    sums = np.bincount(place, weights=influence - influence.mean())
    reps = len(sums)
    return float(np.sqrt(reps / max(reps - 1, 1) * (sums**2).sum()) / len(influence)), reps
