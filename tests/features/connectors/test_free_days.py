"""Holidays of a country: which days are free, which weekend days are worked, and what a mapping says beside them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from features.connectors.free_days import free_days
from features.connectors.mapping import parse_mapping
from features.domain.errors import MappingError
from features.domain.time import AsOf, Period
from features.history.describe import calendar_from_json
from tests.features.connectors.support import HEAD, run, write

ORDERS = "id,rep,day,amount\n1,r,2024-01-31,100\n"
OCTOBER = Period(date(2024, 10, 1), date(2024, 10, 31))


def mapping(calendar: str) -> str:
    return f"""
calendar: {calendar}
files: {{f: {{path: f.csv}}}}
tables:
  bookings: {{from: {{file: f, columns: {{booking_id: id, rep_id: rep, occurred_at: day, amount: amount}}}}}}
"""


def workdays(tmp_path: Path, calendar: str) -> int:
    staged = run(write(tmp_path / "s", {"f.csv": ORDERS}), mapping(calendar), tmp_path / "w")
    return calendar_from_json(staged.calendar).workdays(OCTOBER)


def test_without_a_country_only_weekends_are_free(tmp_path: Path) -> None:
    assert workdays(tmp_path, "{zone: UTC}") == 23


def test_in_china_the_golden_week_is_free_and_a_saturday_is_worked(tmp_path: Path) -> None:
    # 23 weekdays, less 1, 2, 3, 4 and 7 October, and Saturday the 12th is worked.
    assert workdays(tmp_path, "{country: CN}") == 23 - 5 + 1


def test_the_share_of_the_period_that_is_gone_follows(tmp_path: Path) -> None:
    staged = run(write(tmp_path / "s", {"f.csv": ORDERS}), mapping("{country: CN}"), tmp_path / "w")
    elapsed = calendar_from_json(staged.calendar).elapsed(OCTOBER, AsOf(date(2024, 10, 12)))
    # Worked by the evening of the 12th: 8, 9, 10, 11 and 12 October, of 19 days.
    assert elapsed == pytest.approx(5 / 19)


def test_a_region_has_holidays_of_its_own() -> None:
    epiphany = date(2024, 1, 6)
    assert epiphany in free_days("DE", [2024], "BY")[0]
    assert epiphany not in free_days("DE", [2024])[0]


def test_what_the_mapping_lists_goes_before_what_the_country_says(tmp_path: Path) -> None:
    listed = '{country: CN, holidays: ["2024-10-12", "2024-10-31"], extra_workdays: ["2024-10-07"]}'
    # 19 days: the 12th and the 31st become free, the 7th is worked.
    assert workdays(tmp_path, listed) == 19 - 2 + 1


@pytest.mark.parametrize(
    ("calendar", "words"),
    [
        ("{country: XX}", "no holidays of country 'XX'"),
        ("{country: DE, region: ZZ}", "no holidays of region 'ZZ' in DE; it has .*BY"),
        ("{region: BY}", "region 'BY' needs its `country`"),
    ],
)
def test_an_unknown_country_or_region_is_named(calendar: str, words: str) -> None:
    with pytest.raises(MappingError, match=words):
        parse_mapping(HEAD + mapping(calendar), origin="t.yml")
