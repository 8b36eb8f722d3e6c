"""What a forecaster may know about a company at one moment, read through the gate of `known_by`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import pandas as pd

from features.assemble import Frames, assemble
from features.deal_labels import deal_labels
from features.domain.time import AsOf
from features.history.known import History
from features.history.source import DatasetInfo
from models.contracts import CompanyState


@dataclass(frozen=True)
class CompanyView:
    """A company at one moment, with the parts that are told but not forecast.

    Attributes:
        state: What a forecaster may know.
        team_quotas: `features.columns.TEAM_QUOTA_COLUMNS`: goals of teams, never added to those of their members.
        placements: One row per rep in seat: `rep_id, team_id, team_name, manager_rep_id`.
        past_targets: Targets at the same point of earlier periods, as they were known then.
        deal_labels: What people call a deal, by opportunity_id; deals that nobody named are absent.
    """

    state: CompanyState
    team_quotas: pd.DataFrame
    placements: pd.DataFrame
    past_targets: pd.DataFrame
    deal_labels: Mapping[str, str] = field(default_factory=dict)


def state_at(frames: Frames, info: DatasetInfo, as_of: date) -> CompanyState:
    """Return the state at one cutoff of assembled frames.

    Args:
        frames: Frames whose facts were known at `as_of`.
        info: Facts about the dataset as a whole.
        as_of: One of the cutoffs.
    """
    moment = pd.Timestamp(as_of)
    return CompanyState(
        as_of=as_of,
        targets=frames.targets[frames.targets["as_of"] == moment].reset_index(drop=True),
        deals=frames.deals[frames.deals["as_of"] == moment].reset_index(drop=True),
        bookings=frames.bookings,
        lifecycles=frames.lifecycles,
        reps=frames.reps,
        calendar=info.calendar,
        grade=info.grade,
        returns_allowed=info.returns_allowed,
    )


def company_state(history: History, as_of: date) -> CompanyState:
    """Return everything that a forecaster may know at the end of `as_of`."""
    with history.known_by(AsOf(as_of, history.info.calendar.zone)) as known:
        return state_at(assemble(known, [as_of]), history.info, as_of)


QUARTER_DAYS = 91
QUARTERS_BACK = 4
"""How many quarters a rep's own habits are looked up in."""
LABELLED_DAYS = 400
"""For how many days a deal that was decided keeps its name."""

PLACEMENTS = """
SELECT rep_id, team_id, team_name, manager_rep_id
FROM (
    SELECT rep_id, team_id, COALESCE(team_name, team_id) AS team_name, manager_rep_id,
           ROW_NUMBER() OVER (PARTITION BY rep_id ORDER BY weight DESC, valid_from DESC, team_id) AS place
    FROM team_assignments
    WHERE valid_from <= ? AND (valid_to IS NULL OR valid_to >= ?)
) AS ranked
WHERE place = 1
ORDER BY rep_id
"""


def company_view(history: History, as_of: date) -> CompanyView:
    """Return the company at the end of `as_of`, with team goals, reporting lines and its own past year."""
    earlier = [as_of - timedelta(days=QUARTER_DAYS * back) for back in range(1, QUARTERS_BACK + 1)]
    with history.known_by(AsOf(as_of, history.info.calendar.zone)) as known:
        frames = assemble(known, [*earlier, as_of])
        placements = known.con.execute(PLACEMENTS, [as_of, as_of]).df()
        state = state_at(frames, history.info, as_of)
        lives = state.lifecycles
        closed = lives.loc[lives["closed_on"] > pd.Timestamp(as_of - timedelta(days=LABELLED_DAYS)), "opportunity_id"]
        labels = deal_labels(known, state.deals["opportunity_id"], closed)
    now = pd.Timestamp(as_of)
    return CompanyView(
        state=state,
        team_quotas=frames.team_quotas[frames.team_quotas["as_of"] == now].reset_index(drop=True),
        placements=placements,
        past_targets=frames.targets[frames.targets["as_of"] < now].reset_index(drop=True),
        deal_labels=labels,
    )
