"""Rows are written as the ending says, and read back the same."""

from pathlib import Path

import pandas as pd
import pytest

from features.domain.errors import UsageError
from paceline.tables import write_rows

ROWS = pd.DataFrame(
    {
        "rep_id": ["a", "b"],
        "period_start": pd.to_datetime(["2020-06-01", "2020-06-01"]),
        "forecast_mean": [0.1 + 0.2, 7.0],
    }
)


@pytest.mark.parametrize("ending", [".csv", ".parquet", ".json"])
def test_numbers_survive_to_the_last_digit(tmp_path: Path, ending: str) -> None:
    path = tmp_path / "deep" / f"rows{ending}"
    write_rows(ROWS, path)
    read = {".csv": pd.read_csv, ".parquet": pd.read_parquet, ".json": pd.read_json}[ending](path)
    assert read["forecast_mean"].tolist() == [0.1 + 0.2, 7.0]


def test_days_are_iso_in_text(tmp_path: Path) -> None:
    write_rows(ROWS, tmp_path / "rows.csv")
    assert (tmp_path / "rows.csv").read_text().splitlines()[1].startswith("a,2020-06-01,")


def test_an_unknown_ending_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"end it with \.csv, \.parquet or \.json"):
        write_rows(ROWS, tmp_path / "rows.xlsx")
