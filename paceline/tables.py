"""Writing rows to a file whose ending says how: .csv, .parquet or .json."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from features.domain.errors import UsageError

ENDINGS = (".csv", ".parquet", ".json")


def require_ending(path: Path) -> Path:
    """Return `path` if its ending says how rows are written, so that nothing is done before a refusal.

    Raises:
        UsageError: The ending is not one of `ENDINGS`.
    """
    if path.suffix not in ENDINGS:
        raise UsageError(f"cannot tell how to write {path.name!r}; end it with .csv, .parquet or .json")
    return path


def write_rows(rows: pd.DataFrame, path: Path) -> None:
    """Write `rows` to `path`; days as ISO dates, numbers as the shortest text that reads back the same.

    Raises:
        UsageError: The ending is not .csv, .parquet or .json.
    """
    require_ending(path).parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".csv":
        rows.to_csv(path, index=False, date_format="%Y-%m-%d")
    elif path.suffix == ".parquet":
        rows.to_parquet(path, index=False)
    else:
        rows.to_json(path, orient="records", date_format="iso", force_ascii=False, indent=1, double_precision=15)
