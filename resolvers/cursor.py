"""Cursors of keyset pagination: where a page ended, sealed for the list that it belongs to."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from binascii import b2a_base64
from collections.abc import Callable
from typing import Any
from uuid import UUID
from zlib import crc32

import orjson

LONGEST_CURSOR = 500
SEAL_SIZE = 4
VERSION = 3
URL_SAFE = bytes.maketrans(b"+/", b"-_")


def cursor_writer(shape: str) -> Callable[[Any, Any], str]:
    """Writes the cursors of the list `shape`: of a sort value (text, or a moment) and the key of its row (a
    UUID, or its text with or without hyphens)."""
    start = crc32(shape.encode(), VERSION)

    def write(position: Any, key: Any) -> str:
        place = orjson.dumps((position, key.replace("-", "") if type(key) is str else key.hex))
        sealed = crc32(place, start).to_bytes(SEAL_SIZE, "big") + place
        return b2a_base64(sealed, newline=False).translate(URL_SAFE, b"=").decode()

    return write


def read_cursor(shape: str, cursor: str) -> tuple[str, UUID] | None:
    """Sort value and key; None for a cursor that is damaged, made up, of another list or another version.

    The seal is no secret: a cursor opens nothing that the query's own filter does not.
    """
    if len(cursor) > LONGEST_CURSOR:
        return None
    try:
        decoded = urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4))
        seal, place = decoded[:SEAL_SIZE], decoded[SEAL_SIZE:]
        if seal != crc32(place, crc32(shape.encode(), VERSION)).to_bytes(SEAL_SIZE, "big"):
            return None
        match orjson.loads(place):
            case [str() as position, str() as key]:
                return position, UUID(hex=key)
    except ValueError:
        pass
    return None
