"""Subscriptions over WebSockets. Queries and changes are refused here: over HTTP they are cached, limited and
logged one by one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import aclosing, suppress
from http import HTTPStatus
from typing import Any, Final

import orjson
from starlette.types import Message, Receive, Scope, Send
from uuid_utils import uuid7

from casework.actor import Actor
from server.connection import cut
from server.faults import FaultCode, Problem, Refusal
from server.graphql.document import Unacceptable
from server.graphql.guard import from_message
from server.headers import headers_of, text
from server.language import spoken
from server.record import REQUEST_ID, Journal
from server.settings import Settings, site_of
from server.sign_in.credentials import API_KEY, AUTHORIZATION, SignIn
from server.sign_in.identity import ACCOUNT, ACTOR, foreign_host, names_us
from server.subscriptions.protocol import PROTOCOL, REASONS, Close, Closed, id_of, read
from server.subscriptions.subscription import Caller, Ended, Errors, Subscriptions
from wording.catalogue import Language

SEND_SECONDS = 20.0
"""A client that takes nothing for so long is cut off."""
FAREWELL_SECONDS = 2.0
ACCEPT_LANGUAGE = b"accept-language"
TOLD: Final = {name.decode(): name for name in (AUTHORIZATION, API_KEY, ACCOUNT, ACCEPT_LANGUAGE)}
"""What the payload of `connection_init` may hold, as a request's headers would."""


class Sockets:
    """ASGI application for the WebSockets of a process."""

    def __init__(
        self, subscriptions: Subscriptions, settings: Settings, journal: Journal, sign_in: SignIn
    ) -> None:
        self.subscriptions = subscriptions
        self.settings = settings
        self.journal = journal
        self.sign_in = sign_in
        self._open: set[Socket] = set()

    def count_of(self, actor: Actor) -> int:
        """How many connections an account has."""
        return sum(socket.is_of(actor) for socket in self._open)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()  # the wish to connect
        refusal = self._refusal(scope)
        if refusal is not None:
            await _refuse(send, refusal, self._language(headers_of(scope)))
            return
        socket = Socket(self, scope, receive, send)
        self._open.add(socket)
        try:
            await socket.serve()
        finally:
            self._open.discard(socket)

    def _refusal(self, scope: Scope) -> Refusal | None:
        """A page of another site may open a WebSocket without asking, and the browser says only which site it
        is."""
        headers = headers_of(scope)
        if not names_us(text(headers.get(b"host")) or "", self.settings):
            return foreign_host()
        if not is_same_site(headers, self.settings):
            return Refusal(403, "request.foreign_origin", code=FaultCode.FORBIDDEN)
        if len(self._open) >= self.settings.sockets:
            return Refusal(503, "subscription.too_many_sockets", code=FaultCode.RATE_LIMITED)
        try:
            self.subscriptions.admit(scope)
        except Refusal as refusal:
            return refusal
        return None

    def _language(self, headers: Mapping[bytes, bytes]) -> Language:
        return spoken(text(headers.get(ACCEPT_LANGUAGE)), self.settings.language)

    async def admit(
        self, headers: Mapping[bytes, bytes], scope: Scope | None = None
    ) -> tuple[Actor, Language]:
        """Who speaks, which `scope` shows for the first time, and which language. Raises Refusal."""
        actor = self.sign_in.at_once(headers)
        if actor is None:
            actor = await self.sign_in.actor(headers, scope)
        return actor, self._language(headers)

    async def look(self) -> None:
        """Close the connections of those who may not, or may do something else by now, as they did when they
        connected: with a new connection they get the rights that they have now."""
        for socket in list(self._open):
            await socket.look()

    async def close(self) -> None:
        """Close all connections: the server stops, and does not wait for those who take nothing."""
        with suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL_SECONDS):
                await asyncio.gather(*(socket.close(Close.GOING_AWAY) for socket in self._open))


class Socket:
    """One connection: subscriptions by the id that their client gave them."""

    def __init__(self, host: Sockets, scope: Scope, receive: Receive, send: Send) -> None:
        self._host = host
        self._scope = scope
        self._receive = receive
        self._send = send
        self._headers = dict(headers_of(scope))
        self._caller: Caller | None = None
        self._running: dict[str, asyncio.Task[None]] = {}
        self._request_id = scope[REQUEST_ID] = uuid7().hex

    async def serve(self) -> None:
        """Serve until one of the two goes."""
        if PROTOCOL not in self._scope["subprotocols"]:
            await self._send({"type": "websocket.accept"})
            await self.close(Close.OTHER_PROTOCOL)
            return
        await self._send({"type": "websocket.accept", "subprotocol": PROTOCOL})
        try:
            if await self._begin():
                while await self._take_next():
                    pass
        except Closed as closed:
            await self.close(closed.code)
        except Exception as error:
            self._host.journal.unforeseen(error, self._request_id)
            await self.close(Close.INTERNAL)
        finally:
            await self._stop()

    def is_of(self, actor: Actor) -> bool:
        """Whether it is an account's."""
        return self._caller is not None and self._caller.actor.id == actor.id

    async def look(self) -> None:
        """Close the connection unless its client may what it might when it connected."""
        if self._caller is None:
            return
        try:
            actor, _ = await self._host.admit(self._headers)
        except Refusal as refusal:
            if refusal.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                return  # it could not be found out; the next look will
            actor = None
        if actor != self._caller.actor:
            await self.close(Close.FORBIDDEN)

    async def close(self, code: Close) -> None:
        """Close the connection."""
        await self._put({"type": "websocket.close", "code": int(code), "reason": REASONS[code]})

    async def _begin(self) -> bool:
        """Wait for the client to say who it is, for some seconds. False where it has gone."""
        try:
            async with asyncio.timeout(self._host.settings.socket_init_seconds):
                while self._caller is None:
                    if not await self._take_next():
                        return False
        except TimeoutError:
            raise Closed(Close.INIT_TIMEOUT) from None
        return True

    async def _take_next(self) -> bool:
        """Do what the next message asks for. False where the client has gone."""
        received = await self._receive()
        if received["type"] != "websocket.receive":
            return False
        await self._take(read(received))
        # Whoever sends without end must not keep others waiting.
        await asyncio.sleep(0)
        return True

    async def _take(self, message: Mapping[str, Any]) -> None:
        match message.get("type"):
            case "connection_init":
                await self._admit(message.get("payload"))
            case "ping":
                await self._tell({"type": "pong"})
            case "pong":
                pass
            case "subscribe":
                await self._subscribe(message)
            case "complete":
                task = self._running.pop(id_of(message), None)
                if task is not None:
                    task.cancel()
            case _:
                raise Closed(Close.BAD_MESSAGE)

    async def _admit(self, payload: object) -> None:
        if self._caller is not None:
            raise Closed(Close.TOO_MANY_INITS)
        if not isinstance(payload, dict | None):
            raise Closed(Close.BAD_MESSAGE)
        for name, value in (payload or {}).items():
            header = TOLD.get(name.lower())
            if header is not None:
                if not isinstance(value, str) or not value.isascii():
                    raise Closed(Close.BAD_MESSAGE)
                self._headers[header] = value.encode()
        try:
            actor, language = await self._host.admit(self._headers, self._scope)
        except Refusal as refusal:
            later = refusal.status == HTTPStatus.TOO_MANY_REQUESTS
            raise Closed(Close.TRY_LATER if later else Close.FORBIDDEN) from None
        if self._host.count_of(actor) >= self._host.settings.sockets_per_account:
            raise Closed(Close.TRY_LATER)
        self._scope[ACTOR] = actor
        self._caller = Caller(self._scope, language)
        await self._tell({"type": "connection_ack"})

    async def _subscribe(self, message: Mapping[str, Any]) -> None:
        if self._caller is None:
            raise Closed(Close.UNAUTHORIZED)
        id, payload = id_of(message), message.get("payload")
        if not isinstance(payload, dict):
            raise Closed(Close.BAD_MESSAGE)
        if id in self._running:
            raise Closed(Close.SUBSCRIBER_EXISTS)
        most = self._host.settings.subscriptions_per_connection
        if len(self._running) >= most:
            problem = Problem("subscription.too_many_of_connection", {"most": most}, FaultCode.RATE_LIMITED)
            await self._tell({"type": "error", "id": id, "payload": [problem.error(self._caller.language)]})
            return
        self._running[id] = asyncio.create_task(self._run(id, payload, self._caller))

    async def _run(self, id: str, payload: dict[str, Any], caller: Caller) -> None:
        errors: Errors
        try:
            self._host.subscriptions.admit(caller.scope)
            request = from_message(payload, self._host.settings)
            async with aclosing(self._host.subscriptions.answers(request, caller)) as answers:
                async for answer in answers:
                    line = b'{"type":"next","id":%b,"payload":%b}' % (orjson.dumps(id), answer)
                    await self._put({"type": "websocket.send", "text": line.decode()})
            return
        except Unacceptable as unacceptable:
            errors = [problem.error(caller.language) for problem in unacceptable.problems]
        except Refusal as refusal:
            errors = [refusal.problem.error(caller.language)]
        except Ended as ended:
            errors = ended.errors
        except Exception as error:
            unforeseen = self._host.journal.unforeseen(error, self._request_id)
            errors = [unforeseen.problem.error(caller.language)]
        if self._running.pop(id, None) is not None:
            await self._tell({"type": "error", "id": id, "payload": errors})

    async def _tell(self, message: Mapping[str, Any]) -> None:
        await self._put({"type": "websocket.send", "text": orjson.dumps(message).decode()})

    async def _put(self, message: Message) -> None:
        """Send. One that is gone, or takes nothing, is told nothing more."""
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._send(message)
        except TimeoutError:
            cut(self._send)
        except (OSError, RuntimeError):
            pass  # it has been closed meanwhile

    async def _stop(self) -> None:
        running = list(self._running.values())
        self._running.clear()
        for task in running:
            task.cancel()
        for task in running:
            with suppress(asyncio.CancelledError):
                await task


def is_same_site(headers: Mapping[bytes, bytes], settings: Settings) -> bool:
    """Whether a page of this very site asks, or no page at all."""
    origin = text(headers.get(b"origin"))
    if origin is None or origin == settings.public_url:
        return True
    site = site_of(origin)
    return site is not None and site.netloc.lower() == (text(headers.get(b"host")) or "").lower()


async def _refuse(send: Send, refusal: Refusal, language: Language) -> None:
    body, status, own = refusal.reply(language)
    headers = [(b"content-type", b"application/json; charset=utf-8"), *own]
    await send({"type": "websocket.http.response.start", "status": status, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": body})
