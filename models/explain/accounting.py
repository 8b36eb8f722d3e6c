"""Where the mean comes from: booked, open deals, new deals, and the gap to quota, summing exactly."""

from __future__ import annotations

import numpy as np

from models.contracts import ForecastPaths
from models.explain.documents import AccountingDoc


def accounting(paths: ForecastPaths) -> list[AccountingDoc]:
    """Split the mean of every target into the parts of its paths.

    Args:
        paths: Joint paths, currency.

    Returns:
        One document per target in the order of `paths.targets`; `mean` is the sum of the three parts to the last
        bit, `gap` is None where there is no quota above zero.

    Examples:
        >>> import numpy as np, pandas as pd
        >>> two = ForecastPaths(pd.DataFrame({"quota": [100.0]}), np.array([30.0]), np.array([[20.0, 40.0]]),
        ...                     np.array([[0.0, 10.0]]))
        >>> accounting(two)
        [{'booked': 30.0, 'open_deals': 30.0, 'new_deals': 5.0, 'mean': 65.0, 'gap': 35.0}]
    """
    quotas = paths.targets["quota"].to_numpy(dtype=np.float64)
    open_deals = paths.open_deals.mean(axis=1)
    new_deals = paths.new_deals.mean(axis=1)
    docs: list[AccountingDoc] = []
    for booked, opened, new, quota in zip(paths.booked, open_deals, new_deals, quotas, strict=True):
        mean = float(booked) + float(opened) + float(new)
        docs.append(
            AccountingDoc(
                booked=float(booked),
                open_deals=float(opened),
                new_deals=float(new),
                mean=mean,
                gap=float(quota) - mean if quota > 0 else None,
            )
        )
    return docs
