"""Backtest rows of many companies -> one line per preset, lead and forecaster, and what is left to the oracle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from benchmarks.accuracy.watched import COMPANY
from models.accuracy.measures import WINSOR
from models.metrics.auc import auc
from models.metrics.block_bootstrap import block_bootstrap
from models.metrics.brier import brier
from models.metrics.ece import ece
from training.backtest.folds import LEADS
from training.train import PEERS

ORACLE, CEILING, SERVED, CRM = "oracle", "ceiling", "paceline", "stage_weighted"
NAIVE = ("trailing_mean", "pace", "closed_plus_trailing")
"""The simple rules that a forecast must beat by a height that is set."""

__all__ = ["CEILING", "CRM", "NAIVE", "ORACLE", "PEERS", "SERVED", "Findings"]

LEAD_NAMES = tuple(name for name, _ in LEADS)
PRECISION = 0.8
KEYS = ["preset", "lead", "forecaster"]


@dataclass(frozen=True)
class Findings:
    """Everything that is told about a run.

    Attributes:
        rows: Backtest rows of all companies.
        table: `accuracy`.
        gap: `gaps`.
        parts: `slices`.
        rolled: `roll_ups`.
    """

    rows: pd.DataFrame
    table: pd.DataFrame
    gap: pd.DataFrame
    parts: pd.DataFrame
    rolled: pd.DataFrame

    @classmethod
    def of(cls, rows: pd.DataFrame, totals: pd.DataFrame) -> Self:
        """Return the tables of the rows and totals of `judge_case`."""
        table = accuracy(rows)
        return cls(rows, table, gaps(table), slices(rows), roll_ups(totals))


def accuracy(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one line per preset, lead and forecaster.

    Args:
        rows: Rows of `judge_case`.

    Returns:
        `KEYS`, then `n`, `mae` (of the median), `mae_mean` (of the mean), `mae_point` (of what the rule itself says),
        `crps` with `crps_low` and `crps_high` (90 % by resampling whole periods of whole companies), `bias`,
        `coverage_80` by randomised PIT, `width_80`, `brier`, `auc`, `ece` of a miss and `recall` (misses found at a
        precision of `PRECISION`). Errors are in attainment, capped at `WINSOR`.
    """
    rated = rows[rows["quota"] > 0]
    lines = [
        {**dict(zip(KEYS, key, strict=True)), **_line(group)}
        for key, group in rated.groupby(KEYS, sort=False, observed=True)
    ]
    return _ordered(pd.DataFrame(lines))


def _line(group: pd.DataFrame) -> dict[str, float]:
    quota = group["quota"].to_numpy(dtype=np.float64)
    outcome = group["outcome"].to_numpy(dtype=np.float64)
    crps = np.minimum(group["crps"].to_numpy(dtype=np.float64) / quota, WINSOR)
    missed, p_miss = outcome < quota, 1.0 - group["p_attain"].to_numpy(dtype=np.float64)
    pit = group["pit"].to_numpy(dtype=np.float64)
    both = bool(missed.any() and not missed.all())
    blocks = group["seed"].astype(str) + "|" + group["period_start"].astype(str)
    spread = block_bootstrap(lambda at: float(crps[at].mean()), blocks.to_numpy(), seed=1)
    return {
        "n": float(len(group)),
        "mae": _capped(group["q50"].to_numpy(dtype=np.float64) - outcome, quota),
        "mae_mean": _capped(group["forecast_mean"].to_numpy(dtype=np.float64) - outcome, quota),
        "mae_point": _capped(group["point"].to_numpy(dtype=np.float64) - outcome, quota),
        "crps": float(crps.mean()),
        "crps_low": spread.low,
        "crps_high": spread.high,
        "bias": float(group["forecast_mean"].sum() / outcome.sum() - 1.0),
        "coverage_80": float(((pit >= 0.1) & (pit <= 0.9)).mean()),
        "width_80": _capped(group["q90"].to_numpy(dtype=np.float64) - group["q10"].to_numpy(dtype=np.float64), quota),
        "brier": brier(p_miss, missed),
        "auc": auc(p_miss, missed) if both else float("nan"),
        "ece": ece(p_miss, missed),
        "recall": recall_at(p_miss, missed, PRECISION),
    }


def _capped(errors: npt.NDArray[np.float64], quota: npt.NDArray[np.float64]) -> float:
    return float(np.minimum(np.abs(errors) / quota, WINSOR).mean())


def recall_at(chance: npt.NDArray[np.float64], happened: npt.NDArray[np.bool_], precision: float) -> float:
    """Return the largest share of events found by an alarm threshold whose alarms are right that often.

    Examples:
        Alarms from 0.8 on are right in two of two; from 0.6 on in two of three.

        >>> recall_at(np.array([0.9, 0.8, 0.6, 0.1]), np.array([True, True, False, True]), 0.8)
        0.6666666666666666
    """
    order = np.argsort(-chance, kind="stable")
    hits = np.cumsum(happened[order])
    right = hits / np.arange(1, len(hits) + 1) >= precision
    return float(hits[right].max() / max(hits[-1], 1)) if right.any() else 0.0


def gaps(table: pd.DataFrame) -> pd.DataFrame:
    """Return how much of the way from each rule to the oracle the served forecast goes.

    Args:
        table: Output of `accuracy`.

    Returns:
        `preset, lead, rule`, then `gap_closed` (share of the CRPS distance) and by which share the error is below that
        of the rule: `mae_below` median against median, `mae_below_mean` mean against mean, `mae_below_point` median
        against the rule's own number.
    """
    lines = []
    for (preset, lead), group in table.groupby(["preset", "lead"], sort=False):
        by = group.set_index("forecaster")
        ours = by.loc[SERVED]
        for rule in [name for name in by.index if name not in (SERVED, ORACLE, CEILING)]:
            theirs = by.loc[rule]
            room = float(theirs["crps"] - by.loc[ORACLE, "crps"]) if ORACLE in by.index else float("nan")
            lines.append(
                {
                    "preset": preset,
                    "lead": lead,
                    "rule": rule,
                    "gap_closed": float(theirs["crps"] - ours["crps"]) / room if room > 0 else float("nan"),
                    "mae_below": 1.0 - float(ours["mae"] / theirs["mae"]),
                    "mae_below_mean": 1.0 - float(ours["mae_mean"] / theirs["mae_mean"]),
                    "mae_below_point": 1.0 - float(ours["mae"] / theirs["mae_point"]),
                }
            )
    return pd.DataFrame(lines)


def best_naive(table: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Return the best of `NAIVE` per preset and lead in hindsight: `preset, lead, rule` and the measure."""
    mine = table[table["forecaster"].isin(NAIVE)]
    best = mine.loc[mine.groupby(["preset", "lead"], sort=False)[measure].idxmin()]
    return best[["preset", "lead", "forecaster", measure]].rename(columns={"forecaster": "rule"})


def slices(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the served forecast's coverage per preset, lead and segment: `n, coverage_80, bias, mae`."""
    rated = rows[(rows["quota"] > 0) & (rows["forecaster"] == SERVED)]
    lines = [
        {"preset": key[0], "lead": key[1], "segment": key[2], **_line(group)}
        for key, group in rated.groupby(["preset", "lead", "segment"], sort=False, observed=True)
    ]
    return pd.DataFrame(lines)[["preset", "lead", "segment", "n", "mae", "bias", "coverage_80"]]


def roll_ups(totals: pd.DataFrame) -> pd.DataFrame:
    """Return how totals of companies and teams did, per preset, lead and forecaster.

    Returns:
        `preset, forecaster, level, lead, n, ape` (mean absolute error over outcome) and `coverage_80`.
    """
    level = np.where(totals["team"] == COMPANY, "company", "team")
    known = totals.assign(level=level, ape=(totals["mean"] / totals["outcome"] - 1.0).abs())
    known = known[known["outcome"] > 0].assign(inside=known["pit"].between(0.1, 0.9))
    found = known.groupby(["preset", "forecaster", "level", "lead"], sort=False)
    table = found.agg(n=("pit", "size"), ape=("ape", "mean"), coverage_80=("inside", "mean")).reset_index()
    return _ordered(table)


def _ordered(table: pd.DataFrame, leads: Sequence[str] = LEAD_NAMES) -> pd.DataFrame:
    place = {lead: number for number, lead in enumerate(leads)}
    return table.sort_values("lead", key=lambda lead: lead.map(place), kind="stable").reset_index(drop=True)
