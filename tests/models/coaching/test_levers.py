"""Levers move the served worlds, never the wrong way, and nothing moves when no lever is moved."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.coaching.levers import DealChange, Ground, Levers, answer, pipeline_needed
from service.whatif.service import ground_of
from tests.support.details import company_draws, ground
from tests.support.documents import CASES

CASE = CASES[0]
QUOTA = 2_400_000.0
LEVELS = (np.linspace(0.0, 1.0, 1025) ** 1.3).tolist()


def _ground(*, stretched: bool = False) -> Ground:
    company = company_draws()
    return ground_of(ground(CASE), {**company, "levels": LEVELS} if stretched else company)


def test_no_lever_moves_nothing() -> None:
    for stretched in (False, True):
        found = answer(_ground(stretched=stretched), Levers())
        np.testing.assert_array_equal(found.base, found.changed)


def test_a_won_deal_brings_its_amount_for_sure() -> None:
    found = answer(_ground(), Levers(deals=[DealChange("r-chen-d1", "won")]))
    gain = found.changed - found.base
    # It came in half of the worlds anyway; in the others it now brings 400,000 more.
    assert set(np.unique(gain.round(3))) == {0.0, 400_000.0}
    assert gain.mean() == pytest.approx(200_000.0, rel=0.15)


def test_a_lost_deal_brings_nothing_any_more() -> None:
    found = answer(_ground(), Levers(deals=[DealChange("r-chen-d2", "lost")]))
    gain = found.changed - found.base
    assert set(np.unique(gain.round(3))) == {-800_000.0, 0.0}


def test_a_deal_moved_far_out_is_hardly_won_in_time() -> None:
    near = answer(_ground(), Levers(deals=[DealChange("r-chen-d1", "moved", date(2026, 12, 1))]))
    far = answer(_ground(), Levers(deals=[DealChange("r-chen-d1", "moved", date(2027, 3, 1))]))
    assert (near.changed >= near.base).all()
    assert (far.changed <= far.base).all()
    assert far.changed.mean() < far.base.mean() - 150_000


def test_a_deal_that_is_not_open_is_named() -> None:
    with pytest.raises(KeyError, match="moon"):
        answer(_ground(), Levers(deals=[DealChange("moon", "won")]))


def test_twice_the_amounts_bring_twice_as_much() -> None:
    found = answer(_ground(), Levers(size_percent=100.0))
    booked = 0.41 * QUOTA
    np.testing.assert_allclose(found.changed - booked, 2 * (found.base - booked), rtol=1e-9)


def test_usual_deals_that_are_added_bring_their_chance_times_their_amount() -> None:
    # 600,000 are two usual deals of 300,000, each won in 3 of 10 worlds: 180,000 on average.
    found = answer(_ground(), Levers(pipeline=600_000.0))
    assert (found.changed - found.base).mean() == pytest.approx(180_000.0, rel=0.2)


def test_pipeline_that_is_taken_away_takes_its_share_of_every_deal() -> None:
    # 600,000 of 1,200,000: half of every open deal is gone.
    half = answer(_ground(), Levers(pipeline=-600_000.0))
    none = answer(_ground(), Levers(pipeline=-9e9))
    assert ((half.base - half.changed) * 2).mean() == pytest.approx((none.base - none.changed).mean())


def test_levers_without_ground_say_so() -> None:
    from dataclasses import replace

    bare = replace(_ground(), meetings=0.0, win=0.0)
    found = answer(bare, Levers(meetings=5.0, win_points=10.0))
    assert dict(found.not_heard) == {"meetings": "no_meetings", "win_points": "no_win_rate"}
    np.testing.assert_array_equal(found.base, found.changed)


def test_the_pipeline_needed_gives_the_chance_aimed_for_and_one_deal_less_does_not() -> None:
    held = _ground()
    needed = pipeline_needed(held, Levers(), QUOTA, 0.8)
    assert needed is not None
    amount, count = needed
    assert amount == count * 300_000.0
    assert count > 1
    assert (answer(held, Levers(pipeline=amount)).changed >= QUOTA).mean() >= 0.8
    assert (answer(held, Levers(pipeline=amount - 300_000.0)).changed >= QUOTA).mean() < 0.8


def test_nothing_is_needed_where_the_quota_is_booked_and_nothing_suffices_for_the_moon() -> None:
    assert pipeline_needed(_ground(), Levers(), 1.0, 0.8) == (0.0, 0)
    assert pipeline_needed(_ground(), Levers(), 1e15, 0.8) is None


BETTER = st.fixed_dictionaries(
    {
        "pipeline": st.floats(0, 5e6),
        "meetings": st.floats(0, 20),
        "win_points": st.floats(0, 40),
        "size_percent": st.floats(0, 100),
    }
)


@settings(max_examples=40, deadline=None)
@given(some=BETTER, more=BETTER, stretched=st.booleans())
def test_a_better_lever_never_lowers_any_world(some: dict[str, float], more: dict[str, float], stretched: bool) -> None:
    held = _ground(stretched=stretched)
    first = answer(held, Levers(**some)).changed  # type: ignore[arg-type]  # names are those of the fields
    second = answer(held, Levers(**{name: some[name] + more[name] for name in some})).changed  # type: ignore[arg-type]
    assert (second >= first - 1e-6).all()
    assert (first >= answer(held, Levers()).base - 1e-6).all()
