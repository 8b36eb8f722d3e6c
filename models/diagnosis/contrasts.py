"""What the top quarter did differently before its results came, with ranges that hold for all measures at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.contracts import CompanyState, FloatArray
from models.diagnosis.settings import DiagnosisSettings
from models.explain.settings import ExplainSettings
from models.simulation.streams import stream

BEHAVIOURS = (
    "activities_28d",
    "activities_per_deal",
    "days_since_activity",
    "deal_activity_share",
    "two_way_share",
    "new_account_share",
    "new_deals_91d",
    "open_deals",
    "pipeline_age_days",
    "days_since_change",
    "stage_moves_per_deal",
    "pushes_per_deal",
    "overdue_share",
)
"""Features of what reps do; results (won, booked, size of wins) would only say again who is in the top quarter."""

AHEAD = 91
"""Days after a moment in which the results are booked that decide who was in the top quarter."""

TOP = 0.25
LEAST_SPREAD = 1e-9
RELIABLE = 1.645
"""Standard errors of the share of false claims that are held back."""

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Habit:
    """One measure of the top quarter and of the others, in its own unit.

    Attributes:
        feature: Name in the registry.
        top: Mean of the top quarter.
        others: Mean of the others, brought to the mix of jobs of the top quarter.
        low: Lower end of the range of `top - others`; ranges of all measures hold together.
        high: Upper end.
        claimed: Whether the range leaves out zero.
        chance: Chance of as large a difference in any measure if there were none (adjusted, Westfall and Young 1993).
    """

    feature: str
    top: float
    others: float
    low: float
    high: float
    claimed: bool
    chance: float


@dataclass(frozen=True)
class Contrasts:
    """What the top quarter does differently.

    Attributes:
        habits: Measures, the clearest difference first.
        top: People in the top quarter.
        others: People beside them.
        own: Mean of each measure of each rep over the year, by rep id; columns are features.
    """

    habits: tuple[Habit, ...]
    top: int
    others: int
    own: pd.DataFrame


def contrasts(
    state: CompanyState, past_targets: pd.DataFrame, settings: DiagnosisSettings | None = None
) -> Contrasts | None:
    """Compare what reps did at moments of the past year with what they booked in the quarter after each.

    Measures come before results, so that a good quarter does not explain itself. Everybody is compared inside their
    job (role, segment, tenure band). Labels are drawn again inside jobs; the largest difference over all measures in
    each draw sets the bar that a difference must pass (single-step maxT), so that in at most `false_claims` of
    companies without any difference something is claimed.

    Args:
        state: The company now; gives bookings and roles.
        past_targets: Targets at the same point of earlier periods.
        settings: Share of false claims, draws, fewest people.

    Returns:
        None where there are fewer than `min_peers` people on either side.
    """
    chosen = settings or DiagnosisSettings()
    moments = _moments(state, past_targets)
    if moments.empty:
        return None
    reps = moments.groupby("rep_id", sort=True)
    centred = reps[[f"{name}:c" for name in _present(moments)]].mean()
    raw = reps[list(_present(moments))].mean()
    result, job = reps["result"].mean(), reps["job"].last()
    top = top_quarter(result.to_numpy(dtype=np.float64), job.to_numpy(dtype=object))
    if top.sum() < chosen.min_peers or (~top).sum() < chosen.min_peers:
        return None
    habits = compared(
        centred.to_numpy(dtype=np.float64),
        raw.to_numpy(dtype=np.float64),
        top,
        job.to_numpy(dtype=object),
        chosen,
        names=_present(moments),
    )
    return Contrasts(tuple(habits), int(top.sum()), int((~top).sum()), raw)


def _present(moments: pd.DataFrame) -> list[str]:
    return [name for name in BEHAVIOURS if f"{name}:c" in moments.columns]


def _moments(state: CompanyState, past_targets: pd.DataFrame) -> pd.DataFrame:
    """Return one row per rep and past moment: its job, measures (raw and centred inside the job), and its result."""
    as_of = pd.Timestamp(state.as_of)
    settled = past_targets[past_targets["as_of"] + pd.Timedelta(days=AHEAD) <= as_of]
    if settled.empty:
        return pd.DataFrame()
    frame = settled.sort_values(["rep_id", "as_of", "starts_in", "period_end"], kind="stable")
    frame = frame.drop_duplicates(["rep_id", "as_of"]).reset_index(drop=True)
    roles = state.reps.drop_duplicates("rep_id").set_index("rep_id")["role"]
    bands = np.searchsorted(ExplainSettings().tenure_bands_days, frame["tenure_days"].to_numpy(), side="right")
    role = frame["rep_id"].map(roles).astype(object).fillna("")
    frame["job"] = role.astype(str) + "|" + frame["segment"].fillna("").astype(str) + "|" + pd.Series(bands).astype(str)
    booked = _booked_after(state, frame)
    cell = [frame["job"], frame["as_of"]]
    usual = booked.groupby(cell).transform("mean")
    frame["result"] = (booked / usual.where(usual > 0)).fillna(1.0)
    for name in BEHAVIOURS:
        if name in frame.columns and frame[name].notna().any():
            frame[f"{name}:c"] = frame[name] - frame[name].groupby(cell).transform("mean")
    return frame


def _booked_after(state: CompanyState, frame: pd.DataFrame) -> pd.Series:
    books = state.bookings[["rep_id", "metric", "day", "amount"]]
    keys = frame[["rep_id", "metric", "as_of"]].reset_index(names="row")
    both = keys.merge(books, on=["rep_id", "metric"])
    inside = (both["day"] > both["as_of"]) & (both["day"] <= both["as_of"] + pd.Timedelta(days=AHEAD))
    return both[inside].groupby("row")["amount"].sum().reindex(frame.index, fill_value=0.0).astype(float)


def top_quarter(result: FloatArray, job: npt.NDArray[np.object_]) -> Flags:
    """Return who has the best quarter of results inside each job, at least four people strong; shape (n,).

    Examples:
        >>> top_quarter(np.array([1.0, 4.0, 2.0, 3.0, 9.0]), np.array(["a", "a", "a", "a", "b"], dtype=object)).tolist()
        [False, True, False, False, False]
    """
    top = np.zeros(len(result), dtype=np.bool_)
    for name in dict.fromkeys(job.tolist()):
        rows = np.flatnonzero(job == name)
        count = int(len(rows) * TOP)
        top[rows[np.argsort(-result[rows], kind="stable")[:count]]] = True
    return top


def compared(
    centred: FloatArray,
    raw: FloatArray,
    top: Flags,
    job: npt.NDArray[np.object_],
    settings: DiagnosisSettings,
    *,
    names: Sequence[str],
) -> list[Habit]:
    """Compare the top quarter with the others in every measure, with one bar for all of them.

    Args:
        centred: Measures less the mean of the rep's job, shape (n, k); NaN where unknown.
        raw: The same in their unit.
        top: Who is in the top quarter, shape (n,).
        job: Job of each rep, inside which labels are drawn again.
        settings: Share of false claims and number of draws.
        names: Name of each measure.

    Returns:
        One entry per measure in which people differ, the clearest first.
    """
    labels = np.vstack([top[None, :], redrawn(top, job, settings.permutations)])
    gaps = _gaps(centred, labels)
    spread = gaps[1:].std(axis=0)
    usable = np.flatnonzero(spread > LEAST_SPREAD)
    if not len(usable):
        return []
    scores = gaps[:, usable] / spread[usable]
    largest = np.abs(scores[1:]).max(axis=1)
    bar = float(np.quantile(largest, 1.0 - _held(settings), method="higher"))
    found = []
    for column, score in zip(usable, scores[0], strict=True):
        gap, reach, mean = float(gaps[0, column]), bar * float(spread[column]), float(np.nanmean(raw[top, column]))
        chance = float((1 + (largest >= abs(score)).sum()) / (1 + len(largest)))
        found.append(
            Habit(names[int(column)], mean, mean - gap, gap - reach, gap + reach, bool(abs(score) > bar), chance)
        )
    order = np.argsort(-np.abs(scores[0]), kind="stable")
    return [found[index] for index in order]


def _held(settings: DiagnosisSettings) -> float:
    """Return the share of false claims that the draws are held to.

    The same draws serve every company, so that the true share lies around the nominal one by their sampling error; it
    is taken off, or in one of two installations more would be claimed than declared.

    Examples:
        >>> round(_held(DiagnosisSettings(permutations=999)), 3)
        0.084
    """
    share = settings.false_claims
    return float(share - RELIABLE * np.sqrt(share * (1.0 - share) / settings.permutations))


def redrawn(top: Flags, job: npt.NDArray[np.object_], times: int) -> Flags:
    """Return labels dealt again inside each job, as many in each as there were, shape (times, n)."""
    generator = stream(0, "diagnosis", "top quarter")
    drawn = np.zeros((times, len(top)), dtype=np.bool_)
    for name in dict.fromkeys(job.tolist()):
        rows = np.flatnonzero(job == name)
        count = int(top[rows].sum())
        if count:
            order = np.argsort(generator.random((times, len(rows))), axis=1)[:, :count]
            drawn[np.arange(times)[:, None], rows[order]] = True
    return drawn


def _gaps(values: FloatArray, labels: Flags) -> FloatArray:
    """Return mean of the labelled minus mean of the others under each labelling, shape (n_labels, k)."""
    known = np.isfinite(values)
    filled, inside = np.where(known, values, 0.0), labels.astype(np.float64)
    top, n_top = inside @ filled, inside @ known
    rest, n_rest = filled.sum(axis=0) - top, known.sum(axis=0) - n_top
    both = (n_top > 0) & (n_rest > 0)
    gap = top / np.where(both, n_top, 1.0) - rest / np.where(both, n_rest, 1.0)
    return np.asarray(np.where(both, gap, 0.0), dtype=np.float64)
