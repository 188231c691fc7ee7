"""`lianxi migrate`: bring the database to this version, or back."""

from __future__ import annotations

import asyncio

from casework.desk import Desk
from casework.traits import bring_up_to_date
from cli.progress import Bar
from cli.settings import usable_settings
from cli.speech import Exit, Stop, tell
from db import migrate as migrations
from db.database import Database
from db.faults import Fault
from db.migrate import MigrationState
from server.logs import set_up_logs
from server.settings import Settings


def migrate(down_to: str | None) -> None:
    """Migrate the database of the settings. Raises Stop."""
    settings = usable_settings()
    set_up_logs(settings)
    migrate_database(settings, down_to)


def migrate_database(settings: Settings, down_to: str | None = None) -> None:
    """Migrate and say from where to where. Raises Stop."""
    try:
        before, after, read = asyncio.run(migrated(settings, down_to))
    except Fault as fault:
        raise Stop(Exit.DATABASE, fault.message(settings.language)) from None
    key = "migrate.nothing" if before == after else "migrate.done"
    print(tell(key, before=before.current or "-", after=after.current or "-"))
    if read:
        print(tell("migrate.traits", read=read))


async def migrated(settings: Settings, down_to: str | None) -> tuple[MigrationState, MigrationState, int]:
    """Migrate; how the database stood before, how it stands now, and how many stored disputes had to be read
    again. Where that was cut off, the next migration goes about it anew."""
    desk = Desk(Database.open(settings.database_url))
    try:
        before = await migrations.state(desk.database)
        read = 0
        if down_to is None:
            await migrations.upgrade(desk.database)
            with Bar(tell("migrate.progress")) as bar:
                read = await bring_up_to_date(desk, lambda done: bar.show(done, None))
        else:
            await migrations.downgrade(desk.database, down_to)
        return before, await migrations.state(desk.database), read
    finally:
        await desk.close()
