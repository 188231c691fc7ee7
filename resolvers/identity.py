"""Global ids: opaque to clients, stable, the same in `node`, in inputs and as keys of entities."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from uuid import UUID

LONGEST_ID = 400
NOBODY = UUID(int=0)


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


def uuid_of(text: str, type_name: str) -> UUID | None:
    """The same for types whose keys are UUIDs."""
    return read_uuid(key_of(text, type_name) or "")


def uuid_or_nobody(text: str, type_name: str) -> UUID:
    """The same for verbs: a wrong id becomes a key that nothing has, and casework says so."""
    return uuid_of(text, type_name) or NOBODY


def read_uuid(text: str) -> UUID | None:
    """A UUID in its usual spelling; None for anything else."""
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text else None
