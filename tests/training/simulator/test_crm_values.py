"""Values look as Salesforce writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from training.simulator.crm_values import booleans, days, identifiers, moments, picked


@given(st.integers(0, 4_000_000_000))
def test_a_moment_reads_back_as_the_same_second(second: int) -> None:
    text = moments([second]).iloc[0]
    assert datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z") == datetime.fromtimestamp(second, UTC)


@given(st.integers(0, 40_000))
def test_a_day_reads_back_as_the_same_day(number: int) -> None:
    assert date.fromisoformat(days([number]).iloc[0]).toordinal() == number + date(1970, 1, 1).toordinal()


def test_record_ids_have_eighteen_characters_and_sort_like_their_numbers() -> None:
    ids = identifiers("006", np.arange(0, 3_000, 7)).tolist()
    assert {len(value) for value in ids} == {18}
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)


def test_no_rows_stay_no_rows() -> None:
    none = np.zeros(0, dtype=np.int64)
    assert [len(f) for f in (moments(none), days(none), booleans(none), picked(("a",), none))] == [0, 0, 0, 0]
