"""Deals as numbers: every feature of an open deal in one fixed order, words replaced by their learned rank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from models.contracts import DEAL_COLUMNS, FloatArray
from models.simulation.days import day_numbers

LABELS = ("won_on", "lost_on", "final_amount", "observed_until")
WORDS = ("stage", "segment", "source")
OWN = ("age", "log_amount", "amount_to_owner_usual", "days_to_expected", "owner_win_effect")
RANK_PSEUDO_DEALS = 20.0
RISING = ("owner_win_effect", "stage")
"""Features that may only raise the chance of a win, whatever the data of a small company says."""


@dataclass(frozen=True)
class DealEncoder:
    """Turns deals into a matrix.

    Attributes:
        numbers: Numeric feature columns taken as they are, in order.
        ranks: Rank of each word per word column, lowest win rate first; unseen words are NaN.
    """

    numbers: tuple[str, ...]
    ranks: Mapping[str, Mapping[str, float]]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the matrix's columns."""
        return (*OWN, *WORDS, *self.numbers)

    def matrix(self, deals: pd.DataFrame, owner_effect: FloatArray, usual_amount: FloatArray) -> FloatArray:
        """Return features of deals.

        Args:
            deals: `DEAL_COLUMNS` and feature columns.
            owner_effect: Win effect of each deal's owner at its as_of, shape (n,).
            usual_amount: Usual amount of each deal's owner at its as_of, currency, shape (n,).

        Returns:
            Shape (n, len(names)), NaN where unknown.
        """
        as_of, amount = day_numbers(deals["as_of"]), deals["amount"].to_numpy(dtype=np.float64)
        log_amount = np.log(np.where(amount > 0, amount, np.nan))
        columns = [
            as_of - day_numbers(deals["created_on"]),
            log_amount,
            log_amount - np.log(np.where(usual_amount > 0, usual_amount, np.nan)),
            day_numbers(deals["expected_close"]) - as_of,
            owner_effect,
        ]
        columns += [self._ranked(deals, word) for word in WORDS]
        columns += [number(deals, name) for name in self.numbers]
        return np.column_stack(columns)

    def _ranked(self, deals: pd.DataFrame, word: str) -> FloatArray:
        ranks = self.ranks[word]
        values = deals[word].astype("object").to_numpy()
        return np.array([ranks.get(value, np.nan) if isinstance(value, str) else np.nan for value in values])


def learn_encoder(deals: pd.DataFrame, won: npt.NDArray[np.bool_]) -> DealEncoder:
    """Return the encoder of deals whose fate is known.

    Args:
        deals: Open deals at past cutoffs with their feature columns.
        won: Whether each was won within a common horizon, shape (n,).
    """
    skip = {*DEAL_COLUMNS, *LABELS}
    numbers = [c for c in deals.columns if c not in skip and c not in OWN and _usable(deals[c])]
    base = float(won.mean()) if len(won) else 0.0
    ranks = {word: _ranks(deals[word], won, base) for word in WORDS}
    return DealEncoder(numbers=tuple(sorted(numbers)), ranks=ranks)


def _ranks(values: pd.Series, won: npt.NDArray[np.bool_], base: float) -> dict[str, float]:
    frame = pd.DataFrame({"word": values.astype("object").to_numpy(), "won": won.astype(np.float64)}).dropna()
    sums = frame.groupby("word", sort=True)["won"].agg(["sum", "count"])
    rate = (sums["sum"] + RANK_PSEUDO_DEALS * base) / (sums["count"] + RANK_PSEUDO_DEALS)
    ordered: Sequence[str] = [str(word) for word in rate.sort_values(kind="stable").index]
    return {word: float(rank) for rank, word in enumerate(ordered)}


def _usable(values: pd.Series) -> bool:
    return bool(is_numeric_dtype(values) or is_bool_dtype(values))


def number(deals: pd.DataFrame, name: str) -> FloatArray:
    """Return a numeric column of deals, shape (n,); NaN where it, or the whole column, is unknown."""
    if name not in deals.columns:
        return np.full(len(deals), np.nan)
    return np.asarray(deals[name].to_numpy(dtype=np.float64, na_value=np.nan), dtype=np.float64)
