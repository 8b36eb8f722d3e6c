"""Deleting the future, or shuffling the rows, and training again gives the same bytes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from features.domain.time import Grain
from features.domain.vocabulary import Grade
from features.history.known import History
from features.history.source import MemoryFacts
from models.forecasters.paceline import PacelineForecaster
from tests.support.companies import CompanyPlan, toy_facts
from training.dataset import company_state, cutoffs_for, training_history

AS_OF = date(2023, 2, 10)

Change = Callable[[pa.Table], pa.Table]


def without_future(table: pa.Table) -> pa.Table:
    end = np.datetime64(AS_OF) + np.timedelta64(1, "D")
    return table.filter(pa.array(table["known_at"].to_numpy() < end))


def shuffled(table: pa.Table) -> pa.Table:
    return table.take(np.random.default_rng(4).permutation(table.num_rows))


def unchanged(table: pa.Table) -> pa.Table:
    return table


def forecast(facts: MemoryFacts, change: Change) -> tuple[dict[str, bytes], bytes]:
    tables = {name: change(table) for name, table in facts.tables.items()}
    history = History(MemoryFacts(facts.info, tables), threads=1, memory_limit="1GB")
    cutoffs = cutoffs_for(date(2022, 1, 1), AS_OF, grain=Grain.QUARTER, calendar=facts.info.calendar)
    model = PacelineForecaster().fit(training_history(history, AS_OF, cutoffs))
    return model.to_files(), model.simulate(company_state(history, AS_OF), 60, 7).attained.tobytes()


@pytest.mark.parametrize("grade", [Grade.A, Grade.C])
def test_the_future_and_the_order_of_rows_leave_no_trace(grade: Grade) -> None:
    facts = toy_facts(CompanyPlan(n_reps=6, months=16, grade=grade))
    files, paths = forecast(facts, unchanged)
    for change in (without_future, shuffled):
        other_files, other_paths = forecast(facts, change)
        assert other_files == files, change.__name__
        assert other_paths == paths, change.__name__
