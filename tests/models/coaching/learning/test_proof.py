"""What may be said of a play: an effect, or why not and how much is missing."""

from __future__ import annotations

import numpy as np

from models.coaching.learning.panel import Panel
from models.coaching.learning.proof import Verdict, judge
from models.coaching.learning.settings import ProofSettings
from tests.models.coaching.learning.builders import panel


def test_few_coached_rep_periods_are_refused_with_what_is_missing() -> None:
    verdict = judge(panel(1, reps=60, periods=3))
    assert verdict.refused == "too_few"
    assert verdict.matched is None
    assert not verdict.helps
    assert verdict.needs > 3_000  # about 2,258 per arm at a spread of 60 points, less the 180 that are there
    assert verdict.sentence.startswith("No effect can be stated: too few rep-periods with the play; needs ")
    assert f"{verdict.needs:,} more rep-periods" in verdict.sentence


def test_a_large_effect_on_many_is_stated_with_its_interval() -> None:
    verdict = judge(panel(2, reps=2_000, effect=15.0))
    assert verdict.refused is None
    assert verdict.helps
    assert verdict.robust is not None
    assert verdict.sentence.startswith("Helped those who were coached: +1")
    assert "90% interval" in verdict.sentence


def test_no_effect_is_not_called_a_benefit() -> None:
    claims = [judge(panel(seed)).helps for seed in range(40)]
    assert np.mean(claims) <= 0.10
    told = next(judge(panel(seed)) for seed in range(40) if judge(panel(seed)).refused is None)
    assert told.sentence.startswith("Not told apart from no effect")
    assert "more rep-periods" in told.sentence


def test_groups_that_differed_before_are_refused() -> None:
    refused = [judge(panel(seed, hidden=40.0)).refused for seed in range(10)]
    assert refused.count("placebo") >= 8


def test_where_everybody_was_coached_there_is_nobody_to_compare_with() -> None:
    one = panel(3)
    all_ = Panel(one.rep, one.period, np.ones(len(one), dtype=np.int64), *list(vars(one).values())[3:])
    verdict = judge(all_)
    assert verdict.refused == "no_overlap"
    assert "nobody without the play resembles" in verdict.sentence


def test_without_effective_overlap_the_effect_on_everybody_is_left_out() -> None:
    verdict = judge(panel(2), ProofSettings(least_effective=1e9))
    assert verdict.matched is not None or verdict.refused == "placebo"
    assert verdict.robust is None


def test_a_refusal_for_the_placebo_says_so() -> None:
    assert "already differed before" in Verdict(None, None, "placebo", 0).sentence
