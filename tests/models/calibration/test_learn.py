"""Lessons come from periods that the refitted models had not seen."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from models.calibration.learn import UNJUDGED, blocks, learn_lessons
from models.calibration.past import history_before
from models.calibration.recalibration import Recalibration
from models.simulation.shocks import Shocks
from tests.support.states import toy_history

HISTORY = toy_history(n_reps=8, n_periods=8, seed=4)


def test_a_past_history_holds_no_outcome_that_came_later() -> None:
    day = pd.Timestamp("2022-03-31")
    then = history_before(HISTORY, day)
    assert (then.targets["period_end"] + pd.Timedelta(days=10) <= day).all()
    assert then.deals["as_of"].max() < day
    assert then.deals["won_on"].max() <= day
    assert then.deals.loc[then.deals["won_on"].isna(), "final_amount"].isna().all()
    assert (then.deals["observed_until"] <= day).all()
    assert then.now.bookings["known_on"].max() <= day
    assert then.now.lifecycles["closed_on"].max() <= day


def test_the_newer_half_of_the_periods_is_judged_in_two_blocks() -> None:
    # Cutoffs stand in quarters 3 to 8: the first three only teach, the other three are judged.
    found = blocks(HISTORY, "quarter")
    starts = sorted(HISTORY.targets.loc[HISTORY.targets["grain"] == "quarter", "period_start"].unique())
    assert found[0][0] == pd.Timestamp(starts[len(starts) // 2]) - pd.Timedelta(days=1)
    assert all(one[1] == other[0] for one, other in pairwise(found))


def test_too_few_periods_teach_nothing() -> None:
    few = HISTORY.targets[HISTORY.targets["period_start"] < "2022-01-01"]
    lessons = learn_lessons(type(HISTORY)(HISTORY.now, few, HISTORY.deals), grain="quarter", months=3)
    assert lessons.recalibration == Recalibration()
    assert lessons.shocks == UNJUDGED
    assert lessons.shocks.company > Shocks().company


def test_lessons_do_not_depend_on_what_comes_after() -> None:
    day = pd.Timestamp("2022-09-30")
    then = history_before(HISTORY, day)
    poisoned = history_before(
        type(HISTORY)(
            HISTORY.now,
            HISTORY.targets.assign(
                final_attained=np.where(
                    HISTORY.targets["period_end"] > day, 1e9, HISTORY.targets["final_attained"].to_numpy()
                )
            ),
            HISTORY.deals.assign(final_amount=HISTORY.deals["final_amount"].where(HISTORY.deals["won_on"] <= day, 1e9)),
        ),
        day,
    )
    first, second = (learn_lessons(history, grain="quarter", months=3) for history in (then, poisoned))
    assert first == second
    assert first.recalibration.periods >= 2
