"""What holds for all tests: property-based ones have no deadline, for a busy machine is not a fault."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("paceline", deadline=None)
settings.load_profile("paceline")
