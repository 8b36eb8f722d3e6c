"""Keep what the two of a 1:1 write down, one row per rep and week."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; people change and erase what they wrote, so that no trigger protects it."""
    op.create_table(
        "one_on_ones",
        sa.Column("rep_id", sa.String(length=200), nullable=False),
        sa.Column("week", sa.String(length=10), nullable=False),
        sa.Column("manager_rep_id", sa.String(length=200), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("open_to_line", sa.Boolean(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("rep_id", "week", "manager_rep_id", name=op.f("pk_one_on_ones")),
    )
