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
