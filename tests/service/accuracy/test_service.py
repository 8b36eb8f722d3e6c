"""Calls are judged like forecasts: at the same leads, on the same rep-periods, with what was known by then."""

from __future__ import annotations

import pytest

from models.accuracy.documents import JudgedPeriodDoc, RepBacktestDoc, SaidDoc
from models.accuracy.lines import Floor
from models.accuracy.settings import AccuracySettings
from service.accuracy.schemas import CallLine
from service.accuracy.service import (
    call_lines,
    ends_of_leads,
    judged_calls,
    own_call_line,
    past_periods,
    rep_lines,
)
from service.calls.schemas import Call

SETTINGS = AccuracySettings()
ANY = Floor(rep_periods=1, reps=1, ranked=1)
Q1, Q2 = ("2026-01-01", "2026-03-31"), ("2026-04-01", "2026-06-30")
PERIODS: list[JudgedPeriodDoc] = [
    {
        "period_start": start,
        "period_end": end,
        "leads": [
            {"name": "day 0", "day": day0, "until": f"{start}T00:00:00.000000Z"},
            {"name": "1/2", "day": half, "until": f"{half}T24:00:00.000000Z"},
        ],
    }
    for (start, end), day0, half in ((Q1, "2025-12-31", "2026-02-13"), (Q2, "2026-03-31", "2026-05-15"))
]
UNTIL = ends_of_leads(PERIODS)


def said(middle: float) -> SaidDoc:
    return {"middle": middle, "mean": middle + 2.0, "low": 50.0, "high": 120.0, "crps": 8.0, "pit": 0.4}


def record(outcomes: tuple[float, float], quota: float | None = 100.0) -> RepBacktestDoc:
    """Return two closed quarters: Paceline said 90, pace said 130, at both leads."""
    return {
        "schema": 1,
        "periods": [
            {
                "period_start": start,
                "period_end": end,
                "metric": "revenue",
                "quota": quota,
                "outcome": outcome,
                "looks": [
                    {"lead": lead, "said": {"paceline": said(90.0), "pace": said(130.0)}} for lead in ("day 0", "1/2")
                ],
            }
            for (start, end), outcome in zip((Q1, Q2), outcomes, strict=True)
        ],
    }


def call(moment: str, amount: float, **changes: object) -> Call:
    values = {
        "call_id": 1,
        "rep_id": "r",
        "period_start": Q1[0],
        "period_end": Q1[1],
        "metric": "revenue",
        "category": "most_likely",
        "amount": amount,
        "currency": "CNY",
        "note": "",
        "side": "rep",
        "by": "r",
        "as_of": "2026-01-01",
        "recorded_at": moment,
    }
    return Call.model_validate({**values, **changes})


def _found(calls: list[Call], **records: RepBacktestDoc) -> list[tuple[str, str, str, float]]:
    items = judged_calls(records or {"r": record((80.0, 110.0))}, calls, UNTIL)
    return [(item.lead, item.side, item.category, item.amount) for item in items]


def test_the_newest_number_given_by_the_end_of_a_lead_counts_there() -> None:
    calls = [
        call("2025-12-30T10:00:00.000000Z", 100.0),
        call("2025-12-31T23:59:59.000000Z", 95.0),
        call("2026-02-13T12:00:00.000000Z", 85.0),
        call("2026-02-14T08:00:00.000000Z", 80.0),
    ]
    assert _found(calls) == [("day 0", "rep", "most_likely", 95.0), ("1/2", "rep", "most_likely", 85.0)]


def test_a_number_that_was_given_after_a_lead_does_not_count_there() -> None:
    assert _found([call("2026-01-01T00:00:00.000000Z", 70.0)]) == [("1/2", "rep", "most_likely", 70.0)]
    assert _found([call("2026-03-30T10:00:00.000000Z", 80.0)]) == []


def test_sides_and_categories_stand_beside_each_other() -> None:
    calls = [
        call("2025-12-30T10:00:00.000000Z", 60.0, category="commit"),
        call("2025-12-30T11:00:00.000000Z", 75.0, side="manager"),
    ]
    assert _found(calls) == [
        ("day 0", "rep", "commit", 60.0),
        ("day 0", "manager", "most_likely", 75.0),
        ("1/2", "rep", "commit", 60.0),
        ("1/2", "manager", "most_likely", 75.0),
    ]


@pytest.mark.parametrize(
    "change", [{"rep_id": "other"}, {"metric": "units"}, {"period_end": "2026-01-31"}, {"period_start": "2025-10-01"}]
)
def test_numbers_for_other_people_measures_and_periods_are_not_mixed_in(change: dict[str, str]) -> None:
    assert _found([call("2025-12-30T10:00:00.000000Z", 60.0, **change)]) == []


def test_without_a_quota_there_is_nothing_to_be_a_share_of() -> None:
    assert _found([call("2025-12-30T10:00:00.000000Z", 60.0)], r=record((80.0, 110.0), quota=None)) == []


def _lines() -> dict[str, CallLine]:
    """Judge two people: r said 100 of Q1 (80 came); s said 100 of Q1 and 120 of Q2 (150 and 100 came)."""
    calls = [
        call("2025-12-30T10:00:00.000000Z", 100.0),
        call("2025-12-30T10:00:00.000000Z", 100.0, rep_id="s"),
        call("2026-03-01T10:00:00.000000Z", 120.0, rep_id="s", period_start=Q2[0], period_end=Q2[1]),
    ]
    records = {"r": record((80.0, 999.0)), "s": record((150.0, 100.0))}
    found = list(judged_calls(records, calls, UNTIL))
    return {line.lead: line for line in call_lines(found, ["day 0", "1/2"], ANY, SETTINGS)}


def test_errors_bias_and_what_was_reached_are_those_worked_out_by_hand() -> None:
    line = _lines()["day 0"].model_dump()
    assert (line["rep_periods"], line["reps"], line["periods"]) == (3, 2, 2)
    # |100 - 80|, |100 - 150|, |120 - 100| of a quota of 100
    assert line["mae"]["value"] == pytest.approx((0.2 + 0.5 + 0.2) / 3)
    assert line["bias"]["value"] == pytest.approx(320 / 330 - 1)
    assert line["reached"]["value"] == pytest.approx(1 / 3)


def test_forecasters_beside_them_are_judged_on_the_very_same_rep_periods() -> None:
    told = _lines()["day 0"].model_dump()["beside"]
    beside = {item["forecaster"]: item["mae"] for item in told}
    # Paceline said 90 where 80, 150 and 100 came, pace 130; the 999 of r, for which nobody gave a number, is left out.
    assert beside["paceline"]["value"] == pytest.approx((0.1 + 0.6 + 0.1) / 3)
    assert beside["pace"]["value"] == pytest.approx((0.5 + 0.2 + 0.3) / 3)


def test_a_small_group_is_insufficient_in_every_figure() -> None:
    calls = [call("2025-12-30T10:00:00.000000Z", 100.0)]
    found = list(judged_calls({"r": record((80.0, 110.0))}, calls, UNTIL))
    line = call_lines(found, ["day 0"], Floor.of_group(SETTINGS), SETTINGS)[0]
    assert line.insufficient
    assert (line.mae, line.bias, line.reached, line.beside) == (None, None, None, [])
    assert (line.rep_periods, line.reps) == (1, 1)


def test_the_bias_of_few_periods_is_shrunk() -> None:
    line = _lines()["day 0"]
    # 2 periods count 2 / (2 + 4).
    assert own_call_line(line, SETTINGS).bias_shrunk == pytest.approx((320 / 330 - 1) / 3)
    assert own_call_line(line.model_copy(update={"bias": None}), SETTINGS).bias_shrunk is None


def test_a_rep_s_own_past_tells_numbers_where_they_stood() -> None:
    calls = [call("2026-01-10T10:00:00.000000Z", 85.0)]
    first, second = past_periods("r", record((80.0, 110.0)), calls, UNTIL)
    assert (first.outcome, [len(look.calls) for look in first.looks]) == (80.0, [0, 1])
    assert first.looks[1].calls[0].amount == 85.0
    assert [look.calls for look in second.looks] == [[], []]


def test_a_rep_s_lines_need_four_periods() -> None:
    lines = rep_lines("r", record((80.0, 110.0)), ["day 0", "1/2"], SETTINGS)
    assert [(line["forecaster"], line["lead"]) for line in lines] == [
        ("pace", "day 0"),
        ("pace", "1/2"),
        ("paceline", "day 0"),
        ("paceline", "1/2"),
    ]
    assert all(line["insufficient"] and line["mae"] is None for line in lines)
    loose = AccuracySettings(least_own_periods=2, least_rep_periods=2)
    told = rep_lines("r", record((80.0, 110.0)), ["day 0"], loose)[1]
    # Paceline: |90 - 80| and |90 - 110|; means of 92 beside 80 and 110; both ranks inside.
    assert told["mae"] is not None
    assert told["bias"] is not None
    assert told["coverage"] is not None
    assert told["mae"]["value"] == pytest.approx(0.15)
    assert told["bias"]["value"] == pytest.approx(184 / 190 - 1)
    assert told["coverage"]["value"] == 1.0
