"""Which state of a suggestion may follow which."""

from itertools import product

import pytest

from service.coaching.lifecycle import ANSWERS, CLOSED, STATES, TRANSITIONS, State, may_follow

LEGAL = {
    "proposed": "approved shown accepted later not_useful done",
    "approved": "shown accepted later not_useful done",
    "shown": "approved accepted later not_useful done",
    "accepted": "later not_useful done",
    "later": "accepted not_useful done",
    "not_useful": "accepted later done",
    "done": "accepted later not_useful",
}


@pytest.mark.parametrize(("state", "then"), list(product(STATES, STATES)))
def test_exactly_the_declared_steps_are_legal(state: State, then: State) -> None:
    assert may_follow(state, then) == (then in LEGAL[state].split())


def test_every_state_has_its_line_and_none_follows_itself() -> None:
    assert set(TRANSITIONS) == set(STATES)
    assert not [state for state in STATES if may_follow(state, state)]


def test_nothing_becomes_a_proposal_again_and_an_answer_is_never_unmade() -> None:
    assert not [state for state in STATES if may_follow(state, "proposed")]
    for answer in ANSWERS:
        assert TRANSITIONS[answer] <= set(ANSWERS)


def test_an_accepted_suggestion_stays_open_until_it_is_done() -> None:
    assert set(ANSWERS) - CLOSED == {"accepted"}
