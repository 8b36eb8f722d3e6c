"""Lay out one import on the workbench: from staged rows to the row versions that every stored table gains."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from features.connectors.staging import StagedImport
from features.contracts.tables import STORED
from features.history.deal_states import DealCounts, derive_deal_states
from features.history.derived_quotas import DerivedRule, plan_derived, plan_sums
from features.history.freshness import EVENT_TABLES
from features.history.merge import MergeCounts, merge, start_log
from features.history.schedules import plan, stage
from features.history.snapshots import close_vanished, needs_moves, plan_moves
from features.history.won_bookings import plan_won_bookings
from features.history.workbench import ImportFrame


@dataclass
class BuiltImport:
    """What an import brings, per table.

    Attributes:
        counts: Keys new, changed, unchanged, kept, vanished and late, per table.
        repeated: Staged rows dropped because another row has their key, per table.
        deals: What the derivation of deal states left out.
        won_without_amount: Won deals that gave no booking.
        newest: Newest business fact of the dataset with this import, naive UTC.
    """

    counts: dict[str, MergeCounts] = field(default_factory=dict)
    repeated: dict[str, int] = field(default_factory=dict)
    deals: DealCounts = field(default_factory=lambda: DealCounts(0, 0, 0))
    won_without_amount: int = 0
    newest: datetime | None = None

    def add(self, table: str, counts: MergeCounts) -> None:
        """Add the counts of one merge."""
        self.counts[table] = self.counts.get(table, MergeCounts()) + counts


def build(frame: ImportFrame, staged: StagedImport) -> BuiltImport:
    """Create `new_T` for every stored table.

    Args:
        frame: The import, with the log before it laid out.
        staged: Checked canonical rows.
    """
    built = BuiltImport()
    for table in STORED:
        start_log(frame, table)
    for table, rows in staged.tables.items():
        dropped = stage(frame, rows)
        built.repeated.update({table: dropped} if dropped else {})
    _build_deals(frame, staged, built)
    for table in staged.tables:
        if table not in {"opportunities", "opportunity_changes", "bookings"}:
            _merge_staged(frame, staged, built, table)
    _build_bookings(frame, staged, built)
    built.newest = _newest(frame)
    _derive_quotas(frame, staged, built)
    return built


def _merge_staged(frame: ImportFrame, staged: StagedImport, built: BuiltImport, table: str) -> None:
    rows = staged.tables[table]
    plan(frame, table, lag_days=rows.lag_days, quota_days=staged.quotas_published_days_before)
    if rows.relation == "snapshot" and frame.holds(f"old_{table}"):
        built.add(table, MergeCounts(vanished=close_vanished(frame, table)))
    built.add(table, merge(frame, table, f"plan_{table}", relation=rows.relation))
    if frame.holds(f"old_{table}"):
        frame.drop(f"plan_{table}")


def _build_deals(frame: ImportFrame, staged: StagedImport, built: BuiltImport) -> None:
    """Merge changes first, because a deal's first owner is read from them, then deals, then their states."""
    if "opportunity_changes" in staged.tables:
        _merge_staged(frame, staged, built, "opportunity_changes")
    if "opportunities" in staged.tables:
        _merge_staged(frame, staged, built, "opportunities")
        if needs_moves(frame, history_staged="opportunity_changes" in staged.tables):
            full = staged.tables["opportunities"].relation == "snapshot" and frame.holds("old_opportunities")
            plan_moves(frame, snapshot=full)
            built.add("opportunity_changes", merge(frame, "opportunity_changes", "plan_moves", relation="append"))
    if frame.count("new_opportunities") or frame.count("new_opportunity_changes"):
        built.deals = derive_deal_states(frame)
        built.add("deal_states", merge(frame, "deal_states", "plan_deal_states"))


def _build_bookings(frame: ImportFrame, staged: StagedImport, built: BuiltImport) -> None:
    if "bookings" in staged.tables:
        _merge_staged(frame, staged, built, "bookings")
    if staged.bookings_from_won and "deal_states" in built.counts:
        built.won_without_amount = plan_won_bookings(frame)
        built.add("bookings", merge(frame, "bookings", "plan_won"))
        frame.drop("plan_won")
    frame.drop("plan_deal_states")


def _derive_quotas(frame: ImportFrame, staged: StagedImport, built: BuiltImport) -> None:
    if staged.derived_quota_rule is not None:
        plan_derived(frame, DerivedRule.read(staged.derived_quota_rule))
        built.add("quotas", merge(frame, "quotas", "plan_derived"))
    if frame.count("new_quotas"):
        plan_sums(frame)
        built.add("quotas", merge(frame, "quotas", "plan_sums"))


def _newest(frame: ImportFrame) -> datetime | None:
    """Return how far the dataset reaches: the newest fact that is known by its own day."""
    parts = " UNION ALL ".join(
        f"SELECT max(known_at) AS newest FROM new_{table} WHERE known_at < {frame.received_sql}"
        for table in EVENT_TABLES
    )
    row = frame.con.execute(f"SELECT max(newest) FROM ({parts})").fetchall()[0]
    found: list[datetime] = [moment for moment in (row[0], frame.newest) if moment is not None]
    return max(found) if found else None
