"""The audit trail shows every change to itself."""

from __future__ import annotations

import hashlib
import threading

import pytest
from sqlalchemy import text

from service.storage.audit import GENESIS, AuditEntry, append, entry_hash, verify
from service.storage.engine import Storage, reading, writing

ENTRY = AuditEntry("u1", "view", "rep:r1", request_id="q1")
MOMENT = "2026-11-23T06:00:00.000000Z"


def _write(storage: Storage, count: int) -> None:
    with writing(storage.engine) as connection:
        append(connection, [AuditEntry("u1", "view", f"rep:r{number}") for number in range(count)])


def _tamper(storage: Storage, statement: str) -> None:
    with writing(storage.engine) as connection:
        connection.execute(text("DROP TRIGGER audit_no_update"))
        connection.execute(text("DROP TRIGGER audit_no_delete"))
        connection.execute(text(statement))


def test_the_hash_is_that_of_the_line_behind_the_hash_before() -> None:
    line = f'{GENESIS}[1,"{MOMENT}","u1","view","rep:r1","ok","q1"]'
    assert entry_hash(1, MOMENT, ENTRY, GENESIS) == hashlib.sha256(line.encode()).hexdigest()


def test_an_untouched_chain_holds(storage: Storage) -> None:
    _write(storage, 3)
    _write(storage, 2)

    with reading(storage.engine) as connection:
        assert verify(connection) == (5, None)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit SET actor = 'u2' WHERE seq = 3",
        "UPDATE audit SET object = 'rep:r9' WHERE seq = 3",
        "UPDATE audit SET recorded_at = 'x' WHERE seq = 3",
        "UPDATE audit SET outcome = 'refused' WHERE seq = 3",
        "UPDATE audit SET request_id = 'q' WHERE seq = 3",
        "UPDATE audit SET hash = 'f' WHERE seq = 3",
    ],
)
def test_a_changed_line_is_found(storage: Storage, change: str) -> None:
    _write(storage, 5)
    _tamper(storage, change)

    with reading(storage.engine) as connection:
        assert verify(connection) == (2, 3)


def test_a_missing_line_is_found(storage: Storage) -> None:
    _write(storage, 5)
    _tamper(storage, "DELETE FROM audit WHERE seq = 2")

    with reading(storage.engine) as connection:
        assert verify(connection) == (1, 3)


def test_eight_writers_at_once_leave_one_chain(storage: Storage) -> None:
    threads = [threading.Thread(target=_write, args=(storage, 5)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with reading(storage.engine) as connection:
        assert verify(connection) == (40, None)
