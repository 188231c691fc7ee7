"""Where uvicorn serves: a request that has come as a whole is taken at once, an answer goes out in one piece.

This reaches behind ASGI's messages, each of which is a coroutine, and by which each header of an answer is
checked again with two regular expressions: together a tenth of what a small request takes. Whatever is not
the plain case is left to the messages.
"""

from __future__ import annotations

from starlette.types import Receive, Send
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

TOGETHER = 1 << 15
"""Bytes of an answer that are copied to be sent with its head; more go beside it."""


def whole_body(receive: Receive) -> bytes | None:
    """The body of a request, if all of it is there; None where ASGI's messages have to be waited for."""
    cycle = getattr(receive, "__self__", None)
    if type(cycle) is not RequestResponseCycle or cycle.more_body or cycle.disconnected:
        return None
    return bytes(cycle.body)


def answered(send: Send, head: bytes, body: bytes) -> bool:
    """Answer with status 200 at once. `head` are the lines of the headers, `content-length` among them, with
    an empty one at the end. False, with nothing sent, where ASGI's messages have to do it: uvicorn does not
    serve this, the connection is to be closed after it, or the client takes nothing now."""
    cycle = getattr(send, "__self__", None)
    if (
        type(cycle) is not RequestResponseCycle
        or not cycle.keep_alive
        or cycle.disconnected
        or cycle.flow.write_paused
        or cycle.scope["method"] == "HEAD"
    ):
        return False
    cycle.response_started = cycle.response_complete = True
    cycle.waiting_for_100_continue = False
    general = b"".join([b"%b: %b\r\n" % header for header in cycle.default_headers])
    whole = b"HTTP/1.1 200 OK\r\n%b%b" % (general, head)
    if len(body) <= TOGETHER:
        cycle.transport.write(whole + body)
    else:
        cycle.transport.writelines((whole, body))
    cycle.message_event.set()
    cycle.on_response()
    return True


def cut(send: Send) -> None:
    """Cut a connection off whose client takes nothing: what waits to be sent to it is thrown away. Without
    this, closing would wait for that."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is not None:
        transport.abort()
