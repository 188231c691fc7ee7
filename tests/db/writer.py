"""A process that writes until it is killed: `python -m tests.db.writer URL`.

For every transaction that was kept it prints the number of its audit record, and the number of its message.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime

from db import audit, outbox
from db.database import Database

CITY = "990100"
TASKS = 4


async def write_on(database: Database) -> None:
    while True:
        now = datetime.now(UTC)
        async with database.write() as connection:
            key = await outbox.put(
                connection, city=CITY, type="t", subject="s", data={"x": "煤" * 200}, occurred_at=now
            )
            record = await audit.append(
                connection,
                city=CITY,
                actor="writer",
                action="write",
                subject=str(key),
                data={},
                occurred_at=now,
            )
        print(record.sequence, key, flush=True)


async def main(url: str) -> None:
    database = Database.open(url)
    await asyncio.gather(*(write_on(database) for _ in range(TASKS)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
