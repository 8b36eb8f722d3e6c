"""What `bench_features` compares: a scan, our build, a month appended, and an honest pandas version of ten features."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.synthetic_log import MONTHS
from features.assemble import target_table
from features.domain.time import AsOf, add_months
from features.domain.vocabulary import Grade
from features.engines import DuckEngine
from features.history.known import History
from features.history.source import DatasetInfo
from features.increment.build import append, is_current
from features.increment.build import build as build_carrying
from features.increment.carried import load_carried
from features.increment.files import stamps

Ints = npt.NDArray[np.int64]
Answer = dict[str, object]

CUTOFFS = [add_months(date(2021, 1, 1), month + 1) - timedelta(days=1) for month in range(MONTHS)]

SCANNED: dict[str, str] = {
    "activities": "rep_id opportunity_id known_at known_on occurred_on type status deleted import_id",
    "deal_states": "opportunity_id version rep_id stage amount outcome deleted known_at seq known_on "
    "changed_at created_on expected_close",
    "bookings": "booking_id rep_id metric account_id known_at seq known_on occurred_on amount split status deleted",
}
"""The columns that the definitions read."""

TEN = (
    "bookings_28d",
    "bookings_91d",
    "bookings_364d",
    "booking_count_91d",
    "open_deals",
    "open_pipeline",
    "pipeline_age_days",
    "activities_28d",
    "activity_trend",
    "two_way_share",
)
"""The features that the pandas version computes."""


@dataclass(frozen=True)
class ParquetFacts:
    """Logs as one Parquet file per table; a `FactSource`.

    Attributes:
        path: Folder of the files.
    """

    path: Path

    @property
    def info(self) -> DatasetInfo:
        """Facts about the dataset."""
        return DatasetInfo("bench", grade=Grade.A)

    def files(self, table: str) -> Sequence[str]:
        """Return the file of a table."""
        path = self.path / f"{table}.parquet"
        return [str(path)] if path.exists() else []

    def arrow(self, table: str) -> None:
        """Return nothing: everything is on disk."""
        del table


def scan(folder: Path, threads: int) -> None:
    """Read every needed column once; MAX decodes each value, COUNT would be answered from statistics."""
    con = duckdb.connect(config={"threads": threads})
    for table, columns in SCANNED.items():
        wanted = ", ".join(f"MAX({name})" for name in columns.split())
        con.execute(f"SELECT {wanted} FROM '{folder / table}.parquet'").fetchall()


def build(folder: Path, threads: int) -> pa.Table:
    """Build all features of all month cutoffs."""
    with History(ParquetFacts(folder), threads=threads, memory_limit="8GB").known_by(AsOf(CUTOFFS[-1])) as known:
        return target_table(DuckEngine(known.con, threads), CUTOFFS, horizon=CUTOFFS[-1], calendar=known.info.calendar)


def carry(folder: Path, threads: int) -> None:
    """Build all month cutoffs but the last, and leave behind what appending it needs."""
    calendar = ParquetFacts(folder).info.calendar
    history = History(ParquetFacts(folder), threads=threads, memory_limit="8GB")
    with history.known_by(AsOf(CUTOFFS[-2])) as known:
        built = build_carrying(DuckEngine(known.con, threads), CUTOFFS[:-1], calendar=calendar)
    replace(built.carried, files=stamps(history.source)).save(folder / "carried")


def append_month(folder: Path, threads: int) -> pa.Table:
    """Append the last month: read the state, make sure that it is true, build, and write the next state."""
    carried = load_carried(folder / "carried")
    history = History(ParquetFacts(folder), threads=threads, memory_limit="8GB")
    if not is_current(history, carried):
        raise RuntimeError("the carried state does not fit the log; the benchmark would measure something else")
    with history.known_by(AsOf(CUTOFFS[-1])) as known:
        built = append(DuckEngine(known.con, threads), carried, CUTOFFS[-1], calendar=history.info.calendar)
    shutil.rmtree(folder / "carried_next", ignore_errors=True)
    replace(built.carried, files=stamps(history.source)).save(folder / "carried_next")
    return built.targets


def describe(done: object) -> Answer:
    """Return what two runs are compared by: rows, a checksum of every value, totals of the ten features."""
    if isinstance(done, pa.Table):
        current = done.filter(pc.less_equal(done.column("starts_in"), 1))
        sample = {name: _total(current, name) for name in TEN}
        last = done.filter(pc.equal(done.column("as_of_day"), pc.max(done.column("as_of_day"))))
        totals = {"checksum": _checksum(done), "last_month": _checksum(last), "sample": sample}
        return {"rows": done.num_rows, **totals}
    if isinstance(done, pd.DataFrame):
        return {"rows": len(done), "sample": {name: float(done[name].sum()) for name in TEN}}
    return {}


def _total(table: pa.Table, name: str) -> float:
    """Return the sum of a feature over reps and cutoffs; the period that comes next repeats it and is left out."""
    return float(pc.sum(pc.cast(table.column(name), pa.float64())).as_py())


def _checksum(table: pa.Table) -> str:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks(), max_chunksize=65_536)
    return hashlib.sha256(sink.getvalue()).hexdigest()[:16]


def pandas_ten(folder: Path, threads: int) -> pd.DataFrame:
    """Compute ten of the features with vectorised pandas: buckets by searchsorted, sums by group, running sums."""
    del threads
    reps = pd.read_parquet(folder / "reps.parquet", columns=["rep_id"])["rep_id"]
    grid = pd.MultiIndex.from_product([np.sort(reps.to_numpy()), range(len(CUTOFFS))], names=["rep_id", "ix"])
    return pd.DataFrame({**_bookings(folder, grid), **_deals(folder, grid), **_activities(folder, grid)})


def _bucket(days: pd.Series, plus: int = 0) -> Ints:
    ends = np.array(CUTOFFS, dtype="datetime64[D]")
    moved = days.to_numpy().astype("datetime64[D]") + np.timedelta64(plus, "D")
    return np.asarray(np.searchsorted(ends, moved), dtype=np.int64)


def _ledger(
    rep_id: pd.Series, into: Ints, out: Ints, values: Mapping[str, pd.Series], grid: pd.MultiIndex
) -> pd.DataFrame:
    kept = into < out
    plus = pd.DataFrame({"rep_id": rep_id, "ix": into, **values})[kept]
    minus = pd.DataFrame({"rep_id": rep_id, "ix": out, **{name: -value for name, value in values.items()}})[kept]
    moves = pd.concat([plus, minus]).groupby(["rep_id", "ix"]).sum()
    return moves.reindex(grid, fill_value=0).groupby(level="rep_id").cumsum()


def _ones(like: pd.Series) -> pd.Series:
    return pd.Series(1, index=like.index)


def _bookings(folder: Path, grid: pd.MultiIndex) -> dict[str, pd.Series]:
    rows = pd.read_parquet(folder / "bookings.parquet", columns=["rep_id", "known_on", "occurred_on", "amount"])
    values = {"a": rows["amount"].astype(float), "n": _ones(rows["rep_id"])}
    known, found = _bucket(rows["known_on"]), {}
    for days in (28, 91, 364):
        sums = _ledger(rows["rep_id"], known, _bucket(rows["occurred_on"], days), values, grid)
        found[f"bookings_{days}d"] = sums["a"]
        if days == 91:
            found["booking_count_91d"] = sums["n"]
    return found


def _deals(folder: Path, grid: pd.MultiIndex) -> dict[str, pd.Series]:
    columns = ["opportunity_id", "version", "rep_id", "known_on", "created_on", "amount", "outcome"]
    rows = pd.read_parquet(folder / "deal_states.parquet", columns=columns).sort_values(["opportunity_id", "version"])
    after = pd.to_datetime(rows.groupby("opportunity_id", sort=False)["known_on"].shift(-1))
    rows = rows.assign(after=after.fillna(pd.Timestamp("2100-01-01")))
    rows = rows[rows["outcome"] == "open"]
    born = pd.Series(
        pd.to_datetime(rows["created_on"]).to_numpy().astype("datetime64[D]").astype("int64"), index=rows.index
    )
    values = {"n": _ones(born), "a": rows["amount"].astype(float), "born": born}
    sums = _ledger(rows["rep_id"], _bucket(rows["known_on"]), _bucket(rows["after"]), values, grid)
    ends = np.array(CUTOFFS, dtype="datetime64[D]").astype("int64")
    day = ends[sums.index.get_level_values("ix").to_numpy()]
    age = day - sums["born"] / sums["n"].where(sums["n"] > 0)
    return {"open_deals": sums["n"], "open_pipeline": sums["a"], "pipeline_age_days": age}


def _activities(folder: Path, grid: pd.MultiIndex) -> dict[str, pd.Series]:
    rows = pd.read_parquet(folder / "activities.parquet", columns=["rep_id", "known_on", "occurred_on", "type"])
    values = {"n": _ones(rows["rep_id"]), "t": rows["type"].isin(["call", "meeting"]).astype("int64")}
    known = _bucket(rows["known_on"])
    short = _ledger(rows["rep_id"], known, _bucket(rows["occurred_on"], 28), values, grid)
    long = _ledger(rows["rep_id"], known, _bucket(rows["occurred_on"], 91), {"n": values["n"]}, grid)
    return {
        "activities_28d": short["n"],
        "activity_trend": 3.25 * short["n"] / long["n"].where(long["n"] > 0),
        "two_way_share": short["t"] / short["n"].where(short["n"] > 0),
    }


WORK: dict[str, Callable[[Path, int], object]] = {
    "scan": scan,
    "build": build,
    "append": append_month,
    "pandas": pandas_ten,
    "carry": carry,
}
"""Piece of work by name: (folder of the logs, threads) -> what it made."""

MEASURED = ("scan", "build", "append", "pandas")
"""Pieces of work that are compared; `carry` prepares the appending."""
