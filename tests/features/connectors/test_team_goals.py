"""Team quotas beside the sum of their members'."""

from __future__ import annotations

from pathlib import Path

from tests.features.connectors.support import run, write

MAPPING = """
files: {q: {path: q.csv}, t: {path: t.csv, optional: true}}
tables:
  quotas:
    from:
      file: q
      columns: {rep_id: rep, team_id: team, period_start: start, period_end: end, amount: amount, metric: metric}
  team_assignments:
    from: {file: t, columns: {rep_id: rep, team_id: team, valid_from: since, valid_to: until, weight: share}}
"""
TEAM = "rep,team,since,until,share\na,north,2023-01-01,,1\nb,north,2023-01-01,2024-03-31,1\nc,south,2023-01-01,,0.5\n"
Q1, Q2 = "2024-01-01,2024-03-31", "2024-04-01,2024-06-30"


def notes(tmp_path: Path, quotas: str, teams: str = TEAM) -> list[str]:
    files: dict[str, str | bytes] = {"q.csv": "rep,team,start,end,amount,metric\n" + quotas}
    if teams:
        files["t.csv"] = teams
    staged = run(write(tmp_path / "s", files), MAPPING, tmp_path / "w")
    return [note for note in staged.report.notes if "team quotas" in note]


def test_a_team_quota_that_is_not_the_sum_is_told_with_both_amounts(tmp_path: Path) -> None:
    lines = f"a,,{Q1},600,revenue\nb,,{Q1},300,revenue\n,north,{Q1},1000,revenue\n"
    assert notes(tmp_path, lines) == [
        "quotas: 1 of 1 team quotas are not the sum of their members': "
        "north 2024-01-01..2024-03-31 revenue 1,000 beside 900"
    ]


def test_a_sum_that_fits_or_is_rounded_is_not_mentioned(tmp_path: Path) -> None:
    lines = f"a,,{Q1},6004,revenue\nb,,{Q1},4000,revenue\n,north,{Q1},10000,revenue\n"
    assert notes(tmp_path, lines) == []


def test_only_members_of_the_first_day_count_by_their_weight(tmp_path: Path) -> None:
    # b has left north by April, and half of c belongs to south.
    lines = (
        f"a,,{Q2},600,revenue\nb,,{Q2},300,revenue\n,north,{Q2},600,revenue\n"
        f"c,,{Q2},400,revenue\n,south,{Q2},400,revenue\n"
    )
    assert notes(tmp_path, lines) == [
        "quotas: 1 of 2 team quotas are not the sum of their members': "
        "south 2024-04-01..2024-06-30 revenue 400 beside 200"
    ]


def test_measures_and_periods_are_compared_each_by_itself(tmp_path: Path) -> None:
    lines = f"a,,{Q1},10,units\nb,,{Q1},5,units\na,,{Q1},600,revenue\n,north,{Q1},15,units\n,north,{Q2},9,units\n"
    assert notes(tmp_path, lines) == []


def test_the_widest_gaps_are_named_first_and_the_rest_counted(tmp_path: Path) -> None:
    teams = "rep,team,since,until,share\n" + "".join(f"r{i},t{i},2023-01-01,,1\n" for i in range(5))
    lines = "".join(f"r{i},,{Q1},100,revenue\n,t{i},{Q1},{200 + i},revenue\n" for i in range(5))
    (note,) = notes(tmp_path, lines, teams)
    assert note.startswith("quotas: 5 of 5 team quotas")
    assert [word for word in note.split() if word.startswith("t") and word[1:].isdigit()] == ["t4", "t3", "t2"]
    assert note.endswith(", …")


def test_without_teams_nothing_is_compared(tmp_path: Path) -> None:
    assert notes(tmp_path, f"a,,{Q1},600,revenue\n,north,{Q1},1000,revenue\n", teams="") == []
