"""Which open deals count for which target, and what became of those of earlier periods seen at the same point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from features.domain.vocabulary import REVENUE
from models.contracts import CompanyState, FloatArray, TrainingHistory
from models.forecasters.ledger import Ledger, day_numbers
from models.forecasters.residuals import bucket_index

NO_STAGE = ""
"""Deals without a stage (grade C) form one stage of their own."""

LOOK_BACK = pd.Timedelta(days=366)
"""Only periods that ended within the last year are learned from, as the vendors' help pages advise."""

POINT = ["metric", "grain", "bucket"]
"""Columns that say which point of which kind of period a target stands at."""

FULL_EXPOSURE = 0.99
"""A past period counts only for reps who, as was known then, had a seat for all of it."""


def open_pairs(targets: pd.DataFrame, deals: pd.DataFrame, on: Sequence[str] = ("rep_id",)) -> pd.DataFrame:
    """Return one row per target and open deal of its rep.

    Args:
        targets: Targets with a RangeIndex.
        deals: Open deals; columns of labels are kept.
        on: Columns that a target shares with its rep's deals.

    Returns:
        `on`, `row` (place of the target), `period_end`, the deal's columns with `stage` filled by `NO_STAGE`, and
        `due` (whether the deal is expected to close in the period of the target; never, without an expected close).

    Examples:
        >>> day = pd.to_datetime
        >>> quarter = pd.DataFrame({"rep_id": ["a"], "period_start": day(["2024-01-01"]),
        ...                         "period_end": day(["2024-03-31"])})
        >>> deals = pd.DataFrame({"rep_id": ["a", "a", "b"], "stage": ["x", None, "x"], "amount": [5.0, 7.0, 9.0],
        ...                       "expected_close": day(["2024-03-31", "2024-04-01", "2024-02-01"])})
        >>> open_pairs(quarter, deals)[["row", "stage", "amount", "due"]].to_numpy().tolist()
        [[0, 'x', 5.0, True], [0, '', 7.0, False]]
    """
    keys = targets[[*on, "period_start", "period_end"]].reset_index(names="row")
    kept = deals.assign(stage=deals["stage"].fillna(NO_STAGE), amount=deals["amount"].astype(float))
    pairs = keys.merge(kept, on=list(on))
    due = (pairs["expected_close"] >= pairs["period_start"]) & (pairs["expected_close"] <= pairs["period_end"])
    return pairs.assign(due=due).drop(columns="period_start")


@dataclass(frozen=True)
class PastPipelines:
    """Targets and open deals at the past cutoffs of a training history, with what came of them by the period's end.

    Attributes:
        targets: One row per past target: `rep_id, segment, period_start, period_end, attained`, `POINT`; in currency
            `pipeline` (all open deals of the rep), `due` (those expected to close in the period), `won_open` and
            `won_due` (what was won of either by the end of the period). Measures other than revenue have no deals.
        stages: Deals expected to close in the period, counted: `segment, stage, period_end`, `POINT`, `deals, won`.
    """

    targets: pd.DataFrame
    stages: pd.DataFrame

    @classmethod
    def of(cls, history: TrainingHistory) -> Self:
        """Read them from past targets and open deals."""
        full = ~(history.targets["exposure"] < FULL_EXPOSURE) & (history.targets["status"] != "left")
        targets = with_point(history.targets[full].reset_index(drop=True))
        deals = history.deals[["as_of", "rep_id", "stage", "amount", "expected_close", "won_on", "final_amount"]]
        pairs = open_pairs(targets, deals, on=("as_of", "rep_id"))
        pairs = pairs[(targets["metric"] == REVENUE).to_numpy()[pairs["row"].to_numpy(dtype=np.int64)]]
        # A win counts when it fell into the period; since the period is over when this is read, it was known then.
        in_time = pairs["won_on"] <= pairs["period_end"]
        brought = pairs["final_amount"].where(in_time, 0.0).fillna(0.0)
        values = pd.DataFrame(
            {
                "pipeline": pairs["amount"].fillna(0.0),
                "due": pairs["amount"].where(pairs["due"], 0.0).fillna(0.0),
                "won_open": brought,
                "won_due": brought.where(pairs["due"], 0.0),
            }
        )
        sums = values.groupby(pairs["row"]).sum().reindex(targets.index, fill_value=0.0)
        kept = targets[["rep_id", "segment", "period_start", "period_end", "attained", *POINT]]
        return cls(kept.join(sums), _counted(targets, pairs.assign(won=in_time)))

    def before(self, as_of: pd.Timestamp) -> Self:
        """Return those of periods that ended in the year before `as_of`."""
        return type(self)(*(frame[_in_last_year(frame, as_of)] for frame in (self.targets, self.stages)))

    def with_final(self, bookings: pd.DataFrame) -> pd.DataFrame:
        """Return `targets` with `final`: what their periods brought, currency, as far as `bookings` know."""
        final = np.zeros(len(self.targets))
        for metric in sorted(self.targets["metric"].unique()):
            rows = np.flatnonzero((self.targets["metric"] == metric).to_numpy())
            mine = self.targets.iloc[rows]
            start, last = day_numbers(mine["period_start"]), day_numbers(mine["period_end"])
            final[rows] = Ledger(bookings, metric).sums(mine["rep_id"].to_numpy(dtype=object), start, last + 1)
        return self.targets.assign(final=final)


def with_point(targets: pd.DataFrame) -> pd.DataFrame:
    """Return targets with `bucket`, the part of the period they stand in."""
    return targets.assign(bucket=bucket_index(targets, targets["as_of"]))


def targets_now(state: CompanyState, seen: pd.DataFrame) -> pd.DataFrame:
    """Return the targets of a state in their order, with the `bucket` among those `seen` that is nearest to theirs."""
    targets = with_point(state.targets.reset_index(drop=True))
    if seen.empty:
        return targets
    points = seen[POINT].drop_duplicates().rename(columns={"bucket": "other"})
    both = targets[POINT].reset_index(names="row").merge(points, on=POINT[:2])
    both["away"] = (both["other"] - both["bucket"]).abs()
    nearest = both.sort_values(["row", "away", "other"]).groupby("row")["other"].first()
    return targets.assign(bucket=nearest.reindex(targets.index).fillna(targets["bucket"]).astype(np.int64))


def pooled_ratio(
    seen: pd.DataFrame, asked: pd.DataFrame, always: Sequence[str], further: Sequence[str], *, top: str, bottom: str
) -> FloatArray:
    """Return sum(top) / sum(bottom) over the seen rows that share the asked row's keys.

    Args:
        seen: Rows to learn from.
        asked: Rows to answer for, with the key columns.
        always: Key columns that must agree.
        further: Key columns of which, where nothing was seen, the last is dropped, then the one before, and so on.
        top: Column of `seen`.
        bottom: Column of `seen`.

    Returns:
        Shape (n_asked,); 0.0 where nothing was seen even of the keys that must agree.

    Examples:
        >>> seen = pd.DataFrame({"grain": "quarter", "stage": ["x", "x", "y"], "won": [1, 0, 1], "deals": [2, 2, 1]})
        >>> asked = pd.DataFrame({"grain": ["quarter", "quarter", "month"], "stage": ["x", "z", "x"]})
        >>> pooled_ratio(seen, asked, ["grain"], ["stage"], top="won", bottom="deals").tolist()
        [0.25, 0.4, 0.0]
    """
    out = np.full(len(asked), np.nan)
    for depth in range(len(further), -1, -1):
        missing = np.isnan(out)
        if not missing.any():
            break
        shared = [*always, *further[:depth]]
        sums = seen.groupby(shared)[[top, bottom]].sum()
        ratio = (sums[top] / sums[bottom].where(sums[bottom] > 0)).astype(float).rename("ratio")
        found = asked.loc[missing, shared].merge(ratio.reset_index(), on=shared, how="left")["ratio"]
        out[missing] = found.to_numpy(dtype=np.float64)
    return np.asarray(np.nan_to_num(out), dtype=np.float64)


def _in_last_year(frame: pd.DataFrame, as_of: pd.Timestamp) -> pd.Series:
    return (frame["period_end"] <= as_of) & (frame["period_end"] > as_of - LOOK_BACK)


def _counted(targets: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    due = pairs[pairs["due"]]
    facts = targets[["segment", *POINT]].loc[due["row"].to_numpy()].reset_index(drop=True)
    each = facts.assign(**{column: due[column].to_numpy() for column in ("stage", "period_end", "won")}, deals=1)
    keys = ["segment", "stage", "period_end", *POINT]
    return each.groupby(keys, as_index=False)[["deals", "won"]].sum()
