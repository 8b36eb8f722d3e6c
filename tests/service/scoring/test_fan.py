"""A chart's numbers: steps where bookings stand, ranges that end at the served forecast."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from service.scoring.fan import booked_line, dots, examples, fan_points
from service.scoring.forecast_docs import coverage, number, quantiles, text_or_none
from service.scoring.reasons import reason_text
from service.scoring.rows import ROW_COLUMNS, scored_rows, undecidable_rows


def _bookings(*pairs: tuple[str, float]) -> pd.DataFrame:
    return pd.DataFrame({"day": pd.to_datetime([day for day, _ in pairs]), "amount": [amount for _, amount in pairs]})


def test_the_booked_line_rises_in_steps_and_ends_at_the_as_of() -> None:
    found = _bookings(("2020-06-03", 10.0), ("2020-06-03", 5.0), ("2020-06-09", 20.0), ("2020-05-30", 99.0))
    assert booked_line(found, date(2020, 6, 1), date(2020, 6, 12)) == [
        ("2020-06-01", 0.0),
        ("2020-06-03", 0.0),
        ("2020-06-03", 15.0),
        ("2020-06-09", 15.0),
        ("2020-06-09", 35.0),
        ("2020-06-12", 35.0),
    ]


def test_a_period_that_has_not_begun_has_no_line_beyond_its_first_day() -> None:
    assert booked_line(_bookings(), date(2020, 7, 1), date(2020, 6, 12)) == [("2020-07-01", 0.0)]


def test_fan_points_are_quantiles_per_day() -> None:
    amounts = np.vstack([np.zeros(101), np.arange(101.0)])
    points = fan_points([date(2020, 6, 1), date(2020, 6, 30)], amounts)
    assert points[0]["q95"] == 0.0
    assert (points[1]["q05"], points[1]["q50"], points[1]["q90"]) == (5.0, 50.0, 90.0)


def test_examples_are_whole_worlds_spread_over_the_finishes() -> None:
    amounts = np.vstack([np.zeros(70), np.arange(70.0)[::-1]])
    assert [path[-1] for path in examples(amounts)] == [5.0, 15.0, 25.0, 35.0, 45.0, 55.0, 65.0]


def test_twenty_dots_are_equally_likely() -> None:
    found = dots(np.arange(2001.0))
    assert len(found) == 20
    assert found[0] == 50.0
    assert np.diff(found) == pytest.approx(100.0)


def test_missing_numbers_and_texts_are_none_never_zero() -> None:
    assert [number(value) for value in (float("nan"), float("inf"), None, np.float64(2.5))] == [None, None, None, 2.5]
    assert [text_or_none(value) for value in (float("nan"), "", None, "MM")] == [None, None, None, "MM"]


def test_coverage_has_no_meaning_once_the_quota_is_met() -> None:
    assert coverage(50.0, 100.0, 100.0) is None
    assert coverage(None, 100.0, 10.0) is None
    assert coverage(45.0, 100.0, 10.0) == 0.5


def test_quantiles_are_named_by_their_level() -> None:
    assert quantiles(np.arange(101.0)) == {
        "0.05": 5.0,
        "0.10": 10.0,
        "0.25": 25.0,
        "0.50": 50.0,
        "0.75": 75.0,
        "0.90": 90.0,
        "0.95": 95.0,
    }


def test_a_detail_in_english_stays_off_the_chinese_page_unless_it_is_the_way_to_mend() -> None:
    assert reason_text("wide", "The range spans 180% of quota.")["zh"] == "区间较宽，中间数字仅供粗略参考。"
    assert "map the owner" in reason_text("undecidable", "map the owner")["zh"]


def _targets() -> pd.DataFrame:
    days = {name: pd.to_datetime(["2020-06-01"] * 2) for name in ("period_start", "period_end", "as_of")}
    return pd.DataFrame(
        {
            "rep_id": ["b", "a"],
            "rep_name": ["B", "A"],
            "team_id": ["t", "t"],
            "metric": "revenue",
            "currency": "USD",
            "quota": 100.0,
            "quota_source": "given",
            "attained": 10.0,
            "status": "",
            "reason": "",
            **days,
        }
    )


def _assessment(statuses: list[str]) -> pd.DataFrame:
    levels = dict.fromkeys(("forecast_mean", "q05", "q10", "q25", "q50", "q75", "q90", "q95"), 50.0)
    return pd.DataFrame({"status": statuses, "reason": "", "p_attain": 0.5, "risk_band": "watch", **levels})


def test_rows_are_ordered_and_silent_statuses_carry_no_number() -> None:
    versions = {"grade": "A", "model_version": "1", "dataset_version": "ds"}
    rows = scored_rows(_targets(), _assessment(["left", "ok"]), **versions)
    assert list(rows.columns) == list(ROW_COLUMNS)
    assert rows["rep_id"].tolist() == ["a", "b"]
    assert rows["q50"].tolist()[0] == 50.0
    assert rows.loc[1, ["forecast_mean", "q05", "q50", "p_attain"]].isna().all()
    assert rows["risk_band"].tolist()[1] is None or pd.isna(rows["risk_band"].tolist()[1])


def test_undecidable_rows_say_why_and_nothing_else() -> None:
    rows = undecidable_rows(_targets(), "quotas are off", grade="D", model_version="1", dataset_version="ds")
    assert set(rows["status"]) == {"undecidable"}
    assert set(rows["reason"]) == {"quotas are off"}
    assert rows["q50"].isna().all()
