"""What is usual: how many deals a rep gets, how many are won and how large, and how a group's year has changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.contracts import CompanyState, FloatArray
from models.diagnosis.settings import DiagnosisSettings

LEAD_DAYS = 91
"""Deals that can close in a period are those born in it or in the quarter before it."""

SHIFTS = (2, 3, 4, 5)
"""Quarters back to the earlier windows: a whole year of them, at the same point of their quarters as the recent one."""

LEAST_SEAT = 28.0
"""Days in seat below which a rate of a rep says nothing."""

CHANGES = ("leads", "win", "size")
"""What of a group may have changed against its own past year."""


@dataclass(frozen=True)
class Habits:
    """Counts of each rep from which usual levels are read; every array has shape (n_reps,).

    Attributes:
        counts: By name: `births`, `seat`, `wins`, `decided`, `log_won` and `won` in the `recent` window and in the
            four `earlier` ones (`births_recent`, ...), `births` and `seat` of the past year (`births_year`,
            `seat_year`), `booked_usual` and `seat_usual` of the year before the recent window.
        size_sd: Standard deviation of the logarithm of a won amount around its rep's mean.
    """

    counts: Mapping[str, FloatArray]
    size_sd: float

    def __getitem__(self, name: str) -> FloatArray:
        """Return one count, shape (n_reps,)."""
        return self.counts[name]


def habits(state: CompanyState, targets: pd.DataFrame, settings: DiagnosisSettings) -> Habits:
    """Count deals and bookings of the reps of some targets.

    Args:
        state: State whose deals and bookings are counted.
        targets: One row per rep, RangeIndex.
        settings: How far back is usual.

    Returns:
        Counts of every rep, in the order of `targets`.
    """
    as_of = pd.Timestamp(state.as_of)
    starts = pd.to_datetime(targets["period_start"])
    begin = np.minimum((as_of - starts).dt.days.to_numpy(dtype=np.float64), settings.usual_days) + LEAD_DAYS
    tenure = targets["tenure_days"].to_numpy(dtype=np.float64)
    year = float(settings.usual_days)
    lives = _lives(state, targets)
    counts = _window(lives, tenure, begin, (0,), "recent") | _window(lives, tenure, begin, SHIFTS, "earlier")
    counts["seat_year"] = _seat(tenure, np.full_like(begin, year), np.zeros_like(begin))
    row, born = lives["row"].to_numpy(), lives["born_ago"].to_numpy(dtype=np.float64)
    counts["births_year"] = _sum(row, born < year, len(targets))
    counts["seat_usual"] = _seat(tenure, begin + year, begin)
    counts["booked_usual"] = _booked(state, targets, begin + year, begin)
    return Habits(counts, _size_sd(lives))


def changes(found: Habits, weights: FloatArray, rows: npt.NDArray[np.int64], prior: float) -> tuple[FloatArray, ...]:
    """Return how a group's deal supply, win rate and deal size have changed against its past year, in logs.

    Each change is drawn towards none as far as it is unsure: by the variance of its bootstrap draws against `prior`.

    Args:
        found: Counts of all reps.
        weights: Weight of every rep in each draw, shape (draws, n_reps); the first draw counts each rep once.
        rows: Reps of the group.
        prior: Typical change, in logs.

    Returns:
        One array per name in `CHANGES`, shape (draws,).
    """
    mine = weights[:, rows]

    def total(name: str) -> FloatArray:
        return np.asarray(mine @ found[name][rows], dtype=np.float64)

    def log_ratio(top: str, below: str) -> FloatArray:
        now, then = total(f"{top}_recent"), total(f"{top}_earlier")
        under, before = total(f"{below}_recent"), total(f"{below}_earlier")
        known = (now > 0) & (then > 0) & (under > 0) & (before > 0)
        safe = [np.where(known, values, 1.0) for values in (now, then, under, before)]
        return np.asarray(np.log(safe[0] / safe[2]) - np.log(safe[1] / safe[3]), dtype=np.float64)

    def mean_change() -> FloatArray:
        now, then = total("won_recent"), total("won_earlier")
        known = (now > 0) & (then > 0)
        recent = total("log_won_recent") / np.where(known, now, 1.0)
        earlier = total("log_won_earlier") / np.where(known, then, 1.0)
        return np.asarray(np.where(known, recent - earlier, 0.0), dtype=np.float64)

    return tuple(
        _shrunk(values, prior) for values in (log_ratio("births", "seat"), log_ratio("wins", "decided"), mean_change())
    )


def _shrunk(values: FloatArray, prior: float) -> FloatArray:
    """Return posterior draws of a change: the centre shrunk by precision, the spread by its square root.

    Examples:
        >>> _shrunk(np.array([0.2, 0.2, 0.2]), 0.25).tolist()
        [0.2, 0.2, 0.2]
    """
    variance = float(values[1:].var()) if len(values) > 1 else 0.0
    keep = prior**2 / (prior**2 + variance)
    return np.asarray(keep * values[0] + np.sqrt(keep) * (values - values[0]), dtype=np.float64)


def _seat(tenure: FloatArray, since: FloatArray, until: FloatArray) -> FloatArray:
    return np.asarray(np.clip(np.minimum(tenure, since) - until, 0.0, None), dtype=np.float64)


def _lives(state: CompanyState, targets: pd.DataFrame) -> pd.DataFrame:
    """Return the deals of the targets' reps with their row, their ages and whether they were won."""
    rows = pd.Series(np.arange(len(targets)), index=targets["rep_id"].to_numpy())
    lives = state.lifecycles[state.lifecycles["rep_id"].isin(rows.index)]
    as_of = pd.Timestamp(state.as_of)
    amount = lives["amount"].to_numpy(dtype=np.float64)
    priced = amount > 0
    return pd.DataFrame(
        {
            "row": rows.reindex(lives["rep_id"]).to_numpy(dtype=np.int64),
            "born_ago": (as_of - pd.to_datetime(lives["created_on"])).dt.days.to_numpy(dtype=np.float64),
            "closed_ago": (as_of - pd.to_datetime(lives["closed_on"])).dt.days.to_numpy(dtype=np.float64),
            "won": (lives["outcome"] == "won").to_numpy(dtype=np.bool_),
            "log_amount": np.log(np.where(priced, amount, 1.0)),
            "priced": priced,
        }
    )


def _window(
    lives: pd.DataFrame, tenure: FloatArray, begin: FloatArray, shifts: Sequence[int], name: str
) -> dict[str, FloatArray]:
    """Return the counts of a window that begins `begin` days ago, summed over its shifts into the past."""
    found: dict[str, FloatArray] = {}
    for shift in shifts:
        back = float(shift * LEAD_DAYS)
        since, until = begin + back, np.full_like(begin, back)
        one = _dealt(lives, since, until) | {"seat": _seat(tenure, since, until)}
        for key, values in one.items():
            found[f"{key}_{name}"] = found.get(f"{key}_{name}", np.zeros(len(begin))) + values
    return found


def _dealt(lives: pd.DataFrame, since: FloatArray, until: FloatArray) -> dict[str, FloatArray]:
    row, n = lives["row"].to_numpy(), len(since)
    born, closed = lives["born_ago"].to_numpy(), lives["closed_ago"].to_numpy()
    inside = (born < since[row]) & (born >= until[row])
    decided = (closed < since[row]) & (closed >= until[row])
    won = decided & lives["won"].to_numpy()
    sized = won & lives["priced"].to_numpy()
    return {
        "births": _sum(row, inside, n),
        "decided": _sum(row, decided, n),
        "wins": _sum(row, won, n),
        "won": _sum(row, sized, n),
        "log_won": _sum(row, sized * lives["log_amount"].to_numpy(), n),
    }


def _sum(row: npt.NDArray[np.int64], values: npt.NDArray[np.generic], n: int) -> FloatArray:
    return np.bincount(row, weights=values.astype(np.float64), minlength=n).astype(np.float64)


def _size_sd(lives: pd.DataFrame) -> float:
    won = lives[lives["won"] & lives["priced"]]
    spread = won["log_amount"] - won.groupby("row")["log_amount"].transform("mean")
    return float(spread.std(ddof=0)) if len(won) > 1 else 1.0


def _booked(state: CompanyState, targets: pd.DataFrame, since: FloatArray, until: FloatArray) -> FloatArray:
    keys = pd.MultiIndex.from_arrays([targets["rep_id"], targets["metric"]])
    rows = pd.Series(np.arange(len(targets)), index=keys)
    books = state.bookings
    row = rows.reindex(pd.MultiIndex.from_arrays([books["rep_id"], books["metric"]])).to_numpy(dtype=np.float64)
    mine = np.isfinite(row)
    at = row[mine].astype(np.int64)
    ago = (pd.Timestamp(state.as_of) - pd.to_datetime(books["day"])).dt.days.to_numpy(dtype=np.float64)[mine]
    inside = (ago < since[at]) & (ago >= until[at])
    return _sum(at, inside * books["amount"].to_numpy(dtype=np.float64)[mine], len(targets))
