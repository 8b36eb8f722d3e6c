"""Columns of the causes of a miss: own ones with their luck drawn again, and pooled ones of similar reps."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.contracts import FloatArray
from models.diagnosis.habits import LEAST_SEAT, Habits
from models.diagnosis.shares import PARTS
from models.explain.peers import PeerGroups
from models.explain.reference import own_columns

SCALED = ("births", "volume_open", "volume_new", "quota")
"""Columns that are brought to the rep's own quota where a group mixes jobs."""


def cause_columns(
    structure: pd.DataFrame, found: Habits, peers: PeerGroups, prior_deals: float
) -> dict[str, FloatArray]:
    """Return the columns of every rep, NaN where a value multiplies nothing.

    What is booked is told as the deals that a rep usually gets in a day, their usual share won and size, and the luck
    that it takes to come to what is booked.

    Args:
        structure: `STRUCTURE_COLUMNS`, one row per rep.
        found: Counts of the same reps.
        peers: Groups of the same reps.
        prior_deals: Deals' worth of the group's habit in a rep's own rate of births.

    Returns:
        Arrays of shape (n,) for every column of `PARTS`, and `quota`.
    """
    plain = own_columns(structure)
    births = _birth_rate(found, peers, prior_deals)
    win, size = _usual(plain, peers)
    usual = births * win * size
    told = usual > 0
    booked = plain["booked"]
    columns = {name: plain[name] for names in (PARTS["open"], PARTS["new"], ("quota",)) for name in names}
    columns["births"] = np.where(told, births, 1.0)
    columns["win_booked"] = np.where(told, win, 1.0)
    columns["size_booked"] = np.where(told, size, 1.0)
    columns["luck"] = np.where(told, booked / np.where(told, usual, 1.0), booked)
    return columns


def _usual(plain: Mapping[str, FloatArray], peers: PeerGroups) -> tuple[FloatArray, FloatArray]:
    """Return each rep's usual share won and size; the group's where nothing to come tells the rep's own."""
    win, size = np.nan_to_num(plain["win_new"]), np.nan_to_num(plain["size_new"])
    told = win * size > 0
    for number, rows in peers.members.items():
        known = rows[told[rows]]
        blank = ~told & (peers.group == number)
        if len(known) and blank.any():
            win[blank] = win[known].mean()
            size[blank] = (win[known] * size[known]).mean() / win[known].mean()
    return win, size


def _birth_rate(found: Habits, peers: PeerGroups, prior_deals: float) -> FloatArray:
    """Return deals born per day in seat of each rep, drawn to the group's rate by `prior_deals` deals."""
    births, seat = found["births_year"], np.maximum(found["seat_year"], LEAST_SEAT)
    rate = np.full(len(births), births.sum() / seat.sum() if len(seat) else 0.0)
    for number, rows in peers.members.items():
        rate[peers.group == number] = births[rows].sum() / seat[rows].sum()
    prior_days = np.divide(prior_deals, rate, out=np.zeros_like(rate), where=rate > 0)
    return np.asarray((births + rate * prior_days) / (seat + prior_days), dtype=np.float64)


def pooled(columns: Mapping[str, FloatArray], weights: FloatArray, peers: PeerGroups) -> dict[str, FloatArray]:
    """Return the reference of every rep's group under each draw of weights: ratios of sums.

    Args:
        columns: Result of `cause_columns`.
        weights: Shape (draws, n).
        peers: Groups of the same reps.

    Returns:
        Arrays of shape (draws, n); NaN where a group has no such value, or there is no group.
    """
    found = {"quota": _ratio(weights * columns["quota"], weights, peers)}
    for names in PARTS.values():
        base = weights
        for name in names:
            value = np.where(base == 0, 0.0, base * np.nan_to_num(columns[name]))
            found[name] = _ratio(value, base, peers)
            base = value
    scale = np.where(peers.scaled, columns["quota"] / found["quota"], 1.0)
    return {name: values * scale if name in SCALED else values for name, values in found.items()}


def _ratio(top: FloatArray, below: FloatArray, peers: PeerGroups) -> FloatArray:
    ratio = np.full(top.shape, np.nan)
    for number, rows in peers.members.items():
        under = below[:, rows].sum(axis=1)
        values = np.divide(top[:, rows].sum(axis=1), under, out=np.full(len(under), np.nan), where=under != 0)
        ratio[:, peers.group == number] = values[:, None]
    return ratio


def unsure(
    columns: Mapping[str, FloatArray],
    found: Habits,
    draws: int,
    *,
    prior_deals: float,
    generator: np.random.Generator,
) -> dict[str, FloatArray]:
    """Return each rep's own columns as they might truly be, given how few deals tell about them.

    The usual number of deals, share won and size are drawn again; luck and the quality of open deals make up for it, so
    that every draw comes to the same forecast. The first draw is the estimate itself.

    Args:
        columns: Result of `cause_columns`.
        found: Counts of the same reps.
        draws: Number of draws.
        prior_deals: Deals' worth of prior knowledge.
        generator: Random stream.

    Returns:
        Arrays of shape (draws, n).
    """
    n = len(columns["quota"])
    seen = found["births_year"] + prior_deals
    lives = generator.gamma(seen, 1.0, (draws, n)) / seen
    wins = _wins(columns, found, (draws, n), prior_deals, generator)
    spread = found.size_sd / np.sqrt(found["won_earlier"] + found["won_recent"] + prior_deals)
    sizes = np.exp(spread * generator.standard_normal((draws, n)) - spread**2 / 2)
    for values in (lives, wins, sizes):
        values[:1] = 1.0
    factor = {
        "births": lives,
        "volume_open": lives,
        "win": wins,
        "win_booked": wins,
        "size": sizes,
        "size_booked": sizes,
    }
    factor |= dict.fromkeys(("luck", "quality"), 1.0 / (lives * wins * sizes))
    return {name: np.broadcast_to(values, (draws, n)) * factor.get(name, 1.0) for name, values in columns.items()}


def _wins(
    columns: Mapping[str, FloatArray],
    found: Habits,
    shape: tuple[int, int],
    prior_deals: float,
    generator: np.random.Generator,
) -> FloatArray:
    share = np.clip(np.nan_to_num(columns["win_new"], nan=0.2), 0.02, 0.98)
    decided = found["decided_earlier"] + found["decided_recent"] + prior_deals
    return np.asarray(generator.beta(decided * share, decided * (1 - share), shape) / share, dtype=np.float64)


def whole(columns: Mapping[str, FloatArray]) -> npt.NDArray[np.bool_]:
    """Return where the forecast knows no deals, so that nothing of a miss can be told apart; shape (n,)."""
    sure = [columns[name] == 1.0 for name in ("volume_new", "win_new", "timing_new")]
    return np.asarray(np.logical_and.reduce(sure) & (columns["volume_open"] == 0.0), dtype=np.bool_)
