"""A year's quota becomes its parts': by weights, by seasons known in time, or not at all."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from features.connectors.language import SplitSpec
from features.connectors.mapping import parse_mapping
from features.connectors.quota_split import SplitRule, seasons
from features.domain.errors import MappingError
from tests.features.connectors.support import HEAD, refused, rows, run, write

WEIGHTS = "split_quotas: {by: weights, weights: [20, 25, 25, 30]}"
SEASONS = "split_quotas: {by: seasons}"
Q = "rep,start,end,amount,metric,published\n"


def mapping(split: str, calendar: str = "calendar: {zone: UTC}") -> str:
    return f"""
{split}
{calendar}
files: {{q: {{path: q.csv}}, b: {{path: b.csv, optional: true}}}}
tables:
  quotas:
    from:
      file: q
      columns:
        rep_id: rep
        period_start: start
        period_end: end
        amount: amount
        metric: metric
        published_at: published
  bookings:
    from: {{file: b, columns: {{booking_id: id, rep_id: rep, occurred_at: day, amount: amount}}}}
"""


def quotas(tmp_path: Path, text: str, lines: str, bookings: str = "") -> list[tuple[str, str, Decimal, str]]:
    files: dict[str, str | bytes] = {"q.csv": Q + lines}
    if bookings:
        files["b.csv"] = "id,rep,day,amount\n" + bookings
    staged = run(write(tmp_path / "s", files), text, tmp_path / "w")
    assert staged.tables["quotas"].rows == len(rows(staged, "quotas"))
    found = [
        (str(row["period_start"]), str(row["period_end"]), Decimal(str(row["amount"])), str(row["source"]))
        for row in rows(staged, "quotas")
    ]
    return sorted(found)


def test_a_year_is_split_by_declared_weights(tmp_path: Path) -> None:
    # 20, 25, 25 and 30 of 100 parts of 1,000.
    assert quotas(tmp_path, mapping(WEIGHTS), "r,2024-01-01,2024-12-31,1000,revenue,\n") == [
        ("2024-01-01", "2024-03-31", Decimal(200), "derived:split"),
        ("2024-04-01", "2024-06-30", Decimal(250), "derived:split"),
        ("2024-07-01", "2024-09-30", Decimal(250), "derived:split"),
        ("2024-10-01", "2024-12-31", Decimal(300), "derived:split"),
    ]


def test_half_a_year_takes_the_weights_of_its_own_quarters(tmp_path: Path) -> None:
    found = quotas(tmp_path, mapping(WEIGHTS), "r,2024-07-01,2024-12-31,1100,revenue,\n")
    # 25 : 30 of 1,100.
    assert [amount for _, _, amount, _ in found] == [Decimal(500), Decimal(600)]


def test_quarters_and_months_stay_as_they_are(tmp_path: Path) -> None:
    lines = "r,2024-01-01,2024-03-31,10,revenue,\nr,2024-04-01,2024-04-30,5,revenue,\n"
    assert [source for *_, source in quotas(tmp_path, mapping(WEIGHTS), lines)] == ["given", "given"]


def test_without_a_word_in_the_mapping_nothing_is_split(tmp_path: Path) -> None:
    assert len(quotas(tmp_path, mapping(""), "r,2024-01-01,2024-12-31,1000,revenue,\n")) == 1


def test_weights_count_from_the_fiscal_start(tmp_path: Path) -> None:
    text = mapping(WEIGHTS, "calendar: {zone: UTC, fiscal_start_month: 7}")
    found = quotas(tmp_path, text, "r,2023-07-01,2024-06-30,1000,revenue,\n")
    assert [(start, amount) for start, _, amount, _ in found][::3] == [
        ("2023-07-01", Decimal(200)),
        ("2024-04-01", Decimal(300)),
    ]


def test_parts_sum_to_the_whole_to_the_last_digit(tmp_path: Path) -> None:
    text = mapping("split_quotas: {into: month, by: weights, weights: [1,1,1,1,1,1,1,1,1,1,1,2]}")
    found = quotas(tmp_path, text, "r,2024-01-01,2024-12-31,1000.01,revenue,\n")
    assert len(found) == 12
    assert sum(amount for _, _, amount, _ in found) == Decimal("1000.01")


def test_seasons_are_what_was_booked_in_the_same_quarters_before(tmp_path: Path) -> None:
    bookings = (
        "1,r,2022-12-10,40\n2,r,2023-02-10,10\n3,r,2023-05-10,20\n4,x,2023-08-10,30\n"
        # The quota of 2024 is known 30 days before the year: what December brings is not.
        "5,r,2023-12-20,999\n6,r,2024-02-01,999\n"
    )
    found = quotas(tmp_path, mapping(SEASONS), "r,2024-01-01,2024-12-31,1000,revenue,\n", bookings)
    # 10 : 20 : 30 from 2023, 40 from the last quarter of 2022.
    assert [amount for _, _, amount, _ in found] == [Decimal(100), Decimal(200), Decimal(300), Decimal(400)]


def test_a_quota_published_in_the_year_may_know_the_quarter_before(tmp_path: Path) -> None:
    bookings = "1,r,2023-02-10,10\n2,r,2023-05-10,10\n3,r,2023-08-10,10\n4,r,2023-12-20,70\n"
    found = quotas(tmp_path, mapping(SEASONS), "r,2024-01-01,2024-12-31,1000,revenue,2024-01-15\n", bookings)
    assert [amount for _, _, amount, _ in found] == [Decimal(100), Decimal(100), Decimal(100), Decimal(700)]


def test_too_short_a_past_is_refused_with_the_line_and_the_way_out(tmp_path: Path) -> None:
    source = write(
        tmp_path / "s",
        {"q.csv": Q + "r,2024-01-01,2024-12-31,1000,revenue,\n", "b.csv": "id,rep,day,amount\n1,r,2023-05-10,5\n"},
    )
    fault = refused(source, mapping(SEASONS), tmp_path / "w").report.faults[0]
    assert (fault.file, fault.line, fault.code, fault.value) == ("q.csv", 2, "not splittable", "2024-01-01..2024-12-31")
    assert "declare `weights`" in fault.mend


def test_a_year_that_is_not_the_fiscal_one_is_refused(tmp_path: Path) -> None:
    source = write(tmp_path / "s", {"q.csv": Q + "r,2024-02-01,2025-01-31,1000,revenue,\n"})
    fault = refused(source, mapping(WEIGHTS), tmp_path / "w").report.faults[0]
    assert fault.line == 2
    assert "check fiscal_start_month" in fault.mend


def test_the_report_says_how_many_were_split_and_how(tmp_path: Path) -> None:
    source = write(tmp_path / "s", {"q.csv": Q + "r,2024-01-01,2024-12-31,1000,revenue,\n"})
    staged = run(source, mapping(WEIGHTS), tmp_path / "w")
    assert "quotas: 1 were split into 4 parts by declared weights" in staged.report.notes


def test_only_the_last_three_years_say_what_is_usual() -> None:
    rule = SplitRule(SplitSpec(by="seasons"), 1, 30)
    old = {date(year, month, 1): 9_999.0 for year in (2018, 2019) for month in (1, 4, 7, 10)}
    new = {date(year, month, 1): float(month) for year in (2021, 2022, 2023) for month in (1, 4, 7, 10)}
    assert seasons({**old, **new}, date(2024, 1, 15), rule) == [1.0, 4.0, 7.0, 10.0]


@pytest.mark.parametrize(
    ("split", "words"),
    [
        ("split_quotas: {by: weights}", "give `weights` with `by: weights`"),
        ("split_quotas: {by: seasons, weights: [1, 1, 1, 1]}", "give `weights` with `by: weights`"),
        ("split_quotas: {by: weights, weights: [1, 1]}", "a year has 4 quarters"),
        ("split_quotas: {into: month, by: weights, weights: [1, 1, 1, 1]}", "a year has 12 months"),
        ("split_quotas: {by: weights, weights: [0, 0, 0, 0]}", "not all zero"),
    ],
)
def test_a_split_that_cannot_be_meant_is_refused(split: str, words: str) -> None:
    with pytest.raises(MappingError, match=words):
        parse_mapping(HEAD + mapping(split), origin="t.yml")
