"""Sentences of a diagnosis are whole in both languages and speak about plans, deals and stages."""

from __future__ import annotations

from datetime import date

import pytest

from models.diagnosis.payoff import TOPICS
from models.diagnosis.shares import CAUSES
from models.diagnosis.stage_line import BLANK, StageLine
from models.diagnosis.wording import (
    LABELS,
    TRAININGS,
    contrasts_sentence,
    difficulty_sentence,
    funnel_sentence,
    miss_headline,
    quotas_sentence,
    training_sentence,
)
from models.explain.documents import Text
from models.explain.lint import style_faults, texts_in

CASES = {"plan": (8.0, 4.0, 12.0), "leads": (20.0, -1.0, 30.0), "skill": (3.0, 1.0, 6.0)}


def headline(miss: float, *, plan_first: bool = False) -> Text:
    return miss_headline(miss, CASES, flagged=5, people=8, plan_first=plan_first)


def test_every_cause_and_topic_has_words() -> None:
    assert set(LABELS) == {*CAUSES, "apart"}
    assert set(TRAININGS) == set(TOPICS)
    assert [fault for label, note, _ in LABELS.values() for text in (label, note) for fault in style_faults(text)] == []


def test_the_largest_sure_part_is_named_not_the_largest_one() -> None:
    assert "Largest part: Quota and plan, +8.0 points (plausible 4.0 to 12.0)" in headline(31.0)["en"]
    assert "最主要的部分：目标与规划，+8.0 个百分点（合理区间 4.0 至 12.0）" in headline(31.0)["zh"]


def test_nothing_is_named_where_nothing_is_sure() -> None:
    told = miss_headline(9.0, {"skill": (9.0, -2.0, 20.0)}, flagged=0, people=1, plan_first=False)
    assert told["en"] == "Expected gap: 9.0 points. No single part stands out for sure."


def test_a_surplus_is_no_gap() -> None:
    assert headline(-4.0)["en"] == "No gap is expected: on average 4.0 points above target."


def test_the_plan_is_named_before_anything_else_even_where_it_helps() -> None:
    told = miss_headline(20.0, {"plan": (-3.0, -6.0, 1.0)}, flagged=6, people=8, plan_first=True)
    assert told["en"].startswith(
        "Look at the plan before the people: 6 of 8 are likely to miss. Quota and plan: −3.0 points"
    )


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ((8.0, 4.0, 12.0), "an expected gap of 20.0 points."),
        (
            (8.0, -1.0, 12.0),
            "(plausible −1.0 to 12.0), too unsure to explain it. Largest part: Lead supply, +9.0 points",
        ),
        (
            (-3.0, -6.0, -1.0),
            "(plausible −6.0 to −1.0), which does not explain it. Largest part: Lead supply, +9.0 points",
        ),
    ],
)
def test_a_plan_that_is_not_the_reason_is_not_told_as_one(plan: tuple[float, float, float], said: str) -> None:
    told = miss_headline(20.0, {"plan": plan, "leads": (9.0, 2.0, 15.0)}, flagged=6, people=8, plan_first=True)
    assert said in told["en"]
    assert ("Largest part" in told["en"]) == (plan[1] <= 0) == ("最主要的部分：线索供给" in told["zh"])
    assert style_faults(told) == []


@pytest.mark.parametrize("word", ["hard", "usual", "easy", "unsure"])
def test_every_word_of_difficulty_has_a_sentence(word: str) -> None:
    assert style_faults(difficulty_sentence(0.2, 0.1, 0.3, 9, word)) == []


def test_a_funnel_names_each_stage_with_both_values() -> None:
    line = StageLine(
        "Proposal", 40, (0.4, 0.3, 0.5, 0.6), (31.0, 25.0, 38.0, 19.0), stalls=True, leaks=True, long=1, long_amount=5.0
    )
    told = funnel_sentence([line])
    assert "Proposal against similar reps: 31 days (plausible 25 to 38), similar 19." in told["en"]
    assert "move on from Proposal: 40% (plausible 30% to 50%), similar 60%." in told["en"]
    assert "1 open deal has stood" in told["en"]
    assert style_faults(told) == []


def test_a_funnel_without_difference_says_so() -> None:
    calm = StageLine("Proposal", 3, BLANK, BLANK, stalls=False, leaks=False, long=0, long_amount=0.0)
    assert funnel_sentence([calm])["en"].startswith("No stage differs")


def test_all_sentences_pass_the_lint() -> None:
    claim = Text(en="new deals 24 (others 16)", zh="新增商机 24（其余 16）")
    found = [
        headline(31.0),
        headline(-4.0),
        headline(9.0, plan_first=True),
        quotas_sentence(2, 8, 0.4),
        contrasts_sentence([claim], 9, 31),
        contrasts_sentence([], 9, 31),
        training_sentence(-0.2, 1.0, 3.0, 1, date(2026, 10, 1)),
    ]
    assert [fault for text in texts_in(found) for fault in style_faults(text)] == []
