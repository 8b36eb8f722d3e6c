"""On a simulated company that is imported twice, the archive of features says what a rebuild says."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from features.domain.time import add_months
from features.history.known import History
from features.increment.archive import FeatureArchive
from paceline.commands import ingest
from paceline.home import Home
from paceline.settings import CommandSettings
from paceline.workspace import open_history
from tests.support.appends import assert_identical, month_ends, rebuilt
from training.simulator.crm_export import write_crm_export
from training.simulator.organisation import Organisation, simulate
from training.simulator.settings import SimulatorSettings

pytestmark = pytest.mark.slow


def imported(home: Home, organisation: Organisation, until: date) -> History:
    """Import the CRM export of one day, received on its evening."""
    export = home.root / f"export-{until}"
    write_crm_export(organisation, export, until=until)
    received = datetime.combine(until, datetime.max.time(), UTC).replace(tzinfo=None, microsecond=0)
    ingest.run(
        home,
        CommandSettings(),
        export,
        "salesforce",
        dry_run=False,
        partial=False,
        received_at=received,
        waive=(),
        as_json=True,
    )
    return open_history(home, CommandSettings())


def test_months_are_appended_from_one_import_to_the_next(tmp_path: Path) -> None:
    organisation = simulate(SimulatorSettings(reps=12, quarters=5, seed=4))
    home, archive = Home(tmp_path / "home"), FeatureArchive(tmp_path / "features", keep=3)
    last = add_months(organisation.last_day, 0) - timedelta(days=1)
    cutoffs = month_ends(add_months(last, -7), 8)
    before = imported(home, organisation, cutoffs[-2] + timedelta(days=9))
    assert_identical(archive.update(before, cutoffs[:-1]), rebuilt(before.source, cutoffs[:-1]))
    after = imported(home, organisation, organisation.last_day)
    rows = archive.update(after, cutoffs)
    assert rows.num_rows > 0
    assert_identical(rows, rebuilt(after.source, cutoffs))
