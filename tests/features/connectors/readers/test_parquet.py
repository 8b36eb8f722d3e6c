"""Parquet: every type as text that loses nothing, and damage named wherever in the file it is."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.connectors.misfits import Misfit
from features.connectors.readers.parquet import column_text, open_parquet


@pytest.mark.parametrize(
    ("column", "texts"),
    [
        (pa.array([1, None]), ["1", ""]),
        (pa.array([0.1, 3.0, None]), ["0.1", "3", ""]),
        (pa.array(["a", "b", "a"]).dictionary_encode(), ["a", "b", "a"]),
        (pa.array([True, None]), ["true", ""]),
        (pa.array([Decimal("12.50")]), ["12.50"]),
        (pa.array([date(2024, 2, 29)]), ["2024-02-29"]),
        (pa.array([datetime(2024, 2, 29, 8, tzinfo=UTC)]), ["2024-02-29 08:00:00+00:00"]),
        (pa.array([{"a": 1}]), ['{"a": 1}']),
        (pa.array([4_000_000], pa.date32()), ["date32[day] 4000000"]),
        (pa.array([2**62], pa.timestamp("us")), [f"timestamp[us] {2**62}"]),
    ],
)
def test_each_type_becomes_text(column: pa.Array, texts: list[str]) -> None:
    assert column_text(column).to_pylist() == texts


def damaged(tmp_path: Path, at: float) -> Path:
    """Return a Parquet file some of whose bytes are overwritten, at a share of its length."""
    stream = io.BytesIO()
    pq.write_table(pa.table({"id": [str(n) for n in range(100_000)]}), stream)
    data = bytearray(stream.getvalue())
    start = int(len(data) * at)
    data[start : start + 3000] = b"\xff" * 3000
    path = tmp_path / "f.parquet"
    path.write_bytes(bytes(data))
    return path


def test_damage_in_the_middle_is_named_when_the_rows_are_read(tmp_path: Path) -> None:
    _, chunks = open_parquet(damaged(tmp_path, 0.4), name="deals.parquet")

    with pytest.raises(Misfit, match=r"deals\.parquet is no readable Parquet file: .*; write it again"):
        list(chunks)


def test_a_file_that_is_none_is_named_at_once(tmp_path: Path) -> None:
    path = tmp_path / "f.parquet"
    path.write_bytes(b"PAR1 and nothing more")

    with pytest.raises(Misfit, match=r"f\.parquet is no readable Parquet file"):
        open_parquet(path)
