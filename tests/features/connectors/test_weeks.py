"""Fiscal years of weeks in a mapping: quotas of 4-4-5 periods get their true days, and what cannot be had is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.connectors.mapping import parse_mapping
from features.connectors.misfits import Misfit
from tests.features.connectors.support import HEAD, refused, rows, run, write

CALENDAR = """
calendar:
  weeks: {pattern: [4, 4, 5], year_starts: {2023: "2023-01-29", 2024: "2024-02-04", 2025: "2025-02-02"}}
"""
QUOTAS = """
files: {f: {path: f.csv}}
tables:
  quotas:
    from:
      file: f
      columns:
        rep_id: rep
        period_start: {date_parts: {year: fy, PART: p, fiscal: true}}
        period_end: {date_parts: {year: fy, PART: p, fiscal: true}, to: PART_end}
        amount: n
"""
DAYS = """
files: {f: {path: f.csv}}
tables:
  quotas:
    from:
      file: f
      columns:
        {rep_id: rep, period_start: {column: day, to: month_start}, period_end: {column: day, to: month_end}, amount: n}
"""


def periods(text: str, mapping: str, tmp_path: Path) -> list[tuple[str, str]]:
    staged = run(write(tmp_path / "s", {"f.csv": text}), mapping, tmp_path / "w")
    return [(str(row["period_start"]), str(row["period_end"])) for row in rows(staged, "quotas")]


@pytest.mark.parametrize(
    ("part", "number", "start", "end"),
    [
        ("month", "P1", "2023-01-29", "2023-02-25"),
        ("month", "3", "2023-03-26", "2023-04-29"),
        ("month", "P12", "2023-12-24", "2024-02-03"),
        ("quarter", "FY2023 Q4", "2023-10-29", "2024-02-03"),
        ("week", "W53", "2024-01-28", "2024-02-03"),
    ],
)
def test_a_period_of_a_fiscal_year_of_weeks_gets_its_days(
    part: str, number: str, start: str, end: str, tmp_path: Path
) -> None:
    text = f"rep,fy,p,n\nr,FY2023,{number},5\n"

    assert periods(text, CALENDAR + QUOTAS.replace("PART", part), tmp_path) == [(start, end)]


def test_a_day_is_moved_to_the_ends_of_its_retail_month(tmp_path: Path) -> None:
    assert periods("rep,day,n\nr,2024-03-02,5\n", CALENDAR + DAYS, tmp_path) == [("2024-02-04", "2024-03-02")]


def test_a_day_that_no_listed_year_holds_is_named(tmp_path: Path) -> None:
    source = write(tmp_path / "s", {"f.csv": "rep,day,n\nr,2024-03-02,5\nr,2025-03-01,5\n"})

    faults = refused(source, CALENDAR + DAYS, tmp_path / "w").report.faults

    assert {(f.line, f.column, f.code, f.value) for f in faults} == {(3, "day", "not a date", "2025-03-01")}
    assert "list its year and the one after it" in faults[0].mend


@pytest.mark.parametrize(("year", "number"), [("2025", "1"), ("2023", "13"), ("2023", "0"), ("", "1")])
def test_a_period_that_does_not_exist_is_named(year: str, number: str, tmp_path: Path) -> None:
    source = write(tmp_path / "s", {"f.csv": f"rep,fy,p,n\nr,{year},{number},5\n"})

    faults = refused(source, CALENDAR + QUOTAS.replace("PART", "month"), tmp_path / "w").report.faults

    assert {f.code for f in faults} == {"not a date"}


def test_without_such_a_year_quarters_are_those_of_the_months(tmp_path: Path) -> None:
    mapping = "calendar: {fiscal_start_month: 2}\n" + QUOTAS.replace("PART", "quarter")

    assert periods("rep,fy,p,n\nr,2024,1,5\n", mapping, tmp_path) == [("2023-02-01", "2023-04-30")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (QUOTAS.replace("PART", "week"), "weeks need a fiscal year of weeks"),
        (DAYS.replace("month_end", "week_end"), "weeks need a fiscal year of weeks"),
        (CALENDAR.replace("5]", "4]") + DAYS, r"13 weeks in three months, such as \[4, 4, 5\]; there is 4, 4, 4"),
        (CALENDAR.replace("2024-02-04", "2024-02-05") + DAYS, "from 2023 to 2024 they do not"),
        (CALENDAR.replace("2024:", "2026:") + DAYS, "from 2023 to 2026 they do not"),
        (CALENDAR.replace("2024-02-04", "soon") + DAYS, "write each fiscal year with its first day"),
        (CALENDAR + "derived_quotas: {rule: R1}" + DAYS, "derived_quotas makes periods of calendar months"),
        (CALENDAR + "split_quotas: {by: seasons}" + DAYS, "split_quotas makes periods of calendar months"),
        (
            CALENDAR + DAYS.replace("file: f\n", "file: f\n      repeat: {grain: month, first: a, last: b}\n"),
            "repeat makes periods of calendar months",
        ),
        (QUOTAS.replace("PART: p", "month: p, quarter: p").replace("PART", "month"), "takes one of `week`, `month`"),
    ],
)
def test_what_cannot_be_had_is_named(text: str, message: str) -> None:
    with pytest.raises(Misfit, match=message):
        parse_mapping(HEAD + text, origin="m")
