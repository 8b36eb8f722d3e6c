"""A simulated company that coaches, with the true effect of every play on every rep.

It simulates reps, not deals: proximal metrics week by week, and attainment as their consequence. The deal simulator is
too slow for the hundreds of companies that judging a learner takes, and what a play does is known here by
construction; see docs/adr/0007. Whatever is random is drawn before anybody is coached, so that policies meet the same
company and differences between them are theirs alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from features.domain.errors import UsageError
from models.contracts import FloatArray
from models.simulation.streams import stream
from training.simulator.coaching_effects import IntArray, PlayTruths, dose, draw_truths, first_quarter_dose
from training.simulator.coaching_settings import (
    METRICS,
    SIMULATED_PLAYS,
    WEEKS,
    CoachingWorldSettings,
    SimulatedPlay,
)

NOTHING = -1
"""Action of a rep who is not coached."""


@dataclass(frozen=True)
class Record:
    """What the company has on record at the start of a quarter.

    Attributes:
        metrics: Observed metrics of past quarters, oldest first, shape (n_reps, n_past, n_metrics).
        attainment: Attainment of past quarters, shape (n_reps, n_past), 1.0 is quota met.
        actions: Play taken up in each past quarter, `NOTHING` without, shape (n_reps, n_past).
        tenure: Quarters in the job, shape (n_reps,).
    """

    metrics: FloatArray
    attainment: FloatArray
    actions: IntArray
    tenure: FloatArray


class CoachingWorld:
    """One company, quarter by quarter: look at the record, coach, close the quarter.

    Attributes:
        settings: Size and noise.
        plays: What can be done.
        truths: True constants of the plays.
        quarter: Number of quarters closed so far.
    """

    def __init__(self, settings: CoachingWorldSettings, plays: Sequence[SimulatedPlay] = SIMULATED_PLAYS) -> None:
        self.settings, self.plays = settings, tuple(plays)
        self.truths: PlayTruths = draw_truths(settings, plays)
        self.quarter = 0
        reps, total = settings.reps, settings.history + settings.quarters
        self._draw(reps, total)
        self._shift = np.zeros((reps, total * WEEKS, len(METRICS)))
        self._metrics = np.full((reps, total, len(METRICS)), np.nan)
        self._attainment = np.full((reps, total), np.nan)
        self._actions = np.full((reps, total), NOTHING, dtype=np.int64)
        for _ in range(settings.history):
            self.close()

    def _draw(self, reps: int, total: int) -> None:
        chosen, metrics = self.settings, len(METRICS)
        rng = stream(chosen.seed, "coaching", "reps")
        self._level = chosen.level_mean + rng.normal(0.0, chosen.level_sd, reps)
        self._tenure = rng.integers(0, 20, reps).astype(np.float64)
        self._habit = rng.normal(0.0, chosen.habit_sd, (reps, metrics))
        self._own = self._habit[:, None] + _drift(rng, (reps, total * WEEKS, metrics), chosen)
        self._response = rng.normal(0.0, chosen.own_response_sd, (reps, len(self.plays)))
        luck = stream(chosen.seed, "coaching", "luck")
        common = luck.normal(0.0, chosen.metric_common_sd, (1, total, metrics))
        self._metric_noise = common + luck.normal(0.0, chosen.metric_noise, (reps, total, metrics))
        shock = luck.normal(0.0, chosen.common_sd, (1, total))
        self._luck = shock + chosen.attainment_noise * _skewed(luck, (reps, total))
        share = chosen.adherence_mean
        self._adherence = luck.beta(8.0 * share, 8.0 * (1.0 - share), (reps, total))

    @property
    def open(self) -> bool:
        """Whether a quarter is left."""
        return self.quarter < self._attainment.shape[1]

    def record(self) -> Record:
        """Return what is on record now."""
        past = slice(0, self.quarter)
        tenure = self._tenure + self.quarter
        return Record(
            self._metrics[:, past].copy(), self._attainment[:, past].copy(), self._actions[:, past].copy(), tenure
        )

    def true_rank(self) -> FloatArray:
        """Return the rank by what each rep would attain without luck and coaching, shape (n_reps,), 1 is the best."""
        skill = self._level + self._habit @ self.truths.elasticity / 100.0
        return np.asarray((np.argsort(np.argsort(skill)) + 0.5) / len(skill), dtype=np.float64)

    def true_gaps(self) -> FloatArray:
        """Return how far each rep is behind in each metric by habit, shape (n_reps, n_metrics); coaching narrows it."""
        return np.asarray(-(self._habit + self._shift[:, self.quarter * WEEKS]), dtype=np.float64)

    def effects(self) -> FloatArray:
        """Return the true effect of every play on every rep if taken up today: the individual effects.

        Returns:
            Shape (n_reps, n_plays), points of this quarter's quota, at mean adherence.
        """
        return np.asarray(self.settings.adherence_mean * self._at_full_adherence(), dtype=np.float64)

    def _at_full_adherence(self) -> FloatArray:
        own = self._response * np.array([play.kind != "null" for play in self.plays])
        return np.asarray(self.truths.effects(self.true_gaps(), self.true_rank()) + own, dtype=np.float64)

    def coach(self, actions: IntArray) -> FloatArray:
        """Let every rep take up a play in the first week of the quarter.

        Args:
            actions: Play of each rep, shape (n_reps,); `NOTHING` for none.

        Returns:
            What it truly brings each rep this quarter, shape (n_reps,), points of quota.

        Raises:
            UsageError: An action is no play, or all quarters are over.
        """
        self._check(actions)
        chosen = np.flatnonzero(actions >= 0)
        plays = actions[chosen]
        brought = self._adherence[chosen, self.quarter] * self._at_full_adherence()[chosen, plays]
        metric = self.truths.metric[plays]
        start = self.quarter * WEEKS
        ahead = np.arange(self._shift.shape[1] - start, dtype=np.float64) + 0.5
        weeks = dose(ahead) / first_quarter_dose()
        self._shift[chosen, start:, metric] += np.outer(brought / self.truths.elasticity[metric], weeks)
        self._actions[chosen, self.quarter] = plays
        whole = np.zeros(len(actions))
        whole[chosen] = brought
        return whole

    def _check(self, actions: IntArray) -> None:
        if not self.open:
            raise UsageError(f"all {self.quarter} quarters are over; make a world with more")
        if actions.shape != (self.settings.reps,) or actions.min() < NOTHING or actions.max() >= len(self.plays):
            raise UsageError(
                f"actions of shape {actions.shape} from {actions.min()} to {actions.max()};"
                f" give {self.settings.reps} of {NOTHING}..{len(self.plays) - 1}"
            )

    def close(self) -> None:
        """End the quarter: metrics and attainment become known."""
        weeks = slice(self.quarter * WEEKS, (self.quarter + 1) * WEEKS)
        mean = (self._own[:, weeks] + self._shift[:, weeks]).mean(axis=1)
        self._metrics[:, self.quarter] = mean + self._metric_noise[:, self.quarter]
        earned = mean @ self.truths.elasticity / 100.0
        self._attainment[:, self.quarter] = self._level + earned + self._luck[:, self.quarter]
        self.quarter += 1


def _drift(rng: np.random.Generator, shape: tuple[int, int, int], settings: CoachingWorldSettings) -> FloatArray:
    """Return stationary first-order autoregressive paths along the second axis."""
    kept = settings.drift_weekly
    fresh = rng.normal(0.0, settings.drift_sd, shape)
    fresh[:, 1:] *= np.sqrt(1.0 - kept**2)
    for week in range(1, shape[1]):
        fresh[:, week] += kept * fresh[:, week - 1]
    return fresh


def _skewed(rng: np.random.Generator, shape: tuple[int, int]) -> FloatArray:
    """Return luck with mean 0 and sd 1 and a long right tail: a shifted lognormal of sigma .5."""
    sigma = 0.5
    mean = np.exp(sigma**2 / 2.0)
    sd = mean * np.sqrt(np.exp(sigma**2) - 1.0)
    return np.asarray((rng.lognormal(0.0, sigma, shape) - mean) / sd, dtype=np.float64)
