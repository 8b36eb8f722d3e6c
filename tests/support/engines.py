"""Comparing what two engines make of the same facts: identical NULLs and money, floats equal to 1e-9."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from features.assemble import assemble
from features.definitions.registry import load_features
from features.domain.time import AsOf
from features.engine_postgres import assemble_in_postgres
from features.history.known import History
from tests.support.postgres import postgres_url

MONEY = {f.name for f in load_features() if f.unit == "currency" and f.name != "won_deal_size"}
EXACT = MONEY | {"quota", "attained", "amount"}
FRAMES = ("targets", "deals", "bookings", "lifecycles", "reps", "team_quotas")


def assert_same(left: pd.DataFrame, right: pd.DataFrame) -> None:
    """Two frames agree: the same columns, rows, NULLs and money; other floats to 1e-9 relative."""
    assert list(left.columns) == list(right.columns)
    assert len(left) == len(right)
    for name in left.columns:
        ours, theirs = left[name], right[name]
        assert (ours.isna() == theirs.isna()).all(), f"{name}: other NULLs"
        if ours.dtype.kind == "f" and name not in EXACT:
            np.testing.assert_allclose(ours.to_numpy(float), theirs.to_numpy(float), rtol=1e-9, err_msg=name)
        else:
            assert ours.dropna().tolist() == theirs.dropna().tolist(), name


def assert_engines_agree(history: History, as_of: date, *, back: int) -> None:
    """All frames of a company at `as_of` and `back` quarters before agree between DuckDB and PostgreSQL."""
    psycopg = pytest.importorskip("psycopg")
    cutoffs = [as_of - timedelta(days=91 * step) for step in range(back + 1)]
    moment = AsOf(as_of, history.info.calendar.zone)
    with postgres_url() as url, psycopg.connect(url) as session, history.known_by(moment) as known:
        ours, theirs = assemble(known, cutoffs), assemble_in_postgres(known, session, cutoffs)
    assert len(ours.targets) > 0
    for name in FRAMES:
        assert_same(getattr(ours, name), getattr(theirs, name))
