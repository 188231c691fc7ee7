"""Global ids: opaque to clients, stable, the same in `node`, in inputs and as keys of entities."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple
from uuid import UUID

LONGEST_ID = 400
NOBODY = UUID(int=0)
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
    form = _form(type_name)
    if len(text) != form.length:
        return None
    try:
        decoded = a2b_base64(text + form.filling).decode("ascii")
    except ValueError:
        return None
    if not form.matches(decoded) or len(decoded) != form.size:
        return None
    return decoded[form.start : form.start + 36]


def uuid_texts_of(texts: Sequence[str], type_name: str) -> list[str] | None:
    """The UUIDs in many ids of one type; None when one of them is something else.

    All are decoded at once: a gateway asks for hundreds.
    """
    form = _form(type_name)
    if set(map(len, texts)) != {form.length}:
        return None
    try:
        # Filled up with letters that stand for zeros, so that the last one has but one spelling too.
        decoded = a2b_base64(form.filling.join([*texts, ""])).decode("ascii")
    except ValueError:
        return None
    # What is no letter of base64 is passed over, and so leaves too little to match.
    if not form.matches(decoded) or len(decoded) != len(texts) * form.size:
        return None
    start, end, size = form.start, form.start + 36, form.size
    return [decoded[at + start : at + end] for at in range(0, len(decoded), size)]


class _Form(NamedTuple):
    """What ids of one type look like: their `length`, what fills them up to whole groups of letters, and the
    `size` of what they are decoded to, in which the UUID begins at `start`."""

    length: int
    filling: str
    size: int
    start: int
    matches: Callable[[str], object]


@cache
def _form(type_name: str) -> _Form:
    length = len(global_uuid(f"{type_name}:", NOBODY))
    filling = "A" * (-length % 4)
    one = f"{re.escape(type_name)}:{UUID_PATTERN}{chr(0) * len(filling)}"
    size = len(type_name) + 37 + len(filling)
    return _Form(length, filling, size, len(type_name) + 1, re.compile(f"(?:{one})*").fullmatch)


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
