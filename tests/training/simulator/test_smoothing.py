"""The smoother is exact: it gives what conditioning the joint Gaussian of all moments gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.simulator.market import Floats
from training.simulator.smoothing import Law, smooth


def test_one_observation_of_equal_precision_meets_the_prior_half_way() -> None:
    law = Law(memory=np.array([1.0]), noise=np.array([0.0]), start=np.array([4.0]))
    found = smooth(law, np.array([[1.0]]), np.array([[[3.0]]]), np.array([[[0.25]]]))
    # prior N(0, 4), observation 3 with variance 4: mean 1.5, variance 2
    assert found.last_mean[0, 0] == pytest.approx(1.5)
    assert found.last_cov[0, 0, 0] == pytest.approx(2.0)


def conditioned(law: Law, design: Floats, seen: Floats, precision: Floats) -> tuple[Floats, Floats]:
    """Mean of all states and covariance of the last, from the joint covariance over all moments of one series."""
    n, k = len(seen), len(law.memory)
    cov = np.zeros((n, k, n, k))
    block = np.diag(law.start)
    for i in range(n):
        if i:
            block = block * np.outer(law.memory, law.memory) + np.diag(law.noise)
        ahead = block
        for j in range(i, n):
            cov[j, :, i, :], cov[i, :, j, :] = ahead, ahead.T
            ahead = law.memory[:, None] * ahead
    flat = cov.reshape(n * k, n * k)
    reading = np.kron(np.eye(n), design)
    total = reading @ flat @ reading.T + np.diag(1.0 / precision.ravel())
    gain = flat @ reading.T @ np.linalg.inv(total)
    left = flat - gain @ reading @ flat
    return (gain @ seen.ravel()).reshape(n, k), left[-k:, -k:]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 6))
def test_the_smoother_gives_what_joint_conditioning_gives(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    law = Law(memory=np.array([1.0, 0.8]), noise=np.array([0.0, 0.3]), start=np.array([0.5, 0.9]))
    design = np.array([[1.0, 1.0], [0.0, 1.0]])
    seen, precision = rng.standard_normal((n, 2)), rng.uniform(0.2, 3.0, (n, 2))
    mean, cov = conditioned(law, design, seen, precision)
    found = smooth(law, design, seen[:, None, :], precision[:, None, :])
    np.testing.assert_allclose(found.mean[:, 0], mean, atol=1e-9)
    np.testing.assert_allclose(found.last_cov[0], cov, atol=1e-9)


def test_a_series_that_starts_anew_forgets_and_tells_nothing_back() -> None:
    law = Law(memory=np.array([0.9]), noise=np.array([0.1]), start=np.array([1.0]))
    seen, precision = np.array([5.0, 5.0, 1.0, 1.0]).reshape(4, 1, 1), np.ones((4, 1, 1))
    fresh = np.array([[False], [False], [True], [False]])
    whole = smooth(law, np.array([[1.0]]), seen, precision, fresh)
    for part in (slice(0, 2), slice(2, 4)):
        alone = smooth(law, np.array([[1.0]]), seen[part], precision[part])
        np.testing.assert_allclose(whole.mean[part], alone.mean)


def test_without_observations_the_prior_stands() -> None:
    law = Law(memory=np.array([0.5]), noise=np.array([0.75]), start=np.array([1.0]))
    found = smooth(law, np.array([[1.0]]), np.full((5, 2, 1), 9.0), np.zeros((5, 2, 1)))
    assert not found.mean.any()
    # 0.25 x 1 + 0.75 = 1: the start is the long run
    assert found.last_cov[:, 0, 0] == pytest.approx(1.0)
