"""The operational tables in SQLAlchemy Core; `migrations/` builds them, and a test holds the two together.

Moments are ISO 8601 texts in UTC (they sort as text, on SQLite and PostgreSQL alike), documents are JSON bytes that
are served as they lie here.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    UniqueConstraint,
)

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

datasets = Table(
    "datasets",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("dataset_version", String(200), nullable=False, unique=True),
    Column("parent", String(200)),
    Column("tables", Text, nullable=False),
    Column("info", Text, nullable=False),
    Column("recorded_at", String(40), nullable=False),
    Column("undone", Boolean, nullable=False),
)

imports = Table(
    "imports",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("import_id", String(200), nullable=False),
    Column("dataset_version", String(200), ForeignKey("datasets.dataset_version"), nullable=False, index=True),
    Column("source", Text, nullable=False),
    Column("content_sha256", String(64), nullable=False, index=True),
    Column("rows_in", Integer, nullable=False),
    Column("rows_accepted", Integer, nullable=False),
    Column("rows_quarantined", Integer, nullable=False),
    Column("report", Text, nullable=False),
    Column("recorded_at", String(40), nullable=False),
    Column("undone", Boolean, nullable=False),
)

snapshots = Table(
    "snapshots",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("snapshot_id", String(200), nullable=False, unique=True),
    Column("created_at", String(40), nullable=False),
    Column("as_of", String(10), nullable=False),
    Column("model_version", String(200), nullable=False),
    Column("dataset_version", String(200), nullable=False),
    Column("bundle_sha", String(64), nullable=False),
    Column("status", String(20), nullable=False),
)

rep_forecasts = Table(
    "rep_forecasts",
    METADATA,
    Column("snapshot_id", String(200), ForeignKey("snapshots.snapshot_id"), primary_key=True),
    Column("rep_id", String(200), primary_key=True),
    Column("name", Text, nullable=False),
    Column("team_id", String(200)),
    Column("document", LargeBinary, nullable=False),
    Column("own_document", LargeBinary),
    Index("ix_rep_forecasts_snapshot_id_team_id", "snapshot_id", "team_id"),
)
"""`own_document` is what the rep sees of it; NULL where that is the whole document."""

team_forecasts = Table(
    "team_forecasts",
    METADATA,
    Column("snapshot_id", String(200), ForeignKey("snapshots.snapshot_id"), primary_key=True),
    Column("team_id", String(200), primary_key=True),
    Column("team_name", Text, nullable=False),
    Column("document", LargeBinary, nullable=False),
)

snapshot_details = Table(
    "snapshot_details",
    METADATA,
    Column("snapshot_id", String(200), ForeignKey("snapshots.snapshot_id"), primary_key=True),
    Column("document", LargeBinary, nullable=False),
)
"""Compressed JSON: what the worlds of all reps share (`models.simulation.rep_worlds.CompanyDraws`)."""

rep_details = Table(
    "rep_details",
    METADATA,
    Column("snapshot_id", String(200), ForeignKey("snapshots.snapshot_id"), primary_key=True),
    Column("rep_id", String(200), primary_key=True),
    Column("document", LargeBinary, nullable=False),
)
"""Compressed JSON: `service.scoring.detail_docs.RepDetailDoc`."""

team_members = Table(
    "team_members",
    METADATA,
    Column("snapshot_id", String(200), ForeignKey("snapshots.snapshot_id"), primary_key=True),
    Column("team_id", String(200), primary_key=True),
    Column("rep_id", String(200), primary_key=True),
)

forecast_rows = Table(
    "forecast_rows",
    METADATA,
    Column("snapshot_id", String(200), ForeignKey("snapshots.snapshot_id"), primary_key=True),
    Column("rep_id", String(200), primary_key=True),
    Column("period_start", String(10), primary_key=True),
    Column("period_end", String(10), primary_key=True),
    Column("metric", String(100), primary_key=True),
    Column("row", Text, nullable=False),
    Index("ix_forecast_rows_rep_id", "rep_id"),
)

suggestions = Table(
    "suggestions",
    METADATA,
    Column("suggestion_id", String(200), primary_key=True),
    Column("rep_id", String(200), nullable=False, index=True),
    Column("play_id", String(200), nullable=False),
    Column("audience", String(20), nullable=False),
    Column("due", String(10), nullable=False),
    Column("first_snapshot_id", String(200), ForeignKey("snapshots.snapshot_id"), nullable=False),
)

suggestion_events = Table(
    "suggestion_events",
    METADATA,
    Column("event_id", Integer, primary_key=True, autoincrement=True),
    Column("suggestion_id", String(200), ForeignKey("suggestions.suggestion_id"), nullable=False, index=True),
    Column("actor", String(200), nullable=False),
    Column("state", String(20), nullable=False),
    Column("reason", Text),
    Column("recorded_at", String(40), nullable=False),
)
"""Every step of a suggestion (`service.coaching.lifecycle`); the newest one is its state."""

one_on_ones = Table(
    "one_on_ones",
    METADATA,
    Column("rep_id", String(200), primary_key=True),
    Column("week", String(10), primary_key=True),
    Column("manager_rep_id", String(200), primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("open_to_line", Boolean, nullable=False),
    Column("content", Text, nullable=False),
    Column("updated_at", String(40), nullable=False),
)
"""What the two of a 1:1 wrote down; theirs to change and to erase."""

users = Table(
    "users",
    METADATA,
    Column("user_id", String(32), primary_key=True),
    Column("name", String(200), nullable=False, unique=True),
    Column("role", String(20), nullable=False),
    Column("rep_id", String(200)),
    Column("active", Boolean, nullable=False),
    Column("created_at", String(40), nullable=False),
)

tokens = Table(
    "tokens",
    METADATA,
    Column("token_sha256", String(64), primary_key=True),
    Column("user_id", String(32), ForeignKey("users.user_id"), nullable=False, index=True),
    Column("kind", String(10), nullable=False),
    Column("created_at", String(40), nullable=False),
    Column("expires_at", String(40), nullable=False),
    Column("revoked_at", String(40)),
)

hierarchy = Table(
    "hierarchy",
    METADATA,
    Column("rep_id", String(200), primary_key=True),
    Column("name", Text, nullable=False),
    Column("team_id", String(200), index=True),
    Column("team_name", Text),
    Column("manager_rep_id", String(200), index=True),
)

reporting = Table(
    "reporting",
    METADATA,
    Column("above_rep_id", String(200), primary_key=True),
    Column("rep_id", String(200), primary_key=True),
)
"""Everybody with everybody above them, themselves included: `hierarchy` unrolled, so that a scope is one look-up."""

audit = Table(
    "audit",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("recorded_at", String(40), nullable=False),
    Column("actor", String(200), nullable=False),
    Column("action", String(100), nullable=False),
    Column("object", Text, nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("request_id", String(40), nullable=False),
    Column("prev_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    UniqueConstraint("prev_hash"),
)

alerts = Table(
    "alerts",
    METADATA,
    Column("snapshot_id", String(200), ForeignKey("snapshots.snapshot_id"), primary_key=True),
    Column("rep_id", String(200), primary_key=True),
    Column("period_start", String(10), primary_key=True),
    Column("period_end", String(10), primary_key=True),
    Column("metric", String(100), primary_key=True),
    Column("since", String(10), nullable=False),
)
"""Who stood flagged as at risk in a snapshot, and since which day: the next scoring run goes on from there."""

backtests = Table(
    "backtests",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("run_id", String(200), nullable=False, unique=True),
    Column("bundle_sha", String(64), nullable=False, index=True),
    Column("model_version", String(200), nullable=False),
    Column("dataset_version", String(200), nullable=False),
    Column("as_of", String(10), nullable=False),
    Column("recorded_at", String(40), nullable=False),
    Column("document", LargeBinary, nullable=False),
)
"""Compressed JSON: `models.accuracy.documents.BacktestDoc`; what a model would have said about past periods."""

team_backtests = Table(
    "team_backtests",
    METADATA,
    Column("run_id", String(200), ForeignKey("backtests.run_id"), primary_key=True),
    Column("team_id", String(200), primary_key=True),
    Column("document", LargeBinary, nullable=False),
)
"""Compressed JSON: `models.accuracy.documents.TeamBacktestDoc`."""

rep_backtests = Table(
    "rep_backtests",
    METADATA,
    Column("run_id", String(200), ForeignKey("backtests.run_id"), primary_key=True),
    Column("rep_id", String(200), primary_key=True),
    Column("document", LargeBinary, nullable=False),
)
"""Compressed JSON: `models.accuracy.documents.RepBacktestDoc`."""

calls = Table(
    "calls",
    METADATA,
    Column("call_id", Integer, primary_key=True, autoincrement=True),
    Column("rep_id", String(200), nullable=False),
    Column("period_start", String(10), nullable=False),
    Column("period_end", String(10), nullable=False),
    Column("metric", String(100), nullable=False),
    Column("category", String(20), nullable=False),
    Column("amount", Numeric(18, 2, asdecimal=False), nullable=False),
    Column("currency", String(10), nullable=False),
    Column("note", Text, nullable=False),
    Column("side", String(10), nullable=False),
    Column("actor", String(200), nullable=False),
    Column("as_of", String(10), nullable=False),
    Column("recorded_at", String(40), nullable=False),
    Column("snapshot_id", String(200), ForeignKey("snapshots.snapshot_id"), nullable=False),
    Index("ix_calls_rep_id_period_start", "rep_id", "period_start"),
)
"""People's own forecast numbers, each as it was given: a new one is added, none is changed.

`snapshot_id` is the forecast that was served when it was given, `as_of` its day of knowledge.
"""

outcomes = Table(
    "outcomes",
    METADATA,
    Column("rep_id", String(200), primary_key=True),
    Column("period_start", String(10), primary_key=True),
    Column("period_end", String(10), primary_key=True),
    Column("metric", String(100), primary_key=True),
    Column("attained", Float, nullable=False),
    Column("settled_on", String(10), nullable=False),
)
"""What called periods came to, as known on the first scoring day after they had settled."""

coaching_decisions = Table(
    "coaching_decisions",
    METADATA,
    Column("snapshot_id", String(200), ForeignKey("snapshots.snapshot_id"), primary_key=True),
    Column("rep_id", String(200), primary_key=True),
    Column("policy", String(100), nullable=False),
    Column("chosen", String(200)),
    Column("period_start", String(10), nullable=False),
    Column("period_end", String(10), nullable=False),
    Column("metric", String(100), nullable=False),
    Column("quota", Float),
    Column("forecast", Float, nullable=False),
    Column("document", LargeBinary, nullable=False),
    Index("ix_coaching_decisions_rep_id_period_start", "rep_id", "period_start"),
)
"""What was decided for whom; `document` is compressed JSON: `models.coaching.decisions.DecisionDoc`."""

proximal_outcomes = Table(
    "proximal_outcomes",
    METADATA,
    Column("suggestion_id", String(200), ForeignKey("suggestions.suggestion_id"), primary_key=True),
    Column("metric", String(100), nullable=False),
    Column("suggested_on", String(10), nullable=False),
    Column("measured_on", String(10), nullable=False),
    Column("own", Float, nullable=False),
    Column("foreseen", Float, nullable=False),
    Column("observed", Float, nullable=False),
    Column("surplus", Float, nullable=False),
    Column("noise", Float, nullable=False),
)
"""What a play's own metric came to, against its forecast of the day of the suggestion.

`surplus` is observed less foreseen in the good direction, in points of quota by the forecast equation; `noise` is its
standard deviation without any play.
"""

coaching_outcomes = Table(
    "coaching_outcomes",
    METADATA,
    Column("rep_id", String(200), primary_key=True),
    Column("period_start", String(10), primary_key=True),
    Column("period_end", String(10), primary_key=True),
    Column("metric", String(100), primary_key=True),
    Column("attained", Float, nullable=False),
    Column("settled_on", String(10), nullable=False),
)
"""What periods with a decision came to, as known on the first scoring day after they had settled."""

coaching_policies = Table(
    "coaching_policies",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("version", String(100), nullable=False, unique=True),
    Column("as_of", String(10), nullable=False),
    Column("recorded_at", String(40), nullable=False),
    Column("admitted", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("document", LargeBinary, nullable=False),
)
"""What was learned about plays, and whether it may choose; `document` is compressed JSON."""

coaching_effects = Table(
    "coaching_effects",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("as_of", String(10), nullable=False),
    Column("recorded_at", String(40), nullable=False),
    Column("document", LargeBinary, nullable=False),
)
"""Compressed JSON: `models.coaching.effect_docs.EffectsDoc`; what may be said about plays after each scoring."""

IMMUTABLE = (
    "snapshots",
    "rep_forecasts",
    "team_forecasts",
    "team_members",
    "forecast_rows",
    "suggestion_events",
    "coaching_decisions",
    "proximal_outcomes",
    "coaching_outcomes",
    "coaching_policies",
    "coaching_effects",
    "audit",
    "snapshot_details",
    "rep_details",
    "alerts",
    "outcomes",
    "backtests",
    "team_backtests",
    "rep_backtests",
    "calls",
)
"""Tables whose rows a trigger protects: once written, never changed or deleted."""
