"""What is kept beside scorecards agrees with what is served, and answers questions like it."""

from __future__ import annotations

import json

import numpy as np
import pytest

from models.contracts import TrainingHistory
from models.forecasters.paceline import PacelineForecaster
from service.changes.ledger import difference, moves
from service.scoring.details import DetailInputs, details, ledgers
from service.scoring.job import current_rows
from service.storage.snapshots import Details, packed
from service.whatif.schemas import WhatIfRequest
from service.whatif.service import what_if
from tests.support.states import toy_history


@pytest.fixture(scope="module")
def history() -> TrainingHistory:
    return toy_history(n_reps=10, n_periods=8, seed=5)


@pytest.fixture(scope="module")
def inputs(history: TrainingHistory) -> DetailInputs:
    model = PacelineForecaster().fit(history)
    paths = model.simulate(history.now, 300, 7)
    rows = current_rows(paths)
    parts = model.deal_parts(history.now, paths, rows)
    worlds = model.worlds(history.now, paths, rows, 7)
    return DetailInputs(history.now, paths, model.structure(history.now, paths), rows, parts, worlds)


@pytest.fixture(scope="module")
def kept(inputs: DetailInputs) -> Details:
    return details(inputs, {})


def test_every_ledger_adds_up_to_the_served_mean(inputs: DetailInputs) -> None:
    told = ledgers(inputs)
    for row in inputs.rows:
        ledger = told[str(inputs.paths.targets["rep_id"].iloc[row])]
        summed = ledger["booked"] + ledger["pending"] + ledger["new_deals"] + sum(d["served"] for d in ledger["deals"])
        assert summed == pytest.approx(ledger["mean"], rel=1e-9)
        assert ledger["mean"] == pytest.approx(inputs.paths.attained[row].mean(), rel=1e-9)
        assert all(deal["closed"] >= ledger["period_start"] for deal in ledger["closed"])


def test_a_question_without_levers_gives_the_served_forecast(inputs: DetailInputs, kept: Details) -> None:
    asked = 0
    for row in inputs.rows:
        rep_id = str(inputs.paths.targets["rep_id"].iloc[row])
        document = json.loads(json.dumps(kept.reps[rep_id]))
        if document["ground"] is None:
            continue
        found = what_if(rep_id, document, json.loads(json.dumps(kept.company)), WhatIfRequest())
        asked += 1
        assert found.base == found.changed
        assert found.base.p50 == pytest.approx(np.quantile(inputs.paths.attained[row], 0.5), rel=1e-9)
        assert found.base.mean == pytest.approx(inputs.paths.attained[row].mean(), rel=1e-9)
        quota = inputs.paths.targets["quota"].iloc[row]
        if quota > 0:
            assert found.base.p_attain == (inputs.paths.attained[row] >= quota).mean()
    assert asked >= 8


def test_what_is_kept_of_a_rep_is_small(kept: Details) -> None:
    sizes = [len(packed(document)) for document in kept.reps.values()]
    assert max(sizes) < 6_000


def test_two_scorings_of_a_real_model_add_up(history: TrainingHistory, inputs: DetailInputs) -> None:
    # Another seed stands for another day: every number moves, no fact does.
    model = PacelineForecaster().fit(history)
    paths = model.simulate(history.now, 300, 8)
    parts = model.deal_parts(history.now, paths, inputs.rows)
    again = ledgers(DetailInputs(history.now, paths, inputs.structure, inputs.rows, parts, None))
    for rep_id, before in ledgers(inputs).items():
        found = moves(before, again[rep_id])
        assert sum(found.totals.values()) == pytest.approx(difference(before, again[rep_id]), abs=1e-6)
        assert set(found.totals) <= {"time", "won"}
