"""What a play may be worth: the same simulated worlds with one lever moved, discounted and blended with evidence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from models.coaching.playbook import Evidence, Mechanism
from models.coaching.settings import CoachingSettings
from models.contracts import FloatArray

POINTS = 100.0
"""Points of quota in a ratio of 1."""

_COLUMNS = {"volume": "volume_", "size": "size", "win": "win", "timing": "timing"}


@dataclass(frozen=True)
class Effect:
    """The effect of one play on several targets, points of quota, each of shape (k,).

    Attributes:
        low: Lower end of the plausible range.
        mid: Expected effect.
        high: Upper end of the plausible range.
        p_positive: Probability that the effect is above zero.
        raw: The what-if alone, before discount and blending.
    """

    low: FloatArray
    mid: FloatArray
    high: FloatArray
    p_positive: FloatArray
    raw: FloatArray


def feasible_target(own: FloatArray, peer_reach: FloatArray, spread: FloatArray, good: str) -> FloatArray:
    """Return the level a metric can be brought to: one usual swing, never beyond what similar reps reach.

    Args:
        own: Own values, shape (k,).
        peer_reach: Value of the better quarter of similar reps, shape (k,).
        spread: Standard deviation within one rep over time, shape (k,).
        good: `up` or `down`.

    Returns:
        Target, shape (k,); own value where that is already as good.

    Examples:
        >>> feasible_target(np.array([6.0, 6.0, 20.0]), np.array([12.0] * 3), np.array([2.0, 9.0, 2.0]), "up").tolist()
        [8.0, 12.0, 20.0]
    """
    if good == "up":
        return np.asarray(np.maximum(own, np.minimum(peer_reach, own + spread)), dtype=np.float64)
    return np.asarray(np.minimum(own, np.maximum(peer_reach, own - spread)), dtype=np.float64)


def lever_ratio(own: FloatArray, target: FloatArray, mechanism: Mechanism, settings: CoachingSettings) -> FloatArray:
    """Return by how much the structural factor is multiplied when the metric goes from own to target.

    Returns:
        Shape (k,), at least 1 and at most `largest_ratio`; NaN where the link is undefined (nothing to scale).

    Examples:
        >>> from models.coaching.playbook import Mechanism
        >>> fewer_late = Mechanism(
        ...     feature="overdue_share", good="down", factor="timing", parts=("open",), link="complement"
        ... )
        >>> lever_ratio(np.array([0.5]), np.array([0.4]), fewer_late, CoachingSettings()).round(3).tolist()
        [1.2]
    """
    over = {"proportional": target, "inverse": own, "complement": 1.0 - target}[mechanism.link]
    under = {"proportional": own, "inverse": target, "complement": 1.0 - own}[mechanism.link]
    ratio = np.divide(over, under, out=np.full(len(own), np.nan), where=(under > 0) & (over > 0))
    return np.asarray(np.clip(ratio**mechanism.elasticity, 1.0, settings.largest_ratio), dtype=np.float64)


def part_ratio(ratio: FloatArray, column: FloatArray, mechanism: Mechanism) -> FloatArray:
    """Limit a ratio so that a share (win, timing) never passes 1; nothing to scale means no change.

    Args:
        ratio: Wanted ratio, shape (k,).
        column: Structure column that it scales, shape (k,).
        mechanism: Gives the factor.

    Returns:
        Ratio, shape (k,), at least 1.
    """
    if mechanism.factor in ("volume", "size"):
        return ratio
    room = np.divide(1.0, column, out=np.ones(len(column)), where=np.nan_to_num(column) > 0)
    return np.asarray(np.maximum(1.0, np.minimum(ratio, room)), dtype=np.float64)


def structure_column(mechanism: Mechanism, part: str) -> str:
    """Return the structure column that a mechanism scales in one part.

    Examples:
        >>> from models.coaching.playbook import Mechanism
        >>> more = Mechanism(feature="new_deals_91d", good="up", factor="volume", parts=("new",), link="proportional")
        >>> structure_column(more, "open"), structure_column(more, "new")
        ('volume_open', 'volume_new')
    """
    stem = _COLUMNS[mechanism.factor]
    if mechanism.factor == "volume":
        return f"{stem}{part}"
    return stem if part == "open" else f"{stem}_new"


def lifted(open_deals: FloatArray, new_deals: FloatArray, ratios: dict[str, FloatArray]) -> FloatArray:
    """Return what every simulated world gains when its parts are scaled: the same worlds, no new draw.

    Args:
        open_deals: Shape (k, n_paths), currency.
        new_deals: Shape (k, n_paths), currency.
        ratios: Ratio by part (`open`, `new`), shape (k,) each; a part that is not named stays as it is.

    Returns:
        Gain, shape (k, n_paths), currency.

    Examples:
        >>> lifted(np.array([[10.0, 20.0]]), np.array([[1.0, 1.0]]), {"open": np.array([1.5])}).tolist()
        [[5.0, 10.0]]
    """
    gain = np.zeros_like(open_deals)
    for part, paths in (("open", open_deals), ("new", new_deals)):
        if part in ratios:
            gain += (ratios[part] - 1.0)[:, None] * paths
    return gain


def blended(raw: FloatArray, evidence: Evidence, settings: CoachingSettings) -> Effect:
    """Blend discounted what-ifs with the prior of the play, each weighted by its precision.

    The what-if is worth `transport_discount` of itself, give or take `transport_sd`. The smaller the gap, the surer
    the what-if is that little can be gained, and the less the prior can add.

    Args:
        raw: What-if lift before discount, points of quota, shape (k,).
        evidence: Prior of the play, points of quota.
        settings: Discount, its spread, the level of the range.

    Returns:
        Mean, range and probability of a positive effect.

    Examples:
        >>> prior = Evidence.model_validate(
        ...     {"grade": "B", "mean": 2.0, "sd": 3.0, "source": {"en": "-", "zh": "-"}}, strict=True
        ... )
        >>> effect = blended(np.array([20.0]), prior, CoachingSettings())  # what-if N(6, 4.03), prior N(2, 3)
        >>> effect.mid.round(2).tolist(), effect.p_positive.round(3).tolist()
        ([3.43], [0.923])
    """
    mean = settings.transport_discount * raw
    variance = (settings.transport_sd * raw) ** 2 + settings.effect_sd_floor**2
    precision = 1.0 / variance + 1.0 / evidence.sd**2
    mid = (mean / variance + evidence.mean / evidence.sd**2) / precision
    sd = np.sqrt(1.0 / precision)
    reach = float(ndtri(0.5 + settings.range_level / 2.0)) * sd
    return Effect(low=mid - reach, mid=mid, high=mid + reach, p_positive=ndtr(mid / sd), raw=raw)
