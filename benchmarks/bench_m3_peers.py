"""Forecasts of other libraries for `bench_m3`, which runs this file in an environment of its own.

`python bench_m3_peers.py IN.csv OUT.csv SEASON HORIZON` reads `series, step, value` and writes `series, method, step,
mean, low, high` (80 % interval, empty where a library gives none); a row of series `#seconds` holds a method's CPU
seconds. One thread; what is compiled on first use is compiled before the clock starts.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

LEVEL = 80
WINDOWS = 2
Method = Callable[[pd.DataFrame], pd.DataFrame]


def main() -> int:
    """Forecast every series by every method."""
    source, target, season, horizon = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    table = pd.read_csv(source)
    frame = pd.DataFrame({"unique_id": table["series"].astype(str), "ds": table["step"], "y": table["value"]})
    few = frame[frame["unique_id"].isin(frame["unique_id"].unique()[:30])]
    parts = []
    for name, forecast in methods(season, horizon).items():
        forecast(few)
        started = time.process_time()
        found = forecast(frame)
        spent = time.process_time() - started
        lines = found.set_axis(["series", "step", "mean", "low", "high"], axis=1).assign(method=name)
        parts += [
            lines,
            pd.DataFrame({"series": ["#seconds"], "method": [name], "step": [0], "mean": [spent]}),
        ]
    pd.concat(parts).to_csv(target, index=False)
    return 0


def methods(season: int, horizon: int) -> dict[str, Method]:
    """Return every method by name; each turns `unique_id, ds, y` into `unique_id, ds, mean, low, high`."""
    from statsforecast.models import AutoETS, DynamicOptimizedTheta, SeasonalNaive

    found = {
        kind.__name__: statistical(kind(season_length=season), horizon)
        for kind in (AutoETS, DynamicOptimizedTheta, SeasonalNaive)
    }
    return {**found, "mlforecast": lambda frame: trees(frame, season, horizon)}


def statistical(model: object, horizon: int) -> Method:
    """Return a method of statsforecast; where it cannot forecast a series, the mean of the series stands in."""
    from statsforecast import StatsForecast
    from statsforecast.models import HistoricAverage

    made = StatsForecast(models=[model], freq=1, n_jobs=1, fallback_model=HistoricAverage())
    return lambda frame: made.forecast(df=frame, h=horizon, level=[LEVEL])


def trees(frame: pd.DataFrame, season: int, horizon: int) -> pd.DataFrame:
    """Return forecasts of one LightGBM for all series; the series that are long enough get a conformal interval.

    Its settings were chosen among five on series of M3 outside of the sample.
    """
    from mlforecast.utils import PredictionIntervals

    found = _pipeline(season).fit(frame).predict(horizon)
    length = frame.groupby("unique_id")["y"].transform("size")
    long = frame[length > 3 * season + (WINDOWS + 1) * horizon]
    if long.empty:
        return found.assign(low=np.nan, high=np.nan)
    banded = _pipeline(season).fit(long, prediction_intervals=PredictionIntervals(n_windows=WINDOWS, h=horizon))
    bands = banded.predict(horizon, level=[LEVEL]).drop(columns="lgbm")
    return found.merge(bands, on=["unique_id", "ds"], how="left")


def _pipeline(season: int) -> Any:  # noqa: ANN401 - a class of the other environment
    import lightgbm as lgb
    from mlforecast import MLForecast
    from mlforecast.lag_transforms import RollingMean
    from mlforecast.target_transforms import AutoDifferences, AutoSeasonalDifferences, LocalStandardScaler

    model = lgb.LGBMRegressor(n_estimators=200, num_leaves=15, learning_rate=0.05, num_threads=1, verbose=-1)
    return MLForecast(
        models={"lgbm": model},
        freq=1,
        lags=list(range(1, season + 1)),
        lag_transforms={1: [RollingMean(season)]},
        target_transforms=[AutoDifferences(1), AutoSeasonalDifferences(season, 1), LocalStandardScaler()],
    )


if __name__ == "__main__":
    sys.exit(main())
