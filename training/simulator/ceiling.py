"""The observable ceiling: the forecast of somebody who knows every equation and parameter but sees only the CRM.

Hidden states are filtered from what a clean CRM shows up to the evening: effort from activities, territories,
prospecting and shocks from new deals, win skill, quality and decision days from the paths of deals, amounts from what
sellers wrote down. Futures then run from draws of that posterior, with the oracle's own paths. The filters are
Gaussian or on grids, and by turns rather than joint, so the true ceiling lies a little higher. Discount propensities
are drawn from their prior, and dirt is not in what is filtered: on a dirty company it is the ceiling of a clean CRM.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from features.domain.errors import UsageError
from training.simulator.ceiling_evidence import AmountBelief, Seen, believe_amounts, counts, deal_evidence
from training.simulator.creation_filter import CreationBelief, believe_creation
from training.simulator.crm_records import keep_records
from training.simulator.deal_filter import (
    DAYS,
    QUALITIES,
    SKILLS,
    DealPosterior,
    Exposure,
    skill_likelihood,
    skill_posterior,
)
from training.simulator.deals import LAST_STAGE, Deals, World
from training.simulator.market import Floats, Ints, Market, day_number
from training.simulator.oracle import Futures, chances_of, copies, futures_of, state_at
from training.simulator.organisation import Organisation
from training.simulator.switches import Dirt
from training.simulator.timeline import Timeline

ROUNDS = 2


class Ceiling:
    """Forecasts from what the CRM of one organisation shows.

    Raises:
        UsageError: The organisation keeps no CRM.
    """

    def __init__(self, org: Organisation) -> None:
        if not org.settings.pipeline:
            raise UsageError("a company without a CRM shows no deals to filter; build the ceiling of one with pipeline")
        self.org = org
        self._records = keep_records(Organisation(org.settings.model_copy(update={"dirt": Dirt()}), org.truth))

    def continue_from(self, day: date, n_paths: int, *, seed: int, attrition: bool = True) -> Futures:
        """Draw futures of the open quarter as `oracle.continue_from` does, from filtered instead of true latents.

        Args:
            day: As-of day, at the earliest the end of the first recorded quarter.
            n_paths: Number of futures, >= 1.
            seed: Seed of the futures.
            attrition: False: nobody leaves.

        Raises:
            UsageError: `day` is out of range or `n_paths` is not positive.
        """
        start = self._belief(day, n_paths).draw
        return futures_of(self.org, day, n_paths, seed=seed, attrition=attrition, start=start)

    def chances_at(self, day: date, n_paths: int, *, seed: int) -> pd.Series:
        """Return what the CRM makes of each open deal, see `oracle.chances_of`.

        Raises:
            UsageError: `day` is out of range or `n_paths` is not positive.
        """
        return chances_of(self.org, day, n_paths, seed=seed, start=self._belief(day, n_paths).draw)

    def _belief(self, day: date, n_paths: int) -> Belief:
        first = self.org.calendar.period(0).end
        if day < first or n_paths < 1:
            raise UsageError(f"{n_paths} paths from {day} were asked for; ask for at least one, from {first} on")
        return believe(self.org, self._seen(day))

    def _seen(self, day: date) -> Seen:
        return Seen.at(self.org, self._records, day_number(day))


@dataclass(frozen=True)
class Belief:
    """Posterior of the hidden state of one evening.

    Attributes:
        state: The state, of which only what is not hidden is used.
        creation: Effort, territories, prospecting and shocks.
        skill: Believed win skill per person, shape (n_people,).
        deviation: Chances of each deviation from it, shape (n_people, n_skills).
        amounts: Prices, and amounts of the open deals.
        by_quality: Log posterior of each open deal, shape (n_open, n_skills, n_qualities).
        by_day: The same by decision day for those in the last stage, shape (n_late, n_skills, n_qualities, DAYS).
        open_deals: The open deals and what they show.
    """

    state: World
    creation: CreationBelief
    skill: Floats
    deviation: Floats
    amounts: AmountBelief
    by_quality: Floats
    by_day: Floats
    open_deals: DealPosterior

    def draw(self, universes: int, rng: np.random.Generator) -> World:
        """Return a state of so many universes, each with latents drawn from the posterior."""
        world = copies(self.state, universes)
        shape = (universes, self.state.seats.count)
        self._draw_sellers(world, shape, rng)
        person = self.state.seats.person
        cumulated = np.cumsum(self.deviation[person], axis=1)
        skill = (rng.random(shape)[:, :, None] > cumulated).sum(axis=2).clip(max=len(SKILLS) - 1)
        step = SKILLS[1] - SKILLS[0]
        world.seats.win_skill = (self.skill[person] + SKILLS[skill] + step * (rng.random(shape) - 0.5)).ravel()
        self._draw_deals(world.deals, skill, rng)
        return world

    def _draw_sellers(self, world: World, shape: tuple[int, int], rng: np.random.Generator) -> None:
        """Draw shocks, activity, territories, prospecting and prices."""
        universes, count = shape
        person, creation = self.state.seats.person, self.creation
        shocks = rng.multivariate_normal(creation.shocks.last_mean[0], creation.shocks.last_cov[0], universes)
        world.market = Market(shocks[:, 0].copy(), shocks[:, 1:].copy())
        root = np.linalg.cholesky(creation.effort.last_cov)
        effort = creation.effort.last_mean + np.einsum("skl,usl->usk", root, rng.standard_normal((*shape, 2)))
        size = len(creation.spread)
        skills = np.concatenate([creation.territory, creation.prospecting])
        skills = skills + rng.standard_normal((universes, size)) @ creation.spread.T
        price = self.amounts.price[0][person] + self.amounts.price[1][person] * rng.standard_normal(shape)
        seats = world.seats
        seats.activity_mean, seats.activity = effort[:, :, 0].ravel(), effort[:, :, 1].ravel()
        seats.log_territory, seats.prospecting = skills[:, :count].ravel(), skills[:, count + person].ravel()
        seats.price = price.ravel()
        seats.propensity = world.rules.discounts.propensity_sd * rng.standard_normal(universes * count)

    def _draw_deals(self, deals: Deals, skill: Ints, rng: np.random.Generator) -> None:
        """Draw quality, decision day and amount of the open deals, given the drawn skill of their owner."""
        seen, count = self.open_deals.deals, len(self.open_deals.deals.deal)
        shape = (len(skill), count)
        index = skill[:, seen.seat]
        quality, day = np.zeros(shape, dtype=np.int64), rng.integers(DAYS, size=shape)
        late = seen.stage == LAST_STAGE
        quality[:, ~late] = _pick(self.by_quality, index[:, ~late], rng)
        both = _pick(self.by_day.reshape(*self.by_day.shape[:2], len(QUALITIES) * DAYS), index[:, late], rng)
        quality[:, late], day[:, late] = both // DAYS, both % DAYS
        step = QUALITIES[1] - QUALITIES[0]
        deals.quality = (QUALITIES[quality] + step * (rng.random(shape) - 0.5)).ravel()
        level = (day + rng.random(shape)) / DAYS
        deals.target = self.open_deals.days_of(level.T).T.ravel()
        log_value = self.amounts.value[0] + self.amounts.value[1] * rng.standard_normal(shape)
        deals.value = np.maximum(np.round(np.exp(log_value)), 1.0).ravel()


def believe(org: Organisation, seen: Seen) -> Belief:
    """Return the posterior of the hidden state in the evening of `seen`."""
    timeline = Timeline.until(org, seen.number)
    people = len(org.truth.people)
    creation = believe_creation(timeline, *counts(timeline, seen), people)
    deals = deal_evidence(timeline, seen, creation.effort.mean.sum(axis=2))
    shock = creation.shock_path(timeline)
    # deals that were open when the record began are there because they survived: they say nothing fair about skill
    fair = deals.where(deals.entered[0] >= timeline.day[0])
    skill, deviation = np.zeros(people), np.ones((people, len(SKILLS)))
    for _ in range(ROUNDS):
        exposure = Exposure.of(timeline, shock, skill)
        found = skill_posterior(*skill_likelihood(timeline, exposure, fair), skill)
        believed, skill, deviation = skill, skill + found @ SKILLS, found
    exposure, open_deals = Exposure.of(timeline, shock, believed), deals.where(deals.closed < 0)
    late = open_deals.stage == LAST_STAGE
    early_part, late_part = (DealPosterior(timeline, exposure, open_deals.where(mask)) for mask in (~late, late))
    amounts = believe_amounts(org, seen)
    return Belief(
        state=state_at(org, date.fromordinal(seen.number + 719_163)),
        creation=creation,
        skill=believed,
        deviation=deviation,
        amounts=AmountBelief(amounts.price, amounts.value[:, deals.closed < 0]),
        by_quality=early_part.by_quality(),
        by_day=late_part.by_day(),
        open_deals=DealPosterior(timeline, exposure, open_deals),
    )


def _pick(log_chance: Floats, skill: Ints, rng: np.random.Generator) -> Ints:
    """Draw a cell of each deal's grid given the index of its owner's skill.

    Args:
        log_chance: Shape (n_deals, n_skills, n_cells).
        skill: Shape (n_universes, n_deals).
        rng: Source of the draws.

    Returns:
        Shape (n_universes, n_deals).
    """
    chance = np.exp(log_chance - log_chance.max(axis=2, keepdims=True))
    cumulated = np.cumsum(chance, axis=2)
    cumulated /= cumulated[:, :, -1:]
    rows = np.arange(log_chance.shape[0])
    found = [(rng.random((len(rows), 1)) > cumulated[rows, index]).sum(axis=1) for index in skill]
    return np.asarray(found, dtype=np.int64).reshape(skill.shape)
