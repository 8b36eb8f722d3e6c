"""Answers to suggestions: facts that are added to, never changed; the newest one stands."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from service.auth.principal import Scope
from service.coaching.schemas import Feedback
from service.storage.audit import AuditEntry, append
from service.storage.clock import utc_now
from service.storage.tables import feedback, suggestions


@dataclass(frozen=True)
class FeedbackRepository:
    """Reads and adds feedback.

    Attributes:
        connection: An open connection; a write transaction for `record`.
        scope: Whose eyes it looks through.
    """

    connection: Connection
    scope: Scope

    def record(self, suggestion_id: str, state: str, reason: str | None, *, request_id: str) -> Feedback | None:
        """Add an answer, unless the same answer stands already.

        Args:
            suggestion_id: The suggestion.
            state: `done`, `later` or `not_useful`.
            reason: Why.
            request_id: Request, for the audit trail.

        Returns:
            The answer that stands now; None where the suggestion does not exist or is out of scope.
        """
        if not self._reachable(suggestion_id):
            return None
        standing = self.standing([suggestion_id]).get(suggestion_id)
        if standing is not None and (standing.state, standing.reason) == (state, reason):
            return standing
        answer = Feedback.model_validate(
            {"suggestion_id": suggestion_id, "state": state, "reason": reason, "recorded_at": utc_now()}
        )
        self.connection.execute(insert(feedback).values(**answer.model_dump(), actor=self.scope.person))
        entry = AuditEntry(self.scope.person, "feedback", f"suggestion:{suggestion_id}", request_id=request_id)
        append(self.connection, [entry])
        return answer

    def standing(self, suggestion_ids: Collection[str]) -> dict[str, Feedback]:
        """Return the newest answer to each of the suggestions that are in scope."""
        newest = (
            select(func.max(feedback.c.feedback_id))
            .where(feedback.c.suggestion_id.in_(list(suggestion_ids)))
            .group_by(feedback.c.suggestion_id)
        )
        query = (
            select(feedback.c.suggestion_id, feedback.c.state, feedback.c.reason, feedback.c.recorded_at)
            .join_from(feedback, suggestions, feedback.c.suggestion_id == suggestions.c.suggestion_id)
            .where(feedback.c.feedback_id.in_(newest), self.scope.sees(suggestions.c.rep_id))
        )
        return {
            row.suggestion_id: Feedback.model_validate(dict(row._mapping)) for row in self.connection.execute(query)
        }

    def rep_of(self, suggestion_id: str) -> str | None:
        """Return the rep that a suggestion in scope is about."""
        query = select(suggestions.c.rep_id, suggestions.c.audience).where(
            suggestions.c.suggestion_id == suggestion_id, self.scope.sees(suggestions.c.rep_id)
        )
        row = self.connection.execute(query).first()
        if row is None or (row.audience == "manager" and row.rep_id == self.scope.own):
            return None
        return str(row.rep_id)

    def _reachable(self, suggestion_id: str) -> bool:
        return self.rep_of(suggestion_id) is not None
