"""Effort, territories and shocks are found back from counts that were drawn with them."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from training.simulator.ceiling_evidence import Seen, counts
from training.simulator.creation_filter import CreationBelief, believe_creation
from training.simulator.crm_records import keep_records
from training.simulator.deals import World
from training.simulator.market import Floats, day_number
from training.simulator.oracle import state_at
from training.simulator.organisation import simulate
from training.simulator.settings import SimulatorSettings
from training.simulator.timeline import Timeline


@pytest.fixture(scope="module")
def believed() -> tuple[CreationBelief, World, Timeline]:
    org = simulate(SimulatorSettings(reps=120, quarters=8, seed=12))
    day = org.calendar.period(7).start + timedelta(days=30)
    number = day_number(day)
    timeline = Timeline.until(org, number)
    seen = Seen.at(org, keep_records(org), number)
    belief = believe_creation(timeline, *counts(timeline, seen), len(org.truth.people))
    return belief, state_at(org, day), timeline


def scores(true: Floats, mean: Floats, variance: Floats) -> Floats:
    return np.asarray((true - mean) / np.sqrt(variance))


def test_effort_is_found_with_an_honest_error(believed: tuple[CreationBelief, World, Timeline]) -> None:
    belief, state, _ = believed
    mean, variance = belief.effort.last_mean.sum(axis=1), belief.effort.last_cov.sum(axis=(1, 2))
    true = state.seats.effort()
    assert np.corrcoef(true, mean)[0, 1] > 0.65
    assert scores(true, mean, variance).std() == pytest.approx(1.0, abs=0.2)
    assert (true - mean).mean() == pytest.approx(0.0, abs=0.08)


def test_the_urge_to_create_is_found_with_an_honest_error(believed: tuple[CreationBelief, World, Timeline]) -> None:
    belief, state, timeline = believed
    seats = len(timeline.segment)
    person = state.seats.person
    mean = belief.territory + belief.prospecting[person]
    root = belief.spread[:seats] + belief.spread[seats + person]
    true = state.seats.log_territory + state.seats.prospecting
    assert np.corrcoef(true, mean)[0, 1] > 0.85
    assert scores(true, mean, (root**2).sum(axis=1)).std() == pytest.approx(1.0, abs=0.3)
    # the level of all is not told apart from the long-run level of the economy
    assert (true - mean).mean() == pytest.approx(0.0, abs=0.12)


def test_shocks_lie_where_they_are_said_to_lie(believed: tuple[CreationBelief, World, Timeline]) -> None:
    belief, state, _ = believed
    mean, cov = belief.shocks.last_mean[0], belief.shocks.last_cov[0]
    true = np.concatenate([state.market.macro, state.market.region[0]])
    distance = (true - mean) @ np.linalg.solve(cov, true - mean)
    # chi-squared with six degrees of freedom: 0.999 lies below 22.5
    assert distance < 22.5
    assert cov[0, 0] < 0.6 * 0.132**2


def test_a_believed_path_ends_in_the_believed_state(believed: tuple[CreationBelief, World, Timeline]) -> None:
    belief, _, timeline = believed
    path, last = belief.shock_path(timeline), belief.shocks.last_mean[0]
    assert path.shape == (len(timeline.day), len(timeline.segment))
    assert path[-1] == pytest.approx(last[0] + last[1 + timeline.region])
