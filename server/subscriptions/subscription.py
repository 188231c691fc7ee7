"""Subscriptions that are under way: each gives the answers that its client is sent, one by one."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any

import orjson
from graphql import ExecutionResult, GraphQLError, create_source_event_stream
from graphql.execution import Executor
from starlette.types import Scope

from casework.actor import Actor
from casework.desk import Desk
from db.faults import Fault
from db.feed import Message
from resolvers.subscription import Happening, Hearing, Wanted
from server.faults import FaultCode, Problem
from server.graphql.document import Document, Operation, Unacceptable
from server.graphql.errors import published
from server.graphql.execution import GraphQL
from server.graphql.guard import GraphQLRequest
from server.record import request_id_of
from server.settings import Settings
from server.sign_in.identity import actor_of
from server.subscriptions.listening import Listening
from server.subscriptions.reader import Reader
from wording.catalogue import Language

SHARED_SECONDS = 1.0
"""For so long an answer is shared with others who subscribe to the same; later it may be another one."""

Errors = list[dict[str, object]]


class Ended(Exception):
    """A subscription has come to an end that its client did not ask for; `errors` say why."""

    def __init__(self, errors: Errors) -> None:
        super().__init__(str(errors))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Caller:
    """Who subscribes, as the scope of the connection has it, and in which language."""

    scope: Scope
    language: Language

    @property
    def actor(self) -> Actor:
        """Who subscribes."""
        return actor_of(self.scope)

    @property
    def request_id(self) -> str:
        """The number that the log knows the connection by."""
        return request_id_of(self.scope)


@dataclass(frozen=True, slots=True)
class Told:
    """One message as a client is told of it: its number, and the answer as JSON."""

    number: int
    answer: bytes


class Subscriptions:
    """All subscriptions of a process. It has a desk while the server runs."""

    def __init__(self, graphql: GraphQL, settings: Settings) -> None:
        self.graphql = graphql
        self.settings = settings
        self._at_work: tuple[Desk, Reader] | None = None
        self._of_account: Counter[str] = Counter()
        self._telling: dict[object, tuple[asyncio.Task[list[Told]], _One]] = {}

    def open(self, desk: Desk) -> None:
        """Take up work at a desk."""
        self._at_work = desk, Reader(desk.database)

    async def close(self) -> None:
        """Read no more."""
        if self._at_work is not None:
            await self._at_work[1].close()
        for task, _ in self._telling.values():
            task.cancel()

    def admit(self, scope: Scope) -> None:
        """Count somebody who connects or subscribes. Raises Refusal (429) where its allowance is used up."""
        if self.graphql.rates is not None:
            self.graphql.rates.admit(scope)

    async def answers(self, request: GraphQLRequest, caller: Caller) -> AsyncGenerator[bytes]:
        """The answers to a subscription that has been admitted. Raises Unacceptable and Refusal before it
        begins, and Ended."""
        document, operation = self.graphql.accept(request, caller.scope)
        assert self._at_work is not None, "before the server has started"
        desk, reader = self._at_work
        with self._counted(caller.actor):
            listening = Listening(reader, desk.database, caller.language)
            try:
                one = _One(self.graphql, desk, document, operation, request, caller, listening)
                async for messages in await one.messages():
                    for told in await self._shared(one, messages):
                        self.graphql.metrics.told += 1
                        yield told.answer
            except (GraphQLError, Fault) as error:
                raise Ended(_published([error], caller)) from None
            finally:
                listening.close()

    @contextmanager
    def _counted(self, actor: Actor) -> Iterator[None]:
        most = self.settings.subscriptions_per_account
        if self._of_account[actor.id] >= most:
            raise Unacceptable(
                Problem("subscription.too_many_of_account", {"most": most}, code=FaultCode.RATE_LIMITED)
            )
        self._of_account[actor.id] += 1
        self.graphql.metrics.subscriptions += 1
        try:
            yield
        finally:
            self.graphql.metrics.subscriptions -= 1
            self._of_account[actor.id] -= 1
            if not self._of_account[actor.id]:
                del self._of_account[actor.id]

    async def _shared(self, one: _One, messages: Sequence[Message]) -> list[Told]:
        """What is told of some messages, worked out once for all who have subscribed to the same."""
        at = (one.key, *(message.position for message in messages))
        task, _ = self._telling.get(at, (None, None))
        if task is None:
            task = asyncio.create_task(one.tell(messages))
            # Keeps the operation too, which the key knows by its place in memory.
            self._telling[at] = task, one
            asyncio.get_running_loop().call_later(SHARED_SECONDS, self._telling.pop, at, None)
        # One who leaves does not take the answer away from the others.
        return await asyncio.shield(task)


class _One:
    """One subscription."""

    def __init__(
        self,
        graphql: GraphQL,
        desk: Desk,
        document: Document,
        operation: Operation,
        request: GraphQLRequest,
        caller: Caller,
        listening: Listening,
    ) -> None:
        self._graphql = graphql
        self._desk = desk
        self._document = document
        self._operation = operation
        self._request = request
        self._caller = caller
        self._listening = listening
        self._wanted: Wanted | None = None
        variables = orjson.dumps(dict(request.variables), option=orjson.OPT_SORT_KEYS)
        self.key = (id(operation), variables, caller.actor, caller.language)
        """The same for those who are told the same."""

    async def messages(self) -> AsyncIterable[Sequence[Message]]:
        """The messages that are wanted. Raises Ended, and GraphQLError for faults."""
        hearing = self._hearing(self._listen)
        executor = Executor.build(
            self._graphql.schema._schema,
            self._document.node,
            context_value=hearing,
            raw_variable_values=dict(self._request.variables),
            operation_name=self._operation.name,
        )
        if isinstance(executor, list):
            raise self._ended(executor)
        stream = create_source_event_stream(executor)
        found = await stream if isawaitable(stream) else stream
        if isinstance(found, ExecutionResult):
            raise self._ended(found.errors or ())
        return found

    async def tell(self, messages: Sequence[Message]) -> list[Told]:
        """What is told of some messages: nothing of those that are none of the caller's business."""
        assert self._wanted is not None, "before it has begun"
        hearing = self._hearing()
        async with hearing.operation():
            happenings = await self._wanted.find(hearing, messages)
        return [Told(happening.number, await self._answer(happening)) for happening in happenings]

    async def _answer(self, happening: Happening) -> bytes:
        hearing = self._hearing(happening=happening)
        outcome, _ = await self._graphql.carry_out(
            self._document, self._operation, self._request, hearing, happening
        )
        data = outcome.data or b"null"
        if not outcome.errors:
            return b'{"data":%b}' % data
        return b'{"data":%b,"errors":%b}' % (data, orjson.dumps(_published(outcome.errors, self._caller)))

    def _hearing(self, listen: Any = None, happening: Happening | None = None) -> Hearing:
        hearing = Hearing(self._desk, self._caller.actor, self._caller.language, listen, happening)
        hearing.play(self._operation.roles)
        return hearing

    def _listen(self, wanted: Wanted) -> Any:
        self._wanted = wanted
        return self._listening.listen(wanted)

    def _ended(self, errors: Sequence[GraphQLError]) -> Ended:
        return Ended(_published(errors, self._caller))


def _published(errors: Sequence[GraphQLError | Fault], caller: Caller) -> Errors:
    told = [
        error if isinstance(error, GraphQLError) else GraphQLError(str(error), original_error=error)
        for error in errors
    ]
    return published(told, caller.language, caller.request_id)
