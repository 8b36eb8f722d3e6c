"""An import is committed whole or not at all, once per content, and can be taken back."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from features.domain.errors import CheckFailed, NoDataset
from features.domain.vocabulary import Grade
from features.history.commit import CommitLimits, commit_import, undo_import
from tests.support.staged import Desk, Row, staged

MAY: Row = {"booking_id": "b1", "rep_id": "r1", "occurred_at": "2024-05-10", "amount": 10}
JUNE: Row = {"booking_id": "b2", "rep_id": "r1", "occurred_at": "2024-06-10", "amount": 20}
ANN: Row = {"rep_id": "r1", "name": "Ann"}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_the_same_content_twice_adds_nothing(desk: Desk) -> None:
    first = desk.commit({"bookings": [MAY]}, "2024-06-01")
    second = desk.commit({"bookings": [MAY]}, "2024-07-01")

    assert (first.committed, second.committed) == (True, False)
    assert second.dataset_version == first.dataset_version
    assert second.report == first.report
    assert len(desk.log.rows) == 1
    assert "adds nothing" in second.as_text()


def test_a_dry_run_reports_and_writes_nothing(desk: Desk) -> None:
    rows = staged(desk.folder / "s", {"bookings": [MAY]})
    result = commit_import(
        rows,
        desk.store,
        desk.log,
        received_at=datetime(2024, 6, 1, tzinfo=UTC),
        dry_run=True,
        limits=CommitLimits(threads=1),
    )

    assert result.counts["bookings"]["new"] == 1
    assert result.committed is False
    assert desk.log.rows == []
    assert not (desk.store.root / "bookings").exists()
    assert "nothing was written" in result.as_text()


def test_a_crash_before_the_record_leaves_nothing_to_be_seen(desk: Desk) -> None:
    desk.commit({"bookings": [MAY]}, "2024-06-01")
    before = desk.view("2031-01-01", "bookings")
    desk.log.failing = True
    with pytest.raises(OSError, match="power"):
        desk.commit({"bookings": [JUNE], "reps": [ANN]}, "2024-07-01")

    assert desk.view("2031-01-01", "bookings") == before
    assert desk.view("2031-01-01", "reps") == []


def test_after_a_crash_the_next_import_holds_its_own_rows_only(desk: Desk) -> None:
    desk.log.failing = True
    with pytest.raises(OSError, match="power"):
        desk.commit({"bookings": [MAY], "reps": [ANN]}, "2024-06-01")
    desk.log.failing = False
    desk.commit({"bookings": [JUNE]}, "2024-07-01")

    assert desk.view("2031-01-01", "bookings_log", "booking_id") == [("b2",)]
    assert desk.view("2031-01-01", "reps_log") == []


def test_undo_brings_the_dataset_before_it_back(desk: Desk) -> None:
    first = desk.commit({"bookings": [MAY]}, "2024-06-01")
    before = desk.view("2031-01-01", "bookings_log")
    second = desk.commit({"bookings": [{**MAY, "amount": 99}, JUNE]}, "2024-07-01")

    assert undo_import(desk.log) == (second.dataset_version, first.dataset_version)
    assert desk.view("2031-01-01", "bookings_log") == before


def test_what_was_undone_can_be_imported_again(desk: Desk) -> None:
    desk.commit({"bookings": [MAY]}, "2024-06-01")
    desk.commit({"bookings": [JUNE]}, "2024-07-01")
    seen = desk.view("2031-01-01", "bookings_log")
    undo_import(desk.log)
    again = desk.commit({"bookings": [JUNE]}, "2024-07-01")

    assert again.committed
    assert desk.view("2031-01-01", "bookings_log") == seen


def test_only_the_newest_import_can_be_undone(desk: Desk) -> None:
    first = desk.commit({"bookings": [MAY]}, "2024-06-01")
    desk.commit({"bookings": [JUNE]}, "2024-07-01")

    with pytest.raises(CheckFailed, match=first.dataset_version):
        undo_import(desk.log, first.dataset_version)


def test_without_an_import_there_is_nothing_to_undo(desk: Desk) -> None:
    with pytest.raises(NoDataset, match="undo"):
        undo_import(desk.log)


def test_undoing_the_first_import_leaves_nothing(desk: Desk) -> None:
    result = desk.commit({"bookings": [MAY]})

    assert undo_import(desk.log) == (result.dataset_version, None)


def test_the_dataset_carries_what_the_mapping_declared(tmp_path: Path) -> None:
    desk = Desk(tmp_path, calendar={"fiscal_start_month": 7, "zone": "Asia/Shanghai", "holidays": ["2024-10-01"]})
    deal = {"opportunity_id": "o", "rep_id": "r1", "created_at": "2024-05-01"}
    desk.commit({"opportunities": [deal]}, grade="C", currency="CNY", returns_allowed=True, last_period_partial=True)

    info = desk.history().info
    assert (info.grade, info.currency, info.returns_allowed) == (Grade.C, "CNY", True)
    assert (info.calendar.fiscal_start_month, info.calendar.zone, len(info.calendar.holidays)) == (
        7,
        "Asia/Shanghai",
        1,
    )
    assert info.metadata["last_period_partial"] is True


def test_a_source_without_deals_leaves_their_grade_as_it_was(desk: Desk) -> None:
    desk.commit({"opportunities": [{"opportunity_id": "o", "rep_id": "r1", "created_at": "2024-05-01"}]}, grade="A")
    desk.commit({"bookings": [MAY]}, grade="D")

    assert desk.history().info.grade is Grade.A


def test_faults_are_kept_and_can_be_waived(desk: Desk) -> None:
    rows = staged(desk.folder / "s", {"bookings": [{**MAY, "rep_id": "nobody"}], "reps": [ANN]})
    result = commit_import(
        rows, desk.store, desk.log, received_at=datetime(2024, 6, 1, tzinfo=UTC), waive=("owner_undecidable",)
    )

    assert result.faults == ("owner_undecidable",)
    info = desk.history().info
    assert (info.faults, info.waived) == (("owner_undecidable",), ("owner_undecidable",))
    desk.commit({"bookings": [JUNE]})
    assert desk.history().info.waived == ("owner_undecidable",)


def test_the_result_is_plain_json(desk: Desk) -> None:
    import json

    result = desk.commit({"bookings": [MAY]})

    said = json.loads(json.dumps(result.as_json(), allow_nan=False))
    assert said["dataset_version"] == result.dataset_version
    assert said["report"]["dataset"]["counts"]["bookings"]["new"] == 1
