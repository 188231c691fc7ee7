"""What one subscriber hears: what came before, if it asks for that, and then what comes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from graphql import GraphQLError

from db import feed
from db.database import Database
from db.feed import Message
from resolvers.errors import BadUserInput
from resolvers.subscription import Wanted
from server.faults import FaultCode
from server.subscriptions.reader import BATCH, Listener, Reader, Span
from wording.catalogue import Language, say

TOGETHER = 50
"""Messages that are handed on at once, at most."""
MOST_REPLAYED = 10_000
"""Numbers that a subscriber may be behind."""


class Listening:
    """Listens to the feed for one subscriber."""

    def __init__(self, reader: Reader, database: Database, language: Language) -> None:
        self._reader = reader
        self._database = database
        self._language = language
        self._listener: Listener | None = None

    async def listen(self, wanted: Wanted) -> AsyncIterator[Sequence[Message]]:
        """Begin to listen. Raises GraphQLError for a number after which nothing can be told, and the
        database's Fault."""
        listener = self._listener = Listener(wanted.takes)
        start = await self._reader.join(listener)
        after = start if wanted.after is None else wanted.after
        if wanted.after is not None:
            await self._check(after, start)
        return self._messages(wanted, listener, Span(after, start))

    def close(self) -> None:
        """Listen no more."""
        if self._listener is not None:
            self._reader.leave(self._listener)

    async def _check(self, after: int, start: int) -> None:
        async with self._database.read() as connection:
            newest, oldest = await feed.head(connection), await feed.oldest(connection)
        if not 0 <= after <= newest:
            raise BadUserInput("input.after_number", self._language, newest=newest)
        if after < start and (start - after > MOST_REPLAYED or not 0 < oldest <= after + 1):
            message = say("subscription.gone", self._language, after=after)
            raise GraphQLError(message, extensions={"code": FaultCode.EVENTS_GONE})

    async def _messages(
        self, wanted: Wanted, listener: Listener, earlier: Span
    ) -> AsyncIterator[Sequence[Message]]:
        position = earlier.after
        found: list[Message] | Span = earlier
        while True:
            if isinstance(found, Span):
                async for messages in self._stored(wanted, found):
                    yield messages
            else:
                # Somebody may have heard of the newest ones by another server already.
                for messages in _portions([m for m in found if m.position > position]):
                    yield messages
            found = await listener.next()

    async def _stored(self, wanted: Wanted, span: Span) -> AsyncIterator[Sequence[Message]]:
        position = span.after
        while position < span.to:
            async with self._database.read() as connection:
                read = await feed.after(connection, position, BATCH)
            position = read[-1].position if read else span.to
            for messages in _portions([m for m in read if m.position <= span.to and wanted.takes(m)]):
                yield messages


def _portions(messages: Sequence[Message]) -> list[Sequence[Message]]:
    return [messages[at : at + TOGETHER] for at in range(0, len(messages), TOGETHER)]
