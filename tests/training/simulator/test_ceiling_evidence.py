"""Evidence for the ceiling is what the CRM of the evening holds: counts, deals and amounts, nothing of later days."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from training.simulator.ceiling_evidence import Seen, believe_amounts, counts, deal_evidence
from training.simulator.crm_records import CrmRecords
from training.simulator.market import day_number
from training.simulator.oracle import state_at
from training.simulator.organisation import Organisation
from training.simulator.timeline import Timeline

EVENING = date(2022, 2, 17)
NUMBER = day_number(EVENING)


@pytest.fixture(scope="module")
def seen(org: Organisation, records: CrmRecords) -> Seen:
    return Seen.at(org, records, NUMBER)


@pytest.fixture(scope="module")
def timeline(org: Organisation) -> Timeline:
    return Timeline.until(org, NUMBER)


def test_days_that_have_not_come_are_not_seen(seen: Seen) -> None:
    for name in ("entered_0", "entered_3", "closed"):
        assert seen.day_of(name).max() <= NUMBER
    assert (seen.day_of("entered_0") > 0).all()
    assert seen.history["moment"].max() < (NUMBER + 1) * 86_400
    assert seen.activities["logged"].max() < (NUMBER + 1) * 86_400


def test_counts_are_those_of_the_tables(org: Organisation, seen: Seen, timeline: Timeline) -> None:
    logged, open_deals, born = counts(timeline, seen)
    assert logged.sum() == len(seen.activities)
    entered = org.truth.deals["entered_0"]
    assert born.sum() == ((entered >= timeline.day[0]) & (entered <= NUMBER)).sum()
    # those that close today were worked on today; the evening's open deals are the true ones
    state = state_at(org, EVENING)
    closed_today = org.truth.deals[org.truth.deals["closed"] == NUMBER]
    still = np.bincount(state.deals.seat, minlength=40) + np.bincount(closed_today["seat"], minlength=40)
    assert open_deals[-1].tolist() == still.tolist()


def test_evidence_of_open_deals_agrees_with_the_true_state(org: Organisation, seen: Seen, timeline: Timeline) -> None:
    found = deal_evidence(timeline, seen, np.zeros((timeline.weeks, 40)))
    still = found.where(found.closed < 0)
    true = state_at(org, EVENING).deals
    assert still.deal.tolist() == true.deal.tolist()
    assert still.stage.tolist() == true.stage.tolist()
    assert not still.won.any()
    # half an activity per week and deal is to be expected of an engagement of 0, a little less is logged
    weeks = (NUMBER - still.entered[0]) / 7
    assert np.corrcoef(still.exposed, weeks)[0, 1] > 0.98
    assert (still.exposed / (weeks + 0.2)).mean() == pytest.approx(0.5 * 0.92 * np.exp(0.03125), rel=0.15)
    assert found.touched.sum() == (seen.activities["deal"] >= 0).sum()


def test_a_corrected_close_date_gives_the_decision_day_away(org: Organisation, seen: Seen, timeline: Timeline) -> None:
    found = deal_evidence(timeline, seen, np.zeros((timeline.weeks, 40)))
    known = ~np.isnan(found.target)
    assert 0.02 < known.mean() < 0.5
    error = found.target[known] - org.truth.deals["target"].to_numpy()[found.deal[known]]
    assert np.abs(error).max() < 5.0
    assert np.abs(error).mean() < 2.0
    assert (found.entered[2][known] >= 0).all()


def test_amounts_of_deals_in_negotiation_are_known_to_a_few_per_cent(org: Organisation, seen: Seen) -> None:
    belief = believe_amounts(org, seen)
    last = seen.day_of("entered_3") >= 0
    true = np.log(org.truth.deals["value"].to_numpy()[seen.deals["deal"]])
    score = (true - belief.value[0]) / belief.value[1]
    assert score.std() == pytest.approx(1.0, abs=0.1)
    assert belief.value[1][last].mean() < 0.13 < belief.value[1][~last].mean()
