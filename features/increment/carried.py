"""What a build leaves behind at its last cutoff, so that the next one reads only facts that became known since."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
from pyarrow import feather

from features.definitions.render import append_steps, carry_steps, family_steps, ledger_steps, read_sql
from features.domain.errors import CheckFailed
from features.domain.time import WorkCalendar
from features.prepare import COUNT, DAY, MONEY, PAST, TEXT, TOTAL, stored_schema

DEAL_ROW = (
    "opportunity_id",
    "version",
    "rep_id",
    "source",
    "stage",
    "amount",
    "outcome",
    "deleted",
    "known_on",
    "changed_at",
    "created_on",
    "expected_close",
    "known_at",
    "seq",
)
"""Columns of the log of deal states that the definitions read."""

QUIET: dict[str, pa.Schema] = {
    "quiet_bookings": pa.schema(
        {
            **dict.fromkeys(("booking_id", "rep_id", "metric"), TEXT),
            "occurred_day": DAY,
            **dict.fromkeys(("amount", "named_amount", "first_amount"), MONEY),
        }
    ),
    "quiet_activities": pa.schema(
        {
            **dict.fromkeys(("activity_id", "rep_id"), TEXT),
            **dict.fromkeys(("occurred_day", "on_deal", "two_way"), DAY),
        }
    ),
    "quiet_deals": pa.schema(
        {
            **dict.fromkeys(("opportunity_id", "rep_id"), TEXT),
            "amount": MONEY,
            **dict.fromkeys(("created_day", "expected_day", "known_day", "inherited"), DAY),
        }
    ),
    "deal_ends_past": pa.schema(
        {
            "rep_id": TEXT,
            "day": DAY,
            **dict.fromkeys(("won", "lost", "won_priced"), COUNT),
            "won_amount": TOTAL,
            "won_cycle": COUNT,
        }
    ),
}
"""Tables that only an append reads: what was carried and there is no news about."""

TABLES: dict[str, pa.Schema] = {
    "bookings": QUIET["quiet_bookings"],
    "coming_bookings": PAST["booking_heads"],
    "activities": QUIET["quiet_activities"],
    "coming_activities": PAST["activity_heads"],
    "open_deals": QUIET["quiet_deals"],
    "open_deal_rows": stored_schema("deal_states", DEAL_ROW),
    "closed_deals": pa.schema({"opportunity_id": TEXT}),
    "deal_changes": PAST["deal_changes_past"],
    "deal_ends": QUIET["deal_ends_past"],
    "accounts": PAST["account_past"],
    "booking_past": PAST["booking_past"],
    "rep_past": PAST["rep_past"],
    "company_past": PAST["company_past"],
    "quota_past": PAST["quota_past"],
}
"""Carried tables; bookings and activities of days to come are kept apart, they have not begun to count."""


@dataclass(frozen=True)
class Carried:
    """What an append needs of the past.

    Attributes:
        cutoff: The last cutoff that was built; everything known by its end is in here, and nothing else.
        basis: What the rows were made with, see `basis_of`; rows of another basis cannot be appended to.
        counts: Rows known by the cutoff per log and import (`bookings/IMPORT_ID`): by these it is seen whether facts
            were added to the past, or taken from it, since.
        tables: `TABLES` by name.
    """

    cutoff: date
    basis: str
    counts: Mapping[str, int]
    tables: Mapping[str, pa.Table]

    def save(self, folder: Path) -> None:
        """Write to a new folder, the description last, so that what was half written is no state."""
        folder.mkdir(parents=True)
        for name, table in self.tables.items():
            feather.write_feather(table, str(folder / f"{name}.arrow"), compression="lz4")
        described = {"cutoff": self.cutoff.isoformat(), "basis": self.basis, "counts": dict(self.counts)}
        (folder / "carried.json").write_text(json.dumps(described, sort_keys=True), encoding="utf-8")


def load_carried(folder: Path) -> Carried:
    """Return what `Carried.save` wrote.

    Raises:
        CheckFailed: The folder holds no whole state.
    """
    path = folder / "carried.json"
    if not path.exists():
        raise CheckFailed(f"{folder} holds no carried state; remove it and build again")
    described = json.loads(path.read_text(encoding="utf-8"))
    tables = {name: feather.read_table(str(folder / f"{name}.arrow")) for name in TABLES}
    return Carried(date.fromisoformat(described["cutoff"]), described["basis"], described["counts"], tables)


def basis_of(calendar: WorkCalendar) -> str:
    """Return a digest of everything but facts and cutoffs that decides the rows: definitions and calendar."""
    steps = (*ledger_steps(), *append_steps(), *family_steps(), *carry_steps())
    texts = [read_sql("sql/inputs.sql"), *(step.select for step in steps), repr(calendar)]
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()
