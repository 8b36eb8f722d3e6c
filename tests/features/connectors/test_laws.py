"""Laws of staging: the order of rows, and how they are spread over files and blocks, never changes what is staged."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from features.connectors.mapping import parse_mapping
from features.connectors.settings import IngestSettings
from features.connectors.stage import stage
from tests.features.connectors.support import HEAD, rows, write

MAPPING = """
files: {f: {path: "*.csv"}}
tables:
  bookings:
    from:
      - file: f
        columns: {booking_id: {concat: [o, p], occurrence: true}, rep_id: r, occurred_at: d, amount: a}
"""
LINES = st.lists(
    st.tuples(
        st.integers(1, 3), st.sampled_from("xy"), st.sampled_from(["r1", "r2"]), st.integers(1, 28), st.integers(-9, 9)
    ),
    min_size=1,
    max_size=12,
)


def content(files: list[list[str]], block_bytes: int) -> set[tuple[object, ...]]:
    """Return what is staged from some files, without its origin."""
    with tempfile.TemporaryDirectory() as folder:
        texts: dict[str, str | bytes] = {f"{i}.csv": "o,p,r,d,a\n" + "".join(part) for i, part in enumerate(files)}
        source, work = write(Path(folder) / "s", texts), Path(folder) / "w"
        work.mkdir()
        limits = IngestSettings(block_bytes=block_bytes)
        staged = stage(source, parse_mapping(HEAD + MAPPING, origin="m"), work, partial=False, settings=limits)
        return {(r["booking_id"], r["rep_id"], r["occurred_at"], r["amount"]) for r in rows(staged, "bookings")}


@settings(deadline=None, max_examples=8)
@given(LINES, st.randoms(use_true_random=False), st.integers(0, 12))
def test_shuffling_and_splitting_the_input_changes_nothing(
    lines: list[tuple[object, ...]], chance: object, cut: int
) -> None:
    texts = [f"{o},{p},{r},2024-01-{d:02},{a}\n" for o, p, r, d, a in lines]
    shuffled = list(texts)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]

    assert content([texts], 1 << 20) == content([shuffled[:cut], shuffled[cut:]], 2048)
