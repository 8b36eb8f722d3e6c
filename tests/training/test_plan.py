"""Which past days a fit may learn from: nothing that had not settled, and open deals oftener than outcomes."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from features.domain.time import Grain, WorkCalendar
from training.backtest.folds import closed_periods
from training.plan import DEAL_DAYS, TrainingPlan, TrainingSettings


def plan(look_back: int = 16) -> TrainingPlan:
    periods = closed_periods(date(2022, 1, 1), date(2023, 12, 31), Grain.QUARTER, 1)
    settings = TrainingSettings(look_back=look_back)
    return TrainingPlan(date(2024, 1, 10), Grain.QUARTER, tuple(periods), (), "", WorkCalendar(), settings)


def test_a_period_counts_ten_days_after_its_end() -> None:
    # The quarter that ends on 30 September 2023 has settled on 10 October.
    assert max(plan().cutoffs_before(date(2023, 10, 9))) < date(2023, 6, 30)
    assert max(plan().cutoffs_before(date(2023, 10, 10))) > date(2023, 8, 31)


def test_only_the_last_periods_are_looked_back_on() -> None:
    days = plan(look_back=2).cutoffs_before(date(2024, 1, 10))
    assert min(days) == date(2023, 6, 30)  # the eve of the third quarter
    assert len(days) == 8  # four leads of two quarters


def test_open_deals_are_looked_at_at_every_lead_and_every_fortnight_between() -> None:
    asked = date(2023, 10, 10)
    leads, deals = plan().cutoffs_before(asked), plan().deal_cutoffs_before(asked)
    assert set(leads) < set(deals)
    # 2023's third quarter: its eve, and every fourteenth day after it.
    assert {date(2023, 6, 30), date(2023, 7, 14), date(2023, 9, 22)} <= set(deals)
    gaps = [(late - early).days for early, late in pairwise(deals)]
    assert max(gaps) <= DEAL_DAYS
