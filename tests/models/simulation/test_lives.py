"""Lives as arrays, cut at any day."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from models.simulation.days import day_number
from models.simulation.lives import lives_of
from tests.models.simulation.builders import lifecycles

ROWS = lifecycles(
    [
        ("b", "2024-01-01", "won", "2024-03-01", 100.0),
        ("a", "2024-02-01", "open", None, 50.0),
        ("a", "2024-04-01", "lost", "2024-04-20", 70.0),
    ]
)


def test_a_cut_forgets_deals_born_later_and_outcomes_seen_later() -> None:
    then = lives_of(ROWS).known_at(day_number(date(2024, 2, 29)))
    assert then.won.tolist() == [False, False]
    assert np.isnan(then.closed).all()
    assert np.isnan(then.amount).all()


def test_a_close_on_the_day_itself_is_known() -> None:
    then = lives_of(ROWS).known_at(day_number(date(2024, 3, 1)))
    assert then.won.tolist() == [True, False]
    assert then.amount[0] == 100.0


def test_the_order_of_rows_does_not_matter() -> None:
    mixed = lives_of(ROWS.iloc[[2, 0, 1]])
    assert mixed.created.tolist() == lives_of(ROWS).created.tolist()


def test_unknown_reps_and_segments_have_a_place_of_their_own() -> None:
    lives = lives_of(ROWS)
    assert lives.rows_of(pd.Series(["a", "zz"])).tolist() == [0, -1]
    assert lives.segment_rows(pd.Series(["smb", None, "new"])).tolist() == [0, 1, 1]
