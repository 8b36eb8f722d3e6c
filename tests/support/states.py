"""A small made-up company as the frames of `models/contracts.py`, for tests of whatever learns from them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from features.domain.time import AsOf, Grain, Period, WorkCalendar, add_months, open_periods
from features.domain.vocabulary import REVENUE, Grade
from models.contracts import (
    BOOKING_COLUMNS,
    DEAL_COLUMNS,
    LIFECYCLE_COLUMNS,
    REP_COLUMNS,
    CompanyState,
    FloatArray,
    TrainingHistory,
)

FIRST_DAY = date(2021, 1, 1)
STAGES = ("discovery", "proposal", "negotiation")
BOOKING_LAG = timedelta(days=1)
ELAPSED_AT_CUTOFFS = (0.0, 0.25, 0.5, 0.75)
NOW_ELAPSED = 0.4


@dataclass(frozen=True)
class ToyCompany:
    """Everything that ever happens in the company, the future included; states are views of it."""

    reps: pd.DataFrame
    deals: pd.DataFrame
    bookings: pd.DataFrame
    quotas: dict[str, float]
    grade: Grade
    returns_allowed: bool


def toy_history(
    n_reps: int = 12,
    n_periods: int = 8,
    seed: int = 1,
    grade: str = "A",
    *,
    returns_allowed: bool = False,
    grains: tuple[str, ...] = ("month", "quarter"),
) -> TrainingHistory:
    """Return a company of `n_reps` after `n_periods` closed quarters, standing 40 % into the next one.

    Rep 0 has no quota, the last rep joined half-way through, and (from 4 reps on) rep 1 has left; everyone else is
    in seat from the first day. Quarters carry a shared shock, so that reps are not independent.
    Cutoffs stand at day 0, 1/4, 1/2 and 3/4 of each quarter from the third on.
    """
    company = toy_company(n_reps, n_periods, seed, Grade(grade), returns_allowed=returns_allowed)
    now = toy_state(company, _as_of(n_periods, NOW_ELAPSED), grains)
    cutoffs = [_as_of(quarter, share) for quarter in range(2, n_periods) for share in ELAPSED_AT_CUTOFFS]
    states = [toy_state(company, cutoff, grains) for cutoff in cutoffs]
    targets = pd.concat([_labelled_targets(company, state, now.as_of) for state in states], ignore_index=True)
    deals = pd.concat([_labelled_deals(company, state, now.as_of) for state in states], ignore_index=True)
    return TrainingHistory(now=now, targets=targets, deals=deals)


def toy_company(n_reps: int, n_periods: int, seed: int, grade: Grade, *, returns_allowed: bool = False) -> ToyCompany:
    """Return the company's whole life: reps, deals with outcomes, bookings and quarter quotas."""
    rng = np.random.default_rng(seed)
    reps = _reps(n_reps, n_periods)
    skill = np.exp(rng.normal(0.0, 0.3, n_reps))
    shocks = np.exp(rng.normal(0.0, 0.15, n_periods + 3))
    deals = _deals(rng, reps, skill, shocks)
    bookings = _bookings(rng, deals, returns_allowed)
    quotas = {rep: float(round(1.05 * 110_000 * s, -3)) for rep, s in zip(reps["rep_id"], skill, strict=True)}
    quotas[str(reps["rep_id"].iloc[0])] = float("nan")
    if grade is Grade.D:
        deals = deals.iloc[:0]
    return ToyCompany(reps, deals, bookings, quotas, grade, returns_allowed)


def toy_state(company: ToyCompany, as_of: date, grains: tuple[str, ...] = ("month", "quarter")) -> CompanyState:
    """Return what was known about the company at the end of `as_of`."""
    bookings = company.bookings[company.bookings["known_on"] <= _stamp(as_of)].reset_index(drop=True)
    known = company.deals[company.deals["created_on"] <= _stamp(as_of)]
    state = CompanyState(
        as_of=as_of,
        targets=pd.DataFrame(),
        deals=_open_deals(known[known["closed_on"] > _stamp(as_of)], as_of, company.grade),
        bookings=bookings[list(BOOKING_COLUMNS)],
        lifecycles=_lifecycles(known, as_of),
        reps=_known_reps(company.reps, as_of),
        grade=company.grade,
        returns_allowed=company.returns_allowed,
    )
    return replace(state, targets=_targets(company, state, grains))


def _stamp(day: date) -> pd.Timestamp:
    return pd.Timestamp(day).as_unit("us")


def _as_of(quarter: int, share: float) -> date:
    start = add_months(FIRST_DAY, 3 * quarter)
    length = (add_months(start, 3) - start).days
    return start + timedelta(days=int(length * share) - 1)


def _reps(n_reps: int, n_periods: int) -> pd.DataFrame:
    hired = [FIRST_DAY] * n_reps
    ended: list[date | None] = [None] * n_reps
    hired[-1] = add_months(FIRST_DAY, 3 * (n_periods // 2)) + timedelta(days=20)
    if n_reps >= 4:
        ended[1] = add_months(FIRST_DAY, 3 * (n_periods - 1))
    names = [f"r{i:02d}" for i in range(n_reps)]
    frame = pd.DataFrame(
        {
            "rep_id": names,
            "rep_name": [f"Rep {i}" for i in range(n_reps)],
            "team_id": [f"t{i % 3}" for i in range(n_reps)],
            "segment": ["smb" if i % 2 else "ent" for i in range(n_reps)],
            "region": "north",
            "role": "seller",
            "hire_date": pd.to_datetime(hired).as_unit("us"),
            "end_date": pd.to_datetime(pd.Series(ended, dtype="object")).dt.as_unit("us"),
        }
    )
    return frame[list(REP_COLUMNS)]


def _known_reps(reps: pd.DataFrame, as_of: date) -> pd.DataFrame:
    hired = reps[reps["hire_date"] <= _stamp(as_of)].reset_index(drop=True)
    return hired.assign(end_date=hired["end_date"].where(hired["end_date"] <= _stamp(as_of)))


def _deals(rng: np.random.Generator, reps: pd.DataFrame, skill: FloatArray, shocks: FloatArray) -> pd.DataFrame:
    last = add_months(FIRST_DAY, 3 * len(shocks))
    parts = []
    for index, rep in enumerate(reps.itertuples()):
        first = (rep.hire_date.date() - FIRST_DAY).days
        end = last if pd.isna(rep.end_date) else rep.end_date.date()
        n = int(rng.poisson(0.17 * max((end - FIRST_DAY).days - first, 0)))
        created = np.sort(rng.integers(first, (end - FIRST_DAY).days, n))
        won = rng.random(n) < np.clip(0.3 * skill[index], 0.05, 0.8)
        parts.append(
            pd.DataFrame(
                {
                    "rep_id": rep.rep_id,
                    "segment": rep.segment,
                    "created": created,
                    "won": won,
                    "days": np.ceil(rng.gamma(2.0, np.where(won, 22.0, 17.0))),
                    "size": np.exp(rng.normal(np.log(22_000.0), 0.5, n)).round(2),
                    "source": rng.choice(["inbound", "outbound"], n),
                    "optimism": rng.normal(0.9, 0.3, n).clip(0.3, 2.0),
                    "first_guess": np.exp(rng.normal(0.0, 0.2, n)),
                }
            )
        )
    deals = pd.concat(parts, ignore_index=True)
    deals.insert(0, "opportunity_id", [f"o{i:05d}" for i in range(len(deals))])
    closed = deals["created"] + deals["days"]
    quarter = np.minimum((closed // 91).astype(int).to_numpy(), len(shocks) - 1)
    deals["size"] = (deals["size"] * shocks[quarter]).round(2)
    origin = _stamp(FIRST_DAY)
    deals["created_on"] = (origin + pd.to_timedelta(deals["created"], unit="D")).dt.as_unit("us")
    deals["closed_on"] = (origin + pd.to_timedelta(closed, unit="D")).dt.as_unit("us")
    return deals


def _bookings(rng: np.random.Generator, deals: pd.DataFrame, returns_allowed: bool) -> pd.DataFrame:
    won = deals[deals["won"]]
    frame = pd.DataFrame({"rep_id": won["rep_id"], "day": won["closed_on"], "amount": won["size"]})
    if returns_allowed:
        back = frame[rng.random(len(frame)) < 0.1]
        late = back["day"] + pd.Timedelta(days=30)
        frame = pd.concat([frame, back.assign(day=late, amount=-0.5 * back["amount"])], ignore_index=True)
    frame = frame.assign(metric=REVENUE, n=1, known_on=(frame["day"] + BOOKING_LAG).dt.as_unit("us"))
    keys = ["rep_id", "metric", "day", "known_on"]
    return frame.groupby(keys, as_index=False)[["amount", "n"]].sum()[list(BOOKING_COLUMNS)]


def _open_deals(open_deals: pd.DataFrame, as_of: date, grade: Grade) -> pd.DataFrame:
    age = (_stamp(as_of) - open_deals["created_on"]).dt.days
    progress = age / open_deals["days"]
    planned = 45.0 * open_deals["optimism"]
    pushes = np.floor(age / planned).astype(int)
    expected = open_deals["created_on"] + pd.to_timedelta(np.ceil(planned * (pushes + 1)), unit="D")
    blind = grade is Grade.C
    amount = np.where(progress < 0.5, open_deals["size"] * open_deals["first_guess"], open_deals["size"]).round(2)
    stage = np.array(STAGES, dtype=object)[np.minimum((progress * 3).astype(int), 2)]
    frame = pd.DataFrame(
        {
            "opportunity_id": open_deals["opportunity_id"],
            "rep_id": open_deals["rep_id"],
            "as_of": _stamp(as_of),
            "segment": open_deals["segment"],
            "source": open_deals["source"],
            "amount": np.nan if blind else amount,
            "stage": pd.Series(None if blind else stage, index=open_deals.index, dtype="str"),
            "created_on": open_deals["created_on"],
            "expected_close": pd.NaT if blind else expected,
            "age_days": age.astype(float),
            "n_pushes": pushes.astype(float),
        }
    )
    frame["expected_close"] = pd.to_datetime(frame["expected_close"]).dt.as_unit("us")
    return frame[[*DEAL_COLUMNS, "age_days", "n_pushes"]].reset_index(drop=True)


def _lifecycles(known: pd.DataFrame, as_of: date) -> pd.DataFrame:
    closed = known["closed_on"] <= _stamp(as_of)
    outcome = np.where(closed, np.where(known["won"], "won", "lost"), "open")
    frame = pd.DataFrame(
        {
            "opportunity_id": known["opportunity_id"],
            "rep_id": known["rep_id"],
            "segment": known["segment"],
            "source": known["source"],
            "created_on": known["created_on"],
            "outcome": pd.Series(outcome, index=known.index, dtype="str"),
            "closed_on": known["closed_on"].where(closed),
            "amount": known["size"].where(closed, (known["size"] * known["first_guess"]).round(2)),
        }
    )
    return frame[list(LIFECYCLE_COLUMNS)].reset_index(drop=True)


def _targets(company: ToyCompany, state: CompanyState, grains: tuple[str, ...]) -> pd.DataFrame:
    rows: list[dict[str, object]] = []
    for grain in grains:
        for period in open_periods(AsOf(state.as_of), Grain(grain)):
            rows += [_target(company, state, rep, grain, period) for rep in company.reps.to_dict("records")]
    frame = pd.DataFrame(rows)
    for column in ("period_start", "period_end", "as_of"):
        frame[column] = pd.to_datetime(frame[column]).dt.as_unit("us")
    frame["attained"] = _booked(state.bookings, frame)
    frame["bookings_90d"] = _booked(
        state.bookings,
        frame.assign(period_start=frame["as_of"] - pd.Timedelta(days=89), period_end=frame["as_of"]),
    )
    return frame[frame["tenure_days"] >= 0].reset_index(drop=True)


def _target(
    company: ToyCompany, state: CompanyState, rep: dict[str, object], grain: str, period: Period
) -> dict[str, object]:
    hired, ended = rep["hire_date"], rep["end_date"]
    assert isinstance(hired, pd.Timestamp)
    left = isinstance(ended, pd.Timestamp) and ended <= _stamp(state.as_of)
    in_seat = (period.end - max(period.start, hired.date())).days + 1
    quota = company.quotas[str(rep["rep_id"])] * Grain(grain).months / 3
    missing = bool(np.isnan(quota))
    return {
        "rep_id": rep["rep_id"],
        "period_start": period.start,
        "period_end": period.end,
        "metric": REVENUE,
        "as_of": state.as_of,
        "grain": grain,
        "rep_name": rep["rep_name"],
        "team_id": rep["team_id"],
        "segment": rep["segment"],
        "currency": "USD",
        "quota": quota,
        "quota_source": "" if missing else "given",
        "attained": 0.0,
        "elapsed": WorkCalendar().elapsed(period, AsOf(state.as_of)),
        "days_left": (period.end - state.as_of).days,
        "starts_in": max((period.start - state.as_of).days - 1, 0),
        "tenure_days": (state.as_of - hired.date()).days,
        "exposure": 0.0 if left else min(max(in_seat, 0) / period.days, 1.0),
        "status": "left" if left else ("no_quota" if missing else ""),
        "reason": "the rep has left" if left else ("there is no quota" if missing else ""),
    }


def _booked(bookings: pd.DataFrame, windows: pd.DataFrame) -> pd.Series:
    keys = windows[["rep_id", "period_start", "period_end"]].reset_index(names="row")
    both = keys.merge(bookings[["rep_id", "day", "amount"]], on="rep_id", how="inner")
    inside = both[(both["day"] >= both["period_start"]) & (both["day"] <= both["period_end"])]
    return inside.groupby("row")["amount"].sum().reindex(windows.index, fill_value=0.0).astype(float)


def _labelled_targets(company: ToyCompany, state: CompanyState, known_at: date) -> pd.DataFrame:
    ended = state.targets[state.targets["period_end"] + BOOKING_LAG <= _stamp(known_at)].reset_index(drop=True)
    known = company.bookings[company.bookings["known_on"] <= _stamp(known_at)]
    return ended.assign(final_attained=_booked(known, ended))


def _labelled_deals(company: ToyCompany, state: CompanyState, known_at: date) -> pd.DataFrame:
    fate = company.deals.set_index("opportunity_id").loc[state.deals["opportunity_id"]].reset_index()
    seen = fate["closed_on"] <= _stamp(known_at)
    return state.deals.assign(
        won_on=fate["closed_on"].where(seen & fate["won"]),
        lost_on=fate["closed_on"].where(seen & ~fate["won"]),
        final_amount=fate["size"].where(seen & fate["won"]),
        observed_until=_stamp(known_at),
    )
