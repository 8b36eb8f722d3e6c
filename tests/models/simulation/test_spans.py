"""Spans of deals between cutoffs: what is seen of them, and what is left out."""

from __future__ import annotations

import pytest

from models.simulation.spans import LONGEST_SPAN, Spans, spans_of
from tests.models.simulation.snapshots import Row, clock, frame, in_segment

STAGES = ("early", "late")


def spans(*rows: Row) -> Spans:
    deals = frame(rows)
    return spans_of(deals, STAGES, in_segment(deals), clock())


STAYS: tuple[Row, ...] = (("s", 0, "early", None, None), ("s", 7, "early", None, None))


def test_a_deal_that_stays_is_watched_to_the_next_cutoff() -> None:
    found = spans(*STAYS)
    assert found.row.tolist() == [0]
    assert (found.days.tolist(), found.tempo.tolist()) == ([7.0], [7.0])
    assert (found.stage.tolist(), found.to.tolist()) == ([0], [0])
    assert not found.won.any()
    assert not found.lost.any()


def test_a_win_ends_the_span_on_its_day() -> None:
    found = spans(*STAYS, ("w", 0, "late", 3, None))
    assert found.days.tolist() == [7.0, 3.0]
    assert found.won.tolist() == [False, True]


def test_a_deal_that_was_won_after_the_next_cutoff_is_won_in_a_later_span() -> None:
    found = spans(*STAYS, ("s", 14, "early", None, None), ("w", 0, "late", 9, None), ("w", 7, "late", 9, None))
    by_row = dict(zip(found.row.tolist(), zip(found.days.tolist(), found.won.tolist(), strict=True), strict=True))
    assert by_row[3] == (7.0, False)
    assert by_row[4] == (2.0, True)


def test_a_loss_is_no_win_and_a_move_is_neither() -> None:
    found = spans(*STAYS, ("l", 0, "late", None, 2), ("m", 0, "early", None, None), ("m", 7, "late", None, None))
    assert found.lost.tolist() == [False, True, False]
    assert found.to.tolist() == [0, 1, 1]
    assert found.stage.tolist() == [0, 1, 0]


@pytest.mark.parametrize(
    "left_out",
    [
        (("x", 7, "early", 9, None),),
        (("x", 0, None, 3, None),),
        (("x", 0, "renamed", 3, None),),
        (("x", 0, "early", None, None), ("x", 14, "late", None, None)),
    ],
    ids=["last cutoff", "no stage", "a stage unheard of", "away at the next cutoff"],
)
def test_what_cannot_be_seen_to_its_end_is_left_out(left_out: tuple[Row, ...]) -> None:
    plain = (*STAYS, ("s", 14, "early", None, None)) if len(left_out) > 1 else STAYS
    assert len(spans(*plain, *left_out).row) == len(spans(*plain).row)


def test_cutoffs_that_are_far_apart_say_nothing_of_what_lies_between_but_of_early_ends() -> None:
    far = int(LONGEST_SPAN) + 1
    found = spans(("s", 0, "early", None, None), ("s", far, "early", None, None), ("w", 0, "late", 5, None))
    assert found.row.tolist() == [2]
