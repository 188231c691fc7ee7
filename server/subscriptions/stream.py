"""Subscriptions over plain HTTP: an answer that goes on, as server-sent events or in parts.

https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md (distinct connections mode), and
https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import orjson
from starlette.types import Receive, Send

from server.connection import cut
from server.faults import FaultCode, Problem, Refusal, Reply
from server.graphql.document import Unacceptable
from server.graphql.guard import GraphQLRequest
from server.language import quality
from server.record import Journal
from server.settings import Settings
from server.sign_in.credentials import SignIn
from server.subscriptions.subscription import Caller, Ended, Errors, Subscriptions

BEAT_SECONDS = 12.0
"""Of silence, after which the client and all that is between are told that the stream goes on."""
SEND_SECONDS = 20.0
"""A client that takes nothing for so long is cut off."""


@dataclass(frozen=True, slots=True)
class Framing:
    """How answers are strung together: what goes before and after each, what is sent in silence and at the
    end."""

    content_type: bytes
    before: bytes
    after: bytes
    beat: bytes
    end: bytes

    @property
    def headers(self) -> Sequence[tuple[bytes, bytes]]:
        """Those that an answer has for it; the second keeps nginx from holding back what it is sent."""
        return ((b"content-type", self.content_type), (b"x-accel-buffering", b"no"))

    def frame(self, answer: bytes) -> bytes:
        """One answer."""
        return b"%b%b%b" % (self.before, answer, self.after)

    def whole(self, reply: Reply) -> Reply:
        """The only answer to an operation that has one."""
        return Reply(self.frame(reply.body) + self.end, 200, (*self.headers, *reply.headers))


EVENTS: Final = Framing(
    b"text/event-stream; charset=utf-8",
    before=b"event: next\ndata: ",
    after=b"\n\n",
    beat=b":\n\n",
    end=b"event: complete\ndata:\n\n",
)
PARTS: Final = Framing(
    b'multipart/mixed;boundary="graphql";subscriptionSpec="1.0"',
    before=b'\r\n--graphql\r\ncontent-type: application/json\r\n\r\n{"payload":',
    after=b"}",
    beat=b"\r\n--graphql\r\ncontent-type: application/json\r\n\r\n{}",
    end=b"\r\n--graphql--\r\n",
)


def framing(accept: str | None) -> Framing | None:
    """How a client that sends this Accept header takes answers that go on; None if it does not."""
    for entry in (accept or "").split(","):
        name, _, parameters = entry.partition(";")
        name = name.strip().lower()
        if quality(parameters) > 0:
            if name == "text/event-stream":
                return EVENTS
            if name == "multipart/mixed" and "subscriptionspec" in parameters.lower():
                return PARTS
    return None


class Streams:
    """The streams of a process that are open."""

    def __init__(
        self, subscriptions: Subscriptions, settings: Settings, journal: Journal, sign_in: SignIn
    ) -> None:
        self.subscriptions = subscriptions
        self._settings = settings
        self._journal = journal
        self._sign_in = sign_in
        self._open: dict[asyncio.Future[Errors], tuple[Caller, Mapping[bytes, bytes]]] = {}

    async def serve(
        self,
        request: GraphQLRequest,
        caller: Caller,
        headers: Mapping[bytes, bytes],
        framing: Framing,
        start: Sequence[tuple[bytes, bytes]],
        receive: Receive,
        send: Send,
    ) -> None:
        """Answer until one of the two goes; the answer's headers are those of `start`. Raises Refusal before
        the first byte."""
        if len(self._open) >= self._settings.sockets:
            raise Refusal(503, "subscription.too_many_sockets", code=FaultCode.RATE_LIMITED)
        self.subscriptions.admit(caller.scope)
        ending: asyncio.Future[Errors] = asyncio.get_running_loop().create_future()
        self._open[ending] = caller, headers
        try:
            await send({"type": "http.response.start", "status": 200, "headers": list(start)})
            async with aclosing(self.subscriptions.answers(request, caller)) as answers:
                await self._pump(answers, caller, framing, ending, receive, send)
        finally:
            del self._open[ending]

    async def look(self) -> None:
        """End the streams of those who may not listen any more, or not to the same."""
        for ending, (caller, headers) in list(self._open.items()):
            try:
                actor = self._sign_in.at_once(headers) or await self._sign_in.actor(headers)
            except Refusal as refusal:
                if refusal.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                    continue  # it could not be found out; the next look will
                actor = None
            if actor != caller.actor and not ending.done():
                problem = Problem("subscription.revoked", code=FaultCode.UNAUTHENTICATED)
                ending.set_result([problem.error(caller.language)])

    def close(self) -> None:
        """End all streams: the server stops."""
        for ending in self._open:
            if not ending.done():
                ending.set_result([])

    async def _pump(
        self,
        answers: AsyncGenerator[bytes],
        caller: Caller,
        framing: Framing,
        ending: asyncio.Future[Errors],
        receive: Receive,
        send: Send,
    ) -> None:
        gone = asyncio.create_task(_gone(receive))
        coming = asyncio.ensure_future(anext(answers))
        try:
            while not gone.done():
                either: set[asyncio.Future[Any]] = {gone, ending, coming}
                await asyncio.wait(either, timeout=BEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                if ending.done() or (coming.done() and coming.exception() is not None):
                    errors = ending.result() if ending.done() else self._errors(coming, caller)
                    last = framing.frame(orjson.dumps({"errors": errors})) if errors else b""
                    await _put(send, last + framing.end, more=False)
                    return
                if not coming.done():
                    await _put(send, framing.beat)
                else:
                    await _put(send, framing.frame(coming.result()))
                    coming = asyncio.ensure_future(anext(answers))
        finally:
            gone.cancel()
            coming.cancel()
            await asyncio.gather(gone, coming, return_exceptions=True)

    def _errors(self, failed: asyncio.Future[bytes], caller: Caller) -> Errors:
        match failed.exception():
            case Unacceptable(problems=problems):
                return [problem.error(caller.language) for problem in problems]
            case Refusal(problem=problem):
                return [problem.error(caller.language)]
            case Ended(errors=errors):
                return errors
            case Exception() as error:
                return [self._journal.unforeseen(error, caller.request_id).problem.error(caller.language)]
        return []


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _put(send: Send, body: bytes, *, more: bool = True) -> None:
    try:
        async with asyncio.timeout(SEND_SECONDS):
            await send({"type": "http.response.body", "body": body, "more_body": more})
    except TimeoutError:
        cut(send)
