"""`FeatureArchive`: targets of many cutoffs kept in a folder; when facts arrive, only what they change is built."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import feather

from features.domain.errors import UsageError
from features.domain.time import AsOf
from features.engines import DuckEngine
from features.grids import day_number
from features.history.known import History
from features.increment.build import Built, append, build, is_current
from features.increment.carried import Carried, load_carried
from features.increment.files import stamps


@dataclass(frozen=True)
class FeatureArchive:
    """Targets with all features, one file per cutoff, and the states that let cutoffs be appended.

    One process may write at a time. Everything in the folder can be made again from the facts: remove it at will.

    Attributes:
        folder: Where the files stand; made when it is first needed.
        keep: How many of the last states stay. A fact that arrives late takes the archive back to the last state
            before it, and costs as many appends; without such a state everything is built anew.
    """

    folder: Path
    keep: int = 3

    def update(self, history: History, cutoffs: Sequence[date]) -> pa.Table:
        """Bring the archive up to these facts and cutoffs, and return the targets at all of them.

        Args:
            history: The facts; nothing known after a cutoff is read for it.
            cutoffs: Days whose ends are the moments of knowledge, in any order.

        Returns:
            Rows as `assemble.target_table` gives them for the same facts and cutoffs, to the last bit.

        Raises:
            UsageError: There is no cutoff.
        """
        wanted = sorted(set(cutoffs))
        if not wanted:
            raise UsageError("the feature archive was asked for no cutoff; give at least one day")
        state = self._newest_true(history, wanted)
        self._forget_after(state.cutoff if state else None)
        if state is None:
            state = self._rebuild(history, wanted[: max(1, len(wanted) - self.keep)])
        for day in wanted:
            if day > state.cutoff:
                state = self._append(history, state, day)
        self._prune()
        return pa.concat_tables([feather.read_table(str(self._rows(day))) for day in wanted]).combine_chunks()

    def states(self) -> list[date]:
        """Return the cutoffs after which something can be appended, oldest first."""
        return sorted(date.fromisoformat(path.parent.name) for path in self.folder.glob("carried/*/carried.json"))

    def _newest_true(self, history: History, wanted: Sequence[date]) -> Carried | None:
        usable = [day for day in self.states() if day in wanted and self._has_rows(wanted, day)]
        states = (load_carried(self._state(day)) for day in reversed(usable))
        return next((state for state in states if is_current(history, state)), None)

    def _has_rows(self, wanted: Sequence[date], until: date) -> bool:
        return all(self._rows(day).exists() for day in wanted if day <= until)

    def _rebuild(self, history: History, cutoffs: Sequence[date]) -> Carried:
        calendar = history.info.calendar
        with history.known_by(AsOf(cutoffs[-1], calendar.zone)) as known:
            built = build(DuckEngine(known.con, known.threads), cutoffs, calendar=calendar)
        for day in cutoffs:
            at_day = pc.equal(built.targets.column("as_of_day"), day_number(day))
            self._write_rows(day, built.targets.filter(at_day))
        return self._write_state(built, history)

    def _append(self, history: History, state: Carried, cutoff: date) -> Carried:
        calendar = history.info.calendar
        with history.known_by(AsOf(cutoff, calendar.zone)) as known:
            built = append(DuckEngine(known.con, known.threads), state, cutoff, calendar=calendar)
        self._write_rows(cutoff, built.targets)
        return self._write_state(built, history)

    def _write_rows(self, day: date, rows: pa.Table) -> None:
        self._rows(day).parent.mkdir(parents=True, exist_ok=True)
        feather.write_feather(rows.combine_chunks(), str(self._rows(day)), compression="lz4")

    def _write_state(self, built: Built, history: History) -> Carried:
        state = replace(built.carried, files=stamps(history.source))
        shutil.rmtree(self._state(state.cutoff), ignore_errors=True)
        return state.save(self._state(state.cutoff))

    def _forget_after(self, cutoff: date | None) -> None:
        """Remove rows and states after a cutoff, or all of them: facts that came late have made them untrue."""
        for path in (*self.folder.glob("carried/*"), *self.folder.glob("targets/*")):
            if cutoff is None or date.fromisoformat(path.stem) > cutoff:
                _remove(path)

    def _prune(self) -> None:
        for day in self.states()[: -self.keep]:
            _remove(self._state(day))

    def _rows(self, day: date) -> Path:
        return self.folder / "targets" / f"{day.isoformat()}.arrow"

    def _state(self, day: date) -> Path:
        return self.folder / "carried" / day.isoformat()


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
