"""From the history to states and labels: nothing of the future, nothing of the unsettled."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from features.domain.errors import LookAheadError
from features.domain.time import Grain, WorkCalendar
from features.history.known import History
from features.history.source import MemoryFacts
from tests.support.companies import CompanyPlan, toy_facts
from training.dataset import company_state, cutoffs_for, outcomes, training_history

PLAN = CompanyPlan(n_reps=6, months=15, revised=True)
AS_OF = date(2023, 2, 10)
CUTOFFS = cutoffs_for(date(2022, 1, 1), AS_OF, grain=Grain.QUARTER, calendar=WorkCalendar())


@pytest.fixture(scope="module")
def facts() -> MemoryFacts:
    return toy_facts(PLAN)


@pytest.fixture(scope="module")
def history(facts: MemoryFacts) -> History:
    return History(facts, threads=1, memory_limit="1GB")


def truncated(facts: MemoryFacts, day: date) -> History:
    """Return the history of a company that knows nothing after `day`."""
    end = np.datetime64(day) + np.timedelta64(1, "D")
    tables = {name: table.filter(table["known_at"].to_numpy() < end) for name, table in facts.tables.items()}
    return History(MemoryFacts(facts.info, tables), threads=1, memory_limit="1GB")


def test_four_cutoffs_stand_in_each_settled_quarter() -> None:
    # Four quarters of 2022 have ended and settled by 10 February 2023.
    assert len(CUTOFFS) == 16
    assert CUTOFFS[0] == date(2021, 12, 31)
    assert CUTOFFS[-4] == date(2022, 9, 30)


def test_a_quarter_that_has_not_settled_has_no_cutoffs() -> None:
    early = cutoffs_for(date(2022, 1, 1), date(2023, 1, 9), grain=Grain.QUARTER, calendar=WorkCalendar())
    assert max(early) < date(2022, 9, 30)


def test_weekly_cutoffs_come_on_top() -> None:
    weekly = cutoffs_for(date(2022, 1, 1), AS_OF, grain=Grain.QUARTER, calendar=WorkCalendar(), every=7, look_back=1)
    # The quarter has 92 days: its eve and every seventh day after, 14 in all, and three leads between them.
    assert date(2022, 10, 7) in weekly
    assert min(weekly) == date(2022, 9, 30)
    assert 14 <= len(weekly) <= 17


def test_labels_are_of_periods_that_ended_and_settled(history: History) -> None:
    learned = training_history(history, AS_OF, CUTOFFS)
    assert learned.targets["period_end"].max() <= pd.Timestamp("2023-01-31")
    assert learned.targets["final_attained"].notna().all()
    assert learned.targets["as_of"].max() < pd.Timestamp(AS_OF)


def test_a_label_is_the_sum_of_what_was_booked_in_the_period(history: History) -> None:
    learned = training_history(history, AS_OF, CUTOFFS)
    row = learned.targets[learned.targets["grain"] == "quarter"].iloc[-1]
    bookings = learned.now.bookings
    mine = bookings[(bookings["rep_id"] == row["rep_id"]) & (bookings["metric"] == row["metric"])]
    inside = mine[(mine["day"] >= row["period_start"]) & (mine["day"] <= row["period_end"])]
    assert np.isclose(row["final_attained"], inside["amount"].sum())


def test_deals_carry_what_became_of_them_and_until_when_it_was_watched(history: History) -> None:
    deals = training_history(history, AS_OF, CUTOFFS).deals
    assert (deals["observed_until"] == pd.Timestamp(AS_OF)).all()
    assert deals["won_on"].max() <= pd.Timestamp(AS_OF)
    assert (deals["won_on"].dropna() >= deals.loc[deals["won_on"].notna(), "as_of"]).all()
    assert (deals["won_on"].notna() & deals["lost_on"].notna()).sum() == 0
    assert deals.loc[deals["won_on"].isna(), "final_amount"].isna().all()


def test_deleting_the_future_changes_no_byte_of_what_is_learned(facts: MemoryFacts, history: History) -> None:
    full, cut = (training_history(h, AS_OF, CUTOFFS) for h in (history, truncated(facts, AS_OF)))
    for name in ("targets", "deals"):
        pd.testing.assert_frame_equal(getattr(full, name), getattr(cut, name), check_exact=True)
    for name in ("targets", "deals", "bookings", "lifecycles", "reps"):
        pd.testing.assert_frame_equal(getattr(full.now, name), getattr(cut.now, name), check_exact=True)


def test_the_state_of_a_training_history_is_the_company_s_state(history: History) -> None:
    learned, state = training_history(history, AS_OF, CUTOFFS).now, company_state(history, AS_OF)
    pd.testing.assert_frame_equal(learned.targets, state.targets)
    pd.testing.assert_frame_equal(learned.deals, state.deals)


def test_a_cutoff_after_the_training_day_is_refused(history: History) -> None:
    with pytest.raises(LookAheadError, match="2023-03-01"):
        training_history(history, AS_OF, [date(2023, 3, 1)])


def test_an_outcome_is_unknown_until_its_period_has_settled(history: History) -> None:
    targets = company_state(history, date(2022, 11, 15)).targets
    early, late = (outcomes(history, targets, day) for day in (date(2022, 12, 5), date(2023, 2, 10)))
    ended = (targets["period_end"] <= pd.Timestamp("2022-11-25")).to_numpy()
    assert np.isnan(early[~ended]).all()
    settled = (targets["period_end"] <= pd.Timestamp("2023-01-31")).to_numpy()
    assert np.isfinite(late[settled]).all()


def test_deals_are_looked_at_on_further_days_that_are_not_judged(history: History) -> None:
    further = date(2022, 8, 9)
    plain = training_history(history, AS_OF, CUTOFFS)
    learned = training_history(history, AS_OF, CUTOFFS, deal_cutoffs=[*CUTOFFS, further])
    pd.testing.assert_frame_equal(learned.targets, plain.targets)
    extra = learned.deals[learned.deals["as_of"] == pd.Timestamp(further)]
    assert len(extra) > 0
    rest = learned.deals[learned.deals["as_of"] != pd.Timestamp(further)].reset_index(drop=True)
    pd.testing.assert_frame_equal(rest, plain.deals)


def test_a_day_after_the_training_day_is_refused_for_deals_too(history: History) -> None:
    with pytest.raises(LookAheadError, match="2023-03-01"):
        training_history(history, AS_OF, CUTOFFS, deal_cutoffs=[date(2023, 3, 1)])
