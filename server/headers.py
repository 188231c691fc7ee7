"""Request headers: read in one pass, and what their values mean worked out once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeVar, TypeVarTuple

from starlette.types import Scope

READ: Final = "lianxi.headers"
"""Key of the ASGI scope that holds the headers once they were read."""
MOST_REMEMBERED = 256
LONGEST_REMEMBERED = 256

Values = TypeVarTuple("Values")
Meaning = TypeVar("Meaning")


def headers_of(scope: Scope) -> Mapping[bytes, bytes]:
    """The headers by lower-case name; of one that is repeated, the first."""
    found: Mapping[bytes, bytes] | None = scope.get(READ)
    if found is None:
        found = scope[READ] = dict(reversed(scope["headers"]))
    return found


def text(value: bytes | None) -> str | None:
    """A header's value as characters; None when the request does not have it."""
    return None if value is None else value.decode("latin-1")


def remembered(read: Callable[[*Values], Meaning]) -> Callable[[*Values], Meaning]:
    """Work out what values of headers mean once: a client sends the same ones with all of its requests.

    Long values are not kept, so that nobody can fill the memory with them; of too many, the oldest go.
    """
    kept: dict[tuple[*Values], Meaning] = {}

    def once(*values: *Values) -> Meaning:
        try:
            return kept[values]
        except KeyError:
            meaning = read(*values)
        if not any(isinstance(value, str | bytes) and len(value) > LONGEST_REMEMBERED for value in values):
            if len(kept) >= MOST_REMEMBERED:
                del kept[next(iter(kept))]
            kept[values] = meaning
        return meaning

    return once
