"""A command at work on the database of the settings."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from casework.desk import Desk
from cli.settings import usable_settings
from cli.speech import Exit, Stop
from db import migrate
from db.database import Database
from db.faults import Fault
from server.logs import set_up_logs
from server.settings import Settings

T = TypeVar("T")


def at_desk(work: Callable[[Desk], Awaitable[T]]) -> T:
    """Do some work at a desk and close it. Raises Stop where the settings or the database are of no use."""
    settings = usable_settings()
    set_up_logs(settings)
    return on_database(settings, work)


def on_database(settings: Settings, work: Callable[[Desk], Awaitable[T]]) -> T:
    """The same with settings that are known to be good."""
    try:
        return asyncio.run(_at_desk(settings, work))
    except Fault as fault:
        raise Stop(Exit.DATABASE, fault.message(settings.language)) from None


async def _at_desk(settings: Settings, work: Callable[[Desk], Awaitable[T]]) -> T:
    desk = Desk(Database.open(settings.database_url), objection_days=settings.objection_days)
    try:
        await migrate.require_current(desk.database)
        return await work(desk)
    finally:
        await desk.close()
