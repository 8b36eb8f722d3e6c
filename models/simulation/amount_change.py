"""How the amount of a won deal differs from what the CRM said before: a factor per stage and the spread around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from models.contracts import FloatArray
from models.simulation.amounts import quantile_grid

PSEUDO_DEALS = 30.0
MOST_LOG_CHANGE = 2.0


@dataclass(frozen=True)
class AmountChange:
    """Log-factor between the amount at the win and the amount as known.

    Attributes:
        stages: Mean log-factor per stage; `""` is the pooled mean.
        residuals: Quantile grid of log-residuals.
        deals: Rows behind it.
    """

    stages: Mapping[str, float]
    residuals: FloatArray
    deals: int

    def log_factor(self, stage: pd.Series) -> FloatArray:
        """Return the mean log-factor of each deal's stage, shape (n,)."""
        pooled = self.stages[""]
        return np.array([self.stages.get(s, pooled) if isinstance(s, str) else pooled for s in stage.astype("object")])

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {"stages": dict(self.stages), "residuals": self.residuals.tolist(), "deals": self.deals}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> AmountChange:
        """Return what `to_json` described."""
        return cls(value["stages"], np.asarray(value["residuals"], dtype=np.float64), int(value["deals"]))


def learn_amount_change(deals: pd.DataFrame) -> AmountChange:
    """Return the change learned from deals that were open at past cutoffs and won later.

    Args:
        deals: `TrainingHistory.deals`.
    """
    known = deals[(deals["amount"] > 0) & (deals["final_amount"] > 0)]
    change = np.log(known["final_amount"].to_numpy(dtype=np.float64) / known["amount"].to_numpy(dtype=np.float64))
    change = np.clip(change, -MOST_LOG_CHANGE, MOST_LOG_CHANGE)
    pooled = float(change.sum() / (len(change) + PSEUDO_DEALS))
    frame = pd.DataFrame({"stage": known["stage"].astype("object").to_numpy(), "change": change})
    sums = frame.groupby("stage", sort=True)["change"].agg(["sum", "count"])
    shrunk = (sums["sum"] + PSEUDO_DEALS * pooled) / (sums["count"] + PSEUDO_DEALS)
    stages = {str(k): float(v) for k, v in shrunk.items()} | {"": pooled}
    mean = frame["stage"].map(stages).fillna(pooled).to_numpy(dtype=np.float64)
    return AmountChange(stages, quantile_grid(change - mean), len(frame))
