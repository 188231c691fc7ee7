"""The watch that lets a publication take effect in every server process, without a pause.

A process looks at two numbers a few times a second: how often policies and the directory have changed. When
one of them is new, or a day has begun, it reads which versions decide today and tomorrow, compiles those that
it does not have yet, and only then lets them decide. What decides tomorrow is ready the day before.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from functools import lru_cache

from sqlalchemy import Dialect, select

from casework.civil import civil_day
from casework.desk import Desk
from casework.directory import DIRECTORY
from casework.policy import PublishedVersion, version_in_force
from casework.shelf import Standing
from db.faults import Fault
from db.query import Query, compile_query
from db.reading import Steps
from db.tables.revision import Revision
from rules.flaws import PackError

POLICIES = "policies"
"""The revision that publishing, scheduling and rolling back count."""


async def look(desk: Desk) -> tuple[PublishedVersion, ...]:
    """Look once, and bring this process up to date. Answers with the versions that decide from now on.

    The first look starts the watch; `let_go` ends it. Raises the database's Fault, and PackError for rows
    that no policy can be made of; what has decided until now then goes on deciding.
    """
    shelf = desk.policies
    async with shelf.looking:
        today = civil_day(desk.clock())
        seen = (today, *await _revisions(desk))
        if seen == shelf.seen:
            return ()
        standing = await _standing(desk, today)
        for version in {version.id: version for version in standing.values() if version}.values():
            await shelf.router(desk.database, version)
        before, since = shelf.standing, shelf.seen[0] if shelf.seen else today
        shelf.stand(standing, seen)
        return tuple(
            version
            for (key, day), version in standing.items()
            if version and day == today and version != before.get((key, since))
        )


async def catch_up(desk: Desk) -> None:
    """What a verb does after it has published: this process decides by the new version before it says so.
    Without a watch every use reads the database, and there is nothing to do."""
    if desk.policies.seen is not None:
        with suppress(Fault, PackError):  # it is published all the same; the watch will meet it again
            await look(desk)


async def _standing(desk: Desk, today: date) -> Standing:
    async with desk.database.read() as connection:
        directory = await desk.directory.current(connection)
        return {
            (key, day): await version_in_force(connection, key, day)
            for key in sorted(set(directory.policies.values()))
            for day in (today, today + timedelta(days=1))
        }


async def _revisions(desk: Desk) -> tuple[int, int]:
    query = _counts(desk.database.dialect)

    def steps() -> Steps[dict[str, int]]:
        rows = yield query, ()
        return {row[0]: row[1] for row in rows}

    numbers = await desk.database.fetch(steps, several=False)
    return numbers.get(POLICIES, 0), numbers.get(DIRECTORY, 0)


@lru_cache(maxsize=16)
def _counts(dialect: Dialect) -> Query:
    return compile_query(select(Revision.name, Revision.number), dialect)
