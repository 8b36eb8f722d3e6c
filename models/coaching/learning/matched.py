"""Whether a play worked, by matched difference-in-differences on forecast residuals, with a placebo test.

Those who are coached are seldom like the others: they are coached because they fell behind, and whoever fell behind by
chance recovers by chance. So every coached rep-period is compared with uncoached ones of the same period that looked
alike when the play was chosen, on how far they moved beyond the forecast; and the same comparison two periods earlier
must show nothing. Matching with a regression on what is left of the differences: Abadie and Imbens, Bias-Corrected
Matching Estimators for Average Treatment Effects (2011), https://doi.org/10.1198/jbes.2009.07333. The regression holds
the residual of one period earlier, so that a low start is not counted as a rise.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import stats

from features.domain.errors import DataMissing
from models.coaching.learning.panel import Estimate, Panel
from models.contracts import FloatArray


def matched_effect(panel: Panel, *, neighbours: int = 4, level: float = 0.9) -> Estimate:
    """Estimate what the play brought those who took it up.

    Args:
        panel: Rep-periods; a period with fewer uncoached ones than `neighbours` is left out.
        neighbours: Uncoached rep-periods that each coached one is compared with, drawn again and again.
        level: Coverage of the interval.

    Returns:
        Mean over coached rep-periods, points, with an interval by rep and the p-value of the placebo.

    Raises:
        DataMissing: No period has coached and enough uncoached rep-periods, or too few to fit the regression.
    """
    weights = match_weights(panel, neighbours)
    treated, controls = int((weights > 0).sum()), int((weights < 0).sum())
    known = _known(panel)
    if treated < 2 or controls <= 2 * known.shape[1]:
        raise DataMissing(
            f"{treated} coached and {controls} matched uncoached rep-periods for {known.shape[1]} covariates;"
            " wait for more periods"
        )
    effect, error = _compared(panel.residual - panel.before, known, weights, panel.rep)
    drift, spread = _compared(panel.earlier, known, weights, panel.rep)
    freedom = max(len(np.unique(panel.rep[weights > 0])) - 1, 1)
    reach = float(stats.t.ppf(0.5 + level / 2.0, freedom)) * error
    placebo = float(2.0 * stats.t.sf(abs(drift / spread), freedom))
    return Estimate("matched", effect, error, effect - reach, effect + reach, level, treated, controls, placebo)


def match_weights(panel: Panel, neighbours: int) -> FloatArray:
    """Return the weight of every row: 1 for a coached one, minus its share of matches for an uncoached one.

    Returns:
        Shape (n,), summing to 0; 0 for rows that are not used.
    """
    scaled, weights = _scaled(panel), np.zeros(len(panel))
    for period in np.unique(panel.period):
        rows = np.flatnonzero((panel.period == period) & (panel.treated == 1))
        others = np.flatnonzero((panel.period == period) & (panel.treated == 0))
        if not len(rows) or len(others) < neighbours:
            continue
        distance = ((scaled[rows, None] - scaled[None, others]) ** 2).sum(axis=2)
        nearest = np.argpartition(distance, neighbours - 1, axis=1)[:, :neighbours]
        weights[rows] = 1.0
        weights[others] -= np.bincount(nearest.ravel(), minlength=len(others)) / neighbours
    return weights


def _scaled(panel: Panel) -> FloatArray:
    known = np.column_stack([panel.covariates, panel.before])
    return np.asarray((known - known.mean(axis=0)) / np.maximum(known.std(axis=0), 1e-12), dtype=np.float64)


def _known(panel: Panel) -> FloatArray:
    periods = (panel.period[:, None] == np.unique(panel.period)).astype(np.float64)
    scaled = _scaled(panel)
    return np.column_stack([periods, scaled, scaled**2])


def _compared(
    outcome: FloatArray, known: FloatArray, weights: FloatArray, rep: npt.NDArray[np.int64]
) -> tuple[float, float]:
    """Return the matched difference after a regression among the matched uncoached, and its error by rep."""
    among = np.maximum(-weights, 0.0)
    bread = np.linalg.pinv((known * among[:, None]).T @ known)
    left = outcome - known @ (bread @ (known.T @ (among * outcome)))
    coached = weights > 0
    count = float(coached.sum())
    effect = float((weights * left).sum() / count)
    unlike = weights @ known
    influence = weights * left - coached * effect - among * left * (known @ (bread @ unlike))
    _, place = np.unique(rep, return_inverse=True)
    sums = np.bincount(place, weights=influence)
    used = np.count_nonzero(np.bincount(place, weights=np.abs(weights)))
    return effect, float(np.sqrt(used / max(used - known.shape[1], 1) * (sums**2).sum()) / count)
