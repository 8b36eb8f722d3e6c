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
    unit: str
    contribution: float
    direction: str
    controllable: str
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

    suggestion_id: str
    play_id: str
    kind: str
    audience: str
    title: Text
    why: Text
    steps: list[Text]
    success_check: Text
    effect_low: float
    effect_mid: float
    effect_high: float
    evidence_grade: str
    evidence: Text
    label: Text
    effort_hours: float
    due: str
