"""Open deals as they stood at past cutoffs, written out by hand, and a clock whose days are easy to count."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from features.domain.time import WorkCalendar
from models.simulation.days import IntArray, day_number
from models.simulation.horizons import HorizonClock, horizon_clock
from models.simulation.tempo import Tempo

START = day_number(date(2024, 1, 1))
Row = tuple[str, int, str | None, int | None, int | None]
"""(deal, day of the cutoff, stage, day of the win, day of the loss), days after START."""


def clock(rush: float = 1.0) -> HorizonClock:
    """Return a clock on which every day weighs 1 but those of a quarter's last week, which weigh `rush`."""
    return horizon_clock(Tempo(3, 1, (rush,) + (1.0,) * 12, 1.0), WorkCalendar(), START - 5, START + 200)


def frame(rows: Sequence[Row]) -> pd.DataFrame:
    def days(position: int) -> pd.Series:
        told = [None if row[position] is None else START + int(str(row[position])) for row in rows]
        return pd.to_datetime(pd.Series(told, dtype="float64"), unit="D").astype("datetime64[us]")

    return pd.DataFrame(
        {
            "opportunity_id": [row[0] for row in rows],
            "as_of": days(1),
            "stage": pd.Series([row[2] for row in rows], dtype="object"),
            "won_on": days(3),
            "lost_on": days(4),
        }
    )


def in_segment(rows: pd.DataFrame, segment: int = 0) -> IntArray:
    return np.full(len(rows), segment, dtype=np.int64)


def many(n: int, prefix: str, *rows: tuple[int, str | None, int | None, int | None]) -> list[Row]:
    return [(f"{prefix}{i}", *row) for i in range(n) for row in rows]
