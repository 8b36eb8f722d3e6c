"""The plain dictionaries in which explanations and suggestions leave `models`, key for key as they are stored."""

from __future__ import annotations

from typing import TypedDict


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
