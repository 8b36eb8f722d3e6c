"""Whether a play works, and for whom, by a cross-fitted doubly robust learner; only where both arms overlap.

The estimate is right when either the odds of being coached or the outcomes are modelled right. Folds hold whole reps,
so that nobody is judged by a model that has seen them. References: Robins, Rotnitzky and Zhao (1994); Kennedy, Towards
optimal doubly robust estimation of heterogeneous causal effects (2023), https://doi.org/10.1214/23-EJS2157.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats
from sklearn.linear_model import LogisticRegression

from features.domain.errors import DataMissing
from models.coaching.learning.panel import Estimate, Panel, clustered_error
from models.contracts import FloatArray

FOLDS = 5
RIDGE = 1.0


@dataclass(frozen=True)
class Scores:
    """What cross-fitting gives every row that lies in the overlap.

    Attributes:
        kept: Rows inside the overlap, shape (n,).
        propensity: Chance of being coached, by models that have not seen the rep, shape (n,).
        score: Doubly robust score of the effect, points, shape (n,); its mean is the effect.
        effective: Effective number of coached rep-periods after weighting, inside the overlap.
    """

    kept: npt.NDArray[np.bool_]
    propensity: FloatArray
    score: FloatArray
    effective: float


@dataclass(frozen=True)
class DoublyRobust:
    """The effect on everybody inside the overlap, and how it depends on a few traits.

    Attributes:
        estimate: Mean effect.
        slopes: Intercept, then the change of the effect per standard deviation of each modifier, points.
        errors: Their standard errors, by rep.
        scores: What it was computed from.
    """

    estimate: Estimate
    slopes: FloatArray
    errors: FloatArray
    scores: Scores


def doubly_robust_effect(
    panel: Panel,
    *,
    overlap: tuple[float, float] = (0.05, 0.95),
    level: float = 0.9,
    propensity: FloatArray | None = None,
) -> DoublyRobust:
    """Estimate the effect of a play on everybody who might have been coached, and for whom it is larger.

    Args:
        panel: Rep-periods.
        overlap: Chances outside these are left out: nobody there can be compared.
        level: Coverage of the interval.
        propensity: Known chances, shape (n,); learned from the covariates if None.

    Raises:
        DataMissing: An arm has fewer rep-periods than covariates.
    """
    scores = cross_fitted(panel, overlap=overlap, propensity=propensity)
    kept, score = scores.kept, scores.score[scores.kept]
    effect = float(score.mean())
    error, reps = clustered_error(score, panel.rep[kept])
    reach = float(stats.t.ppf(0.5 + level / 2.0, max(reps - 1, 1))) * error
    coached = int(panel.treated[kept].sum())
    told = Estimate(
        "doubly_robust", effect, error, effect - reach, effect + reach, level, coached, int(kept.sum()) - coached
    )
    slopes, errors = _slopes(score, panel.modifiers[kept], panel.rep[kept])
    return DoublyRobust(told, slopes, errors, scores)


def cross_fitted(
    panel: Panel, *, overlap: tuple[float, float] = (0.05, 0.95), propensity: FloatArray | None = None
) -> Scores:
    """Return overlap, chances and scores of every row, each by models that have not seen its rep."""
    known = _known(panel)
    _check(panel, known)
    fold = panel.rep % FOLDS
    chance, with_play, without = (np.empty(len(panel)) for _ in range(3))
    for held in range(FOLDS):
        out, seen = fold == held, fold != held
        chance[out] = _chance(known[seen], panel.treated[seen], known[out])
        for arm, into in ((1, with_play), (0, without)):
            rows = seen & (panel.treated == arm)
            into[out] = known[out] @ _ridge(known[rows], panel.residual[rows])
    chance = chance if propensity is None else propensity
    kept = (chance >= overlap[0]) & (chance <= overlap[1])
    odds = np.where(panel.treated == 1, 1.0 / np.clip(chance, 1e-6, 1), -1.0 / np.clip(1.0 - chance, 1e-6, 1))
    missed = panel.residual - np.where(panel.treated == 1, with_play, without)
    weight = 1.0 / chance[kept & (panel.treated == 1)]
    effective = float(weight.sum() ** 2 / (weight**2).sum()) if len(weight) else 0.0
    return Scores(kept, chance, with_play - without + odds * missed, effective)


def _check(panel: Panel, known: FloatArray) -> None:
    arms = np.bincount(panel.treated, minlength=2)
    if arms.min() <= 2 * known.shape[1]:
        raise DataMissing(
            f"{arms[1]} rep-periods with the play and {arms[0]} without, for {known.shape[1]} covariates;"
            " wait for more periods"
        )


def _known(panel: Panel) -> FloatArray:
    told = np.column_stack([panel.covariates, panel.before])
    scaled = (told - told.mean(axis=0)) / np.maximum(told.std(axis=0), 1e-12)
    periods = (panel.period[:, None] == np.unique(panel.period)[1:]).astype(np.float64)
    return np.column_stack([np.ones(len(panel)), periods, scaled])


def _chance(known: FloatArray, treated: npt.NDArray[np.int64], asked: FloatArray) -> FloatArray:
    model = LogisticRegression(C=1.0, max_iter=500).fit(known[:, 1:], treated)
    return np.asarray(model.predict_proba(asked[:, 1:])[:, 1], dtype=np.float64)


def _ridge(known: FloatArray, outcome: FloatArray) -> FloatArray:
    penalty = RIDGE * np.eye(known.shape[1])
    penalty[0, 0] = 0.0
    return np.asarray(np.linalg.solve(known.T @ known + penalty, known.T @ outcome), dtype=np.float64)


def _slopes(score: FloatArray, modifiers: FloatArray, rep: npt.NDArray[np.int64]) -> tuple[FloatArray, FloatArray]:
    scaled = (modifiers - modifiers.mean(axis=0)) / np.maximum(modifiers.std(axis=0), 1e-12)
    design = np.column_stack([np.ones(len(score)), scaled])
    bread = np.linalg.inv(design.T @ design)
    slopes = bread @ design.T @ score
    influence = len(score) * (design * (score - design @ slopes)[:, None]) @ bread
    errors = [clustered_error(influence[:, column], rep)[0] for column in range(design.shape[1])]
    return np.asarray(slopes), np.asarray(errors)
