"""Laws of the fact store: what is learned later never changes the past, and the order of rows never matters."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from features.contracts.tables import STORED
from features.history.commit import undo_import
from tests.support.staged import Desk, Row

FIRST = datetime.fromisoformat("2023-01-01")
LAST = datetime.fromisoformat("2026-06-01")
RECEIVED = "2026-01-01"
REPS = ("r1", "r2")
STAGES = ("Demo", "Offer", "Legal")
RULE: dict[str, object] = {"rule": "R1", "grain": "quarter"}
EXAMPLES = settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
    phases=[Phase.generate],
)
Tables = Mapping[str, Sequence[Row]]

hours = st.integers(0, 24 * 400).map(lambda h: FIRST + timedelta(hours=h))
money = st.integers(-2_000, 90_000)


@st.composite
def companies(draw: st.DrawFn) -> dict[str, list[Row]]:
    """Return the canonical rows of a small company with a full change history, its truth in time order."""
    bookings = draw(st.lists(st.tuples(hours, money, st.sampled_from(REPS)), min_size=1, max_size=8))
    deals = [_deal(f"o{i}", *draw(_lives)) for i in range(draw(st.integers(1, 3)))]
    left = draw(st.none() | hours)
    return {
        "reps": [
            {"rep_id": "r1", "name": "Ann", "end_date": None if left is None else left.date().isoformat()},
            {"rep_id": "r2", "name": "Bo"},
        ],
        "bookings": [
            {"booking_id": f"b{i}", "occurred_at": moment.isoformat(), "amount": amount, "rep_id": rep}
            for i, (moment, amount, rep) in enumerate(bookings)
        ],
        "opportunities": [deal for deal, _ in deals],
        "opportunity_changes": [change for _, changes in deals for change in changes],
    }


_lives = st.tuples(
    hours, st.lists(st.tuples(st.integers(0, 3_000), st.sampled_from(STAGES), money), max_size=4), st.booleans()
)


def _deal(name: str, born: datetime, steps: list[tuple[int, str, int]], won: bool) -> tuple[Row, list[Row]]:
    """Return a deal as it stands after all its changes, and the changes, the first of them at its creation."""
    changes: list[Row] = []
    stage, amount, moment = "", 0, born
    for wait, next_stage, next_amount in [(0, "New", 1_000), *steps]:
        moment += timedelta(hours=wait)
        for field, old, new in (("stage", stage, next_stage), ("amount", amount, next_amount)):
            if old != new:
                said = {"field": field, "old": str(old) or None, "new": str(new)}
                changes.append({"opportunity_id": name, "changed_at": moment.isoformat(), **said})
        stage, amount = next_stage, next_amount
    if won:
        moment += timedelta(hours=1)
        said = {"field": "outcome", "old": "open", "new": "won"}
        changes.append({"opportunity_id": name, "changed_at": moment.isoformat(), **said})
    end = {"outcome": "won" if won else "open", "closed_at": moment.isoformat() if won else None}
    row = {"opportunity_id": name, "rep_id": "r1", "created_at": born.isoformat(), "stage": stage, "amount": amount}
    return {**row, **end}, changes


def cut(tables: Tables, day: datetime) -> dict[str, list[Row]]:
    """Return what an export of the end of `day` would have held: no fact that was not known by then."""
    end = day + timedelta(days=1)

    def before(row: Row, column: str, lag: int = 0) -> bool:
        return datetime.fromisoformat(str(row[column])) + timedelta(days=lag) < end

    changes = [row for row in tables["opportunity_changes"] if before(row, "changed_at")]
    deals = [row for row in tables["opportunities"] if before(row, "created_at")]
    opened = {"outcome": "open", "closed_at": None}
    return {
        "reps": [
            {**row, "end_date": None} if row.get("end_date") and not before(row, "end_date") else row
            for row in tables["reps"]
        ],
        "bookings": [row for row in tables["bookings"] if before(row, "occurred_at", 1)],
        "opportunities": [row if row["closed_at"] and before(row, "closed_at") else {**row, **opened} for row in deals],
        "opportunity_changes": changes,
    }


@contextmanager
def desks(*names: str, zone: str = "America/New_York") -> Iterator[list[Desk]]:
    """Yield empty desks in a folder of their own: hypothesis repeats a test within one `tmp_path`."""
    with tempfile.TemporaryDirectory() as folder:
        yield [Desk(Path(folder) / name, calendar={"zone": zone}) for name in names]


def load(desk: Desk, tables: Tables, received: str = RECEIVED, *, source: str = "crm") -> None:
    desk.commit(
        {name: rows for name, rows in tables.items() if rows},
        received,
        grade="A",
        bookings_from_won=True,
        derived_quota_rule=RULE,
        source=source,
    )


def seen(desk: Desk, day: datetime, tables: Sequence[str] = tuple(STORED)) -> dict[str, list[tuple[object, ...]]]:
    """Return everything that can be seen at the end of a day but the identity of the import."""
    return {name: desk.view(day.date().isoformat(), f"{name}_log", *columns_of(name)) for name in tables}


def columns_of(name: str) -> list[str]:
    return [column for column in STORED[name].arrow_schema().names if column != "import_id"]


READ_BY_FEATURES = ("reps", "bookings", "deal_states", "quotas", "opportunity_changes")


@EXAMPLES
@given(companies(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(tables: dict[str, list[Row]], random: object) -> None:
    shuffled = {name: random.sample(rows, len(rows)) for name, rows in tables.items()}  # type: ignore[attr-defined]
    with desks("as-given", "shuffled") as (given_desk, shuffled_desk):
        load(given_desk, tables)
        load(shuffled_desk, shuffled)

        assert seen(given_desk, LAST) == seen(shuffled_desk, LAST)


@EXAMPLES
@given(companies(), hours)
def test_deleting_the_future_leaves_the_past_as_it_was_known(tables: dict[str, list[Row]], day: datetime) -> None:
    with desks("whole", "cut", zone="UTC") as (whole, short):
        load(whole, tables)
        kept = cut(tables, datetime.combine(day, datetime.min.time()))
        load(short, kept)

        assert seen(whole, day, READ_BY_FEATURES) == seen(short, day, READ_BY_FEATURES)


@EXAMPLES
@given(companies(), hours)
def test_two_imports_end_where_one_does(tables: dict[str, list[Row]], day: datetime) -> None:
    with desks("once", "twice") as (once, twice):
        load(once, tables)
        first = cut(tables, datetime.combine(day, datetime.min.time()))
        if first["bookings"]:
            load(twice, first, (day + timedelta(days=2)).isoformat())
        load(twice, tables)

        for table, shown in {
            "bookings": ("booking_id", "rep_id", "occurred_at", "amount", "known_at"),
            "deal_states": ("opportunity_id", "version", "changed_at", "stage", "amount", "outcome"),
            "reps": ("rep_id", "end_date"),
        }.items():
            look = LAST.date().isoformat()
            assert once.view(look, table, *shown) == twice.view(look, table, *shown)


@EXAMPLES
@given(companies(), companies())
def test_undo_restores_and_the_same_again_adds_nothing(
    tables: dict[str, list[Row]], other: dict[str, list[Row]]
) -> None:
    with desks("one") as (desk,):
        load(desk, tables)
        before = seen(desk, LAST)
        load(desk, tables, "2026-02-01", source="the same rows under another name")
        assert seen(desk, LAST) == before
        load(desk, other, "2026-03-01", source="another")
        while len([row for row in desk.log.rows if not row["undone"]]) > 1:
            undo_import(desk.log)

        assert seen(desk, LAST) == before
        assert [row["dataset_version"] for row in desk.log.rows if not row["undone"]] == [desk.log.head()]


@EXAMPLES
@given(companies(), companies())
def test_a_later_import_never_changes_what_deals_looked_like_then(
    tables: dict[str, list[Row]], other: dict[str, list[Row]]
) -> None:
    with desks("one") as (desk,):
        load(desk, tables, "2024-06-01")
        newest = datetime.fromisoformat(str(desk.history().info.metadata["newest_fact_at"]))
        known = {row["opportunity_id"] for row in tables["opportunities"]}
        look = newest - timedelta(days=1)
        before = desk.view(look.date().isoformat(), "deal_states", *columns_of("deal_states"))
        load(desk, other, "2025-06-01", source="another")

        after = desk.view(look.date().isoformat(), "deal_states", *columns_of("deal_states"))
        assert [row for row in after if row[0] in known] == before
