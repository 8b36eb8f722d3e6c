"""SHAP values of the deal model, for the summary that data scientists look at."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import pandas as pd
import shap

from models.contracts import CompanyState, FloatArray

LARGEST = 2000
"""Deals explained at most; a summary needs no more."""


@runtime_checkable
class HasDealModel(Protocol):
    """A forecaster whose open deals are judged by one LightGBM model."""

    def deal_inputs(self, state: CompanyState) -> tuple[object, pd.DataFrame] | None:
        """Return the booster and its named inputs for the state's open deals; None where there is no such model."""
        ...


@dataclass(frozen=True)
class DealShap:
    """SHAP values of open deals.

    Attributes:
        values: Shape (n_deals, n_features), log-odds of a win within the horizon.
        inputs: The same rows' inputs, named.
        base: Expected value, log-odds.
    """

    values: FloatArray
    inputs: pd.DataFrame
    base: float


def deal_shap(model: object, state: CompanyState) -> DealShap | None:
    """Return SHAP values of the state's open deals, or None where the model has no deal model.

    Args:
        model: Fitted forecaster.
        state: Company state whose open deals are explained.
    """
    found = model.deal_inputs(state) if isinstance(model, HasDealModel) else None
    if found is None or found[1].empty:
        return None
    booster, inputs = found
    shown = inputs.iloc[np.linspace(0, len(inputs) - 1, min(LARGEST, len(inputs))).astype(int)].reset_index(drop=True)
    explainer = shap.TreeExplainer(booster)
    with warnings.catch_warnings():
        # shap announces a change of its own output that came before the versions we allow.
        warnings.filterwarnings("ignore", message="LightGBM binary classifier with TreeExplainer")
        values = np.asarray(explainer.shap_values(shown.to_numpy(dtype=np.float64)), dtype=np.float64)
    return DealShap(values=values, inputs=shown, base=float(np.ravel(explainer.expected_value)[0]))
