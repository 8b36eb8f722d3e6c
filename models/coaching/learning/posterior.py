"""What has been learned about every play: a joint Gaussian around what the simple rule expects, per suspicion.

The effect of play k on rep i is the simple rule's expectation plus `x_ik . theta_k`. The prior on theta has a part
shared by all plays and a part of each play's own. Plays rarely harm, but one that helps those behind may lower the
results of the strong (Chung, Narayandas and Chang 2021); so there is one hypothesis in which no play does, and one per
play in which that play does. Outcomes are proximal metrics against their forecast, in points of quota; what moves a
metric for everybody, and what an earlier play still adds, is marginalised out. Updates are exact: Bishop, Pattern
Recognition and Machine Learning (2006), sections 3.3 and 3.4.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, softmax

from features.domain.errors import UsageError
from models.coaching.learning.contexts import FEATURES, Contexts
from models.coaching.learning.settings import LearningSettings
from models.contracts import FloatArray

SIZE = len(FEATURES)


@dataclass(frozen=True)
class Outcomes:
    """What became known of one period, one row per rep and metric that was watched.

    Attributes:
        play: Play that was taken up on the metric, shape (n,); -1 where none was.
        features: Row of the design for that play, shape (n, n_features); ignored where none was.
        surplus: Metric less its forecast, in points of quota, less what the rule expected of the play, shape (n,).
        noise: Standard deviation of that in points, shape (n,).
        nuisance: What else may have moved the rows, shape (n, n_nuisance).
        nuisance_sd: Prior standard deviation of each of these, points, shape (n_nuisance,).
    """

    play: npt.NDArray[np.int64]
    features: FloatArray
    surplus: FloatArray
    noise: FloatArray
    nuisance: FloatArray
    nuisance_sd: FloatArray


@dataclass(frozen=True)
class Belief:
    """What is believed of every play for every rep, points of quota, each of shape (n_reps, n_plays).

    Attributes:
        mid: Expected effect.
        sd: Standard deviation.
        p_positive: Probability that the effect is above zero.
        harm: Probability that the rep is strong, and the play the one that lowers the results of the strong, theirs
            among them.
    """

    mid: FloatArray
    sd: FloatArray
    p_positive: FloatArray
    harm: FloatArray


@dataclass(frozen=True)
class EffectPosterior:
    """Mixture of joint Gaussians of the corrections theta of all plays; hypothesis 0 is that no play harms.

    Attributes:
        weights: Probability of each hypothesis, shape (1 + n_plays,).
        mean: Shape (1 + n_plays, n_plays * n_features).
        covariance: Shape (1 + n_plays, n_plays * n_features, n_plays * n_features).
        periods: Periods learned from.
    """

    weights: FloatArray
    mean: FloatArray
    covariance: FloatArray
    periods: int = 0

    @classmethod
    def prior(cls, promised: FloatArray, settings: LearningSettings | None = None) -> Self:
        """Return the prior.

        Args:
            promised: What published evidence promises of each play, points of quota, shape (n_plays,).
            settings: How far plays may turn out different, each alone and all together, and how often one harms.
        """
        chosen, plays = settings or LearningSettings(), len(promised)
        mean = np.zeros((1 + plays, plays * SIZE))
        covariance = np.tile(_covariance(promised, chosen), (1 + plays, 1, 1))
        for play in range(plays):
            place = play * SIZE + FEATURES.index("strong")
            mean[1 + play, place] = -chosen.harm_mean
            covariance[1 + play, place, place] = chosen.harm_sd**2
        weights = np.array([1.0 - chosen.harm_share] + [chosen.harm_share / plays] * plays)
        return cls(weights, mean, covariance)

    @property
    def plays(self) -> int:
        """The number of plays."""
        return int(self.mean.shape[1]) // SIZE

    def updated(self, outcomes: Outcomes) -> Self:
        """Return the posterior after one more period; the old one stays as it is.

        Raises:
            UsageError: A row names a play that is not there, or is not a number.
        """
        self._check(outcomes)
        told, drawn = self._information(outcomes)
        mean, covariance = np.empty_like(self.mean), np.empty_like(self.covariance)
        evidence = np.log(self.weights)
        for index, (before, spread) in enumerate(zip(self.mean, self.covariance, strict=True)):
            known = np.linalg.inv(spread)
            precision = known + told
            found = np.linalg.inv(precision)
            covariance[index] = (found + found.T) / 2.0
            mean[index] = covariance[index] @ (known @ before + drawn)
            evidence[index] -= 0.5 * (np.linalg.slogdet(spread)[1] + np.linalg.slogdet(precision)[1])
            evidence[index] += 0.5 * (mean[index] @ precision @ mean[index] - before @ known @ before)
        return type(self)(np.asarray(softmax(evidence)), mean, covariance, self.periods + 1)

    def _information(self, outcomes: Outcomes) -> tuple[FloatArray, FloatArray]:
        """Return what the rows say of theta (precision, and precision times value), nuisance marginalised out."""
        wide = np.zeros((len(outcomes.play), self.plays * SIZE))
        coached = np.flatnonzero(outcomes.play >= 0)
        columns = outcomes.play[coached, None] * SIZE + np.arange(SIZE)
        wide[coached[:, None], columns] = outcomes.features[coached]
        scale = 1.0 / outcomes.noise
        wide *= scale[:, None]
        beside = outcomes.nuisance * scale[:, None]
        inner = np.diag(outcomes.nuisance_sd**-2.0) + beside.T @ beside
        weighted = wide - beside @ np.linalg.solve(inner, beside.T @ wide)
        return wide.T @ weighted, weighted.T @ (outcomes.surplus * scale)

    def _check(self, outcomes: Outcomes) -> None:
        if outcomes.play.size and outcomes.play.max() >= self.plays:
            raise UsageError(f"outcomes of play {outcomes.play.max()}; there are {self.plays}, numbered from 0")
        unknown = ~np.isfinite(outcomes.surplus) | ~(outcomes.noise > 0)
        if unknown.any():
            raise UsageError(f"{int(unknown.sum())} outcomes are no numbers or have no noise; leave these rows out")

    def belief(self, contexts: Contexts) -> Belief:
        """Return what is believed of every play for every rep, whether or not the rep is truly strong."""
        shares = np.stack([contexts.strong, 1.0 - contexts.strong])
        told = [self._if_strong(contexts, strong) for strong in (1.0, 0.0)]
        mid, square, likely, harm = (
            np.asarray((shares[:, :, None] * np.stack(part)).sum(axis=0)) for part in zip(*told, strict=True)
        )
        return Belief(mid, np.sqrt(np.maximum(square - mid**2, 0.0)), likely, harm)

    def _if_strong(self, contexts: Contexts, strong: float) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Return mean, mean square, probability above zero and of harm if every rep is strong (1) or none is (0)."""
        design = contexts.design()
        design[:, :, FEATURES.index("strong")] = strong
        mean = contexts.expected + np.einsum("hkf,ikf->hik", self.mean.reshape(-1, self.plays, SIZE), design)
        blocks = [slice(play * SIZE, (play + 1) * SIZE) for play in range(self.plays)]
        own = np.stack([self.covariance[:, block, block] for block in blocks], axis=1)
        variance = np.einsum("ikf,hkfg,ikg->hik", design, own, design, optimize=True)
        above = ndtr(mean / np.sqrt(variance))
        each = np.arange(self.plays)
        harm = strong * self.weights[1:] * (1.0 - above[1 + each, :, each]).T
        weights = self.weights[:, None, None]
        whole = ((weights * part).sum(axis=0) for part in (mean, variance + mean**2, above))
        return *whole, np.asarray(harm)

    def sampled(self, contexts: Contexts, draws: int, rng: np.random.Generator) -> FloatArray:
        """Return joint draws of all effects, shape (draws, n_reps, n_plays): one draw is one possible company."""
        which = rng.choice(len(self.weights), size=draws, p=self.weights)
        theta = rng.standard_normal((draws, self.mean.shape[1]))
        for index in np.unique(which):
            root = np.linalg.cholesky(self.covariance[index] + 1e-12 * np.eye(self.mean.shape[1]))
            rows = which == index
            theta[rows] = self.mean[index] + theta[rows] @ root.T
        by_play = theta.reshape(draws, self.plays, SIZE)
        corrections = np.einsum("skf,ikf->sik", by_play, contexts.design(), optimize=True)
        return np.asarray(contexts.expected + corrections, dtype=np.float64)

    def to_json(self, play_ids: Sequence[str]) -> dict[str, object]:
        """Return what was learned as JSON values, with the plays it is about."""
        if len(play_ids) != self.plays:
            raise UsageError(f"{len(play_ids)} names for {self.plays} plays; name each one")
        return {
            "features": list(FEATURES),
            "plays": list(play_ids),
            "weights": self.weights.tolist(),
            "mean": self.mean.tolist(),
            "covariance": self.covariance.tolist(),
            "periods": self.periods,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any], play_ids: Sequence[str]) -> Self:
        """Return what `to_json` described.

        Raises:
            UsageError: It is about other plays or features.
        """
        if list(document["features"]) != list(FEATURES) or list(document["plays"]) != list(play_ids):
            raise UsageError(
                f"learned about plays {document['plays']} by {document['features']}, asked for {list(play_ids)} by"
                f" {list(FEATURES)}; begin from the prior"
            )
        weights, mean, covariance = (
            np.asarray(document[name], dtype=np.float64) for name in ("weights", "mean", "covariance")
        )
        return cls(weights, mean, covariance, int(document["periods"]))


def _covariance(promised: FloatArray, settings: LearningSettings) -> FloatArray:
    own = np.array([float(getattr(settings, f"{name}_sd")) ** 2 for name in FEATURES])
    shared, carried = np.zeros(SIZE), np.zeros(SIZE)
    shared[:2] = settings.shared_base_sd**2, settings.shared_gap_sd**2
    carried[1] = (settings.evidence_sd / settings.typical_gap) ** 2
    plays = len(promised)
    whole = np.kron(np.eye(plays), np.diag(own)) + np.kron(np.ones((plays, plays)), np.diag(shared))
    return np.asarray(whole + np.kron(np.outer(promised, promised), np.diag(carried)), dtype=np.float64)
