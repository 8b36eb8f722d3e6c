"""Age curves count open deals for as long as they were watched."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from models.simulation.age_curves import learn_age_curves
from models.simulation.days import day_number
from models.simulation.lives import Lives, lives_of
from tests.models.simulation.builders import Life, lifecycles

AS_OF = day_number(date(2024, 6, 30))
BORN = date(2024, 1, 1)


def lives(rows: list[Life]) -> Lives:
    return lives_of(lifecycles(rows)).known_at(AS_OF)


def closed(outcome: str, age: int, rep: str = "r1") -> Life:
    return (rep, BORN.isoformat(), outcome, (BORN + timedelta(days=age)).isoformat(), 100.0)


def test_half_of_many_deals_won_gives_a_chance_of_one_half() -> None:
    curves = learn_age_curves(lives([closed("won", 30)] * 500 + [closed("lost", 30)] * 500), AS_OF)
    assert np.isclose(curves.ever[0], 0.5, atol=0.02)


def test_open_deals_are_not_taken_for_lost_ones() -> None:
    # 200 deals are 20 days old and open; they have not reached the age of the wins and losses, so they tell nothing.
    young: Life = ("r1", date.fromordinal(date(2024, 6, 10).toordinal()).isoformat(), "open", None, None)
    rows = [closed("won", 40)] * 100 + [closed("lost", 40)] * 100
    with_young = learn_age_curves(lives(rows + [young] * 200), AS_OF)
    assert np.isclose(with_young.ever[0], 0.5, atol=0.03)


def test_no_deal_is_won_younger_than_any_was() -> None:
    curves = learn_age_curves(lives([closed("won", 30)] * 50 + [closed("lost", 3)] * 50), AS_OF)
    assert curves.density[0, :30].sum() == 0.0
    assert curves.density[0, 30] > 0.0


def test_the_first_week_of_losses_counts_although_no_loss_fell_on_the_first_day() -> None:
    # Losses on day 3 only: the hazard of the first week must not vanish because days 0 to 2 saw none.
    curves = learn_age_curves(lives([closed("lost", 3)] * 300 + [closed("won", 30)] * 100), AS_OF)
    assert curves.ever[0] < 0.4


def test_won_within_is_conditional_on_being_open() -> None:
    curves = learn_age_curves(lives([closed("won", 30)] * 500 + [closed("lost", 10)] * 500), AS_OF)
    row = np.zeros(1, dtype=np.int64)
    young = curves.won_within(row, np.array([0.0]), np.array([60.0]))[0]
    survivor = curves.won_within(row, np.array([20.0]), np.array([60.0]))[0]
    assert survivor > 1.5 * young


def test_owners_of_other_speeds_have_their_own_chances() -> None:
    # Half of the deals are won at 30 days and half are lost: an owner who never loses wins nearly all of them.
    curves = learn_age_curves(lives([closed("won", 30)] * 500 + [closed("lost", 30)] * 500), AS_OF)
    usual, sure, slow = curves.density_of(
        np.zeros(3, dtype=np.int64), np.array([1.0, 1.0, 0.5]), np.array([1.0, 0.0, 1.0]), 200
    ).sum(axis=1)
    assert np.isclose(usual, curves.density[0, :200].sum())
    assert sure > 0.9
    assert 0.25 < slow < 0.45


def test_the_usual_cycle_is_the_mean_age_of_wins_per_segment() -> None:
    curves = learn_age_curves(lives([closed("won", 30)] * 500 + [closed("lost", 90)] * 500), AS_OF)
    # Wins are spread over the week of age 28 to 34 from day 30 on.
    assert np.isclose(curves.usual_cycle[0], 32.0, atol=0.5)


def test_a_company_without_wins_is_measured_in_days() -> None:
    curves = learn_age_curves(lives([closed("lost", 30)] * 50), AS_OF)
    assert curves.usual_cycle.tolist() == [1.0] * len(curves.win)
