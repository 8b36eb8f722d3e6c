"""What ids and words from outside may look like."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

NO_NUL = r"^[^\x00]*$"
"""PostgreSQL stores every character but this one."""

Id = Annotated[str, Path(min_length=1, max_length=200, pattern=NO_NUL)]
