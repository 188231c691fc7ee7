"""Request headers: read in one pass, and what their values mean worked out once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Concatenate, Final, ParamSpec, TypeVar

from starlette.types import Scope

READ: Final = "lianxi.headers"
"""Key of the ASGI scope that holds the headers once they were read."""
MOST_REMEMBERED = 256
LONGEST_REMEMBERED = 256

Rest = ParamSpec("Rest")
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


def remembered(
    read: Callable[Concatenate[str | None, Rest], Meaning],
) -> Callable[Concatenate[str | None, Rest], Meaning]:
    """Work out what a header's value means once: a client sends the same ones with all of its requests.

    Long values are not kept, so that nobody can fill the memory with them.
    """
    kept = lru_cache(MOST_REMEMBERED)(read)

    def once(value: str | None, /, *rest: Rest.args, **named: Rest.kwargs) -> Meaning:
        if value is not None and len(value) > LONGEST_REMEMBERED:
            return read(value, *rest, **named)
        return kept(value, *rest, **named)  # type: ignore[arg-type]

    return once
