"""Real exports, from the folder they lie in to the rows that are told; nothing of them is part of this project."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from paceline.cli import main
from service.scoring.rows import ROW_COLUMNS
from tests.support.real_data import copied, real_data, rewritten, shuffled

pytestmark = [pytest.mark.real, pytest.mark.slow]

Change = Callable[[list[list[str]]], list[list[str]]]
"""What is done to the rows of a file."""

VERSIONS = ["model_version", "dataset_version"]


@dataclass(frozen=True)
class RealRun:
    """One real set, and the moment it is looked at.

    Attributes:
        folder: Folder below the test data.
        mapping: Built-in mapping.
        as_of: Day of knowledge.
        changing: Files that hold dated facts, with what takes a file back to a day.
    """

    folder: str
    mapping: str
    as_of: str
    changing: tuple[tuple[str, Callable[[str], Change]], ...]


def dated(column: int) -> Callable[[str], Change]:
    """Return what drops rows dated after a day; rows without a date stay."""

    def back_to(as_of: str) -> Change:
        return lambda rows: [row for row in rows if row[column][:10] <= as_of]

    return back_to


def deals(*, begun: int, closed: int, stage: int, open_stage: str, emptied: tuple[int, ...]) -> Callable[[str], Change]:
    """Return what takes a list of deals back to a day: those begun later are gone, those closed later are open again.

    Args:
        begun: Column of the day on which a deal began.
        closed: Column of the day on which it closed.
        stage: Column of its stage.
        open_stage: Stage of deals that are open.
        emptied: Further columns that an open deal leaves empty.
    """

    def reopened(row: list[str]) -> list[str]:
        changed = {stage: open_stage, closed: "", **dict.fromkeys(emptied, "")}
        return [changed.get(place, value) for place, value in enumerate(row)]

    def back_to(as_of: str) -> Change:
        return lambda rows: [row if row[closed] <= as_of else reopened(row) for row in rows if row[begun] <= as_of]

    return back_to


ADVENTURE = RealRun("adventureworks_pl300", "adventureworks-pl300", "2020-02-29", (("Sales.csv", dated(1)),))
MAVEN_DEALS = deals(begun=5, closed=6, stage=4, open_stage="Engaging", emptied=(7,))
MAVEN = RealRun("maven_crm", "maven-crm", "2017-11-15", (("sales_pipeline.csv", MAVEN_DEALS),))
PARCH = RealRun("parch_posey", "parch-posey", "2016-10-31", (("orders.csv", dated(2)), ("web_events.csv", dated(2))))
COMPLY_DEALS = deals(begun=9, closed=10, stage=7, open_stage="Discovery", emptied=())
COMPLYFLOW = RealRun(
    "complyflow_gtm",
    "complyflow",
    "2026-03-31",
    (
        ("opportunities.csv", COMPLY_DEALS),
        ("revenue_events.csv", dated(5)),
        ("leads.csv", dated(4)),
        ("subscriptions.csv", dated(5)),
        ("accounts.csv", dated(6)),
    ),
)


def scored(home: Path, source: Path, mapping: str, as_of: str) -> pd.DataFrame:
    """Ingest, train without a backtest fold to spare, score, and return the rows."""
    received = ["--received-at", f"{as_of}T23:00:00"]
    assert main(["--home", str(home), "ingest", str(source), "--mapping", mapping, *received]) == 0
    return rescored(home, as_of)


def rescored(home: Path, as_of: str) -> pd.DataFrame:
    """Train and score at `as_of` and return the rows."""
    out = home / "rows.parquet"
    assert main(["--home", str(home), "train", "--as-of", as_of, "--cutoffs", "1"]) == 0
    assert main(["--home", str(home), "score", "--as-of", as_of, "--out", str(out)]) == 0
    return pd.read_parquet(out)


def csv_bytes(rows: pd.DataFrame) -> bytes:
    """Return every column but the versions as bytes."""
    return bytes(rows.drop(columns=VERSIONS).to_csv(index=False).encode())


@pytest.mark.parametrize("run", [ADVENTURE, PARCH, MAVEN, COMPLYFLOW], ids=lambda run: run.folder)
def test_the_future_and_the_order_of_rows_change_no_byte(run: RealRun, tmp_path: Path) -> None:
    source = real_data(run.folder)
    whole = scored(tmp_path / "whole", source, run.mapping, run.as_of)
    cut = copied(source, tmp_path / "cut")
    for name, back_to in run.changing:
        rewritten(cut / name, back_to(run.as_of))
        rewritten(cut / name, shuffled(5))
    other = scored(tmp_path / "other", cut, run.mapping, run.as_of)
    assert csv_bytes(whole) == csv_bytes(other)
    assert len(whole) > 0
    assert list(whole.columns) == list(ROW_COLUMNS)


def test_adventureworks_is_scored_at_the_end_of_may_and_june_arrives_on_top(tmp_path: Path) -> None:
    source = real_data("adventureworks_pl300")
    first = copied(source, tmp_path / "first")
    june = tmp_path / "june"
    june.mkdir()
    shutil.move(first / "ResellerSales_202006.csv", june)
    for name in ("Salesperson.csv", "Region.csv", "SalespersonRegion.csv"):
        shutil.copyfile(first / name, june / name)
    home = tmp_path / "home"
    rows = scored(home, first, "adventureworks-pl300", "2020-05-31")
    ends = sorted(str(end.date()) for end in rows["period_end"].unique())
    assert ends == ["2020-06-30", "2020-07-31", "2020-09-30"]
    assert {
        (str(s.date()), str(e.date()))
        for s, e in rows[["period_start", "period_end"]].drop_duplicates().itertuples(index=False)
    } >= {
        ("2020-06-01", "2020-06-30"),
        ("2020-04-01", "2020-06-30"),
    }
    # Targets of the director and the three managers are their teams': none of them counts as a quota of a person.
    leaders = rows[rows["rep_id"].isin(["272", "277", "290", "294"])]
    assert leaders["quota"].isna().all()
    assert set(leaders["status"]) <= {"no_quota"}
    stated = rows[rows["q50"].notna()]
    assert len(stated) >= 0.8 * len(rows)
    arrived = ["--received-at", "2020-07-01T06:00:00", "--json"]
    assert main(["--home", str(home), "ingest", str(june), "--mapping", "adventureworks-pl300", *arrived]) == 0
    after = rescored(home, "2020-06-30")
    assert sorted(str(end.date()) for end in after["period_end"].unique()) == [
        "2020-07-31",
        "2020-08-31",
        "2020-09-30",
        "2020-12-31",
    ]


def test_maven_is_grade_c_with_derived_quotas_and_managers(tmp_path: Path) -> None:
    rows = scored(tmp_path / "home", real_data("maven_crm"), "maven-crm", "2017-11-15")
    assert set(rows["data_grade"]) == {"C"}
    assert set(rows.loc[rows["quota"].notna(), "quota_source"]) == {"derived:R1"}
    assert rows["team_id"].nunique() == 6
    assert rows["rep_id"].nunique() == 30


def test_parch_owners_come_through_accounts(tmp_path: Path) -> None:
    rows = scored(tmp_path / "home", real_data("parch_posey"), "parch-posey", "2016-11-30")
    assert rows["rep_id"].nunique() == 50
    assert rows["q50"].notna().any()


def test_complyflow_is_told_apart_by_name_and_not_scored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = tmp_path / "home"
    assert (
        main(["--home", str(home), "ingest", str(real_data("complyflow_gtm")), "--mapping", "complyflow", "--json"])
        == 0
    )
    told = json.loads(capsys.readouterr().out)
    assert "scale" in told["faults"]
    assert main(["--home", str(home), "validate"]) == 3
    assert main(["--home", str(home), "train", "--cutoffs", "1"]) == 0
    out = home / "rows.parquet"
    assert main(["--home", str(home), "score", "--out", str(out)]) == 0
    rows = pd.read_parquet(out)
    assert set(rows["status"]) == {"undecidable"}
    assert rows["q50"].isna().all()
    assert "quota" in rows["reason"].iloc[0]


def test_salesforce_seed_headers_map(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = real_data("salesforce_schema_seeds")
    code = main(
        [
            "--home",
            str(tmp_path / "home"),
            "ingest",
            str(source),
            "--mapping",
            "salesforce",
            "--dry-run",
            "--partial",
            "--json",
        ]
    )
    captured = capsys.readouterr()
    assert code == 0, captured.err
    assert json.loads(captured.out)["status"] == "dry run"
