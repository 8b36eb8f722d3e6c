"""A dataset log in memory, for tests of whatever commits or reads facts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from features.domain.errors import CheckFailed, NoDataset


@dataclass
class MemoryDatasetLog:
    """Keeps every row as JSON text, as the operational database does; `failing` plays a crash before the commit."""

    rows: list[dict[str, object]] = field(default_factory=list)
    failing: bool = False

    def head(self) -> str | None:
        standing = [row for row in self.rows if not row["undone"]]
        return str(standing[-1]["dataset_version"]) if standing else None

    def describe(self, dataset_version: str) -> Mapping[str, object]:
        for row in reversed(self.rows):
            if row["dataset_version"] == dataset_version:
                return row
        raise NoDataset(f"there is no dataset version {dataset_version!r}")

    def record(
        self,
        dataset_version: str,
        *,
        parent: str | None,
        tables: Mapping[str, int],
        info: Mapping[str, object],
        import_row: Mapping[str, object],
    ) -> None:
        if self.failing:
            raise OSError("the power went out")
        if parent != self.head():
            raise CheckFailed(f"{dataset_version} was built on {parent}, but the head is {self.head()}")
        row = {"parent": parent, "tables": dict(tables), "info": dict(info), "import": dict(import_row)}
        kept = json.loads(json.dumps(row, allow_nan=False))
        self.rows.append({"dataset_version": dataset_version, "undone": False, **kept})

    def find_content(self, content_sha256: str) -> Mapping[str, object] | None:
        for row in reversed(self.imports()):
            if row["content_sha256"] == content_sha256 and not row["undone"]:
                return row
        return None

    def undo(self, dataset_version: str) -> str | None:
        if dataset_version != self.head():
            raise CheckFailed(f"only the head {self.head()} can be undone, not {dataset_version}")
        next(row for row in reversed(self.rows) if row["dataset_version"] == dataset_version)["undone"] = True
        return self.head()

    def imports(self) -> Sequence[Mapping[str, object]]:
        return [
            {**row["import"], "dataset_version": row["dataset_version"], "undone": row["undone"], "recorded_at": ""}  # type: ignore[dict-item]
            for row in self.rows
        ]
