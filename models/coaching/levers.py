"""What if: the served worlds of one rep with some levers moved, and the pipeline it takes for a given chance.

Numpy alone, for the web process. Every answer is looked at in the same worlds as the forecast, so that a better lever
never lowers it. The answers are what the model would say, not what would happen: see `LABEL`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from models.simulation.rep_worlds import DrawnWorlds, stretched
from models.simulation.worlds import Floats

LABEL = {
    "en": "What the model says would follow in the same simulated worlds. A pattern, not a promise.",
    "zh": "这是模型在同一组模拟情形下的推演。这是规律，不是承诺。",
}
MEETING_ELASTICITY = 0.5
"""Share by which new deals grow when meetings double, in logs; not learned from the company, see docs/what-if.md."""
LARGEST_RATIO = 2.0
"""A lever multiplies what it acts on at most so many times."""
LARGEST_CHANCE = 0.995
MOST_DEALS = 60
"""Deals that are added at most when a chance is aimed for."""


@dataclass(frozen=True)
class DealChange:
    """What becomes of one open deal: `won`, `lost`, or `moved` to a day."""

    deal_id: str
    outcome: str
    to: date | None = None


@dataclass(frozen=True)
class Levers:
    """What is changed; the defaults change nothing.

    Attributes:
        pipeline: Currency added to the open pipeline by usual deals; below zero a share of each deal is taken away.
        meetings: Meetings added per week.
        win_points: Percentage points added to the usual share of deals won.
        size_percent: Percent added to the amounts of open and of new deals.
        quota: New quota, None for the present one.
        deals: What becomes of single deals.
    """

    pipeline: float = 0.0
    meetings: float = 0.0
    win_points: float = 0.0
    size_percent: float = 0.0
    quota: float | None = None
    deals: Sequence[DealChange] = ()


@dataclass(frozen=True)
class Ground:
    """What a rep's levers act on.

    Attributes:
        drawn: The rep's luck.
        amounts: Recorded amount of each open deal, NaN where unknown, shape (n_deals,), currency.
        moved: Factor on each hazard were the deal expected at each of `days`, shape (n_deals, n_days).
        days: Days from the as_of, ascending.
        as_of: Day of the forecast.
        win: The rep's usual share of deals won, 0..1.
        usual: Chance by the period's end and amount at a win of a usual open deal.
        meetings: Meetings per week now; 0 where none are recorded.
    """

    drawn: DrawnWorlds
    amounts: Floats
    moved: Floats
    days: Sequence[int]
    as_of: date
    win: float
    usual: tuple[float, float]
    meetings: float


@dataclass(frozen=True)
class Answer:
    """Two forecasts from the same worlds.

    Attributes:
        base: Attained amount in each served world, shape (n_paths,).
        changed: The same with the levers moved.
        not_heard: Levers that could not be answered, and why.
    """

    base: Floats
    changed: Floats
    not_heard: Mapping[str, str] = field(default_factory=dict)


def answer(ground: Ground, levers: Levers) -> Answer:
    """Return the served worlds and the same worlds with the levers moved.

    Raises:
        KeyError: A deal is named that is not open.
    """
    base, changed, sure, silent = _to_come(ground, levers)
    added = _usual_deals(ground, levers, *_count(levers.pipeline, ground.usual[1])).sum(axis=0)
    return _finished(ground, base, changed + added, sure, silent)


def pipeline_needed(ground: Ground, levers: Levers, quota: float, chance: float) -> tuple[float, int] | None:
    """Return how much pipeline of usual deals must be added for a chance of meeting quota, and in how many deals.

    Args:
        ground: What the levers act on.
        levers: Further changes; their own pipeline is left out.
        quota: Currency, > 0.
        chance: Chance that is aimed for, 0..1.

    Returns:
        Currency and deals, (0.0, 0) where nothing is needed; None where `MOST_DEALS` deals are not enough.
    """
    base, changed, sure, silent = _to_come(ground, levers)
    extra = _usual_deals(ground, levers, MOST_DEALS, 0.0)
    for count in range(MOST_DEALS + 1):
        worlds = changed + extra[:count].sum(axis=0)
        if (_finished(ground, base, worlds, sure, silent).changed >= quota).mean() >= chance:
            return count * ground.usual[1], count
    return None


def _to_come(ground: Ground, levers: Levers) -> tuple[Floats, Floats, float, dict[str, str]]:
    rep, drawn = ground.drawn.rep, ground.drawn
    silent: dict[str, str] = {}
    base = drawn.as_served()
    ratio = _win_ratio(ground, levers, silent)
    keep, hazard, sure = _deals_changed(ground, levers)
    opened = drawn.opened(rep.deals, _likelier(hazard, ratio), rep.log_amount, rep.kind)
    larger = 1.0 + levers.size_percent / 100.0
    wins = rep.wins * ratio * _more_meetings(ground, levers, silent)
    left = _left_after_cut(ground, levers)
    changed = larger * (left * (opened * keep[:, None]).sum(axis=0) + drawn.unborn(wins))
    return base, changed, sure, silent


def _finished(ground: Ground, base: Floats, changed: Floats, sure: float, silent: Mapping[str, str]) -> Answer:
    certain, levels = ground.drawn.rep.sure - ground.drawn.rep.returns, ground.drawn.company.levels
    return Answer(
        base=certain + stretched(base, base, levels),
        changed=certain + sure + stretched(base, changed, levels),
        not_heard=silent,
    )


def _deals_changed(ground: Ground, levers: Levers) -> tuple[Floats, Floats, float]:
    """Return which deals stay open (1 or 0), their hazards, and what is won for sure."""
    rep = ground.drawn.rep
    keep, hazard, sure = np.ones(len(rep.deals)), rep.hazard.copy(), 0.0
    for change in levers.deals:
        row = rep.deals.index(change.deal_id) if change.deal_id in rep.deals else -1
        if row < 0:
            raise KeyError(change.deal_id)
        if change.outcome == "moved" and change.to is not None:
            ahead = float((change.to - ground.as_of).days)
            hazard[row] *= float(np.interp(ahead, np.asarray(ground.days, dtype=np.float64), ground.moved[row]))
        else:
            keep[row] = 0.0
        if change.outcome == "won":
            amount = float(ground.amounts[row])
            sure += amount if np.isfinite(amount) else float(np.exp(rep.log_amount[row]))
    return keep, hazard, sure


def _likelier(hazard: Floats, ratio: float) -> Floats:
    chance = np.minimum(-np.expm1(-hazard) * ratio, LARGEST_CHANCE)
    return np.asarray(-np.log1p(-chance), dtype=np.float64)


def _win_ratio(ground: Ground, levers: Levers, silent: dict[str, str]) -> float:
    if levers.win_points == 0.0:
        return 1.0
    if ground.win <= 0.0:
        silent["win_points"] = "no_win_rate"
        return 1.0
    return float(np.clip((ground.win + levers.win_points / 100.0) / ground.win, 0.0, LARGEST_RATIO))


def _more_meetings(ground: Ground, levers: Levers, silent: dict[str, str]) -> float:
    if levers.meetings == 0.0:
        return 1.0
    if ground.meetings <= 0.0:
        silent["meetings"] = "no_meetings"
        return 1.0
    share = max(ground.meetings + levers.meetings, 0.0) / ground.meetings
    return float(min(share**MEETING_ELASTICITY, LARGEST_RATIO))


def _left_after_cut(ground: Ground, levers: Levers) -> float:
    total = float(np.nansum(ground.amounts))
    if levers.pipeline >= 0.0 or total <= 0.0:
        return 1.0
    return max(1.0 + levers.pipeline / total, 0.0)


def _count(pipeline: float, amount: float) -> tuple[int, float]:
    """Return whole usual deals in an amount, and the share of one more.

    Examples:
        >>> _count(250.0, 100.0), _count(-50.0, 100.0), _count(9e9, 100.0)
        ((2, 0.5), (0, 0.0), (60, 0.0))
    """
    if pipeline <= 0.0 or amount <= 0.0:
        return 0, 0.0
    deals = min(pipeline / amount, float(MOST_DEALS))
    return int(deals), deals - int(deals)


def _usual_deals(ground: Ground, levers: Levers, whole: int, share: float) -> Floats:
    """Return what added deals bring in each world, shape (k, n_paths): `whole` usual ones and a share of one more."""
    count = whole + (1 if share > 0 else 0)
    chance, amount = ground.usual
    kind = np.zeros(count, dtype=np.int64)
    ratio = _win_ratio(ground, levers, {})
    hazard = np.full(count, -np.log1p(-min(chance * ratio, LARGEST_CHANCE)))
    # The grid's mean factor is taken out, so that a usual deal brings its amount on average.
    factor = float(np.exp(ground.drawn.company.grids[0]).mean())
    log_amount = np.full(count, np.log(max(amount, 1e-9) / factor))
    names = [f"\x1ewhat-if {number}" for number in range(count)]
    found = ground.drawn.opened(names, hazard, log_amount, kind) * (1.0 + levers.size_percent / 100.0)
    if share > 0:
        found[-1] *= share
    return found
