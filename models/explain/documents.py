"""The plain dictionaries in which explanations and suggestions leave `models`, key for key as they are stored."""

from __future__ import annotations

from typing import NotRequired, TypedDict


class Text(TypedDict):
    """One sentence in both languages."""

    en: str
    zh: str


class AccountingDoc(TypedDict):
    """Where the mean comes from, in currency: booked + open_deals + new_deals = mean; gap = quota - mean."""

    booked: float
    open_deals: float
    new_deals: float
    mean: float
    gap: float | None


class DriverDoc(TypedDict):
    """One reason: own value beside that of similar reps, and its signed share in points of quota."""

    code: str
    label: Text
    value: float | None
    reference: float | None
    unit: str  # currency | share | count | days | ratio | points
    contribution: float  # points of quota, signed
    direction: str  # up | down
    controllable: str  # rep | manager | context | quota
    sentence: Text
    low: NotRequired[float]  # range of the contribution when similar reps are drawn again
    high: NotRequired[float]


class ExplanationDoc(TypedDict):
    """reference + contributions + everything_else = mean; mean + mean_to_median = median; points of quota."""

    reference_label: Text
    peers: int
    reference: float
    drivers: list[DriverDoc]
    everything_else: float
    mean: float
    mean_to_median: float
    median: float


class DealReasonDoc(TypedDict):
    """One reason why a deal counts for more or less than similar open deals, in points of quota."""

    code: str
    label: Text
    contribution: float  # points of quota, signed
    low: float  # 90 % range over resampled reference deals
    high: float
    controllable: str  # rep | manager | context | quota
    sentence: Text


class DealDoc(TypedDict):
    """One open deal: base_points + contributions + everything_else = points = 100 * chance * amount / quota."""

    deal_id: str
    label: NotRequired[str]  # what people call it: its account, else its id; absent in earlier versions
    amount: float | None  # as recorded, currency
    stage: str | None
    expected_close: str | None
    chance: float  # of a win by the period's end
    usual_chance: float  # of similar open deals
    amount_if_won: float  # expected, currency
    base_points: float
    reasons: list[DealReasonDoc]
    everything_else: float
    points: float


def label_of(deal: DealDoc) -> str:
    """Return what people call a deal; its id where nothing else is known."""
    return deal.get("label", deal["deal_id"])


class DealsDoc(TypedDict):
    """Open deals of one forecast: points of `shown` + other_points + correction = total; points of quota.

    `correction` holds what past bias, shared shocks and wins that are not booked yet add to the sum of deals.
    """

    reference_label: Text
    shown: list[DealDoc]
    others: int
    other_points: float
    correction: float
    total: float  # 100 * mean of open deals / quota


class SuggestionDoc(TypedDict):
    """One proposed move: what, why, what it may be worth in points of quota and how sure we are."""

    suggestion_id: str  # stable hash of rep, play and period
    play_id: str
    kind: str  # gap | strength
    audience: str  # rep | manager
    title: Text
    why: Text
    steps: list[Text]
    success_check: Text
    effect_low: float  # points of quota; all three 0.0 for a strength
    effect_mid: float
    effect_high: float
    evidence_grade: str  # A | B | C | D
    evidence: Text
    label: Text
    effort_hours: float
    due: str
