"""Advice about dates: the reading that is likely, and the format to declare for it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from features.connectors.date_advice import advice
from features.connectors.dates import DateStyle, parse_date


@pytest.mark.parametrize(
    ("text", "day", "form"),
    [
        ("31.12.2024", "2024-12-31", "%d.%m.%Y"),
        ("12/31/24", "2024-12-31", "%m/%d/%y"),
        ("1-Jan-2024", "2024-01-01", "%d-%b-%Y"),
        ("5 Feb 2024", "2024-02-05", "%d %b %Y"),
        ("Jan 1, 2024", "2024-01-01", "%b %d, %Y"),
        ("January 1, 2024", "2024-01-01", "%B %d, %Y"),
        ("2024-01", "2024-01-01", "%Y-%m"),
        ("2024年3月", "2024-03-01", "%Y年%m月"),
        ("202403", "2024-03-01", "%Y%m"),
        ("20240101123000", "2024-01-01", "%Y%m%d%H%M%S"),
        ("2024-01-01 1:05 PM", "2024-01-01", "%Y-%m-%d %I:%M %p"),
        ("45292", "2024-01-01", "excel"),
        ("45292.75", "2024-01-01", "excel"),
        ("1704067200", "2024-01-01", "epoch_s"),
        ("1704067200000", "2024-01-01", "epoch_ms"),
    ],
)
def test_the_format_that_is_proposed_reads_the_text_as_the_day_that_is_told(text: str, day: str, form: str) -> None:
    told = advice(text, ())

    assert f"it may be {day}" in told
    assert f"`format: {form}`" in told.replace("'", "")
    assert parse_date(text, DateStyle((form,))).naive.date().isoformat() == day


def test_what_may_be_read_two_ways_is_told_both_ways() -> None:
    assert advice("02/03/2024", ()) == (
        "it may be 2024-03-02 or 2024-02-03; declare `format: '%d/%m/%Y'` or `format: '%m/%d/%Y'`"
    )


@pytest.mark.parametrize("text", ["2024-02-30", "0000-00-00", "2023年2月29日", "2024-13-01 10:00", "32/13/2024"])
def test_a_day_that_no_calendar_has_is_told_as_such(text: str) -> None:
    assert advice(text, ()) == "there is no such day; correct the value"


@pytest.mark.parametrize("text", ["2024Q1", "FY24 Q3", "Q4 2024"])
def test_a_quarter_leads_to_date_parts(text: str) -> None:
    assert "`date_parts`" in advice(text, ())


@pytest.mark.parametrize("text", ["today", "2024-01-01 25:00", "99999999999999999", "12", ""])
def test_other_text_is_told_what_is_expected(text: str) -> None:
    assert advice(text, ()).startswith("write it as 2020-12-31 or 2020-12-31 23:59")


def test_where_formats_are_declared_they_are_told() -> None:
    assert advice("x", ("%d/%m/%Y", "excel")).startswith("it is not written as %d/%m/%Y or excel")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024年1月5日 12时30分", (2024, 1, 5, 12, 30, 0)),
        ("2024年1月5日12时30分15秒", (2024, 1, 5, 12, 30, 15)),
        ("2024/1/5 下午3:05", (2024, 1, 5, 15, 5, 0)),
        ("2024/1/5 上午 12:05:09", (2024, 1, 5, 0, 5, 9)),
        ("2024/1/5 下午12:05", (2024, 1, 5, 12, 5, 0)),
    ],
)
def test_chinese_times_of_day_are_read(text: str, moment: tuple[int, ...]) -> None:
    reading = parse_date(text, DateStyle())

    assert reading.naive.replace(tzinfo=UTC) == datetime(*moment, tzinfo=UTC)  # type: ignore[misc,arg-type]
    assert reading.has_time


@pytest.mark.parametrize(
    "text",
    ["2024-01-01T10:00:00+99:99", "2024-01-01 10:00 +14:30", "2024/1/5 下午13:05", "2024/1/5下午3:05"],
)
def test_times_that_no_clock_and_no_zone_has_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="write it as"):
        parse_date(text, DateStyle())
