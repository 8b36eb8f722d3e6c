"""What is due is seen from what is there, never remembered: no queue can be lost, and no work is done twice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, select

from features.domain.errors import NoModel
from models.bundle.champion import read_champion
from service.storage.datasets import SqlDatasetLog
from service.storage.tables import snapshots


@dataclass(frozen=True)
class Due:
    """Facts and model that no snapshot has brought together yet.

    Attributes:
        dataset_version: Newest dataset.
        bundle: Hash of the served model's bundle.
    """

    dataset_version: str
    bundle: str


def scoring_due(engine: Engine, bundles: Path) -> Due | None:
    """Return what is to be scored, or None: nothing imported, nothing promoted, or the newest snapshot is of both.

    Args:
        engine: The operational database.
        bundles: Folder with `champion.json`.

    Raises:
        BundleDamaged: `champion.json` cannot be read.
    """
    head = SqlDatasetLog(engine).head()
    if head is None:
        return None
    try:
        served = read_champion(bundles).current.sha256
    except NoModel:
        return None
    newest = select(snapshots.c.dataset_version, snapshots.c.bundle_sha).order_by(snapshots.c.seq.desc()).limit(1)
    with engine.connect() as connection:
        row = connection.execute(newest).first()
    wanted = Due(head, served)
    return None if row is not None and Due(*row) == wanted else wanted
