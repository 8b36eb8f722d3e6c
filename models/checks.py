"""The contract of every forecaster, as checks that run on whatever `all_forecasters` finds.

Each check takes a `Subject` (a factory of unfitted forecasters and a training history) and raises `CheckFailed` with
what broke. `run_checks` runs them all and returns every failure, so that a new forecaster sees all its faults at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property

import numpy as np
import pandas as pd

from features.domain.errors import CheckFailed, PacelineError
from features.domain.vocabulary import QUANTILE_LEVELS
from models.contracts import TARGET_KEYS, CompanyState, FloatArray, Forecaster, ForecastPaths, TrainingHistory

Factory = Callable[[], Forecaster]

N_PATHS = 64
SEED = 20260101
SCALE = 1000.0
MONEY_COLUMNS = ("attained", "quota", "final_attained", "amount", "final_amount")


class Subject:
    """One forecaster and one company under test; the plain fit and its paths are made once and shared by the checks."""

    def __init__(self, factory: Factory, history: TrainingHistory) -> None:
        self.factory = factory
        self.history = history
        self.untouched = {name: frame.copy(deep=True) for name, frame in _frames(history).items()}

    @cached_property
    def fitted(self) -> Forecaster:
        """The forecaster, fitted once."""
        return self.factory().fit(self.history)

    @cached_property
    def paths(self) -> ForecastPaths:
        """Its paths for the company's present targets."""
        return self.fitted.simulate(self.history.now, N_PATHS, SEED)

    def afresh(self, history: TrainingHistory) -> ForecastPaths:
        """Return the paths of another fit on another history."""
        return self.factory().fit(history).simulate(history.now, N_PATHS, SEED)


Check = Callable[[Subject], None]


def run_checks(factory: Factory, history: TrainingHistory) -> list[str]:
    """Return one message per broken check, empty when the contract holds.

    A forecaster that cannot answer such a company at all may raise a `PacelineError`; that is one message too.
    """
    broken = []
    subject = Subject(factory, history)
    for check in CHECKS:
        try:
            check(subject)
        except PacelineError as error:
            broken.append(f"{check.__name__}: {error}")
    return broken


def check_is_honest_before_fitting(subject: Subject) -> None:
    """An unfitted forecaster refuses to answer."""
    try:
        subject.factory().simulate(subject.history.now, N_PATHS, SEED)
    except PacelineError:
        return
    raise CheckFailed("simulate answered before fit; raise UsageError until fitting succeeded")


def check_shapes(subject: Subject) -> None:
    """There is one row per target, in order, one column per path, and the parts are finite."""
    paths = subject.paths
    n = len(subject.history.now.targets)
    shapes = (paths.booked.shape, paths.open_deals.shape, paths.new_deals.shape)
    _demand(shapes == ((n,), (n, N_PATHS), (n, N_PATHS)), f"shapes are {shapes} for {n} targets, {N_PATHS} paths")
    keys = list(TARGET_KEYS)
    same = paths.targets[keys].equals(subject.history.now.targets[keys].reset_index(drop=True))
    _demand(same, "targets are not the state's targets in their order with a RangeIndex")
    for name, part in (("booked", paths.booked), ("open_deals", paths.open_deals), ("new_deals", paths.new_deals)):
        bad = int(np.count_nonzero(~np.isfinite(part)))
        _demand(bad == 0, f"{name} holds {bad} values that are not finite")


def check_books_what_is_attained(subject: Subject) -> None:
    """`booked` is the attained amount that the state knows."""
    paths = subject.paths
    known = subject.history.now.targets["attained"].to_numpy(dtype=np.float64)
    _demand(np.allclose(paths.booked, known, rtol=1e-12, atol=0.0), "booked differs from the attained amounts")


def check_does_not_change_its_inputs(subject: Subject) -> None:
    """Fitting and simulating leave every frame as it was."""
    _demand(len(subject.paths.booked) >= 0, "the paths were not made")
    now = _frames(subject.history)
    changed = [name for name, frame in now.items() if not frame.equals(subject.untouched[name])]
    _demand(not changed, f"these input frames were changed: {changed}; work on copies")


def check_same_seed_same_bytes(subject: Subject) -> None:
    """Two fits and simulations with one seed agree to the last bit, another seed does not."""
    second = subject.afresh(subject.history)
    _demand(
        _bytes(subject.paths) == _bytes(second), "two runs with the same seed differ; take every draw from the seed"
    )
    other = subject.fitted.simulate(subject.history.now, N_PATHS, SEED + 1)
    _demand(_bytes(subject.paths) != _bytes(other), "two seeds give the same paths; the seed is not used")


def check_refitting_forgets(subject: Subject) -> None:
    """Fitting twice is the same as fitting once."""
    twice = subject.factory().fit(subject.history).fit(subject.history).simulate(subject.history.now, N_PATHS, SEED)
    _demand(_bytes(twice) == _bytes(subject.paths), "a second fit changes the answer; start afresh in fit")


def check_quantiles_never_cross(subject: Subject) -> None:
    """Quantiles read off the paths ascend."""
    quantiles = np.quantile(subject.paths.attained, QUANTILE_LEVELS, axis=1)
    _demand(bool((np.diff(quantiles, axis=0) >= 0.0).all()), "quantiles cross")


def check_support_starts_at_attained(subject: Subject) -> None:
    """Without returns no path ends below what is already attained."""
    if subject.history.now.returns_allowed:
        return
    paths = subject.paths
    below = int((paths.attained.min(axis=1, initial=np.inf) < paths.booked - 1e-6 * np.abs(paths.booked)).sum())
    _demand(below == 0, f"{below} targets have paths below what is attained although returns are not allowed")


def check_currency_scale_does_not_matter(subject: Subject) -> None:
    """All amounts times 1,000 give all paths times 1,000, to 1e-9 of each target's largest path."""
    plain = subject.paths.attained
    scaled = subject.afresh(scale_money(subject.history, SCALE)).attained
    size = np.maximum(np.abs(plain).max(axis=1, initial=0.0), np.abs(plain).max(initial=0.0) * 1e-6)[:, None]
    off = np.abs(scaled / SCALE - plain) / np.where(size > 0.0, size, 1.0)
    _demand(float(off.max(initial=0.0)) <= 1e-9, f"a change of currency moves paths by {off.max(initial=0.0):.2e}")


def check_row_order_does_not_matter(subject: Subject) -> None:
    """Shuffled rows of every frame give the same paths for the same target, to the last bit."""
    plain = subject.paths
    mixed = subject.afresh(shuffle_rows(subject.history, seed=3))
    keys = list(TARGET_KEYS)
    place = plain.targets[keys].reset_index(names="row").merge(mixed.targets[keys].reset_index(names="mixed"), on=keys)
    rows, others = place["row"].to_numpy(), place["mixed"].to_numpy()
    scale = np.abs(plain.attained).max(axis=1, initial=0.0)[rows]
    off = np.abs(plain.attained[rows] - mixed.attained[others]).max(axis=1, initial=0.0)
    worst = float((off / np.where(scale > 0.0, scale, 1.0)).max(initial=0.0))
    _demand(worst <= 1e-9, f"the order of rows moves paths by {worst:.2e}; sort by key and name random streams by key")


def check_no_targets_no_rows(subject: Subject) -> None:
    """A state with no targets answers with no rows."""
    empty = replace(subject.history.now, targets=subject.history.now.targets.iloc[:0])
    paths = subject.fitted.simulate(empty, N_PATHS, SEED)
    _demand(paths.attained.shape == (0, N_PATHS), f"no targets gave paths of shape {paths.attained.shape}")


def check_months_sum_to_quarters(subject: Subject) -> None:
    """Where the forecaster claims `coherent`, months inside a quarter or year add up to it in every path."""
    if not getattr(subject.fitted, "coherent", False):
        return
    paths = subject.paths
    for whole, parts in nested_targets(paths.targets, subject.history.now):
        total = paths.attained[parts].sum(axis=0) + _ended_part(subject.history.now, paths.targets, whole, parts)
        off = np.abs(total - paths.attained[whole]).max() / max(np.abs(paths.attained[whole]).max(), 1e-9)
        keys = paths.targets.loc[whole, list(TARGET_KEYS)].to_list()
        _demand(off <= 1e-9, f"months do not add up to {keys}: off by {off:.2e} of it")


CHECKS: tuple[Check, ...] = (
    check_is_honest_before_fitting,
    check_shapes,
    check_books_what_is_attained,
    check_does_not_change_its_inputs,
    check_same_seed_same_bytes,
    check_refitting_forgets,
    check_quantiles_never_cross,
    check_support_starts_at_attained,
    check_currency_scale_does_not_matter,
    check_row_order_does_not_matter,
    check_no_targets_no_rows,
    check_months_sum_to_quarters,
)


def scale_money(history: TrainingHistory, factor: float) -> TrainingHistory:
    """Return the history in another currency: every amount times `factor`."""
    now = history.now
    money = [c for c in now.targets.columns if str(c).startswith("bookings_")]

    def scaled(frame: pd.DataFrame) -> pd.DataFrame:
        columns = [c for c in (*MONEY_COLUMNS, *money) if c in frame.columns]
        return frame.assign(**{column: frame[column] * factor for column in columns})

    return _map_frames(history, scaled)


def shuffle_rows(history: TrainingHistory, seed: int) -> TrainingHistory:
    """Return the history with the rows of every frame in another order and with another index."""
    rng = np.random.default_rng(seed)

    def shuffled(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.iloc[rng.permutation(len(frame))]

    mixed = _map_frames(history, shuffled)
    return replace(mixed, now=replace(mixed.now, targets=mixed.now.targets.reset_index(drop=True)))


def nested_targets(targets: pd.DataFrame, state: CompanyState) -> list[tuple[int, list[int]]]:
    """Return each quarter or year row with the month rows that fill it from the running month to its end."""
    found = []
    months = targets[targets["grain"] == "month"]
    for whole in targets.index[targets["grain"] != "month"]:
        row = targets.loc[whole]
        same = (months["rep_id"] == row["rep_id"]) & (months["metric"] == row["metric"])
        inside = (months["period_start"] >= row["period_start"]) & (months["period_end"] <= row["period_end"])
        parts = months[same & inside]
        if len(parts) and _reaches(parts, row, state):
            found.append((int(whole), [int(part) for part in parts.index]))
    return found


def _reaches(parts: pd.DataFrame, whole: pd.Series, state: CompanyState) -> bool:
    """Whether the months given cover everything of the period that is not over yet."""
    tomorrow = pd.Timestamp(state.as_of) + pd.Timedelta(days=1)
    return bool(parts["period_end"].max() == whole["period_end"]) and bool(
        parts["period_start"].min() <= max(tomorrow, whole["period_start"])
    )


def _ended_part(state: CompanyState, targets: pd.DataFrame, whole: int, parts: list[int]) -> float:
    """Return what was booked in the months of the period that are over."""
    row, bookings = targets.loc[whole], state.bookings
    mine = (bookings["rep_id"] == row["rep_id"]) & (bookings["metric"] == row["metric"])
    first = targets.loc[parts, "period_start"].min()
    before = mine & (bookings["day"] >= row["period_start"]) & (bookings["day"] < first)
    return float(bookings.loc[before, "amount"].sum())


def _bytes(paths: ForecastPaths) -> bytes:
    parts: tuple[FloatArray, ...] = (paths.booked, paths.open_deals, paths.new_deals)
    return b"".join(np.ascontiguousarray(part).tobytes() for part in parts)


def _frames(history: TrainingHistory) -> dict[str, pd.DataFrame]:
    now = history.now
    return {
        "now.targets": now.targets,
        "now.deals": now.deals,
        "now.bookings": now.bookings,
        "now.lifecycles": now.lifecycles,
        "now.reps": now.reps,
        "targets": history.targets,
        "deals": history.deals,
    }


def _map_frames(history: TrainingHistory, change: Callable[[pd.DataFrame], pd.DataFrame]) -> TrainingHistory:
    now = history.now
    changed = replace(
        now,
        targets=change(now.targets),
        deals=change(now.deals),
        bookings=change(now.bookings),
        lifecycles=change(now.lifecycles),
        reps=change(now.reps),
    )
    return TrainingHistory(now=changed, targets=change(history.targets), deals=change(history.deals))


def _demand(holds: bool, message: str) -> None:
    if not holds:
        raise CheckFailed(message)
