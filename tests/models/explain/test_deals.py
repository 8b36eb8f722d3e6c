"""Each open deal adds up to the served forecast, and is explained by facts that anyone can look up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from features.domain.errors import CheckFailed
from models.contracts import ForecastPaths, TrainingHistory
from models.explain.deal_catalogue import DealCatalogue, Fact, default_deal_catalogue
from models.explain.deals import DealReasons, explain_deals, stated, states
from models.explain.documents import label_of
from models.explain.lint import deal_faults, style_faults, texts_in
from models.explain.settings import ExplainSettings
from models.forecasters.paceline import PacelineForecaster
from models.simulation.deal_parts import DealParts
from tests.support.states import toy_history

QUIET = ExplainSettings(min_points=0.5, min_deals=10, min_peers=3)


@pytest.fixture(scope="module")
def history() -> TrainingHistory:
    return toy_history(n_reps=12, n_periods=8, seed=5)


@pytest.fixture(scope="module")
def model(history: TrainingHistory) -> PacelineForecaster:
    return PacelineForecaster().fit(history)


@pytest.fixture(scope="module")
def paths(history: TrainingHistory, model: PacelineForecaster) -> ForecastPaths:
    return model.simulate(history.now, 200, 1)


@pytest.fixture(scope="module")
def rows(paths: ForecastPaths) -> list[int]:
    targets = paths.targets
    return [int(row) for row in np.flatnonzero((targets["grain"] == "quarter") & (targets["starts_in"] <= 1))]


@pytest.fixture(scope="module")
def parts(history: TrainingHistory, model: PacelineForecaster, paths: ForecastPaths, rows: list[int]) -> DealParts:
    found = model.deal_parts(history.now, paths, rows)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def found(parts: DealParts, paths: ForecastPaths) -> DealReasons:
    return explain_deals(parts, paths, QUIET)


def test_the_deals_of_a_rep_and_what_is_pending_are_the_served_mean(
    parts: DealParts, paths: ForecastPaths, rows: list[int]
) -> None:
    for row in rows:
        served = parts.served[parts.target == row].sum() + parts.pending[row]
        if (parts.target == row).any():
            assert served == pytest.approx(paths.open_deals[row].mean(), rel=1e-9)


def test_shares_add_up_to_chance_times_amount_over_quota_on_every_row(
    found: DealReasons, parts: DealParts, paths: ForecastPaths
) -> None:
    assert found.shares is not None
    assert parts.margins is not None
    quota = paths.targets["quota"].to_numpy()[parts.target]
    counted = quota > 0
    probability = 1 / (1 + np.exp(-parts.margins.sum(axis=1)))
    points = 100 * (probability - found.shares.base) * parts.expected / quota
    gap = np.abs(found.shares.groups.sum(axis=1) - points)[counted]
    assert counted.sum() > 20
    assert gap.max() < 1e-6


def test_the_probability_is_the_one_that_the_deal_model_gives(parts: DealParts, model: PacelineForecaster) -> None:
    assert parts.inputs is not None
    assert parts.margins is not None
    assert model._pipeline is not None
    assert model._pipeline.deal_model.booster is not None
    said = np.asarray(model._pipeline.deal_model.booster.predict(parts.inputs.to_numpy(dtype=float)), dtype=float)
    np.testing.assert_allclose(1 / (1 + np.exp(-parts.margins.sum(axis=1))), said, atol=1e-9)


def test_every_document_adds_up_to_the_served_points(found: DealReasons, paths: ForecastPaths) -> None:
    assert found.docs
    for row, doc in found.docs.items():
        quota = paths.targets["quota"].iloc[row]
        assert doc["total"] == pytest.approx(100 * paths.open_deals[row].mean() / quota)
        summed = sum(deal["points"] for deal in doc["shown"]) + doc["other_points"] + doc["correction"]
        assert summed == pytest.approx(doc["total"], abs=1e-6)
        for deal in doc["shown"]:
            named = sum(reason["contribution"] for reason in deal["reasons"])
            assert deal["base_points"] + named + deal["everything_else"] == pytest.approx(deal["points"], abs=1e-6)
            assert deal["points"] == pytest.approx(100 * deal["chance"] * deal["amount_if_won"] / quota, abs=1e-6)


def test_no_reason_is_small_unsure_or_against_its_own_values(found: DealReasons) -> None:
    reasons = [reason for doc in found.docs.values() for deal in doc["shown"] for reason in deal["reasons"]]
    assert reasons
    for reason in reasons:
        assert abs(reason["contribution"]) >= 0.5
        assert reason["low"] * reason["high"] > 0
        assert deal_faults(reason) == []


def test_at_most_as_many_deals_and_reasons_as_asked_are_shown(parts: DealParts, paths: ForecastPaths) -> None:
    few = explain_deals(parts, paths, ExplainSettings(max_deals=2, max_deal_reasons=1, min_points=0.1)).docs
    assert max(len(doc["shown"]) for doc in few.values()) == 2
    assert max(len(deal["reasons"]) for doc in few.values() for deal in doc["shown"]) == 1
    assert any(doc["others"] > 0 for doc in few.values())


def test_deals_are_called_what_people_call_them_and_by_their_id_where_nobody_does(
    parts: DealParts, paths: ForecastPaths, found: DealReasons
) -> None:
    called = next(deal["deal_id"] for doc in found.docs.values() for deal in doc["shown"] if deal["reasons"])
    labelled = explain_deals(parts, paths, QUIET, labels={called: "Amber {Foods}"})
    for before, after in zip(found.docs.values(), labelled.docs.values(), strict=True):
        for plain, deal in zip(before["shown"], after["shown"], strict=True):
            name = "Amber {Foods}" if deal["deal_id"] == called else deal["deal_id"]
            assert (label_of(plain), label_of(deal)) == (plain["deal_id"], name)
            assert all(reason["sentence"]["en"].startswith(f"{name}: ") for reason in deal["reasons"])


def test_too_few_deals_or_owners_are_no_reference_and_get_no_reason(parts: DealParts, paths: ForecastPaths) -> None:
    alone = explain_deals(parts, paths, ExplainSettings(min_points=0.0, min_peers=500))
    assert alone.shares is not None
    assert set(alone.shares.reference) == {"-"}
    assert [r for doc in alone.docs.values() for deal in doc["shown"] for r in deal["reasons"]] == []


def test_a_company_without_a_deal_model_has_no_deal_reasons(paths: ForecastPaths, parts: DealParts) -> None:
    assert explain_deals(None, paths).docs == {}
    assert explain_deals(replace(parts, inputs=None, margins=None), paths).docs == {}


def test_every_input_of_a_real_deal_model_stands_in_one_group(parts: DealParts) -> None:
    assert parts.inputs is not None
    member = default_deal_catalogue().membership(list(parts.inputs.columns))
    assert (member.sum(axis=1) == 1).all()


def test_an_input_without_a_group_is_refused_by_name() -> None:
    with pytest.raises(CheckFailed, match=r"inputs \['moon'\].*deal_reasons.yml"):
        default_deal_catalogue().membership(["stage", "moon"])


def test_an_input_in_two_groups_is_refused() -> None:
    raw = default_deal_catalogue().model_dump()
    raw["groups"][0]["inputs"] = (*raw["groups"][0]["inputs"], "stage")
    with pytest.raises(ValueError, match=r"inputs \['stage'\] stand in more than one group"):
        DealCatalogue.model_validate(raw)


SLIPS = Fact(input="n_pushes", unit="times", good="down", en="close date moved out", zh="成交日推迟")


def test_a_slipped_deal_is_never_said_to_gain_by_slipping() -> None:
    assert states(SLIPS, 2.0, 0.0, -3.0)
    assert not states(SLIPS, 2.0, 0.0, 3.0)
    assert not states(SLIPS, float("nan"), 0.0, -3.0)
    assert not states(SLIPS, None, 0.0, -3.0)


def test_values_that_read_the_same_are_no_reason() -> None:
    days = Fact(input="age", unit="days", good="down", en="open for", zh="已存续")
    assert not states(days, 30.2, 30.0, -3.0)
    assert stated(days, 30.2, "en", "") == "30 days"


def test_words_are_stated_as_they_are() -> None:
    stage = Fact(input="stage", unit="word", good="either", en="stage", zh="阶段")
    assert states(stage, "negotiation", "discovery", 3.0)
    assert not states(stage, "discovery", "discovery", 3.0)
    assert stated(stage, "negotiation", "zh", "") == "negotiation"


def test_every_text_keeps_the_rules_of_the_house(found: DealReasons) -> None:
    faults = [fault for text in texts_in(found.docs) for fault in style_faults(text)]
    assert faults == []


def test_a_reason_against_its_number_is_caught_by_the_lint(found: DealReasons) -> None:
    reason = next(r for doc in found.docs.values() for deal in doc["shown"] for r in deal["reasons"])
    assert deal_faults({**reason, "contribution": -reason["contribution"]}) != []
    assert deal_faults({**reason, "low": -1.0, "high": 1.0}) == ["the range -1.0 to 1.0 crosses zero"]


def test_two_deals_by_hand() -> None:
    # Two similar deals stand at log-odds 0 (one half); ours at -1 by slippage: 0.2689. 20 points at stake: -4.62.
    from models.explain.deal_shares import rescaled

    points, chance, base = rescaled(np.array([[-1.0, 0.0]]), np.zeros((1, 2)), np.zeros(1), np.array([20.0]))
    assert chance[0] == pytest.approx(0.268941, abs=1e-6)
    assert base[0] == 0.5
    assert points[0].tolist() == pytest.approx([-4.621172, 0.0], abs=1e-6)


def test_contributions_that_cancel_stand_at_the_slope() -> None:
    from models.explain.deal_shares import rescaled

    points, chance, base = rescaled(np.array([[1.0, -1.0]]), np.zeros((1, 2)), np.zeros(1), np.array([10.0]))
    assert chance[0] == base[0] == 0.5
    assert points[0].tolist() == [2.5, -2.5]


def test_deals_of_others_are_compared_only_in_a_crowd() -> None:
    from models.explain.deal_shares import reference_of

    deals = pd.DataFrame({"segment": ["A"] * 12 + ["B"] * 3, "rep_id": [f"r{i % 6}" for i in range(15)]})
    found = reference_of(deals, ExplainSettings(min_deals=10, min_peers=5))
    assert found.tolist() == ["A"] * 12 + [""] * 3
