"""A line states a figure only where enough people and periods stand behind it."""

from __future__ import annotations

import pytest

from models.accuracy.documents import AccuracyLineDoc
from models.accuracy.lines import Floor, accuracy_line
from models.accuracy.measures import Judged
from models.accuracy.settings import AccuracySettings

SETTINGS = AccuracySettings()


def _rows(reps: int, periods: int) -> list[Judged]:
    return [
        Judged(f"r{rep}", f"2025-{1 + 3 * period:02d}-01", 100.0, 80.0, middle=90.0, mean=88.0, crps=6.0, pit=0.4)
        for rep in range(reps)
        for period in range(periods)
    ]


def _line(rows: list[Judged], floor: Floor) -> AccuracyLineDoc:
    return accuracy_line(rows, forecaster="pace", metric="revenue", lead="1/2", floor=floor, settings=SETTINGS)


@pytest.mark.parametrize(("reps", "periods", "enough"), [(5, 4, True), (4, 4, False), (10, 2, True), (9, 2, False)])
def test_a_group_needs_twenty_rep_periods_of_five_people(reps: int, periods: int, enough: bool) -> None:
    line = _line(_rows(reps, periods), Floor.of_group(SETTINGS))
    assert line["insufficient"] is not enough
    assert (line["mae"] is not None) is enough
    assert (line["coverage"] is not None) is enough
    assert (line["rep_periods"], line["reps"], line["periods"]) == (reps * periods, reps, periods)


def test_many_periods_of_few_people_are_no_group() -> None:
    # 4 people x 4 quarters x 2 years would be 32 rep-periods: enough rows, too few people.
    rows = _rows(4, 4) + [
        Judged(f"r{i}", f"2024-{m:02d}-01", 1.0, 1.0, 1.0, 1.0) for i in range(4) for m in (1, 4, 7, 10)
    ]
    assert len(rows) == 32
    assert _line(rows, Floor.of_group(SETTINGS))["insufficient"]


def test_one_person_needs_four_periods_and_never_gets_a_coverage_from_four() -> None:
    enough, few = (_line(_rows(1, periods), Floor.of_rep(SETTINGS)) for periods in (4, 3))
    assert enough["mae"] is not None
    assert list(enough["mae"].values()) == pytest.approx([0.1, 0.1, 0.1])
    assert enough["coverage"] is None
    assert few["insufficient"]
    assert few["mae"] is None


def test_no_rows_are_insufficient() -> None:
    line = _line([], Floor.of_group(SETTINGS))
    assert (line["insufficient"], line["rep_periods"], line["bias"]) == (True, 0, None)
