"""Amounts of several currencies from the files of a source to what is known of them as of a day."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from features.history.commit import CommitLimits, commit_import
from tests.features.connectors.support import run, write
from tests.support.staged import Desk

MAPPING = """
currency: USD
rates: {file: r, currency: code, rate: rate, valid_from: since}
files: {f: {path: f.csv}, r: {path: r.csv}}
tables:
  bookings:
    from:
      file: f
      columns: {booking_id: id, rep_id: rep, occurred_at: day, amount: amount, currency: cur}
"""
ORDERS = "id,rep,day,amount,cur\n1,r,2024-01-10,100,EUR\n2,r,2024-01-10,40,USD\n"


def bring(desk: Desk, rate: str, day: int) -> None:
    """Import the orders with one rate on a day of March."""
    source = write(desk.folder / f"s{day}", {"f.csv": ORDERS, "r.csv": f"code,since,rate\nEUR,2024-01-01,{rate}\n"})
    staged = run(source, MAPPING, desk.folder / f"w{day}")
    received = datetime(2024, 3, day, tzinfo=UTC)
    commit_import(staged, desk.store, desk.log, received_at=received, limits=CommitLimits(1, "512MB"))


def test_bookings_are_known_in_one_currency_and_their_origin_beside_them(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    bring(desk, "1.10", 1)

    assert desk.view("2024-02-01", "bookings", "booking_id", "amount", "currency") == [
        ("1", 110.0, "USD"),
        ("2", 40.0, "USD"),
    ]
    assert desk.view("2024-02-01", "original_amounts", "of_key", "amount", "currency", "rate", "rate_from") == [
        ("1", 100.0, "EUR", 1.1, "2024-01-01"),
    ]


def test_a_rate_that_is_corrected_later_never_changes_what_was_known(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    bring(desk, "1.10", 1)
    bring(desk, "1.20", 20)

    assert desk.view("2024-03-19", "bookings", "amount") == [(110.0,), (40.0,)]
    assert desk.view("2024-03-20", "bookings", "amount") == [(120.0,), (40.0,)]
    assert desk.view("2024-03-19", "original_amounts", "rate") == [(1.1,)]
    assert desk.view("2024-03-20", "original_amounts", "rate") == [(1.2,)]
