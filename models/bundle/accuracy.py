"""How good a model was in its own past, as its bundle carries it. Standard library only: the web process reads it."""

from __future__ import annotations

from typing import NotRequired, TypedDict

ACCURACY_JSON = "accuracy.json"
FEWEST = 20
"""Rows below which a cell says how few they are, and nothing else."""


class CellDoc(TypedDict):
    """One forecaster at one lead time; measures are absent where there are too few rows."""

    rows: int
    periods: int
    mae: NotRequired[float]  # points of quota, lower is better
    bias: NotRequired[float]  # points of quota, above 0: forecasts were too high
    crps: NotRequired[float]  # points of quota, lower is better
    coverage_80: NotRequired[float]  # share of outcomes inside the 80 % range


class AccuracyDoc(TypedDict):
    """A rolling backtest: each period forecast by a model that had not seen it."""

    schema: int  # 1
    served: str
    periods: list[str]  # first days of the judged periods
    company: dict[str, dict[str, CellDoc]]  # forecaster -> lead -> cell
    teams: dict[str, dict[str, dict[str, CellDoc]]]  # team -> forecaster -> lead -> cell
