"""The checks of reasons find what is planted, and pass what is right."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from models.explain.checks import agreement, deletion_fidelity, faults_in, largest_gap, told_apart, wrong_signs
from models.explain.documents import ExplanationDoc
from models.explain.structural import Explanations, explain
from tests.support.documents import CASES, deals, explanation
from tests.support.toy_company import toy_company


@pytest.fixture(scope="module")
def explained() -> Explanations:
    return explain(*toy_company(120))


def test_sums_that_hold_leave_no_gap_and_a_planted_one_is_found(explained: Explanations) -> None:
    assert largest_gap(explained.docs, {}) < 1e-9
    doc = next(doc for doc in explained.docs if doc)
    broken: ExplanationDoc = {**doc, "everything_else": doc["everything_else"] + 0.25}
    assert largest_gap([*explained.docs, broken], {}) == pytest.approx(0.25)


def test_a_gap_in_the_deals_is_found() -> None:
    held = deals(CASES[0], 700_000.0)
    assert largest_gap([], {0: held}) < 1e-9
    assert largest_gap([], {0: {**held, "other_points": held["other_points"] + 3.0}}) == pytest.approx(3.0)


def test_a_better_factor_never_lowers_the_forecast(explained: Explanations) -> None:
    assert wrong_signs(explained.shares).tolist() == [0.0] * 7


def test_a_factor_that_lowers_the_forecast_is_found(explained: Explanations) -> None:
    # With a negative size more deals bring less: half of the reps get one.
    n = len(explained.shares.rows)
    size = explained.shares.own["size"] * np.where(np.arange(n) % 2, 1.0, -1.0)
    broken = replace(explained.shares, own={**explained.shares.own, "size": size})
    assert wrong_signs(broken)[1] > 0.4


def test_the_leading_factors_close_more_of_the_gap_than_any_three(explained: Explanations) -> None:
    named, others = deletion_fidelity(explained.shares)
    assert named >= 2 * others > 0


def test_factors_led_by_nothing_are_no_better_than_any_three(explained: Explanations) -> None:
    shuffled = replace(explained.shares, parts=explained.shares.parts[:, ::-1])
    named, others = deletion_fidelity(shuffled)
    assert named < 2 * others


def test_a_company_without_gaps_has_nothing_to_delete(explained: Explanations) -> None:
    assert np.isnan(deletion_fidelity(explained.shares, smallest=1e9)).all()


def test_agreement_counts_only_targets_that_have_a_leading_factor() -> None:
    served = np.array([[5.0, 1.0, -3.0], [3.0, -1.0, 2.0]])
    again = np.array([[1.0, 9.0, -3.0], [2.0, 0.0, 1.0]])
    # The second target's largest share is 1 point: no leading factor. The first one changes places.
    assert agreement(served, again) == (0.5, 1.0)
    assert np.isnan(agreement(served, again, smallest=100.0)).all()


def test_every_sentence_is_read_and_a_contradiction_found(explained: Explanations) -> None:
    read, faults = faults_in(explained.docs, {})
    assert read == sum(len(doc["drivers"]) for doc in explained.docs if doc)
    assert faults == []
    doc = next(doc for doc in explained.docs if doc and doc["drivers"])
    turned = {**doc["drivers"][0], "contribution": -doc["drivers"][0]["contribution"]}
    broken: ExplanationDoc = {**doc, "drivers": [turned]}  # type: ignore[list-item]  # a fault on purpose
    assert faults_in([broken], {})[1] != []


def test_deal_reasons_are_read_too() -> None:
    held = deals(CASES[0], 700_000.0)
    assert faults_in([], {0: held}) == (1, [])


def test_inputs_that_say_the_same_may_not_be_told_apart() -> None:
    inputs = pd.DataFrame({"a": np.arange(20.0), "b": np.arange(20.0) ** 3, "c": np.tile([1.0, 2.0], 10), "d": 1.0})
    apart = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
    together = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    assert [(one, other) for one, other, _ in told_apart(inputs, apart)] == [("a", "b")]
    assert told_apart(inputs, together) == []


def test_the_documents_of_the_tests_are_explained_like_real_ones() -> None:
    assert largest_gap([explanation(CASES[0])], {}) < 1e-9
