"""How far a dataset reaches is told by its events, not by corrections, attributes or quotas."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from features.domain.errors import DataMissing, NoDataset
from features.domain.time import AsOf
from features.history.freshness import first_day, newest_day
from tests.support.staged import Desk, Row

MAY: Row = {"booking_id": "b1", "rep_id": "r1", "occurred_at": "2024-05-30T20:00", "amount": 10}
LATE = date(2200, 1, 1)


def newest(desk: Desk, day: date = LATE) -> date:
    history = desk.history()
    with history.known_by(AsOf(day, history.info.calendar.zone)) as known:
        return newest_day(known)


def test_it_is_the_day_on_which_the_newest_booking_was_known(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.commit({"bookings": [MAY], "reps": [{"rep_id": "r1", "name": "Ann", "end_date": "2029-01-01"}]})

    assert newest(desk) == date(2024, 5, 31)


def test_the_day_is_the_company_s(tmp_path: Path) -> None:
    desk = Desk(tmp_path, calendar={"zone": "Asia/Shanghai"})
    desk.commit({"bookings": [MAY]})

    assert newest(desk) == date(2024, 6, 1)


def test_a_correction_does_not_move_it(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.commit({"bookings": [MAY]}, "2026-01-01")
    desk.commit({"bookings": [{**MAY, "amount": 11}]}, "2026-02-01")

    assert newest(desk) == date(2024, 5, 31)


def test_an_earlier_view_ends_with_its_own_newest_fact(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.commit({"bookings": [MAY, {**MAY, "booking_id": "b0", "occurred_at": "2024-03-04"}]})

    assert newest(desk, date(2024, 4, 1)) == date(2024, 3, 5)


def test_without_events_there_is_no_such_day(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.commit({"reps": [{"rep_id": "r1", "name": "Ann"}]})

    with pytest.raises(NoDataset, match="no booking, deal or activity"):
        newest(desk)


def test_the_first_day_is_that_of_the_first_booking(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.commit({"bookings": [MAY, {**MAY, "booking_id": "b2", "occurred_at": "2024-03-04T08:00"}]})
    history = desk.history()
    with history.known_by(AsOf(LATE)) as known:
        assert first_day(known) == date(2024, 3, 4)
    with history.known_by(AsOf(date(2024, 1, 1))) as known, pytest.raises(DataMissing, match="choose a later --as-of"):
        first_day(known)
