"""Delimited text: the fast and the strict reader see the same rows on the same lines."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from features.connectors.readers.csv_text import TextShape, read_csv, read_header
from features.connectors.readers.scan import TextScan, scan_text

FIELD = st.text(st.sampled_from('ab ",\n;é销'), max_size=6)
ROWS = st.lists(st.tuples(FIELD, FIELD, FIELD), min_size=1, max_size=30)


def read(text: str, *, block_bytes: int = 1 << 20, strict: bool = False) -> list[tuple[int, tuple[str, ...]]]:
    """Return lines and rows of a text with a header of three columns."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "f.csv"
        path.write_text(text, encoding="utf-8", newline="")
        scan = scan_text(path, declared="utf-8", delimiter=",", work_dir=Path(folder))
        if strict:
            scan = TextScan(scan.path, scan.encoding, scan.embedded, irregular=True)
        shape = TextShape(",", header=True, columns=(), skip_rows=0, block_bytes=block_bytes)
        found = []
        for chunk in read_csv(scan, shape, read_header(scan, shape)):
            assert chunk.bad == ()
            rows = zip(*(column.to_pylist() for column in chunk.table.columns), strict=True)
            found += list(zip(chunk.lines.tolist(), rows, strict=True))
        return found


@settings(deadline=None, max_examples=60)
@given(ROWS)
def test_what_the_csv_module_writes_is_read_back_on_its_lines(rows: list[tuple[str, str, str]]) -> None:
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(("x", "y", "z"))
    expected = []
    for row in rows:
        line = target.getvalue().count("\n") + 1
        writer.writerow(row)
        if any(row):
            expected.append((line, row))

    assert read(target.getvalue()) == expected
    assert read(target.getvalue(), strict=True) == expected


def test_small_blocks_give_the_same_rows() -> None:
    text = "x,y,z\n" + "".join(f'{i},"a\nb",{i * 2}\n' for i in range(500))

    assert read(text, block_bytes=2048) == read(text, strict=True)
    assert read(text)[-1] == (1000, ("499", "a\nb", "998"))
