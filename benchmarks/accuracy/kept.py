"""Rows of companies that were judged already, so that an interrupted run goes on where it stopped."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from benchmarks.accuracy.companies import Case, judge_case


def judge_or_read(case: Case, keep: Path | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return `judge_case(case)`, from the folder where it was judged before.

    Args:
        case: The company.
        keep: Folder of the rows; empty it when the code has changed. None keeps nothing.
    """
    if keep is None:
        return judge_case(case)
    rows, totals = (keep / f"{_name(case)}-{part}.parquet" for part in ("rows", "totals"))
    if not totals.exists():
        keep.mkdir(parents=True, exist_ok=True)
        for frame, path in zip(judge_case(case), (rows, totals), strict=True):
            frame.to_parquet(path.with_suffix(".part"), index=False)
            path.with_suffix(".part").replace(path)
    return pd.read_parquet(rows), pd.read_parquet(totals)


def is_kept(case: Case, keep: Path | None) -> bool:
    """Return whether `judge_or_read(case, keep)` would read and not judge."""
    return keep is not None and (keep / f"{_name(case)}-totals.parquet").exists()


def _name(case: Case) -> str:
    size = f"{case.reps}x{case.quarters}-{case.folds}-{case.paths}"
    return f"{case.preset}-{case.seed}-{size}-{'+'.join(case.names) or 'all'}"
