"""The plain dictionaries in which a diagnosis leaves `models`, key for key as they are stored and served."""

from __future__ import annotations

from typing import TypedDict

from models.explain.documents import Text


class CauseDoc(TypedDict):
    """One cause of an expected miss; above zero it adds to the miss, below zero it makes up for some."""

    code: str  # plan | leads | process | skill | chance | apart
    label: Text
    note: Text
    points: float  # points of quota, signed
    low: float  # range when similar reps and own deals are drawn again
    high: float
    amount: float  # the same in currency
    sure: bool  # the range leaves out zero
    controllable: str  # quota | manager | rep | context


class MissDoc(TypedDict):
    """The expected miss: 100 - mean attainment = sum of the causes' points; below zero for a surplus."""

    points: float
    amount: float  # quota - mean, currency
    low: float  # of 8 in 10 outcomes of the served paths, points
    high: float
    flagged: int  # people who stand flagged, or wait for it
    people: int
    plan_first: bool  # more than half of a team is flagged: the plan before the people
    headline: Text
    reference_label: Text  # whom causes compare with
    peers: int
    causes: list[CauseDoc]  # the plan first where `plan_first`, otherwise the largest first


class DifficultyDoc(TypedDict):
    """How likely comparable reps would meet this quota."""

    period_start: str
    period_end: str
    begun: bool
    quota: float
    currency: str
    chance: float
    low: float
    high: float
    others: int
    word: str  # hard | usual | easy | unsure
    sentence: Text


class HardQuotaDoc(TypedDict):
    """A quota that comparable reps would hardly meet, and whose it is."""

    rep_id: str
    name: str
    quota: float
    chance: float


class QuotasDoc(TypedDict):
    """A team's quotas of one period by how hard they are."""

    period_start: str
    period_end: str
    begun: bool
    hard: int
    usual: int
    easy: int
    unsure: int
    chance: float  # mean over the members that can be compared
    hard_quotas: list[HardQuotaDoc]  # the least likely first
    sentence: Text


class StageDoc(TypedDict):
    """One stage: share moved on and days stood, own beside similar reps; None where too few deals left it."""

    stage: str
    left: int  # deals that left it within the window
    conversion: float | None
    conversion_low: float | None
    conversion_high: float | None
    similar_conversion: float | None
    days: float | None
    days_low: float | None
    days_high: float | None
    similar_days: float | None
    stalls: bool  # deals surely stand longer than with similar reps
    leaks: bool  # deals are surely lost more often than with similar reps
    long: int  # open deals standing longer than 8 in 10 similar ones
    long_amount: float


class FunnelDoc(TypedDict):
    """Stages in order, and where deals stall."""

    window_days: int
    reference_label: Text
    peers: int
    stages: list[StageDoc]
    sentence: Text


class HabitDoc(TypedDict):
    """One measure of the top quarter beside the others and the subject; ranges of all measures hold together."""

    code: str
    label: Text
    unit: str
    top: float
    others: float
    low: float  # range of top - others
    high: float
    claimed: bool
    own: float | None


class ContrastsDoc(TypedDict):
    """What the top quarter did differently before its results came."""

    top: int
    others: int
    false_claims: float  # share of companies without any difference in which something is claimed
    habits: list[HabitDoc]
    sentence: Text


class TrainingDoc(TypedDict):
    """What one training may be worth to a team, points of its quota."""

    code: str  # prospecting | winning | value | closing
    label: Text
    points: float
    low: float
    high: float
    chance_before: float
    chance_after: float
    people: int
    sentence: Text


class DiagnosisDoc(TypedDict):
    """Everything that is told about why a rep or a team stands where it stands."""

    schema: int  # 1
    kind: str  # rep | team
    subject: str
    as_of: str
    model_version: str
    period_start: str
    period_end: str
    metric: str
    currency: str
    quota: float | None
    miss: MissDoc | None
    difficulty: list[DifficultyDoc]  # of a rep: the running period first
    quotas: list[QuotasDoc]  # of a team
    funnel: FunnelDoc | None
    contrasts: ContrastsDoc | None
    trainings: list[TrainingDoc]  # of a team, the most gainful first
    training_period: str | None  # first day of the period in which trainings are valued
    missing: list[Text]  # what could not be told, and why
