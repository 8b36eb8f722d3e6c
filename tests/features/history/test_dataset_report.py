"""The report says what the facts look like with the import, in words and in JSON."""

from __future__ import annotations

from pathlib import Path

from tests.support.staged import Desk, Row

BOOKING: Row = {"booking_id": "b1", "rep_id": "r1", "occurred_at": "2024-05-10", "amount": 10}
QUOTA: Row = {"rep_id": "r1", "period_start": "2024-05-01", "period_end": "2024-05-31", "amount": 12}


def test_the_report_tells_counts_coverage_orphans_and_how_far_it_is_complete(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    rows = [BOOKING, {**BOOKING, "booking_id": "b2", "occurred_at": "2024-06-03"}]
    reps: list[Row] = [{"rep_id": "r1", "name": "Ann"}, {"rep_id": "r2", "name": "Bo"}]
    result = desk.commit({"bookings": rows, "quotas": [QUOTA], "reps": reps})

    dataset = result.report["dataset"]
    assert isinstance(dataset, dict)
    assert dataset["as_of"] == "2024-06-04"
    assert dataset["last_complete_month"] == "2024-05-31"
    assert dataset["orphans"]["reps without bookings"] == 1
    assert dataset["quota_coverage"] == {"rep_quarters": 1, "with_quota": 1, "derived": 0, "share": 1.0}
    text = result.as_text()
    assert "bookings: 2 new" in text
    assert "quota coverage 100%: 1 of 1 rep-quarters" in text
    assert text.endswith(f"imported as dataset {result.dataset_version}")


def test_faults_stand_in_the_text_with_their_mend(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    reps: list[Row] = [{"rep_id": "r2", "name": "Bo"}]
    result = desk.commit({"bookings": [BOOKING], "reps": reps})

    assert "FAULT owner_undecidable: 100.0% of the amount" in result.as_text()
    assert result.faults == ("owner_undecidable",)
