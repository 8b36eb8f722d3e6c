"""What each open deal adds to the served forecast of its owner's period, and what the deal model says about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.contracts import CompanyState, FloatArray, ForecastPaths
from models.simulation.days import day_numbers
from models.simulation.outlook import Outlook
from models.simulation.pipeline import PipelineModel


@dataclass(frozen=True)
class DealParts:
    """One row per open deal of the asked targets, sorted by rep and opportunity.

    Attributes:
        deals: `DEAL_COLUMNS` and deal features.
        target: Row of the owner's target in the paths, shape (n,).
        inputs: What the deal model is told, one row per deal with the target's end as horizon; None where the age
            curves answer alone.
        margins: Contributions of each input to the log-odds of a win by the period's end, then the base value, shape
            (n, n_inputs + 1); None where the age curves answer alone.
        expected: Expected amount of each deal at a win, currency, shape (n,).
        served: What each deal adds to the served mean of its target, currency, shape (n,).
        pending: What each target still gets from deals won but not booked, currency, by target row.
    """

    deals: pd.DataFrame
    target: npt.NDArray[np.int64]
    inputs: pd.DataFrame | None
    margins: FloatArray | None
    expected: FloatArray
    served: FloatArray
    pending: dict[int, float]


def deal_parts(
    pipeline: PipelineModel, ahead: Outlook, state: CompanyState, paths: ForecastPaths, rows: Sequence[int]
) -> DealParts:
    """Split the open deals' part of some targets into deals.

    Args:
        pipeline: Fitted model.
        ahead: Corrected outlook of `state` cut to the targets `rows`.
        state: State that was forecast.
        paths: Served paths of all targets.
        rows: At most one target per rep, whose period has begun.

    Returns:
        Parts whose sum over a target's deals, with what is pending, is the served mean of its open deals.
    """
    asked = np.asarray(rows, dtype=np.int64)
    place = np.full(len(ahead.reps), -1, dtype=np.int64)
    place[ahead.rep_row] = np.arange(len(asked))
    mine = np.flatnonzero(place[ahead.opened.rep_row] >= 0)
    position = place[ahead.opened.rep_row[mine]]
    deals = ahead.deals.iloc[mine].reset_index(drop=True)
    last = ahead.windows.stop[position] - 1
    weight = -np.expm1(-ahead.opened.hazard[mine, last]) * ahead.mean_open[mine]
    served = _served(weight, position, paths.open_deals[asked].mean(axis=1) - ahead.pending)
    targets = paths.targets.iloc[asked]
    horizon = (day_numbers(targets["period_end"]) - day_numbers(targets["as_of"]))[position]
    inputs = pipeline.told(state, deals, horizon) if len(deals) else None
    return DealParts(
        deals=deals,
        target=asked[position],
        inputs=inputs,
        margins=None if inputs is None else pipeline.margins(inputs),
        expected=ahead.mean_open[mine],
        served=served,
        pending={int(row): float(amount) for row, amount in zip(asked, ahead.pending, strict=True)},
    )


def part_of_state(state: CompanyState, paths: ForecastPaths, rows: Sequence[int]) -> CompanyState:
    """Return the state cut to some of the targets of the paths."""
    return replace(state, targets=paths.targets.iloc[list(rows)].reset_index(drop=True))


def _served(weight: FloatArray, position: npt.NDArray[np.int64], means: FloatArray) -> FloatArray:
    """Share the served means among deals by what was expected of them before any draw."""
    total = np.bincount(position, weights=weight, minlength=len(means))
    factor = np.divide(means, total, out=np.zeros(len(means)), where=total > 0)
    return np.asarray(weight * factor[position], dtype=np.float64)
