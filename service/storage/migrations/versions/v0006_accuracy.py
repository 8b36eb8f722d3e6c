"""Keep backtests for people to read, and people's own forecast numbers beside them."""

import sqlalchemy as sa
from alembic import op

from service.storage.migrations.immutable import protect

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

IMMUTABLE = ("backtests", "team_backtests", "rep_backtests", "calls")


def upgrade() -> None:
    """Create the tables."""
    create_backtests()
    create_calls()
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


def create_calls() -> None:
    """Create the calls."""
    op.create_table(
        "calls",
        sa.Column("call_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("rep_id", sa.String(length=200), nullable=False),
        sa.Column("period_start", sa.String(length=10), nullable=False),
        sa.Column("period_end", sa.String(length=10), nullable=False),
        sa.Column("metric", sa.String(length=100), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("currency", sa.String(length=10), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("as_of", sa.String(length=10), nullable=False),
        sa.Column("recorded_at", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_calls")),
    )
    op.create_index("ix_calls_rep_id_period_start", "calls", ["rep_id", "period_start"], unique=False)
