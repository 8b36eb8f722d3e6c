"""Keep every step of a suggestion, what was decided for whom with which chances, and what came of it."""

import sqlalchemy as sa
from alembic import op

from service.storage.migrations.immutable import protect

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

IMMUTABLE = (
    "suggestion_events",
    "coaching_decisions",
    "proximal_outcomes",
    "coaching_outcomes",
    "coaching_policies",
    "coaching_effects",
)

PROPOSED = """
INSERT INTO suggestion_events (suggestion_id, actor, state, reason, recorded_at)
SELECT suggestions.suggestion_id, 'scoring', 'proposed', NULL, snapshots.created_at
FROM suggestions JOIN snapshots ON snapshots.snapshot_id = suggestions.first_snapshot_id
ORDER BY snapshots.seq, suggestions.suggestion_id
"""

ANSWERED = """
INSERT INTO suggestion_events (suggestion_id, actor, state, reason, recorded_at)
SELECT suggestion_id, actor, state, reason, recorded_at FROM feedback ORDER BY feedback_id
"""


def upgrade() -> None:
    """Create the tables, and carry answers over."""
    create_events()
    create_decisions()
    create_outcomes()
    create_policies()
    op.execute(PROPOSED)
    op.execute(ANSWERED)
    op.drop_table("feedback")
    protect(IMMUTABLE)


def create_events() -> None:
    """Create the steps of suggestions."""
    op.create_table(
        "suggestion_events",
        sa.Column("event_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("suggestion_id", sa.String(length=200), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["suggestion_id"],
            ["suggestions.suggestion_id"],
            name=op.f("fk_suggestion_events_suggestion_id_suggestions"),
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_suggestion_events")),
    )
    op.create_index(op.f("ix_suggestion_events_suggestion_id"), "suggestion_events", ["suggestion_id"], unique=False)


def create_decisions() -> None:
    """Create what was decided for each rep in each scoring run."""
    op.create_table(
        "coaching_decisions",
        sa.Column("snapshot_id", sa.String(length=200), nullable=False),
        sa.Column("rep_id", sa.String(length=200), nullable=False),
        sa.Column("policy", sa.String(length=100), nullable=False),
        sa.Column("chosen", sa.String(length=200), nullable=True),
        sa.Column("period_start", sa.String(length=10), nullable=False),
        sa.Column("period_end", sa.String(length=10), nullable=False),
        sa.Column("metric", sa.String(length=100), nullable=False),
        sa.Column("quota", sa.Float(), nullable=True),
        sa.Column("forecast", sa.Float(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshots.snapshot_id"], name=op.f("fk_coaching_decisions_snapshot_id_snapshots")
        ),
        sa.PrimaryKeyConstraint("snapshot_id", "rep_id", name=op.f("pk_coaching_decisions")),
    )
    columns = ["rep_id", "period_start"]
    op.create_index("ix_coaching_decisions_rep_id_period_start", "coaching_decisions", columns, unique=False)


def create_outcomes() -> None:
    """Create what came of suggestions: their own metric first, the period's result later."""
    op.create_table(
        "proximal_outcomes",
        sa.Column("suggestion_id", sa.String(length=200), nullable=False),
        sa.Column("metric", sa.String(length=100), nullable=False),
        sa.Column("suggested_on", sa.String(length=10), nullable=False),
        sa.Column("measured_on", sa.String(length=10), nullable=False),
        sa.Column("own", sa.Float(), nullable=False),
        sa.Column("foreseen", sa.Float(), nullable=False),
        sa.Column("observed", sa.Float(), nullable=False),
        sa.Column("surplus", sa.Float(), nullable=False),
        sa.Column("noise", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["suggestion_id"],
            ["suggestions.suggestion_id"],
            name=op.f("fk_proximal_outcomes_suggestion_id_suggestions"),
        ),
        sa.PrimaryKeyConstraint("suggestion_id", name=op.f("pk_proximal_outcomes")),
    )
    op.create_table(
        "coaching_outcomes",
        sa.Column("rep_id", sa.String(length=200), nullable=False),
        sa.Column("period_start", sa.String(length=10), nullable=False),
        sa.Column("period_end", sa.String(length=10), nullable=False),
        sa.Column("metric", sa.String(length=100), nullable=False),
        sa.Column("attained", sa.Float(), nullable=False),
        sa.Column("settled_on", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("rep_id", "period_start", "period_end", "metric", name=op.f("pk_coaching_outcomes")),
    )


def create_policies() -> None:
    """Create what was learned and whether it was let in, and what may be said about effects."""
    op.create_table(
        "coaching_policies",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("version", sa.String(length=100), nullable=False),
        sa.Column("as_of", sa.String(length=10), nullable=False),
        sa.Column("recorded_at", sa.String(length=40), nullable=False),
        sa.Column("admitted", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_coaching_policies")),
        sa.UniqueConstraint("version", name=op.f("uq_coaching_policies_version")),
    )
    op.create_table(
        "coaching_effects",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("as_of", sa.String(length=10), nullable=False),
        sa.Column("recorded_at", sa.String(length=40), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_coaching_effects")),
    )
