"""What a build leaves behind at its last cutoff, so that the next one reads only facts that became known since."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pyarrow as pa
from pyarrow import feather

from features.definitions.render import append_steps, carry_steps, family_steps, ledger_steps, read_sql
from features.domain.errors import CheckFailed
from features.domain.time import WorkCalendar
from features.prepare import COUNT, DAY, MONEY, PAST, TEXT, TOTAL, stored_schema

DESCRIPTION = "carried.json"
"""File that makes a folder a state."""

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

TABLES: dict[str, pa.Schema] = {
    "bookings": pa.schema(
        {
            **dict.fromkeys(("booking_id", "rep_id", "metric"), TEXT),
            "occurred_day": DAY,
            **dict.fromkeys(("amount", "named_amount", "first_amount"), MONEY),
        }
    ),
    "coming_bookings": PAST["booking_heads"],
    "activities": pa.schema(
        {
            **dict.fromkeys(("activity_id", "rep_id"), TEXT),
            **dict.fromkeys(("occurred_day", "on_deal", "two_way"), DAY),
        }
    ),
    "coming_activities": PAST["activity_heads"],
    "open_deals": pa.schema(
        {
            **dict.fromkeys(("opportunity_id", "rep_id"), TEXT),
            "amount": MONEY,
            **dict.fromkeys(("created_day", "expected_day", "known_day", "inherited"), DAY),
        }
    ),
    "open_deal_rows": stored_schema("deal_states", DEAL_ROW),
    "closed_deals": pa.schema({"opportunity_id": TEXT}),
    "deal_changes": PAST["deal_changes_past"],
    "deal_ends": pa.schema(
        {
            "rep_id": TEXT,
            "day": DAY,
            **dict.fromkeys(("won", "lost", "won_priced"), COUNT),
            "won_amount": TOTAL,
            "won_cycle": COUNT,
        }
    ),
    "accounts": PAST["account_past"],
    "booking_past": PAST["booking_past"],
    "rep_past": PAST["rep_past"],
    "company_past": PAST["company_past"],
    "quota_past": PAST["quota_past"],
}
"""Carried tables; bookings and activities of days to come are kept apart, they have not begun to count."""

QUIET = {
    "quiet_bookings": ("bookings", TABLES["bookings"].names[1:]),
    "quiet_activities": ("activities", TABLES["activities"].names[1:]),
    "quiet_deals": ("open_deals", TABLES["open_deals"].names[1:]),
    "deal_changes_past": ("deal_changes", TABLES["deal_changes"].names),
    "deal_ends_past": ("deal_ends", TABLES["deal_ends"].names),
}
"""Relation in which an append finds what is quiet: the carried table, and its columns that the definitions read."""

MOST_PARTS = 12
"""A table of more parts is put together into one: a year of months."""


@dataclass(frozen=True)
class Part:
    """Rows of a carried table that one build has added.

    Attributes:
        rows: The rows.
        file: Where exactly these rows stand already; None if nowhere.
    """

    rows: pa.Table
    file: Path | None = None


Parts = tuple[Part, ...]
"""A carried table."""


@dataclass(frozen=True)
class Carried:
    """What an append needs of the past.

    Attributes:
        cutoff: The last cutoff that was built; everything known by its end is in here, and nothing else.
        basis: What the rows were made with, see `basis_of`; rows of another basis cannot be appended to.
        counts: Rows known by the cutoff per log and import (`bookings/IMPORT_ID`): by these it is seen whether facts
            were added to the past, or taken from it, since.
        tables: `TABLES` by name.
        files: Files of the logs that it was made from, see `files.stamps`; empty where they are not known.
    """

    cutoff: date
    basis: str
    counts: Mapping[str, int]
    tables: Mapping[str, Parts]
    files: Mapping[str, str] = field(default_factory=dict)

    def table(self, name: str) -> pa.Table:
        """Return all rows of a carried table."""
        return rows_of(self.tables[name], TABLES[name])

    def save(self, folder: Path) -> Carried:
        """Write to a new folder, the description last, so that what was half written is no state.

        Files never change once they are written: rows that stand in another state's folder are linked, not copied.

        Returns:
            The same state, with the files of its rows.
        """
        folder.mkdir(parents=True)
        tables = {
            name: tuple(_stored(part, folder / f"{name}.{place}.arrow") for place, part in enumerate(parts))
            for name, parts in self.tables.items()
        }
        described = {"cutoff": self.cutoff.isoformat(), "basis": self.basis, "counts": dict(self.counts)}
        described |= {"files": dict(self.files), "parts": {name: len(parts) for name, parts in tables.items()}}
        (folder / DESCRIPTION).write_text(json.dumps(described, sort_keys=True), encoding="utf-8")
        return replace(self, tables=tables)


def rows_of(parts: Parts, schema: pa.Schema) -> pa.Table:
    """Return the rows of all parts, without copying them."""
    return pa.concat_tables([part.rows for part in parts]) if parts else schema.empty_table()


def joined(parts: Parts, rows: pa.Table) -> Parts:
    """Return the parts of a table that gains some rows."""
    more = (*parts, Part(rows)) if rows.num_rows else parts
    return more if len(more) <= MOST_PARTS else (Part(pa.concat_tables([part.rows for part in more])),)


def _stored(part: Part, path: Path) -> Part:
    if part.file is None:
        feather.write_feather(part.rows, str(path), compression="uncompressed")  # so that it can be mapped
    else:
        _link(part.file, path)
    return Part(part.rows, path)


def _link(source: Path, path: Path) -> None:
    try:
        path.hardlink_to(source)
    except OSError:  # the file system has no links
        shutil.copyfile(source, path)


def load_carried(folder: Path) -> Carried:
    """Return what `Carried.save` wrote.

    Raises:
        CheckFailed: The folder holds no whole state.
    """
    path = folder / DESCRIPTION
    if not path.exists():
        raise CheckFailed(f"{folder} holds no carried state; remove it and build again")
    described = json.loads(path.read_text(encoding="utf-8"))
    tables = {
        name: tuple(_read(folder / f"{name}.{place}.arrow") for place in range(n))
        for name, n in described["parts"].items()
    }
    cutoff = date.fromisoformat(described["cutoff"])
    return Carried(cutoff, described["basis"], described["counts"], tables, described["files"])


def _read(path: Path) -> Part:
    return Part(feather.read_table(str(path), memory_map=True), path)


def basis_of(calendar: WorkCalendar) -> str:
    """Return a digest of everything but facts and cutoffs that decides the rows: definitions and calendar."""
    steps = (*ledger_steps(), *append_steps(), *family_steps(), *carry_steps())
    texts = [read_sql("sql/inputs.sql"), *(step.select for step in steps), repr(calendar)]
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()
