"""Forecasters, one per file, baselines first; `all_forecasters` finds them, so adding one means adding one file."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import cast

from features.domain.errors import CheckFailed, UnknownReference
from models.contracts import Forecaster


def all_forecasters() -> dict[str, Callable[[], Forecaster]]:
    """Return every forecaster class of this package by its `name`, in the order of their names.

    A forecaster is a public class with a `name`, `fit` and `simulate`, defined in a module of this package and
    built without arguments.

    Raises:
        CheckFailed: Two classes have the same name.
    """
    found: dict[str, Callable[[], Forecaster]] = {}
    for module in sorted(info.name for info in pkgutil.iter_modules(__path__)):
        full_name = f"{__name__}.{module}"
        for _, member in inspect.getmembers(importlib.import_module(full_name), inspect.isclass):
            if member.__module__ != full_name or not _is_forecaster(member):
                continue
            name: str = getattr(member, "name")  # noqa: B009 - found by its attributes, not by its type
            if name in found:
                raise CheckFailed(f"two forecasters are called {name!r}, one in {full_name}; rename one of them")
            found[name] = cast("Callable[[], Forecaster]", member)
    return dict(sorted(found.items()))


def forecaster_named(name: str) -> Forecaster:
    """Return a new, unfitted forecaster.

    Raises:
        UnknownReference: There is none of that name.
    """
    found = all_forecasters()
    if name not in found:
        raise UnknownReference(f"there is no forecaster {name!r}; there are {sorted(found)}")
    return found[name]()


def _is_forecaster(member: type) -> bool:
    parts = (isinstance(getattr(member, "name", None), str), hasattr(member, "fit"), hasattr(member, "simulate"))
    return all(parts) and not member.__name__.startswith("_")
