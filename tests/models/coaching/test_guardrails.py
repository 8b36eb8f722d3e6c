"""Few suggestions, different ones, with effects that are worth a conversation; and plays that rest."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from models.coaching.guardrails import Candidate, PastSuggestion, choose, cooling, refusal
from models.coaching.playbook import GapPlay, default_playbook
from models.coaching.settings import CoachingSettings

PLAYS = default_playbook().plays
SETTINGS = CoachingSettings()


def gap(name: str, mid: float = 3.0, p_positive: float = 0.9) -> Candidate:
    assert isinstance(PLAYS[name], GapPlay)
    return Candidate(PLAYS[name], 0, low=mid - 2, mid=mid, high=mid + 2, p_positive=p_positive)


def strength(name: str, standing: float = 0.1) -> Candidate:
    return Candidate(PLAYS[name], 0, standing=standing)


def chosen(
    candidates: list[Candidate], *, struggling: bool = False, settings: CoachingSettings = SETTINGS
) -> list[str]:
    return [one.play.id for one in choose(candidates, settings, struggling=struggling, counts=Counter())]


WIN, WIN_TOO = gap("discovery_review", 2.0), gap("focus_on_open_deals", 4.0)
TIMING, SIZE, VOLUME = gap("shorten_cycle", 3.0), gap("value_packaging", 1.5), gap("prospecting_block", 2.5)


def test_gaps_come_by_expected_effect() -> None:
    assert chosen([SIZE, TIMING, WIN]) == ["shorten_cycle", "discovery_review", "value_packaging"]


def test_at_most_three_are_shown() -> None:
    wide = CoachingSettings(effort_cap_hours=99)
    found = chosen([SIZE, TIMING, WIN, VOLUME], settings=wide)
    assert found == ["shorten_cycle", "prospecting_block", "discovery_review"]


def test_a_strength_comes_first_and_only_one() -> None:
    found = chosen([TIMING, strength("strength_deal_size", 0.2), strength("strength_winning", 0.05), WIN])
    assert found == ["strength_winning", "shorten_cycle", "discovery_review"]


def test_a_rep_who_struggles_gets_one_gap_and_no_more() -> None:
    assert chosen([WIN, TIMING, strength("strength_winning")], struggling=True) == ["shorten_cycle"]


def test_two_plays_never_move_the_same_factor() -> None:
    assert chosen([WIN, WIN_TOO]) == ["focus_on_open_deals"]


def test_small_or_unsure_effects_are_not_shown() -> None:
    assert refusal(gap("ramp_buddy", 0.99), SETTINGS) == "small_effect"
    assert refusal(gap("ramp_buddy", 1.0, p_positive=0.69), SETTINGS) == "unsure_effect"
    assert refusal(gap("ramp_buddy", 1.0, p_positive=0.7), SETTINGS) == ""
    assert chosen([gap("ramp_buddy", 0.5), gap("shorten_cycle", 9.0, p_positive=0.5)]) == []


def test_an_effect_that_is_not_a_number_is_not_shown() -> None:
    assert refusal(gap("ramp_buddy", float("nan")), SETTINGS) == "small_effect"


def test_all_together_stay_inside_the_effort_cap() -> None:
    # ramp_buddy takes 5 hours, value_packaging 4, shorten_cycle 2
    ordered = [gap("ramp_buddy", 9.0), gap("value_packaging", 8.0), gap("shorten_cycle", 7.0)]
    assert chosen(ordered, settings=CoachingSettings(effort_cap_hours=7.0)) == ["ramp_buddy", "shorten_cycle"]


def test_where_nothing_stands_out_nothing_is_shown() -> None:
    assert chosen([]) == []


def test_the_order_of_candidates_does_not_matter() -> None:
    tie = [gap("ramp_buddy", 3.0), gap("shorten_cycle", 3.0), gap("value_packaging", 3.0)]
    wide = CoachingSettings(effort_cap_hours=20.0)
    for candidates in (tie, tie[::-1]):
        assert chosen(candidates, settings=wide) == ["ramp_buddy", "shorten_cycle", "value_packaging"]


def test_what_was_withheld_is_counted() -> None:
    counts: Counter[str] = Counter()
    choose([WIN, WIN_TOO, gap("ramp_buddy", 0.1)], SETTINGS, struggling=False, counts=counts)
    assert +counts == {"same_mechanism": 1, "small_effect": 1}


def earlier(shown: date, closed: date | None, identity: str = "same") -> PastSuggestion:
    return PastSuggestion("r1", "discovery_review", identity, shown, closed)


@pytest.mark.parametrize(
    ("past", "rests"),
    [
        (earlier(date(2026, 11, 1), None), False),
        (earlier(date(2026, 10, 1), date(2026, 11, 1)), True),
        (earlier(date(2026, 9, 1), date(2026, 10, 1)), False),
        (earlier(date(2026, 11, 1), None, identity="of last quarter"), True),
        (earlier(date(2026, 9, 1), None, identity="of last quarter"), False),
    ],
)
def test_a_play_rests_once_closed_and_an_open_suggestion_stays(past: PastSuggestion, rests: bool) -> None:
    # discovery_review rests 42 days; as_of 23 Nov: 22 days after 1 Nov, 53 after 1 Oct
    assert cooling(PLAYS["discovery_review"], "same", [past], date(2026, 11, 23)) is rests


def test_another_play_does_not_make_it_rest() -> None:
    past = earlier(date(2026, 11, 20), date(2026, 11, 21))
    assert not cooling(PLAYS["ramp_buddy"], "same", [past], date(2026, 11, 23))
