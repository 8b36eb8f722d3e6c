"""How much oftener than usual an owner's deals are won and lost."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.simulation.age_curves import learn_age_curves
from models.simulation.days import day_number
from models.simulation.lives import lives_of
from models.simulation.owner_effects import LEAST_RATIO, OwnerEffects, owner_effects
from tests.models.simulation.builders import Life, lifecycles

AS_OF = day_number(date(2024, 6, 30))
BORN = date(2024, 1, 1)


def record(rep: str, won: int, lost: int) -> list[Life]:
    """Return deals of one owner that all ended on their thirtieth day."""
    end = (BORN + timedelta(days=30)).isoformat()
    born = BORN.isoformat()
    rows: list[Life] = [(rep, born, "won", end, 100.0)] * won
    return rows + [(rep, born, "lost", end, 100.0)] * lost


def effects_of(rows: list[Life]) -> dict[str, tuple[float, float]]:
    known = lives_of(lifecycles(rows)).known_at(AS_OF)
    found = owner_effects(learn_age_curves(known, AS_OF), known, AS_OF)
    return {rep: (win, lose) for rep, win, lose in zip(known.reps, found.win, found.lose, strict=True)}


def test_an_owner_who_wins_more_and_loses_less_is_believed_in_part() -> None:
    found = effects_of(record("good", 20, 20) + record("poor", 20, 100))
    assert 1.0 < found["good"][0] < 2.0
    assert found["good"][1] < 1.0
    assert found["poor"][0] < 1.0


def test_losses_tell_owners_apart_who_won_equally_often() -> None:
    # Both won six deals; the careful one lost six, the other sixty. Wins per deal at risk alone would hardly differ
    # where deals are lost early: what they lost must show in how likely a new deal of theirs is ever won.
    rows = record("careful", 6, 6) + record("other", 6, 60) + record("crowd", 100, 500)
    known = lives_of(lifecycles(rows)).known_at(AS_OF)
    curves = learn_age_curves(known, AS_OF)
    lift = owner_effects(curves, known, AS_OF).lift(np.full(len(known.reps), curves.ever[0]))
    by_rep = dict(zip(known.reps, lift, strict=True))
    assert by_rep["careful"] > by_rep["crowd"] > by_rep["other"] * 0.99


def test_owners_who_do_not_differ_are_taken_as_alike() -> None:
    rows = [life for number in range(40) for life in record(f"r{number:02d}", 10, 30)]
    found = effects_of(rows)
    assert all(abs(win - 1.0) < 0.02 and abs(lose - 1.0) < 0.02 for win, lose in found.values())


def test_an_unknown_owner_is_like_the_segment() -> None:
    effects = OwnerEffects(np.array([1.5]), np.array([0.5])).of(np.array([0, -1]))
    assert effects.win.tolist() == [1.5, 1.0]
    assert effects.lose.tolist() == [0.5, 1.0]


RECORDS = st.tuples(st.integers(0, 30), st.integers(0, 60)).filter(lambda pair: sum(pair) > 0)


@given(st.lists(RECORDS, min_size=1, max_size=8))
def test_effects_are_positive_and_finite_whatever_the_record(counts: list[tuple[int, int]]) -> None:
    found = effects_of([life for number, (won, lost) in enumerate(counts) for life in record(f"r{number}", won, lost)])
    for win, lose in found.values():
        assert np.isfinite(win)
        assert np.isfinite(lose)
        assert min(win, lose) >= LEAST_RATIO
