"""What of the messages an account's own webhook is told: what lies within the reach of the account.

The rights are those of subscriptions. Of a dispute out of reach not even the number is told: where a message
about another one names it, that member of the data is withheld.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.reach import bounds_of, reaches, values_of
from casework.rights import Reach
from casework.webhooks.kinds import DISPUTES, PUBLIC, TEST
from db.feed import Message
from db.tables.dispute import Dispute

_NUMBER = re.compile(r"\w{6}-\d{4}-\d{6,}")


async def within_reach(
    connection: AsyncConnection, reach: Reach, messages: Sequence[Message]
) -> Mapping[int, list[str]]:
    """The messages that may be told, by their place in the feed, with the members of their data that are
    withheld."""
    if reach.account is None:
        return {message.position: [] for message in messages}
    numbers = {number for message in messages for number in _disputes(message)}
    there = await _reached(connection, reach, numbers)
    return {
        message.position: [
            name for name, value in message.data.items() if not there.issuperset(_numbers(value))
        ]
        for message in messages
        if message.type in (TEST, *PUBLIC) or (message.type.startswith(DISPUTES) and message.subject in there)
    }


async def _reached(connection: AsyncConnection, reach: Reach, numbers: Collection[str]) -> set[str]:
    """Those of the disputes with these numbers that are within reach."""
    found = select(Dispute.number).where(Dispute.number.in_(numbers))
    bounds = bounds_of(reach)
    if bounds is not None:
        found = found.where(reaches(Dispute.__table__.c.id, bounds))
    return set(await connection.scalars(found, values_of(reach) if bounds else {}))


def _disputes(message: Message) -> Iterator[str]:
    """The numbers of the disputes that a message is about and of those that it names."""
    if message.type.startswith(DISPUTES):
        yield message.subject
    for value in message.data.values():
        yield from _numbers(value)


def _numbers(value: Any) -> Iterator[str]:
    for each in value if isinstance(value, list) else (value,):
        if isinstance(each, str) and _NUMBER.fullmatch(each):
            yield each
