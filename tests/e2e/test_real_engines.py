"""On every real set, DuckDB and PostgreSQL make the same frames of the same facts."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from paceline.cli import main
from paceline.home import Home
from paceline.settings import CommandSettings
from paceline.workspace import open_history
from tests.support.engines import assert_engines_agree
from tests.support.real_data import real_data

pytestmark = [pytest.mark.real, pytest.mark.postgres, pytest.mark.slow]


@pytest.mark.parametrize(
    ("folder", "mapping", "as_of"),
    [
        ("adventureworks_pl300", "adventureworks-pl300", date(2020, 5, 31)),
        ("maven_crm", "maven-crm", date(2017, 11, 15)),
        ("parch_posey", "parch-posey", date(2016, 11, 30)),
        ("complyflow_gtm", "complyflow", date(2026, 3, 31)),
    ],
)
def test_both_engines_agree(folder: str, mapping: str, as_of: date, tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert main(["--home", str(home), "ingest", str(real_data(folder)), "--mapping", mapping]) == 0
    assert_engines_agree(open_history(Home(home), CommandSettings()), as_of, back=3)
