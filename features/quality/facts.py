"""What the checks of this package look at: the facts known at a moment, in DuckDB views."""

from __future__ import annotations

from typing import Protocol

import duckdb

from features.domain.time import AsOf
from features.history.source import DatasetInfo


class Facts(Protocol):
    """Facts known at one moment; `KnownFacts` is one."""

    @property
    def con(self) -> duckdb.DuckDBPyConnection:
        """Connection in which the views of all stored tables stand."""
        ...

    @property
    def as_of(self) -> AsOf:
        """The moment of knowledge."""
        ...

    @property
    def info(self) -> DatasetInfo:
        """Facts about the dataset as a whole."""
        ...
