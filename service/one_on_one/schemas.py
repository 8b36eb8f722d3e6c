"""What the routes of the 1:1 take and answer."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from service.changes.schemas import Changes
from service.http.documentation import model_of
from service.http.parameters import NO_NUL
from service.scorecards.schemas import Strict
from service.scoring.documents import Text

Sentence = model_of(Text)
State = Literal["open", "done", "not_useful"]
MOST = 4
"""Questions and actions at most: what two people can talk about in half an hour."""


class WeekQuery(BaseModel):
    """Which week."""

    model_config = ConfigDict(extra="forbid")

    week: Annotated[date, Field(description="Any day of the week; this week if left out.")] | None = None


class Commitment(Strict):
    """One thing that one of the two takes on."""

    text: str = Field(min_length=1, max_length=300, pattern=NO_NUL)
    who: Literal["rep", "manager"] = "rep"
    due: Annotated[date, Field(strict=False)] | None = None
    state: State = "open"
    reason: str = Field(default="", max_length=300, pattern=NO_NUL, description="Why it was not useful.")


class Notes(Strict):
    """What the two write down; theirs alone unless they open it to the reporting line."""

    revision: int = Field(default=0, ge=0, description="The one that was read; another one in between is a conflict.")
    idea: str = Field(default="", max_length=2000, pattern=r"^[^\x00]*$", description="The rep's own idea.")
    notes: str = Field(default="", max_length=5000, pattern=r"^[^\x00]*$", description="Notes of the two.")
    commitments: list[Commitment] = Field(default_factory=list, max_length=MOST)
    open_to_line: bool = Field(default=False, description="Whether managers above and admins may read it too.")


class AgendaAction(BaseModel):
    """One proposed action."""

    suggestion_id: str | None
    title: Sentence  # type: ignore[valid-type]  # made from the contract when the module loads
    why: Sentence  # type: ignore[valid-type]
    due: str | None
    state: str = Field(description="`open`, or the answer given so far.")


class PastNotes(BaseModel):
    """What was agreed on last time."""

    week: str
    commitments: list[Commitment]


class Agenda(BaseModel):
    """Agenda of one week: what works first, then where things stand, questions, actions, the rep's own idea."""

    rep_id: str
    name: str
    week: str = Field(description="Monday, ISO.")
    as_of: str
    works: list[Sentence]  # type: ignore[valid-type]
    stands: list[Sentence]  # type: ignore[valid-type]
    changed: Changes | None
    open_actions: list[AgendaAction]
    last: PastNotes | None = Field(description="Commitments of last time; for the two alone.")
    questions: list[Sentence] = Field(max_length=MOST)  # type: ignore[valid-type]
    actions: list[AgendaAction] = Field(max_length=MOST)
    notes: Notes | None = Field(description="Null for everybody but the two, unless they opened it.")
    may_write: bool
