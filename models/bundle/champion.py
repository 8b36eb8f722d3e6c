"""Which bundle is served: one small file, replaced at once, with the history that a rollback walks back."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from features.domain.errors import BundleDamaged, NoModel, UsageError
from models.bundle.durable import replace_durably

CHAMPION_NAME = "champion.json"
SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Promotion:
    """One entry of the promotion log.

    Attributes:
        sha256: The bundle.
        model_version: What people call it.
        promoted_at: ISO timestamp in UTC, given by the caller.
        reason: Why: the gates that passed, or who rolled back and why.
        rollback: Whether it took the promotion before it back.
    """

    sha256: str
    model_version: str
    promoted_at: str
    reason: str
    rollback: bool = False


@dataclass(frozen=True)
class Champion:
    """What is served now, and everything that was promoted before, oldest first."""

    current: Promotion
    history: tuple[Promotion, ...] = ()

    @property
    def previous(self) -> Promotion | None:
        """The promotion that a rollback serves; None if there is none. Each rollback goes one further back."""
        standing: list[Promotion] = []
        for entry in (*self.history, self.current):
            if entry.rollback:
                standing.pop()
            elif not standing or standing[-1].sha256 != entry.sha256:
                standing.append(entry)
        return standing[-2] if len(standing) > 1 else None


def read_champion(home: Path) -> Champion:
    """Return what is served from the folder `home`.

    Raises:
        NoModel: Nothing was promoted yet.
        BundleDamaged: The file is not what `write_champion` writes.
    """
    try:
        raw = (home / CHAMPION_NAME).read_bytes()
    except FileNotFoundError:
        raise NoModel("no model was promoted yet; run `paceline train`") from None
    try:
        document = json.loads(raw)
        return Champion(_promotion(document["current"]), tuple(_promotion(entry) for entry in document["history"]))
    except (ValueError, KeyError, TypeError) as error:
        raise BundleDamaged(f"{CHAMPION_NAME} cannot be read ({error!r}); promote a version again") from error


def write_champion(home: Path, promotion: Promotion) -> Champion:
    """Serve another bundle from now on and remember the one before; a reader sees either, never neither.

    Raises:
        UsageError: `promotion.sha256` is not a sha256.
    """
    if SHA256.fullmatch(promotion.sha256) is None:
        raise UsageError(
            f"{promotion.sha256!r} is not a sha256 of 64 hexadecimal digits; pass what write_bundle returned"
        )
    try:
        before = read_champion(home)
        history = (*before.history, before.current)
    except NoModel:
        history = ()
    champion = Champion(promotion, history)
    home.mkdir(parents=True, exist_ok=True)
    replace_durably(home / CHAMPION_NAME, json.dumps(asdict(champion), indent=1, sort_keys=True).encode())
    return champion


def roll_back(home: Path, promoted_at: str, reason: str) -> Champion:
    """Serve the previous bundle again; itself a promotion in the log.

    Raises:
        NoModel: Nothing was promoted, or nothing before the current bundle.
    """
    previous = read_champion(home).previous
    if previous is None:
        raise NoModel("there is no earlier champion to roll back to; train and promote another version")
    return write_champion(home, replace(previous, promoted_at=promoted_at, reason=reason, rollback=True))


def _promotion(entry: Mapping[str, object]) -> Promotion:
    fields = {name: str(entry[name]) for name in ("sha256", "model_version", "promoted_at", "reason")}
    if SHA256.fullmatch(fields["sha256"]) is None:
        # The name becomes a path: anything but a hash could lead out of the folder of bundles.
        raise ValueError(f"sha256 is {fields['sha256']!r}")
    return Promotion(**fields, rollback=entry["rollback"] is True)
