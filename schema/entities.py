"""The federated schema: entities that fail one by one, and an SDL that is printed once."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import strawberry
from strawberry.federation import Schema
from strawberry.federation.schema import FederationAny
from strawberry.printer import print_schema

from resolvers.context import Info
from resolvers.entities import find_entities
from schema.field import both, column


@strawberry.type(
    name="_Service", description=both("What a gateway asks of a subgraph.", "供网关查询的子图信息。")
)
class Service:
    """The service field of the federation."""

    sdl: str = column("The schema of this subgraph.", "本子图的架构定义。")


class FederatedSchema(Schema):
    """Takes the place of strawberry's entity resolver, which lets one bad representation void all others and
    takes `__typename` out of the caller's variables."""

    @cached_property
    def sdl(self) -> str:
        """What `_service` answers. Printing takes long, and the schema never changes."""
        return print_schema(self)

    def entities_resolver(self, info: Info, representations: list[FederationAny]) -> list[Any]:
        """One entity, null or error for each representation."""
        return find_entities(info.context, representations)


def service(info: Info) -> Service:
    """What `_service` answers."""
    schema: Any = info.schema
    return Service(sdl=schema.sdl)
