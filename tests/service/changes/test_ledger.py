"""A difference is told in lines that add up to it, and no line contradicts its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.changes.ledger import ORDER, difference, moves, points, revalued, untold
from service.scoring.detail_docs import LedgerDoc
from tests.support.details import closed_deal, ledger, open_deal
from tests.support.documents import CASES


def _ledger(as_of: str, deals: list[Any], **changes: object) -> LedgerDoc:
    base: dict[str, Any] = {
        **ledger(CASES[0]),
        "as_of": as_of,
        "quota": 1_000.0,
        "booked": 100.0,
        "pending": 0.0,
        "new_deals": 50.0,
        "deals": deals,
        "closed": [],
        **changes,
    }
    base["mean"] = base["booked"] + base["pending"] + base["new_deals"] + sum(deal["served"] for deal in deals)
    base["median"] = base["mean"] - 10.0
    return base  # type: ignore[return-value]  # the keys are those of the ledger


BEFORE = _ledger("2026-11-15", [open_deal("a", 40.0, amount=100.0), open_deal("b", 60.0, amount=200.0)])


def _after(deals: list[Any], **changes: object) -> LedgerDoc:
    return _ledger("2026-11-22", deals, **changes)


def _lines(after: LedgerDoc) -> Mapping[str, float]:
    return {line: round(amount, 6) for line, amount in moves(BEFORE, after).totals.items()}


A, B = BEFORE["deals"]


def test_nothing_happened() -> None:
    assert _lines(_after([A, B])) == {}


def test_a_won_deal_brings_its_booking_less_what_was_expected_of_it() -> None:
    after = _after([B], booked=200.0, closed=[closed_deal("a", "won", "2026-11-20", 100.0)])
    # Expected 40, booked 100.
    assert _lines(after) == {"won": 60.0}
    assert moves(BEFORE, after).leading("won") == [("a", 60.0)]


def test_deals_are_called_as_the_newest_ledger_that_knows_them_calls_them() -> None:
    after = _after([{**B, "label": "Alder Steel"}], closed=[closed_deal("a", "lost", "2026-11-20", 100.0)])
    assert moves(BEFORE, after).labels == {"a": "a", "b": "Alder Steel"}
    other = moves(BEFORE, BEFORE)
    other.join(moves(BEFORE, after))
    assert untold(other).labels["b"] == "Alder Steel"


def test_a_lost_deal_takes_what_was_expected_of_it() -> None:
    assert _lines(_after([A], closed=[closed_deal("b", "lost", "2026-11-20")])) == {"lost": -60.0}


def test_a_deal_that_vanished_without_a_decision_was_handed_over() -> None:
    assert _lines(_after([A])) == {"handed_over": -60.0}


def test_a_deal_opened_since_is_new_and_an_older_one_came_from_somebody_else() -> None:
    born = open_deal("c", 30.0, created="2026-11-18")
    taken = open_deal("d", 20.0, created="2026-08-01")
    assert _lines(_after([A, B, born, taken])) == {"new": 30.0, "handed_over": 20.0}


def test_a_later_date_that_costs_is_slipped_and_an_earlier_one_that_helps_is_pulled_in() -> None:
    slipped = open_deal("a", 15.0, amount=100.0, close="2027-01-20")
    pulled = open_deal("b", 80.0, amount=200.0, close="2026-12-01")
    assert _lines(_after([slipped, pulled])) == {"slipped": -25.0, "pulled_in": 20.0}


def test_a_later_date_on_a_deal_that_gains_is_not_told_as_slipped() -> None:
    gains = open_deal("a", 55.0, amount=100.0, close="2027-01-20", stage="Negotiation")
    assert _lines(_after([gains, B])) == {"stage": 15.0}


def test_a_changed_amount_scales_what_was_expected_and_the_rest_is_time() -> None:
    # Twice the amount: 40 becomes 80; served are 70, so that time took 10.
    assert _lines(_after([open_deal("a", 70.0, amount=200.0), B])) == {"amount": 40.0, "time": -10.0}


def test_less_time_for_deals_not_born_yet_is_time() -> None:
    assert _lines(_after([A, B], new_deals=35.0)) == {"time": -15.0}


def test_a_deal_born_and_won_in_between_is_named_and_other_bookings_are_booked_all_the_same() -> None:
    after = _after([A, B], booked=180.0, closed=[closed_deal("x", "won", "2026-11-20", 70.0)])
    found = moves(BEFORE, after)
    assert found.totals == {"won": 80.0}
    assert found.leading("won") == [("x", 70.0)]


def test_points_add_up_to_the_move_of_the_middle_also_when_the_quota_changed() -> None:
    after = _after([B], booked=200.0, quota=800.0, closed=[closed_deal("a", "won", "2026-11-20", 100.0)])
    told = points(moves(BEFORE, after).totals, BEFORE, after)
    assert told is not None
    # Means 250 -> 310; middles 240 of 1,000 and 300 of 800: +13.5 points. Won 6; quota 310/800 - 310/1,000 = 7.75.
    assert told["won"] == pytest.approx(6.0)
    assert told["quota"] == pytest.approx(7.75)
    assert sum(told.values()) == pytest.approx(13.5)


def test_without_a_quota_there_are_no_points() -> None:
    assert points({"won": 1.0}, BEFORE, _after([A, B], quota=None)) is None


def test_what_another_model_says_of_the_same_facts_is_one_line() -> None:
    again = _ledger("2026-11-15", [open_deal("a", 50.0, amount=100.0), B])
    assert revalued(BEFORE, again).totals == {"model": 10.0}


def test_across_a_change_of_model_nobody_claims_to_know_what_was_time() -> None:
    after = _after([open_deal("a", 70.0, amount=200.0), B])
    assert untold(moves(BEFORE, after)).totals == {"amount": 40.0, "model": -10.0}


AMOUNT = st.floats(0.0, 1e6, allow_nan=False)
DEAL = st.builds(
    open_deal,
    st.sampled_from("abcdefgh"),
    AMOUNT,
    amount=st.floats(1.0, 1e6),
    close=st.sampled_from(["2026-12-01", "2026-12-18", "2027-01-20"]),
    created=st.sampled_from(["2026-09-01", "2026-11-20"]),
    stage=st.sampled_from(["A", "B"]),
)
DEALS = st.lists(DEAL, max_size=6, unique_by=lambda deal: deal["id"])
CLOSED = st.lists(
    st.builds(
        closed_deal, st.sampled_from("abcdefghij"), st.sampled_from(["won", "lost"]), st.just("2026-11-20"), AMOUNT
    ),
    max_size=4,
    unique_by=lambda deal: deal["id"],
)


@given(first=DEALS, second=DEALS, closed=CLOSED, booked=AMOUNT, pending=AMOUNT, new=AMOUNT)
def test_whatever_happens_the_lines_add_up(  # noqa: PLR0917 - one argument per part of a ledger
    first: list[Any], second: list[Any], closed: list[Any], booked: float, pending: float, new: float
) -> None:
    before = _ledger("2026-11-15", first)
    after = _ledger("2026-11-22", second, closed=closed, booked=booked, pending=pending, new_deals=new, quota=700.0)
    found = moves(before, after)
    assert sum(found.totals.values()) == pytest.approx(difference(before, after), abs=1e-5)
    told = points(found.totals, before, after)
    assert told is not None
    middles = 100 * (after["median"] / 700.0 - before["median"] / 1_000.0)
    assert sum(told.values()) == pytest.approx(middles, abs=1e-5)
    assert set(found.totals) <= set(ORDER)
    assert found.totals.get("slipped", 0.0) <= 0.0 <= found.totals.get("pulled_in", 0.0)
