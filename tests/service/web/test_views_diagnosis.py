"""The page of a diagnosis says what the document says, the plan first where it must."""

from __future__ import annotations

import re

import pytest

from service.web.views.diagnosis import diagnosis_page
from tests.service.world import World
from tests.support.diagnoses import rep_diagnosis, team_diagnosis

HTML = {"Accept": "text/html"}


def test_every_cause_stands_in_the_table_with_range_and_amount() -> None:
    page = diagnosis_page(rep_diagnosis("r"), name="Chen", own=False, lang="en")
    assert page.miss is not None
    assert page.miss.rows[0] == [
        "Quota and plan",
        "What the quota asks beyond what similar reps usually book",
        "+12.0",
        "+4.0 to +20.0",
        "¥288K",
    ]
    assert [row[2] for row in page.miss.rows] == ["+12.0", "+9.0", "−4.5", "+3.0", "−1.5"]
    assert page.lead == ("Oct–Dec 2026. On average 82% of target; 8 in 10 outcomes: 61–104%. Data to 22 Nov 2026.")


def test_a_stage_says_both_values_and_a_stage_with_few_deals_says_nothing() -> None:
    page = diagnosis_page(rep_diagnosis("r"), name="Chen", own=False, lang="en")
    funnel = page.pictures[0]
    assert funnel.rows[1] == [
        "Proposal",
        "40% (30%–50%), similar 60%",
        "31 days (25–38), similar 19 days",
        "3 deals · ¥640K",
    ]
    assert funnel.rows[2] == ["Negotiation", "—", "—", "1 deal · ¥90K"]


def test_only_teams_have_trainings_and_the_best_comes_first() -> None:
    rep = diagnosis_page(rep_diagnosis("r"), name="Chen", own=False, lang="en")
    team = diagnosis_page(team_diagnosis("t"), name="North", own=False, lang="en")
    assert (len(rep.pictures), len(team.pictures)) == (2, 3)
    assert [row[0] for row in team.pictures[2].rows] == ["Winning more of the deals", "Closing in time"]
    assert "Chance of the team’s target: 36% instead of 30%." in team.pictures[2].sentence
    assert "not a promise" in team.pictures[2].sentence


def test_hard_quotas_are_named_with_amount_and_chance_before_the_period_begins() -> None:
    page = diagnosis_page(team_diagnosis("t"), name="North", own=False, lang="en")
    (row,) = page.quotas
    assert (row.period, row.state) == ("Jan–Mar 2027", "not begun")
    assert row.hard == ["Person of a hard quota: ¥2.90M, met in 12% of similar reps’ outcomes"]


def test_what_cannot_be_told_is_said() -> None:
    empty = rep_diagnosis("r")
    empty["miss"], empty["funnel"], empty["contrasts"] = None, None, None
    empty["missing"] = [{"en": "No funnel.", "zh": "没有漏斗。"}]
    page = diagnosis_page(empty, name="Chen", own=True, lang="zh")
    assert page.title == "我的差距从何而来"
    assert (page.miss, page.pictures, page.missing) == (None, [], ["没有漏斗。"])


@pytest.mark.parametrize(("team", "first"), [("east", True), ("north", False)])
def test_the_team_page_begins_with_the_plan_only_where_more_than_half_is_flagged(
    shared: World, team: str, first: bool
) -> None:
    body = shared.client("admin").get(f"/teams/{team}?lang=en", headers=HTML).text
    assert ('id="plan-first"' in body) is first
    if first:
        assert body.index("Look at the plan before the people") < body.index("Where the number comes from")
        assert body.index("Look at the plan before the people") < body.index('class="card people"')
    assert f'href="/teams/{team}/diagnosis"' in body


def test_the_diagnosis_of_such_a_team_tells_plan_and_quota_before_anything_about_people(shared: World) -> None:
    body = shared.client("admin").get("/teams/east/diagnosis?lang=en", headers=HTML).text
    order = [body.index(mark) for mark in ('id="plan-first"', 'id="quota"', 'id="gap"', 'id="part1"')]
    assert order == sorted(order)
    assert re.search(r"gap.*?<th scope=\"row\">Quota and plan", body, re.DOTALL)


def test_a_rep_reads_their_own_page_and_finds_the_way_there(shared: World) -> None:
    client = shared.client("chen")
    assert 'href="/reps/r-chen/diagnosis"' in client.get("/me?lang=en", headers=HTML).text
    body = client.get("/reps/r-chen/diagnosis?lang=en", headers=HTML).text
    assert "Where my gap comes from" in body
    assert 'href="/me"' in body
