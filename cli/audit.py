"""`lianxi verify-audit`: is the audit log's chain whole?"""

from __future__ import annotations

import asyncio

from cli.settings import usable_settings
from cli.speech import Exit, Stop, tell
from db import migrate
from db.audit import Verification, verify
from db.database import Database
from db.faults import Fault
from server.logs import set_up_logs
from server.settings import Settings


def verify_audit() -> None:
    """Verify every city's chain. Raises Stop, with FINDINGS for a broken one."""
    settings = usable_settings()
    set_up_logs(settings)
    try:
        found = asyncio.run(verified(settings))
    except Fault as fault:
        raise Stop(Exit.DATABASE, fault.message(settings.language)) from None
    if found.first_bad is not None:
        bad = found.first_bad
        problem = tell(f"audit.problem.{bad.problem}")
        raise Stop(Exit.FINDINGS, tell("audit.broken", city=bad.city, sequence=bad.sequence, problem=problem))
    print(tell("audit.whole", records=found.records))


async def verified(settings: Settings) -> Verification:
    """What verifying the database of the settings found."""
    database = Database.open(settings.database_url)
    try:
        await migrate.require_current(database)
        async with database.read() as connection:
            return await verify(connection)
    finally:
        await database.close()
