"""Spares the strong what may harm them, as far as the simple rule's lift pays for it.

A play may lower the results of those who do well already. Which one does is seldom known after a few periods, and to
withhold everything from the strong costs a good part of what coaching brings. So caution has a goal and a limit: harm
is weighed against lift, ever more heavily, until no more of the strong are expected to be harmed than the goal says, or
until more would leave the company with less than its share of what the simple rule brings. What was gained over the
rule may be spent too. Never below a known baseline by more than a share is the constraint of conservative bandits, here
taken in expectation: Kazerouni, Ghavamzadeh, Abbasi-Yadkori and Van Roy, Conservative Contextual Linear Bandits (2017),
https://arxiv.org/abs/1611.06426.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from models.coaching.learning.contexts import Contexts, Flags
from models.coaching.learning.posterior import Belief
from models.coaching.learning.settings import LearningSettings
from models.coaching.settings import CoachingSettings
from models.contracts import FloatArray

HEAVIEST = 2.0**20
"""Points; at this price of a certain harm only what is practically harmless is offered."""

HALVINGS = 40
"""Steps of the search for the price; each halves what is left between too little and enough."""


@dataclass(frozen=True)
class Caution:
    """How harm to the strong was weighed against lift.

    Attributes:
        price: Points of expected lift that one certain harm outweighs; 0 where nothing had to be spared.
        worth: Expected effect less the price of its harm, points, shape (n_reps, n_plays).
        allowed: Plays inside the guardrails of reps with one whose harm does not outweigh its lift, same shape.
        reach: Share of the strong who are expected to be harmed by the best play of each rep.
    """

    price: float
    worth: FloatArray
    allowed: Flags
    reach: float


@dataclass(frozen=True)
class _Picks:
    """What the best plays of all reps would bring at some price: lift in points, and strong reps harmed."""

    lift: float
    harmed: float


def cautious(
    contexts: Contexts, belief: Belief, allowed: Flags, settings: LearningSettings, limits: CoachingSettings
) -> Caution:
    """Find the smallest price of harm that meets the goal, or else the largest that is paid for.

    Args:
        contexts: Reps and plays.
        belief: What is believed of them.
        allowed: Plays inside the guardrails of one rep.
        settings: Goal and share of the lift that may be given up.
        limits: Smallest effect that the rule offers.
    """

    def picks(price: float) -> _Picks:
        worth = np.where(allowed, belief.mid - price * belief.harm, -np.inf)
        best = worth.argmax(axis=1)[:, None]
        offered = np.take_along_axis(worth, best, axis=1) >= 0.0
        lift, harmed = (np.where(offered, np.take_along_axis(part, best, axis=1), 0.0) for part in parts)
        return _Picks(float(lift.sum()), float(harmed.sum()))

    parts = (belief.mid, belief.harm)
    goal = settings.harm_reach * float(contexts.strong.sum())
    kept = 1.0 - settings.explore_cost * settings.caution_share
    floor = min(kept * rule_lift(contexts, belief, limits), picks(0.0).lift)
    price = _smallest(lambda asked: picks(asked).harmed <= goal)
    if picks(price).lift < floor:
        price = _largest(lambda asked: picks(asked).lift >= floor)
    worth = belief.mid - price * belief.harm
    offered: Flags = np.asarray((allowed & (worth >= 0.0)).any(axis=1, keepdims=True), dtype=np.bool_)
    strong = max(float(contexts.strong.sum()), 1e-12)
    return Caution(price, worth, np.asarray(allowed & offered), picks(price).harmed / strong)


def rule_lift(contexts: Contexts, belief: Belief, limits: CoachingSettings) -> float:
    """Return what is now believed of the simple rule's choices, points over all reps.

    Examples:
        The rule would offer the first rep 3 points, of which 2 are believed by now, and the second nothing.

        >>> gap = np.array([[3.0, 1.0], [0.5, 0.0]])
        >>> told = np.array([[2.0, 4.0], [9.0, 9.0]])
        >>> contexts = Contexts(gap, np.zeros(2), np.zeros(2), gap, gap > 0)
        >>> rule_lift(contexts, Belief(told, told, told, told), CoachingSettings())
        2.0
    """
    expected = np.where(contexts.eligible, contexts.expected, -np.inf)
    best = expected.argmax(axis=1)[:, None]
    offered = np.take_along_axis(expected, best, axis=1) >= limits.min_lift
    return float(np.where(offered, np.take_along_axis(belief.mid, best, axis=1), 0.0).sum())


def _smallest(enough: Callable[[float], bool]) -> float:
    """Return the smallest price that is enough, where every higher one is too; `HEAVIEST` where none is."""
    if enough(0.0):
        return 0.0
    low, high = 0.0, HEAVIEST
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _largest(bearable: Callable[[float], bool]) -> float:
    """Return the largest price that is bearable, where every lower one is too."""
    low, high = 0.0, HEAVIEST
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        low, high = (middle, high) if bearable(middle) else (low, middle)
    return low
