"""One client's connection: an answer goes out in one piece."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class Connection(HttpToolsProtocol):
    """uvicorn's HTTP. That writes an answer's head and then its body, and each is sent at once: two calls of
    the system and two packets, which is a fifth of what a small request takes."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Put Pairing between uvicorn and the socket."""
        super().connection_made(Pairing(transport, self.loop))


class Pairing(asyncio.Transport):
    """Sends two writes together when one follows the other at once; nothing is held longer than that.

    What is written for nobody else to follow (the head of a stream) goes out before the loop waits again.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._transport = transport
        self._loop = loop
        self._held: bytes | None = None

    def write(self, data: Any) -> None:
        """Hold the first of two; send both with the second."""
        if self._held is None:
            self._held = data
            self._loop.call_soon(self._release)
        else:
            both, self._held = (self._held, data), None
            self._transport.writelines(both)

    def writelines(self, list_of_data: Iterable[Any]) -> None:
        """Send what is held, then these."""
        self._release()
        self._transport.writelines(list_of_data)

    def close(self) -> None:
        """Send what is held, then close."""
        self._release()
        self._transport.close()

    def abort(self) -> None:
        """Close at once; what is held is lost, as all that was not sent."""
        self._held = None
        self._transport.abort()

    def is_closing(self) -> bool:
        """Whether nothing can be sent any more."""
        return self._transport.is_closing()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """What the socket knows."""
        return self._transport.get_extra_info(name, default)

    def pause_reading(self) -> None:
        """Take no more in."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Take more in."""
        self._transport.resume_reading()

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Hand the connection over."""
        self._transport.set_protocol(protocol)

    def get_protocol(self) -> asyncio.BaseProtocol:
        """Who has the connection."""
        return self._transport.get_protocol()

    def _release(self) -> None:
        if self._held is not None:
            held, self._held = self._held, None
            self._transport.write(held)
