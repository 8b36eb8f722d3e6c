"""The truth behind a simulated organisation as plain tables: latents, shocks, deals, tenures; written and read back."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from features.domain.errors import DataMissing
from training.simulator.settings import SimulatorSettings


@dataclass(frozen=True)
class Truth:
    """Everything that happened and everything that was hidden, burn-in included; days count from 1970-01-01.

    Attributes:
        people: person, hired, prospecting, win_skill, price, activity_mean, propensity; the row number is the person.
        seats: seat, segment, region, team, log_territory; the row number is the seat.
        tenures: seat, person, first (day on which the person takes the seat), last (-1: still there), known (day from
            whose evening the change is known), activity (deviation on arrival).
        deals: deal, seat, quality, value (list price), target, entered_0 to entered_3, closed (-1: open), won, booked
            (what was signed; 0 unless won); the row number is the deal.
        shocks: day, macro, region_0 ... as they stood in the evening.
        effort: day of the move, seat, activity, rushed (as `Seats.rushed`).
        leave_rates: quarter, seat, rate at the quarter's start.
        quotas: person, quarter, amount, published.
    """

    people: pd.DataFrame
    seats: pd.DataFrame
    tenures: pd.DataFrame
    deals: pd.DataFrame
    shocks: pd.DataFrame
    effort: pd.DataFrame
    leave_rates: pd.DataFrame
    quotas: pd.DataFrame


def write_tables(truth: Truth, settings: SimulatorSettings, folder: Path) -> None:
    """Write the truth to `folder`: `truth.json` with the settings and one Parquet file per table."""
    folder.mkdir(parents=True, exist_ok=True)
    for field in fields(truth):
        table = pa.Table.from_pandas(getattr(truth, field.name), preserve_index=False)
        pq.write_table(table, folder / f"{field.name}.parquet")
    document = {"settings": settings.model_dump(mode="json"), "tables": [field.name for field in fields(truth)]}
    (folder / "truth.json").write_text(json.dumps(document, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def read_tables(folder: Path) -> tuple[Truth, SimulatorSettings]:
    """Read what `write_tables` wrote.

    Raises:
        DataMissing: `folder` holds no truth.
    """
    document = folder / "truth.json"
    if not document.is_file():
        raise DataMissing(f"there is no truth.json in {folder}; write one with write_truth(organisation, folder)")
    settings = SimulatorSettings.model_validate(json.loads(document.read_text(encoding="utf-8"))["settings"])
    tables = {f.name: pq.read_table(folder / f"{f.name}.parquet").to_pandas() for f in fields(Truth)}
    return Truth(**tables), settings
