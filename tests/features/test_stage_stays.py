"""Stays in stages: where a deal stood, how long, how it left, and nothing that was learned later."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest

from features.domain.time import AsOf, WorkCalendar
from features.domain.vocabulary import Grade
from features.history.known import History
from features.history.source import DatasetInfo
from features.stage_stays import STAY_COLUMNS, no_stays, stage_stays
from tests.support.companies import CompanyPlan, FactWriter, moment, toy_history

START = date(2025, 3, 3)
AS_OF = START + timedelta(days=100)
Version = tuple[int, str | None, str, str]
"""Days after the start, stage, outcome, owner."""


def stays(versions: list[Version], *, as_of: date = AS_OF, days: int = 364, seen_late: int = 0) -> pd.DataFrame:
    """Return the stays of one deal whose versions are known `seen_late` days after they happened."""
    writer = FactWriter()
    for number, (day, stage, outcome, owner) in enumerate(versions, start=1):
        changed = moment(START + timedelta(days=day))
        writer.add(
            "deal_states",
            changed + timedelta(days=seen_late),
            opportunity_id="d1",
            version=number,
            changed_at=changed,
            created_at=moment(START),
            created_on=START,
            rep_id=owner,
            stage=stage,
            outcome=outcome,
        )
    history = History(writer.facts(DatasetInfo("one", WorkCalendar(), Grade.A, returns_allowed=False)), threads=1)
    with history.known_by(AsOf(as_of)) as known:
        return stage_stays(known, days=days)


def told(found: pd.DataFrame) -> list[tuple[object, ...]]:
    """Return stage, days stood, how it left and its owner of every stay."""
    stood = found["entered_days"] - found["left_days"].fillna(0.0)
    return list(zip(found["stage"], stood.round(2).tolist(), found["how"], found["rep_id"], strict=True))


def test_a_deal_stands_in_each_stage_from_its_entry_to_the_next() -> None:
    found = stays([(0, "first", "open", "a"), (10, "second", "open", "a"), (25, "won", "won", "a")])
    assert told(found) == [("first", 10.0, "moved", "a"), ("second", 15.0, "won", "a")]
    assert found["next_stage"].tolist()[0] == "second"
    assert found["age_days"].tolist() == [0.0, 10.0]


def test_an_open_deal_stands_until_the_end_of_the_as_of() -> None:
    found = stays([(0, "first", "open", "a")])
    # Entered at noon of day 0, looked at at midnight after day 100.
    assert told(found) == [("first", 100.5, "open", "a")]


def test_a_change_of_amount_or_owner_is_no_new_stay() -> None:
    found = stays([(0, "first", "open", "a"), (5, "first", "open", "b"), (9, "lost", "lost", "b")])
    assert told(found) == [("first", 9.0, "lost", "b")]


def test_a_deal_that_is_opened_again_begins_a_new_stay() -> None:
    found = stays([(0, "first", "open", "a"), (5, "first", "lost", "a"), (20, "first", "open", "a")])
    assert told(found) == [("first", 5.0, "lost", "a"), ("first", 80.5, "open", "a")]


def test_stays_that_ended_before_the_window_are_left_out() -> None:
    versions: list[Version] = [(0, "first", "open", "a"), (10, "second", "open", "a"), (60, "x", "lost", "a")]
    assert [stage for stage, *_ in told(stays(versions, days=50))] == ["second"]
    assert told(stays(versions, days=30)) == []


def test_what_is_learned_later_does_not_exist_yet() -> None:
    versions: list[Version] = [(0, "first", "open", "a"), (95, "second", "open", "a")]
    assert told(stays(versions, seen_late=10)) == [("first", 100.5, "open", "a")]
    assert len(told(stays(versions))) == 2


def test_a_source_without_stages_has_no_stays() -> None:
    assert told(stays([(0, None, "open", "a"), (30, None, "won", "a")])) == []
    with toy_history(CompanyPlan(grade=Grade.D)).known_by(AsOf(date(2023, 3, 1))) as known:
        assert stage_stays(known).empty


@pytest.mark.parametrize("grade", [Grade.A, Grade.C])
def test_every_stay_of_a_toy_company_is_whole(grade: Grade) -> None:
    with toy_history(CompanyPlan(grade=grade)).known_by(AsOf(date(2023, 3, 1))) as known:
        found = stage_stays(known)
    assert list(found.columns) == list(STAY_COLUMNS) == list(no_stays().columns)
    if grade is Grade.C:
        assert found.empty
        return
    assert len(found) > 50
    assert (found["entered_days"] >= found["left_days"].fillna(0.0)).all()
    assert found.loc[found["how"] == "open", "left_days"].isna().all()
    assert found.loc[found["how"] == "moved", "next_stage"].notna().all()
