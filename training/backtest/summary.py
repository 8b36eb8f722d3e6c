"""Backtest rows -> one line per forecaster and lead, with the skill against the best naive rule."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from models.accuracy.measures import WINSOR
from models.metrics.auc import auc
from models.metrics.brier import brier
from models.metrics.ece import ece
from training.backtest.folds import LEADS

SUMMARY_COLUMNS = (
    "forecaster",
    "lead",
    "rows",
    "mae",
    "crps",
    "bias",
    "coverage_80",
    "width_80",
    "brier",
    "auc",
    "ece",
)


def summarise(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row per forecaster and lead.

    Args:
        rows: Output of `rolling_backtest`.

    Returns:
        `SUMMARY_COLUMNS`: `mae`, `crps`, `bias` and `width_80` in attainment (ratio of quota) over rows with a quota,
        errors capped at `WINSOR`; `coverage_80` is the share of randomised PIT values within 0.1..0.9; `brier`,
        `auc` and `ece` judge P(attainment < 1). NaN where a measure is undefined (one class only, no quota).
    """
    lines = [
        {"forecaster": name, "lead": lead, **_line(group)}
        for (name, lead), group in rows.groupby(["forecaster", "lead"], sort=True, observed=True)
    ]
    order = {name: place for place, (name, _) in enumerate(LEADS)}
    table = pd.DataFrame(lines, columns=list(SUMMARY_COLUMNS))
    return table.sort_values(
        ["forecaster", "lead"], key=lambda column: column.map(order) if column.name == "lead" else column
    ).reset_index(drop=True)


def _line(group: pd.DataFrame) -> dict[str, float]:
    rated = group[group["quota"] > 0]
    quota = rated["quota"].to_numpy(dtype=np.float64)
    outcome = rated["outcome"].to_numpy(dtype=np.float64) / quota
    missed = outcome < 1.0
    p_miss = 1.0 - rated["p_attain"].to_numpy(dtype=np.float64)
    pit = group["pit"].to_numpy(dtype=np.float64)
    two_classes = bool(missed.any() and not missed.all())
    return {
        "rows": float(len(group)),
        "mae": _mean_capped(np.abs(rated["q50"].to_numpy() / quota - outcome)),
        "crps": _mean_capped(rated["crps"].to_numpy() / quota),
        "bias": float(rated["forecast_mean"].sum() / rated["outcome"].sum() - 1.0)
        if rated["outcome"].sum() > 0
        else float("nan"),
        "coverage_80": float(((pit >= 0.1) & (pit <= 0.9)).mean()) if len(group) else float("nan"),
        "width_80": _mean_capped((rated["q90"].to_numpy() - rated["q10"].to_numpy()) / quota),
        "brier": brier(p_miss, missed) if len(rated) else float("nan"),
        "auc": auc(p_miss, missed) if two_classes else float("nan"),
        "ece": ece(p_miss, missed) if len(rated) >= 20 else float("nan"),
    }


def _mean_capped(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    return float(np.minimum(values, WINSOR).mean()) if len(values) else float("nan")


def skill(summary: pd.DataFrame, name: str, baselines: Sequence[str]) -> pd.DataFrame:
    """Return how far `name` stands below the best of `baselines` at each lead.

    Args:
        summary: Output of `summarise`.
        name: Forecaster to praise or blame.
        baselines: Names to compare with; the best is chosen per lead and measure, in hindsight.

    Returns:
        Columns `lead, measure, ours, best, best_name, gain`; `gain` = 1 - ours / best, positive is better.

    Examples:
        >>> table = pd.DataFrame({"forecaster": ["a", "b"], "lead": ["day 0"] * 2, "mae": [0.3, 0.6],
        ...                       "crps": [0.2, 0.4], "brier": [0.1, 0.2]})
        >>> skill(table, "a", ["b"])["gain"].round(6).tolist()
        [0.5, 0.5, 0.5]
    """
    lines = []
    for lead, group in summary.groupby("lead", sort=True, observed=True):
        ours = group[group["forecaster"] == name]
        peers = group[group["forecaster"].isin(baselines)]
        for measure in ("mae", "crps", "brier"):
            known = peers.dropna(subset=[measure])
            if ours.empty or known.empty:
                continue
            best = known.loc[known[measure].idxmin()]
            value = float(ours[measure].iloc[0])
            lines.append(
                {
                    "lead": lead,
                    "measure": measure,
                    "ours": value,
                    "best": float(best[measure]),
                    "best_name": best["forecaster"],
                    "gain": 1.0 - value / float(best[measure]) if best[measure] > 0 else float("nan"),
                }
            )
    return pd.DataFrame(lines, columns=["lead", "measure", "ours", "best", "best_name", "gain"])
