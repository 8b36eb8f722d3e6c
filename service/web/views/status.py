"""The status page: how fresh the data is, what is served, and what the jobs last did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from features.quality.fault_words import told_fault
from service.jobs.diary import Entry
from service.jobs.drift_note import DriftNote
from service.web import formats
from service.web.texts import say
from service.web.views.wording import Freshness


@dataclass(frozen=True)
class StatusPage:
    """Everything that the page shows; each list holds (label, value)."""

    headline: str
    healthy: bool
    data: list[tuple[str, str]]
    faults: list[tuple[str, str]]
    forecast: list[tuple[str, str]]
    drift: list[tuple[str, str]]
    jobs: list[tuple[str, str, str]]
    imports: list[tuple[str, str, str, str]]
    snapshots: list[tuple[str, str, str, str]]


def status_page(
    imports: Sequence[Mapping[str, Any]],
    snapshots: Sequence[Mapping[str, Any]],
    freshness: Freshness,
    *,
    lang: str,
    runs: Sequence[Entry] = (),
    drift: DriftNote | None = None,
    faults: Sequence[Mapping[str, Any]] = (),
) -> StatusPage:
    """Return the status page.

    Args:
        imports: Import rows, newest first.
        snapshots: Snapshots with the number of their scorecards, newest first.
        freshness: Age of the data.
        lang: `en` or `zh`.
        runs: The worker's runs, newest first.
        drift: What `paceline monitor` last found.
        faults: What the newest import found wrong with the data, each with `waived`.
    """
    head = next((row for row in imports if not row["undone"]), None)
    newest = next(iter(snapshots), None)
    scored = _scored(head, newest)
    known = faults if head is not None else ()
    wrong = any(not fault["waived"] for fault in known)
    headline = _headline(head is not None or newest is not None, scored, freshness, lang)
    return StatusPage(
        headline=say("status.headline_fault", lang) if wrong else headline,
        healthy=scored and not freshness.warns and not wrong,
        data=_data(head, freshness, lang),
        faults=[_fault(fault, lang) for fault in known],
        forecast=_forecast(newest, lang),
        drift=_drift(drift, newest, lang),
        jobs=_jobs(head, newest, _failure(head, scored, runs), scored, lang),
        imports=[_import(row, lang) for row in imports],
        snapshots=[_snapshot(row, lang) for row in snapshots],
    )


def _scored(head: Mapping[str, Any] | None, newest: Mapping[str, Any] | None) -> bool:
    """Return whether the newest snapshot rests on the newest import that stands."""
    if newest is None:
        return False
    return head is None or bool(newest["dataset_version"] == head["dataset_version"])


def _import(row: Mapping[str, Any], lang: str) -> tuple[str, str, str, str]:
    standing = say("status.undone" if row["undone"] else "status.ok", lang)
    return _when(row["recorded_at"], lang), str(row["source"]), _counts(row), standing


def _snapshot(row: Mapping[str, Any], lang: str) -> tuple[str, str, str, str]:
    day = formats.day(date.fromisoformat(row["as_of"]), lang)
    return _when(row["created_at"], lang), day, str(row["model_version"]), f"{row['scorecards']:,}"


def _fault(fault: Mapping[str, Any], lang: str) -> tuple[str, str]:
    state = "status.fault_waived" if fault["waived"] else "status.fault_open"
    return say(state, lang), told_fault(fault, lang)


def _headline(anything: bool, scored: bool, freshness: Freshness, lang: str) -> str:
    if not anything:
        return say("status.headline_empty", lang)
    if not scored:
        return say("status.headline_unscored", lang)
    return say("status.headline_stale" if freshness.warns else "status.headline_ok", lang)


def _data(head: Mapping[str, Any] | None, freshness: Freshness, lang: str) -> list[tuple[str, str]]:
    if head is None:
        return [(say("status.import", lang), say("status.none", lang))]
    return [
        (say("status.import", lang), _when(head["recorded_at"], lang)),
        (say("status.age", lang), say("status.hours", lang, hours=f"{freshness.hours:,.0f}")),
        (say("status.source", lang), str(head["source"])),
        (say("status.rows", lang), _counts(head)),
        (say("status.dataset", lang), str(head["dataset_version"])),
    ]


def _forecast(newest: Mapping[str, Any] | None, lang: str) -> list[tuple[str, str]]:
    if newest is None:
        return [(say("status.snapshot", lang), say("status.none", lang))]
    return [
        (say("status.snapshot", lang), str(newest["snapshot_id"])),
        (say("status.scored", lang), _when(newest["created_at"], lang)),
        (say("status.as_of", lang), formats.day(date.fromisoformat(newest["as_of"]), lang)),
        (say("status.model", lang), str(newest["model_version"])),
        (say("status.bundle", lang), str(newest["bundle_sha"])[:16]),
        (say("status.reps", lang), f"{newest['scorecards']:,}"),
    ]


def _drift(note: DriftNote | None, newest: Mapping[str, Any] | None, lang: str) -> list[tuple[str, str]]:
    """Tell the last look at the model that is served; one at another model says nothing about this one."""
    if note is None or newest is None:
        return [(say("drift.state", lang), say("drift.none", lang))]
    if note.bundle != newest["bundle_sha"]:
        return [(say("drift.state", lang), say("drift.other_model", lang))]
    state = "drift.flagged" if not note.passed else "drift.ok" if note.periods else "drift.too_early"
    flagged = [
        (
            say(f"drift.{line.measure}", lang, start=formats.day(date.fromisoformat(line.period_start), lang)),
            say("drift.off", lang, sd=f"{line.z:+.1f}"),
        )
        for line in note.flagged
    ]
    surprises = [(say("drift.surprise", lang), name) for name in note.surprises]
    return [
        (say("drift.state", lang), say(state, lang)),
        (say("drift.looked", lang), formats.day(date.fromisoformat(note.as_of), lang)),
        (say("drift.since", lang), f"{len(note.periods)}"),
        *flagged,
        *surprises,
    ]


def _failure(head: Mapping[str, Any] | None, scored: bool, runs: Sequence[Entry]) -> Entry | None:
    """Return the last run of the worker if it failed at what is still to be done."""
    last = runs[0] if runs else None
    stands = last is not None and not scored and head is not None and last.dataset_version == head["dataset_version"]
    return last if stands and last is not None and last.failed else None


def _jobs(
    head: Mapping[str, Any] | None, newest: Mapping[str, Any] | None, failure: Entry | None, scored: bool, lang: str
) -> list[tuple[str, str, str]]:
    none = say("status.none", lang)
    imported = (say("status.ok", lang), _when(head["recorded_at"], lang)) if head else (none, none)
    state = say("status.ok" if scored else "status.waiting", lang) if head or newest else none
    when = _when(newest["created_at"], lang) if newest else none
    if failure is not None:
        again = say("status.again_later" if failure.next_at else "status.again_changed", lang)
        state, when = f"{say('status.failed', lang)} {again}", _when(failure.ended_at, lang)
    return [(say("status.job_import", lang), *imported), (say("status.job_score", lang), state, when)]


def _counts(row: Mapping[str, Any]) -> str:
    return " / ".join(f"{row[name]:,}" for name in ("rows_in", "rows_accepted", "rows_quarantined"))


def _when(moment: str, lang: str) -> str:
    return formats.moment(datetime.fromisoformat(moment), lang)
