"""The status page says what the worker last did, as long as it matters."""

from datetime import UTC, datetime

import pytest

from models.accuracy.drift import DriftLine
from service.jobs.diary import Entry
from service.jobs.drift_note import DriftNote
from service.web.views.status import StatusPage, status_page
from service.web.views.wording import Freshness

IMPORTED = {
    "dataset_version": "d2",
    "recorded_at": "2026-11-22T07:00:00",
    "source": "export/",
    "rows_in": 10,
    "rows_accepted": 9,
    "rows_quarantined": 1,
    "undone": False,
}
SCORED = {
    "snapshot_id": "s1",
    "dataset_version": "d1",
    "created_at": "2026-11-21T08:00:00",
    "as_of": "2026-11-21",
    "model_version": "1",
    "bundle_sha": "ab" * 32,
    "scorecards": 6,
}
KILLED = Entry("2026-11-22T08:00:00", "d2", "ab" * 32, -9, "Killed", "2026-11-22T08:01:00")
MISSING = Entry("2026-11-22T08:00:00", "d2", "ab" * 32, 4, "nobody has an open period")


def _page(runs: list[Entry], *, scored_dataset: str = "d1", lang: str = "en") -> StatusPage:
    return status_page([IMPORTED], [{**SCORED, "dataset_version": scored_dataset}], _fresh(), lang=lang, runs=runs)


def _fresh() -> Freshness:
    now = datetime(2026, 11, 22, 9, tzinfo=UTC)
    return Freshness.of("2026-11-22T07:00:00+00:00", now, stale_hours=36, hide_days=7)


def test_facts_without_a_snapshot_wait() -> None:
    assert _page([]).jobs[1][1] == "waiting"


@pytest.mark.parametrize(("run", "again"), [(KILLED, "by itself"), (MISSING, "when data or model change")])
def test_a_run_that_failed_says_what_happens_next_and_keeps_its_words_to_the_command_line(
    run: Entry, again: str
) -> None:
    state = _page([run]).jobs[1][1]
    assert "did not end" in state
    assert again in state
    assert run.said not in state


def test_a_failure_that_was_made_good_is_not_shown() -> None:
    assert _page([KILLED], scored_dataset="d2").jobs[1][1] == "done"


def test_a_failure_about_older_facts_is_not_shown() -> None:
    old = Entry("2026-11-20T08:00:00", "d0", "ab" * 32, 1, "boom")
    assert _page([old]).jobs[1][1] == "waiting"


def test_the_failure_is_told_in_chinese() -> None:
    assert "自动重试" in _page([KILLED], lang="zh").jobs[1][1]


FELL = DriftLine("inflow", "2026-07-01", -0.28, 0.09, 14, -3.11, flagged=True)


def _drift(note: DriftNote | None, lang: str = "en") -> dict[str, str]:
    return dict(status_page([IMPORTED], [SCORED], _fresh(), lang=lang, drift=note).drift)


def test_drift_that_nobody_looked_for_is_not_called_none() -> None:
    assert "paceline monitor" in _drift(None)["State"]


def test_a_look_at_another_model_says_nothing_about_this_one() -> None:
    told = _drift(DriftNote("2026-11-21", "cd" * 32, ("2026-07-01",), passed=False, flagged=(FELL,)))
    assert "earlier model" in told["State"]
    assert len(told) == 1


def test_a_flagged_period_is_told_with_its_size() -> None:
    told = _drift(
        DriftNote(
            "2026-11-21",
            "ab" * 32,
            ("2026-07-01",),
            passed=False,
            flagged=(FELL,),
            surprises=("total 2026-07-01 day 0",),
        )
    )
    assert "no longer fits" in told["State"]
    assert told["Periods closed since the training"] == "1"
    assert next(value for name, value in told.items() if name.startswith("Deals opened")).startswith("-3.1 times")
    assert told["Outside the joint forecast"] == "total 2026-07-01 day 0"


@pytest.mark.parametrize(("periods", "state"), [((), "nothing to compare yet"), (("2026-07-01",), "fits")])
def test_a_model_that_was_not_put_to_the_test_is_not_said_to_fit(periods: tuple[str, ...], state: str) -> None:
    assert _drift(DriftNote("2026-11-21", "ab" * 32, periods, passed=True, flagged=()))["State"] == state


OWNER = {
    "code": "owner_undecidable",
    "sentence": "20.0% of the amount ...",
    "figures": {"share": 0.2, "since": "2025-11-22", "limit": 0.05},
    "waived": False,
}


def _faulty(*faults: dict[str, object], lang: str = "en") -> StatusPage:
    scored = {**SCORED, "dataset_version": "d2"}
    return status_page([IMPORTED], [scored], _fresh(), lang=lang, faults=faults)


def test_a_fault_of_the_data_is_told_with_its_figures_in_both_languages() -> None:
    english, chinese = _faulty(OWNER), _faulty(OWNER, lang="zh")
    assert english.faults[0][0] == "to be mended"
    assert english.faults[0][1].startswith("20.0% of the amount booked since 2025-11-22 has an owner")
    assert chinese.faults[0] == (
        "待修正",
        "2025-11-22 以来的业绩金额中有 20.0% 的归属人不在人员表里（超过 5% 就无法评分）："
        "请导入这些人员，或在映射中通过关联找到归属人",
    )


def test_a_fault_stands_in_the_headline_unless_it_was_waived() -> None:
    waived = {**OWNER, "waived": True}
    assert (_faulty(OWNER).headline, _faulty(OWNER).healthy) == (
        "The newest data has a fault; nothing is scored from it",
        False,
    )
    assert (_faulty(waived).headline, _faulty(waived).healthy) == ("Everything is up to date", True)
    assert _faulty(waived).faults[0][0] == "waived"


def test_a_fault_that_an_older_version_stored_keeps_its_words() -> None:
    old = {**OWNER, "figures": {"share": 0.2}}
    assert _faulty(old, lang="zh").faults[0][1] == "20.0% of the amount ..."


def test_without_faults_there_is_no_such_part() -> None:
    assert _faulty().faults == []
