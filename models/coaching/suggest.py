"""What each rep is shown: strengths, at most three suggestions with honest effects, or why there is none."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from features.definitions.registry import feature_named
from features.domain.vocabulary import Status
from models.coaching.decision_docs import DecisionDoc
from models.coaching.decisions import decision, play_contexts
from models.coaching.effects import Horizon, PlayEstimator, horizon
from models.coaching.guardrails import Candidate, PastSuggestion, choose, cooling
from models.coaching.history import MetricHistory
from models.coaching.learning import rule
from models.coaching.learning.habits import Habits
from models.coaching.learning.ranking import Learned, People, ranked
from models.coaching.playbook import Playbook, StrengthPlay, default_playbook
from models.coaching.settings import CoachingSettings
from models.coaching.telling import NO_QUOTA, NOT_SCORED, NOTHING_STANDS_OUT, TOO_FEW_PEERS, SuggestionWriter
from models.coaching.triggers import Standing, fires
from models.contracts import CompanyState, FloatArray, ForecastPaths
from models.explain.catalogue import Catalogue, default_catalogue
from models.explain.documents import SuggestionDoc, Text
from models.explain.peers import group_share_at_or_below
from models.explain.shapley import FACTORS
from models.explain.structural import Explanations

SILENT = frozenset({Status.LEFT, Status.INSUFFICIENT_EXPOSURE, Status.STALE, Status.UNDECIDABLE})
"""Statuses under which nothing is suggested."""

NEW_DAYS = 182
"""Days in the job within which a rep counts as new."""


@dataclass(frozen=True)
class RepSuggestions:
    """What one rep is shown.

    Attributes:
        suggestions: A strength first, then gaps by expected effect.
        strengths: Every strength that stands out, most outstanding first.
        no_suggestion: Why there is none; None when there are some.
    """

    suggestions: list[SuggestionDoc]
    strengths: list[Text]
    no_suggestion: Text | None


@dataclass(frozen=True)
class Coaching:
    """What a whole company is suggested.

    Attributes:
        by_rep: What each rep is shown, by rep_id.
        triggered: Number of reps whose data fit a play, by play id; every play has an entry.
        shown: Number of reps who are shown a play, by play id; every play has an entry.
        counts: Why plays were withheld, and which features were missing (`missing_feature:NAME`).
        decisions: Where choices are drawn: context, action set, chances, choice and seed of each rep's first gap.
    """

    by_rep: dict[str, RepSuggestions]
    triggered: Counter[str]
    shown: Counter[str]
    counts: Counter[str]
    decisions: Sequence[DecisionDoc] = ()

    def for_rep(self, rep_id: str) -> RepSuggestions:
        """Return what one rep is shown."""
        return self.by_rep[rep_id]


@dataclass(frozen=True)
class CoachingCase:
    """Everything that suggestions are made from.

    Attributes:
        state: Company state with its feature columns.
        paths: Served paths of the same targets.
        structure: `STRUCTURE_COLUMNS`, one row per target.
        explanations: Reasons for the same targets.
        settings: Guardrails.
        playbook: Plays.
        catalogue: Words.
        history: Past of the metrics; without it targets lean on the spread between similar reps, and that is counted.
        past: Suggestions shown before.
        learned: What the company has learned about its plays; without it the simple rule ranks.
        seed: Seed of the draws by which the simple rule tries near-equal plays; None: it never does, nothing is logged.
        habits: How metrics move by themselves, for the log.
    """

    state: CompanyState
    paths: ForecastPaths
    structure: pd.DataFrame
    explanations: Explanations
    settings: CoachingSettings = field(default_factory=CoachingSettings)
    playbook: Playbook = field(default_factory=default_playbook)
    catalogue: Catalogue = field(default_factory=default_catalogue)
    history: MetricHistory = field(default_factory=MetricHistory)
    past: Sequence[PastSuggestion] = ()
    learned: Learned | None = None
    seed: int | None = None
    habits: Habits = field(default_factory=Habits)


def coach(
    state: CompanyState,
    paths: ForecastPaths,
    structure: pd.DataFrame,
    explanations: Explanations,
    settings: CoachingSettings | None = None,
    *,
    history: MetricHistory | None = None,
    past: Sequence[PastSuggestion] = (),
    learned: Learned | None = None,
    seed: int | None = None,
    habits: Habits | None = None,
) -> Coaching:
    """Choose what every rep is shown, with the delivered playbook and words; see `suggest`.

    Args:
        state: Company state with its feature columns.
        paths: Served paths of the same targets.
        structure: `STRUCTURE_COLUMNS`, one row per target.
        explanations: Reasons for the same targets.
        settings: Guardrails.
        history: Past of the metrics, from `metric_history`.
        past: Suggestions shown before.
        learned: What the company has learned and was let in; without it the simple rule ranks.
        seed: Seed of the draws by which the simple rule tries near-equal plays; None: it never does.
        habits: How metrics move by themselves, for the log.
    """
    return suggest(
        CoachingCase(
            state,
            paths,
            structure,
            explanations,
            settings=settings or CoachingSettings(),
            history=history or MetricHistory(),
            past=past,
            learned=learned,
            seed=seed,
            habits=habits or Habits(),
        )
    )


def suggest(case: CoachingCase) -> Coaching:
    """Choose what every rep of the company is shown.

    Args:
        case: State, paths, reasons, plays and limits.

    Returns:
        Suggestions by rep, with counts of everything that was withheld. Same input, same output.
    """
    targets, peers = case.paths.targets, case.explanations.peers
    reach, counts = horizon(targets), Counter[str]()
    standing = Standing(targets, peers, case.history)
    triggered = Counter(dict.fromkeys(case.playbook.plays, 0))
    candidates = _candidates(case, standing, reach, triggered, counts)
    struggling = _struggling(case)
    shown = Counter(dict.fromkeys(case.playbook.plays, 0))
    writer = SuggestionWriter(standing, case.catalogue, case.settings, case.state.as_of)
    by_rep = {}
    fitting = _rested(case, candidates, reach, writer, counts)
    fitting, decisions = _drawn(case, fitting, counts)
    for rep_id, row in reach.main.items():
        chosen = choose(fitting[row], case.settings, struggling=bool(struggling[row]), counts=counts)
        shown.update(one.play.id for one in chosen)
        by_rep[rep_id] = RepSuggestions(
            suggestions=[writer.document(row, one) for one in chosen],
            strengths=writer.strengths(row, fitting[row]),
            no_suggestion=None if chosen else _why_none(case, row),
        )
    counts.update({f"missing_feature:{name}": times for name, times in standing.missing.items()})
    return Coaching(by_rep, triggered, shown, +counts, decisions)


def _drawn(
    case: CoachingCase, fitting: dict[int, list[Candidate]], counts: Counter[str]
) -> tuple[dict[int, list[Candidate]], Sequence[DecisionDoc]]:
    """Return the candidates with the drawn one marked, and the log; as they are and no log where nothing is drawn."""
    people = _people(case)
    if case.learned is not None:
        # Named by the month: drawn anew every day, the first play would change from one morning to the next.
        policy, about = case.learned.version, f"{case.state.as_of:%Y-%m}"
        found, records = ranked(fitting, case.learned, people, limits=case.settings, about=about, counts=counts)
    elif case.seed is not None:
        targets = case.paths.targets
        who = {row: (str(people.rep_ids[row]), _day(targets["period_start"].iloc[row])) for row in fitting}
        policy = rule.NAME
        found, records = rule.tried_by_rep(fitting, who, seed=case.seed, limits=case.settings)
    else:
        return fitting, ()
    rows = {str(people.rep_ids[row]): row for row in fitting}
    mean = case.paths.attained.mean(axis=1)
    log = []
    for record in records:
        row = rows[str(record["rep_id"])]
        target = case.paths.targets.iloc[row]
        log.append(
            decision(
                record,
                policy=policy,
                standing=(float(people.rank[row]), float(people.newness[row])),
                plays=play_contexts(fitting[row], case.habits),
                target={
                    "period_start": _day(target["period_start"]),
                    "period_end": _day(target["period_end"]),
                    "metric": target["metric"],
                    "quota": target["quota"],
                    "forecast": float(mean[row]),
                },
            )
        )
    return found, log


def _day(moment: object) -> str:
    return str(pd.Timestamp(str(moment)).date())


def _rested(
    case: CoachingCase,
    candidates: Mapping[int, Sequence[Candidate]],
    reach: Horizon,
    writer: SuggestionWriter,
    counts: Counter[str],
) -> dict[int, list[Candidate]]:
    """Return the candidates that do not rest, by main row; every rep has an entry."""
    past = defaultdict(list)
    for earlier in case.past:
        past[earlier.rep_id].append(earlier)
    fitting = {}
    for rep_id, row in reach.main.items():
        known, mine = past[rep_id], candidates.get(row, ())
        fitting[row] = [
            one for one in mine if not (known and cooling(one.play, writer.identity(one), known, case.state.as_of))
        ]
        counts["cooling_down"] += len(mine) - len(fitting[row])
    return fitting


def _people(case: CoachingCase) -> People:
    targets = case.paths.targets
    rank = group_share_at_or_below(_mean_attainment(case), case.explanations.peers)
    new = targets["tenure_days"].to_numpy(dtype=np.float64) < NEW_DAYS
    return People([str(rep) for rep in targets["rep_id"]], rank, new.astype(np.float64))


def _mean_attainment(case: CoachingCase) -> FloatArray:
    quota = case.paths.targets["quota"].to_numpy(dtype=np.float64)
    total = case.paths.attained.mean(axis=1)
    share = np.divide(total, quota, out=np.full(len(quota), np.nan), where=quota > 0)
    return np.asarray(share, dtype=np.float64)


def _answerable(case: CoachingCase) -> np.typing.NDArray[np.bool_]:
    silent = case.paths.targets["status"].fillna("").isin(list(SILENT)).to_numpy()
    return np.asarray(~silent & np.array([doc is not None for doc in case.explanations.docs], dtype=bool))


def _candidates(
    case: CoachingCase, standing: Standing, reach: Horizon, triggered: Counter[str], counts: Counter[str]
) -> dict[int, list[Candidate]]:
    main = np.array(sorted(reach.main.values()), dtype=np.int64)
    asked = main[_answerable(case)[main]]
    estimator = PlayEstimator(case.paths, case.structure, standing, case.settings, reach.following, counts)
    shares = _factor_shares(case)
    found: dict[int, list[Candidate]] = defaultdict(list)
    for play in case.playbook.plays.values():
        rows = asked[fires(play, standing)[asked]]
        triggered[play.id] += len(rows)
        if isinstance(play, StrengthPlay):
            for row in rows:
                found[int(row)].append(Candidate(play, int(row), standing=_rarity(play, standing, int(row))))
            continue
        helps = shares[play.mechanism.factor][rows] >= case.settings.helps_points
        counts["helps_already"] += int(helps.sum())
        for row, candidate in estimator.candidates(play, rows[~helps]).items():
            found[row].append(candidate)
    return found


def _factor_shares(case: CoachingCase) -> Mapping[str, FloatArray]:
    """Return the points of each factor by target row; a play never claims to mend what already helps."""
    shares = case.explanations.shares
    found = {}
    for index, factor in enumerate(FACTORS):
        found[factor] = np.zeros(len(case.paths.targets))
        found[factor][shares.rows] = shares.factors[index]
    return found


def _rarity(play: StrengthPlay, standing: Standing, row: int) -> float:
    good = feature_named(play.feature).direction != "bad"
    ranks = standing.share_at_or_above(play.feature) if good else standing.share_at_or_below(play.feature)
    return float(ranks[row])


def _struggling(case: CoachingCase) -> np.typing.NDArray[np.bool_]:
    quota = case.paths.targets["quota"].to_numpy(dtype=np.float64)
    attained = case.paths.attained
    with np.errstate(invalid="ignore"):
        below = (attained < 0.8 * quota[:, None]).mean(axis=1)
    low = (
        group_share_at_or_below(_mean_attainment(case), case.explanations.peers) <= case.settings.struggling_peer_share
    )
    return np.asarray(low & (below >= case.settings.struggling_p_below_80))


def _why_none(case: CoachingCase, row: int) -> Text:
    target = case.paths.targets.iloc[row]
    if target["status"] in SILENT:
        return NOT_SCORED
    if case.explanations.docs[row] is not None:
        return NOTHING_STANDS_OUT
    return TOO_FEW_PEERS if float(target["quota"]) > 0 and case.explanations.peers.group[row] < 0 else NO_QUOTA
