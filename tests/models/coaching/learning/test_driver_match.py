"""The simple rule: the gap that costs most, tilted by what is published, and nothing without a gap."""

from __future__ import annotations

import numpy as np
import pytest

from models.coaching.learning.driver_match import GapWorth, driver_match, gap_worth
from models.coaching.learning.settings import LearningSettings
from models.coaching.playbook import Evidence
from models.coaching.settings import CoachingSettings


def worth(grade: str, mean: float) -> GapWorth:
    evidence = Evidence.model_validate({"grade": grade, "mean": mean, "sd": 3.0, "source": {"en": "x", "zh": "甲"}})
    return gap_worth(evidence, CoachingSettings(), LearningSettings())


@pytest.mark.parametrize(
    ("grade", "mean", "expected"),
    [
        # what-if 1 give or take 2/3 (precision 2.25), published mean / 4 give or take 3/4 (precision 16/9)
        ("A", 4.0, (2.25 + 16 / 9) / (2.25 + 16 / 9)),
        ("C", 1.0, (2.25 + 0.25 * 16 / 9) / (2.25 + 16 / 9)),
        ("D", 0.0, 2.25 / (2.25 + 16 / 9)),
    ],
)
def test_the_worth_of_a_gap_by_hand(grade: str, mean: float, expected: float) -> None:
    assert worth(grade, mean).mean == pytest.approx(expected)


def test_better_evidence_is_worth_more_at_the_same_gap() -> None:
    means = [worth(grade, mean).mean for grade, mean in (("D", 0.0), ("C", 1.0), ("B", 2.0), ("A", 4.0))]
    assert means == sorted(means)
    assert len(set(means)) == 4


def test_without_a_gap_nothing_is_expected_and_effects_follow_the_gap() -> None:
    mid, sd = driver_match(np.array([[-3.0, 0.0, 2.0, 4.0]]), [GapWorth(0.5, 0.25)] * 4)
    assert mid.tolist() == [[0.0, 0.0, 1.0, 2.0]]
    assert sd.tolist() == [[0.0, 0.0, 0.5, 1.0]]
