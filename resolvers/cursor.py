"""Cursors of keyset pagination: where a page ended, sealed for the list that it belongs to."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import blake2s
from uuid import UUID

LONGEST_CURSOR = 200
SEAL_SIZE = 6
VERSION = b"cursor-1"


def write_cursor(shape: str, position: str, key: UUID) -> str:
    """The cursor of the row with the sort value `position` and the key `key` in the list `shape`."""
    place = f"{position}|{key.hex}".encode()
    return urlsafe_b64encode(_seal(shape, place) + place).rstrip(b"=").decode()


def read_cursor(shape: str, cursor: str) -> tuple[str, UUID] | None:
    """Sort value and key; None for a cursor that is damaged, made up, of another list or another version.

    The seal is no secret: a cursor opens nothing that the query's own filter does not.
    """
    if len(cursor) > LONGEST_CURSOR:
        return None
    try:
        decoded = urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4))
        seal, place = decoded[:SEAL_SIZE], decoded[SEAL_SIZE:]
        if seal != _seal(shape, place):
            return None
        position, _, key = place.decode().rpartition("|")
        return position, UUID(hex=key)
    except ValueError:
        return None


def _seal(shape: str, place: bytes) -> bytes:
    return blake2s(shape.encode() + b"\0" + place, digest_size=SEAL_SIZE, key=VERSION).digest()
