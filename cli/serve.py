"""`lianxi serve`: listen, say where, stop when asked."""

from __future__ import annotations

import asyncio
import errno
import gc
import os
import signal
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

import uvicorn

from cli.settings import usable_settings
from cli.speech import Exit, Stop, tell
from db.faults import Fault
from server.heads import guarded
from server.heap import share_heap
from server.logs import set_up_logs
from server.settings import Settings
from server.sign_in.identity import NotLoopback, listening_address
from server.subscriptions.wire import GuardedSocket

if TYPE_CHECKING:
    from server.app import Application

BACKLOG = 2048
"""Connections that wait to be accepted, at most."""
PING_SECONDS = 40.0
"""Between two signs of life that a WebSocket's client is asked for."""
GC_THRESHOLDS = (50_000, 10, 10)
"""New objects before the youngest are looked through, and rounds of that before the older ones are."""


def serve(host: str | None, port: str | None, demo: bool) -> None:
    """Serve until a signal says to stop, with `demo` from an up-to-date database with the demo city.

    Raises Stop for an address, a database or settings of no use.
    """
    share_heap()
    settings = usable_settings(host=host, port=port)
    set_up_logs(settings)
    listener = bind(settings)
    if demo:
        # One process instead of three: most of the time of a start goes into imports.
        from cli.demo import load_database
        from cli.migrate import migrate_database

        migrate_database(settings)
        load_database(settings)
    # Building the schema takes a second; what can be refused has been refused by now.
    from console.pages import pages
    from rules.flaws import PackError
    from schema.schema import schema
    from server.app import create_app
    from server.graphql.trusted import BadManifest
    from server.sign_in.grants import BadGrants

    try:
        app = create_app(settings, schema, pages)
    except BadManifest as bad:
        raise Stop(Exit.USAGE, bad.message(settings.language)) from None
    except BadGrants as bad:
        raise Stop(Exit.USAGE, bad.message(settings.language)) from None
    except PackError as error:
        raise Stop(Exit.USAGE, "\n".join(flaw.message(settings.language) for flaw in error.flaws)) from None
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        try:
            runner.run(run(app, listener, settings))
        except Fault as fault:
            raise Stop(Exit.DATABASE, fault.message(settings.language)) from None


def bind(settings: Settings) -> socket.socket:
    """The socket to listen on. Raises Stop when it is not this machine's, somebody else has it, or other
    machines could reach it where nobody signs in."""
    try:
        address = listening_address(settings)
    except NotLoopback:
        raise Stop(Exit.ADDRESS, tell("serve.not_loopback", host=settings.host)) from None
    if address is None:
        raise Stop(Exit.ADDRESS, tell("serve.unknown_host", host=settings.host))
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family)
    if os.name == "posix":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, settings.port))
        listener.listen(BACKLOG)  # until somebody listens, others can bind the same port
    except OSError as error:
        listener.close()
        key = "serve.port_in_use" if error.errno == errno.EADDRINUSE else "serve.cannot_bind"
        values = {"host": settings.host, "port": settings.port, "reason": error.strerror}
        raise Stop(Exit.ADDRESS, tell(key, **values)) from None
    return listener


def configuration(app: Application, settings: Settings) -> uvicorn.Config:
    """How uvicorn serves the application."""
    return uvicorn.Config(
        app,
        interface="asgi3",
        http=guarded(settings),
        ws=GuardedSocket,
        ws_max_size=settings.max_body_bytes,
        # Less often than proxies lose patience, which for many is after a minute.
        ws_ping_interval=PING_SECONDS,
        # Compressing keeps a window for each connection; what is told is short.
        ws_per_message_deflate=False,
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )


async def run(app: Application, listener: socket.socket, settings: Settings) -> None:
    """Serve on a bound socket until a signal. Raises the database's Fault when it cannot be used."""
    # uvicorn raises the signal again once it has stopped; the database is still to be closed then.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    # The lifespan is entered here and not by uvicorn, so that its faults come out as they are.
    async with app.router.lifespan_context(app):
        # What is loaded by now stays; looking through it in each full collection would hold up requests.
        gc.freeze()
        # Requests leave few circles behind, yet a page of 50 makes so many objects that the collector, as it
        # comes, takes up to half of the time: 80 ms a page without this and the line above, 48 ms with both,
        # 44 ms with no collector at all.
        gc.set_threshold(*GC_THRESHOLDS)
        told = tell("serve.signs_in" if settings.signs_in else "serve.signs_nobody_in")
        await Announcing(configuration(app, settings), app, address_of(listener), told).serve([listener])


class Announcing(uvicorn.Server):
    """Says where it listens, and how one is `signed_in`, once it answers."""

    def __init__(self, config: uvicorn.Config, app: Application, address: str, signed_in: str) -> None:
        super().__init__(config)
        self.app = app
        self.address = address
        self.signed_in = signed_in

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        if self.started:
            print(tell("serve.ready", address=self.address, signed_in=self.signed_in), flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop, after those have been told who would listen for ever."""
        await self.app.hang_up()
        await super().shutdown(sockets)


def address_of(listener: socket.socket) -> str:
    """The URL of a bound socket."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    """The faster event loop where there is one."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop
    return uvloop.new_event_loop
