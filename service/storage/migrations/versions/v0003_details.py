"""Keep with each snapshot what changes are told from and what-ifs are answered from."""

import sqlalchemy as sa
from alembic import op

from service.storage.migrations.immutable import protect

revision = "0003"
down_revision = "0001"
branch_labels = None
depends_on = None

IMMUTABLE = ("snapshot_details", "rep_details")


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "snapshot_details",
        sa.Column("snapshot_id", sa.String(length=200), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshots.snapshot_id"], name=op.f("fk_snapshot_details_snapshot_id_snapshots")
        ),
        sa.PrimaryKeyConstraint("snapshot_id", name=op.f("pk_snapshot_details")),
    )
    op.create_table(
        "rep_details",
        sa.Column("snapshot_id", sa.String(length=200), nullable=False),
        sa.Column("rep_id", sa.String(length=200), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshots.snapshot_id"], name=op.f("fk_rep_details_snapshot_id_snapshots")
        ),
        sa.PrimaryKeyConstraint("snapshot_id", "rep_id", name=op.f("pk_rep_details")),
    )
    protect(IMMUTABLE)
