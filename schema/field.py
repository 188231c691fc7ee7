"""How fields are declared: each says in one place what it means and where its value comes from.

Every description is given in English and in Chinese, and published as one text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import strawberry
from strawberry import UNSET
from strawberry.federation.schema_directives import ListSize

from casework.rights import Roles
from resolvers.answering import resolver_of
from resolvers.description import DESCRIPTION, ROLES, Column, Connection, Description
from resolvers.page import DEFAULT_PAGE, PAGE_SIZES
from schema.access import directives

Words = tuple[str, str]
"""The same in English and in Chinese."""


def both(english: str, chinese: str) -> str:
    """One description in both languages."""
    return f"{english} {chinese}"


def column(english: str, chinese: str, *, roles: Roles | None = None) -> Any:
    """A value that the row carries under the field's own name. `roles` are those who may select it, where not
    all may who may select the type's fields."""
    return strawberry.field(
        description=both(english, chinese),
        metadata={DESCRIPTION: Column(), ROLES: roles},
        directives=directives(roles),
    )


def relation(
    english: str,
    chinese: str,
    description: Description,
    *,
    roles: Roles | None = None,
    sized: Sequence[str] = (),
    **arguments: Words,
) -> Any:
    """What is computed from the row or belongs to it, as a description of `resolvers` says, with its
    arguments explained. Raises KeyError for an argument that is not. `roles`: see `column`.

    Where an argument is a page size, gateways are told so that they can cost an operation before they send it
    here; `sized` names the lists in the answer that it is the size of, when the answer is no list itself.
    """
    field: Any = strawberry.field(
        description=both(english, chinese),
        resolver=resolver_of(description),
        metadata={DESCRIPTION: description, ROLES: roles},
        directives=[*directives(roles), *_list_size(description, arguments, sized)],
    )
    for argument in field.arguments:
        argument.description = both(*arguments[argument.python_name])
    return field


def _list_size(
    description: Description, arguments: Iterable[str], sized: Sequence[str]
) -> Iterable[ListSize]:
    slicing = [name for name in PAGE_SIZES if name in arguments]
    if slicing:
        yield ListSize(
            assumed_size=DEFAULT_PAGE if isinstance(description, Connection) else UNSET,
            slicing_arguments=slicing,
            sized_fields=list(sized) or UNSET,
            require_one_slicing_argument=False,
        )


def required(english: str, chinese: str) -> Any:
    """A field of an input that has to be given."""
    return strawberry.field(description=both(english, chinese))


def optional(english: str, chinese: str, default: Any = None) -> Any:
    """A field of an input that may be left out."""
    return strawberry.field(description=both(english, chinese), default=default)


def listed(english: str, chinese: str) -> Any:
    """A list of an input that may be left out, and is empty then."""
    return strawberry.field(description=both(english, chinese), default_factory=list)
