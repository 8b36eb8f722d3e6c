"""What is known about a rep when a play is chosen: gap, rank and tenure, and what the simple rule expects."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from features.domain.errors import UsageError
from models.contracts import FloatArray

Flags = npt.NDArray[np.bool_]

FEATURES = ("base", "gap", "rank", "curve", "strong", "newness")
"""Columns of the design, in order."""

STRONG_FROM = 0.7
"""True rank from which a rep is strong: a top quarter, and a little more so that nobody stands right at the edge."""

RANK_RELIABILITY = 0.9
"""Correlation of an estimated rank with the true one, as normal scores; .8 in its place changes little."""

GAP_LIMIT = 20.0
"""Gaps worth more points than this count as this."""


@dataclass(frozen=True)
class Contexts:
    """Reps and plays at one moment.

    Attributes:
        gap: What a rep's gap to similar reps on the metric of each play is worth by the forecast equation, after the
            discount of what-ifs, points of quota, shape (n_reps, n_plays); positive where behind.
        rank: Share of similar reps at or below the rep, by attainment, shape (n_reps,), 0..1.
        newness: 1 in the first half-year, 0 afterwards, shape (n_reps,).
        expected: What the simple rule expects of each play, points of quota, shape (n_reps, n_plays).
        eligible: Whether the play's own conditions hold, shape (n_reps, n_plays).
    """

    gap: FloatArray
    rank: FloatArray
    newness: FloatArray
    expected: FloatArray
    eligible: Flags

    def __post_init__(self) -> None:
        reps, plays = self.gap.shape
        shapes = {
            "rank": (self.rank.shape, (reps,)),
            "newness": (self.newness.shape, (reps,)),
            "expected": (self.expected.shape, (reps, plays)),
            "eligible": (self.eligible.shape, (reps, plays)),
        }
        wrong = [f"{name} {found} instead of {asked}" for name, (found, asked) in shapes.items() if found != asked]
        if wrong:
            raise UsageError(f"contexts do not fit gap {self.gap.shape}: {', '.join(wrong)}; give one row per rep")

    def __len__(self) -> int:
        """Return the number of reps."""
        return len(self.gap)

    @property
    def plays(self) -> int:
        """The number of plays."""
        return int(self.gap.shape[1])

    @property
    def strong(self) -> FloatArray:
        """Probability that each rep is truly strong, shape (n_reps,), given that a rank is itself an estimate.

        The strong answer to coaching in their own way, and somebody who looks average may be one of them.

        Examples:
            >>> one = np.ones((3, 1))
            >>> Contexts(one, np.array([0.3, 0.7, 0.9]), np.zeros(3), one, one > 0).strong.round(2).tolist()
            [0.01, 0.45, 0.93]
        """
        score = ndtri(np.clip(self.rank, 0.001, 0.999))
        ahead = RANK_RELIABILITY * score - ndtri(STRONG_FROM)
        return np.asarray(ndtr(ahead / np.sqrt(1.0 - RANK_RELIABILITY**2)), dtype=np.float64)

    def design(self) -> FloatArray:
        """Return the features of every rep and play, shape (n_reps, n_plays, n_features).

        Rank runs from -1 to 1 with 0 at the median; the curve is its square, less a third so that it is 0 on average.

        Examples:
            >>> one = np.ones((1, 1))
            >>> Contexts(0.5 * one, np.ones(1), np.zeros(1), one, one > 0).design().round(2).tolist()
            [[[1.0, 0.5, 1.0, 0.67, 1.0, 0.0]]]
        """
        place = 2.0 * self.rank - 1.0
        alike = np.stack([np.ones(len(self)), place, place**2 - 1.0 / 3.0, self.strong, self.newness], axis=1)
        wide = np.broadcast_to(alike[:, None], (len(self), self.plays, alike.shape[1]))
        gap = np.clip(self.gap, 0.0, GAP_LIMIT)[..., None]
        return np.asarray(np.concatenate([wide[..., :1], gap, wide[..., 1:]], axis=2), dtype=np.float64)
