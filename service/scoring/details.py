"""Builds what is kept beside scorecards out of paths, deals and worlds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from models.contracts import CompanyState, ForecastPaths
from models.diagnosis.documents import DiagnosisDoc
from models.simulation.deal_parts import DealParts
from models.simulation.stored_worlds import DAYS_AHEAD, StoredWorlds
from service.scoring.detail_docs import BridgeDoc, ClosedDealDoc, GroundDoc, LedgerDoc, OpenDealDoc, RepDetailDoc
from service.scoring.forecast_docs import iso, number, text_or_none
from service.storage.snapshots import Details

WEEKS_OF_ACTIVITY = 4.0


@dataclass(frozen=True)
class DetailInputs:
    """What details are made from.

    Attributes:
        state: State that was forecast.
        paths: Served paths.
        structure: `STRUCTURE_COLUMNS` of the same targets.
        rows: Row of each rep's current period.
        parts: What each open deal adds; None where there is no pipeline.
        worlds: What the worlds are drawn from; None where there is no pipeline.
        labels: What people call a deal, by its id; the id itself where nothing is said.
    """

    state: CompanyState
    paths: ForecastPaths
    structure: pd.DataFrame
    rows: Sequence[int]
    parts: DealParts | None
    worlds: StoredWorlds | None
    labels: Mapping[str, str] = field(default_factory=dict)


def details(
    inputs: DetailInputs, bridges: Mapping[str, BridgeDoc], diagnoses: Mapping[str, DiagnosisDoc] | None = None
) -> Details:
    """Return what is kept of a scoring run.

    Args:
        inputs: What was scored.
        bridges: The snapshot before, told by the present model, by rep; empty where the model has not changed.
        diagnoses: Diagnosis of each rep whose forecast carries numbers.
    """
    told = ledgers(inputs)
    documents: dict[str, Mapping[str, object]] = {}
    for row in inputs.rows:
        rep_id = str(inputs.paths.targets["rep_id"].iloc[row])
        document = RepDetailDoc(
            schema=1,
            ledger=told[rep_id],
            ground=_ground(inputs, row),
            bridge=bridges.get(rep_id),
            diagnosis=(diagnoses or {}).get(rep_id),
        )
        documents[rep_id] = dict(document)
    company = None if inputs.worlds is None else inputs.worlds.company.to_json()
    return Details(company, documents)


def ledgers(inputs: DetailInputs) -> dict[str, LedgerDoc]:
    """Return the ledger of each rep's current period, by rep."""
    targets = inputs.paths.targets
    closed = _closed(inputs.state, inputs.labels)
    found = {}
    for row in inputs.rows:
        record = targets.iloc[row]
        rep_id, start = str(record["rep_id"]), iso(record["period_start"])
        deals = _open(inputs.parts, row, inputs.labels)
        opened = float(inputs.paths.open_deals[row].mean())
        new, booked = float(inputs.paths.new_deals[row].mean()), float(inputs.paths.booked[row])
        found[rep_id] = LedgerDoc(
            as_of=inputs.state.as_of.isoformat(),
            period_start=start,
            period_end=iso(record["period_end"]),
            metric=str(record["metric"]),
            currency=str(record["currency"]),
            quota=number(record["quota"]),
            booked=booked,
            pending=opened - sum(deal["served"] for deal in deals),
            new_deals=new,
            mean=booked + opened + new,
            median=float(np.median(inputs.paths.attained[row])),
            deals=deals,
            closed=[deal for deal in closed.get(rep_id, []) if deal["closed"] >= start],
        )
    return found


def _open(parts: DealParts | None, row: int, labels: Mapping[str, str]) -> list[OpenDealDoc]:
    if parts is None:
        return []
    mine = np.flatnonzero(parts.target == row)
    records: list[dict[str, Any]] = parts.deals.iloc[mine].to_dict("records")
    return [
        OpenDealDoc(
            id=str(deal["opportunity_id"]),
            label=labels.get(str(deal["opportunity_id"]), str(deal["opportunity_id"])),
            stage=text_or_none(deal["stage"]),
            amount=number(deal["amount"]),
            close=None if pd.isna(deal["expected_close"]) else iso(deal["expected_close"]),
            created=iso(deal["created_on"]),
            served=float(parts.served[index]),
        )
        for index, deal in zip(mine, records, strict=True)
    ]


def _closed(state: CompanyState, labels: Mapping[str, str]) -> dict[str, list[ClosedDealDoc]]:
    lives = state.lifecycles
    recent = lives[
        lives["outcome"].isin(["won", "lost"])
        & (lives["closed_on"] > pd.Timestamp(state.as_of) - pd.Timedelta(days=400))
    ]
    found: dict[str, list[ClosedDealDoc]] = {}
    for deal in recent.sort_values(["closed_on", "opportunity_id"], kind="stable").to_dict("records"):
        found.setdefault(str(deal["rep_id"]), []).append(
            ClosedDealDoc(
                id=str(deal["opportunity_id"]),
                label=labels.get(str(deal["opportunity_id"]), str(deal["opportunity_id"])),
                outcome=str(deal["outcome"]),
                closed=iso(deal["closed_on"]),
                amount=number(deal["amount"]),
            )
        )
    return found


def _ground(inputs: DetailInputs, row: int) -> GroundDoc | None:
    worlds = inputs.worlds
    if worlds is None or row not in worlds.reps or inputs.parts is None:
        return None
    target = inputs.paths.targets.iloc[row]
    mine = np.flatnonzero(inputs.parts.target == row)
    activities = number(target.get("activities_28d")) or 0.0
    segment = text_or_none(target["segment"]) or ""
    return GroundDoc(
        worlds=worlds.reps[row].to_json(),
        amounts=[number(value) for value in inputs.parts.deals["amount"].iloc[mine]],
        moved=[[round(float(value), 4) for value in line] for line in worlds.moved[row]],
        days=list(DAYS_AHEAD),
        win=number(inputs.structure["win_new"].iloc[row]) or 0.0,
        usual=worlds.usual.get(segment, _everyone(worlds)),
        meetings=activities / WEEKS_OF_ACTIVITY,
    )


def _everyone(worlds: StoredWorlds) -> tuple[float, float]:
    pairs = list(worlds.usual.values())
    if not pairs:
        return 0.0, 0.0
    return float(np.mean([chance for chance, _ in pairs])), float(np.mean([amount for _, amount in pairs]))
