"""The course of deals as features: what each says, what comes back from JSON, and that none falls with the horizon."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from models.simulation.course import COURSE_NAMES, Course, learn_course
from models.simulation.days import day_number
from models.simulation.horizons import horizon_clock
from models.simulation.knowledge import learn_knowledge
from models.simulation.tempo import Tempo
from tests.support.states import toy_history

HISTORY = toy_history(n_reps=12, n_periods=6, seed=3)
NOW = HISTORY.now
KNOWN = learn_knowledge(NOW)
LAST = day_number(NOW.as_of)
CLOCK = horizon_clock(Tempo(3, 1, (2.0,) + (1.0,) * 12, 1.0), NOW.calendar, LAST - 2_000, LAST)


@pytest.fixture(scope="module")
def course() -> Course:
    segment = KNOWN.lives.segment_rows(HISTORY.deals["segment"])
    return learn_course(HISTORY.deals, segment, len(KNOWN.curves.win), CLOCK)


def features(course: Course, horizon: float) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    segment = KNOWN.lives.segment_rows(NOW.deals["segment"])
    found = course.features(NOW.deals, np.full(len(NOW.deals), horizon), segment, CLOCK)
    return np.asarray(found)


def test_there_is_one_number_per_name_and_chances_are_chances(course: Course) -> None:
    found = features(course, 60.0)
    assert found.shape == (len(NOW.deals), len(COURSE_NAMES))
    assert np.isfinite(found).all()
    assert ((found[:, :2] > 0) & (found[:, :2] < 1)).all()


def test_no_feature_falls_as_the_horizon_grows(course: Course) -> None:
    each = [features(course, horizon) for horizon in (1.0, 5.0, 20.0, 60.0, 61.0, 200.0)]
    assert all((later >= earlier - 1e-12).all() for earlier, later in pairwise(each))


def test_the_present_stage_alone_gives_less_than_all_that_may_follow_from_an_early_one(course: Course) -> None:
    first = course.chain.win.sum(axis=0).argmin()
    early = (NOW.deals["stage"] == course.chain.stages[first]).to_numpy()
    assert early.any()
    staged, dated, _ = features(course, 200.0).T
    assert staged[early].mean() > dated[early].mean()


def test_the_course_comes_back_from_json(course: Course) -> None:
    again = Course.from_json(course.to_json())
    assert np.array_equal(features(again, 45.0), features(course, 45.0))
