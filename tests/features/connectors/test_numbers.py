"""Numbers: what was written is what is read, to the last digit, and nothing ambiguous is believed."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.connectors.numbers import NumberStyle, parse_number, to_money, to_number

AMOUNTS = st.decimals(min_value=-(10**12), max_value=10**12, places=4, allow_nan=False, allow_infinity=False)


@settings(deadline=None)
@given(AMOUNTS)
def test_plain_amounts_come_back_exactly(amount: Decimal) -> None:
    values, faults = to_money(pa.array([format(amount, "f"), None]), NumberStyle())

    assert values.to_pylist() == [amount, None]
    assert faults == {}


@settings(deadline=None)
@given(AMOUNTS)
def test_grouped_amounts_come_back_exactly_in_both_conventions(amount: Decimal) -> None:
    english = f"{amount:,.4f}"
    german = english.replace(",", "_").replace(".", ",").replace("_", ".")

    assert parse_number(english, NumberStyle()) == amount
    assert parse_number(german, NumberStyle(decimal=",")) == amount


@pytest.mark.parametrize(
    "text",
    [
        "1,23",
        "12,3456",
        "1,2345.6",
        "1.234.567",
        "",
        "-",
        "+",
        ".",
        "1e9999",
        "٣",
        "５²",
        "½",
        "12k",
        "1.2 M",
        "5 CR",
        "1,23,45",
        "12,34,5678",
    ],
)
def test_text_that_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"plain number|believed|number out"):
        parse_number(text, NumberStyle())


def test_the_decimal_comma_is_proposed_where_it_would_help() -> None:
    with pytest.raises(ValueError, match="decimal: ','"):
        parse_number("1.234,56", NumberStyle())


def test_a_unit_in_the_cell_and_a_scale_in_the_mapping_contradict() -> None:
    with pytest.raises(ValueError, match="names its own unit"):
        parse_number("3万", NumberStyle(scale=Decimal(10_000)))


def test_only_the_bad_rows_are_refused() -> None:
    values, faults = to_money(pa.array(["1", "x", "2", "x"]), NumberStyle())

    assert values.to_pylist() == [Decimal(1), None, Decimal(2), None]
    assert sorted(faults) == [1, 3]


def test_amounts_are_rounded_half_to_even_at_four_places() -> None:
    values, _ = to_money(pa.array(["0.00005", "0.00015", "0.30000000000000004"]), NumberStyle())

    assert values.to_pylist() == [Decimal("0.0000"), Decimal("0.0002"), Decimal("0.3000")]


def test_floats_are_read_by_the_same_rules() -> None:
    values, faults = to_number(pa.array(["0,5", None]), NumberStyle(decimal=","))

    assert (values.to_pylist(), faults) == ([0.5, None], {})


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("１，２３４．５", "1234.5"),
        ("−5", "-5"),
        ("–5", "-5"),
        ("（5）", "-5"),
        ("1.2億", "120000000.0"),
        ("12.5萬", "125000.0"),
        ("12万元", "120000"),
        ("人民币5", "5"),
        ("US$1,234", "1234"),
        ("HK$ 5", "5"),
        ("-R$5", "-5"),
        ("5 kr", "5"),
        ("Fr. 5", "5"),
        ("5 zł", "5"),
        ("12,34,567", "1234567"),
        ("1,00,000.50", "100000.50"),
    ],
)
def test_signs_of_many_countries_are_understood(text: str, number: str) -> None:
    assert parse_number(text, NumberStyle()) == Decimal(number)


def test_curly_apostrophes_are_the_straight_ones() -> None:
    assert parse_number("1’234’567.50", NumberStyle(thousands="'")) == Decimal("1234567.50")


def test_narrow_blanks_of_french_numbers_are_blanks() -> None:
    assert parse_number("1\u202f234\u00a0567,5", NumberStyle(decimal=",", thousands=" ")) == Decimal("1234567.5")


def test_a_percentage_is_a_share_and_no_amount() -> None:
    shares, no_faults = to_number(pa.array(["50%", "12.5 %", "0.3"]), NumberStyle())
    _, faults = to_money(pa.array(["50%"]), NumberStyle())

    assert (shares.to_pylist(), no_faults) == ([0.5, 0.125, 0.3], {})
    assert faults == {0: "a percentage is no amount; map the column that holds the amount itself"}


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("1’234", 'set `thousands: "\'"`'),
        ("12k", "write the number out"),
        ("5" * 3_000_000, "look for a missing quote or delimiter"),
        ("n/k", "list the text under `nulls:`"),
    ],
)
def test_the_mend_fits_the_text(text: str, mend: str) -> None:
    with pytest.raises(ValueError, match=mend):
        parse_number(text, NumberStyle())
