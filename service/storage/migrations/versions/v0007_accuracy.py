"""Keep backtests by team and rep; let calls say of which kind, by whom and in which currency they are."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from service.storage.migrations.immutable import protect

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

IMMUTABLE = ("backtests", "team_backtests", "rep_backtests", "calls")

BEFORE = """
SELECT calls.call_id, calls.rep_id, calls.period_start, calls.period_end, calls.metric, calls.amount, calls.note,
       calls.actor, calls.recorded_at, calls.snapshot_id, snapshots.as_of, users.rep_id AS actor_rep_id,
       forecast_rows.row AS told
FROM calls
JOIN snapshots ON snapshots.snapshot_id = calls.snapshot_id
LEFT JOIN users ON users.user_id = calls.actor
LEFT JOIN forecast_rows ON forecast_rows.snapshot_id = calls.snapshot_id AND forecast_rows.rep_id = calls.rep_id
    AND forecast_rows.period_start = calls.period_start AND forecast_rows.period_end = calls.period_end
    AND forecast_rows.metric = calls.metric
ORDER BY calls.call_id
"""


def upgrade() -> None:
    """Create the backtests, and carry calls over."""
    create_backtests()
    held = [_carried(dict(row._mapping)) for row in op.get_bind().execute(sa.text(BEFORE))]
    op.drop_table("calls")
    calls = create_calls()
    if held:
        op.bulk_insert(calls, held)
    if held and op.get_bind().dialect.name == "postgresql":
        op.execute("SELECT setval(pg_get_serial_sequence('calls', 'call_id'), (SELECT MAX(call_id) FROM calls))")
    op.drop_table("accuracies")
    protect(IMMUTABLE)


def create_backtests() -> None:
    """Create what training leaves: one document for the company, one per team, one per rep."""
    op.create_table(
        "backtests",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("run_id", sa.String(length=200), nullable=False),
        sa.Column("bundle_sha", sa.String(length=64), nullable=False),
        sa.Column("model_version", sa.String(length=200), nullable=False),
        sa.Column("dataset_version", sa.String(length=200), nullable=False),
        sa.Column("as_of", sa.String(length=10), nullable=False),
        sa.Column("recorded_at", sa.String(length=40), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_backtests")),
        sa.UniqueConstraint("run_id", name=op.f("uq_backtests_run_id")),
    )
    op.create_index(op.f("ix_backtests_bundle_sha"), "backtests", ["bundle_sha"], unique=False)
    for table, key in (("team_backtests", "team_id"), ("rep_backtests", "rep_id")):
        op.create_table(
            table,
            sa.Column("run_id", sa.String(length=200), nullable=False),
            sa.Column(key, sa.String(length=200), nullable=False),
            sa.Column("document", sa.LargeBinary(), nullable=False),
            sa.ForeignKeyConstraint(["run_id"], ["backtests.run_id"], name=op.f(f"fk_{table}_run_id_backtests")),
            sa.PrimaryKeyConstraint("run_id", key, name=op.f(f"pk_{table}")),
        )


def create_calls() -> sa.Table:
    """Create the calls."""
    table = op.create_table(
        "calls",
        sa.Column("call_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("rep_id", sa.String(length=200), nullable=False),
        sa.Column("period_start", sa.String(length=10), nullable=False),
        sa.Column("period_end", sa.String(length=10), nullable=False),
        sa.Column("metric", sa.String(length=100), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2, asdecimal=False), nullable=False),
        sa.Column("currency", sa.String(length=10), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("as_of", sa.String(length=10), nullable=False),
        sa.Column("recorded_at", sa.String(length=40), nullable=False),
        sa.Column("snapshot_id", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshots.snapshot_id"], name=op.f("fk_calls_snapshot_id_snapshots")
        ),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_calls")),
    )
    op.create_index("ix_calls_rep_id_period_start", "calls", ["rep_id", "period_start"], unique=False)
    return table


def _carried(row: dict[str, Any]) -> dict[str, Any]:
    told = json.loads(row.pop("told") or "{}")
    side = "rep" if row.pop("actor_rep_id") == row["rep_id"] else "manager"
    return {**row, "category": "most_likely", "side": side, "currency": str(told.get("currency", ""))}
