"""The page about past accuracy says what the documents say, and nothing where too little stands behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from models.accuracy.settings import AccuracySettings
from service.accuracy.schemas import Accuracy
from service.app import create_app
from service.settings import ServeSettings
from service.storage.backtests import SqlBacktestLog
from service.web.texts import BANNED
from service.web.views.accuracy import AccuracyPage, accuracy_page, reliability
from tests.service.web.test_pages import read
from tests.service.world import PEOPLE, World
from tests.support.backtests import KEY, backtest_rows, record, record_of
from training.backtest.summary import summarise

HTML = {"Accept": "text/html"}
SETTINGS = AccuracySettings()


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World.build(tmp_path_factory.mktemp("home"))
    SqlBacktestLog(world.storage.engine).record(KEY, record())
    yield world
    world.storage.engine.dispose()


def _view(world: World, caller: str = "boss", lang: str = "en") -> AccuracyPage:
    found = Accuracy.model_validate(world.client(caller).get("/v1/accuracy").json())
    return accuracy_page(found, lang=lang, settings=SETTINGS)


def test_figures_of_the_page_equal_those_recomputed_from_the_rows(judged: World) -> None:
    expected = summarise(backtest_rows()).set_index(["forecaster", "lead"])
    view = _view(judged)
    assert view.error_table.heads == ["When", "Paceline", "Even pace"]
    for (_, cells), lead in zip(view.error_table.rows, ("day 0", "1/4", "1/2", "3/4"), strict=True):
        for cell, name in zip(cells, ("paceline", "pace"), strict=True):
            assert cell.split(" (")[0] == str(round(expected.loc[(name, lead), "mae"] * 100))
    for (_, cells), lead in zip(view.coverage_table.rows, ("day 0", "1/4", "1/2", "3/4"), strict=True):
        assert cells[0].split(" (")[0] == f"{round(expected.loc[('paceline', lead), 'coverage_80'] * 100)}%"
    half = expected.loc[("paceline", "1/2")]
    words = " ".join(view.lead)
    assert f"missed the final figure by {round(half['mae'] * 100)} points" in words
    assert f"range held {round(half['coverage_80'] * 100)}% of outcomes" in words
    assert f"forecasts were {round(abs(half['bias']) * 100)}% too" in words
    assert "Judged on 4 closed periods (1 Oct 2025 to 30 Sep 2026)" in words


def test_every_rule_stands_beside_the_served_forecast_which_comes_first(judged: World) -> None:
    view = _view(judged)
    assert [name for name, _ in view.rules.rows] == ["Paceline", "Even pace", "Past average"]
    assert all(re.fullmatch(r"\d+ \(\d+–\d+\)", cell) for _, cells in view.rules.rows for cell in cells)


def test_small_teams_are_named_without_a_figure(judged: World) -> None:
    assert _view(judged).teams.rows == [
        ("East", ["too few to say"] * 3 + ["12"]),
        ("North", ["too few to say"] * 3 + ["12"]),
    ]
    assert _view(judged, "chen").teams.rows == []


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("caller", PEOPLE)
def test_everybody_may_open_the_page_in_both_languages(judged: World, caller: str, lang: str) -> None:
    answer = judged.client(caller).get(f"/accuracy?lang={lang}", headers=HTML)
    assert answer.status_code == 200
    reader = read(answer.text)
    words = " ".join(reader.words)
    assert [tag for tag, _ in reader.tags].count("h1") == 1
    assert not re.search(r"\bnan\b|\binf\b|\bNone\b", words)
    for word in BANNED[lang]:
        assert not re.search(rf"\b{re.escape(word)}" if lang == "en" else re.escape(word), words.lower())
    if lang == "zh":
        assert not [text for text in reader.words if re.search(r"(?:[A-Za-z]{2,}\s+){3,}[A-Za-z]{2,}", text)]


def test_an_anonymous_caller_is_sent_to_sign_in(judged: World) -> None:
    answer = judged.client().get("/accuracy", headers=HTML)
    assert (answer.status_code, answer.headers["location"]) == (303, "/signin")


@pytest.mark.parametrize(
    ("scored", "note", "words"),
    [
        (False, None, "Nothing is forecast yet"),
        (True, None, "trained before backtests were kept"),
        (True, "3 periods", "Too few periods have closed"),
    ],
)
def test_without_a_judged_period_the_page_says_what_to_do(
    tmp_path: Path, scored: bool, note: str | None, words: str
) -> None:
    world = World.build(tmp_path, scored=scored)
    if note is not None:
        SqlBacktestLog(world.storage.engine).record(KEY, record_of(backtest_rows().iloc[:0], folds=[], note=note))
    html = world.client("wang").get("/accuracy?lang=en", headers=HTML).text
    assert words in html
    assert '<svg viewBox="0 0 610' not in html
    world.storage.engine.dispose()


def test_rows_of_few_people_are_not_drawn(tmp_path: Path) -> None:
    world = World.build(tmp_path)
    few = backtest_rows({"r-chen": "north", "r-wu": "north"})
    SqlBacktestLog(world.storage.engine).record(KEY, record_of(few))
    view = _view(world)
    assert view.error == ""
    assert view.lead == []
    assert "Too few periods" in view.missing
    world.storage.engine.dispose()


@pytest.mark.parametrize("path", ["/teams/north", "/status", "/reps/r-chen"])
def test_other_pages_lead_here(judged: World, path: str) -> None:
    assert '<a href="/accuracy">' in judged.client("wang").get(path, headers=HTML).text


@pytest.mark.parametrize(("elapsed", "lead"), [(0.0, "day 0"), (0.24, "day 0"), (0.5, "1/2"), (0.99, "3/4")])
def test_a_forecast_says_how_good_it_was_at_this_point_of_past_periods(elapsed: float, lead: str) -> None:
    expected = summarise(backtest_rows()).set_index(["forecaster", "lead"]).loc[("paceline", lead)]
    words = reliability(record().company["lines"], "paceline", elapsed, "en")
    held, miss = round(expected["coverage_80"] * 100), round(expected["mae"] * 100)
    assert f"In the last 4 periods, at this point, the 8-in-10 range held {held}% of the time" in words
    assert f"typical miss {miss} points (range over periods " in words


def test_nothing_is_claimed_from_few_people() -> None:
    few = record_of(backtest_rows({"r-chen": "north"})).company["lines"]
    assert reliability(few, "paceline", 0.5, "en") == ""
    assert reliability([], "paceline", 0.5, "en") == ""


def test_flags_are_told_as_shares_and_days(judged: World) -> None:
    flags = dict(_view(judged).flags.rows)
    told = {line["lead"]: line for line in record().company["flags"]}["1/2"]
    flagged, precision = told["flagged"], told["precision"]
    assert flagged is not None
    assert precision is not None
    assert flags["½ gone"][:2] == [f"{round(flagged * 100)}%", f"{round(precision * 100)}%"]


def test_the_page_is_light(judged: World) -> None:
    assert len(judged.client("admin").get("/accuracy", headers=HTML).content) < 40_000


def test_people_s_numbers_are_drawn_and_told_once_enough_stand_behind_them() -> None:
    line = {
        "category": "most_likely",
        "side": "manager",
        "metric": "revenue",
        "lead": "1/2",
        "rep_periods": 24,
        "reps": 6,
        "periods": 4,
        "insufficient": False,
        "mae": {"value": 0.31, "low": 0.25, "high": 0.4},
        "bias": {"value": 0.16, "low": -0.02, "high": 0.23},
        "reached": {"value": 0.4, "low": 0.3, "high": 0.5},
        "beside": [{"forecaster": "paceline", "mae": {"value": 0.28, "low": 0.2, "high": 0.3}}],
    }
    company = [dict(item) for item in record().company["lines"]]
    run = {
        "run_id": "r",
        "model_version": "1",
        "dataset_version": "d",
        "as_of": "2026-10-12",
        "recorded_at": "2026-10-12T00:00:00Z",
        "served": "paceline",
        "nominal_coverage": 0.8,
    }
    found = {"run": run, "missing": None, "periods": record().company["periods"], "company": company}
    page = accuracy_page(
        Accuracy.model_validate({**found, "teams": [], "calls": [line], "flags": []}), lang="en", settings=SETTINGS
    )
    assert page.calls.rows == [
        (
            "Manager · Most likely",
            ["½ gone", "31 (25–40)", "28 (20–30)", "too few to say", "+16% (−2% to +23%)", "40% (30%–50%)", "24"],
        )
    ]
    assert page.calls.heads == [
        "Who",
        "When",
        "Miss, points",
        "Paceline",
        "Even pace",
        "Too high or low",
        "Reached",
        "Rep-periods",
    ]
    assert page.error_table.heads == ["When", "Paceline", "Even pace", "Manager: Most likely"]
    assert "Manager: Most likely ½ gone: 31" in page.error


def _served_at(world: World, home: Path) -> World:
    moment = datetime(2026, 11, 24, 9, tzinfo=UTC)
    world.app = create_app(ServeSettings(database=home), storage=world.storage, now=lambda: moment)
    return world


@pytest.mark.parametrize(
    ("words", "amount"),
    [("2.1M", 2_100_000.0), ("90%", 2_160_000.0), ("1,900,000", 1_900_000.0), ("190 万", 1_900_000.0)],
)
def test_a_number_given_on_the_page_stands_beside_the_forecast(tmp_path: Path, words: str, amount: float) -> None:
    world = _served_at(World.build(tmp_path), tmp_path)
    client = world.client("chen")
    html = client.get("/me?lang=en", headers=HTML).text
    assert "No number of one’s own yet." in html
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', html.split('class="gc', 1)[1]))
    assert fields == {
        "period_start": "2026-10-01",
        "period_end": "2026-12-31",
        "metric": "revenue",
        "quota": "2400000.0",
    }

    answer = client.post("/reps/r-chen/calls", data={**fields, "amount": words, "category": "commit", "note": "<b>x"})

    assert (answer.status_code, answer.headers["location"]) == (303, "/me?kept=1#call")
    shown = client.get("/me?lang=en&kept=1", headers=HTML).text
    assert client.get("/v1/reps/r-chen/calls").json()["standing"][0]["amount"] == amount
    assert "Rep · Commit" in shown
    assert f"({round(amount / 24_000)}% of target)" in shown
    assert "24 Nov 2026, chen" in shown
    assert "8 in 10 outcomes: 68–96%" in shown.split('id="call"')[1].split("</section>")[0]
    assert ">Kept.<" in shown
    assert "<b>x" not in shown
    world.storage.engine.dispose()


@pytest.mark.parametrize("words", ["", "much", "-5", "1e400", "90 %%", "NaN", "9" * 40])
def test_what_is_no_amount_is_refused_and_not_kept(world: World, words: str) -> None:
    assert world.client("chen").post("/reps/r-chen/calls", data={"amount": words}).status_code == 422
    assert world.client("chen").get("/v1/reps/r-chen/calls").json()["items"] == []


@pytest.mark.parametrize(("caller", "form"), [("chen", True), ("wang", True), ("boss", True), ("admin", False)])
def test_only_the_rep_and_those_who_lead_them_find_a_form(shared: World, caller: str, form: bool) -> None:
    html = shared.client(caller).get("/reps/r-chen", headers=HTML).text
    assert ('class="gc' in html) is form
    assert 'id="call"' in html


@pytest.mark.parametrize("caller", ["nair", "east", "lab", "admin"])
def test_a_form_sent_by_anybody_else_changes_nothing(world: World, caller: str) -> None:
    assert world.client(caller).post("/reps/r-chen/calls", data={"amount": "5"}).status_code == 404
    assert world.client("chen").get("/v1/reps/r-chen/calls").json()["items"] == []
