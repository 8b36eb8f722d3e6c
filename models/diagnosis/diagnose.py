"""Diagnosis of every rep and team of one scoring run: the parts put together into documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.coaching.effects import horizon
from models.contracts import CompanyState, FloatArray, ForecastPaths
from models.diagnosis.contrasts import Contrasts, contrasts
from models.diagnosis.difficulty import Difficulty, quota_difficulty
from models.diagnosis.documents import (
    ContrastsDoc,
    DiagnosisDoc,
    DifficultyDoc,
    FunnelDoc,
    MissDoc,
    QuotasDoc,
    TrainingDoc,
)
from models.diagnosis.funnel import Pools, tally
from models.diagnosis.miss import MissSplit, split_miss
from models.diagnosis.settings import DiagnosisSettings
from models.diagnosis.telling import (
    Subject,
    contrasts_doc,
    difficulty_docs,
    funnel_doc,
    team_quotas,
    told_habits,
    training_docs,
)
from models.diagnosis.telling_miss import rep_miss, team_miss
from models.diagnosis.wording import NO_CONTRASTS, NO_FUNNEL, NO_MISS
from models.explain.documents import Text
from models.explain.peers import CELL, PeerGroups, peer_groups
from models.explain.settings import ExplainSettings
from models.simulation.streams import stream

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Case:
    """Everything that a diagnosis is made from.

    Attributes:
        state: State that was forecast.
        paths: Served paths of all targets.
        structure: `STRUCTURE_COLUMNS` of the same targets.
        rows: Row of each rep's current period.
        past_targets: Targets at the same point of earlier periods.
        stays: `features.stage_stays.STAY_COLUMNS`, of the last `settings.usual_days` days.
        flagged: Rows of the targets that stand flagged as at risk, or wait for it.
        model_version: Model that scored.
        goals: Team quotas of the current period where they are known, by team id; else members' quotas are summed.
        settings: Bars and draws.
    """

    state: CompanyState
    paths: ForecastPaths
    structure: pd.DataFrame
    rows: Sequence[int]
    past_targets: pd.DataFrame
    stays: pd.DataFrame
    flagged: AbstractSet[int] = frozenset()
    model_version: str = ""
    goals: Mapping[str, float] = field(default_factory=dict)
    settings: DiagnosisSettings = field(default_factory=DiagnosisSettings)

    @cached_property
    def attained(self) -> FloatArray:
        """Final attained amounts of the served paths, shape (n_targets, n_paths), added up once."""
        return self.paths.attained


@dataclass(frozen=True)
class Diagnosed:
    """What is told.

    Attributes:
        reps: One document per rep with a current period, by rep id.
        teams: One document per team with at least one of them, by team id.
    """

    reps: Mapping[str, DiagnosisDoc]
    teams: Mapping[str, DiagnosisDoc]


@dataclass(frozen=True)
class Parts:
    """The parts of one document; None where something cannot be told."""

    miss: MissDoc | None
    funnel: FunnelDoc | None
    contrasts: ContrastsDoc | None
    difficulty: list[DifficultyDoc] = field(default_factory=list)
    quotas: list[QuotasDoc] = field(default_factory=list)
    trainings: list[TrainingDoc] = field(default_factory=list)
    training_period: str | None = None


def diagnose(case: Case) -> Diagnosed:
    """Diagnose every rep and team.

    Args:
        case: What was scored, and what is known about stages and the past year.
    """
    findings = Findings(case)
    targets = findings.targets
    reps = {str(rep): findings.rep(at) for at, rep in enumerate(targets["rep_id"])}
    placed = targets[targets["team_id"].notna()]
    teams = {
        str(team): findings.team(str(team), _together(part)) for team, part in placed.groupby("team_id", sort=True)
    }
    return Diagnosed(reps, teams)


@dataclass(frozen=True)
class Findings:
    """The calculations of one case, each made once; rows are those of `case.rows`."""

    case: Case

    @cached_property
    def targets(self) -> pd.DataFrame:
        """Current targets, one per rep, RangeIndex."""
        return self.case.paths.targets.iloc[list(self.case.rows)].reset_index(drop=True)

    @cached_property
    def peers(self) -> PeerGroups:
        """Like-for-like groups of the current targets."""
        own = ExplainSettings(min_peers=self.case.settings.min_peers)
        return peer_groups(self.targets, self.case.state.reps, own)

    @cached_property
    def miss(self) -> MissSplit:
        """The misses in causes."""
        case = self.case
        return split_miss(case.state, case.paths, case.structure, case.rows, case.settings)

    @cached_property
    def difficulty(self) -> Difficulty:
        """How hard the quotas of all targets are."""
        return quota_difficulty(self.case.state, self.case.paths, self.case.settings)

    @cached_property
    def pools(self) -> Pools:
        """Stages of the current reps and of their groups."""
        case, rep_ids = self.case, [str(rep) for rep in self.targets["rep_id"]]
        generator = stream(0, "diagnosis", "funnel")
        weights = generator.standard_exponential((case.settings.draws, len(rep_ids)))
        weights[:1] = 1.0
        return Pools.of(tally(case.stays, rep_ids, case.settings.usual_days), weights, self.peers.members)

    @cached_property
    def rows_of(self) -> Mapping[str, Rows]:
        """Rows of the paths by rep."""
        found: dict[str, list[int]] = {}
        for row, rep in enumerate(self.case.paths.targets["rep_id"].astype(str).tolist()):
            found.setdefault(rep, []).append(row)
        return {rep: np.array(rows, dtype=np.int64) for rep, rows in found.items()}

    @cached_property
    def contrasts(self) -> Contrasts | None:
        """What the top quarter does differently."""
        return contrasts(self.case.state, self.case.past_targets, self.case.settings)

    @cached_property
    def habits(self) -> ContrastsDoc | None:
        """The same in words, without anybody's own level."""
        return None if self.contrasts is None else told_habits(self.contrasts, self.case.settings)

    @cached_property
    def own_habits(self) -> FloatArray:
        """Own level of each told habit of the current reps, shape (n_reps, n_habits); NaN where unknown."""
        if self.contrasts is None or self.habits is None:
            return np.zeros((len(self.targets), 0))
        names = [habit["code"] for habit in self.habits["habits"]]
        own = self.contrasts.own.reindex(self.targets["rep_id"])[names]
        return np.asarray(own.to_numpy(dtype=np.float64), dtype=np.float64)

    @cached_property
    def trained(self) -> tuple[ForecastPaths, pd.DataFrame, PeerGroups]:
        """Paths, structure and groups of the period in which trainings are valued: the next one where it is open."""
        case, paths = self.case, self.case.paths
        rows = list(_valued(paths.targets, case.rows))
        targets = paths.targets.iloc[rows].reset_index(drop=True)
        part = ForecastPaths(targets, paths.booked[rows], paths.open_deals[rows], paths.new_deals[rows])
        own = ExplainSettings(min_peers=case.settings.min_peers)
        return part, case.structure.iloc[rows].reset_index(drop=True), peer_groups(targets, case.state.reps, own)

    def rep(self, at: int) -> DiagnosisDoc:
        """Return the document of the rep at a row of the current targets."""
        subject = Subject("rep", str(self.targets["rep_id"].iloc[at]), np.array([at], dtype=np.int64))
        parts = Parts(
            miss=rep_miss(self.case, self.miss, self.case.rows[at]),
            funnel=funnel_doc(self, subject),
            contrasts=contrasts_doc(self, subject),
            difficulty=difficulty_docs(self.case, self.difficulty, self.rows_of[subject.name]),
        )
        return self._document(subject, parts)

    def team(self, team: str, members: Rows) -> DiagnosisDoc:
        """Return the document of a team whose current members stand at `members`."""
        subject = Subject("team", team, members)
        trainings, period = training_docs(self, subject)
        parts = Parts(
            miss=team_miss(self.case, self.miss, team, np.asarray(self.case.rows, dtype=np.int64)[members]),
            funnel=funnel_doc(self, subject),
            contrasts=contrasts_doc(self, subject),
            quotas=team_quotas(self.case, self.difficulty, self._rows(subject)),
            trainings=trainings,
            training_period=period,
        )
        return self._document(subject, parts)

    def _rows(self, subject: Subject) -> Rows:
        return np.concatenate([self.rows_of[str(rep)] for rep in self.targets["rep_id"].iloc[subject.rows]])

    def _document(self, subject: Subject, parts: Parts) -> DiagnosisDoc:
        first = self.targets.iloc[int(subject.rows[0])]
        quota = self.targets["quota"].iloc[subject.rows].sum(min_count=1)
        given = self.case.goals.get(subject.name) if subject.kind == "team" else None
        return DiagnosisDoc(
            schema=1,
            kind=subject.kind,
            subject=subject.name,
            as_of=self.case.state.as_of.isoformat(),
            model_version=self.case.model_version,
            period_start=first["period_start"].date().isoformat(),
            period_end=first["period_end"].date().isoformat(),
            metric=str(first["metric"]),
            currency=str(first["currency"]) if pd.notna(first["currency"]) else "",
            quota=given if given is not None else None if pd.isna(quota) else float(quota),
            miss=parts.miss,
            difficulty=parts.difficulty,
            quotas=parts.quotas,
            funnel=parts.funnel,
            contrasts=parts.contrasts,
            trainings=parts.trainings,
            training_period=parts.training_period,
            missing=_missing(parts),
        )


def _together(members: pd.DataFrame) -> Rows:
    """Return the rows of the members whose current period, measure and currency are the team's most usual ones."""
    cell = members.groupby(list(CELL), dropna=False, sort=True).ngroup()  # a currency may be unknown
    return np.asarray(members.index[cell == cell.mode().iloc[0]], dtype=np.int64)


def _valued(targets: pd.DataFrame, rows: Sequence[int]) -> Sequence[int]:
    """Return the next period's rows where most people who carry a quota now carry one then, else the current ones."""
    following, quota = horizon(targets).following, targets["quota"].to_numpy(dtype=np.float64)
    then = [following.get(row, row) for row in rows]
    now = sum(quota[row] > 0 for row in rows)
    ahead = sum(row != next_row and quota[next_row] > 0 for row, next_row in zip(rows, then, strict=True))
    return then if 2 * ahead > now else rows


def _missing(parts: Parts) -> list[Text]:
    told = ((parts.miss, NO_MISS), (parts.funnel, NO_FUNNEL), (parts.contrasts, NO_CONTRASTS))
    return [text for part, text in told if part is None]
