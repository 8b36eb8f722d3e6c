"""Who is put forward for a conversation, and who is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from service.scoring.documents import ScorecardDoc
from service.web.views.team import change_since, group_of, help_weight, team_page
from tests.support.documents import CASES, row, scorecard, team


def _card(**changes: object) -> ScorecardDoc:
    return scorecard(replace(CASES[0], **changes))  # type: ignore[arg-type]


def test_a_small_chance_with_a_driver_that_can_be_changed_is_worth_a_conversation() -> None:
    assert group_of(_card(), None) == "talk"


def test_a_small_chance_alone_is_kept_in_view_only() -> None:
    assert group_of(_card(drivers=False), None) == "watch"
    assert group_of(_card(drivers=False), -1.9) == "watch"


def test_a_small_chance_that_is_falling_is_worth_a_conversation() -> None:
    assert group_of(_card(drivers=False), -2.0) == "talk"


def test_a_good_chance_is_on_course() -> None:
    assert group_of(_card(middle=1.05, risk_band="on_track"), -5.0) == "ok"


def test_the_band_act_speaks_even_where_the_chance_is_even() -> None:
    assert group_of(_card(middle=1.01, risk_band="act"), None) == "talk"


@pytest.mark.parametrize("status", ["cold_start", "insufficient_exposure", "left", "undecidable", "stale", "no_quota"])
def test_people_without_a_forecast_of_their_own_are_never_put_forward(status: str) -> None:
    assert group_of(_card(status=status), -20.0) == "early"


def test_a_card_without_a_forecast_is_too_early_to_say() -> None:
    assert group_of(scorecard(CASES[0], forecasts=[]), None) == "early"


def test_the_change_is_the_move_of_the_middle_in_points() -> None:
    before = row(replace(CASES[0], middle=0.86), version="13")

    # 82 % now, 86 % a week ago.
    assert change_since(_card(), [before]) == -4.0
    assert change_since(_card(), [{**before, "period_start": "2026-07-01"}]) is None
    assert change_since(_card(), []) is None
    assert change_since(_card(quota=None), [before]) is None


def test_help_is_what_an_hour_of_the_best_suggestion_may_move() -> None:
    # Suggestions of +5 and +4 in 3 hours each, and a strength of 0.
    assert help_weight(_card()) == pytest.approx(5.0 / 3.0)
    # Without one: a tenth of -9, -5.5 and -4, which the rep can change.
    assert help_weight(_card(suggestions=0)) == pytest.approx(1.85)


def test_at_most_five_are_put_forward_and_the_rest_stands_below() -> None:
    cards = [_card(rep_id=f"r{number}", name=f"P{number}") for number in range(7)]

    page = team_page(team(CASES), cards, {}, team_id="north", lang="en", wide_points=60.0)

    assert [group.code for group in page.groups] == ["talk"]
    assert (len(page.groups[0].people), len(page.groups[0].rest)) == (5, 2)
    assert len(page.agenda) == 5


def test_no_group_is_sorted_by_attainment() -> None:
    cards = [
        _card(rep_id="a", name="Ann", middle=1.1, risk_band="on_track"),
        _card(rep_id="b", name="Bo", middle=1.5, risk_band="on_track"),
        _card(rep_id="c", name="Cy", middle=1.2, risk_band="on_track"),
    ]

    page = team_page(None, cards, {}, team_id="north", lang="en", wide_points=60.0)

    assert [person.name for person in page.groups[0].people] == ["Ann", "Bo", "Cy"]
    assert page.total is None


def test_the_parts_of_the_total_add_up_and_the_dots_are_the_chance() -> None:
    document = team(CASES)
    forecast = document["forecasts"][0]
    split = forecast["accounting"]

    assert split["booked"] + split["open_deals"] + split["new_deals"] == pytest.approx(split["mean"])
    hits = sum(finish >= (forecast["quota"] or 0) for finish in forecast["dots"])
    assert abs(hits / 20 - (forecast["p_attain"] or 0)) <= 0.05


def _waiting(count: int, lang: str = "en") -> str:
    cards = [_card(rep_id=f"r{number}", name=f"P{number}") for number in range(4)]
    for card in cards[:count]:
        card["forecasts"][0]["alert"] = {"since": None, "waiting": True}
    cards[3]["forecasts"][0]["alert"] = {"since": "2026-11-17", "waiting": False}
    return team_page(team(CASES), cards, {}, team_id="north", lang=lang, wide_points=60.0).waiting


def test_the_page_says_that_the_budget_kept_somebody_off_the_list() -> None:
    assert _waiting(0) == ""
    assert _waiting(1).startswith("1 person is likely enough to end below target but not flagged yet: the team has had")
    assert _waiting(2).startswith("2 people are")
    assert _waiting(2, "zh").startswith("另有 2 位")
