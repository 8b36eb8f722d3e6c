"""The benchmark of the roll-up sees what it is there to see."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.bench_rollup import SHARED, alone, company, levels, line
from models.contracts import ForecastPaths


def small() -> tuple[ForecastPaths, pd.DataFrame]:
    rng = np.random.default_rng(4)
    return company(rng.standard_normal((1_000, 500)), rng.standard_normal(500))


def test_joint_worlds_keep_what_reps_share_and_worlds_drawn_alone_lose_it() -> None:
    paths, members = small()
    joint, apart = line("joint", levels(paths, members)), line("alone", levels(alone(paths), members))
    # What is booked already (a tenth) does not vary: 0.2 / 1.1 = 0.18 is left of what all share.
    assert abs(joint.relative_sd - SHARED / 1.1) < 0.03
    # A rep's own sd, about 0.7, over the root of 1,000 reps, some of them larger than others.
    assert 0.015 < apart.relative_sd < 0.03
    assert joint.error == apart.error == 0.0


def test_worlds_drawn_alone_leave_every_rep_the_same_range() -> None:
    paths, _ = small()
    apart = alone(paths)
    assert np.array_equal(np.sort(apart.open_deals, axis=1), np.sort(paths.open_deals, axis=1))
    # Open and new deals of a rep move together: the rep's own worlds are only put into another order.
    assert np.allclose(np.sort(apart.attained, axis=1), np.sort(paths.attained, axis=1))


def test_levels_that_do_not_agree_are_told() -> None:
    paths, members = small()
    rolled = levels(paths, members)
    rolled["team"].open_deals[0, 0] += 0.5
    assert line("off", rolled).error == 0.5
