"""Frames of WebSockets: what uvicorn leaves open of what a client can make the server keep, and refusals of
its own that it takes for faults."""

from __future__ import annotations

from uvicorn._types import ASGISendEvent
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode, Frame

MOST_PIECES = 1_000
"""Frames of one message: empty ones add nothing to its size."""


class GuardedSocket(WebSocketsSansIOProtocol):
    """WebSocket on one connection."""

    def handle_ping(self) -> None:
        """Answer a ping; of one that takes no answers, none are kept (RFC 6455, 5.5.3)."""
        if self.writable.is_set():
            super().handle_ping()
        else:
            self.conn.data_to_send()

    def handle_cont(self, event: Frame) -> None:
        """Take in a piece of a message."""
        if self.close_sent:
            return
        super().handle_cont(event)
        if len(self.frames) > MOST_PIECES:
            self.frames = []
            self.conn.fail(CloseCode.MESSAGE_TOO_BIG, "too many frames in a message")
            self.handle_parser_exception()

    async def send(self, message: ASGISendEvent) -> None:
        """Send. A refusal completes the handshake, too; and who takes no farewell is left without."""
        await super().send(message)
        if self.close_timer is not None:
            self.close_timer.cancel()
            self.close_timer = self.loop.call_later(self.close_timeout, self.transport.abort)
        if message["type"] == "websocket.http.response.body" and not message.get("more_body", False):
            self.handshake_complete = True
