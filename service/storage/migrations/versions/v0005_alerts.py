"""Keep who stood flagged as at risk, so that the next scoring run can go on from there."""

import sqlalchemy as sa
from alembic import op

from service.storage.migrations.immutable import protect

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

IMMUTABLE = ("alerts",)


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "alerts",
        sa.Column("snapshot_id", sa.String(length=200), nullable=False),
        sa.Column("rep_id", sa.String(length=200), nullable=False),
        sa.Column("period_start", sa.String(length=10), nullable=False),
        sa.Column("period_end", sa.String(length=10), nullable=False),
        sa.Column("metric", sa.String(length=100), nullable=False),
        sa.Column("since", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshots.snapshot_id"], name=op.f("fk_alerts_snapshot_id_snapshots")
        ),
        sa.PrimaryKeyConstraint(
            "snapshot_id", "rep_id", "period_start", "period_end", "metric", name=op.f("pk_alerts")
        ),
    )
    protect(IMMUTABLE)
