"""The worker does what is due once, waits after a failure as long as it helps, and writes down what happened."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from service.jobs.diary import DIARY_NAME, KEPT, Entry, read_diary, write_diary
from service.jobs.due import Due
from service.jobs.worker import Ran, Worker

FACTS, MORE = Due("d1", "ab" * 32), Due("d2", "ab" * 32)
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@dataclass
class Office:
    """A home folder, a clock that only the test moves, and runs that end as the test says."""

    home: Path
    due: Due | None = FACTS
    ends: list[Ran] = field(default_factory=list)
    time: datetime = NOON
    ran: list[Due] = field(default_factory=list)

    def worker(self) -> Worker:
        return Worker(home=self.home, due=lambda: self.due, score=self._score, now=lambda: self.time)

    def _score(self, due: Due) -> Ran:
        self.ran.append(due)
        return self.ends.pop(0)


def test_nothing_due_is_nothing_done(tmp_path: Path) -> None:
    office = Office(tmp_path, due=None)
    assert office.worker().step() is None
    assert not (tmp_path / DIARY_NAME).exists()


def test_a_run_is_written_down(tmp_path: Path) -> None:
    office = Office(tmp_path, ends=[Ran(0, "score: reading what is known")])
    assert office.worker().step() == Entry("2026-11-23T12:00:00+00:00", "d1", "ab" * 32, 0)
    assert [entry.failed for entry in read_diary(tmp_path)] == [False]


def test_a_killed_run_is_tried_again_after_a_minute_and_not_before(tmp_path: Path) -> None:
    office = Office(tmp_path, ends=[Ran(-9, "Killed"), Ran(0)])
    first = office.worker().step()
    assert first is not None
    assert (first.said, first.next_at) == ("Killed", "2026-11-23T12:01:00+00:00")
    office.time = NOON + timedelta(seconds=59)
    assert office.worker().step() is None
    office.time = NOON + timedelta(seconds=60)
    second = office.worker().step()
    assert second is not None
    assert not second.failed
    assert len(office.ran) == 2


def test_each_further_failure_doubles_the_wait(tmp_path: Path) -> None:
    office = Office(tmp_path, ends=[Ran(1), Ran(1), Ran(1)])
    waits = []
    for _ in range(3):
        entry = office.worker().step()
        assert entry is not None
        assert entry.next_at is not None
        waits.append(datetime.fromisoformat(entry.next_at) - office.time)
        office.time = datetime.fromisoformat(entry.next_at)
    assert waits == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]


def test_missing_data_waits_for_a_change_however_long_it_takes(tmp_path: Path) -> None:
    office = Office(tmp_path, ends=[Ran(4, "nobody has an open period"), Ran(0)])
    assert office.worker().step() is not None
    office.time = NOON + timedelta(days=400)
    assert office.worker().step() is None
    office.due = MORE
    assert office.worker().step() is not None
    assert office.ran == [FACTS, MORE]


def test_a_new_worker_remembers_what_the_one_before_it_met(tmp_path: Path) -> None:
    office = Office(tmp_path, ends=[Ran(1)])
    office.worker().step()
    assert office.worker().step() is None
    assert len(office.ran) == 1


def test_the_diary_keeps_its_last_runs_newest_first(tmp_path: Path) -> None:
    rows = [Entry(f"2026-11-{day:02d}T00:00:00", f"d{day}", "ab", 0) for day in range(20, 0, -1)]
    write_diary(tmp_path, rows)
    assert [entry.dataset_version for entry in read_diary(tmp_path)] == [f"d{day}" for day in range(20, 20 - KEPT, -1)]


def test_a_damaged_diary_is_begun_anew(tmp_path: Path) -> None:
    damages: list[Callable[[Path], object]] = [
        lambda path: path.write_text("[{"),
        lambda path: path.write_text('[{"ended_at": "x", "other": 1}]'),
        lambda path: path.write_bytes(b"\xff\xfe"),
    ]
    for damage in damages:
        damage(tmp_path / DIARY_NAME)
        assert read_diary(tmp_path) == []
        office = Office(tmp_path, ends=[Ran(0)])
        assert office.worker().step() is not None
        assert len(read_diary(tmp_path)) == 1
