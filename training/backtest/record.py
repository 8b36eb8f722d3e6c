"""Backtest rows -> documents for people: the company, each team, each rep."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
import pandas as pd

from features.domain.time import AsOf
from models.accuracy.documents import (
    AccuracyLineDoc,
    BacktestDoc,
    FlagLineDoc,
    JudgedPeriodDoc,
    LeadDoc,
    RepBacktestDoc,
    RepLookDoc,
    RepPeriodDoc,
    SaidDoc,
    TeamBacktestDoc,
)
from models.accuracy.lines import Floor, accuracy_line
from models.accuracy.log import BacktestRecord
from models.accuracy.measures import NOMINAL_COVERAGE, Judged
from models.accuracy.settings import AccuracySettings
from models.risk.alert_settings import AlertSettings
from training.backtest.alert_summary import alert_summary
from training.backtest.folds import LEADS, Fold

BESIDE = "pace"
"""The rule that everybody knows: it stands beside the served forecast for teams and reps too."""

ORDER = {name: place for place, (name, _) in enumerate(LEADS)}


def backtest_record(
    rows: pd.DataFrame, folds: Sequence[Fold], *, served: str, zone: str, note: str, settings: AccuracySettings
) -> BacktestRecord:
    """Return the documents of a backtest.

    Args:
        rows: Output of `rolling_backtest`; may be empty.
        folds: The judged periods.
        served: Name of the forecaster that is served.
        zone: Time zone of the company: a lead's knowledge ends with its day there.
        note: Why nothing was judged, or "".
        settings: What must stand behind a figure.
    """
    mine = rows[rows["forecaster"] == served] if len(rows) else rows
    company = BacktestDoc(
        schema=1,
        served=served,
        nominal_coverage=NOMINAL_COVERAGE,
        note=note,
        periods=[_period(fold, zone) for fold in folds],
        lines=_lines(rows, settings),
        flags=_flags(mine) if len(mine) else [],
    )
    if rows.empty:
        return BacktestRecord(company, {}, {})
    told = rows[rows["forecaster"].isin([served, BESIDE])]
    teams = {
        str(team): TeamBacktestDoc(schema=1, lines=_lines(part, settings))
        for team, part in told.dropna(subset=["team_id"]).groupby("team_id", sort=True, observed=True)
    }
    reps = {
        str(rep): RepBacktestDoc(schema=1, periods=list(_rep_periods(part)))
        for rep, part in told.groupby("rep_id", sort=True, observed=True)
    }
    return BacktestRecord(company, teams, reps)


def judged(rows: pd.DataFrame) -> list[Judged]:
    """Return backtest rows as plain rows to be measured."""
    starts = pd.to_datetime(rows["period_start"]).dt.strftime("%Y-%m-%d")
    columns = (rows[name].to_numpy(dtype=np.float64) for name in _NUMBERS)
    return [
        Judged(str(rep), start, quota if quota > 0 else None, outcome, middle, mean, crps, pit)
        for rep, start, quota, outcome, middle, mean, crps, pit in zip(
            rows["rep_id"], starts, *(column.tolist() for column in columns), strict=True
        )
    ]


_NUMBERS = ("quota", "outcome", "q50", "forecast_mean", "crps", "pit")


def _lines(rows: pd.DataFrame, settings: AccuracySettings) -> list[AccuracyLineDoc]:
    if rows.empty:
        return []
    lines = [
        accuracy_line(
            judged(part),
            forecaster=str(name),
            metric=str(metric),
            lead=str(lead),
            floor=Floor.of_group(settings),
            settings=settings,
        )
        for (name, metric, lead), part in rows.groupby(["forecaster", "metric", "lead"], sort=True, observed=True)
    ]
    return sorted(lines, key=lambda line: (line["metric"], line["forecaster"], ORDER.get(line["lead"], len(ORDER))))


def _period(fold: Fold, zone: str) -> JudgedPeriodDoc:
    return JudgedPeriodDoc(
        period_start=fold.period.start.isoformat(),
        period_end=fold.period.end.isoformat(),
        leads=[
            LeadDoc(name=name, day=day.isoformat(), until=f"{AsOf(day, zone).instant:%Y-%m-%dT%H:%M:%S.%fZ}")
            for name, day in fold.leads
        ],
    )


def _flags(rows: pd.DataFrame) -> list[FlagLineDoc]:
    return [
        FlagLineDoc(
            lead=str(line["lead"]),
            rows=int(line["rows"]),
            flagged=_number(line["flagged"]),
            waiting=_number(line["waiting"]),
            precision=_number(line["precision"]),
            recall=_number(line["recall"]),
            days_before_end=_number(line["days_before_end"]),
            churn=_number(line["churn"]),
        )
        for line in alert_summary(rows, AlertSettings()).to_dict("records")
    ]


def _rep_periods(rows: pd.DataFrame) -> Iterator[RepPeriodDoc]:
    ordered = rows.sort_values([*_PERIOD, "as_of"], kind="stable").to_dict("records")
    for (start, end, metric), found in groupby(ordered, key=itemgetter(*_PERIOD)):
        period = list(found)
        looks: dict[str, dict[str, SaidDoc]] = {}
        for row in period:
            looks.setdefault(str(row["lead"]), {})[str(row["forecaster"])] = _said(row)
        yield RepPeriodDoc(
            period_start=_day(start),
            period_end=_day(end),
            metric=str(metric),
            # The quota as it stood at the last look: the one that the person was held to.
            quota=_number(period[-1]["quota"]),
            outcome=float(period[0]["outcome"]),
            looks=sorted(
                (RepLookDoc(lead=lead, said=said) for lead, said in looks.items()),
                key=lambda look: ORDER.get(look["lead"], len(ORDER)),
            ),
        )


_PERIOD = ("period_start", "period_end", "metric")


def _said(row: Mapping[Hashable, Any]) -> SaidDoc:
    return SaidDoc(
        middle=float(row["q50"]),
        mean=float(row["forecast_mean"]),
        low=float(row["q10"]),
        high=float(row["q90"]),
        crps=float(row["crps"]),
        pit=float(row["pit"]),
    )


def _day(moment: object) -> str:
    return str(pd.Timestamp(str(moment)).date().isoformat())


def _number(value: object) -> float | None:
    found = float(value)  # type: ignore[arg-type] # numpy scalars are floats to `float`
    return found if np.isfinite(found) else None
