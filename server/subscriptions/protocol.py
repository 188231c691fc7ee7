"""The protocol `graphql-transport-ws`: its messages as they are read, and the codes of its closing.

https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Any, Final

import orjson
from starlette.types import Message

PROTOCOL: Final = "graphql-transport-ws"
LONGEST_ID = 100
"""Characters of the id that a client gives a subscription."""


class Close(IntEnum):
    """Why a connection is closed, as the protocol numbers it."""

    GOING_AWAY = 1001
    TRY_LATER = 1013
    BAD_MESSAGE = 4400
    UNAUTHORIZED = 4401
    FORBIDDEN = 4403
    OTHER_PROTOCOL = 4406
    INIT_TIMEOUT = 4408
    SUBSCRIBER_EXISTS = 4409
    TOO_MANY_INITS = 4429
    INTERNAL = 4500


REASONS: Final = {
    Close.GOING_AWAY: "Going away",
    Close.TRY_LATER: "Too many connections",
    Close.BAD_MESSAGE: "Invalid message",
    Close.UNAUTHORIZED: "Unauthorized",
    Close.FORBIDDEN: "Forbidden",
    Close.OTHER_PROTOCOL: "Subprotocol not acceptable",
    Close.INIT_TIMEOUT: "Connection initialisation timeout",
    Close.SUBSCRIBER_EXISTS: "Subscriber already exists",
    Close.TOO_MANY_INITS: "Too many initialisation requests",
    Close.INTERNAL: "Internal server error",
}


class Closed(Exception):
    """The connection has to be closed."""

    def __init__(self, code: Close) -> None:
        super().__init__(code.name)
        self.code = code


def read(message: Message) -> Mapping[str, Any]:
    """A message of the protocol. Raises Closed for anything else."""
    said = message.get("text")
    if said is None:
        raise Closed(Close.BAD_MESSAGE)
    try:
        found = orjson.loads(said)
    except orjson.JSONDecodeError:
        raise Closed(Close.BAD_MESSAGE) from None
    if not isinstance(found, dict):
        raise Closed(Close.BAD_MESSAGE)
    return found


def id_of(message: Mapping[str, Any]) -> str:
    """The id of a subscription, as its client gave it. Raises Closed where there is none."""
    id = message.get("id")
    if not isinstance(id, str) or not 0 < len(id) <= LONGEST_ID:
        raise Closed(Close.BAD_MESSAGE)
    return id
