"""The KPIs of a scorecard: registry features with this rep's value beside the middle of similar reps."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from features.definitions.registry import load_features
from service.scoring.documents import KpiDoc, Text
from service.scoring.forecast_docs import number

FEWEST = 5
"""Fewest people in a segment for a reference to be shown."""


def kpi_references(targets: pd.DataFrame) -> dict[tuple[str, str], float | None]:
    """Return the median of each feature per segment; None where fewer than `FEWEST` people have a value.

    Args:
        targets: One row per rep.
    """
    references: dict[tuple[str, str], float | None] = {}
    for segment, group in targets.groupby("segment", sort=True):
        for feature in load_features():
            known = group[feature.name].dropna()
            references[str(segment), feature.name] = float(known.median()) if len(known) >= FEWEST else None
    return references


def kpi_documents(row: Mapping[str, object], references: Mapping[tuple[str, str], float | None]) -> list[KpiDoc]:
    """Return one document per registry feature of one rep.

    Args:
        row: The rep's target row of the current period.
        references: Output of `kpi_references`.
    """
    segment = str(row["segment"])
    return [
        KpiDoc(
            code=feature.name,
            label=Text(en=feature.en, zh=feature.zh),
            value=number(row[feature.name]),
            reference=references.get((segment, feature.name)),
            unit=feature.unit,
            controllable=feature.controllable,
        )
        for feature in load_features()
    ]
