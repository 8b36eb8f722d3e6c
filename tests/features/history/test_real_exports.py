"""Real exports, from their files to what is known: sums, grades and faults as somebody counted them by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from features.connectors.mapping import load_mapping
from features.connectors.stage import stage
from features.domain.time import AsOf
from features.domain.vocabulary import Grade
from features.history.commit import CommitLimits, CommitResult, commit_import
from features.history.known import History
from features.history.store import DeltaFactStore, open_history
from tests.support.dataset_log import MemoryDatasetLog
from tests.support.real_data import real_data

pytestmark = pytest.mark.real


def ingest(folder: Path, source: str, mapping: str) -> tuple[CommitResult, History]:
    (folder / "staged").mkdir()
    staged = stage(real_data(source), load_mapping(mapping), folder / "staged", partial=True)
    log, store = MemoryDatasetLog(), DeltaFactStore(folder / "facts")
    limits = CommitLimits(threads=1, memory_limit="1GB")
    result = commit_import(staged, store, log, received_at=datetime(2026, 11, 1, tzinfo=UTC), limits=limits)
    return result, open_history(store.root, log, threads=1, memory_limit="1GB")


def total(history: History, query: str, day: date = date(2100, 1, 1)) -> list[tuple[str, ...]]:
    with history.known_by(AsOf(day, history.info.calendar.zone)) as known:
        return [tuple(str(value) for value in row) for row in known.con.execute(query).fetchall()]


def test_maven_books_its_won_deals_and_derives_quotas(tmp_path: Path) -> None:
    result, history = ingest(tmp_path, "maven_crm", "maven-crm")

    # 4,238 of the 8,800 opportunities are won, for 10,005,534 in all; 500 have no date.
    assert history.info.grade is Grade.C
    assert total(history, "SELECT count(*), CAST(sum(amount) AS BIGINT) FROM bookings") == [("4238", "10005534")]
    assert total(history, "SELECT DISTINCT source FROM quotas") == [("derived:R1",)]
    assert result.report["dataset"]["deals"]["undated"] == 500  # type: ignore[index]
    assert result.faults == ()


def test_adventureworks_may_is_known_on_the_first_of_june_and_no_later(tmp_path: Path) -> None:
    result, history = ingest(tmp_path, "adventureworks_pl300", "adventureworks-pl300")
    before_june = "SELECT CAST(sum(amount) AS DECIMAL(18, 2)) FROM bookings WHERE occurred_on < DATE '2020-06-01'"

    assert result.faults == ()
    assert total(history, before_june, date(2020, 6, 1)) == [("77548570.20",)]
    assert total(history, "SELECT count(*) FROM bookings WHERE known_on > DATE '2020-05-31'", date(2020, 5, 31)) == [
        ("0",)
    ]


def test_complyflow_has_quotas_of_another_scale(tmp_path: Path) -> None:
    result, history = ingest(tmp_path, "complyflow_gtm", "complyflow")

    assert result.faults == ("scale",)
    assert history.info.faults == ("scale",)
