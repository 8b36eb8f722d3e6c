"""Amounts whose point groups thousands: said of a whole column, never of amounts that only look like it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.features.connectors.support import run, write

BOOKINGS = """
files: {f: {path: f.csv}}
tables:
  bookings: {from: {file: f, columns: {booking_id: id, rep_id: rep, occurred_at: day, amount: n}}}
"""


def remarks(amounts: list[str], folder: Path, lang: str = "en", mapping: str = BOOKINGS) -> list[str]:
    """Return what the report of an import of these bookings says of grouping."""
    rows = "".join(f'{number},r,2024-01-02,"{amount}"\n' for number, amount in enumerate(amounts))
    staged = run(write(folder / "s", {"f.csv": "id,rep,day,n\n" + rows}), mapping, folder / "w")
    told = [remark.told(lang) for remark in staged.report.remarks]
    return [text for text in told if "`decimal: ','`" in text]


GROUPED = ["12.345", "1.234", "-3.451", "870", "99.999", "2.502", "7.113", "4.444", "5.251", "6.020", "8.765", "1.001"]


def test_a_column_of_grouped_thousands_is_told_with_an_example_and_the_mend(tmp_path: Path) -> None:
    (told,) = remarks(GROUPED, tmp_path)

    assert told.startswith("bookings.amount: 10 of 11 values with a point have three digits behind it (such as 1.001)")


def test_it_is_told_in_chinese(tmp_path: Path) -> None:
    (told,) = remarks(GROUPED, tmp_path, "zh")

    assert "读小了一千倍" in told


@pytest.mark.parametrize(
    "amounts",
    [
        [*GROUPED, "1500.50"],  # nobody groups the small ones alone
        [*GROUPED, "1.2345"],  # four digits are no group
        [f"{number}.{number % 10}{digit}" for number in range(10, 40) for digit in ("", "5", "55")],  # any length
        [f"{number}.50" for number in range(30)],
        GROUPED[:6],  # too few to tell
        ["1", "2"] * 20,
    ],
)
def test_what_only_looks_like_it_is_left_alone(amounts: list[str], tmp_path: Path) -> None:
    assert remarks(amounts, tmp_path) == []


def test_a_declared_decimal_sign_settles_it(tmp_path: Path) -> None:
    mapping = BOOKINGS.replace("amount: n", "amount: {column: n, decimal: ','}")

    assert remarks(GROUPED, tmp_path, mapping=mapping) == []
