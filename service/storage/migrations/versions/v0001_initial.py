"""Create the operational tables, and the triggers that keep history as it was written."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

IMMUTABLE = ("snapshots", "rep_forecasts", "team_forecasts", "team_members", "forecast_rows", "feedback", "audit")


def upgrade() -> None:
    """Create everything."""
    create_imports()
    create_snapshots()
    create_people()
    protect_history()


def create_imports() -> None:
    """Create the log of imports and dataset versions."""
    op.create_table(
        "datasets",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("dataset_version", sa.String(length=200), nullable=False),
        sa.Column("parent", sa.String(length=200), nullable=True),
        sa.Column("tables", sa.Text(), nullable=False),
        sa.Column("info", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.String(length=40), nullable=False),
        sa.Column("undone", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_datasets")),
        sa.UniqueConstraint("dataset_version", name=op.f("uq_datasets_dataset_version")),
    )
    op.create_table(
        "imports",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("import_id", sa.String(length=200), nullable=False),
        sa.Column("dataset_version", sa.String(length=200), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("rows_in", sa.Integer(), nullable=False),
        sa.Column("rows_accepted", sa.Integer(), nullable=False),
        sa.Column("rows_quarantined", sa.Integer(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.String(length=40), nullable=False),
        sa.Column("undone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset_version"], ["datasets.dataset_version"], name=op.f("fk_imports_dataset_version_datasets")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_imports")),
    )
    op.create_index(op.f("ix_imports_content_sha256"), "imports", ["content_sha256"], unique=False)
    op.create_index(op.f("ix_imports_dataset_version"), "imports", ["dataset_version"], unique=False)


def create_snapshots() -> None:
    """Create what scoring writes and what people answer to it."""
    op.create_table(
        "snapshots",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("snapshot_id", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.String(length=40), nullable=False),
        sa.Column("as_of", sa.String(length=10), nullable=False),
        sa.Column("model_version", sa.String(length=200), nullable=False),
        sa.Column("dataset_version", sa.String(length=200), nullable=False),
        sa.Column("bundle_sha", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_snapshots")),
        sa.UniqueConstraint("snapshot_id", name=op.f("uq_snapshots_snapshot_id")),
    )
    op.create_table(
        "rep_forecasts",
        sa.Column("snapshot_id", sa.String(length=200), nullable=False),
        sa.Column("rep_id", sa.String(length=200), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("team_id", sa.String(length=200), nullable=True),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("own_document", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshots.snapshot_id"], name=op.f("fk_rep_forecasts_snapshot_id_snapshots")
        ),
        sa.PrimaryKeyConstraint("snapshot_id", "rep_id", name=op.f("pk_rep_forecasts")),
    )
    op.create_index("ix_rep_forecasts_snapshot_id_team_id", "rep_forecasts", ["snapshot_id", "team_id"], unique=False)
    op.create_table(
        "team_forecasts",
        sa.Column("snapshot_id", sa.String(length=200), nullable=False),
        sa.Column("team_id", sa.String(length=200), nullable=False),
        sa.Column("team_name", sa.Text(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshots.snapshot_id"], name=op.f("fk_team_forecasts_snapshot_id_snapshots")
        ),
        sa.PrimaryKeyConstraint("snapshot_id", "team_id", name=op.f("pk_team_forecasts")),
    )
    op.create_table(
        "team_members",
        sa.Column("snapshot_id", sa.String(length=200), nullable=False),
        sa.Column("team_id", sa.String(length=200), nullable=False),
        sa.Column("rep_id", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshots.snapshot_id"], name=op.f("fk_team_members_snapshot_id_snapshots")
        ),
        sa.PrimaryKeyConstraint("snapshot_id", "team_id", "rep_id", name=op.f("pk_team_members")),
    )
    op.create_table(
        "forecast_rows",
        sa.Column("snapshot_id", sa.String(length=200), nullable=False),
        sa.Column("rep_id", sa.String(length=200), nullable=False),
        sa.Column("period_start", sa.String(length=10), nullable=False),
        sa.Column("period_end", sa.String(length=10), nullable=False),
        sa.Column("metric", sa.String(length=100), nullable=False),
        sa.Column("row", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshots.snapshot_id"], name=op.f("fk_forecast_rows_snapshot_id_snapshots")
        ),
        sa.PrimaryKeyConstraint(
            "snapshot_id", "rep_id", "period_start", "period_end", "metric", name=op.f("pk_forecast_rows")
        ),
    )
    op.create_index("ix_forecast_rows_rep_id", "forecast_rows", ["rep_id"], unique=False)
    op.create_table(
        "suggestions",
        sa.Column("suggestion_id", sa.String(length=200), nullable=False),
        sa.Column("rep_id", sa.String(length=200), nullable=False),
        sa.Column("play_id", sa.String(length=200), nullable=False),
        sa.Column("audience", sa.String(length=20), nullable=False),
        sa.Column("due", sa.String(length=10), nullable=False),
        sa.Column("first_snapshot_id", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["first_snapshot_id"], ["snapshots.snapshot_id"], name=op.f("fk_suggestions_first_snapshot_id_snapshots")
        ),
        sa.PrimaryKeyConstraint("suggestion_id", name=op.f("pk_suggestions")),
    )
    op.create_index(op.f("ix_suggestions_rep_id"), "suggestions", ["rep_id"], unique=False)
    op.create_table(
        "feedback",
        sa.Column("feedback_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("suggestion_id", sa.String(length=200), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["suggestion_id"], ["suggestions.suggestion_id"], name=op.f("fk_feedback_suggestion_id_suggestions")
        ),
        sa.PrimaryKeyConstraint("feedback_id", name=op.f("pk_feedback")),
    )
    op.create_index(op.f("ix_feedback_suggestion_id"), "feedback", ["suggestion_id"], unique=False)


def create_people() -> None:
    """Create users, tokens, the reporting line and the audit trail."""
    op.create_table(
        "users",
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("rep_id", sa.String(length=200), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_users")),
        sa.UniqueConstraint("name", name=op.f("uq_users_name")),
    )
    op.create_table(
        "tokens",
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.String(length=40), nullable=False),
        sa.Column("expires_at", sa.String(length=40), nullable=False),
        sa.Column("revoked_at", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name=op.f("fk_tokens_user_id_users")),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_tokens")),
    )
    op.create_index(op.f("ix_tokens_user_id"), "tokens", ["user_id"], unique=False)
    op.create_table(
        "hierarchy",
        sa.Column("rep_id", sa.String(length=200), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("team_id", sa.String(length=200), nullable=True),
        sa.Column("team_name", sa.Text(), nullable=True),
        sa.Column("manager_rep_id", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("rep_id", name=op.f("pk_hierarchy")),
    )
    op.create_index(op.f("ix_hierarchy_manager_rep_id"), "hierarchy", ["manager_rep_id"], unique=False)
    op.create_index(op.f("ix_hierarchy_team_id"), "hierarchy", ["team_id"], unique=False)
    op.create_table(
        "reporting",
        sa.Column("above_rep_id", sa.String(length=200), nullable=False),
        sa.Column("rep_id", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("above_rep_id", "rep_id", name=op.f("pk_reporting")),
    )
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("recorded_at", sa.String(length=40), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("action", sa.String(length=100), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("request_id", sa.String(length=40), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit")),
        sa.UniqueConstraint("prev_hash", name=op.f("uq_audit_prev_hash")),
    )


def protect_history() -> None:
    """Let the database itself refuse to change or delete what is history."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION paceline_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is immutable', TG_TABLE_NAME; END $$"
        )
        for table in IMMUTABLE:
            op.execute(
                f"CREATE TRIGGER {table}_immutable BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION paceline_refuse()"
            )
        return
    for table in IMMUTABLE:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is immutable'); END"
            )
