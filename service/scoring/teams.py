"""Team forecasts: sums of the same joint paths as the reps', and who reports to whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from features.domain.vocabulary import Status
from models.contracts import ForecastPaths
from models.explain.accounting import accounting
from models.state import CompanyView
from models.unfolding import Unfolding
from service.scoring.documents import DiagnosisDoc, ForecastDoc, TeamForecastDoc
from service.scoring.forecast_docs import Outlook, forecast_doc, measure_rank
from service.scoring.rows import SILENT
from service.storage.snapshots import ReportingLine

PERIOD = ["period_start", "period_end", "metric"]


@dataclass(frozen=True)
class Identity:
    """What stands on every document of one scoring run."""

    as_of: str
    scored_at: str
    model_version: str
    dataset_version: str


@dataclass(frozen=True)
class TeamInputs:
    """What team forecasts are summed from.

    Attributes:
        paths: Served paths of all targets.
        assessed: Targets joined with their assessment, same order as `paths.targets`.
        unfolding: Days to come per begun target row.
        begun: Row of the unfolding per target row.
        lines: Booked line per target row.
    """

    paths: ForecastPaths
    assessed: pd.DataFrame
    unfolding: Unfolding
    begun: Mapping[int, int]
    lines: Sequence[Sequence[tuple[str, float]]]


def reporting_lines(view: CompanyView) -> list[ReportingLine]:
    """Return the reporting line of every rep in seat, managers without targets included."""
    names = view.state.reps.set_index("rep_id")["rep_name"].to_dict()
    placed = {row.rep_id: row for row in view.placements.itertuples(index=False)}
    lines = []
    for rep_id in sorted(names):
        row = placed.get(rep_id)
        team = None if row is None or pd.isna(row.team_id) else str(row.team_id)
        boss = None if row is None or pd.isna(row.manager_rep_id) else str(row.manager_rep_id)
        boss = boss if boss in names and boss != rep_id else None
        shown = None if row is None or team is None else str(row.team_name)
        lines.append(ReportingLine(str(rep_id), str(names[rep_id]), team, shown, boss))
    return lines


def names_of_teams(view: CompanyView) -> dict[str, str]:
    """Return the shown name of every team, by team_id."""
    placed = view.placements.dropna(subset=["team_id"])
    return {str(row.team_id): str(row.team_name) for row in placed.itertuples(index=False)}


def team_documents(
    view: CompanyView,
    inputs: TeamInputs,
    identity: Identity,
    diagnoses: Mapping[str, DiagnosisDoc] | None = None,
) -> list[TeamForecastDoc]:
    """Return one document per team: every open period, summed over its members' paths, and its diagnosis.

    Members whose status carries no numbers are left out of the sum and named nowhere as zero.

    Args:
        view: The company.
        inputs: What is summed.
        identity: What stands on every document.
        diagnoses: Diagnosis of each team.
    """
    placed = inputs.assessed["team_id"].notna() & ~inputs.assessed["status"].isin([str(s) for s in SILENT])
    managers = view.placements.dropna(subset=["team_id"]).groupby("team_id")["manager_rep_id"].first().to_dict()
    team_names = names_of_teams(view)
    documents = []
    for team_id, members in inputs.assessed[placed].groupby("team_id", sort=True):
        manager = managers.get(team_id)
        forecasts = [_team_forecast(view, inputs, str(team_id), part) for _, part in members.groupby(PERIOD, sort=True)]
        documents.append(
            TeamForecastDoc(
                schema=1,
                team_id=str(team_id),
                team_name=team_names.get(str(team_id), str(team_id)),
                manager_rep_id=None if manager is None or pd.isna(manager) else str(manager),
                rep_ids=sorted(members["rep_id"].unique().tolist()),
                as_of=identity.as_of,
                scored_at=identity.scored_at,
                model_version=identity.model_version,
                dataset_version=identity.dataset_version,
                forecasts=_longest_first(forecasts),
                diagnosis=(diagnoses or {}).get(str(team_id)),
            )
        )
    return documents


def _longest_first(forecasts: list[ForecastDoc]) -> list[ForecastDoc]:
    """Put the current period of the longest grain below a year first, of revenue where there are several measures."""
    order = {"quarter": 0, "month": 1, "year": 2}

    def rank(doc: ForecastDoc) -> tuple[bool, str, int, str]:
        later = doc["days_left"] > 92
        return later, measure_rank(doc["metric"]), order.get(doc["grain"], 3), doc["period_start"]

    return sorted(forecasts, key=rank)


def _team_forecast(view: CompanyView, inputs: TeamInputs, team_id: str, members: pd.DataFrame) -> ForecastDoc:
    rows = members.index.to_numpy()
    goal, source = _goal(view, team_id, members)
    row = members.iloc[0].to_dict()
    attained = float(inputs.paths.booked[rows].sum())
    summed = ForecastPaths(
        targets=pd.DataFrame({"quota": [goal]}),
        booked=np.array([attained]),
        open_deals=inputs.paths.open_deals[rows].sum(axis=0, keepdims=True),
        new_deals=inputs.paths.new_deals[rows].sum(axis=0, keepdims=True),
    )
    total = summed.attained[0]
    shown = [inputs.begun[index] for index in rows if index in inputs.begun]
    days = inputs.unfolding.days[shown[0]] if len(shown) == len(rows) else []
    amounts = np.sum([inputs.unfolding.amounts[index] for index in shown], axis=0) if days else None
    has_goal = goal > 0
    row.update(
        attained=attained,
        quota=goal,
        quota_source=source,
        status=str(Status.OK if has_goal else Status.NO_QUOTA),
        reason="",
        p_attain=float((total >= goal).mean()) if has_goal else None,
        p_below_80=float((total < 0.8 * goal).mean()) if has_goal else None,
        risk_band=None,
        open_pipeline=float(members["open_pipeline"].sum(min_count=1)),
    )
    outlook = Outlook(total=total, accounting=accounting(summed)[0], explanation=None, days=days, amounts=amounts)
    return forecast_doc(row, outlook, _sum_lines([inputs.lines[index] for index in rows]))


def _goal(view: CompanyView, team_id: str, members: pd.DataFrame) -> tuple[float, str]:
    """Return the team's own goal where it has one, else the sum of its members' quotas."""
    goals = view.team_quotas
    first = members.iloc[0]
    same = (goals["team_id"] == team_id) & (goals["metric"] == first["metric"])
    same &= (goals["period_start"] == first["period_start"]) & (goals["period_end"] == first["period_end"])
    own = goals[same]
    if len(own):
        return float(own["quota"].iloc[0]), str(own["quota_source"].iloc[0])
    return float(members["quota"].fillna(0.0).sum()), "derived:members"


def _sum_lines(lines: Sequence[Sequence[tuple[str, float]]]) -> list[tuple[str, float]]:
    """Return the sum of step lines on every day that any of them names.

    Examples:
        >>> _sum_lines([[("2020-01-01", 0.0), ("2020-01-03", 5.0)], [("2020-01-01", 0.0), ("2020-01-02", 2.0)]])
        [('2020-01-01', 0.0), ('2020-01-02', 2.0), ('2020-01-03', 7.0)]
    """
    jumps: dict[str, float] = {}
    for line in lines:
        before = 0.0
        for day, amount in line:
            jumps[day] = jumps.get(day, 0.0) + amount - before
            before = amount
    total, summed = 0.0, []
    for day in sorted(jumps):
        total += jumps[day]
        summed.append((day, total))
    return summed
