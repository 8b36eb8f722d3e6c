"""Training rows of the deal model: one per open deal, as_of and horizon, labelled with whether it was won by then."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.contracts import FloatArray
from models.simulation.days import day_numbers, period_ends
from models.simulation.horizons import HorizonClock
from models.simulation.streams import stream

SHORTEST_RANDOM, LONGEST_RANDOM = 5.0, 365.0
PERIODS_AHEAD = 2
PERIOD_END_WEIGHT = 3.0
"""Weight of a row that asks for the end of the running period, the question this model is asked most."""


@dataclass(frozen=True)
class DealRows:
    """Deals times horizons.

    Attributes:
        deal: Position of the deal's row in the deals frame, shape (n,).
        horizon: Days ahead, shape (n,).
        won: Whether the deal was won within the horizon, shape (n,).
        weight: How much the row counts, shape (n,).
    """

    deal: npt.NDArray[np.int64]
    horizon: FloatArray
    won: npt.NDArray[np.bool_]
    weight: FloatArray


def deal_rows(deals: pd.DataFrame, clock: HorizonClock, *, largest: int) -> DealRows:
    """Return labelled rows at the month's end, the ends of this and the next period, and a random horizon.

    A row whose horizon reaches past the last day on which the outcome could have been seen is left out, won or
    not: keeping the wins alone would teach that deals are won.

    Args:
        deals: Open deals at past cutoffs with their labels.
        clock: Knows where periods end.
        largest: Largest number of rows; above it deals are drawn by a stable hash of nothing but their position.

    Returns:
        Rows in the order of the deals.
    """
    as_of, until = day_numbers(deals["as_of"]), day_numbers(deals["observed_until"])
    won_in = day_numbers(deals["won_on"]) - as_of
    horizons = np.column_stack(_horizons(as_of, clock))
    index = np.repeat(np.arange(len(deals), dtype=np.int64), horizons.shape[1])
    horizon = horizons.ravel()
    seen = as_of[index] + horizon <= until[index]
    index, horizon = index[seen], horizon[seen]
    if len(index) > largest:
        kept = np.sort(stream(0, "deal rows").permutation(len(index))[:largest])
        index, horizon = index[kept], horizon[kept]
    weight = np.where(horizon == clock.days_to_end(as_of)[index], PERIOD_END_WEIGHT, 1.0)
    return DealRows(index, horizon, np.asarray(won_in[index] <= horizon, dtype=np.bool_), weight)


def _horizons(as_of: FloatArray, clock: HorizonClock) -> list[FloatArray]:
    tomorrow = (as_of + 1).astype(np.int64)
    start = clock.tempo.fiscal_start_month
    ends = [period_ends(tomorrow, 1, start)]
    end = period_ends(tomorrow, clock.tempo.months, start)
    for _ in range(PERIODS_AHEAD):
        ends.append(end)
        end = period_ends(end + 1, clock.tempo.months, start)
    draw = stream(0, "horizons").random(len(as_of))
    random = np.floor(SHORTEST_RANDOM * (LONGEST_RANDOM / SHORTEST_RANDOM) ** draw)
    return [*(e.astype(np.float64) - as_of for e in ends), random]
