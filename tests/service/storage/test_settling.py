"""A period's result is asked for once it is final, and kept once, whatever waits for it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Column, Engine, Float, MetaData, String, Table, create_engine, insert, select

from service.storage.settling import TARGET, keep_outcomes, targets_without_outcome

DATA = MetaData()
WAITING = Table("waiting", DATA, *(Column(name, String(40)) for name in TARGET), Column("note", String(10)))
KEPT = Table(
    "kept",
    DATA,
    *(Column(name, String(40), primary_key=True) for name in TARGET),
    Column("attained", Float),
    Column("settled_on", String(10)),
)
FINAL = date(2024, 4, 10)


def target(rep: str, end: str = "2024-03-31") -> dict[str, str]:
    return {"rep_id": rep, "period_start": "2024-01-01", "period_end": end, "metric": "revenue"}


@pytest.fixture
def engine() -> Engine:
    found = create_engine("sqlite://")
    DATA.create_all(found)
    with found.begin() as connection:
        rows = [target("b"), target("a"), target("a"), target("c", end="2024-06-30")]
        connection.execute(insert(WAITING), [{**row, "note": "n"} for row in rows])
    return found


def test_nothing_is_final_before_its_ten_days_are_over(engine: Engine) -> None:
    assert targets_without_outcome(engine, WAITING, KEPT, date(2024, 4, 9)) == []
    assert targets_without_outcome(engine, WAITING, KEPT, FINAL) == [target("a"), target("b")]


def test_what_is_kept_is_not_asked_for_again(engine: Engine) -> None:
    keep_outcomes(engine, KEPT, [target("a")], [70.0], FINAL)
    assert targets_without_outcome(engine, WAITING, KEPT, FINAL) == [target("b")]
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(select(KEPT.c.rep_id, KEPT.c.attained, KEPT.c.settled_on))]
    assert rows == [("a", 70.0, "2024-04-10")]


def test_keeping_nothing_writes_nothing(engine: Engine) -> None:
    keep_outcomes(engine, KEPT, [], [], FINAL)
    with engine.connect() as connection:
        assert connection.execute(select(KEPT)).all() == []


def test_every_target_needs_its_amount(engine: Engine) -> None:
    with pytest.raises(ValueError, match="shorter"):
        keep_outcomes(engine, KEPT, [target("a"), target("b")], [1.0], FINAL)
