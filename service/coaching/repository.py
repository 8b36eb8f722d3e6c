"""What became of suggestions: events that are added to, never changed; the newest one stands."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, Row, func, insert, select

from features.domain.vocabulary import Role
from service.auth.principal import Scope
from service.coaching.approval import approved_of
from service.coaching.lifecycle import ANSWERS, Answer, State, may_follow
from service.coaching.schemas import Feedback, Step
from service.storage.audit import AuditEntry, append
from service.storage.clock import utc_now
from service.storage.tables import suggestion_events, suggestions

APPROVERS = (Role.MANAGER, Role.ADMIN)


class IllegalStep(Exception):
    """A suggestion cannot go from the state that it is in to the one that was asked for.

    Attributes:
        state: State that stands.
        then: State that was asked for.
    """

    def __init__(self, state: State, then: State) -> None:
        super().__init__(f"a suggestion that is {state} cannot become {then}")
        self.state, self.then = state, then


@dataclass(frozen=True)
class FeedbackRepository:
    """Reads and adds what became of suggestions.

    Attributes:
        connection: An open connection; a write transaction for `record` and `approve`.
        scope: Whose eyes it looks through.
    """

    connection: Connection
    scope: Scope

    def record(
        self, suggestion_id: str, state: Answer, reason: str | None, *, request_id: str, moment: str | None = None
    ) -> Feedback | None:
        """Add an answer, unless the same answer stands already.

        Args:
            suggestion_id: The suggestion.
            state: The answer.
            reason: Why.
            request_id: Request, for the audit trail.
            moment: When, in the format of `utc_now`; now where left out.

        Returns:
            The answer that stands now; None where the suggestion does not exist or is out of scope.
        """
        if self.rep_of(suggestion_id) is None:
            return None
        step = self._step(suggestion_id, state, reason, action="feedback", request_id=request_id, moment=moment)
        return Feedback.model_validate(step.model_dump())

    def approve(self, suggestion_id: str, *, request_id: str, moment: str | None = None) -> Step | None:
        """Let somebody who leads the rep say that the suggestion fits, unless that stands already.

        Returns:
            The state that stands now; None where the suggestion does not exist, is out of scope, or is about the
            caller: nobody approves what they are to do themselves.

        Raises:
            IllegalStep: It has been answered.
        """
        rep_id = self.rep_of(suggestion_id)
        if rep_id is None or rep_id == self.scope.own or self.scope.principal.role not in APPROVERS:
            return None
        standing = self._locked(suggestion_id)
        approved = self._first(suggestion_id, "approved")
        if approved is not None and standing is not None and standing.state in {"approved", "shown"}:
            return _step_of(approved)
        return self._step(suggestion_id, "approved", None, action="approve", request_id=request_id, moment=moment)

    def standing(self, suggestion_ids: Collection[str]) -> dict[str, Feedback]:
        """Return the newest answer to each of the suggestions that are in scope and were answered."""
        return {
            found.suggestion_id: Feedback.model_validate(found.model_dump())
            for found in self.states(suggestion_ids).values()
            if found.state in ANSWERS
        }

    def states(self, suggestion_ids: Collection[str]) -> dict[str, Step]:
        """Return the state of each of the suggestions that are in scope."""
        newest = (
            select(func.max(suggestion_events.c.event_id))
            .where(suggestion_events.c.suggestion_id.in_(list(suggestion_ids)))
            .group_by(suggestion_events.c.suggestion_id)
        )
        query = (
            select(suggestion_events)
            .join_from(suggestion_events, suggestions, suggestion_events.c.suggestion_id == suggestions.c.suggestion_id)
            .where(suggestion_events.c.event_id.in_(newest), self.scope.sees(suggestions.c.rep_id))
        )
        return {row.suggestion_id: _step_of(row) for row in self.connection.execute(query)}

    def approved(self, suggestion_ids: Collection[str]) -> set[str]:
        """Return which of the suggestions in scope a manager has approved, whatever came after."""
        query = (
            select(suggestion_events.c.suggestion_id)
            .join_from(suggestion_events, suggestions, suggestion_events.c.suggestion_id == suggestions.c.suggestion_id)
            .where(
                suggestion_events.c.suggestion_id.in_(list(suggestion_ids)),
                suggestion_events.c.state == "approved",
                self.scope.sees(suggestions.c.rep_id),
            )
        )
        return set(self.connection.execute(query).scalars())

    def rep_of(self, suggestion_id: str) -> str | None:
        """Return the rep that a suggestion in scope is about."""
        query = select(suggestions.c.rep_id, suggestions.c.audience).where(
            suggestions.c.suggestion_id == suggestion_id, self.scope.sees(suggestions.c.rep_id)
        )
        row = self.connection.execute(query).first()
        if row is None or (row.rep_id == self.scope.own and self._kept_from_own(row.audience, suggestion_id)):
            return None
        return str(row.rep_id)

    def _kept_from_own(self, audience: str, suggestion_id: str) -> bool:
        """Return whether a suggestion about the caller is not for the caller to see."""
        waits = self.scope.awaits_approval and suggestion_id not in approved_of(self.connection, [suggestion_id])
        return audience == "manager" or waits

    def _step(
        self, suggestion_id: str, state: State, reason: str | None, *, action: str, request_id: str, moment: str | None
    ) -> Step:
        standing = self._locked(suggestion_id)
        if standing is not None and (standing.state, standing.reason) == (state, reason):
            return _step_of(standing)
        if standing is not None and standing.state != state and not may_follow(standing.state, state):
            raise IllegalStep(standing.state, state)
        values = {"suggestion_id": suggestion_id, "state": state, "reason": reason, "recorded_at": moment or utc_now()}
        self.connection.execute(insert(suggestion_events).values(**values, actor=self.scope.person))
        entry = AuditEntry(self.scope.person, action, f"suggestion:{suggestion_id}", request_id=request_id)
        append(self.connection, [entry])
        return Step.model_validate(values)

    def _locked(self, suggestion_id: str) -> Row[tuple[object, ...]] | None:
        """Return the newest event; two writers of one suggestion wait for each other."""
        self.connection.execute(
            select(suggestions.c.suggestion_id).where(suggestions.c.suggestion_id == suggestion_id).with_for_update()
        )
        query = select(suggestion_events).where(suggestion_events.c.suggestion_id == suggestion_id)
        return self.connection.execute(query.order_by(suggestion_events.c.event_id.desc()).limit(1)).first()

    def _first(self, suggestion_id: str, state: State) -> Row[tuple[object, ...]] | None:
        query = select(suggestion_events).where(
            suggestion_events.c.suggestion_id == suggestion_id, suggestion_events.c.state == state
        )
        return self.connection.execute(query.order_by(suggestion_events.c.event_id).limit(1)).first()


def _step_of(row: Row[tuple[object, ...]]) -> Step:
    told = row._mapping
    return Step.model_validate({name: told[name] for name in Step.model_fields})
