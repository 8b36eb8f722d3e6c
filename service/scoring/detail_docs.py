"""The shape of what is kept beside a scorecard: the ledger that changes are told from, and the ground of what-ifs.

Standard library only, like `documents`. These documents are never served as they are; the diagnosis has
an endpoint of its own.
"""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

from models.diagnosis.documents import DiagnosisDoc


class OpenDealDoc(TypedDict):
    """One open deal as it stood; `served` is what it adds to the served mean of its period, currency."""

    id: str
    label: NotRequired[str]  # what people call it; absent in what earlier versions kept
    stage: str | None
    amount: float | None
    close: str | None
    created: str
    served: float


class ClosedDealDoc(TypedDict):
    """One deal that was decided since the period began."""

    id: str
    label: NotRequired[str]
    outcome: str  # won | lost
    closed: str
    amount: float | None


class LedgerDoc(TypedDict):
    """One period's mean in parts, currency: booked + pending + sum of served + new_deals = mean."""

    as_of: str
    period_start: str
    period_end: str
    metric: str
    currency: str
    quota: float | None
    booked: float
    pending: float  # won but not booked yet, and what no open deal stands for
    new_deals: float
    mean: float
    median: float
    deals: list[OpenDealDoc]
    closed: list[ClosedDealDoc]


class GroundDoc(TypedDict):
    """What levers act on; see `models.coaching.levers.Ground`."""

    worlds: dict[str, Any]  # models.simulation.rep_worlds.RepWorlds
    amounts: list[float | None]
    moved: list[list[float]]
    days: list[int]
    win: float
    usual: tuple[float, float]
    meetings: float


class BridgeDoc(TypedDict):
    """The ledger of the snapshot before, told again by the present model from the same facts."""

    snapshot_id: str
    ledger: LedgerDoc


class RepDetailDoc(TypedDict):
    """Everything that is kept about one rep's current period."""

    schema: int  # 1
    ledger: LedgerDoc
    ground: GroundDoc | None
    bridge: BridgeDoc | None
    diagnosis: NotRequired[DiagnosisDoc | None]  # None where the forecast carries no numbers
