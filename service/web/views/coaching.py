"""What plays have brought, and the manager's queue, in the words of the pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from service.coaching.effects import EffectEstimate, Effects, PlayEffect
from service.coaching.queue import Queue, QueueItem
from service.web import formats
from service.web.texts import pick, say


@dataclass(frozen=True)
class PlayRow:
    """One play."""

    title: str
    shown: str
    accepted: str
    done: str
    effect: str
    notes: list[str]


@dataclass(frozen=True)
class EffectsPage:
    """Everything that the page shows.

    Attributes:
        judged: When it was judged; empty before the first judgement.
        rows: Plays of which something can be told, those that were shown most first.
        rest: What holds for all others, empty where there are none.
        others: Their titles.
    """

    judged: str
    rows: list[PlayRow]
    rest: str
    others: list[str]


@dataclass(frozen=True)
class QueueRow:
    """One rep with a play."""

    rep_id: str
    name: str
    title: str
    worth: str


@dataclass(frozen=True)
class QueueBlock:
    """The manager's queue."""

    note: str
    rows: list[QueueRow]


def effects_page(found: Effects, lang: str) -> EffectsPage:
    """Return the page; plays that were shown come first."""
    if found.as_of is None or found.level is None:
        return EffectsPage("", [], "", [])
    judged = say("coaching.judged", lang, day=formats.day(date.fromisoformat(found.as_of), lang))
    ordered = sorted(found.plays, key=lambda play: (-(play.shown or 0), play.play_id))
    told = [play for play in ordered if _tells(play)]
    others = [play for play in ordered if not _tells(play)]
    return EffectsPage(
        judged,
        [_row(play, found.level, lang) for play in told],
        _rest(others, lang) if others else "",
        [_in(play.title, lang) for play in others],
    )


def queue_block(queue: Queue, lang: str) -> QueueBlock:
    """Return the queue of a team."""
    note = say("coaching.queue_note", lang, count=queue.budget)
    return QueueBlock(note, [_queued(item, lang) for item in queue.items])


def _tells(play: PlayEffect) -> bool:
    return play.shown is not None or play.matched is not None


def _rest(plays: Sequence[PlayEffect], lang: str) -> str:
    """Return one sentence for plays that too few people have seen."""
    said = say("coaching.rest", lang, count=len(plays))
    missing = max((play.needs or 0 for play in plays), default=0)
    return f"{said} {say('coaching.rest_needs', lang, count=f'{missing:,}')}" if missing else said


def _row(play: PlayEffect, level: float, lang: str) -> PlayRow:
    effect, notes = _effect(play, level, lang)
    return PlayRow(
        title=_in(play.title, lang),
        shown=_count(play.shown, lang),
        accepted=_count(play.accepted, lang),
        done=_count(play.done, lang),
        effect=effect,
        notes=notes,
    )


def _effect(play: PlayEffect, level: float, lang: str) -> tuple[str, list[str]]:
    notes = [say("coaching.needs", lang, count=f"{play.needs:,}")] if play.needs and not play.helps else []
    if play.matched is None:
        return say(f"coaching.refused_{play.refused or 'too_few'}", lang), notes
    if play.matched.placebo_p is not None:
        notes.append(say("coaching.placebo", lang, p=f"{play.matched.placebo_p:.2f}"))
    if play.robust is not None:
        notes.append(say("coaching.robust", lang, told=_told(play.robust, level, lang)))
    key = "coaching.helps" if play.helps else "coaching.unsure"
    return say(key, lang, told=_told(play.matched, level, lang)), notes


def _told(found: EffectEstimate, level: float, lang: str) -> str:
    return say(
        "coaching.told",
        lang,
        effect=formats.signed(found.effect),
        level=formats.percent(level),
        low=formats.signed(found.low),
        high=formats.signed(found.high),
    )


def _count(count: int | None, lang: str) -> str:
    return say("coaching.few", lang) if count is None else str(count)


def _queued(item: QueueItem, lang: str) -> QueueRow:
    worth = say(
        "coaching.per_hour",
        lang,
        mid=formats.signed(item.gain_per_hour),
        low=formats.signed(item.low_per_hour),
        high=formats.signed(item.high_per_hour),
        hours=f"{item.hours:g}",
    )
    return QueueRow(item.rep_id, item.name, _in(item.title, lang), worth)


def _in(words: Mapping[str, str], lang: str) -> str:
    return pick({"en": words["en"], "zh": words["zh"]}, lang)
