"""The at-risk flag: raised at one chance, taken back at a lower one, and never more new ones than a week can hold."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.risk.alert_settings import AlertSettings
from models.risk.alerts import alerts, no_alerts

MONDAY = pd.Timestamp("2026-01-05")
START, END = pd.Timestamp("2026-01-01"), pd.Timestamp("2026-03-31")
SETTINGS = AlertSettings(raise_at=0.8, release_at=0.6, weekly_budget=2)


def look(p_miss: Mapping[str, float | None], *, team: str | None = "t", status: str = "ok") -> pd.DataFrame:
    """Return one look at the people named, with their chance of a miss."""
    return pd.DataFrame(
        {
            "rep_id": list(p_miss),
            "period_start": START,
            "period_end": END,
            "metric": "revenue",
            "team_id": team,
            "status": status,
            "p_attain": [None if chance is None else 1.0 - chance for chance in p_miss.values()],
        }
    ).astype({"p_attain": float})


def flagged(found: pd.DataFrame) -> list[str]:
    """Return who is flagged."""
    return [str(rep) for rep in found.loc[found["at_risk"], "rep_id"]]


def test_the_flag_is_raised_at_its_chance_and_not_below() -> None:
    found = alerts(look({"a": 0.80, "b": 0.79}), no_alerts(), SETTINGS, as_of=MONDAY)
    assert flagged(found) == ["a"]
    assert found["since"].tolist()[0] == MONDAY
    assert found["since"].isna().tolist() == [False, True]


def test_a_flag_stays_between_the_two_chances_and_keeps_its_day() -> None:
    first = alerts(look({"a": 0.85}), no_alerts(), SETTINGS, as_of=MONDAY)
    second = alerts(look({"a": 0.65}), first, SETTINGS, as_of=MONDAY + pd.Timedelta(days=7))
    assert flagged(second) == ["a"]
    assert second["since"].tolist() == [MONDAY]


def test_the_same_chance_raises_no_flag_where_none_stood() -> None:
    assert flagged(alerts(look({"a": 0.65}), no_alerts(), SETTINGS, as_of=MONDAY)) == []


def test_a_flag_is_taken_back_below_the_lower_chance() -> None:
    first = alerts(look({"a": 0.85}), no_alerts(), SETTINGS, as_of=MONDAY)
    second = alerts(look({"a": 0.59}), first, SETTINGS, as_of=MONDAY + pd.Timedelta(days=7))
    assert flagged(second) == []
    assert second["since"].isna().all()


@pytest.mark.parametrize("status", ["left", "no_quota", "stale", "insufficient_exposure", "undecidable"])
def test_a_status_without_a_chance_takes_the_flag_back(status: str) -> None:
    first = alerts(look({"a": 0.85}), no_alerts(), SETTINGS, as_of=MONDAY)
    second = alerts(look({"a": 0.99}, status=status), first, SETTINGS, as_of=MONDAY + pd.Timedelta(days=7))
    assert flagged(second) == []
    assert second["p_miss"].isna().all()


def test_the_surest_are_flagged_first_and_the_others_wait() -> None:
    found = alerts(look({"a": 0.81, "b": 0.95, "c": 0.90}), no_alerts(), SETTINGS, as_of=MONDAY)
    assert flagged(found) == ["b", "c"]
    assert found.loc[found["waiting"], "rep_id"].tolist() == ["a"]


def test_each_team_has_its_own_budget_and_people_without_a_team_share_one() -> None:
    now = pd.concat(
        [look({"a": 0.9, "b": 0.9, "c": 0.9}, team="t"), look({"d": 0.9, "e": 0.9, "f": 0.9}, team=None)],
        ignore_index=True,
    )
    assert flagged(alerts(now, no_alerts(), SETTINGS, as_of=MONDAY)) == ["a", "b", "d", "e"]


def test_a_second_look_in_the_same_week_gets_no_second_budget() -> None:
    first = alerts(look({"a": 0.9, "b": 0.9, "c": 0.9}), no_alerts(), SETTINGS, as_of=MONDAY)
    thursday = alerts(look({"a": 0.9, "b": 0.9, "c": 0.9}), first, SETTINGS, as_of=MONDAY + pd.Timedelta(days=3))
    assert flagged(thursday) == ["a", "b"]
    next_week = alerts(look({"a": 0.9, "b": 0.9, "c": 0.9}), thursday, SETTINGS, as_of=MONDAY + pd.Timedelta(days=7))
    assert flagged(next_week) == ["a", "b", "c"]


def test_a_look_after_three_weeks_may_spend_the_budget_of_three() -> None:
    people = dict.fromkeys("abcdefgh", 0.9)
    assert len(flagged(alerts(look(people), no_alerts(), SETTINGS, as_of=MONDAY, weeks=3.0))) == 6


def test_another_period_begins_without_flags() -> None:
    first = alerts(look({"a": 0.9}), no_alerts(), SETTINGS, as_of=MONDAY)
    later = look({"a": 0.7}).assign(period_start=pd.Timestamp("2026-04-01"), period_end=pd.Timestamp("2026-06-30"))
    assert flagged(alerts(later, first, SETTINGS, as_of=pd.Timestamp("2026-04-06"))) == []


def test_a_release_at_the_height_of_the_raise_is_refused() -> None:
    with pytest.raises(ValidationError, match="lower release_at"):
        AlertSettings(raise_at=0.7, release_at=0.7)


chances = st.lists(st.floats(0.0, 1.0), min_size=1, max_size=12)


@given(st.lists(chances, min_size=1, max_size=6), st.integers(1, 4))
def test_no_week_brings_more_new_flags_than_the_budget_and_each_flag_keeps_its_reason(
    weeks: list[list[float]], budget: int
) -> None:
    settings, before = AlertSettings(weekly_budget=budget), no_alerts()
    for number, values in enumerate(weeks):
        day = MONDAY + pd.Timedelta(days=7 * number)
        found = alerts(look({f"r{i:02d}": value for i, value in enumerate(values)}), before, settings, as_of=day)
        assert (found["since"] == day).sum() <= budget
        assert (found.loc[found["at_risk"], "p_miss"] >= settings.release_at).all()
        assert not (found["at_risk"] & found["waiting"]).any()
        assert (found.loc[found["waiting"], "p_miss"] >= settings.raise_at).all()
        before = found


@given(chances)
def test_the_order_of_rows_decides_nothing(values: list[float]) -> None:
    now = look({f"r{i:02d}": value for i, value in enumerate(values)})
    there = alerts(now, no_alerts(), SETTINGS, as_of=MONDAY)
    back = alerts(now.iloc[::-1], no_alerts(), SETTINGS, as_of=MONDAY)
    assert sorted(flagged(there)) == sorted(flagged(back))
