"""From the log of a company to what may be said about its plays."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from models.coaching.decision_docs import DecisionDoc, PlayContextDoc
from models.coaching.learning.fitting import SettledDecision
from models.coaching.learning.panels import panel_of
from models.coaching.playbook import Playbook, default_playbook
from models.coaching.proofs import effects

PLAY, OTHER = default_playbook().gaps[0].id, default_playbook().gaps[1].id
BOOK = Playbook(plays={PLAY: default_playbook().plays[PLAY]})


def settled(rep: str, quarter: int, reward: float, *, gap: float = 2.0, rank: float = 0.5) -> SettledDecision:
    """Return a rep's decision of a quarter whose result lay `reward` points beyond its forecast."""
    start = f"{2020 + quarter // 4}-{1 + 3 * (quarter % 4):02d}-01"
    known = PlayContextDoc(gap=gap, expected=2.0, metric="m", own=None, goal=None, foreseen=None, spread=None)
    told = DecisionDoc(
        schema=1,
        rep_id=rep,
        policy="driver-match",
        action_set=[PLAY],
        propensities={PLAY: 1.0},
        chosen=PLAY,
        seed=1,
        about=start,
        rank=rank,
        newness=0.0,
        plays={PLAY: known},
        period_start=start,
        period_end=start,
        metric="revenue",
        quota=100.0,
        forecast=90.0,
    )
    return SettledDecision(told, reward)


def test_a_row_holds_the_residual_and_those_of_the_two_periods_before() -> None:
    panel = panel_of(PLAY, [settled("a", q, float(q)) for q in (2, 0, 1)], {("a", "2020-07-01"): {PLAY}})
    assert len(panel) == 1
    assert (panel.residual[0], panel.before[0], panel.earlier[0]) == (2.0, 1.0, 0.0)
    assert (panel.treated[0], panel.period[0]) == (1, 2)
    assert panel.covariates[0].tolist() == [2.0, 0.5, 0.0]


def test_too_short_a_record_gives_no_row() -> None:
    assert len(panel_of(PLAY, [settled("a", q, 0.0) for q in range(2)], {})) == 0
    assert len(panel_of(PLAY, [], {})) == 0


def test_who_took_up_another_play_is_no_control() -> None:
    log = [settled(rep, q, 0.0) for rep in ("a", "b") for q in range(3)]
    panel = panel_of(PLAY, log, {("a", "2020-07-01"): {OTHER}})
    assert (len(panel), panel.treated.tolist()) == (1, [0])


def test_who_took_up_both_counts_as_treated() -> None:
    log = [settled("a", q, 0.0) for q in range(3)]
    assert panel_of(PLAY, log, {("a", "2020-07-01"): {OTHER, PLAY}}).treated.tolist() == [1]


def test_with_little_data_it_is_told_how_much_is_missing() -> None:
    told = effects(BOOK, [settled("a", q, 0.0) for q in range(3)], {}, date(2021, 1, 1))["plays"][0]
    # 2,258 with the play and as many without, less the one without.
    assert (told["refused"], told["needs"], told["matched"], told["helps"]) == ("too_few", 4515, None, False)
    assert (told["rep_periods"], told["without"]) == (0, 1)


@pytest.mark.parametrize(("effect", "helps"), [(8.0, True), (0.0, False)])
def test_an_effect_is_claimed_where_it_is_and_not_where_it_is_not(effect: float, helps: bool) -> None:
    rng = np.random.default_rng(11)
    log, taken = [], {}
    for rep in range(150):
        for quarter in range(8):
            treated = quarter >= 2 and rng.random() < 0.4
            reward = rng.normal(0.0, 10.0) + effect * treated
            log.append(settled(f"r{rep}", quarter, reward, gap=rng.uniform(0, 4), rank=rng.random()))
            if treated:
                taken[f"r{rep}", log[-1].decision["period_start"]] = {PLAY}
    told = effects(BOOK, log, taken, date(2022, 1, 1))["plays"][0]
    assert told["refused"] is None
    assert told["helps"] is helps
    assert told["matched"] is not None
    assert told["matched"]["low"] <= effect <= told["matched"]["high"]
    assert told["robust"] is not None
    assert told["robust"]["effect"] == pytest.approx(effect, abs=2.5)
