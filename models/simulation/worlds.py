"""The draws behind one rep's worlds, numpy alone, so that the web process can draw the served worlds again.

Each draw has its own stream, so that a deal that is added, lost or made larger changes nothing about the others: an
answer to "what if" sees the same luck as the forecast (common random numbers).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.simulation.streams import stream

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

N_RESIDUALS = 201
"""Points of every quantile grid of log-residuals."""


def shock(generator: np.random.Generator, sd: float, n_paths: int) -> Floats:
    """Return a log-normal factor per world with mean 1, shape (n_paths,)."""
    return np.asarray(np.exp(sd * generator.standard_normal(n_paths) - sd * sd / 2.0), dtype=np.float64)


def deal_draws(seed: int, as_of: str, opportunity_id: str, n_paths: int) -> tuple[Floats, Ints]:
    """Return the clock of an open deal in each world, and which residual its amount takes, shape (n_paths,) each."""
    draw = stream(seed, "deal", as_of, opportunity_id)
    return draw.standard_exponential(n_paths), draw.integers(0, N_RESIDUALS, n_paths)


def new_pace(own: np.random.Generator, spread: float, shared: Floats) -> Floats:
    """Return the speed of a rep's unborn wins in each world, shape (n_paths,).

    Args:
        own: The rep's own stream, after its shock was drawn.
        spread: Variance of the factor by which a rep's wins differ from what is expected.
        shared: Product of all shocks, shape (n_paths,).
    """
    shape = 1.0 / max(spread, 1e-6)
    return np.asarray(shared * own.standard_gamma(shape, len(shared)) / shape, dtype=np.float64)


def new_level(own: np.random.Generator, doubt: float, n_paths: int) -> Floats:
    """Return the log-level of a rep's new amounts in each world, shape (n_paths,); drawn after `new_pace`."""
    return np.asarray(doubt * own.standard_normal(n_paths) - doubt**2 / 2.0, dtype=np.float64)


def new_draws(seed: int, as_of: str, rep_id: str, most: float, n_paths: int) -> tuple[Floats, Ints]:
    """Return summed clocks of unborn wins one after the other, and which residual each takes, shape (k, n_paths).

    Args:
        seed: User seed.
        as_of: ISO day.
        rep_id: The rep.
        most: Wins expected in the fastest world; more rows change nothing about the first ones.
        n_paths: Number of worlds.
    """
    size = (int(np.ceil(most + 6.0 * np.sqrt(most) + 6.0)), n_paths)
    clocks = np.cumsum(stream(seed, "arrivals", as_of, rep_id).standard_exponential(size), axis=0)
    return clocks, stream(seed, "sizes", as_of, rep_id).integers(0, N_RESIDUALS, size)
