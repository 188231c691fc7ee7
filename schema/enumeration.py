"""How enums are published: the product's own enums, with a description for every value."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

import strawberry

from schema.field import Words, both

E = TypeVar("E", bound=StrEnum)


def publish(enum: type[E], words: Words, values: Mapping[E, Words], name: str | None = None) -> None:
    """Make an enum part of the API. Raises KeyError for a value that `values` does not describe."""
    published: Any = strawberry.enum(enum, name=name, description=both(*words))
    for value in published.__strawberry_definition__.values:
        value.description = both(*values[enum(value.value)])
