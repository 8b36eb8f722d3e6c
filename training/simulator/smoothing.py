"""Linear Gaussian smoothing: what noisy observations say about a hidden state that moves by a known law."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.simulator.market import Floats, Mask


@dataclass(frozen=True)
class Smoothed:
    """Posterior of a state with `k` components over `n` moments, for `m` independent series.

    Attributes:
        mean: Given all observations, shape (n, m, k).
        last_mean: At the last moment, shape (m, k).
        last_cov: Its covariance, shape (m, k, k).
    """

    mean: Floats
    last_mean: Floats
    last_cov: Floats


@dataclass(frozen=True)
class Law:
    """How a state moves: `state = memory * state + N(0, noise)`, from a start of mean 0.

    Attributes:
        memory: Share of each component that stays, shape (k,).
        noise: Variance that each gains per step, shape (k,).
        start: Variance of each at the start, shape (k,).
    """

    memory: Floats
    noise: Floats
    start: Floats


def smooth(law: Law, design: Floats, seen: Floats, precision: Floats, fresh: Mask | None = None) -> Smoothed:
    """Return the posterior by a Kalman filter and the smoother of Rauch, Tung and Striebel.

    Args:
        law: Law of motion of every series.
        design: What each of `o` observations adds up, shape (o, k).
        seen: Observations, shape (n, m, o).
        precision: One over the variance of each observation, 0 where there is none, shape (n, m, o).
        fresh: Series that start anew at a moment, shape (n, m).
    """
    n, m, _ = seen.shape
    k = len(law.memory)
    start = np.diag(law.start)
    mean, cov = np.zeros((m, k)), np.broadcast_to(start, (m, k, k)).copy()
    filtered, before = [], []
    for i in range(n):
        if i:
            mean, cov = mean * law.memory, cov * np.outer(law.memory, law.memory) + np.diag(law.noise)
        if fresh is not None:
            mean = np.where(fresh[i][:, None], 0.0, mean)
            cov = np.where(fresh[i][:, None, None], start, cov)
        before.append((mean, cov))
        information = np.einsum("ok,mo,ol->mkl", design, precision[i], design)
        gain = np.linalg.inv(np.linalg.inv(cov) + information)
        residual = precision[i] * (seen[i] - mean @ design.T)
        mean, cov = mean + np.einsum("mkl,ml->mk", gain, residual @ design), gain
        filtered.append((mean, cov))
    path = [filtered[-1][0]]
    for i in range(n - 2, -1, -1):
        (now, now_cov), (ahead, ahead_cov) = filtered[i], before[i + 1]
        back = (now_cov * law.memory) @ np.linalg.inv(ahead_cov)
        step = np.einsum("mkl,ml->mk", back, path[-1] - ahead)
        if fresh is not None:
            step = np.where(fresh[i + 1][:, None], 0.0, step)
        path.append(now + step)
    return Smoothed(np.stack(path[::-1]), *filtered[-1])
