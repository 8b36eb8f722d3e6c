"""TreeSHAP of the deal model in points of quota: concept groups that add up exactly to what each deal adds.

The log-odds contributions of one row are centred on similar open deals, summed inside concept groups and rescaled by
one factor per row, so that they keep their signs and proportions and add up to the difference in probability. Times
the expected amount over the quota this is points of quota.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.contracts import FloatArray
from models.explain.settings import ExplainSettings
from models.simulation.streams import stream

POINTS = 100.0
ALL, NOBODY = "", "-"
"""Names of the reference of all open deals, and of the training data's base where there are too few deals."""
SMALLEST_SUM = 1e-9
"""Log-odds below which a row stands at its base, and the slope there is the factor."""
RESAMPLES = 64


@dataclass(frozen=True)
class DealShares:
    """Contributions of every deal.

    Attributes:
        groups: Points of quota per concept group, shape (n, n_groups).
        low: Lower end of their 90 % range over resampled reference deals, same shape.
        high: Upper end.
        chance: Probability of a win by the period's end as the deal model says it, shape (n,).
        base: Probability at the reference, shape (n,).
        stake: Points of quota that the deal brings if it is won, shape (n,).
        reference: Segment whose open deals are the reference, `ALL` or `NOBODY`, shape (n,).
    """

    groups: FloatArray
    low: FloatArray
    high: FloatArray
    chance: FloatArray
    base: FloatArray
    stake: FloatArray
    reference: npt.NDArray[np.object_]


def deal_shares(
    margins: FloatArray, membership: FloatArray, stake: FloatArray, deals: pd.DataFrame, settings: ExplainSettings
) -> DealShares:
    """Return the shares of deals.

    Args:
        margins: TreeSHAP contributions in log-odds, the base value last, shape (n, n_inputs + 1).
        membership: Group of each input, shape (n_inputs, n_groups).
        stake: Points of quota that each deal brings if it is won, shape (n,).
        deals: `segment` and `rep_id` of the same rows.
        settings: How many deals and owners a reference needs.

    Returns:
        Shares whose sum over groups is `(chance - base) * stake` on every row.
    """
    grouped = margins[:, :-1] @ membership
    reference = reference_of(deals, settings)
    names = sorted(set(reference))
    centre, drawn = np.zeros_like(grouped), np.zeros((RESAMPLES, len(names), grouped.shape[1]))
    for index, name in enumerate(names):
        rows = _members(deals, str(name))
        if len(rows):
            centre[reference == name] = grouped[rows].mean(axis=0)
            drawn[:, index] = _resampled(grouped[rows], str(name))
    shares, chance, base = rescaled(grouped, centre, margins[:, -1], stake)
    place = np.searchsorted(np.asarray(names, dtype=object), reference)
    again = np.stack([rescaled(grouped, drawn[k][place], margins[:, -1], stake)[0] for k in range(RESAMPLES)])
    low, high = np.quantile(again, (0.05, 0.95), axis=0)
    return DealShares(shares, low, high, chance, base, stake, reference)


def rescaled(
    grouped: FloatArray, centre: FloatArray, base: FloatArray, stake: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return points per group, the probability of each row and that of its reference.

    Args:
        grouped: Log-odds contributions per group, shape (n, n_groups).
        centre: Those of the reference, same shape.
        base: Log-odds of the training data, shape (n,).
        stake: Points of quota at stake, shape (n,).

    Examples:
        >>> points, chance, base = rescaled(
        ...     np.array([[-1.0, 0.5]]), np.zeros((1, 2)), np.zeros(1), np.array([20.0])
        ... )
        >>> (chance - base).round(4).tolist(), points.round(3).tolist()
        ([-0.1225], [[-4.898, 2.449]])
    """
    over = grouped - centre
    start = base + centre.sum(axis=1)
    moved = over.sum(axis=1)
    chance, at_base = _probability(start + moved), _probability(start)
    still = np.abs(moved) < SMALLEST_SUM
    factor = np.where(still, at_base * (1.0 - at_base), (chance - at_base) / np.where(still, 1.0, moved))
    return over * (factor * stake)[:, None], chance, at_base


def reference_of(deals: pd.DataFrame, settings: ExplainSettings) -> npt.NDArray[np.object_]:
    """Return whom each deal is compared with: its segment's open deals, else all, else nobody's.

    A reference needs `min_deals` deals of more than `min_peers` owners, so that no colleague's deal can be read off.
    """
    segment = deals["segment"].astype("object").fillna("").to_numpy()
    found = np.full(len(deals), NOBODY, dtype=object)
    if _enough(deals, settings):
        found[:] = ALL
    for name in sorted(set(segment) - {""}):
        if _enough(deals[segment == name], settings):
            found[segment == name] = name
    return found


def _enough(deals: pd.DataFrame, settings: ExplainSettings) -> bool:
    return len(deals) >= settings.min_deals and deals["rep_id"].nunique() > settings.min_peers


def _members(deals: pd.DataFrame, name: str) -> npt.NDArray[np.int64]:
    if name == NOBODY:
        return np.zeros(0, dtype=np.int64)
    if name == ALL:
        return np.arange(len(deals), dtype=np.int64)
    return np.flatnonzero((deals["segment"] == name).to_numpy())


def _resampled(grouped: FloatArray, name: str) -> FloatArray:
    """Return means over as many deals drawn with replacement, shape (RESAMPLES, n_groups)."""
    count = stream(0, "reference deals", name).multinomial(
        len(grouped), np.full(len(grouped), 1 / len(grouped)), RESAMPLES
    )
    return np.asarray(count @ grouped / len(grouped), dtype=np.float64)


def _probability(log_odds: FloatArray) -> FloatArray:
    return np.asarray(1.0 / (1.0 + np.exp(-log_odds)), dtype=np.float64)
