"""The states of a suggestion, and which may follow which: a declared table, and nothing else decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

State = Literal["proposed", "approved", "shown", "accepted", "later", "not_useful", "done"]
Answer = Literal["accepted", "later", "not_useful", "done"]

STATES: tuple[State, ...] = get_args(State)
ANSWERS: tuple[Answer, ...] = get_args(Answer)
CLOSED: frozenset[State] = frozenset({"later", "not_useful", "done"})
"""States from which a play rests; an accepted suggestion stays open until it is done."""

TRANSITIONS: Mapping[State, frozenset[State]] = {
    "proposed": frozenset({"approved", "shown", *ANSWERS}),
    "approved": frozenset({"shown", *ANSWERS}),
    "shown": frozenset({"approved", *ANSWERS}),
    "accepted": frozenset({"later", "not_useful", "done"}),
    "later": frozenset({"accepted", "not_useful", "done"}),
    "not_useful": frozenset({"accepted", "later", "done"}),
    "done": frozenset({"accepted", "later", "not_useful"}),
}
"""What may follow each state. An answer may be corrected by another; nothing leads back before the first answer."""


def may_follow(state: State, then: State) -> bool:
    """Return whether a suggestion in `state` may become `then`.

    Examples:
        >>> may_follow("shown", "accepted"), may_follow("done", "approved")
        (True, False)
    """
    return then in TRANSITIONS[state]
