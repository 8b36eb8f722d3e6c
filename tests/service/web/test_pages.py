"""Every page in every state and both languages: it renders, keeps the rules of the copy, and asks nobody else."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from features.domain.vocabulary import Status
from service.app import create_app
from service.settings import ServeSettings
from service.storage.engine import Storage, reading
from service.storage.snapshots import ReportingLine, SnapshotRepository
from service.storage.tables import suggestion_events
from service.web.texts import BANNED
from tests.service.world import World, snapshot
from tests.support.documents import CASES, RepCase, row, scorecard, team

HTML = {"Accept": "text/html"}
PAGES = (
    "/",
    "/team",
    "/teams/all",
    "/me",
    "/status",
    "/accuracy",
    "/coaching",
    "/signin",
    "/teams/all/diagnosis",
    "/reps/r-ok/diagnosis",
    *(f"/reps/r-{status.value}" for status in Status),
)
STATES = tuple(
    replace(
        CASES[0],
        rep_id=f"r-{status.value}",
        name=f"Person {index}",
        status=status.value,
        team_id="all",
        team_name="Everybody",
        quota=None if status is Status.NO_QUOTA else 1_000_000.0,
        risk_band="act" if status in {Status.OK, Status.WIDE} else None,
        drivers=status in {Status.OK, Status.WIDE},
        suggestions=3 if status is Status.OK else 0,
    )
    for index, status in enumerate(Status)
)


class _Reader(HTMLParser):
    """Collects what a person and a screen reader meet."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not {"script", "style"} & set(self._open):
            self.words.append(data.strip())


def read(html: str) -> _Reader:
    """Return what a page holds."""
    reader = _Reader()
    reader.feed(html)
    return reader


def _serve(storage: Storage, home: Path, *, days_later: float = 0.0) -> TestClient:
    moment = datetime.now(UTC) + timedelta(days=days_later)
    app = create_app(ServeSettings(database=home, demo=True), storage=storage, now=lambda: moment)
    return TestClient(app, base_url="http://127.0.0.1", headers=HTML)


@pytest.fixture(scope="module")
def everybody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Storage, Path]]:
    """Return a company in which each status occurs once."""
    home = tmp_path_factory.mktemp("everybody")
    world = World.build(home, scored=False)
    lines = [ReportingLine(case.rep_id, case.name, "all", "Everybody", "m-wang") for case in STATES]
    lines.append(ReportingLine("m-wang", "Wang Fang", None, None, None))
    counted = [case for case in STATES if case.quota]
    SnapshotRepository(world.storage.engine).add(
        snapshot(1),
        [scorecard(case) for case in STATES],
        [team(counted, team_id="all", team_name="Everybody")],
        [row(case) for case in STATES],
        lines,
    )
    yield world.storage, home
    world.storage.engine.dispose()


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("path", PAGES)
def test_each_page_renders_in_each_language(everybody: tuple[Storage, Path], path: str, lang: str) -> None:
    answer = _serve(*everybody).get(path, params={"lang": lang})

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    reader = read(answer.text)
    tags = dict(reader.tags)
    assert tags["html"]["lang"] == ("zh-CN" if lang == "zh" else "en")
    assert [tag for tag, _ in reader.tags].count("h1") == 1
    assert "None" not in reader.words
    words = " ".join(reader.words)
    assert not re.search(r"\bnan\b|\binf\b", words.lower())
    for word in BANNED[lang]:
        assert not re.search(
            rf"\b{re.escape(word)}" if lang == "en" else re.escape(word), words.lower().replace("其他", "")
        )


@pytest.mark.parametrize("path", PAGES)
def test_no_english_sentence_stands_on_a_chinese_page(everybody: tuple[Storage, Path], path: str) -> None:
    words = read(_serve(*everybody).get(path, params={"lang": "zh"}).text).words

    english = [text for text in words if re.search(r"(?:[A-Za-z]{2,}\s+){3,}[A-Za-z]{2,}", text)]
    # The command that an admin types is the same in both languages.
    assert [text for text in english if "paceline users token" not in text] == []


@pytest.mark.parametrize("path", PAGES)
def test_pages_ask_no_other_server_and_hold_no_inline_script_or_style(
    everybody: tuple[Storage, Path], path: str
) -> None:
    answer = _serve(*everybody).get(path)
    for tag, attrs in read(answer.text).tags:
        for name in ("src", "href", "action"):
            assert not re.match(r"(?:https?:)?//|data:|javascript:", attrs.get(name) or ""), (tag, attrs)
        assert "style" not in attrs
        assert not any(name.startswith("on") for name in attrs)
        assert tag != "style"
        assert tag != "script" or attrs.get("src")


@pytest.mark.parametrize("path", PAGES)
def test_pages_can_be_read_aloud_and_used_by_keyboard(everybody: tuple[Storage, Path], path: str) -> None:
    reader = read(_serve(*everybody).get(path).text)
    ids = [attrs["id"] for _, attrs in reader.tags if attrs.get("id")]
    assert len(ids) == len(set(ids))
    labelled = {attrs.get("for") for tag, attrs in reader.tags if tag == "label"}
    for tag, attrs in reader.tags:
        if tag in {"input", "select"} and attrs.get("type") != "hidden":
            assert attrs["id"] in labelled
        if tag == "svg":
            assert attrs.get("aria-hidden") == "true" or (attrs["role"] == "img" and attrs["aria-labelledby"])
        if tag == "th":
            assert attrs["scope"] in {"col", "row", "rowgroup"}
        assert "tabindex" not in attrs
    tables = [tag for tag, _ in reader.tags if tag in {"table", "caption"}]
    assert tables.count("table") == tables.count("caption")
    assert ("a", {"class": "skip", "href": "#main"}) in reader.tags


def test_every_estimate_carries_its_range(everybody: tuple[Storage, Path]) -> None:
    client = _serve(*everybody)
    for path in ("/team", "/reps/r-ok", "/reps/r-no_quota", "/reps/r-cold_start"):
        html = client.get(path).text
        lead = re.search(r'<p class="lead" data-kind="estimate">(.*?)</p>', html)
        assert lead
        assert re.search(r"\d+–\d+%|\d+K–¥|M–¥", lead[1]), (path, lead[1])
    # Range and chance stand in one sentence.
    assert "8 in 10 outcomes: " in client.get("/reps/r-ok").text
    sentence = re.search(
        r"Likely to finish[^.]*outcomes: 68–96%\), reaching it in about 1 of 20 outcomes \(6%\)\.",
        client.get("/reps/r-ok").text,
    )
    assert sentence


@pytest.mark.parametrize(
    ("status", "headline", "sentence"),
    [
        ("ok", "Person 0 is heading for 82% of target", "Book 5 more first meetings this week"),
        ("wide", "is heading for 82% of target", "The range is wide, so treat the middle number as a rough guide."),
        ("cold_start", "Too early for a personal forecast for Person 2", "6 weeks of history"),
        ("no_quota", "is heading for ¥820K", "No target is set for this period."),
        ("insufficient_exposure", "Too early for a personal forecast", "Nothing stands out this week."),
        ("left", "No forecast for", "Has left the company."),
        ("stale", "is heading for 82% of target", "The data is 9 days old."),
        ("undecidable", "No forecast for", "Targets and bookings differ by a factor of 100."),
    ],
)
def test_each_status_says_what_happened(
    everybody: tuple[Storage, Path], status: str, headline: str, sentence: str
) -> None:
    html = _serve(*everybody).get(f"/reps/r-{status}").text

    heading = re.search(r"<h1>(.*?)</h1>", html)
    assert heading
    assert headline in heading[1]
    assert sentence in html


@pytest.mark.parametrize("status", ["left", "undecidable"])
def test_numbers_that_would_be_wrong_are_withheld(everybody: tuple[Storage, Path], status: str) -> None:
    html = _serve(*everybody).get(f"/reps/r-{status}").text

    assert "82%" not in html
    assert '<svg viewBox="0 0 610' not in html


def test_a_rep_is_spoken_to_and_sees_no_team(everybody: tuple[Storage, Path]) -> None:
    client = _serve(*everybody)
    client.post("/persona", data={"persona": "r-ok"})

    html = client.get("/me").text

    assert "You are heading for 82% of target" in html
    assert "Person 1" not in html
    assert client.get("/team").status_code == 200  # says that there is no team
    assert "Person" not in " ".join(read(client.get("/team").text).words).replace("Person 0", "")
    assert client.get("/teams/all").status_code == 404


def test_old_data_is_announced_and_very_old_data_pauses_suggestions(everybody: tuple[Storage, Path]) -> None:
    fresh, old, ancient = (_serve(*everybody, days_later=days).get("/reps/r-ok").text for days in (1, 4, 8))

    assert "days old" not in fresh
    assert "Data is 4 days old" in old
    assert "Book 5 more first meetings" in old
    assert "Suggestions are paused" in ancient
    assert "Book 5 more first meetings" not in ancient


@pytest.mark.parametrize(("imported", "words"), [(False, "Nothing imported yet"), (True, "Imported, not scored yet")])
def test_before_the_first_forecast_the_page_says_what_to_do(tmp_path: Path, imported: bool, words: str) -> None:
    storage = World.build(tmp_path, scored=False).storage if imported else Storage.open(tmp_path)

    html = _serve(storage, tmp_path).get("/team").text

    assert words in html
    assert "paceline" in html
    storage.engine.dispose()


def test_a_leader_without_a_target_of_their_own_is_told_so(everybody: tuple[Storage, Path]) -> None:
    assert "No scorecard of your own" in _serve(*everybody).get("/me").text


def test_several_teams_are_listed_by_name(world: World, tmp_path: Path) -> None:
    client = _serve(world.storage, tmp_path)
    client.post("/persona", data={"persona": "m-boss"})

    html = client.get("/team").text

    assert html.index("East</a>") < html.index("North</a>")
    assert re.search(r'href="/teams/east"', html)


def test_what_is_not_there_gets_a_page_without_a_reference(everybody: tuple[Storage, Path]) -> None:
    answer = _serve(*everybody).get("/reps/r-nobody")

    assert answer.status_code == 404
    assert "There is no such thing, or it is not for you" in answer.text
    assert answer.headers["x-request-id"] not in answer.text


def test_an_answer_is_kept_and_shown_without_a_script(everybody: tuple[Storage, Path]) -> None:
    storage, home = everybody
    client = _serve(storage, home)
    page = client.get("/reps/r-ok").text
    assert page.count('name="state" value="done"') == 3

    answer = client.post("/suggestions/r-ok-s1/feedback", data={"state": "not_useful", "reason": "no leads <b>"})

    assert answer.status_code == 200
    assert answer.url.path == "/reps/r-ok"
    assert "Answer kept: Not useful" in answer.text
    assert 'value="not_useful" aria-pressed="true"' in answer.text
    assert 'value="no leads &lt;b&gt;"' in answer.text
    with reading(storage.engine) as connection:
        assert (
            connection.execute(
                select(func.count()).select_from(suggestion_events).where(suggestion_events.c.state == "not_useful")
            ).scalar()
            == 1
        )


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        ("/suggestions/r-ok-s0/feedback", {"state": "maybe"}, 422),
        ("/suggestions/r-ok-s0/feedback", {}, 422),
        ("/suggestions/nothing/feedback", {"state": "done"}, 404),
        ("/suggestions/r-ok-s0/feedback", {"state": "not_useful", "reason": "x" * 501}, 422),
        ("/suggestions/nothing/approve", {}, 404),
        ("/signin", {f"f{number}": "x" for number in range(11)}, 422),
    ],
)
def test_a_form_that_does_not_fit_changes_nothing(
    everybody: tuple[Storage, Path], path: str, form: dict[str, str], status: int
) -> None:
    assert _serve(*everybody).post(path, data=form).status_code == status


def test_the_language_is_remembered(everybody: tuple[Storage, Path]) -> None:
    client = _serve(*everybody)

    assert 'lang="en"' in client.get("/status").text
    client.get("/status", params={"lang": "zh"})

    assert 'lang="zh-CN"' in client.get("/status").text
    assert 'lang="en"' in client.get("/status", params={"lang": "en"}).text


def test_names_are_escaped_wherever_they_stand(tmp_path: Path) -> None:
    evil = RepCase("r<x>", "<script>alert(1)</script>", team_id="t&t", team_name='"><img src=x>')
    world = World.build(tmp_path, scored=False)
    lines = [
        ReportingLine(evil.rep_id, evil.name, evil.team_id, evil.team_name, "m"),
        ReportingLine("m", "<i>M</i>", None, None, None),
    ]
    documents = [scorecard(evil)], [team([evil], team_id="t&t", team_name='"><img src=x>')]
    SnapshotRepository(world.storage.engine).add(snapshot(1), *documents, [row(evil)], lines)
    client = _serve(world.storage, tmp_path)

    for path in ("/team", "/teams/t%26t", "/reps/r%3Cx%3E", "/status"):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "<script>alert" not in answer.text
        assert "<img" not in answer.text
        assert "<i>M" not in answer.text
    world.storage.engine.dispose()


def test_a_page_is_light(everybody: tuple[Storage, Path]) -> None:
    client = _serve(*everybody)
    parts = [client.get(path).content for path in ("/teams/all", "/static/paceline.css", "/static/paceline.js")]

    assert len(gzip.compress(b"".join(parts))) < 60_000
