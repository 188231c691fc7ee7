"""`lianxi demo`: load the demo city and its sample complaints."""

from __future__ import annotations

import asyncio

from casework.demo import Loaded, load_demo
from casework.desk import Desk
from cli.progress import Bar
from cli.settings import usable_settings
from cli.speech import Exit, Stop, tell
from db import migrate
from db.database import Database
from db.faults import Fault
from server.logs import set_up_logs
from server.settings import Settings


def demo() -> None:
    """Load the demo into the database of the settings. Raises Stop."""
    settings = usable_settings()
    set_up_logs(settings)
    load_database(settings)


def load_database(settings: Settings) -> None:
    """Load what is missing of the demo and say how much that was. Raises Stop."""
    try:
        loaded = asyncio.run(load(settings))
    except Fault as fault:
        raise Stop(Exit.DATABASE, fault.message(settings.language)) from None
    key = "demo.done" if loaded.new else "demo.nothing"
    print(tell(key, new=loaded.new, total=loaded.total))


async def load(settings: Settings) -> Loaded:
    """Load the demo into the database of the settings, with a progress bar on a terminal."""
    desk = Desk(Database.open(settings.database_url))
    try:
        await migrate.require_current(desk.database)
        with Bar(tell("demo.progress")) as bar:
            return await load_demo(desk, bar.show)
    finally:
        await desk.close()
