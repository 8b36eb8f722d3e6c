"""Who is asking, and `Scope`: the one choke-point that decides whose numbers they may see."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, false, not_, true

from features.domain.vocabulary import Role
from service.storage.tables import reporting, team_members


@dataclass(frozen=True)
class Principal:
    """A signed-in person.

    Attributes:
        user_id: Identity that the audit trail names.
        name: Shown name.
        role: What kind of user they are.
        rep_id: The rep that they are, None if they carry no quota and lead nobody.
    """

    user_id: str
    name: str
    role: Role
    rep_id: str | None


@dataclass(frozen=True)
class Scope:
    """The reps whose forecasts one person may see at this moment, as a condition that every query joins.

    A rep sees themselves; a manager themselves and everyone below them in the reporting line of today; an admin
    everyone; a data scientist nobody by name. The line is read inside the query that needs it, so a
    reorganisation counts from the next request on, for past periods too.

    Attributes:
        principal: Who is asking.
        awaits_approval: Whether their own suggestions reach them only once somebody else has approved them.
    """

    principal: Principal
    awaits_approval: bool = False

    def sees(self, rep_id: ColumnElement[str]) -> ColumnElement[bool]:
        """Return the condition that `rep_id` is in scope.

        Args:
            rep_id: A column that holds rep ids.

        Returns:
            A condition for WHERE.
        """
        role, own = self.principal.role, self.principal.rep_id
        if role is Role.ADMIN:
            return true()
        if own is None or role is Role.DATA_SCIENTIST:
            return false()
        if role is Role.REP:
            return rep_id == own
        return exists().where(reporting.c.above_rep_id == own, reporting.c.rep_id == rep_id)

    def sees_team(self, snapshot_id: ColumnElement[str], team_id: ColumnElement[str]) -> ColumnElement[bool]:
        """Return the condition that the total of a team is in scope.

        A total shows what each member adds to it: it is in scope when every member is, and at least one of them is
        somebody else.

        Args:
            snapshot_id: A column that holds the snapshot of the total.
            team_id: A column that holds team ids.

        Returns:
            A condition for WHERE.
        """
        unseen = exists().where(_of_team(snapshot_id, team_id), not_(self.sees(team_members.c.rep_id)))
        return and_(self.sees_someone(snapshot_id, team_id), not_(unseen))

    def sees_someone(self, snapshot_id: ColumnElement[str], team_id: ColumnElement[str]) -> ColumnElement[bool]:
        """Return the condition that a team has a member in scope who is somebody else.

        Args:
            snapshot_id: A column that holds a snapshot.
            team_id: A column that holds team ids.

        Returns:
            A condition for WHERE.
        """
        somebody_else = true() if self.own is None else team_members.c.rep_id != self.own
        return exists().where(_of_team(snapshot_id, team_id), self.sees(team_members.c.rep_id), somebody_else)

    @property
    def own(self) -> str | None:
        """The rep that the person is, None if they are none."""
        return self.principal.rep_id

    @property
    def person(self) -> str:
        """User id, for the audit trail."""
        return self.principal.user_id


def _of_team(snapshot_id: ColumnElement[str], team_id: ColumnElement[str]) -> ColumnElement[bool]:
    return and_(team_members.c.snapshot_id == snapshot_id, team_members.c.team_id == team_id)
