"""Days as whole numbers since 1970-01-01, the form in which the simulation counts time."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.contracts import FloatArray

IntArray = npt.NDArray[np.int64]

EPOCH = date(1970, 1, 1)


def day_number(day: date) -> int:
    """Return days since 1970-01-01.

    Examples:
        >>> day_number(date(1970, 2, 1))
        31
    """
    return (day - EPOCH).days


def day_numbers(values: pd.Series) -> FloatArray:
    """Return days since 1970-01-01, NaN where `values` is NaT.

    Examples:
        >>> day_numbers(pd.Series(pd.to_datetime(["1970-01-02", None]))).tolist()
        [1.0, nan]
    """
    days = pd.to_datetime(values).to_numpy(dtype="datetime64[D]")
    numbers = days.astype(np.int64).astype(np.float64)
    numbers[np.isnat(days)] = np.nan
    return np.asarray(numbers, dtype=np.float64)


def period_ends(days: IntArray, months: int, fiscal_start_month: int) -> IntArray:
    """Return the last day of the fiscal period of `months` months that contains each day.

    Args:
        days: Days since 1970-01-01.
        months: Length of a period, 1, 3 or 12.
        fiscal_start_month: First month of the fiscal year.

    Examples:
        >>> period_ends(np.array([day_number(date(2020, 5, 31))]), 3, 7).tolist() == [day_number(date(2020, 6, 30))]
        True
    """
    month = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    offset = (month - (fiscal_start_month - 1)) % months
    following = (month - offset + months).astype("datetime64[M]").astype("datetime64[D]")
    return np.asarray(following.astype(np.int64) - 1, dtype=np.int64)
