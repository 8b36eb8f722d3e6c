"""Which quotas may be divided by."""

from __future__ import annotations

import numpy as np
import pandas as pd

from models.contracts import FloatArray


def usable_quota(targets: pd.DataFrame, tiny: float) -> FloatArray:
    """Return quotas, NaN where there is none, where it is not positive, or where it is tiny.

    Args:
        targets: `TARGET_COLUMNS`.
        tiny: Share of the median quota of the same segment, grain and metric below which a ratio misleads.

    Returns:
        Currency, shape (n_targets,).

    Examples:
        >>> rows = pd.DataFrame({"segment": "smb", "grain": "month", "metric": "revenue",
        ...                      "quota": [100.0, 100.0, 120.0, 4.0, 0.0, None]})
        >>> usable_quota(rows, 0.05).tolist()
        [100.0, 100.0, 120.0, nan, nan, nan]
    """
    quota = targets["quota"].to_numpy(dtype=np.float64)
    positive = pd.Series(np.where(quota > 0, quota, np.nan), index=targets.index)
    keys = [targets["segment"].fillna(""), targets["grain"], targets["metric"]]
    usual = positive.groupby(keys).transform("median").to_numpy(dtype=np.float64)
    return np.asarray(np.where(quota >= tiny * usual, positive, np.nan), dtype=np.float64)
