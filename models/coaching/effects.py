"""Effects of all triggered plays on the served paths: this period where there is time, else the next one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.domain.vocabulary import REVENUE
from models.coaching.guardrails import Candidate
from models.coaching.playbook import GapPlay
from models.coaching.settings import CoachingSettings
from models.coaching.triggers import Standing
from models.coaching.whatif import (
    POINTS,
    Effect,
    blended,
    feasible_target,
    lever_ratio,
    lifted,
    part_ratio,
    structure_column,
)
from models.contracts import FloatArray, ForecastPaths

Rows = npt.NDArray[np.int64]

GRAIN_ORDER = {"quarter": 0, "month": 1, "year": 2}
"""The longest grain below year leads."""


@dataclass(frozen=True)
class Horizon:
    """Which target rows stand for a rep.

    Attributes:
        main: Row of each rep's current period of the longest grain below year, by rep_id.
        following: Row of the next period of the same grain and measure, by main row; absent where there is none.
    """

    main: Mapping[str, int]
    following: Mapping[int, int]


def horizon(targets: pd.DataFrame) -> Horizon:
    """Find the main row and the following row of every rep.

    Args:
        targets: Targets of one state, RangeIndex.

    Returns:
        One main row per rep, of the period that contains the day after the as_of; reps without such a period are
        led by the one that begins first.
    """
    frame = targets[["rep_id", "metric", "grain", "starts_in", "period_start"]].reset_index(drop=True)
    frame["row"] = np.arange(len(frame))
    frame["later"] = frame["starts_in"] > 1
    frame["grain_rank"] = frame["grain"].map(GRAIN_ORDER).fillna(len(GRAIN_ORDER))
    frame["other_metric"] = frame["metric"] != REVENUE
    ordered = frame.sort_values(
        ["rep_id", "later", "other_metric", "metric", "grain_rank", "period_start"], kind="stable"
    )
    first = ordered.drop_duplicates("rep_id")
    main = {str(rep): int(row) for rep, row in zip(first["rep_id"], first["row"], strict=True)}
    begun = first[~first["later"]]
    later = frame[frame["later"]].sort_values("period_start", kind="stable")
    later = later.drop_duplicates(["rep_id", "metric", "grain"])
    pairs = begun.merge(later, on=["rep_id", "metric", "grain"], suffixes=("", "_next"))
    following = {int(row): int(then) for row, then in zip(pairs["row"], pairs["row_next"], strict=True)}
    return Horizon(main, following)


@dataclass(frozen=True)
class PlayEstimator:
    """Estimates plays on one set of served paths.

    Attributes:
        paths: Served paths.
        structure: `STRUCTURE_COLUMNS` of the same targets.
        standing: Features and groups of the same targets.
        settings: Discounts and limits.
        following: Next-period row by main row.
        counts: Receives why plays were not estimated.
    """

    paths: ForecastPaths
    structure: pd.DataFrame
    standing: Standing
    settings: CoachingSettings
    following: Mapping[int, int]
    counts: Counter[str]

    def candidates(self, play: GapPlay, rows: Rows) -> dict[int, Candidate]:
        """Estimate a play for the reps it fits.

        Args:
            play: The play.
            rows: Main rows it was triggered for, shape (k,).

        Returns:
            Candidate by main row. A play whose lag is longer than the time left, or that is worth too little in
            this period, is estimated on the next period where there is one.
        """
        own, goal = self._levels(play, rows)
        levels = {int(row): (float(own[at]), float(goal[at])) for at, row in enumerate(rows)}
        ratio = self._ratios(play, own, goal)
        rows, ratio = rows[~np.isnan(ratio)], ratio[~np.isnan(ratio)]
        in_time = self.paths.targets["days_left"].to_numpy(dtype=np.float64)[rows] >= play.lag_days
        self.counts["too_late_for_period"] += int((~in_time).sum())
        found = self._estimated(play, rows[in_time], rows[in_time], ratio[in_time])
        if self.settings.next_period:
            slow = np.array([self._belongs_to_next(int(row), found) for row in rows], dtype=bool)
            then = np.array([self.following[int(row)] for row in rows[slow]], dtype=np.int64)
            found |= self._estimated(play, rows[slow], then, ratio[slow])
        return {row: replace(one, own=levels[row][0], goal=levels[row][1]) for row, one in found.items()}

    def _belongs_to_next(self, row: int, found: Mapping[int, Candidate]) -> bool:
        enough_now = row in found and found[row].mid >= self.settings.min_lift
        return row in self.following and not enough_now

    def _levels(self, play: GapPlay, rows: Rows) -> tuple[FloatArray, FloatArray]:
        """Return the own value of the play's metric and the one that it can be brought to, each of shape (k,)."""
        feature, good = play.mechanism.feature, play.mechanism.good
        own = self.standing.values(feature)[rows]
        reach = self.settings.feasible_quantile if good == "up" else 1.0 - self.settings.feasible_quantile
        goal = feasible_target(own, self.standing.quantile(feature, reach)[rows], self._spread(feature)[rows], good)
        return own, goal

    def _ratios(self, play: GapPlay, own: FloatArray, goal: FloatArray) -> FloatArray:
        ratio = lever_ratio(own, goal, play.mechanism, self.settings)
        self.counts["nothing_to_scale"] += int(np.isnan(ratio).sum())
        return ratio

    def _spread(self, feature: str) -> FloatArray:
        known = self.standing.history.within_rep_sd.get(feature)
        if known is not None:
            return np.full(len(self.paths.targets), known)
        self.counts["no_history_of_metric"] += 1
        return np.asarray(self.settings.spread_without_history * self.standing.spread(feature), dtype=np.float64)

    def _estimated(self, play: GapPlay, rows: Rows, targets: Rows, ratio: FloatArray) -> dict[int, Candidate]:
        quota = self.paths.targets["quota"].to_numpy(dtype=np.float64)[targets]
        usable = quota > 0
        rows, targets, ratio, quota = rows[usable], targets[usable], ratio[usable], quota[usable]
        if not len(rows):
            return {}
        ratios: dict[str, FloatArray] = {}
        for part in play.mechanism.parts:
            column = self.structure[structure_column(play.mechanism, part)].to_numpy(dtype=np.float64)[targets]
            ratios[part] = part_ratio(ratio, column, play.mechanism)
        gain = lifted(self.paths.open_deals[targets], self.paths.new_deals[targets], ratios)
        effect = blended(POINTS * gain.mean(axis=1) / quota, play.evidence, self.settings)
        return {
            int(row): replace(
                _candidate(play, int(targets[index]), effect, index),
                gap=float(self.settings.transport_discount * effect.raw[index]),
            )
            for index, row in enumerate(rows)
        }


def _candidate(play: GapPlay, row: int, effect: Effect, index: int) -> Candidate:
    return Candidate(
        play=play,
        row=row,
        low=float(effect.low[index]),
        mid=float(effect.mid[index]),
        high=float(effect.high[index]),
        p_positive=float(effect.p_positive[index]),
    )
