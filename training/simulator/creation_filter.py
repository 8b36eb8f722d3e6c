"""What activities and new deals say about hidden effort, prospecting, territories and shocks, true parameters known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.simulator.activities import ENGAGEMENT_PULL, FORGOTTEN, OBSERVED_NOISE, PER_DEAL_WEEK, PROSPECTING_WEEK
from training.simulator.deals import ACTIVITY_ELASTICITY, CREATION, CREATION_SHOCK
from training.simulator.latents import (
    ACTIVITY_MEMORY,
    ACTIVITY_NOISE,
    ACTIVITY_SD,
    PROSPECTING_SD,
    TERRITORY_SD,
)
from training.simulator.market import (
    MACRO_MEMORY,
    MACRO_SD,
    REGION_MEMORY,
    REGION_SD,
    Floats,
    Ints,
)
from training.simulator.smoothing import Law, Smoothed, smooth
from training.simulator.timeline import Timeline

ROUNDS, EFFORT_ROUNDS, NEWTON_STEPS = 3, 4, 6
EFFORT = Law(
    memory=np.array([1.0, ACTIVITY_MEMORY]),
    noise=np.array([0.0, ACTIVITY_NOISE**2]),
    start=np.array([ACTIVITY_SD**2, ACTIVITY_NOISE**2 / (1 - ACTIVITY_MEMORY**2)]),
)
"""Long-run level and deviation of one person's activity."""


@dataclass(frozen=True)
class CreationBelief:
    """Posterior of everything that drives the creation of deals.

    Attributes:
        effort: Level and deviation of activity per seat, `k = 2`.
        shocks: Macro, then regions, one series.
        territory: Posterior mean per seat, shape (n_seats,).
        prospecting: Posterior mean per person, shape (n_people,).
        spread: Root of the joint covariance of territories, then persons, lower triangular.
    """

    effort: Smoothed
    shocks: Smoothed
    territory: Floats
    prospecting: Floats
    spread: Floats

    def shock_path(self, timeline: Timeline) -> Floats:
        """Return macro plus region per day and seat, posterior mean, shape (n_days, n_seats)."""
        state = self.shocks.mean[timeline.week, 0]
        return np.asarray(state[:, :1] + state[:, 1 + timeline.region])


def believe_creation(
    timeline: Timeline, logged: Floats, open_deals: Floats, born: Floats, n_people: int
) -> CreationBelief:
    """Filter effort from activities, and the rest from new deals, by turns.

    Args:
        timeline: Recorded days.
        logged: Activities per week and seat, shape (n_weeks, n_seats).
        open_deals: Open deals per day and seat, shape (n_days, n_seats).
        born: New deals per day and seat, shape (n_days, n_seats).
        n_people: How many people there ever were.
    """
    effort = _effort(timeline, logged, open_deals)
    uncertain = effort.last_cov.sum(axis=(1, 2))
    drive = ACTIVITY_ELASTICITY * effort.mean.sum(axis=2) + 0.5 * ACTIVITY_ELASTICITY**2 * uncertain
    usual = CREATION[timeline.segment] * np.exp(timeline.log_ramp) * (timeline.season * timeline.length)[:, None]
    usual = usual * np.exp(drive)[timeline.week]
    path = np.zeros_like(usual)
    for _ in range(ROUNDS):
        mean, cov = _skills(timeline, born, usual * np.exp(CREATION_SHOCK * path), n_people)
        seats = len(timeline.segment)
        skill = mean[:seats] + mean[seats + timeline.person]
        shocks = _shocks(timeline, born, usual * np.exp(skill), path)
        state = shocks.mean[timeline.week, 0]
        path = state[:, :1] + state[:, 1 + timeline.region]
    return CreationBelief(
        effort, shocks, mean[:seats], mean[seats:], np.asarray(np.linalg.cholesky(cov), dtype=np.float64)
    )


def _effort(timeline: Timeline, logged: Floats, open_deals: Floats) -> Smoothed:
    """Return level and deviation of activity, read from weekly counts around the path believed so far."""
    span = timeline.by_week(timeline.length)[:, None]
    week_noise = (OBSERVED_NOISE * timeline.noise) ** 2
    # a deal's engagement spreads with its quality and on its own
    per_deal = PER_DEAL_WEEK * np.exp(ENGAGEMENT_PULL**2 * (1 + timeline.noise**2) / 2)
    usual = (1 - FORGOTTEN) * (
        PROSPECTING_WEEK * span + per_deal * timeline.by_week(open_deals * timeline.length[:, None])
    )
    usual = usual * np.exp(week_noise / 2)
    who = timeline.occupants()
    fresh = np.vstack([np.zeros(who.shape[1], dtype=np.bool_), who[1:] != who[:-1]])
    believed = np.zeros(logged.shape)
    for _ in range(EFFORT_ROUNDS):
        rate = usual * np.exp(believed)
        seen, precision = believed + (logged - rate) / rate, 1.0 / (1.0 / rate + week_noise)
        found = smooth(EFFORT, np.array([[1.0, 1.0]]), seen[:, :, None], precision[:, :, None], fresh)
        believed = found.mean.sum(axis=2)
    return found


def _skills(timeline: Timeline, born: Floats, expected: Floats, n_people: int) -> tuple[Floats, Floats]:
    """Return mean and covariance of territories, then persons, by Newton steps on the Poisson likelihood."""
    seats = len(timeline.segment)
    size = seats + n_people
    seat = np.broadcast_to(np.arange(seats), timeline.person.shape).ravel()
    pair, place = np.unique(seat * n_people + timeline.person.ravel(), return_inverse=True)
    count = np.bincount(place, weights=born.ravel())
    exposed = np.bincount(place, weights=expected.ravel())
    rows: tuple[Ints, Ints] = (pair // n_people, seats + pair % n_people)
    prior = np.concatenate([np.full(seats, TERRITORY_SD**-2), np.full(n_people, PROSPECTING_SD**-2)])
    mean = np.zeros(size)
    for _ in range(NEWTON_STEPS):
        rate = exposed * np.exp(mean[rows[0]] + mean[rows[1]])
        slope = -prior * mean
        curve = np.diag(prior)
        for one in rows:
            np.add.at(slope, one, count - rate)
            for other in rows:
                np.add.at(curve, (one, other), rate)
        mean = mean + np.linalg.solve(curve, slope)
    return mean, np.asarray(np.linalg.inv(curve))


def _shocks(timeline: Timeline, born: Floats, expected: Floats, path: Floats) -> Smoothed:
    """Return macro and regions, read from the new deals of each region and week around the path believed so far."""
    regions = int(timeline.region.max()) + 1
    weeks = (timeline.weeks, regions)
    cell = timeline.week[:, None] * regions + timeline.region
    count, rate = (
        np.bincount(cell.ravel(), weights=values.ravel(), minlength=weeks[0] * regions).reshape(weeks)
        for values in (born, expected * np.exp(CREATION_SHOCK * path))
    )
    first = np.searchsorted(timeline.week, np.arange(timeline.weeks))
    seat = np.array([int(np.flatnonzero(timeline.region == r)[0]) for r in range(regions)])
    seen = path[first][:, seat] + (count - rate) / (CREATION_SHOCK * rate)
    law = Law(
        memory=np.array([MACRO_MEMORY, *[REGION_MEMORY] * regions]),
        noise=np.array([MACRO_SD**2, *[REGION_SD**2] * regions]),
        start=np.array([MACRO_SD**2 / (1 - MACRO_MEMORY**2), *[REGION_SD**2 / (1 - REGION_MEMORY**2)] * regions]),
    )
    design = np.hstack([np.ones((regions, 1)), np.eye(regions)])
    return smooth(
        law,
        design,
        np.asarray(seen, dtype=np.float64)[:, None, :],
        np.asarray(CREATION_SHOCK**2 * rate, dtype=np.float64)[:, None, :],
    )
