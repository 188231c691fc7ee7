"""`lianxi verify-audit`: is the audit log's chain whole?"""

from __future__ import annotations

from casework.desk import Desk
from cli.desk import at_desk
from cli.speech import Exit, Stop, tell
from db.audit import Verification, verify


def verify_audit() -> None:
    """Verify every city's chain. Raises Stop, with FINDINGS for a broken one."""
    found = at_desk(_verified)
    if found.first_bad is not None:
        bad = found.first_bad
        problem = tell(f"audit.problem.{bad.problem}")
        raise Stop(Exit.FINDINGS, tell("audit.broken", city=bad.city, sequence=bad.sequence, problem=problem))
    print(tell("audit.whole", records=found.records))


async def _verified(desk: Desk) -> Verification:
    async with desk.database.read() as connection:
        return await verify(connection)
