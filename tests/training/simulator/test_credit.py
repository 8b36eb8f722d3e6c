"""Credit of deals that are not won yet, and what edits and refunds make of wins: conditional chances worked by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.training.simulator.test_deals import TODAY, deals_of
from training.simulator.credit import Credit, recorded, still_to_come
from training.simulator.market import as_date, day_number
from training.simulator.oracle import state_at
from training.simulator.organisation import Organisation, simulate
from training.simulator.settings import SimulatorSettings
from training.simulator.switches import Dirt

MANY = 20_000


def credit(*, rate: float, passed: bool, holder: int = 0) -> Credit:
    """One deal, born five days before the evening, in a team of two seats."""
    return Credit(
        rate=rate,
        number=TODAY,
        born=np.array([TODAY - 5]),
        holder=np.array([holder]),
        passed=np.array([passed]),
        team=np.zeros(2, dtype=np.int64),
    )


def share_moved(who: Credit, *, known: bool, home: int = 0) -> float:
    won = deals_of(MANY, stage=3)
    won.deal[:] = 0 if known else -1
    return float((who.seats(won, TODAY + 3, np.random.default_rng(1)) != home).mean())


def test_a_known_deal_may_still_change_owner_between_the_evening_and_the_win() -> None:
    # eight days from birth to the eve of the win, of which six are seen and two ahead: 0.4 x 0.25 / (1 - 0.4 x 0.75)
    assert share_moved(credit(rate=0.4, passed=False), known=True) == pytest.approx(0.1 / 0.7, abs=0.01)


def test_a_new_deal_changes_owner_at_the_plain_rate() -> None:
    assert share_moved(credit(rate=0.4, passed=False), known=False) == pytest.approx(0.4, abs=0.015)


def test_a_deal_that_changed_owner_stays_there() -> None:
    assert share_moved(credit(rate=0.4, passed=True, holder=1), known=True, home=1) == 0.0


def test_credit_stays_within_the_universe() -> None:
    won = deals_of(MANY, stage=3)
    won.deal[:], won.seat[:] = -1, np.arange(MANY) % 8
    seat = credit(rate=1.0, passed=False).seats(won, TODAY + 3, np.random.default_rng(1))
    assert (seat // 2 == won.seat // 2).all()
    assert (seat != won.seat).all()


def test_the_owner_of_an_evening_is_the_receiver_of_what_was_handed_over(org: Organisation) -> None:
    soiled = Organisation(org.settings.model_copy(update={"dirt": Dirt(owner_changes=0.5)}), org.truth)
    day = day_number(as_date(day_number(org.settings.start) + 200))
    deal = state_at(soiled, as_date(day)).deals.deal
    found = Credit.at(soiled, deal, day)
    handed = (soiled.fates.handed[deal] >= 0) & (soiled.fates.handed[deal] <= day)
    assert found.passed.tolist() == handed.tolist()
    assert (found.holder[handed] == soiled.fates.receiver[deal][handed]).all()
    assert (found.holder[~handed] == soiled.truth.deals["seat"].to_numpy()[deal][~handed]).all()


def test_a_clean_crm_reports_what_was_signed() -> None:
    amount = np.array([100.0, 200.0])
    assert recorded(Dirt(), amount, np.array([90, 90]), np.random.default_rng(1)).tolist() == [100.0, 200.0]


def test_a_refund_counts_only_if_it_comes_within_the_period() -> None:
    amount = np.full(MANY, 1_000.0)
    late, whole, half = (
        recorded(Dirt(refunds=1.0), amount, np.full(MANY, days), np.random.default_rng(1)) for days in (27, 84, 56)
    )
    assert (late == 1_000.0).all()
    # between a quarter and all of it is paid back: 62.5 % on average; 29 of 57 days lie within 56
    assert whole.mean() == pytest.approx(375.0, abs=5.0)
    assert (half < 1_000.0).mean() == pytest.approx(29 / 57, abs=0.015)


def test_an_edit_replaces_the_amount() -> None:
    amount = recorded(
        Dirt(late_edits=1.0), np.full(MANY, 1_000.0), np.zeros(MANY, dtype=np.int64), np.random.default_rng(1)
    )
    # exp(0.2 z): the mean is exp(0.02), the spread of the logarithm 0.2
    assert amount.mean() == pytest.approx(1_020.2, abs=8.0)
    assert np.log(amount).std() == pytest.approx(np.log(1.2214), abs=0.01)


def test_what_still_comes_of_wins_is_on_average_what_came() -> None:
    """Over many days and people, drawn edits and refunds of earlier wins sum to those that really came."""
    settings = SimulatorSettings(reps=60, quarters=6, seed=9, dirt=Dirt(late_edits=0.5, refunds=0.5))
    org = simulate(settings)
    drawn, came = [], []
    for quarter in range(1, 6):
        for offset in (10, 40, 70):
            number = day_number(org.calendar.period(quarter).start) + offset
            person = state_at(org, as_date(number)).seats.person
            change = still_to_come(org, person, number, 50, seed=1)
            shown, final = org.reported_until(number), org.reported
            known = shown[(shown["quarter"] == quarter) & shown["person"].isin(person)]["amount"].sum()
            won = (final["kind"] == "win") & (final["day"] <= number)
            back = (final["kind"] == "refund") & final["deal"].isin(final.loc[won, "deal"])
            rows = final[(won | back) & (final["quarter"] == quarter) & final["person"].isin(person)]
            drawn.append(change.sum(axis=0).mean())
            came.append(rows["amount"].sum() - known)
    assert sum(came) < 0
    assert sum(drawn) == pytest.approx(sum(came), rel=0.15)


def test_nothing_comes_where_nothing_is_switched_on(org: Organisation) -> None:
    number = day_number(org.settings.start) + 40
    assert not still_to_come(org, np.arange(5), number, 3, seed=1).any()
    clean = Credit.at(org, np.arange(3), number)
    won = replace(deals_of(3, stage=3), seat=np.array([4, 5, 6]))
    assert clean.seats(won, number + 1, np.random.default_rng(1)).tolist() == [4, 5, 6]
