"""The oracle: its state is the engine's own, and what really happened looks like one of its futures."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, timedelta

import numpy as np
import pytest

from features.domain.errors import UsageError
from models.metrics.crps import crps
from training.simulator.deals import World
from training.simulator.market import Floats, as_date, day_number
from training.simulator.oracle import Futures, chances_at, continue_from, state_at
from training.simulator.organisation import Organisation, _Run, simulate
from training.simulator.settings import SimulatorSettings
from training.simulator.switches import Dirt, Discounts

SETTINGS = SimulatorSettings(
    reps=24, quarters=3, seed=21, moves=0.2, attrition=0.25, discounts=Discounts.usual(), regime_quarters=1
)


def worlds_of(settings: SimulatorSettings, days: set[date]) -> dict[date, World]:
    """Run the engine itself and copy its state in the evening of some days."""
    run, seen = _Run(settings), {}
    step_day = run._day

    def watched(step: object) -> None:
        step_day(step)  # type: ignore[arg-type]
        day = as_date(step.day)  # type: ignore[attr-defined]
        if day in days:
            seen[day] = World(
                type(run.world.market)(run.world.market.macro.copy(), run.world.market.region.copy()),
                run.world.seats.repeated(1),
                run.world.deals.where(np.arange(run.world.deals.count)),
            )

    run._day = watched  # type: ignore[method-assign]
    run.finish()
    return seen


def same(one: object, other: object) -> bool:
    return all(np.array_equal(getattr(one, f.name), getattr(other, f.name)) for f in fields(one))  # type: ignore[arg-type]


def test_the_state_from_the_tables_is_the_state_of_the_engine() -> None:
    calendar = simulate(SETTINGS).calendar
    # not the last day of a quarter: the swaps of that evening come after the engine's day
    days = {as_date(step.day) for quarter in range(3) for step in calendar.steps(quarter)[:-1:3]}
    org = simulate(SETTINGS)
    for day, world in worlds_of(SETTINGS, days).items():
        state = state_at(org, day)
        assert same(state.market, world.market), day
        assert same(state.seats, world.seats), day
        assert same(state.deals, world.deals), day


def test_the_evening_of_a_quarters_last_day_already_holds_the_swaps_of_the_next() -> None:
    org = simulate(SimulatorSettings(reps=24, quarters=3, seed=21, moves=0.5, attrition=0.0))
    end = org.calendar.period(0).end
    rows = org.truth.tenures[org.truth.tenures["first"] == day_number(end) + 1]
    assert len(rows) >= 2
    person = state_at(org, end).seats.person
    assert all(person[row.seat] == row.person for row in rows.itertuples())


def test_a_weekend_has_the_state_of_its_friday(org: Organisation) -> None:
    friday, sunday = date(2021, 5, 14), date(2021, 5, 16)
    assert same(state_at(org, friday).deals, state_at(org, sunday).deals)


def test_the_state_is_a_copy_that_may_be_changed(org: Organisation) -> None:
    day = date(2021, 5, 14)
    state_at(org, day).deals.value[:] = 0.0
    assert state_at(org, day).deals.value.min() > 0


@pytest.mark.parametrize("day", [date(2020, 12, 30), date(2022, 6, 30), date(2030, 1, 1)])
def test_a_day_outside_the_record_is_refused_with_the_range(org: Organisation, day: date) -> None:
    with pytest.raises(UsageError, match=f"the as-of day is {day}; choose one from 2020-12-31 to 2022-06-29"):
        state_at(org, day)


def test_at_least_one_path_must_be_asked_for(org: Organisation) -> None:
    with pytest.raises(UsageError, match="0 paths were asked for"):
        continue_from(org, date(2021, 5, 14), 0, seed=1)


def test_the_same_seed_gives_the_same_futures_and_another_seed_others(org: Organisation) -> None:
    day = date(2021, 5, 14)
    one, same_seed, other = (continue_from(org, day, 70, seed=seed).paths for seed in (1, 1, 2))
    assert np.array_equal(one, same_seed)
    assert not np.array_equal(one, other)


def test_futures_start_at_what_is_booked(org: Organisation) -> None:
    futures = continue_from(org, date(2021, 6, 1), 40, seed=1)
    rows = org.bookings
    known = rows[(rows["quarter"] == 1) & (rows["day"] <= day_number(date(2021, 6, 1)))]
    booked = known.groupby("person")["amount"].sum()
    assert futures.attained.tolist() == [booked.get(int(person), 0.0) for person in futures.person]
    assert futures.attained.max() > 0
    assert np.all(futures.paths >= futures.attained[:, None])


def test_the_open_quarter_of_a_last_day_is_the_next_one(org: Organisation) -> None:
    futures = continue_from(org, date(2021, 3, 31), 2, seed=1)
    assert futures.period.start == date(2021, 4, 1)
    assert futures.quarter == 1
    assert futures.attained.sum() == 0


def test_on_the_last_evening_but_one_little_is_left_to_happen(org: Organisation) -> None:
    spread = [
        continue_from(org, day, 60, seed=1).paths.std(axis=1).mean() for day in (date(2021, 5, 3), date(2021, 6, 29))
    ]
    assert spread[1] < 0.5 * spread[0]


def test_people_who_cannot_leave_book_more(org: Organisation) -> None:
    eager = Organisation(org.settings, replace(org.truth, leave_rates=org.truth.leave_rates.assign(rate=0.2)))
    leaving, staying = (
        continue_from(eager, date(2021, 4, 5), 60, seed=1, attrition=attrition).paths.mean()
        for attrition in (True, False)
    )
    assert leaving < 0.8 * staying


def test_everybody_in_seat_can_book_in_some_future(org: Organisation) -> None:
    futures = continue_from(org, date(2020, 12, 31), 64, seed=1)
    assert sorted(futures.person.tolist()) == sorted(set(futures.person.tolist()))
    assert np.all(futures.paths.max(axis=1) > 0)


def test_what_a_successor_books_is_nobodys(org: Organisation) -> None:
    """Where everybody leaves after the first day, only that day's wins are left for those who sat there."""
    day = date(2021, 5, 14)
    rates, settings = org.truth.leave_rates, org.settings
    gone = Organisation(settings, replace(org.truth, leave_rates=rates.assign(rate=1e6)))
    futures = continue_from(gone, day, 32, seed=1)
    stayed = continue_from(org, day, 32, seed=1, attrition=False)
    joined = state_at(gone, day).seats.leave_rate < 1.0
    more, usual = (f.paths - f.attained[:, None] for f in (futures, stayed))
    # 32 working days are left, of which the first brings far less than a tenth
    assert more[~joined].mean() < 0.1 * usual[~joined].mean()
    assert more[~joined].sum() > 0


def test_reps_share_the_shocks_of_their_future() -> None:
    """The futures are joint: the company's spread is larger than that of independent reps."""
    org = simulate(SimulatorSettings(reps=120, quarters=2, seed=4))
    paths = continue_from(org, org.calendar.period(0).end, 300, seed=3).paths
    shuffled = np.random.default_rng(1).permuted(paths, axis=1)
    assert paths.sum(axis=0).std() > 1.05 * shuffled.sum(axis=0).std()


def pit(org: Organisation, futures: Futures, rng: np.random.Generator) -> Floats:
    """Return the randomised rank of what happened among the futures, uniform if the oracle is right."""
    return ranks_among(futures, final_bookings(org, futures), rng)


def ranks_among(futures: Futures, real: Floats, rng: np.random.Generator) -> Floats:
    below = (futures.paths < real[:, None]).sum(axis=1)
    equal = (futures.paths == real[:, None]).sum(axis=1)
    return np.asarray((below + rng.random(len(real)) * (equal + 1)) / (futures.paths.shape[1] + 1))


@pytest.fixture(scope="module")
def ranks() -> dict[str, Floats]:
    """Ranks of outcomes at four moments of the quarter, over three companies and twelve quarters each."""
    rng = np.random.default_rng(5)
    found: dict[str, list[Floats]] = {"day 0": [], "quarter": [], "half": [], "three quarters": []}
    for seed in (31, 32, 33):
        org = simulate(SimulatorSettings(reps=64, quarters=12, seed=seed))
        for quarter in range(12):
            name = list(found)[quarter % 4]
            start = org.calendar.period(quarter).start
            day = start + timedelta(days=(-1, 22, 45, 68)[quarter % 4])
            found[name].append(pit(org, continue_from(org, day, 99, seed=7), rng))
    return {name: np.concatenate(parts) for name, parts in found.items()}


def test_what_happened_looks_like_one_of_the_futures(ranks: dict[str, Floats]) -> None:
    pooled = np.concatenate(list(ranks.values()))
    share = np.histogram(pooled, bins=10, range=(0, 1))[0] / len(pooled)
    # 2,304 ranks that share 36 quarters' shocks: one tenth each, give or take three of a hundred
    assert len(pooled) == 3 * 12 * 64
    assert np.abs(share - 0.1).max() < 0.03
    assert pooled.mean() == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("moment", ["day 0", "quarter", "half", "three quarters"])
def test_the_middle_eighty_per_cent_hold_eighty_per_cent(ranks: dict[str, Floats], moment: str) -> None:
    inside = ((ranks[moment] > 0.1) & (ranks[moment] < 0.9)).mean()
    assert inside == pytest.approx(0.80, abs=0.06)


def test_a_biased_oracle_would_be_caught(org: Organisation) -> None:
    """The rank test has teeth: futures that are a third too rich move the mean rank out of its range."""
    rng, found = np.random.default_rng(5), []
    for quarter in range(6):
        futures = continue_from(org, org.calendar.period(quarter).start + timedelta(days=22), 99, seed=7)
        rich = futures.attained[:, None] + 1.33 * (futures.paths - futures.attained[:, None])
        found.append(pit(org, Futures(futures.period, quarter, futures.person, futures.attained, rich), rng))
    assert np.concatenate(found).mean() < 0.47


def final_bookings(org: Organisation, futures: Futures) -> Floats:
    booked = org.reported.groupby(["person", "quarter"])["amount"].sum()
    return np.array([booked.get((int(person), futures.quarter), 0.0) for person in futures.person])


LEADS = (-1, 22, 45, 68)


@pytest.fixture(scope="module", params=["hostile", "heavy dirt", "less skill"])
def difficult(request: pytest.FixtureRequest) -> list[Organisation]:
    """Companies whose bookings are discounted, edited, paid back, credited to others, or born in a changed regime."""
    heavy = Dirt(owner_changes=0.4, late_edits=0.4, refunds=0.3)
    settings = {
        "hostile": SimulatorSettings.preset("hostile", discounts=Discounts.usual()),
        "heavy dirt": SimulatorSettings(dirt=heavy, discounts=Discounts.usual()),
        "less skill": SimulatorSettings(regime_quarters=6, regime_creation=1.0, regime_skill=-0.8),
    }[request.param]
    return [simulate(settings.model_copy(update={"reps": 48, "quarters": 8, "seed": seed})) for seed in (41, 42)]


def test_the_oracle_of_a_difficult_company_is_calibrated_on_what_its_crm_reports(difficult: list[Organisation]) -> None:
    rng, found = np.random.default_rng(5), []
    for org in difficult:
        for quarter in range(8):
            for lead in LEADS:
                day = org.calendar.period(quarter).start + timedelta(days=lead)
                futures = continue_from(org, day, 59, seed=7)
                found.append(ranks_among(futures, final_bookings(org, futures), rng))
    pooled = np.concatenate(found)
    # 3,072 ranks that share 16 quarters' shocks
    assert ((pooled > 0.1) & (pooled < 0.9)).mean() == pytest.approx(0.80, abs=0.03)
    assert pooled.mean() == pytest.approx(0.5, abs=0.035)


def test_futures_of_a_company_that_pays_back_may_end_below_what_is_booked() -> None:
    org = simulate(SimulatorSettings(reps=24, quarters=4, seed=3, dirt=Dirt(refunds=1.0)))
    futures = continue_from(org, org.calendar.middle(3), 20, seed=1)
    assert (futures.paths < futures.attained[:, None]).any()


def test_no_company_with_wrong_latents_forecasts_better_than_the_true_one(difficult: list[Organisation]) -> None:
    """Quarter by quarter, in units of quota; each perturbation must cost, whatever the paper looks like."""
    rng = np.random.default_rng(2)
    losses: dict[str, list[float]] = {"skill": [], "quality": []}
    for org in difficult:
        truth = org.truth
        skill = truth.people["win_skill"] + rng.normal(0.0, 0.6, len(truth.people))
        quality = truth.deals["quality"] + rng.normal(0.0, 1.0, len(truth.deals))
        wrong = {
            "skill": Organisation(org.settings, replace(truth, people=truth.people.assign(win_skill=skill))),
            "quality": Organisation(org.settings, replace(truth, deals=truth.deals.assign(quality=quality))),
        }
        scale = org.outcomes.groupby("segment")["quota"].mean().to_numpy()
        for quarter in range(2, 8):
            day = org.calendar.period(quarter).start + timedelta(days=22)
            right = continue_from(org, day, 99, seed=7)
            real, unit = final_bookings(org, right), scale[org.truth.seats["segment"]]
            best = (crps(right.paths, real) / unit).mean()
            for name, other in wrong.items():
                losses[name].append((crps(continue_from(other, day, 99, seed=7).paths, real) / unit).mean() - best)
    for name, lost in losses.items():
        assert np.mean(lost) > 2 * np.std(lost) / np.sqrt(len(lost)), name


def test_chances_of_open_deals_are_shares_of_futures_in_the_order_of_the_state(org: Organisation) -> None:
    day = date(2021, 5, 14)
    chances = chances_at(org, day, 64, seed=1)
    assert chances.index.tolist() == state_at(org, day).deals.deal.tolist()
    assert chances.between(0.0, 1.0).all()
    assert np.allclose(chances * 64, (chances * 64).round())


def test_deals_that_were_won_had_better_chances() -> None:
    org = simulate(SimulatorSettings(reps=48, quarters=3, seed=21))
    day = date(2021, 6, 1)
    deals = org.truth.deals.set_index("deal")
    chances = chances_at(org, day, 128, seed=1)
    mine = deals.loc[chances.index]
    won = (mine["won"] & (mine["closed"] <= day_number(date(2021, 6, 30)))).to_numpy()
    assert chances[won].mean() > chances[~won].mean() + 0.2
    assert abs(chances.mean() - won.mean()) < 0.08
