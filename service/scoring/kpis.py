"""The KPIs of a scorecard: registry features with this rep's value beside the middle of similar reps."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from features.definitions.registry import load_features
from models.contracts import FloatArray
from models.explain.peers import PeerGroups, group_quantile
from service.scoring.documents import KpiDoc, Text
from service.scoring.forecast_docs import number


def kpi_references(targets: pd.DataFrame, peers: PeerGroups) -> dict[str, FloatArray]:
    """Return the middle of each feature among similar reps, one value per target; NaN where there are too few.

    Args:
        targets: Targets with their features.
        peers: Groups of the same targets.
    """
    return {
        feature.name: group_quantile(targets[feature.name].to_numpy(dtype=np.float64, na_value=np.nan), peers, 0.5)
        for feature in load_features()
    }


def kpi_documents(row: Mapping[str, object], references: Mapping[str, FloatArray], position: int) -> list[KpiDoc]:
    """Return one document per registry feature of one rep.

    Args:
        row: The rep's target row of the current period.
        references: Output of `kpi_references`.
        position: Row of the target in them.
    """
    return [
        KpiDoc(
            code=feature.name,
            label=Text(en=feature.en, zh=feature.zh),
            value=number(row[feature.name]),
            reference=number(float(references[feature.name][position])),
            unit=feature.unit,
            controllable=feature.controllable,
        )
        for feature in load_features()
    ]
