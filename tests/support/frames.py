"""Hand-made states and histories of a few rows, for tests whose numbers are worked in sight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from features.domain.time import AsOf, Grain, Period, WorkCalendar
from features.domain.vocabulary import REVENUE
from models.contracts import (
    BOOKING_COLUMNS,
    DEAL_COLUMNS,
    LIFECYCLE_COLUMNS,
    REP_COLUMNS,
    TARGET_COLUMNS,
    CompanyState,
    TrainingHistory,
)


def bookings(rows: Sequence[tuple[str, str, float]]) -> pd.DataFrame:
    """Return bookings (rep, day, amount), each known on its day."""
    days = pd.to_datetime([day for _, day, _ in rows]).as_unit("us")
    frame = pd.DataFrame({"rep_id": pd.Series([rep for rep, _, _ in rows], dtype="str"), "metric": REVENUE})
    return frame.assign(day=days, known_on=days, amount=[float(a) for *_, a in rows], n=1)[list(BOOKING_COLUMNS)]


def target(
    rep: str,
    start: str,
    end: str,
    as_of: str,
    *,
    attained: float = 0.0,
    grain: str = "quarter",
    tenure_days: int = 3000,
    status: str = "",
) -> dict[str, object]:
    """Return one target row; elapsed follows from the dates."""
    period = Period(date.fromisoformat(start), date.fromisoformat(end))
    day = date.fromisoformat(as_of)
    return {
        "rep_id": rep,
        "period_start": pd.Timestamp(start).as_unit("us"),
        "period_end": pd.Timestamp(end).as_unit("us"),
        "metric": REVENUE,
        "as_of": pd.Timestamp(as_of).as_unit("us"),
        "grain": str(Grain(grain)),
        "rep_name": rep.upper(),
        "team_id": "t1",
        "segment": "",
        "currency": "USD",
        "quota": 100.0,
        "quota_source": "given",
        "attained": attained,
        "elapsed": WorkCalendar().elapsed(period, AsOf(day)),
        "days_left": (period.end - day).days,
        "starts_in": max((period.start - day).days - 1, 0),
        "tenure_days": tenure_days,
        "exposure": 1.0,
        "status": status,
        "reason": "",
    }


def deal(rep: str, amount: float, stage: str | None, expected_close: str | None, **labels: object) -> dict[str, object]:
    """Return one open deal; `labels` add `as_of`, `won_on`, `lost_on` and more."""
    row: dict[str, object] = {
        "opportunity_id": f"{rep}-{amount}-{stage}-{expected_close}",
        "rep_id": rep,
        "as_of": pd.NaT,
        "segment": "",
        "source": "",
        "amount": amount,
        "stage": stage,
        "created_on": pd.Timestamp("2023-01-01"),
        "expected_close": pd.NaT if expected_close is None else pd.Timestamp(expected_close),
    }
    return {**row, **labels}


def deals(rows: Sequence[Mapping[str, object]], *, labelled: bool = False) -> pd.DataFrame:
    """Return open deals, with the label columns when `labelled`."""
    extra = ["won_on", "lost_on", "final_amount", "observed_until"] if labelled else []
    frame = pd.DataFrame(list(rows), columns=[*DEAL_COLUMNS, *extra])
    frame["stage"] = frame["stage"].astype("str")
    for column in ("as_of", "created_on", "expected_close", "won_on", "lost_on", "observed_until"):
        if column in frame:
            frame[column] = pd.to_datetime(frame[column]).dt.as_unit("us")
    return frame


def state(
    as_of: str,
    targets: Sequence[Mapping[str, object]],
    booked: pd.DataFrame,
    open_deals: pd.DataFrame | None = None,
    *,
    returns_allowed: bool = False,
) -> CompanyState:
    """Return a state that knows exactly these rows."""
    return CompanyState(
        as_of=date.fromisoformat(as_of),
        targets=pd.DataFrame(list(targets), columns=list(TARGET_COLUMNS)),
        deals=deals([]) if open_deals is None else open_deals,
        bookings=booked,
        lifecycles=pd.DataFrame(columns=list(LIFECYCLE_COLUMNS)),
        reps=pd.DataFrame(columns=list(REP_COLUMNS)),
        returns_allowed=returns_allowed,
    )


def history(
    now: CompanyState, past: Sequence[tuple[Mapping[str, object], float]], past_deals: pd.DataFrame | None = None
) -> TrainingHistory:
    """Return a history of labelled targets (row, final attained)."""
    columns = [*TARGET_COLUMNS, "final_attained"]
    rows = [{**row, "final_attained": final} for row, final in past]
    now.lifecycles["created_on"] = pd.to_datetime(now.lifecycles["created_on"])
    now.lifecycles["closed_on"] = pd.to_datetime(now.lifecycles["closed_on"])
    return TrainingHistory(
        now=now,
        targets=pd.DataFrame(rows, columns=columns),
        deals=deals([], labelled=True) if past_deals is None else past_deals,
    )
