"""A company learns from its own log, and what it learned chooses only where earlier lessons stood the test."""

from __future__ import annotations

import numpy as np
import pytest

from models.coaching.decision_docs import DecisionDoc, PlayContextDoc
from models.coaching.learning.fitting import Lesson, PlayOutcome, SettledDecision, contexts_of, learn, posterior_of
from models.coaching.learning.ranking import Learned
from models.coaching.playbook import Playbook, default_playbook

BOOK = Playbook(plays={play.id: play for play in default_playbook().gaps[:3]})
"""Three plays: the full playbook learns the same way, more slowly."""
FIRST, SECOND = BOOK.gaps[0].id, BOOK.gaps[1].id
PERIODS = [("2025-01-01", "2025-03-31"), ("2025-04-01", "2025-06-30"), ("2025-07-01", "2025-09-30")]


def decision(rep: int, period: int = 0, *, chosen: str | None = FIRST, chance: float = 0.5) -> DecisionDoc:
    """Return a decision between two plays that are both expected to bring 3 points."""
    known = PlayContextDoc(gap=3.0, expected=3.0, metric="m", own=1.0, goal=2.0, foreseen=1.0, spread=1.0)
    start, end = PERIODS[period]
    other = SECOND if chosen == FIRST else FIRST
    return DecisionDoc(
        schema=1,
        rep_id=f"r{rep}",
        policy="driver-match",
        action_set=[] if chosen is None else [FIRST, SECOND],
        propensities={} if chosen is None else {chosen: chance, other: 1.0 - chance},
        chosen=chosen,
        seed=1,
        about=start,
        rank=0.4,
        newness=0.0,
        plays={FIRST: known, SECOND: known},
        period_start=start,
        period_end=end,
        metric="revenue",
        quota=100.0,
        forecast=80.0,
    )


def company(reps: int, gain: dict[str, float]) -> tuple[list[PlayOutcome], list[SettledDecision]]:
    """Return the log of a company in which each play truly brings so many points, three periods long."""
    rng = np.random.default_rng(5)
    outcomes, settled = [], []
    for period in range(len(PERIODS)):
        for rep in range(reps):
            chosen = FIRST if rng.random() < 0.5 else SECOND
            told = decision(rep, period, chosen=chosen)
            outcomes.append(PlayOutcome(told, chosen, True, gain[chosen] + rng.normal(0.0, 2.0), 2.0))
            settled.append(SettledDecision(told, gain[chosen] + rng.normal(0.0, 4.0)))
    return outcomes, settled


def lesson(outcomes: list[PlayOutcome], settled: list[SettledDecision]) -> Lesson:
    return learn(outcomes, settled, BOOK, seed=3, version="v")


def believed(learned: Learned, name: str) -> float:
    place = learned.play_ids.index(name)
    return float(learned.posterior.belief(contexts_of([decision(0)], learned.play_ids)).mid[0, place])


def test_without_a_log_the_prior_stands_and_it_is_said_how_much_is_missing() -> None:
    found = lesson([], [])
    assert not found.admitted
    assert found.needs == 100
    assert "needs 100 more suggestions taken up and measured" in found.reason
    assert np.array_equal(found.learned.posterior.mean, Learned.nothing_yet(BOOK, seed=3).posterior.mean)


def test_a_few_decisions_are_counted_against_what_is_needed() -> None:
    outcomes, settled = company(2, {FIRST: 3.0, SECOND: 3.0})
    found = lesson(outcomes, settled)
    assert not found.admitted
    assert found.settled == 6
    assert 94 <= found.needs <= 100
    assert f"needs {found.needs} more" in found.reason


def test_outcomes_move_what_is_believed_of_their_play() -> None:
    outcomes, _ = company(60, {FIRST: 6.0, SECOND: 1.0})
    learned = posterior_of(outcomes, BOOK, seed=3, version="v")
    assert believed(learned, FIRST) > 4.0
    assert believed(learned, SECOND) < 3.0
    assert learned.posterior.periods == 3


def test_what_was_not_taken_up_moves_no_play() -> None:
    outcomes = [PlayOutcome(decision(rep), FIRST, False, 9.0, 2.0) for rep in range(50)]
    learned = posterior_of(outcomes, BOOK, seed=3, version="v")
    assert believed(learned, FIRST) == pytest.approx(believed(Learned.nothing_yet(BOOK, seed=3), FIRST), abs=1e-6)


def test_a_swing_of_everybody_is_not_taken_for_an_effect() -> None:
    taken = [PlayOutcome(decision(rep), FIRST, True, 8.0, 2.0) for rep in range(50)]
    beside = [PlayOutcome(decision(rep), SECOND, False, 5.0, 2.0) for rep in range(50)]
    alone = believed(posterior_of(taken, BOOK, seed=3, version="v"), FIRST)
    compared = believed(posterior_of([*taken, *beside], BOOK, seed=3, version="v"), FIRST)
    assert compared == pytest.approx(3.0, abs=0.4)
    assert alone > compared


def test_a_better_way_of_choosing_is_let_in_with_enough_of_a_log() -> None:
    found = lesson(*company(120, {FIRST: 8.0, SECOND: 0.0}))
    assert (found.admitted, found.reason, found.needs) == (True, "", 0)
    assert found.gain is not None
    assert found.gain.low > 0
    assert set(found.values) == {"ips", "snips", "dr"}


def test_a_lesson_that_turned_out_wrong_is_not_let_in() -> None:
    # The metric says that the first play is better; results say the opposite.
    outcomes, _ = company(120, {FIRST: 8.0, SECOND: 0.0})
    _, settled = company(120, {FIRST: -8.0, SECOND: 8.0})
    found = lesson(outcomes, settled)
    assert not found.admitted
    assert "must not lie below" in found.reason


def test_a_decision_is_judged_only_by_what_was_learned_before_its_period() -> None:
    # Outcomes of the last period alone could change nothing about the decisions up to it.
    outcomes, settled = company(100, {FIRST: 8.0, SECOND: 0.0})
    last = [one for one in outcomes if one.decision["period_start"] == PERIODS[2][0]]
    early = [PlayOutcome(decision(0, 2), SECOND, True, 50.0, 0.5)]
    assert lesson(last, settled).gain == lesson([*last, *early], settled).gain


def test_plays_that_left_the_playbook_are_no_longer_learned_about() -> None:
    told = decision(0, chosen="gone_play")
    found = lesson([PlayOutcome(told, "gone_play", True, 5.0, 1.0)], [SettledDecision(told, 1.0)] * 3)
    assert found.settled == 0
    assert not found.admitted


def test_nothing_offered_is_an_action_of_its_own() -> None:
    outcomes, settled = company(60, {FIRST: 3.0, SECOND: 3.0})
    settled += [SettledDecision(decision(900 + n, chosen=None), 0.0) for n in range(5)]
    assert lesson(outcomes, settled).settled == 185
