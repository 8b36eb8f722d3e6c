"""Each gate refuses what it is there to refuse, and says why."""

import numpy as np
import pandas as pd

from training.promotion.gates import GateResult, GateSettings, chance_worse, mean_crps, run_gates

LEADS = ("day 0", "1/4", "1/2", "3/4")
SETTINGS = GateSettings()


def _summary(*, ours: float = 0.2, auc: float = 0.8, rows: float = 400.0) -> pd.DataFrame:
    lines = [
        {"forecaster": name, "lead": lead, "mae": value, "crps": value, "brier": 0.1, "auc": auc, "rows": rows}
        for name, value in (("ours", ours), ("pace", 0.3))
        for lead in LEADS
    ]
    return pd.DataFrame(lines)


def _rows(pit: np.ndarray | None = None, *, ours: float = 0.2, noise: float = 0.01) -> pd.DataFrame:
    values = np.linspace(0.0, 1.0, 400) if pit is None else pit
    n = len(values)
    frame = pd.DataFrame({"pit": values, "forecast_mean": 1.0, "q05": 0.5, "q50": 1.0, "q95": 2.0, "quota": 1.0})
    frame = frame.assign(
        rep_id=[f"r{i % 20}" for i in range(n)],
        team_id=[f"t{i % 4}" for i in range(n)],
        period_start=pd.to_datetime([f"202{i // 80}-01-01" for i in range(n)]),
        metric="revenue",
        lead=[LEADS[i // 20 % 4] for i in range(n)],
    )
    level = {"ours": ours, "pace": 0.3}
    wobble = np.random.default_rng(1).normal(0.0, noise, n)
    return pd.concat([frame.assign(forecaster=who, crps=level[who] + wobble * (who == "ours")) for who in level])


def _gates(summary: pd.DataFrame, rows: pd.DataFrame, champion: float | None = None) -> dict[str, GateResult]:
    found = run_gates(summary, rows, name="ours", baselines=["pace"], settings=SETTINGS, champion_crps=champion)
    return {gate.gate: gate for gate in found}


def test_a_good_model_passes_every_gate() -> None:
    assert all(gate.passed for gate in _gates(_summary(), _rows(), champion=0.2).values())


def test_worse_than_a_simple_rule_is_refused_with_figures() -> None:
    gate = _gates(_summary(ours=0.4), _rows(ours=0.4))["baselines"]
    assert not gate.passed
    assert "day 0 -33% vs pace" in gate.reason


def test_worse_by_chance_alone_is_said_and_not_refused() -> None:
    gate = _gates(_summary(ours=0.32), _rows(ours=0.31, noise=2.0))["baselines"]
    assert gate.passed
    assert "within what chance does" in gate.reason


def test_a_model_judged_on_few_periods_is_provisional() -> None:
    rows = _rows(ours=0.4)
    few = rows[rows["period_start"] < pd.Timestamp("2023-01-01")]
    gate = _gates(_summary(ours=0.4), few)["baselines"]
    assert gate.passed
    assert "3 periods are too few to refuse: provisional" in gate.reason


def test_the_chance_of_being_worse_is_near_one_when_every_block_says_so() -> None:
    assert chance_worse(_rows(ours=0.4), "ours", "pace", "1/2") == 1.0
    assert chance_worse(_rows(ours=0.2), "ours", "pace", "1/2") == 0.0


def test_slightly_worse_within_the_slack_is_allowed() -> None:
    assert _gates(_summary(ours=0.305), _rows())["baselines"].passed


def test_ranges_that_are_too_narrow_are_refused() -> None:
    extreme = np.concatenate([np.zeros(200), np.ones(200)])
    gate = _gates(_summary(), _rows(extreme))["coverage"]
    assert not gate.passed
    assert gate.reason.startswith("0.0% inside")


def test_few_periods_are_noted_and_not_judged() -> None:
    gate = _gates(_summary(), _rows(np.zeros(240)))["coverage"]
    assert gate.passed
    assert "240 rows of 3 periods: too few periods to judge" in gate.reason


def test_a_number_that_is_not_finite_is_refused() -> None:
    rows = _rows()
    rows.loc[3, "q95"] = np.inf
    assert not _gates(_summary(), rows)["finite"].passed


def test_too_good_to_be_true_is_a_leak_until_someone_looks() -> None:
    assert not _gates(_summary(auc=0.99), _rows())["too_good"].passed


def test_a_perfect_order_of_a_handful_of_reps_is_no_leak() -> None:
    gate = _gates(_summary(auc=1.0, rows=17.0), _rows())["too_good"]
    assert gate.passed
    assert "on 17 rows" in gate.reason


def test_a_challenger_must_not_be_worse_than_the_champion() -> None:
    assert not _gates(_summary(ours=0.25), _rows(), champion=0.2)["champion"].passed
    assert "champion" not in _gates(_summary(), _rows())


def test_mean_crps_is_over_the_leads() -> None:
    assert mean_crps(_summary(ours=0.2), "ours") == 0.2
