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

from features.definitions.render import carry_steps, family_steps, ledger_steps, read_sql
from features.domain.errors import CheckFailed
from features.domain.time import WorkCalendar
from features.prepare import PAST, TEXT, stored_schema

BOOKING_ROW = (
    "booking_id",
    "rep_id",
    "metric",
    "account_id",
    "occurred_on",
    "known_on",
    "amount",
    "split",
    "status",
    "deleted",
    "known_at",
    "seq",
)
ACTIVITY_ROW = (
    "activity_id",
    "rep_id",
    "opportunity_id",
    "type",
    "occurred_on",
    "known_on",
    "status",
    "deleted",
    "known_at",
    "seq",
)
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
"""Columns of the three long logs that the definitions read."""

TABLES: dict[str, pa.Schema] = {
    "carry_bookings": PAST["booking_heads"],
    "carry_activities": PAST["activity_heads"],
    "carry_open_deals": stored_schema("deal_states", DEAL_ROW),
    "carry_closed_deals": pa.schema({"opportunity_id": TEXT}),
    "carry_deals": PAST["deal_past"],
    "account_firsts": PAST["account_past"],
    "carry_booking_past": PAST["booking_past"],
    "carry_rep_past": PAST["rep_past"],
    "carry_company_past": PAST["company_past"],
}
"""Carried tables, each named as the query or step that makes it."""


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
    steps = (*ledger_steps(), *family_steps(), *carry_steps())
    texts = [read_sql("sql/inputs.sql"), *(step.select for step in steps), repr(calendar)]
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()
