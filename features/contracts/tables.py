"""The canonical tables as data: columns with Arrow types, keys, and the rule that says when a row was known.

Every stored table is a log of row versions. Beside its own columns each row carries the four of `LOG_COLUMNS`;
the row of a key that is valid at a moment is its latest version with `known_at` before that moment, ties broken
by `seq`. Times are naive microsecond timestamps in UTC; `*_on` columns are days in the company's time zone; money
is `DECIMAL(18, 4)`, signed.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

MONEY = pa.decimal128(18, 4)
MOMENT = pa.timestamp("us")
DAY = pa.date32()
TEXT = pa.string()
NUMBER = pa.float64()


@dataclass(frozen=True)
class Column:
    """One column of a canonical table.

    Attributes:
        name: Column name.
        type: Arrow type.
        required: Whether a row without a value is refused.
        choices: Closed vocabulary, empty if free.
        help: One line for people who write a mapping.
    """

    name: str
    type: pa.DataType
    required: bool = False
    choices: tuple[str, ...] = ()
    help: str = ""


@dataclass(frozen=True)
class TableSpec:
    """One canonical table.

    Attributes:
        name: Table name, also the name of its Delta folder.
        columns: Columns that a mapping may fill.
        key: Columns that identify a row across imports.
        business_time: Column that says when a row happened; with the source's lag it gives `known_at` on first import.
            Empty: the row is known from the beginning of time.
        derived: Columns computed at import (`*_on` days), not mapped.
        helpers: Columns that a mapping may fill because the others cannot be read without them; they are not stored.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    business_time: str = ""
    derived: tuple[Column, ...] = ()
    helpers: tuple[Column, ...] = ()

    @property
    def mapped(self) -> tuple[Column, ...]:
        """Everything that a mapping may fill: the table's own columns, then the helpers."""
        return (*self.columns, *self.helpers)

    def arrow_schema(self) -> pa.Schema:
        """Return the schema of the stored log: own, derived and log columns, in this order."""
        return pa.schema([(c.name, c.type) for c in (*self.columns, *self.derived, *LOG_COLUMNS)])


LOG_COLUMNS = (
    Column("known_at", MOMENT, required=True, help="when our system could know this version of the row"),
    Column("known_on", DAY, required=True, help="day of known_at in the company's time zone"),
    Column("seq", pa.int64(), required=True, help="declared tie-break between versions known at the same instant"),
    Column("deleted", pa.bool_(), required=True, help="True: this version says that the row is gone"),
    Column("import_id", TEXT, required=True, help="import that brought this version"),
)

REPS = TableSpec(
    "reps",
    (
        Column("rep_id", TEXT, required=True),
        Column("name", TEXT, required=True),
        Column("role", TEXT),
        Column("segment", TEXT),
        Column("region", TEXT),
        Column("hire_date", DAY),
        Column("end_date", DAY),
        Column("currency", TEXT),
        Column("attrs", TEXT, help="other fields as one JSON object"),
    ),
    key=("rep_id",),
)
TEAM_ASSIGNMENTS = TableSpec(
    "team_assignments",
    (
        Column("rep_id", TEXT, required=True),
        Column("team_id", TEXT, required=True),
        Column("manager_rep_id", TEXT),
        Column("region", TEXT),
        Column("team_name", TEXT, help="name that is shown; where it is missing, the team_id stands for it"),
        Column("valid_from", DAY, required=True),
        Column("valid_to", DAY, help="last day that belongs to the assignment"),
        Column("weight", NUMBER, required=True),
    ),
    key=("rep_id", "team_id", "valid_from"),
    business_time="valid_from",
)
QUOTAS = TableSpec(
    "quotas",
    (
        Column("rep_id", TEXT, help="either rep_id or team_id is filled"),
        Column("team_id", TEXT),
        Column("period_start", DAY, required=True),
        Column("period_end", DAY, required=True, help="last day that belongs to the period"),
        Column("metric", TEXT, required=True),
        Column("amount", MONEY, required=True),
        Column("currency", TEXT),
        Column("source", TEXT, required=True, help="given, carried or derived:RULE"),
        Column("published_at", MOMENT),
    ),
    key=("rep_id", "team_id", "period_start", "period_end", "metric"),
    business_time="published_at",
)
BOOKINGS = TableSpec(
    "bookings",
    (
        Column("booking_id", TEXT, required=True),
        Column("rep_id", TEXT, required=True),
        Column("occurred_at", MOMENT, required=True),
        Column("amount", MONEY, required=True, help="signed; refunds are negative"),
        Column("metric", TEXT, required=True),
        Column("currency", TEXT),
        Column("status", TEXT, required=True, choices=("counted", "not counted")),
        Column("grain", TEXT, required=True, choices=("transaction", "month", "week")),
        Column("split", NUMBER, required=True, help="share credited to this rep, 0..1"),
        Column("account_id", TEXT),
        Column("product_id", TEXT),
        Column("opportunity_id", TEXT),
    ),
    key=("booking_id",),
    business_time="occurred_at",
    derived=(Column("occurred_on", DAY, required=True),),
)
OPPORTUNITIES = TableSpec(
    "opportunities",
    (
        Column("opportunity_id", TEXT, required=True),
        Column("rep_id", TEXT, required=True),
        Column("account_id", TEXT),
        Column("created_at", MOMENT),
        Column("stage", TEXT),
        Column("amount", MONEY),
        Column("expected_close", DAY),
        Column("outcome", TEXT, required=True, choices=("open", "won", "lost")),
        Column("closed_at", MOMENT),
        Column("source", TEXT),
    ),
    key=("opportunity_id",),
    business_time="created_at",
    helpers=(Column("currency", TEXT, help="of `amount`; stored amounts are in the company's"),),
)
OPPORTUNITY_CHANGES = TableSpec(
    "opportunity_changes",
    (
        Column("opportunity_id", TEXT, required=True),
        Column("changed_at", MOMENT, required=True),
        Column("field", TEXT, required=True, choices=("stage", "amount", "expected_close", "rep_id", "outcome")),
        Column("old", TEXT),
        Column("new", TEXT),
    ),
    key=("opportunity_id", "changed_at", "field", "new"),
    business_time="changed_at",
    helpers=(Column("currency", TEXT, help="of amounts; by default that of the deal"),),
)
ACTIVITIES = TableSpec(
    "activities",
    (
        Column("activity_id", TEXT, required=True),
        Column("rep_id", TEXT),
        Column("account_id", TEXT),
        Column("opportunity_id", TEXT),
        Column("occurred_at", MOMENT, required=True),
        Column("logged_at", MOMENT),
        Column("type", TEXT, required=True),
        Column("status", TEXT),
        Column("duration_minutes", NUMBER),
    ),
    key=("activity_id",),
    business_time="occurred_at",
    derived=(Column("occurred_on", DAY, required=True),),
)
ACCOUNTS = TableSpec(
    "accounts",
    (
        Column("account_id", TEXT, required=True),
        Column("name", TEXT),
        Column("rep_id", TEXT),
        Column("segment", TEXT),
        Column("region", TEXT),
    ),
    key=("account_id",),
)
KPI_VALUES = TableSpec(
    "kpi_values",
    (
        Column("rep_id", TEXT, required=True),
        Column("kpi", TEXT, required=True),
        Column("period", DAY, required=True, help="first day of the period measured"),
        Column("value", NUMBER, required=True),
    ),
    key=("rep_id", "kpi", "period"),
    business_time="period",
)
COACHING_EVENTS = TableSpec(
    "coaching_events",
    (
        Column("coaching_id", TEXT, required=True),
        Column("rep_id", TEXT, required=True),
        Column("occurred_at", MOMENT, required=True),
        Column("play_id", TEXT),
        Column("topic", TEXT),
    ),
    key=("coaching_id",),
    business_time="occurred_at",
    derived=(Column("occurred_on", DAY, required=True),),
)
DEAL_STATES = TableSpec(
    "deal_states",
    (
        Column("opportunity_id", TEXT, required=True),
        Column("version", pa.int64(), required=True, help="1, 2, 3 ... in order of (changed_at, declared tie-break)"),
        Column("changed_at", MOMENT, required=True),
        Column("created_at", MOMENT, required=True),
        Column("created_on", DAY, required=True),
        Column("rep_id", TEXT, required=True),
        Column("account_id", TEXT),
        Column("source", TEXT),
        Column("stage", TEXT, help="NULL where the source cannot say what it was then (grade C)"),
        Column("amount", MONEY, help="NULL where the source cannot say what it was then (grade C)"),
        Column("expected_close", DAY),
        Column("outcome", TEXT, required=True, choices=("open", "won", "lost")),
    ),
    key=("opportunity_id", "version"),
    business_time="changed_at",
)
"""Derived at import from opportunities and opportunity_changes: the whole state of each deal after each change.

A source may never map it. Grade A: one version per instant of change. Grade C: one version at creation (stage,
amount and expected_close NULL) and one when it closed (outcome, amount). This is the ledger that pipeline features
are running sums over, and the only table of deals that features read.
"""

ORIGINAL_AMOUNTS = TableSpec(
    "original_amounts",
    (
        Column("of_table", TEXT, required=True, help="bookings, quotas, opportunities or opportunity_changes"),
        Column("of_key", TEXT, required=True, help="key of the row there, its parts joined by /"),
        Column("occurred_at", MOMENT, required=True),
        Column("amount", MONEY, required=True, help="as the source said it"),
        Column("currency", TEXT, required=True, help="in which the source said it"),
        Column("rate", NUMBER, required=True, help="as the source quoted it"),
        Column("rate_from", DAY, help="day from which the rate held; empty for a plan rate"),
    ),
    key=("of_table", "of_key"),
    business_time="occurred_at",
)
"""Written at import beside every amount that was converted to the company's currency; a source may never map it."""

CANONICAL: dict[str, TableSpec] = {
    spec.name: spec
    for spec in (
        REPS,
        TEAM_ASSIGNMENTS,
        QUOTAS,
        BOOKINGS,
        OPPORTUNITIES,
        OPPORTUNITY_CHANGES,
        ACTIVITIES,
        ACCOUNTS,
        KPI_VALUES,
        COACHING_EVENTS,
    )
}
"""Tables that a mapping may fill, by name."""

STORED: dict[str, TableSpec] = {
    **CANONICAL,
    DEAL_STATES.name: DEAL_STATES,
    ORIGINAL_AMOUNTS.name: ORIGINAL_AMOUNTS,
}
"""Tables that stand in the fact store, by name."""
