"""Global ids: opaque to clients, stable, the same in `node`, in inputs and as keys of entities."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from uuid import UUID

LONGEST_ID = 400
NOBODY = UUID(int=0)
BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
UUID_PATTERN = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
UUID_TEXT = re.compile(UUID_PATTERN).fullmatch


@dataclass(frozen=True, slots=True)
class GlobalId:
    """What an id stands for: the GraphQL type and the key within it."""

    type: str
    key: str


def global_id(type_name: str, key: object) -> str:
    """The id of an object: base64url of `Type:key`, without padding."""
    return urlsafe_b64encode(f"{type_name}:{key}".encode()).rstrip(b"=").decode()


def read_global_id(text: str) -> GlobalId | None:
    """What an id stands for; None for anything that `global_id` did not write."""
    if len(text) > LONGEST_ID:
        return None
    try:
        decoded = urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4)).decode()
    except ValueError:
        return None
    type_name, separator, key = decoded.partition(":")
    # Only the one spelling counts, so that an id can be compared and cached as text.
    if not separator or not decoded.isprintable() or global_id(type_name, key) != text:
        return None
    return GlobalId(type_name, key)


def key_of(text: str, type_name: str) -> str | None:
    """The key in an id of one type; None for ids of other types and malformed ones."""
    found = read_global_id(text)
    return found.key if found and found.type == type_name else None


def uuid_text_of(text: str, type_name: str) -> str | None:
    """The same for types whose keys are UUIDs, as text in their usual spelling."""
    return uuid_reader(type_name)(text)


@cache
def uuid_reader(type_name: str) -> Callable[[str], str | None]:
    """Reads the UUIDs in ids of one type, by the shortest way: a gateway asks for hundreds at once."""
    start = len(type_name) + 1
    length = len(global_uuid(f"{type_name}:", NOBODY))
    padding = "=" * (-length % 4)
    # Of the last letter some bits mean nothing; only the spelling in which they are 0 counts.
    lasts = frozenset(BASE64[:: 1 << (2 * len(padding))])
    matches = re.compile(f"{re.escape(type_name)}:{UUID_PATTERN}".encode()).fullmatch

    def read(text: str) -> str | None:
        if len(text) != length or text[-1] not in lasts:
            return None
        try:
            decoded = a2b_base64(text + padding)
        except ValueError:
            return None
        # What is no letter of base64 is passed over, and so leaves too little to match.
        return decoded[start:].decode() if matches(decoded) else None

    return read


def global_uuid(prefix: str, key: object) -> str:
    """The id of an object with a UUID for its key; `prefix` is the type's name and a colon.

    Base64 makes none of the two letters that are not safe in URLs of such text.
    """
    return b2a_base64(f"{prefix}{key}".encode(), newline=False).rstrip(b"=").decode()


def uuid_of(text: str, type_name: str) -> UUID | None:
    """The same as a UUID."""
    key = uuid_text_of(text, type_name)
    return None if key is None else UUID(key)


def uuid_or_nobody(text: str, type_name: str) -> UUID:
    """The same for verbs: a wrong id becomes a key that nothing has, and casework says so."""
    return uuid_of(text, type_name) or NOBODY
