"""The GraphQL endpoint over HTTP, from the first header to the last byte.

What every request passes is here in one piece: between two requests the database is waited for, and by then
the processor has forgotten the code of the last one, so that each layer on the way costs many times what it
costs by itself.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final, NamedTuple

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send
from uuid_utils import uuid7

from server.connection import answered, whole_body
from server.faults import GRAPHQL_RESPONSE, HEADERS, JSON, Refusal
from server.graphql.caching import revalidated
from server.graphql.execution import GraphQL
from server.graphql.guard import content_fault, from_body, from_query_string, read_body, too_large
from server.graphql.negotiation import media_type
from server.headers import remembered, text
from server.language import spoken
from server.metrics import Metrics
from server.record import PROTECTION, REQUEST_ID, Journal
from server.settings import Settings
from server.sign_in.credentials import SignIn
from server.sign_in.identity import ACTOR, foreign_host, names_us
from server.subscriptions.stream import Framing, Streams, framing
from server.subscriptions.subscription import Caller, Subscriptions
from wording.catalogue import Language

Header = tuple[bytes, bytes]

TOLD: Final = (b"host", b"accept", b"accept-language", b"content-type", b"content-encoding")
"""The headers that an Envelope is made of."""
READY: Final = {media: (*HEADERS[media], *PROTECTION) for media in (JSON, GRAPHQL_RESPONSE)}
"""The headers of all answers of a media type."""
LINES: Final = {
    media: b"".join(b"%b: %b\r\n" % header for header in headers) for media, headers in READY.items()
}
"""The same as they are sent."""


class Envelope(NamedTuple):
    """What a request's headers come to. `media` is None when the client takes no JSON, `fault` says why the
    body is none that is read, and `framing` how the client takes answers that go on."""

    is_ours: bool
    language: Language
    media: str | None
    fault: str | None
    framing: Framing | None


class Endpoint:
    """ASGI application: takes one operation a request, as GraphQL over HTTP has it, and answers it."""

    def __init__(self, graphql: GraphQL, settings: Settings, metrics: Metrics, sign_in: SignIn) -> None:
        self.graphql = graphql
        self.settings = settings
        self.journal = Journal(metrics)
        self.sign_in = sign_in
        self.streams = Streams(Subscriptions(graphql, settings), settings, self.journal, sign_in)

        @remembered
        def envelope(
            host: bytes | None,
            accept: bytes | None,
            accept_language: bytes | None,
            content_type: bytes | None,
            encoding: bytes | None,
        ) -> Envelope:
            return Envelope(
                names_us(text(host) or "", settings),
                spoken(text(accept_language), settings.language),
                media_type(text(accept)),
                content_fault(text(content_type), text(encoding)),
                framing(text(accept)),
            )

        self._envelope = envelope

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        request_id = scope[REQUEST_ID] = uuid7().hex
        # Of a header that is repeated, the first counts.
        headers = dict(reversed(scope["headers"]))
        envelope = self._envelope(*map(headers.get, TOLD))
        status, media = 0, JSON
        try:
            try:
                if not envelope.is_ours:
                    raise foreign_host()
                actor = self.sign_in.at_once(headers)
                scope[ACTOR] = await self.sign_in.actor(headers, scope) if actor is None else actor
                if scope["method"] == "POST":
                    if envelope.fault is not None:
                        raise Refusal(415, envelope.fault)
                    body = whole_body(receive)
                    if body is None:
                        body = await self._read(headers.get(b"content-length"), receive)
                    elif len(body) > self.settings.max_body_bytes:
                        raise too_large(self.settings.max_body_bytes)
                    request = from_body(body, self.settings)
                elif scope["method"] == "GET":
                    request = from_query_string(scope["query_string"], self.settings)
                else:
                    raise Refusal(405, "request.method", headers={"allow": "GET, POST"})
                if envelope.framing is not None and self.graphql.subscribes(request):
                    caller = Caller(scope, envelope.language)
                    start = _headers(READY[JSON], envelope.framing.headers, request_id.encode())
                    status = 200
                    await self.streams.serve(request, caller, headers, envelope.framing, start, receive, send)
                    return
                if envelope.media is None and envelope.framing is None:
                    raise Refusal(406, "request.accept")
                media = envelope.media or JSON
                reply = await self.graphql.answer(scope, request, envelope.language, media)
                if envelope.media is None and envelope.framing is not None and reply.status == 200:
                    reply = envelope.framing.whole(reply)
                if request.reads_only:
                    reply = revalidated(reply, headers.get(b"if-none-match"))
            except Refusal as refusal:
                reply = refusal.reply(envelope.language)
            except ClientDisconnect:
                return
            except Exception as error:
                media, reply = JSON, self.journal.unforeseen(error, request_id).reply(envelope.language)
            body, status, own = reply
            length, number = b"%d" % len(body), request_id.encode()
            if status == 200 and not own:
                lines = b"%bcontent-length: %b\r\nx-request-id: %b\r\n\r\n"
                if answered(send, lines % (LINES[media], length, number), body):
                    return
            ready = _headers(READY[media], own, number)
            if status != 304:
                ready.append((b"content-length", length))
            await send({"type": "http.response.start", "status": status, "headers": ready})
            await send({"type": "http.response.body", "body": body})
        except Exception as error:
            self.journal.unforeseen(error, request_id)
            raise
        finally:
            self.journal.close(scope, status, started)

    async def _read(self, announced: bytes | None, receive: Receive) -> bytes:
        most = self.settings.max_body_bytes
        if announced is not None and announced.isdigit() and int(announced[:20]) > most:
            raise too_large(most)
        return await read_body(receive, most, self.settings.body_seconds)


def _headers(general: Sequence[Header], own: Sequence[Header], request_id: bytes) -> list[Header]:
    """An answer's own headers go before those of all answers of its media type."""
    replaced = {name for name, _ in own}
    return [*(each for each in general if each[0] not in replaced), (b"x-request-id", request_id), *own]
