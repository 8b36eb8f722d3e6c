"""Random streams keyed by what they are about, so that the same facts and seed give the same bytes."""

from __future__ import annotations

import hashlib

import numpy as np


def stream(seed: int, *about: str) -> np.random.Generator:
    """Return the random stream of one subject; order of creation and other subjects do not matter.

    Args:
        seed: User seed.
        about: What the stream is for, e.g. `("deal", "2020-05-31", "opp-17")`.

    Returns:
        A counter-based generator (Philox) whose key is a hash of the arguments.

    Examples:
        >>> bool(stream(1, "rep", "r1").random() == stream(1, "rep", "r1").random())
        True
        >>> bool(stream(1, "rep", "r1").random() == stream(1, "rep", "r2").random())
        False
    """
    text = "\x1f".join((str(seed), *about))
    digest = hashlib.blake2b(text.encode("utf-8"), digest_size=16).digest()
    return np.random.Generator(np.random.Philox(key=np.frombuffer(digest, dtype="<u8")))
