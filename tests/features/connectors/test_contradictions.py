"""Contradictions: overlapping quotas and circles of managers are refused, what only looks like them is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.features.connectors.support import refused, run, write

QUOTAS = """
files: {f: {path: f.csv}}
tables:
  quotas:
    from: {file: f, columns: {rep_id: rep, team_id: team, period_start: a, period_end: z, amount: n, metric: m}}
"""
TEAMS = """
files: {f: {path: f.csv}}
tables:
  team_assignments:
    from:
      file: f
      columns:
        {rep_id: rep, team_id: team, manager_rep_id: boss, valid_from: a, valid_to: z, weight: {column: w, default: 1}}
"""
TOP = "rep,team,boss,a,z,w\n"


def quotas(*rows: str) -> dict[str, str | bytes]:
    return {"f.csv": "rep,team,a,z,n,m\n" + "".join(f"{row}\n" for row in rows)}


@pytest.mark.parametrize(
    "other",
    ["r,,2024-02-01,2024-04-30,100,revenue", "r,,2024-01-01,2024-03-30,100,revenue"],
)
def test_quotas_of_one_kind_that_overlap_are_refused_both(other: str, tmp_path: Path) -> None:
    source = write(tmp_path / "s", quotas("r,,2024-01-01,2024-03-31,100,revenue", other))

    faults = refused(source, QUOTAS, tmp_path / "w").report.faults

    assert [(f.line, f.column, f.code) for f in faults] == [
        (2, "period_start", "overlapping quotas"),
        (3, "period_start", "overlapping quotas"),
    ]
    assert faults[1].mend.startswith("r has another quota for 2024-01-01..2024-03-31 (f.csv:2), which overlaps")


def test_in_part_the_quotas_that_do_not_overlap_go_on(tmp_path: Path) -> None:
    rows = ("r,,2024-01-01,2024-03-31,1,u", "r,,2024-02-01,2024-04-30,1,u", "r,,2024-07-01,2024-09-30,7,u")

    staged = run(write(tmp_path / "s", quotas(*rows)), QUOTAS, tmp_path / "w", partial=True)

    assert (staged.report.tables[0].accepted, staged.report.tables[0].quarantined) == (1, 2)
    assert staged.report.tables[0].amount == "7.0000"


@pytest.mark.parametrize(
    "other",
    [
        "r,,2024-01-01,2024-01-31,30,revenue",
        "r,,2024-01-01,2024-12-31,400,revenue",
        "r,,2024-04-01,2024-06-30,100,revenue",
        "r,,2024-02-01,2024-04-30,100,units",
        "s,,2024-02-01,2024-04-30,100,revenue",
        ",r,2024-02-01,2024-04-30,100,revenue",
        "r,,2024-01-29,2024-02-04,9,revenue",
    ],
)
def test_months_in_quarters_other_measures_other_people_and_weeks_are_no_contradiction(
    other: str, tmp_path: Path
) -> None:
    source = write(tmp_path / "s", quotas("r,,2024-01-01,2024-03-31,100,revenue", other))

    assert run(source, QUOTAS, tmp_path / "w").tables["quotas"].rows == 2


def test_people_who_manage_each_other_are_refused_and_those_below_them_are_not(tmp_path: Path) -> None:
    text = TOP + "a,T,b,2024-01-01,,\nb,T,c,2024-01-01,,\nc,T,a,2024-02-01,,\nd,T,a,2024-01-01,,\nc,U,x,2024-01-01,,\n"
    source = write(tmp_path / "s", {"f.csv": text})

    faults = refused(source, TEAMS, tmp_path / "w1").report.faults
    staged = run(source, TEAMS, tmp_path / "w2", partial=True)

    assert [(f.line, f.column, f.value, f.code) for f in faults] == [
        (2, "manager_rep_id", "b", "circle of managers"),
        (3, "manager_rep_id", "c", "circle of managers"),
        (4, "manager_rep_id", "a", "circle of managers"),
    ]
    assert faults[0].mend.startswith("on 2024-02-01 a reports to b and, through others, b to a")
    assert staged.tables["team_assignments"].rows == 2


@pytest.mark.parametrize(
    "rows",
    [
        "a,T,a,2024-01-01,,\n",
        "a,T,b,2023-01-01,2023-12-31,\nb,T,a,2024-01-01,,\n",
        "a,T,b,2024-01-01,,\nb,T,c,2024-01-01,,\nd,T,b,2024-01-01,,\n",
        "a,T,,2024-01-01,,\n",
    ],
)
def test_a_leader_of_their_own_team_and_turns_in_leading_are_no_circle(rows: str, tmp_path: Path) -> None:
    source = write(tmp_path / "s", {"f.csv": TOP + rows})

    assert run(source, TEAMS, tmp_path / "w").report.fault_count == 0


def test_a_rep_who_counts_fully_in_two_teams_at_once_is_told_of(tmp_path: Path) -> None:
    text = TOP + "a,T,,2024-01-01,,\na,U,,2024-06-01,,\nb,T,,2024-01-01,,.5\nb,U,,2024-01-01,,.5\n"
    text += "c,T,,2024-01-01,2024-05-31,\nc,U,,2024-06-01,,\n"

    report = run(write(tmp_path / "s", {"f.csv": text}), TEAMS, tmp_path / "w").report

    (told,) = [note for note in report.notes if note.startswith("team_assignments")]
    assert "1 reps stand in several teams at once" in told
    assert "(such as a)" in told
