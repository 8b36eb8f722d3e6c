"""The 1:1 page: what works first, where things stand, questions, actions, the rep's own idea."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from service.one_on_one.schemas import MOST, Agenda, AgendaAction, Commitment, Notes
from service.scoring.documents import Text
from service.web import formats
from service.web.texts import pick, say
from service.web.views.changes import ChangeBlock, change_block


@dataclass(frozen=True)
class ActionRow:
    """One action."""

    title: str
    why: str
    due: str
    state: str


@dataclass(frozen=True)
class CommitmentRow:
    """One agreement as it is edited."""

    number: int
    label: str
    text: str
    who: str
    due: str
    state: str


@dataclass(frozen=True)
class AgendaPage:
    """Everything that the page shows."""

    rep_id: str
    name: str
    own: bool
    title: str
    week: str
    week_iso: str
    works: list[str]
    stands: list[str]
    changed: ChangeBlock | None
    last_title: str
    last: list[ActionRow]
    open_actions: list[ActionRow]
    questions: list[str]
    actions: list[ActionRow]
    notes: Notes | None
    may_write: bool
    commitments: list[CommitmentRow]


def agenda_page(agenda: Agenda, headline: str, lead: str, *, lang: str, own: bool) -> AgendaPage:
    """Return the page of one week.

    Args:
        agenda: The agenda.
        headline: Headline of the rep's page.
        lead: Its second sentence.
        lang: `en` or `zh`.
        own: Whether the rep is looking.
    """
    last = agenda.last
    return AgendaPage(
        rep_id=agenda.rep_id,
        name=agenda.name,
        own=own,
        title=say("agenda.own_title", lang) if own else say("agenda.title", lang, name=agenda.name),
        week=say("agenda.week", lang, day=formats.day(date.fromisoformat(agenda.week), lang)),
        week_iso=agenda.week,
        works=[_text(item, lang) for item in agenda.works] or [say("agenda.no_works", lang)],
        stands=[*_headline(headline, lead, lang), *(_text(item, lang) for item in agenda.stands)],
        changed=change_block(agenda.changed, lang),
        last_title="" if last is None else say("agenda.last", lang, day=_day(last.week, lang)),
        last=[] if last is None else [_agreed(item, lang) for item in last.commitments],
        open_actions=[_action(item, lang) for item in agenda.open_actions if item.state != "open"],
        questions=[_text(item, lang) for item in agenda.questions],
        actions=[_action(item, lang) for item in agenda.actions],
        notes=agenda.notes,
        may_write=agenda.may_write,
        commitments=_rows(agenda.notes, lang, blank=agenda.may_write),
    )


def _headline(headline: str, lead: str, lang: str) -> list[str]:
    """Return the two sentences of the rep's page that are there."""
    return [text for text in (f"{headline}。" if lang == "zh" else f"{headline}.", lead) if len(text) > 1]


def _rows(notes: Notes | None, lang: str, *, blank: bool) -> list[CommitmentRow]:
    held = [] if notes is None else list(notes.commitments)
    rows = [
        CommitmentRow(
            number, say("agenda.commitment", lang, number=number + 1), item.text, item.who, _iso(item), item.state
        )
        for number, item in enumerate(held)
    ]
    while blank and len(rows) < MOST:
        number = len(rows)
        rows.append(CommitmentRow(number, say("agenda.commitment", lang, number=number + 1), "", "rep", "", "open"))
    return rows


def _iso(item: Commitment) -> str:
    return "" if item.due is None else item.due.isoformat()


def _agreed(item: Commitment, lang: str) -> ActionRow:
    due = "" if item.due is None else say("team.by", lang, day=_day(item.due.isoformat(), lang))
    who = say(f"agenda.{item.who}", lang)
    return ActionRow(item.text, who, due, say(f"agenda.state_{item.state}", lang))


def _action(item: AgendaAction, lang: str) -> ActionRow:
    due = "" if item.due is None else say("team.by", lang, day=_day(item.due, lang))
    return ActionRow(_text(item.title, lang), _text(item.why, lang), due, say(f"agenda.state_{item.state}", lang))


def _day(iso: str, lang: str) -> str:
    return formats.day(date.fromisoformat(iso), lang, year=False)


def _text(item: object, lang: str) -> str:
    held: Text = item.model_dump()  # type: ignore[attr-defined]  # made from the contract when the module loads
    return pick(held, lang)
