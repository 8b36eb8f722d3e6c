"""One small organisation that the tests of this folder share."""

from __future__ import annotations

import pytest

from training.simulator.crm_records import CrmRecords, keep_records
from training.simulator.organisation import Organisation, simulate
from training.simulator.settings import SimulatorSettings


@pytest.fixture(scope="session")
def org() -> Organisation:
    return simulate(SimulatorSettings(reps=40, quarters=6, seed=11, moves=0.05))


@pytest.fixture(scope="session")
def records(org: Organisation) -> CrmRecords:
    return keep_records(org)
