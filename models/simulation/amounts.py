"""How large a win is: an owner's usual amount, shrunk to the segment's, and the spread around it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.contracts import FloatArray

N_RESIDUALS = 201
PSEUDO_WINS = 4.0
LARGEST_LOG_CHANGE = 3.0


@dataclass(frozen=True)
class Amounts:
    """Log-amounts of wins.

    Attributes:
        segments: Mean log-amount per segment; `""` is the pooled mean.
        owners: Shrunk mean log-amount per rep.
        wins: Wins per rep behind it.
        residuals: Evenly spaced quantiles of the log-residuals, shape (N_RESIDUALS,), centred so that their mean
            factor is the one seen.
        within: Standard deviation of the residuals.
    """

    segments: dict[str, float]
    owners: dict[str, float]
    wins: dict[str, float]
    residuals: FloatArray
    within: float

    def log_mean(self, rep_ids: pd.Series, segments: pd.Series) -> FloatArray:
        """Return the mean log-amount of each (rep, segment), shape (n,); the segment's where the rep has no win."""
        pooled = self.segments[""]
        pairs = zip(rep_ids.astype("str"), segments.fillna("").astype("str"), strict=True)
        return np.array([self.owners.get(rep, self.segments.get(seg, pooled)) for rep, seg in pairs])

    def doubt(self, rep_ids: pd.Series) -> FloatArray:
        """Return the standard error of each rep's mean log-amount, shape (n,)."""
        wins = np.array([self.wins.get(str(rep), 0.0) for rep in rep_ids])
        return np.asarray(self.within / np.sqrt(wins + PSEUDO_WINS), dtype=np.float64)

    @property
    def mean_factor(self) -> float:
        """Mean of a win's amount relative to exp(mean log-amount)."""
        return float(np.exp(self.residuals).mean())


def learn_amounts(won: pd.DataFrame) -> Amounts:
    """Return amounts learned from wins.

    Args:
        won: `rep_id, segment, amount`; rows without a positive amount are left out.
    """
    known = won[won["amount"] > 0]
    log = np.log(known["amount"].to_numpy(dtype=np.float64))
    segment = known["segment"].fillna("").astype("str").to_numpy()
    pooled = float(log.mean()) if len(log) else 0.0
    frame = pd.DataFrame({"rep_id": known["rep_id"].to_numpy(), "segment": segment, "log": log})
    by_segment = frame.groupby("segment", sort=True)["log"].agg(["sum", "count"])
    shrunk = (by_segment["sum"] + PSEUDO_WINS * pooled) / (by_segment["count"] + PSEUDO_WINS)
    segments = {str(k): float(v) for k, v in shrunk.items() if k} | {"": pooled}
    frame["over"] = frame["log"] - frame["segment"].map(segments)
    by_rep = frame.groupby("rep_id", sort=True).agg(
        over=("over", "sum"), n=("over", "count"), segment=("segment", "last")
    )
    weight = _pseudo(frame)
    mean = by_rep["segment"].map(segments) + by_rep["over"] / (by_rep["n"] + weight)
    owners = {str(k): float(v) for k, v in mean.items()}
    residual = (frame["log"] - frame["rep_id"].map(owners)).to_numpy(dtype=np.float64)
    return Amounts(
        segments=segments,
        owners=owners,
        wins={str(k): float(v) for k, v in by_rep["n"].items()},
        residuals=quantile_grid(residual),
        within=float(residual.std()) if len(residual) > 1 else 0.5,
    )


def _pseudo(frame: pd.DataFrame) -> float:
    """Return wins' worth of belief in the segment's mean: variance within reps over variance between them."""
    stats = frame.groupby("rep_id", sort=True)["over"].agg(["mean", "var", "count"])
    many = stats[stats["count"] >= 3]
    if len(many) < 5:
        return PSEUDO_WINS
    within = float(many["var"].mean())
    between = float(many["mean"].var()) - float((many["var"] / many["count"]).mean())
    return float(np.clip(within / max(between, 1e-6), 1.0, 50.0))


def quantile_grid(values: FloatArray) -> FloatArray:
    """Return `N_RESIDUALS` evenly spaced quantiles of log-values whose mean factor equals that of `values`.

    Examples:
        >>> grid = quantile_grid(np.log(np.array([1.0, 1.0, 4.0])))
        >>> round(float(np.exp(grid).mean()), 9)
        2.0
    """
    if len(values) == 0:
        return np.zeros(N_RESIDUALS)
    clipped = np.clip(values, -LARGEST_LOG_CHANGE, LARGEST_LOG_CHANGE)
    grid = np.quantile(clipped, (np.arange(N_RESIDUALS) + 0.5) / N_RESIDUALS)
    shift = np.log(np.exp(clipped).mean()) - np.log(np.exp(grid).mean())
    return np.asarray(grid + shift, dtype=np.float64)
