"""The working pages without a script: what-if and 1:1 in both languages, and who may open them."""

from __future__ import annotations

import re

import pytest

from service.web.texts import BANNED
from service.web.views.whatif import asked_in, nice_step
from tests.service.auth.test_authz_matrix import SCORED, _may_see
from tests.service.web.test_pages import read
from tests.service.world import PEOPLE, World

HTML = {"Accept": "text/html"}
PAGES = ("/reps/r-chen/what-if?pipeline=500000&win_points=2", "/reps/r-chen/one-on-one?week=2026-11-25")


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("caller", ["chen", "wang", "admin"])
def test_each_page_renders_in_each_language(shared: World, caller: str, path: str, lang: str) -> None:
    answer = shared.client(caller).get(f"{path}&lang={lang}", headers=HTML)
    assert answer.status_code == 200
    reader = read(answer.text)
    assert [tag for tag, _ in reader.tags].count("h1") == 1
    words = " ".join(reader.words)
    assert "None" not in reader.words
    assert not re.search(r"\bnan\b|\binf\b", words.lower())
    for word in BANNED[lang]:
        found = rf"\b{re.escape(word)}" if lang == "en" else re.escape(word)
        assert not re.search(found, words.lower().replace("其他", ""))


@pytest.mark.parametrize("caller", PEOPLE)
@pytest.mark.parametrize("page", ["what-if", "one-on-one"])
def test_those_who_see_the_rep_may_open_them(shared: World, caller: str, page: str) -> None:
    for subject in (*SCORED, "nobody"):
        status = shared.client(caller).get(f"/reps/{subject}/{page}", headers=HTML).status_code
        assert status == (200 if subject in SCORED and _may_see(caller, subject) else 404), (caller, subject)


def test_the_answer_alone_is_the_same_as_on_the_page(shared: World) -> None:
    client = shared.client("wang")
    part = read(client.get(f"{PAGES[0]}&lang=en&fragment=1", headers=HTML).text).words
    whole = " ".join(read(client.get(f"{PAGES[0]}&lang=en", headers=HTML).text).words)
    assert part
    assert all(words in whole for words in part)
    assert any("A pattern, not a promise." in words for words in part)
    assert any("80% chance" in words for words in part)


def test_only_the_two_find_a_form_and_what_they_send_is_kept(world: World) -> None:
    path = "/reps/r-chen/one-on-one?week=2026-11-25"
    form = {"revision": "0", "idea": "mine", "text0": "call", "due0": "2026-12-01", "who0": "manager", "text1": " "}
    for caller, status in (("admin", 404), ("boss", 404), ("east", 404), ("chen", 303)):
        answer = world.client(caller).post(path, data=form)
        assert answer.status_code == status, caller
    shown = world.client("wang").get(path, headers=HTML).text
    assert 'value="call"' in shown
    assert ">mine</textarea>" in shown
    hidden = world.client("admin").get(path, headers=HTML).text
    assert '<form class="card k wr"' not in hidden
    assert "mine" not in " ".join(read(hidden).words)
    assert world.client("chen").post(path, data=form).status_code == 409
    assert world.client("chen").post(path, data={**form, "revision": "x"}).status_code == 422
    assert world.client("chen").get("/reps/r-chen/one-on-one?week=soon", headers=HTML).status_code == 422


def test_markup_in_notes_stays_text(world: World) -> None:
    path = "/reps/r-chen/one-on-one?week=2026-11-25"
    world.client("chen").post(path, data={"revision": "0", "notes": "</textarea><script>x</script>"})
    assert "<script>x" not in world.client("wang").get(path, headers=HTML).text


def test_levers_that_are_no_numbers_stay_where_they_are() -> None:
    asked = asked_in({"pipeline": "a lot", "meetings": "3", "win_points": "9000", "size_percent": "nan"})
    assert (asked.pipeline, asked.meetings, asked.win_points, asked.size_percent) == (0.0, 3.0, 0.0, 0.0)


@pytest.mark.parametrize(("amount", "step"), [(2_160_000.0, 200_000.0), (78_000.0, 5_000.0), (0.0, 1.0)])
def test_steps_are_round(amount: float, step: float) -> None:
    assert nice_step(amount) == step
