"""The difference between two ledgers of one period in lines that add up to it: pure functions over stored documents.

A deal that was open at both moments is told by what was done to it: its amount, then its expected close, then its
stage; what is left is time. A line never contradicts its name: a deal moved out that gained all the same is not told
as slipped. What is still expected of deals not born yet stands under time: as days pass there is less of it, and what
was born instead stands under new deals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import fsum

from service.scoring.detail_docs import LedgerDoc, OpenDealDoc

ORDER = (
    "won",
    "new",
    "slipped",
    "pulled_in",
    "amount",
    "stage",
    "lost",
    "handed_over",
    "time",
    "model",
    "quota",
    "shape",
)
"""Lines in the order in which they are told."""
LARGEST_RATIO = 4.0
"""An amount that grew by more is taken as a correction of a guess, which scales what is expected no further."""
ITEMS = 5
"""Deals named per line at most."""


@dataclass
class Moves:
    """Amounts by line, currency, with the deals behind each.

    Attributes:
        totals: Amount by line.
        deals: Amount by line and deal.
        labels: What people call a deal, by its id.
    """

    totals: dict[str, float] = field(default_factory=dict)
    deals: dict[str, dict[str, float]] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)

    def add(self, line: str, amount: float, deal: str | None = None) -> None:
        """Add an amount to a line."""
        if amount == 0.0:
            return
        self.totals[line] = self.totals.get(line, 0.0) + amount
        if deal is not None:
            held = self.deals.setdefault(line, {})
            held[deal] = held.get(deal, 0.0) + amount

    def join(self, other: Moves) -> None:
        """Add all lines of another difference."""
        for line, amount in other.totals.items():
            self.totals[line] = self.totals.get(line, 0.0) + amount
        for line, held in other.deals.items():
            mine = self.deals.setdefault(line, {})
            for deal, amount in held.items():
                mine[deal] = mine.get(deal, 0.0) + amount
        self.labels |= other.labels

    def leading(self, line: str) -> list[tuple[str, float]]:
        """Return the deals that made most of a line."""
        return sorted(self.deals.get(line, {}).items(), key=lambda item: (-abs(item[1]), item[0]))[:ITEMS]


def moves(before: LedgerDoc, after: LedgerDoc) -> Moves:
    """Return what the mean moved by, from one ledger to a later one of the same period and the same model.

    Returns:
        Amounts whose sum is the difference of the means, to the last bits.
    """
    found = Moves(labels=_labels(before) | _labels(after))
    first, second = _by_id(before["deals"]), _by_id(after["deals"])
    fates = {deal["id"]: deal["outcome"] for deal in after["closed"]}
    left: list[float] = []
    for name, deal in first.items():
        if name in second:
            _still_open(found, deal, second[name])
            continue
        line = {"won": "won", "lost": "lost"}.get(fates.get(name, ""), "handed_over")
        found.add(line, -deal["served"], name)
        if line == "won":
            left.append(_brought(after, before, name))
            found.add("won", left[-1], name)
    for name, deal in second.items():
        if name not in first:
            found.add("new" if deal["created"] > before["as_of"] else "handed_over", deal["served"], name)
    _booked_otherwise(found, before, after, fsum(left))
    found.add("time", after["new_deals"] - before["new_deals"])
    return found


def difference(before: LedgerDoc, after: LedgerDoc) -> float:
    """Return by how much the mean moved, currency."""
    return after["mean"] - before["mean"]


def revalued(before: LedgerDoc, again: LedgerDoc) -> Moves:
    """Return what another model makes of the same facts, as one line."""
    found = Moves()
    found.add("model", difference(before, again))
    return found


def untold(found: Moves) -> Moves:
    """Return moves across a change of model that nobody can take apart: what no fact explains counts as the model."""
    deals = {line: dict(held) for line, held in found.deals.items()}
    joined = Moves(dict(found.totals), deals, dict(found.labels))
    for line in ("time", "stage"):
        joined.totals["model"] = joined.totals.get("model", 0.0) + joined.totals.pop(line, 0.0)
        joined.deals.pop(line, None)
    return joined


def _labels(ledger: LedgerDoc) -> dict[str, str]:
    """Return what the deals of a ledger are called; in those of earlier versions nothing but their ids."""
    return {deal["id"]: deal.get("label", deal["id"]) for deal in (*ledger["closed"], *ledger["deals"])}


def _by_id(deals: Iterable[OpenDealDoc]) -> dict[str, OpenDealDoc]:
    return {deal["id"]: deal for deal in deals}


def _still_open(found: Moves, before: OpenDealDoc, after: OpenDealDoc) -> None:
    name, left = before["id"], after["served"] - before["served"]
    first, second = before["amount"], after["amount"]
    if first and second and first != second:
        by_amount = before["served"] * (min(second / first, LARGEST_RATIO) - 1.0)
        found.add("amount", by_amount, name)
        left -= by_amount
    found.add(_line(before, after, left), left, name)


def _line(before: OpenDealDoc, after: OpenDealDoc, left: float) -> str:
    was, now = before["close"], after["close"]
    if was and now and now > was and left < 0:
        return "slipped"
    if was and now and now < was and left > 0:
        return "pulled_in"
    return "stage" if before["stage"] != after["stage"] else "time"


def _brought(after: LedgerDoc, before: LedgerDoc, name: str) -> float:
    """Return what a deal that was won brought, as far as bookings and pending wins of the period have grown."""
    amount = next((deal["amount"] for deal in after["closed"] if deal["id"] == name), None)
    grown = after["booked"] + after["pending"] - before["booked"] - before["pending"]
    return 0.0 if amount is None or grown <= 0.0 else amount


def _booked_otherwise(found: Moves, before: LedgerDoc, after: LedgerDoc, told: float) -> None:
    """Tell what was booked beside the open deals: deals born and won in between, returns, late corrections."""
    known = {deal["id"] for deal in before["closed"]} | {deal["id"] for deal in before["deals"]}
    grown = after["booked"] + after["pending"] - before["booked"] - before["pending"]
    left = grown - told
    for deal in after["closed"]:
        if deal["outcome"] == "won" and deal["id"] not in known and deal["amount"] and 0.0 < deal["amount"] <= left:
            found.add("won", deal["amount"], deal["id"])
            left -= deal["amount"]
    found.add("won", left)


def points(amounts: Mapping[str, float], before: LedgerDoc, after: LedgerDoc) -> dict[str, float] | None:
    """Return the lines in points of quota, with the quota's own line and that from mean to middle; None without one.

    Args:
        amounts: Amount by line, currency.
        before: Earlier ledger.
        after: Later ledger.

    Returns:
        Points by line; their sum is the difference of the middles in points of their quotas.
    """
    first, second = before["quota"], after["quota"]
    if not first or not second or first <= 0 or second <= 0:
        return None
    found = {line: 100.0 * amount / first for line, amount in amounts.items()}
    found["quota"] = 100.0 * after["mean"] * (1.0 / second - 1.0 / first)
    shape = (after["median"] - after["mean"]) / second - (before["median"] - before["mean"]) / first
    found["shape"] = 100.0 * shape
    return found
