"""What an import has to say about its facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from features.domain.time import AsOf, Grain
from features.history.dataset_report import LaidOut
from features.quality.coverage import last_complete_period, orphans, quota_coverage
from tests.features.quality.test_faults import Row, facts, quota, sold


def test_coverage_counts_rep_quarters_with_bookings() -> None:
    # r1 sold in the first and the second quarter, r2 in the second; r1 has a quota in the first, r2 a derived one.
    bookings = [sold(date(2024, 2, 1), 5), sold(date(2024, 5, 1), 5), sold(date(2024, 5, 1), 5, "r2")]
    with facts(date(2024, 6, 30), bookings=bookings, quotas=[quota(1, 9), quota(4, 9, "r2", "derived:R1")]) as known:
        found = quota_coverage(known)

    assert (found.rep_quarters, found.with_quota, found.derived) == (3, 2, 1)
    assert found.share == pytest.approx(2 / 3)


def test_nothing_to_cover_has_no_share() -> None:
    with facts(date(2024, 6, 30)) as known:
        assert quota_coverage(known).share is None


def test_references_without_a_partner_are_counted() -> None:
    reps: list[Row] = [{"rep_id": "r1", "name": "Ann"}, {"rep_id": "r9", "name": "Zoe"}]
    bookings = [sold(date(2024, 2, 1), 5), sold(date(2024, 2, 1), 5, "who")]
    deals: list[Row] = [{"opportunity_id": "o", "rep_id": "who", "outcome": "open"}]
    with facts(
        date(2024, 6, 30), reps=reps, bookings=bookings, quotas=[quota(1, 5, "gone")], opportunities=deals
    ) as known:
        assert orphans(known) == {
            "reps without bookings": 1,
            "bookings without reps": 1,
            "quotas without reps": 1,
            "deals without reps": 1,
            "deals without a creation date": 1,
        }


@pytest.mark.parametrize(
    ("newest", "partial", "end"),
    [
        (date(2024, 5, 30), False, date(2024, 4, 30)),
        (date(2024, 5, 31), False, date(2024, 5, 31)),
        (date(2024, 6, 1), False, date(2024, 5, 31)),
        (date(2024, 6, 1), True, date(2024, 4, 30)),
    ],
)
def test_a_period_is_complete_once_its_last_day_was_known(newest: date, partial: bool, end: date) -> None:
    with facts(date(2024, 6, 30), bookings=[sold(date(2024, 5, 20), 5)]) as known:
        info = replace(known.info, metadata={"last_period_partial": partial})
        assert last_complete_period(LaidOut(known.con, AsOf(date(2024, 6, 30)), info), newest) == end


def test_quarters_end_where_the_fiscal_year_says() -> None:
    with facts(date(2024, 6, 30), bookings=[sold(date(2024, 5, 20), 5)]) as known:
        assert last_complete_period(known, date(2024, 5, 25), Grain.QUARTER) == date(2024, 3, 31)


def test_without_bookings_nothing_is_complete(tmp_path: Path) -> None:
    with facts(date(2024, 6, 30)) as known:
        assert last_complete_period(known, date(2024, 5, 25)) is None
