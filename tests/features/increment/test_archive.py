"""The archive answers as a rebuild does whatever arrived, and builds again no more than it has to."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from features.assemble import target_frame
from features.domain.errors import CheckFailed, UsageError
from features.domain.time import AsOf, Grain, WorkCalendar
from features.history.known import History, KnownFacts
from features.history.source import MemoryFacts
from features.increment.archive import FeatureArchive
from features.increment.carried import TABLES, load_carried
from tests.support.appends import assert_identical, begun, month_ends, rebuilt
from tests.support.companies import CompanyPlan, toy_facts

FACTS = toy_facts(CompanyPlan(n_reps=2, months=8, seed=21))
MONTHS = month_ends(date(2022, 1, 1), 8)


@dataclass(frozen=True)
class Watched(History):
    """A history that writes down at which days it was opened."""

    opened: list[date] = field(default_factory=list)

    def known_by(self, as_of: AsOf) -> KnownFacts:
        self.opened.append(as_of.day)
        return super().known_by(as_of)


def watched(facts: MemoryFacts) -> Watched:
    return Watched(facts, threads=1)


def known_by(day: date, *, but: int = 0) -> MemoryFacts:
    """Return the facts known by the end of `day`, without the first `but` bookings among them."""
    end = pa.scalar(AsOf(day).instant.replace(tzinfo=None), pa.timestamp("us"))
    tables = {name: log.filter(pc.less(log.column("known_at"), end)) for name, log in FACTS.tables.items()}
    in_order = tables["bookings"].sort_by("known_at")
    return replace(FACTS, tables={**tables, "bookings": in_order.slice(0, in_order.num_rows - but)})


def update(archive: FeatureArchive, facts: MemoryFacts, cutoffs: Sequence[date]) -> list[date]:
    """Update, compare with a rebuild, and return the days at which the facts were opened."""
    history = watched(facts)
    assert_identical(archive.update(history, cutoffs), rebuilt(facts, cutoffs))
    return history.opened


def test_a_new_month_is_the_only_one_that_is_built(tmp_path: Path) -> None:
    archive = FeatureArchive(tmp_path, keep=2)
    assert update(archive, known_by(MONTHS[5]), MONTHS[:6]) == MONTHS[3:6]  # one build up to April, two appends
    assert archive.states() == MONTHS[4:6]
    assert update(archive, known_by(MONTHS[6]), MONTHS[:7]) == [MONTHS[5], MONTHS[6]]  # one look, one append
    assert archive.states() == MONTHS[5:7]
    assert update(archive, known_by(MONTHS[6]), MONTHS[:7]) == [MONTHS[6]]  # a look alone


def test_a_late_fact_takes_the_archive_back_to_the_state_before_it(tmp_path: Path) -> None:
    archive = FeatureArchive(tmp_path, keep=2)
    archive.update(watched(known_by(MONTHS[5], but=1)), MONTHS[:6])
    assert update(archive, known_by(MONTHS[6]), MONTHS[:7]) == [MONTHS[5], MONTHS[4], MONTHS[5], MONTHS[6]]


def test_a_fact_later_than_all_states_rebuilds_everything(tmp_path: Path) -> None:
    archive = FeatureArchive(tmp_path, keep=1)
    many = known_by(MONTHS[5]).tables["bookings"].num_rows - 2
    archive.update(watched(known_by(MONTHS[5], but=many)), MONTHS[:6])
    assert update(archive, known_by(MONTHS[6]), MONTHS[:7])[1:] == [MONTHS[5], MONTHS[6]]


def test_another_calendar_rebuilds_everything(tmp_path: Path) -> None:
    archive = FeatureArchive(tmp_path, keep=1)
    archive.update(watched(known_by(MONTHS[2])), MONTHS[:3])
    facts = known_by(MONTHS[2])
    other = replace(facts, info=replace(facts.info, calendar=WorkCalendar(fiscal_start_month=2)))
    assert update(archive, other, MONTHS[:3]) == [MONTHS[2], MONTHS[1], MONTHS[2]]


def test_cutoffs_between_those_that_stand_are_built(tmp_path: Path) -> None:
    archive = FeatureArchive(tmp_path)
    archive.update(watched(known_by(MONTHS[4])), [MONTHS[2], MONTHS[4]])
    assert update(archive, known_by(MONTHS[4]), MONTHS[2:5])[-1] == MONTHS[4]
    assert MONTHS[3] in archive.states()


def test_a_half_written_state_is_not_used(tmp_path: Path) -> None:
    archive = FeatureArchive(tmp_path, keep=1)
    archive.update(watched(known_by(MONTHS[2])), MONTHS[:3])
    (tmp_path / "carried" / MONTHS[2].isoformat() / "carried.json").unlink()
    assert archive.states() == []
    assert update(archive, known_by(MONTHS[2]), MONTHS[:3]) == MONTHS[1:3]


def test_a_removed_folder_is_made_again(tmp_path: Path) -> None:
    archive = FeatureArchive(tmp_path / "archive", keep=1)
    archive.update(watched(known_by(MONTHS[1])), MONTHS[:2])
    shutil.rmtree(archive.folder)
    assert update(archive, known_by(MONTHS[1]), MONTHS[:2]) == MONTHS[:2]


def test_no_cutoff_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no cutoff"):
        FeatureArchive(tmp_path).update(watched(FACTS), [])


def test_a_state_is_read_as_it_was_written(tmp_path: Path) -> None:
    carried = begun(known_by(MONTHS[3]), MONTHS[:4]).carried
    carried.save(tmp_path / "state")
    read = load_carried(tmp_path / "state")
    assert (read.cutoff, read.basis, read.counts) == (carried.cutoff, carried.basis, carried.counts)
    assert set(read.tables) == set(carried.tables) == set(TABLES)
    for name in TABLES:
        assert read.table(name).equals(carried.table(name)), name


def test_a_folder_without_a_state_says_so(tmp_path: Path) -> None:
    with pytest.raises(CheckFailed, match="holds no carried state"):
        load_carried(tmp_path)


def test_the_rows_become_the_frame_that_forecasters_read(tmp_path: Path) -> None:
    rows = FeatureArchive(tmp_path).update(watched(known_by(MONTHS[1])), MONTHS[:2])
    months = target_frame(rows, [Grain.MONTH])
    assert set(months["grain"]) == {"month"}
    assert 0 < len(months) < len(target_frame(rows)) == rows.num_rows
