"""Heads of requests: how large one may be and how long it may take, which uvicorn leaves open; and what
cannot be read as HTTP at all, refused as everything else is.

What is here is done for every request, so it counts and looks at no header.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from server.faults import HEADERS, JSON, Refusal
from server.settings import Settings


class GuardedProtocol(HttpToolsProtocol):
    """HTTP on one connection. `settings` are those of the server."""

    settings: Settings

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a head, but not for ever."""
        super().connection_made(transport)
        self._in_head = False
        self._received = 0
        self._late = self._later()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._late.cancel()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """A head begins."""
        self._in_head = True
        self._received = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """A head is there."""
        self._in_head = False
        self._late.cancel()
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        """Take in what has come."""
        super().data_received(data)
        if self._in_head and not self.transport.is_closing():
            self._received += len(data)
            if self._received > self.settings.max_body_bytes:
                most = self.settings.max_body_bytes
                self._refuse(Refusal(431, "request.head_too_large", {"most": most}))
            elif self._late.cancelled():
                self._late = self._later()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP."""
        self._refuse(Refusal(400, "request.not_http"))

    def _later(self) -> asyncio.TimerHandle:
        return self.loop.call_later(self.settings.body_seconds, self._give_up)

    def _give_up(self) -> None:
        if self._in_head and not self.transport.is_closing():
            self._refuse(Refusal(408, "request.slow", {"seconds": self.settings.body_seconds}))
        self.transport.close()

    def _refuse(self, refusal: Refusal) -> None:
        # There is no request whose language one could know.
        body, status, _ = refusal.reply(self.settings.language)
        lines = [b"HTTP/1.1 %d %b" % (status, HTTPStatus(status).phrase.encode())]
        lines += [b"%b: %b" % header for header in HEADERS[JSON]]
        lines += [b"content-length: %d" % len(body), b"connection: close", b"", body]
        self.transport.write(b"\r\n".join(lines))
        self.transport.close()


def guarded(settings: Settings) -> type[GuardedProtocol]:
    """The protocol of a server with these settings, for uvicorn."""
    return type("Guarded", (GuardedProtocol,), {"settings": settings})
