"""Random streams depend on what they are about and on nothing else."""

from __future__ import annotations

from models.simulation.streams import stream


def test_the_bytes_of_a_stream_are_frozen_so_that_old_forecasts_can_be_replayed() -> None:
    assert stream(7, "rep", "2024-03-31", "r1").random(3).round(6).tolist() == [0.033506, 0.269478, 0.44493]


def test_a_longer_draw_begins_with_the_shorter_one() -> None:
    short = stream(1, "arrivals", "r1").standard_exponential((2, 5))
    long = stream(1, "arrivals", "r1").standard_exponential((9, 5))
    assert (long[:2] == short).all()


def test_names_that_run_together_are_kept_apart() -> None:
    assert stream(1, "ab", "c").random() != stream(1, "a", "bc").random()
