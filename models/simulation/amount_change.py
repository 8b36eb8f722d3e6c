"""How the amount of a won deal differs from what the CRM said before: a factor and a spread per origin of the amount.

A first guess is off by more than an amount that was set again when the deal reached its present stage, so one spread
for all would be too wide where it matters most, near the end of a deal. And a guess far above what the owner usually
sells for is more often too high than too low: each origin has a slope by which amounts fall back to the usual.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.contracts import FloatArray
from models.simulation.amounts import quantile_grid
from models.simulation.days import IntArray

PSEUDO_DEALS = 30.0
MOST_LOG_CHANGE = 2.0
FARTHEST_FROM_USUAL = 2.0
"""Log-ratio of an amount to the usual one beyond which it falls back no further."""
POOLED = ""
FIRST, BEFORE, HERE = "first", "before", "here"
"""The amount is the one of the deal's first day; was changed before the present stage; was changed in it."""


@dataclass(frozen=True)
class AmountChange:
    """Log-factor between the amount at the win and the amount as known, per origin (see `origins`).

    Attributes:
        factors: Mean log-factor of an amount of the usual size per origin; `POOLED` stands for origins never seen.
        residuals: Quantile grid of log-residuals per origin, each shape (N_RESIDUALS,).
        deals: Rows behind it.
        slopes: What each unit of log-distance from the usual amount adds to the log-factor, per origin and `POOLED`.
    """

    factors: Mapping[str, float]
    residuals: Mapping[str, FloatArray]
    deals: int
    slopes: Mapping[str, float]

    def log_factor(self, deals: pd.DataFrame, usual_amount: FloatArray) -> FloatArray:
        """Return the mean log-factor of each deal, shape (n,).

        Args:
            deals: `DEAL_COLUMNS` and deal features.
            usual_amount: What each deal's owner usually sells for, currency, shape (n,).
        """
        factor, slope = self.factors[POOLED], self.slopes[POOLED]
        known = [(self.factors.get(one, factor), self.slopes.get(one, slope)) for one in origins(deals)]
        table = np.array(known, dtype=np.float64).reshape(len(deals), 2)
        away = from_usual(deals["amount"].to_numpy(dtype=np.float64), usual_amount)
        return np.asarray(table[:, 0] + table[:, 1] * away, dtype=np.float64)

    def grids(self, deals: pd.DataFrame) -> tuple[FloatArray, IntArray]:
        """Return the residual grids, shape (n_grids, N_RESIDUALS), and the position of each deal's own, shape (n,)."""
        place = {name: number for number, name in enumerate(self.residuals)}
        kind = [place.get(origin, place[POOLED]) for origin in origins(deals)]
        return np.stack(list(self.residuals.values())), np.array(kind, dtype=np.int64)

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        grids = {name: grid.tolist() for name, grid in self.residuals.items()}
        return {
            "factors": dict(self.factors),
            "residuals": grids,
            "deals": self.deals,
            "slopes": dict(self.slopes),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> AmountChange:
        """Return what `to_json` described."""
        grids = {name: np.asarray(grid, dtype=np.float64) for name, grid in value["residuals"].items()}
        return cls(value["factors"], grids, int(value["deals"]), value["slopes"])


def from_usual(amount: FloatArray, usual_amount: FloatArray) -> FloatArray:
    """Return the log-ratio of amounts to what their owners usually sell for, 0.0 where either is unknown.

    Examples:
        >>> from_usual(np.array([200.0, np.nan]), np.array([100.0, 100.0])).round(3).tolist()
        [0.693, 0.0]
    """
    known = (amount > 0) & (usual_amount > 0)
    ratio = np.where(known, amount, 1.0) / np.where(known, usual_amount, 1.0)
    return np.asarray(np.clip(np.log(ratio), -FARTHEST_FROM_USUAL, FARTHEST_FROM_USUAL), dtype=np.float64)


def origins(deals: pd.DataFrame) -> list[str]:
    """Return where each deal's amount comes from: its stage, and whether the amount was set again and when.

    Args:
        deals: `DEAL_COLUMNS` with the features `n_amount_changes`, `days_since_priced` and `days_in_stage`, if known.

    Examples:
        >>> origins(pd.DataFrame({"stage": ["Offer", "Offer", None], "n_amount_changes": [0.0, 1.0, 0.0],
        ...                       "days_since_priced": [9.0, 3.0, 1.0], "days_in_stage": [3.0, 3.0, np.nan]}))
        ['Offer|first', 'Offer|here', '|first']
    """
    stage = [name if isinstance(name, str) else "" for name in deals["stage"].astype("object")]
    if "n_amount_changes" not in deals.columns:
        return stage
    changes = deals["n_amount_changes"].to_numpy(dtype=np.float64)
    here = deals["days_since_priced"].to_numpy(dtype=np.float64) <= deals["days_in_stage"].to_numpy(dtype=np.float64)
    when = np.where(changes > 0, np.where(here, HERE, BEFORE), FIRST)
    known = np.isfinite(changes)
    return [f"{name}|{how}" if told else name for name, how, told in zip(stage, when, known, strict=True)]


def learn_amount_change(deals: pd.DataFrame, usual_amount: FloatArray) -> AmountChange:
    """Return the change learned from deals that were open at past cutoffs and won later.

    Args:
        deals: `TrainingHistory.deals`.
        usual_amount: What each deal's owner usually sold for, as known at its as_of, currency, shape (n,).
    """
    mine = ((deals["amount"] > 0) & (deals["final_amount"] > 0)).to_numpy(dtype=np.bool_)
    known = deals[mine]
    amount = known["amount"].to_numpy(dtype=np.float64)
    change = np.log(known["final_amount"].to_numpy(dtype=np.float64) / amount)
    change = np.clip(change, -MOST_LOG_CHANGE, MOST_LOG_CHANGE)
    origin, away = np.array(origins(known), dtype=object), from_usual(amount, usual_amount[mine])
    slopes = _slopes(origin, change, away)
    level = change - away * np.array([slopes[name] for name in origin], dtype=np.float64)
    pooled = float(level.sum() / (len(level) + PSEUDO_DEALS))
    stages = _shrunk(np.array([_stage(name) for name in origin], dtype=object), level, {}, pooled)
    factors = _shrunk(origin, level, stages, pooled)
    residual = level - np.array([factors[name] for name in origin], dtype=np.float64)
    grids = {name: _grid(residual, np.asarray(origin == name, dtype=np.bool_)) for name in factors}
    return AmountChange(factors | {POOLED: pooled}, grids | {POOLED: quantile_grid(residual)}, len(change), slopes)


def _slopes(origin: npt.NDArray[np.object_], change: FloatArray, away: FloatArray) -> dict[str, float]:
    """Return the slope per origin, within origins, shrunk to the pooled one, and that one shrunk to none."""
    parts = {str(name): _moments(change[origin == name], away[origin == name]) for name in sorted(set(origin))}
    both, spread = (sum(part[at] for part in parts.values()) for at in (0, 1))
    doubt = PSEUDO_DEALS * spread / max(len(change), 1)
    pooled = both / max(spread + doubt, 1e-12)
    return {name: (one + doubt * pooled) / max(own + doubt, 1e-12) for name, (one, own) in parts.items()} | {
        POOLED: pooled
    }


def _moments(change: FloatArray, away: FloatArray) -> tuple[float, float]:
    centred = away - away.mean()
    return float((centred * change).sum()), float((centred**2).sum())


def _stage(origin: str) -> str:
    return origin.partition("|")[0]


def _shrunk(
    names: npt.NDArray[np.object_], change: FloatArray, parents: Mapping[str, float], pooled: float
) -> dict[str, float]:
    """Return the mean change per name, shrunk to the one of its stage, or to the pooled one."""
    found = {}
    for name in sorted(set(names)):
        own = change[names == name]
        towards = parents.get(_stage(name), pooled)
        found[str(name)] = float((own.sum() + PSEUDO_DEALS * towards) / (len(own) + PSEUDO_DEALS))
    return found


def _grid(residual: FloatArray, mine: npt.NDArray[np.bool_]) -> FloatArray:
    """Return the grid of one origin: its own residuals, and those of the others as if they were `PSEUDO_DEALS`."""
    others = float((~mine).sum())
    weight = np.where(mine, 1.0, min(PSEUDO_DEALS / max(others, 1.0), 1.0))
    return quantile_grid(residual, weight)
