"""Effects over HTTP: counted over all, small groups never told, and nothing claimed before it can be."""

from __future__ import annotations

from datetime import date
from typing import cast

import pytest
from sqlalchemy import insert, select

from models.coaching.effect_docs import EffectsDoc
from models.coaching.playbook import default_playbook
from models.coaching.proofs import effects
from service.coaching.effects import Effects, keep_effects, read_effects, suppressed
from service.storage.engine import reading, writing
from service.storage.snapshots import unpacked
from service.storage.tables import coaching_effects, suggestion_events, suggestions
from tests.service.world import PEOPLE, World

PATH = "/v1/coaching/effects"


@pytest.fixture
def judged(world: World) -> World:
    """Return the company after a judgement that could not say anything yet."""
    with writing(world.storage.engine) as connection:
        keep_effects(connection, effects(default_playbook(), [], {}, date(2026, 11, 22)))
    return world


def add(world: World, play_id: str, state: str, reps: int) -> None:
    """Let a suggestion of a play be in a state for so many reps."""
    with writing(world.storage.engine) as connection:
        known = set(connection.execute(select(suggestions.c.suggestion_id)).scalars())
        for number in range(reps):
            name = f"{play_id}-{number}"
            if name not in known:
                row = {"suggestion_id": name, "rep_id": f"x{number}", "play_id": play_id, "audience": "rep"}
                connection.execute(insert(suggestions).values(**row, due="2026-12-01", first_snapshot_id="s1"))
            event = {"suggestion_id": name, "actor": "u", "state": state, "recorded_at": "now"}
            connection.execute(insert(suggestion_events).values(**event))


def test_anonymous(shared: World) -> None:
    assert shared.client().get(PATH).status_code == 401


@pytest.mark.parametrize("caller", PEOPLE)
def test_those_who_measure_coaching_may_look(shared: World, caller: str) -> None:
    expected = 404 if caller in {"chen", "nair"} else 200
    assert shared.client(caller).get(PATH).status_code == expected
    assert shared.client(caller).get("/coaching", headers={"Accept": "text/html"}).status_code == expected


@pytest.mark.parametrize("caller", PEOPLE)
def test_the_way_there_is_shown_to_those_who_may_go_it(shared: World, caller: str) -> None:
    page = shared.client(caller).get("/status", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert ('href="/coaching"' in page.text) is (caller not in {"chen", "nair"})


def test_before_the_first_judgement_nothing_is_said(shared: World) -> None:
    assert shared.client("lab").get(PATH).json() == {"as_of": None, "level": None, "plays": []}
    page = shared.client("lab").get("/coaching?lang=en", headers={"Accept": "text/html"}).text
    assert "Nothing has been judged yet" in page


def test_without_data_every_play_says_how_much_is_missing(judged: World) -> None:
    found = Effects.model_validate(judged.client("lab").get(PATH).json())

    assert len(found.plays) == len(default_playbook().gaps)
    # 5 points at a spread of 60 take 2,258 rep-periods with the play and as many without, told in hundreds.
    assert {(play.refused, play.needs) for play in found.plays} == {("too_few", 4600)}
    assert {play.helps for play in found.plays} == {False}
    page = judged.client("lab").get("/coaching?lang=en", headers={"Accept": "text/html"}).text
    assert "needs 4,600 more rep-periods" in page
    assert (
        "还需 4,600 个人次周期" in judged.client("lab").get("/coaching?lang=zh", headers={"Accept": "text/html"}).text
    )


def test_plays_that_few_have_seen_share_one_sentence(judged: World) -> None:
    plays, headers = len(default_playbook().gaps), {"Accept": "text/html"}
    before = judged.client("lab").get("/coaching?lang=en", headers=headers).text
    assert f"{plays} plays were shown to fewer than five people each" in before
    assert "<table" not in before
    add(judged, "ramp_buddy", "shown", 6)
    after = judged.client("lab").get("/coaching?lang=en", headers=headers).text
    assert after.count('<th scope="row">') == 1
    assert f"{plays - 1} plays were shown to fewer than five people each" in after


def test_counts_of_fewer_than_five_people_are_not_told(judged: World) -> None:
    add(judged, "ramp_buddy", "shown", 6)
    add(judged, "ramp_buddy", "accepted", 5)
    add(judged, "ramp_buddy", "done", 4)

    with reading(judged.storage.engine) as connection:
        told = {play.play_id: play for play in read_effects(connection).plays}

    play = told["ramp_buddy"]
    assert (play.shown, play.accepted, play.done, play.rep_periods) == (6, 5, None, None)


@pytest.mark.parametrize(("periods", "needs", "told"), [(0, 4_516, 4_600), (4, 4_512, 4_600), (5, 4_511, 4_511)])
def test_what_is_missing_does_not_tell_a_small_count(judged: World, periods: int, needs: int, told: int) -> None:
    with writing(judged.storage.engine) as connection:
        query = select(coaching_effects.c.document).order_by(coaching_effects.c.seq.desc()).limit(1)
        document = cast(EffectsDoc, unpacked(connection.execute(query).scalar_one()))
        document["plays"] = [{**play, "rep_periods": periods, "needs": needs} for play in document["plays"]]
        keep_effects(connection, document)
    with reading(judged.storage.engine) as connection:
        found = read_effects(connection).plays
    assert {play.needs for play in found} == {told}
    assert {play.rep_periods for play in found} == {periods if periods >= 5 else None}


def test_a_rep_who_answers_twice_counts_once(judged: World) -> None:
    add(judged, "ramp_buddy", "accepted", 3)
    add(judged, "ramp_buddy", "accepted", 3)
    with reading(judged.storage.engine) as connection:
        assert {play.accepted for play in read_effects(connection).plays} == {None}


def test_no_answer_names_a_rep(judged: World) -> None:
    add(judged, "ramp_buddy", "shown", 6)
    assert "x1" not in judged.client("lab").get(PATH).text


@pytest.mark.parametrize(("count", "told"), [(0, None), (4, None), (5, 5), (60, 60)])
def test_small_groups_are_suppressed(count: int, told: int | None) -> None:
    assert suppressed(count) == told
