"""Days and moments: the fast path and the careful one agree, and time zones are applied once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.connectors.dates import DateStyle, to_day, to_moment

MOMENTS = st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2099, 12, 31))  # noqa: DTZ001
DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2099, 12, 31))


@settings(deadline=None)
@given(DAYS)
def test_every_way_to_write_a_day_means_that_day(day: date) -> None:
    texts = [f"{day:%Y-%m-%d}", f"{day:%Y/%m/%d}", f"{day.year}年{day.month}月{day.day}日", f"{day:%Y%m%d}"]

    values, faults = to_day(pa.array(texts), DateStyle())

    assert values.to_pylist() == [day] * 4
    assert faults == {}


@settings(deadline=None)
@given(MOMENTS)
def test_the_fast_and_the_careful_path_agree(moment: datetime) -> None:
    style = DateStyle(zone="Europe/Berlin", home="Europe/Berlin")
    text = moment.isoformat(" ", "microseconds")

    fast, _ = to_moment(pa.array([text]), style)
    careful, _ = to_moment(pa.array([text, "2024年1月1日"]), style)

    assert fast[0].as_py() == careful[0].as_py()


@settings(deadline=None)
@given(MOMENTS, st.integers(-12, 14))
def test_an_offset_is_taken_off_once(moment: datetime, hours: int) -> None:
    text = f"{moment.isoformat('T', 'seconds')}{'+' if hours >= 0 else '-'}{abs(hours):02}:00"

    values, _ = to_moment(pa.array([text]), DateStyle(zone="Asia/Tokyo", home="Asia/Tokyo"))

    assert values[0].as_py() == moment.replace(microsecond=0) - timedelta(hours=hours)


def test_midnight_of_a_day_is_the_companys_and_a_time_without_offset_is_the_sources() -> None:
    style = DateStyle(zone="UTC", home="America/New_York")

    values, _ = to_moment(pa.array(["2024-07-01", "2024-07-01 08:00:00"]), style)

    assert values.to_pylist() == [datetime(2024, 7, 1, 4), datetime(2024, 7, 1, 8)]  # noqa: DTZ001


def test_an_instant_is_moved_to_the_companys_day() -> None:
    values, _ = to_day(pa.array(["2024-06-30T23:30:00Z"]), DateStyle(home="Asia/Shanghai"))

    assert values.to_pylist() == [date(2024, 7, 1)]


@pytest.mark.parametrize("text", ["2024-03-10 02:30:00", "2024-11-03 01:30:00"])
def test_hours_that_clocks_skip_or_repeat_are_read_without_a_fault(text: str) -> None:
    values, faults = to_moment(pa.array([text]), DateStyle(zone="America/New_York", home="America/New_York"))

    assert faults == {}
    local = values[0].as_py().replace(tzinfo=UTC).astimezone(ZoneInfo("America/New_York"))
    assert local.date().isoformat() == text[:10]


def test_only_the_bad_rows_are_refused() -> None:
    values, faults = to_day(pa.array(["2024-01-01", "2024-13-01", None]), DateStyle())

    assert values.to_pylist() == [date(2024, 1, 1), None, None]
    assert list(faults) == [1]


def test_declared_formats_are_tried_in_order_and_nothing_else() -> None:
    style = DateStyle(("%d.%m.%Y", "%m/%d/%Y"))

    values, faults = to_day(pa.array(["05.04.2024", "05/04/2024", "2024-04-05"]), style)

    assert values.to_pylist() == [date(2024, 4, 5), date(2024, 5, 4), None]
    assert faults[2] == "it is not written as %d.%m.%Y or %m/%d/%Y; correct the value or add its format"
