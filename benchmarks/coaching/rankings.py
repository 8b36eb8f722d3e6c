"""Ways of choosing plays, from random to one who knows every true effect, on the same simulated company."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.special import ndtr

from models.coaching.learning.contexts import Contexts
from models.coaching.learning.driver_match import driver_match, gap_worth
from models.coaching.learning.policy import NONE
from models.coaching.learning.posterior import Outcomes
from models.coaching.learning.proximal import HabitForecast
from models.coaching.learning.settings import LearningSettings
from models.coaching.playbook import Evidence, Grade
from models.coaching.settings import CoachingSettings
from models.contracts import FloatArray
from training.simulator.coaching import CoachingWorld, Record
from training.simulator.coaching_effects import IntArray
from training.simulator.coaching_settings import GRADE_MEAN

NEW_QUARTERS = 2.0
LAGS = 8


@dataclass(frozen=True)
class View:
    """What anybody without the truth can see at the start of a quarter.

    Attributes:
        contexts: Gaps, ranks, tenure and what the rule expects.
        likely: Whether the rule itself holds the effect for likely positive, shape (n_reps, n_plays).
        forecast: Forecast of every metric of the quarter, shape (n_reps, n_metrics).
        attainment: Forecast of the quarter's attainment without coaching, shape (n_reps,).
    """

    contexts: Contexts
    likely: FloatArray
    forecast: FloatArray
    attainment: FloatArray


@dataclass(frozen=True)
class Watcher:
    """Turns the record of a simulated company into contexts, knowing elasticities and grades but no true effect."""

    habits: HabitForecast
    results: FloatArray
    elasticity: FloatArray
    metric: IntArray
    grades: tuple[Grade, ...]
    limits: CoachingSettings = field(default_factory=CoachingSettings)

    @classmethod
    def of(cls, world: CoachingWorld) -> Watcher:
        """Learn the habits of a company from its quarters without coaching."""
        record = world.record()
        grades = tuple(play.grade for play in world.plays)
        habits = HabitForecast.fit(record.metrics, lags=LAGS)
        quarters = range(LAGS, record.attainment.shape[1])
        seen = [_ahead(record.attainment[:, :q], habits.predict(record.metrics[:, :q])) for q in quarters]
        results = np.linalg.lstsq(np.concatenate(seen), record.attainment[:, LAGS:].T.ravel(), rcond=None)[0]
        return cls(habits, np.asarray(results, dtype=np.float64), world.truths.elasticity, world.truths.metric, grades)

    def view(self, record: Record) -> View:
        """Return what can be seen now."""
        forecast = self.habits.predict(record.metrics)
        behind = (forecast.mean(axis=0) - forecast)[:, self.metric]
        gap = self.limits.transport_discount * self.elasticity[self.metric] * behind
        ahead = _ahead(record.attainment, forecast) @ self.results
        rank = (np.argsort(np.argsort(ahead)) + 1.0) / len(ahead)
        newness = (record.tenure < NEW_QUARTERS).astype(np.float64)
        worths = [gap_worth(evidence(grade), self.limits, LearningSettings()) for grade in self.grades]
        expected, spread = driver_match(gap, worths)
        likely = ndtr(expected / np.maximum(spread, 1e-9))
        return View(Contexts(gap, rank, newness, expected, gap > 0.0), likely, forecast, ahead)

    def outcomes(self, view: View, before: Record, actions: IntArray, metrics: FloatArray) -> Outcomes:
        """Return what the quarter taught: every metric of every rep against its forecast, in points."""
        reps, count = metrics.shape
        surplus = self.elasticity * (metrics - view.forecast)
        play = np.full((reps, count), NONE, dtype=np.int64)
        design = view.contexts.design()
        features = np.zeros((reps, count, design.shape[2]))
        coached = np.flatnonzero(actions != NONE)
        moved = self.metric[actions[coached]]
        play[coached, moved] = actions[coached]
        features[coached, moved] = design[coached, actions[coached]]
        surplus[coached, moved] -= view.contexts.expected[coached, actions[coached]]
        earlier = before.actions[:, -1]
        again = (earlier[:, None] != NONE) & (self.metric[earlier][:, None] == np.arange(count))
        nuisance = np.concatenate([np.tile(np.eye(count), (reps, 1)), again.reshape(-1, 1)], axis=1)
        chosen = LearningSettings()
        return Outcomes(
            play.ravel(),
            features.reshape(reps * count, -1),
            surplus.ravel(),
            np.tile(self.elasticity * self.habits.spread, reps),
            nuisance,
            np.array([chosen.period_sd] * count + [chosen.repeat_sd]),
        )


def _ahead(attainment: FloatArray, forecast: FloatArray) -> FloatArray:
    """Return what foretells a result: an intercept, the mean of all results so far, and all forecasts of metrics."""
    return np.column_stack([np.ones(len(attainment)), attainment.mean(axis=1), forecast])


def evidence(grade: Grade) -> Evidence:
    """Return the prior of an evidence grade, as in the playbook."""
    words = {"en": "simulated", "zh": "模拟"}
    return Evidence.model_validate({"grade": grade, "mean": GRADE_MEAN[grade], "sd": 3.0, "source": words})
