"""Deals not born yet: expected births and wins."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from features.domain.time import WorkCalendar
from models.simulation.age_curves import AgeCurves, learn_age_curves
from models.simulation.births import RAMP_EDGES, Births, Rates, creation_rates, learn_births
from models.simulation.days import day_number
from models.simulation.horizons import HorizonClock, horizon_clock
from models.simulation.lives import lives_of
from models.simulation.new_deals import NewDealOutlook, outlook
from models.simulation.owner_effects import OwnerEffects
from models.simulation.tempo import Tempo
from tests.models.simulation.builders import Life, lifecycles

AS_OF = day_number(date(2024, 6, 30))
EVEN = Births(ramp=(1.0,) * len(RAMP_EDGES), season=(1.0,) * 12)


def curves(cycle: int) -> AgeCurves:
    rows: list[Life] = []
    for offset in range(0, 200, 2):
        born = date(2023, 6, 1) + timedelta(days=offset)
        end = (born + timedelta(days=cycle)).isoformat()
        rows += [("r", born.isoformat(), outcome, end, 10.0) for outcome in ("won", "lost")]
    return learn_age_curves(lives_of(lifecycles(rows)).known_at(AS_OF), AS_OF)


def clock() -> HorizonClock:
    return horizon_clock(Tempo(3, 1, (1.0,) * 13, 1.0), WorkCalendar(), AS_OF - 1, AS_OF)


def look(cycle: int, horizons: list[float], tenure: float = 1000.0) -> NewDealOutlook:
    rates = Rates(rate=np.array([0.5]), evidence=np.array([50.0]), own_share=np.array([1.0]))
    return outlook(
        EVEN,
        rates,
        tenure=np.array([tenure]),
        segment=np.array([0]),
        effects=OwnerEffects(np.array([1.0]), np.array([1.0])),
        as_of=AS_OF,
        horizons=np.array(horizons),
        curves=curves(cycle),
        clock=clock(),
    )


def test_nothing_can_be_born_and_won_in_less_time_than_the_shortest_cycle() -> None:
    found = look(cycle=30, horizons=[29.0, 30.0, 60.0])
    assert found.won[0, 0] == 0.0
    assert found.won[0, 1] == 0.0
    assert found.won[0, 2] > 0.0


def test_births_are_the_rate_times_the_days() -> None:
    # 0.5 deals a day for 90 days; half of them are won, and after 90 days nearly all that had 30 days to live are.
    found = look(cycle=30, horizons=[90.0])
    assert np.isclose(found.born[0, 0], 45.0)
    assert np.isclose(found.ever[0], 0.5, atol=0.05)
    assert 0.5 * 0.5 * 60 * 0.85 < found.won[0, 0] < 0.5 * 0.5 * 60 * 1.15


def test_expected_wins_never_fall_with_the_horizon() -> None:
    found = look(cycle=10, horizons=[5.0, 20.0, 40.0, 200.0])
    assert (np.diff(found.won[0]) >= 0).all()


def test_a_rep_who_starts_later_creates_nothing_before() -> None:
    births = Births(ramp=(0.2, 0.5, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0), season=(1.0,) * 12)
    assert births.ramp_at(np.array([-1.0, 0.0, 50.0, 4000.0])).tolist() == [0.0, 0.2, 0.5, 1.0]


def test_inherited_deals_are_not_taken_for_created_ones() -> None:
    # The newcomer has been there for 10 days and carries 40 deals of a predecessor.
    rows: list[Life] = [("new", "2024-03-01", "open", None, 5.0)] * 40
    rows += [("old", (date(2023, 7, 5) + timedelta(days=5 * i)).isoformat(), "open", None, 5.0) for i in range(70)]
    lives = lives_of(lifecycles(rows)).known_at(AS_OF)
    tenure = np.array([10.0, 900.0])
    rep = np.array([0, 1])
    births = learn_births(lives, rep=rep, segment=np.array([0, 0]), tenure=tenure, as_of=AS_OF)
    rates = creation_rates(births, lives, rep=rep, segment=np.array([0, 0]), tenure=tenure, as_of=AS_OF)
    assert rates.own_share[0] == 0.0
    assert np.isclose(rates.rate[1], 0.2, rtol=0.15)
    assert rates.rate[0] < 0.3
