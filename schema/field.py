"""How fields are declared: each says in one place what it means and where its value comes from.

Every description is given in English and in Chinese, and published as one text.
"""

from __future__ import annotations

from typing import Any

import strawberry

from resolvers.answering import resolver_of
from resolvers.description import DESCRIPTION, Column, Description

Words = tuple[str, str]
"""The same in English and in Chinese."""


def both(english: str, chinese: str) -> str:
    """One description in both languages."""
    return f"{english} {chinese}"


def column(english: str, chinese: str) -> Any:
    """A value that the row carries under the field's own name."""
    return strawberry.field(description=both(english, chinese), metadata={DESCRIPTION: Column()})


def relation(english: str, chinese: str, description: Description, **arguments: Words) -> Any:
    """What is computed from the row or belongs to it, as a description of `resolvers` says, with its
    arguments explained. Raises KeyError for an argument that is not."""
    field: Any = strawberry.field(
        description=both(english, chinese),
        resolver=resolver_of(description),
        metadata={DESCRIPTION: description},
    )
    for argument in field.arguments:
        argument.description = both(*arguments[argument.python_name])
    return field


def required(english: str, chinese: str) -> Any:
    """A field of an input that has to be given."""
    return strawberry.field(description=both(english, chinese))


def optional(english: str, chinese: str, default: Any = None) -> Any:
    """A field of an input that may be left out."""
    return strawberry.field(description=both(english, chinese), default=default)


def listed(english: str, chinese: str) -> Any:
    """A list of an input that may be left out, and is empty then."""
    return strawberry.field(description=both(english, chinese), default_factory=list)
