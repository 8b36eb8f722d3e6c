"""Puts differences of ledgers together: over a change of model, and over the members of a team. No SQL, no HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Protocol

from service.changes.ledger import ORDER, Moves, moves, points, revalued, untold
from service.changes.repository import SnapshotKey
from service.changes.schemas import ChangedDeal, ChangeLine, Changes, Moment
from service.scoring.detail_docs import LedgerDoc, RepDetailDoc
from service.scoring.documents import Text

LABELS: Mapping[str, Text] = {
    "won": {"en": "Won and booked", "zh": "赢单与签约"},
    "new": {"en": "New deals", "zh": "新增商机"},
    "slipped": {"en": "Slipped", "zh": "推迟"},
    "pulled_in": {"en": "Pulled in", "zh": "提前"},
    "amount": {"en": "Amounts changed", "zh": "金额变更"},
    "stage": {"en": "Stage changed", "zh": "阶段变更"},
    "lost": {"en": "Lost", "zh": "丢单"},
    "handed_over": {"en": "Handed over or entered late", "zh": "交接或补录"},
    "time": {"en": "Time passed", "zh": "时间推移"},
    "model": {"en": "Model version", "zh": "模型版本"},
    "quota": {"en": "Quota", "zh": "目标调整"},
    "shape": {"en": "From average to middle", "zh": "平均值与中间值之差"},
    "members": {"en": "Joined or left the team", "zh": "团队成员变动"},
}


class ReadsDetails(Protocol):
    """Where ledgers come from."""

    def details(self, snapshot_id: str, rep_ids: Sequence[str]) -> dict[str, RepDetailDoc]:
        """Return the details of reps in one snapshot."""
        ...


def before_of(keys: Sequence[SnapshotKey], since: str) -> tuple[SnapshotKey, SnapshotKey] | None:
    """Return the newest snapshot whose as_of is at most `since`, and the newest of all; None where there are not both.

    Args:
        keys: Snapshots, oldest first.
        since: ISO day.
    """
    earlier = [key for key in keys if key.as_of <= since]
    if not earlier or earlier[-1].seq == keys[-1].seq:
        return None
    return max(earlier, key=lambda key: (key.as_of, key.seq)), keys[-1]


def steps_between(keys: Sequence[SnapshotKey], first: SnapshotKey, last: SnapshotKey) -> list[SnapshotKey]:
    """Return the snapshots that a comparison goes through: both ends, and both sides of every change of model.

    Examples:
        >>> k = [SnapshotKey(i, f"s{i}", "2026-01-01", "1", bundle) for i, bundle in enumerate("aabbb")]
        >>> [key.snapshot_id for key in steps_between(k, k[0], k[4])]
        ['s0', 's1', 's2', 's4']
    """
    between = [key for key in keys if first.seq <= key.seq <= last.seq]
    kept = {first.seq, last.seq}
    for one, other in pairwise(between):
        if one.bundle_sha != other.bundle_sha:
            kept |= {one.seq, other.seq}
    return [key for key in between if key.seq in kept]


def rep_changes(repository: ReadsDetails, keys: Sequence[SnapshotKey], rep_id: str, since: str) -> Changes | None:
    """Return what changed for a rep; None where there is nothing to compare.

    Args:
        repository: Where ledgers come from.
        keys: Snapshots, oldest first.
        rep_id: The rep.
        since: ISO day.
    """
    ends = before_of(keys, since)
    told = None if ends is None else _told(repository, keys, ends, rep_id)
    if told is None:
        return None
    (first, before), (last, after) = told[0], told[-1]
    found = _joined(told)
    in_points = points(found.totals, before["ledger"], after["ledger"])
    return _changes(rep_id, _moment(first, before["ledger"]), _moment(last, after["ledger"]), found, in_points, after)


def team_changes(
    repository: ReadsDetails, keys: Sequence[SnapshotKey], team_id: str, members: Sequence[str], since: str
) -> Changes | None:
    """Return what changed for a team, in currency: the sum over its members of today, and who joined.

    Args:
        repository: Where ledgers come from.
        keys: Snapshots, oldest first.
        team_id: The team.
        members: Its members.
        since: ISO day.
    """
    ends = before_of(keys, since)
    if ends is None:
        return None
    now = repository.details(ends[1].snapshot_id, members)
    total, first, last, told = Moves(), 0.0, 0.0, None
    for rep_id, detail in now.items():
        steps = _told(repository, keys, ends, rep_id)
        last += detail["ledger"]["mean"]
        if steps is None:
            total.add("members", detail["ledger"]["mean"])
            continue
        told = detail
        first += steps[0][1]["ledger"]["mean"]
        total.join(_joined(steps))
    if told is None:
        return None
    before = Moment(**_key(ends[0]), mean=first, median=first, quota=None, median_points=None)
    after = Moment(**_key(ends[1]), mean=last, median=last, quota=None, median_points=None)
    return _changes(team_id, before, after, total, None, told)


def _told(
    repository: ReadsDetails, keys: Sequence[SnapshotKey], ends: tuple[SnapshotKey, SnapshotKey], rep_id: str
) -> list[tuple[SnapshotKey, RepDetailDoc]] | None:
    found = []
    for key in steps_between(keys, *ends):
        detail = repository.details(key.snapshot_id, [rep_id]).get(rep_id)
        if detail is not None:
            found.append((key, detail))
    if len(found) < 2 or found[0][0].seq != ends[0].seq or found[-1][0].seq != ends[1].seq:
        return None
    period = {(one["ledger"]["period_start"], one["ledger"]["period_end"], one["ledger"]["metric"]) for _, one in found}
    return found if len(period) == 1 else None


def _joined(told: Sequence[tuple[SnapshotKey, RepDetailDoc]]) -> Moves:
    total = Moves()
    for (key, one), (then, other) in pairwise(told):
        total.join(_step(one, other, key, then))
    return total


def _step(one: RepDetailDoc, other: RepDetailDoc, key: SnapshotKey, then: SnapshotKey) -> Moves:
    if key.bundle_sha == then.bundle_sha:
        return moves(one["ledger"], other["ledger"])
    bridge = other["bridge"]
    if bridge is None or bridge["snapshot_id"] != key.snapshot_id:
        return untold(moves(one["ledger"], other["ledger"]))
    found = revalued(one["ledger"], bridge["ledger"])
    found.join(moves(bridge["ledger"], other["ledger"]))
    return found


def _changes(  # noqa: PLR0917 - one argument per part of the answer
    subject: str, before: Moment, after: Moment, found: Moves, in_points: dict[str, float] | None, told: RepDetailDoc
) -> Changes:
    ledger: LedgerDoc = told["ledger"]
    same = before.median_points is not None and after.median_points is not None
    return Changes(
        subject=subject,
        period_start=ledger["period_start"],
        period_end=ledger["period_end"],
        currency=ledger["currency"],
        before=before,
        after=after,
        change_amount=after.mean - before.mean,
        change_points=(after.median_points or 0.0) - (before.median_points or 0.0) if same and in_points else None,
        lines=_lines(found, in_points, before.quota),
    )


def _lines(found: Moves, in_points: dict[str, float] | None, quota: float | None) -> list[ChangeLine]:
    """Return the causes that moved anything, in order, each with its largest deals."""
    scale = 100.0 / quota if quota and in_points is not None else None
    lines = []
    for code in (*ORDER, "members"):
        amount = found.totals.get(code, 0.0)
        share = None if in_points is None else in_points.get(code, 0.0)
        if amount == 0.0 and not share:
            continue
        deals = [
            ChangedDeal(
                deal_id=deal,
                label=found.labels.get(deal, deal),
                amount=moved,
                points=None if scale is None else moved * scale,
            )
            for deal, moved in found.leading(code)
        ]
        lines.append(ChangeLine(code=code, label=dict(LABELS[code]), amount=amount, points=share, deals=deals))
    return lines


def _key(key: SnapshotKey) -> dict[str, str]:
    return {"snapshot_id": key.snapshot_id, "as_of": key.as_of, "model_version": key.model_version}


def _moment(key: SnapshotKey, ledger: LedgerDoc) -> Moment:
    quota = ledger["quota"]
    return Moment(
        **_key(key),
        mean=ledger["mean"],
        median=ledger["median"],
        quota=quota,
        median_points=100.0 * ledger["median"] / quota if quota else None,
    )
