"""The timeline is the calendar with who sat where, cut at an evening."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from training.simulator.latents import ramp
from training.simulator.market import day_number
from training.simulator.organisation import Organisation
from training.simulator.timeline import Timeline

EVENING = day_number(date(2021, 8, 18))


@pytest.fixture(scope="module")
def timeline(org: Organisation) -> Timeline:
    return Timeline.until(org, EVENING)


def test_it_holds_the_working_days_up_to_the_evening(org: Organisation, timeline: Timeline) -> None:
    days = [step.day for quarter in range(3) for step in org.calendar.steps(quarter)]
    assert timeline.day.tolist() == [day for day in days if day <= EVENING]
    assert timeline.day[-1] == EVENING
    assert timeline.place(np.array([EVENING, timeline.day[0] - 1, timeline.day[0]])).tolist() == [
        len(timeline.day),
        0,
        1,
    ]


def test_weeks_are_those_of_the_engine(org: Organisation, timeline: Timeline) -> None:
    moved = org.truth.effort["day"].unique()
    moved = moved[(moved >= day_number(org.settings.start)) & (moved <= EVENING)]
    first = np.searchsorted(timeline.week, np.arange(timeline.weeks))
    assert timeline.day[first].tolist() == moved.tolist()
    # two whole quarters of thirteen weeks each, and what has gone of the third
    assert timeline.by_week(timeline.length)[:26].sum() == pytest.approx(26.0)


def test_occupants_are_the_owners_of_their_seats(org: Organisation, timeline: Timeline) -> None:
    seat = np.arange(org.settings.reps)
    for row in (0, 60, len(timeline.day) - 1):
        assert (timeline.person[row] == org.owner(seat, np.full(len(seat), timeline.day[row]))).all()
    assert (timeline.occupants()[0] == timeline.person[0]).all()
    # somebody changed seats in this company, so that the rows differ
    assert (timeline.person[0] != timeline.person[-1]).any()


def test_ramp_follows_tenure(org: Organisation, timeline: Timeline) -> None:
    hired = org.truth.people["hired"].to_numpy()[timeline.person[-1]]
    assert np.exp(timeline.log_ramp[-1]) == pytest.approx(ramp((EVENING - hired) / 91.3125))
