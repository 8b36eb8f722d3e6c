"""Soil a clean paper trail: stages skipped or misplaced, losses swept together or forgotten, deals entered twice."""

from __future__ import annotations

import numpy as np
import pandas as pd

from training.simulator.market import Ints, Mask
from training.simulator.organisation import Organisation
from training.simulator.paper_trail import DAY, LOST_STAGE, WON_STAGE, rounded
from training.simulator.switches import Dirt

LATE_LOGGING_DAYS = 5.0
TWIN = 1_000_000_000
"""The number of a deal's second record is that of the deal plus this."""

TWIN_FOUND_DAYS = (3, 45)
TWIN_AMOUNT_SD = 0.1
HANDED_AT, SWEPT_AT = 17 * 3_600 + 1_800, 19 * 3_600


class Soil:
    """The draws that decide which records of one organisation get dirty.

    Every kind has a stream of its own and draws for every deal, so that no switch changes what another one does.
    """

    def __init__(self, org: Organisation) -> None:
        self.org, self.dirt = org, org.settings.dirt
        names = ("skip", "noise", "sweep", "zombie", "twin", "edit", "missing", "late")
        seeds = np.random.SeedSequence([org.settings.seed, 4]).spawn(len(names))
        self._rng = {name: np.random.default_rng(seed) for name, seed in zip(names, seeds, strict=True)}

    def history(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the soiled history of deals.

        Args:
            rows: As of `paper_trail.deal_history`, of any subset of the organisation's deals.

        Returns:
            The same columns; second records of a deal carry its number plus `TWIN`.
        """
        if self.dirt == Dirt():
            return rows
        truth, twins = self.org.truth.deals, self._twins(rows)
        rows = self._swept(self._restaged(rows), truth["seat"].to_numpy(dtype=np.int64))
        rows = pd.concat([rows, self._edits(rows), twins], ignore_index=True)
        return rows.sort_values(["moment", "deal"], kind="stable").reset_index(drop=True)

    def _hit(self, name: str, rate: float) -> Mask:
        """Return which of all deals are hit, shape (n_deals,)."""
        return self._rng[name].random(len(self.org.truth.deals)) < rate

    def _restaged(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the history with recorded stages in place of true ones."""
        count = len(self.org.truth.deals)
        shown = np.tile(np.arange(LOST_STAGE + 1), (count, 1))
        for stage in (1, 2, 3):
            short = self._rng["noise"].random(count) < 0.5
            off = self._hit("noise", self.dirt.stage_noise)
            # nothing lies beyond the last open stage
            shown[off, stage] += np.where(short | (stage == WON_STAGE - 1), -1, 1)[off]
            skipped = self._hit("skip", self.dirt.stage_skipping)
            shown[skipped, stage] = shown[skipped, stage - 1]
        if not max(self.dirt.stage_skipping, self.dirt.stage_noise):
            return rows
        rows = rows.sort_values(["deal", "moment"], kind="stable").reset_index(drop=True)
        rows["stage"] = shown[rows["deal"], rows["stage"]]
        before = rows[["deal", "stage", "amount", "close_day"]].shift()
        changed = (rows[before.columns] != before).any(axis=1)
        return rows[changed].reset_index(drop=True)

    def _swept(self, rows: pd.DataFrame, seat: Ints) -> pd.DataFrame:
        """Return the history with some losses entered in bulk at the quarter's end, and some never."""
        sweeps, zombies = self._hit("sweep", self.dirt.bulk_closing), self._hit("zombie", self.dirt.zombies)
        deal, lost = rows["deal"].to_numpy(), (rows["stage"] == LOST_STAGE).to_numpy()
        rows = rows.assign(moment=rows["moment"], close_day=rows["close_day"])
        late = lost & sweeps[deal]
        day = self._last_workdays(rows.loc[late, "close_day"].to_numpy(dtype=np.int64))
        # everybody clears the desk at a time of their own
        rows.loc[late, "moment"] = day * DAY + SWEPT_AT + seat[deal[late]] % 3_600
        rows.loc[late, "close_day"] = day
        return rows[~(lost & zombies[deal])].reset_index(drop=True)

    def _last_workdays(self, day: Ints) -> Ints:
        """Return the last working day of the quarter of each day."""
        calendar = self.org.calendar
        quarters = range(-calendar.burn_in, len(calendar.recorded))
        ends = np.array([calendar.steps(quarter)[-1].day for quarter in quarters], dtype=np.int64)
        return ends[self.org.quarter_index(day) + calendar.burn_in]

    def _edits(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return one row per won deal whose amount is edited after the win."""
        fates = self.org.fates
        won = rows[(rows["stage"] == WON_STAGE) & (fates.edited[rows["deal"]] >= 0)]
        deal = won["deal"].to_numpy(dtype=np.int64)
        hour = self._rng["edit"].integers(9 * 3_600, 17 * 3_600, size=len(self.org.truth.deals))
        amount = self.org.recorded_amounts[deal].astype(np.int64)
        return won.assign(moment=fates.edited[deal] * DAY + hour[deal], amount=amount)

    def _twins(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the history of second records: entered right after the first, closed as lost when somebody notices."""
        rng, count = self._rng["twin"], len(self.org.truth.deals)
        twice = self._hit("twin", self.dirt.duplicates)
        wait = rng.integers(60, 7_200, size=count)
        found = rng.integers(TWIN_FOUND_DAYS[0], TWIN_FOUND_DAYS[1] + 1, size=count)
        guess = np.exp(TWIN_AMOUNT_SD * rng.standard_normal(count))
        first = rows.sort_values(["deal", "moment"], kind="stable").drop_duplicates("deal")
        first = first[twice[first["deal"]]]
        deal, born = first["deal"].to_numpy(dtype=np.int64), first["moment"].to_numpy(dtype=np.int64)
        amount = rounded(first["amount"].to_numpy(dtype=np.float64) * guess[deal])
        entered = first.assign(deal=deal + TWIN, moment=born + wait[deal], amount=amount)
        closed = self.org.truth.deals["closed"].to_numpy(dtype=np.int64)[deal]
        noticed = born // DAY + found[deal]
        # whoever closes the deal meets its twin
        day = np.where(closed >= 0, np.minimum(noticed, np.maximum(closed, born // DAY + 1)), noticed)
        last = day <= int(self.org.truth.shocks["day"].iloc[-1])
        lost = entered.assign(moment=day * DAY + SWEPT_AT - 3_600, stage=LOST_STAGE, close_day=day)[last]
        return pd.concat([entered, lost], ignore_index=True)

    def activities(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the soiled log of activities: some are missing, some logged late, some by a deal's new owner.

        Args:
            rows: As of `activities.activity_log`.
        """
        if self.dirt == Dirt():
            return rows
        kept = self._rng["missing"].random(len(rows)) >= self.dirt.missing_activities
        late = self._rng["late"].random(len(rows)) < self.dirt.late_logging
        delay = (self._rng["late"].exponential(LATE_LOGGING_DAYS * DAY, len(rows))).astype(np.int64)
        rows = rows.assign(logged=np.where(late, np.maximum(rows["moment"] + delay, rows["logged"]), rows["logged"]))
        deal, moment = rows["deal"].to_numpy(dtype=np.int64), rows["moment"].to_numpy(dtype=np.int64)
        fates, on_deal = self.org.fates, deal >= 0
        passed = on_deal & (fates.handed[deal] >= 0) & (moment >= fates.handed[deal] * DAY + HANDED_AT)
        rows["seat"] = np.where(passed, fates.receiver[deal], rows["seat"])
        return rows[kept].sort_values(["logged", "seat", "deal"], kind="stable").reset_index(drop=True)
