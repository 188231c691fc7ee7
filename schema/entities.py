"""The federated schema: entities that fail one by one, and an SDL that is printed once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import strawberry
from graphql import (
    GraphQLArgument,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    Undefined,
)
from strawberry.federation import Schema
from strawberry.federation.schema import FederationAny

from casework.rights import ANYBODY
from resolvers.answering import answer
from resolvers.context import Info
from resolvers.description import DESCRIPTION, ROLES
from resolvers.entities import ENTITIES
from schema.access import settle, shown_to
from schema.field import both, column


@shown_to(ANYBODY)
@strawberry.type(
    name="_Service", description=both("What a gateway asks of a subgraph.", "供网关查询的子图信息。")
)
class Service:
    """The service field of the federation."""

    sdl: str = column("The schema of this subgraph.", "本子图的接口定义。")


class FederatedSchema(Schema):
    """Takes the place of strawberry's entity resolver, which lets one bad representation void all others and
    takes `__typename` out of the caller's variables."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        assert self._schema.query_type is not None
        self._schema.query_type.fields["_entities"].extensions[DESCRIPTION] = ENTITIES
        settle(self._schema)
        self._schema.query_type.fields["_entities"].extensions[ROLES] = ANYBODY
        # Left out and null mean the same everywhere, so `= null` on every optional input says nothing.
        for given in _inputs(self._schema):
            if given.default_value is None:
                given.default_value = Undefined

    @cached_property
    def sdl(self) -> str:
        """What `_service` answers. Printing takes long, and the schema never changes."""
        return self.as_str()

    def entities_resolver(self, info: Info, representations: list[FederationAny]) -> list[Any]:
        """One entity, null or error for each representation."""
        return list(answer(ENTITIES, None, info.context, {"representations": representations}))


def service(info: Info) -> Service:
    """What `_service` answers."""
    schema: Any = info.schema
    return Service(sdl=schema.sdl)


def _inputs(schema: GraphQLSchema) -> Iterator[GraphQLArgument | GraphQLInputField]:
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLInputObjectType):
            yield from type_.fields.values()
        elif isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            yield from (argument for field in type_.fields.values() for argument in field.args.values())
