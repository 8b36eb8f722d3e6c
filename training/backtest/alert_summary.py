"""How the at-risk flag would have done: precision, recall, lead time and churn over past periods."""

from __future__ import annotations

import numpy as np
import pandas as pd

from features.domain.vocabulary import Status
from models.contracts import TARGET_KEYS
from models.risk.alert_settings import AlertSettings
from models.risk.alerts import alerts, no_alerts
from training.backtest.folds import LEADS

KEYS = list(TARGET_KEYS)
DAYS_PER_WEEK = 7.0
ALERT_SUMMARY_COLUMNS = ("lead", "rows", "flagged", "waiting", "precision", "recall", "days_before_end", "churn")


def flags(rows: pd.DataFrame, settings: AlertSettings) -> pd.DataFrame:
    """Return the flag of each rep at each look of a backtest, as it would have stood.

    Args:
        rows: Rows of one forecaster, as `rolling_backtest` returns them.
        settings: Thresholds and budget; the budget of the weeks between two looks is spent at the second.

    Returns:
        `rows` with a quota and a chance, with `at_risk, since, waiting, missed`, by period and look.
    """
    rated = rows[(rows["quota"] > 0) & rows["p_attain"].notna()].reset_index(drop=True)
    # Facts that decide nothing leave the status empty; whoever has a quota and a chance then carries a band.
    rated = rated.assign(status=rated["status"].fillna("").replace("", str(Status.OK)))
    parts = []
    for _, period in rated.groupby("period_start", sort=True):
        before, last = no_alerts(), None
        for as_of, look in period.groupby("as_of", sort=True):
            day = pd.Timestamp(str(as_of))
            weeks = 1.0 if last is None else (day - last).days / DAYS_PER_WEEK
            now = alerts(look, before, settings, as_of=day, weeks=weeks)
            told = now[["at_risk", "since", "waiting"]].set_index(look.index)
            parts.append(look.join(told).assign(missed=look["outcome"] < look["quota"]))
            before, last = now, day
    return pd.concat(parts) if parts else rated.assign(at_risk=False, since=pd.NaT, waiting=False, missed=False)


def alert_summary(rows: pd.DataFrame, settings: AlertSettings) -> pd.DataFrame:
    """Return one row per lead: what the flags that stood by then were worth.

    Args:
        rows: Rows of one forecaster, as `rolling_backtest` returns them.
        settings: Thresholds and budget.

    Returns:
        `ALERT_SUMMARY_COLUMNS`. `flagged` and `waiting` are shares of the rows at that look. `precision` is the share
        of the flagged that missed their quota; `recall` the share of those who missed who had been flagged by then;
        `days_before_end` the median of the days between the flag and the period's end, over flagged misses; `churn`
        how often a flag was taken back so far, per rep and period that was ever flagged. NaN where nobody was.
    """
    flagged = flags(rows, settings)
    names = [name for name, _ in LEADS if (flagged["lead"] == name).any()]
    lines = [_line(flagged, names[: place + 1]) for place in range(len(names))]
    return pd.DataFrame(lines, columns=list(ALERT_SUMMARY_COLUMNS))


def _line(flagged: pd.DataFrame, so_far: list[str]) -> dict[str, object]:
    look = flagged[flagged["lead"] == so_far[-1]]
    seen = flagged[flagged["lead"].isin(so_far)].sort_values("as_of")
    people = seen.groupby(KEYS, sort=False)
    ever, missed = people["at_risk"].any(), people["missed"].last()
    hits = ever & missed
    first = seen[seen["at_risk"]].groupby(KEYS, sort=False)[["as_of", "period_end"]].agg({"as_of": "first"})
    ends = first.index.get_level_values("period_end")
    days = pd.Series((ends - first["as_of"]).to_numpy() / np.timedelta64(1, "D"), index=first.index)
    dropped = (people["at_risk"].shift(1, fill_value=False) & ~seen["at_risk"]).sum()
    return {
        "lead": so_far[-1],
        "rows": len(look),
        "flagged": float(look["at_risk"].mean()),
        "waiting": float(look["waiting"].mean()),
        "precision": _share(look["missed"] & look["at_risk"], look["at_risk"]),
        "recall": _share(hits, missed),
        "days_before_end": float(days[hits[hits].index].median()) if hits.any() else float("nan"),
        "churn": float(dropped / ever.sum()) if ever.any() else float("nan"),
    }


def _share(part: pd.Series, whole: pd.Series) -> float:
    return float(part.sum() / whole.sum()) if whole.any() else float("nan")
