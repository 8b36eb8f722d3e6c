"""How Salesforce writes values in a CSV export: 18-character ids, moments in UTC, days, booleans and picklists."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike


def identifiers(prefix: str, number: ArrayLike) -> pd.Series[str]:
    """Return 18-character record ids.

    Examples:
        >>> identifiers("006", [0, 41]).tolist()
        ['006000000000000001', '006000000000000042']
    """
    numbers = np.asarray(number, dtype=np.int64) + 1
    return pd.Series([f"{prefix}{value:015d}" for value in numbers.tolist()], dtype="str")


def moments(seconds: ArrayLike) -> pd.Series[str]:
    """Return moments as Salesforce writes them.

    Examples:
        >>> moments([1_617_199_500]).tolist()
        ['2021-03-31T14:05:00.000+0000']
    """
    stamps = np.asarray(seconds, dtype=np.int64).astype("datetime64[s]")
    return pd.Series(np.datetime_as_string(stamps, unit="ms"), dtype="str") + "+0000"


def days(number: ArrayLike) -> pd.Series[str]:
    """Return days in ISO form.

    Examples:
        >>> days([18_717]).tolist()
        ['2021-03-31']
    """
    stamps = np.asarray(number, dtype=np.int64).astype("datetime64[D]")
    return pd.Series(np.datetime_as_string(stamps), dtype="str")


def booleans(flag: ArrayLike) -> pd.Series[str]:
    """Return `true` and `false`.

    Examples:
        >>> booleans([True, False]).tolist()
        ['true', 'false']
    """
    return picked(("false", "true"), np.asarray(flag, dtype=np.int64))


def picked(choices: Sequence[str], index: ArrayLike) -> pd.Series[str]:
    """Return the choice of each index.

    Examples:
        >>> picked(("Call", "Email"), [1, 0]).tolist()
        ['Email', 'Call']
    """
    return pd.Series(np.asarray(choices, dtype=object)[np.asarray(index, dtype=np.int64)], dtype="str")
