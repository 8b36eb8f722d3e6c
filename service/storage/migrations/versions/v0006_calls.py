"""Keep what people called, what came of it, and how good each model was in its own past."""

import sqlalchemy as sa
from alembic import op

from service.storage.migrations.immutable import protect

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

IMMUTABLE = ("calls", "outcomes", "accuracies")


def upgrade() -> None:
    """Create the three tables."""
    op.create_table(
        "calls",
        sa.Column("call_id", sa.Integer(), autoincrement=True, nullable=False),
        *_target(),
        sa.Column("amount", sa.Float(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", sa.String(length=40), nullable=False),
        sa.Column("snapshot_id", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshots.snapshot_id"], name=op.f("fk_calls_snapshot_id_snapshots")
        ),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_calls")),
    )
    op.create_index("ix_calls_rep_id_period_start", "calls", ["rep_id", "period_start"])
    op.create_table(
        "outcomes",
        *_target(),
        sa.Column("attained", sa.Float(), nullable=False),
        sa.Column("settled_on", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("rep_id", "period_start", "period_end", "metric", name=op.f("pk_outcomes")),
    )
    op.create_table(
        "accuracies",
        sa.Column("bundle_sha", sa.String(length=64), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("bundle_sha", name=op.f("pk_accuracies")),
    )
    protect(IMMUTABLE)


def _target() -> list[sa.Column[str]]:
    return [
        sa.Column("rep_id", sa.String(length=200), nullable=False),
        sa.Column("period_start", sa.String(length=10), nullable=False),
        sa.Column("period_end", sa.String(length=10), nullable=False),
        sa.Column("metric", sa.String(length=100), nullable=False),
    ]
