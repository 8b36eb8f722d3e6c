"""Every preset runs through the front door, and what it reports there is what the truth says it reports."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from features.connectors.mapping import load_mapping
from features.connectors.stage import stage
from features.domain.time import AsOf
from features.domain.vocabulary import Grade
from features.history.commit import commit_import
from features.history.known import History
from features.history.source import DatasetInfo
from features.history.store import DeltaFactStore, open_facts
from tests.support.dataset_log import MemoryDatasetLog
from training.simulator.crm_export import MAPPING_FILE, mapping_of, write_crm_export
from training.simulator.market import day_number
from training.simulator.oracle import continue_from
from training.simulator.organisation import Organisation, simulate
from training.simulator.settings import PRESETS, SimulatorSettings
from training.simulator.switches import Dirt, Discounts

EVENING = date(2022, 2, 17)
HEAVY = Dirt.all(owner_changes=0.3, late_edits=0.3, refunds=0.3, duplicates=0.1, zombies=0.1, stage_noise=0.2)
COMPANIES = {
    **{name: SimulatorSettings.preset(name, reps=16, quarters=6, seed=5) for name in PRESETS},
    "very dirty": SimulatorSettings(reps=16, quarters=6, seed=6, dirt=HEAVY, discounts=Discounts.usual()),
    "bookings with refunds": SimulatorSettings(reps=8, quarters=6, seed=7, pipeline=False, dirt=HEAVY),
    "another seed": SimulatorSettings.preset("dirty", reps=9, quarters=6, seed=8, attrition=0.3, moves=0.2),
}


def ingest(org: Organisation, scratch: Path, until: date) -> History:
    """Write the export of an evening and import it as `paceline ingest` does, refusing nothing."""
    export, work = scratch / "crm", scratch / "work"
    write_crm_export(org, export, until=until)
    work.mkdir()
    staged = stage(export, load_mapping(mapping_of(org, export)), work, partial=False)
    log = MemoryDatasetLog()
    received = pd.Timestamp(until + timedelta(days=1)).to_pydatetime() - timedelta(seconds=1)
    commit_import(staged, DeltaFactStore(scratch / "facts"), log, received_at=received)
    return History(open_facts(scratch / "facts", log))


def booked(history: History, until: date, start: date) -> dict[str, float]:
    """Return bookings by user since `start` as the product knows them in the evening of `until`."""
    with history.known_by(AsOf(until, history.info.calendar.zone)) as known:
        rows = known.con.execute(
            "SELECT rep_id, CAST(sum(amount) AS DOUBLE) FROM bookings WHERE occurred_on >= ? GROUP BY 1", [start]
        ).fetchall()
    return {rep: float(amount) for rep, amount in rows if amount}


@pytest.mark.parametrize("name", COMPANIES)
def test_what_the_product_reads_is_where_the_oracle_starts(name: str, tmp_path: Path) -> None:
    org = simulate(COMPANIES[name])
    history = ingest(org, tmp_path, EVENING)
    futures = continue_from(org, EVENING, 2, seed=1)
    assert futures.period.start == date(2022, 1, 1)
    # who is told apart by the number in the user's id; leaders come first
    shown = booked(history, EVENING + timedelta(days=1), futures.period.start)
    rows = org.reported_until(day_number(EVENING))
    rows = rows[rows["quarter"] == futures.quarter].groupby("person")["amount"].sum()
    leaders = 1 + org.truth.seats["region"].nunique() + org.truth.seats["team"].nunique()
    assert shown == {f"005{int(person) + leaders + 1:015d}": amount for person, amount in rows.items() if amount}
    expected = [rows.get(person, 0.0) for person in futures.person]
    assert futures.attained.tolist() == expected
    assert sum(expected) != 0


@pytest.mark.parametrize("name", ["realistic", "very dirty", "bookings with refunds"])
def test_the_label_is_what_the_crm_finally_reports(name: str, tmp_path: Path) -> None:
    org = simulate(COMPANIES[name])
    history = ingest(org, tmp_path, org.last_day)
    shown = booked(history, org.last_day + timedelta(days=1), org.settings.start)
    rows = org.reported[org.reported["quarter"] >= 0].groupby("person")["amount"].sum()
    assert sum(shown.values()) == pytest.approx(rows.sum(), abs=0.001)
    assert len(shown) == int((rows != 0).sum())


def info_of(name: str, tmp_path: Path) -> DatasetInfo:
    return ingest(simulate(COMPANIES[name]), tmp_path, EVENING).info


def test_returns_are_declared_exactly_where_something_is_paid_back(tmp_path: Path) -> None:
    for name, declared in {"realistic": False, "dirty": True, "no-pipeline": False}.items():
        info = info_of(name, tmp_path / name)
        assert info.returns_allowed is declared, name
        assert (tmp_path / name / "crm" / MAPPING_FILE).is_file() is declared, name


def test_a_company_without_pipeline_has_bookings_and_no_deal(tmp_path: Path) -> None:
    history = ingest(simulate(COMPANIES["no-pipeline"]), tmp_path, EVENING)
    assert history.info.grade is Grade.D
    with history.known_by(AsOf(EVENING, "UTC")) as known:
        rows = {
            name: known.table(name).num_rows for name in ("bookings", "quotas", "reps", "opportunities", "activities")
        }
    assert min(rows["bookings"], rows["quotas"], rows["reps"]) > 0
    assert rows["opportunities"] == rows["activities"] == 0


def test_a_second_currency_needs_a_crm() -> None:
    with pytest.raises(ValidationError, match="a company without a CRM has no second currency"):
        SimulatorSettings(pipeline=False, dirt=Dirt(second_currency=True))


def test_the_easy_company_has_smaller_surprises() -> None:
    """The same truth-knowing forecast is closer where amounts and decision days spread less."""

    def error(name: str) -> float:
        org = simulate(SimulatorSettings.preset(name, reps=60, quarters=2, seed=3))
        futures = continue_from(org, org.calendar.period(1).start - timedelta(days=1), 100, seed=1)
        return float(np.mean(futures.paths.std(axis=1) / futures.paths.mean(axis=1)))

    assert error("easy") < 0.95 * error("realistic")


def test_the_hostile_company_creates_fewer_deals_in_its_last_year() -> None:
    """A quarter less deals from the changed quarters on; the company is otherwise that of the same seed."""
    plain, hostile = (
        simulate(SimulatorSettings.preset(name, reps=60, quarters=8, seed=3)) for name in ("dirty", "hostile")
    )
    births = [org.quarter_index(org.truth.deals["entered_0"].to_numpy()) for org in (plain, hostile)]
    for quarter in (1, 2, 3):
        assert (births[0] == quarter).sum() == (births[1] == quarter).sum()
    later = [int((born >= 4).sum()) for born in births]
    assert later[1] / later[0] == pytest.approx(0.75, abs=0.06)
