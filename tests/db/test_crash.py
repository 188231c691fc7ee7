"""A process that dies at any moment loses nothing that it acknowledged, and leaves nothing half-written."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

from sqlalchemy import select, text

from db import audit
from db.database import Database
from db.tables.audit import AuditRecord
from db.tables.event import Outbox
from tests.db.writer import CITY

ROUNDS = 5
ROOT = Path(__file__).parents[2]


def killed_writer(url: str, lines: int) -> list[str]:
    """What a writer acknowledged before it was killed, some time after it had acknowledged `lines`."""
    writer = subprocess.Popen(
        [sys.executable, "-m", "tests.db.writer", url], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    acknowledged = [writer.stdout.readline() for _ in range(lines)]
    writer.kill()
    # The last line may have been cut off by the kill.
    acknowledged += [line for line in writer.stdout if line.endswith("\n")]
    writer.stdout.close()
    assert writer.wait() == -9
    return acknowledged


async def test_nothing_acknowledged_is_lost(sqlite_url: str) -> None:
    chance = random.Random(20260302)
    acknowledged: set[tuple[int, str]] = set()
    for _ in range(ROUNDS):
        for line in killed_writer(sqlite_url, chance.randrange(1, 120)):
            number, key = line.split()
            acknowledged.add((int(number), key))
        database = Database.open(sqlite_url)
        async with database.read() as connection:
            records = (
                await connection.execute(
                    select(AuditRecord.sequence, AuditRecord.subject).where(AuditRecord.city == CITY)
                )
            ).all()
            messages = {str(key) for key in await connection.scalars(select(Outbox.id))}
            found = {(row.sequence, row.subject) for row in records}
            assert acknowledged <= found
            # Both rows of a transaction, or neither.
            assert {subject for _, subject in found} == messages
            assert await audit.verify(connection) == audit.Verification(True, len(records))
            assert await connection.scalar(text("PRAGMA integrity_check")) == "ok"
        await database.close()
