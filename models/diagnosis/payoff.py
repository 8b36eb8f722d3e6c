"""Which training would pay most: the same worlds with a habit of the team brought to that of better similar reps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.coaching.settings import CoachingSettings
from models.coaching.whatif import lifted
from models.contracts import FloatArray, ForecastPaths
from models.diagnosis.settings import DiagnosisSettings
from models.explain.peers import PeerGroups, group_quantile
from models.simulation.streams import stream

TOPICS: Mapping[str, Mapping[str, str]] = {
    "prospecting": {"new": "volume_new"},
    "winning": {"open": "win", "new": "win_new"},
    "value": {"open": "size", "new": "size_new"},
    "closing": {"open": "timing", "new": "timing_new"},
}
"""Trainings, and the column of each part of the forecast that they work on; parts are `open` and `new` deals."""

SHARES = frozenset({"winning", "closing"})
"""Topics whose columns are shares and never pass 1."""

POINTS = 100.0
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Payoff:
    """What one training may be worth to a team.

    Attributes:
        topic: One of `TOPICS`.
        gain: Expected gain, points of the team's quota.
        low: Lower end of its range.
        high: Upper end.
        chance_before: Chance of the team's quota now.
        chance_after: The same in the same worlds with the expected gain.
        people: Members below the better quarter of similar reps.
    """

    topic: str
    gain: float
    low: float
    high: float
    chance_before: float
    chance_after: float
    people: int


def ratios(structure: pd.DataFrame, peers: PeerGroups, topic: str, coaching: CoachingSettings) -> dict[str, FloatArray]:
    """Return by how much each part of each rep's forecast would be scaled, at least 1, shape (n,) each.

    The goal is the better quarter of similar reps; who is there already, or has nobody to compare with, stays.

    Args:
        structure: `STRUCTURE_COLUMNS` of the reps.
        peers: Groups of the same reps, like for like.
        topic: One of `TOPICS`.
        coaching: Quantile of the goal and largest ratio.
    """
    found = {}
    for part, column in TOPICS[topic].items():
        own = structure[column].to_numpy(dtype=np.float64)
        alive = np.isfinite(own) & (own > 0)
        goal = group_quantile(np.where(alive, own, np.nan), peers, coaching.feasible_quantile)
        if topic in SHARES:
            goal = np.minimum(goal, 1.0)
        ratio = np.divide(goal, own, out=np.ones_like(own), where=alive & np.isfinite(goal))
        found[part] = np.clip(ratio, 1.0, coaching.largest_ratio)
    return found


def payoffs(
    paths: ForecastPaths,
    structure: pd.DataFrame,
    peers: PeerGroups,
    *,
    team: Rows,
    goal: float,
    settings: DiagnosisSettings | None = None,
    coaching: CoachingSettings | None = None,
) -> list[Payoff]:
    """Return every training that would move a team, the most gainful first.

    A training brings the usual level of each member to that of the better quarter of similar reps in the very worlds
    of the forecast. Only a share of such a what-if is expected to happen (`transport_discount`, give or take
    `transport_sd`); the range is of that share, of members and of worlds. Association, not proof.

    Args:
        paths: Served paths of one row per rep.
        structure: Structure of the same rows.
        peers: Groups of the same rows, like for like.
        team: Rows of the team's members.
        goal: The team's quota, currency, > 0.
        settings: Draws and range.
        coaching: Discount, its spread, and the goal of each member.
    """
    chosen, how = settings or DiagnosisSettings(), coaching or CoachingSettings()
    generator = stream(0, "diagnosis", "payoff")
    share = np.clip(generator.normal(how.transport_discount, how.transport_sd, (chosen.draws, 1)), 0.0, None)
    people = generator.standard_exponential((chosen.draws, len(team)))
    total = paths.attained[team].sum(axis=0)
    tail = (1.0 - how.range_level) / 2.0
    found = []
    for topic in TOPICS:
        scaled = {part: values[team] for part, values in ratios(structure, peers, topic, how).items()}
        gains = lifted(paths.open_deals[team], paths.new_deals[team], scaled)
        mean = gains.mean(axis=1)
        if mean.sum() <= 0:
            continue
        members = people @ mean / people.mean(axis=1)
        low, high = np.quantile(POINTS * share[:, 0] * members / goal, (tail, 1.0 - tail))
        gain = POINTS * how.transport_discount * float(mean.sum()) / goal
        after = total + how.transport_discount * gains.sum(axis=0)
        found.append(
            Payoff(
                topic=topic,
                gain=gain,
                low=min(float(low), gain),
                high=max(float(high), gain),
                chance_before=float((total >= goal).mean()),
                chance_after=float((after >= goal).mean()),
                people=int((mean > 0).sum()),
            )
        )
    return sorted(found, key=lambda one: (-one.gain, one.topic))
