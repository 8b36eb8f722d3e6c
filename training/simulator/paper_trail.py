"""What sellers type into the CRM about their deals: stages as they come, amounts and close dates that drift."""

from __future__ import annotations

import numpy as np
import pandas as pd

from training.simulator.latents import by_segment
from training.simulator.market import Floats, Ints, weekday
from training.simulator.organisation import Organisation

DAY = 86_400
CYCLE = by_segment("cycle")
EARLY_BIAS, DATE_SD = -0.20, 0.35
PUSH_DAYS = (14, 43)
CORRECTION, CORRECTION_PULL = 0.15, 0.6
AMOUNT_BIAS, AMOUNT_NOISE = (0.05, 0.0, 0.02, 0.0), (0.25, 0.0, 0.12, 0.05)
REESTIMATED = (1.0, 0.0, 0.7, 0.5)
WON_STAGE, LOST_STAGE = 4, 5
KEEP = -1


def deal_history(org: Organisation, deals: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return the whole row of each deal after each change.

    Args:
        org: The organisation.
        deals: Rows of its truth, any subset.
        rng: Source of the sellers' estimates and of the time of day.

    Returns:
        Columns deal, moment (seconds since 1970-01-01), stage (0 to 3 open, 4 won, 5 lost), amount, close_day; sorted
        by moment, then deal.
    """
    segment = org.truth.seats["segment"].to_numpy()[deals["seat"].to_numpy()]
    end = int(org.truth.shocks["day"].iloc[-1])
    noise = org.settings.noise
    belief = _first_belief(deals, segment, rng, noise)
    stages, closings = _stages(deals, belief, rng, noise), _closings(deals, rng)
    rows = pd.concat([*stages, _dates(deals, belief, end, rng), closings], ignore_index=True)
    rows = rows.sort_values(["deal", "moment"], kind="stable").reset_index(drop=True)
    for column in ("stage", "amount", "close_day"):
        # every deal's first row, its creation, is complete
        rows[column] = rows[column].where(rows[column] != KEEP).ffill().astype("int64")
    return rows.sort_values(["moment", "deal"], kind="stable").reset_index(drop=True)


def _rows(deal: Ints, moment: Ints, *, stage: Ints | int, amount: Ints | int, close_day: Ints | int) -> pd.DataFrame:
    return pd.DataFrame({"deal": deal, "moment": moment, "stage": stage, "amount": amount, "close_day": close_day})


def _at(day: Ints, first_hour: int, hours: int, rng: np.random.Generator) -> Ints:
    """Return a random second of each day between two hours."""
    return day * DAY + first_hour * 3_600 + rng.integers(hours * 3_600, size=len(day))


def rounded(amount: Floats) -> Ints:
    """Round estimates as people do: to hundreds, above 20,000 to 500, above 100,000 to thousands.

    Examples:
        >>> rounded(np.array([7_849.0, 31_400.0, 123_456.0])).tolist()
        [7800, 31500, 123000]
    """
    unit = np.where(amount < 20_000, 100.0, np.where(amount < 100_000, 500.0, 1_000.0))
    return np.maximum(np.round(amount / unit) * unit, 100.0).astype(np.int64)


def _first_belief(deals: pd.DataFrame, segment: Ints, rng: np.random.Generator, noise: float) -> Ints:
    """Return the close date that each seller enters with a new deal, mostly too early."""
    weeks = CYCLE[segment] * np.exp(EARLY_BIAS + DATE_SD * noise * rng.standard_normal(len(deals)))
    days = np.maximum(np.round(7 * weeks), 3).astype(np.int64)
    return weekday(deals["entered_0"].to_numpy(dtype=np.int64) + days)


def _stages(deals: pd.DataFrame, belief: Ints, rng: np.random.Generator, noise: float) -> list[pd.DataFrame]:
    """Return one row per stage entered; the first also carries amount and close date."""
    frames = []
    value = deals["value"].to_numpy()
    for stage in range(4):
        entered = deals[f"entered_{stage}"].to_numpy(dtype=np.int64)
        error = AMOUNT_BIAS[stage] + AMOUNT_NOISE[stage] * noise * rng.standard_normal(len(deals))
        guess = rounded(value * np.exp(error))
        amount = np.where(rng.random(len(deals)) < REESTIMATED[stage], guess, KEEP)
        moment = _at(entered, 9, 8, rng)
        close_day = belief if stage == 0 else KEEP
        frame = _rows(deals["deal"].to_numpy(), moment, stage=stage, amount=amount, close_day=close_day)
        frames.append(frame[entered >= 0])
    return frames


def _closings(deals: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    closed, won = deals["closed"].to_numpy(dtype=np.int64), deals["won"].to_numpy()
    frame = _rows(
        deals["deal"].to_numpy(),
        _at(closed, 9, 8, rng),
        stage=np.where(won, WON_STAGE, LOST_STAGE),
        amount=np.where(won, deals["booked"].to_numpy(), KEEP).astype(np.int64),
        close_day=closed,
    )
    return frame[closed >= 0]


def _dates(deals: pd.DataFrame, first: Ints, end: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return the close dates entered later: at weekly looks, passed dates are pushed and late stages corrected."""
    identity, target = deals["deal"].to_numpy(dtype=np.int64), deals["target"].to_numpy()
    until = np.where(deals["closed"] >= 0, deals["closed"], end + 1)
    late = np.where(deals["entered_2"] >= 0, deals["entered_2"], np.iinfo(np.int64).max)
    belief, look = first.copy(), deals["entered_0"].to_numpy(dtype=np.int64).copy()
    frames, alive = [_rows(identity[:0], look[:0], stage=KEEP, amount=KEEP, close_day=KEEP)], np.arange(len(deals))
    while len(alive):
        look[alive] += 7
        alive = alive[look[alive] < until[alive]]
        day, old = look[alive], belief[alive]
        pushed = weekday(day + rng.integers(*PUSH_DAYS, size=len(alive)))
        nearer = weekday(old + np.round(CORRECTION_PULL * (target[alive] - old)).astype(np.int64))
        corrects = (late[alive] <= day) & (rng.random(len(alive)) < CORRECTION) & (nearer > day)
        new = np.where(old < day, pushed, np.where(corrects, nearer, old))
        changed = new != old
        belief[alive] = new
        # before the first meeting of the day, so that it never ties with a change of stage
        moment = _at(day[changed], 8, 1, rng)
        frames.append(_rows(identity[alive[changed]], moment, stage=KEEP, amount=KEEP, close_day=new[changed]))
    return pd.concat(frames, ignore_index=True)
