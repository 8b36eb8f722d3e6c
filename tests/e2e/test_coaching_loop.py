"""The loop of coaching over simulated time: suggest, answer, measure, learn, and say what is still missing."""

from __future__ import annotations

import shutil
import zlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, Select, select
from starlette.testclient import TestClient

from paceline.commands import coach, score
from paceline.home import Home
from paceline.settings import CommandSettings
from service.app import create_app
from service.auth.demo import ADMIN_PERSONA, PERSONA_COOKIE
from service.coaching.log import play_outcomes, settled_decisions
from service.settings import ServeSettings
from service.storage.engine import Storage, reading
from service.storage.tables import coaching_decisions, snapshots, suggestion_events, suggestions

AGO = 200
"""Days before the newest fact at which the loop begins: two quarters settle until then."""


class Loop:
    """A copy of the demonstration, told again from half a year ago.

    Attributes:
        home: Its home folder.
        first: Day of the first scoring.
        last: Day of the newest fact.
        storage: Its database.
    """

    def __init__(self, home: Path) -> None:
        self.home, self.settings = Home(home), CommandSettings()
        self.storage = Storage.open(home)
        with reading(self.storage.engine) as connection:
            self.last = date.fromisoformat(connection.execute(select(snapshots.c.as_of)).scalars().first() or "")
        self.first = self.last - timedelta(days=AGO)

    def score(self, day: date) -> None:
        """Score as of a day, as `paceline score` does."""
        score.run(self.home, self.settings, as_of=day, out=None, as_json=True)

    def client(self, day: date) -> TestClient:
        """Return an administrator's client whose clock stands at noon of a day."""
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        settings = ServeSettings(database=self.home.root, demo=True)
        app = create_app(settings, storage=self.storage, now=lambda: noon)
        return TestClient(app, base_url="http://127.0.0.1", cookies={PERSONA_COOKIE: ADMIN_PERSONA})

    def rows(self, query: Select[Any]) -> list[Row[Any]]:
        """Return what a query finds."""
        with reading(self.storage.engine) as connection:
            return list(connection.execute(query).all())


@pytest.fixture(scope="module")
def loop(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loop]:
    """Score half a year ago, answer every first suggestion, and score today."""
    home = tmp_path_factory.mktemp("loop") / "home"
    shutil.copytree(demo_home, home)
    told = Loop(home)
    told.score(told.first)
    query = (
        select(suggestions.c.suggestion_id)
        .join_from(suggestions, snapshots, snapshots.c.snapshot_id == suggestions.c.first_snapshot_id)
        .where(snapshots.c.as_of == told.first.isoformat())
        .order_by(suggestions.c.suggestion_id)
    )
    ids = [row.suggestion_id for row in told.rows(query)]
    with told.client(told.first + timedelta(days=2)) as client:
        for number, suggestion_id in enumerate(ids):
            state = "done" if number % 2 == 0 else "not_useful"
            body = {"state": state, "reason": None if state == "done" else "not now"}
            answer = client.post(f"/v1/suggestions/{suggestion_id}/feedback", json=body)
            assert answer.status_code == 200
    told.score(told.first + timedelta(days=9))
    told.score(told.last)
    yield told
    told.storage.engine.dispose()


def test_every_scoring_logs_what_was_drawn_for_whom(loop: Loop) -> None:
    rows = loop.rows(select(coaching_decisions))
    assert {row.policy for row in rows} == {"driver-match"}
    assert len({row.snapshot_id for row in rows}) == 4
    assert any(row.chosen for row in rows)
    assert all(zlib.decompress(row.document).startswith(b"{") for row in rows)


def test_what_was_done_or_declined_rests_at_the_next_scoring(loop: Loop) -> None:
    day = (loop.first + timedelta(days=9)).isoformat()
    answered = {
        (row.rep_id, row.play_id)
        for row in loop.rows(
            select(suggestions)
            .join(suggestion_events, suggestion_events.c.suggestion_id == suggestions.c.suggestion_id)
            .where(suggestion_events.c.state.in_(["done", "not_useful"]))
        )
    }
    anew = {
        (row.rep_id, row.play_id)
        for row in loop.rows(
            select(suggestions)
            .join_from(suggestions, snapshots, snapshots.c.snapshot_id == suggestions.c.first_snapshot_id)
            .where(snapshots.c.as_of == day)
        )
    }
    # Every play of the playbook rests for more than the seven days that lie between.
    assert answered
    assert anew.isdisjoint(answered)


def test_own_metrics_are_measured_once_their_lag_has_passed(loop: Loop) -> None:
    outcomes = play_outcomes(loop.storage.engine)
    assert len(outcomes) > 10
    assert {one.taken for one in outcomes} == {True, False}
    assert all(one.noise > 0 for one in outcomes)


def test_results_of_settled_periods_stand_against_the_forecast_of_the_day(loop: Loop) -> None:
    settled = settled_decisions(loop.storage.engine)
    assert len(settled) > 10
    assert all(date.fromisoformat(one.decision["period_end"]) < loop.last for one in settled)
    assert len({(one.decision["rep_id"], one.decision["period_start"]) for one in settled}) == len(settled)


def test_with_so_little_the_learner_is_not_let_in_and_says_how_much_is_missing(
    loop: Loop, capsys: pytest.CaptureFixture[str]
) -> None:
    lesson = coach.run(loop.home, loop.settings, as_of=None, as_json=False)
    told = capsys.readouterr().out
    assert not lesson.admitted
    assert lesson.taken > 0
    assert lesson.needs > 0
    assert f"needs {lesson.needs} more" in told
    assert "driver-match" in told


def test_effects_answer_with_counts_and_what_is_missing(loop: Loop) -> None:
    with loop.client(loop.last) as client:
        found = client.get("/v1/coaching/effects").json()
        page = client.get("/coaching?lang=en", headers={"Accept": "text/html"})
    assert found["as_of"] == loop.last.isoformat()
    assert all(play["refused"] == "too_few" and play["needs"] > 0 for play in found["plays"])
    counts = [play[state] for play in found["plays"] for state in ("shown", "accepted", "done")]
    assert all(count is None or count >= 5 for count in counts)
    assert page.status_code == 200
