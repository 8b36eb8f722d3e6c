"""Backtest rows -> the small document in which a model carries how good it was in its own past."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import pandas as pd

from models.bundle.accuracy import FEWEST, AccuracyDoc, CellDoc
from training.backtest.folds import LEADS
from training.backtest.summary import WINSOR

POINTS = 100.0


def accuracy_document(rows: pd.DataFrame, served: str, shown: Sequence[str]) -> AccuracyDoc:
    """Return how good forecasts were, by lead time, overall and per team.

    Args:
        rows: Output of `rolling_backtest`; empty without a backtest.
        served: Name of the served forecaster.
        shown: Rules that stand beside it.

    Returns:
        Measures over rows with a quota: `mae`, `bias` and `crps` in points of quota, errors capped at `WINSOR` quotas;
        `coverage_80` the share of randomised PIT values within 0.1..0.9. A cell of fewer than `FEWEST` rows carries
        its size and no measure.
    """
    rated = rows[rows["quota"] > 0] if len(rows) else rows
    periods = sorted({str(pd.Timestamp(day).date()) for day in rated["period_start"]}) if len(rated) else []
    names = [name for name in (served, *shown) if len(rated) and (rated["forecaster"] == name).any()]
    teams = rated.dropna(subset=["team_id"]).groupby("team_id", sort=True) if len(rated) else ()
    return AccuracyDoc(
        schema=1,
        served=served,
        periods=periods,
        company={name: _by_lead(rated[rated["forecaster"] == name]) for name in names},
        teams={str(team): {name: _by_lead(mine[mine["forecaster"] == name]) for name in names} for team, mine in teams},
    )


def accuracy_bytes(document: AccuracyDoc) -> bytes:
    """Return the document as canonical JSON: equal documents are equal bytes."""
    return json.dumps(document, sort_keys=True, ensure_ascii=False, allow_nan=False).encode()


def _by_lead(rows: pd.DataFrame) -> dict[str, CellDoc]:
    return {lead: _cell(rows[rows["lead"] == lead]) for lead, _ in LEADS if (rows["lead"] == lead).any()}


def _cell(rows: pd.DataFrame) -> CellDoc:
    cell = CellDoc(rows=len(rows), periods=int(rows["period_start"].nunique()))
    if len(rows) < FEWEST:
        return cell
    quota = rows["quota"].to_numpy(dtype=np.float64)
    off = np.clip((rows["q50"] - rows["outcome"]).to_numpy(dtype=np.float64) / quota, -WINSOR, WINSOR)
    crps = np.minimum(rows["crps"].to_numpy(dtype=np.float64) / quota, WINSOR)
    inside = rows["pit"].between(0.1, 0.9)
    return CellDoc(
        **cell,
        mae=_rounded(POINTS * np.abs(off).mean()),
        bias=_rounded(POINTS * off.mean()),
        crps=_rounded(POINTS * crps.mean()),
        coverage_80=_rounded(float(inside.mean())),
    )


def _rounded(value: float) -> float:
    return round(float(value), 6)
