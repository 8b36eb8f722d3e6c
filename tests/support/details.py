"""Builders of what is kept beside scorecards: ledgers that agree with the documents, and small worlds."""

from __future__ import annotations

from datetime import date
from math import log

from service.scoring.detail_docs import ClosedDealDoc, GroundDoc, LedgerDoc, OpenDealDoc, RepDetailDoc
from service.storage.snapshots import Details
from tests.support.diagnoses import rep_diagnosis
from tests.support.documents import AS_OF, RepCase, forecast

N_PATHS = 400


def open_deal(
    name: str,
    served: float,
    *,
    amount: float = 400_000.0,
    close: str = "2026-12-18",
    created: str = "2026-09-01",
    stage: str = "Proposal",
) -> OpenDealDoc:
    """Return an open deal."""
    return {"id": name, "stage": stage, "amount": amount, "close": close, "created": created, "served": served}


def closed_deal(name: str, outcome: str, day: str, amount: float = 400_000.0) -> ClosedDealDoc:
    """Return a decided deal."""
    return {"id": name, "outcome": outcome, "closed": day, "amount": amount}


def ledger(case: RepCase, *, as_of: date = AS_OF) -> LedgerDoc:
    """Return the ledger that stands behind `forecast(case)`: two open deals that bring what open deals bring."""
    document = forecast(case, as_of=as_of)
    opened = document["accounting"]["open_deals"]
    return {
        "as_of": as_of.isoformat(),
        "period_start": document["period_start"],
        "period_end": document["period_end"],
        "metric": "revenue",
        "currency": case.currency,
        "quota": case.quota,
        "booked": document["accounting"]["booked"],
        "pending": 0.0,
        "new_deals": document["accounting"]["new_deals"],
        "mean": document["mean"],
        "median": document["quantiles"]["0.50"],
        "deals": [open_deal(f"{case.rep_id}-d1", opened * 0.25), open_deal(f"{case.rep_id}-d2", opened * 0.75)],
        "closed": [],
    }


def company_draws(as_of: date = AS_OF) -> dict[str, object]:
    """Return worlds without shocks whose amounts are always the expected ones."""
    flat = [0.0] * 201
    return {
        "seed": 3,
        "as_of": as_of.isoformat(),
        "n_paths": N_PATHS,
        "shocks": {"company": 0.0, "team": 0.0, "rep": 0.0},
        "grids": [flat],
        "residuals": flat,
        "levels": None,
    }


def ground(case: RepCase) -> GroundDoc:
    """Return the ground of two open deals, won in half and in a fifth of the worlds, and a few unborn ones."""
    booked = case.booked * (case.quota or 1_000_000.0)
    return {
        "worlds": {
            "rep_id": case.rep_id,
            "team": case.team_id,
            "sure": booked,
            "deals": [f"{case.rep_id}-d1", f"{case.rep_id}-d2"],
            "hazard": [0.693147, 0.223144],
            "log_amount": [log(400_000.0), log(800_000.0)],
            "kind": [0, 0],
            "wins": 0.8,
            "new_log_amount": log(200_000.0),
            "doubt": 0.0,
            "spread": 0.1,
            "returns": 0.0,
        },
        "amounts": [400_000.0, 800_000.0],
        "moved": [[1.2, 1.1, 1.0, 0.8, 0.3, 0.1, 0.05, 0.02, 0.01]] * 2,
        "days": [7, 14, 28, 42, 56, 70, 91, 126, 182],
        "win": 0.25,
        "usual": (0.3, 300_000.0),
        "meetings": 3.0,
    }


def detail(case: RepCase, *, as_of: date = AS_OF) -> RepDetailDoc:
    """Return everything that is kept about one rep."""
    return {
        "schema": 1,
        "ledger": ledger(case, as_of=as_of),
        "ground": ground(case),
        "bridge": None,
        "diagnosis": rep_diagnosis(case.rep_id, as_of=as_of),
    }


def details(cases: tuple[RepCase, ...], *, as_of: date = AS_OF) -> Details:
    """Return what is kept of a scoring run."""
    return Details(company_draws(as_of), {case.rep_id: dict(detail(case, as_of=as_of)) for case in cases})
