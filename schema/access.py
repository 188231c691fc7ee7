"""Who may select what: said once where a type or a field is declared, and published for gateways.

A type says who may select its fields; a field says so itself where fewer may, or where an operation begins
with it. What says nothing is for administrators alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from graphql import GraphQLField, GraphQLInterfaceType, GraphQLNamedType, GraphQLObjectType, GraphQLSchema
from strawberry.federation.schema_directives import Authenticated, RequiresScopes

from casework.actor import Role
from casework.rights import ADMINISTRATORS, ANYBODY, SIGNED_IN, Roles
from resolvers.description import ROLES
from resolvers.plan.arguments import DEFINITION

T = TypeVar("T")
SCOPE: Final = "role:{}"
"""How a role is called among the scopes of a token, for gateways that look at them."""
SAID: Final = "_shown_to"
"""Where a type keeps what it said."""


def shown_to(roles: Roles) -> Callable[[type[T]], type[T]]:
    """Who may select the fields of a type, unless a field says otherwise. Goes above strawberry's decorator.

    Composers take these directives from objects alone: what holds for an interface they tell from its types.
    """

    def said(type_: type[T]) -> type[T]:
        definition: Any = type_.__strawberry_definition__  # type: ignore[attr-defined]
        setattr(type_, SAID, roles)
        if not definition.is_interface:
            definition.directives = (*(definition.directives or ()), *directives(roles))
        return type_

    return said


def directives(roles: Roles | None) -> list[object]:
    """How it is published that only these may select something."""
    if roles is None or roles == ANYBODY:
        return []
    if roles == SIGNED_IN:
        return [Authenticated()]
    scopes = [[SCOPE.format(role.value)] for role in Role if role in roles]
    return [Authenticated(), RequiresScopes(scopes=scopes)]


def said_of(type_: GraphQLNamedType) -> Roles | None:
    """What a type itself says; None where it says nothing."""
    definition = type_.extensions.get(DEFINITION)
    said: Roles | None = vars(definition.origin).get(SAID) if definition is not None else None
    return said


def said_of_field(field: GraphQLField) -> Roles | None:
    """What a field itself says; None where it says nothing."""
    definition = field.extensions.get(DEFINITION)
    said: Roles | None = definition.metadata.get(ROLES) if definition is not None else None
    return said


def settle(schema: GraphQLSchema) -> None:
    """Write down at every field who may select it."""
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            usual = said_of(type_)
            for field in type_.fields.values():
                own = said_of_field(field)
                said = own if own is not None else usual
                field.extensions[ROLES] = ADMINISTRATORS if said is None else said
