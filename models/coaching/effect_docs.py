"""The shape of what may be said about the plays of a company. Standard library only."""

from __future__ import annotations

from typing import TypedDict

from models.explain.documents import Text


class EstimateDoc(TypedDict):
    """An effect with its interval, points of quota."""

    effect: float
    low: float
    high: float
    placebo_p: float | None  # of the same comparison two periods earlier; None where the method has none


class PlayEffectDoc(TypedDict):
    """What may be said about one play, over all reps together."""

    play_id: str
    title: Text
    rep_periods: int  # with the play taken up, and two earlier periods on record
    without: int  # rep-periods with nothing taken up
    refused: str | None  # too_few | no_overlap | placebo
    needs: int  # rep-periods that are missing to see an effect worth seeing
    matched: EstimateDoc | None
    robust: EstimateDoc | None
    helps: bool  # the whole interval of the matched comparison lies above zero


class EffectsDoc(TypedDict):
    """What may be said about every gap play."""

    schema: int  # 1
    as_of: str
    level: float  # coverage that intervals promise
    plays: list[PlayEffectDoc]
