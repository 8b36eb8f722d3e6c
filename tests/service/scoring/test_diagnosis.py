"""What a diagnosis is made from: who is in it, and which goals of teams count."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from models.risk.assess import assess
from models.state import CompanyView, company_view
from service.scoring.diagnosis import DiagnosisInputs, diagnosed, team_goals
from tests.support.companies import CompanyPlan, toy_history
from tests.support.toy_company import toy_paths, toy_state, toy_structure, toy_targets

AS_OF = date(2023, 2, 14)


def view_with(goals: pd.DataFrame) -> CompanyView:
    targets = toy_targets(toy_structure(8))
    return CompanyView(toy_state(targets), goals, pd.DataFrame(), targets.iloc[:0])


def goal(team: str, amount: float, *, metric: str = "revenue", start: str = "2026-10-01") -> dict[str, object]:
    end = "2026-12-31" if start == "2026-10-01" else "2027-03-31"
    return {
        "team_id": team,
        "period_start": pd.Timestamp(start),
        "period_end": pd.Timestamp(end),
        "metric": metric,
        "quota": amount,
    }


def test_only_goals_of_the_teams_current_period_and_measure_count() -> None:
    goals = pd.DataFrame(
        [
            goal("t0", 400_000.0),
            goal("t1", 500_000.0, start="2027-01-01"),
            goal("t2", 12.0, metric="units"),
            goal("t3", 0.0),
            goal("other", 9.0),
        ]
    )
    view = view_with(goals)
    assert team_goals(view, view.state.targets) == {"t0": 400_000.0}


def test_without_goals_of_teams_there_are_none() -> None:
    view = view_with(pd.DataFrame([goal("t9", 1.0)]))
    assert team_goals(view, view.state.targets.assign(team_id=None)) == {}


@pytest.fixture(scope="module")
def inputs() -> DiagnosisInputs:
    """Return a toy company of 30 reps as scoring hands it over; its paths come from made-up structure."""
    view = company_view(toy_history(CompanyPlan(n_reps=30, months=14)), AS_OF)
    targets = view.state.targets[view.state.targets["grain"] == "quarter"].reset_index(drop=True)
    view = replace(view, state=replace(view.state, targets=targets))
    structure = toy_structure(len(targets)).assign(quota=targets["quota"], booked=targets["attained"])
    paths = toy_paths(targets, structure)
    assessment = assess(paths)
    rows = [int(row) for row in targets[targets["starts_in"] <= 1].index]
    return DiagnosisInputs(view, paths, structure, assessment, rows, rows[:3], "7")


def test_reps_whose_forecast_carries_no_numbers_have_no_diagnosis(inputs: DiagnosisInputs) -> None:
    assessment = inputs.assessment.copy()
    assessment.loc[inputs.rows[4], "status"] = "insufficient_exposure"
    found = diagnosed(toy_history(CompanyPlan(n_reps=30, months=14)), replace(inputs, assessment=assessment))
    told = inputs.paths.targets["rep_id"].iloc[list(inputs.rows)].astype(str).tolist()
    assert told[4] not in found.reps
    assert set(found.reps) == {rep for rep in told if rep != told[4]}
    assert {document["model_version"] for document in found.reps.values()} == {"7"}


def test_stages_are_read_from_the_facts(inputs: DiagnosisInputs) -> None:
    found = diagnosed(toy_history(CompanyPlan(n_reps=30, months=14)), inputs)
    funnels = [document["funnel"] for document in found.reps.values() if document["funnel"] is not None]
    assert funnels
    assert [stage["stage"] for stage in funnels[0]["stages"]] == ["discovery", "proposal", "negotiation"]


def test_the_same_facts_give_the_same_diagnosis(inputs: DiagnosisInputs) -> None:
    history = toy_history(CompanyPlan(n_reps=30, months=14))
    assert diagnosed(history, inputs) == diagnosed(history, inputs)
