"""What a file is by its first bytes, so that a workbook named `.csv` is not read as text."""

from __future__ import annotations

import re
from pathlib import Path

from features.connectors.misfits import Misfit, Saying
from features.connectors.readers.compound import MARK

_HEAD = 512
_WORKBOOKS = ("xlsx", "xls", "ods")
_MARKS = (
    (b"PK\x03\x04", "like a workbook", "xlsx"),
    (MARK, "like an old workbook", "xls"),
    (b"PAR1", "like parquet", "parquet"),
    (b"SQLite format 3\x00", "like sqlite", "sqlite"),
)
_TEXT = re.compile(rb"^[^\x00-\x08\x0e-\x1f]{0,400}[,;\t|]")
_PAGE = re.compile(rb"^(\xef\xbb\xbf)?\s*<(!doctype\s+html|html|head|meta|table|body)\b", re.IGNORECASE)


def check_kind(path: Path, name: str, kind: str) -> None:
    """Refuse a file whose first bytes belong to another format than the one it is read as.

    Args:
        path: The file.
        name: Its name for messages.
        kind: Format that it is read as.

    Raises:
        MappingError: It is another one; the message says which.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if _PAGE.match(head):
        raise Misfit("a web page", file=name)
    for mark, found, right in _MARKS:
        if head.startswith(mark) and kind != right and not (kind in _WORKBOOKS and right in _WORKBOOKS):
            raise Misfit("another kind", file=name, kind=kind, found=Saying(found, {}), right=right)
    if kind in (*_WORKBOOKS, "parquet", "sqlite") and _TEXT.match(head):
        raise Misfit("another kind", file=name, kind=kind, found=Saying("like text", {}), right="csv")
