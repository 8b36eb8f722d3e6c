"""`paceline coach learn`: learn from what suggestions brought, and let it choose only where the log says it may."""

from __future__ import annotations

from datetime import date

from models.coaching.learning.fitting import Lesson, learn
from models.coaching.playbook import default_playbook
from paceline.console import pairs, say, say_json
from paceline.home import Home
from paceline.settings import CommandSettings
from paceline.workspace import open_engine, open_history, resolve_as_of
from service.coaching.log import admitted_policy, keep_lesson, play_outcomes, settled_decisions
from service.scoring.settings import ScoringSettings


def run(home: Home, settings: CommandSettings, *, as_of: date | None, as_json: bool) -> Lesson:
    """Learn, judge, keep, and print what came of it."""
    engine, playbook = open_engine(home), default_playbook()
    day = resolve_as_of(open_history(home, settings), as_of)
    outcomes, settled = play_outcomes(engine), settled_decisions(engine)
    lesson = learn(outcomes, settled, playbook, seed=ScoringSettings().seed, version="new")
    version = keep_lesson(engine, lesson, day)
    standing = admitted_policy(engine, playbook)
    told: dict[str, object] = {
        "version": version,
        "measured suggestions": lesson.outcomes,
        "of these taken up": lesson.taken,
        "settled decisions": lesson.settled,
        "effective decisions": round(lesson.effective, 1),
        "let in": lesson.admitted,
        "needs more": lesson.needs,
        "reason": lesson.reason,
        "chooses now": "driver-match" if standing is None else standing.version,
    }
    for name, value in lesson.values.items():
        told[f"value {name}, points"] = f"{value.value:+.2f} ({value.low:+.2f} to {value.high:+.2f})"
    if lesson.gain is not None:
        told["gain, points"] = f"{lesson.gain.value:+.2f} ({lesson.gain.low:+.2f} to {lesson.gain.high:+.2f})"
    if as_json:
        say_json(told)
    else:
        say(pairs(told))
    return lesson
