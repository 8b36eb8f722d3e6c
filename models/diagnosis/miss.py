"""The expected miss in causes: plan, leads, process, skill, chance; they add up, and each has its range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.contracts import CompanyState, FloatArray, ForecastPaths
from models.diagnosis.causes import cause_columns, pooled, unsure, whole
from models.diagnosis.habits import LEAD_DAYS, Habits, changes, habits
from models.diagnosis.settings import DiagnosisSettings
from models.diagnosis.shares import CAUSES, attainment, cause_shares, product_shares
from models.explain.peers import PeerGroups, peer_groups
from models.explain.reference import completed
from models.explain.settings import ExplainSettings
from models.risk.quotas import usable_quota
from models.simulation.streams import stream

POINTS = 100.0
CELLS = 40_000
"""Reps times draws that are worked on at once."""

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class MissSplit:
    """The expected misses of all reps whose miss can be split, in causes.

    Attributes:
        rows: Row numbers of the paths, ascending, shape (n,).
        quota: Currency, shape (n,).
        miss: 100 minus mean attainment, points of quota, shape (n,); below zero for a surplus.
        causes: Points of quota that each cause adds to the miss, shape (5, n), in the order of `CAUSES`; they sum to
            `miss`.
        draws: The same in each draw, shape (draws, 5, n); each draw sums to `miss`.
        usual: What similar reps usually book of such quotas, ratio, shape (n,).
        reference: What similar reps are heading for now, ratio, shape (n,).
        alike: Whether the similar reps are like for like; where not, only sums over a team may be told.
        peers: Groups of the reps at `rows`.
    """

    rows: Rows
    quota: FloatArray
    miss: FloatArray
    causes: FloatArray
    draws: FloatArray
    usual: FloatArray
    reference: FloatArray
    alike: npt.NDArray[np.bool_]
    peers: PeerGroups
    _ends: dict[float, FloatArray] = field(default_factory=dict, repr=False, compare=False)

    def ends(self, level: float) -> FloatArray:
        """Return both ends of the range of each cause, shape (2, 5, n), made once per level."""
        if level not in self._ends:
            self._ends[level] = np.asarray(np.quantile(self.draws, tails(level), axis=0), dtype=np.float64)
        return self._ends[level]


def tails(level: float) -> tuple[float, float]:
    """Return the quantile levels of both ends of a range.

    Examples:
        >>> [round(level, 3) for level in tails(0.9)]
        [0.05, 0.95]
    """
    return (1.0 - level) / 2.0, (1.0 + level) / 2.0


def split_miss(
    state: CompanyState,
    paths: ForecastPaths,
    structure: pd.DataFrame,
    rows: Sequence[int],
    settings: DiagnosisSettings | None = None,
) -> MissSplit:
    """Split the expected miss of each rep's current period.

    The way from a quota met to what is expected has two steps. From the quota to what similar reps usually book is the
    plan; from there to what they are heading for now is what changed for everybody: fewer deals, fewer or smaller
    wins, and the rest: season, market and luck. From similar reps to the rep are the exact shares of the forecast
    equation.

    Args:
        state: State that was forecast.
        paths: Served paths.
        structure: `STRUCTURE_COLUMNS` of the same targets.
        rows: Row of each rep's current period.
        settings: Who is compared, how often people are drawn again.

    Returns:
        Splits of the reps with a usable quota, similar reps and known deals.
    """
    chosen = settings or DiagnosisSettings()
    quota = usable_quota(paths.targets, ExplainSettings().tiny_quota)
    kept = np.array([row for row in rows if np.isfinite(quota[row])], dtype=np.int64)
    targets = paths.targets.iloc[kept].reset_index(drop=True).assign(quota=quota[kept])
    peers = peer_groups(targets, state.reps, ExplainSettings(min_peers=chosen.min_peers, widen=True))
    found = habits(state, targets, chosen)
    columns = cause_columns(structure.iloc[kept].reset_index(drop=True), found, peers, chosen.prior_deals)
    fit = (peers.group >= 0) & ~whole(columns)
    causes, usual, reference = _drawn(targets, columns, found, peers, chosen)
    mean = paths.attained[kept].mean(axis=1) / quota[kept] if len(kept) else np.zeros(0)
    return MissSplit(
        rows=kept[fit],
        quota=quota[kept][fit],
        miss=POINTS * (1.0 - mean)[fit],
        causes=causes[0][:, fit],
        draws=causes[:, :, fit],
        usual=usual[fit],
        reference=reference[fit],
        alike=_alike(targets, state, chosen)[fit],
        peers=_part(peers, np.flatnonzero(fit)),
    )


def _alike(targets: pd.DataFrame, state: CompanyState, settings: DiagnosisSettings) -> npt.NDArray[np.bool_]:
    own = peer_groups(targets, state.reps, ExplainSettings(min_peers=settings.min_peers))
    return np.asarray(own.group >= 0, dtype=np.bool_)


def _part(peers: PeerGroups, at: Rows) -> PeerGroups:
    """Return the groups of some reps, their members told by the new row numbers."""
    place = np.full(len(peers.group), -1, dtype=np.int64)
    place[at] = np.arange(len(at))
    members = {number: place[rows][place[rows] >= 0] for number, rows in peers.members.items()}
    labels = tuple(peers.labels[int(row)] for row in at)
    return PeerGroups(peers.group[at], members, peers.others[at], peers.scaled[at], labels)


def _drawn(
    targets: pd.DataFrame,
    columns: dict[str, FloatArray],
    found: Habits,
    peers: PeerGroups,
    settings: DiagnosisSettings,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the causes in each draw, shape (draws, 5, n), and the usual and present attainment of similar reps."""
    n, generator = len(targets), stream(0, "diagnosis", "miss")
    weights = generator.standard_exponential((settings.draws, n))
    weights[:1] = 1.0
    own = unsure(columns, found, settings.draws, prior_deals=settings.prior_deals, generator=generator)
    causes = np.zeros((settings.draws, len(CAUSES), n))
    reference = np.zeros((settings.draws, n))
    step = max(1, CELLS // max(n, 1))
    for start in range(0, settings.draws, step):
        part = slice(start, start + step)
        mine, theirs = completed({k: v[part] for k, v in own.items()}, pooled(columns, weights[part], peers))
        causes[part] = -POINTS * np.swapaxes(cause_shares(mine, theirs), 0, 1)
        reference[part] = attainment(theirs)
    usual = _add_common(causes, targets, found, peers, drawn=(weights, reference), settings=settings)
    return causes, usual[0], reference[0]


def _add_common(
    causes: FloatArray,
    targets: pd.DataFrame,
    found: Habits,
    peers: PeerGroups,
    *,
    drawn: tuple[FloatArray, FloatArray],
    settings: DiagnosisSettings,
) -> FloatArray:
    """Add what the whole group has in common to the causes; return its usual attainment, shape (draws, n)."""
    weights, reference = drawn
    order, usual = {name: index for index, name in enumerate(CAUSES)}, reference.copy()
    expected = _expected(targets, found)
    quota = targets["quota"].to_numpy(dtype=np.float64)
    for number, rows in peers.members.items():
        mine = np.flatnonzero(peers.group == number)
        old = rows[np.isfinite(expected[rows])]
        if len(old) < settings.min_peers or not len(mine):
            continue
        before = (weights[:, old] @ expected[old]) / (weights[:, old] @ quota[old])
        now = reference[:, mine[0]]
        if min(before.min(), now.min()) <= 0:
            continue
        leads, win, size = changes(found, weights, rows, settings.prior_change)
        factors = {"leads": np.exp(leads), "skill": np.exp(win + size)}
        factors["chance"] = now / (before * factors["leads"] * factors["skill"])
        for name, share in product_shares(before, factors).items():
            causes[:, order[name], mine] -= POINTS * share[:, None]
        usual[:, mine] = before[:, None]
    causes[:, order["plan"]] += POINTS * (1.0 - usual)
    return usual


def _expected(targets: pd.DataFrame, found: Habits) -> FloatArray:
    """Return what each rep usually books in a period of this length, currency; NaN with less than a quarter in seat."""
    days = (targets["period_end"] - targets["period_start"]).dt.days.to_numpy(dtype=np.float64) + 1.0
    share = targets["exposure"].fillna(1.0).to_numpy(dtype=np.float64)
    seat = found["seat_usual"]
    known = seat >= LEAD_DAYS
    return np.where(known, found["booked_usual"] / np.where(known, seat, 1.0) * days * share, np.nan)
