"""On real sets, months appended one by one are those of a rebuild."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from paceline.cli import main
from paceline.home import Home
from paceline.settings import CommandSettings
from paceline.workspace import open_history
from tests.support.appends import assert_identical, month_ends, one_by_one, rebuilt
from tests.support.real_data import real_data

pytestmark = [pytest.mark.real, pytest.mark.slow]


@pytest.mark.parametrize(
    ("folder", "mapping", "first"),
    [
        ("adventureworks_pl300", "adventureworks-pl300", date(2020, 1, 1)),
        ("maven_crm", "maven-crm", date(2017, 7, 1)),
        ("parch_posey", "parch-posey", date(2016, 7, 1)),
    ],
)
def test_months_are_appended(folder: str, mapping: str, first: date, tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert main(["--home", str(home), "ingest", str(real_data(folder)), "--mapping", mapping]) == 0
    facts, cutoffs = open_history(Home(home), CommandSettings()).source, month_ends(first, 5)
    rows = one_by_one(facts, cutoffs)
    assert rows.num_rows > 0
    assert_identical(rows, rebuilt(facts, cutoffs))
