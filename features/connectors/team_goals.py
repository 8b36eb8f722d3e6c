"""Whether a team's quota is the sum of its members': where it is not, the report says so and by how much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from features.connectors.keys import scan
from features.connectors.misfits import Saying
from features.connectors.staging import StagedTable

TOLERANCE = 0.005
"""Share of the team's quota by which the sum may differ without a word: rounding to full hundreds is no gap."""

SHOWN = 3
"""Gaps that a report names one by one."""


@dataclass(frozen=True)
class TeamGap:
    """A team's quota that is not the sum of its members'.

    Attributes:
        team_id: The team.
        period: `start..end`.
        metric: Measure.
        team: Quota of the team.
        members: Sum of the quotas of the reps who are in the team on the first day, by their weight.
    """

    team_id: str
    period: str
    metric: str
    team: Decimal
    members: Decimal

    def saying(self) -> Saying:
        """Return it as a part of a sentence."""
        amounts = {"team": f"{self.team:,.0f}", "members": f"{self.members:,.0f}"}
        return Saying("one gap", {"team_id": self.team_id, "period": self.period, "metric": self.metric, **amounts})


def find_gaps(con: duckdb.DuckDBPyConnection, tables: Mapping[str, StagedTable]) -> tuple[int, list[TeamGap]]:
    """Return how many team quotas have members with quotas, and those that are not their sum, the widest first.

    A team quota whose members have no quota of the same period and measure is not compared.

    Args:
        con: DuckDB connection.
        tables: Staged tables; without quotas or teams nothing is compared.
    """
    if not {"quotas", "team_assignments"} <= set(tables):
        return 0, []
    quotas, teams = scan(tables["quotas"].files), scan(tables["team_assignments"].files)
    rows = con.execute(
        f"""WITH seats AS (SELECT rep_id, team_id, valid_from, valid_to, weight FROM {teams}),
        sums AS (
            SELECT g.team_id, g.period_start, g.period_end, g.metric, any_value(g.amount) AS team,
                CAST(sum(q.amount * s.weight) AS DECIMAL(18, 4)) AS members
            FROM {quotas} g JOIN seats s ON s.team_id = g.team_id AND s.valid_from <= g.period_start
                AND (s.valid_to IS NULL OR s.valid_to >= g.period_start)
            JOIN {quotas} q ON q.rep_id = s.rep_id AND q.metric = g.metric AND q.period_start = g.period_start
                AND q.period_end = g.period_end
            WHERE g.team_id IS NOT NULL GROUP BY 1, 2, 3, 4)
        SELECT *, abs(team - members) > {TOLERANCE} * abs(team) AS off FROM sums
        ORDER BY abs(team - members) DESC, team_id, period_start, metric"""
    ).fetchall()
    gaps = [
        TeamGap(team_id, f"{start}..{end}", metric, team, members)
        for team_id, start, end, metric, team, members, off in rows
        if off
    ]
    return len(rows), gaps


def gap_note(compared: int, gaps: list[TeamGap]) -> Saying | None:
    """Return the sentence of a report about gaps; None where there are none.

    Args:
        compared: Team quotas that were compared.
        gaps: Output of `find_gaps`.
    """
    if not gaps:
        return None
    shown = [*(gap.saying() for gap in gaps[:SHOWN]), *(["…"] if len(gaps) > SHOWN else [])]
    return Saying("report gaps", {"count": len(gaps), "compared": compared, "gaps": shown})
