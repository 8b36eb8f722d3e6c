"""The flat rows of a scoring run: one per rep, open period and metric, as `score --out` writes them."""

from __future__ import annotations

import pandas as pd

from features.domain.vocabulary import QUANTILE_LEVELS, Status

QUANTILE_COLUMNS = tuple(f"q{round(level * 100):02d}" for level in QUANTILE_LEVELS)

ROW_COLUMNS = (
    "rep_id",
    "rep_name",
    "team_id",
    "period_start",
    "period_end",
    "metric",
    "currency",
    "as_of",
    "status",
    "reason",
    "quota",
    "quota_source",
    "attained",
    "forecast_mean",
    *QUANTILE_COLUMNS,
    "p_attain",
    "risk_band",
    "data_grade",
    "model_version",
    "dataset_version",
)
"""Columns of every scoring run, in order; amounts in `currency`."""

NUMBERS = ("forecast_mean", *QUANTILE_COLUMNS, "p_attain")
"""Columns that are withheld where the data contradicts itself."""

SILENT = (Status.UNDECIDABLE, Status.LEFT, Status.INSUFFICIENT_EXPOSURE)
"""Statuses that carry a reason instead of numbers."""


def scored_rows(
    targets: pd.DataFrame, assessment: pd.DataFrame, *, grade: str, model_version: str, dataset_version: str
) -> pd.DataFrame:
    """Return the flat rows of a scoring run, ordered by rep, period and metric.

    Args:
        targets: The state's targets.
        assessment: One row per target: `status, reason, forecast_mean`, quantile columns, `p_attain, risk_band`.
        grade: Point-in-time grade of the data.
        model_version: Model that scored.
        dataset_version: Facts that were scored.

    Returns:
        `ROW_COLUMNS`; rows with a silent status have no numbers and no risk band.
    """
    rows = targets.drop(columns=["status", "reason"]).join(assessment[["status", "reason", *NUMBERS, "risk_band"]])
    silent = rows["status"].isin([str(status) for status in SILENT])
    rows.loc[silent, list(NUMBERS)] = float("nan")
    rows["risk_band"] = rows["risk_band"].astype(object).where(~silent, None)
    rows["data_grade"], rows["model_version"], rows["dataset_version"] = grade, model_version, dataset_version
    ordered = rows[list(ROW_COLUMNS)].sort_values(["rep_id", "period_start", "period_end", "metric"], kind="stable")
    return ordered.reset_index(drop=True)


def undecidable_rows(
    targets: pd.DataFrame, reason: str, *, grade: str, model_version: str, dataset_version: str
) -> pd.DataFrame:
    """Return rows that say why nothing is scored; `reason` names the faults and the way to mend them."""
    assessment = pd.DataFrame(index=targets.index, columns=list(NUMBERS), dtype="float64")
    assessment["status"], assessment["reason"], assessment["risk_band"] = str(Status.UNDECIDABLE), reason, None
    return scored_rows(targets, assessment, grade=grade, model_version=model_version, dataset_version=dataset_version)
