"""How managers coach when nobody tells them whom: those who sold little, on the gap they see; odds that are known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.contracts import FloatArray
from models.simulation.streams import stream
from training.simulator.coaching import NOTHING, CoachingWorld, Record
from training.simulator.coaching_effects import IntArray


@dataclass(frozen=True)
class LoggingPolicy:
    """Who is coached on what, by the last quarter's result and gap; both also foretell the next result.

    Attributes:
        base: Log-odds that a rep of average result is coached at all.
        by_result: Added per standard deviation that the last quarter's attainment was lower than the others'.
        by_gap: How strongly the play follows the last quarter's gap, in log-odds per standard deviation.
    """

    base: float = -0.2
    by_result: float = 1.2
    by_gap: float = 0.8

    def propensities(self, record: Record, world: CoachingWorld) -> FloatArray:
        """Return the chance of every play for every rep, shape (n_reps, n_plays); the rest to 1 is nothing."""
        last = record.attainment[:, -1]
        behind = (last.mean() - last) / max(float(last.std()), 1e-12)
        coached = 1.0 / (1.0 + np.exp(-(self.base + self.by_result * behind)))
        gaps = -record.metrics[:, -1][:, world.truths.metric]
        weight = np.exp(self.by_gap * gaps / max(float(gaps.std()), 1e-12))
        return np.asarray(coached[:, None] * weight / weight.sum(axis=1, keepdims=True), dtype=np.float64)

    def act(self, propensities: FloatArray, *, seed: int, quarter: int) -> IntArray:
        """Draw one action per rep from the chances."""
        draws = stream(seed, "coaching", "logging", str(quarter)).random(len(propensities))
        reached = draws[:, None] < np.cumsum(propensities, axis=1)
        return np.where(reached.any(axis=1), reached.argmax(axis=1), NOTHING).astype(np.int64)


@dataclass(frozen=True)
class LoggedQuarter:
    """One coached quarter with all that is true about it.

    Attributes:
        before: The record when it began.
        propensities: Chance of every play, shape (n_reps, n_plays).
        actions: What was done, shape (n_reps,).
        effects: Individual true effects, shape (n_reps, n_plays), points.
        true_rank: Shape (n_reps,).
        metrics: Observed in the quarter, shape (n_reps, n_metrics).
        attainment: Of the quarter, shape (n_reps,).
    """

    before: Record
    propensities: FloatArray
    actions: IntArray
    effects: FloatArray
    true_rank: FloatArray
    metrics: FloatArray
    attainment: FloatArray


def logged_quarters(world: CoachingWorld, policy: LoggingPolicy | None = None) -> list[LoggedQuarter]:
    """Let managers coach through all quarters that are left and return what happened."""
    managers, quarters = policy or LoggingPolicy(), []
    while world.open:
        before, effects, rank = world.record(), world.effects(), world.true_rank()
        chances = managers.propensities(before, world)
        actions = managers.act(chances, seed=world.settings.seed, quarter=world.quarter)
        world.coach(actions)
        world.close()
        after = world.record()
        quarters.append(
            LoggedQuarter(before, chances, actions, effects, rank, after.metrics[:, -1], after.attainment[:, -1])
        )
    return quarters
