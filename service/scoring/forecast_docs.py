"""Builds the forecast documents of reps and teams out of paths, assessments and explanations."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from features.domain.vocabulary import QUANTILE_LEVELS, REVENUE
from models.contracts import CompanyState, FloatArray
from service.scoring.documents import AccountingDoc, AlertDoc, DealsDoc, ExplanationDoc, FanPoint, ForecastDoc, Text
from service.scoring.fan import booked_line, dots, examples, fan_points
from service.scoring.reasons import reason_text
from service.scoring.rows import SILENT


@dataclass(frozen=True)
class Outlook:
    """What is told about one target beside its own columns.

    Attributes:
        total: Served paths, shape (n_paths,), currency.
        accounting: Where the mean comes from.
        explanation: Why it differs from similar reps; None without a quota or similar reps.
        days: Days to come, the as_of first; empty for periods that have not begun.
        amounts: Cumulative amounts on those days, shape (n_days, n_paths).
        deals: Its open deals with their reasons; None without quota or deal model.
        alert: The at-risk flag; None where nobody is flagged or waits to be.
    """

    total: FloatArray
    accounting: AccountingDoc
    explanation: ExplanationDoc | None
    days: Sequence[date]
    amounts: FloatArray | None
    deals: DealsDoc | None = None
    alert: AlertDoc | None = None


def number(value: object) -> float | None:
    """Return `value` as a finite float, or None.

    Examples:
        >>> number(float("nan")), number(3)
        (None, 3.0)
    """
    if value is None or (isinstance(value, float) and not math.isfinite(value)) or value is pd.NA:
        return None
    result = float(value)  # type: ignore[arg-type] # numpy scalars are floats to `float`
    return result if math.isfinite(result) else None


def text_or_none(value: object) -> str | None:
    """Return `value` as text, or None where it is missing or empty."""
    missing = value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))
    return None if missing or value == "" else str(value)


def iso(value: object) -> str:
    """Return the ISO day of a pandas timestamp or date."""
    return str(pd.Timestamp(value).date().isoformat())


@dataclass(frozen=True)
class _Told:
    """What is said about a target that may be forecast; the defaults say nothing."""

    quantiles: dict[str, float] = field(default_factory=dict)
    p_attain: float | None = None
    p_below_80: float | None = None
    risk_band: str | None = None
    explanation: ExplanationDoc | None = None
    dots: list[float] = field(default_factory=list)
    fan: list[FanPoint] = field(default_factory=list)
    sample_paths: list[list[float]] = field(default_factory=list)
    deals: DealsDoc | None = None


def _told(row: Mapping[str, object], outlook: Outlook) -> _Told:
    fan, paths = _fan(outlook)
    return _Told(
        quantiles=quantiles(outlook.total),
        p_attain=number(row["p_attain"]),
        p_below_80=number(row.get("p_below_80")),
        risk_band=text_or_none(row["risk_band"]),
        explanation=outlook.explanation,
        dots=dots(outlook.total),
        fan=fan,
        sample_paths=paths,
        deals=outlook.deals,
    )


def forecast_doc(row: Mapping[str, object], outlook: Outlook, line: Sequence[tuple[str, float]]) -> ForecastDoc:
    """Return the document of one target.

    Args:
        row: The target's columns joined with its assessment.
        outlook: Paths and explanations.
        line: Booked line of the period so far.
    """
    quota, attained = number(row["quota"]), float(row["attained"])  # type: ignore[arg-type]
    elapsed = float(row["elapsed"])  # type: ignore[arg-type]
    pipeline = _pipeline(row)
    told = _Told() if row["status"] in SILENT else _told(row, outlook)
    return ForecastDoc(
        period_start=iso(row["period_start"]),
        period_end=iso(row["period_end"]),
        grain=str(row["grain"]),
        metric=str(row["metric"]),
        currency=str(row["currency"]),
        status=str(row["status"]),
        reason=reason_text(str(row["status"]), str(row["reason"])),
        quota=quota,
        quota_source=str(row["quota_source"]),
        attained=attained,
        elapsed=elapsed,
        pace=_pace(attained, quota, elapsed),
        days_left=int(row["days_left"]),  # type: ignore[call-overload]
        mean=float(outlook.total.mean()),
        quantiles=told.quantiles,
        p_attain=told.p_attain,
        p_below_80=told.p_below_80,
        risk_band=told.risk_band,
        accounting=outlook.accounting,
        explanation=told.explanation,
        dots=told.dots,
        booked_line=list(line),
        fan=told.fan,
        sample_paths=told.sample_paths,
        pipeline_open=pipeline,
        pipeline_coverage=coverage(pipeline, quota, attained),
        alert=outlook.alert,
        deals=told.deals,
    )


def _pace(attained: float, quota: float | None, elapsed: float) -> float | None:
    """Return attainment by the share of the period that has gone; None without a quota and before the first day."""
    return attained / quota / elapsed if quota is not None and quota > 0 and elapsed > 0 else None


def _pipeline(row: Mapping[str, object]) -> float | None:
    """Return the amount of open deals; deals carry money, so beside a number of units it says nothing."""
    return number(row.get("open_pipeline")) if row["metric"] == REVENUE else None


def measure_rank(metric: str) -> str:
    """Return what measures are ordered by: revenue first, the others by name.

    Examples:
        >>> sorted(["units", "collections", "revenue"], key=measure_rank)
        ['revenue', 'collections', 'units']
    """
    return "" if metric == REVENUE else metric


def _fan(outlook: Outlook) -> tuple[list[FanPoint], list[list[float]]]:
    if outlook.amounts is None:
        return [], []
    return fan_points(outlook.days, outlook.amounts), examples(outlook.amounts)


def quantiles(total: FloatArray) -> dict[str, float]:
    """Return the served quantiles of `total` by level, e.g. `"0.05"`."""
    values = np.quantile(total, QUANTILE_LEVELS)
    return {f"{level:.2f}": float(value) for level, value in zip(QUANTILE_LEVELS, values, strict=True)}


def coverage(pipeline: float | None, quota: float | None, attained: float) -> float | None:
    """Return open pipeline / (quota - attained); None where nothing is left to book or nothing is known.

    Examples:
        >>> coverage(300.0, 200.0, 100.0)
        3.0
    """
    if pipeline is None or quota is None or quota - attained <= 0:
        return None
    return pipeline / (quota - attained)


def lines_of(state: CompanyState) -> dict[tuple[str, str], pd.DataFrame]:
    """Return the bookings of each rep and metric."""
    return {
        (str(rep), str(metric)): part for (rep, metric), part in state.bookings.groupby(["rep_id", "metric"], sort=True)
    }


def booked_so_far(
    bookings: Mapping[tuple[str, str], pd.DataFrame], empty: pd.DataFrame, row: Mapping[str, object], as_of: date
) -> list[tuple[str, float]]:
    """Return the booked line of one target's period."""
    mine = bookings.get((str(row["rep_id"]), str(row["metric"])), empty)
    return booked_line(mine, pd.Timestamp(row["period_start"]).date(), as_of)


def plain(text: str) -> Text:
    """Return `text` in both languages; for names that are not translated."""
    return Text(en=text, zh=text)
