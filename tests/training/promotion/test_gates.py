"""Each gate refuses what it is there to refuse, and says why."""

import numpy as np
import pandas as pd

from training.promotion.gates import GateResult, GateSettings, mean_crps, run_gates

LEADS = ("day 0", "1/4", "1/2", "3/4")
SETTINGS = GateSettings()


def _summary(*, ours: float = 0.2, auc: float = 0.8) -> pd.DataFrame:
    lines = [
        {"forecaster": name, "lead": lead, "mae": value, "crps": value, "brier": 0.1, "auc": auc}
        for name, value in (("ours", ours), ("pace", 0.3))
        for lead in LEADS
    ]
    return pd.DataFrame(lines)


def _rows(pit: np.ndarray | None = None) -> pd.DataFrame:
    values = np.linspace(0.0, 1.0, 400) if pit is None else pit
    frame = pd.DataFrame({"pit": values, "forecast_mean": 1.0, "q05": 0.5, "q50": 1.0, "q95": 2.0})
    return frame.assign(forecaster="ours")


def _gates(summary: pd.DataFrame, rows: pd.DataFrame, champion: float | None = None) -> dict[str, GateResult]:
    found = run_gates(summary, rows, name="ours", baselines=["pace"], settings=SETTINGS, champion_crps=champion)
    return {gate.gate: gate for gate in found}


def test_a_good_model_passes_every_gate() -> None:
    assert all(gate.passed for gate in _gates(_summary(), _rows(), champion=0.2).values())


def test_worse_than_a_simple_rule_is_refused_with_figures() -> None:
    gate = _gates(_summary(ours=0.4), _rows())["baselines"]
    assert not gate.passed
    assert "day 0 -33% vs pace" in gate.reason


def test_slightly_worse_within_the_slack_is_allowed() -> None:
    assert _gates(_summary(ours=0.305), _rows())["baselines"].passed


def test_ranges_that_are_too_narrow_are_refused() -> None:
    extreme = np.concatenate([np.zeros(200), np.ones(200)])
    gate = _gates(_summary(), _rows(extreme))["coverage"]
    assert not gate.passed
    assert gate.reason.startswith("0.0% inside")


def test_few_rows_are_noted_and_not_judged() -> None:
    gate = _gates(_summary(), _rows(np.zeros(20)))["coverage"]
    assert gate.passed
    assert "too few to judge" in gate.reason


def test_a_number_that_is_not_finite_is_refused() -> None:
    rows = _rows()
    rows.loc[3, "q95"] = np.inf
    assert not _gates(_summary(), rows)["finite"].passed


def test_too_good_to_be_true_is_a_leak_until_someone_looks() -> None:
    assert not _gates(_summary(auc=0.99), _rows())["too_good"].passed


def test_a_challenger_must_not_be_worse_than_the_champion() -> None:
    assert not _gates(_summary(ours=0.25), _rows(), champion=0.2)["champion"].passed
    assert "champion" not in _gates(_summary(), _rows())


def test_mean_crps_is_over_the_leads() -> None:
    assert mean_crps(_summary(ours=0.2), "ours") == 0.2
