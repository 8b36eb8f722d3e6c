"""Similar reps: like for like in the same period, never so few that one colleague could be read off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.contracts import FloatArray
from models.explain.documents import Text
from models.explain.settings import ExplainSettings

CELL = ("period_start", "period_end", "metric", "currency")
"""Only targets of the same period, measure and currency are ever compared."""

LEVELS = (("role", "segment", "band"), ("segment",), ())
"""The first is like for like; where a caller widens, the others are tried in turn until enough people are found."""


@dataclass(frozen=True)
class PeerGroups:
    """The group of similar reps of every target.

    Attributes:
        group: Shape (n,), group number; -1 where even everyone together is too few.
        members: Rows of the targets that stand for each group, ascending, by group number. A rep whose own group is
            narrower still stands for the wider group of a colleague.
        others: Shape (n,), people in the group other than the rep; 0 where group is -1.
        scaled: Shape (n,), whether quotas in the group differ for reasons of the job (mixed jobs, or a new starter
            among experienced reps), so that amounts are compared at the rep's own quota.
        labels: One label per target, naming the group and its size.
    """

    group: npt.NDArray[np.int64]
    members: Mapping[int, npt.NDArray[np.int64]]
    others: npt.NDArray[np.int64]
    scaled: npt.NDArray[np.bool_]
    labels: tuple[Text, ...]


def peer_groups(targets: pd.DataFrame, reps: pd.DataFrame, settings: ExplainSettings) -> PeerGroups:
    """Find the group of similar reps of every target: role x segment x tenure band, or none.

    A target stands for its group when it has a quota above zero and no status that doubts it. The group of a rep
    contains the rep: everyone in it is compared with the same numbers.

    Args:
        targets: Targets frame of a company state.
        reps: Reps frame of the same state; gives the role.
        settings: Group size, tenure bands, and whether too small a group is widened.

    Returns:
        Group numbers, sizes and labels, one per target.
    """
    traits = _traits(targets, reps, settings)
    eligible = (targets["quota"].to_numpy(dtype=np.float64) > 0) & (targets["status"].fillna("") == "").to_numpy()
    group = np.full(len(targets), -1, dtype=np.int64)
    others = np.zeros(len(targets), dtype=np.int64)
    level_of = np.full(len(targets), -1, dtype=np.int64)
    rows_of: dict[int, npt.NDArray[np.int64]] = {}
    offset = 0
    for level, names in enumerate(LEVELS if settings.widen else LEVELS[:1]):
        codes = traits.groupby([*CELL, *names], dropna=False, sort=True).ngroup().to_numpy(dtype=np.int64)
        counts = np.bincount(codes, weights=eligible, minlength=int(codes.max(initial=-1)) + 1).astype(np.int64)
        beside = counts[codes] - eligible
        take = (group < 0) & (beside >= settings.min_peers)
        group[take], others[take], level_of[take] = codes[take] + offset, beside[take], level
        for number in np.unique(codes[take]):
            rows_of[int(number) + offset] = np.flatnonzero((codes == number) & eligible)
        offset += len(counts)
    scaled = _mixed(traits, level_of)
    told = traits[["role", "segment", "months_from", "months_to"]].itertuples(index=False)
    labels = tuple(
        _label(_Job(*job), int(level), int(beside), at_same_target=bool(same))
        for job, level, beside, same in zip(told, level_of, others, scaled, strict=True)
    )
    return PeerGroups(group, rows_of, others, scaled, labels)


def _mixed(traits: pd.DataFrame, level_of: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Return where a quota differs for reasons of the job: mixed jobs, or a new starter among experienced reps."""
    unknown_job = ((traits["role"] == "") & (traits["segment"] == "")).to_numpy()
    no_segment = (traits["segment"] == "").to_numpy()
    new_starter = (traits["months_from"] == 0).to_numpy() & (traits["months_to"] > 0).to_numpy()
    widened = (level_of == 1) & (no_segment | new_starter)
    return np.asarray((level_of == len(LEVELS) - 1) | widened | (unknown_job & (level_of == 0)))


def _traits(targets: pd.DataFrame, reps: pd.DataFrame, settings: ExplainSettings) -> pd.DataFrame:
    roles = reps.drop_duplicates("rep_id").set_index("rep_id")["role"]
    traits = targets.loc[:, list(CELL)].reset_index(drop=True)
    traits["role"] = targets["rep_id"].map(roles).astype(object).fillna("").to_numpy()
    traits["segment"] = targets["segment"].astype(object).fillna("").to_numpy()
    days = targets["tenure_days"].to_numpy(dtype=np.float64)
    traits["band"] = np.searchsorted(np.asarray(settings.tenure_bands_days, dtype=np.float64), days, side="right")
    traits["months_from"] = [_months(settings, band - 1) for band in traits["band"]]
    traits["months_to"] = [_months(settings, band) for band in traits["band"]]
    return traits


def _months(settings: ExplainSettings, edge: int) -> int:
    bands = settings.tenure_bands_days
    return round(bands[edge] / 30.4375) if 0 <= edge < len(bands) else 0


class _Job(NamedTuple):
    role: str
    segment: str
    months_from: int
    months_to: int


def _label(job: _Job, level: int, others: int, *, at_same_target: bool) -> Text:
    if level < 0:
        return Text(en="too few similar reps for a comparison", zh="同类销售人数太少，无法比较")
    tenure = _tenure(job.months_from, job.months_to) if level == 0 else None
    named = ((job.role, job.segment), (job.segment,), ())[level]
    jobs = [name for name in named if name]
    en = [*jobs, *([tenure["en"]] if tenure else []), *(["at the same target"] if at_same_target else [])]
    zh = [*jobs, *([tenure["zh"]] if tenure else []), *(["按相同目标折算"] if at_same_target else [])]
    everyone = not jobs and tenure is None
    return Text(
        en=f"{'all other reps' if everyone else 'similar reps'}: {', '.join([*en, f'{others} people'])}",
        zh=f"{'全体其他销售' if everyone else '同类销售'}：{'，'.join([*zh, f'{others} 人'])}",
    )


def _tenure(months_from: int, months_to: int) -> Text | None:
    if months_from and months_to:
        return Text(en=f"{months_from} to {months_to} months in the job", zh=f"入职 {months_from} 至 {months_to} 个月")
    if months_to:
        return Text(en=f"first {months_to} months in the job", zh=f"入职未满 {months_to} 个月")
    if months_from:
        return Text(en=f"more than {months_from} months in the job", zh=f"入职超过 {months_from} 个月")
    return None


def group_share_at_or_below(values: FloatArray, peers: PeerGroups) -> FloatArray:
    """Return the share of each target's group whose value is at or below its own; ties never lower it.

    At most a share p of any group can have a result of p or less, however many values are equal.

    Args:
        values: Shape (n,), one measure; NaN where unknown.
        peers: Groups of the same targets.

    Returns:
        Shape (n,), shares 0..1; NaN where the value is unknown, or there is no group.

    Examples:
        >>> import numpy as np
        >>> one = PeerGroups(np.zeros(4, dtype=np.int64), {0: np.arange(4)}, np.full(4, 3), np.zeros(4, bool), ())
        >>> group_share_at_or_below(np.array([1.0, 1.0, 2.0, 5.0]), one).tolist()
        [0.5, 0.5, 0.75, 1.0]
    """
    shares = np.full(len(values), np.nan)
    for rows, known in _groups(values, peers):
        ordered = np.sort(values[known])
        shares[rows] = np.searchsorted(ordered, values[rows], side="right") / len(ordered)
    shares[np.isnan(values)] = np.nan
    return shares


def group_quantile(values: FloatArray, peers: PeerGroups, level: float) -> FloatArray:
    """Return the quantile of each target's group, shape (n,); NaN where nobody in the group has a value."""
    found = np.full(len(values), np.nan)
    for rows, known in _groups(values, peers):
        found[rows] = np.quantile(values[known], level)
    return found


def group_spread(values: FloatArray, peers: PeerGroups) -> FloatArray:
    """Return the standard deviation inside each target's group, shape (n,); NaN where nobody has a value."""
    found = np.full(len(values), np.nan)
    for rows, known in _groups(values, peers):
        found[rows] = np.std(values[known])
    return found


def _groups(values: FloatArray, peers: PeerGroups) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    for number, rows in peers.members.items():
        known = rows[np.isfinite(values[rows])]
        if len(known):
            yield np.flatnonzero(peers.group == number), known
