"""A rep's page tells what was said halfway through closed periods, and what came of it."""

from __future__ import annotations

from service.accuracy.schemas import RepAccuracy
from service.storage.backtests import SqlBacktestLog
from service.web.views.past import past_rows
from tests.service.accuracy.test_service import record as two_quarters
from tests.service.web.test_pages import read
from tests.service.world import World
from tests.support.backtests import KEY, backtest_rows, record

HTML = {"Accept": "text/html"}
RUN = {
    "run_id": "r",
    "model_version": "1",
    "dataset_version": "d",
    "as_of": "2026-10-12",
    "recorded_at": "2026-10-12T00:00:00Z",
    "served": "paceline",
    "nominal_coverage": 0.8,
}


def _accuracy(quota: float | None = 100.0, *, calls: bool = True) -> RepAccuracy:
    """Return two quarters in which Paceline said 90 (50 to 120) of a quota of 100; 80 and 110 came."""
    periods = []
    for period in two_quarters((80.0, 110.0), quota)["periods"]:
        looks = [
            {**look, "calls": [{"category": "most_likely", "side": "rep", "amount": 95.0}] if calls else []}
            for look in period["looks"]
        ]
        periods.append({**period, "looks": looks})
    return RepAccuracy.model_validate(
        {"rep_id": "r", "run": RUN, "missing": None, "periods": periods, "lines": [], "calls": []}
    )


def test_the_newest_period_stands_first_with_shares_of_its_target() -> None:
    rows = past_rows(_accuracy(), currency="CNY", lang="en")
    assert [(row.period, row.said, row.called, row.attained) for row in rows] == [
        ("Apr–Jun 2026", "90%", "Rep 95%", "110%"),
        ("Jan–Mar 2026", "90%", "Rep 95%", "80%"),
    ]
    assert rows[0].range == "8 in 10 outcomes: 50–120%"
    assert rows[0].target == "¥100"


def test_without_a_target_amounts_are_told() -> None:
    row = past_rows(_accuracy(None, calls=False), currency="CNY", lang="zh")[0]
    assert (row.target, row.said, row.called, row.attained) == ("—", "90 元", "—", "110 元")


def test_before_anything_was_judged_there_is_no_block(shared: World) -> None:
    assert past_rows(None, currency="CNY", lang="en") == []
    assert 'id="past"' not in shared.client("chen").get("/me", headers=HTML).text


def test_the_page_states_the_rows_of_the_backtest(world: World) -> None:
    SqlBacktestLog(world.storage.engine).record(KEY, record())
    rows = backtest_rows()
    mine = rows[(rows["rep_id"] == "r-chen") & (rows["forecaster"] == "paceline") & (rows["lead"] == "1/2")]
    newest = mine.sort_values("period_start").iloc[-1]
    html = world.client("chen").get("/me?lang=en", headers=HTML).text
    block = " ".join(read(html.split('id="past"')[1].split("</section>")[0]).words)
    assert f"Jul–Sep 2026 ¥1.00M {round(newest['outcome'] / newest['quota'] * 100)}%" in block
    assert f"{round(newest['q50'] / newest['quota'] * 100)}% 8 in 10 outcomes:" in block
    assert "how good" not in block.lower()


def test_nobody_reads_somebody_else_s_past(world: World) -> None:
    SqlBacktestLog(world.storage.engine).record(KEY, record())
    assert world.client("nair").get("/reps/r-chen", headers=HTML).status_code == 404
