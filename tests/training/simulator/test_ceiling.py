"""The observable ceiling sees only the CRM, is calibrated, and lies between the oracle and what anybody could guess."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from features.domain.errors import UsageError
from models.metrics.crps import crps
from tests.training.simulator.test_oracle import LEADS, final_bookings, ranks_among
from training.simulator.ceiling import Ceiling, believe
from training.simulator.ceiling_evidence import believe_amounts
from training.simulator.market import Floats, day_number
from training.simulator.oracle import chances_at, continue_from, state_at
from training.simulator.organisation import Organisation, simulate
from training.simulator.settings import SimulatorSettings
from training.simulator.switches import Discounts

MIDDLE = date(2022, 5, 16)


def scrambled(org: Organisation) -> Organisation:
    """The same company with other hidden values: everything that no CRM shows is drawn anew."""
    rng, truth = np.random.default_rng(9), org.truth
    hidden = ("prospecting", "win_skill", "price", "activity_mean")
    people = truth.people.assign(**{name: rng.normal(0, 1, len(truth.people)) for name in hidden})
    closed = truth.deals["closed"].to_numpy()
    lasting = (closed < 0) | (closed > (MIDDLE - date(1970, 1, 1)).days)
    values = np.where(lasting, truth.deals["value"] * 7, truth.deals["value"])
    deals = truth.deals.assign(quality=0.0, target=0.0, value=values)
    shocks = truth.shocks.assign(**{n: 0.3 for n in truth.shocks.columns if n != "day"})
    seats = truth.seats.assign(log_territory=0.5)
    effort = truth.effort.assign(activity=0.2)
    tenures = truth.tenures.assign(activity=0.2)
    changed = replace(truth, people=people, deals=deals, shocks=shocks, seats=seats, effort=effort, tenures=tenures)
    return Organisation(org.settings, changed)


def test_nothing_hidden_is_read(org: Organisation) -> None:
    """With the paper kept and every hidden value replaced, not a digit of the forecast changes."""
    one, other = Ceiling(org), Ceiling(scrambled(org))
    other._records = one._records
    true, false = (continue_from(company, MIDDLE, 5, seed=3).paths for company in (org, other.org))
    assert not np.array_equal(true, false)
    first, second = (c.continue_from(MIDDLE, 40, seed=3).paths for c in (one, other))
    np.testing.assert_array_equal(first, second)


def test_nothing_later_is_read(org: Organisation) -> None:
    """With everything undone that happened to deals after the evening, not a digit changes."""
    deals, number = org.truth.deals, day_number(MIDDLE)
    moments = [f"entered_{i}" for i in range(4)] + ["closed"]
    later = deals["closed"] > number
    before = deals.assign(
        **{name: deals[name].where(deals[name] <= number, -1) for name in moments},
        won=deals["won"] & ~later,
        booked=deals["booked"].where(~later, 0.0),
    )
    undone = Ceiling(Organisation(org.settings, replace(org.truth, deals=before)))
    one = Ceiling(org)
    undone._records = one._records
    assert later.any()
    # deals born later have lost their birthday and must not be there at all
    unborn = deals["entered_0"] > number
    undone.org.truth.deals.loc[unborn, "entered_0"] = number + 1
    first, second = (c.continue_from(MIDDLE, 40, seed=3).paths for c in (one, undone))
    np.testing.assert_array_equal(first, second)


def test_its_chances_of_open_deals_are_calibrated_and_say_less_than_the_truth(org: Organisation) -> None:
    seen, true = Ceiling(org).chances_at(MIDDLE, 200, seed=3), chances_at(org, MIDDLE, 200, seed=3)
    assert seen.index.equals(true.index)
    assert abs(seen.mean() - true.mean()) < 0.05
    assert seen.std() < true.std()
    assert np.corrcoef(seen, true)[0, 1] > 0.6


def test_the_same_seed_gives_the_same_futures_and_another_seed_others(org: Organisation) -> None:
    ceiling = Ceiling(org)
    one, same, other = (ceiling.continue_from(MIDDLE, 33, seed=seed).paths for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_the_open_deals_are_those_of_the_true_state_in_its_order(org: Organisation) -> None:
    ceiling = Ceiling(org)
    belief = believe(org, ceiling._seen(MIDDLE))
    assert belief.open_deals.deals.deal.tolist() == state_at(org, MIDDLE).deals.deal.tolist()


@pytest.mark.parametrize("day", [date(2021, 3, 30), date(2020, 12, 31)])
def test_a_day_with_too_little_behind_it_is_refused(org: Organisation, day: date) -> None:
    with pytest.raises(
        UsageError, match=f"2 paths from {day} were asked for; ask for at least one, from 2021-03-31 on"
    ):
        Ceiling(org).continue_from(day, 2, seed=1)


def test_at_least_one_path_must_be_asked_for(org: Organisation) -> None:
    with pytest.raises(UsageError, match="0 paths from 2022-05-16 were asked for"):
        Ceiling(org).continue_from(MIDDLE, 0, seed=1)


def test_a_company_without_pipeline_has_no_such_ceiling() -> None:
    with pytest.raises(UsageError, match="a company without a CRM shows no deals to filter"):
        Ceiling(simulate(SimulatorSettings(reps=2, quarters=1, pipeline=False)))


@pytest.fixture(scope="module")
def companies() -> list[Organisation]:
    return [simulate(SimulatorSettings(reps=72, quarters=9, seed=seed)) for seed in (51, 52)]


def test_latents_lie_where_they_are_believed_to_lie(companies: list[Organisation]) -> None:
    """Standardised errors of what is believed have mean 0 and spread 1, latent by latent."""
    errors: dict[str, list[Floats]] = {"win_skill": [], "price": [], "quality": [], "target": [], "log_value": []}
    for org in companies:
        day = org.calendar.period(8).start + timedelta(days=22)
        true = state_at(org, day)
        drawn = believe(org, Ceiling(org)._seen(day)).draw(120, np.random.default_rng(3))
        pairs = {
            "win_skill": (true.seats.win_skill, drawn.seats.win_skill),
            "price": (true.seats.price, drawn.seats.price),
            "quality": (true.deals.quality, drawn.deals.quality),
            "target": (true.deals.target, drawn.deals.target),
            "log_value": (np.log(true.deals.value), np.log(drawn.deals.value)),
        }
        for name, (truth, draws) in pairs.items():
            columns = draws.reshape(120, -1)
            errors[name].append((truth - columns.mean(axis=0)) / columns.std(axis=0))
    for name, found in errors.items():
        pooled = np.concatenate(found)
        assert pooled.std() == pytest.approx(1.0, abs=0.15), name
        assert pooled.mean() == pytest.approx(0.0, abs=0.2), name


def test_amounts_are_known_better_the_further_the_deal(companies: list[Organisation]) -> None:
    org = companies[0]
    seen = Ceiling(org)._seen(org.calendar.period(8).start)
    stage = (np.stack([seen.day_of(f"entered_{i}") for i in range(4)]) >= 0).sum(axis=0) - 1
    spread = [believe_amounts(org, seen).value[1][stage == i].mean() for i in range(4)]
    assert spread[0] == pytest.approx(spread[1], rel=0.1)
    assert spread[1] > spread[2] > spread[3]


def test_it_is_calibrated_and_lies_between_the_oracle_and_a_bad_guess(companies: list[Organisation]) -> None:
    rng, ranks = np.random.default_rng(5), []
    scores: dict[str, list[float]] = {"oracle": [], "ceiling": [], "guess": []}
    for org in companies:
        ceiling = Ceiling(org)
        unit = org.outcomes.groupby("segment")["quota"].mean().to_numpy()[org.truth.seats["segment"]]
        for quarter in (6, 8):
            for lead in LEADS:
                day = org.calendar.period(quarter).start + timedelta(days=lead)
                best, seen = continue_from(org, day, 99, seed=7), ceiling.continue_from(day, 99, seed=7)
                real = final_bookings(org, best)
                ranks.append(ranks_among(seen, real, rng))
                # somebody who knows what is booked and the rest only for the average rep
                usual = (seen.paths - seen.attained[:, None]) / unit[:, None]
                flat = seen.attained[:, None] + unit[:, None] * rng.permuted(usual, axis=0)
                for name, paths in (("oracle", best.paths), ("ceiling", seen.paths), ("guess", flat)):
                    scores[name].append(float((crps(paths, real) / unit).mean()))
    pooled = np.concatenate(ranks)
    # 1,152 ranks that share four quarters' shocks
    assert ((pooled > 0.1) & (pooled < 0.9)).mean() == pytest.approx(0.80, abs=0.05)
    mean = {name: np.mean(values) for name, values in scores.items()}
    assert 1.01 * mean["oracle"] < mean["ceiling"] < 1.2 * mean["oracle"]
    assert mean["ceiling"] < 0.85 * mean["guess"]


@pytest.mark.parametrize(
    "settings",
    [
        SimulatorSettings.preset("tiny", seed=3),
        SimulatorSettings.preset("easy", reps=16, quarters=4),
        SimulatorSettings.preset("hostile", reps=16, quarters=6, discounts=Discounts.usual()),
        SimulatorSettings(reps=1, quarters=3, seed=2),
    ],
    ids=["tiny", "easy", "hostile with discounts", "one rep"],
)
def test_every_company_with_a_crm_has_a_ceiling(settings: SimulatorSettings) -> None:
    org = simulate(settings)
    futures = Ceiling(org).continue_from(org.mid_quarter, 8, seed=1)
    assert futures.paths.shape == (settings.reps, 8)
    assert np.isfinite(futures.paths).all()
