"""What the path of each deal says about its hidden quality and decision day and about its owner's win skill."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from training.simulator.activities import ENGAGEMENT_PULL
from training.simulator.crm_records import SOURCE_BOUNDS, SOURCE_QUALITY
from training.simulator.deals import (
    ADVANCE,
    ADVANCE_QUALITY,
    CYCLE,
    EARLY,
    LAST_STAGE,
    LATE,
    LOSS,
    LOSS_SCORE,
    ON_TIME,
    QUALITY,
    RAMP,
    SHOCK,
    STAGE_LOSS,
    STALE_DAYS,
    STALE_LOSS,
    TARGET_SD,
    TARGET_SHIFT,
    WIN,
    WIN_SCORE,
    WINDOW_DAYS,
)
from training.simulator.latents import WIN_SKILL_SD
from training.simulator.market import Floats, Ints, Mask
from training.simulator.timeline import Timeline

QUALITIES = np.linspace(-3.0, 3.0, 16)
SKILLS = np.linspace(-1.2, 1.2, 17)
DAYS = 12
CORRECTED_SD, CORRECTED_REACH = 1.5, 2.5
USUAL_DAY = 0.2
ENGAGEMENTS = np.polynomial.hermite_e.hermegauss(5)


@dataclass(frozen=True)
class DealEvidence:
    """What the CRM shows of deals in the evening, arrays of shape (n_deals,) unless said.

    Attributes:
        deal: Identity.
        seat: Seat that works it.
        entered: Day on which it entered each stage, -1 for never, shape (4, n_deals).
        closed: Day on which it was closed, -1 while open.
        won: Whether it was won.
        source: Index of its lead source.
        touched: Activities on it.
        exposed: Activities to expect of an engagement of 0.
        target: Decision day as a corrected close date gives it away; NaN without one.
    """

    deal: Ints
    seat: Ints
    entered: Ints
    closed: Ints
    won: Mask
    source: Ints
    touched: Floats
    exposed: Floats
    target: Floats

    def where(self, mask: Mask | Ints) -> DealEvidence:
        """Return the deals that `mask` selects."""
        return DealEvidence(**{name: value[..., mask] for name, value in vars(self).items()})

    @property
    def stage(self) -> Ints:
        """Stage of each deal, 0 to 3."""
        stage: Ints = (self.entered >= 0).sum(axis=0).astype(np.int64) - 1
        return stage


@dataclass(frozen=True)
class Exposure:
    """Cumulated hazards of an average deal, shape (n_days + 1, n_seats) each; row `i` is after `i` working days.

    Attributes:
        time: Engine weeks, shape (n_days + 1,).
        loss: Hazard of loss in an average stage, by quality 0 and the skill believed so far.
        win: Hazard of a win at average timing.
        since: Row from which today's occupant works the seat, shape (n_days + 1, n_seats).
    """

    time: Floats
    loss: Floats
    win: Floats
    since: Ints

    @classmethod
    def of(cls, timeline: Timeline, shock: Floats, skill: Floats) -> Exposure:
        """Cumulate hazards along a timeline.

        Args:
            timeline: Recorded days.
            shock: Macro plus region, shape (n_days, n_seats).
            skill: Believed win skill per person, shape (n_people,).
        """
        score = skill[timeline.person] + RAMP * timeline.log_ramp + SHOCK * shock
        loss = LOSS[timeline.segment] * np.exp(-LOSS_SCORE * score) * timeline.length[:, None]
        win = WIN[timeline.segment] * np.exp(WIN_SCORE * score) * (timeline.length * timeline.rush)[:, None]
        change = np.vstack([np.ones(loss.shape[1], dtype=np.bool_), timeline.person[1:] != timeline.person[:-1]])
        row = np.where(change, np.arange(len(loss))[:, None], 0)
        since = np.maximum.accumulate(row, axis=0)
        return cls(
            time=np.concatenate([[0.0], np.cumsum(timeline.length)]),
            loss=_cumulated(loss),
            win=_cumulated(win),
            since=np.vstack([since, since[-1:]]),
        )


def _cumulated(values: Floats) -> Floats:
    return np.vstack([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)])


class DealPosterior:
    """Log likelihood of deals on a grid of quality, decision day and deviation of the owner's skill from the belief."""

    def __init__(self, timeline: Timeline, exposure: Exposure, deals: DealEvidence) -> None:
        self.deals, self.timeline, self.exposure = deals, timeline, exposure
        self.row = timeline.place(deals.entered)
        open_end = np.full(len(deals.deal), len(timeline.day))
        self.end = np.where(deals.closed >= 0, timeline.place(deals.closed), open_end)
        # the last occupant of the seat in the deal's life is the one whose skill it tells of
        self.owned = exposure.since[np.maximum(self.end - 1, 0), deals.seat]
        self.person = timeline.person[np.maximum(self.end - 1, 0), deals.seat]
        self.target, self.target_weight = self._targets()
        self.prior = _quality_prior(deals, timeline.noise)

    def _targets(self) -> tuple[Floats, Floats]:
        """Return decision days to look at and their log prior, shape (n_deals, DAYS) each."""
        level = np.broadcast_to((np.arange(DAYS) + 0.5) / DAYS, (len(self.deals.deal), DAYS))
        known = ~np.isnan(self.deals.target)[:, None]
        place = CORRECTED_REACH * (2 * level - 1)
        return self.days_of(level), np.where(known, -0.5 * (place / CORRECTED_SD) ** 2, 0.0)

    def days_of(self, level: Floats) -> Floats:
        """Return decision days: quantiles of their prior, or places around a day that a correction gave away.

        Args:
            level: In 0..1, shape (n_deals, n).
        """
        deals = self.deals
        cycle = CYCLE[self.timeline.segment[deals.seat]][:, None]
        weeks = np.exp(TARGET_SHIFT + TARGET_SD * self.timeline.noise * ndtri(level))
        near = np.nan_to_num(deals.target)[:, None] + CORRECTED_REACH * (2 * level - 1)
        known = ~np.isnan(deals.target)[:, None]
        return np.where(known, near, deals.entered[0][:, None] + 7.0 * cycle * weeks)

    def loss_exposure(self) -> tuple[Floats, Floats]:
        """Return loss exposure before and under the last occupant, shape (n_deals,) each."""
        deals, cumulated = self.deals, self.exposure.loss
        before, under = (np.zeros(len(deals.deal)) for _ in range(2))
        for stage in range(LAST_STAGE + 1):
            inside, last, ended = deals.entered[stage] >= 0, self.end, deals.closed >= 0
            for later in range(LAST_STAGE, stage, -1):
                left = deals.entered[later] >= 0
                last, ended = np.where(left, self.row[later], last), ended | left
            first = self.row[stage]
            stale = np.maximum(first, self.timeline.place(deals.entered[stage] + STALE_DAYS))
            for low, weight in ((first, 1.0), (stale, STALE_LOSS - 1.0)):
                old, own = _between(cumulated, deals.seat, self.owned, (low, last), ended)
                before += np.where(inside, weight * STAGE_LOSS[stage] * old, 0.0)
                under += np.where(inside, weight * STAGE_LOSS[stage] * own, 0.0)
        return before, under

    def win_exposure(self) -> tuple[Floats, Floats]:
        """Return win exposure by decision day of deals that all are in the last stage, shape (n_deals, DAYS) each."""
        first, last, days = self.row[LAST_STAGE][:, None], self.end[:, None], self.timeline.day
        opens = np.clip(np.searchsorted(days, self.target - WINDOW_DAYS, side="left"), first, last)
        shuts = np.clip(np.searchsorted(days, self.target + WINDOW_DAYS, side="right"), first, last)
        before, under = np.zeros(self.target.shape), np.zeros(self.target.shape)
        seat, owned, closed = self.deals.seat[:, None], self.owned[:, None], (self.deals.closed >= 0)[:, None]
        for low, high, factor in ((first, opens, EARLY), (opens, shuts, ON_TIME), (shuts, last, LATE)):
            ended = closed & (high == last) & (high > low)
            old, own = _between(self.exposure.win, seat, owned, (low, high), ended)
            before += factor * old
            under += factor * own
        return before, under

    def by_quality(self) -> Floats:
        """Return the log likelihood but for the last stage's wins, shape (n_deals, n_skills, n_qualities)."""
        deals, time = self.deals, self.exposure.time
        before, under = self.loss_exposure()
        cycle = CYCLE[self.timeline.segment[deals.seat]]
        last = deals.stage == LAST_STAGE
        until = np.where(last, self.row[LAST_STAGE], self.end)
        moves = deals.stage + ((deals.closed >= 0) & ~last)
        moving = ADVANCE / cycle * (time[until] - time[self.row[0]] - 0.5 * USUAL_DAY * moves)
        lost = (deals.closed >= 0) & ~deals.won
        value = self.prior - moving[:, None] * np.exp(ADVANCE_QUALITY * QUALITIES)
        value += (ADVANCE_QUALITY * deals.stage - LOSS_SCORE * QUALITY * lost)[:, None] * QUALITIES
        whole = value[:, None, :] - LOSS_SCORE * lost[:, None, None] * SKILLS[:, None]
        grow, skill = np.exp(-LOSS_SCORE * QUALITY * QUALITIES), np.exp(-LOSS_SCORE * SKILLS)
        return np.asarray(whole - (before[:, None] + under[:, None] * skill)[:, :, None] * grow)

    def by_day(self) -> Floats:
        """Return the whole log likelihood of deals that all are in the last stage.

        Returns:
            Shape (n_deals, n_skills, n_qualities, DAYS).
        """
        before, under = self.win_exposure()
        won = self.deals.won
        wait = self.deals.closed[:, None] - self.target
        timing = np.where(wait < -WINDOW_DAYS, EARLY, np.where(wait <= WINDOW_DAYS, ON_TIME, LATE))
        gain = WIN_SCORE * (SKILLS[:, None] + QUALITY * QUALITIES)
        value = self.by_quality() + np.where(won[:, None, None], gain, 0.0)
        weight = self.target_weight + np.where(won[:, None], np.log(timing), 0.0)
        skill, grow = np.exp(WIN_SCORE * SKILLS), np.exp(WIN_SCORE * QUALITY * QUALITIES)
        hazard = before[:, None, :] + under[:, None, :] * skill[:, None]
        return np.asarray(value[:, :, :, None] + weight[:, None, None, :] - hazard[:, :, None, :] * grow[:, None])


def _between(cumulated: Floats, seat: Ints, owned: Ints, rows: tuple[Ints, Ints], ended: Mask) -> tuple[Floats, Floats]:
    """Return what accumulates between two rows before and under the last occupant.

    Where something ended the interval, it happened in the middle of the last day.
    """
    low, high = rows[0], np.maximum(rows[1], rows[0])
    cut = np.clip(owned, low, high)
    top = cumulated[high, seat]
    half = np.where(ended & (high > low), 0.5 * (top - cumulated[np.maximum(high - 1, 0), seat]), 0.0)
    return cumulated[cut, seat] - cumulated[low, seat], np.maximum(top - cumulated[cut, seat] - half, 0.0)


def skill_likelihood(timeline: Timeline, exposure: Exposure, deals: DealEvidence) -> tuple[Ints, Floats]:
    """Return whose skill each deal tells of and its log likelihood, shapes (n_deals,) and (n_deals, n_skills)."""
    person, found = np.zeros(len(deals.deal), dtype=np.int64), np.zeros((len(deals.deal), len(SKILLS)))
    late = deals.stage == LAST_STAGE
    for mask, at_once in ((~late, 20_000), (late, 2_000)):
        rows = np.flatnonzero(mask)
        for start in range(0, len(rows), at_once):
            some = rows[start : start + at_once]
            part = DealPosterior(timeline, exposure, deals.where(some))
            value = part.by_day().reshape(len(some), len(SKILLS), -1) if late[some[0]] else part.by_quality()
            top = value.max(axis=2)
            found[some] = np.log(np.exp(value - top[:, :, None]).sum(axis=2)) + top
            person[some] = part.person
    return person, found


def _quality_prior(deals: DealEvidence, noise: float) -> Floats:
    """Return log prior of quality with what source and activities say, shape (n_deals, n_qualities)."""
    bounds = np.concatenate([[-np.inf], SOURCE_BOUNDS, [np.inf]])
    chance = np.diff(ndtr(bounds[:, None] - SOURCE_QUALITY * QUALITIES), axis=0)
    nodes, weights = ENGAGEMENTS
    engagement = QUALITIES[:, None] + noise * nodes
    log_rate = ENGAGEMENT_PULL * engagement
    seen = deals.touched[:, None, None] * log_rate - deals.exposed[:, None, None] * np.exp(log_rate)
    top = seen.max(axis=2, keepdims=True)
    touched = np.log((np.exp(seen - top) * weights).sum(axis=2)) + top[:, :, 0]
    return np.asarray(-0.5 * QUALITIES**2 + np.log(chance)[deals.source] + touched)


def skill_posterior(person: Ints, likelihood: Floats, belief: Floats) -> Floats:
    """Return the chances of each person's deviation from the believed skill, shape (n_people, n_skills).

    Args:
        person: Whose skill each deal tells of, shape (n_deals,).
        likelihood: Its log likelihood, shape (n_deals, n_skills).
        belief: Believed skill, shape (n_people,).
    """
    total = -0.5 * ((belief[:, None] + SKILLS) / WIN_SKILL_SD) ** 2
    np.add.at(total, person, likelihood)
    chance = np.exp(total - total.max(axis=1, keepdims=True))
    return np.asarray(chance / chance.sum(axis=1, keepdims=True))
