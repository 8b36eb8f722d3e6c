"""Diagnosis of a scoring run: what is read for it, and who is in it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from features.domain.time import AsOf
from features.history.known import History
from features.stage_stays import stage_stays
from models.contracts import ForecastPaths
from models.diagnosis.diagnose import Case, Diagnosed, diagnose
from models.diagnosis.settings import DiagnosisSettings
from models.state import CompanyView
from service.scoring.rows import SILENT


@dataclass(frozen=True)
class DiagnosisInputs:
    """What a diagnosis is made from.

    Attributes:
        view: The company.
        paths: Served paths.
        structure: `STRUCTURE_COLUMNS` of the same targets.
        assessment: Status of the same targets.
        rows: Row of each rep's current period.
        flagged: Rows that stand flagged as at risk, or wait for it.
        model_version: Model that scored.
    """

    view: CompanyView
    paths: ForecastPaths
    structure: pd.DataFrame
    assessment: pd.DataFrame
    rows: Sequence[int]
    flagged: Collection[int]
    model_version: str


def diagnosed(history: History, inputs: DiagnosisInputs) -> Diagnosed:
    """Return the diagnosis of every rep whose current forecast carries numbers, and of their teams.

    Args:
        history: The dataset, read once more for the stages of deals.
        inputs: What was scored.
    """
    settings, state = DiagnosisSettings(), inputs.view.state
    with history.known_by(AsOf(state.as_of, history.info.calendar.zone)) as known:
        stays = stage_stays(known, days=settings.usual_days)
    silent = inputs.assessment["status"].isin([str(status) for status in SILENT]).to_numpy(dtype=np.bool_)
    rows = [row for row in inputs.rows if not silent[row]]
    return diagnose(
        Case(
            state=state,
            paths=inputs.paths,
            structure=inputs.structure,
            rows=rows,
            past_targets=inputs.view.past_targets,
            stays=stays,
            flagged=frozenset(inputs.flagged),
            model_version=inputs.model_version,
            goals=team_goals(inputs.view, inputs.paths.targets.iloc[rows]),
            settings=settings,
        )
    )


def team_goals(view: CompanyView, current: pd.DataFrame) -> dict[str, float]:
    """Return the goal of each team's current period where the team has one of its own, by team id.

    Args:
        view: Gives goals of teams.
        current: Current targets.
    """
    keys = ["team_id", "period_start", "period_end", "metric"]
    wanted = current[current["team_id"].notna()].groupby("team_id")[keys].agg(lambda values: values.mode().iloc[0])
    given = view.team_quotas[[*keys, "quota"]].dropna()
    found = wanted.reset_index(drop=True).merge(given, on=keys)
    return {str(team): float(goal) for team, goal in zip(found["team_id"], found["quota"], strict=True) if goal > 0}
