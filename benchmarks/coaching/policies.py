"""Ways of choosing plays run through the same simulated companies: what each brings and whom it harms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.coaching.rankings import View, Watcher
from models.coaching.learning.policy import NONE, decide
from models.coaching.learning.posterior import EffectPosterior
from models.coaching.settings import CoachingSettings
from models.contracts import FloatArray
from models.simulation.streams import stream
from training.simulator.coaching import CoachingWorld
from training.simulator.coaching_effects import IntArray
from training.simulator.coaching_settings import GRADE_MEAN, SIMULATED_PLAYS, CoachingWorldSettings

HARMFUL = [play.kind for play in SIMULATED_PLAYS].index("harms_top")
TOP = 0.75
LIMITS = CoachingSettings()


@dataclass(frozen=True)
class Run:
    """One policy on one company, each of shape (n_quarters,).

    Attributes:
        lift: True points per rep.
        harmed: Share of true top performers (upper quarter by skill) whom the harmful play reaches.
        harmed_seen: The same for the upper quarter by forecast: top performers as a company can know them.
    """

    lift: FloatArray
    harmed: FloatArray
    harmed_seen: FloatArray


def oracle(world: CoachingWorld, view: View, _: EffectPosterior) -> IntArray:
    """Choose by every true individual effect, among the same eligible plays."""
    return _best(world.effects(), view, 0.0)


def observer(world: CoachingWorld, view: View, _: EffectPosterior) -> IntArray:
    """Choose by the true constants of the plays, but by the gaps and ranks that can be seen: what no learner passes."""
    gaps = view.forecast.mean(axis=0) - view.forecast
    return _best(world.truths.effects(gaps, view.contexts.rank), view, 0.0)


def rule(world: CoachingWorld, view: View, _: EffectPosterior) -> IntArray:
    """Choose by driver match: the simple rule, inside the guardrails; ties by lot.

    Two plays of one metric and one grade are the same to the rule, though one helps and the other does nothing.
    """
    return _best(_matched(view), view, LIMITS.min_lift, _lots(world, view))


def rule_listed(_: CoachingWorld, view: View, __: EffectPosterior) -> IntArray:
    """Choose by driver match, but ties as the plays are listed, where the one that helps stands first by chance."""
    return _best(_matched(view), view, LIMITS.min_lift)


def widest_gap(world: CoachingWorld, view: View, _: EffectPosterior) -> IntArray:
    """Choose the gap that costs most, whatever is known of the play; ties by lot."""
    return _best(view.contexts.gap, view, 0.0, _lots(world, view))


def by_lot(world: CoachingWorld, view: View, _: EffectPosterior) -> IntArray:
    """Choose any eligible play."""
    return _best(stream(world.settings.seed, "bench", "lot", str(world.quarter)).random(view.likely.shape), view, 0.0)


def learned(world: CoachingWorld, view: View, posterior: EffectPosterior) -> IntArray:
    """Choose as the learner does."""
    return decide(view.contexts, posterior, seed=world.settings.seed, about=str(world.quarter)).chosen


Policy = Callable[[CoachingWorld, View, EffectPosterior], IntArray]

POLICIES: dict[str, Policy] = {
    "oracle": oracle,
    "observer": observer,
    "learned": learned,
    "driver_match": rule,
    "driver_match_listed": rule_listed,
    "widest_gap": widest_gap,
    "by_lot": by_lot,
}


def run(policy: Policy, *, seed: int, reps: int, quarters: int = 8) -> Run:
    """Run one policy through one company."""
    world = CoachingWorld(CoachingWorldSettings(seed=seed, reps=reps, quarters=quarters))
    watcher = Watcher.of(world)
    posterior = EffectPosterior.prior(np.array([GRADE_MEAN[play.grade] for play in world.plays]))
    lifts, harmed, seen = [], [], []
    while world.open:
        record = world.record()
        view, effects, rank = watcher.view(record), world.effects(), world.true_rank()
        actions = policy(world, view, posterior)
        lifts.append(np.where(actions != NONE, effects[np.arange(reps), actions], 0.0).mean())
        harmed.append((actions[rank > TOP] == HARMFUL).mean())
        seen.append((actions[view.contexts.rank > TOP] == HARMFUL).mean())
        world.coach(actions)
        world.close()
        if policy is learned:
            posterior = posterior.updated(watcher.outcomes(view, record, actions, world.record().metrics[:, -1]))
    return Run(np.array(lifts), np.array(harmed), np.array(seen))


def _matched(view: View) -> FloatArray:
    return np.where(view.likely >= LIMITS.min_p_positive, view.contexts.expected, -np.inf)


def _lots(world: CoachingWorld, view: View) -> FloatArray:
    return 1e-9 * stream(world.settings.seed, "bench", "ties", str(world.quarter)).random(view.contexts.gap.shape)


def _best(score: FloatArray, view: View, least: float, lots: FloatArray | float = 0.0) -> IntArray:
    offered = np.where(view.contexts.eligible, score, -np.inf)
    best = (offered + lots).argmax(axis=1)
    worth = offered[np.arange(len(offered)), best]
    return np.where(worth > max(least, 0.0) - 1e-12, best, NONE).astype(np.int64)
