"""Quota difficulty: how likely comparable reps would meet this quota, before the period starts and while it runs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.contracts import CompanyState, FloatArray, ForecastPaths
from models.diagnosis.settings import DiagnosisSettings
from models.explain.documents import Text
from models.explain.peers import peer_groups
from models.explain.settings import ExplainSettings
from models.risk.quotas import usable_quota
from models.simulation.streams import stream

HARD, USUAL, EASY, UNSURE = "hard", "usual", "easy", "unsure"
"""What a quota is called: unsure where the range reaches across a bar."""


@dataclass(frozen=True)
class Difficulty:
    """How hard the quotas of all targets are for comparable reps; every array has shape (n_targets,).

    Attributes:
        chance: Mean chance of comparable reps to meet the quota, the rep left out; NaN without enough of them.
        low: Lower end of its range when comparable reps are drawn again.
        high: Upper end.
        others: Comparable reps.
        word: One of `HARD`, `USUAL`, `EASY`, `UNSURE`; "" where there is no chance.
        labels: Who the comparable reps are.
    """

    chance: FloatArray
    low: FloatArray
    high: FloatArray
    others: npt.NDArray[np.int64]
    word: tuple[str, ...]
    labels: tuple[Text, ...]


def quota_difficulty(
    state: CompanyState, paths: ForecastPaths, settings: DiagnosisSettings | None = None
) -> Difficulty:
    """Ask of every target: with this quota, how likely would comparable reps meet it?

    Comparable reps are like for like: same role, segment and tenure band, same period and measure. Their own paths are
    held against the rep's quota, so that neither the rep's past nor present counts. A new starter's ramped quota is
    compared with new starters only.

    Args:
        state: State that was forecast.
        paths: Served paths, periods that have not begun included.
        settings: Bars, and fewest comparable reps.
    """
    chosen = settings or DiagnosisSettings()
    quota = usable_quota(paths.targets, ExplainSettings().tiny_quota)
    targets = paths.targets.assign(quota=quota)
    peers = peer_groups(targets, state.reps, ExplainSettings(min_peers=chosen.min_peers))
    chance, low, high = (np.full(len(quota), np.nan) for _ in range(3))
    attained = paths.attained
    for number, rows in peers.members.items():
        mine = np.flatnonzero((peers.group == number) & np.isfinite(quota))
        if not len(mine):
            continue
        found = _of_group(attained[rows], quota[rows], quota[mine], rows[:, None] == mine[None, :], chosen)
        chance[mine], low[mine], high[mine] = found
    word = tuple(_word(*values, chosen) for values in zip(chance, low, high, strict=True))
    return Difficulty(chance, low, high, peers.others, word, peers.labels)


def _of_group(
    attained: FloatArray,
    quotas: FloatArray,
    asked: FloatArray,
    same: npt.NDArray[np.bool_],
    settings: DiagnosisSettings,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return chance and range of each asked quota over the members' worlds, shape (k,) each.

    Args:
        attained: Worlds of the members, shape (m, n_paths).
        quotas: Their own quotas, shape (m,).
        asked: Quotas that are asked about, shape (k,).
        same: Whether a member is the rep who is asked about, shape (m, k).
        settings: Draws and range.
    """
    met = np.stack([1.0 - np.searchsorted(np.sort(worlds), asked, side="left") / len(worlds) for worlds in attained])
    weights = stream(0, "diagnosis", "difficulty").standard_exponential((settings.draws, len(quotas)))
    weights[:1] = 1.0
    others = np.where(same, 0.0, 1.0)
    drawn = (weights @ (met * others)) / (weights @ others)
    tail = (1.0 - settings.range_level) / 2.0
    low, high = np.quantile(drawn, (tail, 1.0 - tail), axis=0)
    return np.asarray(drawn[0]), np.minimum(low, drawn[0]), np.maximum(high, drawn[0])


def _word(chance: float, low: float, high: float, settings: DiagnosisSettings) -> str:
    """Return what a quota is called.

    Examples:
        >>> bars = DiagnosisSettings()
        >>> _word(0.2, 0.1, 0.3, bars), _word(0.5, 0.4, 0.6, bars), _word(0.9, 0.85, 0.95, bars)
        ('hard', 'usual', 'easy')
        >>> _word(0.3, 0.2, 0.4, bars), _word(np.nan, np.nan, np.nan, bars)
        ('unsure', '')
    """
    if np.isnan(chance):
        return ""
    if high < settings.hard_below:
        return HARD
    if low > settings.easy_above:
        return EASY
    return USUAL if low >= settings.hard_below and high <= settings.easy_above else UNSURE
