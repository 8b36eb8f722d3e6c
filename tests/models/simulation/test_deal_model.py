"""The deal model: one model, any horizon, never against sense."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.simulation.days import day_number
from models.simulation.deal_model import FEWEST_WINS
from models.simulation.knowledge import learn_knowledge
from models.simulation.pipeline import PipelineModel, learn_pipeline
from models.simulation.shocks import Shocks
from tests.support.states import toy_history

HISTORY = toy_history(n_reps=12, n_periods=6, seed=3)


@pytest.fixture(scope="module")
def model() -> PipelineModel:
    return learn_pipeline(HISTORY, months=3, shocks=Shocks())


def chances(
    model: PipelineModel, horizons: list[float], **changed: object
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    state = HISTORY.now
    known = learn_knowledge(state)
    deals = state.deals.assign(**changed)
    owners = known.owner_facts(deals)
    return model.deal_model.chances(deals, horizons, clock=model.clock(state), curves=known.curves, owners=owners)


def test_the_chance_of_a_win_never_falls_with_the_horizon(model: PipelineModel) -> None:
    found = chances(model, [1.0, 7.0, 30.0, 90.0, 180.0, 365.0])
    assert (np.diff(found, axis=1) >= 0).all()
    assert (found[:, -1] - found[:, 0] > 0.01).mean() > 0.9


def test_the_model_itself_is_monotone_before_any_repair(model: PipelineModel) -> None:
    each = np.column_stack([chances(model, [h])[:, 0] for h in (1.0, 7.0, 30.0, 90.0, 180.0)])
    assert (np.diff(each, axis=1) >= -1e-12).all()


def test_a_better_owner_never_lowers_the_chance(model: PipelineModel) -> None:
    state, known = HISTORY.now, learn_knowledge(HISTORY.now)
    owners = known.owner_facts(state.deals)
    better = replace(owners, win_effect=owners.win_effect * 1.5)
    say = model.deal_model.chances
    plain, raised = (
        say(state.deals, [60.0], clock=model.clock(state), curves=known.curves, owners=facts)
        for facts in (owners, better)
    )
    assert (raised >= plain).all()
    assert raised.mean() > plain.mean()


def test_the_model_comes_back_from_its_files_bit_by_bit(model: PipelineModel) -> None:
    again = PipelineModel.from_json(model.to_json(), model.deal_model.text)
    assert np.array_equal(chances(again, [45.0]), chances(model, [45.0]))
    assert again.tempo == model.tempo


def test_with_too_few_wins_the_age_curves_answer_alone() -> None:
    few = HISTORY.deals[HISTORY.deals["won_on"].notna()]["opportunity_id"].unique()[: FEWEST_WINS - 1]
    kept = HISTORY.deals["won_on"].isna() | HISTORY.deals["opportunity_id"].isin(few)
    model = learn_pipeline(replace(HISTORY, deals=HISTORY.deals[kept]), months=3, shocks=Shocks())
    assert not model.deal_model.learned
    found = chances(model, [30.0, 90.0])
    assert (found[:, 1] >= found[:, 0]).all()
    assert 0.02 < found[:, 1].mean() < 0.6


def test_the_chances_are_right_on_the_whole(model: PipelineModel) -> None:
    deals = HISTORY.deals[HISTORY.deals["as_of"] == HISTORY.deals["as_of"].max()]
    as_of = day_number(deals["as_of"].iloc[0].date())
    state = replace(HISTORY.now, as_of=deals["as_of"].iloc[0].date())
    known = learn_knowledge(state)
    horizon = float(day_number(HISTORY.now.as_of) - as_of)
    found = model.deal_model.chances(
        deals, [horizon], clock=model.clock(state), curves=known.curves, owners=known.owner_facts(deals)
    )
    assert np.isclose(found.sum(), deals["won_on"].notna().sum(), rtol=0.25)
