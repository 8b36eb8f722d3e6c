"""DuckDB and PostgreSQL run the same text: identical NULLs and money, floats equal to 1e-9."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pyarrow as pa
import pytest

from features.assemble import Frames, assemble
from features.domain.errors import UsageError
from features.domain.time import AsOf
from features.domain.vocabulary import Grade
from features.engine_postgres import PostgresEngine, assemble_in_postgres
from tests.support.companies import CompanyPlan, toy_history
from tests.support.engines import FRAMES, assert_same
from tests.support.postgres import postgres_url

psycopg = pytest.importorskip("psycopg")
pytestmark = pytest.mark.postgres

CUTOFFS = [date(2022, 3, 31), date(2022, 7, 14), date(2022, 12, 31), date(2023, 5, 20)]


@pytest.fixture(scope="module")
def connection() -> Iterator[object]:
    with postgres_url() as url, psycopg.connect(url) as session:
        yield session


def both(connection: object, grade: Grade) -> tuple[Frames, Frames]:
    plan = CompanyPlan(n_reps=6, grade=grade)
    with toy_history(plan).known_by(AsOf(date(2023, 6, 30))) as known:
        return assemble(known, CUTOFFS), assemble_in_postgres(known, connection, CUTOFFS)  # type: ignore[arg-type]


@pytest.mark.parametrize("grade", list(Grade))
def test_both_engines_give_the_same_frames(connection: object, grade: Grade) -> None:
    ours, theirs = both(connection, grade)
    assert len(ours.targets) > 50
    for name in FRAMES:
        assert_same(getattr(ours, name), getattr(theirs, name))


def test_a_type_that_postgres_is_not_given_is_named(connection: object) -> None:
    engine = PostgresEngine(connection)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="column nested has type"):
        engine.load("strange", pa.table({"nested": [[1]]}))
