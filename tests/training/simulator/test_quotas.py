"""Quotas of the simulated company, worked by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from features.domain.time import Period
from training.simulator.market import day_number
from training.simulator.organisation import Organisation
from training.simulator.quotas import (
    TYPICAL,
    Quota,
    Record,
    draw_noise,
    exposure,
    leave_rates,
    planned_season,
    published_on,
    quota_ramp,
    rounded,
)

WINTER = Period(date(2021, 1, 1), date(2021, 3, 31))
SPRING = Period(date(2021, 4, 1), date(2021, 6, 30))
SMB = 0
SPRING_SEASON = 0.95


def record_of(booked: list[float], *, person: int = 1, quota: float = 50_000.0) -> Record:
    """A record of one small-business seller in quarters 0, 1, 2 ... that all have the season of spring."""
    record = Record()
    for quarter, amount in enumerate(booked):
        plan = {person: Quota(person, quarter, SPRING_SEASON * quota, date(2021, 1, 1))}
        record.settle(quarter, SPRING, {person: SPRING_SEASON * amount}, {person: SMB}, plan)
    return record


def ramps(person: int, quarters: int) -> dict[tuple[int, int], float]:
    return {(person, quarter): 1.0 for quarter in range(quarters)}


def test_a_full_quota_is_half_own_history_and_half_segment() -> None:
    record = record_of([40_000.0, 60_000.0, 50_000.0, 50_000.0])
    # own mean 50,000; segment (4 x 50,000 + 4 x 46,000) / 8 = 48,000; 0.97 x (25,000 + 24,000)
    assert record.full_quota(1, SMB, 5, ramps(1, 6)) == pytest.approx(47_530.0)


def test_the_quarter_just_before_is_not_settled_when_quotas_are_published() -> None:
    record = record_of([50_000.0, 50_000.0, 50_000.0, 50_000.0, 9_000_000.0])
    # quarter 4 is still open when the quota of quarter 5 is published
    assert record.full_quota(1, SMB, 5, ramps(1, 6)) == pytest.approx(0.97 * (0.5 * 50_000 + 0.5 * 48_000))


def test_fewer_own_quarters_weigh_less() -> None:
    record = record_of([60_000.0])
    # weight 0.5 x 1/4; segment (60,000 + 4 x 46,000) / 5 = 48,800
    assert record.full_quota(1, SMB, 2, ramps(1, 3)) == pytest.approx(0.97 * (0.125 * 60_000 + 0.875 * 48_800))


def test_a_stranger_gets_what_is_typical_for_the_segment() -> None:
    assert Record().full_quota(7, SMB, 0, {}) == pytest.approx(0.97 * TYPICAL[SMB])


def test_history_in_ramp_counts_as_what_it_would_have_been() -> None:
    record = record_of([17_500.0])
    # 17,500 at ramp 0.35 stands for 50,000; segment (50,000 + 184,000) / 5 = 46,800
    expected = 0.97 * (0.125 * 50_000 + 0.875 * 46_800)
    assert record.full_quota(1, SMB, 2, {(1, 0): 0.35}) == pytest.approx(expected)


def test_season_is_taken_out_of_history() -> None:
    record = Record()
    record.settle(0, WINTER, {1: 50_750.0}, {1: SMB}, {1: Quota(1, 0, 50_000.0, date(2020, 12, 22))})
    # autumn 1.13 and winter 0.90 make 1.015, so 50,750 stands for 50,000; spring is (0.90 + 1.00) / 2
    assert planned_season(WINTER) == pytest.approx(1.015)
    assert planned_season(SPRING) == SPRING_SEASON
    assert record.full_quota(1, SMB, 2, ramps(1, 1)) == pytest.approx(0.97 * (0.125 * 50_000 + 0.875 * 46_800))


def test_bookings_without_a_quota_are_no_history() -> None:
    record = Record()
    record.settle(0, SPRING, {1: 999_999.0}, {1: SMB}, {})
    assert record.full_quota(1, SMB, 2, {}) == pytest.approx(0.97 * TYPICAL[SMB])


@pytest.mark.parametrize(
    ("booked", "struggling"),
    [([20_000.0, 20_000.0], True), ([20_000.0], False), ([20_000.0, 40_000.0], False), ([90_000.0, 1.0, 1.0], True)],
)
def test_two_quarters_in_a_row_below_sixty_per_cent_are_a_struggle(booked: list[float], struggling: bool) -> None:
    assert record_of(booked).struggles(1) is struggling


def test_those_who_struggle_leave_more_often() -> None:
    rates = leave_rates(np.array([1, 2]), record_of([1.0, 1.0]), attrition=0.06)
    # 0.06 / 13 a week, 2.2 times that for person 1
    assert rates == pytest.approx([2.2 * 0.06 / 13, 0.06 / 13])


@pytest.mark.parametrize(
    ("hired", "share"),
    [(date(2021, 5, 3), 0.35), (date(2021, 1, 11), 0.65), (date(2020, 10, 5), 0.90), (date(2015, 1, 5), 1.0)],
)
def test_new_hires_carry_a_ramped_quota(hired: date, share: float) -> None:
    assert quota_ramp(hired, SPRING) == share


@pytest.mark.parametrize(
    ("hired", "share"), [(date(2020, 1, 1), 1.0), (date(2021, 4, 1), 1.0), (date(2021, 7, 5), 0.0)]
)
def test_exposure_is_the_share_of_days_in_seat(hired: date, share: float) -> None:
    assert exposure(hired, SPRING) == share


def test_quotas_are_published_ten_days_ahead_or_at_hire() -> None:
    assert published_on(date(2015, 1, 5), SPRING) == date(2021, 3, 22)
    assert published_on(date(2021, 4, 19), SPRING) == date(2021, 4, 19)


def test_no_quota_is_rounded_to_nothing() -> None:
    assert rounded(12.0) == 100.0


def test_quota_noise_is_ten_per_cent() -> None:
    rng = np.random.default_rng(1)
    assert np.log([draw_noise(rng) for _ in range(5_000)]).std() == pytest.approx(0.10, rel=0.05)


def test_every_quota_of_a_company_is_known_before_it_can_be_missed(org: Organisation) -> None:
    quotas = org.truth.quotas
    start = np.array([day_number(org.calendar.period(int(q)).start) for q in quotas["quarter"]])
    hired = org.truth.people["hired"].to_numpy()[quotas["person"].to_numpy()]
    assert np.all(quotas["published"] <= np.maximum(start, hired))
    assert (quotas["published"] == np.maximum(start - 10, hired)).all()


def test_nobody_has_two_quotas_for_one_quarter(org: Organisation) -> None:
    assert not org.truth.quotas.duplicated(["person", "quarter"]).any()
