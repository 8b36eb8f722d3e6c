"""The scoring job: one company, one as_of, one model -> immutable documents and rows, stored in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

import numpy as np
import pandas as pd
from sqlalchemy import Engine

from features.definitions.registry import feature_names
from features.domain.errors import DataMissing
from features.domain.time import AsOf
from features.domain.vocabulary import REVENUE
from features.history.known import History
from features.quality.faults import faults_at
from models.coaching.decision_docs import DecisionDoc
from models.coaching.effects import horizon
from models.coaching.guardrails import PastSuggestion
from models.coaching.history import metric_history
from models.coaching.learning.habits import metric_habits
from models.coaching.learning.ranking import Learned
from models.coaching.playbook import default_playbook
from models.coaching.suggest import Coaching, coach
from models.contracts import CompanyState, Explains, Forecaster, ForecastPaths
from models.explain.accounting import accounting
from models.explain.deals import DealReasons, explain_deals
from models.explain.settings import ExplainSettings
from models.explain.structural import Explanations, explain
from models.risk.alert_settings import AlertSettings
from models.risk.assess import assess
from models.risk.settings import RiskSettings
from models.simulation.deal_parts import DealParts
from models.simulation.stored_worlds import StoredWorlds
from models.state import CompanyView, company_view
from models.unfolding import Unfolding, unfold
from service.scoring.alerts import alert_docs, flagged_now, stored_flags
from service.scoring.detail_docs import BridgeDoc
from service.scoring.details import DetailInputs, details, ledgers
from service.scoring.diagnosis import DiagnosisInputs, diagnosed
from service.scoring.documents import AlertDoc, ForecastDoc, RepDoc, ScorecardDoc, TeamForecastDoc
from service.scoring.forecast_docs import (
    Outlook,
    booked_so_far,
    forecast_doc,
    iso,
    lines_of,
    measure_rank,
    text_or_none,
)
from service.scoring.kpis import kpi_documents, kpi_references
from service.scoring.rows import scored_rows, undecidable_rows
from service.scoring.settings import ScoringSettings
from service.scoring.teams import Identity, TeamInputs, names_of_teams, reporting_lines, team_documents
from service.storage.snapshots import Details, ReportingLine, Snapshot, SnapshotRepository

Progress = Callable[[str, float], None]


class ServedForecaster(Forecaster, Explains, Protocol):
    """A forecaster that can also say what its mean is made of, down to the open deals."""

    def deal_parts(self, state: CompanyState, paths: ForecastPaths, rows: Sequence[int]) -> DealParts | None:
        """Return what each open deal adds to some targets; None where no pipeline answers any of them."""
        ...

    def worlds(self, state: CompanyState, paths: ForecastPaths, rows: Sequence[int], seed: int) -> StoredWorlds | None:
        """Return what the worlds of some targets are drawn from; None where no pipeline answers any of them."""
        ...


@dataclass(frozen=True)
class PastSnapshot:
    """The snapshot that is served when a new one is scored.

    Attributes:
        snapshot_id: Its identity.
        as_of: Its moment of knowledge.
        bundle: Hash of the bundle that scored it.
        flags: Who stood flagged as at risk: keys of the target and `since`, days as ISO text.
    """

    snapshot_id: str
    as_of: date
    bundle: str
    flags: Sequence[Mapping[str, object]] = ()


@dataclass(frozen=True)
class Scored:
    """What one scoring run says.

    Attributes:
        as_of: Moment of knowledge.
        rows: Flat rows, `service.scoring.rows.ROW_COLUMNS`.
        scorecards: One document per rep.
        teams: One document per team.
        hierarchy: Who reports to whom.
        paths: Joint paths behind all of it; None where the data is undecidable.
        faults: Sentences of the faults that made scoring decline.
        details: What changes are told and what-ifs are answered from.
        flags: Who stands flagged as at risk: keys of the target and `since`, days as ISO text.
        decisions: Which plays were possible for whom, and what was drawn by which chance.
        metrics: Values of the metrics that plays move, one row per rep, `rep_id` first.
    """

    as_of: date
    rows: pd.DataFrame
    scorecards: list[ScorecardDoc]
    teams: list[TeamForecastDoc]
    hierarchy: list[ReportingLine]
    paths: ForecastPaths | None
    faults: tuple[str, ...] = ()
    details: Details | None = None
    flags: Sequence[Mapping[str, str]] = ()
    decisions: Sequence[DecisionDoc] = ()
    metrics: pd.DataFrame | None = None


@dataclass(frozen=True)
class ScoringJob:
    """Everything a scoring run needs.

    Attributes:
        history: The dataset.
        model: The served forecaster.
        model_version: Its number in the registry.
        bundle: Hash of its bundle.
        settings: Paths and seed.
        scored_at: Now, UTC.
        risk: Thresholds of statuses and bands.
        past: Suggestions shown before, for cool-downs.
        before: The snapshot served until now; where another model scored it, it is told again by the present one.
        alerting: When a rep is flagged.
        learned: What was learned about plays and let in; without it the driver-match rule chooses.
    """

    history: History
    model: ServedForecaster
    model_version: str
    bundle: str
    settings: ScoringSettings
    scored_at: datetime
    risk: RiskSettings = field(default_factory=RiskSettings)
    past: Sequence[PastSuggestion] = ()
    before: PastSnapshot | None = None
    alerting: AlertSettings = field(default_factory=AlertSettings)
    learned: Learned | None = None

    def run(self, as_of: date, progress: Progress) -> Scored:
        """Score every rep with an open period at the end of `as_of`.

        Raises:
            DataMissing: Nobody has an open period then.
        """
        progress("reading what is known", 0.05)
        view = company_view(self.history, as_of)
        if view.state.targets.empty:
            raise DataMissing(
                f"nobody has an open period on {as_of}: no rep with a quota or a booking was known then; "
                "choose a day inside the imported data (`paceline status` tells its newest fact)"
            )
        faults = self._faults(as_of)
        if faults:
            rows = undecidable_rows(view.state.targets, " ".join(faults), **self._versions())
            return Scored(as_of, rows, [], [], reporting_lines(view), None, faults)
        progress("simulating", 0.2)
        paths = self.model.simulate(view.state, self.settings.n_paths, self.settings.seed)
        assessment = assess(paths, self.risk)
        progress("explaining", 0.45)
        structure = self.model.structure(view.state, paths)
        explanations = explain(view.state, paths, structure)
        rows = current_rows(paths)
        parts = self.model.deal_parts(view.state, paths, rows)
        deals = explain_deals(parts, paths, labels=view.deal_labels)
        worlds = self.model.worlds(view.state, paths, rows, self.settings.seed)
        progress("suggesting", 0.6)
        moved = mechanism_features()
        coaching = self._coach(view, paths, structure, moved)
        flags = self._flags(paths, assessment, rows, as_of)
        alerts = alert_docs(flags)
        progress("diagnosing", 0.65)
        told = diagnosed(
            self.history, DiagnosisInputs(view, paths, structure, assessment, rows, list(alerts), self.model_version)
        )
        ground = DetailInputs(view.state, paths, structure, rows, parts, worlds, view.deal_labels)
        kept = details(ground, self._bridges(as_of), told.reps)
        progress("drawing how periods unfold", 0.7)
        begun = [int(row) for row in np.flatnonzero((paths.targets["starts_in"] <= 1).to_numpy())]
        unfolding = unfold(self.model, view.state, paths, begun, seed=self.settings.seed)
        story = Story(
            view,
            paths,
            assessment,
            explanations,
            deals,
            coaching,
            unfolding,
            {row: i for i, row in enumerate(begun)},
            alerts,
        )
        progress("writing documents", 0.8)
        identity = self._identity(as_of)
        return Scored(
            as_of=as_of,
            rows=scored_rows(paths.targets, assessment, **self._versions()),
            scorecards=scorecards(story, identity, str(view.state.grade)),
            teams=team_documents(view, story.team_inputs(), identity, told.teams),
            hierarchy=reporting_lines(view),
            paths=paths,
            details=kept,
            flags=stored_flags(flags),
            decisions=coaching.decisions,
            metrics=main_metrics(paths.targets, moved),
        )

    def store(self, scored: Scored, engine: Engine, paths_folder: Path) -> str:
        """Store everything in one transaction and return the snapshot's id."""
        text = f"{self.scored_at.isoformat()}|{scored.as_of}|{self.bundle}|{self.history.info.dataset_version}"
        snapshot_id = f"sn-{hashlib.sha256(text.encode()).hexdigest()[:16]}"
        if scored.paths is not None and self.settings.keep_paths:
            keep_paths(scored.paths, paths_folder / f"{snapshot_id}.npz")
        snapshot = Snapshot(
            snapshot_id=snapshot_id,
            created_at=f"{self.scored_at.isoformat()}Z",
            as_of=scored.as_of.isoformat(),
            model_version=self.model_version,
            dataset_version=self.history.info.dataset_version,
            bundle_sha=self.bundle,
        )
        SnapshotRepository(engine).add(
            snapshot,
            scored.scorecards,
            scored.teams,
            json_rows(scored.rows),
            scored.hierarchy,
            details=scored.details,
            flags=scored.flags,
            decisions=scored.decisions,
        )
        return snapshot_id

    def _coach(
        self, view: CompanyView, paths: ForecastPaths, structure: pd.DataFrame, moved: Sequence[str]
    ) -> Coaching:
        # A suggestion needs a goal that others reach, so that those without people alike look at their segment.
        wide = explain(view.state, paths, structure, ExplainSettings(widen=True))
        return coach(
            view.state,
            paths,
            structure,
            wide,
            history=metric_history(view.past_targets, feature_names()),
            past=self.past,
            learned=self.learned,
            seed=self.settings.seed,
            habits=metric_habits(view.past_targets, moved),
        )

    def _flags(self, paths: ForecastPaths, assessment: pd.DataFrame, rows: Sequence[int], as_of: date) -> pd.DataFrame:
        stood = self.before.flags if self.before is not None and self.before.as_of <= as_of else ()
        judged = paths.targets.drop(columns=["status"]).join(assessment[["status", "p_attain"]])
        return flagged_now(judged, rows, stood, self.alerting, pd.Timestamp(as_of))

    def _bridges(self, as_of: date) -> dict[str, BridgeDoc]:
        """Return what the present model says of the facts of the snapshot before, where another model scored it."""
        before = self.before
        if before is None or before.bundle == self.bundle or before.as_of > as_of:
            return {}
        state = company_view(self.history, before.as_of).state
        if state.targets.empty:
            return {}
        paths = self.model.simulate(state, self.settings.n_paths, self.settings.seed)
        rows = current_rows(paths)
        parts = self.model.deal_parts(state, paths, rows)
        told = ledgers(DetailInputs(state, paths, pd.DataFrame(), rows, parts, None))
        return {rep: BridgeDoc(snapshot_id=before.snapshot_id, ledger=ledger) for rep, ledger in told.items()}

    def _faults(self, as_of: date) -> tuple[str, ...]:
        info = self.history.info
        with self.history.known_by(AsOf(as_of, info.calendar.zone)) as known:
            return tuple(fault.sentence for fault in faults_at(known) if fault.code not in info.waived)

    def _versions(self) -> dict[str, str]:
        info = self.history.info
        return {
            "grade": str(info.grade),
            "model_version": self.model_version,
            "dataset_version": info.dataset_version,
        }

    def _identity(self, as_of: date) -> Identity:
        return Identity(
            as_of=as_of.isoformat(),
            scored_at=f"{self.scored_at.isoformat()}Z",
            model_version=self.model_version,
            dataset_version=self.history.info.dataset_version,
        )


@dataclass(frozen=True)
class Story:
    """All that is known about the targets of one run, in the order of `paths.targets`."""

    view: CompanyView
    paths: ForecastPaths
    assessment: pd.DataFrame
    explanations: Explanations
    deals: DealReasons
    coaching: Coaching
    unfolding: Unfolding
    begun: Mapping[int, int]
    alerts: Mapping[int, AlertDoc]

    @property
    def assessed(self) -> pd.DataFrame:
        """Targets joined with their assessment."""
        told = ["status", "reason", "p_attain", "p_below_80", "risk_band"]
        return self.paths.targets.drop(columns=["status", "reason"]).join(self.assessment[told])

    def lines(self) -> list[list[tuple[str, float]]]:
        """Return the booked line of every target."""
        bookings = lines_of(self.view.state)
        empty = self.view.state.bookings.iloc[:0]
        records = self.paths.targets[["rep_id", "metric", "period_start"]].to_dict("records")
        return [booked_so_far(bookings, empty, record, self.view.state.as_of) for record in records]

    def team_inputs(self) -> TeamInputs:
        """Return what team forecasts are summed from."""
        return TeamInputs(self.paths, self.assessed, self.unfolding, self.begun, self.lines())

    def forecasts(self) -> list[ForecastDoc]:
        """Return the forecast document of every target."""
        books, total = accounting(self.paths), self.paths.attained
        documents = []
        for row, (record, line) in enumerate(zip(self.assessed.to_dict("records"), self.lines(), strict=True)):
            shown = self.begun.get(row)
            outlook = Outlook(
                total=total[row],
                accounting=books[row],
                explanation=self.explanations.docs[row],
                days=[] if shown is None else self.unfolding.days[shown],
                amounts=None if shown is None else self.unfolding.amounts[shown],
                alert=self.alerts.get(row),
                deals=self.deals.docs.get(row),
            )
            documents.append(forecast_doc(record, outlook, line))
        return documents


def mechanism_features() -> list[str]:
    """Return the metrics that the plays of the delivered playbook move, sorted."""
    return sorted({play.mechanism.feature for play in default_playbook().gaps})


def main_metrics(targets: pd.DataFrame, features: Sequence[str]) -> pd.DataFrame:
    """Return the metrics of each rep's current period, `rep_id` first; those that are not known are left out."""
    known = [name for name in features if name in targets.columns]
    return targets.iloc[sorted(horizon(targets).main.values())][["rep_id", *known]].reset_index(drop=True)


def current_rows(paths: ForecastPaths) -> list[int]:
    """Return the row of each rep's current period: the longest grain below year, if it has begun."""
    started = (paths.targets["starts_in"] <= 1).to_numpy()
    return sorted(row for row in horizon(paths.targets).main.values() if started[row])


def scorecards(story: Story, identity: Identity, grade: str) -> list[ScorecardDoc]:
    """Return one document per rep, ordered by rep_id."""
    forecasts, targets = story.forecasts(), story.assessed
    people = story.view.state.reps.set_index("rep_id").to_dict("index")
    begun = targets[targets["starts_in"] <= 1].assign(other=targets["metric"] != REVENUE)
    # Revenue leads a scorecard where there are several measures.
    by_rank = begun.sort_values(["other", "days_left"], ascending=[False, True], kind="stable")
    current = by_rank.drop(columns="other").groupby("rep_id").tail(1)
    references, teams = kpi_references(targets, story.explanations.peers), names_of_teams(story.view)
    first_rows = {str(row["rep_id"]): (int(at), row) for at, row in current.to_dict("index").items()}
    cards = []
    for rep_id, part in targets.groupby("rep_id", sort=True):
        shown = sorted((forecasts[row] for row in part.index), key=_current_first)
        advice = story.coaching.for_rep(str(rep_id))
        at, row = first_rows.get(str(rep_id), (int(part.index[0]), part.iloc[0].to_dict()))
        cards.append(
            ScorecardDoc(
                schema=1,
                rep=rep_doc(str(rep_id), people[rep_id], teams),
                as_of=identity.as_of,
                scored_at=identity.scored_at,
                model_version=identity.model_version,
                dataset_version=identity.dataset_version,
                data_grade=grade,
                forecasts=shown,
                strengths=advice.strengths,
                suggestions=advice.suggestions,
                no_suggestion=advice.no_suggestion,
                kpis=kpi_documents(row, references, at),
            )
        )
    return cards


def _current_first(doc: ForecastDoc) -> tuple[bool, str, int, str]:
    order = {"quarter": 0, "month": 1, "year": 2}
    later = doc["elapsed"] <= 0 and not doc["fan"]
    return later, measure_rank(doc["metric"]), order.get(doc["grain"], 3), doc["period_start"]


def rep_doc(rep_id: str, person: Mapping[str, object], teams: Mapping[str, str]) -> RepDoc:
    """Return who a scorecard is about."""
    hired = person["hire_date"]
    team = text_or_none(person["team_id"])
    return RepDoc(
        rep_id=rep_id,
        name=str(person["rep_name"]),
        team_id=team,
        team_name=None if team is None else teams.get(team, team),
        segment=text_or_none(person["segment"]),
        region=text_or_none(person["region"]),
        role=text_or_none(person["role"]),
        hire_date=None if pd.isna(hired) else iso(hired),
    )


def json_rows(rows: pd.DataFrame) -> Sequence[Mapping[str, object]]:
    """Return rows as JSON values: days as ISO text, missing as None."""
    days = {name: rows[name].map(iso) for name in ("period_start", "period_end", "as_of")}
    plain = rows.assign(**days).astype(object)
    records: list[Mapping[str, object]] = plain.where(plain.notna(), None).to_dict("records")
    return records


def keep_paths(paths: ForecastPaths, path: Path) -> None:
    """Keep the joint paths of a snapshot as compressed arrays with their target keys; no pickle."""
    path.parent.mkdir(parents=True, exist_ok=True)
    keys = paths.targets[["rep_id", "period_start", "period_end", "metric"]].astype(str)
    np.savez_compressed(
        path,
        booked=paths.booked,
        open_deals=paths.open_deals.astype(np.float32),
        new_deals=paths.new_deals.astype(np.float32),
        **{name: keys[name].to_numpy(dtype="U") for name in keys},
    )
