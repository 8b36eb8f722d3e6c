"""What another way of choosing plays would have brought, from logged decisions and their chances; and who is let in.

Three estimates side by side: inverse propensity (IPS), self-normalised (SNIPS) and doubly robust (DR). References:
Dudik, Langford and Li, Doubly Robust Policy Evaluation and Learning (2011), https://arxiv.org/abs/1103.4601;
Swaminathan and Joachims, The Self-Normalized Estimator for Counterfactual Learning (2015).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from features.domain.errors import UsageError
from models.coaching.learning.panel import clustered_error
from models.coaching.learning.settings import ProofSettings
from models.contracts import FloatArray


@dataclass(frozen=True)
class LoggedDecisions:
    """Decisions as they were logged; the last action is to offer nothing.

    Attributes:
        rep: Number of the rep, shape (n,).
        action: What was done, shape (n,), 0..n_actions - 1.
        propensity: Chance that this had under the policy that did it, shape (n,), above 0.
        reward: What it brought beyond the forecast, points, shape (n,).
    """

    rep: npt.NDArray[np.int64]
    action: npt.NDArray[np.int64]
    propensity: FloatArray
    reward: FloatArray

    def __post_init__(self) -> None:
        if not ((self.propensity > 0) & (self.propensity <= 1)).all():
            raise UsageError(
                f"{int((~((self.propensity > 0) & (self.propensity <= 1))).sum())} logged propensities are not in"
                " (0, 1]; what was done must have been possible, so log the chance with the decision"
            )


@dataclass(frozen=True)
class PolicyValue:
    """Points per rep and period that a policy would have brought, with an interval by rep.

    Attributes:
        method: `ips`, `snips` or `dr`.
        value: Estimate.
        low: Lower end.
        high: Upper end.
    """

    method: str
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Admission:
    """Whether a new policy is let in.

    Attributes:
        admitted: The answer.
        gain: Doubly robust gain over what was done.
        effective: Effective number of decisions after weighting.
        reason: Why not, or an empty text.
    """

    admitted: bool
    gain: PolicyValue
    effective: float
    reason: str


def weights(logged: LoggedDecisions, target: FloatArray, largest: float) -> FloatArray:
    """Return how much each logged decision counts for another policy, cut at the largest, shape (n,).

    Args:
        logged: Decisions.
        target: Chance of every action under the other policy, shape (n, n_actions), rows summing to 1.
        largest: Cut.
    """
    if not np.allclose(target.sum(axis=1), 1.0, atol=1e-6):
        raise UsageError("chances of the new policy do not sum to 1; give nothing a column of its own, the last")
    rows = np.arange(len(logged.action))
    return np.asarray(np.minimum(target[rows, logged.action] / logged.propensity, largest), dtype=np.float64)


def effective_number(weight: FloatArray) -> float:
    """Return the effective number of decisions of a weighting (Kish).

    Examples:
        >>> effective_number(np.array([1.0, 1.0, 0.0])), effective_number(np.array([2.0, 0.0]))
        (2.0, 1.0)
    """
    squares = float((weight**2).sum())
    return float(weight.sum()) ** 2 / squares if squares > 0 else 0.0


def policy_values(
    logged: LoggedDecisions, target: FloatArray, model: FloatArray, settings: ProofSettings | None = None
) -> dict[str, PolicyValue]:
    """Return what a policy would have brought, by all three methods.

    Args:
        logged: Decisions.
        target: Chance of every action under the policy, shape (n, n_actions).
        model: What each action is expected to bring, by a model that has not seen these rewards, same shape.
        settings: Cut of weights and level of intervals.
    """
    limits = settings or ProofSettings()
    weight = weights(logged, target, limits.largest_weight)
    scores = _doubly_robust(logged, target, model, weight)
    plain = weight * logged.reward
    share = float(weight.mean())
    normalised = plain.sum() / weight.sum() if share > 0 else float("nan")
    spread = (weight * (logged.reward - normalised)) / share if share > 0 else np.full(len(weight), np.nan)
    return {
        "ips": _interval("ips", float(plain.mean()), plain, logged, limits),
        "snips": _interval("snips", float(normalised), spread, logged, limits),
        "dr": _interval("dr", float(scores.mean()), scores, logged, limits),
    }


def admit(
    logged: LoggedDecisions, target: FloatArray, model: FloatArray, settings: ProofSettings | None = None
) -> Admission:
    """Let a new policy in only if the lower bound of its gain over what was done is not below zero.

    Args:
        logged: Decisions of the policy that stands.
        target: Chances under the new one, shape (n, n_actions).
        model: What each action is expected to bring, by a model that has not seen these rewards, same shape.
        settings: Limits.
    """
    limits = settings or ProofSettings()
    weight = weights(logged, target, limits.largest_weight)
    scores = _doubly_robust(logged, target, model, weight) - logged.reward
    gain = _interval("dr", float(scores.mean()), scores, logged, limits)
    effective = effective_number(weight)
    reason = ""
    if effective < limits.least_effective:
        reason = (
            f"{effective:.0f} effective decisions, {limits.least_effective:.0f} are needed; log more before judging"
        )
    elif gain.low < -limits.gate_slack:
        reason = f"the gain may be as low as {gain.low:+.2f} points; it must not lie below {-limits.gate_slack:+.2f}"
    return Admission(not reason, gain, effective, reason)


def _doubly_robust(logged: LoggedDecisions, target: FloatArray, model: FloatArray, weight: FloatArray) -> FloatArray:
    rows = np.arange(len(logged.action))
    missed = logged.reward - model[rows, logged.action]
    return np.asarray((target * model).sum(axis=1) + weight * missed, dtype=np.float64)


def _interval(
    method: str, value: float, influence: FloatArray, logged: LoggedDecisions, limits: ProofSettings
) -> PolicyValue:
    error, reps = clustered_error(influence, logged.rep)
    reach = float(stats.t.ppf(0.5 + limits.level / 2.0, max(reps - 1, 1))) * error
    return PolicyValue(method, value, value - reach, value + reach)
