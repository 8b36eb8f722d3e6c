"""The agenda of a 1:1 out of stored documents: strengths first, task not person, at most four questions and actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from service.changes.schemas import Changes
from service.coaching.schemas import Feedback
from service.one_on_one.schemas import MOST, Agenda, AgendaAction, Notes, PastNotes
from service.scoring.documents import DealDoc, ForecastDoc, ScorecardDoc, SuggestionDoc, Text, label_of

SMALLEST = 1.0
"""Points of a line or reason below which nobody is asked about it."""

ASK_STRENGTH: Text = {
    "en": "What has worked best lately, and where could you use it next?",
    "zh": "最近哪些做法最有效？下一步可以用在哪里？",
}
ASK_SUPPORT: Text = {
    "en": "What stands in your way that I can take care of?",
    "zh": "有哪些障碍是我可以帮您解决的？",
}


def monday_of(day: date) -> date:
    """Return the Monday of a day's week.

    Examples:
        >>> monday_of(date(2026, 11, 26)).isoformat()
        '2026-11-23'
    """
    return day - timedelta(days=day.weekday())


def agenda(
    card: ScorecardDoc,
    changed: Changes | None,
    answers: Mapping[str, Feedback],
    *,
    week: date,
    notes: Notes | None,
    last: PastNotes | None,
    may_write: bool,
) -> Agenda:
    """Return the agenda of one rep's week.

    Args:
        card: The scorecard as the caller sees it.
        changed: What changed since last time.
        answers: What was answered to suggestions.
        week: Monday.
        notes: Notes of the week, None where the caller may not read them.
        last: Commitments of last time, None where there are none or the caller may not read them.
        may_write: Whether the caller is one of the two.
    """
    forecast = card["forecasts"][0] if card["forecasts"] else None
    moves = [_action(item, answers) for item in card["suggestions"]]
    deals = _weighty(forecast)
    return Agenda(
        rep_id=card["rep"]["rep_id"],
        name=card["rep"]["name"],
        week=week.isoformat(),
        as_of=card["as_of"],
        works=[dict(text) for text in card["strengths"]],
        stands=[dict(text) for text in _reasons(forecast)],
        changed=changed,
        open_actions=[move for move in moves if move.state in {"open", "later"}],
        last=last,
        questions=[dict(text) for text in questions(forecast, changed, deals)],
        actions=(moves + [_next_step(deal) for deal in deals])[:MOST],
        notes=notes,
        may_write=may_write,
    )


def questions(forecast: ForecastDoc | None, changed: Changes | None, deals: Sequence[DealDoc]) -> list[Text]:
    """Return at most four open questions: one about what works, then deals, then what holds back, then support."""
    found = [ASK_STRENGTH]
    found += [_about_slip(name) for name in _slipped(changed)[:1]]
    named = set(_slipped(changed)[:1])
    found += [_about_deal(deal) for deal in deals if label_of(deal) not in named][:1]
    found += [_about_driver(text) for text in _held_back(forecast)[:1]]
    return [*found[: MOST - 1], ASK_SUPPORT]


def _reasons(forecast: ForecastDoc | None) -> list[Text]:
    explanation = forecast["explanation"] if forecast is not None else None
    return [] if explanation is None else [driver["sentence"] for driver in explanation["drivers"]][:3]


def _held_back(forecast: ForecastDoc | None) -> list[Text]:
    explanation = forecast["explanation"] if forecast is not None else None
    if explanation is None:
        return []
    drivers = sorted(explanation["drivers"], key=lambda driver: driver["contribution"])
    return [
        driver["label"]
        for driver in drivers
        if driver["contribution"] <= -SMALLEST and driver["controllable"] in {"rep", "manager"}
    ]


def _weighty(forecast: ForecastDoc | None) -> list[DealDoc]:
    """Return the open deals that something holds back, the one with most at stake first."""
    deals = forecast.get("deals") if forecast is not None else None
    if deals is None:
        return []
    return [deal for deal in deals["shown"] if any(r["contribution"] <= -SMALLEST for r in deal["reasons"])]


def _slipped(changed: Changes | None) -> list[str]:
    if changed is None:
        return []
    return [
        deal.label
        for line in changed.lines
        if line.code == "slipped"
        for deal in line.deals
        if deal.points is None or deal.points <= -SMALLEST
    ]


def _about_slip(name: str) -> Text:
    return {
        "en": f"{name} was moved out: what would have to happen for it to be signed in this period?",
        "zh": f"{name} 的成交日推迟了：怎样才能在本期签下？",
    }


def _about_deal(deal: DealDoc) -> Text:
    name = label_of(deal)
    return {"en": f"{name}: what does it need next, and from whom?", "zh": f"{name}：下一步需要什么？需要谁参与？"}


def _about_driver(label: Text) -> Text:
    return {
        "en": f"{label['en']}: what have you seen work elsewhere that we could try here?",
        "zh": f"{label['zh']}：有哪些在别处见效的做法，可以在这里试试？",
    }


def _action(item: SuggestionDoc, answers: Mapping[str, Feedback]) -> AgendaAction:
    answer = answers.get(item["suggestion_id"])
    return AgendaAction(
        suggestion_id=item["suggestion_id"],
        title=dict(item["title"]),
        why=dict(item["why"]),
        due=item["due"],
        state=answer.state if answer and answer.state != "accepted" else "open",
    )


def _next_step(deal: DealDoc) -> AgendaAction:
    name, reason = label_of(deal), min(deal["reasons"], key=lambda reason: reason["contribution"])
    title: Text = {"en": f"Agree the next step of {name}", "zh": f"确定 {name} 的下一步"}
    return AgendaAction(
        suggestion_id=None, title=dict(title), why=dict(reason["sentence"]), due=deal["expected_close"], state="open"
    )
