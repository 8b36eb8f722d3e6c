"""The likelihood of a deal's path is the product of its daily chances, worked day by day with the engine's hazards."""

from __future__ import annotations

import numpy as np
import pytest

from tests.training.simulator.test_deals import VETERAN, plain_seats
from training.simulator.deal_filter import (
    DAYS,
    QUALITIES,
    SKILLS,
    DealEvidence,
    DealPosterior,
    Exposure,
    skill_likelihood,
    skill_posterior,
)
from training.simulator.deals import Deals, World, rates
from training.simulator.market import Floats, Ints, Market, Step
from training.simulator.timeline import Timeline

START = 18_628
SPAN = 90


@pytest.fixture
def timeline() -> Timeline:
    """Ninety days in a row, each a fifth of a week, one seat, a veteran, no shock, no season."""
    day = START + np.arange(SPAN, dtype=np.int64)
    flat = np.ones(SPAN)
    return Timeline(
        day=day,
        week=np.arange(SPAN, dtype=np.int64) // 5,
        length=0.2 * flat,
        season=flat,
        rush=np.where(np.arange(SPAN) > 60, 2.0, 1.0),
        person=np.zeros((SPAN, 1), dtype=np.int64),
        log_ramp=np.zeros((SPAN, 1)),
        segment=np.zeros(1, dtype=np.int64),
        region=np.zeros(1, dtype=np.int64),
        noise=1.0,
    )


def evidence(entered: tuple[int, ...], *, closed: int = -1, won: bool = False, target: float = np.nan) -> DealEvidence:
    """One deal with days counted from the start; -1 is never."""
    days = np.array(entered, dtype=np.int64)[:, None]
    return DealEvidence(
        deal=np.zeros(1, dtype=np.int64),
        seat=np.zeros(1, dtype=np.int64),
        entered=np.where(days >= 0, START + days, -1),
        closed=np.array([START + closed if closed >= 0 else -1]),
        won=np.array([won]),
        source=np.zeros(1, dtype=np.int64),
        touched=np.zeros(1),
        exposed=np.zeros(1),
        target=np.array([START + target]),
    )


def day_by_day(timeline: Timeline, deal: DealEvidence, quality: float, skill: float, target: float) -> float:
    """Log chance of what happened, from the engine's own hazards, day after day from the one after creation."""
    seats = plain_seats()
    seats.win_skill[:], seats.hired[:] = skill, VETERAN - 10_000
    entered, closed = deal.entered[:, 0], int(deal.closed[0])
    total = 0.0
    for row, day in enumerate(timeline.day.tolist()):
        if day <= entered[0] or (closed >= 0 and day > closed):
            continue
        stage = int(((entered >= 0) & (entered < day)).sum()) - 1
        one: Ints = np.zeros(1, dtype=np.int64)
        open_deal = Deals(
            one, one, np.array([quality]), np.ones(1), np.array([target]), one + stage, one + entered[stage]
        )
        step = Step(day, 0, 5, 0.2, new_week=False, season=1.0, rush=float(timeline.rush[row]))
        hazards = rates(World(Market(np.zeros(1), np.zeros((1, 1))), seats, open_deal), step)
        advance, loss, win = (float(hazard[0]) for hazard in hazards)
        chance = -np.expm1(-0.2 * (advance + loss + win))
        if day == closed:
            total += np.log(chance * (win if deal.won[0] else loss) / (advance + loss + win))
        elif day in entered[1:]:
            total += np.log(chance * advance / (advance + loss + win))
        else:
            total += np.log1p(-chance)
    return float(total)


def differences(values: Floats) -> Floats:
    """Likelihoods only count up to a constant."""
    return np.asarray(values - values.max())


POINTS = [(5, 4), (8, 8), (5, 14), (11, 6)]


@pytest.mark.parametrize(
    "deal",
    [
        evidence((3, -1, -1, -1)),
        evidence((3, -1, -1, -1), closed=70),
        evidence((3, 20, 31, -1)),
        evidence((3, 9, 12, -1), closed=40),
    ],
    ids=["open", "lost late", "half way", "lost half way"],
)
def test_before_the_last_stage_the_path_has_its_daily_chances(timeline: Timeline, deal: DealEvidence) -> None:
    part = DealPosterior(timeline, Exposure.of(timeline, np.zeros((SPAN, 1)), np.zeros(1)), deal)
    found = part.by_quality()[0] - part.prior[0]
    got = np.array([found[skill, quality] for quality, skill in POINTS])
    true = np.array([day_by_day(timeline, deal, QUALITIES[q], SKILLS[s], START) for q, s in POINTS])
    np.testing.assert_allclose(differences(got), differences(true), atol=0.03)


@pytest.mark.parametrize(
    ("closed", "won"), [(-1, False), (75, True), (66, False)], ids=["open", "won", "lost in the last stage"]
)
def test_in_the_last_stage_the_decision_day_counts_too(timeline: Timeline, closed: int, won: bool) -> None:
    deal = evidence((1, 6, 14, 30), closed=closed, won=won)
    part = DealPosterior(timeline, Exposure.of(timeline, np.zeros((SPAN, 1)), np.zeros(1)), deal)
    found = part.by_day()[0] - part.prior[0][None, :, None] - part.target_weight[0]
    cells = [(q, s, d) for (q, s), d in zip(POINTS, (0, 4, 7, DAYS - 1), strict=True)]
    got = np.array([found[s, q, d] for q, s, d in cells])
    true = np.array([day_by_day(timeline, deal, QUALITIES[q], SKILLS[s], part.target[0, d]) for q, s, d in cells])
    np.testing.assert_allclose(differences(got), differences(true), atol=0.04)


def test_decision_days_are_the_prior_or_near_what_a_correction_gave_away(timeline: Timeline) -> None:
    exposure = Exposure.of(timeline, np.zeros((SPAN, 1)), np.zeros(1))
    usual, near = (
        DealPosterior(timeline, exposure, evidence((3, -1, -1, -1), target=target)) for target in (np.nan, 50.0)
    )
    # the median of SMB: 35 days x exp(-0.05) after the third day
    middle = usual.days_of(np.array([[0.5]]))[0, 0]
    assert middle == pytest.approx(START + 3 + 35 * np.exp(-0.05))
    assert np.abs(near.target - (START + 50)).max() < 2.5
    assert (np.diff(usual.target[0]) > 0).all()


def test_only_the_last_occupants_days_tell_of_the_last_occupants_skill(timeline: Timeline) -> None:
    person = np.zeros((SPAN, 1), dtype=np.int64)
    person[50:] = 1
    changed = Timeline(**{**vars(timeline), "person": person})
    exposure = Exposure.of(changed, np.zeros((SPAN, 1)), np.zeros(2))
    part = DealPosterior(changed, exposure, evidence((9, -1, -1, -1)))
    before, under = part.loss_exposure()
    # forty days of the first and forty of the second, SMB's first stage: 0.38 x 1.15 x 0.2 a day; the first 42 days
    # are fresh, the rest count 1.4 times
    daily = 0.38 * 1.15 * 0.2
    assert before[0] == pytest.approx(40 * daily)
    assert under[0] == pytest.approx((2 + 38 * 1.4) * daily)
    assert part.person.tolist() == [1]


def test_many_losses_lower_and_wins_raise_what_is_believed_of_a_seller(timeline: Timeline) -> None:
    exposure = Exposure.of(timeline, np.zeros((SPAN, 1)), np.zeros(1))
    deals = [evidence((1, 6, 14, 30), closed=60, won=True), evidence((1, -1, -1, -1), closed=4)]
    believed = []
    for deal in deals:
        person, found = skill_likelihood(timeline, exposure, deal)
        chances = skill_posterior(np.repeat(person, 20), np.repeat(found, 20, axis=0), np.zeros(1))
        assert chances.sum() == pytest.approx(1.0)
        believed.append(float(chances[0] @ SKILLS))
    assert believed[0] > 0.1
    assert believed[1] < -0.1


def test_activities_and_sources_tell_of_quality(timeline: Timeline) -> None:
    exposure = Exposure.of(timeline, np.zeros((SPAN, 1)), np.zeros(1))
    plain = evidence((3, -1, -1, -1))
    many = DealEvidence(**{**vars(plain), "touched": np.array([9.0]), "exposed": np.array([4.0])})
    partner = DealEvidence(**{**vars(plain), "source": np.array([3])})
    means = []
    for deal in (plain, many, partner):
        chance = np.exp(DealPosterior(timeline, exposure, deal).prior[0])
        means.append(float(chance @ QUALITIES / chance.sum()))
    assert means[0] < 0 < means[1]
    assert means[2] > 0
