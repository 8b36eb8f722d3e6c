"""Reasons add up to the served number, agree with their values, and are named only when they matter."""

from __future__ import annotations

from dataclasses import replace
from typing import get_type_hints

import numpy as np
import pandas as pd
import pytest

from features.domain.errors import CheckFailed
from models.contracts import CompanyState, ForecastPaths
from models.explain.documents import DriverDoc, ExplanationDoc
from models.explain.lint import contradictions, style_faults, texts_in
from models.explain.settings import ExplainSettings
from models.explain.shapley import FACTORS
from models.explain.structural import explain
from tests.support.toy_company import toy_company, toy_paths, toy_state, toy_targets


def company_of(structure: pd.DataFrame) -> tuple[CompanyState, ForecastPaths, pd.DataFrame]:
    targets = toy_targets(structure).assign(segment="SMB", tenure_days=1000)
    return toy_state(targets), toy_paths(targets, structure), structure


def equal_reps(n: int = 6) -> pd.DataFrame:
    """Return reps who are all alike: 10 000 booked, 10 open deals of 8 000 won at 1/4, half in time, quota 20 000."""
    return pd.DataFrame(
        {
            "volume_open": 10.0,
            "volume_new": 0.0,
            "size": 8_000.0,
            "size_new": 0.0,
            "win": 0.25,
            "win_new": 0.0,
            "timing": 0.5,
            "quality": 1.0,
            "timing_new": 0.0,
            "booked": 10_000.0,
            "quota": 20_000.0,
        },
        index=range(n),
    )


def test_reference_contributions_and_the_rest_add_up_to_the_mean() -> None:
    state, paths, structure = toy_company(200)
    for doc in explain(state, paths, structure).docs:
        assert doc is not None
        total = doc["reference"] + sum(driver["contribution"] for driver in doc["drivers"]) + doc["everything_else"]
        assert abs(total - doc["mean"]) < 1e-6
        assert abs(doc["mean"] + doc["mean_to_median"] - doc["median"]) < 1e-6


def test_mean_and_median_are_those_of_the_served_paths() -> None:
    state, paths, structure = toy_company(30)
    docs = explain(state, paths, structure, ExplainSettings(widen=True)).docs
    points = 100 * paths.attained / structure["quota"].to_numpy()[:, None]
    np.testing.assert_allclose([doc["mean"] for doc in docs if doc], points.mean(axis=1), rtol=1e-9)
    np.testing.assert_allclose([doc["median"] for doc in docs if doc], np.median(points, axis=1), rtol=1e-9)


def test_everything_else_is_what_the_small_shares_sum_to() -> None:
    state, paths, structure = toy_company(40)
    explained = explain(state, paths, structure)
    for index, row in enumerate(explained.shares.rows):
        doc = explained.docs[row]
        assert doc is not None
        named = {driver["code"] for driver in doc["drivers"]}
        rest = sum(
            share for code, share in zip(FACTORS, explained.shares.factors[:, index], strict=True) if code not in named
        )
        assert doc["everything_else"] == pytest.approx(rest, abs=1e-6)


def test_six_equal_reps_need_no_reason() -> None:
    doc = explain(*company_of(equal_reps())).docs[0]
    assert doc is not None
    assert doc["drivers"] == []
    assert doc["reference"] == pytest.approx(100.0)
    assert doc["peers"] == 5


def test_one_rep_with_fewer_open_deals_is_told_so_in_points() -> None:
    structure = equal_reps()
    structure.loc[0, "volume_open"] = 4.0
    doc = explain(*company_of(structure)).docs[0]
    assert doc is not None
    # the group has (4 + 5 * 10) / 6 = 9 open deals; each is worth 8 000 * .25 * .5 = 1 000, that is 5 points
    assert doc["reference"] == pytest.approx(50.0 + 9 * 5.0)
    [driver] = doc["drivers"]
    assert driver["code"] == "volume"
    assert driver["contribution"] == pytest.approx((4 - 9) * 5.0)
    assert driver["value"] == 4.0
    assert driver["reference"] == pytest.approx(9.0)
    assert driver["direction"] == "down"
    assert driver["controllable"] == "rep"
    assert driver["sentence"] == {
        "en": "Open deals at the usual pace of new ones: 4, below similar reps (9): −25.0 points "
        "(data to 15 Nov 2026).",
        "zh": "按惯常新增节奏应有的在手商机：4 个，低于同类销售（9 个），−25.0 个百分点（数据截至 2026-11-15）。",
    }


def test_a_higher_quota_holds_back_and_belongs_to_whoever_sets_it() -> None:
    structure = equal_reps()
    structure.loc[0, "quota"] = 50_000.0
    doc = explain(*company_of(structure)).docs[0]
    assert doc is not None
    [driver] = doc["drivers"]
    # group: 6 * 20 000 expected over 150 000 = 80 points; own 20 000 / 50 000 = 40 points; all of it the quota
    assert (driver["code"], driver["controllable"], driver["direction"]) == ("quota", "quota", "down")
    assert driver["contribution"] == pytest.approx(40.0 - 80.0)


def test_among_mixed_jobs_a_different_quota_is_no_reason() -> None:
    structure = equal_reps()
    structure.loc[0] *= pd.Series(dict.fromkeys(structure, 1.0) | {"quota": 2.0, "booked": 2.0, "volume_open": 2.0})
    targets = toy_targets(structure).assign(segment=["A", "B", "C", "D", "E", "F"], tenure_days=1000)
    wide = ExplainSettings(widen=True)
    doc = explain(toy_state(targets), toy_paths(targets, structure), structure, wide).docs[0]
    assert doc is not None
    assert doc["drivers"] == []
    assert doc["reference"] == pytest.approx(doc["mean"])


def test_reasons_below_two_points_are_not_named() -> None:
    structure = equal_reps()
    structure.loc[0, "volume_open"] = 9.6
    explained = explain(*company_of(structure))
    doc = explained.docs[0]
    assert doc is not None
    # (9.6 - 9.9333) * 5 points = -1.67
    assert doc["drivers"] == []
    assert doc["everything_else"] == pytest.approx(-5 / 3)
    loud = explain(*company_of(structure), ExplainSettings(min_points=1.0)).docs[0]
    assert loud is not None
    assert [driver["code"] for driver in loud["drivers"]] == ["volume"]


def test_at_most_as_many_reasons_are_named_as_set() -> None:
    state, paths, structure = toy_company(60)
    docs = explain(state, paths, structure, ExplainSettings(max_drivers=2, min_points=0.0)).docs
    # One of two large factors may be unsure, or contradict its values, and is then not named.
    assert {len(doc["drivers"]) for doc in docs if doc} <= {1, 2}
    assert max(len(doc["drivers"]) for doc in docs if doc) == 2


def test_reasons_are_sorted_by_size() -> None:
    state, paths, structure = toy_company(60)
    for doc in explain(state, paths, structure).docs:
        assert doc is not None
        sizes = [abs(driver["contribution"]) for driver in doc["drivers"]]
        assert sizes == sorted(sizes, reverse=True)


def test_no_driver_contradicts_its_values_and_no_sentence_has_a_banned_word() -> None:
    state, paths, structure = toy_company(300, seed=9)
    seen = 0
    for doc in explain(state, paths, structure, ExplainSettings(min_points=0.5)).docs:
        assert doc is not None
        for driver in doc["drivers"]:
            assert contradictions(driver) == []
            seen += 1
        for text in texts_in(doc):
            assert style_faults(text) == []
    assert seen > 1000


def test_when_open_and_new_deals_pull_apart_the_sentence_tells_the_part_that_agrees() -> None:
    structure = equal_reps().assign(volume_new=5.0, size_new=8_000.0, win_new=0.25, timing_new=0.5)
    structure.loc[0, ["volume_open", "volume_new"]] = [4.0, 8.0]
    doc = explain(*company_of(structure)).docs[0]
    assert doc is not None
    [driver] = doc["drivers"]
    # open 4 against 9: -25 points; new 8 against 5.5: +12.5 points; net -12.5, told by the open deals
    assert driver["contribution"] == pytest.approx(-12.5)
    assert driver["value"] == 4.0
    assert driver["reference"] == pytest.approx(9.0)


def test_without_a_pipeline_what_is_still_to_come_is_one_sum() -> None:
    structure = equal_reps().assign(volume_open=0.0, volume_new=1.0, win_new=1.0, timing_new=1.0)
    structure["size_new"] = [16_000.0, *[10_000.0] * 5]
    doc = explain(*company_of(structure)).docs[0]
    assert doc is not None
    [driver] = doc["drivers"]
    # 16 000 against (16 000 + 50 000) / 6 = 11 000 is 5 000 of 20 000
    assert (driver["code"], driver["label"]["en"]) == ("rest", "Still to come")
    assert driver["contribution"] == pytest.approx(25.0)
    assert driver["sentence"]["en"].startswith("Bookings still expected in this period: ¥16.0K, above")
    assert contradictions(driver) == []


def test_a_share_that_contradicts_its_values_is_folded_and_counted() -> None:
    # returns: the new part is a loss, so having fewer of it helps; no sentence can say that without confusion
    structure = equal_reps().assign(volume_new=1.0, size_new=-4_000.0, win_new=1.0, timing_new=1.0)
    structure.loc[0, "volume_new"] = 0.2
    explained = explain(*company_of(structure))
    doc = explained.docs[0]
    assert doc is not None
    assert doc["drivers"] == []
    assert doc["everything_else"] == pytest.approx(doc["mean"] - doc["reference"])
    # the group has 5.2 / 6 = .867 of it; every rep differs by at least (1 - .867) * 20 = 2.7 points
    assert explained.counts["folded"] == 6


def test_without_quota_or_similar_reps_there_is_no_explanation_and_it_is_counted() -> None:
    structure = equal_reps(7)
    structure.loc[0, "quota"] = np.nan
    structure.loc[1, "quota"] = 0.0
    explained = explain(*company_of(structure))
    assert explained.docs[:2] == [None, None]
    assert explained.counts["no_quota"] == 2
    assert explained.counts["too_few_peers"] == 5
    assert explained.docs[2] is None


def test_a_tiny_quota_is_none_to_divide_by() -> None:
    structure = equal_reps(7)
    structure.loc[0, "quota"] = 900.0  # 4.5 % of the usual 20 000
    explained = explain(*company_of(structure))
    assert explained.docs[0] is None
    assert explained.counts["no_quota"] == 1
    second = explained.docs[1]
    assert second is not None
    assert second["peers"] == 5


def test_a_structure_that_is_not_the_served_mean_is_refused() -> None:
    state, paths, structure = toy_company(10)
    with pytest.raises(CheckFailed, match="reasons would not add up"):
        explain(state, paths, structure.assign(booked=structure["booked"] * 1.001))


def test_a_larger_currency_changes_no_point() -> None:
    state, paths, structure = toy_company(40)
    money = ["size", "size_new", "booked", "quota"]
    larger = structure.assign(**{name: structure[name] * 1000 for name in money})
    scaled_targets = paths.targets.assign(quota=larger["quota"])
    scaled = ForecastPaths(scaled_targets, paths.booked * 1000, paths.open_deals * 1000, paths.new_deals * 1000)
    small, large = explain(state, paths, structure), explain(replace(state, targets=scaled_targets), scaled, larger)
    np.testing.assert_allclose(small.shares.factors, large.shares.factors, atol=1e-8)


def test_inputs_are_not_changed() -> None:
    state, paths, structure = toy_company(12)
    targets, frame = paths.targets.copy(), structure.copy()
    explain(state, paths, structure)
    pd.testing.assert_frame_equal(paths.targets, targets)
    pd.testing.assert_frame_equal(structure, frame)


def test_documents_have_exactly_the_keys_of_their_types() -> None:
    state, paths, structure = toy_company(40)
    doc = next(doc for doc in explain(state, paths, structure).docs if doc and doc["drivers"])
    assert doc is not None
    assert set(doc) == set(get_type_hints(ExplanationDoc))
    assert doc["drivers"]
    assert all(set(driver) == set(get_type_hints(DriverDoc)) for driver in doc["drivers"])


def test_a_reason_names_the_range_it_has_when_similar_reps_are_drawn_again() -> None:
    state, paths, structure = toy_company(200)
    explained = explain(state, paths, structure)
    drivers = [driver for doc in explained.docs if doc for driver in doc["drivers"]]
    assert drivers
    for driver in drivers:
        assert driver["low"] <= driver["contribution"] <= driver["high"] or abs(driver["contribution"]) > 5
        assert driver["low"] * driver["high"] > 0


def test_a_difference_that_depends_on_one_colleague_is_not_named() -> None:
    # Five equal colleagues and one with three times the deals: without that one the own rep stands above the others.
    structure = equal_reps(7)
    structure.loc[0, "volume_open"] = 12.0
    structure.loc[6, "volume_open"] = 30.0
    explained = explain(*company_of(structure))
    doc = explained.docs[0]
    assert doc is not None
    assert abs(explained.shares.factors[1, 0]) > 2.0
    assert [driver["code"] for driver in doc["drivers"]] == []
    assert explained.counts["unsure"] > 0


def test_every_target_is_held_to_its_mean_even_where_nobody_is_alike() -> None:
    state, paths, structure = toy_company(4)
    with pytest.raises(CheckFailed, match="reasons would not add up"):
        explain(state, paths, structure.assign(booked=structure["booked"] + 1_000.0))
