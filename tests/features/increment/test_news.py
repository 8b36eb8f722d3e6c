"""Carried rows that there is news about are told from quiet ones, and quotas that no cutoff needs are not read."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from features.domain.time import AsOf, WorkCalendar
from features.domain.vocabulary import Grade
from features.engines import DuckEngine
from features.history.known import History
from features.history.source import DatasetInfo
from features.increment.carried import TABLES, Carried, Part, Parts
from features.increment.news import News, define_quotas, moment_of, quiet_parts
from tests.support.companies import FactWriter, moment


def keys(*names: str) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(names, pa.string())])


def carried(**tables: Parts) -> Carried:
    return Carried(date(2024, 5, 31), "basis", {}, dict.fromkeys(TABLES, ()) | tables)


def closed(*names: str, file: Path | None = None) -> Part:
    return Part(pa.table({"opportunity_id": pa.array(names, pa.string())}), file)


def test_parts_without_news_stay_in_their_files_and_others_lose_rows(tmp_path: Path) -> None:
    state = carried(closed_deals=(closed("a", "b", file=tmp_path), closed("c", "d", file=tmp_path)))
    news = News(keys(), keys(), deals=keys("d", "new"), reopened=keys("d"))
    first, second = quiet_parts(state, news)["closed_deals"]
    assert first == state.tables["closed_deals"][0]
    assert second.file is None
    assert second.rows.column("opportunity_id").to_pylist() == ["c"]


def test_a_part_that_news_has_emptied_is_gone() -> None:
    state = carried(closed_deals=(closed("a"), closed("b")))
    left = quiet_parts(state, News(keys(), keys(), keys("a"), reopened=keys("a")))["closed_deals"]
    assert [part.rows.column("opportunity_id").to_pylist() for part in left] == [["b"]]


def test_a_day_ends_at_midnight_of_the_company() -> None:
    assert moment_of(AsOf(date(2024, 5, 31), "Asia/Shanghai")) == "TIMESTAMP '2024-05-31 16:00:00'"


@pytest.mark.parametrize(
    ("periods", "read"),
    [
        # Open since January, so the quota that ended just before it is needed, and none before that.
        (["2022-01-01/2022-12-31", "2023-01-01/2023-12-31", "2024-01-01/2024-12-31"], [1, 2]),
        # Months: the quarter that would be forecast without quotas reaches back further than they do.
        (["2024-02-01/2024-02-27", "2024-02-01/2024-02-28", "2024-06-01/2024-06-30"], [1, 2]),
        # Nothing is open: fiscal quarters are forecast.
        (["2023-01-01/2023-12-31", "2024-03-01/2024-05-31"], [1]),
    ],
    ids=["years", "months", "none to come"],
)
def test_quotas_of_open_periods_and_of_those_before_are_read(periods: list[str], read: list[int]) -> None:
    writer = FactWriter()
    for place, period in enumerate(periods):
        start, end = map(date.fromisoformat, period.split("/"))
        row: dict[str, Any] = {"rep_id": "ann", "metric": "revenue", "amount": place, "source": "given"}
        writer.add("quotas", moment(date(2021, 1, 1)), **row, period_start=start, period_end=end)
    facts = writer.facts(DatasetInfo("quotas", WorkCalendar(), Grade.D))
    with History(facts, threads=1).known_by(AsOf(date(2024, 5, 31))) as known:
        engine = DuckEngine(known.con)
        define_quotas(engine, date(2024, 5, 31))
        found = engine.fetch("SELECT amount FROM quota_rows ORDER BY amount").column("amount").to_pylist()
    assert [int(amount) for amount in found] == read
